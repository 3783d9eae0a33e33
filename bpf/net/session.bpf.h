/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose socket it is and who asks. */
#ifndef LEASH_NET_SESSION_BPF_H
#define LEASH_NET_SESSION_BPF_H

#include "net/maps.bpf.h"

/* Who makes a call on a socket of a session. */
struct leash_asker {
	const struct leash_session *session;
	void *plan;
	__u64 generation;	/* of the plan that decided, or 0 */
	__u64 exec_id;
	__u32 principal;
	__u32 pid;
	__u32 tid;
};

/* The session of the cgroup that the program is attached to, or NULL: FAIL-CLOSED, the caller denies. */
static __always_inline const struct leash_session *session_here(void)
{
	__u64 *cgroup = bpf_get_local_storage(&leash_cgroup, 0);

	return bpf_map_lookup_elem(&leash_sessions, cgroup);
}

static __always_inline void *plan_of(const struct leash_session *session)
{
	__u32 slot = session->slot;

	return bpf_map_lookup_elem(&leash_plans, &slot);
}

/* The class of a thread under this generation: its own, or what user space has found for its executable. */
static __always_inline __u32 principal_of(const struct leash_task *task, __u64 generation)
{
	if (task->generation == generation)
		return task->principal;
	struct leash_exec_key key = { .generation = generation, .exec_id = task->exec_id };
	__u32 *class = bpf_map_lookup_elem(&leash_exec_classes, &key);

	return class ? *class : LEASH_NO_PRINCIPAL;
}

/* Finds the asker's principal. The identity comes from the hooks, or from the supervisor that acts for a process. */
static __always_inline void identify(struct leash_asker *asker, const struct leash_plan *header)
{
	const struct leash_session *session = asker->session;
	const struct leash_delegate *delegate = bpf_map_lookup_elem(&leash_delegates, &asker->tid);
	const struct leash_task *task;

	asker->principal = header->principals.count == 1 ? 0 : LEASH_NO_PRINCIPAL;
	if (delegate && delegate->cgroup == session->cgroup) {
		if (asker->principal)
			asker->principal = delegate->principal;
		asker->tid = delegate->tid;
		return;
	}
	task = bpf_map_lookup_elem(&leash_callers, &asker->tid);
	if (!task || task->cgroup != session->cgroup)
		return;
	asker->exec_id = task->exec_id;
	if (asker->principal)
		asker->principal = principal_of(task, header->generation);
}

#endif
