#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VLANs: which one a frame belongs to, and how it leaves. "a>b 100.5" is a frame
# with a C-tag of VID 100 and priority 5; see frame.py.
#
#	a ----+          +---- b
#	      |   vsw0   |		taps, frame.py at the other end
#	t ----+          +---- c

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frame_lib.sh"

setup()
{
	add_taps a b c t
	add_switch vsw0
}

access()
{
	setup
	add_port a vlan 100
	add_port b vlan 100
	add_port c vlan 200
	add_port t trunk 100,200

	frame_passes a "a>all" "b a>all" "t a>all 100"
	frame_passes a "a>b" "b a>b" "t a>b 100"
	frame_passes b "b>a" "a b>a"
	frame_passes t "e>a 100" "a e>a"
	frame_passes t "e>a 200" "c e>a"
	check_drops a rx

	# An access port takes nothing that is tagged, whatever the VLAN.
	frame_dropped a "a>b 100"
	frame_dropped a "a>b 200"
	frame_dropped a "a>b 4095"
	check_drops a rx frame-type 3
	check_drops b tx
	check_forwarded a 2
}

trunk()
{
	setup
	add_port a trunk 100,200-202
	add_port b trunk 100
	add_port t trunk 200-4094

	frame_passes a "a>all 100" "b a>all 100"
	frame_passes a "a>all 202.7" "t a>all 202.7"
	frame_passes t "e>all 200.1" "a e>all 200.1"
	frame_dropped t "e>all 300"
	frame_dropped t "e>all 4094"
	check_drops t rx no-member 2

	frame_dropped a "a>all"
	frame_dropped a "a>all 0.5"
	frame_dropped a "a>all 203"
	frame_dropped a "a>all 4094"
	frame_dropped a "a>all 4095"
	frame_dropped a "a>all 4095.7"
	check_drops a rx no-pvid 2 vlan-filtered 2 reserved-vid 2
	check_eq learned "$(fdb_port "$(mac a)" 203)" ""
}

native()
{
	setup
	add_port a trunk 100 native 5
	add_port b vlan 5
	add_port t trunk 5,100

	frame_passes a "a>all" "b a>all" "t a>all 5"
	frame_passes a "a>all 5" "b a>all" "t a>all 5"
	frame_passes a "a>all 0.3" "b a>all" "t a>all 5.3"
	frame_passes a "a>all 100" "t a>all 100"
	frame_passes t "e>all 5.6" "a e>all" "b e>all"
	frame_passes t "e>all 100.6" "a e>all 100.6"
}

priority()
{
	setup
	add_port a vlan 100 pcp 3
	add_port b vlan 100
	add_port t trunk 100

	frame_passes a "a>all" "b a>all" "t a>all 100.3"
	frame_passes a "a>all 0.6" "b a>all" "t a>all 100.6"
	frame_passes a "a>all 0" "b a>all" "t a>all 100"
	cmd_ok vswctl port set a pcp 0
	frame_passes a "a>all" "b a>all" "t a>all 100"
	frame_passes t "e>a 100.7" "a e>a"
}

ingress_filtering()
{
	setup
	add_port a trunk 100 ingress-filtering off
	add_port b trunk 100,200
	add_port t trunk 200

	frame_passes a "a>all 200" "b a>all 200" "t a>all 200"
	# It is learned there, but a is no member: nothing leaves.
	frame_dropped b "b>a 200"
	check_drops b rx egress-vlan 1
	frame_dropped a "a>all 4095"
	cmd_ok vswctl port set a ingress-filtering on
	frame_dropped a "a>all 200"
	check_drops a rx vlan-filtered 1 reserved-vid 1
}

egress_untagged()
{
	setup
	add_port a trunk 100,200,300
	add_port b trunk 100
	cmd_ok vswctl vlan add b vid 200,300 untagged
	frame_passes a "a>all 100.2" "b a>all 100.2"
	frame_passes a "a>all 200.2" "b a>all"
	frame_passes a "a>all 300" "b a>all"
	# Untagged out does not mean PVID.
	frame_dropped b "b>all"
	check_drops b rx no-pvid 1
	cmd_ok vswctl vlan add b vid 300
	frame_passes a "a>all 300.4" "b a>all 300.4"
	check_eq vlans "$(vswctl -j vlan show b |
		jq -c '[.[] | [.first, .last, .flags]]')" \
		'[[100,100,[]],[200,200,["untagged"]],[300,300,[]]]'
}

