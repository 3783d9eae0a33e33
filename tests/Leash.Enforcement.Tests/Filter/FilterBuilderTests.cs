using Leash.Enforcement.Filter;
using Leash.Interop;
using static Leash.Interop.SeccompCalls;
using Nr = Leash.Interop.SyscallNumber;

namespace Leash.Enforcement.Tests.Filter;

public sealed class FilterBuilderTests
{
    private const uint Allow = SECCOMP_RET_ALLOW;
    private const uint Notify = SECCOMP_RET_USER_NOTIF;
    private static readonly byte[] Own = FilterBuilder.Build(new FilterOptions { OwnPidNamespace = true });
    private static readonly byte[] Plain = FilterBuilder.Build(new FilterOptions());
    private static readonly byte[] Hooks = FilterBuilder.BuildForHooks();
    private static readonly byte[] Brokered = FilterBuilder.Build(new FilterOptions { BrokeredSockets = true });

    [Fact]
    public void Build_FitsTheKernelsLimit() => Assert.InRange(Own.Length / 8, 100, 4096);

    [Theory]
    [InlineData("stat is free", "newfstatat", Allow)]
    [InlineData("read is free", "read", Allow)]
    [InlineData("write is free", "write", Allow)]
    [InlineData("mmap is free", "mmap", Allow)]
    [InlineData("creat", "creat", Notify)]
    [InlineData("openat2", "openat2", Notify)]
    [InlineData("unlinkat", "unlinkat", Notify)]
    [InlineData("renameat2", "renameat2", Notify)]
    [InlineData("execve", "execve", Notify)]
    [InlineData("connect", "connect", Notify)]
    [InlineData("sendmsg", "sendmsg", Notify)]
    [InlineData("mount", "mount", Notify)]
    [InlineData("bpf", "bpf", Notify)]
    [InlineData("io_uring_setup", "io_uring_setup", SECCOMP_RET_ERRNO | Errno.ENOSYS)]
    [InlineData("clone3", "clone3", SECCOMP_RET_ERRNO | Errno.ENOSYS)]
    [InlineData("name_to_handle_at", "name_to_handle_at", SECCOMP_RET_ERRNO | Errno.EOPNOTSUPP)]
    public void Build_ByNumber(string label, string name, uint expected) => Assert.True(expected == Run(Own, Number(name)), label);

    [Theory]
    [InlineData("openat", Allow)]
    [InlineData("execve", Allow)]
    [InlineData("connect", Allow)]
    [InlineData("socket", Allow)]
    [InlineData("prlimit64", Allow)]
    [InlineData("kill", Allow)]
    [InlineData("ptrace", Allow)]
    [InlineData("mount", Notify)]
    [InlineData("bpf", Notify)]
    [InlineData("kexec_load", Notify)]
    [InlineData("setns", Notify)]
    [InlineData("io_uring_setup", SECCOMP_RET_ERRNO | Errno.ENOSYS)]
    [InlineData("clone3", SECCOMP_RET_ERRNO | Errno.ENOSYS)]
    [InlineData("name_to_handle_at", SECCOMP_RET_ERRNO | Errno.EOPNOTSUPP)]
    public void BuildForHooks_ByNumber(string name, uint expected) => Assert.Equal(expected, Run(Hooks, Number(name)));

    [Fact]
    public void BuildForHooks_OfWhatIsUnknown_NotifiesIt()
    {
        Assert.Equal(Notify, CbpfInterpreter.Run(Hooks, Nr.read, 0x40000003));
        Assert.Equal(Notify, Run(Hooks, (int)X32SyscallBit | Nr.openat));
        Assert.Equal(Notify, Run(Hooks, Nr.MaxKnown + 1));
    }

    [Fact]
    public void BuildForHooks_NotifiesNothingThatASupervisorWouldAllow()
    {
        for (int number = 0; number <= Nr.MaxKnown; number++)
        {
            foreach (ulong argument in new ulong[] { 0, 0x5412, 0x10000000, ulong.MaxValue })
            {
                Assert.True(
                    Run(Hooks, number, argument, argument, argument) != Notify || Run(Own, number, argument, argument, argument) == Notify,
                    SyscallNumber.NameOf(number));
            }
        }
    }

