/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_IMPORT_H
#define VSWCTL_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include "vswctl.h"

struct args;

#define VLANS 4096
#define VID_MAX (VLANS - 2)

/* How a bridge port is a member of a VLAN */
enum vlan_flags {
	VLAN_MEMBER = 1,
	VLAN_UNTAGGED = 2,
	VLAN_PVID = 4,
};

/**
 * struct import - another switch, and what it is in terms of vsw
 * @ctl: the command
 * @from: name of the other switch
 * @to: name that the switch gets
 * @commands: what vswctl does, in order
 * @losses: sentences: what is not carried over
 * @notes: sentences: what else is to be known
 * @hosts: commands of ip(8) that move the host over, which vswctl does not do
 * @ports: devices that leave the other switch
 * @back_link: commands of ip(8) that undo the leaving
 * @back_bridge: commands of bridge(8) that do so then
 */
struct import {
	struct vswctl *ctl;
	const char *from;
	const char *to;
	struct json_object *commands;
	struct json_object *losses;
	struct json_object *notes;
	struct json_object *hosts;
	struct json_object *ports;
	struct json_object *back_link;
	struct json_object *back_bridge;
};

void import_init(struct import *import, struct vswctl *ctl);
void import_free(struct import *import);
void import_switch_up(const struct import *import);
/* True when all of it is as before; the journal goes then */
bool import_ports_return(const struct import *import);

/* Append to one of those lists; what no line of a batch can have becomes ? */
void import_add(struct json_object *list, const char *format, ...)
	__printf(2, 3);
/* Of a JSON object: a member by its path, "a.b"; NULL or "" if there is none */
struct json_object *member(struct json_object *object, const char *path);
const char *member_text(struct json_object *object, const char *path);
/* Of an array; what is none is empty */
size_t list_length(struct json_object *list);
struct json_object *list_item(struct json_object *list, size_t index);
/* "" for what is not there */
const char *list_text(struct json_object *list, size_t index);
/* What another program prints as JSON of that type; returns an exit code */
int json_read(struct vswctl *ctl, char *const words[], const char *hint,
	      enum json_type type, struct json_object **json);
/* A name that a line of a batch can have */
int name_check(struct vswctl *ctl, const char *name);

/* import_bridge.c */
int import_bridge(struct import *import);
/* A NIC of this machine, or what is made of such; @link is what ip(8) has */
bool link_is_towards_wire(struct json_object *link);

/*
 * import_journal.c: the way back is kept from before the first port leaves until all
 * have joined; has one been left over; and the command that goes it
 */
int import_journal_write(struct import *import);
void import_journal_remove(void);
bool import_interrupted(void);
int import_recover(struct vswctl *ctl, struct args *args);

/* import_ovs.c */
int import_ovs(struct import *import);

/*
 * import_vlan.c: the words that make a port a member of these VLANs when it is
 * added, and the commands that follow for what those cannot say. @tagged: an access
 * port takes frames of its VLAN with a tag too.
 */
void vlans_words(const uint8_t vlans[VLANS], bool tagged, char **words);
void vlans_commands(const struct import *import, const char *port,
		    const uint8_t vlans[VLANS]);
/* The same for the host port, which is a member of @pvid only */
void vlans_host(const struct import *import, const uint8_t vlans[VLANS],
		unsigned int pvid);

#endif /* VSWCTL_IMPORT_H */
