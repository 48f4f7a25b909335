#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who gets a frame, beyond its VLAN: flooding, guards, limits, the host's own
# port. How frames are written, see frame.py.
#
#	a ----+          +---- u	u, v: uplinks
#	b ----+   vsw0   +---- v	all taps, frame.py at the other end
#	c ----+    |
#	       the host

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frame_lib.sh"

setup()
{
	local port

	add_taps a b c
	add_switch vsw0
	for port in a b c; do
		add_port "$port"
	done
}

device_field()
{
	ip -d -j link show "$1" | jq -r ".[0].$2"
}

flooding()
{
	setup
	frame_passes a "a>all" "b a>all" "c a>all"
	frame_passes a "a>group" "b a>group" "c a>group"
	frame_passes a "a>1" "b a>1" "c a>1"

	cmd_ok vswctl port set b unicast-flood off
	frame_passes a "a>all" "b a>all" "c a>all"
	frame_passes a "a>group" "b a>group" "c a>group"
	frame_passes a "a>1" "c a>1"
	# What is known is not flooded.
	frame_passes b "b>a" "a b>a"
	frame_passes a "a>b" "b a>b"

	cmd_ok vswctl port set b multicast-flood off
	frame_passes a "a>all" "b a>all" "c a>all"
	frame_passes a "a>group" "c a>group"

	cmd_ok vswctl port set b broadcast-flood off unicast-flood on
	frame_passes a "a>all" "c a>all"
	frame_passes a "a>1" "b a>1" "c a>1"

	cmd_ok vswctl port set c broadcast-flood off multicast-flood off
	cmd_ok vswctl port set vsw0 broadcast-flood off multicast-flood off
	frame_dropped a "a>all"
	frame_dropped a "a>group"
	check_drops a rx no-member 2
}

isolation()
{
	setup
	cmd_ok vswctl port set a isolated on
	frame_passes a "a>all" "b a>all" "c a>all"
	cmd_ok vswctl port set b isolated on
	frame_passes a "a>all" "c a>all"
	frame_passes b "b>all" "c b>all"
	frame_passes c "c>all" "a c>all" "b c>all"
	frame_passes a "a>c" "c a>c"
	frame_dropped a "a>b"
	check_drops a rx egress-policy 1
	cmd_ok vswctl port set b isolated off
	frame_passes a "a>b" "b a>b"
}

hairpin()
{
	setup
	frame_passes a "a>all" "b a>all" "c a>all"
	frame_dropped a "e>a"
	check_drops a rx same-port 1
	cmd_ok vswctl port set a hairpin on
	frame_passes a "e>a" "a e>a"
	frame_passes a "a>all" "a a>all" "b a>all" "c a>all"
	# Also when it is isolated from itself
	cmd_ok vswctl port set a isolated on
	frame_passes a "e>a" "a e>a"
	check_drops a rx same-port 1
}

# 802.1Q table 8-1: they end at the switch, that is at those who listen there.
link_local()
{
	local last group

	setup
	frames open a=88cc a=88b5
	defer frames close a=88cc a=88b5
	for last in 00 02 03 0e 0f; do
		group=01:80:c2:00:00:$last
		frame_passes a "a>$group 0x88cc" "a=88cc a>$group 0x88cc"
		frame_passes a "a>$group" "a=88b5 a>$group"
	done
	frame_dropped a "a>01:80:c2:00:00:01 0x8808"
	frame_dropped a "a>01:80:c2:00:00:01 0x88cc"
	check_drops a rx link-local 2
	frame_passes a "a>01:80:c2:00:00:10" \
		"b a>01:80:c2:00:00:10" "c a>01:80:c2:00:00:10"
	# Nothing else comes up on the device of a port.
	frame_passes a "a>all 0x88cc" "b a>all 0x88cc" "c a>all 0x88cc"

	# The host is a station like others.
	frame_dropped vsw0 "d>01:80:c2:00:00:0e 0x88cc"
	frame_dropped vsw0 "d>01:80:c2:00:00:00 +38"
	check_drops vsw0 rx link-local 2
	frames close vsw0
}

