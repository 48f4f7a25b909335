// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several uplinks of one switch are a team. See team.h.
 */
#include <linux/jhash.h>
#include <linux/rtnetlink.h>

#include "announce.h"
#include "flow.h"
#include "forward.h"
#include "keeper.h"
#include "port.h"
#include "stage.h"
#include "team.h"
#include "trace.h"

DEFINE_STATIC_KEY_FALSE(vsw_team_key);

/* A port whose active path is a VF uses its PF. */
static bool vsw_team_is_vf(const struct vsw_port *port)
{
	return port->flags & VSW_PORT_VF;
}

/**
 * vsw_team_has_both - are two ports uplinks of one team?
 * @a: a port
 * @b: another port of its switch
 */
bool vsw_team_has_both(const struct vsw_port *a, const struct vsw_port *b)
{
	return READ_ONCE(a->flags) & READ_ONCE(b->flags) & VSW_PORT_UPLINK &&
	       vsw_team_is_on(a->sw);
}

/**
 * vsw_team_allows - may a frame go between a local port and an uplink?
 * @from: port that sent it
 * @to: port that it goes to; any two other ports are none of the team's
 *	business
 */
bool vsw_team_allows(const struct vsw_port *from, const struct vsw_port *to)
{
	u32 from_flags = READ_ONCE(from->flags);
	u32 to_flags = READ_ONCE(to->flags);

	/* From one uplink to another nothing goes anyway. */
	if (!((from_flags ^ to_flags) & VSW_PORT_UPLINK) ||
	    !vsw_team_is_on(from->sw))
		return true;
	if (from_flags & VSW_PORT_UPLINK)
		return rcu_access_pointer(to->pinned) == from;
	return rcu_access_pointer(from->pinned) == to;
}

/**
 * vsw_team_target - what lives behind one uplink is reached by each
 * @from: port that sent a frame
 * @to: port behind which its destination was seen
 *
 * Return: the port that it goes to.
 */
struct vsw_port *vsw_team_target(const struct vsw_port *from,
				 struct vsw_port *to)
{
	struct vsw_port *own;

	if (!(READ_ONCE(to->flags) & VSW_PORT_UPLINK) ||
	    READ_ONCE(from->flags) & (VSW_PORT_UPLINK | VSW_PORT_VF) ||
	    !vsw_team_is_on(from->sw))
		return to;
	own = rcu_dereference(from->pinned);
	return own ?: to;
}

static bool vsw_team_can_use(const struct vsw_port *port)
{
	return vsw_port_is_uplink(port) && vsw_port_is_up(port) &&
	       !vsw_stage_dying(port);
}

/**
 * vsw_team_is_up - is there a way to the wire?
 * @sw: the switch
 *
 * Return: is any uplink up?
 */
bool vsw_team_is_up(const struct vsw_switch *sw)
{
	const struct vsw_port *port;

	ASSERT_RTNL();
	list_for_each_entry(port, &sw->ports, list)
		if (vsw_team_can_use(port))
			return true;
	return false;
}

/* The uplink of a name, if it is up. */
static struct vsw_port *vsw_team_find(const struct vsw_switch *sw,
				      const char *name)
{
	struct vsw_port *port;

	list_for_each_entry(port, &sw->ports, list)
		if (vsw_team_can_use(port) && !strcmp(port->name, name))
			return port;
	return NULL;
}

static struct vsw_port *vsw_team_first(const struct vsw_switch *sw)
{
	struct vsw_port *port;

	list_for_each_entry(port, &sw->ports, list)
		if (vsw_team_can_use(port))
			return port;
	return NULL;
}

/*
 * Each uplink has a weight for each port, and the heaviest is taken (rendezvous
 * hashing): of one that fails the ports go to all others, and no other port
 * moves. By name, because an uplink that waits for its driver has another id
 * when it is back.
 */
static struct vsw_port *vsw_team_heaviest(const struct vsw_switch *sw, u32 id)
{
	struct vsw_port *port, *heaviest = NULL;
	u32 weight, most = 0;

	list_for_each_entry(port, &sw->ports, list) {
		if (!vsw_team_can_use(port))
			continue;
		weight = jhash(port->name, strlen(port->name), id);
		if (!heaviest || weight > most) {
			heaviest = port;
			most = weight;
		}
	}
	return heaviest;
}

