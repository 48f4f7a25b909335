/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_FILE_H
#define VSWCTL_FILE_H

#include <stdbool.h>

/*
 * A file is written beside the old one and takes its place when it is whole: who
 * reads sees the old one or the new one. All return false with errno.
 */

/*
 * Write @text, ended by a newline, readable for all, so that it is on the disk;
 * closes @fd
 */
bool file_fill(int fd, const char *text);
/* Give it its name; that, too, survives a loss of power */
bool file_rename(const char *temporary, const char *path);

/* Both, beside @path; what was there is there still when it fails */
bool file_write(const char *path, const char *text);

/* What stands in the directory of @path is on the disk, if that can be had */
bool file_sync_directory(const char *path);

#endif /* VSWCTL_FILE_H */
