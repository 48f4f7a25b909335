// SPDX-License-Identifier: GPL-2.0
/* What is wrong with a configuration as a whole: what cannot be beside what */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_model.h"
#include "config_reader.h"
#include "vswctl.h"

/**
 * struct claim - something that only one may have
 * @what: what, in words
 * @sw: switch that it is about, or empty
 * @line: line of the one who wants it
 * @port: who wants a net device, or NULL
 * @name: who wants it
 */
struct claim {
	char what[64];
	char sw[IF_NAMESIZE];
	unsigned int line;
	const struct config_port *port;
	const char *name;
};

/**
 * struct claims - all that are made
 * @claim: the claims
 * @count: how many
 */
struct claims {
	struct claim *claim;
	size_t count;
};

static int claim_compare(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = strcmp(x->sw, y->sw);

	if (!order)
		order = strcmp(x->what, y->what);
	return order ? order : (int)x->line - (int)y->line;
}

static struct claim *claim_add(struct claims *claims, const char *sw,
			       unsigned int line, const char *name)
{
	struct claim *claim = &claims->claim[claims->count++];

	snprintf(claim->sw, sizeof(claim->sw), "%s", sw);
	claim->line = line;
	claim->name = name;
	return claim;
}

static bool has_mac(const struct config_port *port)
{
	return *port->word[CONFIG_PORT_MAC] &&
	       strcmp(port->word[CONFIG_PORT_MAC], "none");
}

static bool is_word(const struct config_port *port, int key, const char *word)
{
	return !strcmp(port->word[key], word);
}

/* Is its VLAN one of the switch? */
static bool is_of_switch(const struct config_port *port)
{
	return !is_word(port, CONFIG_PORT_VLAN_PROTO, "8021ad");
}

static void claim_paths(struct claims *claims, const struct config_port *port)
{
	struct claim *claim;

	if (*port->dev) {
		claim = claim_add(claims, "", port->path_line, port->name);
		claim->port = port;
		snprintf(claim->what, sizeof(claim->what), "net device %s",
			 port->dev);
	}
	if (*port->pf && port->vf != VF_ANY) {
		claim = claim_add(claims, "", port->path_line, port->name);
		snprintf(claim->what, sizeof(claim->what), "VF %s/%u",
			 port->pf, port->vf);
	}
}

static void claim_mac(struct claims *claims, const char *sw, const char *mac,
		      uint16_t vid, unsigned int line, const char *name)
{
	struct claim *claim = claim_add(claims, sw, line, name);

	snprintf(claim->what, sizeof(claim->what), "%s in VLAN %u", mac, vid);
}

static void claim_all(struct claims *claims, const struct config_model *model)
{
	const struct config_port *port;
	const struct config_fdb *fdb;
	size_t i;

	for (i = 0; i < model->ports; i++) {
		port = &model->port[i];
		claim_paths(claims, port);
		if (has_mac(port) && is_of_switch(port))
			claim_mac(claims, port->sw,
				  port->word[CONFIG_PORT_MAC],
				  port->vlans.pvid,
				  port->word_line[CONFIG_PORT_MAC],
				  port->name);
	}
	for (i = 0; i < model->fdbs; i++) {
		fdb = &model->fdb[i];
		claim_mac(claims, fdb->sw, fdb->mac, fdb->vid, fdb->line,
			  fdb->port);
	}
}

static void check_claims(struct config_reader *reader,
			 const struct claims *claims)
{
	const struct claim *claim;
	size_t i;

	for (i = 1; i < claims->count; i++) {
		claim = &claims->claim[i];
		if (!strcmp(claim->sw, claim[-1].sw) &&
		    !strcmp(claim->what, claim[-1].what))
			config_error(reader, claim->line,
				     "%s is that of '%s' already, see line %u",
				     claim->what, claim[-1].name,
				     claim[-1].line);
	}
}

/* The port whose net device that is, or NULL */
static const struct config_port *owner_of(const struct claims *claims,
					  const char *dev)
{
	const struct claim *found;
	struct claim like = {};
	size_t first = 0, last = claims->count, middle;

	snprintf(like.what, sizeof(like.what), "net device %s", dev);
	while (first < last) {
		middle = (first + last) / 2;
		if (claim_compare(&claims->claim[middle], &like) < 0)
			first = middle + 1;
		else
			last = middle;
	}
	found = &claims->claim[first];
	return first < claims->count && !strcmp(found->what, like.what) ?
	       found->port : NULL;
}

