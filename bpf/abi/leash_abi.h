/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel programs and the C# side share: the only place where these
 * layouts and numbers are written down in C. The C# side is compared with this
 * header by compiling it and with the BTF of the built objects.
 */
#ifndef LEASH_ABI_H
#define LEASH_ABI_H

#ifdef __bpf__
typedef unsigned char leash_u8;
typedef unsigned short leash_u16;
typedef unsigned int leash_u32;
typedef int leash_s32;
typedef unsigned long long leash_u64;
#else
#include <stdint.h>
typedef uint8_t leash_u8;
typedef uint16_t leash_u16;
typedef uint32_t leash_u32;
typedef int32_t leash_s32;
typedef uint64_t leash_u64;
#endif

/* Part of the name of the directory of pins: another layout is another set of programs. */
#define LEASH_ABI_VERSION 2

/* ---- actions: bit numbers, in the order of PlanAction ---- */

enum leash_action {
	LEASH_FILE_OPEN_READ_ONLY = 0,
	LEASH_FILE_OPEN_READ_WRITE = 1,
	LEASH_FILE_CREATE = 2,
	LEASH_FILE_DELETE = 3,
	LEASH_FILE_RENAME = 4,
	LEASH_FILE_LINK = 5,
	LEASH_FILE_TRUNCATE = 6,
	LEASH_FILE_METADATA = 7,
	LEASH_DIR_CREATE = 8,
	LEASH_DIR_DELETE = 9,
	LEASH_FILE_MKNOD = 10,
	LEASH_UNIX_CONNECT = 11,
	LEASH_PROCESS_EXEC = 12,
	LEASH_PROCESS_TRACE = 13,
	LEASH_PROCESS_SIGNAL = 14,
	LEASH_NETWORK_CONNECT = 15,
	LEASH_NETWORK_LISTEN = 16,
	LEASH_DNS_QUERY = 17,
};

/* ---- a plan: one inner array map, whose values are pages of one flat address space ---- */

#define LEASH_PAGE_SHIFT 15
#define LEASH_PAGE_SIZE (1u << LEASH_PAGE_SHIFT)
#define LEASH_PLAN_MAGIC 0x4e414c50u /* "PLAN" */
#define LEASH_PATH_MAX 4096	/* bytes of a path, without a terminator */
#define LEASH_NAME_MAX 255
#define LEASH_MAX_PROBES 32	/* the compiler grows a table until no entry lies further from its place */
#define LEASH_MAX_DFAS 8
#define LEASH_MAX_PRINCIPALS 65536
#define LEASH_NO_PRINCIPAL 0xffffffffu	/* the class that is denied everything */

/* Bit of `forbid` in a row: one of leash's own files, denied in every mode. */
#define LEASH_FORBID_PROTECTED (1u << 31)

/* A row of a row table: what the statements of one factor say, for one principal class. */
struct leash_masks {
	leash_u32 permit;	/* set of enum leash_action */
	leash_u32 forbid;
};

/*
 * Literals, by open addressing with linear probing from (hash & mask).
 * The key is (parent, name); the hash only finds it.
 */
struct leash_literal {
	leash_u64 hash;		/* 0: empty */
	leash_u32 parent;	/* node of the directory; LEASH_NODE_* */
	leash_u32 node;		/* never 0 */
	leash_u32 name;		/* address of the name, zero-padded to 8 bytes, within one page */
	leash_u16 name_length;	/* 1 to 255; of an abstract socket up to 108 */
	leash_u16 flags;	/* enum leash_literal_flag */
	leash_u32 exact;	/* row (or symbol) of the path that ends here */
	leash_u32 under;	/* row (or symbol) of every path below that meets no deeper literal */
};

/*
 * A directory moves in the kernel only when nothing below it changes its
 * verdict: neither end has literals below, both ends have the same `under`, and
 * every automaton that reads forwards is in the same state after either end and a
 * slash. Otherwise the move fails with EXDEV, so that mv and package managers copy
 * instead, and each file is decided by itself (docs/adr/0020).
 */
enum leash_literal_flag {
	LEASH_LITERAL_HAS_CHILDREN = 1 << 0,	/* some literal has this node as its parent */
};

