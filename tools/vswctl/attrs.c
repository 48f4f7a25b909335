// SPDX-License-Identifier: GPL-2.0
/*
 * The attribute sets of Documentation/netlink/specs/vsw.yaml;
 * tests/enums-check.py proves that they are the same.
 */
#include "attrs.h"

#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/vsw.h>

#include "enums.h"
#include "vswctl.h"

#define ATTR_SET(set)						\
	const struct attr_set set##_attrs = {			\
		.name = #set,					\
		.attr = set##_table,				\
		.max = ARRAY_SIZE(set##_table) - 1,		\
	}

static const struct attr switch_table[] = {
	[VSW_A_SWITCH_IFINDEX] = { "ifindex", ATTR_IFINDEX },
	[VSW_A_SWITCH_NAME] = { "name", ATTR_STRING },
	[VSW_A_SWITCH_AGEING_TIME] = { "ageing-time", ATTR_U32 },
	[VSW_A_SWITCH_DEFAULT_PVID] = { "default-pvid", ATTR_U16 },
	[VSW_A_SWITCH_FDB_MAX] = { "fdb-max", ATTR_U32 },
	[VSW_A_SWITCH_FDB_LEARNED] = { "fdb-learned", ATTR_U32 },
	[VSW_A_SWITCH_FDB_STATIC] = { "fdb-static", ATTR_U32 },
	[VSW_A_SWITCH_PORTS] = { "ports", ATTR_U32 },
	[VSW_A_SWITCH_MTU] = { "mtu", ATTR_U32 },
	[VSW_A_SWITCH_MAC] = { "mac", ATTR_MAC },
	[VSW_A_SWITCH_TEAMING] = { "teaming", ATTR_ENUM, &teaming_names },
	[VSW_A_SWITCH_PRIMARY] = { "primary", ATTR_STRING },
};

ATTR_SET(switch);

