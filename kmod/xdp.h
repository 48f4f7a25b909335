/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast path: what XDP programs can ask the switch. See xdp.c.
 */
#ifndef VSW_XDP_H
#define VSW_XDP_H

#include <linux/types.h>

struct xdp_md;

void vsw_xdp_init(void);
bool vsw_xdp_is_available(void);

/* Called by XDP programs, in the context of the driver, BH off */
int vsw_xdp_forward(struct xdp_md *ctx);

#endif /* VSW_XDP_H */
