/*
 * Starts a command under a filter that it receives, for tests of the supervisor alone.
 * usage: launcher plain|ns CONTROL-FD COMMAND [ARGS]
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	_exit(120);
}

static void wait_for(pid_t child)
{
	int status;
	pid_t pid;

	while ((pid = wait(&status)) > 0)
		if (pid == child)
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	_exit(121);
}

static void enter_namespaces(void)
{
	pid_t child;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC) < 0)
		die("unshare");
	if ((child = fork()))
		wait_for(child);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("private");
	if (mount("proc", "/proc", "proc", 0, NULL) < 0)
		die("proc");
	if ((child = fork()))
		wait_for(child);
}

int main(int argc, char **argv)
{
	static struct sock_filter code[8192];
	struct sock_fprog program = { .filter = code };
	int control = atoi(argv[2]);
	int listener;
	pid_t child;
	ssize_t size;
	char go;

	(void)argc;
	size = read(control, code, sizeof(code));
	if (size <= 0)
		die("filter");
	program.len = size / sizeof(code[0]);
	/*
	 * In both modes the command is not the child of the supervising process: that process's runtime waits for its children, and
	 * would take the stops that are reported to the tracing thread.
	 */
	if (!strcmp(argv[1], "ns"))
		enter_namespaces();
	else if ((child = fork()))
		wait_for(child);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no_new_privs");
	listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			   SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
	if (listener < 0)
		die("seccomp");
	if (write(control, &listener, sizeof(listener)) != sizeof(listener))
		die("listener");
	if (read(control, &go, 1) != 1)
		die("go");
	close(listener);
	close(control);
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	_exit(127);
}
