using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Interop;

namespace Leash.Enforcement.Tests.Interop;

/// <summary>Native structures and constants against the machine's headers: the C compiler is the oracle.</summary>
public sealed class LayoutTests
{
    [Fact]
    public unsafe void StructuresAndConstants_MatchTheHeaders()
    {
        StringBuilder code = new("""
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/audit.h>
            #include <linux/fs.h>
            #include <linux/openat2.h>
            #include <linux/seccomp.h>
            #include <linux/stat.h>
            #include <signal.h>
            #include <stddef.h>
            #include <sys/ioctl.h>
            #include <sys/ptrace.h>
            #include <sys/resource.h>
            #include <sys/uio.h>

            """);
        Size<SeccompData>(code, "struct seccomp_data");
        Size<SeccompNotif>(code, "struct seccomp_notif");
        Size<SeccompNotifResp>(code, "struct seccomp_notif_resp");
        Size<SeccompNotifAddfd>(code, "struct seccomp_notif_addfd");
        Size<OpenHow>(code, "struct open_how");
        Size<Statx>(code, "struct statx");
        Size<IoVec>(code, "struct iovec");
        Size<Seccomp.BlockingCalls.SignalAction>(code, "struct sigaction");
        Offset<SeccompData>(code, "struct seccomp_data", "args", nameof(SeccompData.args));
        Offset<SeccompNotif>(code, "struct seccomp_notif", "data", nameof(SeccompNotif.data));
        Offset<Statx>(code, "struct statx", "stx_mode", nameof(Statx.stx_mode));
        Offset<Statx>(code, "struct statx", "stx_rdev_major", nameof(Statx.stx_rdev_major));
        Offset<Statx>(code, "struct statx", "stx_dev_minor", nameof(Statx.stx_dev_minor));
        Offset<Statx>(code, "struct statx", "stx_mnt_id", nameof(Statx.stx_mnt_id));
        Offset<Seccomp.BlockingCalls.SignalAction>(code, "struct sigaction", "sa_flags", "flags");
        Same(code, "SECCOMP_IOCTL_NOTIF_RECV", SeccompCalls.SECCOMP_IOCTL_NOTIF_RECV);
        Same(code, "SECCOMP_IOCTL_NOTIF_SEND", SeccompCalls.SECCOMP_IOCTL_NOTIF_SEND);
        Same(code, "SECCOMP_IOCTL_NOTIF_ID_VALID", SeccompCalls.SECCOMP_IOCTL_NOTIF_ID_VALID);
        Same(code, "SECCOMP_IOCTL_NOTIF_ADDFD", SeccompCalls.SECCOMP_IOCTL_NOTIF_ADDFD);
        Same(code, "SECCOMP_RET_USER_NOTIF", SeccompCalls.SECCOMP_RET_USER_NOTIF);
        Same(code, "SECCOMP_USER_NOTIF_FLAG_CONTINUE", SeccompCalls.SECCOMP_USER_NOTIF_FLAG_CONTINUE);
        Same(code, "AUDIT_ARCH_X86_64", SeccompCalls.AUDIT_ARCH_X86_64);
        Same(code, "AUDIT_ARCH_AARCH64", SeccompCalls.AUDIT_ARCH_AARCH64);
        Same(code, "O_NOFOLLOW", OpenFlags.O_NOFOLLOW);
        Same(code, "O_DIRECTORY", OpenFlags.O_DIRECTORY);
        Same(code, "O_TMPFILE", OpenFlags.O_TMPFILE);
        Same(code, "O_PATH", OpenFlags.O_PATH);
        Same(code, "O_CLOEXEC", OpenFlags.O_CLOEXEC);
        Same(code, "F_DUPFD_CLOEXEC", OpenFlags.F_DUPFD_CLOEXEC);
        Same(code, "AT_EMPTY_PATH", OpenFlags.AT_EMPTY_PATH);
        Same(code, "AT_SYMLINK_FOLLOW", OpenFlags.AT_SYMLINK_FOLLOW);
        Same(code, "RESOLVE_IN_ROOT", OpenFlags.RESOLVE_IN_ROOT);
        Same(code, "RESOLVE_CACHED", OpenFlags.RESOLVE_CACHED);
        Same(code, "RLIMIT_RTTIME", ResourceLimit.RLIMIT_RTTIME);
        Same(code, "TIOCSTI", 0x5412);
        Same(code, "FS_IOC_SETFLAGS", 0x40086602);
        Same(code, "FS_IOC_FSSETXATTR", 0x401c5820);
        Same(code, "ELOOP", Errno.ELOOP);
        Same(code, "EPROTONOSUPPORT", Errno.EPROTONOSUPPORT);
        Compile(code.ToString());
    }

    [Fact]
    public void SystemCallNumbers_MatchTheHeaders()
    {
        StringBuilder code = new("#include <sys/syscall.h>\n");
        for (int number = 0; number <= SyscallNumber.MaxKnown; number++)
        {
            string name = SyscallNumber.NameOf(number);
            if (!name.StartsWith("syscall_", StringComparison.Ordinal))
            {
                code.Append(CultureInfo.InvariantCulture, $"#ifdef __NR_{name}\n_Static_assert(__NR_{name} == {number}, \"{name}\");\n#endif\n");
            }
        }

        code.Append(CultureInfo.InvariantCulture, $"_Static_assert(SYS_openat2 == {SyscallNumber.openat2}, \"openat2\");\n");
        Compile(code.ToString());
    }

    private static unsafe void Size<T>(StringBuilder code, string type)
        where T : unmanaged =>
        code.Append(CultureInfo.InvariantCulture, $"_Static_assert(sizeof({type}) == {sizeof(T)}, \"{type}\");\n");

    private static void Offset<T>(StringBuilder code, string type, string native, string field) =>
        code.Append(CultureInfo.InvariantCulture, $"_Static_assert(offsetof({type}, {native}) == {Marshal.OffsetOf<T>(field)}, \"{type}.{native}\");\n");

    private static void Same(StringBuilder code, string name, long value) =>
        code.Append(CultureInfo.InvariantCulture, $"_Static_assert((unsigned int)({name}) == {unchecked((uint)value)}u, \"{name}\");\n");

    private static void Same(StringBuilder code, string name, ulong value) => Same(code, name, unchecked((long)value));

    private static void Compile(string code)
    {
        ProcessStartInfo start = new("gcc") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true };
        foreach (string word in (string[])["-x", "c", "-fsyntax-only", "-"])
        {
            start.ArgumentList.Add(word);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Write(code);
        process.StandardInput.Close();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
