#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# First day of the host: the packages are installed, on its oldest kernel. It gets a
# switch, the configuration is saved, and the module is changed for another build.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/host_lib.sh"

built_by_dkms()
{
	local release

	release=$(uname -r)
	grep -q "$release.*installed" <<< "$(dkms status vsw)" ||
		fail "dkms: $(dkms status)"
	[[ $(modinfo -n vsw) == */updates/dkms/vsw.ko* ]] ||
		fail "the module is $(modinfo -n vsw)"
	[ -n "$(modinfo -F signer vsw)" ] || fail "it is not signed"
	log "kernel $release, signed by $(modinfo -F signer vsw)"
}

loaded_at_boot()
{
	lsmod | grep -q '^vsw ' || fail "modules-load.d has not loaded it"
}

units_are_sound()
{
	check_eq "systemd-analyze verify" "$(systemd-analyze verify \
		vsw.service vsw-attach@tap0.service 2>&1 | grep vsw |
		grep -v "Command 'man")" ""
	check_eq "vsw.service" "$(systemctl is-enabled vsw.service)" enabled
	# There is no configuration yet, which is no failure.
	unit_is vsw.service inactive || fail "$(systemctl status vsw.service)"
	check_eq "condition" \
		"$(systemctl show -P ConditionResult vsw.service)" no
}

make_switch()
{
	cmd_ok ip tuntap add late0 mode tap
	cmd_ok vswctl switch add vsw0
	cmd_ok vswctl uplink add vsw0 "$NIC"
	cmd_ok vswctl port add vsw0 web1 dev vm1 vlan 100
	cmd_ok vswctl port add vsw0 web2 dev vm2 vlan 100
	cmd_ok vswctl port add vsw0 late dev late0 vlan 200
	cmd_ok ip link set vsw0 up
}

save_configuration()
{
	cmd_ok vswctl config save "$CONFIG"
	jq 'walk(if type == "object" and .name? == "late"
		 then .optional = true else . end)' "$CONFIG" > "$CONFIG.new"
	mv "$CONFIG.new" "$CONFIG"
	cmd_ok vswctl config check "$CONFIG"
	cmd_ok systemctl start vsw.service
	unit_is vsw.service active || fail "$(systemctl status vsw.service)"
}

# The host's own address, and a VLAN device: what vsw-upgrade has to keep
own_address()
{
	cmd_ok ip addr add 192.0.2.1/24 dev vsw0
	cmd_ok ip link add link vsw0 name vsw0.100 type vlan id 100
	cmd_ok ip addr add 192.0.3.1/24 dev vsw0.100
	cmd_ok ip link set vsw0.100 up
	cmd_ok ip route add 198.51.100.0/24 via 192.0.3.9
}

host_state()
{
	ip -br addr show dev vsw0
	ip -br addr show dev vsw0.100
	ip route
}

upgrade_refuses()
{
	cmd_fail 'usage:' vsw-upgrade -x
	cmd_fail 'cannot be read' vsw-upgrade /nonexistent
	cmd_fail 'is no kernel module' vsw-upgrade /etc/passwd
	cmd_fail 'is not vsw' vsw-upgrade "$(modinfo -n dummy)"
	cmd_fail 'is not the module that is loaded' \
		vsw-upgrade -o "$(modinfo -n dummy)" /root/vsw/new/vsw.ko
	cmd_ok ip link add link vsw0 name mac0 type macvlan
	cmd_fail 'mac0 sits on vsw0' vsw-upgrade /root/vsw/new/vsw.ko
	cmd_ok ip link del mac0
	cmd_ok ip link add link vsw0.100 name mac1 type macvlan
	cmd_fail 'mac1 uses vsw0.100' vsw-upgrade /root/vsw/new/vsw.ko
	cmd_ok ip link del mac1
	echo 'switch set vsw0 ageing 300' > /tmp/change
	cmd_ok vswctl -a -b /tmp/change -c 60 -u /tmp/change
	cmd_fail 'waits to be confirmed' vsw-upgrade /root/vsw/new/vsw.ko
	cmd_ok vswctl config confirm
	vsw-upgrade | grep -q 'loaded already' || fail "the same build"
	lsmod | grep -q '^vsw ' || fail "it has unloaded the module"
}

# Counts what does not come back of 100 frames a second, meanwhile
upgrade_module()
{
	local before lost

	before=$(state; host_state)
	ip netns exec vm1 ping -q -i 0.05 -w 60 192.0.2.12 > /tmp/ping 2>&1 &
	wait_for 10 grep -q PING /tmp/ping
	sleep 2
	vsw-upgrade /root/vsw/new/vsw.ko > /tmp/upgrade 2>&1 ||
		fail "$(cat /tmp/upgrade)"
	log "$(tail -n 1 /tmp/upgrade)"
	sleep 3
	kill -INT $!
	wait $!
	log "ping every 50 ms: $(grep packets /tmp/ping)"
	lost=$(sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' \
		/tmp/ping)
	[ "${lost% *}" -gt "${lost#* }" ] || fail "no frame was lost: $lost"
	check_eq "version" "$(cat /sys/module/vsw/version)" "$NEW_VERSION"
	check_eq "state" "$(state; host_state)" "$before"
}

# A module that does not come up: the one that was there comes back.
upgrade_goes_back()
{
	local before

	before=$(state; host_state)
	cmd_fail 'going back to the old one' \
		vsw-upgrade -o /root/vsw/new/vsw.ko /root/vsw/bad/vsw.ko
	check_eq "version" "$(cat /sys/module/vsw/version)" "$NEW_VERSION"
	check_eq "state" "$(state; host_state)" "$before"
}

run_steps built_by_dkms loaded_at_boot units_are_sound make_switch \
	save_configuration own_address upgrade_refuses upgrade_module \
	upgrade_goes_back
