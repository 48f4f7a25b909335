/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vsw.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_VSW_H
#define _UAPI_LINUX_VSW_H

#define VSW_FAMILY_NAME		"vsw"
#define VSW_FAMILY_VERSION	1

#define VSW_PORT_NAME_MAX	31
#define VSW_VID_MAX		4094

/**
 * enum vsw_port_role - What a port attaches.
 * @VSW_PORT_ROLE_LOCAL: A VM, a container or anything else that lives on this
 *   host.
 * @VSW_PORT_ROLE_UPLINK: The way to the wire. Uplinks never forward to
 *   uplinks.
 * @VSW_PORT_ROLE_HOST: The switch device itself, that is the host's own port.
 */
enum vsw_port_role {
	VSW_PORT_ROLE_LOCAL,
	VSW_PORT_ROLE_UPLINK,
	VSW_PORT_ROLE_HOST,
};

/**
 * enum vsw_path - How frames reach what is attached to the port.
 * @VSW_PATH_SOFT: A net device of this host; the vsw datapath enforces the
 *   policy.
 * @VSW_PATH_VF: A virtual function; the embedded switch of the NIC enforces
 *   it.
 */
enum vsw_path {
	VSW_PATH_SOFT,
	VSW_PATH_VF,
};

/**
 * enum vsw_frames - Acceptable frame types (IEEE 802.1Q clause 6.9).
 * @VSW_FRAMES_ALL: Tagged, priority-tagged and untagged frames.
 * @VSW_FRAMES_TAGGED: VLAN-tagged frames only.
 * @VSW_FRAMES_UNTAGGED: Untagged and priority-tagged frames only.
 */
enum vsw_frames {
	VSW_FRAMES_ALL,
	VSW_FRAMES_TAGGED,
	VSW_FRAMES_UNTAGGED,
};

/**
 * enum vsw_link_state - What link a VF reports to its driver.
 * @VSW_LINK_STATE_AUTO: The link of the physical port.
 * @VSW_LINK_STATE_ENABLE: Always up.
 * @VSW_LINK_STATE_DISABLE: Always down.
 * @VSW_LINK_STATE_FOLLOW_TEAM: In the policy of a port, up while any uplink of
 *   the switch is. What the VF is told is enable or disable.
 */
enum vsw_link_state {
	VSW_LINK_STATE_AUTO,
	VSW_LINK_STATE_ENABLE,
	VSW_LINK_STATE_DISABLE,
	VSW_LINK_STATE_FOLLOW_TEAM,
};

/**
 * enum vsw_teaming - Which uplink a local port uses, if the switch has
 *   several.
 * @VSW_TEAMING_NONE: All of them. Only what is on the wire keeps copies and
 *   loops away.
 * @VSW_TEAMING_ACTIVE_BACKUP: The first that is up, or the primary one while
 *   it is. The others wait.
 * @VSW_TEAMING_PORT_HASH: One of those that are up, by the number of the port.
 *   Only ports whose uplink fails use another, and they come back to it.
 */
enum vsw_teaming {
	VSW_TEAMING_NONE,
	VSW_TEAMING_ACTIVE_BACKUP,
	VSW_TEAMING_PORT_HASH,
};

/**
 * enum vsw_vlan_flag - How a port is a member of a VLAN.
 * @VSW_VLAN_FLAG_PVID: Untagged and priority-tagged frames received belong to
 *   this VLAN.
 * @VSW_VLAN_FLAG_UNTAGGED: The port is in the untagged set of this VLAN.
 */
enum vsw_vlan_flag {
	VSW_VLAN_FLAG_PVID = 1,
	VSW_VLAN_FLAG_UNTAGGED = 2,
};

/**
 * enum vsw_fdb_type - Who made a forwarding entry, and what may change it.
 * @VSW_FDB_TYPE_DYNAMIC: Learned. Ages, moves to the port where the address is
 *   seen next.
 * @VSW_FDB_TYPE_STICKY: Ages, but does not move while it lives.
 * @VSW_FDB_TYPE_STATIC: Set by an administrator. Neither ages nor moves.
 * @VSW_FDB_TYPE_LOCAL: The address of a port or of the switch. Neither ages
 *   nor moves, and only the port's configuration changes it.
 */
enum vsw_fdb_type {
	VSW_FDB_TYPE_DYNAMIC,
	VSW_FDB_TYPE_STICKY,
	VSW_FDB_TYPE_STATIC,
	VSW_FDB_TYPE_LOCAL,
};

