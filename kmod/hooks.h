/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is there a hook of tc, BPF or netfilter for the frames of a device? Where
 * there is one, no short cut may pass it by.
 */
#ifndef VSW_HOOKS_H
#define VSW_HOOKS_H

#include <linux/netdevice.h>

/* For what the device sends */
static inline bool vsw_hooks_egress(const struct net_device *dev)
{
#ifdef CONFIG_NET_XGRESS
	if (rcu_access_pointer(dev->tcx_egress))
		return true;
#endif
#ifdef CONFIG_NETFILTER_EGRESS
	if (rcu_access_pointer(dev->nf_hooks_egress))
		return true;
#endif
	return false;
}

/* For what the device receives */
static inline bool vsw_hooks_ingress(const struct net_device *dev)
{
#ifdef CONFIG_NET_XGRESS
	if (rcu_access_pointer(dev->tcx_ingress))
		return true;
#endif
#ifdef CONFIG_NETFILTER_INGRESS
	if (rcu_access_pointer(dev->nf_hooks_ingress))
		return true;
#endif
	return false;
}

#endif /* VSW_HOOKS_H */
