/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Scripts whose interpreter is a script: each moves the class, with the binary that all of them lead to, as if it had been
 * executed by itself. So each has an event, by which user space learns what the image descends from.
 */
#ifndef LEASH_SCRIPTS_BPF_H
#define LEASH_SCRIPTS_BPF_H

#include "lib/exec_event.bpf.h"

#define LEASH_KEPT_MASK (LEASH_MAX_SCRIPTS - 3)
_Static_assert(LEASH_MAX_SCRIPTS == 6, "the number of kept scripts is a power of two, and every one has a line below");

/* Keeps the path of a script whose buffer is needed. */
static __always_inline bool keep_script(const struct leash_path *path, __u32 index)
{
	struct leash_scripts *scripts =
		bpf_task_storage_get(&leash_scripts, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	__u32 length = path->length, start = path->start & (LEASH_BUFFER_SIZE - 1);

	barrier_var(index);
	index &= LEASH_KEPT_MASK;
	barrier_var(index);
	if (!scripts || !length || length > LEASH_PATH_MAX || start + length > LEASH_BUFFER_SIZE)
		return false;
	if (bpf_probe_read_kernel(scripts->paths[index].bytes, length, path->bytes + start))
		return false;
	scripts->paths[index].length = length;
	return true;
}

/* The event of one of them: from an exec id to a new one, which is returned. */
__noinline __u64 leash_send_script(__u32 index, __u32 last, __u64 before)
{
	struct leash_scripts *scripts = bpf_task_storage_get(&leash_scripts, bpf_get_current_task_btf(), 0, 0);
	struct operation operation = {};
	struct leash_scratch *scratch;
	struct leash_event *event;
	__u64 exec_id = next_serial();
	__u32 length, script;

	if (begin(&operation, BIT(LEASH_PROCESS_EXEC)) <= 0 || !scripts)
		return exec_id;
	barrier_var(index);
	index &= LEASH_KEPT_MASK;
	barrier_var(index);
	scratch = operation.scratch;
	event = event_begin(&operation, LEASH_EVENT_EXEC, LEASH_ALLOW, LEASH_REASON_PERMIT);
	event->exec_id = exec_id;
	event->parent_exec_id = before;
	length = append_path(scratch, 0, path_at(scratch, last));
	event->path_length = length;
	script = scripts->paths[index].length;
	barrier_var(script);
	if (script <= LEASH_PATH_MAX && length <= LEASH_PATH_MAX
	    && !bpf_probe_read_kernel(scratch->event_bytes + length, script, scripts->paths[index].bytes))
		event->second_length = script;
	event_send(&operation, length + event->second_length);
	return exec_id;
}

/* The events of all but the last, when there are such. Returns the exec id that they lead to. */
static __always_inline __u64 send_scripts(struct operation *operation, __u32 last)
{
	__u64 exec_id = operation->task->exec_id;

	/* Not a loop: Linux before 6.2 does not let one begin behind a call. */
	if (last > 1)
		exec_id = leash_send_script(0, last, exec_id);
	if (last > 2)
		exec_id = leash_send_script(1, last, exec_id);
	if (last > 3)
		exec_id = leash_send_script(2, last, exec_id);
	if (last > 4)
		exec_id = leash_send_script(3, last, exec_id);
	return exec_id;
}

#endif