/* Which uplink shall a port use? */
static struct vsw_port *vsw_team_choose(const struct vsw_port *port,
					u32 teaming)
{
	const struct vsw_switch *sw = port->sw;
	struct vsw_port *uplink = NULL;

	if (vsw_team_is_vf(port))
		return port->vf->uplink;
	if (*port->pin)
		uplink = vsw_team_find(sw, port->pin);
	if (uplink)
		return uplink;
	if (teaming == VSW_TEAMING_PORT_HASH)
		return vsw_team_heaviest(sw, port->id);
	if (*sw->primary)
		uplink = vsw_team_find(sw, sw->primary);
	return uplink ?: vsw_team_first(sw);
}

/* Give a port the uplink that it shall use. Is it another one? */
static bool vsw_team_place(struct vsw_port *port, u32 teaming)
{
	struct vsw_port *old = rtnl_dereference(port->pinned);
	struct vsw_port *new;

	if (vsw_port_is_uplink(port))
		return false;
	new = vsw_team_choose(port, teaming);
	if (new == old)
		return false;
	rcu_assign_pointer(port->pinned, new);
	trace_vsw_team(port, old, new);
	/* Of one that is going to be deleted everybody was told. */
	port->replaced = !vsw_team_is_vf(port) && !vsw_stage_dying(port);
	return port->replaced;
}

static bool vsw_team_place_all(struct vsw_switch *sw, u32 teaming)
{
	struct vsw_port *port;
	bool any = false;

	list_for_each_entry(port, &sw->ports, list)
		any |= vsw_team_place(port, teaming);
	return any;
}

static struct vsw_port *vsw_team_replaced_by(const struct vsw_port *port,
					     const void *arg)
{
	return port->replaced ? rcu_dereference(port->pinned) : NULL;
}

/*
 * ORDER: the wire first, because frames are being lost there, and in one walk
 * for all ports.
 */
static void vsw_team_tell(struct vsw_switch *sw)
{
	struct vsw_port *port;

	vsw_announce_walk(sw, vsw_team_replaced_by, NULL);
	list_for_each_entry(port, &sw->ports, list) {
		if (!port->replaced)
			continue;
		port->replaced = false;
		vsw_netlink_port_notify(port, false);
	}
}

/* VFs whose link is that of the team are told by the keeper. */
static void vsw_team_follow(struct vsw_switch *sw)
{
	const struct vsw_port *port;
	bool up = vsw_team_is_up(sw);

	if (up == sw->team_up)
		return;
	sw->team_up = up;
	list_for_each_entry(port, &sw->ports, list) {
		if (port->vf && port->vf->policy.link_state ==
				VSW_LINK_STATE_FOLLOW_TEAM) {
			vsw_keeper_look(sw);
			return;
		}
	}
}

/**
 * vsw_team_update - an uplink has come, gone or changed, or a wish has
 * @sw: the switch
 *
 * Context: RTNL; notifiers may call it.
 */
void vsw_team_update(struct vsw_switch *sw)
{
	ASSERT_RTNL();
	vsw_team_follow(sw);
	if (sw->teaming != VSW_TEAMING_NONE &&
	    vsw_team_place_all(sw, sw->teaming))
		vsw_team_tell(sw);
}

static void vsw_team_work(struct work_struct *work)
{
	struct vsw_switch *sw = container_of(work, struct vsw_switch, team);

	rtnl_lock();
	vsw_team_update(sw);
	rtnl_unlock();
	dev_put(sw->dev);
}

/**
 * vsw_team_wake - a frame did not go, because its port is down
 * @from: port that sent it
 * @to: the port that is down
 *
 * The kernel tells of a carrier that is lost up to a second later. Once its ports
 * use another uplink, or none, nobody calls again.
 */
void vsw_team_wake(const struct vsw_port *from, const struct vsw_port *to)
{
	struct vsw_switch *sw = from->sw;

	if (!vsw_team_is_on(sw) || !(READ_ONCE(to->flags) & VSW_PORT_UPLINK))
		return;
	/* One reference for each run: the switch stays until it is over. */
	dev_hold(sw->dev);
	if (!queue_work(vsw_wq, &sw->team))
		dev_put(sw->dev);
}

static noinline void vsw_team_flood(struct vsw_port *from, struct sk_buff *skb,
				    u16 vid, u32 kind)
{
	vsw_forward_flood(from, skb, vid, kind, true);
}

/**
 * vsw_team_forward - as vsw_forward(), while some switch has a team
 * @from: port that sent the frame
 * @skb: the frame
 * @vid: its VLAN
 * @key: what it looks like
 * @source: as in vsw_forward(); with a team each frame is asked for
 */
