// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsw-fastpath: put the fast path on devices, and take it off again. See
 * fastpath.bpf.c.
 *
 * Nothing is kept anywhere but in the kernel: a program is known by its name,
 * and the map that it uses has the rest.
 */
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>

#include "common.h"
#include "fastpath.h"
#include "fastpath.skel.h"

/**
 * struct device - a device and what is on it
 * @name: its name
 * @index: its index
 * @program: number of the XDP program attached, 0 for none
 * @map: descriptor of the map of our program, -1 if it is not ours
 * @fd: descriptor of our program, -1 if it is not ours
 */
struct device {
	const char *name;
	unsigned int index;
	__u32 program;
	int map;
	int fd;
};

static char libbpf_message[512];

/* libbpf is talkative: keep what it said last, which is what the kernel said. */
static int keep_message(enum libbpf_print_level level, const char *format,
			va_list args)
{
	if (level == LIBBPF_WARN) {
		vsnprintf(libbpf_message, sizeof(libbpf_message), format, args);
		libbpf_message[strcspn(libbpf_message, "\n")] = '\0';
	}
	return 0;
}

static const char *because(int err)
{
	return *libbpf_message ? libbpf_message : strerror(-err);
}

/*
 * The counters of a program
 */

static unsigned long long counter_read(int map, __u32 counter)
{
	int cpu, cpus = libbpf_num_possible_cpus();
	unsigned long long sum = 0;
	__u64 *values;

	values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	if (values && !bpf_map_lookup_elem(map, &counter, values))
		for (cpu = 0; cpu < cpus; cpu++)
			sum += values[cpu];
	free(values);
	return sum;
}

static void counter_write(int map, __u32 counter, __u64 value)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 *values;

	values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	if (values) {
		values[0] = value;
		bpf_map_update_elem(map, &counter, values, BPF_ANY);
	}
	free(values);
}

/*
 * Devices
 */

static void device_close(struct device *device)
{
	if (device->map >= 0)
		close(device->map);
	if (device->fd >= 0)
		close(device->fd);
	device->map = -1;
	device->fd = -1;
}

/* The program on a device, by its number: is it ours? */
static int device_open_program(struct device *device)
{
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	__u32 map;

	info.nr_map_ids = 1;
	info.map_ids = (unsigned long)&map;
	device->fd = bpf_prog_get_fd_by_id(device->program);
	if (device->fd < 0)
		return -errno;
	if (!bpf_obj_get_info_by_fd(device->fd, &info, &length) &&
	    !strcmp(info.name, FASTPATH_PROGRAM) && info.nr_map_ids == 1)
		device->map = bpf_map_get_fd_by_id(map);
	if (device->map < 0)
		device_close(device);
	return 0;
}

/* What is on a device. Complains if that cannot be told. */
static int device_read(struct device *device, const char *name)
{
	int err;

	*device = (struct device){ .name = name, .map = -1, .fd = -1 };
	device->index = if_nametoindex(name);
	if (!device->index) {
		complain("there is no device '%s' here", name);
		return EXIT_FAILURE;
	}
	err = bpf_xdp_query_id(device->index, 0, &device->program);
	if (!err && device->program)
		err = device_open_program(device);
	/* Gone in between is as good as none. */
	if (!err || err == -ENOENT)
		return EXIT_SUCCESS;
	if (err == -EPERM)
		complain("not permitted: this needs root (CAP_SYS_ADMIN)");
	else
		complain("%s: cannot tell what is attached: %s", name,
			 strerror(-err));
	return EXIT_FAILURE;
}

/*
 * Tags that a NIC takes out of frames are not seen by XDP
 */

static bool is_hardware(const char *name)
{
	char path[64 + IF_NAMESIZE];

	snprintf(path, sizeof(path), "/sys/class/net/%s/device", name);
	return !access(path, F_OK);
}

static int ethtool(const char *name, struct ethtool_value *value)
{
	struct ifreq request = { .ifr_data = (char *)value };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = 0;

	if (sock < 0)
		return -errno;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(sock, SIOCETHTOOL, &request))
		err = -errno;
	close(sock);
	return err;
}

static bool stripping_is_on(const char *name)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GFLAGS };

	return !ethtool(name, &value) && value.data & ETH_FLAG_RXVLAN;
}

