/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every program of this object: what the loader attaches, to which hook, or to which function where the kernel's list
 * of LSMs lacks bpf. A program without a row is not loaded, a required row without its hook stops the loading.
 */
#include "lib/kernel.bpf.h"

#define DECIDES(name, hook_name, function_name) \
	{ .program = name, .hook = hook_name, .function = function_name, .kind = LEASH_HOOK_RETURN, .is_required = 1 }
#define DECIDES_IF_THERE(name, hook_name, function_name) \
	{ .program = name, .hook = hook_name, .function = function_name, .kind = LEASH_HOOK_RETURN, .is_required = 0 }
#define WATCHES(name, hook_name, function_name) \
	{ .program = name, .hook = hook_name, .function = function_name, .kind = LEASH_HOOK_VOID, .is_required = 1 }
#define FOLLOWS(name, tracepoint_name) \
	{ .program = name, .function = tracepoint_name, .kind = LEASH_HOOK_TRACEPOINT, .is_required = 1 }
#define TRACES(name, function_name) { .program = name, .function = function_name, .kind = LEASH_HOOK_TRACE, .is_required = 1 }
#define TRACES_IF_THERE(name, function_name) { .program = name, .function = function_name, .kind = LEASH_HOOK_TRACE, .is_required = 0 }

const struct leash_hook leash_hooks[] SEC(".rodata.hooks") = {
	DECIDES("l_file_open", "file_open", "security_file_open"),
	DECIDES("l_file_receive", "file_receive", "security_file_receive"),
	DECIDES("l_exec_begin", "bprm_creds_for_exec", "security_bprm_creds_for_exec"),
	DECIDES("l_exec_file", "bprm_check_security", "security_bprm_check"),
	DECIDES("l_exec_end", "bprm_creds_from_file", "security_bprm_creds_from_file"),
	WATCHES("l_exec_done", "bprm_committing_creds", "security_bprm_committing_creds"),
	DECIDES("l_task_alloc", "task_alloc", "security_task_alloc"),
	DECIDES("l_unlink", "path_unlink", "security_path_unlink"),
	DECIDES("l_rmdir", "path_rmdir", "security_path_rmdir"),
	DECIDES("l_mkdir", "path_mkdir", "security_path_mkdir"),
	DECIDES("l_symlink", "path_symlink", "security_path_symlink"),
	DECIDES("l_mknod", "path_mknod", "security_path_mknod"),
	DECIDES("l_link", "path_link", "security_path_link"),
	DECIDES("l_rename", "path_rename", "security_path_rename"),
	DECIDES("l_truncate", "path_truncate", "security_path_truncate"),
	DECIDES("l_chmod", "path_chmod", "security_path_chmod"),
	DECIDES("l_chown", "path_chown", "security_path_chown"),
	DECIDES("l_setattr", "inode_setattr", "security_inode_setattr"),
	DECIDES("l_setxattr", "inode_setxattr", "security_inode_setxattr"),
	DECIDES("l_removexattr", "inode_removexattr", "security_inode_removexattr"),
	DECIDES_IF_THERE("l_set_acl", "inode_set_acl", "security_inode_set_acl"),
	DECIDES_IF_THERE("l_remove_acl", "inode_remove_acl", "security_inode_remove_acl"),
	DECIDES("l_ioctl", "file_ioctl", "security_file_ioctl"),
	DECIDES_IF_THERE("l_ioctl32", "file_ioctl_compat", "security_file_ioctl_compat"),
	DECIDES("l_mount", "sb_mount", "security_sb_mount"),
	DECIDES("l_move_mount", "move_mount", "security_move_mount"),
	DECIDES("l_umount", "sb_umount", "security_sb_umount"),
	DECIDES("l_remount", "sb_remount", "security_sb_remount"),
	DECIDES("l_pivot_root", "sb_pivotroot", "security_sb_pivotroot"),
	DECIDES("l_chroot", "path_chroot", "security_path_chroot"),
	DECIDES_IF_THERE("l_userns", "userns_create", "security_create_user_ns"),
	DECIDES("l_bpf", "bpf", "security_bpf"),
	DECIDES("l_locked_down", "locked_down", "security_locked_down"),
	DECIDES("l_perf", "perf_event_open", "security_perf_event_open"),
	DECIDES("l_syslog", "syslog", "security_syslog"),
	DECIDES("l_settime", "settime", "security_settime64"),
	DECIDES("l_quotactl", "quotactl", "security_quotactl"),
	DECIDES_IF_THERE("l_sqpoll", "uring_sqpoll", "security_uring_sqpoll"),
	DECIDES_IF_THERE("l_uring_cmd", "uring_cmd", "security_uring_cmd"),
	DECIDES_IF_THERE("l_uring_creds", "uring_override_creds", "security_uring_override_creds"),
	DECIDES("l_read_file", "kernel_read_file", "security_kernel_read_file"),
	DECIDES("l_load_data", "kernel_load_data", "security_kernel_load_data"),
	DECIDES("l_key_alloc", "key_alloc", "security_key_alloc"),
	DECIDES("l_key_use", "key_permission", "security_key_permission"),
	DECIDES("l_capable", "capable", "security_capable"),
	DECIDES("l_anon", "inode_init_security_anon", "security_inode_init_security_anon"),
	DECIDES("l_ptrace", "ptrace_access_check", "security_ptrace_access_check"),
	DECIDES("l_traceme", "ptrace_traceme", "security_ptrace_traceme"),
	DECIDES("l_kill", "task_kill", "security_task_kill"),
	DECIDES("l_setnice", "task_setnice", "security_task_setnice"),
	DECIDES("l_setioprio", "task_setioprio", "security_task_setioprio"),
	DECIDES("l_setsched", "task_setscheduler", "security_task_setscheduler"),
	DECIDES("l_setrlimit", "task_setrlimit", "security_task_setrlimit"),
	DECIDES("l_movemem", "task_movememory", "security_task_movememory"),
	DECIDES("l_socket", "socket_create", "security_socket_create"),
	DECIDES("l_connect", "socket_connect", "security_socket_connect"),
	DECIDES("l_bind", "socket_bind", "security_socket_bind"),
	DECIDES("l_listen", "socket_listen", "security_socket_listen"),
	DECIDES("l_sendmsg", "socket_sendmsg", "security_socket_sendmsg"),
	DECIDES("l_unix_stream", "unix_stream_connect", "security_unix_stream_connect"),
	DECIDES("l_unix_dgram", "unix_may_send", "security_unix_may_send"),
	TRACES("l_want", "mnt_want_write"),
	TRACES("l_want_file", "mnt_want_write_file"),
	TRACES_IF_THERE("l_want_access", "mnt_get_write_access"),
	TRACES_IF_THERE("l_terminal", "devpts_pty_new"),
	TRACES("l_kern_path", "kern_path"),
	FOLLOWS("l_exit", "sched_process_exit"),
};
