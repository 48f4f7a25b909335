// SPDX-License-Identifier: GPL-2.0
/*
 * The decisions of kmod/rx.c, forward.h, team.c and tx.c once more, on what the
 * kernel tells of a switch. selftests/explain.sh holds that they are the same.
 *
 * The names of steps, results and reasons are those of vsw-trace(8).
 */
#include "decide.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vsw.h>

#include "enums.h"
#include "topology.h"
#include "vswctl.h"

#define ETH_HEADER	14
#define TAG		4
#define TYPE_CTAG	0x8100
#define VID_RESERVED	4095
/* VSW_RX_REFLECTION_TIME of kmod/rx.c, in seconds */
#define REFLECTION_TIME	5
/* What the kernel calls VSW_FORWARD */
#define FORWARD		(-1)

/**
 * struct state - a frame on its way
 * @topology: the switch
 * @frame: the frame
 * @verdict: what has been decided
 * @in: the port that received it
 * @from: the port that sent it: of a VF, that and not its PF
 * @code: exit code of the first failure
 */
struct state {
	struct topology *topology;
	const struct decide_frame *frame;
	struct verdict *verdict;
	const struct topology_port *in;
	const struct topology_port *from;
	int code;
};

static struct decide_step *step_add(struct state *state, const char *step,
				    const char *result, const char *format, ...)
	__printf(4, 5);

/* One more step; a place for those there is no room for is always there */
static struct decide_step *step_add(struct state *state, const char *step,
				    const char *result, const char *format, ...)
{
	static struct decide_step spare;
	struct verdict *verdict = state->verdict;
	struct decide_step *steps, *added = &spare;
	va_list list;

	if (verdict->count == verdict->room) {
		steps = reallocarray(verdict->steps, verdict->room + 64,
				     sizeof(*steps));
		if (!steps) {
			state->code = fail(state->topology->ctl, EXIT_REFUSED,
					   "out of memory");
			return &spare;
		}
		verdict->steps = steps;
		verdict->room += 64;
	}
	added = &verdict->steps[verdict->count++];
	*added = (struct decide_step){ .step = step, .result = result };
	va_start(list, format);
	vsnprintf(added->text, sizeof(added->text), format, list);
	va_end(list);
	return added;
}

static const char *reason_name(int reason)
{
	return names_find(&drop_reason_names, reason);
}

/* Why a frame is dropped, for people */
static const char *const reason_texts[] = {
	[VSW_DROP_REASON_INVALID_SOURCE] =
		"the source address is multicast or zero",
	[VSW_DROP_REASON_LINK_LOCAL] =
		"01:80:c2:00:00:0X never crosses a switch",
	[VSW_DROP_REASON_FRAME_TYPE] =
		"the port does not take such frames: see frames of the port",
	[VSW_DROP_REASON_NO_PVID] = "the port has no PVID",
	[VSW_DROP_REASON_VLAN_FILTERED] = "the port is no member of the VLAN",
	[VSW_DROP_REASON_RESERVED_VID] = "VID 4095 is reserved",
	[VSW_DROP_REASON_REFLECTED] =
		"the address lives on this host: it can only be a reflection",
	[VSW_DROP_REASON_SOURCE_OWNED] =
		"the address belongs to another port by configuration",
	[VSW_DROP_REASON_SAME_PORT] = "it lives where the frame came from",
	[VSW_DROP_REASON_NO_MEMBER] = "no other port takes the frame",
	[VSW_DROP_REASON_EGRESS_VLAN] = "the port is no member of the VLAN",
	[VSW_DROP_REASON_EGRESS_POLICY] =
		"both are isolated, or both are ways to the wire",
	[VSW_DROP_REASON_PORT_DOWN] = "it is down, or has no carrier",
	[VSW_DROP_REASON_TOO_BIG] = "the frame is larger than the MTU there",
	[VSW_DROP_REASON_NESTED_TAG] =
		"without its tag the one further in would become its VLAN",
	[VSW_DROP_REASON_STANDBY] = "that path of the port is not the active one",
	[VSW_DROP_REASON_SPOOFED] =
		"spoofchk: the address is not that of the port",
	[VSW_DROP_REASON_NOT_PINNED] = "it uses another uplink of the team",
};

static const char *reason_text(int reason)
{
	return reason >= 0 && (size_t)reason < ARRAY_SIZE(reason_texts) &&
	       reason_texts[reason] ? reason_texts[reason] : "";
}

