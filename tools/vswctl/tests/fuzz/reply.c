// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as what the kernel answers, to every command that asks it. The first byte
 * says which, the second how it is printed, and the rest is for kernel.c.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "replies.h"

/* What the commands find beside the kernel */
static void write_files(void)
{
	static const char config[] =
		"{ \"version\": 1, \"switches\": [ { \"name\": \"vsw0\",\n"
		"\"uplinks\": [ { \"dev\": \"pf0\", \"trunk\": \"2-9\" } ],\n"
		"\"ports\": [ { \"name\": \"p1\", \"dev\": \"tap0\",\n"
		"\"vlan\": 5 }, { \"name\": \"p2\", \"pf\": \"pf0\",\n"
		"\"vf\": 0, \"vlan\": 6, \"mac\": \"02:00:00:00:00:02\" } ],\n"
		"\"fdb\": [ { \"mac\": \"02:00:00:00:00:03\", \"vid\": 5,\n"
		"\"port\": \"p1\" } ] } ] }\n";
	static const char profile[] =
		"{ \"version\": 1, \"policy\": { \"pcp\": \"3\" } }\n";

	world_write("config", config, strlen(config));
	world_write("a.json", profile, strlen(profile));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct reply_test *test;
	struct run run;
	char line[256];

	if (size < 2)
		return 0;
	test = &reply_tests[data[0] % reply_tests_count];
	snprintf(line, sizeof(line), test->line, fuzz_directory);
	write_files();
	kernel_feed(data + 2, size - 2);
	world_feed(NULL, 0);
	run_begin(&run, data[1]);
	run_line(&run, line);
	run.ctl.json &= test->json;
	run_end(&run);
	world_clean();
	return 0;
}