frame_types()
{
	setup
	add_port a trunk 100 native 100
	add_port b vlan 100
	frame_passes a "a>all" "b a>all"
	frame_passes a "a>all 100" "b a>all"

	cmd_ok vswctl port set a frames tagged
	frame_passes a "a>all 100" "b a>all"
	frame_dropped a "a>all"
	frame_dropped a "a>all 0.7"
	check_drops a rx frame-type 2

	cmd_ok vswctl port set a frames untagged
	frame_passes a "a>all" "b a>all"
	frame_passes a "a>all 0.7" "b a>all"
	frame_dropped a "a>all 100"
	check_drops a rx frame-type 3

	cmd_ok vswctl port set a frames all
	frame_passes a "a>all 100" "b a>all"
	# Given another VLAN, an access port is one no longer.
	check_eq frames "$(port_field b frames)" untagged
	cmd_ok vswctl vlan add b vid 300
	check_eq frames "$(port_field b frames)" all
	frame_passes b "b>all 100" "a b>all"
}

default_pvid()
{
	add_taps a b c t
	add_switch vsw0 default-pvid 7
	check_eq "PVID of the host port" "$(port_field vsw0 pvid)" 7
	add_port a
	add_port t trunk 7,9
	frame_passes a "a>all" "t a>all 7"

	cmd_ok vswctl switch set vsw0 default-pvid 9
	check_eq "PVID of an old port" "$(port_field a pvid)" 7
	add_port b
	frame_passes b "b>all" "t b>all 9"

	cmd_ok vswctl switch set vsw0 default-pvid none
	add_port c
	check_eq "PVID of a new port" "$(port_field c pvid)" 0
	frame_dropped c "c>all"
	check_drops c rx no-pvid 1
	cmd_fail 'default-pvid' vswctl switch set vsw0 default-pvid 4095
}

# An S-tag is nothing to a C-VLAN switch.
stag_is_payload()
{
	setup
	add_port a vlan 100
	add_port b vlan 100
	add_port t trunk 100,200
	frame_passes a "a>all s200" "b a>all s200" "t a>all 100 s200"
	frame_passes a "a>all s200.5 300" "b a>all s200.5 300" \
		"t a>all 100 s200.5 300"
	frame_passes t "e>all 100 s200" "a e>all s200" "b e>all s200"
	# On a port without PVID it is as untagged as any other.
	frame_dropped t "e>all s200"
	check_drops t rx no-pvid 1
}

# Two C-tags: where the first is taken off, the second would hop.
nested_tags()
{
	setup
	add_port a trunk 100 native 1
	add_port b vlan 100
	add_port c trunk 1,100
	add_port t trunk 100,200

	frame_passes a "a>all 100 200" "c a>all 100 200" "t a>all 100 200"
	check_drops b tx nested-tag 1
	frame_passes a "a>all 0 200" "c a>all 1 200"
	# What a priority tag hides is not the VLAN of the frame.
	cmd_ok vswctl vlan add t vid 1 untagged
	frame_passes a "a>all 0 200" "c a>all 1 200"
	check_drops t tx nested-tag 1
	check_drops a rx
}

# The same frames with the tag in the metadata of the skb, and in the frame.
tag_places()
{
	setup
	cmd_ok ip link add wire1 type veth peer name peer1
	defer ip link del wire1
	cmd_ok ip link add link peer1 name tag1 type vlan id 100
	cmd_ok ip link add link peer1 name stag1 type vlan proto 802.1ad id 100
	ip link set wire1 up
	ip link set peer1 up
	ip link set tag1 up
	ip link set stag1 up
	add_port wire1 trunk 100 native 1
	add_port a vlan 100
	add_port b vlan 1

	for offload in on off; do
		cmd_ok ethtool -K peer1 tx-vlan-hw-insert "$offload" \
			tx-vlan-stag-hw-insert "$offload"
		frame_passes tag1 "e>all" "a e>all"
		frame_passes stag1 "e>all" "b e>all s100"
		frame_passes peer1 "e>all 100.4" "a e>all"
	done
	frames close peer1 tag1 stag1

	# The host's own: nothing has looked at the tag before us.
	cmd_ok vswctl vlan add vsw0 vid 100
	add_port t trunk 1,100
	frame_passes vsw0 "d>all" "b d>all" "t d>all 1"
	frame_passes vsw0 "d>all 100.3" "a d>all" "t d>all 100.3"
	frame_passes vsw0 "d>all 0.3" "b d>all" "t d>all 1.3"
	frame_passes vsw0 "d>all s100" "b d>all s100" "t d>all 1 s100"
	frame_passes vsw0 "d>all 100 200" "t d>all 100 200"
	check_drops a tx nested-tag 1
	frame_dropped vsw0 "d>all 300"
	frame_dropped vsw0 "d>all 4095"
	check_drops vsw0 rx vlan-filtered 1 reserved-vid 1
	frames close vsw0
}

