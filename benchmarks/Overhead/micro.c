// SPDX-License-Identifier: Apache-2.0
/*
 * One system call family in a loop: `micro NAME COUNT` prints nanoseconds per operation. Runs in the current directory and talks to
 * loopback only. `micro exec` starts itself as `micro nothing`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void open_close(void)
{
	int fd = open("file", O_RDONLY);

	if (fd < 0)
		die("open");
	close(fd);
}

static void stat_file(void)
{
	struct stat status;

	if (stat("file", &status))
		die("stat");
}

static void read_write(void)
{
	static int fd = -1;
	char byte = 'x';

	if (fd < 0 && (fd = open("scratch", O_RDWR | O_CREAT, 0600)) < 0)
		die("open scratch");
	if (pwrite(fd, &byte, 1, 0) != 1 || pread(fd, &byte, 1, 0) != 1)
		die("pread");
}

static void fork_exec(void)
{
	char *arguments[] = { "./micro", "nothing", "0", NULL };
	pid_t child;
	int status;

	if (posix_spawn(&child, "./micro", NULL, NULL, arguments, environ))
		die("posix_spawn");
	if (waitpid(child, &status, 0) != child || status)
		die("waitpid");
}

static struct sockaddr_in server_address;

static int listen_on_loopback(void)
{
	socklen_t length = sizeof(server_address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	server_address.sin_family = AF_INET;
	server_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&server_address, sizeof(server_address)) || listen(fd, 128) ||
	    getsockname(fd, (struct sockaddr *)&server_address, &length))
		die("listen");
	return fd;
}

static void connect_loopback(void)
{
	static int server = -1;
	/* Resets instead of lingering in TIME_WAIT: thousands of connections to one port. */
	struct linger reset = { .l_onoff = 1 };
	int client, accepted;

	if (server < 0)
		server = listen_on_loopback();
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (client < 0 || connect(client, (struct sockaddr *)&server_address, sizeof(server_address)))
		die("connect");
	accepted = accept(server, NULL, NULL);
	if (accepted < 0)
		die("accept");
	setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(client);
	close(accepted);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} operations[] = {
		{ "open", open_close }, { "stat", stat_file }, { "rw", read_write }, { "exec", fork_exec }, { "connect", connect_loopback },
	};
	long count = argc > 2 ? atol(argv[2]) : 0;

	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "nothing"))
		return 0;
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		if (strcmp(argv[1], operations[i].name))
			continue;
		operations[i].run();
		double start = now();

		for (long n = 0; n < count; n++)
			operations[i].run();
		printf("%.1f\n", (now() - start) / count);
		return 0;
	}
	return 2;
}
