/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The members of kernel structures that the hooks read, and the kernel's
 * numbers that no header of user space has. Offsets are fixed up at load time
 * from the running kernel's BTF.
 */
#ifndef LEASH_KERNEL_BPF_H
#define LEASH_KERNEL_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define LEASH_KERNEL __attribute__((preserve_access_index))

#define SIGKILL 9

#define EPERM 1
#define ESRCH 3
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EXDEV 18
#define ENOSYS 38
#define EPROTONOSUPPORT 93
#define ESOCKTNOSUPPORT 94
#define EAFNOSUPPORT 97
#define MAX_ERRNO 4095

#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFBLK 0060000
#define S_ISUID 0004000
#define S_ISGID 0002000
#define SET_ID_BITS (S_ISUID | S_ISGID)

#define O_ACCMODE 03
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_TMPFILE_BIT 020000000	/* __O_TMPFILE */
#define FMODE_EXEC_FLAG 0x20	/* __FMODE_EXEC: in f_flags, set by the kernel alone */
#define FMODE_CREATED 0x100000

/* include/uapi/linux/magic.h */
#define PROC_SUPER_MAGIC 0x9fa0
#define BPF_FS_MAGIC 0xcafe4a11
#define CGROUP_SUPER_MAGIC 0x27e0eb
#define CGROUP2_SUPER_MAGIC 0x63677270

#define PTRACE_MODE_ATTACH 0x02
#define PTRACE_MODE_NOAUDIT 0x04

struct super_block {
	unsigned long s_magic;
	struct dentry *s_root;
	__u32 s_dev;
} LEASH_KERNEL;

struct inode {
	unsigned short i_mode;
	unsigned int i_nlink;
	__u32 i_rdev;
	unsigned long i_ino;
	struct super_block *i_sb;
} LEASH_KERNEL;

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
		__u64 hash_len;
	};
	const unsigned char *name;
} LEASH_KERNEL;

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
} LEASH_KERNEL;

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
} LEASH_KERNEL;

struct mnt_namespace;

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
} LEASH_KERNEL;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} LEASH_KERNEL;

struct file {
	unsigned int f_mode;
	unsigned int f_flags;
	struct inode *f_inode;
	struct path f_path;
} LEASH_KERNEL;

struct fs_struct {
	struct path root;
} LEASH_KERNEL;

struct upid {
	int nr;
	struct pid_namespace *ns;
} LEASH_KERNEL;

struct ns_common {
	unsigned int inum;
} LEASH_KERNEL;

struct pid_namespace {
	unsigned int level;
	struct ns_common ns;
} LEASH_KERNEL;

struct hlist_node {
	struct hlist_node *next;
} LEASH_KERNEL;

struct hlist_head {
	struct hlist_node *first;
} LEASH_KERNEL;

struct pid {
	unsigned int level;
	struct hlist_head tasks[1];
	struct upid numbers[1];
} LEASH_KERNEL;

struct proc_inode {
	struct pid *pid;
	struct inode vfs_inode;
} LEASH_KERNEL;

struct kernfs_node {
	__u64 id;
} LEASH_KERNEL;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
} LEASH_KERNEL;

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
} LEASH_KERNEL;

struct css_set {
	struct cgroup *dfl_cgrp;
} LEASH_KERNEL;

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
} LEASH_KERNEL;

struct tty_driver {
	int major;
	int minor_start;
} LEASH_KERNEL;

struct tty_struct {
	struct tty_driver *driver;
	int index;
	void *driver_data;
} LEASH_KERNEL;

struct signal_struct {
	struct tty_struct *tty;
} LEASH_KERNEL;

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *group_leader;
	struct fs_struct *fs;
	struct css_set *cgroups;
	struct signal_struct *signal;
	struct hlist_node pid_links[1];
} LEASH_KERNEL;

struct linux_binprm {
	struct mm_struct *mm;
	unsigned long p;
	struct file *file;
	int argc;
} LEASH_KERNEL;

struct iattr {
	unsigned int ia_valid;
} LEASH_KERNEL;

struct sock_common {
	unsigned short skc_family;
} LEASH_KERNEL;

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
} LEASH_KERNEL;

struct socket {
	struct sock *sk;
} LEASH_KERNEL;

struct msghdr {
	void *msg_name;
} LEASH_KERNEL;

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
} LEASH_KERNEL;

struct unix_address {
	int len;
	struct sockaddr_un name[0];
} LEASH_KERNEL;

struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct path path;
	struct sock *peer;
} LEASH_KERNEL;

struct open_how {
	__u64 flags;
};

struct cred;

/* Reads through any number of pointers; 0 where one of them is wrong, and what is 0 is denied. */
#define READ(source, ...) BPF_CORE_READ(source, ##__VA_ARGS__)

/*
 * The same for one member, for what runs once for each name of a path: a load instead of a call since Linux 6.2, which has
 * bpf_rdonly_cast and, added with it, the helper that is asked about. Both are 0 where the pointer is wrong.
 */
extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

enum bpf_func_id___rdonly_cast {
	BPF_FUNC_cgrp_storage_get___rdonly_cast = 210,
};

#define LOAD(source, member) \
	(bpf_core_enum_value_exists(enum bpf_func_id___rdonly_cast, BPF_FUNC_cgrp_storage_get___rdonly_cast) ? \
		((typeof(source))bpf_rdonly_cast(source, bpf_core_type_id_kernel(typeof(*(source)))))->member : \
		BPF_CORE_READ(source, member))

/*
 * A pointer as a number. Functions that the verifier looks at by themselves take no pointers of the kernel's; a copy
 * through memory is a number to it.
 */
static __always_inline __u64 address_of(const void *pointer)
{
	const void *volatile source = pointer;
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), (const void *)&source);
	return value;
}

#endif
