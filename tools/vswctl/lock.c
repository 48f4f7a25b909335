// SPDX-License-Identifier: GPL-2.0
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "vswctl.h"

#define LOCK_FILE "/run/vsw.lock"

int lock_take(struct vswctl *ctl, int *fd)
{
	*fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return fail(ctl, EXIT_REFUSED, "%s: %s", LOCK_FILE,
			    strerror(errno));
	while (flock(*fd, LOCK_EX))
		if (errno != EINTR)
			return fail(ctl, EXIT_REFUSED, "%s: %s", LOCK_FILE,
				    strerror(errno));
	return EXIT_OK;
}
