/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds names below a node, and walks a path down the tree of literals. */
#ifndef LEASH_LITERALS_BPF_H
#define LEASH_LITERALS_BPF_H

#include "lib/hash.bpf.h"
#include "lib/page.bpf.h"

#define LEASH_BUFFER_MASK (LEASH_BUFFER_SIZE - 1)

static __always_inline __u64 word_at(const struct leash_path *path, __u32 offset)
{
	/* The room behind the buffer holds the words that begin within it. */
	return *(const __u64 *)(path->bytes + (offset & LEASH_BUFFER_MASK));
}

/* A name in a plan, padded with zeros to whole words. */
struct leash_name {
	__u8 bytes[LEASH_NAME_WORDS * 8];
};

static __always_inline __u64 name_word(const struct leash_name *name, __u32 index)
{
	return *(const __u64 *)(name->bytes + (index & (LEASH_NAME_WORDS - 1)) * 8);
}

/*
 * The next functions are global, so that the verifier looks at each once by itself: their loops would otherwise multiply
 * with each other. Callers never pass NULL; the verifier wants to see it checked.
 */

/* Bytes up to the next slash; more than LEASH_NAME_MAX for none in reach. */
__noinline __u32 leash_component_length(const struct leash_path *path, __u32 position)
{
	if (!path)
		return 0;
	for (__u32 i = 0; i < LEASH_NAME_WORDS + 1; i++) {
		__u32 before = bytes_before_slash(word_at(path, position + i * 8));

		if (before < 8)
			return i * 8 + before;
	}
	return LEASH_NAME_MAX + 1;
}

/* Never 0. */
__noinline __u64 leash_hash_name(const struct leash_path *path, __u32 start, __u32 length, __u32 parent)
{
	__u64 hash = hash_begin(parent, length);

	if (!path)
		return 1;
	/* Whole words, then the rest: with a choice in each step the verifier would look at every one of them many times. */
	for (__u32 i = 0; i < LEASH_NAME_WORDS && i < length / 8; i++)
		hash = hash_word(hash, word_at(path, start + i * 8));
	if (length & 7)
		hash = hash_word(hash, first_bytes(word_at(path, start + (length & ~7u)), length & 7));
	return hash ? hash : 1;
}

__noinline int leash_same_name(const struct leash_path *path, __u32 start, __u32 length, const struct leash_name *name)
{
	if (!path || !name)
		return 0;
	for (__u32 i = 0; i < LEASH_NAME_WORDS && i < length / 8; i++) {
		if (name_word(name, i) != word_at(path, start + i * 8))
			return 0;
	}
	return !(length & 7) || name_word(name, length / 8) == first_bytes(word_at(path, start + (length & ~7u)), length & 7);
}

/* The entry that lies `distance` places behind that of a hash; NULL in a damaged plan. */
static __always_inline struct leash_literal *entry_of(void *plan, const struct leash_path_index *index, __u64 hash, __u32 distance)
{
	__u32 place = ((__u32)hash + distance) & index->mask;

	return at(plan, index->literals + place * sizeof(struct leash_literal), sizeof(struct leash_literal));
}

static __always_inline bool is_entry_for(const struct leash_literal *entry, __u64 hash, __u32 parent, __u32 length)
{
	return entry->hash == hash && entry->parent == parent && entry->name_length == length;
}

/* A search among the entries behind the first. */
struct probing {
	void *plan;
	const struct leash_path_index *index;
	__u64 hash;
	__u32 parent;
	__u32 length;
	__u32 distance;	/* where it was found, or 0 */
};

static long probe_next(__u32 i, void *context)
{
	struct probing *search = context;
	const struct leash_literal *entry = entry_of(search->plan, search->index, search->hash, i + 1);

	if (!entry || !entry->hash)
		return 1;
	if (!is_entry_for(entry, search->hash, search->parent, search->length))
		return 0;
	search->distance = i + 1;
	return 1;
}

/* The entry for (parent, name), or NULL. The name is `length` bytes, 1 to 255, at `start` of the path. */
static __always_inline struct leash_literal *find_literal(void *plan, const struct leash_path_index *index, __u32 parent,
							  const struct leash_path *path, __u32 start, __u32 length)
{
	__u64 hash = leash_hash_name(path, start, length, parent);
	struct leash_literal *entry = entry_of(plan, index, hash, 0);

	/* At most one entry of a table has this hash, parent and length: the compiler of plans sees to it. So one name is compared. */
	if (!entry || !entry->hash)
		return NULL;
	if (!is_entry_for(entry, hash, parent, length)) {
		struct probing search = { .plan = plan, .index = index, .hash = hash, .parent = parent, .length = length };

		bpf_loop(LEASH_MAX_PROBES - 1, probe_next, &search, 0);
		entry = search.distance ? entry_of(plan, index, hash, search.distance) : NULL;
	}
	if (!entry)
		return NULL;
	const struct leash_name *name = text_at(plan, entry->name, sizeof(struct leash_name));

	return name && leash_same_name(path, start, length, name) ? entry : NULL;
}

/* Where a walk is. */
struct descent {
	void *plan;
	const struct leash_path_index *index;
	const struct leash_path *path;
	__u32 position;		/* of the component to come */
	__u32 end;		/* of the path */
	__u32 node;
	__u32 row;		/* of the path if it ended, or went on without literals, here */
	__u32 exact;		/* of the node that was reached last */
	__u32 flags;		/* of that node */
	__u32 bad;		/* a component that no name can be */
};

/* One component down. 1 to stop: the end, or no literal goes further. */
static long descend(__u32 i, void *context)
{
	struct descent *at = context;

	if (at->position >= at->end)
		return 1;
	__u32 length = leash_component_length(at->path, at->position);
	if (!length || length > LEASH_NAME_MAX) {
		at->bad = 1;
		return 1;
	}
	struct leash_literal *entry = find_literal(at->plan, at->index, at->node, at->path, at->position, length);
	at->flags = 0;
	if (!entry) {
		at->exact = at->row;
		return 1;
	}
	at->node = entry->node;
	at->row = entry->under;
	at->exact = entry->exact;
	at->flags = entry->flags;
	at->position += length + 1;
	return 0;
}

#endif
