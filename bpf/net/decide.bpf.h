/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Decides an action on an endpoint by a plan and the names that are known for the address. */
#ifndef LEASH_NET_DECIDE_BPF_H
#define LEASH_NET_DECIDE_BPF_H

#include <stdbool.h>

#include "lib/decide.bpf.h"
#include "net/address.bpf.h"
#include "net/maps.bpf.h"

/* What a decision is about and what it has found so far. */
struct endpoint_question {
	struct leash_name_key key;	/* generation, slot and address */
	__u32 column;
	__u32 principal;
	__u32 wanted;			/* set of enum leash_action, with one member */
};

static __always_inline bool read_u32(void *plan, __u32 address, __u32 *value)
{
	__u32 *from = at(plan, address, sizeof(__u32));

	if (!from)
		return false;
	*value = *from;
	return true;
}

static __always_inline bool read_u16(void *plan, __u32 address, __u32 *value)
{
	__u16 *from = at(plan, address, sizeof(__u16));

	if (!from)
		return false;
	*value = *from;
	return true;
}

/* The ranges that can have the address: from the first with these upper bits to the first with the next. */
static __always_inline bool bounds_of(void *plan, const struct leash_ranges *ranges, __u32 upper, __u32 *low, __u32 *high)
{
	__u32 bits = ranges->bits;

	if (bits > 16)
		return false;
	__u32 slot = (__u32)((__u64)upper >> (32 - bits));

	return read_u32(plan, ranges->first + slot * sizeof(__u32), low)
	       && read_u32(plan, ranges->first + (slot + 1) * sizeof(__u32), high) && *low <= *high && *high < ranges->count;
}

/* Where a search among ranges is. */
struct range_search {
	void *plan;
	__u64 upper;	/* the address as a number; of IPv4 only the lower half */
	__u64 lower;
	__u32 ranges;	/* their address in the plan */
	__u32 low;
	__u32 high;
	__u32 class;
	__u32 found;
};

/* Goes into the half that has the address. 1 to stop: one range is left. */
static __always_inline long narrow(struct range_search *search, __u32 middle, __u32 class, bool starts_before)
{
	if (search->low == search->high) {
		search->class = class;
		search->found = starts_before;
		return 1;
	}
	if (starts_before)
		search->low = middle;
	else
		search->high = middle - 1;
	return 0;
}

static long step_v4(__u32 i, void *context)
{
	struct range_search *search = context;
	__u32 middle = search->low + (search->high - search->low + 1) / 2;
	const struct leash_range4 *range = at(search->plan, search->ranges + middle * sizeof(*range), sizeof(*range));

	return range ? narrow(search, middle, range->class, range->start <= search->lower) : 1;
}

static long step_v6(__u32 i, void *context)
{
	struct range_search *search = context;
	__u32 middle = search->low + (search->high - search->low + 1) / 2;
	const struct leash_range6 *range = at(search->plan, search->ranges + middle * sizeof(*range), sizeof(*range));

	if (!range)
		return 1;
	return narrow(search, middle, range->class,
		      range->high < search->upper || (range->high == search->upper && range->low <= search->lower));
}

/* The class of the last range that starts at or before the address. */
static __noinline bool find_class(void *plan, const struct leash_endpoint_index *index, const struct leash_address *endpoint, __u32 *class)
{
	const union leash_words *from = (const union leash_words *)endpoint->address;
	struct range_search search = { .plan = plan };

	search.lower = bpf_ntohl(from->words[3]);
	if (is_v4(endpoint)) {
		search.ranges = index->v4.ranges;
		if (!bounds_of(plan, &index->v4, search.lower, &search.low, &search.high))
			return false;
		bpf_loop(LEASH_RANGE_STEPS + 1, step_v4, &search, 0);
	} else {
		search.ranges = index->v6.ranges;
		search.upper = (__u64)bpf_ntohl(from->words[0]) << 32 | bpf_ntohl(from->words[1]);
		search.lower |= (__u64)bpf_ntohl(from->words[2]) << 32;
		if (!bounds_of(plan, &index->v6, search.upper >> 32, &search.low, &search.high))
			return false;
		bpf_loop(LEASH_RANGE_STEPS + 1, step_v6, &search, 0);
	}
	*class = search.class;
	return search.found;
}

static __always_inline bool find_column(void *plan, const struct leash_endpoint_index *index, __u16 port, __u8 protocol, __u32 *column)
{
	__u32 block;

	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return false;
	if (!read_u16(plan, index->port_blocks + (port >> 8) * sizeof(__u16), &block)
	    || !read_u16(plan, index->port_columns + ((block << 8) + (port & 0xff)) * sizeof(__u16), column))
		return false;
	if (protocol == IPPROTO_UDP)
		*column += index->udp_columns;
	return *column < index->columns;
}

static __always_inline bool add_vector(void *plan, const struct leash_plan *header, const struct endpoint_question *question, __u32 vector,
				       struct leash_masks *sum)
{
	const struct leash_endpoint_index *index = &header->endpoints;
	__u32 row;

	if (vector >= index->vector_count
	    || !read_u32(plan, index->vectors + (vector * index->columns + question->column) * sizeof(__u32), &row))
		return false;
	return add_row(plan, header, row, question->principal, sum);
}

