// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vsw.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink.h"

#include <uapi/linux/vsw.h>

/* Integer value ranges */
static const struct netlink_range_validation vsw_a_switch_ageing_time_range = {
	.max	= 1000000ULL,
};

static const struct netlink_range_validation vsw_a_batch_timeout_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

/* Common nested types */
const struct nla_policy vsw_entry_nl_policy[VSW_A_ENTRY_ATTRS + 1] = {
	[VSW_A_ENTRY_OP] = NLA_POLICY_MAX(NLA_U32, 9),
	[VSW_A_ENTRY_ATTRS] = { .type = NLA_BINARY, },
};

const struct nla_policy vsw_membership_nl_policy[VSW_A_MEMBERSHIP_FLAGS + 1] = {
	[VSW_A_MEMBERSHIP_FIRST] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_MEMBERSHIP_LAST] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_MEMBERSHIP_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
};

/* VSW_CMD_SWITCH_GET - do */
static const struct nla_policy vsw_switch_get_nl_policy[VSW_A_SWITCH_NAME + 1] = {
	[VSW_A_SWITCH_IFINDEX] = { .type = NLA_U32, },
	[VSW_A_SWITCH_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* VSW_CMD_SWITCH_NEW - do */
static const struct nla_policy vsw_switch_new_nl_policy[VSW_A_SWITCH_PRIMARY + 1] = {
	[VSW_A_SWITCH_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[VSW_A_SWITCH_AGEING_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &vsw_a_switch_ageing_time_range),
	[VSW_A_SWITCH_DEFAULT_PVID] = NLA_POLICY_MAX(NLA_U16, 4094),
	[VSW_A_SWITCH_FDB_MAX] = NLA_POLICY_MIN(NLA_U32, 1),
	[VSW_A_SWITCH_MAC] = NLA_POLICY_EXACT_LEN(6),
	[VSW_A_SWITCH_TEAMING] = NLA_POLICY_MAX(NLA_U32, 2),
	[VSW_A_SWITCH_PRIMARY] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
};

/* VSW_CMD_SWITCH_SET - do */
static const struct nla_policy vsw_switch_set_nl_policy[VSW_A_SWITCH_PRIMARY + 1] = {
	[VSW_A_SWITCH_IFINDEX] = { .type = NLA_U32, },
	[VSW_A_SWITCH_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[VSW_A_SWITCH_AGEING_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &vsw_a_switch_ageing_time_range),
	[VSW_A_SWITCH_DEFAULT_PVID] = NLA_POLICY_MAX(NLA_U16, 4094),
	[VSW_A_SWITCH_FDB_MAX] = NLA_POLICY_MIN(NLA_U32, 1),
	[VSW_A_SWITCH_TEAMING] = NLA_POLICY_MAX(NLA_U32, 2),
	[VSW_A_SWITCH_PRIMARY] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
};

/* VSW_CMD_SWITCH_DEL - do */
static const struct nla_policy vsw_switch_del_nl_policy[VSW_A_SWITCH_NAME + 1] = {
	[VSW_A_SWITCH_IFINDEX] = { .type = NLA_U32, },
	[VSW_A_SWITCH_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* VSW_CMD_PORT_GET - do */
static const struct nla_policy vsw_port_get_do_nl_policy[VSW_A_PORT_NAME + 1] = {
	[VSW_A_PORT_NAME] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
};

/* VSW_CMD_PORT_GET - dump */
static const struct nla_policy vsw_port_get_dump_nl_policy[VSW_A_PORT_SWITCH + 1] = {
	[VSW_A_PORT_SWITCH] = { .type = NLA_U32, },
};

/* VSW_CMD_PORT_NEW - do */
static const struct nla_policy vsw_port_new_nl_policy[VSW_A_PORT_PROFILE + 1] = {
	[VSW_A_PORT_SWITCH] = { .type = NLA_U32, },
	[VSW_A_PORT_SWITCH_NAME] = { .type = NLA_NUL_STRING, },
	[VSW_A_PORT_NAME] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_PORT_ROLE] = NLA_POLICY_MAX(NLA_U32, 2),
	[VSW_A_PORT_PATH] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_IFINDEX] = { .type = NLA_U32, },
	[VSW_A_PORT_PF] = { .type = NLA_U32, },
	[VSW_A_PORT_VF] = { .type = NLA_U32, },
	[VSW_A_PORT_MAC] = NLA_POLICY_EXACT_LEN(6),
	[VSW_A_PORT_PVID] = NLA_POLICY_MAX(NLA_U16, 4094),
	[VSW_A_PORT_PCP] = NLA_POLICY_MAX(NLA_U8, 7),
	[VSW_A_PORT_FRAMES] = NLA_POLICY_MAX(NLA_U32, 2),
	[VSW_A_PORT_INGRESS_FILTERING] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_LEARNING] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_UNICAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_MULTICAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_BROADCAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_HAIRPIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_ISOLATED] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_FDB_MAX] = { .type = NLA_U32, },
	[VSW_A_PORT_VLAN] = NLA_POLICY_NESTED(vsw_membership_nl_policy),
	[VSW_A_PORT_SPOOFCHK] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_TRUST] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_LINK_STATE] = NLA_POLICY_MAX(NLA_U32, 3),
	[VSW_A_PORT_MIN_TX_RATE] = { .type = NLA_U32, },
	[VSW_A_PORT_MAX_TX_RATE] = { .type = NLA_U32, },
	[VSW_A_PORT_ENFORCEMENT] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_ON_DRIFT] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_UNOWNED] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_FAILOVER] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_VLAN_PROTO] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_PIN] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_PORT_FILTER_MAX] = { .type = NLA_U32, },
	[VSW_A_PORT_FILTER_OVERFLOW] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_PROFILE] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
};

