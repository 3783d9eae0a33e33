using System.Diagnostics;
using System.Text.Json;
using Cedar.Authorization;
using Cedar.Differential.Tests.Oracle;

namespace Leash.Benchmarks.Cedar;

/// <summary>What Cedar's reference implementation takes under Node for a workload: nanoseconds, and bytes.</summary>
/// <param name="Stateful">Per authorization, policies parsed before.</param>
/// <param name="Plain">Per authorization, policies given as text.</param>
/// <param name="Parse">To parse the policies once.</param>
/// <param name="Memory">By which the process grew then.</param>
internal sealed record Reference(double Stateful, double Plain, double Parse, double Memory)
{
    public static IReadOnlyList<Reference> Measure(IEnumerable<(Workload Workload, Decision Decision)> workloads)
    {
        var file = Path.Combine(Path.GetTempPath(), $"cedar-bench-{Environment.ProcessId}.json");
        try
        {
            WorkloadJson.Write(file, workloads);
            var folder = Path.GetDirectoryName(OracleInstallation.Script)!;
            using var node = OracleInstallation.Start(
                new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "reference.mjs"), folder, file]) 
                {
                    RedirectStandardOutput = true, UseShellExecute = false,
                },
                "Node.js is needed to run Cedar's reference implementation");
            var line = node.StandardOutput.ReadToEnd();
            node.WaitForExit();
            using var json = JsonDocument.Parse(line);
            return [.. json.RootElement.EnumerateArray().Select(Read)];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Reference Read(JsonElement result) => new(
        result.GetProperty("stateful").GetDouble(), result.GetProperty("plain").GetDouble(), result.GetProperty("parse").GetDouble(),
        result.GetProperty("used").GetDouble());
}