#define LEASH_NODE_ROOT 0u		/* parent of first components */
#define LEASH_NODE_ABSTRACT 0xfffffffeu	/* parent of names of abstract sockets, with their @ */
#define LEASH_NODE_NAME 0xfffffffdu	/* parent of last components, for tests on the name alone */

/*
 * A deterministic automaton over the bytes of a path. A transition is the byte
 * offset of the next state's row; bit 0 is set when that state never changes.
 */
struct leash_dfa {
	leash_u32 transitions;	/* address, page-aligned; u32 [state][1 << column_bits]; no row crosses a page */
	leash_u32 columns;	/* address of u8 [256]: column of each byte, within one page */
	leash_u32 labels;	/* address of u32 [state]: row (or symbol) of a path that ends in the state */
	leash_u32 column_bits;	/* 0 to 8 */
	leash_u32 start;	/* transition into the first state */
	leash_u32 state_count;
};

/* Classifies paths by up to 2 + LEASH_MAX_DFAS independent factors; what holds is the union of their rows. */
struct leash_path_index {
	leash_u32 literals;	/* address of struct leash_literal [mask + 1], page-aligned or within one page */
	leash_u32 mask;
	leash_u32 root_exact;	/* of "/" */
	leash_u32 root_under;
	leash_u32 abstract;	/* of @name without a literal */
	leash_u32 has_names;	/* whether any literal has the parent LEASH_NODE_NAME */
	leash_u32 dfa_count;
	leash_u32 backward_dfas; /* the first so many read a path from its end, and what they say depends on nothing before its last slash */
	struct leash_dfa dfas[LEASH_MAX_DFAS];
};

/*
 * Principal classes: states that an exec changes in two steps, first by the
 * script (when there is one), then by the binary. Symbols come from `index`,
 * whose "rows" are symbols of its factors: literal symbol * dfa_symbols + symbol
 * of its only dfa.
 */
struct leash_principals {
	leash_u32 count;	/* 1: the policy does not tell executables apart */
	leash_u32 initial;
	leash_u32 symbol_count;
	leash_u32 dfa_symbols;	/* at least 1 */
	leash_u32 by_script;	/* address of u32 [count][symbol_count] */
	leash_u32 by_binary;
	struct leash_path_index index;
};

/* Arguments of an exec that the policy asks about. */
#define LEASH_MAX_ARGUMENT_TESTS 10
enum leash_argument_kind {
	LEASH_ARGS_CONTAIN = 1,		/* one behind the first is `text` */
	LEASH_ARGS_EMPTY = 2,		/* none behind the first */
	LEASH_ARGV0_IS = 3,
	LEASH_ARGV0_LIKE = 4,		/* `dfa` accepts: its label is 1 */
	LEASH_INTERPRETER_IS = 5,	/* the canonical path of the #! line's interpreter; empty without one */
	LEASH_INTERPRETER_LIKE = 6,
};

struct leash_argument_test {
	leash_u32 kind;
	leash_u32 text;		/* address, zero-padded to 8 bytes, within one page */
	leash_u32 text_length;	/* up to LEASH_PATH_MAX */
	leash_u32 reserved;
	struct leash_dfa dfa;
};

/* The verdict on an exec when arguments matter: u8 [row][principal][1 << test_count], bit 0 permit, bit 1 forbid. */
struct leash_exec {
	leash_u32 test_count;	/* 0: ProcessExec is in the ordinary rows */
	leash_u32 masks;	/* address */
	struct leash_argument_test tests[LEASH_MAX_ARGUMENT_TESTS];
};

/* ---- endpoints ----
 *
 * An address has a class, a name has classes, a port and a transport have a
 * column. A class is a vector of rows, one for each column. What holds for an
 * address without known names is the row of its `bare` vector; for a name of an
 * address, the union of the address's `named` vector, of the vectors of the
 * name's classes, and of the joint vector of both.
 */

/* Sorted, without gaps, the first from zero; each ends where the next starts. IPv4 also where it is written as IPv6. */
struct leash_range4 {
	leash_u32 start;	/* host byte order */
	leash_u32 class;
};

struct leash_range6 {
	leash_u64 high;
	leash_u64 low;
	leash_u32 class;
	leash_u32 reserved[3];
};

#define LEASH_MAX_RANGES (1u << 20)
#define LEASH_RANGE_STEPS 20		/* of the search: as many as LEASH_MAX_RANGES needs */

