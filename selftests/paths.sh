#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ports with two paths on a driver that refuses, ignores and forgets: what is
# configured, and that a change of paths happens whole or not at all. The driver is
# selftests/module. What frames do: failover.sh.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/testpf_lib.sh"

# A port that is on its soft path
add_db1()
{
	cmd_ok vswctl port add vsw0 db1 dev tap7 vf $PF/0 vlan 100 \
		mac "$DB1_MAC" "$@"
}

setup_taps()
{
	setup
	add_tap tap7
	add_tap tap8
}

add_tap()
{
	cmd_ok ip link add "$1" type dummy
	defer ip link del "$1"
	cmd_ok ip link set "$1" up
}

# on PATH: it is what the port says, and what the NIC holds
on()
{
	check_eq path "$(port_field db1 path)" "$1"
	check_eq "MAC of the VF" "$(vf_field 0 mac)" "$DB1_MAC"
	check_eq drift "$(vf_field 0 drift)" false
	if [ "$1" = vf ]; then
		check_eq "VLAN of the VF" "$(vf_field 0 vlan)" 100
		check_eq standby "$(vf_field 0 standby)" false
		nic_lacks_mac || fail "the address is in both places"
	else
		check_eq "VLAN of the VF" "$(vf_field 0 vlan)" 4095
		check_eq standby "$(vf_field 0 standby)" true
		nic_has_mac || fail "the PF does not hold the address"
	fi
}

nic_has_mac()
{
	bridge fdb show dev $PF | grep -qi "^$DB1_MAC .*self"
}

nic_lacks_mac()
{
	! nic_has_mac
}

begins()
{
	setup_taps
	add_db1
	on soft
	check_eq devices "$(vswctl -j port show db1 |
		jq -c '.[0] | [.ifname, ."pf-name", .vf, .failover, .failovers,
		."failover-cause"]')" \
		"[\"tap7\",\"$PF\",0,\"manual\",0,\"none\"]"
	vswctl port show | grep -q "^db1 .* soft *tap7, $PF/0 " ||
		fail "$(vswctl port show)"
	vswctl vf show $PF | grep -q 'standby: its port uses the soft path' ||
		fail "$(vswctl vf show $PF)"
	cmd_ok vswctl port del db1
	check_eq "the VF again" "$(settings)" "$FRESH"
	check_eq "the device again" "$(ip -j -d link show tap7 |
		jq -c '.[0] | [.master, .promiscuity]')" '[null,0]'

	cmd_ok vswctl port add vsw0 db1 dev tap7 vf $PF/0 path vf vlan 100 \
		mac "$DB1_MAC"
	on vf
	vswctl port show | grep -q "^db1 .* vf *$PF/0, tap7 " ||
		fail "$(vswctl port show)"
}

moves()
{
	setup_taps
	add_db1
	cmd_ok vswctl port failover db1 vf
	on vf
	check_eq "how often, and why" "$(vswctl -j port show db1 |
		jq -c '.[0] | [.failovers, ."failover-cause"]')" '[1,"request"]'
	cmd_ok vswctl port failover db1 vf
	check_eq "no change" "$(port_field db1 failovers)" 1
	cmd_ok vswctl port failover db1 soft
	on soft
	check_eq "how often" "$(port_field db1 failovers)" 2
	# Policy is one and the same on both.
	cmd_ok vswctl port set db1 vlan 200 spoofchk off
	check_eq "VLAN of the VF" "$(vf_field 0 vlan)" 4095
	check_eq pvid "$(port_field db1 pvid)" 200
	cmd_ok vswctl port failover db1 vf
	check_eq "VLAN of the VF" "$(vf_field 0 vlan)" 200
	check_eq spoofchk "$(vf_field 0 spoofchk)" false
}

# read_fails COMMAND...: whichever time the VF cannot be read, nothing changes. To
# see the state is to read it.
read_fails()
{
	local number before

	for number in 1 2; do
		before=$(state)
		echo "read $number" >$SYS/fail
		cmd_fail . "$@"
		check_eq "after read $number" "$(state)" "$before"
	done
}

# Whatever call fails, the port stays on its path, and the NIC what it was.
move_fails()
{
	local op

	setup_taps
	add_db1
	for op in vlan link; do
		echo "$op 1" >$SYS/fail
		refused . vswctl port failover db1 vf
		on soft
	done
	read_fails vswctl port failover db1 vf
	on soft
	cmd_ok vswctl port failover db1 vf
	for op in vlan link; do
		echo "$op 1" >$SYS/fail
		refused . vswctl port failover db1 soft
		on vf
	done
	read_fails vswctl port failover db1 soft
	on vf
	echo vlan >$SYS/ignore
	refused "did not keep what was set" vswctl port failover db1 soft
	on vf
	echo none >$SYS/ignore
	cmd_ok vswctl port failover db1 soft
	on soft
}