static void check_uplink_of(struct config_reader *reader,
			    const struct config_port *port,
			    const struct config_port *uplink)
{
	uint16_t vid = port->vlans.pvid;

	if (!uplink || uplink->role != VSW_PORT_ROLE_UPLINK ||
	    strcmp(uplink->sw, port->sw)) {
		config_error(reader, port->path_line,
			     "port '%s': its PF %s is no uplink of %s: add it to \"uplinks\"",
			     port->name, port->pf, port->sw);
		return;
	}
	if (!vid || !is_of_switch(port))
		return;
	if (!vid_set_has(&uplink->vlans.member, vid))
		config_error(reader, port->vlan_line,
			     "port '%s': uplink '%s' does not carry its VLAN %u: add it there",
			     port->name, uplink->name, vid);
	else if (!is_word(port, CONFIG_PORT_PCP, "0") &&
		 vid_set_has(&uplink->vlans.untagged, vid))
		config_error(reader, port->word_line[CONFIG_PORT_PCP],
			     "port '%s': VLAN %u has no tag on uplink '%s': leave pcp out",
			     port->name, vid, uplink->name);
}

/* A VF that the uplink is not to have */
static void check_vf_number(struct config_reader *reader,
			    const struct config_port *port,
			    const struct config_port *uplink)
{
	const char *vfs = uplink ? uplink->word[CONFIG_PORT_VFS] : "";
	unsigned long count = strtoul(vfs, NULL, 10);

	if (*vfs && (port->vf == VF_ANY ? !count : port->vf >= count))
		config_error(reader, port->path_line,
			     "port '%s': its uplink '%s' is to have %s VFs, numbered from 0: raise vfs there",
			     port->name, uplink->name, vfs);
}

/* What a soft path cannot do for a VF */
static void check_two_paths(struct config_reader *reader,
			    const struct config_port *port)
{
	int key;

	if (!is_of_switch(port))
		config_error(reader, port->word_line[CONFIG_PORT_VLAN_PROTO],
			     "port '%s': a device is in no S-VLAN: use vlan-proto 8021q, or the VF alone",
			     port->name);
	if (is_word(port, CONFIG_PORT_ENFORCEMENT, "best-effort"))
		return;
	for (key = CONFIG_PORT_MIN_TX_RATE; key <= CONFIG_PORT_MAX_TX_RATE;
	     key++)
		if (!is_word(port, key, "none"))
			config_error(reader, port->word_line[key],
				     "port '%s': a device cannot limit its rate: leave %s out, or say \"enforcement\": \"best-effort\"",
				     port->name, config_port_keys[key].name);
}

static void check_vf(struct config_reader *reader,
		     const struct config_port *port,
		     const struct claims *claims)
{
	if (!config_vlans_is_access(&port->vlans) || !port->vlans.pvid)
		config_error(reader, port->vlan_line,
			     "port '%s': a VF is in one VLAN: say \"vlan\": VID",
			     port->name);
	if (!has_mac(port))
		config_error(reader, port->line,
			     "port '%s': a VF needs a MAC address: \"mac\": \"52:54:00:aa:00:01\"",
			     port->name);
	check_uplink_of(reader, port, owner_of(claims, port->pf));
	check_vf_number(reader, port, owner_of(claims, port->pf));
	if (*port->dev)
		check_two_paths(reader, port);
	else if (is_word(port, CONFIG_PORT_FASTPATH, "xdp"))
		config_error(reader, port->word_line[CONFIG_PORT_FASTPATH],
			     "port '%s': the frames of a VF are forwarded by its NIC: leave fastpath out",
			     port->name);
}

/* A value that only VFs have, at a port that has none */
static void check_scope(struct config_reader *reader,
			const struct config_port *port)
{
	int key;

	if (config_scope(port) != CONFIG_SOFT)
		return;
	for (key = 0; key < CONFIG_PORT_KEYS; key++)
		if (*port->word[key] &&
		    !(config_port_keys[key].scope & CONFIG_SOFT))
			config_error(reader, port->word_line[key],
				     "port '%s': only a port with a VF has '%s': leave it out",
				     port->name, config_port_keys[key].name);
}

static bool is_uplink_of(const struct config_model *model, const char *name,
			 const char *sw)
{
	const struct config_port *port = config_find_port(model, name);

	return port && port->role == VSW_PORT_ROLE_UPLINK &&
	       !strcmp(port->sw, sw);
}