struct leash_ranges {
	leash_u32 first;	/* address of u32 [(1 << bits) + 1]: the range of the first address with these upper bits; last, count - 1 */
	leash_u32 bits;		/* 0 to 16 */
	leash_u32 ranges;	/* address of struct leash_range4 or leash_range6 [count], page-aligned */
	leash_u32 count;	/* 0: the plan has no endpoints, and all are denied */
};

struct leash_address_class {
	leash_u32 bare;		/* vectors */
	leash_u32 named;
	leash_u32 joint;	/* line of the joint table */
	leash_u32 reserved;
};

struct leash_name_class {
	leash_u32 vector;
	leash_u32 joint;	/* column of the joint table; 0 for all classes of a name but the first */
};

struct leash_endpoint_index {
	struct leash_ranges v4;
	struct leash_ranges v6;
	leash_u32 port_blocks;		/* address of u16 [256], within one page: the block of ports with this upper byte */
	leash_u32 port_columns;		/* address of u16 [block][256], page-aligned: the column of a port of TCP */
	leash_u32 udp_columns;		/* added for UDP; 0 when the policy does not tell transports apart */
	leash_u32 columns;		/* rows of a vector */
	leash_u32 vectors;		/* address of u32 [vector][columns] */
	leash_u32 vector_count;
	leash_u32 address_classes;	/* address of struct leash_address_class [], page-aligned */
	leash_u32 address_class_count;
	leash_u32 name_classes;		/* address of struct leash_name_class [], page-aligned */
	leash_u32 name_class_count;
	leash_u32 joint;		/* address of u32 [line][joint_columns]: vectors */
	leash_u32 joint_columns;	/* 0: no statement depends on names and addresses at once */
	leash_u32 reserved[12];
};

struct leash_plan {
	leash_u32 magic;
	leash_u32 abi_version;
	leash_u64 generation;
	leash_u32 page_count;
	leash_u32 rows;		/* address of struct leash_masks [row_count][principals.count]; row 0 is all zero */
	leash_u32 row_count;
	leash_u32 process;	/* row of ProcessTrace and ProcessSignal */
	struct leash_path_index paths;
	struct leash_principals principals;
	struct leash_exec exec;
	struct leash_endpoint_index endpoints;
};

/* ---- sessions and tasks ---- */

#define LEASH_MAX_SESSIONS 256

enum leash_session_flag {
	LEASH_SESSION_SHADOW = 1 << 0,		/* denials by policy are recorded and happen nevertheless */
	LEASH_SESSION_FROZEN = 1 << 1,		/* everything is denied */
	LEASH_SESSION_FILES = 1 << 2,		/* files, programs and processes are decided by the kernel programs */
	LEASH_SESSION_NETWORK = 1 << 3,		/* endpoints are */
	LEASH_SESSION_ALL_EVENTS = 1 << 4,	/* every allowed operation is an event; without it, the first of its kind */
	LEASH_SESSION_LOOPBACK = 1 << 5,	/* connections to loopback addresses go to the gateway, too */
};

/* Value of the map leash_sessions, whose key is the id of the session's cgroup. */
struct leash_session {
	leash_u32 slot;		/* index into leash_plans and leash_rings */
	leash_u32 flags;
	leash_u64 cgroup;	/* again the key */
	leash_u64 root_mount;	/* struct vfsmount * and struct dentry * of the root, fixed by the kernel side at the start */
	leash_u64 root_dentry;
	leash_u32 pid_namespace;	/* inode number of the session's pid namespace, or 0 */
	leash_u32 supervisor;	/* thread group in the initial pid namespace that acts for the session (seccomp), or 0 */
	leash_u32 dns4;		/* where port 53 goes: network byte order; 0 for no redirection */
	leash_u16 dns_port;	/* host byte order */
	leash_u16 gateway_port;	/* host byte order, on 127.0.0.1 and ::1; 0 for none */
};

/* Value of the task storage leash_tasks. */
struct leash_task {
	leash_u64 cgroup;	/* the session */
	leash_u32 slot;
	leash_u32 principal;	/* under `generation` */
	leash_u64 generation;
	leash_u64 exec_id;	/* of the exec that made this image: what events name the executable by */
};

