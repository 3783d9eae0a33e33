/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Starting programs: the file that was named, then the interpreter of each #! line, down to a binary. All of them are
 * decided by the class of who asked. The class moves when the exec cannot fail any more.
 * FAIL-CLOSED: an exec whose beginning was not seen does not happen. When a plan comes into force on the way, all is
 * decided again; the caller is told to try again where that cannot be.
 */
#include "lib/callers.bpf.h"
#include "lib/exec_event.bpf.h"
#include "lib/principal.bpf.h"
#include "lib/scripts.bpf.h"

/* The plan in force decides from here on. False when it asks about arguments, and they cannot be read. */
static __always_inline bool begin_decision(struct operation *operation)
{
	operation->scratch->exec.plan_generation = operation->generation;
	return leash_read_arguments(operation->scratch, operation->task->slot, operation->generation);
}

__noinline int leash_exec_begin(__u64 bprm, __u32 argument_count)
{
	struct operation operation = {};
	int result = begin(&operation, BIT(LEASH_PROCESS_EXEC));

	if (result <= 0)
		return result;
	forget_caller();
	operation.scratch->exec.bprm = bprm;
	operation.scratch->exec.depth = 0;
	operation.scratch->exec.is_mixed = 0;
	operation.scratch->path.length = 0;
	operation.scratch->second.length = 0;
	operation.scratch->exec.principal = LEASH_NO_PRINCIPAL;
	operation.scratch->exec.argument_count = argument_count;
	operation.scratch->exec.opened = 0; /* the file that was named: its decision is still to come */
	return begin_decision(&operation) ? 0 : leash_conclude_exec(LEASH_REASON_UNREADABLE, LEASH_NO_FILE, 0);
}

SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(l_exec_begin, struct linux_binprm *bprm)
{
	return hook_result(leash_exec_begin(address_of(bprm), READ(bprm, argc)));
}

/* The path of the file that is to be executed. LEASH_REASON_NONE, or why it has none. */
static __always_inline int name_executable(struct operation *operation, const struct file *file, struct leash_path *path)
{
	int reason = walk(operation, path, (__u64)READ(file, f_path.mnt), (__u64)READ(file, f_path.dentry));

	if (reason == LEASH_WALK_ANONYMOUS || (!reason && !READ(file, f_inode, i_nlink)))
		return LEASH_REASON_ANONYMOUS;
	return reason;
}

/* Decides on one file of an exec; of a script, what its interpreter is when a condition asks for it. */
static __always_inline int decide_file(struct operation *operation, __u32 depth)
{
	struct leash_path *path = path_at(operation->scratch, depth), *before = path_at(operation->scratch, depth + 1);
	__u32 missing, reason = decide(operation, path, &missing);

	if (reason == LEASH_ANSWER_STALE) {
		operation->scratch->exec.is_mixed = 1;
		return 0;
	}
	if (!operation->scratch->exec.argument_known || (reason != LEASH_REASON_PERMIT && reason != LEASH_REASON_NO_PERMIT
							  && reason != LEASH_REASON_FORBID))
		return reason == LEASH_REASON_PERMIT ? 0 : leash_conclude_exec(reason, depth, 0);
	if (!depth)
		return 0; /* decided with its interpreter, or when there is none */
	reason = decide_with_arguments(operation, before, path);
	return reason == LEASH_REASON_PERMIT ? 0 : leash_conclude_exec(reason, depth - 1, 1);
}

/* The symbol of the file at a depth, and the decision on it. */
static __always_inline int name_and_decide(struct operation *operation, __u32 depth)
{
	__u32 symbol = leash_symbol(path_at(operation->scratch, depth), operation->task->slot, 0);

	if (symbol == LEASH_NO_PRINCIPAL || depth >= LEASH_MAX_SCRIPTS)
		return leash_conclude_exec(LEASH_REASON_NO_PRINCIPAL, depth, 0);
	operation->scratch->exec.script_symbols[depth] = symbol;
	return decide_file(operation, depth);
}

