// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "leash-init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refuse(void)
{
	fputs("leash-init: this is a part of leash and is started by it; run `leash -- COMMAND`\n", stderr);
	return EXIT_OURS;
}

static bool has_control_socket(void)
{
	int type = 0;
	socklen_t length = sizeof(type);

	return !getsockopt(CONTROL_FD, SOL_SOCKET, SO_TYPE, &type, &length) && type == SOCK_SEQPACKET;
}

/*
 * What was ignored when leash started stays so for the command, as without leash. Not so the signal that the supervisor's
 * runtime ignores, nor the C library's own two, which posix_spawn leaves ignored and sigaction(3) won't touch.
 */
static void restore_signals(void)
{
	struct {
		void *handler;
		unsigned long flags;
		void *restorer;
		uint64_t mask;
	} by_default = { 0 };

	signal(SIGPIPE, SIG_DFL);
	syscall(SYS_rt_sigaction, 32, &by_default, NULL, sizeof(by_default.mask));
	syscall(SYS_rt_sigaction, 33, &by_default, NULL, sizeof(by_default.mask));
}

/* Argument: which rung of isolation to take: auto, root, user, plain. */
int main(int argc, char **argv)
{
	int32_t report[MESSAGE_VALUES] = { 0 };
	struct message message;
	struct setup setup;
	bool is_session;
	int fds[8], index = 0;
	size_t count;

	if (argc == 2 && !strcmp(argv[1], "--probe"))
		return probe();
	if (argc != 2 || !has_control_socket())
		return refuse();
	fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
	restore_signals();

	enum rung rung = climb(argv[1], report, &is_session);
	if (!is_session) {
		if (rung == RUNG_PLAIN)
			send_failure(STEP_NAMESPACES, EPERM, 0);
		return 0;
	}
	setsid();
	if (rung == RUNG_PLAIN)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	report[REPORT_RUNG] = rung;
	report[REPORT_LANDLOCK_ABI] = landlock_abi();
	if (send_message(MSG_REPORT, report, MESSAGE_VALUES))
		return EXIT_OURS;
	if (receive_message(&message, fds, 8, &count) != 1)
		return EXIT_OURS;
	if (message.kind != MSG_CONFIG || count < 1 || read_setup(fds[0], fds + 1, count - 1, &setup)) {
		send_failure(STEP_CONFIG, EINVAL, 0);
		return EXIT_OURS;
	}
	close(fds[0]);
	if (mount_binds(&setup, &index)) {
		send_failure(STEP_BIND, errno, index);
		return EXIT_OURS;
	}
	run_session(rung, &setup);
}
