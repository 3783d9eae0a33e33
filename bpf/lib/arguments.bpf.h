/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Arguments of an exec where the policy asks about them. The caller's memory is read when the kernel has just copied
 * them, for an answer with an errno; the new image's stack, which nobody else can write to, when the exec cannot fail any
 * more. FAIL-CLOSED: what cannot be read is denied, and what is not the same both times does not start.
 */
#ifndef LEASH_ARGUMENTS_BPF_H
#define LEASH_ARGUMENTS_BPF_H

#include "lib/verdict.bpf.h"

#define LEASH_MAX_ARGUMENTS 131072	/* more are denied where the policy asks about them */
#define LEASH_ARGUMENT_READ (LEASH_PATH_MAX + 8)	/* more than any text of a plan has */
#define LEASH_STACK_PARTS (6 * 1024 * 1024 / LEASH_PATH_MAX)	/* of all arguments: the kernel's limit */
#define LEASH_TESTS_FAILED (1u << 31)

/* Room for one argument: that of an event that has not begun yet. */
static __always_inline struct leash_path *argument_room(struct leash_scratch *scratch)
{
	return (struct leash_path *)scratch->event_bytes;
}

static __always_inline void make_empty(struct leash_path *text)
{
	text->start = 0;
	text->length = 0;
}

/* A page of a plan. */
struct leash_page {
	__u8 bytes[LEASH_PAGE_SIZE];
};

struct comparison {
	const struct leash_path *text;
	const struct leash_page *page;
	__u32 offset;
	__u32 differs;
};

static long compare_word(__u32 i, void *context)
{
	struct comparison *both = context;
	__u32 done = i * 8, length = both->text->length;
	__u32 place = both->offset + done;

	if (done >= length)
		return 1;
	barrier_var(place);
	__u64 word = word_at(both->text, both->text->start + done);

	if (length - done < 8)
		word = first_bytes(word, length - done);
	if (place > LEASH_PAGE_SIZE - 8 || *(const __u64 *)(both->page->bytes + place) != word) {
		both->differs = 1;
		return 1;
	}
	return 0;
}

/* Whether a text of a plan, as long as this one and within the page, is the same. */
static __always_inline bool is_same_text(const struct leash_path *text, const struct leash_page *page, __u32 offset)
{
	struct comparison both = { .text = text, .page = page, .offset = offset };

	if (text->length > LEASH_PATH_MAX)
		return false;
	bpf_loop(LEASH_PATH_MAX / 8, compare_word, &both, 0);
	return !both.differs;
}

struct text_tests {
	void *plan;
	const struct leash_exec *exec;
	struct leash_path *text;
	__u32 kind;
	__u32 bits;
};

static long test_one(__u32 i, void *context)
{
	struct text_tests *tests = context;
	const struct leash_argument_test *test;
	__u32 state, label;
	void *page;

	if (i >= LEASH_MAX_ARGUMENT_TESTS || i >= tests->exec->test_count)
		return 1;
	test = &tests->exec->tests[i];
	if (test->kind == tests->kind) {
		page = test->text_length == tests->text->length ? page_of(tests->plan, test->text) : NULL;
		if (page && is_same_text(tests->text, page, test->text & LEASH_OFFSET_MASK))
			tests->bits |= 1u << i;
		return 0;
	}
	if (test->kind != tests->kind + 1 || (test->kind != LEASH_ARGV0_LIKE && test->kind != LEASH_INTERPRETER_LIKE))
		return 0;
	state = run_dfa(tests->plan, &test->dfa, tests->text, false);
	label = state == LEASH_DFA_BROKEN ? LEASH_DFA_BROKEN : dfa_label(tests->plan, &test->dfa, state);
	if (label == LEASH_DFA_BROKEN)
		tests->bits |= LEASH_TESTS_FAILED;
	if (label == 1)
		tests->bits |= 1u << i;
	return 0;
}

