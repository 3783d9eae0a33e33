using System.Globalization;
using System.Text;
using Leash.Bench.Overhead;

// Usage: Overhead [LEASH]. Prints a table and, last, one JSON line.
if (args.Length > 1)
{
    Console.Error.WriteLine("usage: ./bench overhead");
    return 2;
}

string leash = Path.GetFullPath(args.Length == 1 ? args[0] : Path.Combine("artifacts", "leash", "leash"));
string workspace = Directory.CreateTempSubdirectory("leash-bench-").FullName;
try
{
    return Run(leash, workspace);
}
finally
{
    Directory.Delete(workspace, recursive: true);
}

static int Run(string leash, string workspace)
{
    var workloads = new Workloads(workspace);
    Console.Error.WriteLine("preparing the trees …");
    workloads.MakeMicro();
    workloads.MakeGit();
    workloads.MakeNpm();
    workloads.MakeDotnet();

    IReadOnlyList<Wrapper> wrappers = Wrapper.All(leash, workspace);
    var metrics = new StringBuilder();
    Console.WriteLine($"{"",-26}{string.Concat(wrappers.Select(w => $"{w.Name,14}"))}   leash/bare  leash-bare");
    foreach (Measurement measurement in workloads.All())
    {
        double[] medians = measurement.Medians(wrappers);
        PrintRow(measurement, medians);
        AppendMetrics(metrics, measurement, wrappers, medians);
    }

    Console.WriteLine($"{{\"bench\":\"overhead\",\"metrics\":{{{metrics}}}}}");
    return 0;
}

static void PrintRow(Measurement measurement, double[] medians)
{
    string cells = string.Concat(medians.Select(m => $"{m.ToString("F2", CultureInfo.InvariantCulture) + " " + measurement.Unit,14}"));
    string ratio = (medians[1] / medians[0]).ToString("F2", CultureInfo.InvariantCulture);
    string difference = (medians[1] - medians[0]).ToString("F2", CultureInfo.InvariantCulture);
    Console.WriteLine($"{measurement.Name,-26}{cells}{ratio,12}x{difference,9} {measurement.Unit}");
}

static void AppendMetrics(StringBuilder metrics, Measurement measurement, IReadOnlyList<Wrapper> wrappers, double[] medians)
{
    string unit = measurement.Unit == "ms" ? "ms" : "us";
    for (int i = 0; i < wrappers.Count; i++)
    {
        string name = $"{measurement.Name}, {wrappers[i].Name}, {unit}";
        metrics.Append(CultureInfo.InvariantCulture, $"{(metrics.Length == 0 ? "" : ",")}\"{name}\":{medians[i]:F3}");
    }
}
