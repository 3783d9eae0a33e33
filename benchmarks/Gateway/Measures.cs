using System.Diagnostics;

namespace Leash.Benchmarks.Gateway;

/// <summary>What this process measures by itself, as a client.</summary>
internal static class Measures
{
    private static readonly double TicksPerMillisecond = Stopwatch.Frequency / 1000.0;

    private static int _hosts;

    /// <summary>From nothing to the whole answer of a host that was never asked before, in milliseconds.</summary>
    public static async Task<double> FirstRequestAsync(Column column)
    {
        var host = $"h{Interlocked.Increment(ref _hosts)}.{Certificates.Domain}";
        var start = Stopwatch.GetTimestamp();
        await using var connection = await Connection.OpenAsync(column, host);
        await connection.AskAsync();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Bytes per second and what the program between spent per gigabyte.</summary>
    public static async Task<(double BytesPerSecond, double ProcessorSeconds)> DownloadAsync(Column column, long length)
    {
        await using var connection = await Connection.OpenAsync(column, "localhost");
        await connection.AskAsync();
        var before = column.Between?.ProcessorSeconds ?? 0;
        var start = Stopwatch.GetTimestamp();
        await connection.SendAsync("GET", $"/download?length={length}");
        if (await connection.ReadHeadAsync() != length)
        {
            throw new InvalidOperationException("another length");
        }

        await connection.SkipAsync(length);
        return Rate(column, length, start, before);
    }

    public static async Task<(double BytesPerSecond, double ProcessorSeconds)> UploadAsync(Column column, long length)
    {
        const int Chunk = 256 << 10;
        await using var connection = await Connection.OpenAsync(column, "localhost");
        await connection.AskAsync();
        var chunk = new byte[Chunk];
        var before = column.Between?.ProcessorSeconds ?? 0;
        var start = Stopwatch.GetTimestamp();
        await connection.SendAsync("POST", "/upload", $"Content-Length: {length}\r\n");
        for (var left = length; left > 0; left -= Chunk)
        {
            await connection.SendBodyAsync(chunk.AsMemory(0, (int)Math.Min(left, Chunk)));
        }

        await connection.ReadHeadAsync();
        return Rate(column, length, start, before);
    }

    /// <summary>How long each event took from the origin server's write to here, in milliseconds.</summary>
    public static async Task<List<double>> EventsAsync(Column column, int count)
    {
        var latencies = new List<double>(count);
        await using var connection = await Connection.OpenAsync(column, "localhost");
        await connection.SendAsync("GET", $"/events?count={count}");
        await connection.ReadHeadAsync();
        while (latencies.Count < count)
        {
            var line = await connection.ReadLineAsync();
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                latencies.Add((Stopwatch.GetTimestamp() - long.Parse(line.AsSpan(6), System.Globalization.CultureInfo.InvariantCulture)) / TicksPerMillisecond);
            }
        }

        return latencies;
    }

    /// <summary>Resident memory of a program that just began, and what it has more while it holds idle connections, in MiB.</summary>
    public static async Task<(double Idle, double More)> IdleConnectionsAsync(Column column, int count)
    {
        column.Restart();
        for (var i = 0; i < 20; i++)
        {
            await using var first = await Connection.OpenAsync(column, "localhost", 4096);
            await first.AskAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        var idle = column.Between!.ResidentMebibytes;
        var connections = new List<Connection>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                connections.Add(await Connection.OpenAsync(column, "localhost", 4096));
                await connections[^1].AskAsync();
            }

            await Task.Delay(TimeSpan.FromSeconds(3));
            return (idle, column.Between.ResidentMebibytes - idle);
        }
        finally
        {
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static (double BytesPerSecond, double ProcessorSeconds) Rate(Column column, long length, long start, double before)
    {
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (length / elapsed, column.Between is { } between ? (between.ProcessorSeconds - before) / (length / 1e9) : double.NaN);
    }
}
