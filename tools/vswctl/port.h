/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_PORT_H
#define VSWCTL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "args.h"
#include "nl.h"
#include "parse.h"

struct json_object;
struct row;
struct vswctl;

/* What port.c and uplink.c have in common; implemented in policy.c */

/**
 * struct port_request - a request for a new port while it is put together
 * @req: the request; first, so that keys find the rest
 * @trunk: VLANs that it is to be a tagged member of
 * @native: VLAN that it is to be an untagged member of, or 0
 * @fastpath: what the fast path is to be, or NULL
 * @vfs: how many VFs the uplink is to have, if @has_vfs
 * @has_trunk: @trunk was given
 * @has_path: a net device or a VF was given
 * @has_name: a name was given
 * @has_vfs: a number of VFs was given
 */
struct port_request {
	struct request req;
	struct vid_set trunk;
	uint16_t native;
	const char *fastpath;
	uint32_t vfs;
	bool has_trunk;
	bool has_path;
	bool has_name;
	bool has_vfs;
};

/* Keys of every request; and of those for new ports */
extern const struct key port_policy_keys[];
int port_put_vf(struct request *req, const struct key *key, const char *word);
int port_put_trunk(struct request *req, const struct key *key,
		   const char *word);
int port_put_native(struct request *req, const struct key *key,
		    const char *word);
/* What these two gave, once all words are read */
int port_put_memberships(struct port_request *port);
/* Policy of a port that exists, "KEY VALUE ..."; and whose name may it be? */
int port_read_policy(struct port_request *port, struct args *args);
int port_check_name(struct vswctl *ctl, const char *what, const char *name);
/* A port name; @attr differs between the sets */
int port_put_name(struct request *req, int attr, const char *name);

/* What the kernel says of a port: @row is of @messages, which are to be freed */
int port_get(struct vswctl *ctl, const char *name, struct messages *messages,
	     struct row *row);

/* Columns: "up"; device or VF; what is not the default */
void port_state_text(const struct row *row, char *buf, size_t size);
void port_device_text(const struct row *row, char *buf, size_t size);
/* What is not the default, as words by key; all VLANs are left out */
struct json_object *port_policy_json(const struct row *row);
void port_policy_text(const struct row *row, char *buf, size_t size);

/* port-set with the keys that are left in @args, if @check has no objection */
int port_change(struct vswctl *ctl, const char *name, struct args *args,
		int (*check)(struct vswctl *ctl, const char *name));
/* Make the path of that name the active one */
int port_failover(struct vswctl *ctl, const char *name, const char *path);
int port_delete(struct vswctl *ctl, const char *name, struct args *args);

#endif /* VSWCTL_PORT_H */
