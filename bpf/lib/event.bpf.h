/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What user space learns of operations. An event is put together in the task's scratch and goes to the ring as long as it is. */
#ifndef LEASH_EVENT_BPF_H
#define LEASH_EVENT_BPF_H

#include "lib/session.bpf.h"

/* Every fourth part of a ring is kept for what was denied. */
#define LEASH_RING_SHARE 4

static __always_inline void *ring_of(__u32 slot)
{
	return bpf_map_lookup_elem(&leash_rings, &slot);
}

static __always_inline bool has_room_for_allowed(void *ring)
{
	__u64 size = bpf_ringbuf_query(ring, BPF_RB_RING_SIZE);

	return bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) < size - size / LEASH_RING_SHARE;
}

/* Starts the event: everything but its bytes. */
static __always_inline struct leash_event *event_begin(struct operation *operation, __u16 kind, __u8 verdict, __u8 reason)
{
	struct leash_event *event = &operation->scratch->event;
	__u64 ids = bpf_get_current_pid_tgid();

	__builtin_memset(event, 0, sizeof(*event));
	event->kind = kind;
	event->verdict = verdict;
	event->reason = reason;
	event->actions = operation->actions;
	event->time = bpf_ktime_get_boot_ns();
	event->generation = operation->generation;
	event->exec_id = operation->task->exec_id;
	event->pid = ids >> 32;
	event->tid = (__u32)ids;
	event->principal = operation->principal;
	event->syscall = current_syscall();
	event->count = 1;
	return event;
}

/* Appends bytes of a path at an offset up to LEASH_PATH_MAX. 0 when there is none. */
static __always_inline __u32 append_path(struct leash_scratch *scratch, __u32 offset, const struct leash_path *path)
{
	__u32 length = path->length;
	__u32 start = path->start & (LEASH_BUFFER_SIZE - 1);

	if (!length || length > LEASH_PATH_MAX || offset > LEASH_PATH_MAX || start + length > LEASH_BUFFER_SIZE)
		return 0;
	if (bpf_probe_read_kernel(scratch->event_bytes + offset, length, path->bytes + start))
		return 0;
	return length;
}

/* Sends the event with its first `length` bytes. A denial that finds no room is counted, and stays a denial. */
static __always_inline void event_send(struct operation *operation, __u32 length)
{
	struct leash_scratch *scratch = operation->scratch;
	__u32 slot = operation->task->slot;
	bool is_allowed = scratch->event.verdict == LEASH_ALLOW && scratch->event.kind != LEASH_EVENT_EXEC;
	void *ring = ring_of(slot);

	if (!ring || (is_allowed && !has_room_for_allowed(ring))) {
		count(slot, is_allowed ? LEASH_COUNTER_ALLOWED_DROPPED : LEASH_COUNTER_DENIED_DROPPED);
		return;
	}
	if (length > LEASH_EVENT_BYTES)
		length = LEASH_EVENT_BYTES;
	if (bpf_ringbuf_output(ring, &scratch->event, sizeof(scratch->event) + length, 0))
		count(slot, is_allowed				 ? LEASH_COUNTER_ALLOWED_DROPPED
			    : scratch->event.kind == LEASH_EVENT_EXEC ? LEASH_COUNTER_EXEC_DROPPED
								      : LEASH_COUNTER_DENIED_DROPPED);
}

/* Sends the event with up to two paths. */
static __always_inline void event_send_paths(struct operation *operation, const struct leash_path *first, const struct leash_path *second)
{
	struct leash_event *event = &operation->scratch->event;
	__u32 length = first ? append_path(operation->scratch, 0, first) : 0;

	event->path_length = length;
	if (second)
		event->second_length = append_path(operation->scratch, length, second);
	event_send(operation, length + event->second_length);
}

/* What no action covers, and no mode lets happen. Returns minus the errno. */
static __always_inline int deny_structurally(struct operation *operation, int error, __u32 value)
{
	struct leash_event *event = event_begin(operation, LEASH_EVENT_STRUCTURAL, LEASH_DENY, LEASH_REASON_STRUCTURAL);

	event->error = error;
	event->value = value;
	count_error(operation->task->slot, LEASH_REASON_STRUCTURAL);
	event_send(operation, 0);
	return -error;
}

#endif
