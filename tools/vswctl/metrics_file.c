// SPDX-License-Identifier: GPL-2.0
/* Metrics for a collector of files: who reads sees the old file or the new one */
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "vswctl.h"

/* ".NAME.XXXXXX" in the same folder: no collector takes it for a result */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? slash - path + 1 : 0;
	char *name;

	if (asprintf(&name, "%.*s.%s.XXXXXX", folder, path,
		     path + folder) < 0)
		return NULL;
	return name;
}

/* All of it is on the disk when it gets its name; false with errno if not */
static bool file_fill(int fd, const struct metrics *metrics)
{
	FILE *file = fdopen(fd, "w");
	bool ok;
	int error;

	if (!file) {
		close(fd);
		return false;
	}
	metrics_print(metrics, METRICS_PROMETHEUS, file);
	ok = !fflush(file) && !fchmod(fd, 0644) && !fsync(fd);
	error = errno;
	if (fclose(file) && ok) {
		error = errno;
		ok = false;
	}
	errno = error;
	return ok;
}

static int file_replace(struct vswctl *ctl, const struct metrics *metrics,
			const char *path, char *temporary)
{
	int fd, error;

	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fail(ctl, EXIT_REFUSED, "cannot make a file beside %s: %s",
			    path, strerror(errno));
	if (file_fill(fd, metrics) && !rename(temporary, path))
		return EXIT_OK;
	error = errno;
	unlink(temporary);
	return fail(ctl, EXIT_REFUSED, "cannot write %s, which is as it was: %s",
		    path, strerror(error));
}

int metrics_write(struct vswctl *ctl, struct args *args)
{
	struct metrics metrics = {};
	char *temporary = NULL;
	const char *path;
	int code;

	code = args_need(ctl, args, "the file", &path);
	if (!code)
		code = args_end(ctl, args);
	if (!code)
		code = metrics_get(ctl, &metrics);
	if (!code) {
		temporary = temporary_name(path);
		code = temporary ?
		       file_replace(ctl, &metrics, path, temporary) :
		       fail(ctl, EXIT_REFUSED, "out of memory");
	}
	free(temporary);
	metrics_free(&metrics);
	return code;
}
