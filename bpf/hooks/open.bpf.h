/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opening files. What is decided is the object that was found, so links, descriptors and procfs do not matter.
 * Mapping a file needs an open one: it is not decided again. An open of the kernel's own for an exec is remembered
 * and decided there: by its end it is known what the file is for.
 */
#include "hooks/terminals.bpf.h"
#include "lib/verdict.bpf.h"

static __always_inline __u32 access_of(unsigned int flags)
{
	return BIT(flags & O_ACCMODE ? LEASH_FILE_OPEN_READ_WRITE : LEASH_FILE_OPEN_READ_ONLY);
}

static __always_inline bool is_of_kernel(__u64 vfsmount)
{
	const struct mount *mount = (const void *)(vfsmount - bpf_core_field_offset(struct mount, mnt));

	return is_error_pointer((__u64)READ(mount, mnt_ns));
}

/* See leash_exec_loader. An overlay opens its own file below at once: by the same path, or since Linux 6.5 on a mount of the kernel's. */
static __always_inline int remember_opened(const struct file *file)
{
	__u64 mount = (__u64)READ(file, f_path.mnt), dentry = (__u64)READ(file, f_path.dentry);
	struct task_struct *current = bpf_get_current_task_btf();
	struct leash_exec_state *state;
	struct leash_scratch *scratch;
	struct leash_task *identity;
	int found = identify(&identity);

	if (found <= 0)
		return found;
	scratch = bpf_task_storage_get(&leash_scratch, current, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!scratch)
		return -ENOMEM;
	state = &scratch->exec;
	if (state->opened && ((state->opened_mount == mount && state->opened_dentry == dentry) || is_of_kernel(mount)))
		return 0;
	state->opened++;
	state->opened_mount = mount;
	state->opened_dentry = dentry;
	return 0;
}

/* The object to decide on, and what is asked of it: a file without a name is made in a directory, and that is decided. */
static __always_inline int check_open(struct file *file, bool is_new_open)
{
	unsigned int flags = READ(file, f_flags), mode = READ(file, f_mode);
	const struct dentry *dentry = READ(file, f_path.dentry);
	__u32 actions = access_of(flags);

	if (flags & FMODE_EXEC_FLAG)
		return remember_opened(file);
	/* One that another process has open was opened by it, or inherited. */
	if (is_new_open && (READ(file, f_inode, i_mode) & S_IFMT) == S_IFCHR && is_foreign_terminal(file))
		return leash_refuse_object((__u64)READ(file, f_path.mnt), (__u64)dentry, actions, EACCES);
	if (is_new_open && (flags & O_TMPFILE_BIT)) {
		dentry = READ(dentry, d_parent);
		actions = BIT(LEASH_FILE_CREATE) | BIT(LEASH_FILE_OPEN_READ_WRITE);
		if (READ(file, f_inode, i_mode) & SET_ID_BITS) /* see l_mknod */
			return leash_refuse_object((__u64)READ(file, f_path.mnt), (__u64)dentry, actions, EPERM);
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
