// Runs socket operations named on its command line, under a filter that its parent sends, and prints what each returned.
// Descriptor 3: receives the filter, sends the listener, receives one byte when supervision has begun.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int cur = -1, pair[2] = { -1, -1 };
static volatile sig_atomic_t got_pipe, got_usr1;
static char **arg;

static void on_pipe(int sig) { (void)sig; got_pipe = 1; }
static void on_usr1(int sig) { (void)sig; got_usr1 = 1; }

static void show(const char *op, long result)
{
	if (result < 0)
		printf("%s=%s\n", op, strerrorname_np(errno));
	else
		printf("%s=%ld\n", op, result);
	fflush(stdout);
}

static socklen_t address(const char *host, int port, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (strchr(host, ':')) {
		struct sockaddr_in6 *in6 = (void *)out;
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		inet_pton(AF_INET6, host, &in6->sin6_addr);
		return sizeof *in6;
	}
	struct sockaddr_in *in = (void *)out;
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	inet_pton(AF_INET, host, &in->sin_addr);
	return sizeof *in;
}

static socklen_t unix_address(const char *path, struct sockaddr_storage *out)
{
	struct sockaddr_un *un = (void *)out;
	memset(out, 0, sizeof *out);
	un->sun_family = AF_UNIX;
	strncpy(un->sun_path, path, sizeof un->sun_path);
	socklen_t length = offsetof(struct sockaddr_un, sun_path) + strlen(path);
	if (path[0] == '@') {
		un->sun_path[0] = 0;
		return length;
	}
	return length + 1;
}

static const char *next(void) { return *++arg ? *arg : (fprintf(stderr, "missing argument\n"), exit(2), ""); }
static int number(void) { return atoi(next()); }

static long send_message(struct sockaddr_storage *to, socklen_t length, const char *text, int flags)
{
	// Two vectors, to see that they are put together.
	struct iovec parts[2] = { { (void *)text, 1 }, { (void *)(text + 1), strlen(text) - 1 } };
	struct msghdr message = { .msg_name = to, .msg_namelen = length, .msg_iov = parts, .msg_iovlen = 2 };
	return sendmsg(cur, &message, flags);
}

static int kind(const char *word)
{
	static const struct { const char *word; int value; } kinds[] = {
		{ "unix", AF_UNIX }, { "inet", AF_INET }, { "inet6", AF_INET6 }, { "netlink", AF_NETLINK }, { "packet", AF_PACKET },
		{ "vsock", AF_VSOCK }, { "alg", AF_ALG }, { "bluetooth", AF_BLUETOOTH }, { "stream", SOCK_STREAM }, { "dgram", SOCK_DGRAM },
		{ "raw", SOCK_RAW }, { "seqpacket", SOCK_SEQPACKET },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kinds[i].word, word))
			return kinds[i].value;
	return atoi(word);
}

static void show_name(const char *op, int (*get)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_storage name;
	socklen_t length = sizeof name;
	memset(&name, 0, sizeof name);
	if (get(cur, (void *)&name, &length) < 0) {
		show(op, -1);
		return;
	}
	char text[128] = "";
	if (name.ss_family == AF_INET) {
		struct sockaddr_in *in = (void *)&name;
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		printf("%s=%s:%d\n", op, text, ntohs(in->sin_port));
	} else if (name.ss_family == AF_INET6) {
		struct sockaddr_in6 *in = (void *)&name;
		inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof text);
		printf("%s=[%s]:%d\n", op, text, ntohs(in->sin6_port));
	} else {
		printf("%s=%s\n", op, ((struct sockaddr_un *)&name)->sun_path);
	}
}

