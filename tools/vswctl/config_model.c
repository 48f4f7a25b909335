// SPDX-License-Identifier: GPL-2.0
/* Configurations in memory. See config_model.h */
#include "config_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enums.h"
#include "vswctl.h"

const struct config_key config_switch_keys[CONFIG_SWITCH_KEYS] = {
	[CONFIG_SWITCH_AGEING] = { "ageing", CONFIG_AGEING,
		VSW_A_SWITCH_AGEING_TIME, .preset = "300" },
	[CONFIG_SWITCH_PVID] = { "default-pvid", CONFIG_VID,
		VSW_A_SWITCH_DEFAULT_PVID, .preset = "1" },
	[CONFIG_SWITCH_FDB_MAX] = { "fdb-max", CONFIG_NUMBER,
		VSW_A_SWITCH_FDB_MAX, UINT32_MAX, .preset = "262144" },
	[CONFIG_SWITCH_TEAMING] = { "teaming", CONFIG_ENUM,
		VSW_A_SWITCH_TEAMING, 0, &teaming_names, "none" },
	[CONFIG_SWITCH_PRIMARY] = { "primary", CONFIG_NAME,
		VSW_A_SWITCH_PRIMARY, .preset = "none" },
	[CONFIG_SWITCH_MAC] = { "mac", CONFIG_MAC, VSW_A_SWITCH_MAC,
		.preset = "" },
};

static const char *const fastpath_table[] = { "none", "xdp" };
static const struct names fastpath_names = {
	.type = "fastpath",
	.name = fastpath_table,
	.count = ARRAY_SIZE(fastpath_table),
};

#define FLAG(key, attr, preset, scope) \
	[CONFIG_PORT_##attr] = { key, CONFIG_BOOL, VSW_A_PORT_##attr, 0, NULL, \
				 preset, scope }
#define NUMBER(key, attr, max, scope) \
	[CONFIG_PORT_##attr] = { key, CONFIG_NUMBER, VSW_A_PORT_##attr, max, \
				 NULL, "0", scope }
#define ENUM(key, attr, names, preset, scope) \
	[CONFIG_PORT_##attr] = { key, CONFIG_ENUM, VSW_A_PORT_##attr, 0, \
				 &(names), preset, scope }

const struct config_key config_port_keys[CONFIG_PORT_KEYS] = {
	[CONFIG_PORT_MAC] = { "mac", CONFIG_MAC, VSW_A_PORT_MAC,
		.preset = "none",
		.scope = CONFIG_SOFT | CONFIG_VF | CONFIG_UPLINK },
	NUMBER("pcp", PCP, 7, CONFIG_ANY),
	ENUM("frames", FRAMES, frames_names, "all", CONFIG_SOFTLY),
	FLAG("ingress-filtering", INGRESS_FILTERING, "on", CONFIG_SOFTLY),
	FLAG("learning", LEARNING, "on", CONFIG_SOFTLY),
	FLAG("unicast-flood", UNICAST_FLOOD, "on", CONFIG_SOFTLY),
	FLAG("multicast-flood", MULTICAST_FLOOD, "on", CONFIG_SOFTLY),
	FLAG("broadcast-flood", BROADCAST_FLOOD, "on", CONFIG_SOFTLY),
	FLAG("hairpin", HAIRPIN, "off", CONFIG_SOFTLY),
	FLAG("isolated", ISOLATED, "off", CONFIG_SOFTLY),
	NUMBER("fdb-max", FDB_MAX, UINT32_MAX, CONFIG_SOFTLY),
	FLAG("spoofchk", SPOOFCHK, "on", CONFIG_VF),
	FLAG("trust", TRUST, "off", CONFIG_VF),
	ENUM("link-state", LINK_STATE, link_state_names, "auto", CONFIG_VF),
	[CONFIG_PORT_MIN_TX_RATE] = { "min-tx-rate", CONFIG_RATE,
		VSW_A_PORT_MIN_TX_RATE, .preset = "none", .scope = CONFIG_VF },
	[CONFIG_PORT_MAX_TX_RATE] = { "max-tx-rate", CONFIG_RATE,
		VSW_A_PORT_MAX_TX_RATE, .preset = "none", .scope = CONFIG_VF },
	ENUM("enforcement", ENFORCEMENT, enforcement_names, "strict",
	     CONFIG_VF),
	ENUM("on-drift", ON_DRIFT, on_drift_names, "enforce", CONFIG_VF),
	ENUM("failover", FAILOVER, failover_names, "manual", CONFIG_VF),
	ENUM("vlan-proto", VLAN_PROTO, vlan_proto_names, "8021q", CONFIG_VF),
	[CONFIG_PORT_PIN] = { "pin", CONFIG_NAME, VSW_A_PORT_PIN,
		.preset = "none", .scope = CONFIG_SOFT | CONFIG_VF },
	[CONFIG_PORT_PROFILE] = { "profile", CONFIG_NAME, VSW_A_PORT_PROFILE,
		.preset = "none", .scope = CONFIG_ANY },
	ENUM("unowned", UNOWNED, unowned_names, "leave", CONFIG_UPLINK),
	NUMBER("filter-max", FILTER_MAX, UINT32_MAX, CONFIG_UPLINK),
	ENUM("filter-overflow", FILTER_OVERFLOW, filter_overflow_names,
	     "report", CONFIG_UPLINK),
	[CONFIG_PORT_FASTPATH] = { "fastpath", CONFIG_ENUM, 0, 0,
		&fastpath_names, "none",
		CONFIG_SOFT | CONFIG_VF | CONFIG_UPLINK },
	/* Nobody has to say: it stays as it is then */
	[CONFIG_PORT_VFS] = { "vfs", CONFIG_NUMBER, 0, UINT16_MAX, NULL, "",
		CONFIG_UPLINK },
};

