/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Announcements: tell the wire by which uplink an address is reached now.
 *
 * The switches out there learn from frames, and what has moved may have nothing
 * to say for a while. So a frame is sent in its name: a reverse ARP request
 * (RFC 903), broadcast, which every switch learns from and nobody answers.
 */
#ifndef VSW_ANNOUNCE_H
#define VSW_ANNOUNCE_H

#include "vsw.h"

/*
 * By which uplink is a port of the switch reached now? NULL if nothing is to be
 * said of it. Called under RCU, BH off.
 */
typedef struct vsw_port *(*vsw_announce_by_t)(const struct vsw_port *port,
					      const void *arg);

/* Called under RCU, BH off */
void vsw_announce_mac(struct vsw_port *uplink, const u8 *mac, u16 vid);

/* Called from process context, with RTNL held */
void vsw_announce_walk(struct vsw_switch *sw, vsw_announce_by_t by,
		       const void *arg);
void vsw_announce_port(struct vsw_port *port, struct vsw_port *uplink);

#endif /* VSW_ANNOUNCE_H */
