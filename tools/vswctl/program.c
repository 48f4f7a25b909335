// SPDX-License-Identifier: GPL-2.0
#include "program.h"

#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vswctl.h"

bool program_exists(const char *name)
{
	const char *path = getenv("PATH"), *end;
	char file[PATH_MAX];

	/* As posix_spawnp() looks */
	for (path = path ? path : "/bin:/usr/bin"; path; path = *end ? end + 1 : NULL) {
		end = strchrnul(path, ':');
		snprintf(file, sizeof(file), "%.*s%s%s", (int)(end - path),
			 path, end == path ? "" : "/", name);
		if (!access(file, X_OK))
			return true;
	}
	return false;
}

/* With @fd as its descriptor @as, or as it is for -1 */
static int spawn(char *const words[], int fd, int as, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	int error;

	error = posix_spawn_file_actions_init(&actions);
	if (error)
		return error;
	if (fd >= 0)
		error = posix_spawn_file_actions_adddup2(&actions, fd, as);
	if (!error)
		error = posix_spawnp(child, words[0], &actions, NULL, words,
				     environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static int execute(struct vswctl *ctl, char *const words[], const char *hint,
		   int fd, int as)
{
	int error, status;
	pid_t child;

	fflush(ctl->out);
	error = spawn(words, fd, as, &child);
	if (error == ENOENT)
		return fail(ctl, EXIT_REFUSED, "this needs the program %s: %s",
			    words[0], hint);
	if (error)
		return fail(ctl, EXIT_REFUSED, "cannot run %s: %s", words[0],
			    strerror(error));
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return fail(ctl, EXIT_REFUSED, "%s is lost", words[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_REFUSED;
}

int program_run(struct vswctl *ctl, char *const words[], const char *hint)
{
	return execute(ctl, words, hint, -1, -1);
}

/* A file in memory: neither side waits for the other, as with a pipe */
static int memory_open(struct vswctl *ctl, int *fd)
{
	*fd = memfd_create("vswctl", MFD_CLOEXEC);
	return *fd >= 0 ? EXIT_OK :
	       fail(ctl, EXIT_REFUSED, "no memory: %s", strerror(errno));
}

static int write_all(struct vswctl *ctl, int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t done;

	while (left) {
		done = write(fd, text, left);
		if (done < 0)
			return fail(ctl, EXIT_REFUSED, "no memory: %s",
				    strerror(errno));
		text += done;
		left -= done;
	}
	lseek(fd, 0, SEEK_SET);
	return EXIT_OK;
}

int program_feed(struct vswctl *ctl, char *const words[], const char *hint,
		 const char *text)
{
	int code, fd;

	code = memory_open(ctl, &fd);
	if (code)
		return code;
	code = write_all(ctl, fd, text);
	if (!code)
		code = execute(ctl, words, hint, fd, STDIN_FILENO);
	close(fd);
	return code;
}

static int read_all(struct vswctl *ctl, int fd, char **text)
{
	off_t size = lseek(fd, 0, SEEK_END);
	ssize_t got;

	*text = size < 0 ? NULL : calloc(1, size + 1);
	if (!*text)
		return fail(ctl, EXIT_REFUSED, "no memory");
	got = pread(fd, *text, size, 0);
	return got == size ? EXIT_OK :
	       fail(ctl, EXIT_REFUSED, "cannot read what was printed");
}

int program_read(struct vswctl *ctl, char *const words[], const char *hint,
		 char **text)
{
	int code, fd;

	*text = NULL;
	code = memory_open(ctl, &fd);
	if (code)
		return code;
	code = execute(ctl, words, hint, fd, STDOUT_FILENO);
	if (!code)
		code = read_all(ctl, fd, text);
	else
		code = fail(ctl, EXIT_REFUSED, "%s has not told what is there",
			    words[0]);
	close(fd);
	return code;
}
