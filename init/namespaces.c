// SPDX-License-Identifier: Apache-2.0
/* The ladder of isolation: each rung is tried for real in a process of its own, so that a failed try leaves no trace. */
#define _GNU_SOURCE
#include "leash-init.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NAMESPACES (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)

struct outcome {
	int32_t step;
	int32_t error;
};

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	ssize_t written = write(fd, text, strlen(text));
	int error = errno;
	close(fd);
	errno = error;
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

/* Everybody keeps the id that they have outside. */
static int map_own_ids(uid_t uid, gid_t gid)
{
	char line[64];

	if (write_file("/proc/self/setgroups", "deny") && errno != ENOENT)
		return -1;
	snprintf(line, sizeof(line), "%u %u 1\n", uid, uid);
	if (write_file("/proc/self/uid_map", line))
		return -1;
	snprintf(line, sizeof(line), "%u %u 1\n", gid, gid);
	return write_file("/proc/self/gid_map", line);
}

static struct outcome settle(bool user, uid_t uid, gid_t gid)
{
	if (user && map_own_ids(uid, gid))
		return (struct outcome){ STEP_ID_MAP, errno };
	/* Slave, not private: a file system unmounted outside must not be kept busy by the session. */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		return (struct outcome){ STEP_MOUNT_PRIVATE, errno };
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return (struct outcome){ STEP_PROC, errno };
	return (struct outcome){ STEP_NONE, 0 };
}

/*
 * Starts a process that is 1 in namespaces of its own and tells whether they could be completed. It becomes a child of
 * the supervisor, not of this process, which then ends. In the new process *is_session is set.
 */
static struct outcome try_rung(bool user, bool *is_session)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct outcome outcome = { STEP_NAMESPACES, EIO };
	int result[2];

	if (pipe2(result, O_CLOEXEC))
		return (struct outcome){ STEP_NAMESPACES, errno };
	unsigned long flags = NAMESPACES | CLONE_PARENT | (user ? CLONE_NEWUSER : 0) | SIGCHLD;
	long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);
	if (pid == 0) {
		close(result[0]);
		outcome = settle(user, uid, gid);
		if (write(result[1], &outcome, sizeof(outcome)) != sizeof(outcome) || outcome.step != STEP_NONE)
			_exit(EXIT_OURS);
		close(result[1]);
		*is_session = true;
		return outcome;
	}
	if (pid < 0)
		outcome = (struct outcome){ STEP_NAMESPACES, errno };
	close(result[1]);
	if (pid > 0 && read(result[0], &outcome, sizeof(outcome)) != sizeof(outcome))
		outcome = (struct outcome){ STEP_NAMESPACES, EIO };
	close(result[0]);
	return outcome;
}

/* Returns the rung reached. *is_session tells the process that carries on from the one that only tried. */
enum rung climb(const char *choice, int32_t *report, bool *is_session)
{
	bool any = !strcmp(choice, "auto");

	*is_session = false;
	if (any)
		report[REPORT_ROOT_STEP] = report[REPORT_USER_STEP] = STEP_NAMESPACES;
	if (any)
		report[REPORT_ROOT_ERRNO] = report[REPORT_USER_ERRNO] = EPERM;
	if (!strcmp(choice, "root") || (any && geteuid() == 0)) {
		struct outcome outcome = try_rung(false, is_session);

		report[REPORT_ROOT_STEP] = outcome.step;
		report[REPORT_ROOT_ERRNO] = outcome.error;
		if (outcome.step == STEP_NONE)
			return RUNG_ROOT;
	}
	if (!strcmp(choice, "user") || any) {
		struct outcome outcome = try_rung(true, is_session);

		report[REPORT_USER_STEP] = outcome.step;
		report[REPORT_USER_ERRNO] = outcome.error;
		if (outcome.step == STEP_NONE)
			return RUNG_USER;
	}
	*is_session = !strcmp(choice, "plain") || any;
	return RUNG_PLAIN;
}

/* A read-only remount must repeat the flags that the mount has: in a user namespace they are locked. */
static int make_read_only(const char *target)
{
	struct statvfs stat;
	unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY;

	if (statvfs(target, &stat))
		return -1;
	flags |= stat.f_flag & ST_NOSUID ? MS_NOSUID : 0;
	flags |= stat.f_flag & ST_NODEV ? MS_NODEV : 0;
	flags |= stat.f_flag & ST_NOEXEC ? MS_NOEXEC : 0;
	flags |= stat.f_flag & ST_NOATIME ? MS_NOATIME : 0;
	flags |= stat.f_flag & ST_NODIRATIME ? MS_NODIRATIME : 0;
	flags |= stat.f_flag & ST_RELATIME ? MS_RELATIME : 0;
	return mount(NULL, target, NULL, flags, NULL);
}

int mount_binds(const struct setup *setup, int *index)
{
	for (uint32_t i = 0; i < setup->config->bind_count; i++) {
		const struct bind_mount *bind = &setup->binds[i];
		bool read_only = !strcmp(bind->mode, "ro");

		*index = (int)i;
		/* Not recursive when read-only: what is mounted below the source would stay writable. */
		if (mount(bind->source, bind->target, NULL, read_only ? MS_BIND : MS_BIND | MS_REC, NULL))
			return -1;
		if (read_only && make_read_only(bind->target))
			return -1;
	}
	return 0;
}