    [Fact]
    public void BuildForHooks_LooksAtArguments()
    {
        Assert.Equal(Notify, Run(Hooks, Nr.clone, 0x10000000 | 17));
        Assert.Equal(Allow, Run(Hooks, Nr.clone, 0x3d0f00));
        Assert.Equal(SECCOMP_RET_ERRNO | Errno.EPERM, Run(Hooks, Nr.ioctl, 0, 0x5412));
        Assert.Equal(Allow, Run(Hooks, Nr.ioctl, 0, 0x5413));
        Assert.Equal(Notify, Run(Hooks, Nr.personality, 4));
        Assert.Equal(Allow, Run(Hooks, Nr.personality, 0));
        Assert.Equal(Allow, Run(Hooks, Nr.prctl, 4));
        Assert.Equal(Notify, Run(Hooks, Nr.prctl, 35));
    }

    [Fact]
    public void Build_OpenForPathOnly_IsAllowed()
    {
        Assert.Equal(Allow, Run(Own, Nr.openat, 0, 0, OpenFlags.O_PATH | OpenFlags.O_CLOEXEC));
        Assert.Equal(Notify, Run(Own, Nr.openat, 0, 0, OpenFlags.O_CLOEXEC));
        Assert.Equal(Notify, Run(Own, Nr.openat, 0, 0, (ulong)OpenFlags.O_PATH << 32));
    }

    [Fact]
    public void Build_ForeignArchitecture_IsNotified()
    {
        const uint i386 = 0x40000003;
        Assert.Equal(Notify, CbpfInterpreter.Run(Own, Nr.read, i386));
        Assert.Equal(Notify, Run(Own, (int)X32SyscallBit | Nr.read));
        Assert.Equal(Notify, Run(Own, Nr.MaxKnown + 1));
        Assert.Equal(Notify, Run(Own, -1));
    }

    [Fact]
    public void Build_NamespaceFlags_AreNotified()
    {
        foreach (ulong flag in new ulong[] { 0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000 })
        {
            Assert.Equal(Notify, Run(Own, Nr.clone, flag | 17));
            Assert.Equal(Notify, Run(Own, Nr.unshare, flag));
        }

        const ulong threadFlags = 0x3d0f00;
        Assert.Equal(Allow, Run(Own, Nr.clone, threadFlags));
        Assert.Equal(Allow, Run(Own, Nr.clone, 17));
        Assert.Equal(Notify, Run(Own, Nr.unshare, 0x80));
        Assert.Equal(Allow, Run(Own, Nr.unshare, 0x400));
    }

    [Fact]
    public void Build_LabelLimit_CannotBeSet()
    {
        const int nofile = 7;
        Assert.Equal(Notify, Run(Own, Nr.setrlimit, 15, 0x1000));
        Assert.Equal(Allow, Run(Own, Nr.setrlimit, nofile, 0x1000));
        Assert.Equal(Notify, Run(Own, Nr.prlimit64, 0, 15, 0x1000));
        Assert.Equal(Notify, Run(Own, Nr.prlimit64, 0, 15, 0x100000000));
        Assert.Equal(Notify, Run(Own, Nr.prlimit64, 0, (1UL << 32) | 15, 0x1000));
        Assert.Equal(Allow, Run(Own, Nr.prlimit64, 0, 15, 0));
        Assert.Equal(Allow, Run(Own, Nr.prlimit64, 0, nofile, 0x1000));
    }

