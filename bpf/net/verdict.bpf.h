/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a call to a verdict: who asks, what the plan says, what is told. */
#ifndef LEASH_NET_VERDICT_BPF_H
#define LEASH_NET_VERDICT_BPF_H

#include <bpf/bpf_core_read.h>

#include "net/decide.bpf.h"
#include "net/event.bpf.h"

#define PASS 1
#define REFUSE 0

/* Only to ask whether the kernel has a helper. */
enum bpf_func_id___known {
	BPF_FUNC_set_retval___known = 187,
};

/* The errno of a refusal can be chosen since Linux 5.18; before, it is EPERM. */
static __always_inline int refuse(int error)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id___known, BPF_FUNC_set_retval___known))
		bpf_set_retval(-error);
	return REFUSE;
}

/* What is decided: a protocol and an action (enum leash_action). */
#define ENDPOINT_ACT(protocol, action) ((action) << 8 | (protocol))

/*
 * Decides by the plan of a generation; LEASH_ANSWER_STALE when another one is in force by now. Global, so that the
 * verifier looks at it once for each program; such functions take no maps, so the plan is looked up again.
 */
__noinline int leash_decide_for(const struct leash_address *endpoint, __u32 slot, __u64 generation, __u32 principal, __u32 act)
{
	void *plan = bpf_map_lookup_elem(&leash_plans, &slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;

	if (!header || !endpoint)
		return LEASH_REASON_NO_PLAN;
	if (header->generation != generation)
		return LEASH_ANSWER_STALE;
	return leash_decide_endpoint(plan, slot, principal, endpoint, (__u8)act, act >> 8);
}

/*
 * Decides for an asker that was identified, by the socket's note or as the caller. A plan that comes into force
 * meanwhile decides it from its beginning. Plans do not come as fast as this goes on.
 */
static __always_inline __u32 decide(struct leash_asker *asker, const struct leash_socket *noted, const struct leash_address *endpoint, __u32 act)
{
	__u32 slot = asker->session->slot;
	__u32 reason = leash_decide_for(endpoint, slot, asker->generation, asker->caller.principal, act);

	if (reason != LEASH_ANSWER_STALE)
		return reason;
	identify(asker, noted);
	reason = leash_decide_for(endpoint, slot, asker->generation, asker->caller.principal, act);
	return reason == LEASH_ANSWER_STALE ? LEASH_REASON_NO_PLAN : reason; /* FAIL-CLOSED */
}

/* Whether the caller may do it. Says so in an event. */
static __noinline bool permits(struct leash_asker *asker, const struct leash_address *endpoint, __u8 protocol, __u32 action)
{
	const struct leash_session *session = asker->session;
	__u32 reason = decide(asker, NULL, endpoint, ENDPOINT_ACT(protocol, action));

	count(session, LEASH_COUNTER_DECISIONS);
	if (session->flags & LEASH_SESSION_FROZEN)
		reason = LEASH_REASON_FROZEN;
	__u32 verdict = reason == LEASH_REASON_PERMIT ? LEASH_ALLOW : is_shadowed(session->flags, reason) ? LEASH_WOULD_DENY : LEASH_DENY;

	if (verdict != LEASH_ALLOW && reason < LEASH_REASON_COUNT)
		count(session, LEASH_COUNTER_ERRORS + reason);
	tell(asker, endpoint, protocol, action, verdict, reason, verdict == LEASH_DENY ? EACCES : 0);
	return verdict != LEASH_DENY;
}

/* Notes on a socket who used it last; NULL without memory. */
static __always_inline struct leash_socket *note_asker(struct bpf_sock *sk, const struct leash_asker *asker)
{
	struct leash_socket *state = bpf_sk_storage_get(&leash_sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (!state)
		return NULL;
	state->exec_id = asker->caller.exec_id;
	state->generation = asker->generation;
	state->principal = asker->caller.principal;
	state->pid = asker->caller.pid;
	state->tid = asker->caller.tid;
	return state;
}

/* Notes on a socket where it may send, for the packets that follow. */
static __always_inline bool note(struct bpf_sock *sk, const struct leash_asker *asker, const struct leash_address *peer,
				 const struct leash_address *original)
{
	struct leash_socket *state = note_asker(sk, asker);

	if (!state)
		return false;
	state->peer = *peer;
	if (original) {
		state->original = *original;
		state->flags |= LEASH_SOCKET_CONNECTED | LEASH_SOCKET_REDIRECTED;
	} else {
		state->original.family = 0;
		state->flags = (state->flags | LEASH_SOCKET_CONNECTED) & ~LEASH_SOCKET_REDIRECTED;
	}
	return true;
}

#endif
