// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keeper of VFs. See keeper.h.
 */
#include <linux/etherdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "await.h"
#include "failover.h"
#include "host.h"
#include "keeper.h"
#include "park.h"
#include "switch.h"
#include "team.h"
#include "trace.h"

/* What no notifier tells of is found that late. */
#define VSW_KEEPER_INTERVAL	(5 * HZ)

/* The bus tells of VFs before the PF knows their number. */
#define VSW_KEEPER_SETTLE	(HZ / 4)

/* The PFs whose VFs somebody watches; protected by the lock */
static LIST_HEAD(vsw_keeper_pfs);
static DEFINE_SPINLOCK(vsw_keeper_lock);

static void vsw_keeper_queue(struct vsw_switch *sw, unsigned long delay)
{
	/* One reference for each run: the switch stays until it is over. */
	dev_hold(sw->dev);
	if (mod_delayed_work(vsw_wq, &sw->keeper, delay))
		dev_put(sw->dev);
}

/**
 * vsw_keeper_look - something has happened to a PF, or entries of the host are missing
 * @sw: the switch
 *
 * Context: any; what has to be done is done later.
 */
void vsw_keeper_look(struct vsw_switch *sw)
{
	vsw_keeper_queue(sw, 0);
}

/* A driver knows no teams: what is up is told to be up. */
static u32 vsw_keeper_link_state(const struct vsw_port *port,
				 const struct vsw_vf_policy *policy)
{
	if (policy->link_state != VSW_LINK_STATE_FOLLOW_TEAM)
		return policy->link_state;
	return vsw_team_is_up(port->sw) ? VSW_LINK_STATE_ENABLE :
					  VSW_LINK_STATE_DISABLE;
}

/*
 * Has a VF no link because it is not the active path? Without one it could not be
 * the first to send.
 */
static bool vsw_keeper_is_shut(const struct vsw_port *port,
			       const struct vsw_vf_policy *policy)
{
	return !(port->flags & VSW_PORT_VF) &&
	       policy->failover != VSW_FAILOVER_AUTO &&
	       vsw_vf_capability(port->vf->uplink->dev) &
	       VSW_VF_CAPABILITY_LINK_STATE;
}

/* A VF that is not the active path keeps its address and is out of the way. */
static u32 vsw_keeper_standby(const struct vsw_port *port,
			      const struct vsw_policy *policy,
			      struct vsw_vf_state *wanted)
{
	wanted->vlan = VSW_VF_STANDBY_VID;
	wanted->pcp = 0;
	wanted->vlan_proto = VSW_VLAN_PROTO_8021Q;
	if (!vsw_keeper_is_shut(port, &policy->vf))
		return 0;
	wanted->link_state = VSW_LINK_STATE_DISABLE;
	return VSW_VF_CAPABILITY_LINK_STATE;
}

/**
 * vsw_keeper_pf_up - a PF has come up
 * @uplink: the uplink whose device it is
 *
 * That is a reset, after which drivers program the NIC from memory. Not all do
 * that to the end: igb has anti-spoofing on, whatever it says.
 */
void vsw_keeper_pf_up(struct vsw_port *uplink)
{
	struct vsw_vf *vf;

	ASSERT_RTNL();
	list_for_each_entry(vf, &uplink->vf_ports, list)
		vf->stale = true;
}

/*
 * What the NIC shall hold for a VF so that the policy is kept. Returns what of it
 * is a wish, as VSW_VF_CAPABILITY_*.
 */
static u32 vsw_keeper_wanted(const struct vsw_port *port,
			     const struct vsw_policy *policy,
			     struct vsw_vf_state *wanted)
{
	const struct vsw_vlans *carried =
		vsw_port_vlans(port->vf->uplink);
	u16 vid = policy->vlans->pvid;
	u32 asked = 0;

	ether_addr_copy(wanted->mac, policy->mac);
	wanted->vlan_proto = policy->vf.vlan_proto;
	wanted->vlan = vsw_policy_is_of_switch(policy) &&
		       vsw_vlans_untagged(carried, vid) ? 0 : vid;
	wanted->pcp = policy->pcp;
	wanted->spoofchk = policy->vf.spoofchk;
	wanted->trust = policy->vf.trust;
	wanted->link_state = vsw_keeper_link_state(port, &policy->vf);
	wanted->min_tx_rate = policy->vf.min_tx_rate;
	wanted->max_tx_rate = policy->vf.max_tx_rate;
	if (policy->vf.has_link_state)
		asked |= VSW_VF_CAPABILITY_LINK_STATE;
	if (policy->vf.has_rate)
		asked |= VSW_VF_CAPABILITY_RATE;
	if (!(port->flags & VSW_PORT_VF))
		asked |= vsw_keeper_standby(port, policy, wanted);
	vsw_vf_leave_unasked(wanted, &port->vf->saved, asked);
	return asked;
}