static int stripping_set(const char *name, bool on)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GFLAGS };
	int err = ethtool(name, &value);

	if (err)
		return err;
	value.cmd = ETHTOOL_SFLAGS;
	value.data &= ~ETH_FLAG_RXVLAN;
	value.data |= on ? ETH_FLAG_RXVLAN : 0;
	err = ethtool(name, &value);
	if (!err && stripping_is_on(name) != on)
		err = -EOPNOTSUPP;
	return err;
}

/*
 * Off before the program is on, so that it never meets a frame whose tag it
 * does not see. *was_on says what there was.
 */
static int stripping_off(const char *name, bool *was_on)
{
	int err;

	*was_on = is_hardware(name) && stripping_is_on(name);
	if (!*was_on)
		return EXIT_SUCCESS;
	err = stripping_set(name, false);
	if (err) {
		complain("%s takes VLAN tags out of frames where XDP cannot see "
			 "them, and that cannot be turned off: %s",
			 name, strerror(-err));
		return EXIT_FAILURE;
	}
	complain("%s: turned rx-vlan-offload off, because XDP does not see the "
		 "tags that it takes out",
		 name);
	return EXIT_SUCCESS;
}

/*
 * Attach
 */

static int load_failed(int err)
{
	if (err == -EPERM)
		complain("not permitted: this needs root (CAP_SYS_ADMIN)");
	else if (access("/sys/kernel/btf/vmlinux", F_OK))
		complain("this kernel was built without BTF: there is no fast path on it");
	else if (access("/sys/kernel/btf/vsw", F_OK))
		complain("the module vsw has no BTF of this kernel: build it with "
			 "pahole installed, for the kernel that runs");
	else
		complain("cannot load the program: %s", because(err));
	return EXIT_FAILURE;
}

static int attach_failed(const struct device *device, int err)
{
	__u32 id = 0;

	bpf_xdp_query_id(device->index, 0, &id);
	if (id)
		complain("another XDP program, id %u, is attached to %s: take it "
			 "off first (ip link set dev %s xdp off)",
			 id, device->name, device->name);
	else if (err == -EOPNOTSUPP || err == -EINVAL)
		complain("the driver of %s has no native XDP: it cannot have the "
			 "fast path (%s)",
			 device->name, because(err));
	else
		complain("cannot attach to %s: %s", device->name,
			 because(err));
	return EXIT_FAILURE;
}

static int attach_program(const struct device *device,
			  struct fastpath_bpf *skel)
{
	const __u32 flags = XDP_FLAGS_DRV_MODE | XDP_FLAGS_UPDATE_IF_NOEXIST;
	bool stripped;
	int err;

	err = stripping_off(device->name, &stripped);
	if (err)
		return err;
	counter_write(bpf_map__fd(skel->maps.frames), FASTPATH_RXVLAN,
		      stripped);
	*libbpf_message = '\0';
	err = bpf_xdp_attach(device->index,
			     bpf_program__fd(skel->progs.vsw_fastpath), flags,
			     NULL);
	if (!err)
		return EXIT_SUCCESS;
	if (stripped)
		stripping_set(device->name, true);
	return attach_failed(device, err);
}

/* A program for each device, so that each has its own counters. */
static int attach_new(const struct device *device)
{
	struct fastpath_bpf *skel;
	int err;

	if (access("/sys/module/vsw", F_OK)) {
		complain("the module vsw is not loaded");
		return EXIT_NO_MODULE;
	}
	skel = fastpath_bpf__open();
	if (!skel)
		return load_failed(-errno);
	err = fastpath_bpf__load(skel);
	err = err ? load_failed(err) : attach_program(device, skel);
	fastpath_bpf__destroy(skel);
	return err;
}

static int attach(const char *name)
{
	struct device device;
	int code = device_read(&device, name);

	if (code)
		return code;
	if (device.map >= 0)
		code = EXIT_SUCCESS;
	else if (device.program)
		code = attach_failed(&device, -EBUSY);
	else
		code = attach_new(&device);
	device_close(&device);
	return code;
}

/*
 * Detach
 */

