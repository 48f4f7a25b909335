/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two structures that everything is about, a switch and a port.
 *
 * Prototypes are in the header named after the file that has the function;
 * below are only those of files that have no header of their own.
 */
#ifndef VSW_H
#define VSW_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/xarray.h>

#include "fdb.h"
#include "stats.h"
#include "switchdev.h"
#include "vlan.h"

/**
 * DOC: Locking
 *
 * RTNL serialises all configuration. Everything below that is not said to be
 * otherwise is written under RTNL; what the datapath reads is written with
 * WRITE_ONCE() or published with rcu_assign_pointer().
 *
 * The datapath runs under RCU with BH off and takes no lock, except when it has
 * to change the forwarding database (a new or moved address): then the lock of
 * the database (&vsw_fdb.index.xa_lock, BH off). It nests inside RTNL and
 * inside the address list lock of a switch device, and nothing but allocation
 * happens under it: notifications are queued, NIC filters are left to work.
 * Each CPU has a cache of flows that only it looks at, with BH off (flow.h). A flow
 * holds nothing: whoever changes what the datapath decides by, or takes a port or an
 * entry away, makes it void before the grace period. The caches come and go with the
 * CPUs, under the lock of CPU hotplug.
 * XDP programs that ask the switch (vsw_xdp_forward()) are datapath too: RCU, BH
 * off until what they redirected is flushed, and never that lock.
 *
 * NIC unicast filters are programmed by one work item per switch
 * (&vsw_nicsync.work), VFs are kept what they should be by another
 * (&vsw_switch.keeper), ports change their active path by a third
 * (&vsw_switch.failover), a fourth gives ports another uplink when the datapath
 * finds theirs dead (&vsw_switch.team), and a fifth misses VFs that have lost
 * their driver (&vsw_switch.watch). They take RTNL and so see ports and devices
 * that stay. While one is queued it holds a reference to the switch device. A
 * work item per network namespace (&vsw_net.undo_work) takes back a batch that
 * nobody confirms; it does nothing once the module goes, and is waited for.
 * Notifiers of the PCI bus find the switch of a PF in a list of its own,
 * protected by a lock that nests inside everything and under which a work item
 * is queued.
 *
 * The active path of a port changes under RTNL: see failover.c for the order in
 * which the NIC and the datapath are told. The datapath hears of a frame on the
 * other path where it drops it, finds the port under RCU, and queues the work
 * item.
 *
 * Counters are per CPU.
 *
 * A transaction (txn.h) holds RTNL from its first change to its last. What it
 * gives the ports is staged (stage.h): the control plane sees it at once, by
 * vsw_port_vlans(), vsw_policy_get() and vsw_policy_lend(), whose VLANs stay
 * until somebody changes the port, the datapath when all of it is published
 * together, under stop_machine(): that takes the lock of CPU hotplug, inside RTNL
 * as loading a static key does. Root of a user namespace may not stop the host: his
 * changes are published one by one. Events of the task that holds the transaction wait
 * in a queue that only that task touches.
 *
 * A port leaves in three steps: off the lists and its device (no new reader
 * finds it), one grace period, free. Forwarding entries leave before the grace
 * period, so that an entry found under RCU never names a freed port.
 *
 * The kernel of 7.2 runs some notifiers with the lock of the device held.
 * dev_set_promiscuity() and its like take that lock, so they are called from
 * our own operations, our work items and NETDEV_UNREGISTER only, never from
 * NETDEV_UP, NETDEV_CHANGE or NETDEV_REGISTER.
 */

struct vsw_await;
struct vsw_flow;
struct vsw_flow_key;
struct vsw_stage;
struct vsw_switch;
struct vsw_vf;

/* Policy of a port in one word, so that what is off costs one test together. */
#define VSW_PORT_LEARNING		BIT(0)
#define VSW_PORT_UNICAST_FLOOD		BIT(1)
#define VSW_PORT_MULTICAST_FLOOD	BIT(2)
#define VSW_PORT_BROADCAST_FLOOD	BIT(3)
#define VSW_PORT_HAIRPIN		BIT(4)
#define VSW_PORT_ISOLATED		BIT(5)
#define VSW_PORT_INGRESS_FILTERING	BIT(6)
#define VSW_PORT_ADMIT_TAGGED		BIT(7)
#define VSW_PORT_ADMIT_UNTAGGED		BIT(8)
#define VSW_PORT_SPOOFCHK		BIT(9)
/* What the port is; set once. */
#define VSW_PORT_UPLINK			BIT(16)
#define VSW_PORT_HOST			BIT(17)
/* The VF path is active. */
#define VSW_PORT_VF			BIT(18)
/* The host port while its device is promiscuous. */
#define VSW_PORT_PROMISC		BIT(19)

