using Leash.Audit;
using Leash.Bpf.Events;
using Leash.Bpf.Programs;
using Leash.Interop;

namespace Leash.Sessions.InKernel;

/// <summary>The thread that reads a session's events, until the session has ended and the last one is read.</summary>
internal sealed class EventPump : IDisposable
{
    private const int Batch = 1024;
    private const int ReportMilliseconds = 1000;
    private readonly BpfSession _session;
    private readonly KernelAuditTrail _trail;
    private readonly CounterReport _counters;
    private readonly bool _deniedOnly;
    private readonly EventRing _ring;
    private readonly int _wake = Descriptors.CreateEvent();
    private readonly Thread _thread;
    private volatile bool _isEnding;

    /// <param name="session">Borrowed.</param>
    /// <param name="trail">What makes records of events.</param>
    /// <param name="audit">The session's log.</param>
    /// <param name="deniedOnly">Whether a supervisor records what it allows itself.</param>
    public EventPump(BpfSession session, KernelAuditTrail trail, IAuditSink audit, bool deniedOnly)
    {
        (_session, _trail, _counters, _deniedOnly) = (session, trail, new CounterReport(audit), deniedOnly);
        _ring = new EventRing(session.Ring);
        _thread = new Thread(Run) { IsBackground = true, Name = "kernel events" };
        _thread.Start();
    }

    public void Dispose()
    {
        _isEnding = true;
        Descriptors.SignalEvent(_wake);
        _thread.Join();
        _ring.Dispose();
        Kernel.Close(_wake);
    }

    private void Run()
    {
        while (!_isEnding)
        {
            bool isReady = _ring.Wait(ReportMilliseconds, _wake);
            Descriptors.ClearEvent(_wake);
            Drain();
            if (!isReady)
            {
                Report();
            }
        }

        Drain();
        Report();
    }

    private void Drain()
    {
        while (_ring.Read(Accept, Batch) > 0)
        {
            _ring.Release();
        }

        _ring.Release();
    }

    private void Accept(ReadOnlySpan<byte> sample)
    {
        if (_deniedOnly && EventDecoder.TryDecode(sample, out KernelEvent happened) == EventFault.None && happened.Verdict == EventVerdict.Allow)
        {
            return;
        }

        _trail.Accept(sample);
    }

    private void Report()
    {
        Span<ulong> totals = stackalloc ulong[KernelCounter.Count];
        _session.ReadCounters(totals);
        if (!_deniedOnly)
        {
            _counters.Write(totals);
        }
    }
}