/*
 * How a plan is exchanged. leash_plans has two entries for each session: [slot]
 * is in force, [LEASH_PENDING(slot)] is being prepared, and empty otherwise.
 * User space sets the pending one, fills leash_exec_classes for every exec_id
 * that it knows, reads the ring until every exec it finds there has an entry,
 * and then makes the pending one the one in force.
 *
 * At an exec, besides moving the task's class, the programs look at the pending
 * plan (when it has more than one class): if the exec_id before has an entry
 * under its generation, the class that this exec moves it to is entered for the new
 * exec_id; if not, nothing, and user space enters it. This and the submission of the
 * exec's event belong to one run of one program, so that a grace period after
 * the pending plan was set, what entered nothing is in the ring.
 *
 * A task whose generation is not the plan's takes its class from
 * {plan's generation, its exec_id}; without an entry it is LEASH_NO_PRINCIPAL.
 * An exec_id of 0 is the session's image before its first exec: its class is the
 * plan's initial one, without an entry.
 */
#define LEASH_PENDING(slot) ((slot) + LEASH_MAX_SESSIONS)

/* Key of the hash leash_exec_classes, whose value is the class, a leash_u32. */
struct leash_exec_key {
	leash_u64 generation;
	leash_u64 exec_id;	/* unique among all sessions since the machine started; never 0 here */
};

/*
 * A path under decision: `length` bytes from `start`, no terminator; the byte
 * behind them is a slash, so that every component ends in one. The room behind
 * lets the programs read whole words and copy names without a case for the end.
 */
#define LEASH_BUFFER_SIZE (2 * LEASH_PATH_MAX)
#define LEASH_BUFFER_ROOM 320

/* What an index says of a path: a row of each factor, and what is the same for everything below. */
struct leash_path_class {
	leash_u32 literals;
	leash_u32 names;
	leash_u32 under;	/* row of what lies below and meets no literal */
	leash_u32 has_literals_below;
	leash_u32 dfa_count;
	leash_u32 reserved;
	leash_u32 dfas[LEASH_MAX_DFAS];		/* row of each automaton */
	leash_u32 states[LEASH_MAX_DFAS];	/* where each that reads forwards is after the path */
};

struct leash_path {
	leash_u32 start;	/* up to LEASH_BUFFER_SIZE - 1 - length */
	leash_u32 length;	/* 1 to LEASH_PATH_MAX */
	leash_u32 name;		/* where the last component starts; `start` for "/" and for @name of an abstract socket */
	leash_u32 reserved;
	struct leash_path_class class;	/* of the last decision on it */
	leash_u8 bytes[LEASH_BUFFER_SIZE + LEASH_BUFFER_ROOM];
};

/* ---- names, and what the network programs remember ---- */

/* Key of leash_names. IPv4 is written ::ffff:a.b.c.d everywhere in this section, addresses are in network byte order. */
struct leash_name_key {
	leash_u64 generation;	/* of the plan that has the classes */
	leash_u32 slot;
	leash_u32 reserved;
	leash_u8 address[16];
};

#define LEASH_MAX_NAMES 64		/* of an address; those of the same classes are one */
#define LEASH_MAX_NAME_CLASSES 2	/* by literals and suffixes, and by patterns */

struct leash_known_name {
	leash_u64 expires;	/* nanoseconds of CLOCK_BOOTTIME */
	leash_u32 count;	/* at least 1 */
	leash_u32 classes[LEASH_MAX_NAME_CLASSES];
	leash_u32 reserved;
};

/* Value of leash_names: the endpoint is allowed when it is for one of the names. */
struct leash_known_names {
	leash_u32 count;
	leash_u32 reserved;
	struct leash_known_name names[LEASH_MAX_NAMES];
};

/* Value of leash_delegates, whose key is a thread of the supervisor while it acts for a process of a session. */
struct leash_delegate {
	leash_u64 cgroup;	/* the session */
	leash_u32 principal;
	leash_u32 tid;		/* whom it acts for */
};

struct leash_address {
	leash_u8 address[16];
	leash_u16 port;		/* host byte order */
	leash_u16 family;	/* of the address as it was given; 0: none */
	leash_u32 reserved;
};

/* Key of leash_originals: the source of a redirected connection, as its accepting side sees it. */
struct leash_flow {
	leash_u8 address[16];
	leash_u16 port;		/* host byte order */
	leash_u16 reserved;
	leash_u32 slot;
};

