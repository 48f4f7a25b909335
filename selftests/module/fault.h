/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures to order, in what tests are built of: the Nth call of vsw_fault() fails when
 * fail-nth of the task says so.
 */
#ifndef VSW_FAULT_H
#define VSW_FAULT_H

#include <linux/fault-inject.h>

#ifdef CONFIG_FAULT_INJECTION
/* Without a stack trace for each */
static struct fault_attr vsw_fault_attr __maybe_unused = {
	.interval = 1,
	.times = ATOMIC_INIT(-1),
#ifdef CONFIG_FAULT_INJECTION_STACKTRACE_FILTER
	.stacktrace_depth = 32,
	.require_end = ULONG_MAX,
#endif
};

static inline bool vsw_fault(void)
{
	return should_fail(&vsw_fault_attr, 1);
}
#else
static inline bool vsw_fault(void)
{
	return false;
}
#endif

#endif
