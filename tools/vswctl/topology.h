/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_TOPOLOGY_H
#define VSWCTL_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row;
struct vswctl;

/*
 * A switch as its datapath sees it: kmod/vsw.h. What the kernel does not tell
 * because it follows from something else is worked out here.
 */

/* Policy of a port; the same as VSW_PORT_* there, by other numbers */
enum topology_flag {
	TOPOLOGY_LEARNING		= 1 << 0,
	TOPOLOGY_UNICAST_FLOOD		= 1 << 1,
	TOPOLOGY_MULTICAST_FLOOD	= 1 << 2,
	TOPOLOGY_BROADCAST_FLOOD	= 1 << 3,
	TOPOLOGY_HAIRPIN		= 1 << 4,
	TOPOLOGY_ISOLATED		= 1 << 5,
	TOPOLOGY_INGRESS_FILTERING	= 1 << 6,
	TOPOLOGY_ADMIT_TAGGED		= 1 << 7,
	TOPOLOGY_ADMIT_UNTAGGED		= 1 << 8,
	TOPOLOGY_SPOOFCHK		= 1 << 9,
	TOPOLOGY_UPLINK			= 1 << 10,
	TOPOLOGY_HOST			= 1 << 11,
	TOPOLOGY_VF			= 1 << 12,
	TOPOLOGY_PROMISC		= 1 << 13,
};

/**
 * struct topology_port - a port
 * @name: its name
 * @flags: enum topology_flag
 * @ifindex: device of its soft path, or 0
 * @pf: device of its PF, or 0
 * @vf: number of its VF, if it has a PF
 * @mac: the address behind it, zero for none
 * @pvid: VLAN of untagged frames, or 0
 * @pcp: their priority
 * @fdb_max: most addresses that it may learn, 0 for no limit
 * @fdb_learned: how many it has
 * @waits: for its device: the datapath does not know it
 * @up: the device that sends its frames is up, and has a carrier
 * @mtu: of that device, 0 if not known
 * @nic_promisc: an uplink whose NIC takes everything
 * @nic_spoofchk: the NIC drops what comes from another address
 * @svlan: its VLAN is one of the wire
 * @member: it is in the VLAN that topology_set_vid() was given
 * @untagged: that leaves without a tag
 * @egress: port whose device sends its frames, itself or an uplink
 * @pinned: the uplink of a team that it uses, or NULL
 */
struct topology_port {
	char name[32];
	uint32_t flags;
	uint32_t ifindex;
	uint32_t pf;
	uint32_t vf;
	uint8_t mac[6];
	uint16_t pvid;
	uint8_t pcp;
	uint32_t fdb_max;
	uint32_t fdb_learned;
	bool waits;
	bool up;
	uint32_t mtu;
	bool nic_promisc;
	bool nic_spoofchk;
	bool svlan;
	bool member;
	bool untagged;
	struct topology_port *egress;
	struct topology_port *pinned;
};

/**
 * struct topology_entry - where an address lives
 * @port: behind this port
 * @type: VSW_FDB_TYPE_*
 * @age: seconds since it was last seen there
 */
struct topology_entry {
	struct topology_port *port;
	uint32_t type;
	uint32_t age;
};

/**
 * struct topology - a switch
 * @ctl: the command
 * @ifindex: its device
 * @name: name of that
 * @teaming: its uplinks are a team
 * @ports: the ports, in the order in which the datapath walks
 * @count: how many
 * @set_vid: fills &topology_port.member and @untagged; an exit code
 * @find: looks an address up; @entry has no port if there is none; an exit
 *	code. These two are the kernel's, but not in tests
 */
struct topology {
	struct vswctl *ctl;
	uint32_t ifindex;
	char name[16];
	bool teaming;
	struct topology_port *ports;
	size_t count;
	int (*set_vid)(struct topology *topology, uint16_t vid);
	int (*find)(struct topology *topology, const uint8_t mac[6],
		    uint16_t vid, struct topology_entry *entry);
};

/* The switch of a port, and the port; exit code. Free it in any case */
int topology_get(struct topology *topology, struct vswctl *ctl,
		 const char *port, struct topology_port **found);
void topology_free(struct topology *topology);
/* NULL if there is none */
struct topology_port *topology_port(const struct topology *topology,
				    const char *name);

#endif /* VSWCTL_TOPOLOGY_H */
