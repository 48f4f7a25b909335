#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Uplinks: VLANs on the wire, never from one to the other, what comes back, and
# a device that is as before when it is an uplink no more.
#
#	u1 ---\              web1	VLAN 100
#	       +--- vsw0 ---+
#	u2 ---/              web2	VLAN 1 (native)
#
# u1 and u2 are veth, or the two igb PFs, which are on one wire.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

link_field()
{
	ip -d -j link show dev "$1" | jq -r ".[0].$2"
}

# add_peer NAME N: a machine beyond an uplink, in VLANs 1 and 100
add_peer()
{
	add_host "$1" "198.51.100.$2/24"
	cmd_ok ip -n "$1" link add v100 link eth0 type vlan id 100
	cmd_ok ip -n "$1" addr add "192.0.2.$2/24" dev v100
	cmd_ok ip -n "$1" link set v100 up
}

add_webs()
{
	add_host web1 192.0.2.11/24
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100
	add_host web2 198.51.100.12/24
	cmd_ok vswctl port add vsw0 web2 dev web2
}

trunk_native()
{
	add_switch vsw0
	add_peer u1 1
	cmd_ok vswctl uplink add vsw0 u1 trunk 100,300 native 1
	add_webs
	check_eq role "$(port_field u1 role)" uplink
	check_eq VLANs "$(vswctl -j vlan show u1 |
		jq -c '[.[] | [.first, .last, (.flags | sort)]]')" \
		'[[1,1,["pvid","untagged"]],[100,100,[]],[300,300,[]]]'
	reachable u1 192.0.2.11
	reachable web1 192.0.2.1
	reachable u1 198.51.100.12
	reachable web2 198.51.100.1
	unreachable web1 198.51.100.1

	cmd_ok vswctl vlan del u1 vid 100
	ip -n u1 neigh flush dev v100
	unreachable u1 192.0.2.11
	[ "$(drops u1 rx vlan-filtered)" -gt 0 ] || fail "not filtered"
	reachable u1 198.51.100.12
	cmd_ok vswctl vlan add u1 vid 100
	reachable u1 192.0.2.11
	# Without a native VLAN, untagged frames go nowhere.
	cmd_ok vswctl vlan del u1 vid 1
	ip -n u1 neigh flush dev eth0
	unreachable u1 198.51.100.12
	[ "$(drops u1 rx no-pvid)" -gt 0 ] || fail "not dropped for no-pvid"
}

# By default an uplink carries everything, the default PVID untagged.
default_trunk()
{
	add_switch vsw0
	add_peer u1 1
	cmd_ok vswctl uplink add vsw0 u1
	add_webs
	check_eq VLANs "$(port_field u1 vlan-count)" 4094
	reachable u1 192.0.2.11
	reachable u1 198.51.100.12
}

never_to_uplink()
{
	local before

	add_switch vsw0
	add_peer u1 1
	add_peer u2 2
	cmd_ok vswctl uplink add vsw0 u1
	cmd_ok vswctl uplink add vsw0 u2
	add_webs
	reachable u1 192.0.2.11
	reachable u2 192.0.2.11
	unreachable u1 192.0.2.2
	unreachable u2 192.0.2.1
	unreachable u1 198.51.100.2

	# Not even what is known to be there
	ip -n u1 neigh replace 192.0.2.2 lladdr "$(mac_of u2 v100)" dev v100
	before=$(drops u1 rx egress-policy)
	unreachable u1 192.0.2.2
	[ "$(drops u1 rx egress-policy)" -gt "$before" ] ||
		fail "not dropped for egress-policy"
	# A local port is another matter.
	cmd_ok vswctl uplink del u2
	cmd_ok vswctl port add vsw0 u2 dev u2 trunk 100 native 1
	ip -n u1 neigh flush dev v100
	reachable u1 192.0.2.2
}

# Both PFs are on one wire: what leaves by one comes back by the other.
reflected()
{
	local web1

	use_pfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	cmd_ok vswctl uplink add vsw0 "$WIRE"
	add_webs
	web1=$(mac_of web1)
	send_frames web1 eth0 100 "dst_mac ff:ff:ff:ff:ff:ff" "src_mac $web1"
	wait_for 5 reflected_are 200
	check_eq "port of $web1" "$(vswctl -j fdb get "$web1" switch vsw0 \
		vid 100 | jq -r '.[0].port')" web1
	check_eq "frames to web2" "$(drops web2 tx egress-vlan)" 0
	check_eq "what web1 got back" "$(vswctl -j stats show web1 |
		jq '.[0]["tx-packets"]')" 0
}

