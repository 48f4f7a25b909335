// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is sent: pairs of addresses, spread over ports and VLANs, drawn at
 * random, the same in each run.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>
#include <net/rtnetlink.h>

#include "bench.h"

static struct bench_shape shape;
static struct bench_flow *flows;
static struct net_device *ports[BENCH_PORTS_MAX];
static u32 random_state;
static u32 storm;

/* Contestants that are up at once have addresses of their own, as other hosts have. */
static u8 bench_owner(void)
{
	const char *letter;
	u8 owner = 0;

	for (letter = shape.prefix; *letter; letter++)
		owner = owner * 11 + *letter;
	return owner;
}

static void bench_address(u8 *mac, u8 first, u32 number)
{
	mac[0] = first;
	mac[1] = bench_owner();
	put_unaligned_be32(number, mac + 2);
}

static void bench_flow_make(struct bench_flow *flow, u32 k)
{
	bench_address(flow->src, 0x02, k);
	bench_address(flow->dst, 0x06, k);
	flow->vid = shape.tag == BENCH_TAG_NONE ? 0 :
						  shape.vid + k % shape.vlans;
	flow->in = k % shape.ports;
	if (shape.kind == BENCH_BROADCAST)
		eth_broadcast_addr(flow->dst);
	else if (shape.kind == BENCH_UNKNOWN)
		bench_address(flow->dst, 0x0a, k);
}

static int bench_flow_find_ports(const struct bench_shape *new)
{
	char name[IFNAMSIZ];
	unsigned int i;

	for (i = 0; i < new->ports; i++) {
		snprintf(name, sizeof(name), "%s%u", new->prefix, i);
		ports[i] = __dev_get_by_name(&init_net, name);
		if (!ports[i] || !ports[i]->rtnl_link_ops ||
		    strcmp(ports[i]->rtnl_link_ops->kind, BENCH_KIND)) {
			pr_err("vsw_bench: no device %s\n", name);
			return -ENODEV;
		}
	}
	return 0;
}

/**
 * bench_flow_shape - choose what is sent
 * @new: the shape
 *
 * Return: 0 or a negative error.
 */
int bench_flow_shape(const struct bench_shape *new)
{
	unsigned int k;
	int err;

	if (new->ports < 2 || new->ports > BENCH_PORTS_MAX || !new->pairs ||
	    new->pairs > BENCH_PAIRS_MAX || !new->vlans || new->size < 60 ||
	    new->size > BENCH_FRAME_MAX)
		return -EINVAL;
	bench_flow_free();
	err = bench_flow_find_ports(new);
	if (err)
		return err;
	flows = vmalloc_array(new->pairs, sizeof(*flows));
	if (!flows)
		return -ENOMEM;
	shape = *new;
	random_state = 0x2545f491;
	for (k = 0; k < shape.pairs; k++)
		bench_flow_make(&flows[k], k);
	return 0;
}

void bench_flow_free(void)
{
	vfree(flows);
	flows = NULL;
	shape.ports = 0;
}

/* The shape that is in force, or NULL; devices may have gone since */
const struct bench_shape *bench_flow_current(void)
{
	return flows && !bench_flow_find_ports(&shape) ? &shape : NULL;
}

struct net_device *bench_flow_port(unsigned int index)
{
	return ports[index];
}

const struct bench_flow *bench_flow_get(unsigned int index)
{
	return &flows[index];
}

/* xorshift32 of Marsaglia */
static u32 bench_random(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return ((u64)random_state * below) >> 32;
}

/* Draw the next frame. */
void bench_flow_next(struct bench_flow *flow)
{
	*flow = flows[bench_random(shape.pairs)];
	if (shape.kind == BENCH_STORM)
		bench_address(flow->src, 0x0e, storm++);
	else if (shape.kind == BENCH_MOVE)
		/* Never where its destination is, which is the port behind */
		flow->in = (flow->in + shape.ports -
			    bench_random(shape.ports - 1)) % shape.ports;
}