/* Value of leash_originals. */
struct leash_original {
	struct leash_address destination;
	leash_u64 cgroup;
	leash_u64 exec_id;
	leash_u32 pid;		/* thread group, in the initial pid namespace */
	leash_u32 principal;
};

enum leash_socket_flag {
	LEASH_SOCKET_CONNECTED = 1 << 0,	/* a destination was allowed */
	LEASH_SOCKET_LISTENS = 1 << 1,		/* listening was allowed, also of sockets that were accepted from it */
	LEASH_SOCKET_REDIRECTED = 1 << 2,	/* the peer is the resolver or the gateway */
};

/* Value of the socket storage leash_sockets. */
struct leash_socket {
	struct leash_address peer;	/* decided last, after redirection */
	struct leash_address original;	/* what the program asked for, when redirected */
	leash_u64 exec_id;
	leash_u64 generation;		/* of the plan that `principal` is a class of */
	leash_u32 flags;
	leash_u32 principal;		/* who asked last */
	leash_u32 pid;
	leash_u32 tid;
};

/* ---- events ---- */

enum leash_event_kind {
	LEASH_EVENT_PATH = 1,		/* first and perhaps second path; of a denied exec its arguments, and the interpreter in second */
	LEASH_EVENT_EXEC = 2,		/* an exec that happened: binary in path, its script in second, arguments from the first on */
	LEASH_EVENT_ENDPOINT = 3,
	LEASH_EVENT_PROCESS = 4,	/* target's pid in `value` */
	LEASH_EVENT_STRUCTURAL = 5,	/* what no action covers */
	LEASH_EVENT_EXIT = 6,		/* the last thread of a thread group ended */
};

enum leash_verdict { LEASH_DENY = 0, LEASH_ALLOW = 1, LEASH_WOULD_DENY = 2 };

/* Why; every denial has one. */
enum leash_reason {
	LEASH_REASON_NONE = 0,
	LEASH_REASON_PERMIT = 1,
	LEASH_REASON_NO_PERMIT = 2,
	LEASH_REASON_FORBID = 3,
	LEASH_REASON_PROTECTED = 4,		/* leash's own files */
	LEASH_REASON_STRUCTURAL = 5,		/* no policy can allow it */
	LEASH_REASON_OUTSIDE = 6,		/* the path does not lead to the session's root */
	LEASH_REASON_TOO_LONG = 7,		/* path beyond LEASH_PATH_MAX or too many components */
	LEASH_REASON_DELETED = 8,		/* the file has no name any more */
	LEASH_REASON_RENAMED = 9,		/* the tree kept changing while the path was read */
	LEASH_REASON_UNREADABLE = 10,		/* kernel or user memory could not be read */
	LEASH_REASON_NO_PLAN = 11,		/* no plan, or a damaged one */
	LEASH_REASON_NO_PRINCIPAL = 12,		/* too many classes, or unknown to this generation */
	LEASH_REASON_FROZEN = 13,
	LEASH_REASON_ARGUMENTS = 14,		/* the arguments changed between decision and start: killed */
	LEASH_REASON_NO_STORAGE = 15,		/* no memory for the task's state */
	LEASH_REASON_ANONYMOUS = 16,		/* code without a path */
	LEASH_REASON_COUNT = 17,
};

/* A sample of leash_rings[slot]. The bytes behind it (at sizeof): path, second, arguments, each as long as its field says. */
struct leash_event {
	leash_u16 kind;
	leash_u8 verdict;
	leash_u8 reason;
	leash_u32 actions;	/* what was asked for; of a denial, what was missing */
	leash_u64 time;		/* nanoseconds of CLOCK_BOOTTIME */
	leash_u64 generation;
	leash_u64 exec_id;	/* of the process that asked; of an exec, the new one */
	leash_u64 parent_exec_id;	/* of an exec: the one before */
	leash_u32 pid;		/* thread group, in the initial pid namespace */
	leash_u32 tid;
	leash_u32 principal;
	leash_s32 syscall;	/* number, or -1 */
	leash_s32 error;	/* positive errno that the caller got, or 0 */
	leash_u32 value;
	leash_u32 count;	/* how many alike it stands for */
	leash_u16 path_length;
	leash_u16 second_length;
	leash_u32 arguments_length;
	leash_u16 family;	/* of an endpoint */
	leash_u16 port;		/* host byte order */
	leash_u8 protocol;	/* IPPROTO_TCP, IPPROTO_UDP */
	leash_u8 address_length;	/* 4 or 16 */
	leash_u16 reserved;
	leash_u8 address[16];
};

