/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Moments in the life of TCP sockets: a connection that is about to be made
 * says where it was going, for the gateway that accepts it, and a socket that
 * starts to listen is decided as NetworkListen on its real address. The kernel
 * does not let this place refuse listen(2): the seccomp supervisor does; without
 * a permit here no connection is answered.
 */
#ifndef LEASH_NET_SOCKOPS_BPF_H
#define LEASH_NET_SOCKOPS_BPF_H

#include "net/verdict.bpf.h"

/* Every member is read before the branch: the verifier takes no address of the context that the compiler has chosen at run time. */
static __always_inline void local_address(struct bpf_sock_ops *context, struct leash_address *local)
{
	volatile __u32 v4 = context->local_ip4;
	volatile __u32 a = context->local_ip6[0], b = context->local_ip6[1];
	volatile __u32 c = context->local_ip6[2], d = context->local_ip6[3];
	__u16 port = context->local_port;

	if (context->family == AF_INET)
		set_v4(local, v4, port);
	else
		set_v6(local, a, b, c, d, port);
}

static __always_inline void keep_original(struct bpf_sock_ops *context, const struct leash_session *session,
					  const struct leash_socket *state)
{
	struct leash_address local;
	struct leash_flow flow = { .slot = session->slot };
	struct leash_original original = {
		.destination = state->original,
		.cgroup = session->cgroup,
		.exec_id = state->exec_id,
		.pid = state->pid,
		.principal = state->principal,
	};

	local_address(context, &local);
	__builtin_memcpy(flow.address, local.address, sizeof(flow.address));
	flow.port = local.port;
	/* Without room the gateway does not find it and refuses the connection. */
	bpf_map_update_elem(&leash_originals, &flow, &original, BPF_ANY);
}

/* In listen(2), so that who asks is its caller. */
static __always_inline void decide_listen(struct bpf_sock_ops *context, struct bpf_sock *sk)
{
	struct leash_asker asker;
	struct leash_address local;
	struct leash_socket *state;

	if (!find_asker(&asker))
		return;
	state = note_asker(sk, &asker);
	if (!state)
		return; /* FAIL-CLOSED: nothing it sends passes */
	local_address(context, &local);
	/* An earlier connect that was allowed and failed says nothing of those who connect here. */
	state->flags = permits(&asker, &local, IPPROTO_TCP, LEASH_NETWORK_LISTEN) ? LEASH_SOCKET_LISTENS : 0;
}

SEC("sockops")
int leash_sockops(struct bpf_sock_ops *context)
{
	const struct leash_session *session = session_here();
	struct bpf_sock *sk = context->sk;
	const struct leash_socket *state;

	if (!session || !sk || (context->family != AF_INET && context->family != AF_INET6))
		return 1;
	switch (context->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		state = bpf_sk_storage_get(&leash_sockets, sk, NULL, 0);
		if (state && (state->flags & LEASH_SOCKET_REDIRECTED))
			keep_original(context, session, state);
		break;
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		decide_listen(context, sk);
		break;
	}
	return 1;
}

#endif
