// SPDX-License-Identifier: GPL-2.0
/* Print the tables of vswctl, for enums-check.py to compare with the spec */
#include <stdio.h>

#include <linux/vsw.h>

#include "attrs.h"
#include "enums.h"
#include "vswctl.h"

static const struct names *const enums[] = {
	&port_role_names,
	&path_names,
	&frames_names,
	&link_state_names,
	&teaming_names,
	&vlan_flag_names,
	&fdb_type_names,
	&vf_capability_names,
	&enforcement_names,
	&on_drift_names,
	&unowned_names,
	&vlan_proto_names,
	&failover_names,
	&failover_cause_names,
	&filter_overflow_names,
	&vf_event_names,
	&feature_names,
	&drop_reason_names,
	&batch_op_names,
	&batch_event_names,
};

static const struct attr_set *const sets[] = {
	&switch_attrs,
	&port_attrs,
	&membership_attrs,
	&vlan_attrs,
	&fdb_attrs,
	&vf_attrs,
	&drop_attrs,
	&stats_attrs,
	&version_attrs,
	&entry_attrs,
	&batch_attrs,
};

/* As in the spec; an attribute that prints as a name is its integer there */
static const char *const types[] = {
	[ATTR_BOOL]	= "u8",
	[ATTR_U8]	= "u8",
	[ATTR_U16]	= "u16",
	[ATTR_U32]	= "u32",
	[ATTR_UINT]	= "uint",
	[ATTR_IFINDEX]	= "u32",
	[ATTR_ENUM]	= "enum",
	[ATTR_FLAGS]	= "flags",
	[ATTR_STRING]	= "string",
	[ATTR_MAC]	= "mac",
	[ATTR_NEST]	= "nest",
	[ATTR_BINARY]	= "binary",
};

static void print_attr(const struct attr_set *set, int number)
{
	const struct attr *attr = attr_find(set, number);
	const char *of = "-";

	if (!attr)
		return;
	if (attr->names)
		of = attr->names->type;
	if (attr->nest)
		of = attr->nest->name;
	printf("attr %s %d %s %s %s\n", set->name, number, attr->name,
	       types[attr->type], of);
}

int main(void)
{
	const struct operation *operation;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(enums); i++)
		for (j = 0; j < enums[i]->count; j++)
			printf("enum %s %u %s\n", enums[i]->type, j,
			       names_find(enums[i], j));
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		for (j = 1; j < ATTRS_MAX; j++)
			print_attr(sets[i], j);
	for (i = 1; i <= VSW_CMD_MAX; i++) {
		operation = operation_find(i);
		if (operation)
			printf("operation %u %s %s\n", i, operation->name,
			       operation->set->name);
	}
	return 0;
}
