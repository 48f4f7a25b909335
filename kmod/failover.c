// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of its two paths a port uses. See failover.h.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "announce.h"
#include "failover.h"
#include "flow.h"
#include "keeper.h"
#include "nicsync.h"
#include "switch.h"
#include "team.h"
#include "trace.h"

/*
 * A guest that sends on both paths by turns costs no more than that: after each
 * change it is not heard for a while, twice as long as before if the last one is
 * not long ago. So does a driver that resets a VF when its VLAN changes.
 */
#define VSW_FAILOVER_HOLD_MIN	(HZ / 10)
#define VSW_FAILOVER_HOLD_MAX	(5 * HZ)
#define VSW_FAILOVER_CALM	(10 * HZ)

/* How soon a VF is missed that has lost its driver */
#define VSW_FAILOVER_WATCH	(HZ / 20)

/* Make the VF what it is by the path that is active. */
static int vsw_failover_program(struct vsw_port *port, bool force,
				struct netlink_ext_ack *extack)
{
	struct vsw_policy policy;
	int err;

	/* Without memory, or whoever forces it could not say what is wanted. */
	vsw_policy_lend(&policy, port);
	err = vsw_keeper_program(port, &policy, extack);
	if (err && force)
		vsw_keeper_want(port, &policy);
	return err;
}

/* The datapath takes and sends what the active path is for. */
static void vsw_failover_set_flags(struct vsw_port *port, u32 without)
{
	u32 flags = vsw_policy_path_flags(port) & ~without;

	vsw_port_set_flags(port, (port->flags & ~VSW_PORT_PATH_FLAGS) | flags);
}

/* Whose address the filters of the PFs shall hold has changed. */
static int vsw_failover_rebind(struct vsw_port *port, bool vf, bool force)
{
	int err;

	vsw_port_set_flags(port, vf ? port->flags | VSW_PORT_VF :
				      port->flags & ~VSW_PORT_VF);
	err = vsw_fdb_rebind(&port->sw->fdb, &port->fdb);
	if (!err || force)
		return 0;
	vsw_port_set_flags(port, port->flags ^ VSW_PORT_VF);
	vsw_fdb_rebind(&port->sw->fdb, &port->fdb);
	return err;
}

/*
 * The VF lets go before the PF takes over: an address is never in both places.
 * The soft path sends from the first moment, and is flooded to only when nobody
 * takes it for the uplink any more: no frame goes twice.
 */
static int vsw_failover_to_soft(struct vsw_port *port, bool force,
				struct netlink_ext_ack *extack)
{
	int err;

	err = vsw_failover_rebind(port, false, force);
	if (err)
		return err;
	err = vsw_failover_program(port, force, extack);
	if (err && !force) {
		vsw_failover_rebind(port, true, true);
		vsw_nicsync_mac_settle(port->sw, port->mac);
		return err;
	}
	vsw_nicsync_mac_settle(port->sw, port->mac);
	WRITE_ONCE(port->egress, port);
	vsw_team_join(port);
	vsw_failover_set_flags(port, VSW_PORT_FLOOD);
	synchronize_net();
	vsw_failover_set_flags(port, 0);
	return 0;
}

/*
 * The PF lets go before the VF takes over. What the NIC has delivered to the PF
 * by then still goes to the soft path.
 */
static int vsw_failover_to_vf(struct vsw_port *port, bool force,
			      struct netlink_ext_ack *extack)
{
	int err;

	/* Else the address would leave the PF for nothing. */
	err = force ? 0 : vsw_keeper_check_present(port, extack);
	if (err)
		return err;
	err = vsw_failover_rebind(port, true, force);
	if (err)
		return err;
	vsw_nicsync_mac_settle(port->sw, port->mac);
	err = vsw_failover_program(port, force, extack);
	if (err && !force) {
		vsw_failover_rebind(port, false, true);
		vsw_nicsync_mac_settle(port->sw, port->mac);
		return err;
	}
	vsw_failover_set_flags(port, 0);
	synchronize_net();
	WRITE_ONCE(port->egress, port->vf->uplink);
	return 0;
}

static void vsw_failover_hold(struct vsw_port *port)
{
	unsigned long hold = VSW_FAILOVER_HOLD_MIN;

	if (time_before(jiffies, port->deaf_until + VSW_FAILOVER_CALM))
		hold = min(2 * port->hold, VSW_FAILOVER_HOLD_MAX);
	port->hold = hold;
	WRITE_ONCE(port->deaf_until, jiffies + hold);
}