/* The frame goes nowhere; in whose counter it is */
static void drop(struct state *state, const char *step, int reason,
		 const struct topology_port *where, bool is_rx)
{
	struct verdict *verdict = state->verdict;
	struct decide_step *added;

	added = step_add(state, step, "dropped", "%s", reason_text(reason));
	added->reason = reason_name(reason);
	if (!is_rx)
		added->port = where;
	verdict->reason = added->reason;
	verdict->where = where;
	verdict->is_rx = is_rx;
}

/* vsw_drop() of vsw_rx_frame() */
static void drop_received(struct state *state, const char *step, int reason)
{
	/* vsw_failover_hear() */
	if (reason == VSW_DROP_REASON_FRAME_TYPE &&
	    state->in->flags & TOPOLOGY_VF)
		reason = VSW_DROP_REASON_STANDBY;
	drop(state, step, reason, state->in, true);
}

static bool is_zero(const uint8_t mac[6])
{
	static const uint8_t zero[6];

	return !memcmp(mac, zero, sizeof(zero));
}

static bool is_group(const uint8_t mac[6])
{
	return mac[0] & 1;
}

static bool is_broadcast(const uint8_t mac[6])
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };

	return !memcmp(mac, all, sizeof(all));
}

static bool is_link_local(const uint8_t mac[6])
{
	static const uint8_t group[5] = { 0x01, 0x80, 0xc2 };

	return !memcmp(mac, group, sizeof(group)) && !(mac[5] & 0xf0);
}

/* vsw_rx_handler(), vsw_rx_link_local(), vsw_switch_send() */
static bool receive(struct state *state)
{
	const struct decide_frame *frame = state->frame;

	if (is_link_local(frame->dst)) {
		if (state->in->flags & TOPOLOGY_HOST || frame->dst[5] == 1) {
			drop_received(state, "receive",
				      VSW_DROP_REASON_LINK_LOCAL);
			return false;
		}
		step_add(state, "receive", "listeners",
			 "for the link: goes to who listens on the device")
			->reason = "link-local";
		state->verdict->listeners = true;
		return false;
	}
	if (frame->has_src && (is_zero(frame->src) || is_group(frame->src))) {
		drop_received(state, "receive", VSW_DROP_REASON_INVALID_SOURCE);
		return false;
	}
	step_add(state, "receive", "ok", "from %s", state->in->name);
	return true;
}

/* vsw_rx_classify() */
static int vlan_of(const struct topology_port *port,
		   const struct decide_frame *frame, struct verdict *verdict)
{
	if (frame->tagged && frame->vid) {
		if (!(port->flags & TOPOLOGY_ADMIT_TAGGED))
			return VSW_DROP_REASON_FRAME_TYPE;
		if (frame->vid == VID_RESERVED)
			return VSW_DROP_REASON_RESERVED_VID;
		verdict->vid = frame->vid;
		verdict->pcp = frame->pcp;
		return FORWARD;
	}
	if (!(port->flags & TOPOLOGY_ADMIT_UNTAGGED))
		return VSW_DROP_REASON_FRAME_TYPE;
	if (!port->pvid)
		return VSW_DROP_REASON_NO_PVID;
	verdict->vid = port->pvid;
	verdict->pcp = frame->tagged ? frame->pcp : port->pcp;
	return FORWARD;
}

static bool classify(struct state *state)
{
	const struct decide_frame *frame = state->frame;
	struct verdict *verdict = state->verdict;
	struct decide_step *added;
	int reason;

	reason = vlan_of(state->in, frame, verdict);
	if (reason != FORWARD) {
		drop_received(state, "classify", reason);
		return false;
	}
	if (frame->tagged && frame->vid)
		added = step_add(state, "classify", "ok",
				 "the VID of its tag, priority %u",
				 verdict->pcp);
	else
		added = step_add(state, "classify", "ok",
				 "the PVID of the port, priority %u of the %s",
				 verdict->pcp, frame->tagged ? "tag" : "port");
	added->vid = verdict->vid;
	added->reason = !frame->tagged ? "untagged" :
			frame->vid ? "tagged" : "priority";
	state->code = state->topology->set_vid(state->topology, verdict->vid);
	return !state->code;
}

/* vsw_rx_member() */
static bool admit(struct state *state)
{
	struct decide_step *added;

	if (!state->in->member &&
	    state->in->flags & TOPOLOGY_INGRESS_FILTERING) {
		drop_received(state, "admit", VSW_DROP_REASON_VLAN_FILTERED);
		return false;
	}
	added = step_add(state, "admit", "ok", "%s", state->in->member ?
			 "the port is a member of the VLAN" :
			 "the port is no member, and ingress-filtering is off");
	added->reason = state->in->member ? "member" : "no member, unfiltered";
	return true;
}

