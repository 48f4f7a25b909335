// SPDX-License-Identifier: GPL-2.0-only
/*
 * Representors of VFs. See switchdev.h.
 */
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <net/devlink.h>
#include <net/genetlink.h>

#include "compat/port_parent.h"
#include "port.h"
#include "stage.h"
#include "switchdev.h"
#include "vf.h"

/**
 * struct vsw_function - whose representor a device is
 * @controller: number of the host, 0 for this one
 * @pf: number of the PF
 * @vf: number of the VF
 * @external: the VF is another host's, which this one switches for (a DPU)
 */
struct vsw_function {
	u32 controller;
	u32 pf;
	u32 vf;
	bool external;
};

/* "pf0vf3", or "c1pf0vf3" for the VF of another host */
static bool vsw_switchdev_parse(const char *name, struct vsw_function *fn)
{
	char rest;

	if (sscanf(name, "pf%uvf%u%c", &fn->pf, &fn->vf, &rest) == 2)
		return true;
	fn->external = true;
	return sscanf(name, "c%upf%uvf%u%c", &fn->controller, &fn->pf, &fn->vf,
		      &rest) == 3;
}

/*
 * The devlink port of a device says it in numbers; without one there is the
 * name. Both are set before the device is registered and stay.
 */
static bool vsw_switchdev_function(const struct net_device *dev,
				   struct vsw_function *fn)
{
	const struct devlink_port *port = dev->devlink_port;
	char name[IFNAMSIZ] = "";

	memset(fn, 0, sizeof(*fn));
	if (port && port->attrs_set) {
		if (port->attrs.flavour != DEVLINK_PORT_FLAVOUR_PCI_VF)
			return false;
		fn->controller = port->attrs.pci_vf.controller;
		fn->pf = port->attrs.pci_vf.pf;
		fn->vf = port->attrs.pci_vf.vf;
		fn->external = port->attrs.pci_vf.external;
		return true;
	}
	if (!dev->netdev_ops->ndo_get_phys_port_name ||
	    dev->netdev_ops->ndo_get_phys_port_name((struct net_device *)dev,
						    name, sizeof(name)))
		return false;
	return vsw_switchdev_parse(name, fn);
}

/* Where the device of the NIC does not tell, drivers number PFs like this. */
static u32 vsw_switchdev_pf_number(const struct net_device *pf)
{
	const struct device *parent = pf->dev.parent;

	return parent && dev_is_pci(parent) ?
	       PCI_FUNC(to_pci_dev(parent)->devfn) : 0;
}

/*
 * Does the representor belong to the PF? Several PFs of a NIC may be ports of one
 * switch: then the device that both are of decides, or the number of the PF.
 */
static bool vsw_switchdev_belongs(struct net_device *rep,
				  const struct vsw_function *fn,
				  struct net_device *pf)
{
	struct netdev_phys_item_id of_rep, of_pf;

	if (rep == pf)
		return false;
	if (rep->dev.parent && pf->dev.parent ?
	    rep->dev.parent != pf->dev.parent :
	    fn->pf != vsw_switchdev_pf_number(pf))
		return false;
	return !vsw_port_parent_id(rep, &of_rep) &&
	       !vsw_port_parent_id(pf, &of_pf) &&
	       netdev_phys_item_id_same(&of_rep, &of_pf);
}

/**
 * vsw_switchdev_is_on - does a PF have representors of its VFs here?
 * @pf: any device
 */
bool vsw_switchdev_is_on(struct net_device *pf)
{
	struct vsw_function fn;
	struct net_device *dev;

	ASSERT_RTNL();
	for_each_netdev(dev_net(pf), dev)
		if (vsw_switchdev_function(dev, &fn) &&
		    vsw_switchdev_belongs(dev, &fn, pf))
			return true;
	return false;
}

/**
 * vsw_switchdev_is_port - is a device a port of a switch in a NIC?
 * @dev: any device
 */
bool vsw_switchdev_is_port(struct net_device *dev)
{
	struct netdev_phys_item_id id;

	return !vsw_port_parent_id(dev, &id);
}

/**
 * vsw_switchdev_rep - the representor of a VF
 * @pf: the PF
 * @index: number of the VF
 *
 * A VF of this host goes before one of the same number of another host.
 *
 * Return: the device, in the network namespace of the PF, or NULL.
 */
struct net_device *vsw_switchdev_rep(struct net_device *pf, u32 index)
{
	struct net_device *dev, *found = NULL;
	struct vsw_function fn;

	ASSERT_RTNL();
	for_each_netdev(dev_net(pf), dev) {
		if (!vsw_switchdev_function(dev, &fn) || fn.vf != index ||
		    !vsw_switchdev_belongs(dev, &fn, pf))
			continue;
		if (!fn.external)
			return dev;
		found = found ?: dev;
	}
	return found;
}

/* What is itself behind the switch of the NIC is no PF of this host. */
static bool vsw_switchdev_is_pf(const struct net_device *dev)
{
	const struct devlink_port *port = dev->devlink_port;
	struct vsw_function fn;

	if (port && port->attrs_set)
		return port->attrs.flavour == DEVLINK_PORT_FLAVOUR_PHYSICAL;
	return dev->dev.parent && !vsw_switchdev_function(dev, &fn);
}