__noinline int leash_exec_file(__u64 address, __u64 executable)
{
	const struct file *file = (const void *)executable;
	struct leash_exec_state *state;
	struct operation operation = {};
	__u32 depth;
	int result = begin(&operation, BIT(LEASH_PROCESS_EXEC));

	if (result <= 0)
		return result;
	state = &operation.scratch->exec;
	depth = state->depth;
	if (state->bprm != address || depth >= LEASH_MAX_SCRIPTS)
		return deny_structurally(&operation, EACCES, 0);
	if (state->opened_dentry == (__u64)READ(file, f_path.dentry) && state->opened_mount == (__u64)READ(file, f_path.mnt))
		state->opened = 0;
	if (state->plan_generation != operation.generation) {
		state->is_mixed = 1;
		if (!begin_decision(&operation))
			return leash_conclude_exec(LEASH_REASON_UNREADABLE, LEASH_NO_FILE, 0);
	}
	if (depth > 1 && !keep_script(path_at(operation.scratch, depth), depth - 2))
		return leash_conclude_exec(LEASH_REASON_NO_STORAGE, LEASH_NO_FILE, 0);
	result = name_executable(&operation, file, path_at(operation.scratch, depth));
	if (result)
		return leash_conclude_exec(result, depth, 0);
	state->depth = depth + 1;
	return name_and_decide(&operation, depth);
}

SEC("lsm/bprm_check_security")
int BPF_PROG(l_exec_file, struct linux_binprm *bprm)
{
	return hook_result(leash_exec_file(address_of(bprm), (__u64)READ(bprm, file)));
}

/* Decides on a whole exec again, by the plan that came into force meanwhile. Only the last two files are still known. */
__noinline int leash_exec_again(__u32 last)
{
	struct operation operation = {};
	int result = begin(&operation, BIT(LEASH_PROCESS_EXEC));

	if (result <= 0)
		return result;
	if (last > 1)
		return -EAGAIN;
	operation.scratch->exec.is_mixed = 0;
	if (!begin_decision(&operation))
		return leash_conclude_exec(LEASH_REASON_UNREADABLE, LEASH_NO_FILE, 0);
	result = name_and_decide(&operation, 0);
	if (!result && last)
		result = name_and_decide(&operation, 1);
	return !result && operation.scratch->exec.is_mixed ? -EAGAIN : result;
}

/* The last moment at which an exec can be refused with an errno. */
__noinline int leash_exec_end(__u64 bprm)
{
	struct operation operation = {};
	const struct leash_plan *header;
	struct leash_exec_state *state;
	__u32 last, reason;
	void *plan;
	int result = begin(&operation, BIT(LEASH_PROCESS_EXEC));

	if (result <= 0)
		return result;
	state = &operation.scratch->exec;
	last = state->depth - 1;
	if (state->bprm != bprm || last >= LEASH_MAX_SCRIPTS)
		return deny_structurally(&operation, EACCES, 0);
	if (state->is_mixed || state->plan_generation != operation.generation) {
		result = leash_exec_again(last);
		if (result)
			return result;
		adopt_plan(&operation);
	}
	plan = plan_of(operation.task->slot);
	header = plan ? plan_header(plan) : NULL;
	if (!header || header->generation != state->plan_generation || operation.generation != state->plan_generation)
		return -EAGAIN;
	if (state->argument_known) {
		reason = decide_with_arguments(&operation, path_at(operation.scratch, last), NULL);
		result = reason == LEASH_REASON_PERMIT ? 0 : leash_conclude_exec(reason, last, 0);
		if (result)
			return result;
	}
	state->principal = move_principal(plan, header, operation.principal, state->script_symbols, last, state->script_symbols[last]);
	if (state->principal == LEASH_NO_PRINCIPAL)
		return leash_conclude_exec(LEASH_REASON_NO_PRINCIPAL, last, 0);
	return 0;
}

/* The buffers of paths are taken until the exec has its event: this one is where an event has its second path, which is not used here. */
static __always_inline struct leash_path *loader_path(struct leash_scratch *scratch)
{
	_Static_assert(LEASH_PATH_MAX + sizeof(struct leash_path) <= sizeof(scratch->event_bytes), "a path fits behind the first of an event");
	return (struct leash_path *)(scratch->event_bytes + LEASH_PATH_MAX);
}

/*
 * A file that the kernel opened and did not ask to execute is the loader that a binary names: it is mapped before the image
 * runs, so it is read by who asked. FAIL-CLOSED: there is one at most.
 */
__noinline int leash_exec_loader(void)
{
	__u32 missing = BIT(LEASH_FILE_OPEN_READ_ONLY);
	struct operation operation = {};
	struct leash_exec_state *state;
	struct leash_path *path;
	int result = begin(&operation, BIT(LEASH_FILE_OPEN_READ_ONLY));

	if (result <= 0)
		return result;
	state = &operation.scratch->exec;
	if (!state->opened)
		return 0;
	if (state->opened > 1)
		return deny_structurally(&operation, EACCES, 0);
	path = loader_path(operation.scratch);
	result = walk(&operation, path, state->opened_mount, state->opened_dentry);
	if (result == LEASH_WALK_ANONYMOUS)
		result = LEASH_REASON_ANONYMOUS;
	if (!result)
		result = decide_anew(&operation, path, &missing);
	if (result != LEASH_REASON_PERMIT)
		return conclude(&operation, result, missing, path, NULL);
	if (!was_seen(&operation, state->opened_dentry)) {
		event_begin(&operation, LEASH_EVENT_PATH, LEASH_ALLOW, LEASH_REASON_PERMIT);
		event_send_paths(&operation, path, NULL);
	}
	return 0;
}

