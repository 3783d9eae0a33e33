using System.Runtime.InteropServices;
using Leash.Interop;

namespace Leash.Sessions.Init;

/// <summary>
/// leash-init from our side. Closing it ends the session's every process: it watches the other end of the control socket, so the
/// same happens when we die.
/// </summary>
internal sealed class InitProcess : IDisposable
{
    private const int ControlDescriptor = 3;
    private const int EndTimeoutMilliseconds = 15_000;
    private readonly int _spawned;
    private int _socket;
    private int _pid;

    private InitProcess(int spawned, int socket)
    {
        _spawned = spawned;
        _socket = socket;
    }

    /// <summary>Readable when a message waits or leash-init has ended.</summary>
    public int Socket => _socket;

    /// <summary>The program beside this one.</summary>
    public static string ProgramPath => Path.Combine(AppContext.BaseDirectory, "leash-init");

    /// <summary>Starts it; it takes the best rung of isolation at once, while the policy is still being compiled.</summary>
    /// <param name="choice"><c>auto</c>, or the one rung to take: <c>root</c>, <c>user</c>, <c>plain</c>.</param>
    public static InitProcess Start(string choice)
    {
        int error = ControlSocket.CreatePair(out int ours, out int theirs);
        if (error < 0)
        {
            throw SessionException.System("create the control socket", -error);
        }

        int pid = ChildProcess.Spawn(ProgramPath, ["leash-init", choice], theirs, ControlDescriptor);
        Kernel.Close(theirs);
        if (pid < 0)
        {
            Kernel.Close(ours);
            throw SessionException.System($"start `{ProgramPath}`", -pid, "leash is not installed completely; build or install it again");
        }

        return new InitProcess(pid, ours);
    }

    /// <summary>Waits until leash-init has set up its namespaces.</summary>
    public InitReport AwaitReport()
    {
        InitMessage message = Receive(out int pid, out _);
        if (message.Kind == InitMessageKind.Failed)
        {
            throw InitFailure.Describe(message, []);
        }

        if (message.Kind != InitMessageKind.Report)
        {
            throw new SessionException("leash-init ended before it could set the session up");
        }

        _pid = pid;
        return InitReport.From(message, pid);
    }

    public void Configure(InitConfig config)
    {
        int blob = Descriptors.CreateMemoryFile(config.Serialize());
        if (blob < 0)
        {
            throw SessionException.System("create the session's configuration", -blob);
        }

        int error = Send(InitMessage.Of(InitMessageKind.Config), [blob, .. config.Descriptors()]);
        Kernel.Close(blob);
        if (error < 0)
        {
            throw SessionException.System("configure the session", -error);
        }
    }

    /// <summary>Sends a message that has no answer. A session that has ended is noticed by the reader.</summary>
    public void Send(InitMessage message) => Send(message, []);

    /// <summary>The next message; <see cref="InitMessageKind.None"/> when leash-init is gone.</summary>
    public InitMessage Receive(out int senderPid, out int descriptor)
    {
        InitMessage message = default;
        int length = ControlSocket.Receive(
            _socket, MemoryMarshal.AsBytes(new Span<InitMessage>(ref message)), out senderPid, out descriptor);
        return length == InitMessage.Size ? message : default;
    }

    /// <summary>Ends every process of the session and returns when they are gone.</summary>
    public void Dispose()
    {
        if (_socket < 0)
        {
            return;
        }

        Kernel.Close(_socket);
        _socket = -1;
        ChildProcess.Wait(_spawned, block: true, out _);
        if (_pid > 0 && _pid != _spawned)
        {
            AwaitEnd(_pid);
        }

        ChildProcess.ReapOwn();
    }

    // A process in an uninterruptible wait outlives SIGKILL; waiting for it for ever would help nobody.
    private static void AwaitEnd(int pid)
    {
        int pidfd = (int)Kernel.Call(SyscallNumber.pidfd_open, pid, 0);
        if (pidfd >= 0)
        {
            Span<PollDescriptor> ended = [new() { fd = pidfd, events = Descriptors.POLLIN }];
            bool isEnded = Descriptors.Poll(ended, EndTimeoutMilliseconds) > 0;
            Kernel.Close(pidfd);
            if (!isEnded)
            {
                return;
            }
        }

        ChildProcess.Wait(pid, block: true, out _);
    }

    private int Send(InitMessage message, ReadOnlySpan<int> descriptors) =>
        ControlSocket.Send(_socket, MemoryMarshal.AsBytes(new ReadOnlySpan<InitMessage>(ref message)), descriptors);
}
