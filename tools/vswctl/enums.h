/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_ENUMS_H
#define VSWCTL_ENUMS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct names - names of the values of an enum, as the spec has them
 * @type: name of the enum
 * @name: name of each value; of each bit where the values are flags
 * @count: number of those
 */
struct names {
	const char *type;
	const char *const *name;
	unsigned int count;
};

extern const struct names port_role_names;
extern const struct names path_names;
extern const struct names frames_names;
extern const struct names link_state_names;
extern const struct names teaming_names;
extern const struct names vlan_flag_names;
extern const struct names fdb_type_names;
extern const struct names enforcement_names;
extern const struct names on_drift_names;
extern const struct names unowned_names;
extern const struct names vlan_proto_names;
extern const struct names failover_names;
extern const struct names failover_cause_names;
extern const struct names filter_overflow_names;
extern const struct names vf_event_names;
extern const struct names vf_capability_names;
extern const struct names feature_names;
extern const struct names drop_reason_names;
extern const struct names batch_op_names;
extern const struct names batch_event_names;

/* NULL for a value that this version of vswctl does not know */
const char *names_find(const struct names *names, uint64_t value);
/* -1 for a word that is no name */
int names_value(const struct names *names, const char *word);
/* "all, tagged, untagged", for messages */
void names_list(const struct names *names, char *buf, size_t size);

#endif /* VSWCTL_ENUMS_H */