static int __vsw_failover(struct vsw_port *port, u32 path, u32 cause,
			  bool force, struct netlink_ext_ack *extack)
{
	u32 active = port->flags & VSW_PORT_VF ? VSW_PATH_VF : VSW_PATH_SOFT;
	struct vsw_port *uplink;
	int err;

	if (path == active)
		return 0;
	/*
	 * A flow has the device of one of the two paths, and the tag that is right for
	 * that. Nobody goes by one any more when the first lets go.
	 */
	vsw_flow_suspend(port->sw);
	synchronize_net();
	if (path == VSW_PATH_VF)
		err = vsw_failover_to_vf(port, force, extack);
	else
		err = vsw_failover_to_soft(port, force, extack);
	vsw_flow_resume(port->sw);
	/* Who cannot change is not asked again at once. */
	vsw_failover_hold(port);
	if (err)
		return err;

	port->failovers++;
	port->failover_cause = cause;
	trace_vsw_failover(port, path, cause);
	/* The other ways to the address lead through the same NIC, or not. */
	uplink = vsw_team_join(port) ?: port->vf->uplink;
	vsw_announce_port(port, uplink);
	vsw_switch_update(port->sw);
	return 0;
}

/**
 * vsw_failover - make a path of a port the active one
 * @port: the port
 * @path: enum vsw_path
 * @cause: enum vsw_failover_cause
 * @extack: why not
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_failover(struct vsw_port *port, u32 path, u32 cause,
		 struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (!port->dev || !port->vf) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s has one path: give it another one first (port set %s %s)",
				   port->name, port->name,
				   port->dev ? "vf PF/N" : "dev DEV");
		return -EINVAL;
	}
	return __vsw_failover(port, path, cause, false, extack);
}

/**
 * vsw_failover_force - the other path is gone
 * @port: a port with two paths
 * @path: enum vsw_path, that which is left
 *
 * What the driver refuses is tried again by the keeper.
 */
void vsw_failover_force(struct vsw_port *port, u32 path)
{
	ASSERT_RTNL();
	__vsw_failover(port, path, VSW_FAILOVER_CAUSE_PATH_LOST, true, NULL);
}

static void vsw_failover_queue(struct vsw_switch *sw)
{
	/* One reference for each run: the switch stays until it is over. */
	dev_hold(sw->dev);
	if (!queue_work(vsw_wq, &sw->failover))
		dev_put(sw->dev);
}

/* Frames of these ports are heard of on both paths. */
static struct vsw_port *vsw_failover_find(const struct vsw_port *port,
					  const u8 *mac, u32 path)
{
	struct vsw_port *found = xa_load(&port->sw->watched,
					 ether_addr_to_u64(mac));
	const struct vsw_vf *vf = found ? READ_ONCE(found->vf) : NULL;

	/* Where a long has 32 bits others have the same key. */
	if (!vf || (!IS_ENABLED(CONFIG_64BIT) &&
		    !ether_addr_equal(found->mac, mac)))
		return NULL;
	if (path == VSW_PATH_SOFT)
		return found == port ? found : NULL;
	return vf->uplink == port &&
	       !(READ_ONCE(found->flags) & VSW_PORT_VF) ? found : NULL;
}

void __vsw_failover_hear(struct vsw_port *port, const struct sk_buff *skb,
			 u32 path)
{
	struct vsw_port *found;

	/* An emulator announces its guest, whatever path that uses. */
	if (skb->protocol == htons(ETH_P_RARP))
		return;
	found = vsw_failover_find(port, eth_hdr(skb)->h_source, path);
	if (!found || READ_ONCE(found->heard) ||
	    time_before(jiffies, READ_ONCE(found->deaf_until)))
		return;
	WRITE_ONCE(found->heard, 1 + path);
	vsw_failover_queue(found->sw);
}

#ifdef CONFIG_PCI_IOV
static struct pci_dev *vsw_failover_find_vf(const struct vsw_vf *vf)
{
	struct device *parent = vf->uplink->dev->dev.parent;
	struct pci_dev *pdev = NULL;

	if (!parent || !dev_is_pci(parent))
		return NULL;
	for_each_pci_dev(pdev)
		if (pdev->is_virtfn && pci_physfn(pdev) == to_pci_dev(parent) &&
		    pci_iov_vf_id(pdev) == vf->index)
			return pdev;
	return NULL;
}
#else
static struct pci_dev *vsw_failover_find_vf(const struct vsw_vf *vf)
{
	return NULL;
}
#endif

