/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a thread, in the thread itself: its number is not free yet. */
#include "lib/callers.bpf.h"

SEC("tp_btf/sched_process_exit")
int BPF_PROG(l_exit)
{
	forget_caller();
	return 0;
}
