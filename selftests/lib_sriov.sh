# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests that need an SR-IOV NIC, beside the library of all tests. The guest
# has two PFs (igb) on one wire; the first is the uplink, the second what is out
# there:
#
#	machine on a VF --- NIC --- PF (uplink)
#	                     |
#	                    wire --- WIRE (the other PF)
#	                     '------ PEER (a plain NIC, for who asks for it)
#
# VFs stay from case to case, because making them takes seconds.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/vf_lib.sh"

VF_COUNT=4

# The address that VF N has when nobody wants another
vf_default_mac()
{
	printf '52:54:00:00:ff:%02x' "$1"
}

# igb_devices: those of this namespace, in the order of their PCI addresses
igb_devices()
{
	local path

	for path in /sys/bus/pci/drivers/igb/*/net/*; do
		[ -e "$path" ] && echo "${path##*/}"
	done
}

two_igbs()
{
	[ "$(igb_devices | wc -l)" -ge 2 ]
}

has_carrier()
{
	[ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" = 1 ]
}

# use_pfs: set PF and WIRE, both up. A device comes back from a namespace that
# has been deleted a while after.
use_pfs()
{
	local dev

	[ -d /sys/bus/pci/drivers/igb ] || skip "needs two igb NICs"
	busywait 5 two_igbs || skip "needs two igb NICs"
	{ read -r PF && read -r WIRE; } < <(igb_devices)
	for dev in "$PF" "$WIRE"; do
		cmd_ok ip link set "$dev" up
	done
	wait_for 10 has_carrier "$PF"
	wait_for 10 has_carrier "$WIRE"
}

# pci_of DEVICE
pci_of()
{
	basename "$(readlink "/sys/class/net/$1/device")"
}

# vf_pci N: PCI address of a VF of the PF
vf_pci()
{
	basename "$(readlink "/sys/class/net/$PF/device/virtfn$1")"
}

# vf_netdev N: its net device, if it is in this namespace
vf_netdev()
{
	local path

	for path in "/sys/class/net/$PF/device/virtfn$1/net/"*; do
		[ -e "$path" ] && echo "${path##*/}" && return
	done
	return 1
}

set_vf_count()
{
	[ "$(cat "/sys/class/net/$PF/device/sriov_numvfs")" = "$1" ] && return
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	echo "$1" >"/sys/class/net/$PF/device/sriov_numvfs" ||
		fail "$PF cannot have $1 VFs"
	wait_for 10 has_carrier "$PF"
}

# make_vfs: the PF has VF_COUNT VFs that nobody has touched
make_vfs()
{
	local n

	set_vf_count "$VF_COUNT"
	for ((n = 0; n < VF_COUNT; n++)); do
		cmd_ok ip link set "$PF" vf "$n" mac "$(vf_default_mac "$n")" \
			vlan 0 spoofchk on trust off max_tx_rate 0
	done
}

# use_vfs: set PF and WIRE; the PF has VFs
use_vfs()
{
	use_pfs
	make_vfs
}

# remove_vfs: when the last case is over
remove_vfs()
{
	local dev

	for dev in $(igb_devices); do
		echo 0 >"/sys/class/net/$dev/device/sriov_numvfs"
		ip link set "$dev" down
	done
}

# vf_config N: what the PF says about a VF, in a line
vf_config()
{
	ip -j link show dev "$PF" |
		jq -c ".[0].vfinfo_list[] | select(.vf == $1)"
}

# vf_is N FILTER WANTED: one thing of it
vf_is()
{
	check_eq "VF $1: $2" "$(vf_config "$1" | jq -r "$2")" "$3"
}

# add_vf_host NAMESPACE N [ADDRESS/LEN]: a machine with a VF of the PF as eth0.
# The driver starts anew, so that it takes the address that the VF has by now.
add_vf_host()
{
	local ns=$1 n=$2 pci

	pci=$(vf_pci "$n")
	echo "$pci" >/sys/bus/pci/drivers/igbvf/unbind 2>/dev/null
	echo "$pci" >/sys/bus/pci/drivers/igbvf/bind ||
		fail "igbvf does not take VF $n"
	wait_for 5 vf_netdev "$n"
	add_netns "$ns"
	cmd_ok ip link set "$(vf_netdev "$n")" netns "$ns" name eth0
	start_machine "$ns" eth0 "${3-}"
}

# add_wire_host NAMESPACE: a machine out there, eth0 is the other PF
add_wire_host()
{
	add_netns "$1"
	cmd_ok ip link set "$WIRE" netns "$1"
	start_machine "$1" "$WIRE"
}

# add_wire_vlan NAMESPACE VID ADDRESS/LEN: it is in that VLAN
add_wire_vlan()
{
	cmd_ok ip -n "$1" link add "v$2" link "$WIRE" type vlan id "$2"
	cmd_ok ip -n "$1" addr add "$3" dev "v$2"
	cmd_ok ip -n "$1" link set "v$2" up
}

peer_device()
{
	local path

	for path in /sys/bus/virtio/drivers/virtio_net/*/net/*; do
		[ -e "$path" ] && echo "${path##*/}" && return
	done
	return 1
}

# use_peer: set PEER, the third NIC on the wire
use_peer()
{
	modprobe virtio_net || skip "needs virtio_net"
	busywait 5 peer_device || skip "needs a third NIC on the wire"
	# shellcheck disable=SC2034
	PEER=$(peer_device)
}

add_netns()
{
	cmd_ok ip netns add "$1"
	defer ip netns del "$1"
	ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	cmd_ok ip -n "$1" link set lo up
}

machine_has_carrier()
{
	ip -n "$1" -j link show dev "$2" |
		jq -e '.[0].flags | index("LOWER_UP")'
}

# wait_for_carrier NAMESPACE DEVICE: igbvf asks its PF once when it comes up, and
# when the PF is busy with another VF just then, it has no link until it comes up
# again.
wait_for_carrier()
{
	for _ in 1 2 3; do
		busywait 10 machine_has_carrier "$1" "$2" && return
		log "$2 of $1 has no carrier, down and up again"
		cmd_ok ip -n "$1" link set "$2" down
		cmd_ok ip -n "$1" link set "$2" up
	done
	wait_for 10 machine_has_carrier "$1" "$2"
}

# start_machine NAMESPACE DEVICE [ADDRESS/LEN]
start_machine()
{
	[ -z "${3-}" ] || cmd_ok ip -n "$1" addr add "$3" dev "$2"
	cmd_ok ip -n "$1" link set "$2" up
	wait_for_carrier "$1" "$2"
}

# nic_macs DEVICE: unicast addresses in its filter, without its own
nic_macs()
{
	bridge -j fdb show dev "$1" |
		jq -r '.[] | select(.flags | index("self")) | .mac' |
		grep -E '^.[02468ace]:' | sort
}

nic_has()
{
	nic_macs "$1" | grep -qxiF "$2"
}

nic_lacks()
{
	! nic_has "$@"
}

nic_mac_count_is()
{
	[ "$(nic_macs "$1" | wc -l)" -eq "$2" ]
}
