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

/*
 * Those below are for the datapath, under RCU. Only the test of the key is
 * compiled into it: the rest is in team.c, and in nobody's way.
 */
bool __vsw_team_has_both(const struct vsw_port *a, const struct vsw_port *b);
bool __vsw_team_allows(const struct vsw_port *from, const struct vsw_port *to);
struct vsw_port *__vsw_team_target(const struct vsw_port *from,
				   struct vsw_port *to);
void __vsw_team_wake(const struct vsw_port *from, const struct vsw_port *to);

/**
 * vsw_team_has_both - are two ports uplinks of one team?
 * @a: a port
 * @b: another port of its switch
 */
static inline bool vsw_team_has_both(const struct vsw_port *a,
				     const struct vsw_port *b)
{
	return static_branch_unlikely(&vsw_team_key) &&
	       __vsw_team_has_both(a, b);
}

/**
 * vsw_team_allows - may a frame go between a local port and an uplink?
 * @from: port that sent it
 * @to: port that it goes to; any two other ports are none of the team's
 *	business
 */
static inline bool vsw_team_allows(const struct vsw_port *from,
				   const struct vsw_port *to)
{
	return !static_branch_unlikely(&vsw_team_key) ||
	       __vsw_team_allows(from, to);
}

/**
 * vsw_team_target - what lives behind one uplink is reached by each
 * @from: port that sent a frame
 * @to: port behind which its destination was seen
 *
 * Return: the port that it goes to.
 */
static inline struct vsw_port *vsw_team_target(const struct vsw_port *from,
					       struct vsw_port *to)
{
	return static_branch_unlikely(&vsw_team_key) ?
	       __vsw_team_target(from, to) : to;
}

/**
 * vsw_team_wake - a frame did not go, because its port is down
 * @from: port that sent it
 * @to: the port that is down
 *
 * The kernel tells of a carrier that is lost up to a second later.
 */
static inline void vsw_team_wake(const struct vsw_port *from,
				 const struct vsw_port *to)
{
	if (static_branch_unlikely(&vsw_team_key))
		__vsw_team_wake(from, to);
}

#endif /* VSW_TEAM_H */
