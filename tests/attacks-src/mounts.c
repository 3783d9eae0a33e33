#include "attack.h"
#include <linux/mount.h>
#include <linux/sched.h>
#include <sys/mount.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#define SYS_fsopen 430
#define SYS_fsmount 432
#define SYS_fspick 433
#endif

static int do_bind(char **a) { return mount(a[0], a[1], NULL, MS_BIND, NULL) ? errno : 0; }
static int do_tmpfs(char **a) { return outcome(mount("none", a[0], "tmpfs", 0, NULL)); }
static int do_overlay(char **a) {
    char options[1024];
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/u,workdir=%s/w", a[0], a[1], a[1]);
    return outcome(mount("overlay", a[1], "overlay", 0, options));
}
static int do_remount(char **a) { return outcome(mount(NULL, a[0], NULL, MS_REMOUNT | MS_BIND, NULL)); }
static int do_umount(char **a) { return outcome(umount2(a[0], MNT_DETACH)); }
static int do_open_tree(char **a) { return outcome(syscall(SYS_open_tree, AT_FDCWD, a[0], 1 /* OPEN_TREE_CLONE */)); }
static int do_open_tree_plain(char **a) { return outcome(syscall(SYS_open_tree, AT_FDCWD, a[0], 0)); }
static int do_move_mount(char **a) { return outcome(syscall(SYS_move_mount, AT_FDCWD, a[0], AT_FDCWD, a[1], 0)); }
static int do_fsopen(char **a) { (void)a; return outcome(syscall(SYS_fsopen, "tmpfs", 0)); }
static int do_fspick(char **a) { return outcome(syscall(SYS_fspick, AT_FDCWD, a[0], 0)); }
static int do_mount_setattr(char **a) {
    struct mount_attr attributes = {.attr_clr = 1};
    return outcome(syscall(442, AT_FDCWD, a[0], 0, &attributes, sizeof attributes));
}
static int do_chroot(char **a) { return outcome(chroot(a[0])); }
static int do_pivot_root(char **a) { return outcome(syscall(SYS_pivot_root, a[0], a[0])); }
static int do_unshare(char **a) { return outcome(unshare((int)strtol(a[0], NULL, 16))); }
static int do_clone_flags(char **a) {
    long child = syscall(SYS_clone, strtoul(a[0], NULL, 16) | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0) _exit(0);
    return outcome(child);
}
static int do_clone3_flags(char **a) {
    struct clone_args arguments = {.flags = strtoul(a[0], NULL, 16), .exit_signal = SIGCHLD};
    long child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child == 0) _exit(0);
    return outcome(child);
}
static int do_setns(char **a) {
    int fd = open(a[0], O_RDONLY);
    return fd < 0 ? errno : outcome(setns(fd, 0));
}
static int do_setns_self(char **a) {
    int fd = open("/proc/self/ns/net", O_RDONLY);
    (void)a;
    return fd < 0 ? errno : outcome(setns(fd, 0));
}

const struct attack mount_attacks[] = {
    {"bind-mount", 2, do_bind}, {"tmpfs", 1, do_tmpfs}, {"overlay", 2, do_overlay}, {"remount", 1, do_remount}, {"umount", 1, do_umount},
    {"open-tree", 1, do_open_tree}, {"open-tree-plain", 1, do_open_tree_plain}, {"move-mount", 2, do_move_mount}, {"fsopen", 0, do_fsopen},
    {"fspick", 1, do_fspick}, {"mount-setattr", 1, do_mount_setattr}, {"chroot", 1, do_chroot}, {"pivot-root", 1, do_pivot_root},
    {"unshare", 1, do_unshare}, {"clone-flags", 1, do_clone_flags}, {"clone3-flags", 1, do_clone3_flags}, {"setns", 1, do_setns},
    {"setns-self", 0, do_setns_self}, {NULL, 0, NULL},
};
