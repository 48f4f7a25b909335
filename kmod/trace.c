// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints. See trace.h.
 */
#include "vsw.h"

#define CREATE_TRACE_POINTS
#include "trace.h"