/* Make a VF, which is something else, what it shall be. */
static int vsw_keeper_set(struct vsw_vf *vf,
			  const struct vsw_vf_state *effective,
			  const struct vsw_vf_state *wanted, u32 asked,
			  u32 enforcement, bool whole,
			  struct netlink_ext_ack *extack)
{
	struct vsw_vf_state to = *wanted;
	struct vsw_vf_change change = {
		.from = effective,
		.to = &to,
		.whole = whole,
	};
	int err;

	vsw_vf_leave_unasked(&to, effective, asked);
	if (enforcement == VSW_ENFORCEMENT_BEST_EFFORT)
		change.optional = VSW_VF_CAPABILITY_RATE |
				  VSW_VF_CAPABILITY_LINK_STATE;
	err = vsw_vf_program(vf->uplink->dev, vf->index, &change, extack);
	if (!err || !whole)
		vf->unenforced = change.unenforced;
	return err;
}

/* What a driver does not tell is what we said last. */
static void vsw_keeper_assume(const struct vsw_vf *vf,
			      struct vsw_vf_state *effective)
{
	if (effective->spoofchk < 0)
		effective->spoofchk = vf->wanted.spoofchk;
	if (effective->trust < 0)
		effective->trust = vf->wanted.trust;
}

static void vsw_keeper_event(struct vsw_vf *vf, u32 event)
{
	trace_vsw_vf(vf, event);
	vsw_netlink_vf_notify(vf->port, event);
}

/* A VF that is new is nobody's yet: what it is now it will be again. */
static void vsw_keeper_adopt(struct vsw_vf *vf,
			     const struct vsw_vf_state *effective,
			     unsigned int removals)
{
	vf->present = true;
	vf->removals = removals;
	vf->saved = *effective;
	vsw_failover_vf_returned(vf->port);
	vsw_vf_leave_unasked(&vf->wanted, effective, vf->asked);
	vsw_keeper_event(vf, VSW_VF_EVENT_RETURNED);
}

/**
 * vsw_keeper_check_present - does the PF have the VF of a port now?
 * @port: a port with a VF path
 * @extack: if not
 *
 * Return: 0 or -ENODEV.
 */
int vsw_keeper_check_present(const struct vsw_port *port,
			     struct netlink_ext_ack *extack)
{
	const struct vsw_vf *vf = port->vf;
	const struct net_device *pf = vf->uplink->dev;

	if (vf->index < vsw_vf_count(pf))
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "%s has no VF %u now: vswctl uplink set %s vfs N",
			   pf->name, vf->index, vf->uplink->name);
	return -ENODEV;
}

/**
 * vsw_keeper_program - make a VF what a new policy of its port wants
 * @port: a VF port
 * @policy: the policy
 * @extack: what failed
 *
 * Return: 0, or a negative error and the VF is what it was.
 */
int vsw_keeper_program(struct vsw_port *port, const struct vsw_policy *policy,
		       struct netlink_ext_ack *extack)
{
	struct vsw_vf_state effective, wanted;
	struct vsw_vf *vf = port->vf;
	struct net_device *pf = vf->uplink->dev;
	unsigned int removals = atomic_read(&vf->uplink->pf.removals);
	u32 asked;
	int err;

	ASSERT_RTNL();
	err = vsw_keeper_check_present(port, extack);
	if (err)
		return err;
	/* Others may have changed the VF: start from what it is. */
	err = vsw_vf_read(pf, vf->index, &effective);
	if (err) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s cannot tell what its VF %u is (error %d)",
				   pf->name, vf->index, -err);
		return err;
	}

	if (vf->present)
		vsw_keeper_assume(vf, &effective);
	else
		vsw_keeper_adopt(vf, &effective, removals);

	asked = vsw_keeper_wanted(port, policy, &wanted);
	/* What was a wish and is none any more becomes what it was. */
	err = vsw_keeper_set(vf, &effective, &wanted, asked | vf->asked,
			     policy->vf.enforcement, true, extack);
	if (err)
		return err;
	vf->asked = asked;
	vf->wanted = wanted;
	vf->policy = policy->vf;
	vf->drift = 0;
	vf->refused = false;
	vf->owed = false;
	return 0;
}