/* The tests of a kind that a text passes; for a kind that compares also those that match. */
__noinline __u32 leash_test_text(struct leash_path *text, __u32 kind, __u32 slot, __u64 generation)
{
	struct text_tests tests = { .plan = plan_of(slot), .text = text, .kind = kind };
	const struct leash_plan *header = tests.plan ? plan_header(tests.plan) : NULL;

	if (!header || !text || header->generation != generation)
		return LEASH_TESTS_FAILED;
	tests.exec = &header->exec;
	bpf_loop(LEASH_MAX_ARGUMENT_TESTS, test_one, &tests, 0);
	return tests.bits;
}

/* How long it is with its end, or not positive. A longer one is cut off. */
static __always_inline long read_argument(struct leash_path *text, __u64 address)
{
	long length = read_user_string(text->bytes, LEASH_ARGUMENT_READ, address);

	text->start = 0;
	text->length = length > 0 ? length - 1 : 0;
	return length;
}

struct argument_walk {
	struct leash_path *text;
	__u64 next;
	__u64 generation;
	__u32 slot;
	__u32 left;	/* arguments to come */
	__u32 skip;	/* of them, those that are not tested */
	__u32 is_part;	/* the next string is the rest of an argument */
	__u32 bits;
};

static long look_at_pointer(__u32 i, void *context)
{
	struct argument_walk *walk = context;
	__u64 address = 0;

	if (i >= walk->left)
		return 1;
	if (bpf_probe_read_user(&address, sizeof(address), (const void *)(walk->next + 8ull * i)) || read_argument(walk->text, address) <= 0) {
		walk->bits |= LEASH_TESTS_FAILED;
		return 1;
	}
	walk->bits |= leash_test_text(walk->text, LEASH_ARGS_CONTAIN, walk->slot, walk->generation);
	return 0;
}

static long look_at_string(__u32 i, void *context)
{
	struct argument_walk *walk = context;
	bool was_part = walk->is_part;
	long length;

	if (!walk->left)
		return 1;
	length = read_argument(walk->text, walk->next);
	if (length <= 0) {
		walk->bits |= LEASH_TESTS_FAILED;
		return 1;
	}
	walk->is_part = length == LEASH_ARGUMENT_READ;
	walk->next += walk->is_part ? length - 1 : length;
	if (walk->is_part)
		return 0;
	walk->left--;
	if (walk->skip)
		walk->skip--;
	else if (!was_part)
		walk->bits |= leash_test_text(walk->text, LEASH_ARGS_CONTAIN, walk->slot, walk->generation);
	return 0;
}

/* The caller's array of arguments. */
static __always_inline __u64 caller_arguments(void)
{
	const struct pt_regs___x86 *registers = syscall_registers();

	if (!registers)
		return 0;
	return (__s32)READ(registers, orig_ax) == SYSCALL_EXECVEAT ? READ(registers, dx) : READ(registers, si);
}

/* Tests of the first argument, which is empty when there is none. */
static __always_inline __u32 test_first(struct leash_path *text, __u64 address, __u32 slot, __u64 generation)
{
	make_empty(text);
	if (address && (read_argument(text, address) <= 0 || text->length > LEASH_PATH_MAX))
		return LEASH_TESTS_FAILED;
	return leash_test_text(text, LEASH_ARGV0_IS, slot, generation);
}

