/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which sockets there are, and unix sockets by name. Addresses of networks are decided by the programs of the cgroup.
 * The kernel's hooks on unix sockets do not say which path was asked for: the look-up before is remembered.
 */
#include "lib/callers.bpf.h"
#include "lib/families.bpf.h"
#include "lib/verdict.bpf.h"

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_SEQPACKET 5
#define SOCK_PACKET 10
#define IPPROTO_ICMP 1
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_ICMPV6 58
#define NETLINK_ROUTE 0

static __always_inline int error_of_inet(int type, int protocol)
{
	switch (type) {
	case SOCK_STREAM:
		return protocol == 0 || protocol == IPPROTO_TCP ? 0 : EPROTONOSUPPORT;
	case SOCK_DGRAM:
		if (protocol == 0 || protocol == IPPROTO_UDP)
			return 0;
		return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6 ? EACCES : EPROTONOSUPPORT;
	case SOCK_RAW:
	case SOCK_PACKET:
		return EPERM;
	}
	return ESOCKTNOSUPPORT;
}

/* 0 for the kinds of sockets that are governed. */
static __always_inline int error_of_kind(int family, int type, int protocol)
{
	switch (family) {
	case AF_UNIX:
		return 0;
	case AF_INET:
	case AF_INET6:
		return error_of_inet(type, protocol);
	case AF_NETLINK:
		return protocol == NETLINK_ROUTE ? 0 : EPROTONOSUPPORT;
	case AF_PACKET:
		return EPERM;
	}
	return EAFNOSUPPORT;
}

SEC("lsm/socket_create")
int BPF_PROG(l_socket, int family, int type, int protocol, int is_kernels)
{
	int error = is_kernels ? 0 : error_of_kind(family, type & 0xf, protocol);

	if (error)
		return hook_result(leash_refuse(0, error, family));
	return !is_kernels && is_internet(family) ? hook_result(leash_tell_caller()) : 0;
}

/* Where the look-up of a socket's path ended. Only compared, never followed, once the call is over. */
SEC("fexit/kern_path")
int BPF_PROG(l_kern_path, const char *name, unsigned int flags, struct path *path, int result)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct leash_task *identity;
	struct leash_scratch *scratch;

	if (result || identify(&identity) <= 0)
		return 0;
	scratch = bpf_task_storage_get(&leash_scratch, current, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!scratch)
		return 0;
	scratch->found_mount = (__u64)READ(path, mnt);
	scratch->found_dentry = (__u64)READ(path, dentry);
	return 0;
}

/* An abstract name as policies write it: @, then the bytes behind the zero. False when it does not fit. */
static __always_inline bool fill_abstract(struct leash_path *path, const struct unix_address *address)
{
	int length = READ(address, len) - (int)sizeof(short);
	__u32 start = LEASH_PATH_END - 256;

	if (length < 1 || length > (int)sizeof(((struct sockaddr_un *)0)->sun_path))
		return false;
	path->bytes[start] = '@';
	if (bpf_probe_read_kernel(path->bytes + start + 1, (__u32)(length - 1) & 127, &address->name[0].sun_path[1]))
		return false;
	path->bytes[start + length] = '/';
	path->start = start;
	path->name = start;
	path->length = length;
	return true;
}

/* Fills the path that the caller asked for. LEASH_REASON_NONE, or why there is none. */
static __always_inline int fill_socket_path(struct operation *operation, const struct unix_sock *other)
{
	const struct dentry *bound = READ(other, path.dentry);
	const struct unix_address *address = READ(other, addr);
	struct leash_scratch *scratch = operation->scratch;

	if (bound) {
		/* The socket holds its dentry, so what was looked up is this one, or another name of it. */
		if (scratch->found_dentry != (__u64)bound)
			return LEASH_REASON_UNREADABLE;
		return walk(operation, &scratch->path, scratch->found_mount, scratch->found_dentry);
	}
	if (!address)
		return LEASH_WALK_ANONYMOUS;
	return fill_abstract(&scratch->path, address) ? LEASH_REASON_NONE : LEASH_REASON_UNREADABLE;
}

__noinline int leash_check_unix(__u64 socket)
{
	const struct unix_sock *other = (const void *)socket;
	struct operation operation = {};
	__u32 missing = BIT(LEASH_UNIX_CONNECT);
	int result = begin(&operation, BIT(LEASH_UNIX_CONNECT));

	if (result <= 0)
		return result;
	result = fill_socket_path(&operation, other);
	if (result == LEASH_WALK_ANONYMOUS)
		return 0;
	if (!result)
		result = decide_anew(&operation, &operation.scratch->path, &missing);
	if (result != LEASH_REASON_PERMIT)
		return conclude(&operation, result, missing, &operation.scratch->path, NULL);
	if (!was_seen(&operation, (__u64)READ(other, path.dentry))) {
		event_begin(&operation, LEASH_EVENT_PATH, LEASH_ALLOW, LEASH_REASON_PERMIT);
		event_send_paths(&operation, &operation.scratch->path, NULL);
	}
	return 0;
}

SEC("lsm/unix_stream_connect")
int BPF_PROG(l_unix_stream, struct sock *socket, struct sock *other)
{
	return hook_result(leash_check_unix(address_of(other)));
}

/* A socket that is connected was decided when it was connected. */
SEC("lsm/unix_may_send")
int BPF_PROG(l_unix_dgram, struct socket *socket, struct socket *other)
{
	const struct sock *to = READ(other, sk);
	const struct unix_sock *from = (const void *)READ(socket, sk);

	if (READ(from, peer) == to)
		return 0;
	return hook_result(leash_check_unix((__u64)to));
}
