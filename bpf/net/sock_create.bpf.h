/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Internet sockets that are neither TCP nor UDP are refused: what leaves
 * through them could not be decided. Other families do not come here; the
 * filter of system calls and the hook socket_create refuse them. Fails closed
 * without a session or memory.
 */
#ifndef LEASH_NET_SOCK_CREATE_BPF_H
#define LEASH_NET_SOCK_CREATE_BPF_H

#include "net/verdict.bpf.h"

#define SOCK_RAW 3

/* The errno of a kernel that lacks the kind, or 0. */
static __always_inline int refusal_of(const struct bpf_sock *sk)
{
	switch (sk->type) {
	case SOCK_STREAM:
		return sk->protocol == IPPROTO_TCP ? 0 : EPROTONOSUPPORT;
	case SOCK_DGRAM:
		if (sk->protocol == IPPROTO_ICMP || sk->protocol == IPPROTO_ICMPV6)
			return EACCES;
		return sk->protocol == IPPROTO_UDP ? 0 : EPROTONOSUPPORT;
	case SOCK_RAW:
		return EPERM;
	default:
		return ESOCKTNOSUPPORT;
	}
}

SEC("cgroup/sock_create")
int leash_socket(struct bpf_sock *sk)
{
	struct leash_asker asker;
	struct leash_address nowhere = {};
	int error = refusal_of(sk);

	if (!find_asker(&asker))
		return refuse(EACCES);
	if (!error)
		return note_asker(sk, &asker) ? PASS : refuse(ENOMEM);
	count(asker.session, LEASH_COUNTER_ERRORS + LEASH_REASON_STRUCTURAL);
	tell(&asker, &nowhere, sk->protocol, LEASH_NETWORK_CONNECT, LEASH_DENY, LEASH_REASON_STRUCTURAL, error);
	return refuse(error);
}

#endif
