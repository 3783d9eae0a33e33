/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opening files. What is decided is the object that was found, so links, descriptors and procfs do not matter.
 * Mapping a file needs an open one: it is not decided again. An open of the kernel's own for an exec is decided there.
 */
#include "lib/verdict.bpf.h"

static __always_inline __u32 access_of(unsigned int flags)
{
	return BIT(flags & O_ACCMODE ? LEASH_FILE_OPEN_READ_WRITE : LEASH_FILE_OPEN_READ_ONLY);
}

/* The object to decide on, and what is asked of it: a file without a name is made in a directory, and that is decided. */
static __always_inline int check_open(struct file *file, bool is_new_open)
{
	unsigned int flags = READ(file, f_flags), mode = READ(file, f_mode);
	const struct dentry *dentry = READ(file, f_path.dentry);
	__u32 actions = access_of(flags);

	if (flags & FMODE_EXEC_FLAG)
		return 0;
	if (is_new_open && (flags & O_TMPFILE_BIT)) {
		dentry = READ(dentry, d_parent);
		actions = BIT(LEASH_FILE_CREATE) | BIT(LEASH_FILE_OPEN_READ_WRITE);
	} else if (is_new_open && (flags & O_TRUNC) && !(mode & FMODE_CREATED) && (READ(file, f_inode, i_mode) & S_IFMT) == S_IFREG) {
		actions |= BIT(LEASH_FILE_TRUNCATE);
	}
	return leash_check_one((__u64)READ(file, f_path.mnt), (__u64)dentry, actions);
}

SEC("lsm/file_open")
int BPF_PROG(l_file_open, struct file *file)
{
	return hook_result(check_open(file, true));
}

/* A descriptor that another process sent: as if the receiver had opened it. */
SEC("lsm/file_receive")
int BPF_PROG(l_file_receive, struct file *file)
{
	return hook_result(check_open(file, false));
}