/* vsw_rx_lives_here() */
static bool lives_here(const struct topology_entry *entry)
{
	return entry->type != VSW_FDB_TYPE_DYNAMIC ||
	       entry->age < REFLECTION_TIME;
}

static void learned(struct state *state, const char *result, const char *text)
{
	step_add(state, "learn", result, "%s", text);
}

/* vsw_rx_learn_conflict() */
static int learn_conflict(struct state *state,
			  const struct topology_entry *entry)
{
	const struct topology_port *in = state->in, *owner = entry->port;

	if (owner->egress == in) {
		state->from = owner;
		step_add(state, "learn", "vf",
			 "its VF sent it: it is the frame of that port")
			->port = owner;
		return FORWARD;
	}
	if (in->flags & TOPOLOGY_SPOOFCHK)
		return VSW_DROP_REASON_SPOOFED;
	if (state->topology->teaming &&
	    in->flags & owner->flags & TOPOLOGY_UPLINK) {
		learned(state, "kept", "known on another uplink of the team");
		return FORWARD;
	}
	if (in->flags & TOPOLOGY_UPLINK && !(owner->flags & TOPOLOGY_UPLINK) &&
	    lives_here(entry))
		return VSW_DROP_REASON_REFLECTED;
	if (entry->type != VSW_FDB_TYPE_DYNAMIC)
		return VSW_DROP_REASON_SOURCE_OWNED;
	if (in->flags & TOPOLOGY_LEARNING)
		step_add(state, "learn", "moved", "the address moves from %s",
			 owner->name);
	else
		learned(state, "kept", "known elsewhere, and learning is off");
	return FORWARD;
}

/* A source address without entry */
static int learn_new(struct state *state)
{
	const struct topology_port *in = state->in;

	if (!(in->flags & TOPOLOGY_LEARNING)) {
		if (in->flags & TOPOLOGY_SPOOFCHK)
			return VSW_DROP_REASON_SPOOFED;
		learned(state, "kept", "unknown, and learning is off");
	} else if (in->fdb_max && in->fdb_learned >= in->fdb_max) {
		learned(state, "kept", "unknown, and the port is at its fdb-max");
	} else {
		learned(state, "learned", "the address is new");
	}
	return FORWARD;
}

/* vsw_rx_learn() */
static bool learn(struct state *state)
{
	struct topology_entry entry = {};
	int reason = FORWARD;

	if (!state->frame->has_src) {
		learned(state, "kept", "no source address was given");
		return true;
	}
	state->code = state->topology->find(state->topology, state->frame->src,
					    state->verdict->vid, &entry);
	if (state->code)
		return false;
	if (!entry.port)
		reason = learn_new(state);
	else if (entry.port != state->in)
		reason = learn_conflict(state, &entry);
	else
		learned(state, "kept", "known behind this port");
	if (reason == FORWARD)
		return true;
	drop_received(state, "learn", reason);
	return false;
}

/* vsw_team_allows() */
static bool team_allows(const struct topology *topology,
			const struct topology_port *from,
			const struct topology_port *to)
{
	if (!((from->flags ^ to->flags) & TOPOLOGY_UPLINK) ||
	    !topology->teaming)
		return true;
	if (from->flags & TOPOLOGY_UPLINK)
		return to->pinned == from;
	return from->pinned == to;
}

/* vsw_team_target() */
static const struct topology_port *
team_target(const struct topology *topology, const struct topology_port *from,
	    const struct topology_port *to)
{
	if (!(to->flags & TOPOLOGY_UPLINK) ||
	    from->flags & (TOPOLOGY_UPLINK | TOPOLOGY_VF) ||
	    !topology->teaming)
		return to;
	return from->pinned ? from->pinned : to;
}

/* vsw_forward_check() */
static int check(const struct topology *topology,
		 const struct topology_port *from,
		 const struct topology_port *to)
{
	uint32_t common = from->flags & to->flags;

	/* It has lost its device since it was listed */
	if (!to->egress)
		return VSW_DROP_REASON_PORT_DOWN;
	if (from->egress == to->egress &&
	    !(from == to && common & TOPOLOGY_HAIRPIN))
		return VSW_DROP_REASON_SAME_PORT;
	if (from->egress->flags & to->flags & TOPOLOGY_UPLINK ||
	    (common & TOPOLOGY_ISOLATED && from != to))
		return VSW_DROP_REASON_EGRESS_POLICY;
	if (!team_allows(topology, from, to))
		return VSW_DROP_REASON_NOT_PINNED;
	if (!to->member)
		return VSW_DROP_REASON_EGRESS_VLAN;
	/* The host port needs no carrier: topology.c knows that */
	if (!to->up)
		return VSW_DROP_REASON_PORT_DOWN;
	return FORWARD;
}

