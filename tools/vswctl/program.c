// SPDX-License-Identifier: GPL-2.0
#include "program.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vswctl.h"

int program_run(struct vswctl *ctl, char *const words[], const char *hint)
{
	int error, status;
	pid_t child;

	fflush(ctl->out);
	error = posix_spawnp(&child, words[0], NULL, NULL, words, environ);
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
