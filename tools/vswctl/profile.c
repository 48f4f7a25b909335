// SPDX-License-Identifier: GPL-2.0
/* Profiles: named policies, and the ports that follow them */
#include "profile.h"

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/vsw.h>

#include "args.h"
#include "attrs.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "port.h"
#include "profile_store.h"
#include "txn.h"
#include "vswctl.h"

/* Words of a command that profiles make: no policy has more */
#define WORDS_MAX	128
/* Those that use a profile, in a message */
#define USERS_SHOWN	8

static const char help[] =
	"Profiles: named policies that ports follow, kept in /etc/vsw/profiles.\n"
	"\n"
	"vswctl profile [show [NAME]]\n"
	"vswctl profile add NAME [base OTHER] [KEY VALUE ...]\n"
	"vswctl profile set NAME [base OTHER|none] [unset KEY ...] [KEY VALUE ...]\n"
	"vswctl profile del NAME [force]\n"
	"\n"
	"  KEY     as in vswctl port set, but dev, vf, mac, fastpath and profile\n"
	"  base    what is not named here is as that profile has it\n"
	"  unset   is not named here any more; ports keep what they have\n"
	"  force   also while ports follow it: they keep their policy\n"
	"\n"
	"A port follows the profile that it was given by 'profile NAME'. What a\n"
	"profile changes, its ports change with it, all of them or none; what a\n"
	"port has been given by itself stays until the profile changes that key.\n";

/**
 * struct expansion - a command that a profile is written out in
 * @policy: what the profile says
 * @words: the words of the command, and those of the profile
 * @lock: see profile_store_share()
 */
struct expansion {
	struct json_object *policy;
	char *words[WORDS_MAX];
	int lock;
};

/**
 * struct edit - a profile that is made or changed
 * @ctl: the command
 * @name: its name
 * @profile: as it will be
 * @lock: see profile_store_open()
 */
struct edit {
	struct vswctl *ctl;
	const char *name;
	struct json_object *profile;
	int lock;
};

/* Has the command the key itself, or one that excludes it? */
static bool is_given(const struct args *args, const char *key)
{
	bool tag = !strcmp(key, "trunk") || !strcmp(key, "native");
	int i;

	for (i = 0; i + 1 < args->left; i += 2)
		if (!strcmp(args->word[i], key) ||
		    (tag && (!strcmp(args->word[i], "vlan") ||
			     !strcmp(args->word[i], "trunk"))) ||
		    (!strcmp(key, "vlan") && !strcmp(args->word[i], "trunk")))
			return true;
	return false;
}

static const char *profile_word(const struct args *args)
{
	int i;

	for (i = 0; i + 1 < args->left; i += 2)
		if (!strcmp(args->word[i], "profile") &&
		    strcmp(args->word[i + 1], "none"))
			return args->word[i + 1];
	return NULL;
}

/* Append words; the last ones that do not fit are told by the limit of keys */
static void words_add(char **words, int *count, const char *key,
		      const char *value)
{
	if (*count + 2 > WORDS_MAX)
		return;
	words[(*count)++] = (char *)key;
	words[(*count)++] = (char *)value;
}

/* A transaction is sent later: whatever it reads stays until it ends */
static int share(const struct vswctl *ctl)
{
	if (!ctl->txn)
		return profile_store_share();
	if (*txn_lock(ctl->txn) < 0)
		*txn_lock(ctl->txn) = profile_store_share();
	return -1;
}

int profile_expand(struct vswctl *ctl, struct args *args,
		   struct expansion **hold)
{
	const char *name = profile_word(args);
	struct expansion *expansion;
	int code, count = 0, i;

	*hold = NULL;
	if (!name || ctl->labels || args->left > WORDS_MAX)
		return EXIT_OK;
	expansion = calloc(1, sizeof(*expansion));
	if (!expansion)
		return fail(ctl, EXIT_REFUSED, "out of memory");
	*hold = expansion;
	expansion->lock = share(ctl);
	code = profile_resolve(ctl, name, &expansion->policy);
	if (code)
		return code;
	for (i = 0; i < args->left; i++)
		expansion->words[count++] = args->word[i];
	json_object_object_foreach(expansion->policy, key, value) {
		if (!is_given(args, key))
			words_add(expansion->words, &count, key,
				  json_object_get_string(value));
	}
	args->word = expansion->words;
	args->left = count;
	return EXIT_OK;
}