#define VSW_PORT_FLOOD	(VSW_PORT_UNICAST_FLOOD | VSW_PORT_MULTICAST_FLOOD | \
			 VSW_PORT_BROADCAST_FLOOD)
#define VSW_PORT_ADMIT	(VSW_PORT_ADMIT_TAGGED | VSW_PORT_ADMIT_UNTAGGED)
/* Of a port with a VF path these follow from which of its paths is active. */
#define VSW_PORT_PATH_FLAGS	(VSW_PORT_LEARNING | VSW_PORT_FLOOD | \
				 VSW_PORT_ADMIT | VSW_PORT_SPOOFCHK)
#define VSW_PORT_POLICY_DEFAULT	(VSW_PORT_LEARNING | VSW_PORT_FLOOD | \
				 VSW_PORT_INGRESS_FILTERING | VSW_PORT_ADMIT)

/**
 * struct vsw_keeper_pf - what the keeper has of an uplink
 * @list: of all of them; protected by the lock of the keeper
 * @device: the PF, if it is one; immutable
 * @removals: VFs that were ever removed
 */
struct vsw_keeper_pf {
	struct list_head list;
	struct device *device;
	atomic_t removals;
};

/**
 * struct vsw_nicsync_filter - what we have of the unicast filter of an uplink
 * @last: the youngest address that the filter holds, in &vsw_nicsync.order, or
 *	the head of that: it and all older ones are in the filter, the younger
 *	ones are not. NULL without @synced
 * @count: how many addresses that are
 * @max: most that it may be, 0 for VSW_NICSYNC_MAX
 * @overflow: enum vsw_filter_overflow
 * @synced: we fill the filter
 * @over: it was told that there are more addresses than @max
 * @warned: the log has it, too
 */
struct vsw_nicsync_filter {
	struct list_head *last;
	unsigned int count;
	unsigned int max;
	u32 overflow;
	bool synced;
	bool over;
	bool warned;
};

/**
 * struct vsw_port - a port
 *
 * Needed in the fast path, the first cache line, which ends with &vsw_fdb_port.losses:
 * @flags: VSW_PORT_*; READ_ONCE() in the datapath
 * @id: number, never used again while the module is loaded, and not 0; immutable
 * @vlans: VLANs; RCU
 * @egress: the port whose device sends the frames: this port itself, or while
 *	the VF path is active the uplink that is its PF; READ_ONCE() in the
 *	datapath
 * @dev: device of the soft path, or NULL. The datapath sees it only without
 *	VSW_PORT_VF, or while @egress is this port; it goes a grace period after that
 * @sw: the switch; immutable
 * @stats: counters
 * @ahead: what a frame that leaves needs last, and has to ask for first: where the
 *	discipline of the queue was, when there was a new flow. Only to be prefetched
 * @fdb: what the forwarding database keeps of the port
 *
 * Needed by frames without a flow, to learn, and to flood:
 * @pcp: priority of untagged frames received, as bits of a TCI
 * @list: in &vsw_switch.ports; RCU
 * @pinned: the uplink that the port uses, or NULL, also without a team; RCU
 *
 * Needed in the slow path:
 * @name: unique in the network namespace; immutable
 * @mac: the address behind the port, zero for none
 * @owns_mac: @mac is a local entry
 * @vf: the VF path, or NULL; freed after a grace period
 * @vf_ports: on an uplink, the ports of its VFs, by &vsw_vf.list
 * @pf: on an uplink, what the keeper has of it
 * @unowned: on an uplink, enum vsw_unowned
 * @parked: on an uplink, struct vsw_parked by number of the VF
 * @await: what the port waits for; it is on &vsw_switch.awaited, and has no
 *	path. Otherwise NULL. Immutable
 * @await_vf: what a port with a soft path waits for to have a VF path again, or
 *	NULL
 * @heard: the path, as 1 + enum vsw_path, that a frame has come from though it is
 *	not active; written by the datapath and the work item
 * @deaf_until: jiffies until which no such frame is listened to; READ_ONCE() in
 *	the datapath
 * @hold: how long that was, in jiffies
 * @failovers: how often it has
 * @failover_cause: enum vsw_failover_cause, why
 * @before: on a representor, what its VF was before
 * @tracker: of our reference to @dev
 * @nic_vids: on an uplink, the VIDs that we added to its VLAN filter
 * @standby_vfs: on an uplink, VFs whose first frame it waits for
 * @pin: name of the uplink that the port wants, or empty
 * @profile: name of the template that the policy comes from, or empty
 * @stage: while a transaction changes the port, what becomes of it, or NULL
 * @replaced: @pinned is another one, and nobody has been told yet
 * @nic: on an uplink, what we have of its unicast filter
 * @promisc: we hold @dev in promiscuous mode
 * @lro: @dev had LRO on before it became a port
 * @rcu: frees the port
 */
