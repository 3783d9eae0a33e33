using System.Globalization;
using Leash.TestHarness;
using static Leash.Attacks.Tests.Attack;

namespace Leash.Attacks.Tests;

/// <summary>Other processes, the session's marks, other ways into the kernel, and what only its owner may do.</summary>
public class ProcessAttackTests
{
    private const string Traced = Arena.Plain + Arena.Tracing;

    internal static Attack[] Table { get; } =
    [
        new("ptrace", "ptrace") { Action = "ProcessTrace" },
        new("PTRACE_TRACEME", "traceme") { Action = "ProcessTrace" },
        new("process_vm_writev", "vm-write") { Action = "ProcessTrace" },
        new("process_vm_readv", "vm-read") { Action = "ProcessTrace" },
        new("/proc/PID/mem", "proc-mem") { Action = "ProcessTrace", Kernel = new("the file is decided before what it gives access to") { Action = "FileOpenReadWrite" } },
        new("ptrace outside", "ptrace-pid {outside}", "ptrace") { Policy = Traced, Errnos = [EPERM, EACCES, ESRCH], IsQuiet = true },
        new("PTRACE_TRACEME, permitted", "ptrace-pid {outside}", "traceme") { Policy = Traced, Errnos = [EPERM, EACCES, ESRCH], IsQuiet = true },
        new("process_vm_writev, permitted", "ptrace-pid {outside}", "vm-write") { Policy = Traced, Errnos = [EPERM, EACCES, ESRCH], IsQuiet = true },
        new("process_vm_readv, permitted", "ptrace-pid {outside}", "vm-read") { Policy = Traced, Errnos = [EPERM, EACCES, ESRCH], IsQuiet = true },
        new("memory of a process outside", "proc-mem-pid {outside}") { Policy = Traced, Errnos = [EPERM, EACCES, ESRCH, ENOENT], IsQuiet = true },
        new("environment of a process outside", "proc-environ-pid {outside}", "proc-environ-pid self") { Errnos = [EPERM, EACCES, ESRCH, ENOENT], IsQuiet = true },
        new("descriptor of another process", "pidfd-getfd") { Syscall = "pidfd_getfd" },
        new("signal outside", "kill {outside} 15", "kill-child") { Errnos = [EPERM, EACCES, ESRCH], IsQuiet = true },
        new("stop outside", "kill {outside} 19", "kill-child") { Errnos = [EPERM, EACCES, ESRCH], IsQuiet = true },
        new("kill of pid 1", "kill-one 9", "kill-child") { Errnos = [EPERM, EACCES, ESRCH, 200], IsQuiet = true },
        new("stop of pid 1", "kill-one 19", "kill-child") { Errnos = [EPERM, EACCES, ESRCH, 200], IsQuiet = true },
        new("signal by a file", "sigio-child 9 own", "sigio-self") { Errnos = [EPERM], Syscall = "fcntl" },
        new("signal by a file, owner in memory", "sigio-child 9 own-ex", "sigio-self") { Errnos = [EPERM], Syscall = "fcntl" },
        new("signal by a file, SIGIO", "sigio-child 29 own", "sigio-self") { Errnos = [EPERM], Syscall = "fcntl" },
        new("signal by a socket", "sigio-child 29 8901", "sigio-self") { Errnos = [EPERM], Syscall = "ioctl" },
        new("signal by a socket, request with high bits", "sigio-child 29 100008902", "sigio-self") { Errnos = [EPERM], Syscall = "ioctl" },
        new("signal by a file that another owns", "sigio-owned", "sigio-self") { Errnos = [EPERM], Syscall = "fcntl" },
        new("signal by a file to a group", "sigio-group", "sigio-self") { Errnos = [EPERM], Syscall = "fcntl" },
        new("signal by a file outside", "sigio {outside} 9 own", "sigio-self") { Errnos = [EPERM], Syscall = "fcntl" },

        new("label by setrlimit", "label-setrlimit", "limit-twin") { Errnos = [EPERM], IsQuiet = true, Kernel = InKernel.Unmarked },
        new("label by prlimit", "label-prlimit", "limit-twin") { Errnos = [EPERM], IsQuiet = true, Kernel = InKernel.Unmarked },
        new("label by prlimit with high bits", "label-high-bits", "limit-twin") { Errnos = [EPERM], IsQuiet = true, Kernel = InKernel.Unmarked },
        new("label by setrlimit with high bits", "label-setrlimit-high", "limit-twin") { Errnos = [EPERM], IsQuiet = true, Kernel = InKernel.Unmarked },
        new("label of another process", "label-other", "limit-twin") { Errnos = [EPERM], IsQuiet = true, Kernel = InKernel.Unmarked },

        new("own filter that permits", "seccomp-allow {secret}/key", "seccomp-allow {work}/open") { Action = "FileOpenReadOnly", Object = "{secret}/key" },
        new("own filter that traces", "seccomp-trace {secret}/key", "seccomp-allow {work}/open") { Errnos = [EACCES, ENOSYS, 128 + 11], IsQuiet = true },
        new("own listener", "seccomp-listener") { Errnos = [EBUSY, EPERM, EACCES], IsQuiet = true },
        new("undumpable process", "undumpable {secret}/key", "undumpable {work}/open") { Action = "FileOpenReadOnly", Object = "{secret}/key" },
        new("32-bit call", "int80 {secret}/key", "read {work}/open") { Errnos = [ENOSYS, EPERM, 128 + 11, 128 + 31] },
        new("x32 open", "x32 {secret}/key", "read {work}/open") { Errnos = [ENOSYS, EPERM] },
        new("x32 openat", "x32-openat {secret}/key", "read {work}/open") { Errnos = [ENOSYS, EPERM] },
        new("call that does not exist", "unknown-call") { Errnos = [ENOSYS, EPERM], IsQuiet = true },
        new("io_uring", "io-uring") { Errnos = [ENOSYS, EPERM], IsQuiet = true },
        new("typing into a terminal", "tiocsti 0") { Errnos = [EPERM], IsQuiet = true },
        new("typing into a terminal, request with high bits", "tiocsti 100000000") { Errnos = [EPERM], IsQuiet = true },
        new("terminal of another session", "terminal {terminal}", "own-terminal") { Action = "FileOpenReadWrite", Object = "{terminal}", Errnos = [EACCES] },

        new("bpf", "bpf") { Syscall = "bpf" },
        new("perf_event_open", "perf") { Syscall = "perf_event_open" },
        new("userfaultfd", "userfaultfd") { Syscall = "userfaultfd" },
        new("keyctl", "keyctl") { Syscall = "keyctl" },
        new("add_key", "add-key") { Syscall = "add_key" },
        new("init_module", "init-module") { Syscall = "init_module" },
        new("kexec_load", "kexec") { Syscall = "kexec_load" },
        new("reboot", "reboot") { Syscall = "reboot" },
        new("swapon", "swapon {work}/open") { Syscall = "swapon" },
        new("settimeofday", "settimeofday") { Syscall = "settimeofday" },
        new("acct", "acct") { Syscall = "acct" },
        new("sethostname", "sethostname") { Syscall = "sethostname" },
        new("fanotify_init", "fanotify") { Syscall = "fanotify_init" },
        new("personality", "personality") { Errnos = [EPERM, EACCES, EINVAL], IsQuiet = true },
        new("syslog", "syslog") { Syscall = "syslog" },
        new("iopl", "iopl") { Errnos = [EPERM, EACCES, ENOSYS], IsQuiet = true },
    ];

    public static TheoryData<string, Who> Rows() => Attacks.Rows(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attack_IsDenied(string name, Who who) => Attacks.Check(
        Table, name, who, arena =>
        {
            arena.Places["outside"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            arena.Places["terminal"] = OutsideTerminal.Path;
        });
}