static void check_port(struct config_reader *reader,
		       const struct config_port *port,
		       const struct claims *claims)
{
	const char *pin = port->word[CONFIG_PORT_PIN];

	check_scope(reader, port);
	if (has_mac(port) && !port->vlans.pvid)
		config_error(reader, port->word_line[CONFIG_PORT_MAC],
			     "port '%s': its MAC address lives in the VLAN of its PVID, and it has none",
			     port->name);
	if (*port->pf)
		check_vf(reader, port, claims);
	if (*port->dev && config_find_switch(reader->model, port->dev))
		config_error(reader, port->path_line,
			     "port '%s': %s is a switch, and no port of one",
			     port->name, port->dev);
	if (port->role == VSW_PORT_ROLE_HOST &&
	    is_word(port, CONFIG_PORT_HAIRPIN, "on"))
		config_error(reader, port->word_line[CONFIG_PORT_HAIRPIN],
			     "the host does not want back what it sends: leave hairpin out");
	if (port->role == VSW_PORT_ROLE_UPLINK &&
	    is_word(port, CONFIG_PORT_HAIRPIN, "on"))
		config_error(reader, port->word_line[CONFIG_PORT_HAIRPIN],
			     "uplink '%s': what came from the wire never goes back to it: leave hairpin out",
			     port->name);
	if (*pin && strcmp(pin, "none") &&
	    !is_uplink_of(reader->model, pin, port->sw))
		config_error(reader, port->word_line[CONFIG_PORT_PIN],
			     "port '%s': there is no uplink '%s' in %s to pin it to",
			     port->name, pin, port->sw);
}

static void check_switch(struct config_reader *reader,
			 const struct config_switch *sw)
{
	const char *primary = sw->word[CONFIG_SWITCH_PRIMARY];

	if (strcmp(primary, "none") &&
	    !is_uplink_of(reader->model, primary, sw->name))
		config_error(reader, sw->line,
			     "switch '%s': its primary '%s' is none of its uplinks",
			     sw->name, primary);
	if (!strcmp(sw->word[CONFIG_SWITCH_FDB_MAX], "0"))
		config_error(reader, sw->line,
			     "switch '%s': fdb-max 0 is no table: 1 or more",
			     sw->name);
}

/* The VLAN that it has left out, too */
static void check_fdb(struct config_reader *reader, struct config_fdb *fdb)
{
	const struct config_port *port;

	port = config_find_port(reader->model, fdb->port);
	if (!port || strcmp(port->sw, fdb->sw)) {
		config_error(reader, fdb->line,
			     "there is no port '%s' in %s for %s to live behind",
			     fdb->port, fdb->sw, fdb->mac);
		return;
	}
	if (!is_of_switch(port))
		config_error(reader, fdb->line,
			     "%s: port '%s' is in an S-VLAN, which has no addresses in the switch",
			     fdb->mac, fdb->port);
	if (!fdb->vid)
		fdb->vid = port->vlans.pvid;
	if (!fdb->vid || !vid_set_has(&port->vlans.member, fdb->vid))
		config_error(reader, fdb->line,
			     "%s: port '%s' is no member of VLAN %u: add it there, or name another",
			     fdb->mac, fdb->port, fdb->vid);
}

static void check_names(struct config_reader *reader)
{
	const struct config_model *model = reader->model;
	const struct config_port *a, *b;
	size_t i;

	for (i = 1; i < model->ports; i++) {
		a = &model->port[i - 1];
		b = &model->port[i];
		if (strcmp(a->name, b->name))
			continue;
		if (a->line > b->line) {
			a = b;
			b = &model->port[i - 1];
		}
		config_error(reader, b->line,
			     "the name '%s' stands twice, first in line %u: ports and switches have one each in all the host",
			     b->name, a->line);
	}
}

void config_check(struct config_reader *reader)
{
	struct config_model *model = reader->model;
	struct claims claims = {};
	size_t i;

	config_sort(model);
	check_names(reader);
	for (i = 0; i < model->fdbs; i++)
		check_fdb(reader, &model->fdb[i]);
	claims.claim = calloc(3 * model->ports + model->fdbs + 1,
			      sizeof(*claims.claim));
	if (!claims.claim) {
		config_error(reader, 0, "out of memory");
		return;
	}
	claim_all(&claims, model);
	qsort(claims.claim, claims.count, sizeof(*claims.claim),
	      claim_compare);
	check_claims(reader, &claims);
	for (i = 0; i < model->switches; i++)
		check_switch(reader, &model->sw[i]);
	for (i = 0; i < model->ports; i++)
		check_port(reader, &model->port[i], &claims);
	free(claims.claim);
	/* The VLANs of entries are known by now */
	config_sort(model);
}
