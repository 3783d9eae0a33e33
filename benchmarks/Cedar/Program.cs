using System.Globalization;
using System.Text.Json;
using Leash.Benchmarks.Cedar;

// Times authorizations, parsing and memory, side by side with cedar-wasm. The first argument, the built leash, is not needed here.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Workload[] workloads =
[
    Workload.Photos(10), Workload.Photos(1_000), Workload.Photos(10_000), Workload.Photos(100_000),
    Workload.Leash("leash, file of the workspace", "/home/alice/app/src/lib/parser/main.c"), Workload.Leash("leash, library", "/usr/lib/x86_64-linux-gnu/libc.so.6"),
    Workload.Leash("leash, denied", "/home/alice/Documents/private/diary/letter.txt"),
];
Console.Error.WriteLine("measuring Cedar for .NET …");
var ours = workloads.Select(Measurement.Of).ToList();
Console.Error.WriteLine("measuring cedar-wasm …");
var theirs = Reference.Measure(workloads.Zip(ours, (workload, measurement) => (workload, measurement.Decision)));

Console.WriteLine("| | decide | B | authorize | cedar-wasm, parsed before | ratio | cedar-wasm, policies as text | ratio | parse | compile | cedar-wasm parse | memory/policy |");
Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
for (var i = 0; i < workloads.Length; i++)
{
    var (own, other) = (ours[i], theirs[i]);
    Console.WriteLine(
        $"| {workloads[i].Name} | {Time(own.Decide)} | {own.BytesPerDecision:F0} | {Time(own.Authorize)} | {Time(other.Stateful)} | {other.Stateful / own.Authorize:F0}× "
        + $"| {Time(other.Plain)} | {other.Plain / own.Authorize:F0}× | {Time(own.Parse)} | {Time(own.Compile)} | {Time(other.Parse)} | {own.BytesPerPolicy:F0} B |");
}

Console.WriteLine();
Console.WriteLine($"100,000 policies take {ours[3].Decide / ours[0].Decide:F2} times as long to decide as 10. Ratios are those of `authorize`, which has reasons like cedar-wasm's.");
Console.WriteLine(Metrics());

static string Time(double nanoseconds) => nanoseconds switch
{
    < 1_000 => $"{nanoseconds:F0} ns",
    < 1_000_000 => $"{nanoseconds / 1_000:F1} µs",
    _ => $"{nanoseconds / 1_000_000:F1} ms",
};

string Metrics()
{
    using var buffer = new MemoryStream();
    using (var json = new Utf8JsonWriter(buffer))
    {
        json.WriteStartObject();
        json.WriteString("bench", "cedar");
        json.WriteStartObject("metrics");
        string[] names = ["10", "1000", "10000", "100000", "leash_workspace", "leash_library", "leash_denied"];
        for (var i = 0; i < workloads.Length; i++)
        {
            (string Name, double Value)[] metrics =
            [
                ("decide_ns", ours[i].Decide), ("authorize_ns", ours[i].Authorize), ("bytes_per_decision", ours[i].BytesPerDecision),
                ("parse_ms", ours[i].Parse / 1e6), ("compile_ms", ours[i].Compile / 1e6), ("bytes_per_policy", ours[i].BytesPerPolicy),
                ("wasm_stateful_ns", theirs[i].Stateful), ("wasm_plain_ns", theirs[i].Plain), ("wasm_parse_ms", theirs[i].Parse / 1e6),
                ("wasm_memory_bytes", theirs[i].Memory), ("ratio_stateful", theirs[i].Stateful / ours[i].Authorize),
            ];
            foreach (var (name, value) in metrics)
            {
                json.WriteNumber($"{name}_{names[i]}", Math.Round(value, 2));
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
}
