// SPDX-License-Identifier: GPL-2.0
/* Files that are replaced as a whole. See file.h */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t done;

	for (; left; left -= done, text += done) {
		done = write(fd, text, left);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return false;
	}
	return true;
}

bool file_fill(int fd, const char *text)
{
	size_t length = strlen(text);
	bool ends = length && text[length - 1] == '\n';
	bool good = !fchmod(fd, 0644) && write_all(fd, text) &&
		    (ends || write_all(fd, "\n")) && !fsync(fd);
	int error = errno;

	if (close(fd) && good)
		return false;
	errno = error;
	return good;
}

bool file_sync_directory(const char *path)
{
	char copy[PATH_MAX];
	bool good;
	int fd;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* Not every file system can, and none is worse for it */
	good = !fsync(fd) || errno == EINVAL;
	close(fd);
	return good;
}

bool file_rename(const char *temporary, const char *path)
{
	return !rename(temporary, path) && file_sync_directory(path);
}

bool file_write(const char *path, const char *text)
{
	char temporary[PATH_MAX + 16];
	int fd, error;

	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return false;
	if (file_fill(fd, text) && file_rename(temporary, path))
		return true;
	error = errno;
	unlink(temporary);
	errno = error;
	return false;
}