/**
 * enum vsw_vf_capability - What the driver of a PF lets the host set for its
 *   VFs.
 */
enum vsw_vf_capability {
	VSW_VF_CAPABILITY_MAC = 1,
	VSW_VF_CAPABILITY_VLAN = 2,
	VSW_VF_CAPABILITY_RATE = 4,
	VSW_VF_CAPABILITY_SPOOFCHK = 8,
	VSW_VF_CAPABILITY_LINK_STATE = 16,
	VSW_VF_CAPABILITY_TRUST = 32,
	VSW_VF_CAPABILITY_STATS = 64,
};

/**
 * enum vsw_enforcement - What becomes of a VF port whose policy the driver of
 *   the PF cannot carry out.
 * @VSW_ENFORCEMENT_STRICT: The policy is refused.
 * @VSW_ENFORCEMENT_BEST_EFFORT: Rates and link state are done without, and
 *   reported as unenforced. VLAN, MAC address, spoofchk and trust are strict
 *   all the same.
 */
enum vsw_enforcement {
	VSW_ENFORCEMENT_STRICT,
	VSW_ENFORCEMENT_BEST_EFFORT,
};

/**
 * enum vsw_on_drift - What is done about a VF that somebody else has changed.
 * @VSW_ON_DRIFT_ENFORCE: It is reported, and made again what the port wants.
 * @VSW_ON_DRIFT_OBSERVE: It is reported.
 */
enum vsw_on_drift {
	VSW_ON_DRIFT_ENFORCE,
	VSW_ON_DRIFT_OBSERVE,
};

/**
 * enum vsw_unowned - What an uplink does about VFs that no port owns.
 * @VSW_UNOWNED_LEAVE: Nothing.
 * @VSW_UNOWNED_PARK: They are shut, that is link state disable, trust 0 and
 *   spoofchk 1, as far as the driver can, until a port owns them or the uplink
 *   goes.
 */
enum vsw_unowned {
	VSW_UNOWNED_LEAVE,
	VSW_UNOWNED_PARK,
};

/**
 * enum vsw_vlan_proto - Which tag the NIC gives the frames of a VF.
 * @VSW_VLAN_PROTO_8021Q: A C-tag. The VF is in that VLAN of the switch.
 * @VSW_VLAN_PROTO_8021AD: An S-tag. The VF is in an S-VLAN of the wire, and in
 *   no VLAN of the switch, which carries such frames as payload.
 */
enum vsw_vlan_proto {
	VSW_VLAN_PROTO_8021Q,
	VSW_VLAN_PROTO_8021AD,
};

/**
 * enum vsw_failover - What moves a port with two paths from one to the other.
 * @VSW_FAILOVER_MANUAL: A request, and the loss of a path. While the soft path
 *   is active the link of the VF is taken away, where the driver can.
 * @VSW_FAILOVER_AUTO: Also the first frame, other than RARP, that comes with
 *   the port's MAC address from the path that is not active, and the driver of
 *   the VF going away. After a change frames do not count for a while, the
 *   longer the more often it changes.
 */
enum vsw_failover {
	VSW_FAILOVER_MANUAL,
	VSW_FAILOVER_AUTO,
};

/**
 * enum vsw_failover_cause - Why the active path is the one that it is.
 * @VSW_FAILOVER_CAUSE_NONE: The port has begun with it.
 * @VSW_FAILOVER_CAUSE_REQUEST: Somebody has asked for it.
 * @VSW_FAILOVER_CAUSE_FRAME: A frame came from the path that was not active.
 * @VSW_FAILOVER_CAUSE_VF_SILENT: The VF has no driver any more, was reset or
 *   taken from its VM.
 * @VSW_FAILOVER_CAUSE_PATH_LOST: The other path is gone.
 */
enum vsw_failover_cause {
	VSW_FAILOVER_CAUSE_NONE,
	VSW_FAILOVER_CAUSE_REQUEST,
	VSW_FAILOVER_CAUSE_FRAME,
	VSW_FAILOVER_CAUSE_VF_SILENT,
	VSW_FAILOVER_CAUSE_PATH_LOST,
};

/**
 * enum vsw_filter_overflow - What becomes of addresses for which the filter of
 *   a NIC has no room.
 * @VSW_FILTER_OVERFLOW_REPORT: It is told, and they are not reached from the
 *   VFs of that NIC, nor from the wire unless the uplink is promiscuous for
 *   another reason.
 * @VSW_FILTER_OVERFLOW_PROMISC: The uplink is promiscuous meanwhile, too.
 */
