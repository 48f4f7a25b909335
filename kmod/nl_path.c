// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": paths of ports. See netlink.h.
 */
#include <linux/rtnetlink.h>

#include "failover.h"
#include "netlink.h"
#include "path.h"
#include "stage.h"
#include "txn.h"

/* The uplink whose device is the PF that a request names. */
static struct vsw_port *vsw_nl_find_uplink(const struct vsw_switch *sw,
					   struct genl_info *info)
{
	const struct nlattr *pf = info->attrs[VSW_A_PORT_PF];
	struct net_device *dev;
	struct vsw_port *uplink;

	dev = __dev_get_by_index(genl_info_net(info), nla_get_u32(pf));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, pf,
				    "There is no such PF device in this network namespace");
		return ERR_PTR(-ENODEV);
	}
	uplink = vsw_port_get_rtnl(dev);
	if (!uplink || vsw_stage_dying(uplink) || uplink->sw != sw || !vsw_port_is_uplink(uplink)) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, pf,
					"%s is no uplink of %s: vswctl uplink add",
					dev->name, sw->dev->name);
		return ERR_PTR(-EINVAL);
	}
	return uplink;
}

/* The VF that a request names, or the first that is free. */
static int vsw_nl_find_vf(const struct vsw_port *uplink,
			  struct genl_info *info, u32 *vf)
{
	if (!info->attrs[VSW_A_PORT_VF])
		return vsw_vf_find_free(uplink, vf, info->extack);
	*vf = nla_get_u32(info->attrs[VSW_A_PORT_VF]);
	return 0;
}

static struct net_device *vsw_nl_find_dev(struct genl_info *info)
{
	const struct nlattr *index = info->attrs[VSW_A_PORT_IFINDEX];
	struct net_device *dev = __dev_get_by_index(genl_info_net(info),
						    nla_get_u32(index));

	if (dev)
		return dev;
	NL_SET_ERR_MSG_ATTR(info->extack, index,
			    "There is no such net device in this network namespace");
	return ERR_PTR(-ENODEV);
}

static int vsw_nl_parse_pf(struct vsw_port_config *config,
			   const struct vsw_switch *sw, struct genl_info *info)
{
	struct vsw_port *uplink;

	if (config->flags & VSW_PORT_UPLINK) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VSW_A_PORT_PF],
				    "A VF port is a local port: leave the role out");
		return -EINVAL;
	}
	uplink = vsw_nl_find_uplink(sw, info);
	if (IS_ERR(uplink))
		return PTR_ERR(uplink);
	if (vsw_switchdev_is_on(uplink->dev))
		return vsw_switchdev_take(config, uplink,
					  info->attrs[VSW_A_PORT_VF],
					  info->extack);
	config->flags |= VSW_PORT_VF;
	config->uplink = uplink;
	return vsw_nl_find_vf(uplink, info, &config->vf);
}

/* The paths of a new port */
int vsw_nl_parse_path(struct vsw_port_config *config,
		      const struct vsw_switch *sw, struct genl_info *info)
{
	const struct nlattr *role = info->attrs[VSW_A_PORT_ROLE];
	const struct nlattr *path = info->attrs[VSW_A_PORT_PATH];
	bool dev = info->attrs[VSW_A_PORT_IFINDEX];
	bool pf = info->attrs[VSW_A_PORT_PF];

	if (role && nla_get_u32(role) == VSW_PORT_ROLE_HOST) {
		NL_SET_ERR_MSG_ATTR(info->extack, role,
				    "Every switch has its host port already");
		return -EINVAL;
	}
	if (role && nla_get_u32(role) == VSW_PORT_ROLE_UPLINK)
		config->flags |= VSW_PORT_UPLINK;

	if (!dev && !pf) {
		GENL_SET_ERR_MSG(info,
				 "A port needs a path: a net device, or a PF and the number of a VF, or both");
		return -EINVAL;
	}
	if (info->attrs[VSW_A_PORT_VF] && !pf) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VSW_A_PORT_VF],
				    "The number of a VF needs its PF: name that, too");
		return -EINVAL;
	}
	if (path && !(dev && pf)) {
		NL_SET_ERR_MSG_ATTR(info->extack, path,
				    "A port with one path begins with that: leave it out");
		return -EINVAL;
	}
	config->path = path ? nla_get_u32(path) : VSW_PATH_SOFT;
	if (dev) {
		config->dev = vsw_nl_find_dev(info);
		if (IS_ERR(config->dev))
			return PTR_ERR(config->dev);
	}
	return pf ? vsw_nl_parse_pf(config, sw, info) : 0;
}

