/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Endpoints: IPv4 is written ::ffff:a.b.c.d, as a policy sees them. */
#ifndef LEASH_NET_ADDRESS_BPF_H
#define LEASH_NET_ADDRESS_BPF_H

#include <linux/errno.h>
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "abi/leash_abi.h"
#include "lib/families.bpf.h"

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define PORT_DNS 53
#define MAPPED_PREFIX bpf_htonl(0xffff)

union leash_words {
	__u8 bytes[16];
	__u32 words[4];
};

static __always_inline void set_v4(struct leash_address *address, __u32 v4, __u16 port)
{
	union leash_words *to = (union leash_words *)address->address;

	to->words[0] = 0;
	to->words[1] = 0;
	to->words[2] = MAPPED_PREFIX;
	to->words[3] = v4;
	address->port = port;
	address->family = AF_INET;
	address->reserved = 0;
}

static __always_inline void set_v6(struct leash_address *address, __u32 a, __u32 b, __u32 c, __u32 d, __u16 port)
{
	union leash_words *to = (union leash_words *)address->address;

	to->words[0] = a;
	to->words[1] = b;
	to->words[2] = c;
	to->words[3] = d;
	address->port = port;
	address->family = AF_INET6;
	address->reserved = 0;
}

static __always_inline __u32 word_of(const struct leash_address *address, __u32 index)
{
	return ((const union leash_words *)address->address)->words[index];
}

static __always_inline bool is_v4(const struct leash_address *address)
{
	return !word_of(address, 0) && !word_of(address, 1) && word_of(address, 2) == MAPPED_PREFIX;
}

static __always_inline bool same_endpoint(const struct leash_address *one, const struct leash_address *other)
{
	return word_of(one, 0) == word_of(other, 0) && word_of(one, 1) == word_of(other, 1) && word_of(one, 2) == word_of(other, 2)
	       && word_of(one, 3) == word_of(other, 3) && one->port == other->port;
}

static __always_inline bool is_loopback(const struct leash_address *address)
{
	if (is_v4(address))
		return bpf_ntohl(word_of(address, 3)) >> 24 == 127;
	return !word_of(address, 0) && !word_of(address, 1) && !word_of(address, 2) && word_of(address, 3) == bpf_htonl(1);
}

/* The kernel connects to loopback when the address is unspecified. */
static __always_inline void make_reachable(struct leash_address *address)
{
	union leash_words *to = (union leash_words *)address->address;

	if (is_v4(address)) {
		if (!to->words[3])
			to->words[3] = bpf_htonl(INADDR_LOOPBACK);
	} else if (!(to->words[0] | to->words[1] | to->words[2] | to->words[3])) {
		to->words[3] = bpf_htonl(1);
	}
}

#endif
