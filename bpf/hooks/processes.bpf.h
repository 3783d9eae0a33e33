/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reaching other processes: none outside of the session; within it tracing and signals are decided by the policy. */
#include "lib/verdict.bpf.h"

/* Ends a decision on another process. */
static __always_inline int conclude_process(struct operation *operation, __u32 reason, __u32 pid)
{
	bool goes_on = is_shadowed(operation->session->flags, reason);
	struct leash_event *event =
		event_begin(operation, LEASH_EVENT_PROCESS, goes_on ? LEASH_WOULD_DENY : LEASH_DENY, reason);

	event->value = pid;
	event->error = goes_on ? 0 : EPERM;
	count_error(operation->task->slot, reason);
	event_send(operation, 0);
	return goes_on ? 0 : -EPERM;
}

/* By the row of processes. A tracer acts through its tracee: where programs are told apart it could take another's rights. */
static __always_inline int decide_process(struct operation *operation, __u32 pid)
{
	void *plan = plan_of(operation->task->slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;
	struct leash_masks sum = {};
	__u32 reason;

	adopt_plan(operation);
	if (!header || header->generation != operation->generation || !add_row(plan, header, header->process, operation->principal, &sum))
		return conclude_process(operation, LEASH_REASON_NO_PLAN, pid);
	if (operation->session->flags & LEASH_SESSION_FROZEN)
		return conclude_process(operation, LEASH_REASON_FROZEN, pid);
	if (operation->actions == BIT(LEASH_PROCESS_TRACE) && header->principals.count != 1)
		return conclude_process(operation, LEASH_REASON_STRUCTURAL, pid);
	count(operation->task->slot, LEASH_COUNTER_DECISIONS);
	reason = reason_of(&sum, operation->actions);
	return reason == LEASH_REASON_PERMIT ? 0 : conclude_process(operation, reason, pid);
}

__noinline int leash_check_process(__u32 actions, __u32 pid, __u32 is_inside, __u32 is_quiet)
{
	struct operation operation = {};
	int result = begin(&operation, actions);

	if (result <= 0)
		return result;
	if (!is_inside)
		return is_quiet ? -EPERM : conclude_process(&operation, LEASH_REASON_STRUCTURAL, pid);
	return actions ? decide_process(&operation, pid) : 0;
}

/* 1 when current is of no session, or both are of the same. */
static __always_inline bool is_inside(struct task_struct *other)
{
	struct leash_task *identity;
	int found = identify(&identity);

	return found == 0 || (found > 0 && is_of_session(other, identity->cgroup));
}

static __always_inline int check_process(struct task_struct *other, __u32 actions, bool is_quiet)
{
	return hook_result(leash_check_process(actions, READ(other, tgid), is_inside(other), is_quiet));
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(l_ptrace, struct task_struct *child, unsigned int mode)
{
	/* Reading what procfs shows of a process of the session is free, as it is without leash. */
	return check_process(child, mode & PTRACE_MODE_ATTACH ? BIT(LEASH_PROCESS_TRACE) : 0, mode & PTRACE_MODE_NOAUDIT);
}

SEC("lsm/ptrace_traceme")
int BPF_PROG(l_traceme, struct task_struct *parent)
{
	return check_process(parent, BIT(LEASH_PROCESS_TRACE), false);
}

SEC("lsm/task_kill")
int BPF_PROG(l_kill, struct task_struct *target)
{
	__u32 own = bpf_get_current_pid_tgid() >> 32;

	if ((__u32)READ(target, tgid) == own)
		return 0;
	return check_process(target, BIT(LEASH_PROCESS_SIGNAL), false);
}

#define STAYS_INSIDE(name, hook)                                                                                                           \
	SEC("lsm/" hook)                                                                                                                   \
	int BPF_PROG(name, struct task_struct *target)                                                                                     \
	{                                                                                                                                  \
		return check_process(target, 0, false);                                                                                    \
	}

STAYS_INSIDE(l_setnice, "task_setnice")
STAYS_INSIDE(l_setioprio, "task_setioprio")
STAYS_INSIDE(l_setsched, "task_setscheduler")
STAYS_INSIDE(l_setrlimit, "task_setrlimit")
STAYS_INSIDE(l_movemem, "task_movememory")
