#include "attack.h"
#include <linux/openat2.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>

static int do_read(char **a) { return read_path(a[0]); }
static int do_write(char **a) { return write_path(a[0]); }

static int do_append_text(char **a) {
    int fd = open(a[0], O_WRONLY | O_APPEND | O_CREAT, 0600);
    return fd < 0 ? errno : outcome(write(fd, a[1], strlen(a[1])));
}

static int do_list(char **a) { return outcome(open(a[0], O_RDONLY | O_DIRECTORY)); }
static int do_create(char **a) { return outcome(open(a[0], O_CREAT | O_EXCL | O_WRONLY, 0600)); }
static int do_open_create(char **a) { return outcome(open(a[0], O_CREAT | O_RDWR, 0600)); }
static int do_open_truncate(char **a) { return outcome(open(a[0], O_WRONLY | O_TRUNC)); }
static int do_read_truncate(char **a) { return outcome(open(a[0], O_RDONLY | O_TRUNC)); }
static int do_open_mode3(char **a) { return outcome(open(a[0], O_ACCMODE)); }
static int do_creat(char **a) { return outcome(creat(a[0], 0600)); }

static int do_openat2(char **a) {
    struct open_how how = {.flags = O_RDONLY};
    return read_descriptor(syscall(SYS_openat2, AT_FDCWD, a[0], &how, sizeof how));
}

static int do_openat2_in_root(char **a) {
    // RESOLVE_IN_ROOT gives `..` and links another meaning; the object that it finds is what counts.
    int directory = open(a[0], O_PATH | O_DIRECTORY);
    struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT};
    return directory < 0 ? errno : read_descriptor(syscall(SYS_openat2, directory, a[1], &how, sizeof how));
}

static int do_read_link(char **a) { return symlink(a[0], a[1]) ? errno : read_path(a[1]); }
static int do_write_link(char **a) { return symlink(a[0], a[1]) ? errno : write_path(a[1]); }
static int do_create_link(char **a) { return symlink(a[0], a[1]) ? errno : outcome(open(a[1], O_CREAT | O_WRONLY, 0600)); }

static int do_read_chain(char **a) {
    // a[0] target, a[1] prefix of the links
    char from[512], to[512];
    snprintf(from, sizeof from, "%s", a[0]);
    for (int i = 0; i < 20; i++) {
        snprintf(to, sizeof to, "%s%d", a[1], i);
        if (symlink(from, to)) return errno;
        const char *name = strrchr(to, '/') + 1;
        snprintf(from, sizeof from, "%s", i % 2 ? to : name);
    }
    return read_path(to);
}

static int do_read_link_parent(char **a) {
    // a[0] directory, a[1] link to it, a[2] name below
    char path[512];
    if (symlink(a[0], a[1])) return errno;
    snprintf(path, sizeof path, "%s/%s", a[1], a[2]);
    return read_path(path);
}

static int do_read_dotdot(char **a) {
    // a[0] directory to start from, a[1] relative path
    return chdir(a[0]) ? errno : read_path(a[1]);
}

static int do_hardlink(char **a) { return link(a[0], a[1]) ? errno : read_path(a[1]); }

static int do_hardlink_fd(char **a) {
    int fd = open(a[0], O_PATH);
    char source[64];
    if (fd < 0) return errno;
    snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, source, AT_FDCWD, a[1], AT_SYMLINK_FOLLOW) ? errno : read_path(a[1]);
}

static int do_hardlink_empty(char **a) {
    int fd = open(a[0], O_PATH);
    return fd < 0 ? errno : linkat(fd, "", AT_FDCWD, a[1], AT_EMPTY_PATH) ? errno : read_path(a[1]);
}

static int do_rename(char **a) { return outcome(rename(a[0], a[1])); }
static int do_rename_read(char **a) { return rename(a[0], a[1]) ? errno : read_path(a[2]); }
static int do_exchange(char **a) { return outcome(renameat2(AT_FDCWD, a[0], AT_FDCWD, a[1], RENAME_EXCHANGE)); }
static int do_whiteout(char **a) { return outcome(renameat2(AT_FDCWD, a[0], AT_FDCWD, a[1], RENAME_WHITEOUT)); }
static int do_noreplace(char **a) { return outcome(renameat2(AT_FDCWD, a[0], AT_FDCWD, a[1], RENAME_NOREPLACE)); }
static int do_unlink(char **a) { return outcome(unlink(a[0])); }
static int do_rmdir(char **a) { return outcome(rmdir(a[0])); }
static int do_unlinkat_dir(char **a) { return outcome(unlinkat(AT_FDCWD, a[0], AT_REMOVEDIR)); }
static int do_mkdir(char **a) { return outcome(mkdir(a[0], 0700)); }
static int do_symlink(char **a) { return outcome(symlink(a[0], a[1])); }
static int do_mkfifo(char **a) { return outcome(mkfifo(a[0], 0600)); }
static int do_mknod_block(char **a) { return outcome(mknod(a[0], S_IFBLK | 0600, 0x800)); }
static int do_mknod_char(char **a) { return outcome(mknod(a[0], S_IFCHR | 0600, 0x101)); }
static int do_truncate(char **a) { return outcome(truncate(a[0], 1)); }

