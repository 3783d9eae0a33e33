using Leash.Sessions.Native;

namespace Leash.Sessions.Tests;

public sealed class SessionCgroupTests
{
    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
    private const string Hybrid = "40 31 0:37 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
    private const string Container = "600 590 0:26 /docker/abc /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n";

    [Theory]
    [InlineData(Unified, "0::/user.slice/session-2.scope\n", "/sys/fs/cgroup/user.slice/session-2.scope")]
    [InlineData(Unified, "0::/\n", "/sys/fs/cgroup")]
    [InlineData(Hybrid, "9:pids:/\n0::/\n", "/sys/fs/cgroup/unified")]
    [InlineData(Hybrid, "9:pids:/x\n0::/agents\n", "/sys/fs/cgroup/unified/agents")]
    [InlineData(Container, "0::/docker/abc\n", "/sys/fs/cgroup")]
    [InlineData(Container, "0::/docker/abc/below\n", "/sys/fs/cgroup/below")]
    [InlineData(Container, "0::/docker/abcdef\n", null)]
    [InlineData(Unified, "0::/../outside\n", null)]
    [InlineData(Unified, "3:cpu:/\n", null)]
    [InlineData("", "0::/\n", null)]
    public void Locate_FindsOurDirectoryInTheHierarchy(string mountInfo, string membership, string? expected) =>
        Assert.Equal(expected, SessionCgroup.Locate(mountInfo, membership));
}
