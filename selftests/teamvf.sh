#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A team of uplinks that have VFs, and a bond as the uplink. First on the driver
# of selftests/module, then on two real PFs on one wire, which is the switch out
# there that floods:
#
#	vm1 (VF 0) --- NIC --- PF ----\
#	                |              +--- vsw0 --- web1
#	               wire -- WIRE --/

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

VM1_MAC=52:54:00:aa:00:01
TRACE=/sys/kernel/tracing

# setup_testpf [PARAMETER...]: uplinks testpf and u1
setup_testpf()
{
	PF=testpf
	load_testpf "$@"
	add_switch vsw0
	add_host u1
	cmd_ok vswctl uplink add vsw0 u1
	cmd_ok vswctl uplink add vsw0 testpf
	defer vswctl uplink del testpf
}

# wants STATE: what the port wants of the link, and what the driver was told
wants()
{
	[ "$(vf_field 0 wanted-link-state)" = "$1" ] &&
		[ "$(vf_field 0 link-state)" = "$1" ] &&
		[ "$(vf_field 0 drift)" = false ]
}

# With a team or without, and whatever is done about drift
follow_team()
{
	local drift

	setup_testpf
	listen
	for drift in enforce observe; do
		cmd_ok vswctl port add vsw0 db1 vf testpf/0 mac $VM1_MAC \
			link-state follow-team on-drift $drift
		wants enable || fail "the link is not up"
		check_eq "link-state" "$(port_field db1 link-state)" follow-team
		forget_events
		cmd_ok ip link set testpf down
		wants enable || fail "u1 is not counted"
		cmd_ok ip link set u1 down
		wait_for 3 wants disable
		cmd_ok vswctl switch set vsw0 teaming active-backup
		cmd_ok ip link set u1 up
		wait_for 3 wants enable
		cmd_ok vswctl uplink del u1
		wait_for 3 wants disable
		cmd_ok ip link set testpf up
		wait_for 3 wants enable
		# It is nobody's drift.
		sleep 6
		check_eq "events" "$(events)" ""
		check_eq "corrections" "$(vf_field 0 corrections)" 0
		# That of others is.
		cmd_ok ip link set testpf vf 0 state disable
		if [ $drift = enforce ]; then
			wait_for 8 wants enable
		else
			events_are drifted
		fi
		cmd_ok vswctl port del db1
		check_eq "restored" "$(vf_field 0 link-state)" auto
		cmd_ok vswctl uplink add vsw0 u1
		cmd_ok vswctl switch set vsw0 teaming none
	done
	cmd_ok vswctl port add vsw0 db1 vf testpf/0 mac $VM1_MAC
	cmd_ok ip link set u1 down
	cmd_ok ip link set testpf down
	cmd_ok vswctl port set db1 link-state follow-team
	wants disable || fail "the link is not down"
	cmd_ok vswctl port set db1 link-state auto
	wants auto || fail "the link is not auto"
}

# One that is made anew while nothing is up
follow_team_returns()
{
	setup_testpf
	cmd_ok vswctl port add vsw0 db1 vf testpf/0 mac $VM1_MAC \
		link-state follow-team
	echo 0 >$SYS/sriov_numvfs
	cmd_ok ip link set u1 down
	cmd_ok ip link set testpf down
	sleep 1
	echo 4 >$SYS/sriov_numvfs
	wait_for 13 wants disable
	cmd_ok vswctl port del db1
	check_eq "restored" "$(vf_field 0 link-state)" auto
}

follow_team_bare()
{
	setup_testpf bare=1
	cmd_fail "testpf cannot set the link state of a VF: do without it" \
		vswctl port add vsw0 db1 vf testpf/0 mac $VM1_MAC \
		link-state follow-team
	cmd_ok vswctl port add vsw0 db1 vf testpf/0 mac $VM1_MAC \
		link-state follow-team enforcement best-effort
	check_eq "unenforced" "$(vf_field 0 unenforced | jq -c .)" \
		'["vlan","link-state"]'
	cmd_ok ip link set u1 down
	cmd_ok ip link set testpf down
	sleep 1
	check_eq "wanted" "$(vf_field 0 wanted-link-state)" disable
	check_eq "drift" "$(vf_field 0 drift)" false
	check_eq "unenforced" "$(vf_field 0 unenforced | jq -c .)" \
		'["vlan","link-state"]'
	cmd_fail "Only a VF port has that" \
		vswctl uplink set u1 link-state follow-team
}

uses()
{
	[ "$(port_field "$1" uplink)" = "$2" ]
}

