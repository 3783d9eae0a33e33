using Leash.Enforcement.Exec;
using Leash.Interop;
using static Leash.Interop.SyscallNumber;

namespace Leash.Enforcement.Filter;

/// <summary>
/// The coverage table: which system calls a session may make freely, which its supervisor answers, and which fail at once. What is
/// notified and has no handler is denied and recorded.
/// </summary>
internal static class FilterRules
{
    private const uint NamespaceFlags = 0x7e020000;
    private const uint NewTimeNamespace = 0x80;
    private const uint AddrNoRandomize = 0x0040000;
    private const uint PR_SET_MM = 35;
    private const uint MsgFastOpen = 0x20000000;
    private const uint PR_SET_DUMPABLE = 4;

    // asm-generic/ioctls.h, linux/fs.h, linux/fscrypt.h, linux/msdos_fs.h, linux/btrfs.h; the same as in bpf/hooks/metadata.bpf.h.
    private static readonly uint[] TerminalInjections = [0x5412 /* TIOCSTI */, 0x541c /* TIOCLINUX */, 0x541d /* TIOCCONS */];

    private static readonly uint[] MetadataRequests =
    [
        0x40086602 /* FS_IOC_SETFLAGS */, 0x40046602 /* FS_IOC32_SETFLAGS */, 0x401c5820 /* FS_IOC_FSSETXATTR */,
        0x40087602 /* FS_IOC_SETVERSION */, 0x40806685 /* FS_IOC_ENABLE_VERITY */, 0x800c6613 /* FS_IOC_SET_ENCRYPTION_POLICY */,
        0x40086604 /* EXT4_IOC_SETVERSION */, 0x40047211 /* FAT_IOCTL_SET_ATTRIBUTES */,
        0x50009401 /* BTRFS_IOC_SNAP_CREATE */, 0x5000940e /* BTRFS_IOC_SUBVOL_CREATE */, 0x5000940f /* BTRFS_IOC_SNAP_DESTROY */,
        0x40089413 /* BTRFS_IOC_DEFAULT_SUBVOL */, 0x50009417 /* BTRFS_IOC_SNAP_CREATE_V2 */, 0x50009418 /* BTRFS_IOC_SUBVOL_CREATE_V2 */,
        0x4008941a /* BTRFS_IOC_SUBVOL_SETFLAGS */, 0x5000943f /* BTRFS_IOC_SNAP_DESTROY_V2 */,
    ];

    /// <summary>Where a supervisor decides.</summary>
    public static SortedDictionary<int, FilterRule> Collect(FilterOptions options)
    {
        Builder rules = new();
        AddForbidden(rules);
        AddFiles(rules);
        AddProcesses(rules, options);
        AddSockets(rules, options);
        return rules.Rules;
    }

    /// <summary>
    /// Where programs in the kernel decide: what a hook covers reaches it, and what is notified is refused, save for signals of files to the
    /// caller itself (<see cref="FileSignals"/>). That includes what hooks would refuse as well: the kernel asks for capabilities first, and
    /// then nothing would be recorded.
    /// </summary>
    public static SortedDictionary<int, FilterRule> CollectForHooks()
    {
        Builder rules = new();
        AddForbidden(rules);
        rules.Add(ioctl, new FilterRule.Values(1, FileSignals.Requests, TerminalInjections, Errno.EPERM));
        rules.Add(prctl, new FilterRule.Values(0, [PR_SET_MM], [], 0));
        return rules.Rules;
    }

    // What no policy can allow.
    private static void AddForbidden(Builder rules)
    {
        // Linux 6.13 and 6.17; C libraries and tools use older calls where these are missing.
        rules.Refuse(Errno.ENOSYS, setxattrat, removexattrat, file_setattr);

        // A file by its handle has no path that was walked.
        rules.Refuse(Errno.EOPNOTSUPP, name_to_handle_at);
        rules.Notify(open_by_handle_at, fanotify_init, fanotify_mark, quotactl, quotactl_fd, swapon, swapoff, acct, uselib);

        // Rings open, connect and send without further system calls, from threads of the kernel.
        rules.Refuse(Errno.ENOSYS, io_uring_setup, io_uring_enter, io_uring_register);

        // clone3 takes its flags in memory; C libraries fall back to clone.
        rules.Refuse(Errno.ENOSYS, clone3);
        rules.Add(clone, new FilterRule.NotifyIfAnyBit(0, NamespaceFlags));
        rules.Add(unshare, new FilterRule.NotifyIfAnyBit(0, NamespaceFlags | NewTimeNamespace));
        rules.Notify(setns, process_madvise, pidfd_getfd, kcmp);
        rules.Add(personality, new FilterRule.AllowValues(0, 0, AddrNoRandomize, uint.MaxValue));
        rules.Notify(mount, umount2, move_mount, fsopen, fsconfig, fsmount, fspick, open_tree, open_tree_attr, mount_setattr);
        rules.Notify(pivot_root, chroot);
        rules.Notify(bpf, perf_event_open, userfaultfd, keyctl, add_key, request_key, lookup_dcookie, nfsservctl);
        rules.Notify(init_module, finit_module, delete_module, kexec_load, kexec_file_load, reboot, syslog, vhangup);

        // The kernel sends these later, past its hook for signals.
        rules.Add(fcntl, new FilterRule.Values(1, FileSignals.Commands, [], 0));
        rules.Notify(iopl, ioperm, settimeofday, clock_settime, sethostname, setdomainname);
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
        rules.Add(ioctl, new FilterRule.Values(1, [.. MetadataRequests, .. FileSignals.Requests], TerminalInjections, Errno.EPERM));
    }

    private static void AddProcesses(Builder rules, FilterOptions options)
    {
        rules.Notify(execve, execveat);
        rules.Notify(ptrace, process_vm_readv, process_vm_writev);
        rules.Add(prctl, new FilterRule.Prctl(PR_SET_DUMPABLE, PR_SET_MM));
        rules.Add(setrlimit, new FilterRule.LabelLimit(0, -1));
        rules.Add(prlimit64, new FilterRule.LabelLimit(1, 2));
        rules.Notify(setuid, setgid, setreuid, setregid, setresuid, setresgid, setfsuid, setfsgid, setgroups);
        if (!options.OwnPidNamespace)
        {
            rules.Notify(kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal);
        }
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

        if (options.AnswersPeerNames)
        {
            rules.Notify(getpeername);
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
