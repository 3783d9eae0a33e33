/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What one operation needs for its decision: looked up once, so that one generation decides all of it. */
#ifndef LEASH_SESSION_BPF_H
#define LEASH_SESSION_BPF_H

#include "lib/task.bpf.h"

#define BIT(action) (1u << (action))

struct operation {
	struct leash_session *session;
	struct leash_task *task;
	struct leash_scratch *scratch;
	__u64 generation;	/* of the plan in force when it began; 0: there was none, and everything is denied */
	__u32 principal;
	__u32 actions;
};

static __always_inline void count(__u32 slot, __u32 counter)
{
	__u32 index = slot * LEASH_COUNTER_COUNT + counter;
	__u64 *value = bpf_map_lookup_elem(&leash_counters, &index);

	/* Each processor has its own; another program of the same processor may come between. */
	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline void count_error(__u32 slot, __u32 reason)
{
	if (reason < LEASH_REASON_COUNT)
		count(slot, LEASH_COUNTER_ERRORS + reason);
}

/* The session's root is that of its first task in its first operation: nobody in it can have another. */
static __always_inline void fix_root(struct leash_session *session)
{
	struct task_struct *current = bpf_get_current_task_btf();

	if (session->root_dentry)
		return;
	session->root_mount = (__u64)READ(current, fs, root.mnt);
	session->root_dentry = (__u64)READ(current, fs, root.dentry);
}

/* The plan in force, and the class of current under it. */
static __always_inline void adopt_plan(struct operation *operation)
{
	void *plan = plan_of(operation->task->slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;

	operation->generation = header ? header->generation : 0;
	operation->principal = header ? principal_of(operation->task, header->generation, &header->principals) : LEASH_NO_PRINCIPAL;
}

/*
 * Begins an operation: 1 when it is to be decided, 0 when it is of no session whose files are enforced here, minus an
 * errno when it is and cannot be decided.
 */
static __always_inline int begin(struct operation *operation, __u32 actions)
{
	struct task_struct *current = bpf_get_current_task_btf();
	int found = identify(&operation->task);

	if (found <= 0)
		return found;
	operation->actions = actions;
	operation->session = bpf_map_lookup_elem(&leash_sessions, &operation->task->cgroup);
	if (!operation->session)
		return -EACCES; /* FAIL-CLOSED: the session ended, its tasks did not */
	if (!(operation->session->flags & LEASH_SESSION_FILES))
		return 0;
	fix_root(operation->session);
	operation->scratch = bpf_task_storage_get(&leash_scratch, current, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!operation->scratch) {
		count_error(operation->task->slot, LEASH_REASON_NO_STORAGE);
		return -ENOMEM;
	}
	adopt_plan(operation);
	return 1;
}

/* What a hook may return: 0 or minus an errno, compared so that the verifier of Linux 6.12 and later sees it. */
static __always_inline int hook_result(int result)
{
	long wide = result;

	barrier_var(wide);
	if (wide < -MAX_ERRNO)
		return -EACCES;
	barrier_var(wide);
	if (wide > 0)
		return -EACCES;
	barrier_var(wide);
	return wide;
}

#endif
