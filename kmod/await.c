// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports that wait for their device. See await.h.
 */
#include <linux/device.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "await.h"
#include "keeper.h"
#include "path.h"
#include "stage.h"
#include "switch.h"
#include "team.h"
#include "vf.h"

static bool vsw_await_is_pf(const struct net_device *dev)
{
	return dev->netdev_ops->ndo_set_vf_mac;
}

/**
 * vsw_await_has_vf - does a port wait for a VF?
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF
 */
bool vsw_await_has_vf(const struct vsw_port *uplink, u32 index)
{
	const struct vsw_port *port;

	list_for_each_entry(port, &uplink->sw->awaited, list)
		if (port->vf && port->vf->index == index &&
		    !vsw_stage_dying(port) &&
		    !strcmp(port->await->uplink, uplink->name))
			return true;
	list_for_each_entry(port, &uplink->sw->ports, list)
		if (port->await_vf && port->await_vf->vf == index &&
		    !vsw_stage_dying(port) &&
		    !strcmp(port->await_vf->uplink, uplink->name))
			return true;
	return false;
}

/*
 * What tells the device of an uplink from others when it comes back, with room for
 * forwarding entries.
 */
static struct vsw_await *vsw_await_device_of(const struct vsw_port *uplink,
					     unsigned int entries)
{
	const struct net_device *dev = uplink->dev;
	struct vsw_await *await = kvzalloc(struct_size(await, entries, entries),
					   GFP_KERNEL);

	if (!await)
		return NULL;
	await->entry_count = entries;
	await->bus = dev->dev.parent->bus;
	strscpy(await->device, dev_name(dev->dev.parent));
	await->dev_port = dev->dev_port;
	await->is_pf = vsw_await_is_pf(dev);
	strscpy(await->uplink, uplink->name);
	return await;
}

/* For a port as a whole, and its static forwarding entries */
static struct vsw_await *vsw_await_of(struct vsw_port *port)
{
	const struct vsw_fdb_filter fixed = {
		.port = &port->fdb,
		.types = BIT(VSW_FDB_TYPE_STATIC),
	};
	struct vsw_fdb *fdb = &port->sw->fdb;
	unsigned int count = vsw_fdb_save(fdb, &fixed, NULL, 0);
	struct vsw_await *await = vsw_await_device_of(port->egress, count);

	if (await)
		vsw_fdb_save(fdb, &fixed, await->entries, count);
	return await;
}

/* A port like one that goes, without its path. */
static struct vsw_port *vsw_await_alloc(struct vsw_port *port)
{
	const struct vsw_port_config config = {
		.name = port->name,
		.flags = port->flags & (VSW_PORT_UPLINK | VSW_PORT_VF),
	};
	struct vsw_port *waiting;

	waiting = vsw_port_alloc(port->sw, &config);
	if (!waiting)
		return NULL;
	waiting->await = vsw_await_of(port);
	if (!waiting->await) {
		vsw_port_free(waiting);
		return NULL;
	}

	/* Nobody has seen its VLANs yet. */
	*rtnl_dereference(waiting->vlans) = *rtnl_dereference(port->vlans);
	waiting->flags = port->flags;
	waiting->pcp = port->pcp;
	waiting->unowned = port->unowned;
	waiting->nic.max = port->nic.max;
	waiting->nic.overflow = port->nic.overflow;
	waiting->fdb.learned_max = port->fdb.learned_max;
	ether_addr_copy(waiting->mac, port->mac);
	strscpy(waiting->profile, port->profile);
	if (port->vf) {
		waiting->vf->index = port->vf->index;
		waiting->vf->policy = port->vf->policy;
	}
	return waiting;
}

static void vsw_await_add(struct vsw_port *port)
{
	struct vsw_port *waiting = vsw_await_alloc(port);

	if (waiting)
		list_add_tail(&waiting->list, &port->sw->awaited);
	else
		netdev_warn(port->sw->dev, "no memory to remember port %s\n",
			    port->name);
}

/* A port that has a soft path as well waits for its VF where it is. */
static void vsw_await_add_vf(struct vsw_port *port)
{
	struct vsw_await *await = vsw_await_device_of(port->vf->uplink, 0);

	if (!await) {
		netdev_warn(port->sw->dev,
			    "no memory to remember the VF of port %s\n",
			    port->name);
		return;
	}
	await->vf = port->vf->index;
	await->policy = port->vf->policy;
	port->await_vf = await;
	port->sw->awaited_vfs++;
}

