/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whose terminal is opened. Others of the same user can be reached by name and permission bits, and whoever opens one reads
 * its keystrokes: a session has the one that controls who asks, and the pseudo-terminals that it made.
 */
#ifndef LEASH_TERMINALS_BPF_H
#define LEASH_TERMINALS_BPF_H

#include "lib/session.bpf.h"

#define FIRST_SLAVE_MAJOR 136
#define LAST_SLAVE_MAJOR 143
#define FIRST_TERMINAL_MAJOR 2	/* masters of the old kind, their slaves, consoles and lines, and what stands for others */
#define LAST_TERMINAL_MAJOR 5
#define DEVICE(major, minor) ((__u32)(major) << 20 | (__u32)(minor))
#define MAJOR_OF(device) ((device) >> 20)
#define CONTROLLING_TERMINAL DEVICE(5, 0)	/* of whoever opens it */
#define MULTIPLEXER DEVICE(5, 2)		/* makes a new one */

struct leash_terminal_key {
	__u64 super_block;
	__u64 inode;
};

/* The session that made a pseudo-terminal. What finds no room, or was made before, is not the session's. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct leash_terminal_key);
	__type(value, __u64);
} leash_terminals SEC(".maps");

static __always_inline void fill_terminal(struct leash_terminal_key *key, const struct inode *inode)
{
	key->super_block = (__u64)READ(inode, i_sb);
	key->inode = READ(inode, i_ino);
}

/* Every new one, whoever makes it: a number that is used again is not of who had it before. */
SEC("fexit/devpts_pty_new")
int BPF_PROG(l_terminal, void *instance, int index, void *terminal, struct dentry *made)
{
	struct leash_terminal_key key = {};
	struct leash_task *identity;
	__u64 cgroup;

	fill_terminal(&key, READ(made, d_inode));
	if (!key.super_block)
		return 0; /* none was made */
	if (identify(&identity) <= 0) {
		bpf_map_delete_elem(&leash_terminals, &key);
		return 0;
	}
	cgroup = identity->cgroup;
	bpf_map_update_elem(&leash_terminals, &key, &cgroup, BPF_ANY);
	return 0;
}

static __always_inline bool is_slave(__u32 device)
{
	return MAJOR_OF(device) >= FIRST_SLAVE_MAJOR && MAJOR_OF(device) <= LAST_SLAVE_MAJOR;
}

static __always_inline bool is_terminal(__u32 device)
{
	if (device == CONTROLLING_TERMINAL || device == MULTIPLEXER)
		return false;
	return is_slave(device) || (MAJOR_OF(device) >= FIRST_TERMINAL_MAJOR && MAJOR_OF(device) <= LAST_TERMINAL_MAJOR);
}

/* Whether a terminal is none of the session's; false outside of sessions. Numbers of slaves are of one mounted instance: their names are compared. */
static __always_inline bool is_foreign_terminal(const struct file *file)
{
	struct task_struct *current = bpf_get_current_task_btf();
	const struct tty_struct *own = READ(current, signal, tty);
	__u32 device = READ(file, f_inode, i_rdev);
	struct leash_terminal_key key = {};
	struct leash_task *identity;
	__u64 *cgroup;

	if (!is_terminal(device) || identify(&identity) <= 0)
		return false;
	if (!is_slave(device))
		return !own || device != DEVICE(READ(own, driver, major), READ(own, driver, minor_start) + READ(own, index));
	if (own && READ(own, driver_data) == (void *)READ(file, f_path.dentry))
		return false;
	fill_terminal(&key, READ(file, f_inode));
	cgroup = bpf_map_lookup_elem(&leash_terminals, &key);
	return !cgroup || *cgroup != identity->cgroup;
}

#endif
