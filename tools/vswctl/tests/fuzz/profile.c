// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as the profiles of a host, which are files a, b and c: what is between two
 * lines with %% is one of them.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void write_files(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a.json", "b.json", "c.json" };
	static const char mark[] = "\n%%\n";
	const uint8_t *end;
	size_t i, length;

	for (i = 0; i < ARRAY_SIZE(names) && size; i++) {
		end = memmem(data, size, mark, strlen(mark));
		length = end ? (size_t)(end - data) : size;
		world_write(names[i], data, length);
		length += end ? strlen(mark) : 0;
		data += length;
		size -= length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lines[] = {
		"profile show", "profile show a", "profile show c",
		"port add vsw0 p dev tap0 profile a",
		"port set p profile b", "profile add d base a pcp 3",
		"profile set a vlan 7", "profile set b base c",
		"profile del b", "profile del a force", "profile show",
	};
	struct run run;
	size_t i;

	kernel_feed(NULL, 0);
	write_files(data, size);
	run_begin(&run, size & 3);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		run_line(&run, lines[i]);
	/* There are several answers, and none for a change */
	run.ctl.json = false;
	run_end(&run);
	world_clean();
	return 0;
}
