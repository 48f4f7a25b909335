#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ports: what they are made of, their policy, and all that is refused, with a
# sentence that says what to do and nothing changed.
#
#	a ----+
#	b ----+ vsw0		dummies, or whatever the case is about
#	c ----+

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

# add_device NAME [LINK ARGUMENTS...]: "type dummy" by default
add_device()
{
	local name=$1

	shift
	[ $# -gt 0 ] || set -- type dummy
	cmd_ok ip link add name "$name" "$@"
	defer ip link del dev "$name"
	cmd_ok ip link set dev "$name" up
}

setup()
{
	add_device a
	add_device b
	add_device c
	add_switch vsw0
}

# refused PATTERN ARGUMENT...: of port add vsw0
refused()
{
	local pattern=$1

	shift
	cmd_fail "$pattern" vswctl port add vsw0 "$@"
}

device_field()
{
	ip -d -j link show "$1" | jq -r ".[0].$2"
}

# fields PORT NAME...: as "NAME VALUE ..."
fields()
{
	local port=$1

	shift
	vswctl -j port show "$port" | jq -r '.[0] as $port |
		[$ARGS.positional[] | "\(.) \($port[.])"] | join(" ")' \
		--args "$@"
}

defaults()
{
	setup
	cmd_ok vswctl port add vsw0 web1 dev a
	check_eq port "$(vswctl -j port show web1 |
		jq -Sc '.[0] | del(.switch, .ifindex)')" \
		"$(jq -nSc '{"switch-name": "vsw0", id: 2, name: "web1",
			role: "local", path: "soft", mac: "00:00:00:00:00:00",
			pvid: 1, pcp: 0, "vlan-count": 1, up: true, ifname: "a",
			frames: "all", "fdb-max": 0, "fdb-learned": 0,
			promisc: true, learning: true, "unicast-flood": true,
			"multicast-flood": true, "broadcast-flood": true,
			hairpin: false, isolated: false,
			"ingress-filtering": true, fastpath: "none"}')"
	check_eq vlans "$(vswctl -j vlan show web1 |
		jq -c '[.[] | [.port, .first, .last, .flags]]')" \
		'[["web1",1,1,["pvid","untagged"]]]'
	check_eq host "$(fields vsw0 id role ifname unicast-flood pvid)" \
		"id 1 role host ifname vsw0 unicast-flood false pvid 1"
	check_eq master "$(device_field a master)" vsw0

	cmd_ok vswctl port add vsw0 trunk1 dev b trunk 10,20-30
	check_eq trunk "$(fields trunk1 id frames pvid vlan-count)" \
		"id 3 frames all pvid 0 vlan-count 12"
	cmd_ok vswctl port add vsw0 web3 dev c vlan 30
	check_eq access "$(fields web3 id frames pvid vlan-count)" \
		"id 4 frames untagged pvid 30 vlan-count 1"
	check_eq ports "$(vswctl -j switch show vsw0 | jq '.[0].ports')" 3

	# A number is never used again.
	cmd_ok vswctl port del web3
	cmd_ok vswctl port add vsw0 web3 dev c
	check_eq "new port" "$(fields web3 id)" "id 5"
}

