using Leash.Interop;
using static Leash.Interop.SyscallNumber;

namespace Leash.Enforcement.Filter;

/// <summary>
/// The coverage table: which system calls a session may make freely, which its supervisor answers, and which fail at once. What is
/// notified and has no handler is denied and recorded.
/// </summary>
internal static class FilterRules
{
    public const uint NamespaceFlags = 0x7e020000;
    public const uint NewTimeNamespace = 0x80;
    public const uint AddrNoRandomize = 0x0040000;
    public const uint PR_SET_MM = 35;
    private const uint MsgFastOpen = 0x20000000;
    private const uint PR_SET_DUMPABLE = 4;

    // asm-generic/ioctls.h, linux/fs.h
    private static readonly uint[] TerminalInjections = [0x5412 /* TIOCSTI */, 0x541c /* TIOCLINUX */, 0x541d /* TIOCCONS */];

    private static readonly uint[] MetadataRequests =
    [
        0x40086602 /* FS_IOC_SETFLAGS */, 0x40046602 /* FS_IOC32_SETFLAGS */, 0x401c5820 /* FS_IOC_FSSETXATTR */,
        0x40087602 /* FS_IOC_SETVERSION */, 0x40806685 /* FS_IOC_ENABLE_VERITY */,
    ];

    public static SortedDictionary<int, FilterRule> Collect(FilterOptions options)
    {
        Builder rules = new();
        AddFiles(rules);
        AddProcesses(rules, options);
        AddPrivileged(rules);
        AddSockets(rules, options);
        return rules.Rules;
    }

    private static void AddFiles(Builder rules)
    {
        // A descriptor for a path alone reads and writes nothing; what it names is decided when it is used.
        rules.Add(open, new FilterRule.AllowIfAnyBit(1, OpenFlags.O_PATH));
        rules.Add(openat, new FilterRule.AllowIfAnyBit(2, OpenFlags.O_PATH));
        rules.Notify(openat2, creat);
        rules.Notify(unlink, unlinkat, rmdir, rename, renameat, renameat2, link, linkat, symlink, symlinkat, mkdir, mkdirat, mknod, mknodat);
        rules.Notify(truncate, chmod, fchmod, fchmodat, fchmodat2, chown, fchown, lchown, fchownat);
        rules.Notify(utime, utimes, futimesat, utimensat);
        rules.Notify(setxattr, lsetxattr, fsetxattr, removexattr, lremovexattr, fremovexattr);

        // Linux 6.13 and 6.17; C libraries and tools use the calls above where these are missing.
        rules.Refuse(Errno.ENOSYS, setxattrat, removexattrat, file_setattr);
        rules.Add(ioctl, new FilterRule.Values(1, MetadataRequests, TerminalInjections, Errno.EPERM));
        rules.Add(name_to_handle_at, new FilterRule.Refuse(Errno.EOPNOTSUPP));
        rules.Notify(open_by_handle_at, fanotify_init, fanotify_mark, quotactl, quotactl_fd, swapon, swapoff, acct);

        // Rings open, connect and send without further system calls.
        rules.Refuse(Errno.ENOSYS, io_uring_setup, io_uring_enter, io_uring_register);
    }

    private static void AddProcesses(Builder rules, FilterOptions options)
    {
        rules.Notify(execve, execveat, uselib);
        rules.Notify(ptrace, process_vm_readv, process_vm_writev, process_madvise, pidfd_getfd, kcmp);

        // clone3 takes its flags in memory; C libraries fall back to clone.
        rules.Add(clone3, new FilterRule.Refuse(Errno.ENOSYS));
        rules.Add(clone, new FilterRule.NotifyIfAnyBit(0, NamespaceFlags));
        rules.Add(unshare, new FilterRule.NotifyIfAnyBit(0, NamespaceFlags | NewTimeNamespace));
        rules.Notify(setns);
        rules.Add(prctl, new FilterRule.Prctl(PR_SET_DUMPABLE, PR_SET_MM));
        rules.Add(setrlimit, new FilterRule.LabelLimit(0, -1));
        rules.Add(prlimit64, new FilterRule.LabelLimit(1, 2));
        rules.Add(personality, new FilterRule.AllowValues(0, 0, AddrNoRandomize, uint.MaxValue));
        rules.Notify(setuid, setgid, setreuid, setregid, setresuid, setresgid, setfsuid, setfsgid, setgroups);
        if (!options.OwnPidNamespace)
        {
            rules.Notify(kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal);
        }
    }

    private static void AddPrivileged(Builder rules)
    {
        rules.Notify(mount, umount2, move_mount, fsopen, fsconfig, fsmount, fspick, open_tree, open_tree_attr, mount_setattr);
        rules.Notify(pivot_root, chroot);
        rules.Notify(bpf, perf_event_open, userfaultfd, keyctl, add_key, request_key, lookup_dcookie, nfsservctl);
        rules.Notify(init_module, finit_module, delete_module, kexec_load, kexec_file_load, reboot, syslog, vhangup);
        rules.Notify(iopl, ioperm, settimeofday, clock_settime, sethostname, setdomainname);
    }

    private static void AddSockets(Builder rules, FilterOptions options)
    {
        rules.Notify(connect, bind, listen);
        if (options.BrokeredSockets)
        {
            // The session has no socket on which an address in a message has an effect, other than by opening with data.
            rules.Notify(socket);
            rules.Add(socketpair, new FilterRule.SocketPair());
            rules.Add(sendto, new FilterRule.NotifyIfAnyBit(3, MsgFastOpen));
            rules.Add(sendmsg, new FilterRule.NotifyIfAnyBit(2, MsgFastOpen));
            rules.Add(sendmmsg, new FilterRule.NotifyIfAnyBit(3, MsgFastOpen));
            return;
        }

        rules.Add(socket, new FilterRule.Socket());
        rules.Add(sendto, new FilterRule.NotifyIfPointer(4));
        rules.Notify(sendmsg, sendmmsg);
    }

    private sealed class Builder
    {
        private static readonly FilterRule.Notify Notified = new();

        public SortedDictionary<int, FilterRule> Rules { get; } = [];

        public void Add(int number, FilterRule rule)
        {
            // -1: the architecture lacks the call.
            if (number >= 0)
            {
                Rules.Add(number, rule);
            }
        }

        public void Notify(params ReadOnlySpan<int> numbers)
        {
            foreach (int number in numbers)
            {
                Add(number, Notified);
            }
        }

        public void Refuse(int errno, params ReadOnlySpan<int> numbers)
        {
            foreach (int number in numbers)
            {
                Add(number, new FilterRule.Refuse(errno));
            }
        }
    }
}