/* VSW_CMD_PORT_SET - do */
static const struct nla_policy vsw_port_set_nl_policy[VSW_A_PORT_PROFILE + 1] = {
	[VSW_A_PORT_NAME] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_PORT_PATH] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_IFINDEX] = { .type = NLA_U32, },
	[VSW_A_PORT_PF] = { .type = NLA_U32, },
	[VSW_A_PORT_VF] = { .type = NLA_U32, },
	[VSW_A_PORT_MAC] = NLA_POLICY_EXACT_LEN(6),
	[VSW_A_PORT_PVID] = NLA_POLICY_MAX(NLA_U16, 4094),
	[VSW_A_PORT_PCP] = NLA_POLICY_MAX(NLA_U8, 7),
	[VSW_A_PORT_FRAMES] = NLA_POLICY_MAX(NLA_U32, 2),
	[VSW_A_PORT_INGRESS_FILTERING] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_LEARNING] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_UNICAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_MULTICAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_BROADCAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_HAIRPIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_ISOLATED] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_FDB_MAX] = { .type = NLA_U32, },
	[VSW_A_PORT_VLAN] = NLA_POLICY_NESTED(vsw_membership_nl_policy),
	[VSW_A_PORT_SPOOFCHK] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_TRUST] = NLA_POLICY_MAX(NLA_U8, 1),
	[VSW_A_PORT_LINK_STATE] = NLA_POLICY_MAX(NLA_U32, 3),
	[VSW_A_PORT_MIN_TX_RATE] = { .type = NLA_U32, },
	[VSW_A_PORT_MAX_TX_RATE] = { .type = NLA_U32, },
	[VSW_A_PORT_ENFORCEMENT] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_ON_DRIFT] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_UNOWNED] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_FAILOVER] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_VLAN_PROTO] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_PIN] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_PORT_FILTER_MAX] = { .type = NLA_U32, },
	[VSW_A_PORT_FILTER_OVERFLOW] = NLA_POLICY_MAX(NLA_U32, 1),
	[VSW_A_PORT_BEFORE_MAC] = NLA_POLICY_EXACT_LEN(6),
	[VSW_A_PORT_BEFORE_TX_SHARE] = { .type = NLA_UINT, },
	[VSW_A_PORT_BEFORE_TX_MAX] = { .type = NLA_UINT, },
	[VSW_A_PORT_PROFILE] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
};

/* VSW_CMD_PORT_DEL - do */
static const struct nla_policy vsw_port_del_nl_policy[VSW_A_PORT_NAME + 1] = {
	[VSW_A_PORT_NAME] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_PORT_ID] = { .type = NLA_U32, },
};

/* VSW_CMD_VLAN_GET - dump */
static const struct nla_policy vsw_vlan_get_nl_policy[VSW_A_VLAN_PORT + 1] = {
	[VSW_A_VLAN_SWITCH] = { .type = NLA_U32, },
	[VSW_A_VLAN_PORT] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
};

