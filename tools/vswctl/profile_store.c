// SPDX-License-Identifier: GPL-2.0
/* Where profiles are kept. See profile_store.h */
#include "profile_store.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>
#include <linux/vsw.h>

#include "file.h"
#include "vswctl.h"

#define DIRECTORY	"/etc/vsw/profiles"
#define SUFFIX		".json"
#define VERSION		1
#define FILE_MAX	(1024 * 1024)
/* Longest chain of bases */
#define DEPTH_MAX	8

/* See profile_pretend() */
static const char *pretended_name;
static struct json_object *pretended;

static const char *directory(void)
{
	const char *path = secure_getenv("VSW_PROFILES");

	return path ? path : DIRECTORY;
}

static void path_of(const char *name, const char *end, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s%s%s", directory(), name, SUFFIX, end);
}

/* Make the directory and those above it */
static int directory_make(struct vswctl *ctl)
{
	char path[PATH_MAX];
	char *slash;

	snprintf(path, sizeof(path), "%s/", directory());
	for (slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			return fail(ctl, EXIT_REFUSED, "%s: %s", path,
				    strerror(errno));
		*slash = '/';
	}
	return EXIT_OK;
}

int profile_store_open(struct vswctl *ctl, int *lock)
{
	int code = directory_make(ctl);

	*lock = -1;
	if (code)
		return code;
	*lock = open(directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0 || flock(*lock, LOCK_EX))
		return fail(ctl, EXIT_REFUSED, "%s: %s", directory(),
			    strerror(errno));
	return EXIT_OK;
}

int profile_store_share(void)
{
	int lock = open(directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (lock >= 0)
		flock(lock, LOCK_SH);
	return lock;
}

void profile_store_close(int lock)
{
	if (lock >= 0)
		close(lock);
}

/* Nothing in it that a terminal would obey */
static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return false;
	return true;
}

/* A name of a file in the directory, and of no other */
static bool is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') &&
	       strlen(name) <= VSW_PORT_NAME_MAX && is_printable(name);
}

bool profile_exists(const char *name)
{
	char path[PATH_MAX];

	if (!is_name(name))
		return false;
	path_of(name, "", path, sizeof(path));
	return !access(path, F_OK);
}

const char *profile_base(struct json_object *profile)
{
	struct json_object *base;

	return json_object_object_get_ex(profile, "base", &base) ?
	       json_object_get_string(base) : NULL;
}

struct json_object *profile_policy(struct json_object *profile)
{
	return json_object_object_get(profile, "policy");
}

/* What is wrong with it, or NULL */
static const char *profile_check(struct json_object *profile)
{
	struct json_object *member;

	if (!json_object_is_type(profile, json_type_object))
		return "that is no JSON object";
	member = json_object_object_get(profile, "version");
	if (!json_object_is_type(member, json_type_int))
		return "its version is missing";
	if (json_object_get_int(member) != VERSION)
		return "it was written by a newer vswctl: use that";
	member = json_object_object_get(profile, "base");
	if (member && (!json_object_is_type(member, json_type_string) ||
		       !is_name(json_object_get_string(member))))
		return "its base is no name";
	if (!json_object_is_type(profile_policy(profile), json_type_object))
		return "its policy is missing";
	json_object_object_foreach(profile_policy(profile), key, value) {
		if (!json_object_is_type(value, json_type_string))
			return "its policy has a value that is no string";
		if (!is_printable(key) ||
		    !is_printable(json_object_get_string(value)))
			return "its policy has a word with a control character";
	}
	json_object_object_foreach(profile, name, any) {
		(void)any;
		if (strcmp(name, "version") && strcmp(name, "base") &&
		    strcmp(name, "policy"))
			return "it has a key beside version, base and policy";
	}
	return NULL;
}

/* NULL, and @why says why if it is there and is none */
static struct json_object *load(const char *path, const char **why)
{
	struct json_object *profile;
	struct stat status;

	*why = NULL;
	if (stat(path, &status)) {
		*why = errno == ENOENT ? NULL : strerror(errno);
		return NULL;
	}
	*why = "that is no profile, it is too large";
	if (status.st_size > FILE_MAX)
		return NULL;
	profile = json_object_from_file(path);
	*why = profile ? profile_check(profile) : "that is no JSON";
	if (!*why)
		return profile;
	json_object_put(profile);
	return NULL;
}

int profile_load(struct vswctl *ctl, const char *name,
		 struct json_object **profile)
{
	const char *why = NULL;
	char path[PATH_MAX];

	*profile = NULL;
	if (pretended && !strcmp(name, pretended_name)) {
		*profile = json_object_get(pretended);
		return EXIT_OK;
	}
	path_of(name, "", path, sizeof(path));
	if (is_name(name))
		*profile = load(path, &why);
	if (*profile)
		return EXIT_OK;
	if (why)
		return fail(ctl, EXIT_REFUSED, "%s: %s", path, why);
	return fail(ctl, EXIT_REFUSED,
		    "there is no profile '%s': see vswctl profile show", name);
}

int profile_write(struct vswctl *ctl, const char *name,
		  struct json_object *profile)
{
	char path[PATH_MAX];
	const char *text;
	int fd, error;

