// Two threads, one memory: while one makes a call, the other changes what its arguments point to. 0 when the forbidden thing took
// place even once; EACCES when it never did. Each prints how often it tried and how often the permitted and the forbidden path won.
#include "attack.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

static char shared[512] __attribute__((aligned(64)));
static volatile int stop;
static const char *one, *two;

// Also keeps the compiler from merging the writes before and after it.
static void pause_a_little(void) {
    for (volatile int i = 0; i < 60; i++) {}
    __asm__ volatile("" ::: "memory");
}

static void *flip_path(void *unused) {
    // Both paths have the same length, so that a mixture is rare and a swap is one copy.
    size_t length = strlen(one) + 1;
    (void)unused;
    while (!stop) {
        memcpy(shared, one, length);
        pause_a_little();
        memcpy(shared, two, length);
        pause_a_little();
    }
    return NULL;
}

// Whether to try once more: as often as told, then until both outcomes were met, for a while. On one processor the other thread only runs
// when this one waits, and is stopped anywhere when it goes on.
static int go_on(long tried, long tries, long permitted, long refused) {
    enum { OFTEN = 30, SECONDS = 10 };
    static const struct timespec a_little = {.tv_nsec = 100000};
    static struct timespec begin;
    struct timespec now;
    if (tried < tries) return 1;
    if (permitted >= OFTEN && refused >= OFTEN) return 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (tried == tries) begin = now;
    nanosleep(&a_little, NULL);
    return now.tv_sec - begin.tv_sec < SECONDS;
}

static int report(const char *what, long tries, long permitted, long refused, long broken) {
    char line[160];
    int length = snprintf(line, sizeof line, "RACE %s tries=%ld permitted=%ld refused=%ld broken=%ld\n", what, tries, permitted, refused, broken);
    if (write(1, line, length) < 0) return 98;
    return broken ? 0 : EACCES;
}

// a[0] permitted file, a[1] forbidden file (same length; starts with `S`), a[2] how often
static int do_race_open(char **a) {
    pthread_t thread;
    long tries = atol(a[2]), permitted = 0, refused = 0, broken = 0;
    one = a[0];
    two = a[1];
    strcpy(shared, one);
    pthread_create(&thread, NULL, flip_path, NULL);
    for (long i = 0; go_on(i, tries, permitted, refused); i++) {
        char byte = 0;
        int fd = i & 1 ? open(shared, O_RDONLY) : open(shared, O_RDWR);
        if (fd < 0) {
            refused++;
            continue;
        }
        if (read(fd, &byte, 1) == 1 && byte == 'S') broken++;
        else permitted++;
        close(fd);
    }
    stop = 1;
    pthread_join(thread, NULL);
    return report("open", tries, permitted, refused, broken);
}

static char *link_path;

static void *flip_link(void *unused) {
    char fresh[512];
    (void)unused;
    snprintf(fresh, sizeof fresh, "%s.new", link_path);
    for (int turn = 0; !stop; turn++) {
        if (symlink(turn & 1 ? one : two, fresh) == 0) rename(fresh, link_path);
    }
    return NULL;
}

// a[0] permitted file, a[1] forbidden file, a[2] link in the workspace, a[3] how often
static int do_race_link(char **a) {
    pthread_t thread;
    long tries = atol(a[3]), permitted = 0, refused = 0, broken = 0;
    one = a[0];
    two = a[1];
    link_path = a[2];
    if (symlink(one, link_path)) return errno;
    pthread_create(&thread, NULL, flip_link, NULL);
    for (long i = 0; go_on(i, tries, permitted, refused); i++) {
        char byte = 0;
        int fd = open(link_path, O_RDONLY);
        if (fd < 0) {
            refused++;
            continue;
        }
        if (read(fd, &byte, 1) == 1 && byte == 'S') broken++;
        else permitted++;
        close(fd);
    }
    stop = 1;
    pthread_join(thread, NULL);
    return report("link", tries, permitted, refused, broken);
}

static void *flip_directories(void *names) {
    char **a = names;
    while (!stop) renameat2(AT_FDCWD, a[0], AT_FDCWD, a[1], RENAME_EXCHANGE);
    return NULL;
}

// a[0] directory, a[1] link to a directory elsewhere: exchanged again and again; a[2] file below a[0]; a[3] how often
static int do_race_directory(char **a) {
    pthread_t thread;
    long tries = atol(a[3]), permitted = 0, refused = 0, broken = 0;
    pthread_create(&thread, NULL, flip_directories, a);
    for (long i = 0; go_on(i, tries, permitted, refused); i++) {
        char byte = 0;
        int fd = open(a[2], O_RDONLY);
        if (fd < 0) {
            refused++;
            continue;
        }
        if (read(fd, &byte, 1) == 1 && byte == 'S') broken++;
        else permitted++;
        close(fd);
    }
    stop = 1;
    pthread_join(thread, NULL);
    return report("directory", tries, permitted, refused, broken);
}

// The forbidden file is created, not read: a[0] permitted name, a[1] forbidden name (same length), a[2] how often.
static int do_race_create(char **a) {
    pthread_t thread;
    struct stat status;
    long tries = atol(a[2]), permitted = 0, refused = 0;
    one = a[0];
    two = a[1];
    strcpy(shared, one);
    pthread_create(&thread, NULL, flip_path, NULL);
    for (long i = 0; go_on(i, tries, permitted, refused); i++) {
        if (mkdir(shared, 0700) == 0) permitted++;
        else refused++;
        rmdir(one);
    }
    stop = 1;
    pthread_join(thread, NULL);
    return report("create", tries, permitted, refused, stat(two, &status) == 0);
}