uplinks()
{
	setup
	add_taps u v
	add_uplink u
	add_uplink v

	frame_passes a "a>all" "b a>all" "c a>all" "u a>all" "v a>all"
	frame_passes u "e>all" "a e>all" "b e>all" "c e>all"
	frame_passes a "a>e" "u a>e"
	cmd_fail "never goes back to it" vswctl uplink set u hairpin on
	cmd_fail "never goes back to it" vswctl uplink set u hairpin on learning off
	check_eq learning "$(port_field u learning)" true
}

# Uplinks never forward to uplinks.
uplink_to_uplink()
{
	add_taps a u v
	add_switch vsw0
	add_port a
	add_uplink u
	add_uplink v name wan trunk 1-10 native 1

	frame_passes u "e>all" "a e>all"
	frame_passes v "f>all" "a f>all"
	frame_dropped u "e>f"
	frame_dropped v "f>e 1"
	check_drops u rx egress-policy 1
	check_drops wan rx egress-policy 1
	frame_dropped u "e>all 5"
	check_drops u rx no-member 1 egress-policy 1
	frame_passes a "a>all" "u a>all" "v a>all"
}

# What this host has sent does not move to the wire when it comes back.
reflected()
{
	setup
	add_taps u
	add_uplink u
	cmd_ok vswctl port set b mac "$(mac b)"
	cmd_ok vswctl fdb add "$(mac c)" port c static

	frame_passes a "a>all" "b a>all" "c a>all" "u a>all"
	frame_dropped u "a>all"
	frame_dropped u "b>all"
	frame_dropped u "c>all"
	check_drops u rx reflected 3
	check_eq "port of a" "$(fdb_port "$(mac a)" 1)" a
	check_eq "port of b" "$(fdb_port "$(mac b)" 1)" b
	frame_passes u "e>a" "a e>a"
	# In another VLAN it is another address.
	frame_dropped u "a>all 2"
	check_drops u rx reflected 3 no-member 1
}

too_big()
{
	setup
	cmd_ok ip link set dev b mtu 1400
	frame_passes a "a>all +1400" "b a>all +1400" "c a>all +1400"
	# A tag in the data may come on top, as everywhere.
	frame_passes a "a>all +1404" "b a>all +1404" "c a>all +1404"
	frame_passes a "a>all +1405" "c a>all +1405"
	check_drops b tx too-big 1
	frame_passes b "b>all" "a b>all" "c b>all"
	frame_dropped a "a>b +1500"
	check_drops b tx too-big 2
	check_drops a rx
}

mtu()
{
	add_taps a b c
	add_switch vsw0
	check_eq "MTU of an empty switch" "$(device_field vsw0 mtu)" 1500
	cmd_ok ip link set dev b mtu 1400
	cmd_ok ip link set dev c mtu 9000
	add_port c
	check_eq "MTU with c" "$(device_field vsw0 mtu)" 9000
	add_port a
	check_eq "MTU with a" "$(device_field vsw0 mtu)" 1500
	add_port b
	check_eq "MTU with b" "$(device_field vsw0 mtu)" 1400
	check_eq "MTU in vswctl" "$(vswctl -j switch show | jq '.[0].mtu')" 1400
	cmd_ok ip link set dev b mtu 1300
	check_eq "MTU after b" "$(device_field vsw0 mtu)" 1300
	cmd_ok vswctl port del b
	check_eq "MTU without b" "$(device_field vsw0 mtu)" 1500

	# Set by hand it stays, and nothing smaller gets in.
	cmd_fail "mtu greater than device maximum" ip link set vsw0 mtu 1501
	cmd_ok ip link set vsw0 mtu 1450
	cmd_fail "MTU 1300 of b is below the 1450 of vsw0" \
		vswctl port add vsw0 b dev b
	cmd_fail "MTU 1300 of b is below the 1450 of vsw0" \
		ip link set dev b master vsw0
	check_eq MTU "$(device_field vsw0 mtu)" 1450
	cmd_ok ip link set dev b mtu 1450
	add_port b
	cmd_ok vswctl port del a
	check_eq MTU "$(device_field vsw0 mtu)" 1450
}

