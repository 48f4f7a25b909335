// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports: attaching and detaching. See port.h.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "await.h"
#include "failover.h"
#include "flow.h"
#include "nicsync.h"
#include "path.h"
#include "port.h"
#include "stage.h"
#include "switch.h"
#include "team.h"
#include "users.h"

/*
 * Ids are never used again while the module is loaded, in no switch: who is late
 * with an id means nobody else. 0 is nobody's, dumps go on with the next one, and
 * there is no new port any more once all have been used. Protected by RTNL.
 */
static u32 vsw_port_next_id = 1;

/* Root of a user namespace may use them up: half of all are not his. */
#define VSW_PORT_ID_USERS	(U32_MAX / 2)

/*
 * Of odd many cache lines: those that frames need of many ports do not fall into
 * the same few sets of the L1 cache, as with sizes that are powers of two.
 */
static struct kmem_cache *vsw_port_cache;

/**
 * vsw_port_get_rtnl - the port that a device is
 * @dev: any device
 *
 * Return: the port, or NULL.
 */
struct vsw_port *vsw_port_get_rtnl(const struct net_device *dev)
{
	if (rcu_access_pointer(dev->rx_handler) != vsw_rx_handler)
		return NULL;
	return rcu_dereference_rtnl(dev->rx_handler_data);
}

static struct vsw_port *vsw_port_find_on(const struct list_head *ports,
					 const char *name)
{
	struct vsw_port *port;

	list_for_each_entry(port, ports, list)
		if (!strcmp(port->name, name) && !vsw_stage_dying(port))
			return port;
	return NULL;
}

/**
 * vsw_port_find - the port of a name
 * @net: network namespace
 * @name: the name
 *
 * Return: the port, or NULL.
 */
struct vsw_port *vsw_port_find(struct net *net, const char *name)
{
	struct vsw_port *port = vsw_port_find_any(net, name);

	return port && !port->await ? port : NULL;
}

/**
 * vsw_port_find_any - the port of a name, be it one that waits for its device
 * @net: network namespace
 * @name: the name
 *
 * Return: the port, or NULL.
 */
struct vsw_port *vsw_port_find_any(struct net *net, const char *name)
{
	struct vsw_switch *sw;
	struct vsw_port *port;

	ASSERT_RTNL();
	vsw_switch_for_each(sw, net) {
		if (sw->dying)
			continue;
		port = vsw_port_find_on(&sw->ports, name) ?:
		       vsw_port_find_on(&sw->awaited, name);
		if (port)
			return port;
	}
	return NULL;
}

/**
 * vsw_port_is_up - can frames go out of a port?
 * @port: the port
 */
bool vsw_port_is_up(const struct vsw_port *port)
{
	const struct net_device *dev = port->egress->dev;

	return dev && netif_running(dev) && netif_carrier_ok(dev);
}

/**
 * vsw_port_pvid - the PVID of a port
 * @port: the port
 *
 * Return: the PVID, 0 for none.
 */
u16 vsw_port_pvid(const struct vsw_port *port)
{
	return vsw_port_vlans(port)->pvid;
}

/**
 * vsw_port_vlans - the VLANs of a port, as they are configured
 * @port: the port
 *
 * Return: what the datapath has, or while a transaction goes on, what it will
 * have at its end.
 */
struct vsw_vlans *vsw_port_vlans(const struct vsw_port *port)
{
	return vsw_stage_vlans(port) ?: rtnl_dereference(port->vlans);
}

static int vsw_port_check_name(struct net *net, const char *name,
			       struct netlink_ext_ack *extack)
{
	const char *c;

	for (c = name; *c > ' ' && *c < 127 && *c != '/'; c++)
		;
	if (c == name || *c) {
		NL_SET_ERR_MSG(extack,
			       "A port name is 1 to 31 printable characters without space and slash");
		return -EINVAL;
	}
	if (vsw_port_find_any(net, name)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "Port %s exists already: choose another name",
				   name);
		return -EEXIST;
	}
	return 0;
}

/**
 * vsw_port_free - free a port that nobody sees any more
 * @port: the port
 */
void vsw_port_free(struct vsw_port *port)
{
	kvfree(port->await);
	kvfree(port->await_vf);
	free_percpu(port->stats);
	bitmap_free(port->nic_vids);
	kfree(rcu_dereference_raw(port->vlans));
	kfree(port->vf);
	kmem_cache_free(vsw_port_cache, port);
}

