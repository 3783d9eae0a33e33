/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names that come, go and move: decided on the name in the directory that the kernel has found. */
#include "lib/pair.bpf.h"

static __always_inline int check_name(const struct path *directory, struct dentry *dentry, __u32 actions)
{
	return hook_result(leash_check_one((__u64)READ(directory, mnt), address_of(dentry), actions));
}

SEC("lsm/path_unlink")
int BPF_PROG(l_unlink, const struct path *directory, struct dentry *dentry)
{
	return check_name(directory, dentry, BIT(LEASH_FILE_DELETE));
}

SEC("lsm/path_rmdir")
int BPF_PROG(l_rmdir, const struct path *directory, struct dentry *dentry)
{
	return check_name(directory, dentry, BIT(LEASH_DIR_DELETE));
}

SEC("lsm/path_mkdir")
int BPF_PROG(l_mkdir, const struct path *directory, struct dentry *dentry)
{
	return check_name(directory, dentry, BIT(LEASH_DIR_CREATE));
}

SEC("lsm/path_symlink")
int BPF_PROG(l_symlink, const struct path *directory, struct dentry *dentry)
{
	return check_name(directory, dentry, BIT(LEASH_FILE_CREATE));
}

/* An open that creates wants its access, too: asked before there is a file. file_open asks again for what was opened. */
static __always_inline __u32 actions_of_creation(void)
{
	const struct pt_regs___x86 *registers = syscall_registers();
	struct open_how how = {};
	__u32 flags;

	if (!registers)
		return BIT(LEASH_FILE_CREATE);
	switch ((__s32)READ(registers, orig_ax)) {
	case SYSCALL_MKNOD:
	case SYSCALL_MKNODAT:
		return BIT(LEASH_FILE_MKNOD);
	case SYSCALL_CREAT:
		flags = 1;
		break;
	case SYSCALL_OPEN:
		flags = READ(registers, si);
		break;
	case SYSCALL_OPENAT:
		flags = READ(registers, dx);
		break;
	case SYSCALL_OPENAT2:
		/* In memory that may change: all that this decides is whether a file is left that cannot be opened. */
		bpf_probe_read_user(&how, sizeof(how), (const void *)READ(registers, dx));
		flags = how.flags;
		break;
	default:
		return BIT(LEASH_FILE_CREATE); /* the name of a socket */
	}
	return BIT(LEASH_FILE_CREATE) | BIT(flags & O_ACCMODE ? LEASH_FILE_OPEN_READ_WRITE : LEASH_FILE_OPEN_READ_ONLY);
}

SEC("lsm/path_mknod")
int BPF_PROG(l_mknod, const struct path *directory, struct dentry *dentry, unsigned short mode)
{
	unsigned int type = mode & S_IFMT;

	if (type == S_IFCHR || type == S_IFBLK)
		return hook_result(leash_refuse(BIT(LEASH_FILE_MKNOD), EPERM, 0));
	/* The supervisor makes it without these bits; a hook cannot take them away. Directories lose them in mkdir(2). */
	if (mode & SET_ID_BITS)
		return hook_result(leash_refuse_object((__u64)READ(directory, mnt), address_of(dentry), actions_of_creation(), EPERM));
	return check_name(directory, dentry, actions_of_creation());
}

SEC("lsm/path_link")
int BPF_PROG(l_link, struct dentry *old, const struct path *directory, struct dentry *dentry)
{
	/* The kernel has compared the mounts: both names are on this one. */
	return hook_result(leash_check_two((__u64)READ(directory, mnt), address_of(old), address_of(dentry), BIT(LEASH_FILE_LINK), 0));
}

static __always_inline bool is_directory(const struct dentry *dentry)
{
	return (READ(dentry, d_inode, i_mode) & S_IFMT) == S_IFDIR;
}

SEC("lsm/path_rename")
int BPF_PROG(l_rename, const struct path *old_directory, struct dentry *old, const struct path *directory, struct dentry *dentry)
{
	if (is_whiteout_rename())
		return hook_result(leash_refuse(BIT(LEASH_FILE_RENAME), EPERM, 0));
	/* What has the new name is a directory that goes (and is empty) or is exchanged: that is not told apart. */
	return hook_result(leash_check_two((__u64)READ(directory, mnt), address_of(old), address_of(dentry), BIT(LEASH_FILE_RENAME),
					   is_directory(old) || is_directory(dentry)));
}
