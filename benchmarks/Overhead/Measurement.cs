using System.Globalization;

namespace Leash.Bench.Overhead;

/// <summary>One thing that is measured under every wrapper.</summary>
/// <param name="Name">Row title and metric prefix.</param>
/// <param name="Unit">Unit of the figures, <c>µs</c> per operation or <c>ms</c> per run.</param>
/// <param name="Runs">Counted runs per wrapper, after one that is not counted.</param>
/// <param name="Measure">Runs it once behind a prefix and gives the figure.</param>
internal sealed record Measurement(string Name, string Unit, int Runs, Func<IReadOnlyList<string>, double> Measure)
{
    /// <summary>Nanoseconds printed by the loop program, as microseconds per operation.</summary>
    public static Measurement Loop(string name, string operation, int count, string directory) =>
        new(name, "µs", 5, prefix =>
        {
            string output = Shell.Run(directory, [.. prefix, Path.Combine(directory, "micro"), operation, count.ToString(CultureInfo.InvariantCulture)]).Output;
            return double.Parse(output, CultureInfo.InvariantCulture) / 1000;
        });

    /// <summary>Wall time of a whole command; <paramref name="prepare"/> is not timed.</summary>
    public static Measurement Command(string name, int runs, string directory, Action prepare, params string[] command) =>
        new(name, "ms", runs, prefix =>
        {
            prepare();
            return Shell.Run(directory, [.. prefix, .. command]).Milliseconds;
        });

    /// <summary>Medians in the order of the wrappers, which take turns so that drift of the machine meets all alike.</summary>
    public double[] Medians(IReadOnlyList<Wrapper> wrappers)
    {
        var figures = wrappers.Select(_ => new List<double>()).ToArray();
        for (int run = -1; run < Runs; run++)
        {
            for (int i = 0; i < wrappers.Count; i++)
            {
                double figure = Measure(wrappers[i].Prefix);
                if (run >= 0)
                {
                    figures[i].Add(figure);
                }
            }
        }

        return [.. figures.Select(Median)];
    }

    private static double Median(List<double> figures)
    {
        figures.Sort();
        int middle = figures.Count / 2;
        return figures.Count % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
    }
}
