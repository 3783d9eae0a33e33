using Leash.TestHarness;
using static Leash.Attacks.Tests.Attack;

namespace Leash.Attacks.Tests;

/// <summary>Mounts, roots and namespaces: nothing gives a file another name, and nothing leads out of the session's namespaces.</summary>
public class MountAttackTests
{
    internal static Attack[] Table { get; } =
    [
        new("bind mount", "bind-mount {secret} {work}/dir") { Syscall = "mount" },
        new("bind mount of a file", "bind-mount {secret}/key {work}/open") { Syscall = "mount" },
        new("new file system", "tmpfs {work}/dir") { Syscall = "mount" },
        new("overlay", "overlay {secret} {work}/dir") { Syscall = "mount" },
        new("remount", "remount /") { Syscall = "mount" },
        new("unmount", "umount /proc") { Syscall = "umount2" },
        new("open_tree", "open-tree {secret}") { Syscall = "open_tree" },
        new("open_tree without a copy", "open-tree-plain {secret}") { Syscall = "open_tree" },
        new("move_mount", "move-mount {secret} {work}/dir") { Syscall = "move_mount" },
        new("fsopen", "fsopen") { Syscall = "fsopen" },
        new("fspick", "fspick /") { Syscall = "fspick" },
        new("mount_setattr", "mount-setattr /") { Syscall = "mount_setattr" },
        new("chroot", "chroot {work}") { Syscall = "chroot" },
        new("pivot_root", "pivot-root {work}") { Syscall = "pivot_root" },
        new("FUSE", "write /dev/fuse") { Action = "FileOpenReadWrite", Object = "/dev/fuse", Errnos = [EACCES, EPERM, ENOENT], IsQuiet = !File.Exists("/dev/fuse") },
        new("user namespace", "unshare 10000000", "unshare 400") { Syscall = "unshare" },
        new("mount namespace", "unshare 20000", "unshare 200") { Syscall = "unshare" },
        new("pid namespace", "unshare 20000000") { Syscall = "unshare" },
        new("network namespace", "unshare 40000000") { Syscall = "unshare" },
        new("cgroup namespace", "unshare 2000000") { Syscall = "unshare" },
        new("time namespace", "unshare 80") { Syscall = "unshare" },
        new("user and mount namespace", "unshare 10020000") { Syscall = "unshare" },
        new("clone into a user namespace", "clone-flags 10000000", "clone-flags 0") { Syscall = "clone" },
        new("clone into a mount namespace", "clone-flags 20000") { Syscall = "clone" },
        new("clone3 into a user namespace", "clone3-flags 10000000") { Errnos = [ENOSYS], IsQuiet = true },
        new("setns", "setns-self") { Errnos = [EACCES, EPERM] },
        new("setns to pid 1", "setns /proc/1/ns/mnt") { Errnos = [EACCES, EPERM, ENOENT], IsQuiet = true },
    ];

    public static TheoryData<string, Who> Rows() => Attacks.Rows(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attack_IsDenied(string name, Who who) => Attacks.Check(Table, name, who);
}
