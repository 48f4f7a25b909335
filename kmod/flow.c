// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of a frame becomes of the next one like it. See flow.h.
 */
#include <linux/cpuhotplug.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "flow.h"
#include "forward.h"
#include "rx.h"

u64 vsw_flow_secret[4] __read_mostly;

/* The last epoch of any switch: a port may lie where one of another switch did */
static atomic_long_t vsw_flow_epochs;

/*
 * Of a CPU that is up; NULL without memory, and where there is no cache. Not
 * read-mostly: of a module only one section becomes per-CPU memory, and that is not it.
 */
DEFINE_PER_CPU(struct vsw_flow *, vsw_flows);

static int vsw_flow_state;

/**
 * vsw_flow_suspend - the datapath is about to decide otherwise: until
 * vsw_flow_resume() there are no flows
 * @sw: the switch
 *
 * So nobody goes by a flow while what it stands for is half changed, however long
 * that takes. It nests.
 */
void vsw_flow_suspend(struct vsw_switch *sw)
{
	sw->flow_suspended++;
	WRITE_ONCE(sw->flow_epoch, 0);
	/* Pairs with vsw_flow_verify(): who sees the change sees this. */
	smp_wmb();
}

/**
 * vsw_flow_resume - the datapath may decide otherwise from now on
 * @sw: the switch
 *
 * After the change, before the grace period that ends what was before.
 */
void vsw_flow_resume(struct vsw_switch *sw)
{
	if (--sw->flow_suspended)
		return;
	/* Pairs with vsw_flow_key(). */
	smp_store_release(&sw->flow_epoch,
			  atomic_long_inc_return(&vsw_flow_epochs));
}

/**
 * vsw_flow_forget - all flows are out of date
 * @sw: the switch; a new one needs this, too
 */
void vsw_flow_forget(struct vsw_switch *sw)
{
	vsw_flow_suspend(sw);
	vsw_flow_resume(sw);
}

/* Is the entry in the table, and this port's? */
static bool vsw_flow_has(const struct vsw_fdb_entry *entry,
			 const struct vsw_port *port)
{
	return !READ_ONCE(entry->dead) && READ_ONCE(entry->port) == &port->fdb;
}

/**
 * vsw_flow_of - what becomes of a frame
 * @key: what it looks like
 * @source: the entry of its source
 * @to: the port that it goes to
 * @tci: its VID and priority
 *
 * Return: that as a flow, but for its losses.
 */
struct vsw_flow vsw_flow_of(const struct vsw_flow_key *key,
			    struct vsw_fdb_entry *source, struct vsw_port *to,
			    u16 tci)
{
	const struct vsw_port *egress = READ_ONCE(to->egress);
	bool untagged = vsw_vlans_untagged(rcu_dereference(egress->vlans),
					   tci & VLAN_VID_MASK);

	return (struct vsw_flow) {
		.addresses = key->addresses,
		.rest = key->rest,
		.epoch = key->epoch,
		.source = source,
		.to = to,
		.out = (unsigned long)egress->dev |
		       (untagged ? VSW_FLOW_UNTAGGED : 0),
		.from = key->from->id,
		.tci = tci,
		/* The frame has not gone yet; the next one makes the source younger. */
		.seen = (u16)jiffies - 1,
	};
}

/* Devices of which a qdisc is asked for have one queue, see vsw_tx_direct_queue(). */
static void vsw_flow_look_ahead(struct vsw_port *to, struct net_device *dev)
{
	const void *qdisc =
		rcu_access_pointer(netdev_get_tx_queue(dev, 0)->qdisc);

	if (READ_ONCE(to->ahead) != qdisc)
		WRITE_ONCE(to->ahead, qdisc);
}

/**
 * vsw_flow_add - the next frame like this one goes the same way
 * @key: what it looks like, told before it was asked where it goes, with a place
 * @source: the entry of its source
 * @dest: the entry of its destination
 * @to: the port of @dest, which it goes to
 * @tci: its VID and priority
 *
 * Return: the flow, or NULL if the next one has to be asked, too.
 */
struct vsw_flow *vsw_flow_add(const struct vsw_flow_key *key,
			      struct vsw_fdb_entry *source,
			      const struct vsw_fdb_entry *dest,
			      struct vsw_port *to, u16 tci)
{
	struct vsw_flow *flow = key->place;
	unsigned long losses;

	if (!key->epoch)
		return NULL;
	losses = vsw_flow_losses(key->from, to);
	/* Pairs with vsw_fdb_lose(): what was lost before is seen. */
	smp_rmb();
	if (!vsw_flow_has(source, key->from) || !vsw_flow_has(dest, to))
		return NULL;

