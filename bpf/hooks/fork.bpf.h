/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A child is who its parent is. A child whose identity cannot be kept is not made. */
#include "lib/session.bpf.h"

SEC("lsm/task_alloc")
int BPF_PROG(l_task_alloc, struct task_struct *child)
{
	struct leash_task *parent, *identity;
	int found = identify(&parent);

	if (found <= 0)
		return hook_result(found);
	identity = bpf_task_storage_get(&leash_tasks, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!identity) {
		count_error(parent->slot, LEASH_REASON_NO_STORAGE);
		return -ENOMEM;
	}
	*identity = *parent;
	return 0;
}
