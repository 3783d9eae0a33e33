/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps that all objects share; pinned by these names. */
#ifndef LEASH_MAPS_BPF_H
#define LEASH_MAPS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "abi/leash_abi.h"

/* A slot's plan: an array of pages. Inner maps may have any number of them. */
struct leash_plan_pages {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, LEASH_PAGE_SIZE);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2 * LEASH_MAX_SESSIONS); /* [slot] and [LEASH_PENDING(slot)] */
	__uint(key_size, sizeof(__u32));
	__array(values, struct leash_plan_pages);
} leash_plans SEC(".maps");

/* Principal classes of processes by what they execute, under each generation that is or may come into force. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, struct leash_exec_key);
	__type(value, __u32);
} leash_exec_classes SEC(".maps");

/* A slot's events. */
struct leash_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, LEASH_MAX_SESSIONS);
	__uint(key_size, sizeof(__u32));
	__array(values, struct leash_ring);
} leash_rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LEASH_MAX_SESSIONS);
	__type(key, __u64);
	__type(value, struct leash_session);
} leash_sessions SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LEASH_MAX_SESSIONS * LEASH_COUNTER_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} leash_counters SEC(".maps");

/* Who a task is. Inherited at fork. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct leash_task);
} leash_tasks SEC(".maps");

/*
 * What threads that use sockets of networks carry in leash_tasks, for the programs of cgroups: Linux lets them read the
 * storage of tasks only in late versions (6.18 does, 6.12 does not). A hook writes it in the same system call, before
 * they run; it is taken away when the thread ends or executes a program. See lib/callers.bpf.h.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 18);
	__type(key, __u32);
	__type(value, struct leash_task);
} leash_callers SEC(".maps");

/*
 * Buffers of a hook. Of the task and not of the processor: a program may be
 * preempted, but no task is in two hooks at once.
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct leash_scratch);
} leash_scratch SEC(".maps");

/* Only of tasks that execute such scripts. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct leash_scripts);
} leash_scripts SEC(".maps");

/* Counts what has to be unique among all sessions. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} leash_serial SEC(".maps");

/* Allowed operations that had their event already. */
struct leash_seen_key {
	__u64 object;
	__u64 name;
	__u64 exec_id;
	__u64 generation;
	__u64 cgroup;
	__u32 actions;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct leash_seen_key);
	__type(value, __u8);
} leash_seen SEC(".maps");

#endif
