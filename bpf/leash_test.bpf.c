// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs the helpers of bpf/lib from BPF_PROG_TEST_RUN, for tests and benchmarks; never attached. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "abi/leash_abi.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Instantiates the shared layouts, so that their BTF is in the object. */
const volatile struct leash_plan leash_plan_layout = {};
const volatile struct leash_event leash_event_layout = {};
const volatile struct leash_session leash_session_layout = {};
const volatile struct leash_task leash_task_layout = {};

SEC("syscall")
int leash_nothing(void *context)
{
	return 0;
}
