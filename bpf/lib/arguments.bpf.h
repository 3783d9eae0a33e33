/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Arguments of an exec: in events, and where the policy asks about them. */
#ifndef LEASH_ARGUMENTS_BPF_H
#define LEASH_ARGUMENTS_BPF_H

#include "lib/verdict.bpf.h"

#define LEASH_EVENT_ARGUMENTS 64	/* more are not recorded */

/* Appends the new image's first arguments at an offset up to 2 * LEASH_PATH_MAX. Each ends in a zero byte. */
static __always_inline __u32 append_arguments(struct leash_scratch *scratch, __u32 offset, __u64 stack, int argument_count)
{
	__u32 done = 0;

	for (int i = 0; i < LEASH_EVENT_ARGUMENTS; i++) {
		__u64 place = offset + done;

		if (i >= argument_count || done >= LEASH_ARGUMENTS_MAX)
			break;
		barrier_var(place);
		if (place > 2 * LEASH_PATH_MAX + LEASH_ARGUMENTS_MAX)
			break;
		/* The room behind the buffer holds an argument that begins at its last byte. */
		long length = bpf_probe_read_user_str(scratch->event_bytes + place, LEASH_ARGUMENT_PART, (const void *)stack);

		if (length <= 0 || length > LEASH_ARGUMENT_PART)
			break;
		done += length;
		stack += length;
		if (length == LEASH_ARGUMENT_PART)
			break; /* cut off */
	}
	return done > LEASH_ARGUMENTS_MAX ? LEASH_ARGUMENTS_MAX : done;
}

/* Ends an exec that is denied, or would be. */
static __always_inline int conclude_exec(struct operation *operation, __u32 reason, const struct leash_path *path,
					 const struct leash_path *interpreter)
{
	bool goes_on = is_shadowed(operation, reason);
	struct leash_event *event = event_begin(operation, LEASH_EVENT_PATH, goes_on ? LEASH_WOULD_DENY : LEASH_DENY, reason);

	event->error = goes_on ? 0 : EACCES;
	count_error(operation->task->slot, reason);
	event_send_paths(operation, path, interpreter);
	return goes_on ? 0 : -EACCES;
}

static __always_inline int read_arguments_early(struct operation *operation)
{
	operation->scratch->exec.argument_known = 0;
	return 0;
}

static __always_inline __u32 decide_with_arguments(struct operation *operation, struct leash_path *path, struct leash_path *interpreter)
{
	return LEASH_REASON_NO_PLAN;
}

static __always_inline bool are_arguments_same(struct operation *operation, const struct linux_binprm *bprm)
{
	return true;
}

#endif