carrier_is()
{
	[ "$(cat /sys/class/net/vsw0/carrier)" = "$1" ]
}

carrier()
{
	add_taps a b
	add_switch vsw0
	carrier_is 0 || fail "an empty switch has carrier"
	add_port a
	wait_for 3 carrier_is 1
	add_port b
	frames carrier a 0
	wait_for 3 carrier_is 1
	check_eq "a is up" "$(port_field a up)" false
	frames carrier b 0
	wait_for 3 carrier_is 0
	frames carrier a 1
	wait_for 3 carrier_is 1
	cmd_ok ip link set dev a down
	wait_for 3 carrier_is 0
}

port_down()
{
	setup
	cmd_ok vswctl fdb add "$(mac b)" port b static
	frame_passes c "c>all" "a c>all" "b c>all"
	frames carrier b 0
	wait_for 3 grep -q 0 /sys/class/net/b/carrier
	frame_dropped a "a>b"
	check_drops a rx port-down 1
	frame_passes a "a>all" "c a>all"
	frames carrier b 1
	wait_for 3 grep -q 1 /sys/class/net/b/carrier
	frame_passes a "a>b" "b a>b"
	cmd_ok ip link set dev b down
	frame_dropped a "a>b"
	check_drops a rx port-down 2
	check_drops b tx
}

# A device on the switch device is in its VLAN without further ado.
host_port()
{
	add_switch vsw0
	add_host h1 192.0.2.1/24
	add_host h2 198.51.100.2/24
	cmd_ok vswctl port add vsw0 h1 dev h1
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 100
	cmd_ok ip addr add 192.0.2.254/24 dev vsw0
	reachable h1 192.0.2.254

	cmd_ok ip link add link vsw0 name vsw0.100 type vlan id 100
	cmd_ok ip addr add 198.51.100.254/24 dev vsw0.100
	cmd_ok ip link set vsw0.100 up
	check_eq vlans "$(vswctl -j vlan show vsw0 |
		jq -c '[.[] | [.first, .flags]]')" \
		'[[1,["pvid","untagged"]],[100,[]]]'
	check_eq "port of the host" \
		"$(fdb_port "$(device_field vsw0 address)" 100)" vsw0
	reachable h2 198.51.100.254

	cmd_ok ip link del vsw0.100
	check_eq vlans "$(vswctl -j vlan show vsw0 | jq -c '[.[].first]')" '[1]'
	check_eq "port of the host" \
		"$(fdb_port "$(device_field vsw0 address)" 100)" ""
	# What was there before stays.
	cmd_ok vswctl vlan add vsw0 vid 200
	cmd_ok ip link add link vsw0 name vsw0.200 type vlan id 200
	cmd_ok ip link del vsw0.200
	check_eq vlans "$(vswctl -j vlan show vsw0 | jq -c '[.[].first]')" \
		'[1,200]'
	# One that took no tagged frames takes those of its VLANs.
	cmd_ok vswctl port set vsw0 vlan 1
	cmd_ok ip link add link vsw0 name vsw0.100 type vlan id 100
	cmd_ok ip addr add 198.51.100.254/24 dev vsw0.100
	cmd_ok ip link set vsw0.100 up
	check_eq frames "$(port_field vsw0 frames)" all
	reachable h2 198.51.100.254
}