static void vsw_port_free_rcu(struct rcu_head *head)
{
	vsw_port_free(container_of(head, struct vsw_port, rcu));
}

/**
 * vsw_port_set_flags - the datapath sees other flags of a port
 * @port: the port
 * @flags: all of them, VSW_PORT_*
 */
void vsw_port_set_flags(struct vsw_port *port, u32 flags)
{
	vsw_flow_suspend(port->sw);
	WRITE_ONCE(port->flags, flags);
	vsw_flow_resume(port->sw);
}

/**
 * vsw_port_set_policy - the datapath sees another policy of a port
 * @port: the port
 * @vlans: its VLANs, or NULL if they stay
 * @flags: VSW_PORT_* in VSW_PORT_POLICY_MASK
 * @pcp: see &vsw_port.pcp
 *
 * Context: RTNL, or all CPUs are stopped by who holds it. Whoever replaces VLANs
 * frees the old ones, after a grace period.
 */
void vsw_port_set_policy(struct vsw_port *port, struct vsw_vlans *vlans,
			 u32 flags, u16 pcp)
{
	vsw_flow_suspend(port->sw);
	WRITE_ONCE(port->pcp, pcp);
	WRITE_ONCE(port->flags, (port->flags & ~VSW_PORT_POLICY_MASK) | flags);
	if (vlans)
		rcu_assign_pointer(port->vlans, vlans);
	vsw_flow_resume(port->sw);
}

/* Nobody finds the port any more: free it when those are gone who have. */
static void vsw_port_free_later(struct vsw_port *port)
{
	vsw_flow_forget(port->sw);
	call_rcu(&port->rcu, vsw_port_free_rcu);
}

/**
 * vsw_port_check_id - is there a number for one more port?
 * @net: network namespace of its switch
 * @extack: if not
 *
 * Return: 0 or -ENOSPC.
 */
int vsw_port_check_id(const struct net *net, struct netlink_ext_ack *extack)
{
	u32 end = vsw_users_own(net) ? VSW_PORT_ID_USERS : U32_MAX;

	ASSERT_RTNL();
	if (vsw_port_next_id < end)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "All numbers of ports have been used: load the module anew");
	return -ENOSPC;
}

/**
 * vsw_port_alloc - make a port without policy, path and place
 * @sw: the switch
 * @config: what it is to be
 *
 * Return: the port, or NULL.
 */
struct vsw_port *vsw_port_alloc(struct vsw_switch *sw,
				const struct vsw_port_config *config)
{
	struct vsw_port *port;
	struct vsw_vlans *none;

	if (vsw_port_check_id(dev_net(sw->dev), NULL))
		return NULL;
	port = kmem_cache_zalloc(vsw_port_cache, GFP_KERNEL);
	if (!port)
		return NULL;

	INIT_LIST_HEAD(&port->list);
	INIT_LIST_HEAD(&port->vf_ports);
	xa_init(&port->parked);
	strscpy(port->name, config->name, sizeof(port->name));
	port->sw = sw;
	port->deaf_until = jiffies;
	port->hold = HZ / 20;
	port->dev = config->dev;
	port->flags = config->flags;
	port->egress = config->uplink ?: port;
	if (config->dev && config->uplink && config->path == VSW_PATH_SOFT) {
		port->flags &= ~VSW_PORT_VF;
		port->egress = port;
	}

	none = vsw_vlans_alloc();
	RCU_INIT_POINTER(port->vlans, none);
	port->stats = vsw_stats_alloc();
	if (config->flags & VSW_PORT_UPLINK)
		port->nic_vids = bitmap_zalloc(VLAN_N_VID, GFP_KERNEL);
	if (config->flags & VSW_PORT_VF)
		port->vf = kzalloc(sizeof(*port->vf), GFP_KERNEL);

	if (!none || !port->stats ||
	    (config->flags & VSW_PORT_UPLINK && !port->nic_vids) ||
	    (config->flags & VSW_PORT_VF && !port->vf)) {
		vsw_port_free(port);
		return NULL;
	}
	port->id = vsw_port_next_id++;
	return port;
}

static bool vsw_port_has_soft(const struct vsw_port *port)
{
	return port->dev && !vsw_port_is_host(port);
}

static int vsw_port_attach_paths(struct vsw_port *port,
				 const struct vsw_port_config *config,
				 struct vsw_policy *policy,
				 struct netlink_ext_ack *extack)
{
	int err = 0;

