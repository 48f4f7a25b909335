// SPDX-License-Identifier: GPL-2.0
/* The ACL file, good and hostile. KTAP. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../acl.h"

static char dir[] = "/tmp/acl-test.XXXXXX";
static unsigned int count, failed;

static char *path(const char *name)
{
	static char room[4][128];
	static unsigned int next;
	char *text = room[next++ % 4];

	snprintf(text, sizeof(room[0]), "%s/%s", dir, name);
	return text;
}

static void write_data(const char *name, const void *data, size_t length)
{
	FILE *file = fopen(path(name), "w");

	if (!file || fwrite(data, 1, length, file) != length)
		abort();
	fclose(file);
	if (chmod(path(name), 0644))
		abort();
}

/* % is the directory of the test */
static void write_text(const char *name, const char *text)
{
	char data[4096], *to = data;

	for (; *text; text++)
		if (*text == '%')
			to += sprintf(to, "%s", dir);
		else
			*to++ = *text;
	write_data(name, data, to - data);
}

static void check(const char *name, int want, const char *error)
{
	struct acl acl = { .name = "vsw0", .owner = geteuid() };
	int err = acl_read(&acl, path("acl")), got = acl_allows(&acl);
	bool good = got == want && !err == !error &&
		    (!error || strstr(acl.error, error));

	count++;
	failed += !good;
	if (!good)
		printf("# allowed %d, want %d; said '%s', want '%s'\n", got, want,
		       acl.error, error ? error : "");
	printf("%sok %u %s\n", good ? "" : "not ", count, name);
}

static void check_text(const char *name, const char *text, int want,
		       const char *error)
{
	write_text("acl", text);
	check(name, want, error);
}

static void grammar(void)
{
	check_text("an empty file allows nothing", "", 0, NULL);
	check_text("allow", "allow vsw0\n", 1, NULL);
	check_text("another switch", "allow vsw1\n", 0, NULL);
	check_text("a part of the name", "allow vsw\nallow vsw00\n", 0, NULL);
	check_text("allow all", "allow all\n", 1, NULL);
	check_text("deny is stronger, before", "deny vsw0\nallow all\n", 0, NULL);
	check_text("deny is stronger, after", "allow vsw0\ndeny all\n", 0, NULL);
	check_text("deny another", "deny vsw1\nallow vsw0\n", 1, NULL);
	check_text("comments and blanks",
		   "# allow all\n\n \t\n  allow\tvsw0  # yes\n", 1, NULL);
	check_text("no newline at the end", "allow vsw0", 1, NULL);
	check_text("carriage return", "allow vsw0\r\n", 1, NULL);
	check_text("no value", "allow vsw0\nallow\n", 0, ":2: 'allow' of what");
	check_text("a word too many", "allow vsw0 vsw1\n", 0, "too many");
	check_text("an unknown word", "allow vsw0\npermit vsw0\n", 0,
		   ":2: what is 'permit'");
}

static void includes(void)
{
	write_text("more", "allow vsw0\n");
	check_text("include", "include %/more\n", 1, NULL);
	check_text("include, and deny", "include %/more\ndeny all\n", 0, NULL);
	check_text("include of what is not there", "allow all\ninclude %/none\n",
		   0, "No such file");
	check_text("include without /", "allow all\ninclude more\n", 0,
		   "begin with /");
	check_text("a file that includes itself", "allow all\ninclude %/acl\n", 0,
		   "too many files");
	write_text("more", "include %/acl\n");
	check_text("two that include one another",
		   "allow all\ninclude %/more\n", 0, "too many files");
	write_text("more", "allow vsw0\nwhat vsw0\n");
	check_text("an error has the place in the file included",
		   "allow all\n\ninclude %/more\n", 0, "more:2: what is");
}

static void width(void)
{
	char text[2048] = "allow all\n";
	unsigned int i;

	for (i = 0; i < ACL_FILES_MAX + 1; i++)
		strcat(text, "include %/more\n");
	write_text("more", "allow vsw0\n");
	check_text("too many includes", text, 0, "too many files");
}

static void hostile(void)
{
	static char big[200000];

	memset(big, 'x', sizeof(big));
	memcpy(big, "allow all\n", 10);
	write_data("acl", big, sizeof(big));
	check("a line without end", 0, ":2: the line is longer");
	memset(big, '\n', sizeof(big));
	memcpy(big, "allow all\n", 10);
	write_data("acl", big, sizeof(big));
	check("lines without end", 0, "more than");
	write_data("acl", "allow all\nallow \0vsw0\n", 22);
	check("a null byte", 0, "no text");
	write_data("acl", "allow all\n\0\n", 12);
	check("a null byte at the start", 0, "no text");
	write_data("acl", "allow all\n\xff\xfe\x80 \xff\n", 16);
	check("no text at all", 0, "what is");
}

static void owners(void)
{
	struct acl acl = { .name = "vsw0", .owner = geteuid() + 1 };

	check_text("as it should be", "allow all\n", 1, NULL);
	count++;
	if (acl_read(&acl, path("acl")) == 0 || acl_allows(&acl)) {
		failed++;
		printf("not ");
	}
	printf("ok %u a file of somebody else\n", count);
	chmod(path("acl"), 0646);
	check("writable by all", 0, "others may write");
	chmod(path("acl"), 0600);
	check("for its owner only", 1, NULL);
	unlink(path("acl"));
	check("no file", 0, "No such file");
	write_text("more", "allow all\n");
	if (symlink(path("more"), path("acl")))
		abort();
	check("a link", 0, "is a link");
	unlink(path("acl"));
	if (mkfifo(path("acl"), 0644))
		abort();
	check("a pipe, which must not wait", 0, "no regular file");
	unlink(path("acl"));
	mkdir(path("acl"), 0755);
	check("a folder", 0, "no regular file");
	rmdir(path("acl"));
}

/* As root everything can be read: be somebody else for that */
static void unreadable(void)
{
	uid_t me = geteuid();

	write_text("more", "what is this\n");
	write_text("acl", "allow vsw0\ninclude %/more\n");
	chmod(path("more"), 0);
	chmod(dir, 0777);
	if (me == 0) {
		if (chown(path("acl"), 65534, 65534) ||
		    seteuid(65534))
			abort();
	}
	check("an include that is not for the caller is left out", 1, NULL);
	chmod(path("acl"), 0);
	check("the first file must be readable", 0, "Permission denied");
	if (seteuid(me))
		abort();
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	umask(022);
	puts("KTAP version 1");
	grammar();
	includes();
	width();
	hostile();
	owners();
	unreadable();
	unlink(path("acl"));
	unlink(path("more"));
	rmdir(dir);
	printf("1..%u\n", count);
	return failed != 0;
}
