/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The class of a process under a plan: one numbering for files, programs and endpoints, since one plan decides on all. */
#ifndef LEASH_CLASS_BPF_H
#define LEASH_CLASS_BPF_H

#include "lib/page.bpf.h"

/* The class of an image under a generation that it was not started under. */
static __always_inline __u32 class_of_exec(__u64 generation, __u64 exec_id)
{
	struct leash_exec_key key = { .generation = generation, .exec_id = exec_id };
	__u32 *class = bpf_map_lookup_elem(&leash_exec_classes, &key);

	return class ? *class : LEASH_NO_PRINCIPAL;
}

/* The class of a task under a plan, by the plan's generation and its classes. */
static __always_inline __u32 principal_of(const struct leash_task *task, __u64 generation, const struct leash_principals *classes)
{
	if (classes->count == 1)
		return 0;
	if (!task->exec_id)
		return classes->initial;
	if (task->generation == generation)
		return task->principal;
	return class_of_exec(generation, task->exec_id);
}

#endif