struct vsw_port {
	u32 flags;
	u32 id;
	struct vsw_vlans __rcu *vlans;
	struct vsw_port *egress;
	struct net_device *dev;
	struct vsw_switch *sw;
	struct vsw_stats __percpu *stats;
	const void *ahead;
	struct vsw_fdb_port fdb;

	u16 pcp;
	struct list_head list;
	struct vsw_port __rcu *pinned;
	char name[VSW_PORT_NAME_MAX + 1];
	u8 mac[ETH_ALEN] __aligned(2);
	bool owns_mac;
	struct vsw_vf *vf;
	struct list_head vf_ports;
	struct vsw_keeper_pf pf;
	u32 unowned;
	struct xarray parked;
	struct vsw_await *await;
	struct vsw_await *await_vf;
	u8 heard;
	unsigned long deaf_until;
	unsigned long hold;
	u32 failovers;
	u32 failover_cause;
	struct vsw_before before;
	netdevice_tracker tracker;
	unsigned long *nic_vids;
	unsigned int standby_vfs;
	char pin[VSW_PORT_NAME_MAX + 1];
	char profile[VSW_PORT_NAME_MAX + 1];
	struct vsw_stage *stage;
	bool replaced;
	struct vsw_nicsync_filter nic;
	bool promisc;
	bool lro;
	struct rcu_head rcu;
};

static_assert(!IS_ENABLED(CONFIG_64BIT) ||
	      offsetofend(struct vsw_port, fdb.losses) == 64);

/**
 * struct vsw_nicsync - addresses that NIC filters must hold
 * @hash: struct vsw_nicsync_mac by address; protected by the lock of the
 *	forwarding database
 * @dirty: those whose programming is due; likewise
 * @order: those that the uplinks' filters should hold, the oldest first;
 *	protected by RTNL
 * @count: length of @order; protected by RTNL
 * @next_age: &vsw_nicsync_mac.age of the next on @order; protected by RTNL
 * @uplinks: number of uplinks whose filters are filled; without one, addresses
 *	are not even counted; protected by RTNL
 * @work: programs them
 */
struct vsw_nicsync {
	struct rhashtable hash;
	struct list_head dirty;
	struct list_head order;
	unsigned int count;
	u64 next_age;
	unsigned int uplinks;
	struct delayed_work work;
};

/**
 * struct vsw_switch - a switch, private data of its device
 * @dev: the switch device; immutable
 * @flow_epoch: only flows of this epoch are good, see flow.h; never that of another
 *	switch, or one from before, and 0 while there are none. Written under RTNL, or
 *	while all CPUs are stopped by who holds it; smp_load_acquire() in the datapath
 * @flow_suspended: how many have suspended flows; likewise
 * @fdb: forwarding database
 * @ports: all ports, the host port first; RCU readers
 * @host: the host port, that is @dev
 * @teaming: enum vsw_teaming; read with smp_load_acquire() in the datapath,
 *	which finds &vsw_port.pinned set then
 * @list: in &vsw_net.switches
 * @nicsync: addresses that NIC filters must hold
 * @awaited: ports that wait for their device; not known to the datapath
 * @awaited_vfs: number of ports with &vsw_port.await_vf
 * @keeper: looks whether VFs are what they should be, and who waits
 * @failover: changes the active paths of ports
 * @watch: looks whether VFs that are the active path still have a driver
 * @watched: struct vsw_port by MAC address, those whose active path follows the
 *	frames; RCU readers
 * @team: gives ports another uplink
 * @vid_users: for each VID, how many ports that are no uplinks are members
 * @vids: VIDs with users
 * @host_vids: VIDs that the host port has because of VLAN devices on @dev
 * @host_vids_left: VIDs that it has yet to leave, because it could not; RTNL
 * @host_entries: of addresses of the host, that have come or gone in one go; the address
 *	lock of @dev
 * @host_more: there were more of those than one go has time for; likewise
 * @host_owed: an entry of an address of the host could not be made; READ_ONCE() and
 *	WRITE_ONCE() anywhere
 * @port_count: number of ports without the host port
 * @number: grows with each switch of the namespace; immutable
 * @default_pvid: PVID of new ports, 0 for none
 * @mtu_wanted: MTU that the administrator has set, 0 for the smallest of the
 *	ports'
 * @primary: name of the uplink that all ports prefer, or empty
 * @team_up: any uplink was up at the last look
 * @mtu_auto: we are setting the MTU, not the administrator
 * @announced: it is told that there is it, and has to be told when it goes
 * @dying: the transaction that goes on deletes it
 */
