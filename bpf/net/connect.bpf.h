/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * connect(2) of TCP and UDP, also by MSG_FASTOPEN. Decides NetworkConnect;
 * sends port 53 to the session's resolver and other TCP to its gateway. Fails
 * closed: no session, no plan, no memory, no principal are denials.
 */
#ifndef LEASH_NET_CONNECT_BPF_H
#define LEASH_NET_CONNECT_BPF_H

#include "net/verdict.bpf.h"

/* Where the call goes instead; false for where it was going. Port 53 is the resolver's, who decides about names. */
static __always_inline bool redirect_dns(const struct leash_session *session, const struct leash_address *asked, struct leash_address *peer)
{
	if (asked->port != PORT_DNS || !session->dns4 || (session->flags & LEASH_SESSION_FROZEN))
		return false;
	set_v4(peer, session->dns4, session->dns_port);
	return true;
}

static __always_inline bool redirect_gateway(const struct leash_session *session, const struct leash_address *asked, __u8 protocol,
					     struct leash_address *peer)
{
	if (protocol != IPPROTO_TCP || !session->gateway_port)
		return false;
	if (is_loopback(asked) && !(session->flags & LEASH_SESSION_LOOPBACK))
		return false;
	if (is_v4(asked))
		set_v4(peer, bpf_htonl(INADDR_LOOPBACK), session->gateway_port);
	else
		set_v6(peer, 0, 0, 0, bpf_htonl(1), session->gateway_port);
	return true;
}

/* Decides on `asked` and makes it the address to use. Returns 0 or the errno. */
static __always_inline int decide_destination(struct bpf_sock *sk, __u8 protocol, struct leash_address *asked, bool *is_redirected)
{
	struct leash_asker asker;
	struct leash_address peer;

	*is_redirected = false;
	if (!find_asker(&asker))
		return EACCES;
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return EACCES;
	make_reachable(asked);
	if (redirect_dns(asker.session, asked, &peer)) {
		*is_redirected = true;
	} else {
		if (!permits(&asker, asked, protocol, LEASH_NETWORK_CONNECT))
			return EACCES;
		*is_redirected = redirect_gateway(asker.session, asked, protocol, &peer);
	}
	/* FAIL-CLOSED: packets of a socket without a note are dropped. */
	if (!note(sk, &asker, *is_redirected ? &peer : asked, *is_redirected ? asked : NULL))
		return EACCES;
	if (*is_redirected)
		*asked = peer;
	return 0;
}

static __always_inline int decide_v4(struct bpf_sock_addr *context)
{
	struct leash_address asked;
	bool is_redirected;

	set_v4(&asked, context->user_ip4, bpf_ntohs(context->user_port));
	int error = decide_destination(context->sk, context->protocol, &asked, &is_redirected);

	if (error)
		return refuse(error);
	if (is_redirected) {
		context->user_ip4 = word_of(&asked, 3);
		context->user_port = bpf_htons(asked.port);
	}
	return PASS;
}

static __always_inline int decide_v6(struct bpf_sock_addr *context)
{
	struct leash_address asked;
	bool is_redirected;

	set_v6(&asked, context->user_ip6[0], context->user_ip6[1], context->user_ip6[2], context->user_ip6[3],
	       bpf_ntohs(context->user_port));
	int error = decide_destination(context->sk, context->protocol, &asked, &is_redirected);

	if (error)
		return refuse(error);
	if (is_redirected) {
		context->user_ip6[0] = word_of(&asked, 0);
		context->user_ip6[1] = word_of(&asked, 1);
		context->user_ip6[2] = word_of(&asked, 2);
		context->user_ip6[3] = word_of(&asked, 3);
		context->user_port = bpf_htons(asked.port);
	}
	return PASS;
}

SEC("cgroup/connect4")
int leash_connect4(struct bpf_sock_addr *context)
{
	return decide_v4(context);
}

SEC("cgroup/connect6")
int leash_connect6(struct bpf_sock_addr *context)
{
	return decide_v6(context);
}

#endif