/* An uplink of a switch goes before a device that is none. */
static struct net_device *vsw_switchdev_pf(struct net_device *rep,
					   const struct vsw_function *fn)
{
	struct net_device *dev, *found = NULL;
	const struct vsw_port *port;

	for_each_netdev(dev_net(rep), dev) {
		if (!vsw_switchdev_is_pf(dev) ||
		    !vsw_switchdev_belongs(rep, fn, dev))
			continue;
		port = vsw_port_get_rtnl(dev);
		if (port && vsw_port_is_uplink(port))
			return dev;
		found = found ?: dev;
	}
	return found;
}

/* The first that is nobody's, or that of a port which is going to be deleted */
static struct net_device *vsw_switchdev_find_of(const struct vsw_port *uplink,
						bool dying)
{
	u32 index, count = vsw_vf_count(uplink->dev);
	const struct vsw_port *owner;
	struct net_device *rep;

	for (index = 0; index < count; index++) {
		rep = vsw_switchdev_rep(uplink->dev, index);
		if (!rep || vsw_vf_find(uplink, index))
			continue;
		owner = vsw_port_get_rtnl(rep);
		if (dying ? owner && vsw_stage_dying(owner) :
			    !netdev_master_upper_dev_get(rep))
			return rep;
	}
	return NULL;
}

static int vsw_switchdev_find_free(struct vsw_port_config *config,
				   const struct vsw_port *uplink,
				   struct netlink_ext_ack *extack)
{
	config->dev = vsw_switchdev_find_of(uplink, false) ?:
		      vsw_switchdev_find_of(uplink, true);
	if (config->dev)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "No VF of %s has a representor here that is free: delete a port",
			   uplink->dev->name);
	return -ENOSPC;
}

/**
 * vsw_switchdev_take - the port of a VF in switchdev mode has a soft path
 * @config: of the new port; gets the representor
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF; NULL for the first that is free
 * @extack: what is wrong
 *
 * Return: 0 or a negative error.
 */
int vsw_switchdev_take(struct vsw_port_config *config,
		       const struct vsw_port *uplink,
		       const struct nlattr *index,
		       struct netlink_ext_ack *extack)
{
	const struct vsw_port *owner;
	const struct vsw_vf *vf;
	u32 n;

	if (config->dev) {
		NL_SET_ERR_MSG_FMT(extack,
				   "The representor of the VF is its soft path: leave %s out",
				   config->dev->name);
		return -EINVAL;
	}
	if (!index)
		return vsw_switchdev_find_free(config, uplink, extack);

	n = nla_get_u32(index);
	config->dev = vsw_switchdev_rep(uplink->dev, n);
	if (!config->dev) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, index,
					"No representor of VF %u of %s is in this network namespace",
					n, uplink->dev->name);
		return -ENODEV;
	}
	vf = vsw_vf_find(uplink, n);
	owner = vf ? vf->port : vsw_port_get_rtnl(config->dev);
	if (owner && !vsw_stage_dying(owner)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, index,
					"VF %u of %s belongs to port %s", n,
					uplink->dev->name, owner->name);
		return -EBUSY;
	}
	return 0;
}

static const int vsw_switchdev_by_devlink[] = {
	VSW_A_PORT_MIN_TX_RATE, VSW_A_PORT_MAX_TX_RATE,
};

static const int vsw_switchdev_by_switch[] = {
	VSW_A_PORT_SPOOFCHK, VSW_A_PORT_TRUST, VSW_A_PORT_LINK_STATE,
	VSW_A_PORT_ENFORCEMENT, VSW_A_PORT_ON_DRIFT,
};

static const int vsw_switchdev_before[] = {
	VSW_A_PORT_BEFORE_MAC, VSW_A_PORT_BEFORE_TX_SHARE,
	VSW_A_PORT_BEFORE_TX_MAX,
};

static const struct nlattr *vsw_switchdev_first(const struct genl_info *info,
						const int *attrs, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (info->attrs[attrs[i]])
			return info->attrs[attrs[i]];
	return NULL;
}

/**
 * vsw_switchdev_check - can the port of a representor be what a request wants?
 * @info: the request
 * @dev: the only path of the port; NULL if it has a VF path
 *
 * Return: 0 or -EOPNOTSUPP.
 */
int vsw_switchdev_check(struct genl_info *info, const struct net_device *dev)
{
	const struct nlattr *attr;
	struct vsw_function fn;

	if (!dev || !vsw_switchdev_function(dev, &fn)) {
		attr = vsw_switchdev_first(info, vsw_switchdev_before,
					   ARRAY_SIZE(vsw_switchdev_before));
		if (!attr)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "Only the port of a representor has that: leave it out");
		return -EOPNOTSUPP;
	}
	attr = vsw_switchdev_first(info, vsw_switchdev_by_devlink,
				   ARRAY_SIZE(vsw_switchdev_by_devlink));
	if (attr) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "The PF is in switchdev mode: rates of its VFs are set by devlink port function rate");
		return -EOPNOTSUPP;
	}
	attr = vsw_switchdev_first(info, vsw_switchdev_by_switch,
				   ARRAY_SIZE(vsw_switchdev_by_switch));
	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "The PF is in switchdev mode: the switch sees every frame of the VF, so use the policy of a soft port");
	return -EOPNOTSUPP;
}

