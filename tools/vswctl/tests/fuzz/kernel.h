/* SPDX-License-Identifier: GPL-2.0 */
/* What stands in the place of functions of libnl: redefine.txt */
#ifndef VSWCTL_FUZZ_KERNEL_H
#define VSWCTL_FUZZ_KERNEL_H

#include <stddef.h>

struct nl_cb;
struct nl_msg;
struct nl_sock;

int fuzz_genl_connect(struct nl_sock *sock);
int fuzz_nl_connect(struct nl_sock *sock, int protocol);
int fuzz_genl_ctrl_resolve(struct nl_sock *sock, const char *name);
int fuzz_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *family,
			       const char *group);
int fuzz_nl_socket_add_membership(struct nl_sock *sock, int group);
int fuzz_nl_send(struct nl_sock *sock, struct nl_msg *msg);
int fuzz_nl_send_simple(struct nl_sock *sock, int type, int flags, void *buf,
			size_t size);
int fuzz_nl_recvmsgs(struct nl_sock *sock, struct nl_cb *cb);
int fuzz_nl_recvmsgs_default(struct nl_sock *sock);

#endif /* VSWCTL_FUZZ_KERNEL_H */
