/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_ARGS_H
#define VSWCTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct names;
struct request;
struct vswctl;

/**
 * struct args - the words of a command that are still to be read
 * @word: the words
 * @left: how many
 */
struct args {
	char **word;
	int left;
};

/* NULL at the end */
const char *args_peek(const struct args *args);
const char *args_next(struct args *args);
/* Take the next word if it is @keyword */
bool args_take(struct args *args, const char *keyword);
/* The next word, which is @what, into @word; complain if there is none */
int args_need(struct vswctl *ctl, struct args *args, const char *what,
	      const char **word);
/* Complain if there is a word left */
int args_end(struct vswctl *ctl, const struct args *args);

/**
 * struct verb - what can be done with an object
 * @name: the verb
 * @run: does it; returns an exit code
 */
struct verb {
	const char *name;
	int (*run)(struct vswctl *ctl, struct args *args);
};

/**
 * struct object - what a command is about
 * @name: the object
 * @verbs: ends with a NULL name; the first runs when no verb is given
 * @run: instead of @verbs, for an object that has only keywords
 * @help: all that can be said about it
 */
struct object {
	const char *name;
	const struct verb *verbs;
	int (*run)(struct vswctl *ctl, struct args *args);
	const char *help;
};

int object_run(struct vswctl *ctl, struct args *args,
	       const struct object *object);

/**
 * struct key - a keyword with a value that becomes an attribute
 * @name: the keyword
 * @put: reads the value and puts it into the request; returns an exit code
 * @attr: the attribute
 * @max: key_put_number() and key_put_name(), the largest value or length
 * @names: key_put_enum(), the words allowed
 * @unless: a key that it cannot stand beside, or NULL
 * @flag: it has no value; @put gets the keyword itself
 */
struct key {
	const char *name;
	int (*put)(struct request *req, const struct key *key,
		   const char *word);
	int attr;
	uint32_t max;
	const struct names *names;
	const char *unless;
	bool flag;
};

/*
 * Read "key value ..." to the end of @args. The keys are those of @table, and
 * of @more unless NULL; a table ends with a NULL name.
 */
int keys_read(struct request *req, struct args *args,
	      const struct key *table, const struct key *more);

/* Complain about the value @word of @key */
int key_bad(struct vswctl *ctl, const char *key, const char *word,
	    const char *why);

/* Values of keys */
int key_put_u8(struct request *req, const struct key *key, const char *word);
int key_put_u32(struct request *req, const struct key *key, const char *word);
int key_put_bool(struct request *req, const struct key *key, const char *word);
int key_put_enum(struct request *req, const struct key *key, const char *word);
int key_put_mac(struct request *req, const struct key *key, const char *word);
/* All zero for "none" */
int key_put_mac_or_none(struct request *req, const struct key *key,
			const char *word);
int key_put_vid(struct request *req, const struct key *key, const char *word);
/* 0 for "none" */
int key_put_vid_or_none(struct request *req, const struct key *key,
			const char *word);
int key_put_rate(struct request *req, const struct key *key, const char *word);
int key_put_name(struct request *req, const struct key *key, const char *word);
/* Empty for "none" */
int key_put_name_or_none(struct request *req, const struct key *key,
			 const char *word);
/* By @name_attr in a transaction, which may make the switch, or by @index_attr */
int key_put_switch(struct request *req, int index_attr, int name_attr,
		   const char *name);
int key_put_device(struct request *req, const struct key *key,
		   const char *word);

/* Index of the net device of that name; complains if there is none */
int device_find(struct vswctl *ctl, const char *key, const char *name,
		uint32_t *ifindex);

#endif /* VSWCTL_ARGS_H */
