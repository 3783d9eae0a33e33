using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Leash.Plan;
using Leash.Policy;

// Compiles policies of growing size and times decisions. The first argument, the built leash, is not needed here.
var facts = new SessionFacts { Workspace = "/home/alice/app", Home = "/home/alice" };
Console.WriteLine("| policy | compile | index | state | open allowed | open denied | exec | connect |");
Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
List<string> rows = [];
foreach (var count in new[] { 0, 10, 1_000, 100_000 })
{
    Measure($"standard + {count} files", count, i => $"permit (principal, action == Action::\"FileOpen\", resource in Dir::\"/data/{i % 100}/project-{i}/src\");");
}

Measure("standard + 1000 patterns", 1_000, i => $"forbid (principal, action == Action::\"FileOpenReadWrite\", resource) when {{ resource.path like \"*/p{i}/*.k{i % 50}\" }};");
Measure("standard + 10000 hosts", 10_000, i => $"permit (principal, action == Action::\"NetworkConnect\", resource in Host::\"h{i}.example.com:443\");");
Measure("standard + 10000 by program", 10_000, i => $"permit (principal in Exe::\"/opt/p{i % 100}\", action == Action::\"FileRead\", resource in Dir::\"/data/{i}\");");
Console.WriteLine($"{{\"benchmark\":\"plan\",\"rows\":[{string.Join(',', rows)}]}}");

void Measure(string name, int count, Func<int, string> statement)
{
    var text = new StringBuilder();
    for (var i = 0; i < count; i++)
    {
        text.Append(statement(i)).Append('\n');
    }

    var document = new PolicyDocument("user", "bench.cedar", text.ToString());
    GC.Collect();
    var before = GC.GetTotalMemory(true);
    var clock = Stopwatch.StartNew();
    var compiled = PolicyCompiler.Compile([BuiltInPolicies.Base, BuiltInPolicies.Standard, document], facts);
    var compile = clock.Elapsed.TotalMilliseconds;
    clock.Restart();
    var decider = new PlanDecider(compiled.Plan ?? throw new InvalidOperationException(compiled.Diagnostics[0].ToString()));
    var index = clock.Elapsed.TotalMilliseconds;
    var memory = (GC.GetTotalMemory(true) - before) / 1048576.0;
    GC.KeepAlive(compiled);
    var allowed = "/home/alice/app/src/Project/Folder/File.cs"u8.ToArray();
    var denied = "/home/alice/Documents/Private/letter.txt"u8.ToArray();
    var program = "/usr/bin/git"u8.ToArray();
    var address = IPAddress.Parse("140.82.121.3");
    string[] names = ["github.com"];
    double[] times =
    [
        compile, index, memory,
        Nanoseconds(() => decider.DecidePath(0, allowed, PlanAction.FileOpenReadWrite).Allowed),
        Nanoseconds(() => decider.DecidePath(0, denied, PlanAction.FileOpenReadOnly).Allowed),
        Nanoseconds(() => decider.DecideExec(0, program, new ExecArguments(program, default, default)).Allowed),
        Nanoseconds(() => decider.DecideEndpoint(0, new Endpoint(address, 443, TransportProtocol.Tcp, names), PlanAction.NetworkConnect).Allowed),
    ];
    var c = CultureInfo.InvariantCulture;
    Console.WriteLine(string.Create(
        c, $"| {name} | {times[0]:F0} ms | {times[1]:F0} ms | {times[2]:F1} MiB | {times[3]:F0} ns | {times[4]:F0} ns | {times[5]:F0} ns | {times[6]:F0} ns |"));
    rows.Add($"{{\"policy\":\"{name}\",\"values\":[{string.Join(',', times.Select(time => time.ToString("F1", c)))}]}}");
}

static double Nanoseconds(Func<bool> decide)
{
    const int Rounds = 50_000;
    var best = double.MaxValue;
    for (var repeat = 0; repeat < 7; repeat++)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Rounds; i++)
        {
            decide();
        }

        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Rounds);
    }

    return best;
}
