/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_FUZZ_IMPORT_H
#define VSWCTL_FUZZ_IMPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* Carried out as well where the switch can be new, see if_nametoindex() there */
static void fuzz_import(const char *command, const uint8_t *data, size_t size)
{
	struct run run;

	kernel_feed(NULL, 0);
	world_feed(data, size);
	run_begin(&run, size & 3);
	run_line(&run, command);
	run_end(&run);
}

#endif /* VSWCTL_FUZZ_IMPORT_H */
