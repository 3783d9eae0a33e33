// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs the helpers of bpf/lib from BPF_PROG_TEST_RUN, for tests and benchmarks; never attached. */
#include <stdbool.h>
#include <stddef.h>

#include "lib/decide.bpf.h"
#include "net/test.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Instantiates the shared layouts that no map has, so that their BTF is in the object. */
const volatile struct leash_plan leash_plan_layout = {};
const volatile struct leash_event leash_event_layout = {};
const volatile struct leash_session leash_session_layout = {};
const volatile struct leash_task leash_task_layout = {};
const volatile struct leash_literal leash_literal_layout = {};
const volatile struct leash_masks leash_masks_layout = {};

/* What a run is asked, and what it answers. */
struct leash_question {
	__u32 slot;
	__u32 principal;
	__u32 wanted;
	__u32 repeat;		/* 0 and 1: once */
	/* out */
	__u32 reason;
	__u32 missing;
	__u64 nanoseconds;	/* of all repetitions */
};

/* [0] is the path that is asked about, [1] the second one. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct leash_path);
} leash_test_paths SEC(".maps");

struct decision_run {
	void *plan;
	struct leash_path *path;
	struct leash_question *question;
};

static long decide_once(__u32 i, void *context)
{
	struct decision_run *run = context;
	__u32 missing;

	run->question->reason = leash_decide_path(run->plan, run->path, run->question->principal, run->question->wanted, &missing);
	run->question->missing = missing;
	return 0;
}

SEC("syscall")
int leash_decide(struct leash_question *question)
{
	__u32 slot = question->slot, first = 0;
	void *plan = bpf_map_lookup_elem(&leash_plans, &slot);
	struct leash_path *path = bpf_map_lookup_elem(&leash_test_paths, &first);
	struct leash_question local = *question;

	if (!plan || !path)
		return 1;
	struct decision_run run = { .plan = plan, .path = path, .question = &local };
	__u64 begin = bpf_ktime_get_ns();
	bpf_loop(local.repeat ? local.repeat : 1, decide_once, &run, 0);
	question->nanoseconds = bpf_ktime_get_ns() - begin;
	question->reason = local.reason;
	question->missing = local.missing;
	return 0;
}

/* Whether everything below the two paths has the same verdicts. */
SEC("syscall")
int leash_compare(struct leash_question *question)
{
	__u32 slot = question->slot, first = 0, second = 1, missing;
	void *plan = bpf_map_lookup_elem(&leash_plans, &slot);
	struct leash_path *one = bpf_map_lookup_elem(&leash_test_paths, &first);
	struct leash_path *other = bpf_map_lookup_elem(&leash_test_paths, &second);

	if (!plan || !one || !other)
		return 1;
	leash_decide_path(plan, one, question->principal, question->wanted, &missing);
	leash_decide_path(plan, other, question->principal, question->wanted, &missing);
	question->reason = leash_same_below(plan, one, other);
	return 0;
}

SEC("syscall")
int leash_nothing(void *context)
{
	return 0;
}