host_frames()
{
	setup
	open_devices vsw0
	frame_passes a "a>all" "b a>all" "c a>all" "vsw0 a>all"
	frame_passes vsw0 "d>a" "a d>a"
	# The host knows its addresses: nothing unknown is for it...
	frame_passes a "a>1" "b a>1" "c a>1"
	frame_passes a "a>$(device_field vsw0 address)" \
		"vsw0 a>$(device_field vsw0 address)"
	# ...unless it wants to see everything.
	cmd_ok ip link set vsw0 promisc on
	frame_passes a "a>1" "b a>1" "c a>1" "vsw0 a>1"
	check_eq "policy of the host port" "$(port_field vsw0 unicast-flood)" false
	cmd_ok ip link set vsw0 promisc off
	frame_passes a "a>1" "b a>1" "c a>1"

	# A new address of the host is known in place of the old.
	cmd_ok ip link set vsw0 address 02:00:00:00:00:dd
	frame_passes a "a>dd" "vsw0 a>dd"
	# One more, as a macvlan has it
	cmd_ok ip link add link vsw0 name mv0 type macvlan mode bridge
	cmd_ok ip link set mv0 address 02:00:00:00:00:ee up
	frame_passes a "a>ee" "vsw0 a>ee"
	cmd_ok ip link del mv0
	frame_passes a "a>ee" "b a>ee" "c a>ee"
	cmd_ok ip link set vsw0 down
	frame_passes a "a>all" "b a>all" "c a>all"
}

feature()
{
	ethtool -k "$1" | sed -n "s/^\t*$2: //p"
}

# What all ports can do, the switch can do.
features()
{
	local name

	add_switch vsw0
	add_host h1
	add_host h2
	cmd_ok vswctl port add vsw0 h1 dev h1
	cmd_ok vswctl port add vsw0 h2 dev h2
	for name in tx-checksum-ip-generic scatter-gather \
		    generic-segmentation-offload tcp-segmentation-offload \
		    tx-vlan-offload; do
		check_eq "$name" "$(feature vsw0 "$name")" on
	done
	check_eq "large-receive-offload" \
		"$(feature vsw0 large-receive-offload)" "off [fixed]"

	# What one of the ports can do is done in software for the others.
	cmd_ok ethtool -K h2 tx off sg off
	check_eq checksums "$(feature vsw0 tx-checksum-ip-generic)" on
	check_eq "gather" "$(feature vsw0 scatter-gather)" on
	cmd_ok vswctl port del h1
	check_eq "gather" "$(feature vsw0 scatter-gather)" off
	cmd_ok ethtool -K h2 sg on
	check_eq "gather" "$(feature vsw0 scatter-gather)" on
}

# listens NAMESPACE PORT
listens()
{
	ip netns exec "$1" ss -Hltn "sport = $2" | grep -q LISTEN
}

# transfer FROM TO ADDRESS: 2 MB by TCP, and compare. FROM is a namespace, or
# "" for the host.
transfer()
{
	local from=() receiver

	[ -z "$1" ] || from=(ip netns exec "$1")
	ip netns exec "$2" timeout 30 \
		socat -u TCP-LISTEN:5000,reuseaddr CREATE:/tmp/received &
	receiver=$!
	wait_for 10 listens "$2" 5000
	cmd_ok "${from[@]}" timeout 30 socat -u OPEN:/tmp/sent "TCP:$3:5000"
	wait "$receiver"
	cmp -s /tmp/sent /tmp/received || fail "${1:-the host} to $2: data differ"
}

# Big TCP segments cross the switch as they are, or in pieces, and arrive whole.
segmentation()
{
	add_switch vsw0
	add_host h1 192.0.2.1/24
	add_host h2 192.0.2.2/24
	cmd_ok ip -n h1 link add link eth0 name eth0.100 type vlan id 100
	cmd_ok ip -n h1 addr flush dev eth0
	cmd_ok ip -n h1 addr add 192.0.2.1/24 dev eth0.100
	cmd_ok ip -n h1 link set eth0.100 up
	cmd_ok vswctl port add vsw0 h1 dev h1 trunk 100
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 100
	cmd_ok ip link add link vsw0 name vsw0.100 type vlan id 100
	cmd_ok ip addr add 192.0.2.254/24 dev vsw0.100
	cmd_ok ip link set vsw0.100 up
	head -c 2000000 /dev/urandom >/tmp/sent
	defer rm -f /tmp/sent /tmp/received
	reachable h1 192.0.2.2

	transfer h1 h2 192.0.2.2
	# 2 MB in frames of 1448 bytes would be 1382.
	[ "$(vswctl -j stats show h1 | jq '.[0]."rx-packets"')" -lt 1000 ] ||
		fail "h1 sent no big segments"
	[ "$(vswctl -j stats show h2 | jq '.[0]."tx-packets"')" -lt 1000 ] ||
		fail "h2 got no big segments"
	transfer "" h2 192.0.2.2
	transfer "" h1 192.0.2.1

	# Where the port cannot, the kernel segments and computes checksums.
	cmd_ok ethtool -K h2 tso off tx off sg off
	transfer h1 h2 192.0.2.2
	transfer "" h2 192.0.2.2
	cmd_ok ethtool -K h1 tx-vlan-hw-insert off tso off tx off
	transfer h2 h1 192.0.2.1
	cmd_ok ip netns exec h1 ethtool -K eth0 tx-vlan-hw-insert off
	transfer h1 h2 192.0.2.2
	check_drops h1 rx
	check_drops h2 tx
}

