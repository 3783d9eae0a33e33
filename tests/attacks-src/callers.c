// Who makes a call: other attacks, run by another thread or process, or by what a program became.
#include "attack.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>

#define HANDED 9

static int run_words(void *words) { return run_attack(words); }

static void *run_in_thread(void *words) { return (void *)(intptr_t)run_attack(words); }

static int do_by_fork(char **a) { return run_child(run_words, a); }

static int do_by_vfork(char **a) {
    int status;
    pid_t child = vfork();
    if (child < 0) return errno;
    if (child == 0) _exit(run_attack(a));
    return waitpid(child, &status, 0) < 0 ? errno : WEXITSTATUS(status);
}

static int do_by_thread(char **a) {
    pthread_t thread;
    void *code;
    int error = pthread_create(&thread, NULL, run_in_thread, a);
    return error ? error : pthread_join(thread, &code) ? 95 : (int)(intptr_t)code;
}

// a[0] how many threads do it, one after the other; the code of the first that fails
static int do_by_threads(char **a) {
    for (int left = atoi(a[0]); left > 0; left--) {
        int code = do_by_thread(a + 1);
        if (code) return code;
    }
    return 0;
}

// a: how many words are the first attack's; it has to succeed, and the rest is the one that matters
static int do_then(char **a) {
    int count = atoi(a[0]);
    char *first[16] = {NULL};
    if (count < 1 || count > 15) return 94;
    memcpy(first, a + 1, count * sizeof *first);
    int code = run_attack(first);
    return code ? code : run_attack(a + 1 + count);
}

// The program becomes another, from whatever thread this is.
static int do_become(char **a) {
    execv(a[0], a);
    return errno;
}

// a[0] type of the socket, which is there for the attack that follows, also when that is another program
static int do_hand(char **a) {
    int s = socket(AF_INET, atoi(a[0]), 0);
    if (s < 0 || dup2(s, HANDED) < 0) return errno;
    close(s);
    return run_attack(a + 1);
}

static int do_connect_handed(char **a) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(a[1]))};
    if (inet_pton(AF_INET, a[0], &to.sin_addr) != 1) return 94;
    return connect(HANDED, (struct sockaddr *)&to, sizeof to) ? errno : outcome(send(HANDED, "attack", 6, 0));
}

static int do_bind_handed(char **a) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(a[1]))};
    if (inet_pton(AF_INET, a[0], &to.sin_addr) != 1) return 94;
    return outcome(bind(HANDED, (struct sockaddr *)&to, sizeof to));
}

const struct attack caller_attacks[] = {
    {"by-fork", 1, do_by_fork}, {"by-vfork", 1, do_by_vfork}, {"by-thread", 1, do_by_thread}, {"by-threads", 2, do_by_threads},
    {"then", 3, do_then}, {"become", 1, do_become}, {"hand", 2, do_hand}, {"connect-handed", 2, do_connect_handed},
    {"bind-handed", 2, do_bind_handed}, {NULL, 0, NULL},
};
