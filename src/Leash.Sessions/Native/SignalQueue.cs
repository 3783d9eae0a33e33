using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Leash.Interop;

namespace Leash.Sessions.Native;

/// <summary>Signals to leash as events of the session's loop. A signal that was ignored when leash started stays ignored.</summary>
internal sealed class SignalQueue : IDisposable
{
    private static readonly PosixSignal[] Handled =
    [
        PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM, PosixSignal.SIGTSTP, PosixSignal.SIGWINCH, PosixSignal.SIGCONT,
    ];

    private readonly ConcurrentQueue<PosixSignal> _pending = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public SignalQueue()
    {
        Event = Descriptors.CreateEvent();
        foreach (PosixSignal signal in Handled)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Enqueue));
        }
    }

    /// <summary>Readable while signals wait.</summary>
    public int Event { get; }

    public bool TryTake(out PosixSignal signal)
    {
        Descriptors.ClearEvent(Event);
        return _pending.TryDequeue(out signal);
    }

    /// <summary>The number on Linux.</summary>
    public static int NumberOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => ProcessSignals.SIGHUP,
        PosixSignal.SIGINT => ProcessSignals.SIGINT,
        PosixSignal.SIGQUIT => ProcessSignals.SIGQUIT,
        PosixSignal.SIGTSTP => ProcessSignals.SIGTSTP,
        _ => ProcessSignals.SIGTERM,
    };

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        Kernel.Close(Event);
    }

    private void Enqueue(PosixSignalContext context)
    {
        context.Cancel = true;
        _pending.Enqueue(context.Signal);
        Descriptors.SignalEvent(Event);
    }
}