/**
 * vsw_await_forget_vf - a port waits no longer for its VF
 * @port: the port
 */
void vsw_await_forget_vf(struct vsw_port *port)
{
	ASSERT_RTNL();
	if (!port->await_vf)
		return;
	kvfree(port->await_vf);
	port->await_vf = NULL;
	port->sw->awaited_vfs--;
}

static void vsw_await_announce(struct vsw_switch *sw, const char *device)
{
	struct vsw_port *port;

	list_for_each_entry(port, &sw->awaited, list)
		if (!strcmp(port->await->device, device))
			vsw_netlink_port_notify(port, false);
}

/**
 * vsw_await_uplink - the net device of an uplink goes
 * @uplink: the uplink, which goes with it
 *
 * What is no hardware was deleted on purpose: only the rest can come back.
 */
void vsw_await_uplink(struct vsw_port *uplink)
{
	const struct device *parent = uplink->dev->dev.parent;
	struct vsw_switch *sw = uplink->sw;
	struct vsw_vf *vf;

	ASSERT_RTNL();
	if (!parent) {
		vsw_port_vanish(uplink);
		return;
	}
	vsw_await_add(uplink);
	list_for_each_entry(vf, &uplink->vf_ports, list)
		if (vf->port->dev)
			vsw_await_add_vf(vf->port);
		else
			vsw_await_add(vf->port);
	vsw_port_vanish(uplink);
	vsw_await_announce(sw, dev_name(parent));
}

/**
 * vsw_await_look - a new net device may be one that is waited for
 * @dev: the device
 *
 * It joins later: notifiers may not do that.
 */
void vsw_await_look(struct net_device *dev)
{
	struct vsw_switch *sw;

	ASSERT_RTNL();
	if (!dev->dev.parent)
		return;
	vsw_switch_for_each(sw, dev_net(dev))
		if (!list_empty(&sw->awaited) || sw->awaited_vfs)
			vsw_keeper_look(sw);
}

/* Is a net device of the NIC that a port waits for? */
static bool vsw_await_is_of(const struct vsw_await *await,
			    const struct net_device *dev)
{
	const struct device *parent = dev->dev.parent;

	return parent && parent->bus == await->bus &&
	       !strcmp(dev_name(parent), await->device) &&
	       dev->dev_port == await->dev_port &&
	       vsw_await_is_pf(dev) == await->is_pf;
}

static struct net_device *vsw_await_device(const struct vsw_port *port)
{
	struct net_device *dev;

	for_each_netdev(dev_net(port->sw->dev), dev)
		if (vsw_await_is_of(port->await, dev))
			return dev;
	return NULL;
}

/* The uplink by which a VF is there again that somebody waits for, or NULL. */
static struct vsw_port *vsw_await_uplink_of(const struct vsw_switch *sw,
					    const struct vsw_await *await,
					    u32 vf)
{
	struct vsw_port *uplink = vsw_port_find(dev_net(sw->dev),
						await->uplink);

	if (!uplink || uplink->sw != sw || !vsw_port_is_uplink(uplink) ||
	    !vsw_await_is_of(await, uplink->dev) ||
	    vf >= vsw_vf_count(uplink->dev))
		return NULL;
	return uplink;
}

/* Is there what a port waits for? */
static bool vsw_await_is_over(const struct vsw_port *port,
			      struct vsw_port_config *config)
{
	if (!port->vf) {
		config->dev = vsw_await_device(port);
		return config->dev;
	}
	config->vf = port->vf->index;
	config->uplink = vsw_await_uplink_of(port->sw, port->await,
					     config->vf);
	return config->uplink;
}

static void vsw_await_tell(struct vsw_port *port, struct vsw_await *await,
			   int err, const struct netlink_ext_ack *extack)
{
	if (!await->told)
		netdev_warn(port->sw->dev,
			    "port %s cannot join again (error %d): %s\n",
			    port->name, -err, extack->_msg ?: "-");
	await->told = true;
}

