// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PF that does what a test wants. It has VFs in name only: what is set for them
 * is kept, refused or forgotten.
 *
 * In /sys/bus/vswtest/devices/testpf0:
 *
 *	sriov_totalvfs, sriov_numvfs	as of a PCI device
 *	fail	"OP N": the Nth call of OP from now fails with EIO; 0 for never
 *	ignore	"OP": is answered with success and does nothing; "none"
 *	forget	anything written: all VFs are as they came, and nobody is told
 *	calls	how often each OP was called
 *	filter	"N": the unicast filter holds N addresses; when read, what it is
 *		asked to hold: addresses now and at the most since, how often it
 *		was asked for more than it holds, and how often for an address
 *		that was that of a VF at the same time
 *	vlans	the VIDs that the VLAN filter is asked to hold
 *
 * OP is one of mac, vlan, spoofchk, trust, rate, link, read.
 */
#include <linux/etherdevice.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "fault.h"

#define VFS_MAX		8

static bool bare;
module_param(bare, bool, 0444);
MODULE_PARM_DESC(bare, "Without rate, trust, link state and counters (default N)");

static bool inject;
module_param(inject, bool, 0644);
MODULE_PARM_DESC(inject, "OPs fail as fail-nth of the task says (default N)");

enum op { OP_MAC, OP_VLAN, OP_SPOOFCHK, OP_TRUST, OP_RATE, OP_LINK, OP_READ,
	  OP_COUNT };

static const char *const op_names[OP_COUNT] = {
	"mac", "vlan", "spoofchk", "trust", "rate", "link", "read",
};

/* All of it is protected by RTNL. */
static struct ifla_vf_info vfs[VFS_MAX];
static unsigned int vf_count;
static unsigned int fail_in[OP_COUNT];
static unsigned int calls[OP_COUNT];
static int ignored = -1;
static DECLARE_BITMAP(vlans, VLAN_N_VID);

static struct net_device *pf;

/* What the unicast filter is asked for; written under the lock of its list. */
static unsigned int filter_size = 128;
static unsigned int filter_now, filter_most, filter_exceeded, filter_both;

static void forget(void)
{
	unsigned int i;

	memset(vfs, 0, sizeof(vfs));
	for (i = 0; i < VFS_MAX; i++) {
		vfs[i].vf = i;
		vfs[i].spoofchk = 1;
		vfs[i].vlan_proto = htons(ETH_P_8021Q);
	}
}

/* NULL and *err: what the call returns */
static struct ifla_vf_info *called(enum op op, int vf, int *err)
{
	ASSERT_RTNL();
	calls[op]++;
	*err = vf < vf_count ? 0 : -EINVAL;
	if ((fail_in[op] && !--fail_in[op]) || (inject && vsw_fault()))
		*err = -EIO;
	return *err || ignored == op ? NULL : &vfs[vf];
}

/* Is there an address in the filter that a VF has? A NIC delivers to one. */
static bool in_both(const struct net_device *dev)
{
	const struct netdev_hw_addr *ha;
	unsigned int i;

	for (i = 0; i < VFS_MAX; i++)
		netdev_for_each_uc_addr(ha, dev)
			if (ether_addr_equal(ha->addr, vfs[i].mac))
				return true;
	return false;
}

static int set_mac(struct net_device *dev, int vf, u8 *mac)
{
	int err;
	struct ifla_vf_info *info = called(OP_MAC, vf, &err);

	if (!info)
		return err;
	netif_addr_lock_bh(dev);
	ether_addr_copy(info->mac, mac);
	filter_both += in_both(dev);
	netif_addr_unlock_bh(dev);
	return err;
}

static int set_vlan(struct net_device *dev, int vf, u16 vlan, u8 qos,
		    __be16 proto)
{
	int err;
	struct ifla_vf_info *info = called(OP_VLAN, vf, &err);

	if (info) {
		info->vlan = vlan;
		info->qos = qos;
		info->vlan_proto = proto;
	}
	return err;
}

