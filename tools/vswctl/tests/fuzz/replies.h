/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_FUZZ_REPLIES_H
#define VSWCTL_FUZZ_REPLIES_H

#include <stdbool.h>

struct attr_set;

/**
 * struct reply_test - a command that asks the kernel
 * @line: the command; %s is our directory
 * @json: with -j it prints JSON
 * @sets: what the kernel is asked for, in this order; NULL for net devices
 */
struct reply_test {
	const char *line;
	bool json;
	const struct attr_set *sets[8];
	unsigned int count;
};

extern const struct reply_test reply_tests[];
extern const unsigned int reply_tests_count;

#endif /* VSWCTL_FUZZ_REPLIES_H */
