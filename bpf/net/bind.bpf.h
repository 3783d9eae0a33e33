/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bind(2) to a port decides NetworkListen. Port 0 is a client choosing its
 * source; should it listen after all, that is decided then (sockops.bpf.h).
 * Fails closed: no session, no plan, no principal are denials.
 */
#ifndef LEASH_NET_BIND_BPF_H
#define LEASH_NET_BIND_BPF_H

#include "net/verdict.bpf.h"

static __always_inline int decide_bind(struct bpf_sock *sk, __u8 protocol, const struct leash_address *asked)
{
	struct leash_asker asker;

	if (!find_asker(&asker))
		return refuse(EACCES);
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return refuse(EACCES);
	if (asked->port && !permits(&asker, asked, protocol, LEASH_NETWORK_LISTEN))
		return refuse(EACCES);
	return note_asker(sk, &asker) ? PASS : refuse(ENOMEM);
}

SEC("cgroup/bind4")
int leash_bind4(struct bpf_sock_addr *context)
{
	struct leash_address asked;

	set_v4(&asked, context->user_ip4, bpf_ntohs(context->user_port));
	return decide_bind(context->sk, context->protocol, &asked);
}

SEC("cgroup/bind6")
int leash_bind6(struct bpf_sock_addr *context)
{
	struct leash_address asked;

	set_v6(&asked, context->user_ip6[0], context->user_ip6[1], context->user_ip6[2], context->user_ip6[3],
	       bpf_ntohs(context->user_port));
	return decide_bind(context->sk, context->protocol, &asked);
}

#endif