// Passes a pipe's writing end through a socket pair, writes through what arrived, and reads at the other end.
static void pass_descriptor(void)
{
	int ends[2], pipes[2];
	char byte = 'x', control[CMSG_SPACE(sizeof(int))] = { 0 };
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	if (pipe(pipes)) return;
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *item = CMSG_FIRSTHDR(&message);
	item->cmsg_level = SOL_SOCKET;
	item->cmsg_type = SCM_RIGHTS;
	item->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(item), &pipes[1], sizeof(int));
	long result = sendmsg(ends[0], &message, 0);
	if (result < 0) {
		show("passfd", result);
		return;
	}
	memset(control, 0, sizeof control);
	message.msg_controllen = sizeof control;
	recvmsg(ends[1], &message, 0);
	int received;
	memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof received);
	char answer[8] = "";
	if (write(received, "through", 7) != 7 || read(pipes[0], answer, 7) != 7)
		show("passfd", -1);
	else
		printf("passfd=%s\n", answer);
}

// A child counts what arrives while this process sends `total` bytes in one blocking message.
static void send_big(size_t total)
{
	int ends[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	char *data = malloc(total);
	for (size_t i = 0; i < total; i++)
		data[i] = (char)(i * 31 >> 3);
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		static char buffer[100000];
		size_t seen = 0;
		ssize_t count;
		while ((count = read(ends[1], buffer, sizeof buffer)) > 0) {
			for (ssize_t i = 0; i < count; i++)
				if (buffer[i] != (char)((seen + i) * 31 >> 3))
					_exit(3);
			seen += count;
		}
		_exit(seen == total ? 0 : 2);
	}
	close(ends[1]);
	struct iovec part = { data, total };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	show("sendbig", sendmsg(ends[0], &message, 0));
	close(ends[0]);
	int status;
	waitpid(child, &status, 0);
	printf("received=%d\n", WEXITSTATUS(status));
}

