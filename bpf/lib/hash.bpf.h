/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hash of (parent, name); KernelHash in C# is the same function. It finds entries and decides nothing. */
#ifndef LEASH_HASH_BPF_H
#define LEASH_HASH_BPF_H

#include "lib/maps.bpf.h"

#define LEASH_SLASHES 0x2f2f2f2f2f2f2f2full
#define LEASH_ONES 0x0101010101010101ull
#define LEASH_HIGHS 0x8080808080808080ull
#define LEASH_NAME_WORDS 32

/* How many bytes of a little-endian word come before its first slash; 8 for none. */
static __always_inline __u32 bytes_before_slash(__u64 word)
{
	__u64 x = word ^ LEASH_SLASHES;
	__u64 zeros = (x - LEASH_ONES) & ~x & LEASH_HIGHS;

	if (!zeros)
		return 8;
	__u64 lowest = zeros & -zeros;
	return ((((lowest - 1) & LEASH_ONES) * LEASH_ONES) >> 56) - 1;
}

static __always_inline __u64 hash_begin(__u32 parent, __u32 length)
{
	return (__u64)parent * 0x9e3779b97f4a7c15ull + length;
}

static __always_inline __u64 hash_word(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0xff51afd7ed558ccdull;
	return hash ^ (hash >> 32);
}

/* The first bytes, 1 to 7, of a word; zeros behind them. */
static __always_inline __u64 first_bytes(__u64 word, __u32 count)
{
	return word & (~0ull >> ((8 - count) * 8));
}

#endif