static const struct attr port_table[] = {
	[VSW_A_PORT_SWITCH] = { "switch", ATTR_IFINDEX },
	[VSW_A_PORT_SWITCH_NAME] = { "switch-name", ATTR_STRING },
	[VSW_A_PORT_ID] = { "id", ATTR_U32 },
	[VSW_A_PORT_NAME] = { "name", ATTR_STRING },
	[VSW_A_PORT_ROLE] = { "role", ATTR_ENUM, &port_role_names },
	[VSW_A_PORT_PATH] = { "path", ATTR_ENUM, &path_names },
	[VSW_A_PORT_IFINDEX] = { "ifindex", ATTR_IFINDEX },
	[VSW_A_PORT_IFNAME] = { "ifname", ATTR_STRING },
	[VSW_A_PORT_PF] = { "pf", ATTR_IFINDEX },
	[VSW_A_PORT_PF_NAME] = { "pf-name", ATTR_STRING },
	[VSW_A_PORT_VF] = { "vf", ATTR_U32 },
	[VSW_A_PORT_MAC] = { "mac", ATTR_MAC },
	[VSW_A_PORT_PVID] = { "pvid", ATTR_U16 },
	[VSW_A_PORT_PCP] = { "pcp", ATTR_U8 },
	[VSW_A_PORT_FRAMES] = { "frames", ATTR_ENUM, &frames_names },
	[VSW_A_PORT_INGRESS_FILTERING] = { "ingress-filtering", ATTR_BOOL },
	[VSW_A_PORT_LEARNING] = { "learning", ATTR_BOOL },
	[VSW_A_PORT_UNICAST_FLOOD] = { "unicast-flood", ATTR_BOOL },
	[VSW_A_PORT_MULTICAST_FLOOD] = { "multicast-flood", ATTR_BOOL },
	[VSW_A_PORT_BROADCAST_FLOOD] = { "broadcast-flood", ATTR_BOOL },
	[VSW_A_PORT_HAIRPIN] = { "hairpin", ATTR_BOOL },
	[VSW_A_PORT_ISOLATED] = { "isolated", ATTR_BOOL },
	[VSW_A_PORT_FDB_MAX] = { "fdb-max", ATTR_U32 },
	[VSW_A_PORT_FDB_LEARNED] = { "fdb-learned", ATTR_U32 },
	[VSW_A_PORT_VLAN] = { "vlan", ATTR_NEST, .nest = &membership_attrs },
	[VSW_A_PORT_VLAN_COUNT] = { "vlan-count", ATTR_U32 },
	[VSW_A_PORT_UP] = { "up", ATTR_BOOL },
	[VSW_A_PORT_PROMISC] = { "promisc", ATTR_BOOL },
	[VSW_A_PORT_NIC_MACS] = { "nic-macs", ATTR_U32 },
	[VSW_A_PORT_SPOOFCHK] = { "spoofchk", ATTR_BOOL },
	[VSW_A_PORT_TRUST] = { "trust", ATTR_BOOL },
	[VSW_A_PORT_LINK_STATE] = {
		"link-state", ATTR_ENUM, &link_state_names
	},
	[VSW_A_PORT_MIN_TX_RATE] = { "min-tx-rate", ATTR_U32 },
	[VSW_A_PORT_MAX_TX_RATE] = { "max-tx-rate", ATTR_U32 },
	[VSW_A_PORT_ENFORCEMENT] = {
		"enforcement", ATTR_ENUM, &enforcement_names
	},
	[VSW_A_PORT_ON_DRIFT] = { "on-drift", ATTR_ENUM, &on_drift_names },
	[VSW_A_PORT_AWAITS] = { "awaits", ATTR_STRING },
	[VSW_A_PORT_NIC] = { "nic", ATTR_STRING },
	[VSW_A_PORT_UNOWNED] = { "unowned", ATTR_ENUM, &unowned_names },
	[VSW_A_PORT_FAILOVER] = { "failover", ATTR_ENUM, &failover_names },
	[VSW_A_PORT_FAILOVERS] = { "failovers", ATTR_U32 },
	[VSW_A_PORT_FAILOVER_CAUSE] = {
		"failover-cause", ATTR_ENUM, &failover_cause_names
	},
	[VSW_A_PORT_UNENFORCED] = {
		"unenforced", ATTR_FLAGS, &vf_capability_names
	},
	[VSW_A_PORT_UPLINK] = { "uplink", ATTR_STRING },
	[VSW_A_PORT_PIN] = { "pin", ATTR_STRING },
	[VSW_A_PORT_TEAM_PORTS] = { "team-ports", ATTR_U32 },
	[VSW_A_PORT_FILTER_MAX] = { "filter-max", ATTR_U32 },
	[VSW_A_PORT_FILTER_OVERFLOW] = {
		"filter-overflow", ATTR_ENUM, &filter_overflow_names
	},
	[VSW_A_PORT_NIC_MACS_OVER] = { "nic-macs-over", ATTR_U32 },
	[VSW_A_PORT_PHYS_SWITCH_ID] = { "phys-switch-id", ATTR_STRING },
	[VSW_A_PORT_PHYS_PORT_NAME] = { "phys-port-name", ATTR_STRING },
	[VSW_A_PORT_REP_OF] = { "rep-of", ATTR_STRING },
	[VSW_A_PORT_BEFORE_MAC] = { "before-mac", ATTR_MAC },
	[VSW_A_PORT_BEFORE_TX_SHARE] = { "before-tx-share", ATTR_UINT },
	[VSW_A_PORT_BEFORE_TX_MAX] = { "before-tx-max", ATTR_UINT },
	[VSW_A_PORT_VLAN_PROTO] = { "vlan-proto", ATTR_ENUM, &vlan_proto_names },
	[VSW_A_PORT_PROFILE] = { "profile", ATTR_STRING },
};

ATTR_SET(port);

static const struct attr membership_table[] = {
	[VSW_A_MEMBERSHIP_FIRST] = { "first", ATTR_U16 },
	[VSW_A_MEMBERSHIP_LAST] = { "last", ATTR_U16 },
	[VSW_A_MEMBERSHIP_FLAGS] = { "flags", ATTR_FLAGS, &vlan_flag_names },
};

ATTR_SET(membership);

static const struct attr vlan_table[] = {
	[VSW_A_VLAN_SWITCH] = { "switch", ATTR_IFINDEX },
	[VSW_A_VLAN_PORT] = { "port", ATTR_STRING },
	[VSW_A_VLAN_FIRST] = { "first", ATTR_U16 },
	[VSW_A_VLAN_LAST] = { "last", ATTR_U16 },
	[VSW_A_VLAN_FLAGS] = { "flags", ATTR_FLAGS, &vlan_flag_names },
};

