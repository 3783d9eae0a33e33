/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events of execs, with the first of their arguments. */
#ifndef LEASH_EXEC_EVENT_BPF_H
#define LEASH_EXEC_EVENT_BPF_H

#include "lib/arguments.bpf.h"

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
		long length = read_user_string(scratch->event_bytes + place, LEASH_ARGUMENT_PART, stack);

		if (length <= 0 || length > LEASH_ARGUMENT_PART)
			break;
		done += length;
		stack += length;
		if (length == LEASH_ARGUMENT_PART)
			break; /* cut off */
	}
	return done > LEASH_ARGUMENTS_MAX ? LEASH_ARGUMENTS_MAX : done;
}

/* The same from the caller's memory, of an exec that has not happened. */
static __always_inline __u32 append_caller_arguments(struct leash_scratch *scratch, __u32 offset)
{
	__u64 array = caller_arguments(), address;
	__u32 done = 0;

	for (int i = 0; i < LEASH_EVENT_ARGUMENTS; i++) {
		__u64 place = offset + done;

		if (done >= LEASH_ARGUMENTS_MAX)
			break;
		barrier_var(place);
		if (place > 2 * LEASH_PATH_MAX + LEASH_ARGUMENTS_MAX)
			break;
		if (bpf_probe_read_user(&address, sizeof(address), (const void *)(array + 8ull * i)) || !address)
			break;
		long length = read_user_string(scratch->event_bytes + place, LEASH_ARGUMENT_PART, address);

		if (length <= 0 || length > LEASH_ARGUMENT_PART)
			break;
		done += length;
	}
	return done > LEASH_ARGUMENTS_MAX ? LEASH_ARGUMENTS_MAX : done;
}

/* The buffers take turns: the file before is still there when its interpreter is known. */
static __always_inline struct leash_path *path_at(struct leash_scratch *scratch, __u32 depth)
{
	return depth & 1 ? &scratch->second : &scratch->path;
}

#define LEASH_NO_FILE 0xffffu	/* a depth */

/* Ends an exec that is denied, or would be, because of the file at a depth. The caller may have gone on to its interpreter. */
__noinline int leash_conclude_exec(__u32 reason, __u32 depth, __u32 has_interpreter)
{
	struct operation operation = {};
	struct leash_scratch *scratch;
	struct leash_event *event;
	__u32 length = 0;
	bool goes_on;
	int result = begin(&operation, BIT(LEASH_PROCESS_EXEC));

	if (result <= 0)
		return result;
	scratch = operation.scratch;
	operation.generation = scratch->exec.plan_generation;
	goes_on = is_shadowed(operation.session->flags, reason);
	event = event_begin(&operation, LEASH_EVENT_PATH, goes_on ? LEASH_WOULD_DENY : LEASH_DENY, reason);
	event->error = goes_on ? 0 : EACCES;
	count_error(operation.task->slot, reason);
	if (depth != LEASH_NO_FILE) {
		length = append_path(scratch, 0, path_at(scratch, depth));
		event->path_length = length;
		if (has_interpreter)
			event->second_length = append_path(scratch, length, path_at(scratch, depth + 1));
		length += event->second_length;
		event->arguments_length = append_caller_arguments(scratch, length);
	}
	event_send(&operation, length + event->arguments_length);
	return goes_on ? 0 : -EACCES;
}

#endif
