/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel itself: programs, modules, counters, keys, clocks, rings. Denied whatever the policy says. */
#include "lib/verdict.bpf.h"

#define KERNEL_DATA_FIRMWARE 1	/* a driver asks for it in the name of whoever opened its device */

REFUSES(l_bpf, "bpf")
REFUSES(l_locked_down, "locked_down")
REFUSES(l_perf, "perf_event_open")
REFUSES(l_syslog, "syslog")
REFUSES(l_settime, "settime")
REFUSES(l_quotactl, "quotactl")
REFUSES(l_sqpoll, "uring_sqpoll")
REFUSES(l_uring_cmd, "uring_cmd")
REFUSES(l_uring_creds, "uring_override_creds")

SEC("lsm/kernel_read_file")
int BPF_PROG(l_read_file, struct file *file, unsigned int id)
{
	return id == KERNEL_DATA_FIRMWARE ? 0 : hook_result(leash_refuse(0, EPERM, 0));
}

SEC("lsm/kernel_load_data")
int BPF_PROG(l_load_data, unsigned int id)
{
	return id == KERNEL_DATA_FIRMWARE ? 0 : hook_result(leash_refuse(0, EPERM, 0));
}

/* Keys that the kernel looks up for a network file system are its own business. */
static __always_inline int refuse_key_calls(void)
{
	switch (current_syscall()) {
	case SYSCALL_ADD_KEY:
	case SYSCALL_REQUEST_KEY:
	case SYSCALL_KEYCTL:
		return hook_result(leash_refuse(0, EPERM, 0));
	}
	return 0;
}

SEC("lsm/key_alloc")
int BPF_PROG(l_key_alloc)
{
	return refuse_key_calls();
}

SEC("lsm/key_permission")
int BPF_PROG(l_key_use)
{
	return refuse_key_calls();
}

/* Capabilities that reach the machine and not a file: modules, ports, clocks, booting, tracing, accounting. */
#define REFUSED_CAPABILITIES                                                                                                               \
	((1ull << 16) | (1ull << 17) | (1ull << 20) | (1ull << 22) | (1ull << 25) | (1ull << 30) | (1ull << 32) | (1ull << 33)            \
	 | (1ull << 34) | (1ull << 38) | (1ull << 39) | (1ull << 40))
#define CAP_OPT_NOAUDIT 2

SEC("lsm/capable")
int BPF_PROG(l_capable, const struct cred *cred, void *namespace, int capability, unsigned int options)
{
	struct leash_task *identity;

	if (capability < 0 || capability > 63 || !(REFUSED_CAPABILITIES >> capability & 1))
		return 0;
	if (options & CAP_OPT_NOAUDIT)
		return identify(&identity) ? -EPERM : 0; /* a question, not a use: no event */
	return hook_result(leash_refuse(0, EPERM, 0));
}

/* Anonymous objects that act for their maker without a system call of its own, or stop the kernel in one. */
SEC("lsm/inode_init_security_anon")
int BPF_PROG(l_anon, void *inode, const struct qstr *name)
{
	char text[16] = {};

	bpf_probe_read_kernel_str(text, sizeof(text), READ(name, name));
	if (text[1] == 'i' && text[2] == 'o' && text[3] == '_' && text[4] == 'u')
		return hook_result(leash_refuse(0, ENOSYS, 0));
	if (text[1] == 'u' && text[2] == 's' && text[3] == 'e' && text[4] == 'r' && text[5] == 'f')
		return hook_result(leash_refuse(0, EPERM, 0));
	return 0;
}