policy()
{
	local all="mac 02:00:00:00:00:0a pvid 7 pcp 5 frames untagged"
	all+=" ingress-filtering false learning false unicast-flood false"
	all+=" multicast-flood false broadcast-flood false hairpin true"
	all+=" isolated true fdb-max 77"
	local names=(mac pvid pcp frames ingress-filtering learning
		     unicast-flood multicast-flood broadcast-flood hairpin
		     isolated fdb-max)
	local options=(vlan 7 pcp 5 frames untagged
		       ingress-filtering off learning off unicast-flood off
		       multicast-flood off broadcast-flood off hairpin on
		       isolated on fdb-max 77)

	setup
	cmd_ok vswctl port add vsw0 a dev a "${options[@]}" \
		mac 02:00:00:00:00:0a
	check_eq policy "$(fields a "${names[@]}")" "$all"
	cmd_ok vswctl port add vsw0 b dev b
	cmd_ok vswctl port set b "${options[@]}" mac 02:00:00:00:00:0b
	check_eq policy "$(fields b "${names[@]}")" "${all/0:0a/0:0b}"

	# What is not named stays.
	cmd_ok vswctl port set a hairpin off pcp 0
	all=${all/pcp 5/pcp 0}
	check_eq policy "$(fields a "${names[@]}")" \
		"${all/hairpin true/hairpin false}"
	cmd_ok vswctl port set a mac none vlan none
	check_eq policy "$(fields a mac pvid)" \
		"mac 00:00:00:00:00:00 pvid 0"
}

# A device that was a port is what it was before.
restored()
{
	setup
	STATE=$(ip -d -j -p link show a)
	cmd_ok vswctl port add vsw0 a dev a mac 02:00:00:00:00:0a
	cmd_ok vswctl port del a
	check_eq device "$(ip -d -j -p link show a)" "$STATE"
	cmd_ok vswctl port add vsw0 a dev a
	cmd_ok vswctl switch del vsw0
	check_eq device "$(ip -d -j -p link show a)" "$STATE"
	cmd_ok vswctl switch add vsw0
	cmd_ok vswctl port add vsw0 a dev a
	cmd_ok ip link del dev a
	check_eq ports "$(vswctl -j port show | jq -c '[.[].name]')" '["vsw0"]'
	# It is down: it becomes a port, and is down.
	cmd_ok ip link set dev b down
	cmd_ok vswctl port add vsw0 b dev b
	check_eq up "$(fields b up)" "up false"
}

names()
{
	local long=abcdefghijklmnopqrstuvwxyz01234

	setup
	cmd_ok vswctl port add vsw0 a dev a
	cmd_ok vswctl port add vsw0 "$long" dev c
	save_state
	refused "Port a exists already: choose another name" a dev b
	refused "Port vsw0 exists already: choose another name" vsw0 dev b
	refused "printable characters|name" "x y" dev b
	refused "printable characters|name" "x/y" dev b
	refused "printable characters|name" $'x\ny' dev b
	refused "printable characters|name" $'x\x7f' dev b
	refused "name" "" dev b
	refused "31|name" "${long}5" dev b
	check_state
	cmd_fail "There is no port of that name: see vswctl port show" \
		vswctl port show b
	cmd_fail "There is no port of that name" vswctl port set b pcp 1
	cmd_fail "There is no port of that name" vswctl port del b
	cmd_fail "vsw9" vswctl port add vsw9 b dev b
	cmd_fail "no vsw switch: see vswctl switch show" \
		vswctl port add c b dev b
	check_state
	# The name of a port of another switch is taken, too.
	cmd_ok vswctl switch add vsw1
	cmd_fail "Port a exists already" vswctl port add vsw1 a dev b
	cmd_ok vswctl switch del vsw1
}

# Somebody else has the device: say who.
enslaved()
{
	setup
	modprobe bonding max_bonds=0
	add_device br0 type bridge
	add_device bond0 type bond
	cmd_ok ip link set dev a master br0
	cmd_ok ip link set dev b down
	cmd_ok ip link set dev b master bond0
	add_device mv0 link c type macvlan
	add_switch vsw1
	add_device d
	cmd_ok vswctl port add vsw1 d dev d

	save_state
	refused "a is enslaved to br0 \(bridge\): take it out there" \
		x dev a
	refused "b is enslaved to bond0 \(bond\): take it out there" \
		x dev b
	refused "c has macvlan or macvtap devices: delete them first" x dev c
	refused "d is enslaved to vsw1 \(vsw\): take it out there" \
		x dev d
	cmd_fail "d is enslaved to vsw1 \(vsw\)" \
		vswctl port add vsw1 x dev d
	check_state

	# And the other way round
	cmd_ok ip link set dev a nomaster
	cmd_ok vswctl port add vsw0 a dev a
	cmd_fail "busy" ip link add link a name mv1 type macvlan
	cmd_ok ip link del dev mv0
	cmd_ok vswctl port add vsw0 c dev c
	check_eq ports "$(vswctl -j port show switch vsw0 |
		jq -c '[.[].name]')" '["vsw0","a","c"]'
}

