/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How an exec moves the class of a process: see struct leash_principals. */
#ifndef LEASH_PRINCIPAL_BPF_H
#define LEASH_PRINCIPAL_BPF_H

#include "lib/verdict.bpf.h"

/*
 * The symbol of a path. LEASH_NO_PRINCIPAL when the plan is damaged or another generation than asked for; 0 for any
 * generation. It overwrites what an earlier decision found out about the path.
 */
__noinline __u32 leash_symbol(struct leash_path *path, __u32 slot, __u64 generation)
{
	void *plan = plan_of(slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;

	if (!path || !header || (generation && header->generation != generation))
		return LEASH_NO_PRINCIPAL;
	if (header->principals.count == 1)
		return 0;
	if (!classify(plan, &header->principals.index, path))
		return LEASH_NO_PRINCIPAL;
	return path->class.literals * header->principals.dfa_symbols + (path->class.dfa_count ? path->class.dfas[0] : 0);
}

/* One step of a class. */
static __always_inline __u32 step(void *plan, const struct leash_plan *header, __u32 table, __u32 principal, __u32 symbol)
{
	const __u32 *next;

	if (principal >= header->principals.count || symbol >= header->principals.symbol_count)
		return LEASH_NO_PRINCIPAL;
	next = at(plan, table + (principal * header->principals.symbol_count + symbol) * sizeof(__u32), sizeof(__u32));
	return next ? *next : LEASH_NO_PRINCIPAL;
}

/* One script of an exec, and the binary that runs it. */
static __always_inline __u32 step_script(void *plan, const struct leash_plan *header, __u32 principal, __u32 script, __u32 binary)
{
	principal = step(plan, header, header->principals.by_script, principal, script);
	return step(plan, header, header->principals.by_binary, principal, binary);
}

/* The class after an exec of `scripts` scripts, in their order, and a binary. */
static __always_inline __u32 move_principal(void *plan, const struct leash_plan *header, __u32 principal, const __u32 *symbols,
					    __u32 scripts, __u32 binary)
{
	if (header->principals.count == 1)
		return 0;
	if (!scripts)
		return step(plan, header, header->principals.by_binary, principal, binary);
	/* Not a loop: Linux before 6.2 does not let one begin behind a call. */
	_Static_assert(LEASH_MAX_SCRIPTS == 6, "every script has a line");
	principal = step_script(plan, header, principal, symbols[0], binary);
	if (scripts > 1)
		principal = step_script(plan, header, principal, symbols[1], binary);
	if (scripts > 2)
		principal = step_script(plan, header, principal, symbols[2], binary);
	if (scripts > 3)
		principal = step_script(plan, header, principal, symbols[3], binary);
	if (scripts > 4)
		principal = step_script(plan, header, principal, symbols[4], binary);
	if (scripts > 5)
		principal = step_script(plan, header, principal, symbols[5], binary);
	return principal;
}

#endif
