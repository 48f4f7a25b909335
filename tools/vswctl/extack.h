/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_EXTACK_H
#define VSWCTL_EXTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

struct attr_set;

/*
 * Write into @buf what the kernel says in @reply, the NLMSG_ERROR or
 * NLMSG_DONE for @request, whose attributes are those of @set. Empty when it
 * is a success without a warning.
 */
void extack_text(struct nlmsghdr *reply, struct nlmsghdr *request,
		 const struct attr_set *set, char *buf, size_t size);
/* Where in the request the kernel says that the fault is; false if nowhere */
bool extack_blamed(struct nlmsghdr *reply, uint32_t *offset);
/*
 * Make @reply one to a request whose attributes stand @offset bytes before those
 * of the present one.
 */
void extack_shift(struct nlmsghdr *reply, uint32_t offset);
/* The negative error number that @reply carries, or 0 */
int extack_error(const struct nlmsghdr *reply);

#endif /* VSWCTL_EXTACK_H */
