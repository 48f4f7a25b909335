// SPDX-License-Identifier: GPL-2.0
/* Keywords with values, and how those become attributes of a request */
#include "args.h"

#include <net/if.h>
#include <string.h>

#include "enums.h"
#include "nl.h"
#include "parse.h"
#include "vswctl.h"

/**
 * struct key_scan - what is known while keys are read
 * @tables: the keys that are allowed; either may be NULL
 * @seen: those that were read, in the order of the tables
 */
struct key_scan {
	const struct key *tables[2];
	uint64_t seen;
};

/* The key at @index of both tables together, or NULL at the end */
static const struct key *key_at(const struct key_scan *scan,
				unsigned int index)
{
	const struct key *key;
	unsigned int table;

	for (table = 0; table < ARRAY_SIZE(scan->tables); table++) {
		for (key = scan->tables[table]; key && key->name; key++)
			if (!index--)
				return key;
	}
	return NULL;
}

/* Its index, or -1 */
static int key_find(const struct key_scan *scan, const char *word)
{
	const struct key *key;
	int index;

	for (index = 0; (key = key_at(scan, index)); index++)
		if (!strcmp(key->name, word))
			return index;
	return -1;
}

static int key_unknown(struct vswctl *ctl, const struct key_scan *scan,
		       const char *word)
{
	const struct key *key;
	char list[512] = "";
	int index;

	for (index = 0; (key = key_at(scan, index)); index++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", index ? ", " : "", key->name);
	if (!index)
		return fail(ctl, EXIT_USAGE, "unexpected word '%s'", word);
	return fail(ctl, EXIT_USAGE, "unknown keyword '%s'; valid here: %s",
		    word, list);
}

static int key_read(struct request *req, struct args *args,
		    struct key_scan *scan)
{
	const char *word = args_next(args);
	int index = key_find(scan, word);
	const struct key *key;

	if (index < 0)
		return key_unknown(req->ctl, scan, word);
	key = key_at(scan, index);
	if (scan->seen >> index & 1)
		return fail(req->ctl, EXIT_USAGE, "'%s' stands twice", word);
	scan->seen |= 1ULL << index;
	if (!key->flag) {
		word = args_next(args);
		if (!word)
			return fail(req->ctl, EXIT_USAGE, "'%s' has no value",
				    key->name);
	}
	return key->put(req, key, word);
}

/* Complain about keys that cannot stand beside each other */
static int keys_check(struct vswctl *ctl, const struct key_scan *scan)
{
	const struct key *key;
	int index, other;

	for (index = 0; (key = key_at(scan, index)); index++) {
		if (!(scan->seen >> index & 1) || !key->unless)
			continue;
		other = key_find(scan, key->unless);
		if (other >= 0 && scan->seen >> other & 1)
			return fail(ctl, EXIT_USAGE,
				    "'%s' and '%s' exclude each other",
				    key->name, key->unless);
	}
	return EXIT_OK;
}

int keys_read(struct request *req, struct args *args,
	      const struct key *table, const struct key *more)
{
	struct key_scan scan = { .tables = { table, more } };
	int code;

	while (args_peek(args)) {
		code = key_read(req, args, &scan);
		if (code)
			return code;
	}
	return keys_check(req->ctl, &scan);
}

int key_bad(struct vswctl *ctl, const char *key, const char *word,
	    const char *why)
{
	return fail(ctl, EXIT_USAGE, "%s '%s' %s", key, word, why);
}

static int put_number(struct request *req, const struct key *key,
		      const char *word, uint32_t max, uint32_t *value)
{
	const char *why = parse_uint(word, key->max ? key->max : max, value);

	return why ? key_bad(req->ctl, key->name, word, why) : EXIT_OK;
}

int key_put_u8(struct request *req, const struct key *key, const char *word)
{
	uint32_t value = 0;
	int code = put_number(req, key, word, UINT8_MAX, &value);

	request_put_u8(req, key->attr, value);
	return code;
}

int key_put_u32(struct request *req, const struct key *key, const char *word)
{
	uint32_t value = 0;
	int code = put_number(req, key, word, UINT32_MAX, &value);

	request_put_u32(req, key->attr, value);
	return code;
}

int key_put_bool(struct request *req, const struct key *key, const char *word)
{
	bool value;
	const char *why = parse_bool(word, &value);

	if (why)
		return key_bad(req->ctl, key->name, word, why);
	request_put_u8(req, key->attr, value);
	return EXIT_OK;
}

int key_put_enum(struct request *req, const struct key *key, const char *word)
{
	int value = names_value(key->names, word);
	char list[128];

	if (value < 0) {
		names_list(key->names, list, sizeof(list));
		return fail(req->ctl, EXIT_USAGE, "%s '%s' is none of %s",
			    key->name, word, list);
	}
	request_put_u32(req, key->attr, value);
	return EXIT_OK;
}

int key_put_mac(struct request *req, const struct key *key, const char *word)
{
	uint8_t mac[6];
	const char *why = parse_mac(word, mac);

	if (why)
		return key_bad(req->ctl, key->name, word, why);
	request_put_mac(req, key->attr, mac);
	return EXIT_OK;
}

int key_put_mac_or_none(struct request *req, const struct key *key,
			const char *word)
{
	static const char zero[] = "00:00:00:00:00:00";

	if (!strcmp(word, zero))
		return key_bad(req->ctl, key->name, word,
			       "is nobody's address: say none for none");
	return key_put_mac(req, key, strcmp(word, "none") ? word : zero);
}

int key_put_vid(struct request *req, const struct key *key, const char *word)
{
	uint16_t vid;
	const char *why = parse_vid(word, &vid);

	if (why)
		return key_bad(req->ctl, key->name, word, why);
	request_put_u16(req, key->attr, vid);
	return EXIT_OK;
}

int key_put_vid_or_none(struct request *req, const struct key *key,
			const char *word)
{
	if (strcmp(word, "none"))
		return key_put_vid(req, key, word);
	request_put_u16(req, key->attr, 0);
	return EXIT_OK;
}

int key_put_rate(struct request *req, const struct key *key, const char *word)
{
	uint32_t rate;
	const char *why = parse_rate(word, &rate);

	if (why)
		return key_bad(req->ctl, key->name, word, why);
	request_put_u32(req, key->attr, rate);
	return EXIT_OK;
}

int key_put_name(struct request *req, const struct key *key, const char *word)
{
	if (!*word)
		return key_bad(req->ctl, key->name, word, "is empty");
	if (strlen(word) > key->max)
		return fail(req->ctl, EXIT_USAGE,
			    "%s '%s' is longer than %u characters",
			    key->name, word, key->max);
	request_put_string(req, key->attr, word);
	return EXIT_OK;
}

int key_put_name_or_none(struct request *req, const struct key *key,
			 const char *word)
{
	if (strcmp(word, "none"))
		return key_put_name(req, key, word);
	request_put_string(req, key->attr, "");
	return EXIT_OK;
}

int device_find(struct vswctl *ctl, const char *key, const char *name,
		uint32_t *ifindex)
{
	int code;

	*ifindex = if_nametoindex(name);
	if (*ifindex)
		return EXIT_OK;
	/* There is no switch device because there is no module: say that */
	code = family_connect(ctl);
	if (code)
		return code;
	return fail(ctl, EXIT_REFUSED, "%s '%s': there is no such net device",
		    key, name);
}

int key_put_switch(struct request *req, int index_attr, int name_attr,
		   const char *name)
{
	static const struct key key = { .name = "switch", .max = IF_NAMESIZE - 1 };
	struct key by_name = key;
	uint32_t ifindex;
	int code;

	/* A transaction may make it on the way */
	if (req->ctl->txn) {
		by_name.attr = name_attr;
		return key_put_name(req, &by_name, name);
	}
	code = device_find(req->ctl, key.name, name, &ifindex);
	if (!code)
		request_put_u32(req, index_attr, ifindex);
	return code;
}

int key_put_device(struct request *req, const struct key *key,
		   const char *word)
{
	uint32_t ifindex;
	int code = device_find(req->ctl, key->name, word, &ifindex);

	if (!code)
		request_put_u32(req, key->attr, ifindex);
	return code;
}