SEC("lsm/bprm_creds_from_file")
int BPF_PROG(l_exec_end, struct linux_binprm *bprm)
{
	int result = leash_exec_end(address_of(bprm));

	return hook_result(result ? result : leash_exec_loader());
}

/* The class of the new image under the plan that is being prepared: see LEASH_PENDING. */
static __always_inline void enter_pending(struct operation *operation, __u64 before, __u64 exec_id, __u32 last)
{
	struct leash_scratch *scratch = operation->scratch;
	__u32 slot = LEASH_PENDING(operation->task->slot);
	void *plan = plan_of(slot);
	const struct leash_plan *header = plan ? plan_header(plan) : NULL;
	struct leash_exec_key key = { .exec_id = before };
	__u32 symbols[1], binary, class, *known;

	if (!header || header->principals.count == 1 || last > 1)
		return;
	key.generation = header->generation;
	class = header->principals.initial;
	if (before) {
		known = bpf_map_lookup_elem(&leash_exec_classes, &key);
		if (!known)
			return;
		class = *known;
	}
	binary = leash_symbol(path_at(scratch, last), slot, key.generation);
	symbols[0] = last ? leash_symbol(path_at(scratch, 0), slot, key.generation) : 0;
	if (last)
		class = step(plan, header, header->principals.by_script, class, symbols[0]);
	class = step(plan, header, header->principals.by_binary, class, binary);
	key.exec_id = exec_id;
	bpf_map_update_elem(&leash_exec_classes, &key, &class, BPF_ANY);
}

/* The last script and the binary: what moves a class to the image's. Earlier scripts have events of their own before. */
static __always_inline void send_exec(struct operation *operation, __u64 before, __u32 last, const struct linux_binprm *bprm)
{
	struct leash_scratch *scratch = operation->scratch;
	struct leash_event *event = event_begin(operation, LEASH_EVENT_EXEC, LEASH_ALLOW, LEASH_REASON_PERMIT);
	__u32 length = append_path(scratch, 0, path_at(scratch, last));

	event->parent_exec_id = before;
	event->value = last; /* how many scripts came before the binary */
	event->path_length = length;
	if (last)
		event->second_length = append_path(scratch, length, path_at(scratch, last - 1));
	length += event->second_length;
	event->arguments_length = append_arguments(scratch, length, READ(bprm, p), READ(bprm, argc));
	event_send(operation, length + event->arguments_length);
}

__noinline int leash_exec_done(__u64 address)
{
	const struct linux_binprm *bprm = (const void *)address;
	struct operation operation = {};
	struct leash_exec_state *state;
	__u64 before, exec_id;
	__u32 last;
	int result = begin(&operation, BIT(LEASH_PROCESS_EXEC));

	if (result < 0)
		bpf_send_signal(SIGKILL); /* FAIL-CLOSED: the new image would go on as what the old one was */
	if (result <= 0)
		return 0;
	state = &operation.scratch->exec;
	last = state->depth - 1;
	if (state->bprm != address || last >= LEASH_MAX_SCRIPTS || state->principal == LEASH_NO_PRINCIPAL
	    || !leash_same_arguments(operation.scratch, READ(bprm, p), READ(bprm, argc), operation.task->slot, last)) {
		/* FAIL-CLOSED: what was decided is not what starts; it does not reach its first instruction. */
		bpf_send_signal(SIGKILL);
		leash_conclude_exec(LEASH_REASON_ARGUMENTS, LEASH_NO_FILE, 0);
		return 0;
	}
	before = send_scripts(&operation, last);
	exec_id = next_serial();
	operation.task->exec_id = exec_id;
	operation.task->generation = state->plan_generation;
	operation.task->principal = state->principal;
	operation.principal = state->principal;
	operation.generation = state->plan_generation;
	state->bprm = 0;
	enter_pending(&operation, before, exec_id, last);
	send_exec(&operation, before, last, bprm);
	return 0;
}

SEC("lsm/bprm_committing_creds")
int BPF_PROG(l_exec_done, struct linux_binprm *bprm)
{
	leash_exec_done(address_of(bprm));
	return 0;
}
