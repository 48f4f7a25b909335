/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_FASTPATH_H
#define VSWCTL_FASTPATH_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vswctl;

/* The fast path: the XDP program of vsw-fastpath(8) on the device of a port */

/**
 * struct fastpath_link - a device with an XDP program
 * @ifindex: the device
 * @program: number of the program
 */
struct fastpath_link {
	uint32_t ifindex;
	uint32_t program;
};

/**
 * struct fastpaths - all of them in this network namespace, as the kernel says
 * @links: those with a program
 * @count: how many
 * @known: the kernel was asked, and answered
 */
struct fastpaths {
	struct fastpath_link *links;
	size_t count;
	bool known;
};

/* Of one device, or with 0 of all */
void fastpaths_get(struct fastpaths *fastpaths, uint32_t ifindex);
void fastpaths_free(struct fastpaths *fastpaths);
/* "xdp", "none", or "other" for a program that is not known to be ours */
const char *fastpath_state(const struct fastpaths *fastpaths,
			   uint32_t ifindex);

/* Device of a port whose fast path is on, "" otherwise */
int fastpath_device(struct vswctl *ctl, const char *port,
		    char device[IF_NAMESIZE]);
/* Make it "xdp" or "none"; complain if the port cannot have that */
int fastpath_set(struct vswctl *ctl, const char *port, const char *word);
int fastpath_detach(struct vswctl *ctl, const char *device);

#endif /* VSWCTL_FASTPATH_H */