enum vsw_filter_overflow {
	VSW_FILTER_OVERFLOW_REPORT,
	VSW_FILTER_OVERFLOW_PROMISC,
};

/**
 * enum vsw_vf_event - What has happened to the VF of a port.
 * @VSW_VF_EVENT_DRIFTED: Somebody else has changed it.
 * @VSW_VF_EVENT_CORRECTED: It is again what the port wants.
 * @VSW_VF_EVENT_REFUSED: The driver did not let it be corrected. It is tried
 *   again at each look, and told once.
 * @VSW_VF_EVENT_LOST: The PF does not have the VF any more.
 * @VSW_VF_EVENT_RETURNED: The PF has the VF again, and another one it may be.
 */
enum vsw_vf_event {
	VSW_VF_EVENT_DRIFTED,
	VSW_VF_EVENT_CORRECTED,
	VSW_VF_EVENT_REFUSED,
	VSW_VF_EVENT_LOST,
	VSW_VF_EVENT_RETURNED,
};

/**
 * enum vsw_feature - What this build of the module can do on this kernel.
 * @VSW_FEATURE_VF: VF ports.
 * @VSW_FEATURE_NIC_SYNC: MAC and VLAN filters of uplinks follow the switch.
 * @VSW_FEATURE_BRIDGE_NETLINK: The bridge tool of iproute2 works on switches
 *   and ports.
 * @VSW_FEATURE_XDP: XDP programs can forward frames, see vsw-fastpath(8). The
 *   module and the kernel were built with BTF.
 */
enum vsw_feature {
	VSW_FEATURE_VF = 1,
	VSW_FEATURE_NIC_SYNC = 2,
	VSW_FEATURE_BRIDGE_NETLINK = 4,
	VSW_FEATURE_XDP = 8,
};

/**
 * enum vsw_drop_reason - Why the datapath dropped a frame. The name is what
 *   tracepoints, vswctl and the drop monitor print.
 * @VSW_DROP_REASON_INVALID_SOURCE: The source address is multicast or zero.
 * @VSW_DROP_REASON_LINK_LOCAL: Addressed to the MAC control group
 *   01:80:C2:00:00:01, or from the host to any of 01:80:C2:00:00:00 to 0F.
 * @VSW_DROP_REASON_FRAME_TYPE: Tagged on a port for untagged frames, or the
 *   other way round.
 * @VSW_DROP_REASON_NO_PVID: Untagged or priority-tagged, and the port has no
 *   PVID.
 * @VSW_DROP_REASON_VLAN_FILTERED: Ingress filtering; the port is no member of
 *   the VLAN.
 * @VSW_DROP_REASON_RESERVED_VID: VID 4095.
 * @VSW_DROP_REASON_REFLECTED: Received from an uplink with the address of a
 *   local port.
 * @VSW_DROP_REASON_SOURCE_OWNED: The source address belongs to another port by
 *   configuration.
 * @VSW_DROP_REASON_SAME_PORT: The destination is on the port that the frame
 *   came from.
 * @VSW_DROP_REASON_NO_MEMBER: No other port takes the frame.
 * @VSW_DROP_REASON_EGRESS_VLAN: The destination port is no member of the VLAN.
 * @VSW_DROP_REASON_EGRESS_POLICY: Isolated ports, or uplink to uplink.
 * @VSW_DROP_REASON_PORT_DOWN: The destination port is down or has no carrier.
 * @VSW_DROP_REASON_TOO_BIG: Larger than the MTU of the destination port.
 * @VSW_DROP_REASON_NESTED_TAG: Would leave untagged with an inner C-tag
 *   becoming the outer one.
 * @VSW_DROP_REASON_NO_MEMORY: A buffer could not be allocated or copied.
 * @VSW_DROP_REASON_TX_ERROR: The destination device did not take the frame.
 * @VSW_DROP_REASON_STANDBY: From the path of a port that is not active.
 * @VSW_DROP_REASON_SPOOFED: With spoofchk, from an address that is not the
 *   port's.
 * @VSW_DROP_REASON_NOT_PINNED: Uplinks are a team, and the port uses none or
 *   another than the one that the frame came from or would leave by.
 */