/* VSW_CMD_VLAN_NEW - do */
static const struct nla_policy vsw_vlan_new_nl_policy[VSW_A_VLAN_FLAGS + 1] = {
	[VSW_A_VLAN_PORT] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_VLAN_FIRST] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_VLAN_LAST] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_VLAN_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
};

/* VSW_CMD_VLAN_DEL - do */
static const struct nla_policy vsw_vlan_del_nl_policy[VSW_A_VLAN_FLAGS + 1] = {
	[VSW_A_VLAN_PORT] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_VLAN_FIRST] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_VLAN_LAST] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_VLAN_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
};

/* VSW_CMD_FDB_GET - do */
static const struct nla_policy vsw_fdb_get_do_nl_policy[VSW_A_FDB_VID + 1] = {
	[VSW_A_FDB_SWITCH] = { .type = NLA_U32, },
	[VSW_A_FDB_MAC] = NLA_POLICY_EXACT_LEN(6),
	[VSW_A_FDB_VID] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
};

/* VSW_CMD_FDB_GET - dump */
static const struct nla_policy vsw_fdb_get_dump_nl_policy[VSW_A_FDB_TYPE + 1] = {
	[VSW_A_FDB_SWITCH] = { .type = NLA_U32, },
	[VSW_A_FDB_PORT] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_FDB_VID] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_FDB_TYPE] = NLA_POLICY_MAX(NLA_U32, 3),
};

/* VSW_CMD_FDB_NEW - do */
static const struct nla_policy vsw_fdb_new_nl_policy[VSW_A_FDB_TYPE + 1] = {
	[VSW_A_FDB_MAC] = NLA_POLICY_EXACT_LEN(6),
	[VSW_A_FDB_VID] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_FDB_PORT] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_FDB_TYPE] = NLA_POLICY_MAX(NLA_U32, 3),
};

