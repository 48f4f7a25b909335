/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_MODEL_H
#define VSWCTL_CONFIG_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <net/if.h>

#include <linux/vsw.h>

#include "parse.h"

struct names;
struct vswctl;

/*
 * A configuration in memory, whether it comes from a file or from the kernel. Every
 * value is the word that vswctl(8) has for it, so that two of them are compared, and
 * made commands of, without knowing what they mean.
 */

/* Longer than any value: a name, a MAC address, a number */
#define CONFIG_WORD 32
/* Room for a VF as text */
#define CONFIG_VF_TEXT (IF_NAMESIZE + 12)
/* More than a host has, and so few that a bad file cannot eat its memory */
#define CONFIG_PORTS_MAX 65536

typedef char config_word[CONFIG_WORD];

enum config_type {
	CONFIG_BOOL,
	CONFIG_NUMBER,
	CONFIG_ENUM,
	CONFIG_MAC,
	CONFIG_RATE,
	CONFIG_NAME,
	CONFIG_VID,
	CONFIG_AGEING,
};

/* Which ports have a key */
enum config_scope {
	CONFIG_SOFT = 1,
	CONFIG_VF = 2,
	CONFIG_UPLINK = 4,
	CONFIG_HOST = 8,
	CONFIG_SOFTLY = CONFIG_SOFT | CONFIG_UPLINK | CONFIG_HOST,
	CONFIG_ANY = CONFIG_SOFTLY | CONFIG_VF,
};

/**
 * struct config_key - a value that switches or ports have
 * @name: what vswctl(8) calls it
 * @type: what it is
 * @attr: attribute that it is to the kernel; 0 for what is no part of a transaction,
 *	but done before it or after it: see config_steps.h
 * @max: CONFIG_NUMBER, the largest
 * @names: CONFIG_ENUM, the words
 * @preset: what it is when nobody says
 * @scope: ports that have it, CONFIG_SOFT...
 */
struct config_key {
	const char *name;
	enum config_type type;
	int attr;
	uint32_t max;
	const struct names *names;
	const char *preset;
	unsigned int scope;
};

enum config_switch_key {
	CONFIG_SWITCH_AGEING,
	CONFIG_SWITCH_PVID,
	CONFIG_SWITCH_FDB_MAX,
	CONFIG_SWITCH_TEAMING,
	CONFIG_SWITCH_PRIMARY,
	CONFIG_SWITCH_MAC,
	CONFIG_SWITCH_KEYS,
};

enum config_port_key {
	CONFIG_PORT_MAC,
	CONFIG_PORT_PCP,
	CONFIG_PORT_FRAMES,
	CONFIG_PORT_INGRESS_FILTERING,
	CONFIG_PORT_LEARNING,
	CONFIG_PORT_UNICAST_FLOOD,
	CONFIG_PORT_MULTICAST_FLOOD,
	CONFIG_PORT_BROADCAST_FLOOD,
	CONFIG_PORT_HAIRPIN,
	CONFIG_PORT_ISOLATED,
	CONFIG_PORT_FDB_MAX,
	CONFIG_PORT_SPOOFCHK,
	CONFIG_PORT_TRUST,
	CONFIG_PORT_LINK_STATE,
	CONFIG_PORT_MIN_TX_RATE,
	CONFIG_PORT_MAX_TX_RATE,
	CONFIG_PORT_ENFORCEMENT,
	CONFIG_PORT_ON_DRIFT,
	CONFIG_PORT_FAILOVER,
	CONFIG_PORT_VLAN_PROTO,
	CONFIG_PORT_PIN,
	CONFIG_PORT_PROFILE,
	CONFIG_PORT_UNOWNED,
	CONFIG_PORT_FILTER_MAX,
	CONFIG_PORT_FILTER_OVERFLOW,
	CONFIG_PORT_FASTPATH,
	CONFIG_PORT_VFS,
	CONFIG_PORT_KEYS,
};

extern const struct config_key config_switch_keys[CONFIG_SWITCH_KEYS];
extern const struct config_key config_port_keys[CONFIG_PORT_KEYS];

/**
 * struct config_switch - a switch
 * @name: its name
 * @word: its values; the MAC address is empty where the file names none
 * @line: line of the file, or 0
 */
struct config_switch {
	char name[IF_NAMESIZE];
	config_word word[CONFIG_SWITCH_KEYS];
	unsigned int line;
};

/**
 * struct config_vlans - VLANs of a port
 * @member: those that it is a member of
 * @untagged: those of them that leave it without tag
 * @pvid: that of untagged frames, or 0
 */
struct config_vlans {
	struct vid_set member;
	struct vid_set untagged;
	uint16_t pvid;
};