	*flow = vsw_flow_of(key, source, to, tci);
	vsw_flow_look_ahead(to, vsw_flow_dev(flow));
	flow->losses = losses;
	return flow;
}

/* Would the tables and policies say the same? */
static bool vsw_flow_is_right(const struct vsw_flow *flow,
			      const struct vsw_flow_key *key)
{
	const union vsw_flow_tag tag = { .all = key->rest >> 32 };
	const struct vsw_port *from = key->from, *to = flow->to, *egress;
	const struct vsw_vlans *vlans = rcu_dereference(from->vlans);
	u8 addresses[2 * ETH_ALEN] __aligned(8) = {};
	const u32 rest = key->rest;
	const struct vsw_fdb_entry *source, *dest;
	u32 flags = READ_ONCE(from->flags);
	u16 vid, tci = tag.tci;
	int reason;

	if (vsw_rx_classify(from, vlans, flags, tag.all, &tci) != VSW_FORWARD ||
	    tci != flow->tci)
		return false;
	vid = tci & VLAN_VID_MASK;
	memcpy(addresses, &key->addresses, sizeof(u64));
	memcpy(addresses + sizeof(u64), &rest, sizeof(rest));
	source = vsw_fdb_find_rcu(&from->sw->fdb, addresses + ETH_ALEN, vid);
	dest = vsw_fdb_find_rcu(&from->sw->fdb, addresses, vid);
	reason = vsw_forward_check(from, to, vid, false);
	egress = READ_ONCE(to->egress);
	return vsw_rx_member(vlans, flags, vid) &&
	       source == flow->source && source && dest &&
	       vsw_fdb_owner(source) == from && vsw_fdb_owner(dest) == to &&
	       (reason == VSW_FORWARD ||
		reason == VSW_DROP_REASON_PORT_DOWN) &&
	       vsw_flow_dev(flow) == egress->dev &&
	       vsw_vlans_untagged(rcu_dereference(egress->vlans), vid) ==
	       vsw_flow_untagged(flow);
}

/**
 * vsw_flow_verify - hold a flow that was found against all that it stands for
 * @flow: the flow
 * @key: what the frame looks like
 *
 * On kernels with checkers only.
 */
void vsw_flow_verify(const struct vsw_flow *flow,
		     const struct vsw_flow_key *key)
{
	if (vsw_flow_is_right(flow, key))
		return;
	/* Pairs with vsw_flow_suspend() and vsw_fdb_lose() */
	smp_rmb();
	WARN_ONCE(READ_ONCE(key->from->sw->flow_epoch) == flow->epoch &&
		  vsw_flow_losses(key->from, flow->to) == flow->losses,
		  "vsw: a flow from %s to %s is out of date\n",
		  key->from->name, flow->to->name);
}

/*
 * Without BH as one lock, as with PREEMPT_RT, nobody would have the cache for
 * himself; and where a long has 32 bits a guest could make the losses go round.
 */
static bool vsw_flow_is_possible(void)
{
	return IS_ENABLED(CONFIG_64BIT) && !IS_ENABLED(CONFIG_PREEMPT_RT);
}

/* A CPU comes up. It does so without memory, too. */
static int vsw_flow_prepare(unsigned int cpu)
{
	struct vsw_flow *flows;

	if (!vsw_flow_is_possible())
		return 0;
	flows = kvcalloc_node(VSW_FLOW_SLOTS, sizeof(*flows),
			      GFP_KERNEL | __GFP_NOWARN, cpu_to_node(cpu));
	WRITE_ONCE(per_cpu(vsw_flows, cpu), flows);
	return 0;
}

/* A CPU is gone, or the module goes and nobody looks any more. */
static int vsw_flow_dead(unsigned int cpu)
{
	kvfree(per_cpu(vsw_flows, cpu));
	per_cpu(vsw_flows, cpu) = NULL;
	return 0;
}

/**
 * vsw_flow_init - give each CPU a cache
 *
 * Return: 0 or a negative error.
 */
int vsw_flow_init(void)
{
	int state;

	get_random_bytes(vsw_flow_secret, sizeof(vsw_flow_secret));
	state = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "net/vsw:prepare",
				  vsw_flow_prepare, vsw_flow_dead);
	if (state < 0)
		return state;
	vsw_flow_state = state;
	return 0;
}

/**
 * vsw_flow_exit - take all caches back
 *
 * Context: there is no port any more, nor anybody who has seen one.
 */
void vsw_flow_exit(void)
{
	cpuhp_remove_state(vsw_flow_state);
}
