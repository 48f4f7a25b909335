/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_SRIOV_H
#define VSWCTL_SRIOV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the PCI core has of VFs and vsw does not: their number, their driver,
 * and what a VM needs to be given one. Linux: Documentation/PCI/pci-iov-howto.rst
 * and Documentation/driver-api/vfio.rst.
 */

struct messages;
struct vswctl;

/**
 * struct sriov_vf - a VF as a PCI device; what there is not is ""
 * @pci: its address, such as 0000:01:10.3
 * @driver: what drives it on this host
 * @group: number of its IOMMU group
 * @is_for_vm: the driver is vfio-pci, or one of its kind for this device
 */
struct sriov_vf {
	char pci[64];
	char driver[64];
	char group[16];
	bool is_for_vm;
};

/* Is there such a VF of the PF with this address? */
bool sriov_vf_get(struct sriov_vf *vf, const char *nic, uint32_t index);

/* The PCI address of a net device, as @nic is everywhere here; false if it has none */
bool sriov_nic(const char *device, char *nic, size_t size);

/*
 * Is @device, a net device or a PCI address, a VF of the PF with the net device @pf?
 * Unlike all others by sysfs: it is asked on behalf of udev, which has that
 */
bool sriov_is_vf_of(const char *device, const char *pf);

/* Number of VFs of a PF now, and the highest; false if it has no SR-IOV */
bool sriov_count(const char *nic, uint32_t *count, uint32_t *total);
/* Change it from @before by way of 0, as the kernel wants; an exit code */
int sriov_set_count(struct vswctl *ctl, const char *nic, uint32_t before,
		    uint32_t count);

/* Give a VF to vfio-pci, or back to its own driver; return exit codes */
int sriov_bind(struct vswctl *ctl, struct sriov_vf *vf);
int sriov_unbind(struct vswctl *ctl, struct sriov_vf *vf);

#endif /* VSWCTL_SRIOV_H */
