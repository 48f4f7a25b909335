/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_TIMESTAMP_H
#define VSWCTL_TIMESTAMP_H

#include <stddef.h>
#include <time.h>

/* ISO 8601, local time with its zone: 2026-11-25T23:10:05.123456+00:00 */
void timestamp_text(const struct timespec *time, char *buf, size_t size);
void timestamp_now(char *buf, size_t size);

#endif /* VSWCTL_TIMESTAMP_H */
