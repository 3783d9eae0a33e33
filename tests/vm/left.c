// SPDX-License-Identifier: Apache-2.0
// Lists what the kernel keeps: one line for each BPF program, link and pinned name, and for each control group.
// What stands there after a run of tests and did not before was left behind.
#define _GNU_SOURCE
#include <errno.h>
#include <ftw.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int call(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static int list_programs(void)
{
	union bpf_attr next = {};

	while (call(BPF_PROG_GET_NEXT_ID, &next) == 0) {
		struct bpf_prog_info info = {};
		union bpf_attr open = { .prog_id = next.next_id };
		union bpf_attr query = {};
		int file = call(BPF_PROG_GET_FD_BY_ID, &open);

		next.start_id = next.next_id;
		if (file < 0)
			continue;
		query.info.bpf_fd = file;
		query.info.info_len = sizeof(info);
		query.info.info = (unsigned long)&info;
		if (call(BPF_OBJ_GET_INFO_BY_FD, &query) == 0)
			printf("program %u %s\n", info.id, info.name);
		close(file);
	}
	return errno == ENOENT ? 0 : -1;
}

static int list_links(void)
{
	union bpf_attr next = {};

	while (call(BPF_LINK_GET_NEXT_ID, &next) == 0) {
		printf("link %u\n", next.next_id);
		next.start_id = next.next_id;
	}
	return errno == ENOENT ? 0 : -1;
}

static int show(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	if (place->level > 0 && (type == FTW_D || strncmp(path, "/sys/fs/bpf", 11) == 0))
		printf("%s\n", path);
	return 0;
}

int main(void)
{
	if (list_programs() || list_links()) {
		perror("bpf");
		return 1;
	}
	if (nftw("/sys/fs/bpf", show, 16, FTW_PHYS) || nftw("/sys/fs/cgroup", show, 16, FTW_PHYS)) {
		perror("nftw");
		return 1;
	}
	return 0;
}
