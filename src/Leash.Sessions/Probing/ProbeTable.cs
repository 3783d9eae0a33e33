using Leash.Interop;

namespace Leash.Sessions.Probing;

/// <summary>What is tried, in the order in which it is shown.</summary>
/// <param name="Id">The name in leash-init's output.</param>
/// <param name="Title">For people.</param>
/// <param name="Weight">What depends on it.</param>
/// <param name="Help">How to get it.</param>
internal sealed record ProbeRow(string Id, string Title, ProbeWeight Weight, string? Help)
{
    private const string Container =
        "a container's seccomp profile refuses it; run with a newer engine, or `--security-opt seccomp=unconfined`";

    public static IReadOnlyList<ProbeRow> All { get; } =
    [
        new("seccomp_notify", "seccomp user notification", ProbeWeight.Required,
            "needs Linux 5.5 with CONFIG_SECCOMP_FILTER; inside gVisor or another supervisor it cannot be had"),
        new("seccomp_addfd", "descriptors injected into a caller (ADDFD)", ProbeWeight.Required, "needs Linux 5.9"),
        new("seccomp_notify_killable", "killable waits of a notified call", ProbeWeight.Recommended, "needs Linux 5.19"),
        new("seccomp_sync_wake_up", "synchronous wake-up", ProbeWeight.Recommended, "needs Linux 6.6; governed calls are several times slower without"),
        new("proc_mem", "reading a caller's memory (/proc/PID/mem)", ProbeWeight.Required, Container),
        new("process_vm_readv", "reading a caller's memory (process_vm_readv)", ProbeWeight.Optional, Container),
        new("pidfd_open", "process descriptors", ProbeWeight.Required, "needs Linux 5.3"),
        new("pidfd_getfd", "duplicating a caller's sockets (pidfd_getfd)", ProbeWeight.Recommended,
            "without it sessions have stream sockets only; in Docker add `--cap-add SYS_PTRACE`"),
        new("prlimit_label", "labels on processes (soft RLIMIT_RTTIME)", ProbeWeight.Required,
            "the hard limit on real-time CPU (`ulimit -H -R`) has to be unlimited"),
        new("ptrace_seize", "stopping a program at its exec (ptrace)", ProbeWeight.Required,
            "in Docker before 19.03 or with kernel.yama.ptrace_scope=3 it is refused"),
        new("openat2", "openat2", ProbeWeight.Optional, "needs Linux 5.6; paths are walked one component at a time without"),
        new("user_namespaces", "user, pid, mount, ipc and uts namespaces", ProbeWeight.Optional, null),
        new("root_namespaces", "namespaces as root", ProbeWeight.Optional, "needs root with CAP_SYS_ADMIN"),
    ];

    public static string? NamespaceHelp(bool isInContainer)
    {
        if (ReadNumber("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
        {
            return "AppArmor restricts user namespaces: allow leash-init with a profile, or "
                + "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`";
        }

        if (ReadNumber("/proc/sys/kernel/unprivileged_userns_clone") == 0)
        {
            return "`sysctl kernel.unprivileged_userns_clone=1`";
        }

        if (ReadNumber("/proc/sys/user/max_user_namespaces") == 0)
        {
            return "`sysctl user.max_user_namespaces=10000`";
        }

        return isInContainer ? "containers refuse namespaces and a second /proc by default; sessions run without" : null;
    }

    internal static int? ReadNumber(string path)
    {
        int fd = Descriptors.Open(path, OpenFlags.O_RDONLY);
        if (fd < 0)
        {
            return null;
        }

        byte[] content = Descriptors.ReadToEnd(fd);
        Kernel.Close(fd);
        return System.Buffers.Text.Utf8Parser.TryParse(content, out int number, out _) ? number : null;
    }
}
