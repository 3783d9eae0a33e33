#include "attack.h"

static const struct attack *const tables[] = {file_attacks, mount_attacks, exec_attacks, process_attacks, socket_attacks, race_attacks, caller_attacks};

static const struct attack *find(const char *name) {
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct attack *a = tables[t]; a->name; a++)
            if (strcmp(a->name, name) == 0) return a;
    return NULL;
}

static int run(int argc, char **argv) {
    const struct attack *a = argc > 0 ? find(argv[0]) : NULL;
    if (!a || argc - 1 < a->arguments) {
        fprintf(stderr, "attack: unknown or incomplete: %s\n", argc > 0 ? argv[0] : "(nothing)");
        return 99;
    }
    return a->run(argv + 1);
}

int run_attack(char **words) {
    int count = 0;
    while (words[count]) count++;
    return run(count, words);
}

int read_descriptor(int fd) {
    char byte;
    if (fd < 0) return errno;
    long n = read(fd, &byte, 1);
    return n < 0 ? errno : 0;
}

int read_path(const char *path) {
    int fd = open(path, O_RDONLY);
    int result = read_descriptor(fd);
    if (fd >= 0) close(fd);
    return result;
}

int write_path(const char *path) {
    int fd = open(path, O_WRONLY | O_APPEND);
    if (fd < 0) return errno;
    int result = outcome(write(fd, "x", 1));
    close(fd);
    return result;
}

int run_child(int (*body)(void *), void *state) {
    pid_t child = fork();
    if (child < 0) return errno;
    if (child == 0) _exit(body(state));
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct command {
    int argc;
    char **argv;
};

static int run_command(void *state) {
    struct command *c = state;
    return run(c->argc, c->argv);
}

// each A args -- B args: runs every one in a process of its own and prints `RESULT index code`.
static int each(int argc, char **argv) {
    int index = 0;
    for (int start = 0; start < argc;) {
        int end = start;
        while (end < argc && strcmp(argv[end], "--") != 0) end++;
        if (end < argc) argv[end] = NULL;
        struct command c = {end - start, argv + start};
        int code = run_child(run_command, &c);
        char line[64];
        int length = snprintf(line, sizeof line, "RESULT %d %d\n", index++, code);
        if (write(1, line, length) != length) return 98;
        start = end + 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "each") == 0) return each(argc - 2, argv + 2);
    // As an interpreter or under another name it still knows its trade: NAME comes from the first argument.
    return run(argc - 1, argv + 1);
}