void profile_expand_free(struct expansion *hold)
{
	if (!hold)
		return;
	json_object_put(hold->policy);
	profile_store_close(hold->lock);
	free(hold);
}

/* Is it a policy that a port may be given? The kernel has the last word. */
static int policy_check(struct edit *edit)
{
	static const char *const own[] = {
		"dev", "vf", "mac", "fastpath", "profile", "vfs",
	};
	struct json_object *policy = profile_policy(edit->profile);
	struct port_request port = {};
	char *words[WORDS_MAX];
	struct args args = { .word = words };
	size_t i;
	int code;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		if (json_object_object_get_ex(policy, own[i], NULL))
			return fail(edit->ctl, EXIT_USAGE,
				    "'%s' is a port's own: it cannot stand in a profile",
				    own[i]);
	json_object_object_foreach(policy, key, value) {
		words_add(words, &args.left, key, json_object_get_string(value));
	}
	code = request_init(&port.req, edit->ctl, VSW_CMD_PORT_SET);
	if (code)
		return code;
	code = port_read_policy(&port, &args);
	request_free(&port.req);
	return code;
}

static void policy_unset(struct json_object *policy, const char *key)
{
	json_object_object_del(policy, key);
	/* It is nothing without the other */
	if (!strcmp(key, "trunk"))
		json_object_object_del(policy, "native");
}

static const char *name_at(struct json_object *names, size_t index)
{
	return json_object_get_string(json_object_array_get_idx(names, index));
}

/* Those that are based on it must not become too deep by the base that it gets */
static int check_above(struct edit *edit)
{
	struct json_object *names, *policy;
	const char *name;
	size_t i;
	int code;

	code = profile_names(edit->ctl, &names);
	for (i = 0; !code && i < json_object_array_length(names); i++) {
		name = name_at(names, i);
		if (!profile_is_based(name, edit->name))
			continue;
		profile_pretend(edit->name, edit->profile);
		code = profile_resolve(edit->ctl, name, &policy);
		profile_pretend(NULL, NULL);
		json_object_put(policy);
	}
	json_object_put(names);
	return code;
}

static int base_set(struct edit *edit, const char *base)
{
	int code;

	if (!strcmp(base, "none")) {
		json_object_object_del(edit->profile, "base");
		return EXIT_OK;
	}
	code = profile_check_base(edit->ctl, edit->name, base);
	if (code)
		return code;
	json_object_object_add(edit->profile, "base",
			       json_object_new_string(base));
	return check_above(edit);
}

/* Read "base OTHER", "unset KEY" and "KEY VALUE" */
static int edit_words(struct edit *edit, struct args *args)
{
	struct json_object *policy = profile_policy(edit->profile);
	const char *key, *value;
	int code = EXIT_OK;

	while (!code && (key = args_next(args))) {
		value = args_next(args);
		if (!value)
			return fail(edit->ctl, EXIT_USAGE, "'%s' has no value",
				    key);
		if (!strcmp(key, "unset"))
			policy_unset(policy, value);
		else if (!strcmp(key, "base"))
			code = base_set(edit, value);
		else
			profile_put(policy, key, value);
	}
	return code ? code : policy_check(edit);
}

/* The ports that follow any profile; without the module there is none */
static int followers(struct vswctl *ctl, struct messages *ports)
{
	struct vswctl probe = *ctl;

	probe.sock = NULL;
	if (!family_open(&probe, VSW_FAMILY_NAME))
		return EXIT_OK;
	family_disconnect(&probe);
	return objects_get(ctl, VSW_CMD_PORT_GET, ports);
}