void vsw_team_forward(struct vsw_port *from, struct sk_buff *skb, u16 vid,
		      const struct vsw_flow_key *key,
		      struct vsw_fdb_entry *source)
{
	vsw_forward_frame(from, skb, vid, vsw_team_flood, true, key,
			  vsw_team_is_on(from->sw) ? NULL : source);
}

/**
 * vsw_team_start - a new switch
 * @sw: the switch
 */
void vsw_team_start(struct vsw_switch *sw)
{
	INIT_WORK(&sw->team, vsw_team_work);
}

/**
 * vsw_team_join - a port gets its uplink, and nobody is told
 * @port: a new port, or one whose active path has changed
 *
 * What is behind a new port has not said a word, and who changes the path of a
 * port has its own words for that.
 *
 * Return: the uplink, or NULL, also without a team.
 */
struct vsw_port *vsw_team_join(struct vsw_port *port)
{
	ASSERT_RTNL();
	if (port->sw->teaming == VSW_TEAMING_NONE)
		return NULL;
	vsw_team_place(port, port->sw->teaming);
	port->replaced = false;
	return rtnl_dereference(port->pinned);
}

/* Frames that saw the team still use it until the grace period is over. */
static void vsw_team_end(struct vsw_switch *sw)
{
	struct vsw_port *port;

	WRITE_ONCE(sw->teaming, VSW_TEAMING_NONE);
	/* There may be flows from the time before, which know of no team. */
	vsw_flow_forget(sw);
	static_branch_dec(&vsw_team_key);
	synchronize_net();
	list_for_each_entry(port, &sw->ports, list)
		RCU_INIT_POINTER(port->pinned, NULL);
}

/**
 * vsw_team_set - choose how local ports share the uplinks
 * @sw: the switch
 * @teaming: enum vsw_teaming
 *
 * ORDER: all ports have an uplink before the first frame asks for it.
 */
void vsw_team_set(struct vsw_switch *sw, u32 teaming)
{
	bool was_on = sw->teaming != VSW_TEAMING_NONE;
	bool replaced;

	ASSERT_RTNL();
	if (teaming == VSW_TEAMING_NONE) {
		if (was_on)
			vsw_team_end(sw);
		return;
	}
	replaced = vsw_team_place_all(sw, teaming);
	/* Pairs with vsw_team_is_on(). */
	smp_store_release(&sw->teaming, teaming);
	if (!was_on)
		static_branch_inc(&vsw_team_key);
	if (replaced)
		vsw_team_tell(sw);
}

/**
 * vsw_team_check_uplink - may a port, or the switch, name this uplink?
 * @sw: the switch
 * @name: the name; the uplink may be one that waits for its driver
 * @extack: why not
 *
 * Return: 0 or -EINVAL.
 */
int vsw_team_check_uplink(const struct vsw_switch *sw, const char *name,
			  struct netlink_ext_ack *extack)
{
	const struct vsw_port *port = vsw_port_find_any(dev_net(sw->dev),
							name);

	if (port && port->sw == sw && vsw_port_is_uplink(port))
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "%s is no uplink of %s: name one",
			   name, sw->dev->name);
	return -EINVAL;
}

/**
 * vsw_team_forget - an uplink is gone: nobody wants it any more
 * @sw: the switch
 * @name: name of the uplink; if it waits for its driver it is still wanted
 */
void vsw_team_forget(struct vsw_switch *sw, const char *name)
{
	struct vsw_port *port;

	ASSERT_RTNL();
	port = vsw_port_find_any(dev_net(sw->dev), name);
	if (port && port->sw == sw && vsw_port_is_uplink(port))
		return;
	list_for_each_entry(port, &sw->ports, list) {
		if (strcmp(port->pin, name))
			continue;
		*port->pin = '\0';
		vsw_netlink_port_notify(port, false);
	}
	if (!strcmp(sw->primary, name)) {
		*sw->primary = '\0';
		vsw_netlink_switch_notify(sw, false);
	}
	/* Where the policy says otherwise than the pin that is gone did */
	vsw_team_update(sw);
}

/**
 * vsw_team_count - how many ports use an uplink?
 * @uplink: the uplink
 *
 * Return: their number, without VF ports.
 */
unsigned int vsw_team_count(const struct vsw_port *uplink)
{
	const struct vsw_port *port;
	unsigned int count = 0;

	ASSERT_RTNL();
	list_for_each_entry(port, &uplink->sw->ports, list)
		count += !vsw_team_is_vf(port) &&
			 rtnl_dereference(port->pinned) == uplink;
	return count;
}
