/*
 * One thread flips a path in memory between a permitted file (ok/…, content "o") and a denied one (no/…, content "n"); the main thread
 * opens and executes it. Exits with 1 when it ever reads the denied content or runs the denied program (which exits with 1).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Eight bytes each, so that one store changes the whole name. */
static union name {
	char text[8];
	volatile unsigned long word;
} file = { "ok/f" }, program = { "ok/p" };

static int opened, denied, ran, killed;

static void *flip(void *argument)
{
	const union name names[] = { { "ok/f" }, { "no/f" }, { "ok/p" }, { "no/p" } };

	(void)argument;
	for (unsigned int i = 0;; i ^= 1) {
		file.word = names[i].word;
		program.word = names[2 + i].word;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const int opens = atoi(argv[1]), execs = atoi(argv[2]);
	pthread_t thread;

	(void)argc;
	pthread_create(&thread, NULL, flip, NULL);
	for (int i = 0; i < opens; i++) {
		char content = 0;
		int fd = open(file.text, O_RDONLY);

		if (fd < 0) {
			denied += errno == EACCES;
			continue;
		}
		if (read(fd, &content, 1) == 1 && content != 'o') {
			printf("opened the denied file in try %d\n", i);
			return 1;
		}
		opened++;
		close(fd);
	}
	for (int i = 0; i < execs; i++) {
		int status;
		/* The child shares the memory, so the flipping goes on under its exec. */
		pid_t child = vfork();

		if (!child) {
			execl(program.text, "p", NULL);
			_exit(errno);
		}
		waitpid(child, &status, 0);
		if (WIFSIGNALED(status))
			killed++;
		else if (WEXITSTATUS(status) == 1) {
			printf("ran the denied program in try %d\n", i);
			return 1;
		} else
			ran += WEXITSTATUS(status) == 0;
	}
	printf("opened %d denied %d ran %d killed %d .\n", opened, denied, ran, killed);
	return 0;
}
