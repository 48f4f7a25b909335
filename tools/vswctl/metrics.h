/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_METRICS_H
#define VSWCTL_METRICS_H

#include <stdio.h>

#include "nl.h"

struct args;
struct vswctl;

/* How metrics are written */
enum metrics_format {
	/* OpenMetrics 1.0 */
	METRICS_OPENMETRICS,
	/* Prometheus' text format 0.0.4, which node_exporter reads from files */
	METRICS_PROMETHEUS,
};

/**
 * struct metrics - all that is counted, as the kernel answered
 * @version: the module
 * @switches: switches
 * @ports: ports
 * @stats: their counters
 * @vfs: VFs
 */
struct metrics {
	struct messages version;
	struct messages switches;
	struct messages ports;
	struct messages stats;
	struct messages vfs;
};

/* metrics.c: ask the kernel; returns an exit code */
int metrics_get(struct vswctl *ctl, struct metrics *metrics);
void metrics_free(struct metrics *metrics);

/* metrics_text.c */
void metrics_print(const struct metrics *metrics, enum metrics_format format,
		   FILE *out);

/* metrics_file.c: "write FILE" replaces the file as a whole */
int metrics_write(struct vswctl *ctl, struct args *args);

/* metrics_http.c: "http" answers one request on standard input and output */
int metrics_http(struct vswctl *ctl, struct args *args);

#endif /* VSWCTL_METRICS_H */
