/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trace.c and trace_print.c share: how a frame and its steps look.
 */
#ifndef TRACE_PRINT_H
#define TRACE_PRINT_H

#include <stdbool.h>

#include "trace.h"

/**
 * struct trace_style - how to print
 * @json: JSON, an object a line
 */
struct trace_style {
	bool json;
};

void trace_print(const struct trace_style *style,
		 const struct trace_frame *frame);

#endif /* TRACE_PRINT_H */
