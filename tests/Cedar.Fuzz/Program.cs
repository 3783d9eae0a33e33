using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cedar.Fuzz.Fuzzing;

const string Usage = """
    usage: Cedar.Fuzz TARGET… [--minutes N | --seconds N] [--seed N] [--corpus FOLDER] [--out FOLDER]
           Cedar.Fuzz TARGET --replay FILE
    targets: {0}, all
    """;

List<string> targets = [];
var time = TimeSpan.FromMinutes(1);
var seed = 1UL;
string? corpus = null;
string? replay = null;
var output = "artifacts/fuzz";
for (var i = 0; i < args.Length; i++)
{
    if (!args[i].StartsWith("--", StringComparison.Ordinal))
    {
        targets.Add(args[i]);
        continue;
    }

    var value = i + 1 < args.Length ? args[i + 1] : "";
    switch (args[i++])
    {
        case "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var minutes):
            time = TimeSpan.FromMinutes(minutes);
            break;
        case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out var seconds):
            time = TimeSpan.FromSeconds(seconds);
            break;
        case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var number):
            seed = number;
            break;
        case "--corpus" when Directory.Exists(value):
            corpus = value;
            break;
        case "--out" when value.Length > 0:
            output = value;
            break;
        case "--replay" when File.Exists(value):
            replay = value;
            break;
        default:
            Console.Error.WriteLine($"{args[i - 1]} {value}: unknown, or not usable\n{string.Format(CultureInfo.InvariantCulture, Usage, string.Join(", ", FuzzTargets.Names))}");
            return 2;
    }
}

if (targets is ["all"])
{
    targets = [.. FuzzTargets.Names];
}

if (targets.Count == 0 || targets.Exists(name => !FuzzTargets.Names.Contains(name)))
{
    Console.Error.WriteLine(string.Format(CultureInfo.InvariantCulture, Usage, string.Join(", ", FuzzTargets.Names)));
    return 2;
}

// Lone halves of surrogate pairs have to survive the file.
var encoding = new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: false);
var failed = false;
foreach (var name in targets)
{
    var target = FuzzTargets.Create(name, seed, corpus)!;
    if (replay is not null)
    {
        var input = encoding.GetString(File.ReadAllBytes(replay));
        for (var run = 0; run < 5; run++)
        {
            var start = Stopwatch.GetTimestamp();
            var problem = target.Check(input);
            Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms: {problem ?? "nothing wrong"}");
        }

        continue;
    }

    var loop = new FuzzLoop(target);
    var started = Stopwatch.GetTimestamp();
    loop.Run(time);
    var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
    Console.WriteLine($"{name}: {loop.Executions} executions in {elapsed:0} s, {loop.Executions / elapsed:0}/s, {loop.Failures.Count} failures (seed {seed})");
    foreach (var (failure, index) in loop.Failures.Select((failure, index) => (failure, index)))
    {
        failed = true;
        Directory.CreateDirectory(output);
        var path = Path.Combine(output, $"{name}-{seed}-{index}.utf16");
        File.WriteAllBytes(path, encoding.GetBytes(failure.Input));
        Console.WriteLine($"  {failure.What.Split('\n')[0]}\n    {path}");
    }
}

return failed ? 1 : 0;