enum vsw_drop_reason {
	VSW_DROP_REASON_INVALID_SOURCE,
	VSW_DROP_REASON_LINK_LOCAL,
	VSW_DROP_REASON_FRAME_TYPE,
	VSW_DROP_REASON_NO_PVID,
	VSW_DROP_REASON_VLAN_FILTERED,
	VSW_DROP_REASON_RESERVED_VID,
	VSW_DROP_REASON_REFLECTED,
	VSW_DROP_REASON_SOURCE_OWNED,
	VSW_DROP_REASON_SAME_PORT,
	VSW_DROP_REASON_NO_MEMBER,
	VSW_DROP_REASON_EGRESS_VLAN,
	VSW_DROP_REASON_EGRESS_POLICY,
	VSW_DROP_REASON_PORT_DOWN,
	VSW_DROP_REASON_TOO_BIG,
	VSW_DROP_REASON_NESTED_TAG,
	VSW_DROP_REASON_NO_MEMORY,
	VSW_DROP_REASON_TX_ERROR,
	VSW_DROP_REASON_STANDBY,
	VSW_DROP_REASON_SPOOFED,
	VSW_DROP_REASON_NOT_PINNED,

	/* private: */
	__VSW_DROP_REASON_MAX,
	VSW_DROP_REASON_MAX = (__VSW_DROP_REASON_MAX - 1)
};

/**
 * enum vsw_batch_op - An operation in a batch; each does what the one of its
 *   name does.
 */
enum vsw_batch_op {
	VSW_BATCH_OP_SWITCH_NEW,
	VSW_BATCH_OP_SWITCH_SET,
	VSW_BATCH_OP_SWITCH_DEL,
	VSW_BATCH_OP_PORT_NEW,
	VSW_BATCH_OP_PORT_SET,
	VSW_BATCH_OP_PORT_DEL,
	VSW_BATCH_OP_VLAN_NEW,
	VSW_BATCH_OP_VLAN_DEL,
	VSW_BATCH_OP_FDB_NEW,
	VSW_BATCH_OP_FDB_DEL,
};

/**
 * enum vsw_batch_event - What becomes of a batch that has to be confirmed.
 * @VSW_BATCH_EVENT_WAITS: It is carried out and waits.
 * @VSW_BATCH_EVENT_CONFIRMED: It stays.
 * @VSW_BATCH_EVENT_UNDONE: It is taken back.
 * @VSW_BATCH_EVENT_UNDONE_IN_PART: It is taken back but for what could not be,
 *   because others have changed the same since. The kernel log says what.
 */
enum vsw_batch_event {
	VSW_BATCH_EVENT_WAITS,
	VSW_BATCH_EVENT_CONFIRMED,
	VSW_BATCH_EVENT_UNDONE,
	VSW_BATCH_EVENT_UNDONE_IN_PART,
};

enum {
	VSW_A_SWITCH_IFINDEX = 1,
	VSW_A_SWITCH_NAME,
	VSW_A_SWITCH_AGEING_TIME,
	VSW_A_SWITCH_DEFAULT_PVID,
	VSW_A_SWITCH_FDB_MAX,
	VSW_A_SWITCH_FDB_LEARNED,
	VSW_A_SWITCH_FDB_STATIC,
	VSW_A_SWITCH_PORTS,
	VSW_A_SWITCH_MTU,
	VSW_A_SWITCH_MAC,
	VSW_A_SWITCH_TEAMING,
	VSW_A_SWITCH_PRIMARY,

	__VSW_A_SWITCH_MAX,
	VSW_A_SWITCH_MAX = (__VSW_A_SWITCH_MAX - 1)
};

