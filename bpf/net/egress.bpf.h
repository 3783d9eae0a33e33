/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets on their way out: only those of sockets, and to destinations, that
 * were decided, whatever route a mark, a device or an option of the socket
 * chose. Packets of TCP belong to one connection; a datagram's destination is
 * decided again when it is not the last one that was. Fails closed: what can
 * not be read is dropped, which the caller sees as EPERM.
 */
#ifndef LEASH_NET_EGRESS_BPF_H
#define LEASH_NET_EGRESS_BPF_H

#include <linux/ip.h>
#include <linux/ipv6.h>

#include "net/verdict.bpf.h"

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd

/* Source and destination, as ports lie at the start of TCP and UDP. */
struct ports {
	__be16 source;
	__be16 destination;
};

/* Options could name other hops (source routes), which were never decided: no header with options passes. */
static __always_inline bool read_v4(struct __sk_buff *packet, struct leash_address *destination, __u8 *protocol)
{
	struct iphdr ip;
	struct ports ports;

	if (bpf_skb_load_bytes(packet, 0, &ip, sizeof(ip)) || ip.ihl != sizeof(ip) / 4
	    || bpf_skb_load_bytes(packet, sizeof(ip), &ports, sizeof(ports)))
		return false;
	*protocol = ip.protocol;
	set_v4(destination, ip.daddr, bpf_ntohs(ports.destination));
	return true;
}

/* The same holds for extension headers, among them routes. */
static __always_inline bool read_v6(struct __sk_buff *packet, struct leash_address *destination, __u8 *protocol)
{
	struct ipv6hdr ip;
	struct ports ports;

	if (bpf_skb_load_bytes(packet, 0, &ip, sizeof(ip)) || bpf_skb_load_bytes(packet, sizeof(ip), &ports, sizeof(ports)))
		return false;
	*protocol = ip.nexthdr;
	set_v6(destination, ip.daddr.in6_u.u6_addr32[0], ip.daddr.in6_u.u6_addr32[1], ip.daddr.in6_u.u6_addr32[2],
	       ip.daddr.in6_u.u6_addr32[3], bpf_ntohs(ports.destination));
	return true;
}

/* The session's resolver: where port 53 of any address goes. */
static __always_inline bool is_resolver(const struct leash_session *session, const struct leash_address *destination)
{
	return session->dns4 && is_v4(destination) && word_of(destination, 3) == session->dns4
	       && destination->port == session->dns_port;
}

/* Whether the plan permits the destination to who used the socket last. Says so when it does not. */
static __always_inline bool permits_packet(const struct leash_session *session, const struct leash_socket *state,
					   const struct leash_address *destination)
{
	struct leash_asker asker = { .session = session };
	__u32 reason;

	identify(&asker, state);
	reason = decide(&asker, state, destination, ENDPOINT_ACT(IPPROTO_UDP, LEASH_NETWORK_CONNECT));
	if (reason == LEASH_REASON_PERMIT || is_shadowed(session->flags, reason))
		return true;
	tell(&asker, destination, IPPROTO_UDP, LEASH_NETWORK_CONNECT, LEASH_DENY, reason, EPERM);
	return false;
}

/* A datagram: two threads may send through one socket at once, so the last destination is only the quick answer. */
static __always_inline bool passes_datagram(const struct leash_session *session, const struct leash_socket *state,
					    const struct leash_address *destination)
{
	if ((state->flags & LEASH_SOCKET_CONNECTED) && same_endpoint(&state->peer, destination))
		return true;
	return is_resolver(session, destination) || permits_packet(session, state, destination);
}

static __always_inline bool passes(struct __sk_buff *packet, const struct leash_session *session)
{
	struct bpf_sock *sk = packet->sk ? bpf_sk_fullsock(packet->sk) : NULL;
	const struct leash_socket *state = sk ? bpf_sk_storage_get(&leash_sockets, sk, NULL, 0) : NULL;
	struct leash_address destination;
	__u8 protocol;

	if (session->flags & LEASH_SESSION_FROZEN)
		return false;
	if (!state || !(state->flags & (LEASH_SOCKET_CONNECTED | LEASH_SOCKET_LISTENS)))
		return false;
	switch (packet->protocol) {
	case bpf_htons(ETH_P_IP):
		if (!read_v4(packet, &destination, &protocol))
			return false;
		break;
	case bpf_htons(ETH_P_IPV6):
		if (!read_v6(packet, &destination, &protocol))
			return false;
		break;
	default:
		return false;
	}
	if (protocol == IPPROTO_TCP)
		return true;
	return protocol == IPPROTO_UDP && passes_datagram(session, state, &destination);
}

SEC("cgroup_skb/egress")
int leash_egress(struct __sk_buff *packet)
{
	const struct leash_session *session = session_here();

	if (!session)
		return REFUSE;
	if (passes(packet, session))
		return PASS;
	count(session, LEASH_COUNTER_ERRORS + LEASH_REASON_NO_PERMIT);
	return REFUSE;
}

#endif
