/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs decisions on endpoints from BPF_PROG_TEST_RUN; in no object that is attached. */
#ifndef LEASH_NET_TEST_BPF_H
#define LEASH_NET_TEST_BPF_H

#include "net/decide.bpf.h"

/* Instantiates the shared layouts that no map has. */
const volatile struct leash_range4 leash_range4_layout = {};
const volatile struct leash_range6 leash_range6_layout = {};
const volatile struct leash_address_class leash_address_class_layout = {};
const volatile struct leash_name_class leash_name_class_layout = {};

/* What a run is asked, and what it answers. */
struct endpoint_run {
	__u32 slot;
	__u32 principal;
	__u32 action;
	__u32 protocol;
	__u32 repeat;		/* 0 and 1: once */
	__u32 reason;		/* out */
	__u64 nanoseconds;	/* out: of all repetitions */
	struct leash_address address;
};

struct endpoint_repetition {
	void *plan;
	struct endpoint_run *run;
};

static long decide_endpoint_once(__u32 i, void *context)
{
	struct endpoint_repetition *all = context;
	struct endpoint_run *run = all->run;

	run->reason = leash_decide_endpoint(all->plan, run->slot, run->principal, &run->address, run->protocol, run->action);
	return 0;
}

SEC("syscall")
int leash_endpoint(struct endpoint_run *asked)
{
	struct endpoint_run run = *asked;
	void *plan = bpf_map_lookup_elem(&leash_plans, &run.slot);

	if (!plan)
		return 1;
	struct endpoint_repetition all = { .plan = plan, .run = &run };
	__u64 begin = bpf_ktime_get_ns();
	bpf_loop(run.repeat ? run.repeat : 1, decide_endpoint_once, &all, 0);
	asked->nanoseconds = bpf_ktime_get_ns() - begin;
	asked->reason = run.reason;
	return 0;
}

#endif
