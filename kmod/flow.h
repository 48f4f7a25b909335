/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames that went from a known address to a known one, and what became of them:
 * the next one like it goes the same way, and neither table nor policy is asked
 * again.
 *
 * Each CPU has a cache of its own, so a hit takes no lock and shares nothing. A flow
 * names ports, a device and an entry of the forwarding database without holding them.
 * It is good as long as
 *
 * - the epoch of its switch is that of the flow: no policy has changed, and no port
 *   has gone. Who changes what the datapath decides by calls vsw_flow_suspend()
 *   before, and vsw_flow_resume() afterwards, which is before the grace period in which
 *   what was there before is still seen;
 * - neither port has lost an entry: &vsw_fdb_port.losses. Both only grow, so their
 *   sum is the same only if both are. What a guest does to the addresses of its own
 *   port makes nobody else's flows void, but of ports that give way to it in a full
 *   table, or that it takes addresses from.
 *
 * What changes without us is asked for each frame: whether the device of the port is
 * up, its MTU, who wants to see the frame.
 */
#ifndef VSW_FLOW_H
#define VSW_FLOW_H

#include <linux/percpu.h>

#include "vsw.h"

/*
 * Of each CPU; a power of two. They are 1 MiB: as many as 10,000 pairs of addresses that
 * talk need to have one almost all. Who has fewer does not touch the rest.
 */
#define VSW_FLOW_SLOTS	16384

/**
 * struct vsw_flow_key - what a frame looks like
 * @addresses: its destination, and the first two bytes of its source
 * @rest: of its source, and the C-tag: protocol and TCI, 0 for none
 * @from: the port that it comes from
 * @epoch: when that was asked
 * @place: where there is room for a flow of it; of no interest to who looks for one
 */
struct vsw_flow_key {
	u64 addresses;
	u64 rest;
	const struct vsw_port *from;
	unsigned long epoch;
	struct vsw_flow *place;
};

/**
 * struct vsw_flow - what becomes of a frame, in one cache line
 * @addresses: as in &struct vsw_flow_key
 * @rest: likewise
 * @epoch: likewise
 * @losses: of both ports, see above
 * @source: the entry of its source, which is behind the port that it comes from
 * @to: the port that it goes to
 * @out: the device that it leaves by, so that nobody has to ask one port and then
 *	another one for it; with VSW_FLOW_UNTAGGED
 * @from: &vsw_port.id of the port that it comes from; 0 where there is no flow, which
 *	is no port's, whatever a frame looks like
 * @tci: its VID and priority in the switch
 * @seen: jiffies of the last one, as many bits of them as there is room for: who is
 *	silent until they are the same again makes the source younger with the frame
 *	after the next
 *
 * Written and read by one CPU with BH off.
 */
struct vsw_flow {
	u64 addresses;
	u64 rest;
	unsigned long epoch;
	unsigned long losses;
	struct vsw_fdb_entry *source;
	struct vsw_port *to;
	unsigned long out;
	u32 from;
	u16 tci;
	u16 seen;
} __aligned(64);

static_assert(sizeof(struct vsw_flow) == 64);

/* In &vsw_flow.out: the frame leaves without a tag */
#define VSW_FLOW_UNTAGGED	1UL

/* The C-tag of a frame as in &sk_buff.vlan_all */
union vsw_flow_tag {
	u32 all;
	struct {
		__be16 proto;
		u16 tci;
	};
};

/* Random, so that no guest can choose addresses that push out others' flows */
extern u64 vsw_flow_secret[4];
DECLARE_PER_CPU(struct vsw_flow *, vsw_flows);

int vsw_flow_init(void);
void vsw_flow_exit(void);
void vsw_flow_suspend(struct vsw_switch *sw);
void vsw_flow_resume(struct vsw_switch *sw);
void vsw_flow_forget(struct vsw_switch *sw);

/* Called under RCU, BH off */
struct vsw_flow vsw_flow_of(const struct vsw_flow_key *key,
			    struct vsw_fdb_entry *source, struct vsw_port *to,
			    u16 tci);
struct vsw_flow *vsw_flow_add(const struct vsw_flow_key *key,
			      struct vsw_fdb_entry *source,
			      const struct vsw_fdb_entry *dest,
			      struct vsw_port *to, u16 tci);
void vsw_flow_verify(const struct vsw_flow *flow,
		     const struct vsw_flow_key *key);

static inline struct net_device *vsw_flow_dev(const struct vsw_flow *flow)
{
	return (struct net_device *)(flow->out & ~VSW_FLOW_UNTAGGED);
}

static inline bool vsw_flow_untagged(const struct vsw_flow *flow)
{
	return flow->out & VSW_FLOW_UNTAGGED;
}

