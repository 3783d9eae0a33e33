using Leash.Interop;
using static Leash.Interop.SyscallNumber;

namespace Leash.Enforcement.Filter;

/// <summary>
/// The coverage table where programs in the kernel decide: what a hook covers reaches it, and what none covers on every supported
/// kernel fails with the error that the supervisor would give. Nothing is notified.
/// </summary>
internal static class StaticRules
{
    private static readonly uint[] TerminalInjections = [0x5412 /* TIOCSTI */, 0x541c /* TIOCLINUX */, 0x541d /* TIOCCONS */];

    public static SortedDictionary<int, FilterRule> Collect()
    {
        SortedDictionary<int, FilterRule> rules = [];

        // Rings act for whoever made them, from threads of the kernel.
        Refuse(rules, Errno.ENOSYS, io_uring_setup, io_uring_enter, io_uring_register);

        // Linux 6.13 and 6.17; C libraries and tools use older calls where these are missing.
        Refuse(rules, Errno.ENOSYS, setxattrat, removexattrat, file_setattr);

        // A file by its handle has no path that was walked.
        Refuse(rules, Errno.EOPNOTSUPP, name_to_handle_at);
        Refuse(rules, Errno.EPERM, open_by_handle_at, fanotify_init, fanotify_mark, quotactl, quotactl_fd, swapon, swapoff, acct, uselib);
        Add(rules, ioctl, new FilterRule.Values(1, [], TerminalInjections, Errno.EPERM));

        // clone3 takes its flags in memory; C libraries fall back to clone. The hook on user namespaces came with Linux 6.1.
        Refuse(rules, Errno.ENOSYS, clone3);
        Add(rules, clone, new FilterRule.NotifyIfAnyBit(0, FilterRules.NamespaceFlags));
        Add(rules, unshare, new FilterRule.NotifyIfAnyBit(0, FilterRules.NamespaceFlags | FilterRules.NewTimeNamespace));
        Refuse(rules, Errno.EPERM, setns, process_madvise, pidfd_getfd, kcmp);
        Add(rules, prctl, new FilterRule.Values(0, [], [FilterRules.PR_SET_MM], Errno.EPERM));
        Add(rules, personality, new FilterRule.AllowValues(0, 0, FilterRules.AddrNoRandomize, uint.MaxValue));

        // Mounts are decided by hooks; what prepares one needs a capability that no session has.
        Refuse(rules, Errno.EPERM, fsopen, fsconfig, fsmount, fspick, open_tree, open_tree_attr, mount_setattr);
        Refuse(rules, Errno.EPERM, userfaultfd, keyctl, add_key, request_key, lookup_dcookie, nfsservctl);
        Refuse(rules, Errno.EPERM, init_module, finit_module, delete_module, kexec_load, kexec_file_load, reboot, syslog, vhangup);
        Refuse(rules, Errno.EPERM, iopl, ioperm, settimeofday, clock_settime, sethostname, setdomainname);
        return rules;
    }

    private static void Refuse(SortedDictionary<int, FilterRule> rules, int errno, params ReadOnlySpan<int> numbers)
    {
        foreach (int number in numbers)
        {
            Add(rules, number, new FilterRule.Refuse(errno));
        }
    }

    private static void Add(SortedDictionary<int, FilterRule> rules, int number, FilterRule rule)
    {
        // -1: the architecture lacks the call.
        if (number >= 0)
        {
            rules.Add(number, rule);
        }
    }
}
