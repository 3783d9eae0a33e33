/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads of a plan: addresses into pages. Each checks its bounds again, whatever the compiler of plans promised. */
#ifndef LEASH_PAGE_BPF_H
#define LEASH_PAGE_BPF_H

#include "lib/maps.bpf.h"

#define LEASH_OFFSET_MASK (LEASH_PAGE_SIZE - 1)

static __always_inline void *page_of(void *plan, __u32 address)
{
	__u32 index = address >> LEASH_PAGE_SHIFT;

	return bpf_map_lookup_elem(plan, &index);
}

/* `size` is a power of two, and what is at the address is aligned to it: it lies in one page. */
static __always_inline void *at(void *plan, __u32 address, __u32 size)
{
	__u8 *page = page_of(plan, address);

	return page ? page + (address & (LEASH_OFFSET_MASK & ~(size - 1))) : NULL;
}

/* Up to `room` bytes at an unaligned address, or NULL when they would leave the page. */
static __always_inline void *text_at(void *plan, __u32 address, __u32 room)
{
	__u32 offset = address & LEASH_OFFSET_MASK;

	if (offset > LEASH_PAGE_SIZE - room)
		return NULL;
	__u8 *page = page_of(plan, address);

	return page ? page + offset : NULL;
}

/* The header, or NULL for none and for one of another layout. */
static __always_inline struct leash_plan *plan_header(void *plan)
{
	struct leash_plan *header = page_of(plan, 0);

	if (!header || header->magic != LEASH_PLAN_MAGIC || header->abi_version != LEASH_ABI_VERSION)
		return NULL;
	return header;
}

#endif
