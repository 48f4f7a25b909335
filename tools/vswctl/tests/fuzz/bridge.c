// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as what ip(8) and bridge(8) print: links, addresses, VLANs and forwarding
 * entries, between lines with %%. What comes out of it is a batch.
 */
#include "fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_import("import bridge br0", data, size);
	return 0;
}
