// SPDX-License-Identifier: GPL-2.0
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int open_queue(struct tap *tap, short flags)
{
	struct ifreq request = { .ifr_flags = flags };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -1;
	tap->fd[tap->opened++] = fd;
	memcpy(request.ifr_name, tap->name, sizeof(request.ifr_name));
	if (ioctl(fd, TUNSETIFF, &request) < 0)
		return -1;
	memcpy(tap->name, request.ifr_name, sizeof(tap->name));
	return 0;
}

static short tap_flags(const struct tap *tap)
{
	unsigned int can = 0;
	short flags = IFF_TAP | IFF_NO_PI;
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		ioctl(fd, TUNGETFEATURES, &can);
		close(fd);
	}
	if (tap->vnet_hdr && can & IFF_VNET_HDR)
		flags |= IFF_VNET_HDR;
	return tap->queues > 1 ? flags | IFF_MULTI_QUEUE : flags;
}

/* A bridge takes the lowest address of its ports: with FE it is none of these */
static int get_mac(struct tap *tap)
{
	struct ifreq request = {};

	memcpy(request.ifr_name, tap->name, sizeof(request.ifr_name));
	if (ioctl(tap->fd[0], SIOCGIFHWADDR, &request) < 0)
		return -1;
	memcpy(tap->mac, request.ifr_hwaddr.sa_data, sizeof(tap->mac));
	tap->mac[0] = 0xfe;
	return 0;
}

int tap_open(struct tap *tap)
{
	short flags = tap_flags(tap);

	memcpy(tap->name, "tap%d", sizeof("tap%d"));
	while (tap->opened < tap->queues)
		if (open_queue(tap, flags) < 0)
			return -1;
	return get_mac(tap);
}

static int send_fd(int socket, int fd)
{
	char byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(fd))];
	} control = {};
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	ssize_t sent;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	do {
		sent = sendmsg(socket, &message, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == 1 ? 0 : -1;
}

int tap_send(const struct tap *tap, int socket)
{
	unsigned int i;

	for (i = 0; i < tap->queues; i++)
		if (send_fd(socket, tap->fd[i]) < 0)
			return -1;
	return 0;
}
