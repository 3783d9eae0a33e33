// SPDX-License-Identifier: Apache-2.0
/* What the command gives up before its first instruction: capabilities, Landlock rights, unfiltered system calls. */
#define _GNU_SOURCE
#include "leash-init.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Headers of older distributions lack these; the kernel says which it knows. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define LANDLOCK_VERSION_QUERY 1u

/* linux/landlock.h, struct landlock_ruleset_attr as of ABI 6. */
struct ruleset {
	uint64_t filesystem;
	uint64_t network;
	uint64_t scope;
};

#define FS_EXECUTE (1ull << 0)
#define FS_READ_FILE (1ull << 2)
#define FS_ABI1 ((1ull << 13) - 1)
#define FS_REFER (1ull << 13)
#define FS_TRUNCATE (1ull << 14)
#define FS_IOCTL_DEVICE (1ull << 15)
#define NET_TCP ((1ull << 0) | (1ull << 1))
#define SCOPE_ABSTRACT_SOCKETS (1ull << 0)
#define SCOPE_SIGNALS (1ull << 1)

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_QUERY);

	return abi < 0 ? 0 : (int)abi;
}

static int restrict_self(const struct ruleset *ruleset, int abi)
{
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	long fd = syscall(SYS_landlock_create_ruleset, ruleset, size, 0);

	if (fd < 0)
		return -1;
	long done = syscall(SYS_landlock_restrict_self, fd, 0);
	int error = errno;
	close((int)fd);
	errno = error;
	return done ? -1 : 0;
}

/*
 * Grants nothing that the supervisor performs for the command. Execute and read stay out of it: execve opens the file,
 * its interpreter and its loader for reading inside the command's own domain. Where the command performs everything
 * itself, only what no policy could permit is left to restrict.
 */
int restrict_landlock(bool scope_only)
{
	int abi = landlock_abi();
	struct ruleset ruleset = { .scope = abi >= 6 ? SCOPE_SIGNALS : 0 };

	if (abi < 1 || (scope_only && abi < 6))
		return 0;
	if (!scope_only) {
		ruleset.filesystem = FS_ABI1 & ~(FS_EXECUTE | FS_READ_FILE);
		ruleset.filesystem |= abi >= 2 ? FS_REFER : 0;
		ruleset.filesystem |= abi >= 3 ? FS_TRUNCATE : 0;
		ruleset.filesystem |= abi >= 5 ? FS_IOCTL_DEVICE : 0;
		ruleset.network = abi >= 4 ? NET_TCP : 0;
		ruleset.scope |= abi >= 6 ? SCOPE_ABSTRACT_SOCKETS : 0;
	}
	return restrict_self(&ruleset, abi);
}

int drop_capabilities(uint64_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	/* ENOSYS-like answers mean a kernel without ambient capabilities: nothing to clear. */
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (int capability = 0; capability <= 63; capability++) {
		if (keep & (1ull << capability))
			continue;
		/* EINVAL: past the last one. EPERM: we may not narrow it, but no_new_privs keeps exec from regaining any. */
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) && errno != EINVAL && errno != EPERM)
			return -1;
	}
	if (syscall(SYS_capget, &header, data))
		return -1;
	for (int word = 0; word < 2; word++) {
		uint32_t mask = (uint32_t)(keep >> (32 * word));

		data[word].permitted &= mask;
		data[word].effective &= mask;
		data[word].inheritable = 0;
	}
	return (int)syscall(SYS_capset, &header, data);
}

/* Returns the listener. *flags says which flags it was installed with: Linux before 5.19 lacks the second. */
int install_filter(const void *filter, uint32_t bytes, unsigned int *flags)
{
	struct sock_fprog program = {
		.len = (unsigned short)(bytes / sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)filter,
	};
	long fd;

	*flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, *flags, &program);
	if (fd < 0 && errno == EINVAL) {
		*flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, *flags, &program);
	}
	return (int)fd;
}
