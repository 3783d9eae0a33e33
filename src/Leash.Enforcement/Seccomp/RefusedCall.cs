using Leash.Enforcement.Exec;
using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>What meets a system call that no policy can allow.</summary>
/// <param name="Errno">What the caller gets.</param>
/// <param name="Why">For the log.</param>
internal readonly record struct RefusedCall(int Errno, string Why)
{
    /// <summary>Whether a number is one of another architecture, whose numbers mean other calls.</summary>
    public static bool IsForeign(uint arch, int number) => arch != SeccompCalls.NativeArch || (number & SeccompCalls.X32SyscallBit) != 0;

    public static RefusedCall Of(uint arch, int number)
    {
        if (IsForeign(arch, number))
        {
            return new RefusedCall(Interop.Errno.ENOSYS, "a system call of another architecture");
        }

        if (number == SyscallNumber.fcntl || number == SyscallNumber.ioctl)
        {
            return new RefusedCall(Interop.Errno.EPERM, FileSignals.Why);
        }

        return number > SyscallNumber.MaxKnown
            ? new RefusedCall(Interop.Errno.ENOSYS, "a system call newer than this build of leash")
            : new RefusedCall(Interop.Errno.EPERM, "a system call that sessions may not use");
    }
}
