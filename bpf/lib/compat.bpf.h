/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Differences between kernels and architectures: each is one function here. */
#ifndef LEASH_COMPAT_BPF_H
#define LEASH_COMPAT_BPF_H

#include "lib/kernel.bpf.h"

/* x86-64: the registers of a system call. */
struct pt_regs___x86 {
	unsigned long orig_ax;
	unsigned long di;
	unsigned long si;
	unsigned long dx;
	unsigned long r10;
	unsigned long r8;
} LEASH_KERNEL;

enum leash_syscall {
	SYSCALL_OPEN = 2,
	SYSCALL_FTRUNCATE = 77,
	SYSCALL_CREAT = 85,
	SYSCALL_MKNOD = 133,
	SYSCALL_REQUEST_KEY = 249,
	SYSCALL_ADD_KEY = 248,
	SYSCALL_KEYCTL = 250,
	SYSCALL_OPENAT = 257,
	SYSCALL_MKNODAT = 259,
	SYSCALL_RENAMEAT2 = 316,
	SYSCALL_EXECVEAT = 322,
	SYSCALL_OPENAT2 = 437,
};

static __always_inline const struct pt_regs___x86 *syscall_registers(void)
{
	return (const void *)bpf_task_pt_regs(bpf_get_current_task_btf());
}

/* The number of the system call that current is in, or -1. Values in registers cannot change any more. */
static __always_inline __s32 current_syscall(void)
{
	const struct pt_regs___x86 *registers = syscall_registers();

	return registers ? (__s32)READ(registers, orig_ax) : -1;
}

/* Reads a string of the caller's: its length with its end, at most `size`. Linux before 6.15 says 0 for an empty one. */
static __always_inline long read_user_string(void *to, __u32 size, __u64 address)
{
	long length = bpf_probe_read_user_str(to, size, (const void *)address);

	return length ? length : 1;
}

#define RENAME_WHITEOUT 4

/* The hook has the flags since Linux 5.19; the register has them on every kernel. */
static __always_inline bool is_whiteout_rename(void)
{
	const struct pt_regs___x86 *registers = syscall_registers();

	if (!registers || (__s32)READ(registers, orig_ax) != SYSCALL_RENAMEAT2)
		return false;
	return READ(registers, r8) & RENAME_WHITEOUT;
}

/*
 * inode_setattr(dentry, attr) has an idmap in front since Linux 6.3 (the function) and 6.8 (the hook). The number of
 * arguments can be asked for since 5.17.
 */
static __always_inline bool setattr_has_idmap(void *context)
{
	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_func_arg_cnt))
		return false;
	return bpf_get_func_arg_cnt(context) > 2;
}

/* Whether kernel memory can be read at the address of a symbol: 0 where kallsyms lacks it. */
static __always_inline bool read_sequence(const void *symbol, __u32 *value)
{
	return symbol && !bpf_probe_read_kernel(value, sizeof(*value), symbol);
}

#endif
