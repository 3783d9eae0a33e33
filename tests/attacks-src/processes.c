#include "attack.h"
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>

static volatile long victim_value = 1;

static pid_t start_victim(void) {
    pid_t child = fork();
    if (child == 0) {
        for (;;) pause();
    }
    return child;
}

static int end_victim(pid_t child, int result) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return result;
}

static int do_ptrace(char **a) {
    (void)a;
    pid_t victim = start_victim();
    int result = outcome(ptrace(PTRACE_SEIZE, victim, 0, 0));
    return end_victim(victim, result);
}

static int traceme(void *unused) {
    (void)unused;
    return outcome(ptrace(PTRACE_TRACEME, 0, 0, 0));
}
static int do_traceme(char **a) { (void)a; return run_child(traceme, NULL); }
static int do_ptrace_pid(char **a) { return outcome(ptrace(PTRACE_SEIZE, atoi(a[0]), 0, 0)); }

static int do_vm_write(char **a) {
    (void)a;
    pid_t victim = start_victim();
    long value = 7;
    struct iovec local = {&value, sizeof value}, remote = {(void *)&victim_value, sizeof victim_value};
    int result = outcome(process_vm_writev(victim, &local, 1, &remote, 1, 0));
    return end_victim(victim, result);
}

static int do_vm_read(char **a) {
    (void)a;
    pid_t victim = start_victim();
    long value;
    struct iovec local = {&value, sizeof value}, remote = {(void *)&victim_value, sizeof victim_value};
    int result = outcome(process_vm_readv(victim, &local, 1, &remote, 1, 0));
    return end_victim(victim, result);
}

static int do_proc_mem(char **a) {
    (void)a;
    pid_t victim = start_victim();
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", victim);
    int fd = open(path, O_RDWR);
    long value = 7;
    int result = fd < 0 ? errno : outcome(pwrite(fd, &value, sizeof value, (off_t)(uintptr_t)&victim_value));
    return end_victim(victim, result);
}

static int do_proc_mem_pid(char **a) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/mem", a[0]);
    return outcome(open(path, O_RDWR));
}

static int do_proc_environ_pid(char **a) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/environ", a[0]);
    return read_path(path);
}

static int do_pidfd_getfd(char **a) {
    (void)a;
    pid_t victim = start_victim();
    int pidfd = syscall(SYS_pidfd_open, victim, 0);
    int result = pidfd < 0 ? errno : outcome(syscall(SYS_pidfd_getfd, pidfd, 1, 0));
    return end_victim(victim, result);
}

static int do_kill(char **a) { return outcome(kill(atoi(a[0]), atoi(a[1]))); }
static int do_kill_child(char **a) {
    (void)a;
    pid_t victim = start_victim();
    int status, result = outcome(kill(victim, SIGTERM));
    if (result) return end_victim(victim, result);
    waitpid(victim, &status, 0);
    return 0;
}
// pid 1 of the session must survive: whatever the call says, ask whether it still is there.
static int do_kill_one(char **a) {
    int result = outcome(kill(1, atoi(a[0])));
    usleep(100000);
    return result ? result : HARMLESS;
}

// Makes a pid the owner of a socket, by fcntl or an ioctl in hexadecimal, and lets the socket send it the signal.
static int signal_by_file(pid_t pid, int signal, const char *how) {
    int pair[2];
    struct f_owner_ex owner = {F_OWNER_PID, pid};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) return errno;
    if (signal != SIGIO && fcntl(pair[0], F_SETSIG, signal)) return errno;
    long result = !strcmp(how, "own") ? fcntl(pair[0], F_SETOWN, pid)
        : !strcmp(how, "own-ex") ? fcntl(pair[0], F_SETOWN_EX, &owner)
        : syscall(SYS_ioctl, pair[0], strtoul(how, NULL, 16), &pid);
    if (result || fcntl(pair[0], F_SETFL, O_ASYNC)) return errno;
    return write(pair[1], "x", 1) == 1 ? 0 : errno;
}
static int do_sigio(char **a) { return signal_by_file(atoi(a[0]), atoi(a[1]), a[2]); }
static int do_sigio_child(char **a) {
    pid_t victim = start_victim();
    return end_victim(victim, signal_by_file(victim, atoi(a[0]), a[1]));
}
static int do_sigio_group(char **a) {
    (void)a;
    // a group of its own, or the attack is its own victim
    return setpgid(0, 0) ? errno : signal_by_file(-getpgrp(), SIGURG, "own");
}