# ovs_datapath new|del NAME [DEV]: without the tools of Open vSwitch
ovs_datapath()
{
	python3 - "$(ynl_dir)" "$@" <<-'EOF'
	import socket, sys
	top, verb, name, *devices = sys.argv[1:]
	sys.path.insert(0, top + "/tools/net/ynl")
	from lib import YnlFamily
	specs = top + "/Documentation/netlink/specs/"
	YnlFamily(specs + "ovs_datapath.yaml", "").do(verb, {
	    "dp-ifindex": 0, "name": name, "upcall-pid": 0})
	for device in devices:
	    YnlFamily(specs + "ovs_vport.yaml", "").do("new", {
	        "dp-ifindex": socket.if_nametoindex(name), "name": device,
	        "type": "netdev", "upcall-pid": bytes(4)})
	EOF
}

enslaved_to_ovs()
{
	setup
	ynl_dir >/dev/null || skip "needs ynl"
	modprobe openvswitch || skip "needs the module openvswitch"
	defer rmmod openvswitch
	defer ovs_datapath del dp0
	cmd_ok ovs_datapath new dp0 a
	save_state
	refused "a is enslaved to dp0 \(openvswitch\): take it out there" \
		x dev a
	check_state
}

loops()
{
	setup
	modprobe bonding max_bonds=0
	add_switch vsw1
	add_device vsw0.5 link vsw0 type vlan id 5
	add_device vsw0.5.6 link vsw0.5 type vlan id 6
	add_device mt0 link vsw1 type macvtap mode passthru
	add_switch vsw2
	add_device bond0 type bond
	cmd_ok ip link set dev vsw2 down
	cmd_ok ip link set dev vsw2 master bond0

	save_state
	refused "vsw0 cannot be a port of itself" x dev vsw0
	refused "vsw1 is a vsw switch: join switches by a veth pair" x dev vsw1
	refused "vsw0.5 is built on a vsw switch: that would loop" x dev vsw0.5
	refused "vsw0.5.6 is built on a vsw switch: that would loop" \
		x dev vsw0.5.6
	refused "mt0 is built on a vsw switch: that would loop" x dev mt0
	refused "bond0 is built on a vsw switch: that would loop" x dev bond0
	cmd_fail "vsw0.5 is built on a vsw switch" \
		vswctl port add vsw1 x dev vsw0.5
	cmd_fail "vsw0 cannot be a port of itself" \
		ip link set dev vsw0 master vsw0
	check_state

	# A port that the switch would come to be built on
	cmd_ok ip link set dev vsw2 nomaster
	cmd_ok vswctl port add vsw0 bond0 dev bond0
	cmd_ok ip link set dev vsw0 down
	cmd_fail . ip link set dev vsw0 master bond0
	check_eq master "$(device_field vsw0 master)" null
}

# What is no Ethernet device, or must not be bridged
kinds()
{
	setup
	add_device br0 type bridge
	modprobe tun
	cmd_ok ip tuntap add tun7 mode tun
	defer ip link del tun7
	add_device gre7 type gre local 192.0.2.1 remote 192.0.2.2
	add_device vrf7 type vrf table 7
	cmd_ok ip link add link a name a.5 type vlan id 5 reorder_hdr off

	save_state
	refused "lo is no Ethernet device: use a tap, veth or NIC" x dev lo
	refused "tun7 is no Ethernet device: use a tap, veth or NIC" x dev tun7
	refused "gre7 is no Ethernet device: use a tap, veth or NIC" x dev gre7
	refused "br0 is of a kind that cannot be bridged" x dev br0
	refused "vrf7 is no|vrf7 is of a kind" x dev vrf7
	refused "set reorder_hdr on" x dev a.5
	refused "nodev" x dev nodev
	check_state
	cmd_ok ip link set a.5 type vlan reorder_hdr on
	cmd_ok vswctl port add vsw0 x dev a.5
	cmd_ok vswctl port del x
}

