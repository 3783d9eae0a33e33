using Leash.Interop;

namespace Leash.Sessions.Terminals;

/// <summary>
/// The session's own terminal, joined to the user's. Bytes pass both ways unchanged; the session's side does all line editing and
/// signals. The user's terminal is raw only while the command is in its foreground.
/// </summary>
internal sealed class TerminalRelay : IDisposable
{
    private const int StandardInput = 0;
    private const int BufferSize = 64 * 1024;
    private const int DrainMilliseconds = 3000;
    private readonly int _master;
    private readonly int _output;
    private readonly int _wake;
    private readonly TerminalSettings _original;
    private readonly Lock _gate = new();
    private Thread? _outputThread;
    private volatile bool _isForeground;
    private volatile bool _isEnding;
    private bool _isRaw;

    private TerminalRelay(int master, int slave, int mask, TerminalSettings original, bool startsInBackground)
    {
        _master = master;
        Slave = slave;
        Mask = mask;
        _original = original;
        StartsInBackground = startsInBackground;
        _output = (mask & 2) != 0 ? 1 : (mask & 4) != 0 ? 2 : StandardInput;
        _wake = Descriptors.CreateEvent();
    }

    /// <summary>The session's side; closed by <see cref="CloseSlave"/> once it is handed over.</summary>
    public int Slave { get; private set; }

    /// <summary>Bit n: descriptor n of the command is this terminal.</summary>
    public int Mask { get; }

    /// <summary>
    /// In a pipeline (`leash -- git log | less`) another program may be reading the terminal, so the command gets its foreground only
    /// when it asks, which stops it with SIGTTIN or SIGTTOU.
    /// </summary>
    public bool StartsInBackground { get; }

    /// <summary>Null when standard input is not a terminal: then all descriptors are inherited as they are.</summary>
    public static TerminalRelay? TryCreate()
    {
        if (!Terminal.TryGetSettings(StandardInput, out TerminalSettings settings))
        {
            return null;
        }

        int error = Terminal.OpenPair(out int master, out int slave);
        if (error < 0)
        {
            throw SessionException.System("create a terminal for the session", -error);
        }

        int mask = 1 | (IsSameTerminal(1) ? 2 : 0) | (IsSameTerminal(2) ? 4 : 0);
        bool isBackground = (mask & 2) == 0 || !OwnsForeground;

        // In the background the user's terminal is not raw and ends lines itself: once is enough.
        Terminal.TrySetSettings(slave, isBackground ? Terminal.WithOutputProcessing(settings, null) : settings);
        TerminalRelay relay = new(master, slave, mask, settings, isBackground);
        relay.CopyWindowSize();
        return relay;
    }

    private static bool OwnsForeground => Terminal.ForegroundGroup(StandardInput) == ProcessSignals.OurGroup;

    public void CloseSlave()
    {
        Kernel.Close(Slave);
        Slave = -1;
    }

    public void Start()
    {
        // Settings are restored, and output written, from the background too.
        ProcessSignals.Ignore(ProcessSignals.SIGTTOU);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Leave();
        AppDomain.CurrentDomain.UnhandledException += (_, _) => Leave();
        if (!StartsInBackground)
        {
            TryEnter();
        }

        _outputThread = new Thread(CopyOutput) { IsBackground = true, Name = "terminal-output" };
        _outputThread.Start();
        new Thread(CopyInput) { IsBackground = true, Name = "terminal-input" }.Start();
    }

    /// <summary>Makes the user's terminal raw and starts reading it, if we are in its foreground.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!OwnsForeground)
            {
                return false;
            }

            _isRaw = TrySetRaw();
            _isForeground = true;
        }

        CopyWindowSize();
        Descriptors.SignalEvent(_wake);
        return true;
    }

    /// <summary>
    /// After SIGCONT the runtime's own console support puts the terminal back as it was at start, at its own time: what was set meanwhile
    /// is set again.
    /// </summary>
    public void Reassert()
    {
        lock (_gate)
        {
            if (_isForeground && OwnsForeground)
            {
                _isRaw = TrySetRaw();
            }
        }
    }

    /// <summary>Gives the user's terminal back as it was.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _isForeground = false;
            if (_isRaw)
            {
                _isRaw = false;
                Terminal.TrySetSettings(StandardInput, _original);
            }
        }
    }

    public void CopyWindowSize()
    {
        if (Terminal.TryGetWindowSize(StandardInput, out WindowSize size))
        {
            Terminal.SetWindowSize(_master, size);
        }
    }

    /// <summary>Writes what the session still had to say, once its last process is gone, and restores the terminal.</summary>
    public void Dispose()
    {
        CloseSlave();
        _isEnding = true;
        Descriptors.SignalEvent(_wake);
        _outputThread?.Join(DrainMilliseconds);
        Leave();
    }

    private bool TrySetRaw()
    {
        TerminalSettings raw = Terminal.Raw(_original);
        return Terminal.TrySetSettings(StandardInput, StartsInBackground ? Terminal.WithOutputProcessing(raw, _original) : raw);
    }

    private static bool IsSameTerminal(int fd) =>
        Terminal.IsTerminal(fd)
        && FileCalls.Stat(StandardInput, out Statx input) == 0
        && FileCalls.Stat(fd, out Statx other) == 0
        && (input.stx_rdev_major, input.stx_rdev_minor) == (other.stx_rdev_major, other.stx_rdev_minor);

    private void CopyOutput()
    {
        byte[] buffer = new byte[BufferSize];
        int got;

        // EIO: the last process that had the other side open is gone.
        while ((got = Descriptors.Read(_master, buffer)) > 0)
        {
            if (Descriptors.WriteAll(_output, buffer.AsSpan(0, got)) < 0)
            {
                return;
            }
        }
    }

    private void CopyInput()
    {
        byte[] buffer = new byte[BufferSize];
        while (!_isEnding)
        {
            Span<PollDescriptor> sources =
            [
                new() { fd = _wake, events = Descriptors.POLLIN },
                new() { fd = _isForeground ? StandardInput : -1, events = Descriptors.POLLIN },
            ];
            Descriptors.Poll(sources, -1);
            if (sources[0].revents != 0)
            {
                Descriptors.ClearEvent(_wake);
            }

            if (sources[1].revents != 0 && _isForeground && !TryPass(buffer))
            {
                return;
            }
        }
    }

    private bool TryPass(byte[] buffer)
    {
        int got = Descriptors.Read(StandardInput, buffer);

        // Nothing to read is the terminal hung up, which SIGHUP says too; EAGAIN is another reader being faster.
        return got == -Errno.EAGAIN || (got > 0 && Descriptors.WriteAll(_master, buffer.AsSpan(0, got)) == 0);
    }
}
