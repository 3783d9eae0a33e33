/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose socket it is and who asks. */
#ifndef LEASH_NET_SESSION_BPF_H
#define LEASH_NET_SESSION_BPF_H

#include "lib/class.bpf.h"
#include "lib/decide.bpf.h"
#include "lib/kernel.bpf.h"
#include "net/maps.bpf.h"

/* A process, as decisions and events know it. */
struct leash_caller {
	__u64 exec_id;
	__u32 principal;	/* under the plan of the asker's generation */
	__u32 pid;
	__u32 tid;
	__u32 reserved;
};

/* Who makes a call on a socket of a session. */
struct leash_asker {
	const struct leash_session *session;
	__u64 generation;	/* of the plan in force; 0 without one */
	struct leash_caller caller;
};

/* The session of the cgroup that the program is attached to, or NULL: FAIL-CLOSED, the caller denies. */
static __always_inline const struct leash_session *session_here(void)
{
	__u64 *cgroup = bpf_get_local_storage(&leash_cgroup, 0);

	return bpf_map_lookup_elem(&leash_sessions, cgroup);
}

static __always_inline const struct leash_plan *plan_of(__u32 slot)
{
	void *plan = bpf_map_lookup_elem(&leash_plans, &slot);

	return plan ? plan_header(plan) : NULL;
}

/* The process that a supervisor's thread acts for. */
static __always_inline void become_delegate(struct leash_caller *caller, const struct leash_delegate *delegate,
					    const struct leash_principals *classes)
{
	caller->tid = delegate->tid;
	caller->principal = classes->count == 1 ? 0 : delegate->principal;
}

/* The thread itself, as the hooks know it. */
static __always_inline void become_task(struct leash_caller *caller, const struct leash_task *task, __u64 generation,
					const struct leash_principals *classes)
{
	caller->exec_id = task->exec_id;
	caller->principal = principal_of(task, generation, classes);
}

/*
 * Finds who makes a call, and its class under a plan; without classes there is none. Global, so that the verifier
 * looks at it once for each program.
 */
__noinline int leash_find_caller(struct leash_caller *caller, __u64 cgroup, __u64 generation, const struct leash_principals *classes)
{
	/* Linux 6.1 does not tell all of these programs the numbers of current by a helper. */
	const struct task_struct *current = bpf_get_current_task_btf();
	const struct leash_delegate *delegate;
	const struct leash_task *task;
	__u32 thread = current->pid;

	if (!caller)
		return 0;
	caller->exec_id = 0;
	caller->principal = LEASH_NO_PRINCIPAL;
	caller->pid = current->tgid;
	caller->tid = thread;
	if (!classes)
		return 0;
	if (classes->count == 1)
		caller->principal = 0;
	delegate = bpf_map_lookup_elem(&leash_delegates, &thread);
	task = bpf_map_lookup_elem(&leash_callers, &thread);
	if (delegate && delegate->cgroup == cgroup)
		become_delegate(caller, delegate, classes);
	else if (task && task->cgroup == cgroup)
		become_task(caller, task, generation, classes);
	return 0;
}

/*
 * The class of who used a socket last, for what leaves it when nobody calls. Whom a supervisor acted for has no
 * exec_id: FAIL-CLOSED, the next plan does not know it.
 */
static __always_inline __u32 principal_noted(const struct leash_socket *state, const struct leash_plan *header)
{
	if (header->principals.count == 1)
		return 0;
	if (state->generation == header->generation)
		return state->principal;
	return state->exec_id ? class_of_exec(header->generation, state->exec_id) : LEASH_NO_PRINCIPAL;
}

/* Who asks, and its class under the plan in force: the caller, or whom the socket's note names. */
static __always_inline void identify(struct leash_asker *asker, const struct leash_socket *noted)
{
	const struct leash_plan *header = plan_of(asker->session->slot);

	asker->generation = header ? header->generation : 0;
	if (!noted) {
		leash_find_caller(&asker->caller, asker->session->cgroup, asker->generation, header ? &header->principals : NULL);
		return;
	}
	asker->caller.exec_id = noted->exec_id;
	asker->caller.principal = header ? principal_noted(noted, header) : LEASH_NO_PRINCIPAL;
	asker->caller.pid = noted->pid;
	asker->caller.tid = noted->tid;
}

/* The caller, and its session; false without one: FAIL-CLOSED. */
static __always_inline bool find_asker(struct leash_asker *asker)
{
	asker->session = session_here();
	if (!asker->session)
		return false;
	identify(asker, NULL);
	return true;
}

#endif