# A pin outlives the driver of its uplink, and goes with the uplink.
pin_waits()
{
	setup_testpf
	add_host web1
	cmd_ok vswctl port add vsw0 web1 dev web1 pin testpf
	cmd_ok vswctl switch set vsw0 teaming active-backup primary testpf
	cmd_ok vswctl port add vsw0 db1 vf testpf/0 mac $VM1_MAC
	uses web1 testpf || fail "web1 does not use testpf"
	check_eq "uplink of db1" "$(port_field db1 uplink)" testpf
	cmd_fail "A VF port uses its PF, testpf: leave the pin out" \
		vswctl port set db1 pin u1
	cmd_fail "A VF port uses its PF" vswctl port set db1 pin testpf

	cmd_ok rmmod vsw-testpf
	uses web1 u1 || fail "web1 does not use u1"
	check_eq "pin" "$(port_field web1 pin)" testpf
	check_eq "primary" "$(vswctl -j switch show vsw0 |
		jq -r '.[0].primary')" testpf
	# It can be named while it is away.
	cmd_ok vswctl port set web1 pin none
	cmd_ok vswctl port set web1 pin testpf
	load_testpf
	wait_for 8 uses web1 testpf
	cmd_ok rmmod vsw-testpf
	cmd_ok vswctl uplink del testpf
	check_eq "pin" "$(port_field web1 pin)" null
	check_eq "primary" "$(vswctl -j switch show vsw0 |
		jq -r '.[0].primary')" null
	uses web1 u1 || fail "web1 does not use u1"
}

# A port with two paths uses its PF while the VF is the active one, and else what
# the team says. Its address is announced there.
two_paths()
{
	local before

	setup_testpf
	add_host web1
	cmd_ok vswctl switch set vsw0 teaming active-backup
	cmd_ok vswctl port add vsw0 db1 dev web1 vf testpf/0 path vf \
		mac $VM1_MAC
	uses db1 testpf || fail "db1 does not use testpf"
	before=$(tx_packets u1)
	cmd_ok vswctl port failover db1 soft
	uses db1 u1 || fail "db1 does not use u1"
	check_eq "announcements by u1" "$(($(tx_packets u1) - before))" 1
	cmd_ok vswctl port set db1 pin testpf
	uses db1 testpf || fail "db1 does not use testpf"
	cmd_ok vswctl port set db1 pin none
	uses db1 u1 || fail "db1 does not use u1"
	before=$(tx_packets u1)
	cmd_ok vswctl port failover db1 vf
	uses db1 testpf || fail "db1 does not use testpf"
	check_eq "announcements by u1" "$(($(tx_packets u1) - before))" 0

	# A VF that stands by has no link, whatever the team has.
	cmd_ok vswctl port set db1 link-state follow-team
	[ "$(vf_field 0 link-state)" = enable ] || fail "no link"
	cmd_ok vswctl port failover db1 soft
	[ "$(vf_field 0 link-state)" = disable ] || fail "a link"
	cmd_ok ip link set u1 down
	cmd_ok ip link set testpf down
	cmd_ok ip link set testpf up
	sleep 6
	[ "$(vf_field 0 link-state)" = disable ] || fail "a link"
	cmd_ok vswctl port failover db1 vf
	[ "$(vf_field 0 link-state)" = enable ] || fail "no link"
}

# tx_packets PORT
tx_packets()
{
	vswctl -j stats show "$1" | jq '.[0]["tx-packets"]'
}

rx_packets()
{
	ip -n "$1" -s -j link show dev eth0 | jq '.[0].stats64.rx.packets'
}

# got_copies COMMAND NAME BEFORE COUNT
got_copies()
{
	[ $(($("$1" "$2") - $3)) -eq "$4" ]
}

# copies FROM TO-COUNTER TO ADDRESS: of 50 frames each comes once
copies()
{
	local from=$1 counter=$2 to=$3 address=$4 before

	before=$("$counter" "$to")
	send_frames "$from" eth0 50 "dst_mac $address" \
		"src_mac $(mac_of "$from")"
	busywait 5 got_copies "$counter" "$to" "$before" 50
	sleep 0.5
	check_eq "copies from $from for $address by $(port_field web1 uplink)" \
		"$(($("$counter" "$to") - before))" 50
}

