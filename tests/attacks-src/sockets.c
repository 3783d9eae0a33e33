#include "attack.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

union address {
    struct sockaddr head;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
    struct sockaddr_storage space;
};

static socklen_t inet_address(union address *out, const char *text, const char *port) {
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(atoi(port));
        return sizeof out->v4;
    }
    if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) != 1) exit(94);
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons(atoi(port));
    return sizeof out->v6;
}

static socklen_t local_address(union address *out, const char *path) {
    // `@` begins an abstract name
    size_t length = strlen(path);
    memset(out, 0, sizeof *out);
    out->local.sun_family = AF_UNIX;
    if (length >= sizeof out->local.sun_path) exit(94);
    memcpy(out->local.sun_path, path, length);
    if (*path != '@') return sizeof out->local;
    out->local.sun_path[0] = 0;
    return offsetof(struct sockaddr_un, sun_path) + length;
}

static int inet_socket(char **a, int type, union address *address, socklen_t *length) {
    *length = inet_address(address, a[0], a[1]);
    return socket(address->head.sa_family, type, 0);
}

static int do_tcp(char **a) {
    union address to;
    socklen_t length;
    int s = inet_socket(a, SOCK_STREAM, &to, &length);
    return s < 0 || connect(s, &to.head, length) ? errno : outcome(send(s, "attack", 6, 0));
}

static int do_tcp_nonblocking(char **a) {
    union address to;
    socklen_t length, size = sizeof(int);
    int s = inet_socket(a, SOCK_STREAM | SOCK_NONBLOCK, &to, &length), error = 0;
    if (s < 0) return errno;
    if (connect(s, &to.head, length) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    struct pollfd wait = {.fd = s, .events = POLLOUT};
    poll(&wait, 1, 3000);
    return getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size) ? errno : error;
}

static int do_udp_connect(char **a) {
    union address to;
    socklen_t length;
    int s = inet_socket(a, SOCK_DGRAM, &to, &length);
    return s < 0 || connect(s, &to.head, length) ? errno : outcome(send(s, "attack", 6, 0));
}

static int do_udp_sendto(char **a) {
    union address to;
    socklen_t length;
    int s = inet_socket(a, SOCK_DGRAM, &to, &length);
    return s < 0 ? errno : outcome(sendto(s, "attack", 6, 0, &to.head, length));
}

static struct msghdr message_to(union address *to, socklen_t length, struct iovec *part) {
    *part = (struct iovec){"attack", 6};
    return (struct msghdr){.msg_name = to, .msg_namelen = length, .msg_iov = part, .msg_iovlen = 1};
}

static int do_udp_sendmsg(char **a) {
    union address to;
    socklen_t length;
    struct iovec part;
    int s = inet_socket(a, SOCK_DGRAM, &to, &length);
    struct msghdr message = message_to(&to, length, &part);
    return s < 0 ? errno : outcome(sendmsg(s, &message, 0));
}

// a: permitted address and port, then the one that matters. 0 when both messages went.
static int do_udp_sendmmsg(char **a) {
    union address first, second;
    socklen_t lengths[2];
    struct iovec parts[2];
    int s = inet_socket(a, SOCK_DGRAM, &first, &lengths[0]);
    lengths[1] = inet_address(&second, a[2], a[3]);
    struct mmsghdr messages[2] = {{.msg_hdr = message_to(&first, lengths[0], &parts[0])}, {.msg_hdr = message_to(&second, lengths[1], &parts[1])}};
    if (s < 0) return errno;
    int sent = sendmmsg(s, messages, 2, 0);
    if (sent < 0) return errno;
    if (sent == 2) return 0;
    return sendmmsg(s, messages + 1, 1, 0) < 0 ? errno : 0;
}

// A connected datagram socket still takes another address with each message.
static int do_udp_connected_sendto(char **a) {
    union address first, second;
    socklen_t length;
    int s = inet_socket(a, SOCK_DGRAM, &first, &length);
    if (s < 0 || connect(s, &first.head, length)) return errno;
    length = inet_address(&second, a[2], a[3]);
    return outcome(sendto(s, "attack", 6, 0, &second.head, length));
}

static int do_fastopen(char **a) {
    union address to;
    socklen_t length;
    int s = inet_socket(a, SOCK_STREAM, &to, &length);
    return s < 0 ? errno : outcome(sendto(s, "attack", 6, MSG_FASTOPEN, &to.head, length));
}

static int do_fastopen_sendmsg(char **a) {
    union address to;
    socklen_t length;
    struct iovec part;
    int s = inet_socket(a, SOCK_STREAM, &to, &length);
    struct msghdr message = message_to(&to, length, &part);
    return s < 0 ? errno : outcome(sendmsg(s, &message, MSG_FASTOPEN));
}