	if (vsw_port_has_soft(port))
		err = vsw_path_attach_soft(port, extack);
	if (err || !port->vf)
		return err;

	err = vsw_path_attach_vf(port, config->uplink, config->vf, policy->mac,
				 extack);
	if (err && port->dev) {
		vsw_path_detach_soft(port);
		vsw_path_put_dev(port);
	}
	return err;
}

static void vsw_port_detach_paths(struct vsw_port *port)
{
	if (port->vf) {
		vsw_failover_unwatch(port);
		vsw_path_detach_vf(port);
	}
	if (vsw_port_has_soft(port))
		vsw_path_detach_soft(port);
}

/**
 * vsw_port_detach - a port that is to be deleted gives its paths to others
 * @port: the port
 */
void vsw_port_detach(struct vsw_port *port)
{
	vsw_port_detach_paths(port);
	if (vsw_port_has_soft(port))
		vsw_path_put_dev(port);
}

/**
 * vsw_port_reattach - a port that was detached has its paths again
 * @port: the port
 * @extack: what failed
 *
 * Return: 0, or a negative error and it is still detached.
 */
int vsw_port_reattach(struct vsw_port *port, struct netlink_ext_ack *extack)
{
	int err = 0;

	if (vsw_port_has_soft(port))
		err = vsw_path_attach_soft(port, extack);
	if (!err && port->vf)
		vsw_path_reattach_vf(port);
	return err;
}

/**
 * vsw_port_add - make a port, whole or not at all
 * @sw: the switch
 * @config: what it is
 * @policy: its policy; its VLANs become the port's
 * @extack: what failed
 *
 * ORDER: the port is on the list of its switch only when it has its policy, so
 * that flooding never meets a half. The frames that it sends before are dropped
 * because it is a member of no VLAN.
 *
 * Return: the port, or an error pointer and nothing has changed.
 */
struct vsw_port *vsw_port_add(struct vsw_switch *sw,
			      const struct vsw_port_config *config,
			      struct vsw_policy *policy,
			      struct netlink_ext_ack *extack)
{
	struct vsw_port *port;
	int err;

	ASSERT_RTNL();
	if (config->dev && !(config->flags & VSW_PORT_HOST)) {
		err = vsw_path_check_dev(sw, config->dev, extack);
		if (err)
			return ERR_PTR(err);
	}
	err = vsw_port_check_name(dev_net(sw->dev), config->name, extack);
	if (err)
		return ERR_PTR(err);

	err = vsw_port_check_id(dev_net(sw->dev), extack) ?:
	      vsw_users_check_port(sw, config->flags & VSW_PORT_UPLINK, extack);
	if (err)
		return ERR_PTR(err);

	port = vsw_port_alloc(sw, config);
	if (!port)
		return ERR_PTR(-ENOMEM);

	err = vsw_port_attach_paths(port, config, policy, extack);
	if (err)
		goto err_free;

	err = __vsw_port_apply(port, policy, extack);
	if (err)
		goto err_detach;

	vsw_stage_fresh(port);
	if (vsw_port_is_host(port))
		sw->host = port;
	else
		sw->port_count++;
	vsw_team_join(port);
	list_add_tail_rcu(&port->list, &sw->ports);
	vsw_switch_update(sw);
	return port;

err_detach:
	vsw_port_detach(port);
	vsw_stage_drop(port);
err_free:
	/* Nobody was told of it: who tries for ever uses up no numbers. */
	if (vsw_port_next_id == port->id + 1)
		vsw_port_next_id--;
	/* Nobody learned on it, but the receive handler may have seen it. */
	vsw_port_free_later(port);
	return ERR_PTR(err);
}

/* Leave every VLAN: filters and entries of the port go. */
static void vsw_port_forget(struct vsw_port *port)
{
	const struct vsw_fdb_filter all = {
		.port = &port->fdb,
		.types = VSW_FDB_ALL,
	};
	static const struct vsw_vlans nothing;

	vsw_nicsync_vids_shrink(port, vsw_stage_held(port), &nothing);
	vsw_fdb_flush(&port->sw->fdb, &all);
}

