// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that give the frames back that are sent out of them, and the shortest
 * ways from one to the next, to compare with.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "bench.h"

u64 bench_delivered;

static netdev_tx_t bench_wire_xmit(struct sk_buff *skb, struct net_device *dev)
{
	bench_delivered++;
	bench_inject_take_back(skb);
	return NETDEV_TX_OK;
}

static int bench_wire_open(struct net_device *dev)
{
	struct bench_wire *wire = netdev_priv(dev);
	int err;

	err = xdp_rxq_info_reg(&wire->queue, dev, 0, 0);
	if (err)
		return err;
	err = xdp_rxq_info_reg_mem_model(&wire->queue, MEM_TYPE_PAGE_SHARED,
					 NULL);
	if (err)
		xdp_rxq_info_unreg(&wire->queue);
	return err;
}

static int bench_wire_stop(struct net_device *dev)
{
	struct bench_wire *wire = netdev_priv(dev);

	xdp_rxq_info_unreg(&wire->queue);
	return 0;
}

static void bench_wire_uninit(struct net_device *dev)
{
	struct bench_wire *wire = netdev_priv(dev);

	if (bench_program_is_ours(wire->program))
		wire->program = NULL;
}

static const struct net_device_ops bench_wire_ops = {
	.ndo_uninit		= bench_wire_uninit,
	.ndo_open		= bench_wire_open,
	.ndo_stop		= bench_wire_stop,
	.ndo_start_xmit		= bench_wire_xmit,
	.ndo_bpf		= bench_xdp,
	.ndo_xdp_xmit		= bench_xdp_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
};

static void bench_wire_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &bench_wire_ops;
	dev->needs_free_netdev = true;
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->hw_features = NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |
			   NETIF_F_GSO_SOFTWARE | NETIF_F_HIGHDMA;
	dev->features = dev->hw_features | NETIF_F_HW_VLAN_CTAG_TX |
			NETIF_F_HW_VLAN_CTAG_RX;
	dev->vlan_features = dev->hw_features;
	dev->xdp_features = NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			    NETDEV_XDP_ACT_NDO_XMIT;
	dev->xdp_metadata_ops = &bench_xdp_metadata_ops;
	dev->lltx = true;
	eth_hw_addr_random(dev);
}

static struct rtnl_link_ops bench_wire_link_ops = {
	.kind		= BENCH_KIND,
	.priv_size	= sizeof(struct bench_wire),
	.setup		= bench_wire_setup,
};

/* What it costs to take a frame from its device at all */
static rx_handler_result_t bench_take(struct sk_buff **pskb)
{
	bench_delivered++;
	bench_inject_take_back(*pskb);
	return RX_HANDLER_CONSUMED;
}

static rx_handler_result_t bench_redirect(struct sk_buff **pskb, bool queue)
{
	struct net_device *dev = rcu_dereference((*pskb)->dev->rx_handler_data);
	struct sk_buff *skb = *pskb;

	skb_push(skb, ETH_HLEN);
	skb->dev = dev;
	if (queue)
		dev_queue_xmit(skb);
	else
		dev->netdev_ops->ndo_start_xmit(skb, dev);
	return RX_HANDLER_CONSUMED;
}

/* The limit for a switch that knows nothing of queues */
static rx_handler_result_t bench_redirect_xmit(struct sk_buff **pskb)
{
	return bench_redirect(pskb, false);
}

/* The limit for a switch that sends as all others do */
static rx_handler_result_t bench_redirect_queue(struct sk_buff **pskb)
{
	return bench_redirect(pskb, true);
}

static int bench_wire_attach_one(struct net_device *dev, struct net_device *to,
				 const char *mode)
{
	rx_handler_func_t *handler;

	if (!strncmp(mode, "xdp-", 4))
		return bench_program_attach(dev, to, mode);
	if (!strcmp(mode, "take"))
		handler = bench_take;
	else if (!strcmp(mode, "xmit"))
		handler = bench_redirect_xmit;
	else if (!strcmp(mode, "queue"))
		handler = bench_redirect_queue;
	else
		return -EINVAL;
	return netdev_rx_handler_register(dev, handler, to);
}

/**
 * bench_wire_attach - lead each device to the next without a switch
 * @prefix: names of the devices
 * @ports: number of the devices
 * @mode: take, xmit, queue, xdp-bounce, xdp-redirect or xdp-forward
 *
 * The devices stay until the module goes. Context: RTNL.
 *
 * Return: 0 or a negative error.
 */
int bench_wire_attach(const char *prefix, unsigned int ports, const char *mode)
{
	struct net_device *dev, *next;
	char name[IFNAMSIZ];
	unsigned int i;
	int err;

	for (i = 0; i < ports; i++) {
		snprintf(name, sizeof(name), "%s%u", prefix, i);
		dev = __dev_get_by_name(&init_net, name);
		snprintf(name, sizeof(name), "%s%u", prefix, (i + 1) % ports);
		next = __dev_get_by_name(&init_net, name);
		if (!dev || !next)
			return -ENODEV;
		err = bench_wire_attach_one(dev, next, mode);
		if (err)
			return err;
	}
	return 0;
}

int bench_wire_init(void)
{
	return rtnl_link_register(&bench_wire_link_ops);
}

void bench_wire_exit(void)
{
	rtnl_link_unregister(&bench_wire_link_ops);
}