static int do_fastopen_connect(char **a) {
    union address to;
    socklen_t length;
    int s = inet_socket(a, SOCK_STREAM, &to, &length), on = 1;
    if (s < 0 || setsockopt(s, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on)) return errno;
    return connect(s, &to.head, length) ? errno : outcome(write(s, "attack", 6));
}

// Connect where it is permitted, dissolve, connect elsewhere.
static int do_reconnect(char **a) {
    union address first, second, none = {.head.sa_family = AF_UNSPEC};
    socklen_t length;
    int s = inet_socket(a, SOCK_DGRAM, &first, &length);
    if (s < 0 || connect(s, &first.head, length) || connect(s, &none.head, sizeof none.head)) return errno;
    length = inet_address(&second, a[2], a[3]);
    return connect(s, &second.head, length) ? errno : outcome(send(s, "attack", 6, 0));
}

static int do_bind_tcp(char **a) {
    union address at;
    socklen_t length;
    int s = inet_socket(a, SOCK_STREAM, &at, &length);
    return s < 0 || bind(s, &at.head, length) ? errno : outcome(listen(s, 1));
}

static int do_bind_udp(char **a) {
    union address at;
    socklen_t length;
    int s = inet_socket(a, SOCK_DGRAM, &at, &length);
    return s < 0 ? errno : outcome(bind(s, &at.head, length));
}

static int do_listen_unbound(char **a) {
    (void)a;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    return s < 0 ? errno : outcome(listen(s, 1));
}

static int do_unix(char **a) {
    union address to;
    socklen_t length = local_address(&to, a[0]);
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    return s < 0 || connect(s, &to.head, length) ? errno : outcome(send(s, "attack", 6, 0));
}

static int do_unix_link(char **a) { return symlink(a[0], a[1]) ? errno : do_unix(a + 1); }

static int do_unix_relative(char **a) { return chdir(a[0]) ? errno : do_unix(a + 1); }

static int do_unix_proc_fd(char **a) {
    int directory = open(a[0], O_PATH | O_DIRECTORY);
    char path[100], *argument = path;
    if (directory < 0) return errno;
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, a[1]);
    return do_unix(&argument);
}

static int do_unix_datagram(char **a) {
    union address to;
    socklen_t length = local_address(&to, a[0]);
    int s = socket(AF_UNIX, SOCK_DGRAM, 0);
    return s < 0 ? errno : outcome(sendto(s, "attack", 6, 0, &to.head, length));
}

static int do_unix_datagram_sendmsg(char **a) {
    union address to;
    struct iovec part;
    socklen_t length = local_address(&to, a[0]);
    int s = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct msghdr message = message_to(&to, length, &part);
    return s < 0 ? errno : outcome(sendmsg(s, &message, 0));
}

static int do_unix_datagram_connect(char **a) {
    union address to;
    socklen_t length = local_address(&to, a[0]);
    int s = socket(AF_UNIX, SOCK_DGRAM, 0);
    return s < 0 || connect(s, &to.head, length) ? errno : outcome(send(s, "attack", 6, 0));
}

static int do_unix_bind(char **a) {
    union address at;
    socklen_t length = local_address(&at, a[0]);
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    return s < 0 ? errno : outcome(bind(s, &at.head, length));
}

// family, type, protocol as numbers that C understands; bits above 32 reach the kernel's filter but not the kernel's int
static int do_socket(char **a) {
    return outcome(syscall(SYS_socket, strtoul(a[0], NULL, 0), strtoul(a[1], NULL, 0), strtoul(a[2], NULL, 0)));
}

const struct attack socket_attacks[] = {
    {"tcp", 2, do_tcp}, {"tcp-nonblocking", 2, do_tcp_nonblocking}, {"udp-connect", 2, do_udp_connect}, {"udp-sendto", 2, do_udp_sendto},
    {"udp-sendmsg", 2, do_udp_sendmsg}, {"udp-sendmmsg", 4, do_udp_sendmmsg}, {"udp-connected-sendto", 4, do_udp_connected_sendto},
    {"fastopen", 2, do_fastopen}, {"fastopen-sendmsg", 2, do_fastopen_sendmsg}, {"fastopen-connect", 2, do_fastopen_connect},
    {"reconnect", 4, do_reconnect}, {"bind-tcp", 2, do_bind_tcp}, {"bind-udp", 2, do_bind_udp}, {"listen-unbound", 0, do_listen_unbound},
    {"unix", 1, do_unix}, {"unix-link", 2, do_unix_link}, {"unix-relative", 2, do_unix_relative}, {"unix-proc-fd", 2, do_unix_proc_fd},
    {"unix-datagram", 1, do_unix_datagram}, {"unix-datagram-sendmsg", 1, do_unix_datagram_sendmsg},
    {"unix-datagram-connect", 1, do_unix_datagram_connect}, {"unix-bind", 1, do_unix_bind}, {"socket", 3, do_socket}, {NULL, 0, NULL},
};
