// SPDX-License-Identifier: GPL-2.0
/*
 * The ACL file of vsw-bridge-helper. It is read with the rights of the caller: an
 * included file that the caller may not read has rules for others. So what cannot
 * be opened for that reason is no error, and all else is.
 */
#include "acl.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int acl_file(struct acl *acl, const char *path, unsigned int depth);

__attribute__((format(printf, 2, 3)))
static int refuse(struct acl *acl, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(acl->error, sizeof(acl->error), format, args);
	va_end(args);
	acl->allowed = false;
	return -1;
}

/* Could somebody else than its owner have written it? */
static int check_file(struct acl *acl, const char *path, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return refuse(acl, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(acl, "%s is no regular file", path);
	if (st.st_uid != acl->owner)
		return refuse(acl, "%s is not root's: chown root %s", path, path);
	if (st.st_mode & 0002 || (st.st_mode & 0020 && st.st_gid != 0))
		return refuse(acl, "others may write %s: chmod go-w %s", path, path);
	return 0;
}

/* Cut the word at the start of @text off in place; @next is what follows */
static char *cut_word(char *text, char **next)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	for (end = text; *end && !isspace((unsigned char)*end); end++)
		;
	*next = *end ? end + 1 : end;
	*end = '\0';
	return text;
}

static bool is_for(const struct acl *acl, const char *name)
{
	return !strcmp(name, "all") || !strcmp(name, acl->name);
}

static int rule(struct acl *acl, const char *verb, const char *value,
		unsigned int depth)
{
	if (!strcmp(verb, "allow"))
		acl->allowed |= is_for(acl, value);
	else if (!strcmp(verb, "deny"))
		acl->denied |= is_for(acl, value);
	else if (!strcmp(verb, "include"))
		return acl_file(acl, value, depth + 1);
	else
		return refuse(acl, "what is '%.20s'? say allow, deny or include",
			      verb);
	return 0;
}

static int line(struct acl *acl, char *text, unsigned int depth)
{
	char *verb, *value, *more;

	verb = cut_word(text, &text);
	if (!*verb || *verb == '#')
		return 0;
	value = cut_word(text, &text);
	more = cut_word(text, &text);
	if (!*value)
		return refuse(acl, "'%.20s' of what?", verb);
	if (*more && *more != '#')
		return refuse(acl, "'%.20s' is one word too many", more);
	return rule(acl, verb, value, depth);
}

/* An error of this file gets its place; one of a file that it includes has it */
static int line_error(struct acl *acl, const char *path, unsigned int number,
		      unsigned int files)
{
	char text[sizeof(acl->error)];

	if (acl->files != files)
		return -1;
	memcpy(text, acl->error, sizeof(text));
	return refuse(acl, "%.100s:%u: %.130s", path, number, text);
}

static int read_lines(struct acl *acl, const char *path, FILE *file,
		      unsigned int depth)
{
	char text[ACL_LINE_MAX + 2];
	unsigned int number, files;

	for (number = 1; fgets(text, sizeof(text), file); number++) {
		size_t length = strlen(text);

		files = acl->files;
		if (number > ACL_LINES_MAX)
			return refuse(acl, "%s has more than %d lines", path,
				      ACL_LINES_MAX);
		/* A null byte ends the text early, and the line is not whole. */
		if (text[length - !!length] != '\n' && !feof(file))
			return refuse(acl, "%s:%u: the line is longer than %d, or is no text",
				      path, number, ACL_LINE_MAX);
		if (line(acl, text, depth))
			return line_error(acl, path, number, files);
	}
	if (ferror(file))
		return refuse(acl, "%s: %s", path, strerror(errno));
	return 0;
}

static int acl_file(struct acl *acl, const char *path, unsigned int depth)
{
	FILE *file;
	int fd, err;

	if (path[0] != '/')
		return refuse(acl, "%.100s: the path must begin with /", path);
	if (depth > ACL_DEPTH_MAX || acl->files >= ACL_FILES_MAX)
		return refuse(acl, "%.100s: too many files include one another",
			      path);
	/* Nothing that waits, and no link: whose directory might that be in? */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
			O_NOCTTY);
	if (fd < 0 && errno == EACCES && depth)
		return 0;
	if (fd < 0)
		return refuse(acl, "%.100s: %s", path, errno == ELOOP ?
			      "is a link" : strerror(errno));
	err = check_file(acl, path, fd);
	file = err ? NULL : fdopen(fd, "r");
	if (!file) {
		close(fd);
		return err ? err : refuse(acl, "%s: %s", path, strerror(errno));
	}
	acl->files++;
	err = read_lines(acl, path, file, depth);
	fclose(file);
	return err;
}

int acl_read(struct acl *acl, const char *path)
{
	acl->allowed = false;
	acl->denied = false;
	acl->files = 0;
	acl->error[0] = '\0';
	return acl_file(acl, path, 0);
}

bool acl_allows(const struct acl *acl)
{
	return acl->allowed && !acl->denied && !acl->error[0];
}
