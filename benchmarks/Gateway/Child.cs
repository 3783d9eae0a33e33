using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Leash.Benchmarks.Gateway;

/// <summary>A program that runs while the benchmark does, with the processes that it starts.</summary>
internal sealed class Child : IDisposable
{
    private const int TicksPerSecond = 100;

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Child(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Port { get; private set; }

    /// <summary>Resident memory of all its processes, in MiB.</summary>
    public double ResidentMebibytes => Sum("VmRSS:");

    /// <summary>The most that was ever resident, in MiB.</summary>
    public double PeakMebibytes => Sum("VmHWM:");

    /// <summary>Processor time of all its processes, in seconds.</summary>
    public double ProcessorSeconds => Tree().Sum(static id =>
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double)(long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    });

    /// <summary>Starts a program that prints its port.</summary>
    /// <param name="roots">A file of the roots that it is to take for the machine's; null for those that the machine has.</param>
    /// <param name="arguments">What it is told.</param>
    public static Child StartSelf(string? roots, params string[] arguments)
    {
        var child = Start(Environment.ProcessPath!, arguments, roots);
        child.Port = int.Parse(child._process.StandardOutput.ReadLine() ?? throw child.Failed(), CultureInfo.InvariantCulture);
        return child;
    }

    /// <summary>Starts a program that is told its port, and waits until it listens there.</summary>
    public static Child StartAt(int port, string program, params string[] arguments)
    {
        var child = Start(program, arguments);
        child.Port = port;
        var start = Stopwatch.GetTimestamp();
        while (!child.Listens())
        {
            if (child._process.HasExited || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
            {
                throw child.Failed();
            }

            Thread.Sleep(20);
        }

        return child;
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static Child Start(string program, string[] arguments, string? roots = null)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (roots is not null)
        {
            start.Environment["SSL_CERT_FILE"] = roots;
            start.Environment["SSL_CERT_DIR"] = "/dev/null";
        }

        return new Child(Process.Start(start) ?? throw new InvalidOperationException($"cannot start {program}"));
    }

    private InvalidOperationException Failed()
    {
        Dispose();
        return new InvalidOperationException("a program did not start: " + _errors.GetAwaiter().GetResult());
    }

    private bool Listens()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private double Sum(string field) => Tree().Sum(id =>
    {
        var line = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    });

    private List<int> Tree()
    {
        List<int> ids = [_process.Id];
        for (var i = 0; i < ids.Count; i++)
        {
            foreach (var task in Directory.GetDirectories($"/proc/{ids[i]}/task"))
            {
                var children = File.ReadAllText(Path.Combine(task, "children"));
                ids.AddRange(children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)));
            }
        }

        return ids;
    }
}
