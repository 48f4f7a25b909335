/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may have a tap on which switch: the ACL file of vsw-bridge-helper, with the
 * grammar of that of qemu-bridge-helper.
 */
#ifndef VSW_HELPER_ACL_H
#define VSW_HELPER_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ACL_FILE	"/etc/vsw/bridge.conf"

/* Files that include one another, and a file's lines and their length */
#define ACL_DEPTH_MAX	8
#define ACL_FILES_MAX	64
#define ACL_LINES_MAX	10000
#define ACL_LINE_MAX	512

/**
 * struct acl - what the rules say of one switch
 * @name: the switch
 * @owner: whose files are believed: root, but in tests
 * @allowed: a rule allows it
 * @denied: a rule denies it, which is stronger
 * @files: how many have been read
 * @error: why the files cannot be believed
 */
struct acl {
	const char *name;
	uid_t owner;
	bool allowed;
	bool denied;
	unsigned int files;
	char error[256];
};

/*
 * Read the rules of a file, and of those that it includes. Returns 0, or -1 with
 * @acl->error: then nothing is allowed.
 */
int acl_read(struct acl *acl, const char *path);

/* What has been read allows the switch */
bool acl_allows(const struct acl *acl);

#endif
