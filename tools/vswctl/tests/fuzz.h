/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_FUZZ_H
#define VSWCTL_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* What libFuzzer calls */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* VSWCTL_FUZZ_H */
