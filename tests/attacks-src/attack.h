// Attack programs: each tries one thing and says how it ended. 0 means that the operation took place; anything else is the errno.
#ifndef ATTACK_H
#define ATTACK_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct attack {
    const char *name;
    int arguments;
    int (*run)(char **argument);
};

extern const struct attack file_attacks[], mount_attacks[], exec_attacks[], process_attacks[], socket_attacks[], race_attacks[], caller_attacks[];

// 0 or errno of a call that returns -1 on failure.
static inline int outcome(long result) { return result < 0 ? errno : 0; }

// Not an errno: the operation was let through but had no effect that matters.
#define HARMLESS 200

int read_descriptor(int fd);
int read_path(const char *path);
int write_path(const char *path);
// Runs the attack that the words name; they end with NULL.
int run_attack(char **words);
int run_child(int (*body)(void *), void *state);

#endif
