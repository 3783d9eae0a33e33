/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tells the programs of cgroups who makes a call on a socket: see leash_callers. What they find there is of this thread
 * and of what it executes now, for two reasons that do not depend on each other. It is written in the same system call;
 * and it is gone before the thread's number can be another's: when the thread ends, and when it begins an exec, which
 * may give it the number of its group's leader.
 */
#ifndef LEASH_CALLERS_BPF_H
#define LEASH_CALLERS_BPF_H

#include "lib/session.bpf.h"

static __always_inline void forget_caller(void)
{
	__u32 thread = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&leash_callers, &thread);
}

/* 0, or minus an errno. FAIL-CLOSED: a call whose caller cannot be told does not happen. */
__noinline int leash_tell_caller(void)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct leash_task *identity, *told;
	int found = identify(&identity);

	if (found <= 0)
		return found;
	told = bpf_map_lookup_elem(&leash_callers, &thread);
	if (told) {
		*told = *identity;
		return 0;
	}
	if (!bpf_map_update_elem(&leash_callers, &thread, identity, BPF_ANY))
		return 0;
	count_error(identity->slot, LEASH_REASON_NO_STORAGE);
	return -ENOMEM;
}

#endif