membership()
{
	setup
	add_port a vlan 100
	add_port t trunk 1-4094
	check_eq count "$(port_field t vlan-count)" 4094

	# The last PVID wins; the old one stays as a VLAN.
	cmd_ok vswctl vlan add a vid 200 pvid untagged
	check_eq PVID "$(port_field a pvid)" 200
	frame_passes a "a>all" "t a>all 200"
	# Added again without the flag, it is the PVID no longer.
	cmd_ok vswctl vlan add a vid 200 untagged
	check_eq PVID "$(port_field a pvid)" 0
	frame_dropped a "a>all"
	check_drops a rx no-pvid 1

	cmd_ok vswctl vlan add a vid 300-310,4000
	check_eq count "$(port_field a vlan-count)" 14
	frame_passes a "a>all 305" "t a>all 305"
	check_eq "port of a" "$(fdb_port "$(mac a)" 305)" a
	# What was learned in a VLAN goes with the membership.
	cmd_ok vswctl vlan del a vid 302-309
	check_eq "port of a" "$(fdb_port "$(mac a)" 305)" ""
	check_eq vlans "$(vswctl -j vlan show a |
		jq -c '[.[] | [.first, .last]]')" \
		'[[100,100],[200,200],[300,301],[310,310],[4000,4000]]'
	frame_dropped a "a>all 305"

	# Setting an access VLAN leaves all others.
	cmd_ok vswctl port set a vlan 50
	check_eq vlans "$(vswctl -j vlan show a |
		jq -c '[.[] | [.first, .last, .flags]]')" \
		'[[50,50,["pvid","untagged"]]]'
	cmd_ok vswctl port set a vlan none
	check_eq vlans "$(vswctl -j vlan show a)" '[]'
	# And so does a list of them, which makes it a trunk.
	cmd_ok vswctl port set a trunk 60,70-72 native 50
	check_eq vlans "$(vswctl -j vlan show a |
		jq -c '[.[] | [.first, .last, .flags]]')" \
		'[[50,50,["pvid","untagged"]],[60,60,[]],[70,72,[]]]'
	check_eq frames "$(port_field a frames)" all
	frame_passes a "a>all 71" "t a>all 71"
	cmd_ok vswctl port set a trunk 60 frames tagged
	check_eq vlans "$(vswctl -j vlan show a | jq -c '[.[] | .first]')" '[60]'
	frame_dropped a "a>all"
	cmd_ok vswctl port set a vlan none
	# To be a member already is no error, to be none and leave is one.
	cmd_ok vswctl vlan add t vid 100
	cmd_fail "The port is no member of that VLAN" \
		vswctl vlan del a vid 100
}

rejected()
{
	local before

	setup
	add_port a vlan 100
	add_port t trunk 100,200
	before=$(vswctl -j vlan show)

	for vid in 0 4095 4096 65536 -1 x '' 10-4095 0-10 20-10 '10,'; do
		cmd_fail "VID|vid|VLAN" vswctl vlan add a vid "$vid"
		cmd_fail "VID|vid|VLAN" vswctl vlan del a vid "$vid"
	done
	for vid in 0 4095 4096; do
		cmd_fail "VID|vid|VLAN" vswctl port set a vlan "$vid"
	done
	cmd_fail "VID|PVID" vswctl vlan add a vid 10-20 pvid
	cmd_fail "There is no port of that name" \
		vswctl vlan add nobody vid 10
	cmd_fail "There is no port of that name" \
		vswctl vlan del nobody vid 10
	cmd_fail "There is no port of that name" vswctl vlan show nobody
	cmd_fail "vlan|trunk" vswctl port add vsw0 b dev b vlan 1 trunk 2
	cmd_fail "PVID" vswctl port add vsw0 b dev b vlan none mac "$(mac b)"

	check_eq vlans "$(vswctl -j vlan show)" "$before"
	check_eq ports "$(vswctl -j switch show | jq '.[0].ports')" 2
}

run_cases access trunk native priority ingress_filtering egress_untagged \
	frame_types default_pvid stag_is_payload nested_tags tag_places \
	membership rejected
