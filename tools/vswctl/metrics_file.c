// SPDX-License-Identifier: GPL-2.0
/* Metrics for a collector of files: who reads sees the old file or the new one */
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "file.h"
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

/* The metrics as text, which the caller frees; NULL when memory is out */
static char *metrics_text(const struct metrics *metrics)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	metrics_print(metrics, METRICS_PROMETHEUS, file);
	if (!fclose(file))
		return text;
	free(text);
	return NULL;
}

static int file_replace(struct vswctl *ctl, const char *text,
			const char *path, char *temporary)
{
	int fd, error;

	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fail(ctl, EXIT_REFUSED, "cannot make a file beside %s: %s",
			    path, strerror(errno));
	if (file_fill(fd, text) && !rename(temporary, path))
		return EXIT_OK;
	error = errno;
	unlink(temporary);
	return fail(ctl, EXIT_REFUSED, "cannot write %s, which is as it was: %s",
		    path, strerror(error));
}

int metrics_write(struct vswctl *ctl, struct args *args)
{
	struct metrics metrics = {};
	char *temporary = NULL, *text = NULL;
	const char *path;
	int code;

	code = args_need(ctl, args, "the file", &path);
	if (!code)
		code = args_end(ctl, args);
	if (!code)
		code = metrics_get(ctl, &metrics);
	if (!code) {
		temporary = temporary_name(path);
		text = metrics_text(&metrics);
		code = temporary && text ?
		       file_replace(ctl, text, path, temporary) :
		       fail(ctl, EXIT_REFUSED, "out of memory");
	}
	free(temporary);
	free(text);
	metrics_free(&metrics);
	return code;
}
