/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Operations with two names: both are decided, and a directory must mean the same at both. */
#ifndef LEASH_PAIR_BPF_H
#define LEASH_PAIR_BPF_H

#include "lib/verdict.bpf.h"

/* A directory takes what is below it along: see docs/adr/0020. The answer is that of another file system. */
static __always_inline int refuse_move(struct operation *operation)
{
	bool goes_on = operation->session->flags & LEASH_SESSION_SHADOW;
	struct leash_event *event =
		event_begin(operation, LEASH_EVENT_PATH, goes_on ? LEASH_WOULD_DENY : LEASH_DENY, LEASH_REASON_STRUCTURAL);

	event->error = goes_on ? 0 : EXDEV;
	event_send_paths(operation, &operation->scratch->path, &operation->scratch->second);
	return goes_on ? 0 : -EXDEV;
}

/* Whether all below both paths, on which the plan of this generation has decided just before, has the same verdicts. */
__noinline int leash_same_rules(struct leash_path *one, struct leash_path *two, __u32 slot, __u64 generation)
{
	void *plan = plan_of(slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;

	if (!header || !one || !two || header->generation != generation)
		return 0;
	return leash_same_below(plan, one, two);
}

/* The decision on both paths, by one generation: what is missing at each. False when the plan changed in between. */
static __always_inline bool decide_both(struct operation *operation, __u32 *reasons, __u32 *missing)
{
	reasons[0] = decide(operation, &operation->scratch->path, &missing[0]);
	reasons[1] = decide(operation, &operation->scratch->second, &missing[1]);
	return reasons[0] != LEASH_ANSWER_STALE && reasons[1] != LEASH_ANSWER_STALE;
}

/* Decides on both paths, which are filled. 0 or minus an errno. */
static __always_inline int decide_pair(struct operation *operation, bool moves_directory)
{
	struct leash_path *one = &operation->scratch->path, *two = &operation->scratch->second;
	__u32 missing[2], reasons[2];
	bool is_decided = decide_both(operation, reasons, missing);
	int result = 0;

	/* Not a loop: Linux before 6.2 does not let one begin behind a call. */
	if (!is_decided) {
		adopt_plan(operation);
		is_decided = decide_both(operation, reasons, missing);
	}
	if (!is_decided)
		return conclude(operation, LEASH_REASON_NO_PLAN, operation->actions, one, two);
	if (reasons[0] != LEASH_REASON_PERMIT)
		result = conclude(operation, reasons[0], missing[0], one, two);
	if (!result && reasons[1] != LEASH_REASON_PERMIT)
		result = conclude(operation, reasons[1], missing[1], two, one);
	if (!result && moves_directory && !leash_same_rules(one, two, operation->task->slot, operation->generation))
		result = refuse_move(operation);
	return result;
}

/* Decides actions on two names of one mount. */
__noinline int leash_check_two(__u64 vfsmount, __u64 first, __u64 second, __u32 actions, __u32 moves_directory)
{
	struct operation operation = {};
	int result = begin(&operation, actions);

	if (result <= 0)
		return result;
	if (is_machinery(first, actions))
		return deny_structurally(&operation, EPERM, 0);
	operation.scratch->second.length = 0;
	result = walk(&operation, &operation.scratch->path, vfsmount, first);
	if (!result)
		result = walk(&operation, &operation.scratch->second, vfsmount, second);
	if (result == LEASH_WALK_ANONYMOUS)
		return deny_structurally(&operation, EPERM, 0); /* a file without a name gets none */
	if (result)
		return conclude(&operation, result, actions, &operation.scratch->path, &operation.scratch->second);
	result = decide_pair(&operation, moves_directory);
	if (!result && !was_seen(&operation, second)) {
		event_begin(&operation, LEASH_EVENT_PATH, LEASH_ALLOW, LEASH_REASON_PERMIT);
		event_send_paths(&operation, &operation.scratch->path, &operation.scratch->second);
	}
	return result;
}

#endif
