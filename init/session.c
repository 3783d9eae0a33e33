// SPDX-License-Identifier: Apache-2.0
/* Process 1 of a session: reaps, forwards signals, reports the command's state, and ends everything. */
#define _GNU_SOURCE
#include "leash-init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct session {
	enum rung rung;
	const struct setup *setup;
	pid_t command;
	int go;
	bool command_ended;
};

struct family {
	pid_t pid;
	pid_t parent;
	bool ours;
};

static pid_t parent_of(pid_t pid)
{
	char path[32], text[512];
	int parent = -1;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return -1;
	text[length] = 0;
	/* The name may hold anything, a parenthesis too: the last one ends it. */
	char *end = strrchr(text, ')');
	return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : -1;
}

static size_t list_processes(struct family **list)
{
	size_t count = 0, capacity = 0;
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	*list = NULL;
	while (proc && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);
		if (pid <= 0)
			continue;
		if (count == capacity) {
			capacity = capacity ? capacity * 2 : 256;
			struct family *larger = realloc(*list, capacity * sizeof(**list));
			if (!larger)
				break;
			*list = larger;
		}
		(*list)[count++] = (struct family){ pid, parent_of(pid), false };
	}
	if (proc)
		closedir(proc);
	return count;
}

/* Killed by a descriptor taken before the parent is looked at again, so that a reused number is not hit. */
static void kill_exactly(const struct family *process)
{
	int fd = (int)syscall(SYS_pidfd_open, process->pid, 0);

	if (fd < 0)
		return;
	if (parent_of(process->pid) == process->parent)
		syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
	close(fd);
}

/* Without a pid namespace: everybody below us. As the subreaper we are above everything that the command started. */
static void kill_descendants(void)
{
	struct family *list;
	size_t count = list_processes(&list);
	pid_t self = getpid();
	bool found = true;

	while (found) {
		found = false;
		for (size_t i = 0; i < count; i++) {
			bool ours = list[i].parent == self;
			for (size_t j = 0; !ours && j < count; j++)
				ours = list[j].ours && list[j].pid == list[i].parent;
			found |= ours && !list[i].ours;
			list[i].ours = list[i].ours || ours;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (list[i].ours)
			kill_exactly(&list[i]);
	}
	free(list);
}

static void end_session(const struct session *session) __attribute__((noreturn));

static void end_session(const struct session *session)
{
	const struct setup *setup = session->setup;
	struct timespec pause = { .tv_nsec = 2000000 };
	int cgroup_kill = setup->cgroup_kill;

	for (;;) {
		if (session->rung != RUNG_PLAIN) {
			kill(-1, SIGKILL);
		} else {
			/* The group is quick and complete, but a process may have been moved out of it. */
			if (cgroup_kill >= 0 && write(cgroup_kill, "1", 1) != 1)
				cgroup_kill = -1;
			kill_descendants();
		}
		pid_t pid;
		do
			pid = waitpid(-1, NULL, WNOHANG | __WALL);
		while (pid > 0);
		if (pid < 0 && errno == ECHILD)
			break;
		nanosleep(&pause, NULL);
	}
	if (setup->cgroup_parent >= 0)
		unlinkat(setup->cgroup_parent, setup->cgroup_name, AT_REMOVEDIR);
	_exit(0);
}

static void reap(struct session *session)
{
	for (;;) {
		int status;
		int flags = WNOHANG | __WALL | (session->command_ended ? 0 : WUNTRACED | WCONTINUED);
		pid_t pid = waitpid(-1, &status, flags);
		int32_t value = 0;

		if (pid <= 0)
			return;
		if (pid != session->command)
			continue;
		if (WIFSTOPPED(status)) {
			value = WSTOPSIG(status);
			send_message(MSG_STOPPED, &value, 1);
		} else if (WIFCONTINUED(status)) {
			send_message(MSG_CONTINUED, NULL, 0);
		} else {
			value = status;
			session->command_ended = true;
			send_message(MSG_EXITED, &value, 1);
		}
	}
}

static void obey(struct session *session, const struct message *message)
{
	char active = 1;

	switch (message->kind) {
	case MSG_ACTIVE:
		if (session->go >= 0 && write(session->go, &active, 1) == 1)
			close(session->go);
		session->go = -1;
		break;
	case MSG_SIGNAL:
		if (!session->command_ended)
			kill(-session->command, message->value[0]);
		break;
	case MSG_CONTINUE:
		if (session->command_ended)
			break;
		if (message->value[0] && session->setup->tty >= 0)
			tcsetpgrp(session->setup->tty, message->value[0] == 1 ? session->command : getpgrp());
		kill(-session->command, SIGCONT);
		break;
	default:
		end_session(session); /* FAIL-CLOSED: not a message of this protocol */
	}
}

static void watch(struct session *session, int signals)
{
	struct pollfd fds[] = {
		{ .fd = CONTROL_FD, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};

	for (;;) {
		struct signalfd_siginfo ignored;
		struct message message;
		int passed[8];
		size_t count;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			end_session(session);
		if (fds[1].revents && read(signals, &ignored, sizeof(ignored)) > 0)
			reap(session);
		/* Messages first, then the end: what was said before the supervisor left still counts for nothing. */
		if (fds[0].revents) {
			if (receive_message(&message, passed, 8, &count) != 1)
				end_session(session);
			for (size_t i = 0; i < count; i++)
				close(passed[i]);
			obey(session, &message);
		}
	}
}

void run_session(enum rung rung, const struct setup *setup)
{
	struct session session = { .rung = rung, .setup = setup };
	sigset_t all;
	int go[2];

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	int signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0 || pipe2(go, O_CLOEXEC)) {
		send_failure(STEP_FORK, errno, 0);
		_exit(EXIT_OURS);
	}
	if (setup->tty >= 0 && ioctl(setup->tty, TIOCSCTTY, 0)) {
		send_failure(STEP_TTY, errno, 0);
		_exit(EXIT_OURS);
	}
	session.command = fork();
	if (session.command == 0) {
		close(go[1]);
		run_command(setup, go[0]);
	}
	if (session.command < 0) {
		send_failure(STEP_FORK, errno, 0);
		_exit(EXIT_OURS);
	}
	/* The command must find nothing to look at or to trace here, nor may our copies keep its pipes open. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setpgid(session.command, session.command);
	close(go[0]);
	close(0);
	close(1);
	close(2);
	if (setup->cgroup_procs >= 0)
		close(setup->cgroup_procs);
	session.go = go[1];
	watch(&session, signals);
	_exit(0);
}