/*
 * A VF with a driver, be it in a VM, is a master on its bus. It is none any more
 * when the driver has gone, and when the VF was reset, taken from its VM or is
 * no more: then all bits are read as set.
 */
static bool vsw_failover_is_alive(const struct vsw_vf *vf)
{
	u16 command;

	return vf->pdev &&
	       !pci_read_config_word(vf->pdev, PCI_COMMAND, &command) &&
	       command != (u16)~0 && command & PCI_COMMAND_MASTER;
}

static void vsw_failover_follow(struct vsw_port *port, u32 path, u32 cause)
{
	struct netlink_ext_ack extack = {};

	if (!port->vf || !port->vf->watched)
		return;
	/* A VF without a driver has not sent that: somebody on the wire has. */
	if (path == VSW_PATH_VF && port->vf->pdev &&
	    !vsw_failover_is_alive(port->vf))
		return;
	if (!vsw_failover(port, path, cause, &extack))
		vsw_netlink_port_notify(port, false);
	else
		net_warn_ratelimited("%s: port %s cannot change its path: %s\n",
				     port->sw->dev->name, port->name,
				     extack._msg ?: "-");
}

static void vsw_failover_work(struct work_struct *work)
{
	struct vsw_switch *sw = container_of(work, struct vsw_switch,
					     failover);
	struct vsw_port *port;
	u8 heard;

	rtnl_lock();
	list_for_each_entry(port, &sw->ports, list) {
		heard = xchg(&port->heard, 0);
		/* What came while the path was changing says nothing. */
		if (heard && !time_before(jiffies, port->deaf_until))
			vsw_failover_follow(port, heard - 1,
					    VSW_FAILOVER_CAUSE_FRAME);
	}
	rtnl_unlock();
	dev_put(sw->dev);
}

/* The VF of a port that is followed is another one. */
static void vsw_failover_set_pdev(struct vsw_vf *vf, struct pci_dev *pdev)
{
	pci_dev_put(vf->pdev);
	vf->pdev = pdev;
	vf->alive = vsw_failover_is_alive(vf);
}

static void vsw_failover_look(struct vsw_port *port)
{
	struct vsw_vf *vf = port->vf;
	bool was_alive = vf->alive;

	/* Drivers that reset a VF whose VLAN changes are not heard either. */
	if (time_before(jiffies, port->deaf_until))
		return;
	if (vf->pdev && !device_is_registered(&vf->pdev->dev))
		vsw_failover_set_pdev(vf, vsw_failover_find_vf(vf));
	vf->alive = vsw_failover_is_alive(vf);
	if (was_alive && !vf->alive && port->flags & VSW_PORT_VF)
		vsw_failover_follow(port, VSW_PATH_SOFT,
				    VSW_FAILOVER_CAUSE_VF_SILENT);
}

static void vsw_failover_watch_work(struct work_struct *work)
{
	struct vsw_switch *sw = container_of(to_delayed_work(work),
					     struct vsw_switch, watch);
	struct vsw_port *port;
	bool any = false;

	rtnl_lock();
	list_for_each_entry(port, &sw->ports, list) {
		if (!port->vf || !port->vf->watched)
			continue;
		vsw_failover_look(port);
		any = true;
	}
	/* The reference goes on to the next run. */
	any = any && queue_delayed_work(vsw_wq, &sw->watch,
					VSW_FAILOVER_WATCH);
	rtnl_unlock();
	if (!any)
		dev_put(sw->dev);
}

/**
 * vsw_failover_key - by which address is a port followed?
 * @port: the port
 * @mac: its address
 * @policy: what only a VF path has
 *
 * Return: a key of &vsw_switch.watched, or 0 if it is not.
 */
u64 vsw_failover_key(const struct vsw_port *port, const u8 *mac,
		     const struct vsw_vf_policy *policy)
{
	if (!port->dev || !port->vf || policy->failover != VSW_FAILOVER_AUTO)
		return 0;
	return ether_addr_to_u64(mac);
}

/* What a VF sends that stands by comes through the filter of the PF. */
static int vsw_failover_listen(struct vsw_port *uplink,
			       struct netlink_ext_ack *extack)
{
	int err = 0;