static int do_ftruncate_readonly(char **a) {
    int fd = open(a[0], O_RDONLY);
    return fd < 0 ? errno : outcome(ftruncate(fd, 0));
}

static int do_fallocate_readonly(char **a) {
    int fd = open(a[0], O_RDONLY);
    return fd < 0 ? errno : outcome(fallocate(fd, 3, 0, 1));
}

static int do_chmod(char **a) { return outcome(chmod(a[0], 0666)); }
static int do_setuid_bit(char **a) { return outcome(chmod(a[0], 04755)); }

// a[0] mode, a[1] path. Whoever makes it may leave the bits out.
static int made_with(long result, const char *path, int fd) {
    struct stat made;
    if (result < 0 || (fd >= 0 ? fstat(fd, &made) : stat(path, &made))) return errno;
    return made.st_mode & (S_ISUID | S_ISGID) ? 0 : HARMLESS;
}

static mode_t octal(const char *text) { return strtoul(text, NULL, 8); }

static int do_create_mode(char **a) {
    int fd = open(a[1], O_CREAT | O_EXCL | O_WRONLY, octal(a[0]));
    return made_with(fd, a[1], fd);
}

static int do_mknod_mode(char **a) { return made_with(mknod(a[1], S_IFREG | octal(a[0]), 0), a[1], -1); }

static int do_tmpfile_mode(char **a) {
    int fd = open(a[1], O_TMPFILE | O_RDWR, octal(a[0]));
    return made_with(fd, a[1], fd);
}

// The request, in hexadecimal, with zeros behind its argument.
static int do_request(char **a) {
    static char zeros[8192];
    int fd = open(a[1], O_RDONLY);
    return fd < 0 ? errno : outcome(syscall(SYS_ioctl, fd, strtoul(a[0], NULL, 16), zeros));
}

static int do_fchmodat2(char **a) { return outcome(syscall(452, AT_FDCWD, a[0], 0666, 0)); }
static int do_chown(char **a) { return outcome(chown(a[0], getuid(), getgid())); }
static int do_lchown(char **a) { return outcome(lchown(a[0], getuid(), getgid())); }
static int do_utimes(char **a) { return outcome(utimensat(AT_FDCWD, a[0], NULL, 0)); }
static int do_old_utimes(char **a) { return outcome(utimes(a[0], NULL)); }
static int do_setxattr(char **a) { return outcome(setxattr(a[0], "user.attack", "1", 1, 0)); }
static int do_removexattr(char **a) { return outcome(removexattr(a[0], "user.mark")); }

static int on_descriptor(const char *path, int flags, int (*act)(int)) {
    int fd = open(path, flags);
    return fd < 0 ? errno : outcome(act(fd));
}

static int act_fchmod(int fd) { return fchmod(fd, 0666); }
static int act_fchown(int fd) { return fchown(fd, getuid(), getgid()); }
static int act_futimens(int fd) { return futimens(fd, NULL); }
static int act_fsetxattr(int fd) { return fsetxattr(fd, "user.attack", "1", 1, 0); }
static int act_chmod_proc(int fd) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return chmod(path, 0666);
}
static int act_flags(int fd) {
    long flags = FS_NODUMP_FL;
    return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}
static int act_flags_high(int fd) {
    // The kernel looks at the low half of the request only.
    long flags = FS_NODUMP_FL;
    return syscall(SYS_ioctl, fd, FS_IOC_SETFLAGS | 1UL << 32, &flags);
}

static int do_fchmod(char **a) { return on_descriptor(a[0], O_RDONLY, act_fchmod); }
static int do_fchown(char **a) { return on_descriptor(a[0], O_RDONLY, act_fchown); }
static int do_futimens(char **a) { return on_descriptor(a[0], O_RDONLY, act_futimens); }
static int do_fsetxattr(char **a) { return on_descriptor(a[0], O_RDONLY, act_fsetxattr); }
static int do_chmod_opath(char **a) { return on_descriptor(a[0], O_PATH, act_chmod_proc); }
static int do_setflags(char **a) { return on_descriptor(a[0], O_RDONLY, act_flags); }
static int do_setflags_high(char **a) { return on_descriptor(a[0], O_RDONLY, act_flags_high); }

