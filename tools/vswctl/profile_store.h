/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_PROFILE_STORE_H
#define VSWCTL_PROFILE_STORE_H

#include <stdbool.h>

struct json_object;
struct vswctl;

/*
 * Where profiles are kept: a file each, NAME.json in a directory, which is
 * /etc/vsw/profiles or what the environment has in VSW_PROFILES.
 *
 *	{ "version": 1, "base": "OTHER", "policy": { "vlan": "100", ... } }
 *
 * The values are the words that vswctl port set takes.
 */

/* Nobody else changes profiles until it is closed; returns an exit code */
int profile_store_open(struct vswctl *ctl, int *lock);
/* For those who only read: nobody changes them. -1 where there are none */
int profile_store_share(void);
void profile_store_close(int lock);

/* Returns an exit code; a file that is no profile is told with its name */
int profile_load(struct vswctl *ctl, const char *name,
		 struct json_object **profile);
bool profile_exists(const char *name);
/*
 * Write what is to be the profile beside it; profile_keep() makes it the profile,
 * profile_drop() does not. Whoever reads sees the old one or the new one.
 */
int profile_write(struct vswctl *ctl, const char *name,
		  struct json_object *profile);
int profile_keep(struct vswctl *ctl, const char *name);
void profile_drop(const char *name);
int profile_remove(struct vswctl *ctl, const char *name);

/* The names of all profiles, sorted, in an array of strings */
int profile_names(struct vswctl *ctl, struct json_object **names);
/*
 * The policy of a profile with that of its bases, an object of words; what is
 * nearer wins. A chain that is too long or comes back to itself is refused.
 */
int profile_resolve(struct vswctl *ctl, const char *name,
		    struct json_object **policy);
/* Is @name based on @base, directly or not? No for what cannot be read */
bool profile_is_based(const char *name, const char *base);
/* Would that be a chain that profile_resolve() refuses? */
int profile_check_base(struct vswctl *ctl, const char *name, const char *base);
/* From now on @profile stands for the file of @name, until both are NULL */
void profile_pretend(const char *name, struct json_object *profile);
/* Put a key into a policy, and take out what it excludes */
void profile_put(struct json_object *policy, const char *key,
		 const char *value);
/* The name of its base, or NULL */
const char *profile_base(struct json_object *profile);
/* Its own policy, an object of words */
struct json_object *profile_policy(struct json_object *profile);

#endif /* VSWCTL_PROFILE_STORE_H */