/**
 * vsw_switchdev_keep - keep what the VF of a representor was before
 * @port: the port, which vsw_switchdev_check() has agreed to
 * @info: the request
 */
void vsw_switchdev_keep(struct vsw_port *port, const struct genl_info *info)
{
	struct vsw_before *before = &port->before;
	const struct nlattr *attr;
	int i;

	if (!vsw_switchdev_first(info, vsw_switchdev_before,
				 ARRAY_SIZE(vsw_switchdev_before)))
		return;
	/* Of another device it was. */
	if (before->ifindex != port->dev->ifindex)
		before->has = 0;
	before->ifindex = port->dev->ifindex;
	for (i = 0; i < ARRAY_SIZE(vsw_switchdev_before); i++)
		if (info->attrs[vsw_switchdev_before[i]])
			before->has |= BIT_ULL(vsw_switchdev_before[i]);
	attr = info->attrs[VSW_A_PORT_BEFORE_MAC];
	if (attr)
		memcpy(before->mac, nla_data(attr), ETH_ALEN);
	attr = info->attrs[VSW_A_PORT_BEFORE_TX_SHARE];
	if (attr)
		before->tx_share = nla_get_uint(attr);
	attr = info->attrs[VSW_A_PORT_BEFORE_TX_MAX];
	if (attr)
		before->tx_max = nla_get_uint(attr);
}

static bool vsw_switchdev_put_before(struct sk_buff *skb,
				     const struct vsw_before *before)
{
	return (before->has & BIT_ULL(VSW_A_PORT_BEFORE_MAC) &&
		nla_put(skb, VSW_A_PORT_BEFORE_MAC, ETH_ALEN, before->mac)) ||
	       (before->has & BIT_ULL(VSW_A_PORT_BEFORE_TX_SHARE) &&
		nla_put_uint(skb, VSW_A_PORT_BEFORE_TX_SHARE,
			     before->tx_share)) ||
	       (before->has & BIT_ULL(VSW_A_PORT_BEFORE_TX_MAX) &&
		nla_put_uint(skb, VSW_A_PORT_BEFORE_TX_MAX, before->tx_max));
}

static bool vsw_switchdev_put_name(struct sk_buff *skb,
				   const struct vsw_function *fn)
{
	char name[IFNAMSIZ + 16];
	int len = 0;

	if (fn->external)
		len = scnprintf(name, sizeof(name), "c%u", fn->controller);
	scnprintf(name + len, sizeof(name) - len, "pf%uvf%u", fn->pf, fn->vf);
	return nla_put_string(skb, VSW_A_PORT_PHYS_PORT_NAME, name);
}

/**
 * vsw_switchdev_put - what only the port of a representor has
 * @skb: the message
 * @port: any port with a device
 *
 * Return: did it not fit?
 */
bool vsw_switchdev_put(struct sk_buff *skb, const struct vsw_port *port)
{
	char text[2 * MAX_PHYS_ITEM_ID_LEN + 1] = "";
	char name[IFNAMSIZ + 16];
	struct netdev_phys_item_id id;
	struct vsw_function fn;
	struct net_device *pf;

	if (!port->dev || !vsw_switchdev_function(port->dev, &fn))
		return false;
	if (!vsw_port_parent_id(port->dev, &id))
		snprintf(text, sizeof(text), "%*phN", id.id_len, id.id);
	pf = vsw_switchdev_pf(port->dev, &fn);
	snprintf(name, sizeof(name), "%s/%u", pf ? pf->name : "", fn.vf);
	return nla_put_string(skb, VSW_A_PORT_PHYS_SWITCH_ID, text) ||
	       vsw_switchdev_put_name(skb, &fn) ||
	       nla_put_string(skb, VSW_A_PORT_REP_OF, name) ||
	       (port->before.ifindex == port->dev->ifindex &&
		vsw_switchdev_put_before(skb, &port->before));
}

/**
 * vsw_switchdev_put_vf - what only a VF in switchdev mode has
 * @skb: the message
 * @pf: the PF
 * @index: number of the VF
 *
 * Return: did it not fit?
 */
bool vsw_switchdev_put_vf(struct sk_buff *skb, struct net_device *pf,
			  u32 index)
{
	const struct net_device *rep = vsw_switchdev_rep(pf, index);
	const struct vsw_port *port;

	if (!rep)
		return false;
	port = vsw_port_get_rtnl(rep);
	return nla_put_string(skb, VSW_A_VF_REP, rep->name) ||
	       (port && !vsw_port_is_uplink(port) &&
		nla_put_string(skb, VSW_A_VF_PORT, port->name));
}
