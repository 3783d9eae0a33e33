/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs an automaton of a plan over the bytes of a path, from either end. */
#ifndef LEASH_DFA_BPF_H
#define LEASH_DFA_BPF_H

#include "lib/literals.bpf.h"

#define LEASH_DFA_STRIDE 16

struct dfa_run {
	void *plan;
	const struct leash_path *path;
	const __u8 *columns;
	const __u8 *page;	/* of the current state */
	__u32 page_index;
	__u32 transitions;
	__u32 state;		/* byte offset of its row; bit 0: it never changes */
	__u32 position;
	__u32 end;		/* where there is no byte to read any more: behind the path, or before it */
	__s16 step;		/* 1, or -1 from the end */
	__u16 failed;		/* this small because execs have little of the stack left here */
};

/* Some bytes further. 1 to stop. */
static long run_stride(__u32 i, void *context)
{
	struct dfa_run *run = context;
	__u32 position = run->position, state = run->state;
	const __u8 *page = run->page, *columns = run->columns;
	__s32 direction = run->step;

	if (!page || !columns)
		return 1;
#pragma unroll
	for (int step = 0; step < LEASH_DFA_STRIDE; step++) {
		if (position == run->end || (state & 1))
			goto stop;
		__u32 row = run->transitions + state; /* bit 0 is clear here */

		if (row >> LEASH_PAGE_SHIFT != run->page_index) {
			run->page_index = row >> LEASH_PAGE_SHIFT;
			page = bpf_map_lookup_elem(run->plan, &run->page_index);
			if (!page)
				goto fail;
		}
		__u32 column = columns[run->path->bytes[position & LEASH_BUFFER_MASK]];
		state = *(const __u32 *)(page + ((row + column * 4) & (LEASH_OFFSET_MASK & ~3u)));
		position += direction;
	}
	run->page = page;
	run->position = position;
	run->state = state;
	return 0;
fail:
	run->failed = 1;
stop:
	run->position = position;
	run->state = state;
	return 1;
}

/* The state after the whole path, or after its bytes from the last to the first; or LEASH_DFA_BROKEN. */
#define LEASH_DFA_BROKEN 0xffffffffu

static __always_inline __u32 run_dfa(void *plan, const struct leash_dfa *dfa, const struct leash_path *path, bool is_backward)
{
	struct dfa_run run = {
		.plan = plan,
		.path = path,
		.columns = text_at(plan, dfa->columns, 256),
		.transitions = dfa->transitions,
		.state = dfa->start,
		.position = path->start + (is_backward ? path->length - 1 : 0),
		.end = path->start + (is_backward ? -1u : path->length),
		.step = is_backward ? -1 : 1,
	};

	run.page_index = (run.transitions + (run.state & ~1u)) >> LEASH_PAGE_SHIFT;
	run.page = bpf_map_lookup_elem(plan, &run.page_index);
	if (!run.page || !run.columns)
		return LEASH_DFA_BROKEN;
	bpf_loop(LEASH_PATH_MAX / LEASH_DFA_STRIDE + 1, run_stride, &run, 0);
	if (run.failed || (run.position != run.end && !(run.state & 1)))
		return LEASH_DFA_BROKEN;
	return run.state & ~1u;
}

/* The state one byte further. */
static __always_inline __u32 step_dfa(void *plan, const struct leash_dfa *dfa, __u32 state, __u8 byte)
{
	const __u8 *columns = text_at(plan, dfa->columns, 256);

	if (!columns)
		return LEASH_DFA_BROKEN;
	const __u32 *next = at(plan, dfa->transitions + state + columns[byte] * 4, sizeof(__u32));
	return next ? *next & ~1u : LEASH_DFA_BROKEN;
}

/* The row of a path that ends in a state, or LEASH_DFA_BROKEN. */
static __always_inline __u32 dfa_label(void *plan, const struct leash_dfa *dfa, __u32 state)
{
	const __u32 *label = at(plan, dfa->labels + (state >> (dfa->column_bits & 15)), sizeof(__u32));

	return label ? *label : LEASH_DFA_BROKEN;
}

#endif