static int spawn_shared(char **argv) {
    // Parent and child share memory until the exec, so that the other thread can change what exec reads.
    int status;
    pid_t child = vfork();
    if (child == 0) {
        execve(shared, argv, environ);
        _exit(errno);
    }
    if (child < 0) return errno;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// a[0] permitted program, a[1] forbidden one (same length), a[2] how often. Both are copies of this program.
static int do_race_exec(char **a) {
    pthread_t thread;
    char *argv[] = {"x", "is", a[1], NULL};
    long tries = atol(a[2]), permitted = 0, refused = 0, broken = 0;
    one = a[0];
    two = a[1];
    strcpy(shared, one);
    pthread_create(&thread, NULL, flip_path, NULL);
    for (long i = 0; go_on(i, tries, permitted, refused); i++) {
        int code = spawn_shared(argv);
        if (code == 0) permitted++;
        else if (code == 42) broken++;
        else refused++;
    }
    stop = 1;
    pthread_join(thread, NULL);
    return report("exec", tries, permitted, refused, broken);
}

// Ends with 42 when a[0] is the program that runs.
static int do_is(char **a) {
    char path[512];
    long length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) return errno;
    path[length] = 0;
    return strcmp(path, a[0]) == 0 ? 42 : 0;
}

static char argument[64] __attribute__((aligned(64)));

static void *flip_argument(void *unused) {
    (void)unused;
    while (!stop) {
        memcpy(argument, "true", 5);
        pause_a_little();
        memcpy(argument, "evil", 5);
        pause_a_little();
    }
    return NULL;
}

static int evil_count;

// a[0] program that may run with the argument `true` and not with `evil` (which ends with 42), a[1] how often
static int do_race_argument(char **a) {
    pthread_t thread;
    char *argv[] = {"x", argument, NULL};
    long tries = atol(a[1]), permitted = 0, refused = 0;
    strcpy(shared, a[0]);
    strcpy(argument, "true");
    pthread_create(&thread, NULL, flip_argument, NULL);
    for (long i = 0; go_on(i, tries, permitted, refused); i++) {
        int code = spawn_shared(argv);
        if (code == 0) permitted++;
        else if (code == 42) evil_count++;
        else refused++;
    }
    stop = 1;
    pthread_join(thread, NULL);
    return report("argument", tries, permitted, refused, evil_count);
}

static int do_evil(char **a) { (void)a; return 42; }

static struct sockaddr_in target;
static in_port_t good, bad;

static void *flip_port(void *unused) {
    (void)unused;
    while (!stop) {
        target.sin_port = good;
        pause_a_little();
        target.sin_port = bad;
        pause_a_little();
    }
    return NULL;
}

// a[0] permitted port, a[1] forbidden port, a[2] how often; both on 127.0.0.1
static int do_race_connect(char **a) {
    pthread_t thread;
    long tries = atol(a[2]), permitted = 0, refused = 0, broken = 0;
    good = htons(atoi(a[0]));
    bad = htons(atoi(a[1]));
    target = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = good};
    pthread_create(&thread, NULL, flip_port, NULL);
    for (long i = 0; go_on(i, tries, permitted, refused); i++) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        int s = socket(AF_INET, SOCK_DGRAM, 0);
        if (connect(s, (struct sockaddr *)&target, sizeof target)) refused++;
        else if (getpeername(s, (struct sockaddr *)&peer, &length) == 0 && peer.sin_port == bad) broken++;
        else permitted++;
        close(s);
    }
    stop = 1;
    pthread_join(thread, NULL);
    return report("connect", tries, permitted, refused, broken);
}

// as above, with datagrams: whether one arrived is for the listener to say
static int do_race_sendmsg(char **a) {
    pthread_t thread;
    long tries = atol(a[2]), permitted = 0, refused = 0;
    good = htons(atoi(a[0]));
    bad = htons(atoi(a[1]));
    target = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = good};
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    pthread_create(&thread, NULL, flip_port, NULL);
    for (long i = 0; go_on(i, tries, permitted, refused); i++) {
        struct iovec part = {"r", 1};
        struct msghdr message = {.msg_name = &target, .msg_namelen = sizeof target, .msg_iov = &part, .msg_iovlen = 1};
        long result = i & 1 ? sendmsg(s, &message, 0) : sendto(s, "r", 1, 0, (struct sockaddr *)&target, sizeof target);
        if (result < 0) refused++;
        else permitted++;
    }
    stop = 1;
    pthread_join(thread, NULL);
    return report("sendmsg", tries, permitted, refused, 0);
}

const struct attack race_attacks[] = {
    {"race-open", 3, do_race_open}, {"race-link", 4, do_race_link}, {"race-directory", 4, do_race_directory},
    {"race-create", 3, do_race_create}, {"race-exec", 3, do_race_exec}, {"is", 1, do_is}, {"race-argument", 2, do_race_argument}, {"evil", 0, do_evil},
    {"race-connect", 3, do_race_connect}, {"race-sendmsg", 3, do_race_sendmsg}, {NULL, 0, NULL},
};