// The child owns the file; whoever else has it chooses the signal.
static int do_sigio_owned(char **a) {
    int pair[2], ready[2];
    char byte;
    (void)a;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || pipe(ready)) return errno;
    pid_t child = fork();
    if (child == 0) {
        byte = fcntl(pair[0], F_SETOWN, getpid()) ? 'n' : 'y';
        write(ready[1], &byte, 1);
        for (;;) pause();
    }
    if (read(ready[0], &byte, 1) != 1 || byte != 'y') return end_victim(child, HARMLESS);
    if (fcntl(pair[0], F_SETSIG, SIGKILL)) return end_victim(child, errno);
    fcntl(pair[0], F_SETFL, O_ASYNC);
    write(pair[1], "x", 1);
    return end_victim(child, 0);
}

static volatile sig_atomic_t sigio_came;
static void count_sigio(int signal) { (void)signal; sigio_came++; }
static int do_sigio_self(char **a) {
    (void)a;
    signal(SIGIO, count_sigio);
    int result = signal_by_file(getpid(), SIGIO, "own");
    for (int i = 0; i < 100 && !result && !sigio_came; i++) usleep(10000);
    signal(SIGIO, SIG_DFL);
    return result ? result : sigio_came ? 0 : HARMLESS;
}

static const struct rlimit forged = {1UL << 62, RLIM_INFINITY};
static int do_label_setrlimit(char **a) { (void)a; return outcome(syscall(SYS_setrlimit, RLIMIT_RTTIME, &forged)); }
static int do_label_prlimit(char **a) { (void)a; return outcome(syscall(SYS_prlimit64, 0, RLIMIT_RTTIME, &forged, NULL)); }
static int do_label_high_bits(char **a) { (void)a; return outcome(syscall(SYS_prlimit64, 0, RLIMIT_RTTIME | 1UL << 32, &forged, NULL)); }
static int do_label_setrlimit_high(char **a) { (void)a; return outcome(syscall(SYS_setrlimit, RLIMIT_RTTIME | 1UL << 40, &forged)); }
static int do_label_other(char **a) {
    (void)a;
    pid_t victim = start_victim();
    return end_victim(victim, outcome(syscall(SYS_prlimit64, victim, RLIMIT_RTTIME, &forged, NULL)));
}
static int do_limit_twin(char **a) {
    struct rlimit limit;
    (void)a;
    if (syscall(SYS_prlimit64, 0, RLIMIT_RTTIME, NULL, &limit)) return errno;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return errno;
    limit.rlim_cur = 64;
    return outcome(setrlimit(RLIMIT_NOFILE, &limit));
}

static int install(unsigned action, unsigned flags) {
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, action)};
    struct sock_fprog program = {1, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}
static int do_seccomp_allow(char **a) { return install(SECCOMP_RET_ALLOW, 0) < 0 ? errno : read_path(a[0]); }
static int do_seccomp_trace(char **a) { return install(SECCOMP_RET_TRACE, 0) < 0 ? errno : read_path(a[0]); }
static int do_seccomp_listener(char **a) { (void)a; return outcome(install(SECCOMP_RET_ALLOW, SECCOMP_FILTER_FLAG_NEW_LISTENER)); }

static int do_undumpable(char **a) {
    // The supervisor must still be able to look.
    prctl(PR_SET_DUMPABLE, 0);
    return read_path(a[0]);
}

static int do_io_uring(char **a) {
    char parameters[256] = {0};
    (void)a;
    return outcome(syscall(425, 8, parameters));
}

#ifdef __x86_64__
static int do_int80(char **a) {
    // open(2) by the 32-bit entry; the path must lie below 4 GiB
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED) return errno;
    strcpy(low, a[0]);
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(low), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
    return result < 0 ? (int)-result : read_descriptor((int)result);
}
static int do_x32(char **a) { return read_descriptor(syscall(0x40000000 | 2, a[0], O_RDONLY)); }
static int do_x32_openat(char **a) { return read_descriptor(syscall(0x40000000 | 257, AT_FDCWD, a[0], O_RDONLY)); }
#else
static int do_int80(char **a) { (void)a; return ENOSYS; }
static int do_x32(char **a) { (void)a; return ENOSYS; }
static int do_x32_openat(char **a) { (void)a; return ENOSYS; }
#endif

static int do_tiocsti(char **a) {
    // a[0] high bits of the request, in hexadecimal
    int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
    char byte = 'x';
    if (master < 0 || grantpt(master) || unlockpt(master)) return errno;
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (slave < 0) return errno;
    return outcome(syscall(SYS_ioctl, slave, TIOCSTI | strtoul(a[0], NULL, 16), &byte));
}

static int do_terminal(char **a) { return outcome(open(a[0], O_RDWR | O_NOCTTY)); }

static int do_own_terminal(char **a) {
    (void)a;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    return master < 0 || grantpt(master) || unlockpt(master) ? errno : outcome(open(ptsname(master), O_RDWR | O_NOCTTY));
}