/* Room doubles when a power of two is full */
static void *grow(void **array, size_t *count, size_t size)
{
	char *data = *array;

	if (!(*count & (*count - 1))) {
		data = realloc(data, (*count ? *count * 2 : 1) * size);
		if (!data)
			return NULL;
		*array = data;
	}
	return memset(data + (*count)++ * size, 0, size);
}

struct config_switch *config_add_switch(struct config_model *model)
{
	return grow((void **)&model->sw, &model->switches, sizeof(*model->sw));
}

struct config_port *config_add_port(struct config_model *model)
{
	return grow((void **)&model->port, &model->ports, sizeof(*model->port));
}

struct config_fdb *config_add_fdb(struct config_model *model)
{
	return grow((void **)&model->fdb, &model->fdbs, sizeof(*model->fdb));
}

void config_free(struct config_model *model)
{
	free(model->sw);
	free(model->port);
	free(model->fdb);
	memset(model, 0, sizeof(*model));
}

static int switch_compare(const void *a, const void *b)
{
	return strcmp(((const struct config_switch *)a)->name,
		      ((const struct config_switch *)b)->name);
}

/* Of a name that stands twice, the first is the first */
static int port_compare(const void *a, const void *b)
{
	return strcmp(((const struct config_port *)a)->name,
		      ((const struct config_port *)b)->name);
}

static int fdb_compare(const void *a, const void *b)
{
	const struct config_fdb *x = a, *y = b;
	int order = strcmp(x->sw, y->sw);

	if (!order)
		order = (int)x->vid - (int)y->vid;
	return order ? order : strcmp(x->mac, y->mac);
}

void config_sort(struct config_model *model)
{
	if (model->switches)
		qsort(model->sw, model->switches, sizeof(*model->sw),
		      switch_compare);
	if (model->ports)
		qsort(model->port, model->ports, sizeof(*model->port),
		      port_compare);
	if (model->fdbs)
		qsort(model->fdb, model->fdbs, sizeof(*model->fdb),
		      fdb_compare);
}

const struct config_switch *config_find_switch(const struct config_model *model,
					       const char *name)
{
	struct config_switch like = {};

	snprintf(like.name, sizeof(like.name), "%s", name);
	return !model->switches ? NULL :
	       bsearch(&like, model->sw, model->switches, sizeof(like),
		       switch_compare);
}

const struct config_port *config_find_port(const struct config_model *model,
					   const char *name)
{
	struct config_port like;

	snprintf(like.name, sizeof(like.name), "%s", name);
	return !model->ports ? NULL :
	       bsearch(&like, model->port, model->ports, sizeof(like),
		       port_compare);
}

const struct config_fdb *config_find_fdb(const struct config_model *model,
					 const struct config_fdb *like)
{
	return !model->fdbs ? NULL :
	       bsearch(like, model->fdb, model->fdbs, sizeof(*like),
		       fdb_compare);
}

bool config_is_step(const struct config_key *key)
{
	return !key->attr;
}