# With manual the VF that stands by has no link; with auto it needs it.
link_of_standby()
{
	setup_taps
	add_db1
	check_eq link "$(vf_field 0 link-state)" disable
	cmd_ok vswctl port failover db1 vf
	check_eq link "$(vf_field 0 link-state)" auto
	cmd_ok vswctl port failover db1 soft
	cmd_ok vswctl port set db1 failover auto
	check_eq link "$(vf_field 0 link-state)" auto
	cmd_ok vswctl port set db1 failover manual link-state enable
	check_eq link "$(vf_field 0 link-state)" disable
	cmd_ok vswctl port failover db1 vf
	check_eq link "$(vf_field 0 link-state)" enable
	cmd_ok vswctl port del db1
	check_eq "the VF again" "$(settings)" "$FRESH"
}

# Paths come and go.
add_and_take()
{
	setup_taps
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 vlan 100 mac "$DB1_MAC"
	cmd_ok vswctl port set db1 dev tap7
	on vf
	cmd_ok vswctl port failover db1 soft
	cmd_ok vswctl port set db1 dev none
	on vf
	check_eq cause "$(port_field db1 failover-cause)" null
	check_eq master "$(ip -j link show tap7 | jq -r '.[0].master')" null

	cmd_ok vswctl port set db1 dev tap7
	cmd_ok vswctl port set db1 vf none
	check_eq path "$(port_field db1 path)" soft
	check_eq "the VF again" "$(settings)" "$FRESH"
	check_eq flags "$(vswctl -j port show db1 | jq -c '.[0] | [.learning,
		."unicast-flood", ."broadcast-flood"]')" '[true,true,true]'
	cmd_ok vswctl port set db1 vf $PF/any
	on soft
	cmd_ok vswctl port failover db1 vf
	on vf
}

rejections()
{
	setup_taps
	cmd_ok vswctl port add vsw0 web1 dev tap8
	cmd_ok vswctl port add vsw0 db2 vf $PF/1 vlan 100
	refused "web1 has one path: give it another one first" \
		vswctl port failover web1 vf
	refused "web1 has one path" vswctl port failover web1 soft
	refused "web1 has no VF" vswctl port set web1 vf none
	refused "A port needs a path" vswctl port set db2 dev none
	refused "tap8 is enslaved to vsw0" vswctl port set db2 dev tap8
	refused "A port needs a path" vswctl port set web1 dev none
	refused "web1 has a soft path, tap8: take" \
		vswctl port set web1 dev tap7
	refused "VF 1 of $PF belongs to port db2" \
		vswctl port set web1 vf $PF/1
	refused "VF 77 is out of range" vswctl port set web1 vf $PF/77
	refused "A port with one path begins with that" \
		vswctl port add vsw0 x dev tap7 path soft
	refused "Only a local port" vswctl port set $PF vf $PF/2
	refused "has one path|Only a local port" vswctl port failover vsw0 soft
	refused "stands alone" vswctl port set db2 dev tap7 pcp 1
	refused "Only a VF port" vswctl port set web1 failover auto
	cmd_ok vswctl port set web1 isolated on
	refused "cannot isolate or hairpin" vswctl port set web1 vf $PF/2
	# What the soft path cannot do
	refused "can neither limit its rate" vswctl port add vsw0 x dev tap7 \
		vf $PF/2 vlan 100 max-tx-rate 100
	cmd_ok vswctl port set db2 max-tx-rate 100
	refused "can neither limit its rate" vswctl port set db2 dev tap7
	cmd_ok vswctl port set db2 enforcement best-effort
	cmd_ok vswctl port set db2 dev tap7
	cmd_ok vswctl port failover db2 soft
	check_eq unenforced "$(port_field db2 unenforced | jq -c)" '["rate"]'
	refused "can neither limit its rate" \
		vswctl port set db2 enforcement strict
	refused "access port of one VLAN" vswctl vlan add db2 vid 7
	refused "access port of one VLAN" bridge vlan add dev tap7 vid 7
	# The NIC takes the tag off, and so must the soft path.
	refused "access port of one VLAN" vswctl vlan add db2 vid 100 pvid
}

# What adds a path fails in the middle.
add_fails()
{
	local op

	setup_taps
	cmd_ok vswctl port add vsw0 db1 dev tap7 vlan 100 mac "$DB1_MAC"
	for op in mac vlan link; do
		echo "$op 1" >$SYS/fail
		refused . vswctl port set db1 vf $PF/0
		check_eq "the VF" "$(settings)" "$FRESH"
	done
	read_fails vswctl port set db1 vf $PF/0
	cmd_ok vswctl port set db1 vf $PF/0
	on soft
	cmd_ok vswctl port del db1
	for op in mac vlan link; do
		echo "$op 1" >$SYS/fail
		refused . vswctl port add vsw0 db1 dev tap7 vf $PF/0 \
			vlan 100 mac "$DB1_MAC"
	done
}

path_is()
{
	[ "$(port_field db1 path)" = "$1" ]
}

