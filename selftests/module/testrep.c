// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PF that knows switchdev mode, for tests. Its devices are joined in pairs; what
 * one sends the other receives:
 *
 *	testrep - testrepwire		the PF, and what is out there
 *	testrepNr - testrepN		in switchdev mode the representor of VF N, and
 *					what a machine has of it
 *
 * Its devlink device is vswtestrep/testrep0. In /sys/bus/vswtestrep/devices/testrep0:
 *
 *	sriov_totalvfs, sriov_numvfs	as of a PCI device
 *	fail	"OP N": the Nth call of OP from now fails with EIO; 0 for never
 *
 * OP is one of mac, share, max.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/devlink.h>

#define VFS_MAX		4

static bool byname;
module_param(byname, bool, 0444);
MODULE_PARM_DESC(byname, "Representors have a name and no devlink port (default N)");

enum op { OP_MAC, OP_SHARE, OP_MAX, OP_COUNT };

static const char *const op_names[OP_COUNT] = { "mac", "share", "max" };

static const struct netdev_phys_item_id switch_id = {
	.id = { 0x76, 0x73, 0x77 },
	.id_len = 3,
};

/* What a net device of ours has */
struct end {
	struct net_device *peer;
	int vf;
};

struct vf {
	struct net_device *dev;
	struct net_device *rep;
	struct devlink_port port;
	u8 mac[ETH_ALEN];
};

/* All of it is protected by the lock of the devlink instance. */
static struct vf vfs[VFS_MAX];
static unsigned int vf_count;
static u16 mode = DEVLINK_ESWITCH_MODE_LEGACY;
static unsigned int fail_in[OP_COUNT];

static struct devlink *devlink;
static struct devlink_port pf_port;
static struct net_device *pf, *wire;
static struct device *parent;

static int called(enum op op)
{
	return fail_in[op] && !--fail_in[op] ? -EIO : 0;
}

/* Net devices */

static netdev_tx_t transmit(struct sk_buff *skb, struct net_device *dev)
{
	struct net_device *peer = READ_ONCE(((struct end *)
					     netdev_priv(dev))->peer);

	if (!peer || !netif_running(peer) ||
	    dev_forward_skb(peer, skb) != NET_RX_SUCCESS) {
		if (!peer || !netif_running(peer))
			dev_kfree_skb(skb);
		dev_core_stats_tx_dropped_inc(dev);
	}
	return NETDEV_TX_OK;
}

static void set_rx_mode(struct net_device *dev)
{
}

static int get_parent_id(struct net_device *dev,
			 struct netdev_phys_item_id *id)
{
	*id = switch_id;
	return 0;
}

static int get_port_name(struct net_device *dev, char *name, size_t size)
{
	const struct end *end = netdev_priv(dev);

	if (end->vf < 0)
		return snprintf(name, size, "p0") >= size ? -EINVAL : 0;
	return snprintf(name, size, "pf0vf%d", end->vf) >= size ? -EINVAL : 0;
}

#define OPS							\
	.ndo_start_xmit		= transmit,			\
	.ndo_set_rx_mode	= set_rx_mode,			\
	.ndo_set_mac_address	= eth_mac_addr

static const struct net_device_ops ops = {
	OPS,
};

/* Where there is a devlink port, the core asks that */
static const struct net_device_ops named_ops = {
	OPS,
	.ndo_get_port_parent_id	= get_parent_id,
	.ndo_get_phys_port_name	= get_port_name,
};

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &ops;
	dev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;
	dev->lltx = true;
	dev->needs_free_netdev = true;
	eth_hw_addr_random(dev);
}

static struct net_device *make(const char *name, int vf,
			       struct devlink_port *port, bool on_switch)
{
	struct net_device *dev;
	struct end *end;

	dev = alloc_netdev(sizeof(struct end), name, NET_NAME_USER, setup);
	if (!dev)
		return NULL;
	end = netdev_priv(dev);
	end->vf = vf;
	if (on_switch)
		SET_NETDEV_DEV(dev, parent);
	if (on_switch && byname)
		dev->netdev_ops = &named_ops;
	else if (port)
		SET_NETDEV_DEVLINK_PORT(dev, port);
	if (register_netdev(dev)) {
		free_netdev(dev);
		return NULL;
	}
	return dev;
}

static void join(struct net_device *a, struct net_device *b)
{
	WRITE_ONCE(((struct end *)netdev_priv(a))->peer, b);
	WRITE_ONCE(((struct end *)netdev_priv(b))->peer, a);
}

