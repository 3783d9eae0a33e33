/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Decides actions on a path by a plan. */
#ifndef LEASH_DECIDE_BPF_H
#define LEASH_DECIDE_BPF_H

#include "lib/dfa.bpf.h"

/* An answer beside enum leash_reason. */
#define LEASH_ANSWER_STALE 0xff	/* the plan in force is another one by now: begin anew */

/* Whether a session's mode lets happen what was denied for this reason. FAIL-CLOSED: what could not be decided does not. */
static __always_inline bool is_shadowed(__u32 flags, __u32 reason)
{
	return (flags & LEASH_SESSION_SHADOW) && (reason == LEASH_REASON_NO_PERMIT || reason == LEASH_REASON_FORBID);
}

/* Most components of a path of LEASH_PATH_MAX bytes. */
#define LEASH_MAX_COMPONENTS (LEASH_PATH_MAX / 2 + 1)

static __always_inline bool classify_literals(void *plan, const struct leash_path_index *index, const struct leash_path *path,
					      struct leash_path_class *class)
{
	struct leash_literal *entry;

	if (path->bytes[path->start & LEASH_BUFFER_MASK] != '/') {
		entry = find_literal(plan, index, LEASH_NODE_ABSTRACT, path, path->start, path->length);
		class->literals = entry ? entry->exact : index->abstract;
		class->under = 0;
		return true;
	}
	struct descent walk = {
		.plan = plan,
		.index = index,
		.path = path,
		.position = path->start + 1,
		.end = path->start + path->length,
		.node = LEASH_NODE_ROOT,
		.row = index->root_under,
		.exact = index->root_exact,
		.flags = LEASH_LITERAL_HAS_CHILDREN,
	};
	bpf_loop(LEASH_MAX_COMPONENTS, descend, &walk, 0);
	class->literals = walk.exact;
	class->under = walk.row;
	class->has_literals_below = walk.flags & LEASH_LITERAL_HAS_CHILDREN;
	return !walk.bad;
}

static __always_inline bool classify_name(void *plan, const struct leash_path_index *index, const struct leash_path *path,
					  struct leash_path_class *class)
{
	__u32 length = path->start + path->length - path->name;
	struct leash_literal *entry;

	class->names = 0;
	if (!index->has_names)
		return true;
	if (!length || length > LEASH_NAME_MAX)
		return false;
	entry = find_literal(plan, index, LEASH_NODE_NAME, path, path->name, length);
	class->names = entry ? entry->exact : 0;
	return true;
}

struct dfa_walk {
	void *plan;
	const struct leash_path_index *index;
	struct leash_path *path;
	__u32 broken;
};

static long classify_dfa(__u32 i, void *context)
{
	struct dfa_walk *walk = context;
	__u32 state;

	if (i >= LEASH_MAX_DFAS)
		return 1;
	state = run_dfa(walk->plan, &walk->index->dfas[i], walk->path, i < walk->index->backward_dfas);
	if (state == LEASH_DFA_BROKEN) {
		walk->broken = 1;
		return 1;
	}
	walk->path->class.states[i] = state;
	walk->path->class.dfas[i] = dfa_label(walk->plan, &walk->index->dfas[i], state);
	return 0;
}

static __always_inline bool classify_dfas(void *plan, const struct leash_path_index *index, struct leash_path *path)
{
	struct dfa_walk walk = { .plan = plan, .index = index, .path = path };
	__u32 count = index->dfa_count;

	path->class.dfa_count = count;
	if (!count)
		return true;
	if (count > LEASH_MAX_DFAS)
		return false;
	bpf_loop(count, classify_dfa, &walk, 0);
	return !walk.broken;
}

/* False when the plan is damaged or the path is none: FAIL-CLOSED, the caller denies. */
static __always_inline bool classify(void *plan, const struct leash_path_index *index, struct leash_path *path)
{
	struct leash_path_class *class = &path->class;

	if (!path->length || path->length > LEASH_PATH_MAX || path->start > LEASH_BUFFER_SIZE - 1 - path->length)
		return false;
	return classify_literals(plan, index, path, class) && classify_name(plan, index, path, class)
	       && classify_dfas(plan, index, path);
}

