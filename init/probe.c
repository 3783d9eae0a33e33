// SPDX-License-Identifier: Apache-2.0
/* `leash-init --probe`: tries what a session needs and prints one line for each: name, space, errno (0: works) or value. */
#define _GNU_SOURCE
#include "leash-init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#define NOTIF_SET_FLAGS _IOW('!', 4, uint64_t)
#define SYNC_WAKE_UP 1ull

struct open_how_v0 {
	uint64_t flags, mode, resolve;
};

static const char marker[] = "leash";

static void say(const char *name, long value)
{
	printf("%s %ld\n", name, value);
}

static int result(long value)
{
	return value < 0 ? errno : 0;
}

/* Runs in the tracee: one filtered call whose answer tells whether a descriptor was injected. */
static void notified_child(int ready, unsigned long flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	int32_t told = fd < 0 ? -errno : (int32_t)fd;
	if (write(ready, &told, sizeof(told)) != sizeof(told) || fd < 0)
		_exit(1);
	_exit(syscall(SYS_getppid, marker) == 77 ? 0 : 2);
}

static void probe_tracee(pid_t pid, const struct seccomp_notif *notif)
{
	char copy[sizeof(marker)] = { 0 };
	struct iovec here = { copy, sizeof(copy) };
	struct iovec there = { (void *)(uintptr_t)notif->data.args[0], sizeof(copy) };
	struct rlimit64 { uint64_t soft, hard; } limit, changed;

	say("process_vm_readv", result(process_vm_readv(pid, &here, 1, &there, 1, 0)));
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	say("proc_mem", fd < 0 ? errno : result(pread(fd, copy, sizeof(copy), (off_t)notif->data.args[0])));
	long process = syscall(SYS_pidfd_open, pid, 0);
	say("pidfd_open", result(process));
	say("pidfd_getfd", process < 0 ? ENOSYS : result(syscall(SYS_pidfd_getfd, process, 0, 0)));
	int error = result(syscall(SYS_prlimit64, pid, RLIMIT_RTTIME, NULL, &limit));
	if (!error) {
		changed = (struct rlimit64){ limit.hard < 1ull << 62 ? limit.hard : 1ull << 62, limit.hard };
		error = limit.hard < 1ull << 63 ? EPERM : result(syscall(SYS_prlimit64, pid, RLIMIT_RTTIME, &changed, NULL));
	}
	say("prlimit_label", error);
	error = result(ptrace(PTRACE_SEIZE, pid, 0, 0));
	say("ptrace_seize", error);
	if (!error) {
		int status;
		ptrace(PTRACE_INTERRUPT, pid, 0, 0);
		/* It waits killably in its notification; it is let go when that is answered and it stops. */
		if (waitpid(pid, &status, __WALL | WNOHANG) > 0)
			ptrace(PTRACE_DETACH, pid, 0, 0);
	}
}

static void answer(int listener, pid_t pid, const char *suffix)
{
	struct seccomp_notif notif = { 0 };
	struct seccomp_notif_addfd addfd = { .srcfd = 1, .newfd_flags = O_CLOEXEC };
	struct seccomp_notif_resp response = { .val = 77 };
	char name[64];

	snprintf(name, sizeof(name), "seccomp_notify%s", suffix);
	long flags = ioctl(listener, NOTIF_SET_FLAGS, SYNC_WAKE_UP);
	int error = result(flags);
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notif)) {
		say(name, errno);
		return;
	}
	say(name, 0);
	if (*suffix == 0) {
		say("seccomp_sync_wake_up", error);
		addfd.id = notif.id;
		long injected = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd);
		say("seccomp_addfd", result(injected));
		probe_tracee(pid, &notif);
	}
	response.id = notif.id;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* The child shares our descriptors, so its listener is ours too. */
static void probe_notify(unsigned long flags, const char *suffix)
{
	int ready[2];
	int32_t listener = -EIO;

	if (pipe2(ready, O_CLOEXEC))
		return;
	fflush(stdout);
	long pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		notified_child(ready[1], flags);
	if (pid > 0 && read(ready[0], &listener, sizeof(listener)) == sizeof(listener) && listener >= 0) {
		answer(listener, (pid_t)pid, suffix);
	} else {
		char name[64];
		snprintf(name, sizeof(name), "seccomp_notify%s", suffix);
		say(name, listener < 0 ? -listener : EIO);
	}
	/* A ptrace stop would make it wait for ever. */
	kill((pid_t)pid, SIGKILL);
	waitpid((pid_t)pid, NULL, __WALL);
}

static void probe_openat2(void)
{
	struct open_how_v0 how = { .flags = O_PATH | O_CLOEXEC, .resolve = 0x10 | 0x02 };
	long fd = syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));

	say("openat2", result(fd));
}

/* In a child, since a rung that holds leaves this process behind in it. */
static void probe_rungs(void)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		int32_t report[MESSAGE_VALUES] = { 0 };
		bool inside = false;

		enum rung root = climb("root", report, &inside);
		if (inside)
			_exit(0);
		climb("user", report, &inside);
		if (inside)
			_exit(0);
		(void)root;
		say("root_namespaces_step", report[REPORT_ROOT_STEP]);
		say("root_namespaces", report[REPORT_ROOT_ERRNO]);
		say("user_namespaces_step", report[REPORT_USER_STEP]);
		say("user_namespaces", report[REPORT_USER_ERRNO]);
		fflush(stdout);
		_exit(0);
	}
	while (waitpid(-1, NULL, __WALL) > 0)
		continue;
}

int probe(void)
{
	alarm(10);
	probe_notify(SECCOMP_FILTER_FLAG_NEW_LISTENER, "");
	probe_notify(SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, "_killable");
	probe_openat2();
	say("landlock_abi", landlock_abi());
	probe_rungs();
	return 0;
}