# What a VF and a tap send to each other, and to all, comes once, whichever PF the
# tap uses.
vf_and_tap()
{
	local uplink

	use_vfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	defer vswctl uplink del "$PF"
	cmd_ok vswctl uplink add vsw0 "$WIRE"
	defer vswctl uplink del "$WIRE"
	cmd_ok vswctl switch set vsw0 teaming active-backup
	add_host web1 192.0.2.11/24
	cmd_ok vswctl port add vsw0 web1 dev web1 mac "$(mac_of web1)"
	cmd_ok vswctl port add vsw0 vm1 vf "$PF/0" mac $VM1_MAC
	defer vswctl port del vm1
	add_vf_host vm1 0 192.0.2.21/24
	for uplink in "$PF" "$WIRE"; do
		cmd_ok vswctl port set web1 pin "$uplink"
		uses web1 "$uplink" || fail "web1 does not use $uplink"
		ip -n vm1 neigh flush dev eth0
		ip -n web1 neigh flush dev eth0
		reachable vm1 192.0.2.11
		reachable web1 192.0.2.21
		# No question of who is where among what is counted
		cmd_ok ip -n vm1 neigh replace 192.0.2.11 dev eth0 \
			lladdr "$(mac_of web1)" nud permanent
		cmd_ok ip -n web1 neigh replace 192.0.2.21 dev eth0 \
			lladdr $VM1_MAC nud permanent
		sleep 1
		copies vm1 tx_packets web1 ff:ff:ff:ff:ff:ff
		copies vm1 tx_packets web1 "$(mac_of web1)"
		copies web1 rx_packets vm1 ff:ff:ff:ff:ff:ff
		copies web1 rx_packets vm1 $VM1_MAC
		check_eq "where web1 is" "$(vswctl -j fdb get "$(mac_of web1)" \
			switch vsw0 vid 1 | jq -r '.[0].port')" web1
		check_eq "where vm1 is" "$(vswctl -j fdb get $VM1_MAC \
			switch vsw0 vid 1 | jq -r '.[0].port')" vm1
	done
	# When the PF that it uses is dead, the rest still talks.
	cmd_ok ip link set "$WIRE" down
	uses web1 "$PF" || fail "web1 does not use $PF"
	reachable web1 192.0.2.21
}

# The VLANs that a slave was told of, by its driver
trace_vids()
{
	[ -e $TRACE/kprobe_events ] || skip "needs kprobes"
	echo "p:vsw_vid igb_vlan_rx_add_vid vid=\$arg3:u16" \
		>$TRACE/kprobe_events || skip "needs kprobes"
	defer eval "echo >$TRACE/kprobe_events"
	echo >$TRACE/trace
	echo 1 >$TRACE/events/kprobes/vsw_vid/enable
	defer eval "echo 0 >$TRACE/events/kprobes/vsw_vid/enable"
}

vid_count()
{
	grep -c "vsw_vid:.*vid=$1$" $TRACE/trace
}

add_bond()
{
	local dev

	use_pfs
	modprobe bonding || skip "needs bonding"
	cmd_ok ip link add bond0 type bond miimon 100 mode "$@"
	defer ip link del bond0
	for dev in "$PF" "$WIRE"; do
		cmd_ok ip link set "$dev" down
		cmd_ok ip link set "$dev" master bond0
	done
	cmd_ok ip link set bond0 up
	wait_for 10 has_carrier bond0
	trace_vids
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 bond0
	add_host web1
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100 \
		mac "$(mac_of web1)"
}

# A bond tells its active slave the addresses, and both the VLANs.
bond_active_backup()
{
	local active other web1

	add_bond active-backup
	web1=$(mac_of web1)
	active=$(cat /sys/class/net/bond0/bonding/active_slave)
	other=$PF
	[ "$active" != "$PF" ] || other=$WIRE
	wait_for 3 nic_has bond0 "$web1"
	wait_for 3 nic_has "$active" "$web1"
	check_eq "slaves that were told of VLAN 100" "$(vid_count 100)" 2
	cmd_ok ip link set "$active" down
	wait_for 5 nic_has "$other" "$web1"
	wait_for 3 nic_lacks "$active" "$web1"
	check_eq up "$(port_field bond0 up)" true
	cmd_ok ip link set "$active" up
	cmd_ok vswctl port del web1
	wait_for 3 nic_lacks "$other" "$web1"
}

bond_lacp()
{
	local web1 dev

	add_bond 802.3ad lacp_rate fast
	web1=$(mac_of web1)
	for dev in bond0 "$PF" "$WIRE"; do
		wait_for 3 nic_has "$dev" "$web1"
	done
	check_eq "slaves that were told of VLAN 100" "$(vid_count 100)" 2
	cmd_ok vswctl port del web1
	for dev in bond0 "$PF" "$WIRE"; do
		wait_for 3 nic_lacks "$dev" "$web1"
	done
}

# A bond is an uplink of a team like others.
bond_in_team()
{
	add_bond active-backup
	cmd_ok vswctl switch set vsw0 teaming active-backup
	add_host u1
	cmd_ok vswctl uplink add vsw0 u1
	uses web1 bond0 || fail "web1 does not use bond0"
	cmd_ok ip link set "$PF" down
	sleep 0.5
	uses web1 bond0 || fail "web1 does not use bond0"
	cmd_ok ip link set "$WIRE" down
	wait_for 3 uses web1 u1
	cmd_ok ip link set "$WIRE" up
	wait_for 5 uses web1 bond0
}

trap remove_vfs EXIT
run_cases follow_team follow_team_returns follow_team_bare pin_waits \
	two_paths vf_and_tap bond_active_backup bond_lacp bond_in_team
