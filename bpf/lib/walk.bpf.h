/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The path of an object: from its dentry and mount up to the root that the
 * session had at its start. No link, no chroot and no working directory changes it.
 * FAIL-CLOSED: what does not lead to that root, or keeps changing, has no path.
 */
#ifndef LEASH_WALK_BPF_H
#define LEASH_WALK_BPF_H

#include "lib/compat.bpf.h"
#include "lib/maps.bpf.h"

#define LEASH_WALK_STEPS 128	/* components and mount points; more is LEASH_REASON_TOO_LONG */
#define LEASH_WALK_TRIES 4
#define LEASH_WALK_ANONYMOUS LEASH_REASON_COUNT	/* on a mount of the kernel's own: pipes, sockets, memory files */
#define LEASH_PATH_END (LEASH_BUFFER_SIZE - 1)

extern const void rename_lock __ksym __weak;
extern const void mount_lock __ksym __weak;

static __always_inline bool is_error_pointer(__u64 pointer)
{
	return pointer >= (__u64)-MAX_ERRNO;
}

/* Of the mount at the top. */
static __always_inline __u32 reason_at_top(const struct mount *top)
{
	return is_error_pointer((__u64)READ(top, mnt_ns)) ? LEASH_WALK_ANONYMOUS : LEASH_REASON_OUTSIDE;
}

/* One name in front of the path. False when it does not fit. */
static __always_inline bool prepend_name(struct leash_path *path, const struct dentry *dentry)
{
	/* Kept in the path and not in a register, so that the verifier sees the same state at each step of the loop. */
	__u32 start = *(volatile __u32 *)&path->start;
	__u32 length = LOAD(dentry, d_name.len);
	const unsigned char *name = LOAD(dentry, d_name.name);

	if (!length || length > LEASH_NAME_MAX || start < LEASH_PATH_END - LEASH_PATH_MAX + length + 1)
		return false;
	start = (start - length - 1) & (LEASH_BUFFER_SIZE - 1);
	path->bytes[start] = '/';
	/* The room behind the buffer holds a name that begins at its last byte. */
	if (bpf_probe_read_kernel(path->bytes + start + 1, length & LEASH_NAME_MAX, name))
		return false;
	if (!path->name)
		path->name = start + 1;
	path->reserved = (path->reserved ^ (__u32)(__u64)dentry ^ length) * 0x9e3779b1u;
	*(volatile __u32 *)&path->start = start;
	return true;
}

/* Where a walk is. */
struct ascent {
	struct leash_path *path;
	__u64 vfsmount;
	__u64 dentry;
	__u64 root_mount;
	__u64 root_dentry;
	__u32 reason;	/* why it ended there; LEASH_REASON_TOO_LONG while it goes on */
};

/* What was loaded as a number, by way of the buffer's unused half: to the verifier a step begins with numbers, whichever it is. */
static __always_inline __u64 number_of(struct leash_path *path, const void *pointer)
{
	volatile __u64 *number = (void *)path->bytes;

	*number = (__u64)pointer;
	return *number;
}

static __always_inline long end_walk(struct ascent *at, __u32 reason)
{
	at->reason = reason;
	return 1;
}

/* One name, or one mount, up. 1 to stop. */
static long ascend(__u32 i, void *context)
{
	struct ascent *at = context;
	__u64 offset = bpf_core_field_offset(struct mount, mnt);
	const struct mount *mount = (const void *)(at->vfsmount - offset);
	const struct dentry *dentry = (const void *)at->dentry;

	if (!at->vfsmount || !dentry)
		return end_walk(at, LEASH_REASON_UNREADABLE);
	if (at->dentry == at->root_dentry && at->vfsmount == at->root_mount)
		return end_walk(at, LEASH_REASON_NONE);
	if (dentry == LOAD(mount, mnt.mnt_root)) {
		const struct mount *parent = LOAD(mount, mnt_parent);

		if (parent == mount)
			return end_walk(at, reason_at_top(mount));
		at->dentry = number_of(at->path, LOAD(mount, mnt_mountpoint));
		at->vfsmount = number_of(at->path, parent) + offset;
		return 0;
	}
	const struct dentry *parent = LOAD(dentry, d_parent);

	if (parent == dentry)
		return end_walk(at, reason_at_top(mount));
	if (!prepend_name(at->path, dentry))
		return 1;
	at->dentry = number_of(at->path, parent);
	return 0;
}

/* Fills the path once. LEASH_REASON_NONE, or why there is none. */
__noinline int leash_walk_once(struct leash_path *path, __u64 vfsmount, __u64 object, __u64 root_mount, __u64 root_dentry)
{
	struct ascent at = {
		.path = path,
		.vfsmount = vfsmount,
		.dentry = object,
		.root_mount = root_mount,
		.root_dentry = root_dentry,
		.reason = LEASH_REASON_TOO_LONG,
	};

	if (!path)
		return LEASH_REASON_UNREADABLE;
	path->start = LEASH_PATH_END;
	path->name = 0;
	path->reserved = 0;
	bpf_loop(LEASH_WALK_STEPS, ascend, &at, 0);
	return at.reason;
}

/* The path's first byte and length, after a walk that ended well. */
static __always_inline void finish_path(struct leash_path *path)
{
	__u32 start = path->start;

	path->bytes[LEASH_PATH_END] = '/';
	if (start >= LEASH_PATH_END) {
		start = LEASH_PATH_END - 1;
		path->bytes[start] = '/';
		path->name = start;
	}
	path->start = start;
	path->length = LEASH_PATH_END - start;
}

/*
 * Fills the path so that no rename and no mount happened meanwhile: both count in sequence locks. Where those cannot be
 * read, two walks must have seen the same.
 */
__noinline int leash_walk(struct leash_path *path, __u64 vfsmount, __u64 object, __u64 root_mount, __u64 root_dentry)
{
	if (!path)
		return LEASH_REASON_UNREADABLE;
	path->length = 0;
	for (int i = 0; i < LEASH_WALK_TRIES; i++) {
		__u32 renames = 0, mounts = 0, renames_after = 0, mounts_after = 0;
		bool is_counted = read_sequence(&rename_lock, &renames) && read_sequence(&mount_lock, &mounts);
		int reason = leash_walk_once(path, vfsmount, object, root_mount, root_dentry);

		if (is_counted) {
			read_sequence(&rename_lock, &renames_after);
			read_sequence(&mount_lock, &mounts_after);
		} else {
			renames_after = path->reserved & ~1u;
			reason = leash_walk_once(path, vfsmount, object, root_mount, root_dentry);
			renames = path->reserved & ~1u;
		}
		if (renames != renames_after || mounts != mounts_after || ((renames | mounts) & 1))
			continue;
		if (!reason)
			finish_path(path);
		return reason;
	}
	return LEASH_REASON_RENAMED;
}

#endif