static int set_spoofchk(struct net_device *dev, int vf, bool on)
{
	int err;
	struct ifla_vf_info *info = called(OP_SPOOFCHK, vf, &err);

	if (info)
		info->spoofchk = on;
	return err;
}

static int set_trust(struct net_device *dev, int vf, bool on)
{
	int err;
	struct ifla_vf_info *info = called(OP_TRUST, vf, &err);

	if (info)
		info->trusted = on;
	return err;
}

static int set_rate(struct net_device *dev, int vf, int min, int max)
{
	int err;
	struct ifla_vf_info *info = called(OP_RATE, vf, &err);

	if (info) {
		info->min_tx_rate = min;
		info->max_tx_rate = max;
	}
	return err;
}

static int set_link_state(struct net_device *dev, int vf, int state)
{
	int err;
	struct ifla_vf_info *info = called(OP_LINK, vf, &err);

	if (info)
		info->linkstate = state;
	return err;
}

static int get_config(struct net_device *dev, int vf, struct ifla_vf_info *to)
{
	int err;
	const struct ifla_vf_info *info = called(OP_READ, vf, &err);

	if (info)
		*to = *info;
	return err;
}

/* Numbers that say whose they are */
static int get_stats(struct net_device *dev, int vf, struct ifla_vf_stats *to)
{
	to->rx_packets = 1000 + vf;
	to->rx_bytes = 2000 + vf;
	to->tx_packets = 3000 + vf;
	to->tx_bytes = 4000 + vf;
	return 0;
}

static netdev_tx_t transmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static void set_rx_mode(struct net_device *dev)
{
	unsigned int now = netdev_uc_count(dev);

	filter_now = now;
	filter_most = max(filter_most, now);
	filter_exceeded += now > filter_size;
	filter_both += in_both(dev);
}

static int add_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	ASSERT_RTNL();
	return __test_and_set_bit(vid, vlans) ? -EEXIST : 0;
}

static int kill_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	ASSERT_RTNL();
	return __test_and_clear_bit(vid, vlans) ? 0 : -ENOENT;
}

#define OPS							\
	.ndo_start_xmit		= transmit,			\
	.ndo_set_rx_mode	= set_rx_mode,			\
	.ndo_vlan_rx_add_vid	= add_vid,			\
	.ndo_vlan_rx_kill_vid	= kill_vid,			\
	.ndo_set_mac_address	= eth_mac_addr,			\
	.ndo_set_vf_mac		= set_mac,			\
	.ndo_set_vf_vlan	= set_vlan,			\
	.ndo_set_vf_spoofchk	= set_spoofchk,			\
	.ndo_get_vf_config	= get_config

static const struct net_device_ops bare_ops = {
	OPS,
};

static const struct net_device_ops ops = {
	OPS,
	.ndo_set_vf_trust	= set_trust,
	.ndo_set_vf_rate	= set_rate,
	.ndo_set_vf_link_state	= set_link_state,
	.ndo_get_vf_stats	= get_stats,
};

static int find_op(const char *name)
{
	return match_string(op_names, OP_COUNT, name);
}

static ssize_t sriov_totalvfs_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", VFS_MAX);
}
static DEVICE_ATTR_RO(sriov_totalvfs);

static ssize_t sriov_numvfs_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(vf_count));
}

static ssize_t sriov_numvfs_store(struct device *dev,
				  struct device_attribute *attr,
				  const char *buf, size_t size)
{
	unsigned int count;
	int err = kstrtouint(buf, 0, &count);

	if (err || count > VFS_MAX)
		return err ?: -ERANGE;
	rtnl_lock();
	if (count && vf_count)
		err = -EBUSY;
	else
		vf_count = count;
	if (!err && !count)
		forget();
	rtnl_unlock();
	return err ?: size;
}
static DEVICE_ATTR_RW(sriov_numvfs);

static ssize_t fail_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t size)
{
	char name[16];
	unsigned int n;
	int op;

	if (sscanf(buf, "%15s %u", name, &n) != 2)
		return -EINVAL;
	op = find_op(name);
	if (op < 0)
		return op;
	rtnl_lock();
	fail_in[op] = n;
	rtnl_unlock();
	return size;
}
static DEVICE_ATTR_WO(fail);