ATTR_SET(vlan);

static const struct attr fdb_table[] = {
	[VSW_A_FDB_SWITCH] = { "switch", ATTR_IFINDEX },
	[VSW_A_FDB_MAC] = { "mac", ATTR_MAC },
	[VSW_A_FDB_VID] = { "vid", ATTR_U16 },
	[VSW_A_FDB_PORT] = { "port", ATTR_STRING },
	[VSW_A_FDB_IFINDEX] = { "ifindex", ATTR_IFINDEX },
	[VSW_A_FDB_TYPE] = { "type", ATTR_ENUM, &fdb_type_names },
	[VSW_A_FDB_AGE] = { "age", ATTR_U32 },
	[VSW_A_FDB_FLUSHED] = { "flushed", ATTR_U32 },
	[VSW_A_FDB_SWITCH_NAME] = { "switch-name", ATTR_STRING },
};

ATTR_SET(fdb);

static const struct attr vf_table[] = {
	[VSW_A_VF_PF] = { "pf", ATTR_IFINDEX },
	[VSW_A_VF_PF_NAME] = { "pf-name", ATTR_STRING },
	[VSW_A_VF_VF] = { "vf", ATTR_U32 },
	[VSW_A_VF_PORT] = { "port", ATTR_STRING },
	[VSW_A_VF_SWITCH] = { "switch", ATTR_IFINDEX },
	[VSW_A_VF_CAPABILITY] = {
		"capability", ATTR_FLAGS, &vf_capability_names
	},
	[VSW_A_VF_MAC] = { "mac", ATTR_MAC },
	[VSW_A_VF_VLAN] = { "vlan", ATTR_U16 },
	[VSW_A_VF_PCP] = { "pcp", ATTR_U8 },
	[VSW_A_VF_SPOOFCHK] = { "spoofchk", ATTR_BOOL },
	[VSW_A_VF_TRUST] = { "trust", ATTR_BOOL },
	[VSW_A_VF_LINK_STATE] = { "link-state", ATTR_ENUM, &link_state_names },
	[VSW_A_VF_MIN_TX_RATE] = { "min-tx-rate", ATTR_U32 },
	[VSW_A_VF_MAX_TX_RATE] = { "max-tx-rate", ATTR_U32 },
	[VSW_A_VF_WANTED_MAC] = { "wanted-mac", ATTR_MAC },
	[VSW_A_VF_WANTED_VLAN] = { "wanted-vlan", ATTR_U16 },
	[VSW_A_VF_WANTED_PCP] = { "wanted-pcp", ATTR_U8 },
	[VSW_A_VF_WANTED_SPOOFCHK] = { "wanted-spoofchk", ATTR_BOOL },
	[VSW_A_VF_WANTED_TRUST] = { "wanted-trust", ATTR_BOOL },
	[VSW_A_VF_WANTED_LINK_STATE] = {
		"wanted-link-state", ATTR_ENUM, &link_state_names
	},
	[VSW_A_VF_WANTED_MIN_TX_RATE] = { "wanted-min-tx-rate", ATTR_U32 },
	[VSW_A_VF_WANTED_MAX_TX_RATE] = { "wanted-max-tx-rate", ATTR_U32 },
	[VSW_A_VF_DRIFT] = { "drift", ATTR_BOOL },
	[VSW_A_VF_RX_PACKETS] = { "rx-packets", ATTR_UINT },
	[VSW_A_VF_RX_BYTES] = { "rx-bytes", ATTR_UINT },
	[VSW_A_VF_TX_PACKETS] = { "tx-packets", ATTR_UINT },
	[VSW_A_VF_TX_BYTES] = { "tx-bytes", ATTR_UINT },
	[VSW_A_VF_PRESENT] = { "present", ATTR_BOOL },
	[VSW_A_VF_UNENFORCED] = {
		"unenforced", ATTR_FLAGS, &vf_capability_names
	},
	[VSW_A_VF_ON_DRIFT] = { "on-drift", ATTR_ENUM, &on_drift_names },
	[VSW_A_VF_CORRECTIONS] = { "corrections", ATTR_U32 },
	[VSW_A_VF_EVENT] = { "event", ATTR_ENUM, &vf_event_names },
	[VSW_A_VF_NIC] = { "nic", ATTR_STRING },
	[VSW_A_VF_PARKED] = { "parked", ATTR_BOOL },
	[VSW_A_VF_STANDBY] = { "standby", ATTR_BOOL },
	[VSW_A_VF_REP] = { "rep", ATTR_STRING },
	[VSW_A_VF_VLAN_PROTO] = { "vlan-proto", ATTR_ENUM, &vlan_proto_names },
	[VSW_A_VF_WANTED_VLAN_PROTO] = {
		"wanted-vlan-proto", ATTR_ENUM, &vlan_proto_names
	},
};

