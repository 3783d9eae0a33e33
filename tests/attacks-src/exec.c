#include "attack.h"
#include <elf.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

struct execution {
    char **argv;
    int directory, fd, flags;
    const char *path;
};

static int fork_exec(int (*call)(struct execution *), struct execution *execution) {
    // The errno of a failed exec comes back through a pipe that a successful one closes.
    int ends[2], code = 0;
    if (pipe2(ends, O_CLOEXEC)) return errno;
    pid_t child = fork();
    if (child < 0) return errno;
    if (child == 0) {
        call(execution);
        code = errno;
        if (write(ends[1], &code, sizeof code) < 0) _exit(97);
        _exit(96);
    }
    close(ends[1]);
    long n = read(ends[0], &code, sizeof code);
    int status;
    waitpid(child, &status, 0);
    if (n == sizeof code) return code;
    if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
    return WEXITSTATUS(status);
}

static int call_exec(struct execution *e) { return execv(e->path, e->argv); }
static int call_execveat(struct execution *e) { return syscall(SYS_execveat, e->directory, e->path, e->argv, environ, e->flags); }

// a[0] program; the rest are its arguments. 0 when the program ran and ended with 0.
static int do_exec(char **a) {
    struct execution e = {.path = a[0], .argv = a};
    return fork_exec(call_exec, &e);
}

// a[0] program, a[1] what it is told to be called
static int do_exec_as(char **a) {
    struct execution e = {.path = a[0], .argv = a + 1};
    return fork_exec(call_exec, &e);
}

static int do_execveat(char **a) {
    int directory = open(a[0], O_PATH | O_DIRECTORY);
    struct execution e = {.directory = directory, .path = a[1], .argv = a + 1};
    return directory < 0 ? errno : fork_exec(call_execveat, &e);
}

static int exec_descriptor(int fd, char **argv) {
    struct execution e = {.directory = fd, .path = "", .argv = argv, .flags = AT_EMPTY_PATH};
    return fd < 0 ? errno : fork_exec(call_execveat, &e);
}

static int do_exec_opath(char **a) { return exec_descriptor(open(a[0], O_PATH), a); }

static int do_exec_proc_fd(char **a) {
    int fd = open(a[0], O_PATH);
    char path[64];
    if (fd < 0) return errno;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct execution e = {.path = path, .argv = a};
    return fork_exec(call_exec, &e);
}

static int copy_into(int to, const char *from) {
    char buffer[65536];
    int source = open(from, O_RDONLY);
    if (source < 0) return errno;
    for (long n; (n = read(source, buffer, sizeof buffer)) > 0;)
        if (write(to, buffer, n) != n) return EIO;
    close(source);
    return 0;
}

// a[0] what to copy; the arguments follow
static int do_exec_memfd(char **a) {
    int fd = memfd_create("x", 0);
    int error = fd < 0 ? errno : copy_into(fd, a[0]);
    return error ? error : exec_descriptor(fd, a);
}

static int do_exec_memfd_path(char **a) {
    int fd = memfd_create("x", 0);
    char path[64];
    int error = fd < 0 ? errno : copy_into(fd, a[0]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct execution e = {.path = path, .argv = a};
    return error ? error : fork_exec(call_exec, &e);
}

// a[0] what to copy, a[1] where to; the arguments follow
static int do_exec_copy(char **a) {
    int fd = open(a[1], O_CREAT | O_WRONLY | O_TRUNC, 0755);
    int error = fd < 0 ? errno : copy_into(fd, a[0]);
    if (error) return error;
    close(fd);
    struct execution e = {.path = a[1], .argv = a + 1};
    return fork_exec(call_exec, &e);
}

static int do_exec_hardlink(char **a) {
    if (link(a[0], a[1])) return errno;
    struct execution e = {.path = a[1], .argv = a + 1};
    return fork_exec(call_exec, &e);
}

static int do_exec_renamed(char **a) {
    if (rename(a[0], a[1])) return errno;
    struct execution e = {.path = a[1], .argv = a + 1};
    return fork_exec(call_exec, &e);
}

static int do_exec_deleted(char **a) {
    // a[0] what to copy, a[1] a permitted place; deleted again before it runs
    int fd = open(a[1], O_CREAT | O_WRONLY | O_TRUNC, 0755);
    int error = fd < 0 ? errno : copy_into(fd, a[0]);
    if (error) return error;
    close(fd);
    fd = open(a[1], O_PATH);
    return unlink(a[1]) ? errno : exec_descriptor(fd, a + 1);
}

// a[0] file to write, a[1] the interpreter, then arguments: writes a script and runs it
static int do_exec_script(char **a) {
    FILE *script = fopen(a[0], "w");
    if (!script) return errno;
    fprintf(script, "#!%s\n", a[1]);
    fclose(script);
    if (chmod(a[0], 0755)) return errno;
    a[1] = a[0];
    struct execution e = {.path = a[0], .argv = a + 1};
    return fork_exec(call_exec, &e);
}

// a[0] binary to write, a[1] the loader that it names, which runs instead: this program
static int do_exec_loader(char **a) {
    struct {
        Elf64_Ehdr head;
        Elf64_Phdr loader;
        char name[512];
    } binary = {
        .head = {
            .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
            .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
            .e_phoff = sizeof(Elf64_Ehdr), .e_ehsize = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
        },
        .loader = {.p_type = PT_INTERP, .p_offset = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr)},
    };
    binary.loader.p_filesz = snprintf(binary.name, sizeof binary.name, "%s", a[1]) + 1;
    int fd = open(a[0], O_CREAT | O_WRONLY | O_TRUNC, 0755);
    if (fd < 0 || write(fd, &binary, sizeof binary) != sizeof binary) return errno;
    close(fd);
    struct execution e = {.path = a[0], .argv = (char *[]){a[0], "true", NULL}};
    return fork_exec(call_exec, &e);
}