    [Theory]
    [InlineData("tcp", 2, 1, 0, Allow)]
    [InlineData("tcp with flags", 10, 1 | 0x80800, 6, Allow)]
    [InlineData("udp", 2, 2, 17, Allow)]
    [InlineData("unix stream", 1, 1, 0, Allow)]
    [InlineData("unix seqpacket", 1, 5, 0, Allow)]
    [InlineData("route netlink", 16, 3, 0, Allow)]
    [InlineData("other netlink", 16, 3, 9, Notify)]
    [InlineData("raw", 2, 3, 1, Notify)]
    [InlineData("icmp datagram", 2, 2, 1, Notify)]
    [InlineData("mptcp", 2, 1, 262, Notify)]
    [InlineData("sctp", 2, 1, 132, Notify)]
    [InlineData("packet", 17, 3, 0, Notify)]
    [InlineData("vsock", 40, 1, 0, Notify)]
    [InlineData("alg", 38, 5, 0, Notify)]
    public void Build_Sockets(string label, int family, int type, int protocol, uint expected)
    {
        Assert.True(expected == Run(Own, Nr.socket, (ulong)family, (ulong)type, (ulong)protocol), label);
        Assert.Equal(Notify, Run(Brokered, Nr.socket, (ulong)family, (ulong)type, (ulong)protocol));
    }

    [Fact]
    public void Build_SendWithoutAddress_IsAllowed()
    {
        Assert.Equal(Allow, Run(Own, Nr.sendto, 3, 0x1000, 10, 0, 0, 0));
        Assert.Equal(Notify, Run(Own, Nr.sendto, 3, 0x1000, 10, 0, 0x1000, 16));
        Assert.Equal(Notify, Run(Own, Nr.sendto, 3, 0x1000, 10, 0, 0x700000000, 16));
        Assert.Equal(Allow, Run(Brokered, Nr.sendmsg, 3, 0x1000, 0));
        Assert.Equal(Notify, Run(Brokered, Nr.sendmsg, 3, 0x1000, 0x20000000));
    }

    [Fact]
    public void Build_Signals_DependOnPidNamespace()
    {
        Assert.Equal(Allow, Run(Own, Nr.kill, 5, 9));
        Assert.Equal(Notify, Run(Plain, Nr.kill, 5, 9));
        Assert.Equal(Notify, Run(Plain, Nr.pidfd_send_signal, 5, 9));
    }

    [Fact]
    public void Build_SignalsOfFiles_AreNotified()
    {
        foreach (byte[] filter in new[] { Own, Plain, Brokered, Hooks })
        {
            foreach (ulong command in new ulong[] { 8, 10, 15 })
            {
                Assert.Equal(Notify, Run(filter, Nr.fcntl, 0, command, 1));
                Assert.Equal(Notify, Run(filter, Nr.fcntl, 0, (1UL << 32) | command, 1));
            }

            Assert.Equal(Notify, Run(filter, Nr.ioctl, 0, 0x8901));
            Assert.Equal(Notify, Run(filter, Nr.ioctl, 0, (1UL << 32) | 0x8902));
            Assert.Equal(Allow, Run(filter, Nr.fcntl, 0, 4, 0x2000));
            Assert.Equal(Allow, Run(filter, Nr.fcntl, 0, 9));
        }
    }

    [Fact]
    public void Build_Ioctl_StopsTerminalInjection()
    {
        Assert.Equal(SECCOMP_RET_ERRNO | Errno.EPERM, Run(Own, Nr.ioctl, 0, 0x5412));
        Assert.Equal(SECCOMP_RET_ERRNO | Errno.EPERM, Run(Own, Nr.ioctl, 0, (1UL << 32) | 0x5412));
        Assert.Equal(Allow, Run(Own, Nr.ioctl, 0, 0x5413));
        Assert.Equal(Notify, Run(Own, Nr.ioctl, 0, 0x40086602));
    }

    [Fact]
    public void Build_Prctl_PretendsDumpable()
    {
        Assert.Equal(SECCOMP_RET_ERRNO, Run(Own, Nr.prctl, 4, 0));
        Assert.Equal(Notify, Run(Own, Nr.prctl, 35, 13));
        Assert.Equal(Allow, Run(Own, Nr.prctl, 15, 0));
    }

    private static int Number(string name)
    {
        for (int number = 0; number <= Nr.MaxKnown; number++)
        {
            if (Nr.NameOf(number) == name)
            {
                return number;
            }
        }

        throw new ArgumentException($"no system call is called {name}", nameof(name));
    }

    private static uint Run(byte[] filter, int number, params ulong[] arguments) =>
        CbpfInterpreter.Run(filter, number, NativeArch, arguments);
}
