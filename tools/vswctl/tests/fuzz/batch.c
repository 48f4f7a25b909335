// SPDX-License-Identifier: GPL-2.0
/*
 * A batch of any bytes: split into words, parsed, put into requests, as single ones
 * or as one transaction, which the kernel all agrees to. The first byte says how.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run;
	FILE *file;

	if (size < 2)
		return 0;
	world_feed(NULL, 0);
	kernel_feed(NULL, 0);
	run_begin(&run, 0);
	run.ctl.atomic = data[0] & 1;
	run.ctl.force = !run.ctl.atomic;
	run.ctl.labels = data[0] & 2;
	file = fmemopen((void *)(data + 1), size - 1, "r");
	if (!file)
		abort();
	batch_run_file(&run.ctl, file, "fuzz");
	fclose(file);
	run_end(&run);
	world_clean();
	return 0;
}