static ssize_t ignore_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t size)
{
	char name[16];

	if (sscanf(buf, "%15s", name) != 1)
		return -EINVAL;
	rtnl_lock();
	ignored = find_op(name);
	rtnl_unlock();
	return size;
}
static DEVICE_ATTR_WO(ignore);

static ssize_t forget_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t size)
{
	rtnl_lock();
	forget();
	rtnl_unlock();
	return size;
}
static DEVICE_ATTR_WO(forget);

static ssize_t calls_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	int op, at = 0;

	for (op = 0; op < OP_COUNT; op++)
		at += sysfs_emit_at(buf, at, "%s %u\n", op_names[op],
				    READ_ONCE(calls[op]));
	return at;
}
static DEVICE_ATTR_RO(calls);

static ssize_t filter_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "now %u\nmost %u\nexceeded %u\nboth %u\n",
			  READ_ONCE(filter_now), READ_ONCE(filter_most),
			  READ_ONCE(filter_exceeded), READ_ONCE(filter_both));
}

static ssize_t filter_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t size)
{
	unsigned int entries;
	int err = kstrtouint(buf, 0, &entries);

	if (err)
		return err;
	netif_addr_lock_bh(pf);
	filter_size = entries;
	filter_most = filter_now;
	filter_exceeded = 0;
	filter_both = 0;
	netif_addr_unlock_bh(pf);
	return size;
}
static DEVICE_ATTR_RW(filter);

static ssize_t vlans_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	ssize_t size;

	rtnl_lock();
	size = sysfs_emit(buf, "%*pbl\n", VLAN_N_VID, vlans);
	rtnl_unlock();
	return size;
}
static DEVICE_ATTR_RO(vlans);

static struct attribute *testpf_attrs[] = {
	&dev_attr_filter.attr,
	&dev_attr_sriov_totalvfs.attr,
	&dev_attr_sriov_numvfs.attr,
	&dev_attr_fail.attr,
	&dev_attr_ignore.attr,
	&dev_attr_forget.attr,
	&dev_attr_calls.attr,
	&dev_attr_vlans.attr,
	NULL
};
ATTRIBUTE_GROUPS(testpf);

static int num_vf(struct device *dev)
{
	return READ_ONCE(vf_count);
}

static const struct bus_type bus = {
	.name	= "vswtest",
	.num_vf	= num_vf,
};

static void release(struct device *dev)
{
	kfree(dev);
}

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = bare ? &bare_ops : &ops;
	dev->priv_flags |= IFF_UNICAST_FLT;
	dev->features |= NETIF_F_HW_VLAN_CTAG_FILTER;
	dev->needs_free_netdev = true;
	eth_hw_addr_random(dev);
}

static struct device *parent;

static int __init testpf_init(void)
{
	int err;

	forget();
	err = bus_register(&bus);
	if (err)
		return err;

	err = -ENOMEM;
	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		goto err_bus;
	parent->bus = &bus;
	parent->release = release;
	parent->groups = testpf_groups;
	dev_set_name(parent, "testpf0");
	err = device_register(parent);
	if (err)
		goto err_put;

	err = -ENOMEM;
	pf = alloc_netdev(0, "testpf", NET_NAME_USER, setup);
	if (!pf)
		goto err_device;
	SET_NETDEV_DEV(pf, parent);
	err = register_netdev(pf);
	if (err)
		goto err_netdev;
	return 0;

err_netdev:
	free_netdev(pf);
err_device:
	device_unregister(parent);
	goto err_bus;
err_put:
	put_device(parent);
err_bus:
	bus_unregister(&bus);
	return err;
}

static void __exit testpf_exit(void)
{
	unregister_netdev(pf);
	device_unregister(parent);
	bus_unregister(&bus);
}

module_init(testpf_init);
module_exit(testpf_exit);

MODULE_DESCRIPTION("A PF for tests of vsw");
MODULE_LICENSE("GPL");
