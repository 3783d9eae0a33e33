/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events about endpoints. */
#ifndef LEASH_NET_EVENT_BPF_H
#define LEASH_NET_EVENT_BPF_H

#include "net/address.bpf.h"
#include "net/session.bpf.h"

/* A ring that is this full takes denials only. */
#define RING_SHARE_OF_ALLOWED(size) ((size) - (size) / 4)

static __always_inline void count(const struct leash_session *session, __u32 counter)
{
	__u32 key = session->slot * LEASH_COUNTER_COUNT + counter;
	__u64 *value = bpf_map_lookup_elem(&leash_counters, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline bool has_room(void *ring, __u32 verdict)
{
	if (verdict != LEASH_ALLOW)
		return true;
	return bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) < RING_SHARE_OF_ALLOWED(bpf_ringbuf_query(ring, BPF_RB_RING_SIZE));
}

/* Says what happened; an event that finds no room is counted. */
static __always_inline void tell(const struct leash_asker *asker, const struct leash_address *endpoint, __u8 protocol,
				 __u32 action, __u32 verdict, __u32 reason, __s32 error)
{
	__u32 slot = asker->session->slot;
	void *ring = bpf_map_lookup_elem(&leash_rings, &slot);
	struct leash_event *event = NULL;

	if (ring && has_room(ring, verdict))
		event = bpf_ringbuf_reserve(ring, sizeof(*event), 0);
	if (!event) {
		count(asker->session, verdict == LEASH_ALLOW ? LEASH_COUNTER_ALLOWED_DROPPED : LEASH_COUNTER_DENIED_DROPPED);
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = LEASH_EVENT_ENDPOINT;
	event->verdict = verdict;
	event->reason = reason;
	event->actions = 1u << action;
	event->time = bpf_ktime_get_boot_ns();
	event->generation = asker->generation;
	event->exec_id = asker->caller.exec_id;
	event->pid = asker->caller.pid;
	event->tid = asker->caller.tid;
	event->principal = asker->caller.principal;
	event->syscall = -1;
	event->error = error;
	event->count = 1;
	event->family = is_v4(endpoint) ? AF_INET : AF_INET6;
	event->port = endpoint->port;
	event->protocol = protocol;
	event->address_length = is_v4(endpoint) ? 4 : 16;
	if (is_v4(endpoint))
		__builtin_memcpy(event->address, endpoint->address + 12, 4);
	else
		__builtin_memcpy(event->address, endpoint->address, 16);
	bpf_ringbuf_submit(event, 0);
}

#endif