vf_is_wanted()
{
	[ "$(vf_field 0 drift)" = false ] && [ "$(vf_field 0 mac)" = "$DB1_MAC" ]
}

# The VF goes under the port, and comes back.
vf_lost()
{
	setup_taps
	add_db1 path vf
	echo 0 >$SYS/sriov_numvfs
	wait_for 8 path_is soft
	check_eq cause "$(port_field db1 failover-cause)" path-lost
	nic_has_mac || fail "the PF does not hold the address"
	refused "has no VF 0 now" vswctl port failover db1 vf
	echo 4 >$SYS/sriov_numvfs
	wait_for 8 vf_is_wanted
	on soft
	cmd_ok vswctl port failover db1 vf
	on vf
}

# The device goes: a VM that was stopped.
dev_lost()
{
	setup_taps
	add_db1
	cmd_ok ip link del tap7
	check_eq path "$(port_field db1 path)" vf
	check_eq device "$(port_field db1 ifname)" null
	on vf
	cmd_ok ip link add tap7 type dummy
	cmd_ok vswctl port set db1 dev tap7
	cmd_ok vswctl port failover db1 soft
	on soft
	cmd_ok ip link set tap7 nomaster
	on vf

	# The driver refuses in that moment: it is done later, also for who only
	# wants to know what others do.
	cmd_ok vswctl port set db1 on-drift observe
	cmd_ok vswctl port set db1 dev tap7
	cmd_ok vswctl port failover db1 soft
	echo "vlan 1" >$SYS/fail
	cmd_ok ip link set tap7 nomaster
	check_eq path "$(port_field db1 path)" vf
	wait_for 13 vf_is_wanted
	on vf
	cmd_ok ip link set $PF vf 0 vlan 7
	sleep 6
	check_eq "VLAN of the VF" "$(vf_field 0 vlan)" 7
}

waits()
{
	[ "$(port_field db1 awaits)" = testpf0 ]
}

has_vf_again()
{
	[ "$(port_field db1 pf-name)" = "$PF" ] && vf_is_wanted
}

# The driver of the PF goes: the port lives on by its soft path.
pf_lost()
{
	local module

	module=$(dirname "$VSW_KO")/../testpf/vsw-testpf.ko
	setup_taps
	add_db1 path vf failover auto
	cmd_ok rmmod vsw-testpf
	path_is soft || fail "the port is not on its soft path"
	waits || fail "the port does not wait for its VF"
	check_eq state "$(vswctl port show db1 | sed -n 's/^up *//p')" on
	cmd_fail "web9|no port" vswctl port show web9
	cmd_ok insmod "$module"
	cmd_ok ip link set $PF up
	echo 4 >$SYS/sriov_numvfs
	wait_for 13 has_vf_again
	on soft
	check_eq failover "$(port_field db1 failover)" auto
	cmd_ok vswctl port failover db1 vf
	on vf

	# Who gives it up does not get it back.
	cmd_ok rmmod vsw-testpf
	cmd_ok vswctl port set db1 vf none
	cmd_ok insmod "$module"
	cmd_ok ip link set $PF up
	echo 4 >$SYS/sriov_numvfs
	wait_for 13 uplink_is_back
	sleep 1
	check_eq "PF of the port" "$(port_field db1 pf-name)" null
	check_eq learning "$(port_field db1 learning)" true
}

uplink_is_back()
{
	[ "$(port_field $PF awaits)" = null ]
}

# Two ports that frames could not tell apart
auto_needs_one_address()
{
	setup_taps
	add_db1 failover auto
	refused "Another port with failover auto has that MAC" vswctl port add \
		vsw0 db2 dev tap8 vf $PF/1 vlan 200 mac "$DB1_MAC" failover auto
	cmd_ok vswctl port add vsw0 db2 dev tap8 vf $PF/1 vlan 200 \
		mac "$DB1_MAC"
	refused "Another port with failover auto has that MAC" \
		vswctl port set db2 failover auto
	cmd_ok vswctl port set db1 failover manual
	cmd_ok vswctl port set db2 failover auto
	cmd_ok vswctl port del db2
	cmd_ok vswctl port set db1 failover auto
}

# A switch goes that has ports of every age.
switch_goes()
{
	setup
	add_tap tap7
	cmd_ok vswctl uplink del $PF
	cmd_ok vswctl port add vsw0 db1 dev tap7 vlan 100 mac "$DB1_MAC"
	cmd_ok vswctl uplink add vsw0 $PF
	cmd_ok vswctl port set db1 vf $PF/0
	cmd_ok vswctl port set db1 failover auto
	cmd_ok vswctl port failover db1 vf
	cmd_ok vswctl switch del vsw0
	check_eq "the VF again" "$(settings)" "$FRESH"
	check_eq promiscuity "$(ip -j -d link show tap7 |
		jq '.[0].promiscuity')" 0
}

run_cases begins moves move_fails link_of_standby add_and_take rejections \
	add_fails vf_lost dev_lost pf_lost auto_needs_one_address switch_goes
