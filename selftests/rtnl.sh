#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# iproute2 on switches and ports: what ip and bridge do and say is what vswctl
# does and says.
#
#	a ----+
#	b ----+ vsw0		taps, frame.py at the other end
#	c

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

setup()
{
	add_taps a b c
	add_switch vsw0
	add_port a
	add_port b trunk 10-20 native 5
}

link_kind()
{
	# shellcheck disable=SC2119
	load_vsw
	cmd_ok ip link add vsw0 type vsw
	cmd_ok ip link add vsw1 address 02:00:00:00:00:99 mtu 1400 type vsw
	check_eq switches "$(vswctl -j switch show |
		jq -c '[.[] | [.name, ."ageing-time", ."default-pvid"]]')" \
		'[["vsw0",300,1],["vsw1",300,1]]'
	check_eq kind "$(ip -d -j link show vsw0 |
		jq -r '.[0].linkinfo.info_kind')" vsw
	check_eq mac "$(vswctl -j switch show vsw1 | jq -r '.[0].mac')" \
		02:00:00:00:00:99
	check_eq links "$(ip -j link show type vsw | jq -c '[.[].ifname | strings]')" \
		'["vsw0","vsw1"]'
	check_eq driver "$(ethtool -i vsw0 | sed -n 's/^driver: //p')" vsw
	cmd_fail "exists" ip link add vsw0 type vsw
	cmd_fail "MAC|address" \
		ip link add vsw2 address 01:00:00:00:00:01 type vsw
	cmd_ok vswctl switch del vsw0
	cmd_ok ip link del vsw1
	check_eq switches "$(vswctl -j switch show)" '[]'
}

master()
{
	add_taps a b
	add_switch vsw0 default-pvid 7
	add_switch vsw1
	cmd_ok ip link set dev a master vsw0
	check_eq port "$(vswctl -j port show a | jq -c '.[0] |
		[.name, ."switch-name", .role, .pvid, .frames]')" \
		'["a","vsw0","local",7,"all"]'
	check_eq "slave kind" "$(ip -d -j link show a |
		jq -r '.[0].linkinfo.info_slave_kind')" vsw
	check_eq slaves "$(ip -j link show master vsw0 |
		jq -c '[.[].ifname | strings]')" '["a"]'
	check_eq slaves "$(ip -j link show type vsw_slave |
		jq -c '[.[].ifname | strings]')" '["a"]'

	# From one to another, and to a bridge and back
	cmd_ok ip link set dev a master vsw1
	check_eq switch "$(port_field a switch-name)" vsw1
	cmd_ok ip link add br0 type bridge
	defer ip link del br0
	cmd_ok ip link set dev a master br0
	check_eq ports "$(vswctl -j port show | jq -c '[.[].name]')" \
		'["vsw0","vsw1"]'
	cmd_ok ip link set dev a master vsw0
	cmd_ok ip link set dev a nomaster
	wait_for 5 grep -q down /sys/class/net/vsw0/operstate
	check_eq ports "$(vswctl -j port show | jq -c '[.[].name]')" \
		'["vsw0","vsw1"]'
	check_eq promiscuity \
		"$(ip -d -j link show a | jq '.[0].promiscuity')" 0

	save_state
	cmd_fail "lo is no Ethernet device: use a tap, veth or NIC" \
		ip link set dev lo master vsw0
	cmd_fail "vsw1 is a vsw switch: join switches by a veth pair" \
		ip link set dev vsw1 master vsw0
	check_state

	cmd_ok vswctl port add vsw0 b dev a
	cmd_fail "Port b exists already" ip link set dev b master vsw0
	check_eq master "$(ip -j link show b | jq -r '.[0].master')" null
}

bridge_vlans()
{
	bridge -j -compressvlans vlan show dev "$1" | jq -c '[.[].vlans[]? |
		[.vlan, .vlanEnd // .vlan, .flags // []]]'
}

vsw_vlans()
{
	vswctl -j vlan show "$1" | jq -c '[.[] | [.first, .last,
		[.flags[] | {pvid: "PVID", untagged: "Egress Untagged"}[.]]]]'
}

