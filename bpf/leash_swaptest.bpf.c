// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Decides while plans are exchanged, and fills rings, for tests; run by BPF_PROG_TEST_RUN and never attached. */
#include <stdbool.h>
#include <stddef.h>

#include "lib/decide.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The two paths that each operation asks about. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct leash_path);
} leash_swap_paths SEC(".maps");

struct leash_swap_run {
	__u32 slot;
	__u32 wanted;
	__u32 repeat;
	/* out, added up */
	__u32 only_first;	/* the first path was allowed and the second was not */
	__u32 only_second;
	__u32 other;		/* both or neither: two plans in one operation */
	__u32 missing;		/* no plan, or no header */
};

static long operation(__u32 i, struct leash_swap_run **context)
{
	struct leash_swap_run *run = *context;
	__u32 slot = run->slot, zero = 0, one = 1, missing, first_reason, second_reason;
	void *plan = bpf_map_lookup_elem(&leash_plans, &slot);
	struct leash_path *first = bpf_map_lookup_elem(&leash_swap_paths, &zero);
	struct leash_path *second = bpf_map_lookup_elem(&leash_swap_paths, &one);

	if (!plan || !first || !second) {
		run->missing++;
		return 0;
	}
	first_reason = leash_decide_path(plan, first, 0, run->wanted, &missing);
	second_reason = leash_decide_path(plan, second, 0, run->wanted, &missing);
	if (first_reason == LEASH_REASON_NO_PLAN || second_reason == LEASH_REASON_NO_PLAN)
		run->missing++;
	else if (first_reason == LEASH_REASON_PERMIT && second_reason != LEASH_REASON_PERMIT)
		run->only_first++;
	else if (first_reason != LEASH_REASON_PERMIT && second_reason == LEASH_REASON_PERMIT)
		run->only_second++;
	else
		run->other++;
	return 0;
}

SEC("syscall")
int leash_operate(struct leash_swap_run *run)
{
	struct leash_swap_run local = *run, *pointer = &local;

	bpf_loop(local.repeat, operation, &pointer, 0);
	*run = local;
	return 0;
}

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