enum {
	VSW_A_PORT_SWITCH = 1,
	VSW_A_PORT_SWITCH_NAME,
	VSW_A_PORT_ID,
	VSW_A_PORT_NAME,
	VSW_A_PORT_ROLE,
	VSW_A_PORT_PATH,
	VSW_A_PORT_IFINDEX,
	VSW_A_PORT_IFNAME,
	VSW_A_PORT_PF,
	VSW_A_PORT_PF_NAME,
	VSW_A_PORT_VF,
	VSW_A_PORT_MAC,
	VSW_A_PORT_PVID,
	VSW_A_PORT_PCP,
	VSW_A_PORT_FRAMES,
	VSW_A_PORT_INGRESS_FILTERING,
	VSW_A_PORT_LEARNING,
	VSW_A_PORT_UNICAST_FLOOD,
	VSW_A_PORT_MULTICAST_FLOOD,
	VSW_A_PORT_BROADCAST_FLOOD,
	VSW_A_PORT_HAIRPIN,
	VSW_A_PORT_ISOLATED,
	VSW_A_PORT_FDB_MAX,
	VSW_A_PORT_FDB_LEARNED,
	VSW_A_PORT_VLAN,
	VSW_A_PORT_VLAN_COUNT,
	VSW_A_PORT_UP,
	VSW_A_PORT_PROMISC,
	VSW_A_PORT_NIC_MACS,
	VSW_A_PORT_SPOOFCHK,
	VSW_A_PORT_TRUST,
	VSW_A_PORT_LINK_STATE,
	VSW_A_PORT_MIN_TX_RATE,
	VSW_A_PORT_MAX_TX_RATE,
	VSW_A_PORT_ENFORCEMENT,
	VSW_A_PORT_ON_DRIFT,
	VSW_A_PORT_AWAITS,
	VSW_A_PORT_NIC,
	VSW_A_PORT_UNOWNED,
	VSW_A_PORT_FAILOVER,
	VSW_A_PORT_FAILOVERS,
	VSW_A_PORT_FAILOVER_CAUSE,
	VSW_A_PORT_UNENFORCED,
	VSW_A_PORT_UPLINK,
	VSW_A_PORT_PIN,
	VSW_A_PORT_TEAM_PORTS,
	VSW_A_PORT_FILTER_MAX,
	VSW_A_PORT_FILTER_OVERFLOW,
	VSW_A_PORT_NIC_MACS_OVER,
	VSW_A_PORT_PHYS_SWITCH_ID,
	VSW_A_PORT_PHYS_PORT_NAME,
	VSW_A_PORT_REP_OF,
	VSW_A_PORT_BEFORE_MAC,
	VSW_A_PORT_BEFORE_TX_SHARE,
	VSW_A_PORT_BEFORE_TX_MAX,
	VSW_A_PORT_VLAN_PROTO,
	VSW_A_PORT_PROFILE,

	__VSW_A_PORT_MAX,
	VSW_A_PORT_MAX = (__VSW_A_PORT_MAX - 1)
};

enum {
	VSW_A_MEMBERSHIP_FIRST = 1,
	VSW_A_MEMBERSHIP_LAST,
	VSW_A_MEMBERSHIP_FLAGS,

	__VSW_A_MEMBERSHIP_MAX,
	VSW_A_MEMBERSHIP_MAX = (__VSW_A_MEMBERSHIP_MAX - 1)
};

enum {
	VSW_A_VLAN_SWITCH = 1,
	VSW_A_VLAN_PORT,
	VSW_A_VLAN_FIRST,
	VSW_A_VLAN_LAST,
	VSW_A_VLAN_FLAGS,

	__VSW_A_VLAN_MAX,
	VSW_A_VLAN_MAX = (__VSW_A_VLAN_MAX - 1)
};

enum {
	VSW_A_FDB_SWITCH = 1,
	VSW_A_FDB_MAC,
	VSW_A_FDB_VID,
	VSW_A_FDB_PORT,
	VSW_A_FDB_IFINDEX,
	VSW_A_FDB_TYPE,
	VSW_A_FDB_AGE,
	VSW_A_FDB_FLUSHED,
	VSW_A_FDB_SWITCH_NAME,

	__VSW_A_FDB_MAX,
	VSW_A_FDB_MAX = (__VSW_A_FDB_MAX - 1)
};

enum {
	VSW_A_VF_PF = 1,
	VSW_A_VF_PF_NAME,
	VSW_A_VF_VF,
	VSW_A_VF_PORT,
	VSW_A_VF_SWITCH,
	VSW_A_VF_CAPABILITY,
	VSW_A_VF_MAC,
	VSW_A_VF_VLAN,
	VSW_A_VF_PCP,
	VSW_A_VF_SPOOFCHK,
	VSW_A_VF_TRUST,
	VSW_A_VF_LINK_STATE,
	VSW_A_VF_MIN_TX_RATE,
	VSW_A_VF_MAX_TX_RATE,
	VSW_A_VF_WANTED_MAC,
	VSW_A_VF_WANTED_VLAN,
	VSW_A_VF_WANTED_PCP,
	VSW_A_VF_WANTED_SPOOFCHK,
	VSW_A_VF_WANTED_TRUST,
	VSW_A_VF_WANTED_LINK_STATE,
	VSW_A_VF_WANTED_MIN_TX_RATE,
	VSW_A_VF_WANTED_MAX_TX_RATE,
	VSW_A_VF_DRIFT,
	VSW_A_VF_RX_PACKETS,
	VSW_A_VF_RX_BYTES,
	VSW_A_VF_TX_PACKETS,
	VSW_A_VF_TX_BYTES,
	VSW_A_VF_PRESENT,
	VSW_A_VF_UNENFORCED,
	VSW_A_VF_ON_DRIFT,
	VSW_A_VF_CORRECTIONS,
	VSW_A_VF_EVENT,
	VSW_A_VF_NIC,
	VSW_A_VF_PARKED,
	VSW_A_VF_STANDBY,
	VSW_A_VF_REP,
	VSW_A_VF_VLAN_PROTO,
	VSW_A_VF_WANTED_VLAN_PROTO,

