using System.Runtime.InteropServices;
using Leash.Interop;
using Leash.Sessions.Init;
using Leash.Sessions.Terminals;

namespace Leash.Sessions.Native;

/// <summary>Follows the running command: its stops, its end, and the signals that leash gets meanwhile.</summary>
internal sealed class CommandWatch(InitProcess init, SignalQueue signals, TerminalRelay? terminal, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private long? _asked;

    /// <summary>The errno with which the command could not be executed, or 0.</summary>
    public int ExecErrno { get; private set; }

    /// <summary>Returns the exit code when the command has ended, or has not ended in time after it was told to.</summary>
    public int Run()
    {
        while (true)
        {
            Span<PollDescriptor> sources =
            [
                new() { fd = init.Socket, events = Descriptors.POLLIN },
                new() { fd = signals.Event, events = Descriptors.POLLIN },
            ];
            Descriptors.Poll(sources, RemainingMilliseconds());
            while (signals.TryTake(out PosixSignal signal))
            {
                if (!TryForward(signal))
                {
                    return ExitCodes.Killed;
                }
            }

            if (sources[0].revents != 0 && HandleMessage() is { } exitCode)
            {
                return exitCode;
            }

            if (_asked is { } since && time.GetElapsedTime(since) >= Grace)
            {
                return ExitCodes.Killed;
            }
        }
    }

    private int RemainingMilliseconds() =>
        _asked is { } since ? (int)Math.Max((Grace - time.GetElapsedTime(since)).TotalMilliseconds, 0) + 1 : -1;

    /// <summary>False when this is the second request to end.</summary>
    private bool TryForward(PosixSignal signal)
    {
        if (signal == PosixSignal.SIGWINCH)
        {
            terminal?.CopyWindowSize();
            return true;
        }

        if (signal == PosixSignal.SIGCONT)
        {
            terminal?.Reassert();
            return true;
        }

        init.Send(InitMessage.Of(InitMessageKind.Signal, SignalQueue.NumberOf(signal)));
        if (signal is not (PosixSignal.SIGTERM or PosixSignal.SIGHUP))
        {
            return true;
        }

        // A stopped command could not act on it.
        init.Send(InitMessage.Of(InitMessageKind.Continue, (int)ResumeAs.Unchanged));
        bool isFirst = _asked is null;
        _asked ??= time.GetTimestamp();
        return isFirst;
    }

    private int? HandleMessage()
    {
        InitMessage message = init.Receive(out _, out _);
        switch (message.Kind)
        {
            case InitMessageKind.ExecFailed:
                ExecErrno = message.Values[0];
                return null;
            case InitMessageKind.Stopped:
                FollowStop(message.Values[0]);
                return null;
            case InitMessageKind.Continued:
                return null;
            case InitMessageKind.Exited:
                return ExitCodes.FromWaitStatus(message.Values[0]);
            default:
                throw new SessionException("leash-init ended unexpectedly; the session was ended with it");
        }
    }

    /// <summary>Job control: what stops the command stops us, so that the user's shell notices; what continues us continues it.</summary>
    private void FollowStop(int signal)
    {
        if (_asked is not null)
        {
            return;
        }

        bool wantsTerminal = signal is ProcessSignals.SIGTTIN or ProcessSignals.SIGTTOU;
        if (terminal is null)
        {
            if (signal == ProcessSignals.SIGTSTP)
            {
                ProcessSignals.StopOurJob(ProcessSignals.SIGTSTP);
                Resume(ResumeAs.Unchanged);
            }

            return;
        }

        if (wantsTerminal && terminal.TryEnter())
        {
            Resume(ResumeAs.Foreground);
            return;
        }

        terminal.Leave();
        ProcessSignals.StopOurJob(wantsTerminal ? signal : ProcessSignals.SIGTSTP);
        Resume(terminal.TryEnter() ? ResumeAs.Foreground : ResumeAs.Background);
    }

    private void Resume(ResumeAs how) => init.Send(InitMessage.Of(InitMessageKind.Continue, (int)how));
}