static __always_inline bool add_joint(void *plan, const struct leash_plan *header, const struct endpoint_question *question, __u32 line,
				      __u32 column, struct leash_masks *sum)
{
	const struct leash_endpoint_index *index = &header->endpoints;
	__u32 vector;

	if (!index->joint_columns)
		return true;
	if (column >= index->joint_columns
	    || !read_u32(plan, index->joint + (line * index->joint_columns + column) * sizeof(__u32), &vector))
		return false;
	return add_vector(plan, header, question, vector, sum);
}

struct names_walk {
	void *plan;
	const struct endpoint_question *question;
	const struct leash_address_class *address;
	const struct leash_known_names *names;
	__u64 now;
	__u32 reason;	/* LEASH_REASON_NONE: none is known any more */
};

struct name_walk {
	const struct names_walk *names;
	const struct leash_known_name *name;
	struct leash_masks sum;
	__u32 broken;
};

static __always_inline bool add_class(const struct name_walk *walk, __u32 i, struct leash_masks *sum)
{
	void *plan = walk->names->plan;
	const struct endpoint_question *question = walk->names->question;
	const struct leash_plan *header = plan_header(plan);
	__u32 number = walk->name->classes[i];

	if (!header || number >= header->endpoints.name_class_count)
		return false;
	const struct leash_name_class *class = at(plan, header->endpoints.name_classes + number * sizeof(*class), sizeof(*class));

	if (!class || !add_vector(plan, header, question, class->vector, sum))
		return false;
	return i || add_joint(plan, header, question, walk->names->address->joint, class->joint, sum);
}

static long add_one_class(__u32 i, void *context)
{
	struct name_walk *walk = context;

	if (i >= LEASH_MAX_NAME_CLASSES)
		return 1;
	if (add_class(walk, i, &walk->sum))
		return 0;
	walk->broken = 1;
	return 1;
}

/* What holds for one name of the address. */
static __always_inline __u32 decide_name(const struct names_walk *names, const struct leash_known_name *name)
{
	const struct leash_plan *header = plan_header(names->plan);
	struct name_walk walk = { .names = names, .name = name };

	if (!header || !name->count || name->count > LEASH_MAX_NAME_CLASSES
	    || !add_vector(names->plan, header, names->question, names->address->named, &walk.sum))
		return LEASH_REASON_NO_PLAN;
	bpf_loop(name->count, add_one_class, &walk, 0);
	return walk.broken ? LEASH_REASON_NO_PLAN : reason_of(&walk.sum, names->question->wanted);
}

static long decide_one_name(__u32 i, void *context)
{
	struct names_walk *walk = context;

	if (i >= LEASH_MAX_NAMES)
		return 1;
	const struct leash_known_name *name = &walk->names->names[i];

	if (name->expires <= walk->now)
		return 0;
	__u32 reason = decide_name(walk, name);

	if (reason != LEASH_REASON_NO_PERMIT || walk->reason == LEASH_REASON_NONE)
		walk->reason = reason;
	return reason == LEASH_REASON_PERMIT || reason == LEASH_REASON_NO_PLAN;
}

/* Allowed when it is for any name; else forbidden when it is for any. */
static __always_inline __u32 decide_names(void *plan, const struct endpoint_question *question, const struct leash_address_class *address)
{
	struct names_walk walk = {
		.plan = plan,
		.question = question,
		.address = address,
		.names = bpf_map_lookup_elem(&leash_names, &question->key),
		.reason = LEASH_REASON_NONE,
	};

	if (walk.names) {
		walk.now = bpf_ktime_get_boot_ns();
		bpf_loop(walk.names->count, decide_one_name, &walk, 0);
	}
	return walk.reason;
}

/* Fills in what names are searched by. */
static __always_inline void ask(struct endpoint_question *question, const struct leash_address *endpoint, __u32 slot, __u64 generation)
{
	question->key.generation = generation;
	question->key.slot = slot;
	question->key.reserved = 0;
	__builtin_memcpy(question->key.address, endpoint->address, sizeof(question->key.address));
}

/*
 * Decides an action (enum leash_action) on an endpoint. Returns why: enum
 * leash_reason, LEASH_REASON_PERMIT when it is allowed. The plan is one
 * generation: callers look it up once.
 */
static __always_inline __u32 leash_decide_endpoint(void *plan, __u32 slot, __u32 principal, const struct leash_address *endpoint,
						   __u8 protocol, __u32 action)
{
	const struct leash_plan *header = plan_header(plan);
	struct endpoint_question question = { .principal = principal, .wanted = 1u << action };
	struct leash_masks sum = {};
	__u32 number;

	if (!header)
		return LEASH_REASON_NO_PLAN;
	if (principal >= header->principals.count)
		return LEASH_REASON_NO_PRINCIPAL;
	const struct leash_endpoint_index *index = &header->endpoints;

	if (!index->v4.count || !index->v6.count)
		return LEASH_REASON_NO_PERMIT;
	ask(&question, endpoint, slot, header->generation);
	if (!find_column(plan, index, endpoint->port, protocol, &question.column)
	    || !find_class(plan, index, endpoint, &number) || number >= index->address_class_count)
		return LEASH_REASON_NO_PLAN;
	const struct leash_address_class *class = at(plan, index->address_classes + number * sizeof(*class), sizeof(*class));

	if (!class)
		return LEASH_REASON_NO_PLAN;
	__u32 reason = decide_names(plan, &question, class);

	if (reason != LEASH_REASON_NONE)
		return reason;
	if (!add_vector(plan, header, &question, class->bare, &sum))
		return LEASH_REASON_NO_PLAN;
	return reason_of(&sum, question.wanted);
}

#endif