static void unmake(struct net_device *dev, struct net_device *peer)
{
	if (peer)
		WRITE_ONCE(((struct end *)netdev_priv(peer))->peer, NULL);
	synchronize_net();
	unregister_netdev(dev);
}

/* The function of a VF. Its limit is never below its guarantee. */

static int get_mac(struct devlink_port *port, u8 *mac, int *length,
		   struct netlink_ext_ack *extack)
{
	memcpy(mac, container_of(port, struct vf, port)->mac, ETH_ALEN);
	*length = ETH_ALEN;
	return 0;
}

/* Drivers take RTNL here */
static int set_mac(struct devlink_port *port, const u8 *mac, int length,
		   struct netlink_ext_ack *extack)
{
	struct vf *vf = container_of(port, struct vf, port);
	int err = called(OP_MAC);

	if (err) {
		NL_SET_ERR_MSG_MOD(extack, "the MAC address fails for a test");
		return err;
	}
	rtnl_lock();
	memcpy(vf->mac, mac, ETH_ALEN);
	rtnl_unlock();
	return 0;
}

static const struct devlink_port_ops function_ops = {
	.port_fn_hw_addr_get	= get_mac,
	.port_fn_hw_addr_set	= set_mac,
};

static int set_share(struct devlink_rate *rate, void *priv, u64 value,
		     struct netlink_ext_ack *extack)
{
	if (rate->tx_max && value > rate->tx_max)
		return -EINVAL;
	return called(OP_SHARE);
}

static int set_max(struct devlink_rate *rate, void *priv, u64 value,
		   struct netlink_ext_ack *extack)
{
	int err;

	if (value && value < rate->tx_share)
		return -EINVAL;
	err = called(OP_MAX);
	if (err)
		NL_SET_ERR_MSG_MOD(extack, "the rate fails for a test");
	return err;
}

/* Representors */

static int add_port(struct devlink_port *port, unsigned int index,
		    const struct devlink_port_ops *port_ops)
{
	struct devlink_port_attrs attrs = {
		.flavour = index ? DEVLINK_PORT_FLAVOUR_PCI_VF :
				   DEVLINK_PORT_FLAVOUR_PHYSICAL,
		.switch_id = switch_id,
	};

	if (index)
		attrs.pci_vf.vf = index - 1;
	memset(port, 0, sizeof(*port));
	devlink_port_attrs_set(port, &attrs);
	return devl_port_register_with_ops(devlink, port, index, port_ops);
}

static int add_rep(unsigned int n)
{
	struct vf *vf = &vfs[n];
	char name[IFNAMSIZ + 8];
	int err = 0;

	if (!byname)
		err = add_port(&vf->port, n + 1, &function_ops);
	if (err)
		return err;
	snprintf(name, sizeof(name), "testrep%ur", n);
	vf->rep = make(name, n, &vf->port, true);
	if (!vf->rep)
		goto err_port;
	if (!byname && devl_rate_leaf_create(&vf->port, vf, NULL))
		goto err_rep;
	join(vf->rep, vf->dev);
	return 0;

err_rep:
	unmake(vf->rep, NULL);
	vf->rep = NULL;
err_port:
	if (!byname)
		devl_port_unregister(&vf->port);
	return -ENOMEM;
}

static void del_rep(unsigned int n)
{
	struct vf *vf = &vfs[n];

	if (!vf->rep)
		return;
	if (!byname)
		devl_rate_leaf_destroy(&vf->port);
	unmake(vf->rep, vf->dev);
	vf->rep = NULL;
	if (!byname)
		devl_port_unregister(&vf->port);
}

static void del_vfs(void)
{
	while (vf_count) {
		del_rep(--vf_count);
		unmake(vfs[vf_count].dev, NULL);
	}
}

static int add_vf(unsigned int n)
{
	struct vf *vf = &vfs[n];
	char name[IFNAMSIZ + 8];
	int err = 0;

	snprintf(name, sizeof(name), "testrep%u", n);
	vf->dev = make(name, n, NULL, false);
	if (!vf->dev)
		return -ENOMEM;
	memcpy(vf->mac, vf->dev->dev_addr, ETH_ALEN);
	if (mode == DEVLINK_ESWITCH_MODE_SWITCHDEV)
		err = add_rep(n);
	if (err)
		unmake(vf->dev, NULL);
	return err;
}

static int set_mode(struct devlink *on, u16 new,
		    struct netlink_ext_ack *extack)
{
	unsigned int n;
	int err = 0;

	if (new == mode)
		return 0;
	if (new != DEVLINK_ESWITCH_MODE_LEGACY)
		for (n = 0; n < vf_count && !err; n++)
			err = add_rep(n);
	if (new == DEVLINK_ESWITCH_MODE_LEGACY || err)
		for (n = 0; n < vf_count; n++)
			del_rep(n);
	if (!err)
		mode = new;
	return err;
}