static inline void vsw_flow_key(struct vsw_flow_key *key,
				const struct vsw_port *from,
				const struct ethhdr *eth, u32 tag)
{
	const u8 *bytes = (const u8 *)eth;

	key->addresses = get_unaligned((const u64 *)bytes);
	key->rest = get_unaligned((const u32 *)(bytes + sizeof(u64))) |
		    (u64)tag << 32;
	key->from = from;
	/* Pairs with vsw_flow_resume(): whoever sees this sees what it is about. */
	key->epoch = smp_load_acquire(&from->sw->flow_epoch);
}

/* Two pairs, each hashed as in vsw_fdb_hash(): where a flow is, or beside of that */
static inline struct vsw_flow *vsw_flow_slot(struct vsw_flow *flows,
					     const struct vsw_flow_key *key)
{
	u64 hash;

	hash = (vsw_flow_secret[0] + (u32)key->addresses) *
	       (vsw_flow_secret[1] + (key->addresses >> 32));
	hash += (vsw_flow_secret[2] + (u32)key->rest) *
		(vsw_flow_secret[3] + (key->rest >> 32));
	return &flows[vsw_hash_mix(hash) % VSW_FLOW_SLOTS];
}

/* The other one of a pair of cache lines, which are fetched together */
static inline struct vsw_flow *vsw_flow_beside(const struct vsw_flow *flow)
{
	return (struct vsw_flow *)((unsigned long)flow ^ sizeof(*flow));
}

static inline unsigned long vsw_flow_losses(const struct vsw_port *from,
					    const struct vsw_port *to)
{
	return READ_ONCE(from->fdb.losses) + READ_ONCE(to->fdb.losses);
}

/* Is the flow of frames that look like that, good or not? */
static inline bool vsw_flow_is_of(const struct vsw_flow *flow,
				  const struct vsw_flow_key *key)
{
	return flow->addresses == key->addresses && flow->rest == key->rest &&
	       flow->from == key->from->id;
}

/* The ports are there if the epoch is the same. */
static inline bool vsw_flow_is(const struct vsw_flow *flow,
			       const struct vsw_flow_key *key)
{
	return vsw_flow_is_of(flow, key) && flow->epoch == key->epoch &&
	       flow->losses == vsw_flow_losses(key->from, flow->to);
}

/**
 * vsw_flow_find - has there been a frame like this one?
 * @key: what it looks like
 * @flow: the flow, if so; or where it would be, NULL for nowhere
 *
 * Return: has there?
 */
static inline bool vsw_flow_find(const struct vsw_flow_key *key,
				 struct vsw_flow **flow)
{
	struct vsw_flow *flows = __this_cpu_read(vsw_flows), *beside;

	*flow = NULL;
	if (unlikely(!flows))
		return false;
	*flow = vsw_flow_slot(flows, key);
	if (unlikely(!vsw_flow_is(*flow, key))) {
		beside = vsw_flow_beside(*flow);
		if (!vsw_flow_is(beside, key))
			return false;
		*flow = beside;
	}
	if (IS_ENABLED(CONFIG_PROVE_RCU))
		vsw_flow_verify(*flow, key);
	return true;
}

/*
 * Three busy flows with two slots would push out each other with every frame, and none
 * would gain anything: who is there stays while its frames come. One that is void gets
 * none.
 */
static inline bool vsw_flow_is_busy(const struct vsw_flow *flow,
				    const struct vsw_flow_key *key)
{
	return !vsw_flow_is_of(flow, key) && flow->from &&
	       (u16)((u16)jiffies - flow->seen) < 2;
}

/**
 * vsw_flow_place - is there room for the flow of a frame?
 * @key: what that looks like; learns where
 * @flow: where it would be, as vsw_flow_find() says
 *
 * Return: is there?
 */
static inline bool vsw_flow_place(struct vsw_flow_key *key,
				  struct vsw_flow *flow)
{
	struct vsw_flow *beside = vsw_flow_beside(flow);

	key->place = flow;
	if (vsw_flow_is_of(flow, key))
		return true;
	/*
	 * One that is not void stays, too, if the other place has nobody. Those of other
	 * switches have other epochs: they are held for void here, unless they are busy.
	 */
	if (vsw_flow_is_busy(flow, key) ||
	    (flow->epoch == key->epoch && beside->epoch != key->epoch))
		key->place = beside;
	return !vsw_flow_is_busy(key->place, key);
}

/**
 * vsw_flow_refresh - there is one more frame
 * @flow: the flow
 */
static inline void vsw_flow_refresh(struct vsw_flow *flow)
{
	u16 now = jiffies;

	if (flow->seen != now) {
		flow->seen = now;
		vsw_fdb_refresh(flow->source);
	}
}

#endif /* VSW_FLOW_H */