bridge_vlan()
{
	setup
	check_eq "VLANs of a" "$(bridge_vlans a)" \
		'[[1,1,["PVID","Egress Untagged"]]]'
	check_eq "VLANs of b" "$(bridge_vlans b)" "$(vsw_vlans b)"

	cmd_ok bridge vlan add dev a vid 100
	cmd_ok bridge vlan add dev a vid 200-300
	cmd_ok bridge vlan add dev a vid 5 pvid untagged
	cmd_ok bridge vlan del dev a vid 1
	cmd_ok bridge vlan del dev a vid 250-260
	check_eq "VLANs of a" "$(bridge_vlans a)" \
		'[[5,5,["PVID","Egress Untagged"]],[100,100,[]],[200,249,[]],[261,300,[]]]'
	check_eq "VLANs of a" "$(bridge_vlans a)" "$(vsw_vlans a)"
	frame_passes a "a>all" "b a>all"

	cmd_ok bridge vlan add dev vsw0 vid 100 self
	check_eq "VLANs of vsw0" "$(vsw_vlans vsw0)" \
		'[[1,1,["PVID","Egress Untagged"]],[100,100,[]]]'
	check_eq "VLANs of vsw0" "$(bridge_vlans vsw0)" "$(vsw_vlans vsw0)"
	cmd_ok bridge vlan del dev vsw0 vid 100 self
	check_eq "VLANs of vsw0" "$(vswctl -j vlan show vsw0 |
		jq -c '[.[].first]')" '[1]'

	# All of them, not compressed
	check_eq "lines of all" "$(bridge vlan show |
		grep -cE '^(a|b|vsw0) |^[[:space:]]+[0-9]')" \
		$((1 + 1 + 50 + 40 + 12 + 1))
	# So many do not fit, wherever that begins.
	cmd_ok bridge vlan add dev b vid 100-699 master
	cmd_ok bridge -j vlan show
	check_eq "VLANs of b" "$(bridge -j vlan show dev b |
		jq '[.[].vlans[] | (.vlanEnd // .vlan) - .vlan + 1] | add')" \
		"$(port_field b vlan-count)"
	cmd_ok bridge vlan add dev b vid 100-4094 master
	check_eq "ranges of b" "$(bridge -j vlan show dev b |
		jq -c '[.[].vlans[] | select(.vlanEnd).vlanEnd] | max')" 4094
	cmd_ok bridge -j vlan show
	cmd_ok bridge vlan del dev b vid 100-4094 master

	save_state
	cmd_fail "VID|vlan|range" bridge vlan add dev a vid 0
	cmd_fail "VID|vlan|range" bridge vlan add dev a vid 4095
	cmd_fail "PVID|pvid|range|argument" \
		bridge vlan add dev a vid 10-20 pvid
	cmd_fail . bridge vlan add dev c vid 10
	check_state
}

bridge_link()
{
	local option name

	setup
	check_eq ports "$(bridge -j link show | jq -c \
		'[.[] | select(.master == "vsw0") | [.ifname, .state]]')" \
		'[["a","forwarding"],["b","forwarding"]]'
	for option in learning:learning flood:unicast-flood \
		      mcast_flood:multicast-flood bcast_flood:broadcast-flood \
		      hairpin:hairpin isolated:isolated; do
		name=${option#*:} option=${option%:*}
		cmd_ok bridge link set dev a "$option" off
		check_eq "$name" "$(port_field a "$name")" false
		check_eq "$option" "$(bridge -d -j link show dev a |
			jq ".[0].$option")" false
		cmd_ok bridge link set dev a "$option" on
		check_eq "$name" "$(port_field a "$name")" true
		check_eq "$option" "$(bridge -d -j link show dev a |
			jq ".[0].$option")" true
	done
	check_eq "port of b" "$(port_field b hairpin)" false

	save_state
	for option in "guard on" "root_block on" "fastleave on" "cost 5" \
		      "priority 5" "locked on" "neigh_suppress on" \
		      "vlan_tunnel on" "state 3" \
		      "learning off guard on"; do
		# shellcheck disable=SC2086
		cmd_fail "A vsw port has learning, flood, mcast_flood, bcast_flood, hairpin and isolated" \
			bridge link set dev a $option
	done
	cmd_fail . bridge link set dev c learning off
	check_state
}

# The same list from both, as "MAC VLAN DEV"
bridge_fdb_list()
{
	bridge -j fdb show dev vsw0 |
		jq -r '.[] | select(.vlan) | "\(.mac) \(.vlan) \(.viaIf)"' |
		sort
}

vsw_fdb_list()
{
	vswctl -j fdb show switch vsw0 |
		jq -r '.[] | "\(.mac) \(.vid) \(.port)"' | sort
}

bridge_fdb()
{
	local dynamic sticky static

	setup
	frame_passes a "a>all"
	frame_passes b "b>all 10"
	dynamic=$(mac 1) sticky=$(mac 2) static=$(mac 3)
	cmd_ok bridge fdb add "$static" dev vsw0 self via a static
	cmd_ok bridge fdb add "$sticky" dev vsw0 self via b vlan 12 sticky \
		dynamic
	cmd_ok bridge fdb add "$dynamic" dev vsw0 self via b dynamic
	check_eq types "$(vswctl -j fdb show switch vsw0 | jq -c \
		'[.[] | select(.mac | test(":0[123]$")) |
			[.mac[-1:], .vid, .port, .type]] | sort')" \
		'[["1",5,"b","dynamic"],["2",12,"b","sticky"],["3",1,"a","static"]]'
	check_eq entries "$(bridge_fdb_list)" "$(vsw_fdb_list)"

	check_eq "fdb get" "$(bridge fdb get "$sticky" dev vsw0 self vlan 12 |
		grep -c 'via b')" 1
	cmd_fail "no such entry in that VLAN" \
		bridge fdb get "$sticky" dev vsw0 self vlan 13
	cmd_ok bridge fdb replace "$static" dev vsw0 self via b vlan 10 static
	check_eq "replaced" "$(fdb_port "$static" 10)" b
	cmd_ok bridge fdb del "$static" dev vsw0 self vlan 10
	cmd_ok bridge fdb del "$static" dev vsw0 self vlan 1
	check_eq "deleted" "$(fdb_port "$static" 1)" ""

	save_state
	cmd_fail "exists" \
		bridge fdb add "$sticky" dev vsw0 self via b vlan 12 static
	cmd_fail "The port is no member of that VLAN" \
		bridge fdb add "$static" dev vsw0 self via b vlan 99 static
	cmd_fail "is no port of this switch" \
		bridge fdb add "$static" dev vsw0 self via c static
	cmd_fail "unicast" bridge fdb add 01:00:00:00:00:01 \
		dev vsw0 self via a static
	cmd_fail "belongs to a port by configuration" bridge fdb replace \
		"$(cat /sys/class/net/vsw0/address)" dev vsw0 self via a vlan 1 static
	cmd_fail "no such entry" \
		bridge fdb del "$static" dev vsw0 self vlan 1
	cmd_fail "belongs to a port by configuration" bridge fdb del \
		"$(cat /sys/class/net/vsw0/address)" dev vsw0 self vlan 1
	check_state
}