	text = json_object_to_json_string_ext(profile, JSON_C_TO_STRING_PRETTY);
	path_of(name, ".new", path, sizeof(path));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail(ctl, EXIT_REFUSED, "%s: %s", path,
			    strerror(errno));
	if (file_fill(fd, text))
		return EXIT_OK;
	error = errno;
	unlink(path);
	return fail(ctl, EXIT_REFUSED, "%s: %s: the profile is as it was", path,
		    strerror(error));
}

int profile_keep(struct vswctl *ctl, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];

	path_of(name, ".new", from, sizeof(from));
	path_of(name, "", to, sizeof(to));
	if (!file_rename(from, to))
		return fail(ctl, EXIT_REFUSED, "%s: %s", to, strerror(errno));
	return EXIT_OK;
}

void profile_drop(const char *name)
{
	char path[PATH_MAX];

	path_of(name, ".new", path, sizeof(path));
	unlink(path);
}

int profile_remove(struct vswctl *ctl, const char *name)
{
	char path[PATH_MAX];

	path_of(name, "", path, sizeof(path));
	if (unlink(path))
		return fail(ctl, EXIT_REFUSED, "%s: %s", path,
			    strerror(errno));
	file_sync_directory(path);
	return EXIT_OK;
}

/* What an editor leaves beside it begins with a dot, or ends in something else */
static int is_profile(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > strlen(SUFFIX) && *entry->d_name != '.' &&
	       !strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX) &&
	       is_printable(entry->d_name);
}

int profile_names(struct vswctl *ctl, struct json_object **names)
{
	struct dirent **entries;
	int count, i, length;

	*names = json_object_new_array();
	count = scandir(directory(), &entries, is_profile, alphasort);
	if (count < 0)
		return errno == ENOENT ? EXIT_OK :
		       fail(ctl, EXIT_REFUSED, "%s: %s", directory(),
			    strerror(errno));
	for (i = 0; i < count; i++) {
		length = strlen(entries[i]->d_name) - strlen(SUFFIX);
		entries[i]->d_name[length] = '\0';
		json_object_array_add(*names,
				      json_object_new_string(entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	return EXIT_OK;
}

void profile_put(struct json_object *policy, const char *key,
		 const char *value)
{
	if (!strcmp(key, "vlan")) {
		json_object_object_del(policy, "trunk");
		json_object_object_del(policy, "native");
	} else if (!strcmp(key, "trunk")) {
		json_object_object_del(policy, "vlan");
		json_object_object_del(policy, "native");
	}
	json_object_object_add(policy, key, json_object_new_string(value));
}

static const char *chain_at(struct json_object *chain, size_t index)
{
	return json_object_get_string(json_object_array_get_idx(chain, index));
}

static int chain_fail(struct vswctl *ctl, struct json_object *chain,
		      const char *why)
{
	char text[512] = "";
	size_t i;

	for (i = 0; i < json_object_array_length(chain); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", i ? " > " : "", chain_at(chain, i));
	return fail(ctl, EXIT_REFUSED, "profile %s: %s", text, why);
}

static bool chain_has(struct json_object *chain, const char *name)
{
	size_t i;

	for (i = 0; i < json_object_array_length(chain); i++)
		if (!strcmp(chain_at(chain, i), name))
			return true;
	return false;
}

/* Bases first, so that what is nearer is put over it */
static int resolve(struct vswctl *ctl, const char *name,
		   struct json_object *chain, struct json_object *policy)
{
	struct json_object *profile;
	bool again = chain_has(chain, name);
	const char *base = NULL;
	int code;

	json_object_array_add(chain, json_object_new_string(name));
	if (again)
		return chain_fail(ctl, chain, "the bases go in a circle");
	if (json_object_array_length(chain) > DEPTH_MAX)
		return chain_fail(ctl, chain, "too many bases, 7 at most");
	code = profile_load(ctl, name, &profile);
	if (!code)
		base = profile_base(profile);
	if (base)
		code = resolve(ctl, base, chain, policy);
	if (!code) {
		json_object_object_foreach(profile_policy(profile), key, value)
			profile_put(policy, key, json_object_get_string(value));
	}
	json_object_put(profile);
	return code;
}

bool profile_is_based(const char *name, const char *base)
{
	struct json_object *profile = NULL, *next;
	char path[PATH_MAX];
	const char *why;
	bool found = false;
	int depth;

	for (depth = 0; name && !found && depth < DEPTH_MAX; depth++) {
		path_of(name, "", path, sizeof(path));
		next = is_name(name) ? load(path, &why) : NULL;
		json_object_put(profile);
		profile = next;
		name = profile ? profile_base(profile) : NULL;
		found = name && !strcmp(name, base);
	}
	json_object_put(profile);
	return found;
}

int profile_check_base(struct vswctl *ctl, const char *name, const char *base)
{
	struct json_object *policy = json_object_new_object();
	struct json_object *chain = json_object_new_array();
	int code;

	json_object_array_add(chain, json_object_new_string(name));
	code = resolve(ctl, base, chain, policy);
	json_object_put(chain);
	json_object_put(policy);
	return code;
}

void profile_pretend(const char *name, struct json_object *profile)
{
	pretended_name = name;
	pretended = profile;
}

int profile_resolve(struct vswctl *ctl, const char *name,
		    struct json_object **policy)
{
	struct json_object *chain = json_object_new_array();
	int code;

	*policy = json_object_new_object();
	code = resolve(ctl, name, chain, *policy);
	json_object_put(chain);
	if (!code)
		return EXIT_OK;
	json_object_put(*policy);
	*policy = NULL;
	return code;
}
