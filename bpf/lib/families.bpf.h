/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Families of addresses, by the kernel's numbers. */
#ifndef LEASH_FAMILIES_BPF_H
#define LEASH_FAMILIES_BPF_H

#include <stdbool.h>

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_PACKET 17

static __always_inline bool is_internet(int family)
{
	return family == AF_INET || family == AF_INET6;
}

#endif
