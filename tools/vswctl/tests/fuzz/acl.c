// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as the ACL file of vsw-bridge-helper, and the file that it may include,
 * behind a line with %%. What is refused allows nothing.
 */
#include <string.h>
#include <unistd.h>

#include "../../../../contrib/qemu/acl.h"
#include "fuzz.h"

/* An input knows no other path: it is put in the place of /more */
static void write_rules(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n%%\n", path[] = "/more";
	char text[8192], *to = text;

	while (size && to - text < (long)sizeof(text) - 64) {
		if (size >= strlen(mark) && !memcmp(data, mark, strlen(mark)))
			break;
		if (size >= strlen(path) && !memcmp(data, path, strlen(path)))
			to += sprintf(to, "%s", fuzz_directory);
		*to++ = (char)*data++;
		size--;
	}
	world_write("acl", text, to - text);
	if (size > strlen(mark))
		world_write("more", data + strlen(mark), size - strlen(mark));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct acl acl = { .name = "vsw0", .owner = geteuid() };
	char path[256];
	int error;

	write_rules(data, size);
	snprintf(path, sizeof(path), "%s/acl", fuzz_directory);
	error = acl_read(&acl, path);
	if (!error != !acl.error[0])
		fuzz_fail("%d with the words '%s'", error, acl.error);
	if (error && acl_allows(&acl))
		fuzz_fail("allowed, and '%s'", acl.error);
	world_clean();
	return 0;
}
