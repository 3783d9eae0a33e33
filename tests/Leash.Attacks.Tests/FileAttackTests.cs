using Leash.TestHarness;
using static Leash.Attacks.Tests.Attack;

namespace Leash.Attacks.Tests;

/// <summary>Names and what they stand for: every way around a path must meet the decision on the object itself.</summary>
public class FileAttackTests
{
    private const string Read = "FileOpenReadOnly";
    private const string Write = "FileOpenReadWrite";

    // The supervisor performs it on kernels that lack it, too.
    private static readonly bool _hasFchmodat2 = Environment.OSVersion.Version >= new Version(6, 6);

    private static readonly InKernel _missing = new("the kernel lacks the call") { Errnos = [ENOSYS], IsQuiet = true };

    private static readonly InKernel _elsewhere =
        new("a directory below which other rules would hold is not moved: the answer is that of another file system") { Errnos = [EXDEV] };

    private static readonly InKernel _notMade =
        new("the supervisor makes it without the bits; a hook cannot take them away") { Errnos = [EPERM] };

    internal static Attack[] Table { get; } =
    [
        // What is plainly outside.
        new("read", "read {secret}/key", "read {work}/open") { Action = Read, Object = "{secret}/key" },
        new("write", "write {secret}/key", "write {work}/open") { Action = Write, Object = "{secret}/key" },
        new("create", "create {secret}/new", "create {work}/new") { Action = "FileCreate", Object = "{secret}/new" },
        new("creat", "creat {secret}/new", "creat {work}/new") { Object = "{secret}/new" },
        new("truncate by open", "open-truncate {secret}/key", "open-truncate {work}/open") { Object = "{secret}/key" },
        new("truncate by a read-only open", "read-truncate {work}/protected/file", "read-truncate {work}/open") { Object = "{work}/protected/file", By = "no-write" },
        new("access mode 3", "open-mode3 {work}/protected/file", "open-mode3 {work}/open") { Object = "{work}/protected/file", By = "no-write" },
        new("openat2", "openat2 {secret}/key", "openat2 {work}/open") { Action = Read, Object = "{secret}/key" },
        new("openat2 RESOLVE_IN_ROOT", "openat2-in-root {secret} /dir/../../key", "openat2-in-root {work} /dir/../../open") { Action = Read, Object = "{secret}/key" },
        new("directory listing", "list {secret}", "list {work}") { Action = Read, Object = "{secret}" },
        new("forbidden inside", "read {work}/outer/hidden/key", "read {work}/outer/plain/key") { Action = Read, Object = "{work}/outer/hidden/key", By = "no-hidden" },

        // Other spellings.
        new("double slashes", "read {top}//secret///key", "read {top}//project///open") { Object = "{secret}/key" },
        new("single dots", "read {top}/./secret/./key", "read {top}/./project/./open") { Object = "{secret}/key" },
        new("dot dot", "read {work}/../secret/key", "read {secret}/../project/open") { Object = "{secret}/key" },
        new("dot dot from below", "read-dotdot {work}/dir/sub ../../../secret/key", "read-dotdot {work}/dir/sub ../../open") { Object = "{secret}/key" },
        new("dot dot above the root", "read /../../../..{secret}/key", "read /../../../..{work}/open") { Object = "{secret}/key" },
        new("dot dot inside", "read {work}/outer/plain/../hidden/key", "read {work}/outer/hidden/../plain/key") { Object = "{work}/outer/hidden/key", By = "no-hidden" },
        new("prefix twin", "read {top}/project-evil/key", "read {work}/open") { Object = "{top}/project-evil/key" },
        new("case twin", "read {work}/outer/hidden/key", "read {work}/Hidden/key") { Object = "{work}/outer/hidden/key" },

        // Links.
        new("symlink", "read-link {secret}/key {work}/l", "read-link {work}/open {work}/t") { Action = Read, Object = "{secret}/key" },
        new("symlink, write", "write-link {secret}/key {work}/l", "write-link {work}/open {work}/t") { Action = Write, Object = "{secret}/key" },
        new("relative symlink", "read-link ../secret/key {work}/l", "read-link open {work}/t") { Object = "{secret}/key" },
        new("chain of symlinks", "read-chain {secret}/key {work}/l", "read-chain {work}/open {work}/t") { Object = "{secret}/key" },
        new("symlink to the parent", "read-link-parent {secret} {work}/l key", "read-link-parent {work}/dir {work}/t key") { Object = "{secret}/key" },
        new("symlink that was there", "read {work}/to-secret/key", "read {work}/dir/key") { Object = "{secret}/key" },
        new("dot dot behind a symlink", "read {work}/to-secret/dir/../key", "read {work}/dir/sub/../key") { Object = "{secret}/key" },
        new("create through a dangling symlink", "create-link {secret}/new {work}/l", "create-link {work}/new {work}/t") { Object = "{secret}/new" },
        new("create through a symlink in a protected place", "create-link {work}/protected/new {work}/l", "create-link {work}/new {work}/t") { Object = "{work}/protected/new", By = "no-write" },
        new("symlink in a protected place", "symlink {work}/open {work}/protected/l", "symlink {work}/open {work}/l") { Object = "{work}/protected/l", By = "no-write" },
        new("hard link", "hardlink {secret}/key {work}/l", "hardlink {work}/open {work}/t") { Action = "FileLink", Object = "{secret}/key" },
        new("hard link to the forbidden inside", "hardlink {work}/outer/hidden/key {work}/l", "hardlink {work}/outer/plain/key {work}/t") { Object = "{work}/outer/hidden/key" },
        new("hard link of a write-protected file", "hardlink {work}/protected/file {work}/l", "hardlink {work}/open {work}/t") { Object = "{work}/protected/file", By = "no-write" },
        new("hard link through a descriptor", "hardlink-fd {secret}/key {work}/l", "hardlink-fd {work}/open {work}/t") { Object = "{secret}/key" },
        new("hard link of an open file", "hardlink-empty {secret}/key {work}/l") { Errnos = [EACCES, EPERM, ENOENT], IsQuiet = true },

        // Renames.
        new("rename out", "rename-read {secret}/key {work}/k {work}/k", "rename-read {work}/second {work}/k2 {work}/k2") { Action = "FileRename", Object = "{secret}/key" },
        new("rename in", "rename {work}/open {secret}/new", "rename {work}/open {work}/new") { Object = "{secret}/new" },
        new("rename onto a protected file", "rename {work}/open {work}/protected/file", "rename {work}/open {work}/third") { Object = "{work}/protected/file", By = "no-write" },
        new("rename to a protected name", "rename {work}/open {work}/pre-commit", "rename {work}/open {work}/pre-push") { Object = "{work}/pre-commit", By = "no-write" },
        new("rename without replacing", "noreplace {work}/open {work}/protected/new", "noreplace {work}/open {work}/new") { By = "no-write" },
        new("rename of a forbidden directory", "rename-read {work}/outer/hidden {work}/free {work}/free/key", "rename-read {work}/outer/plain {work}/free2 {work}/free2/key") { Object = "{work}/outer/hidden" },
        new("rename of its parent", "rename-read {work}/outer {work}/free {work}/free/hidden/key", "rename-read {work}/dir {work}/free2 {work}/free2/key") { Kernel = _elsewhere },
        new("rename of a directory to a protected name", "rename {work}/dir {work}/protected/dir", "rename {work}/dir {work}/dir2") { By = "no-write" },
        new("rename of the protected directory", "rename {work}/protected {work}/free", "rename {work}/dir {work}/free2") { By = "no-write" },
        new("exchange of files", "exchange {work}/open {work}/protected/file", "exchange {work}/open {work}/second") { By = "no-write" },
        new("exchange of directories", "exchange {work}/dir {work}/outer/hidden", "exchange {work}/dir {work}/outer/plain"),
        new("exchange of their parents", "exchange {work}/dir {work}/outer", "exchange {work}/dir {work}/Hidden") { Kernel = _elsewhere },
        new("whiteout", "whiteout {work}/open {work}/w") { Errnos = [EACCES, EPERM, EINVAL] },

        // Changes.
        new("unlink", "unlink {work}/protected/file", "unlink {work}/open") { Action = "FileDelete", Object = "{work}/protected/file", By = "no-write" },
        new("unlink outside", "unlink {secret}/key", "unlink {work}/open") { Action = "FileDelete", Object = "{secret}/key" },
        new("rmdir", "rmdir {secret}/dir", "rmdir {work}/dir/sub") { Action = "DirDelete", Object = "{secret}/dir" },
        new("unlinkat", "unlinkat-dir {secret}/dir", "unlinkat-dir {work}/dir/sub") { Action = "DirDelete", Object = "{secret}/dir" },
        new("mkdir", "mkdir {work}/protected/d", "mkdir {work}/d") { Action = "DirCreate", Object = "{work}/protected/d", By = "no-write" },
        new("mkfifo", "mkfifo {work}/protected/p", "mkfifo {work}/p") { Action = "FileMknod", Object = "{work}/protected/p", By = "no-write" },
        new("block device", "mknod-block {work}/b", "mkfifo {work}/p") { Action = "FileMknod" },
        new("character device", "mknod-char {work}/c", "mkfifo {work}/p") { Action = "FileMknod" },
        new("truncate", "truncate {work}/protected/file", "truncate {work}/open") { Action = "FileTruncate", Object = "{work}/protected/file", By = "no-write" },
        new("truncate of a read-only descriptor", "ftruncate-readonly {work}/protected/file") { Errnos = [EINVAL, EBADF], IsQuiet = true },
        new("fallocate of a read-only descriptor", "fallocate-readonly {work}/protected/file") { Errnos = [EBADF], IsQuiet = true },
        new("chmod", "chmod {work}/protected/file", "chmod {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file", By = "no-write" },
        new("fchmod", "fchmod {work}/protected/file", "fchmod {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file", By = "no-write" },
        new("fchmodat2", "fchmodat2 {work}/protected/file", "fchmodat2 {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file", By = "no-write", TwinCodes = _hasFchmodat2 ? [0] : [0, ENOSYS], Kernel = _hasFchmodat2 ? null : _missing },
        new("chmod through O_PATH", "chmod-opath {work}/protected/file", "chmod-opath {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file" },
        new("set-user-id bit", "setuid-bit {work}/program", "chmod {work}/open") { Object = "{work}/program" },
        new("set-user-id bit of a new file", "create-mode 4755 {work}/made", "create-mode 755 {work}/plain") { Object = "{work}/made", Errnos = [200], TwinCodes = [200], IsQuiet = !Enforcer.IsInKernel, Kernel = _notMade },
        new("set-group-id bit of a new file", "create-mode 2755 {work}/made", "create-mode 755 {work}/plain") { Object = "{work}/made", Errnos = [200], TwinCodes = [200], IsQuiet = !Enforcer.IsInKernel, Kernel = _notMade },
        new("set-user-id bit of a made file", "mknod-mode 4755 {work}/made", "mknod-mode 755 {work}/plain") { Object = "{work}/made", Errnos = [200], TwinCodes = [200], IsQuiet = !Enforcer.IsInKernel, Kernel = _notMade },
        new("set-user-id bit of an unnamed file", "tmpfile-mode 4755 {work}", "tmpfile-mode 755 {work}") { Object = "{work}", Errnos = [200, EOPNOTSUPP], TwinCodes = [200, EOPNOTSUPP], IsQuiet = !Enforcer.IsInKernel, Kernel = _notMade },
        new("chown", "chown {work}/protected/file", "chown {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file" },
        new("lchown", "lchown {work}/protected/file", "lchown {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file" },
        new("fchown", "fchown {work}/protected/file", "fchown {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file" },
        new("utimensat", "utimes {work}/protected/file", "utimes {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file" },
        new("utimes", "old-utimes {work}/protected/file", "old-utimes {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file" },
        new("futimens", "futimens {work}/protected/file", "futimens {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file" },
        new("setxattr", "setxattr {work}/protected/file", "setxattr {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file", TwinCodes = [0, EOPNOTSUPP] },
        new("fsetxattr", "fsetxattr {work}/protected/file", "fsetxattr {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file", TwinCodes = [0, EOPNOTSUPP] },
        new("removexattr", "removexattr {work}/protected/file", "removexattr {work}/open") { Action = "FileMetadata", Object = "{work}/protected/file", TwinCodes = [0, EOPNOTSUPP, 61] },
        new("inode flags", "setflags {work}/protected/file", "setflags {work}/open") { Object = "{work}/protected/file", TwinCodes = [0, 25, EOPNOTSUPP] },
        new("inode flags, request with high bits", "setflags-high {work}/protected/file", "setflags-high {work}/open") { Object = "{work}/protected/file", TwinCodes = [0, 25, EOPNOTSUPP] },
        new("subvolume destroyed", "request 5000940f {work}", "request 2 {work}") { Errnos = [EPERM], Syscall = "ioctl" },
        new("snapshot", "request 50009417 {work}", "request 2 {work}") { Errnos = [EPERM], Syscall = "ioctl" },
        new("attributes of a FAT file", "request 40047211 {work}/open", "request 2 {work}/open") { Errnos = [EPERM], Syscall = "ioctl" },
        new("unnamed file given a protected name", "tmpfile-link {work} {work}/protected/new", "tmpfile-link {work} {work}/new") { By = "no-write", TwinCodes = [0, EOPNOTSUPP] },
        new("unnamed file outside", "tmpfile {secret}", "tmpfile {work}") { Action = "FileCreate", TwinCodes = [0, EOPNOTSUPP] },

        // Descriptors and /proc.
        new("O_PATH and /proc/self/fd", "opath {secret}/key", "opath {work}/open") { Object = "{secret}/key" },
        new("O_PATH and /proc/thread-self/fd", "opath-thread {secret}/key", "opath-thread {work}/open") { Object = "{secret}/key" },
        new("O_PATH and /dev/fd", "opath-dev-fd {secret}/key", "opath-dev-fd {work}/open") { Object = "{secret}/key" },
        new("O_PATH and /dev/stdin", "stdin-path {secret}/key", "stdin-path {work}/open") { Object = "{secret}/key" },
        new("O_PATH of a directory", "opath-directory {secret} key", "opath-directory {work} open") { Object = "{secret}/key" },
        new("a directory below /proc/self/fd", "proc-fd-directory {secret} key", "proc-fd-directory {work} open") { Object = "{secret}/key" },
        new("O_PATH passed over a socket", "pass-opath {secret}/key", "pass-opath {work}/open") { Object = "{secret}/key" },
        new("read-only descriptor opened again for writing", "upgrade {work}/protected/file", "upgrade {work}/open") { Object = "{work}/protected/file", By = "no-write" },
        new("the same through /dev/fd", "upgrade-dev-fd {work}/protected/file", "upgrade-dev-fd {work}/open") { Object = "{work}/protected/file", By = "no-write" },
        new("/proc/self/root", "proc-self-root {secret}/key", "proc-self-root {work}/open") { Object = "{secret}/key" },
        new("/proc/thread-self/root", "proc-thread-root {secret}/key", "proc-thread-root {work}/open") { Object = "{secret}/key" },
        new("/proc/1/root", "proc-one-root {secret}/key") { IsQuiet = true },
        new("root of the parent", "proc-parent-root {secret}/key", "proc-parent-root {work}/open") { Object = "{secret}/key" },
        new("/proc/self/cwd", "proc-cwd {secret} key", "proc-cwd {work} open") { Object = "{secret}/key" },
        new("fchdir", "fchdir {secret} key", "fchdir {work} open") { Object = "{secret}/key" },
        new("file handles", "handle {secret}/key") { Syscall = "open_by_handle_at" },
        new("a path of more than 4,096 bytes", "deep {work} 25", "deep {work} 10") { Errnos = [EACCES, 36] },

        // The log.
        new("a name with newlines", "newline {secret}", "newline {work}") { Action = "FileCreate" },
        new("a flood of permitted operations", "flood {work}/open 20000 {secret}/key", "flood {work}/open 10 {work}/second") { Action = Read, Object = "{secret}/key" },
        new("a flood of denied operations", "flood-denied {secret}/canary 3000 {secret}/key", "flood-denied {secret}/canary 10 {work}/open") { Action = Read, Object = "{secret}/key" },
    ];

    public static TheoryData<string, Who> Rows() => Attacks.Rows(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attack_IsDenied(string name, Who who) => Attacks.Check(Table, name, who);
}
