using System.Globalization;
using System.Text.RegularExpressions;

namespace Leash.Benchmarks.Gateway;

/// <summary>One run of a load generator: wrk for HTTP/1.1, h2load for HTTP/2. The same for every column.</summary>
/// <param name="RequestsPerSecond">Answered with 200.</param>
/// <param name="P50">Median latency in milliseconds; NaN where the generator does not say.</param>
/// <param name="P99">The same at 99 %.</param>
/// <param name="ProcessorMicroseconds">What the program between spent on a request.</param>
internal sealed partial record Load(double RequestsPerSecond, double P50, double P99, double ProcessorMicroseconds)
{
    private static readonly Load None = new(double.NaN, double.NaN, double.NaN, double.NaN);

    public static Load Http1(Column column, int connections, int seconds, string? script)
    {
        var before = column.Between?.ProcessorSeconds ?? 0;
        var output = Tool.Run(
            "wrk",
            ["--latency", "-t1", $"-c{connections}", $"-d{seconds}s", "-H", "Host: " + column.HostHeader("localhost"), .. script is null ? Array.Empty<string>() : ["-s", script], $"https://localhost:{column.Port}/1k"]);
        var requests = Number(RequestsPattern().Match(output).Groups["n"].Value);
        var isBad = requests < 1 || output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal);
        return isBad ? throw Failure(column, output) : new Load(
            Number(RatePattern().Match(output).Groups["n"].Value), Percentile(output, 50), Percentile(output, 99), Spent(column, before, requests));
    }

    public static Load Http2(Column column, int connections, int streams, int seconds)
    {
        var before = column.Between?.ProcessorSeconds ?? 0;
        var output = Tool.Run(
            "h2load", "-t1", $"-c{connections}", $"-m{streams}", $"-D{seconds}", "--npn-list=h2", "-H", ":authority: " + column.HostHeader("localhost"), $"https://localhost:{column.Port}/1k");
        var requests = Number(StatusPattern().Match(output).Groups["n"].Value);
        // mitmproxy offers HTTP/2 only to clients whose server it knows to speak it.
        return output.Contains("No supported protocol was negotiated", StringComparison.Ordinal) ? None
            : requests < 1 ? throw Failure(column, output)
            : new Load(requests / seconds, double.NaN, double.NaN, Spent(column, before, requests));
    }

    private static double Spent(Column column, double before, double requests) => column.Between is { } between ? (between.ProcessorSeconds - before) / requests * 1e6 : double.NaN;

    private static InvalidOperationException Failure(Column column, string output) => new($"the load on {column.Name} failed:\n{output}");

    private static double Percentile(string output, int percent)
    {
        var match = PercentilePattern().Matches(output).First(found => found.Groups["percent"].Value == percent.ToString(CultureInfo.InvariantCulture));
        return Number(match.Groups["n"].Value) * match.Groups["unit"].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
    }

    private static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^Requests/sec:\s+(?<n>[\d.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RatePattern();

    [GeneratedRegex(@"^\s+(?<n>\d+) requests in", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RequestsPattern();

    [GeneratedRegex(@"^\s+(?<percent>\d+)%\s+(?<n>[\d.]+)(?<unit>us|ms|s)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PercentilePattern();

    [GeneratedRegex(@"status codes: (?<n>\d+) 2xx, 0 3xx, 0 4xx, 0 5xx", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StatusPattern();
}