/* Reads them from the caller's memory, when the plan asks about them. False when they cannot be. */
__noinline int leash_read_arguments(struct leash_scratch *scratch, __u32 slot, __u64 generation)
{
	struct argument_walk walk = { .generation = generation, .slot = slot };
	void *plan = plan_of(slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;
	__u64 first = 0;

	if (!scratch)
		return 0;
	scratch->exec.argument_known = 0;
	if (!header || header->generation != generation)
		return 1; /* what follows denies */
	if (!header->exec.test_count)
		return 1;
	if (scratch->exec.argument_count > LEASH_MAX_ARGUMENTS)
		return 0;
	walk.text = argument_room(scratch);
	walk.next = caller_arguments() + 8;
	walk.left = scratch->exec.argument_count > 1 ? scratch->exec.argument_count - 1 : 0;
	bpf_probe_read_user(&first, sizeof(first), (const void *)(walk.next - 8)); /* without a first: empty */
	scratch->exec.first_bits = test_first(walk.text, first, slot, generation);
	make_empty(walk.text);
	if (!walk.left)
		walk.bits = leash_test_text(walk.text, LEASH_ARGS_EMPTY, slot, generation);
	bpf_loop(LEASH_MAX_ARGUMENTS, look_at_pointer, &walk, 0);
	scratch->exec.argument_bits = walk.bits;
	scratch->exec.argument_known = 1;
	return !((walk.bits | scratch->exec.first_bits) & LEASH_TESTS_FAILED);
}

/* Whether the new image's arguments pass the same tests. A script's come behind those of its interpreter. */
__noinline int leash_same_arguments(struct leash_scratch *scratch, __u64 stack, __u32 count, __u32 slot, __u32 is_script)
{
	struct argument_walk walk = { .next = stack, .slot = slot };
	__u32 behind;

	if (!scratch)
		return 0;
	if (!scratch->exec.argument_known)
		return 1;
	behind = scratch->exec.argument_count > 1 ? scratch->exec.argument_count - 1 : 0;
	walk.generation = scratch->exec.plan_generation;
	walk.text = argument_room(scratch);
	if (count < behind || count > LEASH_MAX_ARGUMENTS + 2 * LEASH_MAX_SCRIPTS)
		return 0;
	if (!is_script && test_first(walk.text, count ? stack : 0, slot, walk.generation) != scratch->exec.first_bits)
		return 0;
	walk.left = count;
	walk.skip = count - behind;
	make_empty(walk.text);
	if (!behind)
		walk.bits = leash_test_text(walk.text, LEASH_ARGS_EMPTY, slot, walk.generation);
	bpf_loop(LEASH_MAX_ARGUMENTS + LEASH_STACK_PARTS, look_at_string, &walk, 0);
	return !walk.left && walk.bits == scratch->exec.argument_bits;
}

static __always_inline bool add_exec_row(void *plan, const struct leash_plan *header, __u32 row, __u32 principal, __u32 outcome, __u32 *sum)
{
	__u64 index = ((__u64)row * header->principals.count + principal) << (header->exec.test_count & 15) | outcome;
	const __u8 *mask;

	if (!row)
		return true; /* says nothing */
	if (row >= header->row_count || principal >= header->principals.count || header->exec.masks + index > 0xffffffffull)
		return false;
	mask = at(plan, header->exec.masks + index, sizeof(*mask));
	if (!mask)
		return false;
	*sum |= *mask;
	return true;
}

/* By the class that a path was given by the decision just before, and the tests that hold. */
__noinline __u32 leash_decide_exec(struct leash_path *path, __u32 slot, __u64 generation, __u32 principal, __u32 outcome)
{
	void *plan = plan_of(slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;
	__u32 sum = 0;

	if (!header || !path || header->generation != generation || outcome >> (header->exec.test_count & 15))
		return LEASH_REASON_NO_PLAN;
	if (!add_exec_row(plan, header, path->class.literals, principal, outcome, &sum)
	    || !add_exec_row(plan, header, path->class.names, principal, outcome, &sum))
		return LEASH_REASON_NO_PLAN;
#pragma unroll
	for (__u32 i = 0; i < LEASH_MAX_DFAS; i++) {
		if (i < path->class.dfa_count && !add_exec_row(plan, header, path->class.dfas[i], principal, outcome, &sum))
			return LEASH_REASON_NO_PLAN;
	}
	return sum & 2 ? LEASH_REASON_FORBID : sum & 1 ? LEASH_REASON_PERMIT : LEASH_REASON_NO_PERMIT;
}

/* Decides on a file by its arguments and, of a script, its interpreter. */
static __always_inline __u32 decide_with_arguments(struct operation *operation, struct leash_path *path, struct leash_path *interpreter)
{
	struct leash_scratch *scratch = operation->scratch;
	struct leash_path *text = interpreter ? interpreter : argument_room(scratch);
	__u32 slot = operation->task->slot, bits;

	if (!interpreter)
		make_empty(text);
	bits = leash_test_text(text, LEASH_INTERPRETER_IS, slot, operation->generation) | scratch->exec.argument_bits | scratch->exec.first_bits;
	if (bits & LEASH_TESTS_FAILED)
		return LEASH_REASON_NO_PLAN;
	return leash_decide_exec(path, slot, operation->generation, operation->principal, bits);
}

#endif
