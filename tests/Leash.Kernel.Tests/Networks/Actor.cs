using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Leash.Kernel.Tests.Networks;

/// <summary>A process that does what it is told with sockets and says what the kernel answered. It starts outside any session.</summary>
internal sealed class Actor : IDisposable
{
    private const string Variable = "LEASH_TEST_ACTOR";
    private readonly Process _process;
    private bool _isDisposed;

    public Actor()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Variable] = "1" },
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Actor).Assembly.Location);
        }

        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(ActorTests).FullName}.{nameof(ActorTests.Child_DoesWhatItIsTold)}");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        Assert.Equal("ready", _process.StandardError.ReadLine());
    }

    /// <summary>Whether this process is one.</summary>
    public static bool IsHere => Environment.GetEnvironmentVariable(Variable) is not null;

    public int Id => _process.Id;

    /// <summary>The thread that makes the calls.</summary>
    public uint Thread => uint.Parse(Text("thread"), CultureInfo.InvariantCulture);

    public void Enter(string cgroup) => File.WriteAllText(Path.Combine(cgroup, "cgroup.procs"), Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>A descriptor, or the negative errno.</summary>
    public int Socket(int family, int type, int protocol = 0) => Number($"socket {family} {type} {protocol}");

    public int Connect(int socket, string endpoint) => Number($"connect {socket} {endpoint}");

    public int Bind(int socket, string endpoint) => Number($"bind {socket} {endpoint}");

    public int Listen(int socket) => Number($"listen {socket}");

    public int Accept(int socket) => Number($"accept {socket}");

    /// <summary>Bytes, or the negative errno.</summary>
    public int Send(int socket, string endpoint, int flags = 0) => Number($"sendto {socket} {endpoint} {flags}");

    /// <summary>On a connected socket.</summary>
    public int Send(int socket) => Number($"send {socket}");

    public int SetOption(int socket, int level, int name, string hex) => Number($"option {socket} {level} {name} {hex}");

    /// <summary>Where a datagram that has arrived says it comes from.</summary>
    public string Receive(int socket) => Text($"receive {socket}");

    public string Peer(int socket) => Text($"peer {socket}");

    public IPEndPoint Local(int socket) => IPEndPoint.Parse(Text($"local {socket}"));

    /// <summary>Runs a pinned program in the thread that makes the calls.</summary>
    public int Run(string program) => Number($"run {program}");

    /// <summary>Runs a pinned program in new threads, one after the other; they have ended, or will at once.</summary>
    public uint[] RunInThreads(int count, string program) =>
        [.. Text($"threads {count} {program}").Split(',').Select(thread => uint.Parse(thread, CultureInfo.InvariantCulture))];

    public void Close(int socket) => Number($"close {socket}");

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private int Number(string command) => int.Parse(Text(command), CultureInfo.InvariantCulture);

    private string Text(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return _process.StandardError.ReadLine() ?? throw new InvalidOperationException($"the process ended at `{command}`");
    }
}
