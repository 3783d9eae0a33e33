/*
 * Performs file and process operations one after the other and prints the result of each: "OP=0" or "OP=ERRNO".
 * usage: probe OP ARGS… -- OP ARGS… ; a trailing number in the output tells repeated operations apart by position only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <signal.h>
#include <unistd.h>

static char **words;

static const char *word(int index)
{
	for (int i = 0; i <= index; i++)
		if (!words[i] || !strcmp(words[i], "--"))
			return "";
	return words[index];
}

static int closing(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd < 0 ? -1 : 0;
}

static int open_flags(const char *path, const char *letters)
{
	int flags = strchr(letters, 'w') ? O_WRONLY : strchr(letters, '+') ? O_RDWR : O_RDONLY;

	flags |= strchr(letters, 'c') ? O_CREAT : 0;
	flags |= strchr(letters, 'x') ? O_EXCL : 0;
	flags |= strchr(letters, 't') ? O_TRUNC : 0;
	flags |= strchr(letters, 'd') ? O_DIRECTORY : 0;
	flags |= strchr(letters, 'n') ? O_NOFOLLOW : 0;
	flags |= strchr(letters, 'p') ? O_PATH : 0;
	if (strchr(letters, 'T'))
		flags |= O_TMPFILE;
	return open(path, flags, 0666);
}

static int reopen_path(const char *path, int flags)
{
	char self[64];
	int fd = open(path, O_PATH);

	if (fd < 0)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return closing(open(self, flags));
}

static int spawn(char *const *argv)
{
	int status;
	pid_t child = fork();

	if (!child) {
		execv(argv[0], argv);
		_exit(errno);
	}
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status)) {
		errno = 200 + WTERMSIG(status);
		return -1;
	}
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static int exec_memfd(const char *path)
{
	char buffer[65536];
	int in = open(path, O_RDONLY), out = memfd_create("x", MFD_CLOEXEC), status;
	ssize_t n;

	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, n) != n)
			return -1;
	close(in);
	if (!fork()) {
		char *argv[] = { "x", NULL };

		fexecve(out, argv, environ);
		_exit(errno);
	}
	wait(&status);
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static int run(const char *op)
{
	const char *a = word(1), *b = word(2);
	struct rlimit limit;
	struct open_how how = { 0 };
	struct iovec io = { &limit, sizeof(limit) };
	char *argv[] = { (char *)a, *b ? (char *)b : NULL, NULL };

	if (!strcmp(op, "open"))
		return closing(open_flags(a, b));
	if (!strcmp(op, "creat"))
		return closing(creat(a, 0666));
	if (!strcmp(op, "openat2")) {
		how.resolve = strtoul(b, NULL, 0);
		return closing(syscall(SYS_openat2, AT_FDCWD, a, &how, sizeof(how)));
	}
	if (!strcmp(op, "reopen"))
		return reopen_path(a, *b == 'w' ? O_WRONLY : O_RDONLY);
	if (!strcmp(op, "unlink"))
		return unlink(a);
	if (!strcmp(op, "rmdir"))
		return rmdir(a);
	if (!strcmp(op, "mkdir"))
		return mkdir(a, 0777);
	if (!strcmp(op, "mkfifo"))
		return mknod(a, S_IFIFO | 0600, 0);
	if (!strcmp(op, "mkblk"))
		return mknod(a, S_IFBLK | 0600, 0x700);
	if (!strcmp(op, "symlink"))
		return symlink(a, b);
	if (!strcmp(op, "link"))
		return link(a, b);
	if (!strcmp(op, "linkfollow"))
		return linkat(AT_FDCWD, a, AT_FDCWD, b, AT_SYMLINK_FOLLOW);
	if (!strcmp(op, "rename"))
		return rename(a, b);
	if (!strcmp(op, "exchange"))
		return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
	if (!strcmp(op, "truncate"))
		return truncate(a, 1);
	if (!strcmp(op, "chmod"))
		return chmod(a, strtoul(b, NULL, 8));
	if (!strcmp(op, "fchmod")) {
		int fd = open(a, O_RDONLY);

		return fd < 0 ? -1 : fchmod(fd, strtoul(b, NULL, 8));
	}
	if (!strcmp(op, "chown"))
		return lchown(a, getuid(), getgid());
	if (!strcmp(op, "utime"))
		return utimensat(AT_FDCWD, a, NULL, AT_SYMLINK_NOFOLLOW);
	if (!strcmp(op, "setxattr"))
		return setxattr(a, "user.leash", "v", 1, 0);
	if (!strcmp(op, "removexattr"))
		return removexattr(a, "user.leash");
	if (!strcmp(op, "chdir"))
		return chdir(a);
	if (!strcmp(op, "exec"))
		return spawn(argv);
	if (!strcmp(op, "memfd"))
		return exec_memfd(a);
	if (!strcmp(op, "mount"))
		return mount("none", a, "tmpfs", 0, NULL);
	if (!strcmp(op, "chroot"))
		return chroot(a);
	if (!strcmp(op, "unshare"))
		return unshare(CLONE_NEWUSER);
	if (!strcmp(op, "clonenew"))
		return syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0) < 0 ? -1 : 0;
	if (!strcmp(op, "clone3"))
		return syscall(SYS_clone3, NULL, 0);
	if (!strcmp(op, "io_uring"))
		return syscall(SYS_io_uring_setup, 1, NULL);
	if (!strcmp(op, "bpf"))
		return syscall(SYS_bpf, 0, NULL, 0);
	if (!strcmp(op, "keyctl"))
		return syscall(SYS_keyctl, 0, 0, 0, 0, 0);
	if (!strcmp(op, "userfaultfd"))
		return syscall(SYS_userfaultfd, 0);
	if (!strcmp(op, "handle"))
		return syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0);
	if (!strcmp(op, "newer"))
		return syscall(600);
	if (!strcmp(op, "rttime")) {
		getrlimit(RLIMIT_RTTIME, &limit);
		limit.rlim_cur = 1;
		return setrlimit(RLIMIT_RTTIME, &limit);
	}
	if (!strcmp(op, "nofile")) {
		getrlimit(RLIMIT_NOFILE, &limit);
		return setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (!strcmp(op, "dumpable"))
		return prctl(PR_SET_DUMPABLE, 0);
	if (!strcmp(op, "tiocsti"))
		return ioctl(0, TIOCSTI, "x");
	if (!strcmp(op, "ptrace"))
		return ptrace(PTRACE_ATTACH, getppid(), 0, 0);
	if (!strcmp(op, "vmread"))
		return process_vm_readv(getppid(), &io, 1, &io, 1, 0) < 0 ? -1 : 0;
	if (!strcmp(op, "setown"))
		return fcntl(0, F_SETOWN, !strcmp(a, "self") ? getpid() : atoi(a));
	if (!strcmp(op, "setownex")) {
		struct f_owner_ex owner = {F_OWNER_PID, getpid()};
		return fcntl(0, F_SETOWN_EX, &owner);
	}
	if (!strcmp(op, "setsig"))
		return fcntl(0, F_SETSIG, atoi(a));
	if (!strcmp(op, "ioctlown")) {
		int owner = getpid();
		return ioctl(0, strtoul(a, NULL, 16), &owner);
	}
	if (!strcmp(op, "kill"))
		return kill(atoi(a), 0);
	if (!strcmp(op, "raw"))
		return closing(socket(AF_INET, SOCK_RAW, 1));
	if (!strcmp(op, "int80")) {
#ifdef __x86_64__
		long result;

		/* getpid of the 32-bit table */
		__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
		errno = result < 0 ? -result : 0;
		return result < 0 ? -1 : 0;
#else
		errno = ENOSYS;
		return -1;
#endif
	}
	if (!strcmp(op, "x32"))
		return syscall(0x40000000 + 39) < 0 ? -1 : 0;
	errno = 199;
	return -1;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	for (words = argv + 1; words < argv + argc; words++) {
		const char *op = words[0];
		int result = run(op);

		printf("%s=%s\n", op, result < 0 ? strerrorname_np(errno) ? strerrorname_np(errno) : errno > 200 ? "KILLED" : "OTHER" : "0");
		while (*words && strcmp(*words, "--"))
			words++;
	}
	return 0;
}