	if (!uplink->standby_vfs)
		err = vlan_vid_add(uplink->dev, htons(ETH_P_8021Q),
				   VSW_VF_STANDBY_VID);
	if (err)
		NL_SET_ERR_MSG_FMT(extack,
				   "%s does not take VLAN %u into its filter (error %d): use failover manual",
				   uplink->dev->name, VSW_VF_STANDBY_VID,
				   -err);
	else
		uplink->standby_vfs++;
	return err;
}

static void vsw_failover_unlisten(struct vsw_port *uplink)
{
	if (!--uplink->standby_vfs)
		vlan_vid_del(uplink->dev, htons(ETH_P_8021Q),
			     VSW_VF_STANDBY_VID);
}

/**
 * vsw_failover_prepare - all that can fail of following a port by its frames
 * @port: the port
 * @key: by which address, as vsw_failover_key() says
 * @extack: what failed
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_failover_prepare(struct vsw_port *port, u64 key,
			 struct netlink_ext_ack *extack)
{
	int err;

	if (!key || key == port->vf->watched)
		return 0;
	err = xa_insert(&port->sw->watched, key, port, GFP_KERNEL);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(extack,
			       "Another port with failover auto has that MAC address: frames would tell of the wrong one, use failover manual");
	if (err || port->vf->watched)
		return err;
	err = vsw_failover_listen(port->vf->uplink, extack);
	if (err)
		xa_erase(&port->sw->watched, key);
	return err;
}

/**
 * vsw_failover_abort - a port is followed as it was
 * @port: the port
 * @key: what was prepared
 */
void vsw_failover_abort(struct vsw_port *port, u64 key)
{
	if (!key || key == port->vf->watched)
		return;
	xa_erase(&port->sw->watched, key);
	if (!port->vf->watched)
		vsw_failover_unlisten(port->vf->uplink);
}

/**
 * vsw_failover_commit - a port is followed from now on, or no longer
 * @port: the port
 * @key: what was prepared, or 0
 */
void vsw_failover_commit(struct vsw_port *port, u64 key)
{
	struct vsw_switch *sw = port->sw;
	struct vsw_vf *vf = port->vf;

	ASSERT_RTNL();
	if (!vf || key == vf->watched)
		return;
	if (vf->watched)
		xa_erase(&sw->watched, vf->watched);
	if (!key) {
		vsw_failover_unlisten(vf->uplink);
		vsw_failover_set_pdev(vf, NULL);
	} else if (!vf->watched) {
		vsw_failover_set_pdev(vf, vsw_failover_find_vf(vf));
		dev_hold(sw->dev);
		if (!queue_delayed_work(vsw_wq, &sw->watch,
					VSW_FAILOVER_WATCH))
			dev_put(sw->dev);
	}
	vf->watched = key;
}

/**
 * vsw_failover_watch - a port has two paths now
 * @port: the port
 * @extack: what failed
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_failover_watch(struct vsw_port *port, struct netlink_ext_ack *extack)
{
	u64 key = vsw_failover_key(port, port->mac, &port->vf->policy);
	int err;

	ASSERT_RTNL();
	err = vsw_failover_prepare(port, key, extack);
	if (!err)
		vsw_failover_commit(port, key);
	return err;
}

/**
 * vsw_failover_unwatch - a port is going to have one path, or none
 * @port: the port
 */
void vsw_failover_unwatch(struct vsw_port *port)
{
	vsw_failover_commit(port, 0);
}

/**
 * vsw_failover_vf_returned - the PF has another VF of that number
 * @port: its port
 */
void vsw_failover_vf_returned(struct vsw_port *port)
{
	ASSERT_RTNL();
	if (port->vf->watched)
		vsw_failover_set_pdev(port->vf,
				      vsw_failover_find_vf(port->vf));
}

/**
 * vsw_failover_start - a new switch
 * @sw: the switch; it has no ports yet
 */
void vsw_failover_start(struct vsw_switch *sw)
{
	INIT_WORK(&sw->failover, vsw_failover_work);
	INIT_DELAYED_WORK(&sw->watch, vsw_failover_watch_work);
	xa_init(&sw->watched);
}

/**
 * vsw_failover_stop - a switch without ports goes
 * @sw: the switch
 *
 * A run that waits for RTNL finds no port and does not come back.
 */
void vsw_failover_stop(struct vsw_switch *sw)
{
	if (cancel_work(&sw->failover))
		dev_put(sw->dev);
	if (cancel_delayed_work(&sw->watch))
		dev_put(sw->dev);
}