/* Indexes of the per-CPU array leash_counters[slot * LEASH_COUNTER_COUNT + counter]. */
enum leash_counter {
	LEASH_COUNTER_DECISIONS = 0,
	LEASH_COUNTER_ALLOWED_COALESCED = 1,
	LEASH_COUNTER_ALLOWED_DROPPED = 2,	/* the ring was too full for an allowed operation's event */
	LEASH_COUNTER_DENIED_DROPPED = 3,	/* denied, and no room to say so */
	LEASH_COUNTER_EXEC_DROPPED = 4,
	LEASH_COUNTER_ERRORS = 5,		/* + enum leash_reason, LEASH_REASON_COUNT of them */
	LEASH_COUNTER_COUNT = 32,
};

/* ---- what the programs of one system call leave each other ---- */

#define LEASH_ARGUMENTS_MAX 4096	/* bytes of arguments in an event; the policy looks at all of them */
#define LEASH_EVENT_BYTES (2 * LEASH_PATH_MAX + LEASH_ARGUMENTS_MAX)
#define LEASH_ARGUMENT_PART 2048	/* of one argument in an event */
#define LEASH_MAX_SCRIPTS 6	/* files of an exec before the binary; the kernel gives up after five */

/* An exec on its way: filled file by file, applied when it cannot fail any more. */
struct leash_exec_state {
	leash_u64 bprm;		/* which exec; 0: none */
	leash_u64 plan_generation;
	leash_u32 depth;	/* files seen so far */
	leash_u32 argument_known;	/* whether the plan asks about arguments, and they were read */
	leash_u32 argument_count;	/* of the caller */
	leash_u32 argument_bits;	/* tests that held of those behind the first */
	leash_u32 first_bits;		/* and of the first, which a script does not get */
	leash_u32 is_mixed;	/* a plan came into force in between: all is decided again by one */
	leash_u32 principal;	/* class after the exec */
	leash_u32 script_symbols[LEASH_MAX_SCRIPTS];
	leash_u32 opened;	/* files that the kernel has opened for it and not asked to execute */
	leash_u64 opened_mount;	/* the last of them: struct vfsmount *, struct dentry * */
	leash_u64 opened_dentry;
};

/* Paths of scripts whose interpreter is a script: value of the task storage leash_scripts. */
struct leash_script_path {
	leash_u32 length;
	leash_u8 bytes[LEASH_PATH_MAX];
};

struct leash_scripts {
	struct leash_script_path paths[LEASH_MAX_SCRIPTS - 2];
};

/* Value of the task storage leash_scratch. Its size stays below 32 KiB, what the kernel then allocates. */
struct leash_scratch {
	struct leash_path path;
	struct leash_path second;
	leash_u64 write_mount;		/* struct vfsmount * that the call asked to write to last */
	leash_u64 found_mount;		/* where the call's last look-up of a socket ended: struct vfsmount * */
	leash_u64 found_dentry;
	struct leash_exec_state exec;
	struct leash_event event;
	leash_u8 event_bytes[LEASH_EVENT_BYTES + LEASH_ARGUMENT_PART];
};

/* ---- how the programs are attached: the rows of the section .rodata.hooks ---- */

enum leash_hook_kind {
	LEASH_HOOK_RETURN = 1,	/* decides: lsm, or fmod_ret on `function` */
	LEASH_HOOK_VOID = 2,	/* watches: lsm, or fentry on `function` */
	LEASH_HOOK_TRACE = 3,	/* as its section says, on `function`, with either kind of enforcer */
	LEASH_HOOK_TRACEPOINT = 4,	/* on the tracepoint `function`, with either kind */
};

struct leash_hook {
	char program[16];
	char hook[32];		/* of the kernel's list of hooks, without bpf_lsm_; empty for what is no hook */
	char function[48];
	leash_u32 kind;
	leash_u32 is_required;	/* 0: kernels without this hook have nothing that it would cover, or another row covers it */
};

#endif