/* A port gets its VF back, if it is there. */
static void vsw_await_rejoin_vf(struct vsw_port *port)
{
	struct vsw_await *await = port->await_vf;
	struct netlink_ext_ack extack = {};
	struct vsw_port *uplink;
	int err;

	uplink = vsw_await_uplink_of(port->sw, await, await->vf);
	if (!uplink)
		return;
	err = vsw_path_add_vf(port, uplink, await->vf, &await->policy,
			      &extack);
	if (err) {
		vsw_await_tell(port, await, err, &extack);
		return;
	}
	vsw_netlink_port_notify(port, false);
}

/* Has an administrator, or a port, the address meanwhile? */
static bool vsw_await_is_taken(struct vsw_fdb *fdb,
			       const struct vsw_fdb_key *key)
{
	const struct vsw_fdb_entry *entry;
	bool taken;

	rcu_read_lock();
	entry = vsw_fdb_find_rcu(fdb, key->mac, key->vid);
	taken = entry && READ_ONCE(entry->type) != VSW_FDB_TYPE_DYNAMIC;
	rcu_read_unlock();
	return taken;
}

/* What is not there again is somebody else's now, or there is no memory. */
static void vsw_await_restore_entries(struct vsw_port *joined,
				      const struct vsw_await *await)
{
	struct vsw_fdb *fdb = &joined->sw->fdb;
	const struct vsw_fdb_key *key;
	unsigned int i, lost = 0;

	for (i = 0; i < await->entry_count; i++) {
		key = &await->entries[i];
		if (vsw_await_is_taken(fdb, key) ||
		    vsw_fdb_set(fdb, key->mac, key->vid, &joined->fdb,
				VSW_FDB_TYPE_STATIC, GFP_KERNEL))
			lost++;
	}
	if (lost)
		netdev_warn(joined->sw->dev,
			    "port %s has not got %u of its %u forwarding entries again\n",
			    joined->name, lost, await->entry_count);
}

static void vsw_await_rejoin(struct vsw_port *port,
			     const struct vsw_port_config *config)
{
	struct netlink_ext_ack extack = {};
	struct list_head *place = port->list.prev;
	struct vsw_switch *sw = port->sw;
	struct vsw_policy policy;
	struct vsw_port *joined;

	if (vsw_policy_get(&policy, port))
		return;
	/* Its name is free for a moment. */
	list_del(&port->list);
	joined = vsw_port_add(sw, config, &policy, &extack);
	vsw_policy_release(&policy);
	if (IS_ERR(joined)) {
		/* ORDER: of their ids, for dumps */
		list_add(&port->list, place);
		vsw_await_tell(port, port->await, PTR_ERR(joined), &extack);
		return;
	}
	vsw_netlink_port_notify(port, true);
	vsw_netlink_port_notify(joined, false);
	vsw_await_restore_entries(joined, port->await);
	vsw_port_free(port);
}

/**
 * vsw_await_join - ports whose device is there join again
 * @sw: the switch
 *
 * Context: RTNL, not in a notifier.
 * Return: does any port wait still?
 */
bool vsw_await_join(struct vsw_switch *sw)
{
	struct vsw_port *port, *next;

	ASSERT_RTNL();
	/* ORDER: an uplink is on the list before its VF ports. */
	list_for_each_entry_safe(port, next, &sw->awaited, list) {
		struct vsw_port_config config = {
			.name = port->name,
			.flags = port->flags & (VSW_PORT_UPLINK | VSW_PORT_VF),
		};

		if (vsw_await_is_over(port, &config))
			vsw_await_rejoin(port, &config);
	}
	list_for_each_entry(port, &sw->ports, list)
		if (port->await_vf)
			vsw_await_rejoin_vf(port);
	return !list_empty(&sw->awaited) || sw->awaited_vfs;
}

/**
 * vsw_await_del - a port waits no longer
 * @port: the port, which is freed
 */
void vsw_await_del(struct vsw_port *port)
{
	ASSERT_RTNL();
	vsw_net(dev_net(port->sw->dev))->generation++;
	list_del(&port->list);
	if (vsw_port_is_uplink(port))
		vsw_team_forget(port->sw, port->name);
	vsw_port_free(port);
}

/**
 * vsw_await_del_all - a switch goes
 * @sw: the switch
 */
void vsw_await_del_all(struct vsw_switch *sw)
{
	struct vsw_port *port, *next;

	list_for_each_entry_safe(port, next, &sw->awaited, list) {
		vsw_netlink_port_notify(port, true);
		vsw_await_del(port);
	}
}
