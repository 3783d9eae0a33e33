/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a program sees of redirection: datagrams of the resolver come from the
 * server that was asked, and the peer of a socket is the one that it connected
 * to. Decides nothing and fails by showing the real address.
 */
#ifndef LEASH_NET_RECVMSG_BPF_H
#define LEASH_NET_RECVMSG_BPF_H

#include "net/verdict.bpf.h"

/* The note on a socket whose peer stands for another one, or NULL. */
static __always_inline const struct leash_socket *redirected(struct bpf_sock *sk, const struct leash_address *shown)
{
	const struct leash_socket *state = bpf_sk_storage_get(&leash_sockets, sk, NULL, 0);

	if (!state || !(state->flags & LEASH_SOCKET_REDIRECTED) || !same_endpoint(shown, &state->peer))
		return NULL;
	return state;
}

static __always_inline int show_v4(struct bpf_sock_addr *context)
{
	struct leash_address shown;

	set_v4(&shown, context->user_ip4, bpf_ntohs(context->user_port));
	const struct leash_socket *state = redirected(context->sk, &shown);

	if (state) {
		context->user_ip4 = word_of(&state->original, 3);
		context->user_port = bpf_htons(state->original.port);
	}
	return PASS;
}

static __always_inline int show_v6(struct bpf_sock_addr *context)
{
	struct leash_address shown;

	set_v6(&shown, context->user_ip6[0], context->user_ip6[1], context->user_ip6[2], context->user_ip6[3],
	       bpf_ntohs(context->user_port));
	const struct leash_socket *state = redirected(context->sk, &shown);

	if (state) {
		context->user_ip6[0] = word_of(&state->original, 0);
		context->user_ip6[1] = word_of(&state->original, 1);
		context->user_ip6[2] = word_of(&state->original, 2);
		context->user_ip6[3] = word_of(&state->original, 3);
		context->user_port = bpf_htons(state->original.port);
	}
	return PASS;
}

SEC("cgroup/recvmsg4")
int leash_recvmsg4(struct bpf_sock_addr *context)
{
	return show_v4(context);
}

SEC("cgroup/recvmsg6")
int leash_recvmsg6(struct bpf_sock_addr *context)
{
	return show_v6(context);
}

SEC("cgroup/getpeername4")
int leash_peername4(struct bpf_sock_addr *context)
{
	return show_v4(context);
}

SEC("cgroup/getpeername6")
int leash_peername6(struct bpf_sock_addr *context)
{
	return show_v6(context);
}

#endif