static int get_mode(struct devlink *of, u16 *to)
{
	*to = mode;
	return 0;
}

static const struct devlink_ops devlink_ops = {
	.eswitch_mode_get	= get_mode,
	.eswitch_mode_set	= set_mode,
	.rate_leaf_tx_share_set	= set_share,
	.rate_leaf_tx_max_set	= set_max,
};

/* The device */

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
	devl_lock(devlink);
	if (count && vf_count)
		err = -EBUSY;
	else if (!count)
		del_vfs();
	while (!err && vf_count < count) {
		err = add_vf(vf_count);
		if (!err)
			WRITE_ONCE(vf_count, vf_count + 1);
	}
	devl_unlock(devlink);
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
	op = match_string(op_names, OP_COUNT, name);
	if (op < 0)
		return op;
	devl_lock(devlink);
	fail_in[op] = n;
	devl_unlock(devlink);
	return size;
}
static DEVICE_ATTR_WO(fail);

static struct attribute *testrep_attrs[] = {
	&dev_attr_sriov_totalvfs.attr,
	&dev_attr_sriov_numvfs.attr,
	&dev_attr_fail.attr,
	NULL
};
ATTRIBUTE_GROUPS(testrep);

static int num_vf(struct device *dev)
{
	return READ_ONCE(vf_count);
}

static const struct bus_type bus = {
	.name	= "vswtestrep",
	.num_vf	= num_vf,
};

/* It does nothing, but devlink wants that there is one. */
static struct device_driver driver = {
	.name	= "vsw-testrep",
	.bus	= &bus,
};

static DECLARE_COMPLETION(released);

static void release(struct device *dev)
{
	kfree(dev);
	complete(&released);
}

/* devlink lets go of it a while later, and then release() must be there still. */
static void del_parent(void)
{
	device_unregister(parent);
	wait_for_completion(&released);
	msleep(20);
}

static int add_parent(void)
{
	int err;

	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		return -ENOMEM;
	parent->bus = &bus;
	parent->release = release;
	dev_set_name(parent, "testrep0");
	err = device_register(parent);
	if (err)
		put_device(parent);
	return err;
}

static int add_pf(void)
{
	int err;

	err = byname ? 0 : add_port(&pf_port, 0, NULL);
	if (err)
		return err;
	pf = make("testrep", -1, &pf_port, true);
	wire = pf ? make("testrepwire", -1, NULL, false) : NULL;
	if (wire) {
		join(pf, wire);
		return 0;
	}
	if (pf)
		unmake(pf, NULL);
	if (!byname)
		devl_port_unregister(&pf_port);
	return -ENOMEM;
}

static void del_pf(void)
{
	unmake(pf, wire);
	unmake(wire, NULL);
	if (!byname)
		devl_port_unregister(&pf_port);
}

static int add_devlink(void)
{
	int err;

	devlink = devlink_alloc(&devlink_ops, sizeof(long), parent);
	if (!devlink)
		return -ENOMEM;
	devl_lock(devlink);
	err = add_pf();
	if (!err) {
		err = devl_register(devlink);
		if (err)
			del_pf();
	}
	devl_unlock(devlink);
	if (err)
		devlink_free(devlink);
	return err;
}

static void del_devlink(void)
{
	devl_lock(devlink);
	devl_unregister(devlink);
	del_vfs();
	del_pf();
	devl_unlock(devlink);
	devlink_free(devlink);
}

static int __init testrep_init(void)
{
	int err;

	err = bus_register(&bus);
	if (err)
		return err;
	err = driver_register(&driver);
	if (err)
		goto err_bus;
	err = add_parent();
	if (err)
		goto err_driver;
	err = add_devlink();
	if (err)
		goto err_parent;
	/* Last: somebody may write to them at once. */
	err = device_add_groups(parent, testrep_groups);
	if (err)
		goto err_devlink;
	return 0;

err_devlink:
	del_devlink();
err_parent:
	del_parent();
err_driver:
	driver_unregister(&driver);
err_bus:
	bus_unregister(&bus);
	return err;
}

static void __exit testrep_exit(void)
{
	device_remove_groups(parent, testrep_groups);
	del_devlink();
	del_parent();
	driver_unregister(&driver);
	bus_unregister(&bus);
}

module_init(testrep_init);
module_exit(testrep_exit);

MODULE_DESCRIPTION("A PF in switchdev mode, for tests of vsw");
MODULE_LICENSE("GPL");
