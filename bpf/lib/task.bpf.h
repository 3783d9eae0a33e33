/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who a task is: the session that it belongs to, and what it executes. */
#ifndef LEASH_TASK_BPF_H
#define LEASH_TASK_BPF_H

#include "lib/class.bpf.h"
#include "lib/compat.bpf.h"

/* More than there can be: each has a name in a path. */
#define LEASH_MAX_CGROUP_LEVELS 4096

/* Unique since the machine started, also when the programs were unloaded in between. */
static __always_inline __u64 next_serial(void)
{
	__u32 zero = 0;
	__u64 *serial = bpf_map_lookup_elem(&leash_serial, &zero);

	if (!serial)
		return 0;
	if (!*serial)
		__sync_val_compare_and_swap(serial, 0, bpf_ktime_get_boot_ns());
	return __sync_fetch_and_add(serial, 1) + 1;
}

static long is_session_at(__u32 above, void *context)
{
	__u64 *found = context;
	__u64 id = bpf_get_current_ancestor_cgroup_id(above + 1);

	if (!id)
		return 1; /* below current's own */
	if (!bpf_map_lookup_elem(&leash_sessions, &id))
		return 0;
	*found = id;
	return 1;
}

/* The session in whose cgroup, or below it, current is. */
static __always_inline struct leash_session *session_of_cgroup(void)
{
	__u64 id = 0;

	bpf_loop(LEASH_MAX_CGROUP_LEVELS, is_session_at, &id, 0);
	return id ? bpf_map_lookup_elem(&leash_sessions, &id) : NULL;
}

/* The plan in force of a slot. */
static __always_inline void *plan_of(__u32 slot)
{
	return bpf_map_lookup_elem(&leash_plans, &slot);
}

/*
 * The identity of current. 1 and the identity, 0 for a task of no session, or minus an errno. A task of a session's
 * cgroup enters at its first operation; from then on what it is stays with it, wherever it is moved.
 */
static __always_inline int identify(struct leash_task **identity)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct leash_session *session;

	*identity = bpf_task_storage_get(&leash_tasks, current, 0, 0);
	if (*identity)
		return 1;
	session = session_of_cgroup();
	if (!session || !(session->flags & LEASH_SESSION_FILES))
		return 0;
	*identity = bpf_task_storage_get(&leash_tasks, current, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!*identity)
		return -ENOMEM;
	(*identity)->cgroup = session->cgroup;
	(*identity)->slot = session->slot;
	(*identity)->principal = LEASH_NO_PRINCIPAL;
	(*identity)->generation = 0;
	(*identity)->exec_id = 0;
	return 1;
}

/* Whether a task belongs to a session. The pointer is a hook's argument. */
static __always_inline bool is_of_session(struct task_struct *task, __u64 cgroup)
{
	struct leash_task *identity = bpf_task_storage_get(&leash_tasks, task, 0, 0);

	return identity && identity->cgroup == cgroup;
}

#endif