	__VSW_A_VF_MAX,
	VSW_A_VF_MAX = (__VSW_A_VF_MAX - 1)
};

enum {
	VSW_A_DROP_REASON = 1,
	VSW_A_DROP_PACKETS,

	__VSW_A_DROP_MAX,
	VSW_A_DROP_MAX = (__VSW_A_DROP_MAX - 1)
};

enum {
	VSW_A_STATS_SWITCH = 1,
	VSW_A_STATS_PORT,
	VSW_A_STATS_RX_PACKETS,
	VSW_A_STATS_RX_BYTES,
	VSW_A_STATS_TX_PACKETS,
	VSW_A_STATS_TX_BYTES,
	VSW_A_STATS_RX_DROPPED,
	VSW_A_STATS_TX_DROPPED,
	VSW_A_STATS_RX_DROP,
	VSW_A_STATS_TX_DROP,
	VSW_A_STATS_RX_FASTPATH,

	__VSW_A_STATS_MAX,
	VSW_A_STATS_MAX = (__VSW_A_STATS_MAX - 1)
};

enum {
	VSW_A_VERSION_MODULE = 1,
	VSW_A_VERSION_FEATURES,

	__VSW_A_VERSION_MAX,
	VSW_A_VERSION_MAX = (__VSW_A_VERSION_MAX - 1)
};

enum {
	VSW_A_ENTRY_OP = 1,
	VSW_A_ENTRY_ATTRS,

	__VSW_A_ENTRY_MAX,
	VSW_A_ENTRY_MAX = (__VSW_A_ENTRY_MAX - 1)
};

enum {
	VSW_A_BATCH_ENTRY = 1,
	VSW_A_BATCH_UNDO,
	VSW_A_BATCH_TIMEOUT,
	VSW_A_BATCH_LEFT,
	VSW_A_BATCH_EVENT,

	__VSW_A_BATCH_MAX,
	VSW_A_BATCH_MAX = (__VSW_A_BATCH_MAX - 1)
};

enum {
	VSW_CMD_SWITCH_GET = 1,
	VSW_CMD_SWITCH_NEW,
	VSW_CMD_SWITCH_SET,
	VSW_CMD_SWITCH_DEL,
	VSW_CMD_SWITCH_NTF,
	VSW_CMD_SWITCH_DEL_NTF,
	VSW_CMD_PORT_GET,
	VSW_CMD_PORT_NEW,
	VSW_CMD_PORT_SET,
	VSW_CMD_PORT_DEL,
	VSW_CMD_PORT_NTF,
	VSW_CMD_PORT_DEL_NTF,
	VSW_CMD_VLAN_GET,
	VSW_CMD_VLAN_NEW,
	VSW_CMD_VLAN_DEL,
	VSW_CMD_VLAN_NTF,
	VSW_CMD_VLAN_DEL_NTF,
	VSW_CMD_FDB_GET,
	VSW_CMD_FDB_NEW,
	VSW_CMD_FDB_DEL,
	VSW_CMD_FDB_FLUSH,
	VSW_CMD_FDB_NTF,
	VSW_CMD_FDB_DEL_NTF,
	VSW_CMD_VF_GET,
	VSW_CMD_STATS_GET,
	VSW_CMD_VERSION_GET,
	VSW_CMD_VF_NTF,
	VSW_CMD_BATCH,
	VSW_CMD_BATCH_GET,
	VSW_CMD_BATCH_CONFIRM,
	VSW_CMD_BATCH_UNDO,
	VSW_CMD_BATCH_NTF,

	__VSW_CMD_MAX,
	VSW_CMD_MAX = (__VSW_CMD_MAX - 1)
};

#define VSW_MCGRP_CONFIG	"config"
#define VSW_MCGRP_FDB		"fdb"

#endif /* _UAPI_LINUX_VSW_H */
