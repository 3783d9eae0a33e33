using Leash.Audit;
using Leash.Enforcement.Exec;
using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>
/// Refuses the system calls that a session's filter notifies, and records them: where programs in the kernel decide, what is notified is
/// what no policy can allow, save for signals of files to the caller itself, which a filter cannot tell from those to others. Should it
/// die, the listener closes with its process and the kernel refuses the same calls with ENOSYS.
/// </summary>
internal sealed class RefusalListener : IDisposable
{
    private readonly int _listener;
    private readonly IAuditSink _audit;
    private readonly Action<string> _onFailure;
    private readonly int _stop = Descriptors.CreateEvent();
    private readonly byte[] _executable = new byte[Kernel.PathMax];
    private readonly Thread _thread;

    /// <param name="listener">The descriptor that came with the filter, from now on owned.</param>
    /// <param name="audit">Where refusals are recorded.</param>
    /// <param name="onFailure">Called when a refusal could not be recorded: end the session.</param>
    public RefusalListener(int listener, IAuditSink audit, Action<string> onFailure)
    {
        (_listener, _audit, _onFailure) = (listener, audit, onFailure);
        _thread = new Thread(Run) { IsBackground = true, Name = "refusals" };
        _thread.Start();
    }

    public void Dispose()
    {
        Descriptors.SignalEvent(_stop);
        _thread.Join();
        Kernel.Close(_listener);
        Kernel.Close(_stop);
    }

    private void Run()
    {
        while (IsCallWaiting())
        {
            SeccompNotif notification = default;
            if (SeccompCalls.Receive(_listener, ref notification) == 0)
            {
                Answer(notification);
            }
        }
    }

    // False at the end: when told so, or when no process is left under the filter.
    private bool IsCallWaiting()
    {
        Span<PollDescriptor> sources =
        [
            new() { fd = _listener, events = Descriptors.POLLIN },
            new() { fd = _stop, events = Descriptors.POLLIN },
        ];
        while (Descriptors.Poll(sources, -1) < 0)
        {
            // A signal.
        }

        return sources[1].revents == 0 && (sources[0].revents & Descriptors.POLLIN) != 0;
    }

    private void Answer(in SeccompNotif notification)
    {
        SeccompData call = notification.data;
        if (IsForItself(call, (int)notification.pid))
        {
            SeccompCalls.Send(_listener, notification.id, 0, 0, SeccompCalls.SECCOMP_USER_NOTIF_FLAG_CONTINUE);
            return;
        }

        RefusedCall refused = RefusedCall.Of(call.arch, call.nr);
        string? failure = null;
        try
        {
            Record(notification, refused);
        }
#pragma warning disable CA1031 // The loop is the boundary: a refusal stays one, and a session whose refusals cannot be recorded ends.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = $"what the system call filter refused cannot be recorded any more: {exception.Message}";
        }

        // FAIL-CLOSED: whatever came of the record, the call does not happen.
        SeccompCalls.Send(_listener, notification.id, 0, refused.Errno, 0);
        if (failure is not null)
        {
            _onFailure(failure);
        }
    }

    private static unsafe bool IsForItself(in SeccompData call, int thread) =>
        !RefusedCall.IsForeign(call.arch, call.nr) && FileSignals.IsForItself(call.nr, call.args[1], call.args[2], thread);

    private void Record(in SeccompNotif notification, RefusedCall refused)
    {
        int thread = (int)notification.pid;
        _audit.Record(new AuditRecord
        {
            Verdict = AuditVerdict.Deny,
            Reason = AuditReason.Structural,
            Syscall = SyscallNumber.NameOf(notification.data.nr),
            Exe = ProcFile.Executable(thread, _executable),
            Pid = SyscallContext.ReadTgid(thread),
            Tid = thread,
            Principal = -1,
            Errno = refused.Errno,
            Detail = refused.Why,
        });
    }
}