/* vsw_tx_fits(): the tag in the metadata does not count, one more in the data may */
static bool fits(const struct state *state, const struct topology_port *egress)
{
	const struct decide_frame *frame = state->frame;
	uint32_t head = ETH_HEADER + (frame->tagged ? TAG : 0);

	return !frame->length || !egress->mtu ||
	       frame->length <= head + egress->mtu + TAG;
}

/* vsw_tx() */
static void transmit(struct state *state, const struct topology_port *to)
{
	const struct topology_port *egress = to->egress;
	const struct topology_port *via = to == egress ? NULL : egress;
	struct decide_step *added;

	if (!fits(state, egress)) {
		drop(state, "deliver", VSW_DROP_REASON_TOO_BIG, to, false);
		return;
	}
	if (egress->untagged && state->frame->ethertype == TYPE_CTAG) {
		drop(state, "deliver", VSW_DROP_REASON_NESTED_TAG, to, false);
		return;
	}
	added = step_add(state, "deliver",
			 egress->untagged ? "untagged" : "tagged", "%s",
			 to->flags & TOPOLOGY_HOST ? "to the host's stack" :
			 via ? "the embedded switch of the NIC gives it to the VF" :
			 "");
	added->port = to;
	added->via = via;
	state->verdict->delivered++;
}

/* Why a port is not even asked whether it takes what is flooded */
static void skip(struct state *state, const struct topology_port *to,
		 const char *reason, const char *text)
{
	struct decide_step *added;

	added = step_add(state, "deliver", "skipped", "%s", text);
	added->reason = reason;
	added->port = to;
}

static const char *flood_off(const struct topology_port *to, uint32_t kind)
{
	if (to->waits)
		return "waits for its device";
	if (to->flags & TOPOLOGY_VF)
		return "the NIC floods to its VFs";
	return kind & TOPOLOGY_BROADCAST_FLOOD ? "broadcast-flood is off" :
	       kind & TOPOLOGY_MULTICAST_FLOOD ? "multicast-flood is off" :
	       to->flags & TOPOLOGY_HOST ? "the host's addresses are known" :
					   "unicast-flood is off";
}

/* vsw_forward_flood() */
static void send_to_all(struct state *state, uint32_t kind)
{
	const struct topology *topology = state->topology;
	int reason, why = VSW_DROP_REASON_NO_MEMBER;
	const struct topology_port *to;
	bool any = false;
	size_t i;

	for (i = 0; i < topology->count; i++) {
		to = &topology->ports[i];
		if (to->waits || !(to->flags & kind)) {
			skip(state, to, "no-flood", flood_off(to, kind));
			continue;
		}
		reason = check(topology, state->from, to);
		if (reason == FORWARD) {
			any = true;
			transmit(state, to);
			continue;
		}
		if (reason == VSW_DROP_REASON_NOT_PINNED)
			why = reason;
		skip(state, to, reason_name(reason), reason_text(reason));
	}
	if (!any)
		drop(state, "deliver", why, state->from, true);
}

static void look_up_group(struct state *state)
{
	bool all = is_broadcast(state->frame->dst);

	step_add(state, "look-up", "flood", "to all that take %s",
		 all ? "broadcasts" : "multicasts")
		->reason = all ? "broadcast" : "multicast";
	send_to_all(state, all ? TOPOLOGY_BROADCAST_FLOOD :
				 TOPOLOGY_MULTICAST_FLOOD);
}

static void found(struct state *state, const struct topology_entry *entry)
{
	const struct topology_port *to;
	struct decide_step *added;
	int reason;

	to = team_target(state->topology, state->from, entry->port);
	added = step_add(state, "look-up", "found", "%s entry%s",
			 names_find(&fdb_type_names, entry->type),
			 to == entry->port ? "" :
			 "; on the wire, which the port reaches by its own uplink");
	added->port = to;
	reason = check(state->topology, state->from, to);
	if (reason == FORWARD)
		transmit(state, to);
	else
		drop(state, "deliver", reason, state->from, true);
}