ATTR_SET(vf);

static const struct attr drop_table[] = {
	[VSW_A_DROP_REASON] = { "reason", ATTR_ENUM, &drop_reason_names },
	[VSW_A_DROP_PACKETS] = { "packets", ATTR_UINT },
};

ATTR_SET(drop);

static const struct attr stats_table[] = {
	[VSW_A_STATS_SWITCH] = { "switch", ATTR_IFINDEX },
	[VSW_A_STATS_PORT] = { "port", ATTR_STRING },
	[VSW_A_STATS_RX_PACKETS] = { "rx-packets", ATTR_UINT },
	[VSW_A_STATS_RX_BYTES] = { "rx-bytes", ATTR_UINT },
	[VSW_A_STATS_TX_PACKETS] = { "tx-packets", ATTR_UINT },
	[VSW_A_STATS_TX_BYTES] = { "tx-bytes", ATTR_UINT },
	[VSW_A_STATS_RX_DROPPED] = { "rx-dropped", ATTR_UINT },
	[VSW_A_STATS_TX_DROPPED] = { "tx-dropped", ATTR_UINT },
	[VSW_A_STATS_RX_DROP] = { "rx-drop", ATTR_NEST, .nest = &drop_attrs },
	[VSW_A_STATS_TX_DROP] = { "tx-drop", ATTR_NEST, .nest = &drop_attrs },
	[VSW_A_STATS_RX_FASTPATH] = { "rx-fastpath", ATTR_UINT },
};

ATTR_SET(stats);

static const struct attr version_table[] = {
	[VSW_A_VERSION_MODULE] = { "module", ATTR_STRING },
	[VSW_A_VERSION_FEATURES] = { "features", ATTR_FLAGS, &feature_names },
};

ATTR_SET(version);

static const struct attr entry_table[] = {
	[VSW_A_ENTRY_OP] = { "op", ATTR_ENUM, &batch_op_names },
	[VSW_A_ENTRY_ATTRS] = { "attrs", ATTR_BINARY },
};

ATTR_SET(entry);

static const struct attr batch_table[] = {
	[VSW_A_BATCH_ENTRY] = { "entry", ATTR_NEST, .nest = &entry_attrs },
	[VSW_A_BATCH_UNDO] = { "undo", ATTR_NEST, .nest = &entry_attrs },
	[VSW_A_BATCH_TIMEOUT] = { "timeout", ATTR_U32 },
	[VSW_A_BATCH_LEFT] = { "left", ATTR_U32 },
	[VSW_A_BATCH_EVENT] = { "event", ATTR_ENUM, &batch_event_names },
};

ATTR_SET(batch);

