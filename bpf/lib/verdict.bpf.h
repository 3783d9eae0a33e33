/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From an object to the answer of a hook: the path, the decision on it, the event, the mode. */
#ifndef LEASH_VERDICT_BPF_H
#define LEASH_VERDICT_BPF_H

#include "lib/decide.bpf.h"
#include "lib/event.bpf.h"
#include "lib/walk.bpf.h"

/* Whether this event is one of an operation that had one already. Its own function: the frames of decisions are deep. */
static __noinline bool was_seen(struct operation *operation, __u64 dentry)
{
	const struct dentry *object = (const void *)dentry;
	struct leash_seen_key key = {
		.object = dentry,
		.name = READ(object, d_name.hash_len) ^ (__u64)READ(object, d_parent),
		.exec_id = operation->task->exec_id,
		.generation = operation->generation,
		.cgroup = operation->task->cgroup,
		.actions = operation->actions,
	};
	__u8 one = 1;

	if (operation->session->flags & LEASH_SESSION_ALL_EVENTS)
		return false;
	if (bpf_map_lookup_elem(&leash_seen, &key)) {
		count(operation->task->slot, LEASH_COUNTER_ALLOWED_COALESCED);
		return true;
	}
	bpf_map_update_elem(&leash_seen, &key, &one, BPF_ANY);
	return false;
}

/* Ends a decision on one or two paths: its event, and the hook's answer. */
static __always_inline int conclude(struct operation *operation, __u32 reason, __u32 missing, const struct leash_path *first,
				    const struct leash_path *second)
{
	bool goes_on = is_shadowed(operation->session->flags, reason);
	struct leash_event *event;

	event = event_begin(operation, LEASH_EVENT_PATH, goes_on ? LEASH_WOULD_DENY : LEASH_DENY, reason);
	event->actions = missing;
	event->error = goes_on ? 0 : EACCES;
	count_error(operation->task->slot, reason);
	event_send_paths(operation, first, second);
	return goes_on ? 0 : -EACCES;
}

/* Files of the kernel's own that would change what the session is or what is loaded for it. */
static __always_inline bool is_machinery(__u64 dentry, __u32 actions)
{
	const struct dentry *object = (const void *)dentry;
	unsigned long magic = READ(object, d_sb, s_magic);

	if (magic == BPF_FS_MAGIC)
		return true;
	return (magic == CGROUP2_SUPER_MAGIC || magic == CGROUP_SUPER_MAGIC) && actions != BIT(LEASH_FILE_OPEN_READ_ONLY);
}

/* An answer of the next function: the reason below, the actions that are missing above. */
#define LEASH_ANSWER_SHIFT 8

/*
 * Decides on one path by the plan of a generation. Global, so that the verifier looks at it once for each program;
 * such functions take no maps, so the plan is looked up again and must be the one that the operation began with.
 */
__noinline int leash_decide_as(struct leash_path *path, __u32 slot, __u64 generation, __u32 principal, __u32 actions)
{
	__u32 missing = actions, reason;
	void *plan = plan_of(slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;

	if (!header || !path)
		return LEASH_REASON_NO_PLAN | actions << LEASH_ANSWER_SHIFT;
	if (header->generation != generation)
		return LEASH_ANSWER_STALE;
	reason = leash_decide_path(plan, path, principal, actions, &missing);
	return (reason & 0xff) | missing << LEASH_ANSWER_SHIFT;
}

/* Decides on one path. LEASH_REASON_PERMIT, LEASH_ANSWER_STALE, or why not. */
static __always_inline __u32 decide(struct operation *operation, struct leash_path *path, __u32 *missing)
{
	__u32 answer, slot = operation->task->slot;

	*missing = operation->actions;
	if (operation->session->flags & LEASH_SESSION_FROZEN)
		return LEASH_REASON_FROZEN;
	count(slot, LEASH_COUNTER_DECISIONS);
	answer = leash_decide_as(path, slot, operation->generation, operation->principal, operation->actions);
	*missing = answer >> LEASH_ANSWER_SHIFT;
	return answer & 0xff;
}

/* A plan that came into force during the operation decides it, from its beginning. Plans do not come as fast as this goes on. */
static __always_inline __u32 decide_anew(struct operation *operation, struct leash_path *path, __u32 *missing)
{
	__u32 reason = decide(operation, path, missing);

	if (reason != LEASH_ANSWER_STALE)
		return reason;
	adopt_plan(operation);
	reason = decide(operation, path, missing);
	return reason == LEASH_ANSWER_STALE ? LEASH_REASON_NO_PLAN : reason; /* FAIL-CLOSED */
}

static __always_inline int walk(struct operation *operation, struct leash_path *path, __u64 vfsmount, __u64 dentry)
{
	return leash_walk(path, vfsmount, dentry, operation->session->root_mount, operation->session->root_dentry);
}

/* Decides actions on one object: what most hooks do. */
__noinline int leash_check_one(__u64 vfsmount, __u64 dentry, __u32 actions)
{
	struct operation operation = {};
	__u32 missing = actions;
	struct leash_path *path;
	int result = begin(&operation, actions);

	if (result <= 0)
		return result;
	if (is_machinery(dentry, actions))
		return deny_structurally(&operation, EPERM, 0);
	path = &operation.scratch->path;
	result = walk(&operation, path, vfsmount, dentry);
	if (result == LEASH_WALK_ANONYMOUS)
		return 0;
	if (!result)
		result = decide_anew(&operation, path, &missing);
	if (result != LEASH_REASON_PERMIT)
		return conclude(&operation, result, missing, path, NULL);
	if (!was_seen(&operation, dentry)) {
		event_begin(&operation, LEASH_EVENT_PATH, LEASH_ALLOW, LEASH_REASON_PERMIT);
		event_send_paths(&operation, path, NULL);
	}
	return 0;
}

/* For what no policy can allow on an object: minus the errno within a session, 0 outside. */
__noinline int leash_refuse_object(__u64 vfsmount, __u64 dentry, __u32 actions, __u32 error)
{
	struct operation operation = {};
	struct leash_event *event;
	int result = begin(&operation, actions);

	if (result <= 0)
		return result;
	error &= MAX_ERRNO;
	walk(&operation, &operation.scratch->path, vfsmount, dentry); /* without a path the event has none */
	event = event_begin(&operation, LEASH_EVENT_PATH, LEASH_DENY, LEASH_REASON_STRUCTURAL);
	event->error = error;
	count_error(operation.task->slot, LEASH_REASON_STRUCTURAL);
	event_send_paths(&operation, &operation.scratch->path, NULL);
	return -(int)error;
}

/* For what no action covers: minus the errno within a session, 0 outside. */
__noinline int leash_refuse(__u32 actions, __u32 error, __u32 value)
{
	struct operation operation = {};
	int result = begin(&operation, actions);

	if (result <= 0)
		return result;
	return deny_structurally(&operation, error & MAX_ERRNO, value);
}

#endif
