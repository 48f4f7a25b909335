// SPDX-License-Identifier: GPL-2.0
/* Any bytes as the state of a port that comes from another host */
#include "fuzz.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const words[] = {
		"dev tap0", "vf pf0/1", "vf pf0/any dev tap0 name other",
		"dev tap0 switch vsw1 addresses off",
	};
	struct run run;
	char line[256];

	kernel_feed(NULL, 0);
	world_write("port", data, size);
	snprintf(line, sizeof(line), "port import %s/port %s", fuzz_directory,
		 words[size % ARRAY_SIZE(words)]);
	run_begin(&run, 0);
	run_line(&run, line);
	run_end(&run);
	world_clean();
	return 0;
}