static const struct operation operations[] = {
	[VSW_CMD_SWITCH_GET] = { "switch-get", &switch_attrs },
	[VSW_CMD_SWITCH_NEW] = { "switch-new", &switch_attrs },
	[VSW_CMD_SWITCH_SET] = { "switch-set", &switch_attrs },
	[VSW_CMD_SWITCH_DEL] = { "switch-del", &switch_attrs },
	[VSW_CMD_SWITCH_NTF] = { "switch-ntf", &switch_attrs },
	[VSW_CMD_SWITCH_DEL_NTF] = { "switch-del-ntf", &switch_attrs },
	[VSW_CMD_PORT_GET] = { "port-get", &port_attrs },
	[VSW_CMD_PORT_NEW] = { "port-new", &port_attrs },
	[VSW_CMD_PORT_SET] = { "port-set", &port_attrs },
	[VSW_CMD_PORT_DEL] = { "port-del", &port_attrs },
	[VSW_CMD_PORT_NTF] = { "port-ntf", &port_attrs },
	[VSW_CMD_PORT_DEL_NTF] = { "port-del-ntf", &port_attrs },
	[VSW_CMD_VLAN_GET] = { "vlan-get", &vlan_attrs },
	[VSW_CMD_VLAN_NEW] = { "vlan-new", &vlan_attrs },
	[VSW_CMD_VLAN_DEL] = { "vlan-del", &vlan_attrs },
	[VSW_CMD_VLAN_NTF] = { "vlan-ntf", &vlan_attrs },
	[VSW_CMD_VLAN_DEL_NTF] = { "vlan-del-ntf", &vlan_attrs },
	[VSW_CMD_FDB_GET] = { "fdb-get", &fdb_attrs },
	[VSW_CMD_FDB_NEW] = { "fdb-new", &fdb_attrs },
	[VSW_CMD_FDB_DEL] = { "fdb-del", &fdb_attrs },
	[VSW_CMD_FDB_FLUSH] = { "fdb-flush", &fdb_attrs },
	[VSW_CMD_FDB_NTF] = { "fdb-ntf", &fdb_attrs },
	[VSW_CMD_FDB_DEL_NTF] = { "fdb-del-ntf", &fdb_attrs },
	[VSW_CMD_VF_GET] = { "vf-get", &vf_attrs },
	[VSW_CMD_STATS_GET] = { "stats-get", &stats_attrs },
	[VSW_CMD_VERSION_GET] = { "version-get", &version_attrs },
	[VSW_CMD_VF_NTF] = { "vf-ntf", &vf_attrs },
	[VSW_CMD_BATCH] = { "batch", &batch_attrs },
	[VSW_CMD_BATCH_GET] = { "batch-get", &batch_attrs },
	[VSW_CMD_BATCH_CONFIRM] = { "batch-confirm", &batch_attrs },
	[VSW_CMD_BATCH_UNDO] = { "batch-undo", &batch_attrs },
	[VSW_CMD_BATCH_NTF] = { "batch-ntf", &batch_attrs },
};

const struct operation *operation_find(unsigned int command)
{
	if (command >= ARRAY_SIZE(operations) || !operations[command].name)
		return NULL;
	return &operations[command];
}

const struct attr *attr_find(const struct attr_set *set, int type)
{
	if (type < 1 || type > set->max || !set->attr[type].name)
		return NULL;
	return &set->attr[type];
}

uint64_t attr_uint(const struct nlattr *nla)
{
	uint8_t u8 = 0;
	uint16_t u16 = 0;
	uint32_t u32 = 0;
	uint64_t u64 = 0;

	switch (nla ? nla_len(nla) : 0) {
	case sizeof(u8):
		nla_memcpy(&u8, nla, sizeof(u8));
		return u8;
	case sizeof(u16):
		nla_memcpy(&u16, nla, sizeof(u16));
		return u16;
	case sizeof(u32):
		nla_memcpy(&u32, nla, sizeof(u32));
		return u32;
	case sizeof(u64):
		nla_memcpy(&u64, nla, sizeof(u64));
		return u64;
	}
	return 0;
}