promiscuity()
{
	device_field "$1" promiscuity
}

# An uplink is promiscuous only while a frame for nobody we know may be for one
# behind a port.
promiscuous()
{
	add_taps a b u
	add_switch vsw0
	modprobe bonding max_bonds=0
	cmd_ok ip link add bond0 type bond
	defer ip link del bond0
	cmd_ok ip link set bond0 up

	cmd_ok vswctl uplink add vsw0 bond0
	check_eq promiscuity "$(promiscuity bond0)" 0
	check_eq allmulti "$(device_field bond0 allmulti)" 1
	add_port a mac "$(mac a)"
	check_eq promiscuity "$(promiscuity bond0)" 0
	# What is local sends to any address.
	check_eq promiscuity "$(promiscuity a)" 1
	check_eq promisc "$(port_field a promisc)" true
	check_eq promisc "$(port_field bond0 promisc)" false

	add_port b
	check_eq promiscuity "$(promiscuity bond0)" 1
	cmd_ok vswctl port set b unicast-flood off
	check_eq promiscuity "$(promiscuity bond0)" 0
	cmd_ok vswctl port set b unicast-flood on
	check_eq promiscuity "$(promiscuity bond0)" 1
	check_eq promisc "$(port_field bond0 promisc)" true
	cmd_ok vswctl port set b mac "$(mac b)"
	check_eq promiscuity "$(promiscuity bond0)" 0

	cmd_ok ip link set vsw0 promisc on
	check_eq promiscuity "$(promiscuity bond0)" 1
	cmd_ok ip link set vsw0 promisc off
	check_eq promiscuity "$(promiscuity bond0)" 0

	# One without a filter for addresses always is.
	add_uplink u
	check_eq promisc "$(port_field u promisc)" true
	cmd_ok vswctl uplink del bond0
	check_eq allmulti "$(device_field bond0 allmulti)" 0
	check_eq promiscuity "$(promiscuity bond0)" 0
}

stats_of()
{
	vswctl -j stats show "$1" | jq -c '.[0] | [."rx-packets", ."rx-bytes",
		."rx-dropped", ."tx-packets", ."tx-bytes", ."tx-dropped"]'
}

statistics()
{
	setup
	cmd_ok vswctl port set c vlan 2
	cmd_ok ip link set dev b mtu 100
	frame_passes_once a "a>all" "b a>all"
	frame_passes_once b "b>a +86" "a b>a +86"
	frame_dropped a "a>b +105"
	frame_dropped a "a>b 5"
	frame_dropped c "c>all"
	frame_dropped a "a>a"
	check_eq "counters of a" "$(stats_of a)" '[4,299,2,1,100,0]'
	check_eq "counters of b" "$(stats_of b)" '[1,100,0,1,60,1]'
	check_eq "counters of c" "$(stats_of c)" '[1,60,1,0,0,0]'
	check_drops a rx vlan-filtered 1 same-port 1
	check_drops b tx too-big 1
	check_drops c rx no-member 1
	# The table is of the port: with a new port it begins anew.
	cmd_ok vswctl port del a
	add_port a
	check_eq "counters of a" "$(stats_of a)" '[0,0,0,0,0,0]'
}

run_cases flooding isolation hairpin link_local uplinks uplink_to_uplink \
	reflected too_big mtu carrier port_down host_port host_frames \
	features segmentation promiscuous statistics
