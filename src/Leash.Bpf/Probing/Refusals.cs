using Leash.Interop;

namespace Leash.Bpf.Probing;

/// <summary>What the kernel's refusals of programs mean.</summary>
internal static class Refusals
{
    private const int ENOTSUPP = 524;

    /// <summary>What to do about it, when there is something.</summary>
    public static string? Help(int errno) => errno switch
    {
        Errno.EPERM => "a container or hypervisor refuses it, or the kernel is locked down (`cat /sys/kernel/security/lockdown`)",
        Errno.EINVAL or ENOTSUPP or Errno.EOPNOTSUPP => "this kernel was built without it",
        Errno.ENOENT or Errno.ESRCH => "this kernel has no such hook",
        Errno.EBUSY => "something else uses the place exclusively, as live patching does",
        Errno.ENOMEM => "no memory for it; with cgroups of version 1 also `ulimit -l unlimited`",
        _ => null,
    };
}
