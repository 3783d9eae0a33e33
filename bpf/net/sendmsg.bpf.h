/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Datagrams of UDP with an address: each is decided as a connect(2) is, and fails as it does. */
#ifndef LEASH_NET_SENDMSG_BPF_H
#define LEASH_NET_SENDMSG_BPF_H

#include "net/connect.bpf.h"

SEC("cgroup/sendmsg4")
int leash_sendmsg4(struct bpf_sock_addr *context)
{
	return decide_v4(context);
}

SEC("cgroup/sendmsg6")
int leash_sendmsg6(struct bpf_sock_addr *context)
{
	return decide_v6(context);
}

#endif
