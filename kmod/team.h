/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several uplinks of one switch are a team.
 *
 * Each local port uses one of them, its own: what it sends to the wire leaves by
 * that, and of what the wire sends it takes what came in by that. So nothing
 * arrives twice and nothing loops, whatever the switches out there know of the
 * team. When an uplink fails, its ports use another, and their addresses are
 * announced there (announce.h).
 *
 * The own uplink of a VF port is its PF, for good. But what a VF sends to a
 * local port the NIC hands to the PF and to nobody else: it is the frame of the
 * VF port then, and goes to every port, whatever uplink that uses.
 */
#ifndef VSW_TEAM_H
#define VSW_TEAM_H

#include <linux/jump_label.h>

#include "vsw.h"

/* As many times on as there are switches with a team */
DECLARE_STATIC_KEY_FALSE(vsw_team_key);

void vsw_team_start(struct vsw_switch *sw);

/* All of these are called under RTNL. */
int vsw_team_check_uplink(const struct vsw_switch *sw, const char *name,
			  struct netlink_ext_ack *extack);
void vsw_team_set(struct vsw_switch *sw, u32 teaming);
void vsw_team_update(struct vsw_switch *sw);
struct vsw_port *vsw_team_join(struct vsw_port *port);
void vsw_team_forget(struct vsw_switch *sw, const char *name);
bool vsw_team_is_up(const struct vsw_switch *sw);
unsigned int vsw_team_count(const struct vsw_port *uplink);

/* Those below are for the datapath, under RCU. */

/* Has any switch a team? This test is all that the datapath has of it if not. */
static inline bool vsw_team_any(void)
{
	return static_branch_unlikely(&vsw_team_key);
}

static inline bool vsw_team_is_on(const struct vsw_switch *sw)
{
	/* Pairs with vsw_team_set(): the ports have their uplinks. */
	return smp_load_acquire(&sw->teaming) != VSW_TEAMING_NONE;
}

/* Has this switch a team? */
static inline bool vsw_team_of(const struct vsw_switch *sw)
{
	return vsw_team_any() && vsw_team_is_on(sw);
}

bool vsw_team_has_both(const struct vsw_port *a, const struct vsw_port *b);
bool vsw_team_allows(const struct vsw_port *from, const struct vsw_port *to);
struct vsw_port *vsw_team_target(const struct vsw_port *from,
				 struct vsw_port *to);
void vsw_team_forward(struct vsw_port *from, struct sk_buff *skb, u16 vid,
		      const struct vsw_flow_key *key,
		      struct vsw_fdb_entry *source);
void vsw_team_wake(const struct vsw_port *from, const struct vsw_port *to);

#endif /* VSW_TEAM_H */