/* VSW_CMD_FDB_DEL - do */
static const struct nla_policy vsw_fdb_del_nl_policy[VSW_A_FDB_SWITCH_NAME + 1] = {
	[VSW_A_FDB_SWITCH] = { .type = NLA_U32, },
	[VSW_A_FDB_MAC] = NLA_POLICY_EXACT_LEN(6),
	[VSW_A_FDB_VID] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_FDB_SWITCH_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* VSW_CMD_FDB_FLUSH - do */
static const struct nla_policy vsw_fdb_flush_nl_policy[VSW_A_FDB_TYPE + 1] = {
	[VSW_A_FDB_SWITCH] = { .type = NLA_U32, },
	[VSW_A_FDB_PORT] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
	[VSW_A_FDB_VID] = NLA_POLICY_RANGE(NLA_U16, 1, 4094),
	[VSW_A_FDB_TYPE] = NLA_POLICY_MAX(NLA_U32, 3),
};

/* VSW_CMD_VF_GET - dump */
static const struct nla_policy vsw_vf_get_nl_policy[VSW_A_VF_PF + 1] = {
	[VSW_A_VF_PF] = { .type = NLA_U32, },
};

/* VSW_CMD_STATS_GET - dump */
static const struct nla_policy vsw_stats_get_nl_policy[VSW_A_STATS_PORT + 1] = {
	[VSW_A_STATS_SWITCH] = { .type = NLA_U32, },
	[VSW_A_STATS_PORT] = { .type = NLA_NUL_STRING, .len = VSW_PORT_NAME_MAX, },
};

/* VSW_CMD_BATCH - do */
static const struct nla_policy vsw_batch_nl_policy[VSW_A_BATCH_TIMEOUT + 1] = {
	[VSW_A_BATCH_ENTRY] = NLA_POLICY_NESTED(vsw_entry_nl_policy),
	[VSW_A_BATCH_UNDO] = NLA_POLICY_NESTED(vsw_entry_nl_policy),
	[VSW_A_BATCH_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &vsw_a_batch_timeout_range),
};

/* Ops table for vsw */
const struct genl_split_ops vsw_nl_ops[25] = {
	{
		.cmd		= VSW_CMD_SWITCH_GET,
		.doit		= vsw_nl_switch_get_doit,
		.policy		= vsw_switch_get_nl_policy,
		.maxattr	= VSW_A_SWITCH_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= VSW_CMD_SWITCH_GET,
		.dumpit	= vsw_nl_switch_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VSW_CMD_SWITCH_NEW,
		.doit		= vsw_nl_switch_new_doit,
		.policy		= vsw_switch_new_nl_policy,
		.maxattr	= VSW_A_SWITCH_PRIMARY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_SWITCH_SET,
		.doit		= vsw_nl_switch_set_doit,
		.policy		= vsw_switch_set_nl_policy,
		.maxattr	= VSW_A_SWITCH_PRIMARY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_SWITCH_DEL,
		.doit		= vsw_nl_switch_del_doit,
		.policy		= vsw_switch_del_nl_policy,
		.maxattr	= VSW_A_SWITCH_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_PORT_GET,
		.doit		= vsw_nl_port_get_doit,
		.policy		= vsw_port_get_do_nl_policy,
		.maxattr	= VSW_A_PORT_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_PORT_GET,
		.dumpit		= vsw_nl_port_get_dumpit,
		.policy		= vsw_port_get_dump_nl_policy,
		.maxattr	= VSW_A_PORT_SWITCH,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VSW_CMD_PORT_NEW,
		.doit		= vsw_nl_port_new_doit,
		.policy		= vsw_port_new_nl_policy,
		.maxattr	= VSW_A_PORT_PROFILE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_PORT_SET,
		.doit		= vsw_nl_port_set_doit,
		.policy		= vsw_port_set_nl_policy,
		.maxattr	= VSW_A_PORT_PROFILE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_PORT_DEL,
		.doit		= vsw_nl_port_del_doit,
		.policy		= vsw_port_del_nl_policy,
		.maxattr	= VSW_A_PORT_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_VLAN_GET,
		.dumpit		= vsw_nl_vlan_get_dumpit,
		.policy		= vsw_vlan_get_nl_policy,
		.maxattr	= VSW_A_VLAN_PORT,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VSW_CMD_VLAN_NEW,
		.doit		= vsw_nl_vlan_new_doit,
		.policy		= vsw_vlan_new_nl_policy,
		.maxattr	= VSW_A_VLAN_FLAGS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_VLAN_DEL,
		.doit		= vsw_nl_vlan_del_doit,
		.policy		= vsw_vlan_del_nl_policy,
		.maxattr	= VSW_A_VLAN_FLAGS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_FDB_GET,
		.doit		= vsw_nl_fdb_get_doit,
		.policy		= vsw_fdb_get_do_nl_policy,
		.maxattr	= VSW_A_FDB_VID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_FDB_GET,
		.dumpit		= vsw_nl_fdb_get_dumpit,
		.policy		= vsw_fdb_get_dump_nl_policy,
		.maxattr	= VSW_A_FDB_TYPE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VSW_CMD_FDB_NEW,
		.doit		= vsw_nl_fdb_new_doit,
		.policy		= vsw_fdb_new_nl_policy,
		.maxattr	= VSW_A_FDB_TYPE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_FDB_DEL,
		.doit		= vsw_nl_fdb_del_doit,
		.policy		= vsw_fdb_del_nl_policy,
		.maxattr	= VSW_A_FDB_SWITCH_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_FDB_FLUSH,
		.doit		= vsw_nl_fdb_flush_doit,
		.policy		= vsw_fdb_flush_nl_policy,
		.maxattr	= VSW_A_FDB_TYPE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_VF_GET,
		.dumpit		= vsw_nl_vf_get_dumpit,
		.policy		= vsw_vf_get_nl_policy,
		.maxattr	= VSW_A_VF_PF,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VSW_CMD_STATS_GET,
		.dumpit		= vsw_nl_stats_get_dumpit,
		.policy		= vsw_stats_get_nl_policy,
		.maxattr	= VSW_A_STATS_PORT,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= VSW_CMD_VERSION_GET,
		.doit	= vsw_nl_version_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VSW_CMD_BATCH,
		.doit		= vsw_nl_batch_doit,
		.policy		= vsw_batch_nl_policy,
		.maxattr	= VSW_A_BATCH_TIMEOUT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= VSW_CMD_BATCH_GET,
		.doit	= vsw_nl_batch_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= VSW_CMD_BATCH_CONFIRM,
		.doit	= vsw_nl_batch_confirm_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= VSW_CMD_BATCH_UNDO,
		.doit	= vsw_nl_batch_undo_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group vsw_nl_mcgrps[] = {
	[VSW_NLGRP_CONFIG] = { "config", },
	[VSW_NLGRP_FDB] = { "fdb", },
};
