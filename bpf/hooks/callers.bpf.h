/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls on sockets of networks that programs of the cgroup decide: here they are only told who asks. Each comes before
 * every one of these programs in its system call; what has no hook here has no address to decide on.
 */
#include "lib/callers.bpf.h"
#include "lib/families.bpf.h"

static __always_inline int tell_caller(const struct socket *socket)
{
	return is_internet(READ(socket, sk, __sk_common.skc_family)) ? hook_result(leash_tell_caller()) : 0;
}

SEC("lsm/socket_connect")
int BPF_PROG(l_connect, struct socket *socket)
{
	return tell_caller(socket);
}

SEC("lsm/socket_bind")
int BPF_PROG(l_bind, struct socket *socket)
{
	return tell_caller(socket);
}

SEC("lsm/socket_listen")
int BPF_PROG(l_listen, struct socket *socket)
{
	return tell_caller(socket);
}

/* Without an address, where it goes was decided when it was connected. Of several messages to one address the kernel shows the first. */
SEC("lsm/socket_sendmsg")
int BPF_PROG(l_sendmsg, struct socket *socket, struct msghdr *message)
{
	return READ(message, msg_name) ? tell_caller(socket) : 0;
}
