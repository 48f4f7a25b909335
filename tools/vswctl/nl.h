/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_NL_H
#define VSWCTL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

struct attr_set;
struct nl_msg;
struct nl_sock;
struct nlattr;
struct vswctl;

/**
 * struct messages - what the kernel answered, whole messages one after another
 * @data: the messages
 * @length: bytes used
 * @room: bytes allocated
 */
struct messages {
	char *data;
	size_t length;
	size_t room;
};

/**
 * struct request - a request while it is put together
 * @ctl: the command it is for
 * @msg: the message
 * @command: VSW_CMD_*, or one of another family
 * @set: what its attributes are
 * @overflow: something did not fit
 * @may_miss: that there is no such thing is an answer too, without a message
 */
struct request {
	struct vswctl *ctl;
	struct nl_msg *msg;
	uint8_t command;
	const struct attr_set *set;
	bool overflow;
	bool may_miss;
};

/* Returns an exit code, as everything below that returns an int */
int request_init(struct request *req, struct vswctl *ctl, uint8_t command);
/* The same for any family; @ctl is connected to it by family_open() */
int request_start(struct request *req, struct vswctl *ctl, uint8_t command,
		  const struct attr_set *set);
/* With room for @size bytes */
int request_init_size(struct request *req, struct vswctl *ctl, uint8_t command,
		      size_t size);
void request_free(struct request *req);

void request_put_u8(struct request *req, int attr, uint8_t value);
void request_put_u16(struct request *req, int attr, uint16_t value);
void request_put_u32(struct request *req, int attr, uint32_t value);
void request_put_u64(struct request *req, int attr, uint64_t value);
void request_put_string(struct request *req, int attr, const char *value);
void request_put_mac(struct request *req, int attr, const uint8_t mac[6]);
struct nlattr *request_nest(struct request *req, int attr);
void request_nest_end(struct request *req, struct nlattr *nest);
/* An attribute that was put, or NULL; and take it out again */
struct nlattr *request_attr(const struct request *req, int attr);
void request_drop(struct request *req, int attr);

/*
 * Send, wait for the ACK, append the answer to @replies unless NULL. A change goes
 * into the transaction of @req->ctl, if it has one, and gets no answer.
 */
int request_send(struct request *req, struct messages *replies);
/* The same for a dump; it is asked for again when the state changed meanwhile */
int request_dump(struct request *req, struct messages *replies);

/* All objects of a kind, by VSW_CMD_*_GET; and those that name @name in @attr */
int objects_get(struct vswctl *ctl, uint8_t command, struct messages *objects);
int objects_get_of(struct vswctl *ctl, uint8_t command, int attr,
		   const char *name, struct messages *objects);

/* Connect to the family unless that is done; tells whether vsw is loaded */
int family_connect(struct vswctl *ctl);
void family_disconnect(struct vswctl *ctl);
/* Connect @ctl, a copy, to another family; false if the kernel has none */
bool family_open(struct vswctl *ctl, const char *name);
/* A socket of its own for events of @group; add more with family_join() */
int family_listen(struct vswctl *ctl, struct nl_sock **sock);
int family_join(struct vswctl *ctl, struct nl_sock *sock, const char *group);

int netns_enter(struct vswctl *ctl, const char *name);

bool messages_add(struct messages *messages, const struct nlmsghdr *message);
void messages_free(struct messages *messages);
/* Walk: start with NULL, ends with NULL */
struct nlmsghdr *messages_next(const struct messages *messages,
			       struct nlmsghdr *message);

#endif /* VSWCTL_NL_H */