static int detach_program(const struct device *device)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = device->fd);
	int err;

	/* Only if it is still the one that we have looked at */
	err = bpf_xdp_detach(device->index,
			     XDP_FLAGS_DRV_MODE | XDP_FLAGS_REPLACE, &opts);
	if (err) {
		complain("cannot detach from %s: %s", device->name,
			 because(err));
		return EXIT_FAILURE;
	}
	if (counter_read(device->map, FASTPATH_RXVLAN) &&
	    stripping_set(device->name, true))
		complain("%s: cannot turn rx-vlan-offload on again",
			 device->name);
	return EXIT_SUCCESS;
}

static int detach(const char *name)
{
	struct device device;
	int code = device_read(&device, name);

	if (!code && device.map >= 0)
		code = detach_program(&device);
	device_close(&device);
	return code;
}

/*
 * Status
 */

static void print_device(const struct device *device, bool json, bool first)
{
	unsigned long long passed;

	passed = counter_read(device->map, FASTPATH_PASSED);
	if (json) {
		/* Names of devices have no quotes to escape but these two */
		printf("%s{\"device\":\"", first ? "" : ",");
		for (const char *c = device->name; *c; c++)
			printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
		printf("\",\"program\":%u,\"passed\":%llu}",
		       device->program, passed);
		return;
	}
	if (first)
		printf("%-15s %8s %16s\n", "DEVICE", "PROGRAM", "PASSED");
	printf("%-15s %8u %16llu\n", device->name, device->program, passed);
}

/**
 * struct walk - a walk over devices
 * @json: print JSON
 * @detach: take the program off, or else print what it has counted
 * @found: devices that have it
 */
struct walk {
	bool json;
	bool detach;
	unsigned int found;
};

static int walk_device(struct walk *walk, const char *name)
{
	struct device device;
	int code = device_read(&device, name);

	if (!code && device.map >= 0) {
		if (walk->detach)
			code = detach_program(&device);
		else
			print_device(&device, walk->json, !walk->found);
		walk->found++;
	}
	device_close(&device);
	return code;
}

static int walk_all(struct walk *walk)
{
	struct if_nameindex *list = if_nameindex(), *entry;
	int code = EXIT_SUCCESS;

	if (!list) {
		complain("cannot list the devices: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	for (entry = list; entry->if_index; entry++)
		if (walk_device(walk, entry->if_name))
			code = EXIT_FAILURE;
	if_freenameindex(list);
	return code;
}

static int status(const char *name, bool json)
{
	struct walk walk = { .json = json };
	int code;

	if (json)
		putchar('[');
	code = name ? walk_device(&walk, name) : walk_all(&walk);
	if (json)
		puts("]");
	return code;
}

static int detach_all(void)
{
	struct walk walk = { .detach = true };

	return walk_all(&walk);
}

/*
 * The command line
 */

static void usage(FILE *to)
{
	fputs("Usage: vsw-fastpath [-j] [status [DEV]]\n"
	      "       vsw-fastpath attach DEV\n"
	      "       vsw-fastpath detach DEV|-a\n"
	      "Forward frames between ports of vsw by XDP. 'vswctl port set NAME fastpath\n"
	      "xdp' does it by the name of the port.\n"
	      "\n"
	      "  status      what was passed on, on each device that has the fast path\n"
	      "  attach DEV  put it on a device\n"
	      "  detach DEV  take it off\n"
	      "  -a          of all devices of this network namespace\n"
	      "  -j          print JSON\n"
	      "  -V          print the version\n"
	      "  -h          print this\n", to);
}

static int run(char **words, int count, bool all, bool json)
{
	const char *verb = count > 0 ? words[0] : "status";
	const char *name = count > 1 ? words[1] : NULL;

	if (count <= 2 && !strcmp(verb, "status") && !all)
		return status(name, json);
	if (count == 2 && !strcmp(verb, "attach") && !all)
		return attach(name);
	if (count == 2 && !strcmp(verb, "detach") && !all)
		return detach(name);
	if (count == 1 && !strcmp(verb, "detach") && all)
		return detach_all();
	usage(stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	bool all = false, json = false;
	int option;

	while ((option = getopt(argc, argv, "ajVh")) != -1) {
		switch (option) {
		case 'a':
			all = true;
			break;
		case 'j':
			json = true;
			break;
		case 'V':
			puts("vsw-fastpath " FASTPATH_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	libbpf_set_print(keep_message);
	return run(argv + optind, argc - optind, all, json);
}
