// SPDX-License-Identifier: GPL-2.0
/* Any bytes as an HTTP request for metrics: there is one answer, or nothing was asked */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char start[] = "HTTP/1.1 ";
	struct run run;

	kernel_feed(NULL, 0);
	world_feed(data, size);
	run_begin(&run, 0);
	run_line(&run, "metrics http");
	if (fflush(run.ctl.out))
		abort();
	if (size && (strncmp(run.text, start, strlen(start)) ||
		     !strstr(run.text, "\r\n\r\n")))
		fuzz_fail("no answer: %s", run.text);
	run_end(&run);
	return 0;
}
