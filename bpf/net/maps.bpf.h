/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps of the network programs; pinned by these names beside those of lib/maps.bpf.h. */
#ifndef LEASH_NET_MAPS_BPF_H
#define LEASH_NET_MAPS_BPF_H

#include "lib/maps.bpf.h"

/*
 * Of the cgroup that a program is attached to: the id of the session's cgroup,
 * by which sockets find their session wherever below they were made and
 * whoever uses them. User space writes it after the programs are attached;
 * until then everything is denied.
 */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__type(key, __u64);
	__type(value, __u64);
} leash_cgroup SEC(".maps");

/* What was decided on a socket; sockets that a listener accepts inherit it. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct leash_socket);
} leash_sockets SEC(".maps");

/* The names that addresses were learnt under, as classes of a plan. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 18);
	__type(key, struct leash_name_key);
	__type(value, struct leash_known_names);
} leash_names SEC(".maps");

/* Threads of supervisors that act for a process just now. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16 * LEASH_MAX_SESSIONS);
	__type(key, __u32);
	__type(value, struct leash_delegate);
} leash_delegates SEC(".maps");

/* Where redirected connections were going. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 16);
	__type(key, struct leash_flow);
	__type(value, struct leash_original);
} leash_originals SEC(".maps");

#endif
