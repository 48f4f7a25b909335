#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Second day of the host: it has a new kernel, DKMS has built the module for it, and
# the switch has to be there again. Then the packages go.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/host_lib.sh"

rebuilt_by_dkms()
{
	local release

	release=$(uname -r)
	[ "$release" != "$FIRST_KERNEL" ] || fail "this is still $release"
	grep -q "$release.*installed" <<< "$(dkms status vsw)" ||
		fail "dkms: $(dkms status)"
	lsmod | grep -q '^vsw ' || fail "the module is not loaded"
	log "kernel $release"
}

# vsw-probe.service has looked before multi-user.target.
there_in_time()
{
	unit_is vsw.service active || fail "$(systemctl status vsw.service)"
	check_eq "ports before multi-user.target" \
		"$(jq -r '.[] | select(.role != "host") | "\(.name) \(.pvid)"' \
			/run/vsw-probe | sort | paste -sd ' ')" \
		"$NIC 1 web1 100 web2 100"
	log "vsw.service: $(systemd-analyze blame --no-pager | grep ' vsw\.service')"
}

forwards()
{
	cmd_ok ip netns exec vm1 ping -q -c 1 -w 10 192.0.2.12
}

late_tap_joins()
{
	cmd_ok ip tuntap add late0 mode tap
	wait_for 30 port_has_device late late0
	check_eq "its VLAN" "$(port_field late pvid)" 200
	# again, and by a name that it gets later
	cmd_ok ip link del late0
	wait_for 10 eval '! port_has_device late late0'
	cmd_ok ip tuntap add other0 mode tap
	cmd_ok ip link set other0 name late0
	wait_for 30 port_has_device late late0
}

# Devices of no port are not our business, and no failure.
nothing_failed()
{
	cmd_ok ip tuntap add stray0 mode tap
	cmd_ok udevadm settle
	sleep 2
	check_eq "failed units" "$(systemctl --failed --plain --no-legend)" ""
}

stop_leaves_switch()
{
	local before

	before=$(state)
	cmd_ok systemctl reload vsw.service
	cmd_ok systemctl stop vsw.service
	check_eq "state" "$(state)" "$before"
	# and what comes late does not join any more
	cmd_ok ip link del late0
	cmd_ok ip tuntap add late0 mode tap
	cmd_ok udevadm settle
	sleep 2
	! port_has_device late late0 || fail "late0 has joined"
	cmd_ok systemctl start vsw.service
	port_has_device late late0 || fail "late0 has not joined"
}

bad_configuration()
{
	local before

	before=$(state)
	cp "$CONFIG" /root/config.json
	echo '{ "switches": [' > "$CONFIG"
	cmd_fail 'failed' systemctl restart vsw.service
	check_eq "state" "$(state)" "$before"
	cp /root/config.json "$CONFIG"
	cmd_ok systemctl restart vsw.service
}

purge()
{
	local said

	said=$(dpkg --purge vsw-dkms vswctl 2>&1) || fail "purge: $said"
	grep -q 'so the module stays loaded' <<< "$said" ||
		fail "vsw-dkms did not say that the module stays: $said"
	ip link show vsw0 > /dev/null || fail "it took the switch"
	cmd_ok rmmod vsw
	check_eq "units" "$(systemctl list-unit-files --plain --no-legend 'vsw*' |
		grep -vE '^vsw-(lab|probe|job)\.')" ""
}

run_steps rebuilt_by_dkms there_in_time forwards late_tap_joins \
	nothing_failed stop_leaves_switch bad_configuration purge