bool config_same_vf(const struct config_port *a, const struct config_port *b)
{
	return !strcmp(a->pf, b->pf) &&
	       (!*a->pf || a->vf == b->vf || a->vf == VF_ANY ||
		b->vf == VF_ANY);
}

void config_vf_text(const struct config_port *port, char *buf, size_t size)
{
	if (port->vf == VF_ANY)
		snprintf(buf, size, "%s/any", port->pf);
	else
		snprintf(buf, size, "%s/%u", port->pf, port->vf);
}

bool config_lacks_path(const struct config_port *now,
		       const struct config_port *port, struct config_port *path)
{
	memset(path, 0, sizeof(*path));
	if (!*port->dev || !*port->pf)
		return false;
	if (!*now->dev && config_same_vf(now, port)) {
		memcpy(path->dev, port->dev, sizeof(path->dev));
		return true;
	}
	if (*now->pf || strcmp(now->dev, port->dev))
		return false;
	memcpy(path->pf, port->pf, sizeof(path->pf));
	path->vf = port->vf;
	return true;
}

unsigned int config_scope(const struct config_port *port)
{
	if (port->role == VSW_PORT_ROLE_HOST)
		return CONFIG_HOST;
	if (port->role == VSW_PORT_ROLE_UPLINK)
		return CONFIG_UPLINK;
	return *port->pf ? CONFIG_VF : CONFIG_SOFT;
}

const char *config_preset(const struct config_port *port, int key)
{
	/* The host knows its addresses, and wants nothing unknown */
	if (key == CONFIG_PORT_UNICAST_FLOOD &&
	    port->role == VSW_PORT_ROLE_HOST)
		return "off";
	return config_port_keys[key].preset;
}

uint16_t config_pvid(const struct config_switch *sw)
{
	return strtoul(sw->word[CONFIG_SWITCH_PVID], NULL, 10);
}

void config_switch_defaults(struct config_switch *sw)
{
	int key;

	for (key = 0; key < CONFIG_SWITCH_KEYS; key++)
		if (!*sw->word[key])
			config_word_set(sw->word[key], config_switch_keys[key].preset);
}

/* An uplink carries all VLANs, any other port that of the switch */
static void vlans_default(struct config_port *port, uint16_t pvid)
{
	struct config_vlans *vlans = &port->vlans;
	uint16_t vid;

	config_vlans_access(vlans, pvid);
	if (port->role == VSW_PORT_ROLE_UPLINK)
		for (vid = 1; vid <= VSW_VID_MAX; vid++)
			vid_set_add(&vlans->member, vid);
}

void config_port_defaults(struct config_port *port,
			  const struct config_switch *sw)
{
	unsigned int scope = config_scope(port);
	int key;

	if (!*port->word[CONFIG_PORT_FRAMES] && port->has_vlans &&
	    scope & CONFIG_SOFTLY)
		config_word_set(port->word[CONFIG_PORT_FRAMES], config_frames_of(&port->vlans));
	for (key = 0; key < CONFIG_PORT_KEYS; key++)
		if (!*port->word[key] && config_port_keys[key].scope & scope)
			config_word_set(port->word[key], config_preset(port, key));
	if (!port->has_vlans)
		vlans_default(port, config_pvid(sw));
	if (port->role != VSW_PORT_ROLE_HOST)
		port->has_vlans = true;
}

bool config_is_plain(const struct config_port *port,
		     const struct config_switch *sw)
{
	const char *frames = port->word[CONFIG_PORT_FRAMES];
	struct config_port other = { .role = port->role };

	if (!sw || (*frames && strcmp(frames, "all")))
		return false;
	vlans_default(&other, config_pvid(sw));
	return config_vlans_same(&other.vlans, &port->vlans);
}

const char *config_frames_of(const struct config_vlans *vlans)
{
	return config_vlans_is_access(vlans) ? "untagged" : "all";
}

void config_vlans_access(struct config_vlans *vlans, uint16_t vid)
{
	memset(vlans, 0, sizeof(*vlans));
	vlans->pvid = vid;
	if (!vid)
		return;
	vid_set_add(&vlans->member, vid);
	vid_set_add(&vlans->untagged, vid);
}

bool config_vlans_is_access(const struct config_vlans *vlans)
{
	struct config_vlans access;

	config_vlans_access(&access, vlans->pvid);
	return config_vlans_same(vlans, &access);
}

