namespace Leash.Benchmarks.Gateway;

/// <summary>The rows: each part runs all columns in turns, so that drift of the machine meets all alike, and gives medians.</summary>
internal sealed class Benchmark(IReadOnlyList<Column> columns, Table table, string directory, bool isQuick)
{
    public static readonly string[] Parts = ["load", "first", "transfer", "events", "memory"];

    private const int IdleConnections = 1_000;
    private const long Transfer = 100L << 20;
    private const long LargeTransfer = 2L << 30;

    private int Rounds => isQuick ? 1 : 5;

    private int Seconds => isQuick ? 2 : 4;

    public static async Task RunAsync(HashSet<string> options)
    {
        var directory = Directory.CreateTempSubdirectory("leash-bench-").FullName;
        List<Column> columns = [];
        try
        {
            Certificates.Create(directory);
            using var origin = Child.StartSelf(null, "origin", directory);
            columns = Columns.Start(directory, origin.Port);
            var table = new Table(columns);
            var benchmark = new Benchmark(columns, table, directory, options.Contains("--quick"));
            var parts = Parts.Where(options.Contains).ToList();
            foreach (var part in parts.Count > 0 ? parts : [.. Parts])
            {
                await benchmark.RunAsync(part);
            }

            if (options.Contains("--large"))
            {
                await benchmark.MeasureLargeAsync();
            }

            table.PrintJson();
        }
        finally
        {
            columns.ForEach(column => column.Dispose());
            Directory.Delete(directory, recursive: true);
        }
    }

    private Task RunAsync(string part) => part switch
    {
        "load" => MeasureLoadAsync(),
        "first" => MeasureFirstAsync(),
        "transfer" => MeasureTransferAsync(),
        "events" => MeasureEventsAsync(),
        _ => MeasureMemoryAsync(),
    };

    private async Task MeasureLoadAsync()
    {
        if (Tool.Find("wrk", "wrk") is { } problem)
        {
            Console.WriteLine($"no rows of load: {problem}");
            return;
        }

        var script = Path.Combine(directory, "post.lua");
        await File.WriteAllTextAsync(script, "wrk.method = \"POST\"\nwrk.body = string.rep(\"x\", 1024)\nwrk.headers[\"Content-Type\"] = \"text/plain\"\n");
        await MeasureAsync("GET 1 KiB, 1 connection", column => Load.Http1(column, 1, Seconds, null));
        await MeasureAsync("GET 1 KiB, 32 connections", column => Load.Http1(column, 32, Seconds, null));
        await MeasureAsync("POST 1 KiB each way, 32 connections", column => Load.Http1(column, 32, Seconds, script));
        if (Tool.Find("h2load", "nghttp2-client") is { } missing)
        {
            Console.WriteLine($"no rows of HTTP/2: {missing}");
            return;
        }

        await MeasureAsync("HTTP/2, 4 connections of 8 streams", column => Load.Http2(column, 4, 8, Seconds));
    }

    private async Task MeasureAsync(string name, Func<Column, Load> measure)
    {
        // What runs for the first time is compiled meanwhile.
        var loads = await InTurnsAsync(Rounds, column => Task.FromResult(measure(column)), warmUps: 1);
        table.Add(name, "req/s", Medians(loads, load => load.RequestsPerSecond), "F0");
        if (loads.Any(rounds => rounds.Any(load => !double.IsNaN(load.P50))))
        {
            table.Add("  p50", "ms", Medians(loads, load => load.P50), "F3");
            table.Add("  p99", "ms", Medians(loads, load => load.P99), "F3");
        }

        table.Add("  processor time between, per request", "µs", Medians(loads, load => load.ProcessorMicroseconds), "F0");
    }

    private async Task MeasureFirstAsync()
    {
        for (var i = 0; i < 50; i++)
        {
            // What is cold is to be the program between, neither this process nor the origin server.
            await Measures.FirstRequestAsync(columns[0]);
        }

        var cold = await InTurnsAsync(isQuick ? 1 : 3, column =>
        {
            column.Restart();
            return Measures.FirstRequestAsync(column);
        });
        table.Add("first request of all", "ms", Medians(cold, time => time));
        var times = await InTurnsAsync(isQuick ? 10 : 50, Measures.FirstRequestAsync, warmUps: isQuick ? 5 : 30);
        table.Add("first request to a new host", "ms", Medians(times, time => time));
    }

    private async Task MeasureTransferAsync()
    {
        var downloads = await InTurnsAsync(Rounds, column => Measures.DownloadAsync(column, Transfer), warmUps: 2);
        table.Add("download, 100 MiB", "GB/s", Medians(downloads, rate => rate.BytesPerSecond / 1e9));
        table.Add("  processor time between, per GB", "s", Medians(downloads, rate => rate.ProcessorSeconds));
        var uploads = await InTurnsAsync(Rounds, column => Measures.UploadAsync(column, Transfer), warmUps: 2);
        table.Add("upload, 100 MiB", "GB/s", Medians(uploads, rate => rate.BytesPerSecond / 1e9));
        table.Add("  processor time between, per GB", "s", Medians(uploads, rate => rate.ProcessorSeconds));
    }

    private async Task MeasureEventsAsync()
    {
        var events = await InTurnsAsync(isQuick ? 1 : 3, column => Measures.EventsAsync(column, 100), warmUps: 1);
        table.Add("an event of a stream, p50", "ms", Medians(events, latencies => Table.Median(latencies)), "F3");
        table.Add("an event of a stream, p99", "ms", Medians(events, latencies => Table.Percentile(latencies, 0.99)), "F3");
    }

    private async Task MeasureMemoryAsync()
    {
        var figures = new List<(double Idle, double More)>();
        foreach (var column in columns)
        {
            figures.Add(column.Between is null ? (double.NaN, double.NaN) : await Measures.IdleConnectionsAsync(column, IdleConnections));
        }

        table.Add("resident, idle", "MiB", [.. figures.Select(figure => figure.Idle)], "F0");
        table.Add("  1,000 idle connections more", "MiB", [.. figures.Select(figure => figure.More)], "F0");
    }

    private async Task MeasureLargeAsync()
    {
        var grown = new List<double>[] { [], [] };
        foreach (var column in columns)
        {
            column.Restart();
            await Measures.DownloadAsync(column, Transfer);
            await Measures.UploadAsync(column, Transfer);
            var before = column.Between?.PeakMebibytes ?? double.NaN;
            await Measures.DownloadAsync(column, LargeTransfer);
            var between = column.Between?.PeakMebibytes ?? double.NaN;
            await Measures.UploadAsync(column, LargeTransfer);
            grown[0].Add(between - before);
            grown[1].Add((column.Between?.PeakMebibytes ?? double.NaN) - between);
        }

        table.Add("peak memory more, download of 2 GiB", "MiB", grown[0], "F0");
        table.Add("peak memory more, upload of 2 GiB", "MiB", grown[1], "F0");
    }

    private async Task<List<T>[]> InTurnsAsync<T>(int rounds, Func<Column, Task<T>> measure, int warmUps = 0)
    {
        var figures = columns.Select(_ => new List<T>()).ToArray();
        for (var round = -warmUps; round < rounds; round++)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                var figure = await measure(columns[i]);
                if (round >= 0)
                {
                    figures[i].Add(figure);
                }
            }
        }

        return figures;
    }

    private static double[] Medians<T>(List<T>[] figures, Func<T, double> select) => [.. figures.Select(rounds => Table.Median(rounds.Select(select)))];
}
