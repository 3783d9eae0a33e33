/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Size, permissions, owner, times, attributes and flags of files. Hooks on inodes do not know the mount: the kernel asks
 * it for writing just before, and that is remembered. FAIL-CLOSED: without a mount that fits there is no path.
 */
#include "lib/verdict.bpf.h"

#define ATTR_MODE (1 << 0)
#define ATTR_UID (1 << 1)
#define ATTR_GID (1 << 2)
#define ATTR_SIZE (1 << 3)
#define ATTR_ATIME (1 << 4)
#define ATTR_MTIME (1 << 5)

#define FS_IOC_SETFLAGS 0x40086602
#define FS_IOC32_SETFLAGS 0x40046602
#define FS_IOC_FSSETXATTR 0x401c5820
#define FS_IOC_SETVERSION 0x40087602
#define FS_IOC_ENABLE_VERITY 0x40806685
#define FS_IOC_SET_ENCRYPTION_POLICY 0x800c6613
#define EXT4_IOC_SETVERSION 0x40086604
#define FAT_IOCTL_SET_ATTRIBUTES 0x40047211
/* linux/btrfs.h: subvolumes and snapshots come, go and change without a hook on names. */
#define BTRFS_IOC_SNAP_CREATE 0x50009401
#define BTRFS_IOC_SUBVOL_CREATE 0x5000940e
#define BTRFS_IOC_SNAP_DESTROY 0x5000940f
#define BTRFS_IOC_DEFAULT_SUBVOL 0x40089413
#define BTRFS_IOC_SNAP_CREATE_V2 0x50009417
#define BTRFS_IOC_SUBVOL_CREATE_V2 0x50009418
#define BTRFS_IOC_SUBVOL_SETFLAGS 0x4008941a
#define BTRFS_IOC_SNAP_DESTROY_V2 0x5000943f
#define TIOCSTI 0x5412
#define TIOCLINUX 0x541c
#define TIOCCONS 0x541d

static __always_inline int check_path(const struct path *path, __u32 actions)
{
	return hook_result(leash_check_one((__u64)READ(path, mnt), (__u64)READ(path, dentry), actions));
}

/* Truncating what is open for writing was decided when it was opened. */
SEC("lsm/path_truncate")
int BPF_PROG(l_truncate, const struct path *path)
{
	switch (current_syscall()) {
	case SYSCALL_OPEN:
	case SYSCALL_OPENAT:
	case SYSCALL_OPENAT2:
	case SYSCALL_CREAT:
	case SYSCALL_FTRUNCATE:
		return 0;
	}
	return check_path(path, BIT(LEASH_FILE_TRUNCATE));
}

SEC("lsm/path_chmod")
int BPF_PROG(l_chmod, const struct path *path, unsigned short mode)
{
	if ((mode & SET_ID_BITS) && (READ(path, dentry, d_inode, i_mode) & S_IFMT) != S_IFDIR)
		return hook_result(leash_refuse_object((__u64)READ(path, mnt), (__u64)READ(path, dentry), BIT(LEASH_FILE_METADATA), EPERM));
	return check_path(path, BIT(LEASH_FILE_METADATA));
}

SEC("lsm/path_chown")
int BPF_PROG(l_chown, const struct path *path)
{
	return check_path(path, BIT(LEASH_FILE_METADATA));
}

static __always_inline void remember_mount(__u64 vfsmount)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct leash_task *identity;
	struct leash_scratch *scratch;

	if (identify(&identity) <= 0)
		return;
	scratch = bpf_task_storage_get(&leash_scratch, current, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (scratch)
		scratch->write_mount = vfsmount;
}

SEC("fentry/mnt_want_write")
int BPF_PROG(l_want, struct vfsmount *mount)
{
	remember_mount(address_of(mount));
	return 0;
}

SEC("fentry/mnt_want_write_file")
int BPF_PROG(l_want_file, struct file *file)
{
	remember_mount((__u64)READ(file, f_path.mnt));
	return 0;
}

/* Since Linux 6.7 an overlay copies up behind this alone; mnt_want_write may have it inside without a call. */
SEC("fentry/mnt_get_write_access")
int BPF_PROG(l_want_access, struct vfsmount *mount)
{
	remember_mount(address_of(mount));
	return 0;
}

