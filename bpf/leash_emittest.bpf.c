// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Fills rings, for tests; run by BPF_PROG_TEST_RUN and never attached. */
#include <stdbool.h>
#include <stddef.h>

#include "lib/page.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct leash_emit_run {
	__u32 slot;
	__u32 count;
	__u32 first;		/* pid of the first event; the next ones count on */
	__u32 lost;		/* out */
};

struct emitted {
	struct leash_event event;
	char path[8];
};

static long emit(__u32 i, struct leash_emit_run **context)
{
	struct leash_emit_run *run = *context;
	__u32 slot = run->slot;
	void *ring = bpf_map_lookup_elem(&leash_rings, &slot);
	struct emitted sample = {
		.event = {
			.kind = LEASH_EVENT_PATH,
			.verdict = LEASH_DENY,
			.reason = LEASH_REASON_NO_PERMIT,
			.actions = 1u << LEASH_FILE_OPEN_READ_ONLY,
			.generation = 1,
			.pid = run->first + i,
			.tid = run->first + i,
			.syscall = -1,
			.count = 1,
			.path_length = 6,
		},
		.path = "/w/abc",
	};

	if (!ring || bpf_ringbuf_output(ring, &sample, sizeof(sample), 0))
		run->lost++;
	return 0;
}

SEC("syscall")
int leash_emit(struct leash_emit_run *run)
{
	struct leash_emit_run local = *run, *pointer = &local;

	bpf_loop(local.count, emit, &pointer, 0);
	*run = local;
	return 0;
}
