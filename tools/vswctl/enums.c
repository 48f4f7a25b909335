// SPDX-License-Identifier: GPL-2.0
/*
 * The names of Documentation/netlink/specs/vsw.yaml; tests/enums-check.py
 * proves that they are the same.
 */
#include "enums.h"

#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "vswctl.h"

#define NAMES(prefix, type_name)				\
	const struct names prefix##_names = {			\
		.type = (type_name),				\
		.name = prefix##_table,				\
		.count = ARRAY_SIZE(prefix##_table),		\
	}

static const char *const port_role_table[] = {
	[VSW_PORT_ROLE_LOCAL]	= "local",
	[VSW_PORT_ROLE_UPLINK]	= "uplink",
	[VSW_PORT_ROLE_HOST]	= "host",
};

NAMES(port_role, "port-role");

static const char *const path_table[] = {
	[VSW_PATH_SOFT]	= "soft",
	[VSW_PATH_VF]	= "vf",
};

NAMES(path, "path");

static const char *const frames_table[] = {
	[VSW_FRAMES_ALL]	= "all",
	[VSW_FRAMES_TAGGED]	= "tagged",
	[VSW_FRAMES_UNTAGGED]	= "untagged",
};

NAMES(frames, "frames");

static const char *const link_state_table[] = {
	[VSW_LINK_STATE_AUTO]		= "auto",
	[VSW_LINK_STATE_ENABLE]		= "enable",
	[VSW_LINK_STATE_DISABLE]	= "disable",
	[VSW_LINK_STATE_FOLLOW_TEAM]	= "follow-team",
};

NAMES(link_state, "link-state");

static const char *const teaming_table[] = {
	[VSW_TEAMING_NONE]		= "none",
	[VSW_TEAMING_ACTIVE_BACKUP]	= "active-backup",
	[VSW_TEAMING_PORT_HASH]		= "port-hash",
};

NAMES(teaming, "teaming");

static const char *const fdb_type_table[] = {
	[VSW_FDB_TYPE_DYNAMIC]	= "dynamic",
	[VSW_FDB_TYPE_STICKY]	= "sticky",
	[VSW_FDB_TYPE_STATIC]	= "static",
	[VSW_FDB_TYPE_LOCAL]	= "local",
};

NAMES(fdb_type, "fdb-type");

static const char *const drop_reason_table[] = {
	[VSW_DROP_REASON_INVALID_SOURCE]	= "invalid-source",
	[VSW_DROP_REASON_LINK_LOCAL]		= "link-local",
	[VSW_DROP_REASON_FRAME_TYPE]		= "frame-type",
	[VSW_DROP_REASON_NO_PVID]		= "no-pvid",
	[VSW_DROP_REASON_VLAN_FILTERED]		= "vlan-filtered",
	[VSW_DROP_REASON_RESERVED_VID]		= "reserved-vid",
	[VSW_DROP_REASON_REFLECTED]		= "reflected",
	[VSW_DROP_REASON_SOURCE_OWNED]		= "source-owned",
	[VSW_DROP_REASON_SAME_PORT]		= "same-port",
	[VSW_DROP_REASON_NO_MEMBER]		= "no-member",
	[VSW_DROP_REASON_EGRESS_VLAN]		= "egress-vlan",
	[VSW_DROP_REASON_EGRESS_POLICY]		= "egress-policy",
	[VSW_DROP_REASON_PORT_DOWN]		= "port-down",
	[VSW_DROP_REASON_TOO_BIG]		= "too-big",
	[VSW_DROP_REASON_NESTED_TAG]		= "nested-tag",
	[VSW_DROP_REASON_NO_MEMORY]		= "no-memory",
	[VSW_DROP_REASON_TX_ERROR]		= "tx-error",
	[VSW_DROP_REASON_STANDBY]		= "standby",
	[VSW_DROP_REASON_SPOOFED]		= "spoofed",
	[VSW_DROP_REASON_NOT_PINNED]		= "not-pinned",
};

NAMES(drop_reason, "drop-reason");