reflected_are()
{
	[ $(($(drops "$PF" rx reflected) + $(drops "$WIRE" rx reflected))) -ge \
		"$1" ]
}

# A PF does not get back what it sends, and machines see everything once.
one_copy()
{
	use_pfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	add_webs
	add_wire_host out
	add_wire_vlan out 100 192.0.2.50/24
	reachable out 192.0.2.11
	ip netns exec out arping -q -c 3 -i v100 192.0.2.11 || fail "arping"
	check_eq "answers" "$(ip netns exec out arping -c 5 -w 10 -i v100 \
		192.0.2.11 | grep -c 'bytes from')" 5
}

# state DEVICE: all that becoming a port could change
state()
{
	ip -d -j link show dev "$1" |
		jq -c '.[0] | del(.flags, .operstate, .vfinfo_list, .linkinfo)'
	ethtool -k "$1" 2>/dev/null
	bridge -j fdb show dev "$1" | jq -c .
	ip -d link show dev "$1" | sed -n 1p | grep -o 'PROMISC\|ALLMULTI'
}

# check_restored DEVICE: whoever else wants it promiscuous
check_restored()
{
	local dev=$1 way before

	for way in "vswctl uplink del $dev" "vswctl switch del vsw0" \
		   "ip link set $dev nomaster" "rmmod vsw"; do
		add_switch vsw0
		before=$(state "$dev")
		cmd_ok vswctl uplink add vsw0 "$dev"
		add_host web1
		cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100
		check_eq promiscuity "$(link_field "$dev" promiscuity)" 1
		check_eq allmulti "$(link_field "$dev" allmulti)" 1
		check_eq rx-vlan-filter \
			"$(ethtool -k "$dev" | grep rx-vlan-filter:)" \
			"$(grep rx-vlan-filter: <<<"$before")"
		# shellcheck disable=SC2086
		cmd_ok $way
		check_eq "state after '$way'" "$(state "$dev")" "$before"
		ip link del web1
		cmd_ok ip netns del web1
		vswctl switch del vsw0 2>/dev/null
	done
	return 0
}

restored()
{
	add_host u1
	check_restored u1
}

restored_pf()
{
	use_pfs
	check_restored "$PF"
}

# Somebody else's promiscuity stays.
restored_promisc()
{
	use_pfs
	cmd_ok ip link set "$PF" promisc on allmulticast on
	defer ip link set "$PF" promisc off allmulticast off
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	add_host web1
	cmd_ok vswctl port add vsw0 web1 dev web1
	check_eq promiscuity "$(link_field "$PF" promiscuity)" 2
	check_eq allmulti "$(link_field "$PF" allmulti)" 2
	cmd_ok vswctl uplink del "$PF"
	check_eq promiscuity "$(link_field "$PF" promiscuity)" 1
	check_eq allmulti "$(link_field "$PF" allmulti)" 1
}

# Only when something unknown may live behind a local port
promisc_when_needed()
{
	use_pfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	check_eq "without ports" "$(link_field "$PF" promiscuity)" 0
	add_host web1
	cmd_ok vswctl port add vsw0 web1 dev web1 mac "$(mac_of web1)"
	check_eq "all known" "$(link_field "$PF" promiscuity)" 0
	check_eq "port says" "$(port_field "$PF" promisc)" false
	cmd_ok vswctl port set web1 mac none
	check_eq "one unknown" "$(link_field "$PF" promiscuity)" 1
	check_eq "port says" "$(port_field "$PF" promisc)" true
	cmd_ok vswctl port set web1 unicast-flood off
	check_eq "nothing flooded" "$(link_field "$PF" promiscuity)" 0
	cmd_ok ip link set vsw0 promisc on
	check_eq "the host listens" "$(link_field "$PF" promiscuity)" 1
	cmd_ok ip link set vsw0 promisc off
	check_eq "the host listens no more" "$(link_field "$PF" promiscuity)" 0
}