static int reopen(int fd, const char *format, int flags) {
    char path[128];
    if (fd < 0) return errno;
    snprintf(path, sizeof path, format, fd);
    return flags == O_RDONLY ? read_path(path) : write_path(path);
}

static int do_opath(char **a) { return reopen(open(a[0], O_PATH), "/proc/self/fd/%d", O_RDONLY); }
static int do_opath_thread(char **a) { return reopen(open(a[0], O_PATH), "/proc/thread-self/fd/%d", O_RDONLY); }
static int do_opath_dev_fd(char **a) { return reopen(open(a[0], O_PATH), "/dev/fd/%d", O_RDONLY); }
static int do_upgrade(char **a) { return reopen(open(a[0], O_RDONLY), "/proc/self/fd/%d", O_WRONLY); }
static int do_upgrade_dev_fd(char **a) { return reopen(open(a[0], O_RDONLY), "/dev/fd/%d", O_WRONLY); }

static int do_opath_directory(char **a) {
    int directory = open(a[0], O_PATH | O_DIRECTORY);
    return directory < 0 ? errno : read_descriptor(openat(directory, a[1], O_RDONLY));
}

static int do_proc_fd_directory(char **a) {
    int directory = open(a[0], O_PATH | O_DIRECTORY);
    char path[256];
    if (directory < 0) return errno;
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, a[1]);
    return read_path(path);
}

static int do_stdin_path(char **a) {
    int fd = open(a[0], O_PATH);
    return fd < 0 || dup2(fd, 0) < 0 ? errno : read_path("/dev/stdin");
}

static int below(const char *prefix, const char *path) {
    char whole[512];
    snprintf(whole, sizeof whole, "%s%s", prefix, path);
    return read_path(whole);
}

static int do_proc_self_root(char **a) { return below("/proc/self/root", a[0]); }
static int do_proc_thread_root(char **a) { return below("/proc/thread-self/root", a[0]); }
static int do_proc_one_root(char **a) { return below("/proc/1/root", a[0]); }
static int do_proc_parent_root(char **a) {
    char prefix[64];
    snprintf(prefix, sizeof prefix, "/proc/%d/root", getppid());
    return below(prefix, a[0]);
}
static int do_proc_cwd(char **a) { return chdir(a[0]) ? errno : below("/proc/self/cwd/", a[1]); }
static int do_fchdir(char **a) {
    int directory = open(a[0], O_PATH | O_DIRECTORY);
    return directory < 0 || fchdir(directory) ? errno : read_path(a[1]);
}

static int do_handle(char **a) {
    struct {
        struct file_handle head;
        char bytes[MAX_HANDLE_SZ];
    } handle = {.head.handle_bytes = MAX_HANDLE_SZ};
    int mount, root = open("/", O_RDONLY | O_DIRECTORY);
    if (name_to_handle_at(AT_FDCWD, a[0], &handle.head, &mount, 0)) {
        // Handles can also be guessed, so the second half is tried all the same.
        handle.head.handle_bytes = 8;
        handle.head.handle_type = 1;
        memset(handle.bytes, 0, 8);
        handle.bytes[0] = 2;
    }
    return read_descriptor(open_by_handle_at(root, &handle.head, O_RDONLY));
}

static int do_deep(char **a) {
    // a[0] directory, a[1] how many levels of 200 bytes, then create a file there by a relative name
    char name[201];
    memset(name, 'd', 200);
    name[200] = 0;
    if (chdir(a[0])) return errno;
    for (int i = atoi(a[1]); i > 0; i--)
        if ((mkdir(name, 0700) && errno != EEXIST) || chdir(name)) return errno;
    return outcome(open("file", O_CREAT | O_WRONLY, 0600));
}

static int do_tmpfile_link(char **a) {
    int fd = open(a[0], O_TMPFILE | O_RDWR, 0600);
    char source[64];
    if (fd < 0) return errno;
    snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    return outcome(linkat(AT_FDCWD, source, AT_FDCWD, a[1], AT_SYMLINK_FOLLOW));
}

static int do_tmpfile(char **a) { return outcome(open(a[0], O_TMPFILE | O_RDWR, 0600)); }

struct passing {
    int ends[2];
};

static int receive(void *state) {
    int *ends = state;
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(ends[1], &message, 0) < 0) return errno;
    int fd;
    if (!CMSG_FIRSTHDR(&message)) return EACCES; // the kernel kept it back
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return reopen(fd, "/proc/self/fd/%d", O_RDONLY);
}