static __always_inline bool add_row(void *plan, const struct leash_plan *header, __u32 row, __u32 principal, struct leash_masks *sum)
{
	if (!row)
		return true; /* says nothing */
	if (row >= header->row_count || principal >= header->principals.count)
		return false;
	const struct leash_masks *masks =
		at(plan, header->rows + (row * header->principals.count + principal) * sizeof(struct leash_masks), sizeof(struct leash_masks));
	if (!masks)
		return false;
	sum->permit |= masks->permit;
	sum->forbid |= masks->forbid;
	return true;
}

/* What the statements say of a class of paths. False when the plan is damaged. */
static __always_inline bool sum_rows(void *plan, const struct leash_plan *header, const struct leash_path_class *class, __u32 principal,
				     struct leash_masks *sum)
{
	sum->permit = 0;
	sum->forbid = 0;
	if (principal >= header->principals.count)
		return false;
	if (!add_row(plan, header, class->literals, principal, sum) || !add_row(plan, header, class->names, principal, sum))
		return false;
	for (__u32 i = 0; i < LEASH_MAX_DFAS; i++) {
		if (i >= class->dfa_count)
			break;
		if (!add_row(plan, header, class->dfas[i], principal, sum))
			return false;
	}
	return true;
}

/* Why `wanted` actions are not all allowed by a sum of rows; LEASH_REASON_PERMIT when they are. */
static __always_inline __u32 reason_of(const struct leash_masks *sum, __u32 wanted)
{
	if (sum->forbid & LEASH_FORBID_PROTECTED)
		return LEASH_REASON_PROTECTED;
	if (sum->forbid & wanted)
		return LEASH_REASON_FORBID;
	return (sum->permit & wanted) == wanted ? LEASH_REASON_PERMIT : LEASH_REASON_NO_PERMIT;
}

/*
 * Decides a set of actions on a path. Returns why (enum leash_reason; LEASH_REASON_PERMIT when all are allowed) and the
 * actions that are not allowed. The plan is one generation: callers look it up once.
 */
static __always_inline __u32 leash_decide_path(void *plan, struct leash_path *path, __u32 principal, __u32 wanted, __u32 *missing)
{
	struct leash_path_class *class = &path->class;
	struct leash_masks sum;
	const struct leash_plan *header = plan_header(plan);

	*missing = wanted;
	if (!header || !classify(plan, &header->paths, path))
		return LEASH_REASON_NO_PLAN;
	if (principal >= header->principals.count)
		return LEASH_REASON_NO_PRINCIPAL;
	if (!sum_rows(plan, header, class, principal, &sum))
		return LEASH_REASON_NO_PLAN;
	if (!(sum.forbid & LEASH_FORBID_PROTECTED))
		*missing = wanted & ~(sum.permit & ~sum.forbid);
	return reason_of(&sum, wanted);
}

/*
 * Whether every name below one path has the verdict of the same name below another: see docs/adr/0020. Both have been
 * decided on by this plan just before.
 */
static __always_inline bool leash_same_below(void *plan, const struct leash_path *one, const struct leash_path *other)
{
	const struct leash_path_class *a = &one->class, *b = &other->class;
	const struct leash_plan *header = plan_header(plan);

	if (!header || a->has_literals_below || b->has_literals_below || a->under != b->under)
		return false;
	for (__u32 i = 0; i < LEASH_MAX_DFAS; i++) {
		const struct leash_dfa *dfa = &header->paths.dfas[i];

		if (i >= header->paths.dfa_count)
			break;
		/*
		 * One that reads backwards knows only patterns `*suffix` whose suffix has no slash, or one as its first byte. A path
		 * below is the directory's, a slash and a rest. A suffix that began before that slash would have it behind its first
		 * byte, so it matches within the slash and the rest, which the move leaves as they are, or not at all.
		 */
		if (i < header->paths.backward_dfas)
			continue;
		if (step_dfa(plan, dfa, a->states[i], '/') != step_dfa(plan, dfa, b->states[i], '/'))
			return false;
	}
	return true;
}

#endif