/* vsw_forward_frame() */
static void forward(struct state *state)
{
	const uint8_t *dst = state->frame->dst;
	struct topology_entry entry = {};

	if (is_group(dst)) {
		look_up_group(state);
		return;
	}
	/* No entry has it */
	if (!is_zero(dst))
		state->code = state->topology->find(state->topology, dst,
						    state->verdict->vid,
						    &entry);
	if (state->code)
		return;
	if (entry.port) {
		found(state, &entry);
		return;
	}
	step_add(state, "look-up", "flood", "nobody is known to have the address")
		->reason = "unknown";
	send_to_all(state, TOPOLOGY_UNICAST_FLOOD | TOPOLOGY_PROMISC);
}

static int datapath(struct state *state)
{
	if (receive(state) && classify(state) && admit(state) && learn(state))
		forward(state);
	return state->code;
}

/*
 * The NIC comes before the datapath for what a VF sends. It is not ours, so these
 * are its documented duties: what drivers and firmware make of them is theirs.
 */

static void drop_nic(struct state *state, const char *reason, const char *text)
{
	step_add(state, "nic", "dropped", "%s", text)->reason = reason;
	state->verdict->reason = reason;
}

/* Delivered without us */
static void deliver_nic(struct state *state, const struct topology_port *to,
			const char *text)
{
	struct decide_step *added;

	added = step_add(state, "nic", "delivered", "%s", text);
	added->port = to;
	state->verdict->delivered++;
}

/* Does the PF get a copy, so that the datapath sees the frame? */
static bool nic_forwards(struct state *state, const struct topology_port *port)
{
	const struct topology_port *pf = port->egress;
	struct topology_entry entry = {};

	if (is_group(state->frame->dst)) {
		deliver_nic(state, pf, "on the wire, and to other VFs in the VLAN");
		return true;
	}
	state->code = state->topology->find(state->topology, state->frame->dst,
					    port->pvid, &entry);
	if (state->code)
		return false;
	if (entry.port && entry.port->egress == pf &&
	    entry.port->flags & TOPOLOGY_VF) {
		deliver_nic(state, entry.port, "it lives on another VF of the NIC");
		return false;
	}
	if (entry.port && !(entry.port->flags & (TOPOLOGY_UPLINK | TOPOLOGY_VF))) {
		step_add(state, "nic", "ok",
			 "it is in the filter of the PF, which gets the frame");
		return true;
	}
	deliver_nic(state, pf, "on the wire");
	return pf->nic_promisc;
}

static bool ask_nic(struct state *state, const struct topology_port *port)
{
	const struct decide_frame *frame = state->frame;

	if (frame->tagged) {
		drop_nic(state, "nic-tag",
			 "the VF is in one VLAN, and takes no tags from its VM, unless vf show says unenforced: vlan");
		return false;
	}
	if (port->nic_spoofchk && frame->has_src &&
	    memcmp(frame->src, port->mac, sizeof(port->mac))) {
		drop_nic(state, "nic-spoofchk",
			 "spoofchk: the address is not that of the port");
		return false;
	}
	return nic_forwards(state, port);
}

static int decide_vf(struct state *state, const struct topology_port *port)
{
	struct decide_frame frame = *state->frame;

	if (port->svlan)
		return fail(state->topology->ctl, EXIT_REFUSED,
			    "'%s' is in an S-VLAN of the wire: vsw has no say in where its frames go",
			    port->name);
	state->code = state->topology->set_vid(state->topology, port->pvid);
	if (state->code || !ask_nic(state, port))
		return state->code;
	/* As its PF sees it */
	frame.tagged = !port->egress->untagged;
	frame.vid = frame.tagged ? port->pvid : 0;
	frame.pcp = frame.tagged ? port->pcp : 0;
	state->frame = &frame;
	state->in = port->egress;
	state->from = port->egress;
	return datapath(state);
}

int decide(struct topology *topology, const struct topology_port *port,
	   bool soft, const struct decide_frame *frame,
	   struct verdict *verdict)
{
	struct state state = {
		.topology = topology,
		.frame = frame,
		.verdict = verdict,
		.in = port,
		.from = port,
	};

	memset(verdict, 0, sizeof(*verdict));
	if (port->waits)
		return fail(topology->ctl, EXIT_REFUSED,
			    "port '%s' waits for its device: it receives nothing",
			    port->name);
	if (soft && !port->ifindex)
		return fail(topology->ctl, EXIT_REFUSED,
			    "port '%s' has no soft path: give it one with 'dev'",
			    port->name);
	if (port->flags & TOPOLOGY_VF && !soft)
		return decide_vf(&state, port);
	return datapath(&state);
}

void verdict_free(struct verdict *verdict)
{
	free(verdict->steps);
	memset(verdict, 0, sizeof(*verdict));
}