/* The next port that follows a profile, its name and that of the profile */
static struct nlmsghdr *follower_next(const struct messages *ports,
				      struct nlmsghdr *message,
				      char name[VSW_PORT_NAME_MAX + 1],
				      char profile[VSW_PORT_NAME_MAX + 1])
{
	struct row row;

	while ((message = messages_next(ports, message))) {
		if (!row_init(&row, &port_attrs, message, NULL) ||
		    !row.tb[VSW_A_PORT_PROFILE])
			continue;
		row_text(&row, VSW_A_PORT_NAME, name, VSW_PORT_NAME_MAX + 1);
		row_text(&row, VSW_A_PORT_PROFILE, profile,
			 VSW_PORT_NAME_MAX + 1);
		return message;
	}
	return NULL;
}

static bool differs(struct json_object *old, struct json_object *new,
		    const char *key)
{
	const char *before = json_object_get_string(json_object_object_get(old,
									   key));
	const char *now = json_object_get_string(json_object_object_get(new,
									key));

	return now && (!before || strcmp(before, now));
}

/* Change what is different now, if anything is */
static int port_follow(struct vswctl *ctl, const char *name,
		       struct json_object *old, struct json_object *new)
{
	bool tags = differs(old, new, "trunk") || differs(old, new, "native");
	char *words[WORDS_MAX];
	struct args args = { .word = words };

	json_object_object_foreach(new, key, value) {
		if (differs(old, new, key) ||
		    (tags && (!strcmp(key, "trunk") || !strcmp(key, "native"))))
			words_add(words, &args.left, key,
				  json_object_get_string(value));
	}
	return args.left ? port_change(ctl, name, &args, NULL) : EXIT_OK;
}

/* What a port that follows @profile has to change */
static int port_follow_edit(struct edit *edit, const char *port,
			    const char *profile)
{
	struct json_object *old = NULL, *new = NULL;
	int code = EXIT_OK;

	/* A label whose file is gone means nothing any more */
	if (!profile_exists(profile))
		return EXIT_OK;
	code = profile_resolve(edit->ctl, profile, &old);
	profile_pretend(edit->name, edit->profile);
	if (!code)
		code = profile_resolve(edit->ctl, profile, &new);
	profile_pretend(NULL, NULL);
	if (!code)
		code = port_follow(edit->ctl, port, old, new);
	json_object_put(old);
	json_object_put(new);
	return code;
}

/* All ports that follow it, or a profile that is based on it, in one go */
static int ports_follow(struct edit *edit, const struct messages *ports)
{
	char name[VSW_PORT_NAME_MAX + 1], profile[VSW_PORT_NAME_MAX + 1];
	struct nlmsghdr *message = NULL;
	int code;

	code = txn_begin(edit->ctl);
	while (!code && (message = follower_next(ports, message, name,
						 profile)))
		code = port_follow_edit(edit, name, profile);
	return txn_end(edit->ctl, code);
}

/*
 * ORDER: it is on the disk when the ports are changed, and takes the place of the
 * old one when that is done.
 */
static int edit_apply(struct edit *edit)
{
	struct messages ports = {};
	int code;

	code = followers(edit->ctl, &ports);
	if (!code)
		code = profile_write(edit->ctl, edit->name, edit->profile);
	if (!code) {
		code = ports_follow(edit, &ports);
		if (code)
			profile_drop(edit->name);
		else
			code = profile_keep(edit->ctl, edit->name);
	}
	messages_free(&ports);
	return code;
}

static struct json_object *profile_new(void)
{
	struct json_object *profile = json_object_new_object();

	json_object_object_add(profile, "version", json_object_new_int(1));
	json_object_object_add(profile, "policy", json_object_new_object());
	return profile;
}