/* Decides on an inode's name by the mount that was remembered, when that is one of its file system. */
__noinline int leash_check_inode(__u64 object, __u32 actions)
{
	const struct dentry *dentry = (const void *)object;
	struct task_struct *current = bpf_get_current_task_btf();
	struct leash_task *identity;
	struct leash_scratch *scratch;
	const struct vfsmount *mount;
	int found = identify(&identity);

	if (found <= 0)
		return found;
	scratch = bpf_task_storage_get(&leash_scratch, current, 0, 0);
	mount = scratch ? (const void *)scratch->write_mount : NULL;
	if (!mount || READ(mount, mnt_sb) != READ(dentry, d_sb))
		return leash_refuse(actions, EACCES, 0);
	return leash_check_one((__u64)mount, object, actions);
}

/* Modes, owners and sizes have hooks of their own, with a path. */
SEC("lsm/inode_setattr")
int BPF_PROG(l_setattr)
{
	/* The third is the result so far where there are two arguments. */
	__u64 first = address_of((const void *)ctx[0]), second = address_of((const void *)ctx[1]), third = address_of((const void *)ctx[2]);
	bool has_idmap = setattr_has_idmap(ctx);
	const struct iattr *attributes = (const void *)(has_idmap ? third : second);
	unsigned int valid = READ(attributes, ia_valid);

	if (!(valid & (ATTR_ATIME | ATTR_MTIME)) || (valid & (ATTR_SIZE | ATTR_MODE | ATTR_UID | ATTR_GID)))
		return 0;
	return hook_result(leash_check_inode(has_idmap ? second : first, BIT(LEASH_FILE_METADATA)));
}

SEC("lsm/inode_setxattr")
int BPF_PROG(l_setxattr, void *idmap, struct dentry *dentry)
{
	return hook_result(leash_check_inode(address_of(dentry), BIT(LEASH_FILE_METADATA)));
}

SEC("lsm/inode_removexattr")
int BPF_PROG(l_removexattr, void *idmap, struct dentry *dentry)
{
	return hook_result(leash_check_inode(address_of(dentry), BIT(LEASH_FILE_METADATA)));
}

SEC("lsm/inode_set_acl")
int BPF_PROG(l_set_acl, void *idmap, struct dentry *dentry)
{
	return hook_result(leash_check_inode(address_of(dentry), BIT(LEASH_FILE_METADATA)));
}

SEC("lsm/inode_remove_acl")
int BPF_PROG(l_remove_acl, void *idmap, struct dentry *dentry)
{
	return hook_result(leash_check_inode(address_of(dentry), BIT(LEASH_FILE_METADATA)));
}

static __always_inline int check_request(struct file *file, unsigned int request)
{
	switch (request) {
	case TIOCSTI:
	case TIOCLINUX:
	case TIOCCONS:
	case FS_IOC32_SETFLAGS:
	case FS_IOC_SETVERSION:
	case FS_IOC_ENABLE_VERITY:
	case FS_IOC_SET_ENCRYPTION_POLICY:
	case EXT4_IOC_SETVERSION:
	case FAT_IOCTL_SET_ATTRIBUTES:
	case BTRFS_IOC_SNAP_CREATE:
	case BTRFS_IOC_SUBVOL_CREATE:
	case BTRFS_IOC_SNAP_DESTROY:
	case BTRFS_IOC_DEFAULT_SUBVOL:
	case BTRFS_IOC_SNAP_CREATE_V2:
	case BTRFS_IOC_SUBVOL_CREATE_V2:
	case BTRFS_IOC_SUBVOL_SETFLAGS:
	case BTRFS_IOC_SNAP_DESTROY_V2:
		return hook_result(leash_refuse(0, EPERM, request));
	case FS_IOC_SETFLAGS:
	case FS_IOC_FSSETXATTR:
		return hook_result(leash_check_one((__u64)READ(file, f_path.mnt), (__u64)READ(file, f_path.dentry), BIT(LEASH_FILE_METADATA)));
	}
	return 0;
}

SEC("lsm/file_ioctl")
int BPF_PROG(l_ioctl, struct file *file, unsigned int request)
{
	return check_request(file, request);
}

SEC("lsm/file_ioctl_compat")
int BPF_PROG(l_ioctl32, struct file *file, unsigned int request)
{
	return check_request(file, request);
}
