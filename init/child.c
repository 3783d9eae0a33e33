// SPDX-License-Identifier: Apache-2.0
/* The command child: from fork to execve. */
#define _GNU_SOURCE
#include "leash-init.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void fail(enum step step) __attribute__((noreturn));

static void fail(enum step step)
{
	send_failure(step, errno, 0);
	_exit(EXIT_OURS);
}

/* A group of its own, whose parent is in another group of the same session: not orphaned, so that it can be stopped. */
static void take_terminal(const struct setup *setup)
{
	setpgid(0, 0);
	if (setup->tty < 0)
		return;
	/* All signals are blocked here, SIGTTOU among them. */
	if (!(setup->config->flags & CONFIG_TTY_BACKGROUND) && tcsetpgrp(setup->tty, getpid()))
		fail(STEP_TTY);
	for (int fd = 0; fd <= 2; fd++) {
		if ((setup->config->tty_mask & (1u << fd)) && dup2(setup->tty, fd) < 0)
			fail(STEP_TTY);
	}
}

/* Returns an errno: where a cgroup can be made but not entered, the session goes without one. */
static int32_t join_cgroup(const struct setup *setup)
{
	return setup->cgroup_procs >= 0 && write(setup->cgroup_procs, "0", 1) != 1 ? errno : 0;
}

static void limit(const struct setup *setup)
{
	struct rlimit nofile;

	if (*setup->directory && chdir(setup->directory))
		fail(STEP_CHDIR);
	if (setup->config->nofile != ~0ull && !getrlimit(RLIMIT_NOFILE, &nofile) && setup->config->nofile <= nofile.rlim_max) {
		nofile.rlim_cur = setup->config->nofile;
		if (setrlimit(RLIMIT_NOFILE, &nofile))
			fail(STEP_LIMITS);
	}
}

/* Nothing of ours stays open across the exec. */
static void close_on_exec(void)
{
	long limit;

	if (!syscall(SYS_close_range, 3u, ~0u, 1u << 2 /* CLOSE_RANGE_CLOEXEC */))
		return;
	limit = sysconf(_SC_OPEN_MAX);
	for (int fd = 3; fd < (limit > 0 && limit < 1 << 20 ? limit : 1 << 20); fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/*
 * Once the filter is on, sending a descriptor would itself wait for the supervisor that is to receive it. So a helper,
 * started before and sharing our descriptors, sends it; when it has ended the table is ours alone again.
 */
static void hand_over_listener(const struct setup *setup)
{
	int ready[2];
	int32_t listener[2];
	unsigned int flags;
	int status = -1;

	if (pipe2(ready, O_CLOEXEC))
		fail(STEP_LISTENER);
	long helper = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (helper < 0)
		fail(STEP_LISTENER);
	if (helper == 0) {
		/* The table is shared, so our own death closes no end of the pipe: a failure is sent as -1. */
		bool told = read(ready[0], listener, sizeof(listener)) == sizeof(listener) && listener[0] >= 0;
		_exit(told && !send_with_fd(MSG_LISTENER, listener[1], listener[0]) ? 0 : 1);
	}
	listener[0] = install_filter(setup->filter, setup->config->filter_bytes, &flags);
	listener[1] = (int32_t)flags;
	int error = errno;
	if (write(ready[1], listener, sizeof(listener)) != sizeof(listener))
		fail(STEP_LISTENER);
	if (waitpid((pid_t)helper, &status, 0) != helper || (status && listener[0] >= 0))
		fail(STEP_LISTENER);
	errno = error;
	if (listener[0] < 0)
		fail(STEP_FILTER);
	close(listener[0]);
	close(ready[0]);
	close(ready[1]);
}

void run_command(const struct setup *setup, int go)
{
	uint32_t flags = setup->config->flags;
	sigset_t none;
	char active = 0;

	take_terminal(setup);
	int32_t cgroup_error = join_cgroup(setup);
	limit(setup);
	close_on_exec();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fail(STEP_NO_NEW_PRIVS);
	if (drop_capabilities(setup->config->keep_capabilities))
		fail(STEP_CAPABILITIES);
	if ((flags & (CONFIG_LANDLOCK | CONFIG_LANDLOCK_SCOPE)) && restrict_landlock(!(flags & CONFIG_LANDLOCK)))
		fail(STEP_LANDLOCK);
	if (send_message(MSG_HELLO, &cgroup_error, 1))
		_exit(EXIT_OURS);
	hand_over_listener(setup);
	/* FAIL-CLOSED: without the word from the supervisor nothing starts. */
	if (read(go, &active, 1) != 1 || active != 1)
		_exit(EXIT_OURS);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	environ = setup->environment;
	execvp(setup->arguments[0], setup->arguments);
	int32_t error = errno;
	send_message(MSG_EXEC_FAILED, &error, 1);
	_exit(error == ENOENT || error == ENOTDIR ? 127 : 126);
}