struct vsw_switch {
	struct net_device *dev;
	unsigned long flow_epoch;
	unsigned int flow_suspended;
	struct vsw_fdb fdb;
	struct list_head ports;
	struct vsw_port *host;
	u32 teaming;

	struct list_head list;
	struct vsw_nicsync nicsync;
	struct list_head awaited;
	unsigned int awaited_vfs;
	struct delayed_work keeper;
	struct work_struct failover;
	struct delayed_work watch;
	struct xarray watched;
	struct work_struct team;
	u32 vid_users[VLAN_N_VID];
	DECLARE_BITMAP(vids, VLAN_N_VID);
	DECLARE_BITMAP(host_vids, VLAN_N_VID);
	DECLARE_BITMAP(host_vids_left, VLAN_N_VID);
	unsigned int host_entries;
	bool host_more;
	bool host_owed;
	u32 port_count;
	u32 number;
	u16 default_pvid;
	unsigned int mtu_wanted;
	char primary[VSW_PORT_NAME_MAX + 1];
	bool team_up;
	bool mtu_auto;
	bool announced;
	bool dying;
};

static inline struct vsw_port *vsw_fdb_owner(const struct vsw_fdb_entry *entry)
{
	return container_of(READ_ONCE(entry->port), struct vsw_port, fdb);
}

/* Bytes of a frame whose data starts behind the Ethernet header. */
static inline unsigned int vsw_frame_len(const struct sk_buff *skb)
{
	return skb->len + ETH_HLEN;
}

/*
 * Frames that GRO has put into a list. They get the header of the first one when they
 * part, and skb_segment_list() asks nobody whether they have room for it: no first one
 * may grow alone.
 */
static inline bool vsw_frame_is_list(const struct sk_buff *skb)
{
	return skb_is_gso(skb) &&
	       unlikely(skb_shinfo(skb)->gso_type & SKB_GSO_FRAGLIST);
}

extern struct workqueue_struct *vsw_wq;

/* drop.c: a frame goes nowhere. BH off */
void vsw_drop(struct vsw_port *port, struct sk_buff *skb, u16 vid, int reason,
	      bool rx);

/* rx.c: a frame comes in. Called under RCU, BH off */
rx_handler_result_t vsw_rx_handler(struct sk_buff **pskb);
void vsw_rx_frame(struct vsw_port *port, struct sk_buff *skb);

/* forward.c: where it goes. Called under RCU, BH off */
void vsw_forward(struct vsw_port *from, struct sk_buff *skb, u16 vid,
		 const struct vsw_flow_key *key, struct vsw_fdb_entry *source);
void vsw_forward_flow(struct vsw_flow *flow, struct sk_buff *skb);

/* tx.c: a frame goes out. Called under RCU, BH off */
void vsw_tx(struct vsw_port *to, struct net_device *dev, struct sk_buff *skb,
	    u16 vid, bool untagged);

/* notifier.c */
int vsw_notifier_init(void);
void vsw_notifier_exit(void);

/* netlink.c */
int vsw_netlink_init(void);
void vsw_netlink_exit(void);
void vsw_netlink_switch_notify(struct vsw_switch *sw, bool gone);
void vsw_netlink_port_notify(struct vsw_port *port, bool gone);
void vsw_netlink_vf_notify(struct vsw_port *port, u32 event);
void vsw_netlink_vlan_notify(struct vsw_port *port,
			     const struct vsw_vlan_range *range, bool gone);
void vsw_netlink_fdb_notify(struct vsw_switch *sw,
			    const struct vsw_fdb_entry *entry, bool gone);

#endif /* VSW_H */
