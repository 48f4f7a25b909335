/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a frame was dropped: one list for names and core reasons. The numbers and
 * the meaning are in Documentation/netlink/specs/vsw.yaml.
 *
 * R(constant, name, core): core is the nearest reason of the kernel itself, for
 * those who watch kfree_skb. The core's enum is closed to modules, so the exact
 * reason travels in our own tracepoint, vsw:vsw_drop.
 */
#ifndef VSW_DROP_H
#define VSW_DROP_H

#include <uapi/linux/vsw.h>

#define VSW_DROP_REASONS(R)						\
	R(INVALID_SOURCE, "invalid-source", NOT_SPECIFIED)		\
	R(LINK_LOCAL, "link-local", NOT_SPECIFIED)			\
	R(FRAME_TYPE, "frame-type", NOT_SPECIFIED)			\
	R(NO_PVID, "no-pvid", NOT_SPECIFIED)				\
	R(VLAN_FILTERED, "vlan-filtered", NOT_SPECIFIED)		\
	R(RESERVED_VID, "reserved-vid", NOT_SPECIFIED)			\
	R(REFLECTED, "reflected", NOT_SPECIFIED)			\
	R(SOURCE_OWNED, "source-owned", NOT_SPECIFIED)			\
	R(SAME_PORT, "same-port", NOT_SPECIFIED)			\
	R(NO_MEMBER, "no-member", NOT_SPECIFIED)			\
	R(EGRESS_VLAN, "egress-vlan", NOT_SPECIFIED)			\
	R(EGRESS_POLICY, "egress-policy", NOT_SPECIFIED)		\
	R(PORT_DOWN, "port-down", DEV_READY)				\
	R(TOO_BIG, "too-big", PKT_TOO_BIG)				\
	R(NESTED_TAG, "nested-tag", NOT_SPECIFIED)			\
	R(NO_MEMORY, "no-memory", NOMEM)				\
	R(TX_ERROR, "tx-error", NOT_SPECIFIED)				\
	R(STANDBY, "standby", NOT_SPECIFIED)				\
	R(SPOOFED, "spoofed", NOT_SPECIFIED)				\
	R(NOT_PINNED, "not-pinned", NOT_SPECIFIED)

#define VSW_DROP_REASON_COUNT	(VSW_DROP_REASON_MAX + 1)

/* What a step of the datapath returns when the frame may go on. */
#define VSW_FORWARD	(-1)

#endif /* VSW_DROP_H */
