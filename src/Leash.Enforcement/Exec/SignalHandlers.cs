using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Exec;

/// <summary>
/// Sending signals where the session shares its pid namespace with others: performed by the supervisor, only to processes that carry
/// the session's label, through a descriptor so that a reused pid cannot get in between.
/// </summary>
internal static unsafe class SignalHandlers
{
    private const int SignalInfoSize = 128;

    public static void Register(HandlerTable table)
    {
        table.Add(SyscallNumber.kill, new ResultHandler(Kill));
        table.Add(SyscallNumber.tkill, new ResultHandler(c => SendToThread(c, 0, c.ArgInt(0), c.ArgInt(1))));
        table.Add(SyscallNumber.tgkill, new ResultHandler(c => SendToThread(c, c.ArgInt(0), c.ArgInt(1), c.ArgInt(2))));
        table.Add(SyscallNumber.rt_sigqueueinfo, new ResultHandler(c => SendToProcess(c, c.ArgInt(0), c.ArgInt(1), c.Arg(2))));
        table.Add(SyscallNumber.rt_tgsigqueueinfo, new ResultHandler(c => SendQueuedToThread(c)));
        table.Add(SyscallNumber.pidfd_send_signal, new ResultHandler(SendToDescriptor));
    }

    private static long Kill(SyscallContext context)
    {
        int pid = context.ArgInt(0);
        int signal = context.ArgInt(1);
        if (pid > 0)
        {
            return SendToProcess(context, pid, signal, 0);
        }

        int group = pid == 0 ? (int)Kernel.Call(SyscallNumber.getpgid, context.Tid) : -pid;
        if (pid == -1 || group <= 1)
        {
            context.Trail.DeniedStructurally(context, PlanActionMask.ProcessSignal, default, "a signal to every process", Errno.EPERM);
            return -Errno.EPERM;
        }

        return SendToGroup(context, group, signal);
    }

    private static long SendToGroup(SyscallContext context, int group, int signal)
    {
        List<int> members = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out int pid) && Kernel.Call(SyscallNumber.getpgid, pid) == group)
            {
                members.Add(pid);
            }
        }

        if (members.Count == 0)
        {
            return -Errno.ESRCH;
        }

        foreach (int member in members)
        {
            if (context.Services.Labels.Read(member) is null)
            {
                return Refuse(context);
            }
        }

        long result = 0;
        foreach (int member in members)
        {
            result = SendToProcess(context, member, signal, 0);
        }

        return result;
    }

    private static long SendToProcess(SyscallContext context, int pid, int signal, ulong information)
    {
        byte* copy = stackalloc byte[SignalInfoSize];
        if (information != 0)
        {
            int error = context.ReadMemory(information, copy, SignalInfoSize);
            if (error < 0)
            {
                return error;
            }
        }

        long descriptor = Kernel.Call(SyscallNumber.pidfd_open, pid, 0);
        if (descriptor < 0)
        {
            return descriptor == -Errno.EINVAL ? -Errno.ESRCH : descriptor;
        }

        // The label is read after the descriptor is open: if the pid had changed hands before, the label is the new holder's.
        long result = !IsOurs(context, pid) ? Refuse(context)
            : !IsPermitted(context) ? -Errno.EPERM
            : !context.IsStillValid() ? -Errno.EINTR
            : Kernel.Call(SyscallNumber.pidfd_send_signal, (nint)descriptor, signal, information == 0 ? 0 : (nint)copy, 0);
        Kernel.Close((int)descriptor);
        return result;
    }

    // There is no descriptor of a thread before Linux 6.9; a thread id is reused only after all others have been.
    private static long SendToThread(SyscallContext context, int tgid, int tid, int signal) =>
        tid <= 0 ? -Errno.EINVAL
        : !IsOurs(context, tid) ? Exists(tid) ? Refuse(context) : -Errno.ESRCH
        : !IsPermitted(context) ? -Errno.EPERM
        : !context.IsStillValid() ? -Errno.EINTR
        : tgid == 0 ? Kernel.Call(SyscallNumber.tkill, tid, signal)
        : Kernel.Call(SyscallNumber.tgkill, tgid, tid, signal);

    private static long SendQueuedToThread(SyscallContext context)
    {
        byte* copy = stackalloc byte[SignalInfoSize];
        int tid = context.ArgInt(1);
        int error = context.ReadMemory(context.Arg(3), copy, SignalInfoSize);
        return error < 0 ? error
            : !IsOurs(context, tid) ? Exists(tid) ? Refuse(context) : -Errno.ESRCH
            : !IsPermitted(context) ? -Errno.EPERM
            : !context.IsStillValid() ? -Errno.EINTR
            : Kernel.Call(SyscallNumber.rt_tgsigqueueinfo, context.ArgInt(0), tid, context.ArgInt(2), (nint)copy);
    }

    private static long SendToDescriptor(SyscallContext context)
    {
        int descriptor = context.ArgInt(0);
        Span<byte> path = stackalloc byte[48];
        ProcPath.Write(path, context.Tid, "/fdinfo/"u8, descriptor);
        string? line = ProcFile.FindLine(context.Tid, path[path.IndexOf((byte)'/')..path.IndexOf((byte)0)], "Pid:"u8);
        if (line is null)
        {
            return -Errno.EBADF;
        }

        return int.TryParse(line.AsSpan(4).Trim(), out int pid) && pid > 0
            ? SendToProcess(context, pid, context.ArgInt(1), context.Arg(2))
            : -Errno.ESRCH;
    }

    private static bool IsOurs(SyscallContext context, int pid) => context.Services.Labels.Read(pid) is not null;

    private static bool Exists(int pid) => Kernel.Call(SyscallNumber.kill, pid, 0) is 0 or -Errno.EPERM;

    private static bool IsPermitted(SyscallContext context) =>
        context.Permit(
            context.Decider.DecideProcess(context.Principal, PlanAction.ProcessSignal), PlanAction.ProcessSignal, default);

    private static long Refuse(SyscallContext context)
    {
        context.Trail.DeniedStructurally(
            context, PlanActionMask.ProcessSignal, default, "a process outside the session", Errno.EPERM);
        return -Errno.EPERM;
    }
}