addresses()
{
	setup
	cmd_ok vswctl port add vsw0 a dev a mac 02:00:00:00:00:0a
	cmd_ok vswctl port add vsw0 b dev b vlan 2
	save_state
	cmd_fail "multicast" vswctl port set b mac 01:00:5e:00:00:01
	cmd_fail "multicast" vswctl port set b mac ff:ff:ff:ff:ff:ff
	cmd_fail "say none for none" vswctl port set a mac 00:00:00:00:00:00
	refused "multicast" c dev c mac 33:33:00:00:00:01
	refused "say none for none" c dev c mac 00:00:00:00:00:00
	refused "02:00:00:00:00:0a is another's in VLAN 1" \
		c dev c mac 02:00:00:00:00:0a
	refused "lives in the VLAN of its PVID: give the port a PVID too" \
		c dev c trunk 5 mac 02:00:00:00:00:0c
	cmd_fail "lives in the VLAN of its PVID" vswctl port set a vlan none
	cmd_fail "lives in the VLAN of its PVID" vswctl vlan del a vid 1
	cmd_fail "ip link set address" \
		vswctl port set vsw0 mac 02:00:00:00:00:0d
	check_state
	# The same address is free in another VLAN.
	cmd_ok vswctl port set b mac 02:00:00:00:00:0a
}

# A request is carried out whole or not at all.
whole_or_not()
{
	setup
	cmd_ok vswctl port add vsw0 a dev a vlan 3 mac 02:00:00:00:00:0a
	cmd_ok vswctl port add vsw0 b dev b vlan 3 pcp 1
	save_state
	cmd_fail "is another's" vswctl port set b pcp 4 hairpin on \
		isolated on fdb-max 3 learning off mac 02:00:00:00:00:0a
	cmd_fail "is another's" vswctl port add vsw0 c dev c \
		trunk 3-9 native 3 mac 02:00:00:00:00:0a
	cmd_fail "multicast" vswctl port set a vlan 9 mac 01:00:00:00:00:0a
	cmd_fail "Only a VF port has that" vswctl port set a pcp 2 trust on
	cmd_fail "Only a VF port has that" \
		vswctl port add vsw0 c dev c max-tx-rate 100
	check_state
}

values()
{
	local key

	setup
	cmd_ok vswctl port add vsw0 a dev a
	save_state
	for key in ingress-filtering learning unicast-flood multicast-flood \
		   broadcast-flood hairpin isolated; do
		cmd_fail "$key" vswctl port set a "$key" 2
		cmd_fail "$key" vswctl port set a "$key"
	done
	cmd_fail pcp vswctl port set a pcp 8
	cmd_fail frames vswctl port set a frames none
	cmd_fail fdb-max vswctl port set a fdb-max 4294967296
	cmd_fail nonsense vswctl port set a nonsense 1
	refused "dev|vf|path" b
	refused "" b dev b vf a/0
	refused "a is no uplink of vsw0: vswctl uplink add" b vf a/0
	check_state
}

host_port()
{
	setup
	save_state
	cmd_fail "The host port is the switch itself: delete the switch" \
		vswctl port del vsw0
	check_state
	cmd_ok vswctl port set vsw0 isolated on learning off
	check_eq host "$(fields vsw0 isolated learning)" \
		"isolated true learning false"
}

run_cases defaults policy restored names enslaved enslaved_to_ovs loops kinds \
	addresses whole_or_not values host_port
