// SPDX-License-Identifier: GPL-2.0
#include "link.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

/* Room for a link with all its attributes: a NIC with VFs has many */
#define BUFFER_SIZE	(64 * 1024)

/**
 * struct talk - one request and its answer
 * @link: filled from the answer, or NULL
 * @text: sentence of the kernel, or ""
 */
struct talk {
	struct link *link;
	char text[160];
};

static int take_ack_text(const struct nlattr *attr, void *data)
{
	struct talk *talk = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		snprintf(talk->text, sizeof(talk->text), "%s",
			 mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

static int take_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err)) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && err->error)
		offset += MNL_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(nlh, offset, take_ack_text, data);
	errno = -err->error;
	return err->error ? MNL_CB_ERROR : MNL_CB_STOP;
}

static int take_kind(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_STRING) >= 0)
		link->is_switch = mnl_attr_get_payload_len(attr) >= 3 &&
				  !strcmp(mnl_attr_get_str(attr), "vsw");
	return MNL_CB_OK;
}

static int take_attribute(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_MTU:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			link->mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINKINFO:
		mnl_attr_parse_nested(attr, take_kind, link);
		break;
	}
	return MNL_CB_OK;
}

static int take_link(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct talk *talk = data;

	if (!talk->link || nlh->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	talk->link->index = info->ifi_index;
	mnl_attr_parse(nlh, sizeof(*info), take_attribute, talk->link);
	return MNL_CB_OK;
}

static int exchange(struct mnl_socket *socket, struct nlmsghdr *nlh, void *buffer,
		    struct talk *talk)
{
	static mnl_cb_t controls[] = { [NLMSG_ERROR] = take_error };
	int one = 1, status = MNL_CB_OK;
	ssize_t length;

	mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &one, sizeof(one));
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		return -1;
	while (status > MNL_CB_STOP) {
		length = mnl_socket_recvfrom(socket, buffer, BUFFER_SIZE);
		if (length < 0)
			return -1;
		status = mnl_cb_run2(buffer, length, 1,
				     mnl_socket_get_portid(socket), take_link,
				     talk, controls,
				     MNL_ARRAY_SIZE(controls));
	}
	return status;
}

static int ask(struct nlmsghdr *nlh, void *buffer, struct link *link,
	       char *error, size_t room)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	struct talk talk = { .link = link };
	int err;

	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	err = socket ? exchange(socket, nlh, buffer, &talk) : -1;
	if (err < 0)
		snprintf(error, room, "%s", talk.text[0] ? talk.text :
			 strerror(errno));
	if (socket)
		mnl_socket_close(socket);
	return err < 0 ? -1 : 0;
}

static struct ifinfomsg *begin(void *buffer, int type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	nlh->nlmsg_type = type;
	info->ifi_family = AF_UNSPEC;
	return info;
}

int link_get(struct link *link, char *error, size_t room)
{
	static char buffer[BUFFER_SIZE];
	struct nlmsghdr *nlh = (void *)buffer;

	begin(buffer, RTM_GETLINK);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, link->name);
	link->index = 0;
	link->is_switch = false;
	return ask(nlh, buffer, link, error, room);
}

int link_join(struct link *tap, const struct link *master, const uint8_t *mac,
	      char *error, size_t room)
{
	static char buffer[BUFFER_SIZE];
	struct nlmsghdr *nlh = (void *)buffer;
	struct ifinfomsg *info = begin(buffer, RTM_SETLINK);

	info->ifi_index = tap->index;
	info->ifi_flags = IFF_UP;
	info->ifi_change = IFF_UP;
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, mac);
	mnl_attr_put_u32(nlh, IFLA_MTU, master->mtu);
	mnl_attr_put_u32(nlh, IFLA_MASTER, master->index);
	return ask(nlh, buffer, NULL, error, room);
}
