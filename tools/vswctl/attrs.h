/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_ATTRS_H
#define VSWCTL_ATTRS_H

#include <stdint.h>
#include <stddef.h>

#include <netlink/attr.h>

struct attr_set;
struct json_object;
struct names;

enum attr_type {
	ATTR_NONE,
	ATTR_BOOL,
	ATTR_U8,
	ATTR_U16,
	ATTR_U32,
	ATTR_UINT,
	ATTR_IFINDEX,
	ATTR_ENUM,
	ATTR_FLAGS,
	ATTR_STRING,
	ATTR_MAC,
	ATTR_NEST,
	ATTR_BINARY,
};

/**
 * struct attr - an attribute of the spec
 * @name: its name there
 * @type: how to read and to print it
 * @names: ATTR_ENUM and ATTR_FLAGS, names of the values
 * @nest: ATTR_NEST, what is in it; such attributes may stand several times
 */
struct attr {
	const char *name;
	enum attr_type type;
	const struct names *names;
	const struct attr_set *nest;
};

/**
 * struct attr_set - an attribute set of the spec
 * @name: its name there
 * @attr: the attributes by number
 * @max: the highest number
 */
struct attr_set {
	const char *name;
	const struct attr *attr;
	int max;
};

/* More than the highest attribute number of any set */
#define ATTRS_MAX 64

/**
 * struct operation - an operation of the spec
 * @name: its name there
 * @set: attributes of its messages
 */
struct operation {
	const char *name;
	const struct attr_set *set;
};

extern const struct attr_set switch_attrs;
extern const struct attr_set port_attrs;
extern const struct attr_set membership_attrs;
extern const struct attr_set vlan_attrs;
extern const struct attr_set fdb_attrs;
extern const struct attr_set vf_attrs;
extern const struct attr_set drop_attrs;
extern const struct attr_set stats_attrs;
extern const struct attr_set version_attrs;
extern const struct attr_set entry_attrs;
extern const struct attr_set batch_attrs;

/* NULL for a command that this version of vswctl does not know */
const struct operation *operation_find(unsigned int command);
const struct attr *attr_find(const struct attr_set *set, int type);

/* Any unsigned integer, whatever its width; 0 where the attribute is NULL */
uint64_t attr_uint(const struct nlattr *nla);
/* Always terminated, unprintable characters replaced */
void attr_string(const struct nlattr *nla, char *buf, size_t size);
/* For people; empty where attr_find() knows nothing of it */
void attr_text(const struct attr_set *set, const struct nlattr *nla,
	       char *buf, size_t size);
/* Devices may have other names from now on */
void attr_names_forget(void);
/* Object of all attributes of a message or nest */
struct json_object *attrs_json(const struct attr_set *set,
			       struct nlattr *head, int length);

#endif /* VSWCTL_ATTRS_H */