static void broken_pipe(int flags)
{
	int ends[2];
	signal(SIGPIPE, on_pipe);
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	close(ends[1]);
	struct iovec part = { "x", 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	got_pipe = 0;
	show("sigpipe", sendmsg(ends[0], &message, flags));
	printf("signalled=%d\n", (int)got_pipe);
}

// A blocking call that cannot finish is ended by a caught signal.
static void interrupted_send(void)
{
	struct sigaction action = { .sa_handler = on_usr1 };
	sigaction(SIGUSR1, &action, NULL);
	int ends[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	pid_t self = getpid();
	if (fork() == 0) {
		usleep(200000);
		syscall(SYS_tgkill, self, self, SIGUSR1);
		_exit(0);
	}
	static char data[4 << 20];
	struct iovec part = { data, sizeof data };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	// What fits the buffer is sent first; then nothing more does.
	long first = sendmsg(ends[0], &message, 0);
	printf("interrupted=%s signal=%d\n", first > 0 && first < (long)sizeof data ? "partly" : strerrorname_np(errno), (int)got_usr1);
}

static void netlink_links(void)
{
	cur = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct sockaddr_nl name = { .nl_family = AF_NETLINK };
	show("nlbind", bind(cur, (void *)&name, sizeof name));
	struct { struct nlmsghdr header; struct rtgenmsg body; } request = {
		{ sizeof request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { AF_UNSPEC }
	};
	show("nlsend", sendto(cur, &request, sizeof request, 0, (void *)&name, sizeof name));
	char buffer[8192];
	show("nlrecv", recv(cur, buffer, sizeof buffer, 0) > 0);
}

static const char *race_good, *race_bad;
static volatile int race_stop;
static struct sockaddr_in race_address;

static void *flip(void *unused)
{
	(void)unused;
	while (!race_stop) {
		inet_pton(AF_INET, race_bad, &race_address.sin_addr);
		inet_pton(AF_INET, race_good, &race_address.sin_addr);
	}
	return NULL;
}

// Sends datagrams while another thread changes the address in memory.
static void race(int count, int port)
{
	pthread_t thread;
	int sent = 0, denied = 0;
	race_address.sin_family = AF_INET;
	race_address.sin_port = htons(port);
	inet_pton(AF_INET, race_good, &race_address.sin_addr);
	pthread_create(&thread, NULL, flip, NULL);
	for (int i = 0; i < count; i++) {
		if (sendto(cur, "r", 1, 0, (void *)&race_address, sizeof race_address) == 1)
			sent++;
		else
			denied++;
	}
	race_stop = 1;
	pthread_join(thread, NULL);
	printf("race=%s\n", sent + denied == count && sent > 0 ? "done" : "failed");
}

static void run(void)
{
	struct sockaddr_storage to;
	const char *op = *arg;
	if (!strcmp(op, "socket")) {
		int domain = kind(next()), type = kind(next()), protocol = number();
		cur = socket(domain, type, protocol);
		show(op, cur < 0 ? -1 : 0);
	} else if (!strcmp(op, "socketpair")) {
		int domain = kind(next()), type = kind(next());
		show(op, socketpair(domain, type, 0, pair));
		cur = pair[0];
	} else if (!strcmp(op, "nonblock")) {
		fcntl(cur, F_SETFL, fcntl(cur, F_GETFL) | O_NONBLOCK);
	} else if (!strcmp(op, "flags")) {
		printf("flags=%d\n", (fcntl(cur, F_GETFL) & O_NONBLOCK) != 0);
	} else if (!strcmp(op, "reuse")) {
		int one = 1;
		setsockopt(cur, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	} else if (!strcmp(op, "v6only")) {
		int one = 1;
		setsockopt(cur, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
	} else if (!strcmp(op, "sndtimeo")) {
		struct timeval time = { 0, number() * 1000 };
		setsockopt(cur, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
	} else if (!strcmp(op, "connect")) {
		const char *host = next();
		socklen_t length = address(host, number(), &to);
		show(op, connect(cur, (void *)&to, length));
	} else if (!strcmp(op, "connectunix")) {
		socklen_t length = unix_address(next(), &to);
		show(op, connect(cur, (void *)&to, length));
	} else if (!strcmp(op, "connectunspec")) {
		memset(&to, 0, sizeof to);
		show(op, connect(cur, (void *)&to, sizeof(struct sockaddr_in)));
	} else if (!strcmp(op, "connectshort")) {
		address("127.0.0.1", 9, &to);
		show(op, connect(cur, (void *)&to, number()));
	} else if (!strcmp(op, "connectbad")) {
		show(op, connect(cur, (void *)16, 16));
	} else if (!strcmp(op, "finish")) {
		struct pollfd wait = { cur, POLLOUT, 0 };
		poll(&wait, 1, 5000);
		int error = 0;
		socklen_t length = sizeof error;
		getsockopt(cur, SOL_SOCKET, SO_ERROR, &error, &length);
		errno = error;
		show(op, error ? -1 : 0);
	} else if (!strcmp(op, "bind")) {
		const char *host = next();
		socklen_t length = address(host, number(), &to);
		show(op, bind(cur, (void *)&to, length));
	} else if (!strcmp(op, "bindunix")) {
		socklen_t length = unix_address(next(), &to);
		show(op, bind(cur, (void *)&to, length));
	} else if (!strcmp(op, "listen")) {
		show(op, listen(cur, number()));
	} else if (!strcmp(op, "sendto")) {
		const char *host = next();
		socklen_t length = address(host, number(), &to);
		const char *text = next();
		show(op, sendto(cur, text, strlen(text), 0, (void *)&to, length));
	} else if (!strcmp(op, "sendtounspec")) {
		const char *host = next();
		socklen_t length = address(host, number(), &to);
		to.ss_family = AF_UNSPEC;
		show(op, sendto(cur, "u", 1, 0, (void *)&to, length));
	} else if (!strcmp(op, "sendtounix")) {
		socklen_t length = unix_address(next(), &to);
		show(op, sendto(cur, "unix", 4, 0, (void *)&to, length));
	} else if (!strcmp(op, "send")) {
		const char *text = next();
		show(op, send_message(NULL, 0, text, 0));
	} else if (!strcmp(op, "sendmsg")) {
		const char *host = next();
		socklen_t length = address(host, number(), &to);
		show(op, send_message(&to, length, next(), 0));
	} else if (!strcmp(op, "fastopen")) {
		const char *host = next();
		socklen_t length = address(host, number(), &to);
		show(op, send_message(&to, length, next(), MSG_FASTOPEN));
	} else if (!strcmp(op, "sendmmsg")) {
		// To the first, to the second, to the first again.
		struct sockaddr_storage tos[3];
		struct mmsghdr messages[3];
		const char *hosts[3];
		hosts[0] = hosts[2] = next();
		hosts[1] = next();
		int port = number();
		struct iovec part = { "many", 4 };
		memset(messages, 0, sizeof messages);
		for (int i = 0; i < 3; i++) {
			messages[i].msg_hdr.msg_namelen = address(hosts[i], port, &tos[i]);
			messages[i].msg_hdr.msg_name = &tos[i];
			messages[i].msg_hdr.msg_iov = &part;
			messages[i].msg_hdr.msg_iovlen = 1;
		}
		show(op, sendmmsg(cur, messages, 3, 0));
		printf("lengths=%u,%u,%u\n", messages[0].msg_len, messages[1].msg_len, messages[2].msg_len);
	} else if (!strcmp(op, "recv")) {
		char buffer[256];
		struct pollfd wait = { cur, POLLIN, 0 };
		ssize_t count = poll(&wait, 1, 5000) == 1 ? recv(cur, buffer, sizeof buffer - 1, 0) : (errno = ETIMEDOUT, -1);
		if (count < 0)
			show(op, -1);
		else
			printf("recv=%.*s\n", (int)count, buffer);
	} else if (!strcmp(op, "getpeer")) {
		show_name(op, getpeername);
	} else if (!strcmp(op, "getsock")) {
		show_name(op, getsockname);
	} else if (!strcmp(op, "umask")) {
		umask(strtol(next(), NULL, 8));
	} else if (!strcmp(op, "statmode")) {
		struct stat status;
		if (stat(next(), &status))
			show(op, -1);
		else
			printf("statmode=%o\n", status.st_mode & 07777);
	} else if (!strcmp(op, "close")) {
		close(cur);
	} else if (!strcmp(op, "passfd")) {
		pass_descriptor();
	} else if (!strcmp(op, "sendbig")) {
		send_big((size_t)number());
	} else if (!strcmp(op, "sigpipe")) {
		broken_pipe(0);
	} else if (!strcmp(op, "nosigpipe")) {
		broken_pipe(MSG_NOSIGNAL);
	} else if (!strcmp(op, "interrupted")) {
		interrupted_send();
	} else if (!strcmp(op, "netlink")) {
		netlink_links();
	} else if (!strcmp(op, "race")) {
		race_good = next();
		race_bad = next();
		int port = number();
		race(number(), port);
	} else {
		fprintf(stderr, "unknown operation %s\n", op);
		exit(2);
	}
	fflush(stdout);
}

static int supervise(void)
{
	static struct sock_filter code[4096];
	ssize_t length = recv(3, code, sizeof code, 0);
	if (length <= 0)
		return -1;
	struct sock_fprog program = { (unsigned short)(length / sizeof *code), code };
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
	if (listener < 0) {
		perror("seccomp");
		return -1;
	}
	// The parent fetches the listener with pidfd_getfd: sending it would be a governed call already.
	if (write(3, &listener, sizeof listener) != sizeof listener)
		return -1;
	char go;
	if (read(3, &go, 1) != 1)
		return -1;
	close(listener);
	close(3);
	return 0;
}

int main(int argc, char **argv)
{
	(void)argc;
	if (supervise())
		return 2;
	for (arg = argv + 1; *arg; arg++)
		run();
	return 0;
}