void attr_string(const struct nlattr *nla, char *buf, size_t size)
{
	size_t length = nla ? nla_len(nla) : 0;
	char *c;

	if (length > size - 1)
		length = size - 1;
	if (length)
		memcpy(buf, nla_data(nla), length);
	buf[length] = '\0';
	for (c = buf; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
}

static void attr_mac(const struct nlattr *nla, char *buf, size_t size)
{
	uint8_t mac[6] = {};

	nla_memcpy(mac, nla, sizeof(mac));
	snprintf(buf, size, "%02x:%02x:%02x:%02x:%02x:%02x",
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

/* A million forwarding entries have few devices: the last one asked for */
static struct {
	unsigned int ifindex;
	char name[IF_NAMESIZE];
} last_device;

void attr_names_forget(void)
{
	last_device.ifindex = 0;
}

static void attr_ifname(const struct nlattr *nla, char *buf, size_t size)
{
	unsigned int ifindex = attr_uint(nla);

	if (!ifindex || ifindex != last_device.ifindex) {
		last_device.ifindex = 0;
		if (!if_indextoname(ifindex, last_device.name)) {
			snprintf(buf, size, "if%u", ifindex);
			return;
		}
		last_device.ifindex = ifindex;
	}
	snprintf(buf, size, "%s", last_device.name);
}

static void attr_enum(const struct attr *attr, const struct nlattr *nla,
		      char *buf, size_t size)
{
	const char *name = names_find(attr->names, attr_uint(nla));

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%llu",
			 (unsigned long long)attr_uint(nla));
}

/* Flags without a name print as the number of their bit */
static void flag_text(const struct attr *attr, unsigned int bit,
		      char *buf, size_t size)
{
	const char *name = names_find(attr->names, bit);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%u", bit);
}

static void attr_flags(const struct attr *attr, const struct nlattr *nla,
		       char *buf, size_t size)
{
	uint64_t flags = attr_uint(nla);
	unsigned int bit;
	char name[32];

	snprintf(buf, size, "%s", flags ? "" : "-");
	for (bit = 0; bit < 64; bit++) {
		if (!(flags >> bit & 1))
			continue;
		flag_text(attr, bit, name, sizeof(name));
		snprintf(buf + strlen(buf), size - strlen(buf), "%s%s",
			 *buf ? " " : "", name);
	}
}

void attr_text(const struct attr_set *set, const struct nlattr *nla,
	       char *buf, size_t size)
{
	const struct attr *attr = attr_find(set, nla_type(nla));

	switch (attr ? attr->type : ATTR_NONE) {
	case ATTR_BOOL:
		snprintf(buf, size, "%s", attr_uint(nla) ? "on" : "off");
		break;
	case ATTR_U8:
	case ATTR_U16:
	case ATTR_U32:
	case ATTR_UINT:
		snprintf(buf, size, "%llu",
			 (unsigned long long)attr_uint(nla));
		break;
	case ATTR_IFINDEX:
		attr_ifname(nla, buf, size);
		break;
	case ATTR_ENUM:
		attr_enum(attr, nla, buf, size);
		break;
	case ATTR_FLAGS:
		attr_flags(attr, nla, buf, size);
		break;
	case ATTR_STRING:
		attr_string(nla, buf, size);
		break;
	case ATTR_MAC:
		attr_mac(nla, buf, size);
		break;
	case ATTR_NEST:
	case ATTR_BINARY:
	case ATTR_NONE:
		buf[0] = '\0';
	}
}

static struct json_object *flags_json(const struct attr *attr,
				      const struct nlattr *nla)
{
	struct json_object *array = json_object_new_array();
	uint64_t flags = attr_uint(nla);
	unsigned int bit;
	char name[32];

	for (bit = 0; bit < 64; bit++) {
		if (!(flags >> bit & 1))
			continue;
		flag_text(attr, bit, name, sizeof(name));
		json_object_array_add(array, json_object_new_string(name));
	}
	return array;
}

static struct json_object *attr_json(const struct attr_set *set,
				     const struct attr *attr,
				     struct nlattr *nla)
{
	char text[256];

	switch (attr->type) {
	case ATTR_BOOL:
		return json_object_new_boolean(attr_uint(nla));
	case ATTR_U8:
	case ATTR_U16:
	case ATTR_U32:
	case ATTR_UINT:
	case ATTR_IFINDEX:
		return json_object_new_uint64(attr_uint(nla));
	case ATTR_FLAGS:
		return flags_json(attr, nla);
	case ATTR_NEST:
		return attrs_json(attr->nest, nla_data(nla), nla_len(nla));
	default:
		attr_text(set, nla, text, sizeof(text));
		return json_object_new_string(text);
	}
}

/* Nests may stand several times, so that each is an element of an array */
static void nest_add(struct json_object *object, const char *key,
		     struct json_object *element)
{
	struct json_object *array;

	if (!json_object_object_get_ex(object, key, &array)) {
		array = json_object_new_array();
		json_object_object_add(object, key, array);
	}
	json_object_array_add(array, element);
}

struct json_object *attrs_json(const struct attr_set *set,
			       struct nlattr *head, int length)
{
	struct json_object *object = json_object_new_object();
	struct json_object *value;
	const struct attr *attr;
	struct nlattr *nla;
	int left;

	nla_for_each_attr(nla, head, length, left) {
		attr = attr_find(set, nla_type(nla));
		if (!attr)
			continue;
		value = attr_json(set, attr, nla);
		if (attr->type == ATTR_NEST)
			nest_add(object, attr->name, value);
		else
			json_object_object_add(object, attr->name, value);
	}
	return object;
}