/* The name, a lock, and the profile as it is, or a new one */
static int edit_open(struct edit *edit, struct vswctl *ctl, struct args *args,
		     bool is_new)
{
	int code;

	*edit = (struct edit){ .ctl = ctl, .name = "", .lock = -1 };
	if (ctl->txn)
		return fail(ctl, EXIT_USAGE,
			    "a profile changes in a transaction of its own: do it before or after");
	code = args_need(ctl, args, "the name of the profile", &edit->name);
	if (!code)
		code = port_check_name(ctl, "profile", edit->name);
	if (!code)
		code = profile_store_open(ctl, &edit->lock);
	if (code)
		return code;
	if (!is_new)
		return profile_load(ctl, edit->name, &edit->profile);
	if (profile_exists(edit->name))
		return fail(ctl, EXIT_REFUSED,
			    "profile '%s' exists already: use profile set",
			    edit->name);
	edit->profile = profile_new();
	return EXIT_OK;
}

static void edit_close(struct edit *edit)
{
	json_object_put(edit->profile);
	profile_store_close(edit->lock);
}

static int profile_change(struct vswctl *ctl, struct args *args, bool is_new)
{
	struct edit edit;
	int code;

	code = edit_open(&edit, ctl, args, is_new);
	if (!code)
		code = edit_words(&edit, args);
	if (!code)
		code = edit_apply(&edit);
	edit_close(&edit);
	return code;
}

static int profile_add(struct vswctl *ctl, struct args *args)
{
	return profile_change(ctl, args, true);
}

static int profile_set(struct vswctl *ctl, struct args *args)
{
	return profile_change(ctl, args, false);
}

/* "port a, port b and 7 more" */
static void user_add(char *buf, size_t size, size_t *count, const char *what,
		     const char *name)
{
	if ((*count)++ < USERS_SHOWN)
		snprintf(buf + strlen(buf), size - strlen(buf), "%s%s %s",
			 *buf ? ", " : "", what, name);
}

/* Profiles that are based on it */
static int users_profiles(struct edit *edit, char *buf, size_t size,
			  size_t *count)
{
	struct json_object *names, *other;
	const char *base;
	size_t i;
	int code;

	code = profile_names(edit->ctl, &names);
	for (i = 0; !code && i < json_object_array_length(names); i++) {
		code = profile_load(edit->ctl, name_at(names, i), &other);
		base = code ? NULL : profile_base(other);
		if (base && !strcmp(base, edit->name))
			user_add(buf, size, count, "profile",
				 name_at(names, i));
		json_object_put(other);
	}
	json_object_put(names);
	return code;
}

static void users_ports(struct edit *edit, const struct messages *ports,
			char *buf, size_t size, size_t *count)
{
	char name[VSW_PORT_NAME_MAX + 1], profile[VSW_PORT_NAME_MAX + 1];
	struct nlmsghdr *message = NULL;

	while ((message = follower_next(ports, message, name, profile)))
		if (!strcmp(profile, edit->name))
			user_add(buf, size, count, "port", name);
}

/* Who is in the way of deleting it? With @force, ports are not */
static int users_check(struct edit *edit, const struct messages *ports,
		       bool force)
{
	size_t profiles = 0, count;
	char text[512] = "", more[32] = "";
	int code;

	code = users_profiles(edit, text, sizeof(text), &profiles);
	count = profiles;
	users_ports(edit, ports, text, sizeof(text), &count);
	if (code || !count || (force && !profiles))
		return code;
	if (count > USERS_SHOWN)
		snprintf(more, sizeof(more), " and %zu more",
			 count - USERS_SHOWN);
	return fail(edit->ctl, EXIT_REFUSED,
		    "profile '%s' is used by %s%s: change that first%s",
		    edit->name, text, more,
		    profiles ? "" : ", or say 'force'");
}

static int port_leave(struct vswctl *ctl, const char *name)
{
	char *words[2] = { "profile", "none" };
	struct args args = { .word = words, .left = ARRAY_SIZE(words) };

	return port_change(ctl, name, &args, NULL);
}

/* Its ports have no label any more */
static int ports_leave(struct edit *edit, const struct messages *ports)
{
	char name[VSW_PORT_NAME_MAX + 1], profile[VSW_PORT_NAME_MAX + 1];
	struct nlmsghdr *message = NULL;
	int code;

	code = txn_begin(edit->ctl);
	while (!code && (message = follower_next(ports, message, name,
						 profile))) {
		if (!strcmp(profile, edit->name))
			code = port_leave(edit->ctl, name);
	}
	return txn_end(edit->ctl, code);
}