monitor_says()
{
	grep -qE "$1" /tmp/fdb-events
}

bridge_monitor()
{
	setup
	bridge monitor fdb >/tmp/fdb-events &
	defer rm -f /tmp/fdb-events
	defer kill $!
	# It listens when it says anything.
	wait_for 10 noise
	frame_passes a "a>all"
	wait_for 5 monitor_says "^$(mac a) dev vsw0 .*via a"
	frame_passes b "a>all 5"
	cmd_ok bridge vlan add dev a vid 5
	frame_passes a "a>all 5" "b a>all"
	wait_for 5 monitor_says "^$(mac a) dev vsw0 .*vlan 5.*via a"
	cmd_ok vswctl fdb del "$(mac a)" switch vsw0 vid 1
	wait_for 5 monitor_says "^Deleted $(mac a) dev vsw0 .*vlan 1 .*via a"
}

noise()
{
	vswctl fdb add "$(mac 9)" port a static
	vswctl fdb del "$(mac 9)" switch vsw0 vid 1
	[ -s /tmp/fdb-events ]
}

# Changes by iproute2 are events of the family, too.
events()
{
	setup
	"$VSW_CTL" monitor config >/tmp/events &
	defer rm -f /tmp/events
	defer kill $!
	wait_for 10 switch_noise
	: >/tmp/events
	cmd_ok ip link set dev c master vsw0
	cmd_ok bridge vlan add dev c vid 30-40
	cmd_ok bridge link set dev c isolated on
	cmd_ok bridge vlan del dev c vid 35
	cmd_ok ip link set dev c nomaster
	wait_for 5 grep -q "port.*c.*" /tmp/events
	wait_for 5 grep -qE "30-40" /tmp/events
	wait_for 5 grep -qE "35" /tmp/events
	wait_for 5 grep -qE "(del|gone|-).* c" /tmp/events
}

switch_noise()
{
	vswctl switch set vsw0 ageing 300
	[ -s /tmp/events ]
}

link_data()
{
	"$VSW_TOP/selftests/linkdata.py" "$@"
}

# What a program says that knows the kind: see uapi/linux/vsw_link.h.
kind_data()
{
	setup
	cmd_ok link_data new vsw1 1=20:4 2=7:2 3=99:4
	defer ip link del dev vsw1
	check_eq "a new switch" "$(vswctl -j switch show vsw1 |
		jq -c '.[0] | [."ageing-time", ."default-pvid", ."fdb-max"]')" "[20,7,99]"
	check_eq "its host port" "$(port_field vsw1 pvid)" 7
	cmd_ok link_data set vsw1 1=30:4
	cmd_ok link_data set vsw1 2=8:2
	cmd_ok link_data set vsw1 3=98:4
	check_eq "a changed one" "$(vswctl -j switch show vsw1 |
		jq -c '.[0] | [."ageing-time", ."default-pvid", ."fdb-max"]')" "[30,8,98]"
	refused "out of range" link_data set vsw1 2=4095:2
	refused "." link_data set vsw1 1=4294967295:4
	refused "." link_data set vsw1 4=1:4
	refused "exists" link_data new vsw1

	cmd_ok link_data slave a 3=0:1 8=1:1
	check_eq "a port" "$(vswctl -j port show a |
		jq -c '.[0] | [.learning, .isolated, ."unicast-flood"]')" \
		'[false,true,true]'
	cmd_ok link_data slave a 3=1:1 8=0:1 4=0:1 5=0:1 6=0:1 7=1:1
	check_eq "a port" "$(vswctl -j port show a |
		jq -c '.[0] | [.learning, .isolated, ."unicast-flood", ."multicast-flood",
			."broadcast-flood", .hairpin]')" \
		'[true,false,false,false,false,true]'
	refused "out of range" link_data slave a 3=2:1
	refused "." link_data slave a 1=0:1
	refused "." link_data slave c 3=1:1
}

run_cases link_kind master bridge_vlan bridge_link bridge_fdb bridge_monitor \
	events kind_data