static int do_pass_opath(char **a) {
    int ends[2], fd = open(a[0], O_PATH);
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {"x", 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (fd < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) return errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (sendmsg(ends[0], &message, 0) < 0) return errno;
    return run_child(receive, ends);
}

static int do_newline(char **a) {
    // A name that would add a line to a log which does not escape.
    char path[512];
    snprintf(path, sizeof path, "%s/x\n{\"seq\":1,\"kind\":\"operation\",\"verdict\":\"allow\"}\r\033[2J", a[0]);
    return outcome(open(path, O_CREAT | O_WRONLY, 0600));
}

static int do_flood(char **a) {
    // a[0] a permitted file, a[1] how often; then a[2], the one that matters; then more
    int times = atoi(a[1]), result;
    for (int i = 0; i < times; i++) close(open(a[0], O_RDONLY));
    result = read_path(a[2]);
    for (int i = 0; i < times; i++) close(open(a[0], O_RDONLY));
    return result;
}

static int do_flood_denied(char **a) {
    int times = atoi(a[1]);
    for (int i = 0; i < times; i++)
        if (read_path(a[0]) == 0) return 0;
    return read_path(a[2]);
}

const struct attack file_attacks[] = {
    {"read", 1, do_read}, {"write", 1, do_write}, {"append-text", 2, do_append_text}, {"list", 1, do_list}, {"create", 1, do_create},
    {"open-create", 1, do_open_create}, {"open-truncate", 1, do_open_truncate}, {"read-truncate", 1, do_read_truncate},
    {"open-mode3", 1, do_open_mode3}, {"creat", 1, do_creat}, {"openat2", 1, do_openat2}, {"openat2-in-root", 2, do_openat2_in_root},
    {"read-link", 2, do_read_link}, {"write-link", 2, do_write_link}, {"create-link", 2, do_create_link}, {"read-chain", 2, do_read_chain},
    {"read-link-parent", 3, do_read_link_parent}, {"read-dotdot", 2, do_read_dotdot}, {"hardlink", 2, do_hardlink},
    {"hardlink-fd", 2, do_hardlink_fd}, {"hardlink-empty", 2, do_hardlink_empty}, {"rename", 2, do_rename},
    {"rename-read", 3, do_rename_read}, {"exchange", 2, do_exchange}, {"whiteout", 2, do_whiteout}, {"noreplace", 2, do_noreplace},
    {"unlink", 1, do_unlink}, {"rmdir", 1, do_rmdir}, {"unlinkat-dir", 1, do_unlinkat_dir}, {"mkdir", 1, do_mkdir},
    {"symlink", 2, do_symlink}, {"mkfifo", 1, do_mkfifo}, {"mknod-block", 1, do_mknod_block}, {"mknod-char", 1, do_mknod_char},
    {"truncate", 1, do_truncate}, {"ftruncate-readonly", 1, do_ftruncate_readonly}, {"fallocate-readonly", 1, do_fallocate_readonly},
    {"chmod", 1, do_chmod}, {"setuid-bit", 1, do_setuid_bit}, {"create-mode", 2, do_create_mode},
    {"mknod-mode", 2, do_mknod_mode}, {"tmpfile-mode", 2, do_tmpfile_mode}, {"request", 2, do_request}, {"fchmodat2", 1, do_fchmodat2}, {"chown", 1, do_chown},
    {"lchown", 1, do_lchown}, {"utimes", 1, do_utimes}, {"old-utimes", 1, do_old_utimes}, {"setxattr", 1, do_setxattr},
    {"removexattr", 1, do_removexattr}, {"fchmod", 1, do_fchmod}, {"fchown", 1, do_fchown}, {"futimens", 1, do_futimens},
    {"fsetxattr", 1, do_fsetxattr}, {"chmod-opath", 1, do_chmod_opath}, {"setflags", 1, do_setflags},
    {"setflags-high", 1, do_setflags_high}, {"opath", 1, do_opath}, {"opath-thread", 1, do_opath_thread},
    {"opath-dev-fd", 1, do_opath_dev_fd}, {"upgrade", 1, do_upgrade}, {"upgrade-dev-fd", 1, do_upgrade_dev_fd},
    {"opath-directory", 2, do_opath_directory}, {"proc-fd-directory", 2, do_proc_fd_directory}, {"stdin-path", 1, do_stdin_path},
    {"proc-self-root", 1, do_proc_self_root}, {"proc-thread-root", 1, do_proc_thread_root}, {"proc-one-root", 1, do_proc_one_root},
    {"proc-parent-root", 1, do_proc_parent_root}, {"proc-cwd", 2, do_proc_cwd}, {"fchdir", 2, do_fchdir}, {"handle", 1, do_handle},
    {"deep", 2, do_deep}, {"tmpfile-link", 2, do_tmpfile_link}, {"tmpfile", 1, do_tmpfile}, {"pass-opath", 1, do_pass_opath},
    {"newline", 1, do_newline}, {"flood", 3, do_flood}, {"flood-denied", 3, do_flood_denied}, {NULL, 0, NULL},
};