/**
 * vsw_keeper_want - what a VF shall be, though it cannot be made that now
 * @port: a port with a VF path
 * @policy: its policy
 *
 * It is corrected as soon as it can.
 */
void vsw_keeper_want(struct vsw_port *port, const struct vsw_policy *policy)
{
	ASSERT_RTNL();
	port->vf->asked |= vsw_keeper_wanted(port, policy, &port->vf->wanted);
	port->vf->policy = policy->vf;
	port->vf->owed = true;
	vsw_keeper_look(port->sw);
}

/* Say again what cannot be told from what the driver says. */
static void vsw_keeper_refresh(struct vsw_vf *vf,
			       const struct vsw_vf_state *effective)
{
	struct vsw_vf_state from = *effective;

	vf->stale = false;
	from.spoofchk = -1;
	vsw_keeper_set(vf, &from, &vf->wanted, vf->asked,
		       vf->policy.enforcement, false, NULL);
}

static void vsw_keeper_correct(struct vsw_vf *vf,
			       const struct vsw_vf_state *effective)
{
	struct netlink_ext_ack extack = {};

	if (!vsw_keeper_set(vf, effective, &vf->wanted, vf->asked,
			    vf->policy.enforcement, false, &extack)) {
		vf->drift = 0;
		vf->refused = false;
		vf->owed = false;
		vf->corrections++;
		vsw_keeper_event(vf, VSW_VF_EVENT_CORRECTED);
		return;
	}
	/* Tried again at each look, told once. */
	if (vf->refused)
		return;
	vf->refused = true;
	netdev_warn(vf->uplink->dev, "vsw: VF %u of port %s: %s\n", vf->index,
		    vf->port->name, extack._msg ?: "cannot be corrected");
	vsw_keeper_event(vf, VSW_VF_EVENT_REFUSED);
}

/* The link that a VF is to have changes with the team: that is no drift. */
static void vsw_keeper_follow_team(struct vsw_vf *vf, unsigned int removals)
{
	struct vsw_vf_state from = vf->wanted;
	struct vsw_vf_change change = {
		.from = &from,
		.to = &vf->wanted,
	};
	struct netlink_ext_ack extack = {};

	if (vf->policy.link_state != VSW_LINK_STATE_FOLLOW_TEAM ||
	    vsw_keeper_is_shut(vf->port, &vf->policy))
		return;
	vf->wanted.link_state = vsw_keeper_link_state(vf->port, &vf->policy);
	if (vf->wanted.link_state == from.link_state ||
	    vf->unenforced & VSW_VF_CAPABILITY_LINK_STATE ||
	    !vf->present || vf->removals != removals)
		return;
	/* What fails is drift, and corrected as such. */
	vsw_vf_program(vf->uplink->dev, vf->index, &change, &extack);
}

/*
 * Is it another one than at the last look? Removals are told a while before the
 * driver forgets: only a VF that differs then is new.
 */
static bool vsw_keeper_is_new(const struct vsw_vf *vf, u32 drift,
			      unsigned int removals)
{
	return !vf->present || (vf->removals != removals && drift);
}

/* The PF has the VF no more: what is left is the soft path, if there is one. */
static void vsw_keeper_lose(struct vsw_vf *vf)
{
	struct vsw_port *port = vf->port;

	vf->present = false;
	vsw_keeper_event(vf, VSW_VF_EVENT_LOST);
	if (port->dev && port->flags & VSW_PORT_VF) {
		vsw_failover_force(port, VSW_PATH_SOFT);
		vsw_netlink_port_notify(port, false);
	}
}

static void vsw_keeper_inspect(struct vsw_vf *vf)
{
	unsigned int removals = atomic_read(&vf->uplink->pf.removals);
	struct net_device *pf = vf->uplink->dev;
	struct vsw_vf_state effective;
	bool is_new;
	u32 drift;

	if (vf->index >= vsw_vf_count(pf)) {
		if (vf->present)
			vsw_keeper_lose(vf);
		return;
	}
	vsw_keeper_follow_team(vf, removals);
	/* A driver that is in trouble is asked again at the next look. */
	if (vsw_vf_read(pf, vf->index, &effective))
		return;

	drift = vsw_vf_drift(vf, &effective);
	is_new = vsw_keeper_is_new(vf, drift, removals);
	if (is_new)
		vsw_keeper_adopt(vf, &effective, removals);
	else
		vsw_keeper_assume(vf, &effective);

	if (drift & ~vf->drift && !is_new)
		vsw_keeper_event(vf, VSW_VF_EVENT_DRIFTED);
	vf->drift = drift;
	if (!drift) {
		vf->refused = false;
		vf->owed = false;
	}
	if (is_new || (drift && vf->owed) ||
	    (drift && vf->policy.on_drift == VSW_ON_DRIFT_ENFORCE))
		vsw_keeper_correct(vf, &effective);
	else if (vf->stale && !drift)
		vsw_keeper_refresh(vf, &effective);
}

