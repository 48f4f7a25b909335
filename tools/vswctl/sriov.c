// SPDX-License-Identifier: GPL-2.0
#include "sriov.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "parse.h"
#include "program.h"
#include "vswctl.h"

#define DEVICES	"/sys/bus/pci/devices"
#define DRIVERS	"/sys/bus/pci/drivers"
#define VFIO	"vfio-pci"
#define PATH_SIZE 256

/* The last part of what a link leads to, or "" */
static void link_name(const char *device, const char *link, char *buf,
		      size_t size)
{
	char path[PATH_SIZE], target[PATH_SIZE];
	const char *name;
	ssize_t length;

	buf[0] = '\0';
	snprintf(path, sizeof(path), DEVICES "/%s/%s", device, link);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return;
	target[length] = '\0';
	name = strrchr(target, '/');
	name = name ? name + 1 : target;
	if (strlen(name) < size)
		memcpy(buf, name, strlen(name) + 1);
}

static bool read_number(const char *device, const char *file, uint32_t *value)
{
	char path[PATH_SIZE], text[32] = "";
	bool good;
	FILE *in;

	snprintf(path, sizeof(path), DEVICES "/%s/%s", device, file);
	in = fopen(path, "re");
	if (!in)
		return false;
	good = fscanf(in, "%31s", text) == 1 &&
	       !parse_uint(text, UINT16_MAX, value);
	fclose(in);
	return good;
}

/* 0 or an error number */
static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

static int write_device(const char *device, const char *file, const char *text)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), DEVICES "/%s/%s", device, file);
	return write_text(path, text);
}

/* Whoever drives it: a device that VMs can have is registered with vfio */
static void read_driver(struct sriov_vf *vf)
{
	char path[PATH_SIZE];

	link_name(vf->pci, "driver", vf->driver, sizeof(vf->driver));
	snprintf(path, sizeof(path), DEVICES "/%s/vfio-dev", vf->pci);
	vf->is_for_vm = !access(path, F_OK);
}

bool sriov_vf_get(struct sriov_vf *vf, const char *nic, uint32_t index)
{
	char link[32];

	memset(vf, 0, sizeof(*vf));
	snprintf(link, sizeof(link), "virtfn%u", index);
	link_name(nic, link, vf->pci, sizeof(vf->pci));
	if (!*vf->pci)
		return false;
	read_driver(vf);
	link_name(vf->pci, "iommu_group", vf->group, sizeof(vf->group));
	return true;
}

bool sriov_is_vf_of(const char *device, const char *pf)
{
	char path[PATH_SIZE];

	if (strchr(device, '/') || strchr(pf, '/'))
		return false;
	snprintf(path, sizeof(path), "/sys/class/net/%s/device/physfn/net/%s",
		 device, pf);
	if (!access(path, F_OK))
		return true;
	snprintf(path, sizeof(path), DEVICES "/%s/physfn/net/%s", device, pf);
	return !access(path, F_OK);
}

bool sriov_nic(const char *device, char *nic, size_t size)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq request = { .ifr_data = (void *)&info };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char path[PATH_SIZE];
	bool good;

	/* Not sysfs, which has the devices of the namespace that mounted it */
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
	*nic = '\0';
	good = fd >= 0 && !ioctl(fd, SIOCETHTOOL, &request);
	if (fd >= 0)
		close(fd);
	if (!good || !*info.bus_info)
		return false;
	snprintf(nic, size, "%s", info.bus_info);
	snprintf(path, sizeof(path), DEVICES "/%s", nic);
	return !access(path, F_OK);
}

bool sriov_count(const char *nic, uint32_t *count, uint32_t *total)
{
	return read_number(nic, "sriov_totalvfs", total) &&
	       read_number(nic, "sriov_numvfs", count);
}

static int write_count(const char *nic, uint32_t count)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", count);
	return write_device(nic, "sriov_numvfs", text);
}

int sriov_set_count(struct vswctl *ctl, const char *nic, uint32_t before,
		    uint32_t count)
{
	uint32_t now;
	int error = 0;

	/* "Disable before enabling", says the kernel otherwise */
	if (before)
		error = write_count(nic, 0);
	if (!error && count)
		error = write_count(nic, count);
	if (!error && read_number(nic, "sriov_numvfs", &now) && now != count)
		error = ENOSPC;
	if (!error)
		return EXIT_OK;
	fail(ctl, EXIT_REFUSED, "%s cannot have %u VFs: %s", nic, count,
	     strerror(error));
	/* As it was, as far as the driver lets us */
	write_count(nic, 0);
	if (before && write_count(nic, before))
		warn(ctl, "%s cannot have its %u VFs again either", nic, before);
	return EXIT_REFUSED;
}

static int load_vfio(struct vswctl *ctl)
{
	char *const words[] = { "modprobe", VFIO, NULL };

	if (!access(DRIVERS "/" VFIO, F_OK))
		return EXIT_OK;
	return program_run(ctl, words, "install kmod");
}

/* Leave the present driver, and let the core find another */
static int change_driver(const struct sriov_vf *vf, const char *override)
{
	int error = write_device(vf->pci, "driver_override", override);

	if (!error && *vf->driver)
		error = write_device(vf->pci, "driver/unbind", vf->pci);
	return error ? error : write_text("/sys/bus/pci/drivers_probe",
					  vf->pci);
}

int sriov_bind(struct vswctl *ctl, struct sriov_vf *vf)
{
	int code, error;

	if (vf->is_for_vm)
		return EXIT_OK;
	if (!*vf->group)
		return fail(ctl, EXIT_REFUSED,
			    "%s is in no IOMMU group, so no VM can be given it: boot with intel_iommu=on or amd_iommu=on",
			    vf->pci);
	code = load_vfio(ctl);
	if (code)
		return code;
	error = change_driver(vf, VFIO);
	read_driver(vf);
	if (vf->is_for_vm)
		return EXIT_OK;
	change_driver(vf, "\n");
	return fail(ctl, EXIT_REFUSED, VFIO " does not take %s: %s", vf->pci,
		    error ? strerror(error) : "see the kernel log");
}

/* A group has one user at a time: 0, or why it cannot be ours */
static int group_error(const struct sriov_vf *vf)
{
	char path[PATH_SIZE];
	int fd;

	snprintf(path, sizeof(path), "/dev/vfio/%s", vf->group);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

int sriov_unbind(struct vswctl *ctl, struct sriov_vf *vf)
{
	int error;

	if (*vf->driver && !vf->is_for_vm)
		return EXIT_OK;
	/* The kernel would wait for the VM */
	error = vf->is_for_vm ? group_error(vf) : 0;
	if (error == EBUSY)
		return fail(ctl, EXIT_REFUSED,
			    "%s is in use by a VM: take it out there, or stop it",
			    vf->pci);
	if (error)
		return fail(ctl, EXIT_REFUSED,
			    "cannot tell whether a VM uses %s: /dev/vfio/%s: %s",
			    vf->pci, vf->group, strerror(error));
	error = change_driver(vf, "\n");
	if (error)
		return fail(ctl, EXIT_REFUSED, "%s does not leave %s: %s",
			    vf->pci, vf->driver, strerror(error));
	read_driver(vf);
	return EXIT_OK;
}
