#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VFs as devices of this host: how many there are, which is free, and which a VM
# may have.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

setup()
{
	use_vfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	defer vswctl uplink del "$PF"
}

numvfs()
{
	cat "/sys/class/net/$PF/device/sriov_numvfs"
}

vf_device()
{
	vswctl -j vf devices "$PF" |
		jq -r ".[] | select(.vf == $1) | .[\"$2\"]"
}

count()
{
	local total

	setup
	total=$(cat "/sys/class/net/$PF/device/sriov_totalvfs")
	cmd_ok vswctl uplink set "$PF" vfs "$VF_COUNT"
	check_eq numvfs "$(numvfs)" "$VF_COUNT"
	cmd_ok vswctl uplink set "$PF" vfs 2
	check_eq numvfs "$(numvfs)" 2
	check_eq VFs "$(vswctl -j uplink show "$PF" | jq '.[0].vfs')" 2
	cmd_ok vswctl uplink set "$PF" vfs 0
	check_eq numvfs "$(numvfs)" 0
	cmd_fail "has no VFs: vswctl uplink set $PF vfs N" \
		vswctl port add vsw0 db1 vf "$PF/any" vlan 100
	# The rest could fail when the VFs are changed already.
	cmd_fail "stands alone" vswctl uplink set "$PF" vfs 2 spoofchk on
	check_eq numvfs "$(numvfs)" 0
	cmd_ok vswctl uplink set "$PF" vfs "$VF_COUNT"
	check_eq numvfs "$(numvfs)" "$VF_COUNT"
	wait_for 10 has_carrier "$PF"
	cmd_fail "has $total VFs at most" \
		vswctl uplink set "$PF" vfs $((total + 1))
	check_eq numvfs "$(numvfs)" "$VF_COUNT"
}

count_refused()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf "$PF/1" vlan 100
	cmd_fail "away for a moment, from port db1: delete" \
		vswctl uplink set "$PF" vfs 2
	cmd_fail "away for a moment, from port db1: delete" \
		vswctl uplink set "$PF" vfs 0
	# A port whose VF is gone does not stand in the way of its return.
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	cmd_ok vswctl uplink set "$PF" vfs "$VF_COUNT"
	check_eq numvfs "$(numvfs)" "$VF_COUNT"
	# It has so many.
	cmd_ok vswctl uplink set "$PF" vfs "$VF_COUNT"
	cmd_fail "'db1' is not an uplink" vswctl port set db1 vfs 2
	add_host web1
	cmd_ok vswctl uplink add vsw0 web1
	cmd_fail "web1 has no SR-IOV on PCI" vswctl uplink set web1 vfs 2
	cmd_ok vswctl uplink del web1
	cmd_ok vswctl port del db1
	cmd_ok vswctl uplink set "$PF" vfs 2
	set_vf_count "$VF_COUNT"
}

any()
{
	local n

	setup
	cmd_ok vswctl port add vsw0 db1 vf "$PF/1" vlan 100
	for ((n = 0; n < VF_COUNT; n++)); do
		[ $n -eq 1 ] || cmd_ok vswctl port add vsw0 "any$n" \
			vf "$PF/any" vlan 100
	done
	check_eq "VFs of ports" "$(vswctl -j port show | jq -c '[.[] |
		select(.path == "vf") | .name, .vf]')" \
		'["db1",1,"any0",0,"any2",2,"any3",3]'
	cmd_fail "All $VF_COUNT VFs of $PF belong to ports" \
		vswctl port add vsw0 more vf "$PF/any" vlan 100
	cmd_ok vswctl port del any2
	cmd_ok vswctl port add vsw0 more vf "$PF/any" vlan 100
	check_eq "the freed one" "$(port_field more vf)" 2
}

shown()
{
	local driver

	setup
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100
	check_eq pci "$(vf_device 0 pci)" "$(vf_pci 0)"
	driver=$(basename "$(readlink "/sys/bus/pci/devices/$(vf_pci 0)/driver")")
	check_eq driver "$(vf_device 0 driver)" "$driver"
	[ ! -e "/sys/bus/pci/devices/$(vf_pci 0)/iommu_group" ] ||
		check_eq group "$(vf_device 0 iommu-group)" "$(basename \
			"$(readlink \
			"/sys/bus/pci/devices/$(vf_pci 0)/iommu_group")")"
	check_eq device "$(vf_device 0 device)" null
	vswctl vf devices | grep -q "^$PF/0 *db1 *$(vf_pci 0) *$driver " ||
		fail "text: $(vswctl vf devices)"
	check_eq nic "$(port_field "$PF" nic)" "$(pci_of "$PF")"
}

driver_of()
{
	basename "$(readlink "/sys/bus/pci/devices/$1/driver")"
}

for_vm()
{
	local pci group

	setup
	pci=$(vf_pci 0)
	[ -e "/sys/bus/pci/devices/$pci/iommu_group" ] || skip "needs an IOMMU"
	cmd_fail "belongs to no port, so nobody" vswctl vf bind "$PF/0"
	cmd_fail "there is no VF $PF/77" vswctl vf bind "$PF/77"
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100
	defer vswctl vf unbind "$PF/0"
	cmd_ok vswctl vf bind "$PF/0"
	check_eq driver "$(driver_of "$pci")" vfio-pci
	group=$(vf_device 0 iommu-group)
	check_eq device "$(vf_device 0 device)" "/dev/vfio/$group"
	[ -c "/dev/vfio/$group" ] || fail "no device node"
	# The VF is what its port wants, whoever drives it.
	vf_is 0 '.vlan_list[0].vlan' 100
	cmd_ok vswctl vf bind "$PF/0"

	# A VM has it.
	exec 7<>"/dev/vfio/$group" || fail "cannot open /dev/vfio/$group"
	cmd_fail "$pci is in use by a VM" vswctl vf unbind "$PF/0"
	check_eq driver "$(driver_of "$pci")" vfio-pci
	cmd_ok vswctl port del db1
	cmd_fail "from $pci for a VM: delete the ports and unbind" \
		vswctl uplink set "$PF" vfs 2
	cmd_fail "$pci is in use by a VM" vswctl vf unbind "$PF/0"
	exec 7<&-
	# It goes back without a port, too.
	cmd_ok vswctl vf unbind "$PF/0"
	check_eq driver "$(driver_of "$pci")" igbvf
	check_eq device "$(vf_device 0 device)" null
	cmd_ok vswctl vf unbind "$PF/0"
}

trap remove_vfs EXIT
run_cases count count_refused any shown for_vm
