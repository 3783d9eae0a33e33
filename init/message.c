// SPDX-License-Identifier: Apache-2.0
/* The control socket: fixed-size messages, descriptors, and the configuration blob. */
#define _GNU_SOURCE
#include "leash-init.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* write, not sendmsg: the command child sends from under its filter, where sendmsg waits for a supervisor. */
int send_message(uint32_t kind, const int32_t *values, size_t count)
{
	struct message message = { .kind = kind };

	for (size_t i = 0; i < count && i < MESSAGE_VALUES; i++)
		message.value[i] = values[i];
	ssize_t sent;
	do
		sent = write(CONTROL_FD, &message, sizeof(message));
	while (sent < 0 && errno == EINTR);
	return sent == sizeof(message) ? 0 : -1;
}

void send_failure(enum step step, int error, int index)
{
	int32_t values[] = { step, error, index };

	send_message(MSG_FAILED, values, 3);
}

int send_with_fd(uint32_t kind, int32_t value, int fd)
{
	struct message message = { .kind = kind, .value = { value } };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { .iov_base = &message, .iov_len = sizeof(message) };
	struct msghdr header = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *item = CMSG_FIRSTHDR(&header);

	item->cmsg_level = SOL_SOCKET;
	item->cmsg_type = SCM_RIGHTS;
	item->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(item), &fd, sizeof(int));
	return sendmsg(CONTROL_FD, &header, MSG_NOSIGNAL) == (ssize_t)sizeof(message) ? 0 : -1;
}

/* 1: a message; 0: the supervisor is gone; -1: an error or something that is not ours. */
int receive_message(struct message *message, int *fds, size_t capacity, size_t *count)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(8 * sizeof(int))];
	} control;
	struct iovec part = { .iov_base = message, .iov_len = sizeof(*message) };
	struct msghdr header = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got;

	do
		got = recvmsg(CONTROL_FD, &header, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got == 0 || errno == ECONNRESET ? 0 : -1;
	*count = 0;
	for (struct cmsghdr *item = CMSG_FIRSTHDR(&header); item; item = CMSG_NXTHDR(&header, item)) {
		if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS)
			continue;
		size_t passed = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < passed && *count < capacity; i++)
			memcpy(&fds[(*count)++], CMSG_DATA(item) + i * sizeof(int), sizeof(int));
	}
	return got == sizeof(*message) && !(header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ? 1 : -1;
}

static char *next_string(char **at, char *end)
{
	char *start = *at;
	char *zero = start < end ? memchr(start, 0, (size_t)(end - start)) : NULL;

	if (!zero)
		return NULL;
	*at = zero + 1;
	return start;
}

static char **string_list(char **at, char *end, uint32_t count)
{
	char **list = calloc((size_t)count + 1, sizeof(char *));

	for (uint32_t i = 0; list && i < count; i++) {
		list[i] = next_string(at, end);
		if (!list[i])
			return NULL;
	}
	return list;
}

static int take_fds(const int *fds, size_t count, struct setup *setup)
{
	uint32_t flags = setup->config->flags;
	size_t next = 0;

	setup->tty = setup->cgroup_procs = setup->cgroup_kill = setup->cgroup_parent = -1;
	if ((flags & CONFIG_TTY) && next < count)
		setup->tty = fds[next++];
	if ((flags & CONFIG_CGROUP) && next + 1 < count) {
		setup->cgroup_procs = fds[next++];
		setup->cgroup_parent = fds[next++];
	}
	if ((flags & CONFIG_CGROUP_KILL) && next < count)
		setup->cgroup_kill = fds[next++];
	return next == count ? 0 : -1;
}

int read_setup(int blob, const int *fds, size_t count, struct setup *setup)
{
	struct stat stat;

	if (fstat(blob, &stat) || (size_t)stat.st_size < sizeof(struct config))
		return -1;
	char *start = mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, blob, 0);
	if (start == MAP_FAILED)
		return -1;
	char *end = start + stat.st_size;
	const struct config *config = (const struct config *)start;
	char *at = start + sizeof(*config);

	if (config->magic != CONFIG_MAGIC || config->argument_count == 0 || config->filter_bytes > (size_t)(end - at))
		return -1;
	setup->config = config;
	setup->filter = at;
	at += config->filter_bytes;
	setup->cgroup_name = next_string(&at, end);
	setup->directory = next_string(&at, end);
	setup->arguments = string_list(&at, end, config->argument_count);
	setup->environment = string_list(&at, end, config->environment_count);
	setup->binds = calloc((size_t)config->bind_count + 1, sizeof(*setup->binds));
	if (!setup->cgroup_name || !setup->directory || !setup->arguments || !setup->environment || !setup->binds)
		return -1;
	for (uint32_t i = 0; i < config->bind_count; i++) {
		setup->binds[i].mode = next_string(&at, end);
		setup->binds[i].source = next_string(&at, end);
		setup->binds[i].target = next_string(&at, end);
		if (!setup->binds[i].target)
			return -1;
	}
	return take_fds(fds, count, setup);
}