static void vsw_keeper_work(struct work_struct *work)
{
	struct vsw_switch *sw = container_of(to_delayed_work(work),
					     struct vsw_switch, keeper);
	struct vsw_port *port;
	bool any;

	rtnl_lock();
	any = vsw_await_join(sw);
	any |= vsw_host_mend(sw);
	list_for_each_entry(port, &sw->ports, list) {
		if (port->vf)
			vsw_keeper_inspect(port->vf);
		else if (!vsw_port_is_uplink(port) || !vsw_park_look(port))
			continue;
		any = true;
	}
	/*
	 * The reference goes on to the next run, unless one is queued already.
	 * Under RTNL, so that vsw_keeper_stop() finds it.
	 */
	any = any &&
	      queue_delayed_work(vsw_wq, &sw->keeper, VSW_KEEPER_INTERVAL);
	rtnl_unlock();
	if (!any)
		dev_put(sw->dev);
}

/**
 * vsw_keeper_apply - do what the policy of an uplink says of VFs
 * @uplink: the uplink
 */
void vsw_keeper_apply(struct vsw_port *uplink)
{
	if (uplink->unowned != VSW_UNOWNED_PARK)
		vsw_park_leave_all(uplink);
	else if (vsw_park_look(uplink))
		vsw_keeper_look(uplink->sw);
}

/**
 * vsw_keeper_watch - a new uplink may have VFs
 * @uplink: the uplink
 */
void vsw_keeper_watch(struct vsw_port *uplink)
{
	ASSERT_RTNL();
	uplink->pf.device = uplink->dev->dev.parent;
	spin_lock(&vsw_keeper_lock);
	list_add(&uplink->pf.list, &vsw_keeper_pfs);
	spin_unlock(&vsw_keeper_lock);
}

/**
 * vsw_keeper_unwatch - an uplink goes
 * @uplink: the uplink
 */
void vsw_keeper_unwatch(struct vsw_port *uplink)
{
	ASSERT_RTNL();
	spin_lock(&vsw_keeper_lock);
	list_del(&uplink->pf.list);
	spin_unlock(&vsw_keeper_lock);
}

/**
 * vsw_keeper_start - a new switch
 * @sw: the switch; it has no ports yet
 */
void vsw_keeper_start(struct vsw_switch *sw)
{
	INIT_DELAYED_WORK(&sw->keeper, vsw_keeper_work);
}

/**
 * vsw_keeper_stop - a switch without ports goes
 * @sw: the switch
 *
 * A run that waits for RTNL finds no VF and does not come back.
 */
void vsw_keeper_stop(struct vsw_switch *sw)
{
	if (cancel_delayed_work(&sw->keeper))
		dev_put(sw->dev);
}

#ifdef CONFIG_PCI_IOV
static const struct device *vsw_keeper_pf_of(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);

	return pdev->is_virtfn ? &pci_physfn(pdev)->dev : NULL;
}

/*
 * VFs come and go, and drivers of VFs. RTNL may be held, or not: the work item
 * takes it.
 */
static int vsw_keeper_bus_event(struct notifier_block *nb, unsigned long event,
				void *ptr)
{
	const struct device *device = vsw_keeper_pf_of(ptr);
	struct vsw_keeper_pf *pf;

	if (!device)
		return NOTIFY_DONE;
	spin_lock(&vsw_keeper_lock);
	list_for_each_entry(pf, &vsw_keeper_pfs, list) {
		if (pf->device != device)
			continue;
		if (event == BUS_NOTIFY_REMOVED_DEVICE)
			atomic_inc(&pf->removals);
		vsw_keeper_queue(container_of(pf, struct vsw_port, pf)->sw,
				 VSW_KEEPER_SETTLE);
	}
	spin_unlock(&vsw_keeper_lock);
	return NOTIFY_DONE;
}

static struct notifier_block vsw_keeper_notifier = {
	.notifier_call = vsw_keeper_bus_event,
};

int vsw_keeper_init(void)
{
	return bus_register_notifier(&pci_bus_type, &vsw_keeper_notifier);
}

void vsw_keeper_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &vsw_keeper_notifier);
}
#else
int vsw_keeper_init(void)
{
	return 0;
}

void vsw_keeper_exit(void)
{
}
#endif /* CONFIG_PCI_IOV */
