using System.Globalization;
using System.Text;

namespace Leash.Benchmarks.Gateway;

/// <summary>Prints rows as they come, and keeps them for the line of JSON.</summary>
internal sealed class Table
{
    private readonly IReadOnlyList<Column> _columns;
    private readonly StringBuilder _metrics = new();
    private string _row = "";

    public Table(IReadOnlyList<Column> columns)
    {
        _columns = columns;
        Console.WriteLine($"{"",-44}{string.Concat(columns.Select(column => $"{column.Name,16}"))}");
    }

    /// <summary>One row; NaN leaves its cell empty. An indented name belongs to the row before that isn't.</summary>
    public void Add(string name, string unit, IReadOnlyList<double> figures, string format = "F2")
    {
        var cells = figures.Select(figure => double.IsNaN(figure) ? "" : figure.ToString(format, CultureInfo.InvariantCulture) + " " + unit);
        Console.WriteLine($"{name,-44}{string.Concat(cells.Select(cell => $"{cell,16}"))}");
        _row = name.StartsWith(' ') ? _row : name;
        var metric = name.StartsWith(' ') ? $"{_row}: {name.Trim()}" : name;
        for (var i = 0; i < figures.Count; i++)
        {
            if (!double.IsNaN(figures[i]))
            {
                _metrics.Append(CultureInfo.InvariantCulture, $"{(_metrics.Length == 0 ? "" : ",")}\"{metric}, {_columns[i].Name}, {unit.Replace('µ', 'u')}\":{figures[i]:F4}");
            }
        }
    }

    public void PrintJson() => Console.WriteLine($"{{\"bench\":\"gateway\",\"metrics\":{{{_metrics}}}}}");

    public static double Median(IEnumerable<double> figures) => Percentile(figures, 0.5);

    public static double Percentile(IEnumerable<double> figures, double part)
    {
        var sorted = figures.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }
}