/* Take the soft path away, or add it. */
static int vsw_nl_set_dev(struct vsw_port *port, struct genl_info *info)
{
	struct net_device *dev;

	if (!nla_get_u32(info->attrs[VSW_A_PORT_IFINDEX]))
		return vsw_path_del_soft(port, info->extack);
	dev = vsw_nl_find_dev(info);
	return IS_ERR(dev) ? PTR_ERR(dev) :
			     vsw_path_add_soft(port, dev, info->extack);
}

/* Take the VF path away, or add it. */
static int vsw_nl_set_pf(struct vsw_port *port, struct genl_info *info)
{
	const struct vsw_vf_policy vf_policy = { .spoofchk = 1 };
	struct vsw_port *uplink;
	u32 vf;
	int err;

	if (!nla_get_u32(info->attrs[VSW_A_PORT_PF]))
		return vsw_path_del_vf(port, info->extack);
	uplink = vsw_nl_find_uplink(port->sw, info);
	if (IS_ERR(uplink))
		return PTR_ERR(uplink);
	if (vsw_switchdev_is_on(uplink->dev)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VSW_A_PORT_PF],
				    "The PF is in switchdev mode, where the port of a VF has one path, its representor: add a port for it");
		return -EOPNOTSUPP;
	}
	err = vsw_nl_find_vf(uplink, info, &vf);
	return err ?: vsw_path_add_vf(port, uplink, vf, &vf_policy,
				      info->extack);
}

/* Is a request about the paths of a port? */
bool vsw_nl_sets_paths(const struct genl_info *info)
{
	return info->attrs[VSW_A_PORT_PATH] ||
	       info->attrs[VSW_A_PORT_IFINDEX] ||
	       info->attrs[VSW_A_PORT_PF] || info->attrs[VSW_A_PORT_VF];
}

/* One change of paths, and nothing else, because nobody could take it back. */
static int vsw_nl_check_set_paths(struct genl_info *info)
{
	static const int own[] = {
		VSW_A_PORT_NAME, VSW_A_PORT_PATH, VSW_A_PORT_IFINDEX,
		VSW_A_PORT_PF, VSW_A_PORT_VF,
	};
	int i, count = 0, paths;

	paths = !!info->attrs[VSW_A_PORT_PATH] +
		!!info->attrs[VSW_A_PORT_IFINDEX] + !!info->attrs[VSW_A_PORT_PF];
	for (i = 1; i <= VSW_A_PORT_MAX; i++)
		count += !!info->attrs[i];
	for (i = 0; i < ARRAY_SIZE(own); i++)
		count -= !!info->attrs[own[i]];
	if (!count && paths == 1 &&
	    (info->attrs[VSW_A_PORT_PF] || !info->attrs[VSW_A_PORT_VF]))
		return 0;
	GENL_SET_ERR_MSG(info,
			 "A change of paths stands alone: one of path, net device and PF, and the rest in another request");
	return -EINVAL;
}

/* Add a path, take one away, or make one the active one */
int vsw_nl_set_paths(struct vsw_port *port, struct genl_info *info)
{
	int err;

	err = vsw_nl_check_set_paths(info);
	if (err)
		return err;
	if (vsw_txn_is_on()) {
		GENL_SET_ERR_MSG(info,
				 "A change of paths is no part of a batch: make it before or after, or delete the port and add it again");
		return -EOPNOTSUPP;
	}
	if (info->attrs[VSW_A_PORT_PATH])
		return vsw_failover(port,
				    nla_get_u32(info->attrs[VSW_A_PORT_PATH]),
				    VSW_FAILOVER_CAUSE_REQUEST, info->extack);
	if (vsw_port_is_uplink(port) || vsw_port_is_host(port)) {
		GENL_SET_ERR_MSG(info,
				 "Only a local port can have two paths: name another port");
		return -EOPNOTSUPP;
	}
	return info->attrs[VSW_A_PORT_PF] ? vsw_nl_set_pf(port, info) :
					    vsw_nl_set_dev(port, info);
}