# With all addresses known, the wire is reached without promiscuity.
filtered_traffic()
{
	use_pfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF" trunk 100 native 1
	add_webs
	cmd_ok vswctl port set web1 mac "$(mac_of web1)"
	cmd_ok vswctl port set web2 mac "$(mac_of web2)"
	check_eq promiscuity "$(link_field "$PF" promiscuity)" 0
	add_wire_host out
	cmd_ok ip -n out addr add 198.51.100.50/24 dev "$WIRE"
	add_wire_vlan out 100 192.0.2.50/24
	reachable out 192.0.2.11
	reachable web1 192.0.2.50
	reachable out 198.51.100.12
	reachable web2 198.51.100.50
	unreachable web1 198.51.100.50
}

rejects()
{
	add_switch vsw0
	cmd_ok vswctl switch add vsw1
	defer vswctl switch del vsw1
	add_host u1
	cmd_ok vswctl uplink add vsw0 u1
	cmd_fail 'u1 is enslaved to vsw0' vswctl uplink add vsw1 u1 name up
	cmd_fail 'u1 is enslaved to vsw0' vswctl uplink add vsw0 u1
	add_host u2
	cmd_fail 'Port u1 exists already' vswctl uplink add vsw0 u2 name u1
	cmd_fail 'vsw1 is a vsw switch' vswctl uplink add vsw0 vsw1 name up
	cmd_fail 'no Ethernet device' vswctl uplink add vsw0 lo
	cmd_fail 'no such net device' vswctl uplink add vsw0 nosuch
	add_host web1
	cmd_ok vswctl port add vsw0 web1 dev web1
	cmd_fail 'is not an uplink' vswctl uplink del web1
	cmd_ok vswctl port show web1
	check_eq uplinks "$(vswctl -j uplink show | jq -c '[.[].name]')" \
		'["u1"]'
}

# Nobody knows where an address went behind a link that is down.
link_down()
{
	add_switch vsw0
	add_peer u1 1
	cmd_ok vswctl uplink add vsw0 u1
	add_webs
	reachable u1 192.0.2.11
	[ "$(vswctl -j fdb show port u1 | jq length)" -gt 0 ] ||
		fail "nothing learned"
	cmd_ok ip link set u1 down
	check_eq "entries" "$(vswctl -j fdb show port u1 | jq length)" 0
	check_eq up "$(port_field u1 up)" false
	cmd_ok ip link set u1 up
	reachable u1 192.0.2.11
}

# A PF that is in use moves to another namespace, and comes back.
netns_move()
{
	local pci

	use_pfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	add_host web1
	cmd_ok vswctl port add vsw0 web1 dev web1
	add_netns out
	pci=$(pci_of "$PF")
	cmd_ok ip link set "$PF" netns out
	# It is hardware, and so is waited for.
	check_eq awaits "$(port_field "$PF" awaits)" "$pci"
	check_eq promiscuity "$(ip -n out -d -j link show dev "$PF" |
		jq '.[0].promiscuity')" 0
	check_eq allmulti "$(ip -n out -d -j link show dev "$PF" |
		jq '.[0].allmulti')" 0
	check_eq filter "$(ip netns exec out bridge -j fdb show dev "$PF" |
		jq '[.[] | select(.mac | test("^.[02468ace]"))] | length')" 0

	# When it is deleted it is waited for no more, else it joins again.
	cmd_ok vswctl uplink del "$PF"
	cmd_ok ip -n out link set "$PF" netns 1
	sleep 1
	check_eq allmulti "$(link_field "$PF" allmulti)" 0
	check_eq filter "$(nic_macs "$PF")" ""
	cmd_ok vswctl uplink add vsw0 "$PF"
	cmd_ok ip link set "$PF" netns out
	cmd_ok ip -n out link set "$PF" netns 1
	wait_for 5 joins_again
	check_eq allmulti "$(link_field "$PF" allmulti)" 1
}

joins_again()
{
	[ "$(port_field "$PF" awaits)" = null ]
}

trap remove_vfs EXIT
run_cases trunk_native default_trunk never_to_uplink reflected one_copy \
	restored restored_pf restored_promisc promisc_when_needed \
	filtered_traffic rejects link_down netns_move
