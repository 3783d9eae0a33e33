// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Runs what hooks do with an open file, or for a thread that uses sockets, from BPF_PROG_TEST_RUN, for tests and
 * benchmarks. Never attached, except to the ends of threads by tests.
 */
#include <stdbool.h>
#include <stddef.h>

#include "hooks/exit.bpf.h"
#include "lib/verdict.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
} LEASH_KERNEL;

struct files_struct {
	struct fdtable *fdt;
} LEASH_KERNEL;

struct task_struct___files {
	struct files_struct *files;
} LEASH_KERNEL;

/* What a run is asked, and what it answers. */
struct leash_file_question {
	__u32 descriptor;	/* of the caller */
	__u32 actions;
	__u32 repeat;		/* 0 and 1: once */
	__s32 result;		/* out: of the walk, enum leash_reason; of the check, as a hook's */
	__u64 nanoseconds;	/* out: of all repetitions */
	__u64 root_mount;	/* where paths begin; 0: at the caller's root, which is the answer */
	__u64 root_dentry;
};

/* The path that a walk found. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct leash_path);
} leash_found_path SEC(".maps");

static __always_inline const struct file *file_of(__u32 descriptor)
{
	const struct task_struct___files *current = (const void *)bpf_get_current_task_btf();
	const struct fdtable *table = READ(current, files, fdt);
	const struct file *file = NULL;

	if (descriptor < READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), READ(table, fd) + descriptor);
	return file;
}

struct file_run {
	struct leash_path *path;
	__u64 mount;
	__u64 dentry;
	__u64 root_mount;
	__u64 root_dentry;
	__u32 actions;
	__s32 result;
};

static long walk_again(__u32 i, void *context)
{
	struct file_run *run = context;

	run->result = leash_walk(run->path, run->mount, run->dentry, run->root_mount, run->root_dentry);
	return 0;
}

static long check_again(__u32 i, void *context)
{
	struct file_run *run = context;

	run->result = leash_check_one(run->mount, run->dentry, run->actions);
	return 0;
}

/* The path of an open file. */
SEC("syscall")
int leash_walk_file(struct leash_file_question *question)
{
	struct task_struct *current = bpf_get_current_task_btf();
	const struct file *file = file_of(question->descriptor);
	struct file_run run = {};
	__u32 zero = 0;

	run.path = bpf_map_lookup_elem(&leash_found_path, &zero);
	if (!file || !run.path)
		return 1;
	if (!question->root_mount) {
		question->root_mount = (__u64)READ(current, fs, root.mnt);
		question->root_dentry = (__u64)READ(current, fs, root.dentry);
	}
	run.mount = (__u64)READ(file, f_path.mnt);
	run.dentry = (__u64)READ(file, f_path.dentry);
	run.root_mount = question->root_mount;
	run.root_dentry = question->root_dentry;
	__u64 begin = bpf_ktime_get_ns();
	bpf_loop(question->repeat ? question->repeat : 1, walk_again, &run, 0);
	question->nanoseconds = bpf_ktime_get_ns() - begin;
	question->result = run.result;
	return 0;
}

/* All that the hook on opening does with an open file: who asks, the path, the decision, the event. */
SEC("syscall")
int leash_check_file(struct leash_file_question *question)
{
	const struct file *file = file_of(question->descriptor);
	struct file_run run = { .actions = question->actions };

	if (!file)
		return 1;
	run.mount = (__u64)READ(file, f_path.mnt);
	run.dentry = (__u64)READ(file, f_path.dentry);
	__u64 begin = bpf_ktime_get_ns();
	bpf_loop(question->repeat ? question->repeat : 1, check_again, &run, 0);
	question->nanoseconds = bpf_ktime_get_ns() - begin;
	question->result = run.result;
	return 0;
}

/* What every hook on a call on a socket does. */
SEC("syscall")
int leash_run_tell(void *context)
{
	return leash_tell_caller();
}

/* What the beginning of an exec does. */
SEC("syscall")
int leash_run_forget(void *context)
{
	forget_caller();
	return 0;
}