static int delete(struct edit *edit, bool force)
{
	struct messages ports = {};
	int code;

	code = followers(edit->ctl, &ports);
	if (!code)
		code = users_check(edit, &ports, force);
	if (!code)
		code = ports_leave(edit, &ports);
	if (!code)
		code = profile_remove(edit->ctl, edit->name);
	messages_free(&ports);
	return code;
}

static int profile_del(struct vswctl *ctl, struct args *args)
{
	struct edit edit;
	bool force;
	int code;

	code = edit_open(&edit, ctl, args, false);
	force = args_take(args, "force") || args_take(args, "--force");
	if (!code)
		code = args_end(ctl, args);
	if (!code)
		code = delete(&edit, force);
	edit_close(&edit);
	return code;
}

static struct json_object *port_names(const struct messages *ports,
				      const char *of)
{
	char name[VSW_PORT_NAME_MAX + 1], profile[VSW_PORT_NAME_MAX + 1];
	struct json_object *array = json_object_new_array();
	struct nlmsghdr *message = NULL;

	while ((message = follower_next(ports, message, name, profile)))
		if (!strcmp(profile, of))
			json_object_array_add(array,
					      json_object_new_string(name));
	return array;
}

static void policy_print(FILE *out, struct json_object *policy)
{
	const char *comma = "";

	json_object_object_foreach(policy, key, value) {
		fprintf(out, "%s%s %s", comma, key,
			json_object_get_string(value));
		comma = ", ";
	}
	if (!*comma)
		fputs("-", out);
}

static int profile_print(struct vswctl *ctl, const char *name,
			 const struct messages *ports,
			 struct json_object *array)
{
	struct json_object *profile, *policy = NULL;
	struct json_object *names;
	int code;

	code = profile_load(ctl, name, &profile);
	if (!code)
		code = profile_resolve(ctl, name, &policy);
	if (code) {
		json_object_put(profile);
		return code;
	}
	names = port_names(ports, name);
	if (ctl->json) {
		json_object_object_add(profile, "name",
				       json_object_new_string(name));
		json_object_object_add(profile, "effective", policy);
		json_object_object_add(profile, "ports", names);
		json_object_array_add(array, profile);
		return EXIT_OK;
	}
	fprintf(ctl->out, "%-15s  %-15s  %5zu  ", name,
		profile_base(profile) ? profile_base(profile) : "-",
		json_object_array_length(names));
	policy_print(ctl->out, policy);
	fputc('\n', ctl->out);
	json_object_put(names);
	json_object_put(policy);
	json_object_put(profile);
	return EXIT_OK;
}

static int profile_show(struct vswctl *ctl, struct args *args)
{
	struct json_object *names = NULL, *array = json_object_new_array();
	const char *name = args_next(args);
	struct messages ports = {};
	int code, broken = EXIT_OK;
	size_t i;

	code = args_end(ctl, args);
	if (!code)
		code = profile_names(ctl, &names);
	if (!code)
		code = followers(ctl, &ports);
	if (!code && !ctl->json)
		fprintf(ctl->out, "%-15s  %-15s  %5s  %s\n", "PROFILE", "BASE",
			"PORTS", "POLICY");
	if (!code && name)
		code = profile_print(ctl, name, &ports, array);
	/* One that is broken is told, and hides no other */
	for (i = 0; !code && !name && i < json_object_array_length(names); i++)
		if (profile_print(ctl, name_at(names, i), &ports, array))
			broken = EXIT_REFUSED;
	if (!code && ctl->json)
		show_json_line(ctl, json_object_get(array));
	messages_free(&ports);
	json_object_put(names);
	json_object_put(array);
	return code ? code : broken;
}

static const struct verb verbs[] = {
	{ "show", profile_show },
	{ "add", profile_add },
	{ "set", profile_set },
	{ "del", profile_del },
	{ }
};

const struct object profile_object = {
	.name = "profile",
	.verbs = verbs,
	.help = help,
};
