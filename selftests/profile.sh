#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ports that follow a profile. Profiles as files: tools/vswctl/tests/profile.sh.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

setup()
{
	local name

	VSW_PROFILES=$(mktemp -d)
	export VSW_PROFILES
	defer rm -rf "$VSW_PROFILES"
	add_switch vsw0
	for name in a b c d; do
		cmd_ok ip link add name "$name" type dummy
		defer ip link del dev "$name"
	done
	cmd_ok vswctl profile add base vlan 100 pcp 2
	cmd_ok vswctl profile add web base base isolated on
	cmd_ok vswctl port add vsw0 a dev a profile web
	cmd_ok vswctl port add vsw0 b dev b profile web pcp 5
	cmd_ok vswctl port add vsw0 c dev c profile base mac 52:54:00:00:00:0c
	cmd_ok vswctl port add vsw0 d dev d vlan 1
}

# policies: of all four, in short
policies()
{
	vswctl -j port show | jq -r 'map(select(.role == "local") |
		"\(.name) \(.profile // "-") \(.pvid) \(.pcp) \(.isolated | if . then 1 else 0 end)") |
		join(", ")'
}

follows()
{
	setup
	check_eq "as made" "$(policies)" \
		"a web 100 2 1, b web 100 5 1, c base 100 2 0, d - 1 0 0"
	check_eq ports "$(vswctl -j profile show web | jq -c '.[0].ports')" \
		'["a","b"]'
	# What a port has for itself stays until the profile changes that.
	cmd_ok vswctl profile set base vlan 200
	check_eq "in another VLAN" "$(policies)" \
		"a web 200 2 1, b web 200 5 1, c base 200 2 0, d - 1 0 0"
	cmd_ok vswctl profile set base pcp 3
	check_eq "with another priority" "$(policies)" \
		"a web 200 3 1, b web 200 3 1, c base 200 3 0, d - 1 0 0"
	cmd_ok vswctl profile set web base none pcp 1
	cmd_ok vswctl profile set base vlan 300
	check_eq "without base" "$(policies)" \
		"a web 200 1 1, b web 200 1 1, c base 300 3 0, d - 1 0 0"
	cmd_ok vswctl profile set web trunk 10,20-22 native 5
	check_eq "as trunks" "$(vswctl -j vlan show a | jq -c 'map(.first)')" \
		'[5,10,20]'
	cmd_ok vswctl port set d profile base
	cmd_ok vswctl port set a profile none
	cmd_ok vswctl profile set web unset trunk
	check_eq "one more, and one less" "$(policies)" \
		"a - 5 1 1, b web 5 1 1, c base 300 3 0, d base 300 3 0"
	# An uplink is a port, too.
	cmd_ok vswctl port del a
	cmd_ok vswctl uplink add vsw0 a profile base vlan 7
	check_eq uplink "$(vswctl -j uplink show |
		jq -r '.[] | "\(.profile) \(.pvid) \(.pcp)"')" "base 7 3"
}