// a[0] name to take, a[1] file to read under that name
static int do_read_renamed(char **a) {
    prctl(PR_SET_NAME, a[0]);
    return read_path(a[1]);
}

static int read_body(void *path) { return read_path(path); }

static int daemon_body(void *path) {
    // The grandchild has no living parent in the session and a terminal session of its own.
    int ends[2], code = 0;
    if (pipe(ends)) return errno;
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            usleep(50000);
            code = read_path(path);
            if (write(ends[1], &code, sizeof code) < 0) _exit(97);
        }
        _exit(0);
    }
    wait(NULL);
    return read(ends[0], &code, sizeof code) == sizeof code ? code : 95;
}

static int do_read_daemon(char **a) { return daemon_body(a[0]); }
static int do_read_fork(char **a) { return run_child(read_body, a[0]); }

static int do_read_vfork(char **a) {
    int status;
    volatile pid_t child = vfork();
    if (child == 0) _exit(read_path(a[0]));
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void *thread_body(void *path) { return (void *)(intptr_t)read_path(path); }

static int do_read_thread(char **a) {
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, thread_body, a[0])) return EAGAIN;
    pthread_join(thread, &result);
    return (int)(intptr_t)result;
}

static void *exec_body(void *argv) {
    char **a = argv;
    execv(a[0], a);
    return (void *)(intptr_t)errno;
}

static int exec_from_thread(void *argv) {
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, exec_body, argv)) return EAGAIN;
    pthread_join(thread, &result);
    return (int)(intptr_t)result;
}

// exec from a thread that is not the leader: it takes the leader's place, and what it was comes along
static int do_exec_thread(char **a) { return run_child(exec_from_thread, a); }

// as an interpreter: prog SCRIPT attack args
static int do_ran(char **a) {
    int fd = open(a[0], O_CREAT | O_WRONLY, 0600);
    return outcome(fd);
}

static int do_true(char **a) { (void)a; return 0; }

const struct attack exec_attacks[] = {
    {"exec", 1, do_exec}, {"exec-as", 2, do_exec_as}, {"execveat", 2, do_execveat}, {"exec-opath", 1, do_exec_opath},
    {"exec-proc-fd", 1, do_exec_proc_fd}, {"exec-memfd", 1, do_exec_memfd}, {"exec-memfd-path", 1, do_exec_memfd_path},
    {"exec-copy", 2, do_exec_copy}, {"exec-hardlink", 2, do_exec_hardlink}, {"exec-renamed", 2, do_exec_renamed},
    {"exec-deleted", 2, do_exec_deleted}, {"exec-script", 2, do_exec_script}, {"exec-loader", 2, do_exec_loader}, {"read-renamed", 2, do_read_renamed},
    {"read-daemon", 1, do_read_daemon}, {"read-fork", 1, do_read_fork}, {"read-vfork", 1, do_read_vfork},
    {"read-thread", 1, do_read_thread}, {"exec-thread", 1, do_exec_thread}, {"ran", 1, do_ran}, {"true", 0, do_true}, {NULL, 0, NULL},
};