static const char *const enforcement_table[] = {
	[VSW_ENFORCEMENT_STRICT]	= "strict",
	[VSW_ENFORCEMENT_BEST_EFFORT]	= "best-effort",
};

NAMES(enforcement, "enforcement");

static const char *const on_drift_table[] = {
	[VSW_ON_DRIFT_ENFORCE]	= "enforce",
	[VSW_ON_DRIFT_OBSERVE]	= "observe",
};

NAMES(on_drift, "on-drift");

static const char *const unowned_table[] = {
	[VSW_UNOWNED_LEAVE]	= "leave",
	[VSW_UNOWNED_PARK]	= "park",
};

NAMES(unowned, "unowned");

static const char *const vlan_proto_table[] = {
	[VSW_VLAN_PROTO_8021Q]	= "8021q",
	[VSW_VLAN_PROTO_8021AD]	= "8021ad",
};

NAMES(vlan_proto, "vlan-proto");

static const char *const failover_table[] = {
	[VSW_FAILOVER_MANUAL]	= "manual",
	[VSW_FAILOVER_AUTO]	= "auto",
};

NAMES(failover, "failover");

static const char *const failover_cause_table[] = {
	[VSW_FAILOVER_CAUSE_NONE]	= "none",
	[VSW_FAILOVER_CAUSE_REQUEST]	= "request",
	[VSW_FAILOVER_CAUSE_FRAME]	= "frame",
	[VSW_FAILOVER_CAUSE_VF_SILENT]	= "vf-silent",
	[VSW_FAILOVER_CAUSE_PATH_LOST]	= "path-lost",
};

NAMES(failover_cause, "failover-cause");

static const char *const filter_overflow_table[] = {
	[VSW_FILTER_OVERFLOW_REPORT]	= "report",
	[VSW_FILTER_OVERFLOW_PROMISC]	= "promisc",
};

NAMES(filter_overflow, "filter-overflow");

static const char *const vf_event_table[] = {
	[VSW_VF_EVENT_DRIFTED]		= "drifted",
	[VSW_VF_EVENT_CORRECTED]	= "corrected",
	[VSW_VF_EVENT_REFUSED]		= "refused",
	[VSW_VF_EVENT_LOST]		= "lost",
	[VSW_VF_EVENT_RETURNED]		= "returned",
};

NAMES(vf_event, "vf-event");

/* Flags: in the order of their bits */

static const char *const vlan_flag_table[] = {
	"pvid",
	"untagged",
};

NAMES(vlan_flag, "vlan-flag");

static const char *const vf_capability_table[] = {
	"mac",
	"vlan",
	"rate",
	"spoofchk",
	"link-state",
	"trust",
	"stats",
};

NAMES(vf_capability, "vf-capability");

static const char *const feature_table[] = {
	"vf",
	"nic-sync",
	"bridge-netlink",
	"xdp",
};

NAMES(feature, "feature");

static const char *const batch_op_table[] = {
	"switch-new",
	"switch-set",
	"switch-del",
	"port-new",
	"port-set",
	"port-del",
	"vlan-new",
	"vlan-del",
	"fdb-new",
	"fdb-del",
};

NAMES(batch_op, "batch-op");

static const char *const batch_event_table[] = {
	"waits",
	"confirmed",
	"undone",
	"undone-in-part",
};

NAMES(batch_event, "batch-event");

const char *names_find(const struct names *names, uint64_t value)
{
	return value < names->count ? names->name[value] : NULL;
}

int names_value(const struct names *names, const char *word)
{
	unsigned int value;

	for (value = 0; value < names->count; value++)
		if (!strcmp(names->name[value], word))
			return value;
	return -1;
}

void names_list(const struct names *names, char *buf, size_t size)
{
	unsigned int value;
	size_t length = 0;

	buf[0] = '\0';
	for (value = 0; value < names->count && length < size; value++)
		length += snprintf(buf + length, size - length, "%s%s",
				   value ? ", " : "", names->name[value]);
}
