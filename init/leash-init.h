/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leash-init: the step between fork and exec of a session, then its process 1.
 * It sets up what it is told to, reports what worked, and decides nothing.
 * The C# side of this protocol is src/Leash.Sessions/Init/.
 */
#ifndef LEASH_INIT_H
#define LEASH_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The control socket (SOCK_SEQPACKET) that the supervisor leaves us. */
#define CONTROL_FD 3

/* Exit status for failures of leash itself, as in env(1) and timeout(1). */
#define EXIT_OURS 125

enum message_kind {
	/* to the supervisor */
	MSG_REPORT = 1,		/* rung, then one errno per step */
	MSG_FAILED = 2,		/* step, errno, index: the session cannot start */
	MSG_HELLO = 3,		/* from the command child: its credentials carry its pid; errno of joining the cgroup */
	MSG_LISTENER = 4,	/* filter flags; the listener travels along */
	MSG_EXEC_FAILED = 5,	/* errno */
	MSG_STOPPED = 6,	/* signal */
	MSG_CONTINUED = 7,
	MSG_EXITED = 8,		/* wait status */
	/* to us */
	MSG_CONFIG = 16,	/* descriptors travel along, struct config in the first */
	MSG_ACTIVE = 17,	/* enforcement is on: the command may start */
	MSG_SIGNAL = 18,	/* signal for the command's process group */
	MSG_CONTINUE = 19,	/* 0, or 1, 2: make it the terminal's foreground, background group first */
};

enum step {
	STEP_NONE = 0,
	STEP_NAMESPACES = 1,
	STEP_ID_MAP = 2,
	STEP_MOUNT_PRIVATE = 3,
	STEP_PROC = 4,
	STEP_CONFIG = 5,
	STEP_BIND = 6,
	STEP_TTY = 7,
	STEP_FORK = 8,
	STEP_CHDIR = 10,
	STEP_LIMITS = 11,
	STEP_CAPABILITIES = 12,
	STEP_NO_NEW_PRIVS = 13,
	STEP_LANDLOCK = 14,
	STEP_FILTER = 15,
	STEP_LISTENER = 16,
};

enum rung {
	RUNG_PLAIN = 0,		/* no namespaces */
	RUNG_USER = 1,		/* user namespace and all others */
	RUNG_ROOT = 2,		/* all others, capabilities dropped instead */
};

#define MESSAGE_VALUES 15

struct message {
	uint32_t kind;
	int32_t value[MESSAGE_VALUES];
};

/* Indexes into message.value of MSG_REPORT. */
enum {
	REPORT_RUNG = 0,
	REPORT_ROOT_STEP = 1,	/* where the root rung stopped (enum step), and why */
	REPORT_ROOT_ERRNO = 2,
	REPORT_USER_STEP = 3,
	REPORT_USER_ERRNO = 4,
	REPORT_LANDLOCK_ABI = 5,
};

#define CONFIG_MAGIC 0x3148534cu /* "LSH1" */

enum config_flag {
	CONFIG_TTY = 1 << 0,		/* a terminal's slave side comes along */
	CONFIG_TTY_BACKGROUND = 1 << 1,	/* the command starts in the background of it */
	CONFIG_CGROUP = 1 << 2,		/* cgroup.procs and the parent directory come along */
	CONFIG_CGROUP_KILL = 1 << 3,	/* so does cgroup.kill */
	CONFIG_LANDLOCK = 1 << 4,	/* nothing is left to the command itself */
	CONFIG_LANDLOCK_SCOPE = 1 << 5,	/* the command acts itself, but signals nobody outside */
};

/*
 * Header of the configuration blob. After it: `filter_bytes` bytes of struct
 * sock_filter, then zero-terminated strings: cgroup name, working directory,
 * arguments, environment, and for each bind "ro" or "rw", source, target.
 */
struct config {
	uint32_t magic;
	uint32_t flags;
	uint32_t filter_bytes;
	uint32_t argument_count;
	uint32_t environment_count;
	uint32_t bind_count;
	uint32_t tty_mask;	/* bit n: descriptor n becomes the terminal */
	uint32_t reserved;
	uint64_t keep_capabilities;
	uint64_t nofile;	/* soft RLIMIT_NOFILE, or ~0 to leave it */
};

struct bind_mount {
	const char *mode;
	const char *source;
	const char *target;
};

/* The blob taken apart. All strings point into the mapping. */
struct setup {
	const struct config *config;
	const void *filter;
	const char *cgroup_name;
	const char *directory;
	char **arguments;
	char **environment;
	struct bind_mount *binds;
	int tty;
	int cgroup_procs;
	int cgroup_kill;
	int cgroup_parent;
};

/* message.c */
int send_message(uint32_t kind, const int32_t *values, size_t count);
int send_with_fd(uint32_t kind, int32_t value, int fd);
void send_failure(enum step step, int error, int index);
int receive_message(struct message *message, int *fds, size_t capacity, size_t *count);
int read_setup(int blob, const int *fds, size_t count, struct setup *setup);

/* namespaces.c */
enum rung climb(const char *choice, int32_t *report, bool *is_session);
int mount_binds(const struct setup *setup, int *index);

/* child.c */
void run_command(const struct setup *setup, int go) __attribute__((noreturn));

/* session.c */
void run_session(enum rung rung, const struct setup *setup) __attribute__((noreturn));

/* restrict.c */
int landlock_abi(void);
int restrict_landlock(bool scope_only);
int drop_capabilities(uint64_t keep);
int install_filter(const void *filter, uint32_t bytes, unsigned int *flags);

/* probe.c */
int probe(void);

#endif