static void __vsw_port_del(struct vsw_port *port)
{
	bool detached = vsw_stage_detached(port);
	struct vsw_switch *sw = port->sw;

	if (!vsw_port_is_host(port))
		sw->port_count--;
	list_del_rcu(&port->list);
	/* Nobody may use it when its grace period begins. */
	if (vsw_port_is_uplink(port))
		vsw_team_update(sw);
	if (port->await_vf)
		sw->awaited_vfs--;
	if (!detached)
		vsw_port_detach_paths(port);
	vsw_port_forget(port);
	if (!detached && vsw_port_has_soft(port))
		vsw_path_put_dev(port);
	vsw_stage_drop(port);
	vsw_port_free_later(port);
}

/**
 * vsw_port_remove - a port goes that nobody was told of
 * @port: the port
 */
void vsw_port_remove(struct vsw_port *port)
{
	ASSERT_RTNL();
	__vsw_port_del(port);
}

/**
 * vsw_port_bury - a port goes that everybody was told of
 * @port: the port
 */
void vsw_port_bury(struct vsw_port *port)
{
	struct vsw_switch *sw = port->sw;
	bool uplink = vsw_port_is_uplink(port);
	char name[VSW_PORT_NAME_MAX + 1];

	ASSERT_RTNL();
	strscpy(name, port->name);
	__vsw_port_del(port);
	if (uplink)
		vsw_team_forget(sw, name);
}

/* The PF of a port goes. */
static void vsw_port_lose_vf(struct vsw_port *port)
{
	if (port->dev) {
		vsw_path_lose_vf(port);
		vsw_netlink_port_notify(port, false);
		return;
	}
	vsw_netlink_port_notify(port, true);
	__vsw_port_del(port);
}

/**
 * vsw_port_vanish - a port goes, and nobody can say no
 * @port: the port; an uplink takes the VFs of ports along, and the ports that have
 *	nothing else
 */
void vsw_port_vanish(struct vsw_port *port)
{
	struct vsw_switch *sw = port->sw;
	struct vsw_vf *vf, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(vf, next, &port->vf_ports, list)
		vsw_port_lose_vf(vf->port);
	vsw_netlink_port_notify(port, true);
	vsw_port_bury(port);
	vsw_switch_update(sw);
}

/**
 * vsw_port_del - release a port
 * @port: the port
 * @extack: why not
 *
 * Return: 0 or a negative error.
 */
int vsw_port_del(struct vsw_port *port, struct netlink_ext_ack *extack)
{
	const struct vsw_vf *vf;

	ASSERT_RTNL();
	if (vsw_port_is_host(port)) {
		NL_SET_ERR_MSG(extack,
			       "The host port is the switch itself: delete the switch instead");
		return -EBUSY;
	}
	list_for_each_entry(vf, &port->vf_ports, list) {
		if (vsw_stage_dying(vf->port))
			continue;
		NL_SET_ERR_MSG_FMT(extack,
				   "VF port %s uses this uplink: delete it first",
				   vf->port->name);
		return -EBUSY;
	}
	if (vsw_txn_is_on())
		return vsw_stage_del(port);
	vsw_port_vanish(port);
	return 0;
}

/**
 * vsw_port_del_all - release all ports of a switch that goes
 * @sw: the switch
 */
void vsw_port_del_all(struct vsw_switch *sw)
{
	const struct vsw_fdb_filter all = { .types = VSW_FDB_ALL };
	struct vsw_port *port, *next;

	/* At once: with each port the whole table would be looked at again. */
	vsw_fdb_flush(&sw->fdb, &all);
	/* ORDER: ports of VFs before the uplinks, the host port last. */
	list_for_each_entry_safe(port, next, &sw->ports, list) {
		if (!port->vf)
			continue;
		vsw_netlink_port_notify(port, true);
		__vsw_port_del(port);
	}
	while (!list_empty(&sw->ports)) {
		port = list_last_entry(&sw->ports, struct vsw_port, list);
		vsw_netlink_port_notify(port, true);
		__vsw_port_del(port);
	}
}

/**
 * vsw_port_init - from here on there can be ports
 *
 * Return: 0 or -ENOMEM.
 */
int __init vsw_port_init(void)
{
	vsw_port_cache = KMEM_CACHE(vsw_port, SLAB_HWCACHE_ALIGN);
	return vsw_port_cache ? 0 : -ENOMEM;
}

/**
 * vsw_port_exit - there are none any more, and their RCU callbacks have run
 */
void vsw_port_exit(void)
{
	kmem_cache_destroy(vsw_port_cache);
}
