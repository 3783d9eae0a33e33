// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the sockets of a session's cgroup may reach: programs that are attached to the cgroup, one object for all of them. */
#include "net/bind.bpf.h"
#include "net/connect.bpf.h"
#include "net/egress.bpf.h"
#include "net/recvmsg.bpf.h"
#include "net/sendmsg.bpf.h"
#include "net/sock_create.bpf.h"
#include "net/sockops.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
