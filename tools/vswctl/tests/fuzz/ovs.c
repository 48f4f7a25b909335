// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as what ovs-vsctl(8) and ip(8) print: bridges, ports, interfaces and links,
 * between lines with %%. What comes out of it is a batch.
 */
#include "fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_import("import ovs br0", data, size);
	return 0;
}
