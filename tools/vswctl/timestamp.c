// SPDX-License-Identifier: GPL-2.0
#include "timestamp.h"

#include <stdio.h>

void timestamp_text(const struct timespec *time, char *buf, size_t size)
{
	char date[32], zone[8];
	struct tm tm;

	localtime_r(&time->tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(buf, size, "%s.%06ld%.3s:%.2s", date, time->tv_nsec / 1000,
		 zone, zone + 3);
}

void timestamp_now(char *buf, size_t size)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	timestamp_text(&now, buf, size);
}
