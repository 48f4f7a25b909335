// SPDX-License-Identifier: GPL-2.0
/*
 * Which blocks of the module a request went through, for libFuzzer: it takes these
 * counters for its own. Without KCOV it goes blind, which does to try inputs again, and
 * not to find any.
 */
#include "nlfuzz.h"

#include <fcntl.h>
#include <linux/kcov.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define TRACE_WORDS	(256 * 1024)
#define COUNTERS	(64 * 1024)

__attribute__((section("__libfuzzer_extra_counters")))
static uint8_t counters[COUNTERS];
static unsigned long *trace;
static int fd = -1;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

void kcov_open(void)
{
	fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		if (getenv("VSW_NLFUZZ_WORK"))
			die("/sys/kernel/debug/kcov");
		return;
	}
	if (ioctl(fd, KCOV_INIT_TRACE, TRACE_WORDS))
		die("KCOV_INIT_TRACE");
	trace = mmap(NULL, TRACE_WORDS * sizeof(*trace), PROT_READ | PROT_WRITE,
		     MAP_SHARED, fd, 0);
	if (trace == MAP_FAILED)
		die("mmap of kcov");
}

void kcov_begin(void)
{
	if (fd < 0)
		return;
	__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
	if (ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		die("KCOV_ENABLE");
}

/* An edge is two blocks, one behind the other. */
void kcov_end(void)
{
	unsigned long before = 0, i, n;

	if (fd < 0)
		return;
	if (ioctl(fd, KCOV_DISABLE, 0))
		die("KCOV_DISABLE");
	n = __atomic_load_n(&trace[0], __ATOMIC_RELAXED);
	for (i = 1; i <= n && i < TRACE_WORDS; i++) {
		uint64_t edge = (trace[i] ^ before << 1) * 0x9e3779b97f4a7c15ULL;
		uint8_t *counter = &counters[edge >> 48];

		if (*counter < UINT8_MAX)
			++*counter;
		before = trace[i];
	}
}