# One of its ports cannot, so none does, and the profile is as it was.
refused_by_one()
{
	local profile

	setup
	cmd_ok vswctl port set d mac 52:54:00:00:00:0c vlan 200
	profile=$(cat "$VSW_PROFILES"/*.json)
	refused "52:54:00:00:00:0c is another's in VLAN 200" \
		vswctl profile set base vlan 200
	check_eq profiles "$(cat "$VSW_PROFILES"/*.json)" "$profile"
	check_eq files "$(cd "$VSW_PROFILES" && echo *)" \
		"base.json web.json"
	refused "is used by profile web, port c" vswctl profile del base
	refused "is used by port a, port b" vswctl profile del web
	cmd_ok vswctl profile del web force
	check_eq "policies" "$(policies)" \
		"a - 100 2 1, b - 100 5 1, c base 100 2 0, d - 200 0 0"
	refused "there is no profile 'web'" vswctl port set a profile web
}

# Full disk: neither the profile nor a port has changed.
full_disk()
{
	setup
	cmd_ok mount -t tmpfs -o size=4k none "$VSW_PROFILES"
	defer umount "$VSW_PROFILES"
	cmd_ok vswctl profile add small vlan 77
	cmd_ok vswctl port set a profile small
	dd if=/dev/zero of="$VSW_PROFILES/rest" 2>/dev/null
	refused "No space left" vswctl profile set small vlan 78
	check_eq VLAN "$(vswctl -j profile show small |
		jq -r '.[0].policy.vlan')" 77
}

# Killed whenever it be, all ports are alike.
killed()
{
	local i vlans

	setup
	for i in {1..12}; do
		vswctl profile set base vlan $((400 + i)) &
		sleep 0.0"$((RANDOM % 90 + 10))"
		kill -9 $! 2>/dev/null
		wait $! 2>/dev/null
		vlans=$(vswctl -j port show | jq -c 'map(select(.profile) |
			.pvid) | unique | length')
		check_eq "VLANs after kill $i" "$vlans" 1
	done
	cmd_ok vswctl profile set base vlan 500
	check_eq "in the end" "$(policies)" \
		"a web 500 2 1, b web 500 5 1, c base 500 2 0, d - 1 0 0"
}

# A port that gets the profile while it changes follows it, too.
together()
{
	local i

	setup
	for i in {1..6}; do
		vswctl port set d profile none vlan 1
		vswctl profile set base vlan $((400 + i)) &
		vswctl port set d profile base &
		wait
		check_eq "VLANs of all, time $i" "$(vswctl -j port show |
			jq -c 'map(select(.profile) | .pvid) | unique')" \
			"[$((400 + i))]"
	done
}

# policy NAME: what a port is but for its number and its device
policy()
{
	vswctl -j port show "$1" | jq -cS '.[0] | del(.id, .ifindex, .ifname)'
	vswctl -j vlan show "$1"
	vswctl -j fdb show port "$1" | jq -cS 'map(del(.age, .ifindex)) | sort'
}

# A port goes to another device with all it has, as in a live migration.
moves()
{
	local name before state=/tmp/profile-state

	setup
	cmd_ok vswctl port set a pcp 7 fdb-max 10 hairpin on
	cmd_ok vswctl vlan add b vid 10-20,30
	cmd_ok vswctl vlan add b vid 40 untagged
	cmd_ok vswctl fdb add 52:54:00:00:0b:01 port b vid 15
	cmd_ok vswctl fdb add 52:54:00:00:0b:02 port b vid 30 dynamic
	cmd_ok vswctl port set d trunk 7 frames tagged
	cmd_ok vswctl vlan add d vid 8 pvid
	rm "$VSW_PROFILES/web.json"
	for name in a b c d; do
		before=$(policy $name)
		vswctl port export $name >$state || fail "export"
		cmd_ok vswctl port del $name
		cmd_ok vswctl port import $state dev $name
		check_eq "port $name" "$(policy $name)" "$before"
	done
	refused "is enslaved to vsw0" vswctl port import $state dev d
	cmd_fail "no vsw switch" vswctl port import $state dev d switch vsw7
	cmd_ok python3 -m jsonschema -i $state \
		"$VSW_TOP/tools/vswctl/schema/port-state.json"
	cmd_fail "belongs to this host" vswctl port export vsw0
	cmd_fail "no port of that name" vswctl port export nobody
}

# The other host has heard of its addresses, and does not want them yet.
arrives()
{
	local state=/tmp/profile-state line

	setup
	cmd_ok vswctl vlan add d vid 10-20,100
	cmd_ok vswctl vlan add b vid 10-20
	cmd_ok vswctl port set b mac 52:54:00:00:0b:00
	cmd_ok vswctl fdb add 52:54:00:00:0b:01 port b vid 15 dynamic
	cmd_ok vswctl fdb add 52:54:00:00:0b:02 port b vid 15
	vswctl port export b >$state || fail export
	cmd_ok vswctl port del b
	# As it was heard from the wire.
	cmd_ok vswctl fdb add 52:54:00:00:0b:00 port d vid 100 dynamic
	cmd_ok vswctl fdb add 52:54:00:00:0b:01 port d vid 15 dynamic
	cmd_ok vswctl port import $state dev b name early addresses off
	check_eq "before it comes" "$(entry 52:54:00:00:0b:01 15)" "d dynamic"
	check_eq "and its own" "$(vswctl -j port show early | jq -r .[0].mac)" \
		"00:00:00:00:00:00"
	cmd_ok vswctl port del early
	cmd_ok vswctl port import $state dev b
	check_eq "its own" "$(entry 52:54:00:00:0b:00 100)" "b local"
	check_eq "learned" "$(entry 52:54:00:00:0b:01 15)" "b dynamic"
	check_eq "static" "$(entry 52:54:00:00:0b:02 15)" "b static"
	cmd_ok vswctl port del b

	# All of it or nothing, and the line that is to blame.
	sed -i '/52:54:00:00:0b:02/,/vid/s/"vid": *15/"vid": 4000/' $state
	line=$(grep -n '52:54:00:00:0b:02' $state | cut -d: -f1)
	refused "$state:$((line - 1)): .*no member of that VLAN" \
		vswctl port import $state dev b
}

run_cases follows refused_by_one full_disk killed together moves arrives