// Calls with arguments that do no harm where nothing stops them.
static int do_bpf(char **a) { char attribute[128] = {0}; (void)a; return outcome(syscall(SYS_bpf, 5, attribute, sizeof attribute)); }
static int do_perf(char **a) { char attribute[128] = {0}; (void)a; attribute[4] = 64; return outcome(syscall(SYS_perf_event_open, attribute, 0, -1, -1, 0)); }
static int do_userfaultfd(char **a) { (void)a; return outcome(syscall(SYS_userfaultfd, 1)); }
static int do_keyctl(char **a) { (void)a; return outcome(syscall(SYS_keyctl, 0, -3, 1)); }
static int do_add_key(char **a) { (void)a; return outcome(syscall(SYS_add_key, "user", "leash-attack", "x", 1, -2)); }
static int do_init_module(char **a) { (void)a; return outcome(syscall(SYS_init_module, NULL, 0, "")); }
static int do_kexec(char **a) { (void)a; return outcome(syscall(SYS_kexec_load, 0, 0, NULL, 0)); }
static int do_reboot(char **a) { (void)a; return outcome(reboot(RB_DISABLE_CAD)); }
static int do_swapon(char **a) { return outcome(swapon(a[0], 0)); }
static int do_settimeofday(char **a) { struct timezone zone = {0}; (void)a; return outcome(syscall(SYS_settimeofday, NULL, &zone)); }
static int do_acct(char **a) { (void)a; return outcome(acct(NULL)); }
static int do_sethostname(char **a) { (void)a; return outcome(sethostname("leash-attack", 12)); }
static int do_fanotify(char **a) { (void)a; return outcome(fanotify_init(FAN_CLASS_CONTENT, O_RDONLY)); }
static int do_personality(char **a) { (void)a; return outcome(personality(PER_LINUX32)); }
static int do_syslog(char **a) { char buffer[64]; (void)a; return outcome(syscall(SYS_syslog, 3, buffer, sizeof buffer)); }
static int do_unknown_call(char **a) { (void)a; return outcome(syscall(900)); }
#ifdef __x86_64__
static int do_iopl(char **a) { (void)a; return outcome(iopl(3)); }
#else
static int do_iopl(char **a) { (void)a; return EPERM; }
#endif

const struct attack process_attacks[] = {
    {"ptrace", 0, do_ptrace}, {"traceme", 0, do_traceme}, {"ptrace-pid", 1, do_ptrace_pid}, {"vm-write", 0, do_vm_write},
    {"vm-read", 0, do_vm_read}, {"proc-mem", 0, do_proc_mem}, {"proc-mem-pid", 1, do_proc_mem_pid},
    {"proc-environ-pid", 1, do_proc_environ_pid}, {"pidfd-getfd", 0, do_pidfd_getfd}, {"kill", 2, do_kill},
    {"sigio", 3, do_sigio}, {"sigio-child", 2, do_sigio_child}, {"sigio-group", 0, do_sigio_group}, {"sigio-owned", 0, do_sigio_owned},
    {"sigio-self", 0, do_sigio_self}, {"kill-child", 0, do_kill_child}, {"kill-one", 1, do_kill_one}, {"label-setrlimit", 0, do_label_setrlimit},
    {"label-prlimit", 0, do_label_prlimit}, {"label-high-bits", 0, do_label_high_bits}, {"label-setrlimit-high", 0, do_label_setrlimit_high},
    {"label-other", 0, do_label_other}, {"limit-twin", 0, do_limit_twin}, {"seccomp-allow", 1, do_seccomp_allow},
    {"seccomp-trace", 1, do_seccomp_trace}, {"seccomp-listener", 0, do_seccomp_listener}, {"undumpable", 1, do_undumpable},
    {"io-uring", 0, do_io_uring}, {"int80", 1, do_int80}, {"x32", 1, do_x32}, {"x32-openat", 1, do_x32_openat},
    {"tiocsti", 1, do_tiocsti}, {"terminal", 1, do_terminal}, {"own-terminal", 0, do_own_terminal},
    {"bpf", 0, do_bpf}, {"perf", 0, do_perf}, {"userfaultfd", 0, do_userfaultfd}, {"keyctl", 0, do_keyctl},
    {"add-key", 0, do_add_key}, {"init-module", 0, do_init_module}, {"kexec", 0, do_kexec}, {"reboot", 0, do_reboot},
    {"swapon", 1, do_swapon}, {"settimeofday", 0, do_settimeofday}, {"acct", 0, do_acct}, {"sethostname", 0, do_sethostname},
    {"fanotify", 0, do_fanotify}, {"personality", 0, do_personality}, {"syslog", 0, do_syslog}, {"unknown-call", 0, do_unknown_call},
    {"iopl", 0, do_iopl}, {NULL, 0, NULL},
};
