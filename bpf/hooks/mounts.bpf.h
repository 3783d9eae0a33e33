/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What would change the file system that a session sees: denied whatever the policy says. */
#include "lib/verdict.bpf.h"

#define REFUSES(name, hook)                                                                                                                \
	SEC("lsm/" hook)                                                                                                                   \
	int BPF_PROG(name)                                                                                                                 \
	{                                                                                                                                  \
		return hook_result(leash_refuse(0, EPERM, 0));                                                                             \
	}

REFUSES(l_mount, "sb_mount")
REFUSES(l_move_mount, "move_mount")
REFUSES(l_umount, "sb_umount")
REFUSES(l_remount, "sb_remount")
REFUSES(l_pivot_root, "sb_pivotroot")
REFUSES(l_chroot, "path_chroot")
REFUSES(l_userns, "userns_create")
