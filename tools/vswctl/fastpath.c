// SPDX-License-Identifier: GPL-2.0
/*
 * The fast path of a port. Programs are attached by vsw-fastpath(8), so that
 * vswctl needs no libbpf; whether one is attached is asked from the kernel, so
 * that there is one truth.
 */
#include "fastpath.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/vsw.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "args.h"
#include "attrs.h"
#include "nl.h"
#include "output.h"
#include "port.h"
#include "program.h"
#include "vswctl.h"

#define HELPER	"vsw-fastpath"
#define PROGRAM	"vsw_fastpath"

static void fastpaths_add(struct fastpaths *fastpaths, uint32_t ifindex,
			  uint32_t program)
{
	struct fastpath_link *links;

	links = reallocarray(fastpaths->links, fastpaths->count + 1,
			     sizeof(*links));
	if (!links)
		return;
	links[fastpaths->count++] = (struct fastpath_link){
		.ifindex = ifindex,
		.program = program,
	};
	fastpaths->links = links;
}

static int on_link(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct nlattr *xdp, *program;

	if (header->nlmsg_type != RTM_NEWLINK ||
	    !nlmsg_valid_hdr(header, sizeof(struct ifinfomsg)))
		return NL_OK;
	xdp = nlmsg_find_attr(header, sizeof(struct ifinfomsg), IFLA_XDP);
	program = xdp ? nla_find(nla_data(xdp), nla_len(xdp),
				 IFLA_XDP_PROG_ID) : NULL;
	if (attr_uint(program))
		fastpaths_add(arg, ((struct ifinfomsg *)
				    nlmsg_data(header))->ifi_index,
			      attr_uint(program));
	return NL_OK;
}

void fastpaths_get(struct fastpaths *fastpaths, uint32_t ifindex)
{
	struct ifinfomsg info = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = ifindex,
	};
	struct nl_sock *sock = nl_socket_alloc();
	int error = -1;

	if (!sock)
		return;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_link,
			    fastpaths);
	if (!nl_connect(sock, NETLINK_ROUTE) &&
	    nl_send_simple(sock, RTM_GETLINK, ifindex ? 0 : NLM_F_DUMP, &info,
			   sizeof(info)) >= 0)
		error = nl_recvmsgs_default(sock);
	/* Devices that came or went meanwhile are none that were asked about */
	fastpaths->known = error >= 0 || error == -NLE_DUMP_INTR;
	nl_socket_free(sock);
}

void fastpaths_free(struct fastpaths *fastpaths)
{
	free(fastpaths->links);
	memset(fastpaths, 0, sizeof(*fastpaths));
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Only root may ask for the name of a program */
static bool is_ours(uint32_t program)
{
	union bpf_attr by_id = { .prog_id = program }, get = {};
	struct bpf_prog_info info = {};
	int fd = bpf(BPF_PROG_GET_FD_BY_ID, &by_id);
	bool ours;

	if (fd < 0)
		return false;
	get.info.bpf_fd = fd;
	get.info.info_len = sizeof(info);
	get.info.info = (uintptr_t)&info;
	ours = !bpf(BPF_OBJ_GET_INFO_BY_FD, &get) &&
	       !strcmp(info.name, PROGRAM);
	close(fd);
	return ours;
}

const char *fastpath_state(const struct fastpaths *fastpaths,
			   uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < fastpaths->count; i++)
		if (fastpaths->links[i].ifindex == ifindex)
			return is_ours(fastpaths->links[i].program) ?
			       "xdp" : "other";
	return "none";
}

static int helper_run(struct vswctl *ctl, const char *verb, const char *device)
{
	char *const words[] = { HELPER, (char *)verb, (char *)device, NULL };

	return program_run(ctl, words, "build and install bpf/");
}

int fastpath_device(struct vswctl *ctl, const char *port,
		    char device[IF_NAMESIZE])
{
	struct messages messages = {};
	struct fastpaths fastpaths = {};
	uint32_t ifindex;
	struct row row;
	int code;

	device[0] = '\0';
	code = port_get(ctl, port, &messages, &row);
	if (!code && row.tb[VSW_A_PORT_IFINDEX]) {
		ifindex = attr_uint(row.tb[VSW_A_PORT_IFINDEX]);
		fastpaths_get(&fastpaths, ifindex);
		if (!strcmp(fastpath_state(&fastpaths, ifindex), "xdp"))
			row_text(&row, VSW_A_PORT_IFNAME, device, IF_NAMESIZE);
		fastpaths_free(&fastpaths);
	}
	messages_free(&messages);
	return code;
}

int fastpath_set(struct vswctl *ctl, const char *port, const char *word)
{
	struct messages messages = {};
	char device[IF_NAMESIZE];
	struct row row;
	int code;

	code = port_get(ctl, port, &messages, &row);
	if (!code && !row.tb[VSW_A_PORT_IFINDEX])
		code = fail(ctl, EXIT_REFUSED,
			    "the frames of VF port '%s' are forwarded by its NIC: it has no fast path",
			    port);
	else if (!code &&
		 attr_uint(row.tb[VSW_A_PORT_ROLE]) == VSW_PORT_ROLE_HOST)
		code = fail(ctl, EXIT_REFUSED,
			    "'%s' is the host port, whose frames go to the host's stack: it has no fast path",
			    port);
	if (!code) {
		row_text(&row, VSW_A_PORT_IFNAME, device, sizeof(device));
		code = helper_run(ctl, strcmp(word, "xdp") ? "detach" :
							     "attach", device);
	}
	messages_free(&messages);
	return code;
}

int fastpath_detach(struct vswctl *ctl, const char *device)
{
	return helper_run(ctl, "detach", device);
}