/**
 * struct config_port - a port, an uplink or the host port
 * @name: its name
 * @sw: name of its switch
 * @role: which of these it is
 * @dev: net device, or empty
 * @pf: net device of the PF of its VF, or empty
 * @vf: number of the VF, VF_ANY for any
 * @path_vf: it begins with the VF
 * @optional: it may have to wait for its device
 * @awaits: it waits for its NIC, and nobody knows what it was like
 * @word: its values; empty for what it has not
 * @vlans: its VLANs
 * @has_vlans: somebody has said which; the host port's are left alone otherwise
 * @line: line of the file, or 0
 * @path_line: that of its device or VF
 * @vlan_line: that of its VLANs
 * @word_line: those of its values
 */
struct config_port {
	char name[CONFIG_WORD];
	char sw[IF_NAMESIZE];
	enum vsw_port_role role;
	char dev[IF_NAMESIZE];
	char pf[IF_NAMESIZE];
	uint32_t vf;
	bool path_vf;
	bool optional;
	bool awaits;
	config_word word[CONFIG_PORT_KEYS];
	struct config_vlans vlans;
	bool has_vlans;
	unsigned int line;
	unsigned int path_line;
	unsigned int vlan_line;
	unsigned int word_line[CONFIG_PORT_KEYS];
};

/**
 * struct config_fdb - a static forwarding entry
 * @sw: name of the switch
 * @mac: the address
 * @vid: its VLAN; 0 in a file for the port's PVID
 * @port: the port that it lives behind
 * @line: line of the file, or 0
 */
struct config_fdb {
	char sw[IF_NAMESIZE];
	config_word mac;
	uint16_t vid;
	char port[CONFIG_WORD];
	unsigned int line;
};

/**
 * struct config_model - a configuration
 * @sw: the switches
 * @switches: how many
 * @port: the ports of all of them
 * @ports: how many
 * @fdb: the static entries of all of them
 * @fdbs: how many
 */
struct config_model {
	struct config_switch *sw;
	size_t switches;
	struct config_port *port;
	size_t ports;
	struct config_fdb *fdb;
	size_t fdbs;
};

/* New ones at the end, empty; NULL when there is no memory. Others move. */
struct config_switch *config_add_switch(struct config_model *model);
struct config_port *config_add_port(struct config_model *model);
struct config_fdb *config_add_fdb(struct config_model *model);
void config_free(struct config_model *model);

/* Once nothing is added any more: by name, so that the next two are fast */
void config_sort(struct config_model *model);
const struct config_switch *config_find_switch(const struct config_model *model,
					       const char *name);
const struct config_port *config_find_port(const struct config_model *model,
					   const char *name);
const struct config_fdb *config_find_fdb(const struct config_model *model,
					 const struct config_fdb *like);

/* Is it no part of a transaction? */
bool config_is_step(const struct config_key *key);
/* Is the VF of one what the other wants? */
bool config_same_vf(const struct config_port *a, const struct config_port *b);
/* The VF of a port as vswctl(8) has it: "PF/N", or "PF/any" */
void config_vf_text(const struct config_port *port, char *buf, size_t size);
/*
 * Does @now have but one of the two paths of @port? Then @path becomes a port that has
 * the other one, and nothing else
 */
bool config_lacks_path(const struct config_port *now,
		       const struct config_port *port, struct config_port *path);
/* What kind of port it is, CONFIG_SOFT... */
unsigned int config_scope(const struct config_port *port);
/* The word that is meant by none */
const char *config_preset(const struct config_port *port, int key);
/* The values and VLANs that nobody has named */
void config_port_defaults(struct config_port *port,
			  const struct config_switch *sw);
void config_switch_defaults(struct config_switch *sw);
/*
 * Has it a profile, and is that there? The label of one that is gone means nothing. What
 * nobody has named becomes as the profile has it; returns an exit code. These three are
 * in config_port.c
 */
bool config_port_is_labelled(const struct config_port *port);
bool config_port_follows(const struct config_port *port);
int config_port_profile(struct vswctl *ctl, struct config_port *port);
/* Are its VLANs and frames what they are when nobody names them? */
bool config_is_plain(const struct config_port *port,
		     const struct config_switch *sw);
/* What the kernel makes of the frames that a port takes when VLANs are named */
const char *config_frames_of(const struct config_vlans *vlans);
uint16_t config_pvid(const struct config_switch *sw);

void config_vlans_access(struct config_vlans *vlans, uint16_t vid);
bool config_vlans_is_access(const struct config_vlans *vlans);
bool config_vlans_same(const struct config_vlans *a,
		       const struct config_vlans *b);
/* "10,20-30"; the caller frees it */
char *config_vids_text(const struct vid_set *set);

void config_word_set(config_word word, const char *text);
/*
 * The word that @text is, as the kernel would have it; NULL, or what is wrong with it,
 * as parse.h has it
 */
const char *config_word_of(const struct config_key *key, const char *text,
			   config_word word);

#endif /* VSWCTL_CONFIG_MODEL_H */
