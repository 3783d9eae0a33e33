// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The hooks on files, programs, processes and the kernel. Invisible outside of sessions; inside, what cannot be decided is denied. */
#include <stdbool.h>
#include <stddef.h>

#include "hooks/fork.bpf.h"
#include "hooks/open.bpf.h"
#include "hooks/exec.bpf.h"
#include "hooks/mutate.bpf.h"
#include "hooks/metadata.bpf.h"
#include "hooks/mounts.bpf.h"
#include "hooks/kernel.bpf.h"
#include "hooks/processes.bpf.h"
#include "hooks/sockets.bpf.h"
#include "hooks/callers.bpf.h"
#include "hooks/exit.bpf.h"
#include "hooks/table.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
