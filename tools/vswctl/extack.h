/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_EXTACK_H
#define VSWCTL_EXTACK_H

#include <stddef.h>

#include <linux/netlink.h>

struct attr_set;

/*
 * Write into @buf what the kernel says in @reply, the NLMSG_ERROR or
 * NLMSG_DONE for @request, whose attributes are those of @set. Empty when it
 * is a success without a warning.
 */
void extack_text(struct nlmsghdr *reply, struct nlmsghdr *request,
		 const struct attr_set *set, char *buf, size_t size);
/* The negative error number that @reply carries, or 0 */
int extack_error(const struct nlmsghdr *reply);

#endif /* VSWCTL_EXTACK_H */
