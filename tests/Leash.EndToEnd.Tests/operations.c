/*
 * Performs file, exec and socket operations one after another, and says how each ended.
 *
 *   operations            reads lines "NAME<TAB>ARGUMENT<TAB>…" from stdin and prints one errno (0 for success) per line
 *   operations noop …     does nothing: what the `exec` operation runs
 *   operations linger F   opens F again and again and prints the errno of each attempt, until it is killed
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ARGUMENTS 16

static int result(long value) { return value < 0 ? errno : 0; }

static int opened(int fd)
{
    int error = result(fd);
    if (fd >= 0)
        close(fd);
    return error;
}

static int truncated(const char *path)
{
    struct stat facts;
    return result(stat(path, &facts) < 0 ? -1 : truncate(path, facts.st_size));
}

static int executed(char **arguments)
{
    int status;
    pid_t child = fork();
    if (child < 0)
        return errno;
    if (child == 0) {
        execv(arguments[0], arguments);
        _exit(errno);
    }
    if (waitpid(child, &status, 0) < 0)
        return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int connected(const struct sockaddr *address, socklen_t length, int type)
{
    int fd = socket(address->sa_family, type | SOCK_CLOEXEC, 0);
    int error;
    if (fd < 0)
        return 2000 + errno;
    error = result(connect(fd, address, length));
    close(fd);
    return error;
}

static int listened(const struct sockaddr *address, socklen_t length)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int error, one = 1;
    if (fd < 0)
        return 2000 + errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    error = result(bind(fd, address, length));
    error = error ? error : result(listen(fd, 1));
    close(fd);
    return error;
}

static int internet(const char *name, const char *host, const char *port)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port)) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((unsigned short)atoi(port)) };
    const struct sockaddr *address = (struct sockaddr *)&v4;
    socklen_t length = sizeof v4;
    if (inet_pton(AF_INET, host, &v4.sin_addr) != 1) {
        if (inet_pton(AF_INET6, host, &v6.sin6_addr) != 1)
            return 3000;
        address = (struct sockaddr *)&v6;
        length = sizeof v6;
    }
    if (!strcmp(name, "listen"))
        return listened(address, length);
    return connected(address, length, !strcmp(name, "udp") ? SOCK_DGRAM : SOCK_STREAM);
}

static int unix_connected(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        return 3000;
    strcpy(address.sun_path, path);
    return connected((struct sockaddr *)&address, sizeof address, SOCK_STREAM);
}

static int perform(int count, char **words)
{
    const char *name = words[0], *first = count > 1 ? words[1] : "", *second = count > 2 ? words[2] : "";
    if (!strcmp(name, "read")) return opened(open(first, O_RDONLY | O_CLOEXEC));
    if (!strcmp(name, "write")) return opened(open(first, O_WRONLY | O_CLOEXEC));
    if (!strcmp(name, "append")) return opened(open(first, O_RDWR | O_APPEND | O_CLOEXEC));
    if (!strcmp(name, "open-truncate")) return opened(open(first, O_WRONLY | O_TRUNC | O_CLOEXEC));
    if (!strcmp(name, "list")) return opened(open(first, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!strcmp(name, "create")) return opened(open(first, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!strcmp(name, "delete")) return result(unlink(first));
    if (!strcmp(name, "mkdir")) return result(mkdir(first, 0755));
    if (!strcmp(name, "rmdir")) return result(rmdir(first));
    if (!strcmp(name, "mkfifo")) return result(mkfifo(first, 0644));
    if (!strcmp(name, "truncate")) return truncated(first);
    if (!strcmp(name, "chmod")) return result(chmod(first, 0644));
    if (!strcmp(name, "rename")) return result(rename(first, second));
    if (!strcmp(name, "link")) return result(link(first, second));
    if (!strcmp(name, "symlink")) return result(symlink("target", first));
    if (!strcmp(name, "exec")) return words[count] = NULL, executed(words + 1);
    if (!strcmp(name, "unix")) return unix_connected(first);
    if (!strcmp(name, "tcp") || !strcmp(name, "udp") || !strcmp(name, "listen")) return internet(name, first, second);
    return 3000;
}

static void linger(const char *path)
{
    while (1) {
        dprintf(1, "%d\n", opened(open(path, O_RDONLY | O_CLOEXEC)));
        usleep(1000);
    }
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    if (argc > 1 && !strcmp(argv[1], "noop"))
        return 0;
    if (argc > 2 && !strcmp(argv[1], "linger"))
        linger(argv[2]);
    while ((length = getline(&line, &size, stdin)) > 0) {
        char *words[MAX_ARGUMENTS + 1], *rest = line;
        int count = 0;
        line[strcspn(line, "\n")] = 0;
        while (count < MAX_ARGUMENTS && rest)
            words[count++] = strsep(&rest, "\t");
        printf("%d\n", perform(count, words));
        fflush(stdout);
    }
    return 0;
}