bool config_vlans_same(const struct config_vlans *a,
		       const struct config_vlans *b)
{
	return a->pvid == b->pvid &&
	       !memcmp(&a->member, &b->member, sizeof(a->member)) &&
	       !memcmp(&a->untagged, &b->untagged, sizeof(a->untagged));
}

char *config_vids_text(const struct vid_set *set)
{
	uint16_t first, last;
	char *text = NULL;
	size_t size;
	FILE *file;

	file = open_memstream(&text, &size);
	if (!file)
		return NULL;
	for (first = 1; vid_set_range(set, &first, &last); first = last + 1) {
		fprintf(file, "%s%u", ftell(file) ? "," : "", first);
		if (last > first)
			fprintf(file, "-%u", last);
	}
	fclose(file);
	return text;
}

void config_word_set(config_word word, const char *text)
{
	snprintf(word, CONFIG_WORD, "%s", text);
}

static const char *enum_word(const struct config_key *key, const char *text,
			     config_word word)
{
	static char why[160];
	char list[128];

	if (names_value(key->names, text) >= 0) {
		snprintf(word, CONFIG_WORD, "%s", text);
		return NULL;
	}
	names_list(key->names, list, sizeof(list));
	snprintf(why, sizeof(why), "is none of %s", list);
	return why;
}

static const char *mac_word(const char *text, config_word word)
{
	uint8_t mac[6];
	const char *why = parse_mac(text, mac);

	if (why)
		return why;
	if (!(mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]))
		return "is nobody's address: say none for none";
	if (mac[0] & 1)
		return "is a multicast address: clear the lowest bit of the first byte";
	snprintf(word, CONFIG_WORD, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
		 mac[1], mac[2], mac[3], mac[4], mac[5]);
	return NULL;
}

static const char *name_word(const char *text, config_word word)
{
	const char *c;

	for (c = text; *c > ' ' && *c < 127 && *c != '/' && *c != '"' &&
	     *c != '\''; c++)
		;
	if (c == text || *c || c - text > VSW_PORT_NAME_MAX || *text == '#')
		return "is not a name: 1 to 31 printable characters, no space, slash, quote";
	config_word_set(word, text);
	return NULL;
}

static const char *number_word(const char *text, uint32_t max,
			       config_word word)
{
	uint32_t number;
	const char *why = parse_uint(text, max, &number);

	if (!why)
		snprintf(word, CONFIG_WORD, "%u", number);
	return why;
}

static const char *rate_word(const char *text, config_word word)
{
	uint32_t rate;
	const char *why = parse_rate(text, &rate);

	if (!why && rate)
		snprintf(word, CONFIG_WORD, "%u", rate);
	else if (!why)
		config_word_set(word, "none");
	return why;
}

static const char *ageing_word(const char *text, config_word word)
{
	uint32_t number = 0;
	const char *why = NULL;

	if (strcmp(text, "off"))
		why = parse_uint(text, 1000000, &number);
	if (!why && number && number < 10)
		why = "is too short: 10 to 1000000 seconds, or off";
	if (!why && number)
		snprintf(word, CONFIG_WORD, "%u", number);
	else if (!why)
		config_word_set(word, "off");
	return why;
}

static const char *bool_word(const char *text, config_word word)
{
	bool value;
	const char *why = parse_bool(text, &value);

	if (!why)
		config_word_set(word, value ? "on" : "off");
	return why;
}

static bool may_be_none(const struct config_key *key)
{
	return key->type == CONFIG_MAC || key->type == CONFIG_NAME ||
	       key->type == CONFIG_VID;
}

const char *config_word_of(const struct config_key *key, const char *text,
			   config_word word)
{
	if (may_be_none(key) && *key->preset && !strcmp(text, "none")) {
		config_word_set(word, text);
		return NULL;
	}
	switch (key->type) {
	case CONFIG_BOOL:
		return bool_word(text, word);
	case CONFIG_NUMBER:
		return number_word(text, key->max, word);
	case CONFIG_ENUM:
		return enum_word(key, text, word);
	case CONFIG_MAC:
		return mac_word(text, word);
	case CONFIG_RATE:
		return rate_word(text, word);
	case CONFIG_NAME:
		return name_word(text, word);
	case CONFIG_AGEING:
		return ageing_word(text, word);
	case CONFIG_VID:
		break;
	}
	if (!strcmp(text, "0"))
		return "is not a VID: 1 to 4094, or none";
	return parse_vid(text, &(uint16_t){ 0 }) ?:
	       number_word(text, VSW_VID_MAX, word);
}
