using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Exec;

/// <summary>
/// The signals of a file that became ready go to its owner, and when they are sent the kernel asks for nothing but the user. So a process
/// makes nobody but itself an owner, and files send SIGIO only: those that others own, or a terminal's group, would get any signal.
/// </summary>
internal static class FileSignals
{
    /// <summary>For the log.</summary>
    public const string Why = "signals by a file, for another process or other than SIGIO";

    private const uint F_SETOWN = 8;
    private const uint F_SETSIG = 10;
    private const uint F_SETOWN_EX = 15;
    private const int SIGIO = 29;

    /// <summary>Of <c>fcntl</c>: what <see cref="IsForItself"/> answers.</summary>
    public static uint[] Commands { get; } = [F_SETOWN, F_SETSIG, F_SETOWN_EX];

    /// <summary>Of <c>ioctl</c>, on sockets: the owner is in memory, where it changes while it is looked at.</summary>
    public static uint[] Requests { get; } = [0x8901 /* FIOSETOWN */, 0x8902 /* SIOCSPGRP */];

    public static void Register(HandlerTable table) => table.Add(SyscallNumber.fcntl, new Handler());

    /// <summary>Whether a call concerns its caller only. All that counts is in registers, so the kernel may perform it.</summary>
    /// <param name="number">The call, of the native architecture.</param>
    /// <param name="command">Its second argument.</param>
    /// <param name="value">Its third.</param>
    /// <param name="thread">The caller.</param>
    public static bool IsForItself(int number, ulong command, ulong value, int thread)
    {
        int wanted = unchecked((int)value);
        return number == SyscallNumber.fcntl && unchecked((uint)command) switch
        {
            F_SETOWN => wanted == 0 || (wanted > 0 && wanted == OwnNumber(thread)),
            F_SETSIG => wanted is 0 or SIGIO,
            _ => false,
        };
    }

    /// <summary>Records that it is refused, and is the result.</summary>
    public static long Refuse(SyscallContext context)
    {
        context.Trail.DeniedStructurally(context, PlanActionMask.ProcessSignal, default, Why, Errno.EPERM);
        return -Errno.EPERM;
    }

    // The process, in the pid namespace in which it would name itself: the last of the line.
    private static long OwnNumber(int thread)
    {
        Span<byte> content = stackalloc byte[2048];
        int length = ProcFile.Read(thread, "/status"u8, content);
        return length <= 0 ? -1 : ProcFile.Number(ProcFile.LineOf(content[..length], "NStgid:"u8), -1);
    }

    private sealed class Handler : ISyscallHandler
    {
        public void Handle(SyscallContext context)
        {
            if (IsForItself(context.Number, context.Arg(1), context.Arg(2), context.Tid))
            {
                context.ReplyContinue();
            }
            else
            {
                context.ReplyResult(Refuse(context));
            }
        }
    }
}
