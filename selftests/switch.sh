#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Switches: making, changing and removing them, and who may.
#
#	a ---- vsw0
#	b ---- vsw1

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

add_dummy()
{
	cmd_ok ip link add name "$1" type dummy
	defer ip link del dev "$1"
	cmd_ok ip link set dev "$1" up
}

switch_json()
{
	vswctl -j switch show "$1" | jq -c '.[0] | del(.ifindex, .mac)'
}

defaults()
{
	add_switch vsw0
	check_eq switch "$(switch_json vsw0)" \
		"$(jq -nc '{name: "vsw0", "ageing-time": 300, "default-pvid": 1,
			"fdb-max": 262144, "fdb-learned": 0, "fdb-static": 1,
			ports: 0, mtu: 1500, teaming: "none"}')"
	check_eq mac "$(vswctl -j switch show | jq -r '.[0].mac')" \
		"$(ip -j link show vsw0 | jq -r '.[0].address')"
	check_eq ifindex "$(vswctl -j switch show | jq -r '.[0].ifindex')" \
		"$(cat /sys/class/net/vsw0/ifindex)"
}

options()
{
	add_switch vsw0 ageing off default-pvid none fdb-max 5 \
		mac 02:00:00:00:00:99
	check_eq switch "$(switch_json vsw0)" \
		"$(jq -nc '{name: "vsw0", "ageing-time": 0, "default-pvid": 0,
			"fdb-max": 5, "fdb-learned": 0, "fdb-static": 0,
			ports: 0, mtu: 1500, teaming: "none"}')"
	check_eq mac "$(vswctl -j switch show | jq -r '.[0].mac')" \
		02:00:00:00:00:99
	cmd_ok vswctl switch set vsw0 ageing 1000000 default-pvid 4094
	cmd_ok vswctl switch set vsw0 fdb-max 4294967295
	check_eq switch "$(switch_json vsw0)" \
		"$(jq -nc '{name: "vsw0", "ageing-time": 1000000,
			"default-pvid": 4094, "fdb-max": 4294967295,
			"fdb-learned": 0, "fdb-static": 0, ports: 0,
			mtu: 1500, teaming: "none"}')"
}

# Each has its own table and its own ports.
several()
{
	local i

	add_dummy a
	add_dummy b
	add_switch vsw0
	add_switch vsw1
	cmd_ok vswctl port add vsw0 a dev a
	cmd_ok vswctl port add vsw1 b dev b
	cmd_ok vswctl fdb add 02:00:00:00:00:01 port a
	cmd_ok vswctl fdb add 02:00:00:00:00:01 port b
	check_eq "ports of vsw0" "$(vswctl -j port show switch vsw0 |
		jq -c '[.[].name]')" '["vsw0","a"]'
	check_eq "ports of vsw1" "$(vswctl -j port show switch vsw1 |
		jq -c '[.[].name]')" '["vsw1","b"]'
	check_eq "entry of vsw1" \
		"$(vswctl -j fdb get 02:00:00:00:00:01 switch vsw1 vid 1 |
			jq -r '.[0].port')" b
	for i in 2 3 4; do
		add_switch "vsw$i"
	done
	check_eq switches "$(vswctl -j switch show | jq -c '[.[].name]')" \
		'["vsw0","vsw1","vsw2","vsw3","vsw4"]'

	# One goes with all that it has, the others stay.
	cmd_ok vswctl switch del vsw0
	check_eq master "$(ip -j link show a | jq -r '.[0].master')" null
	check_eq ports "$(vswctl -j port show | jq -c '[.[].name]')" \
		'["vsw1","b","vsw2","vsw3","vsw4"]'
	check_eq fdb "$(vswctl -j fdb show type static |
		jq -c '[.[].port]')" '["b"]'
	cmd_ok ip link del vsw1
	check_eq master "$(ip -j link show b | jq -r '.[0].master')" null
}

rejected()
{
	add_dummy a
	add_dummy b
	add_switch vsw0
	cmd_ok vswctl port add vsw0 web dev a
	save_state
	cmd_fail "A device of that name exists already" vswctl switch add vsw0
	cmd_fail "A device of that name exists already" vswctl switch add b
	cmd_fail "A port of that name exists already" vswctl switch add web
	for name in abcdefghijklmnop x/y "x y" vsw% vsw%d . .. ''; do
		cmd_fail . vswctl switch add "$name"
	done
	cmd_fail "unicast MAC" vswctl switch add vsw1 mac 01:00:00:00:00:01
	cmd_fail "unicast MAC|zero" \
		vswctl switch add vsw1 mac 00:00:00:00:00:00
	for ageing in 1 9 1000001 4294967295 -1 x; do
		cmd_fail "ageing" vswctl switch add vsw1 ageing "$ageing"
		cmd_fail "ageing" vswctl switch set vsw0 ageing "$ageing"
	done
	for pvid in 4095 4096 65536 -1; do
		cmd_fail "default-pvid" \
			vswctl switch add vsw1 default-pvid "$pvid"
		cmd_fail "default-pvid" \
			vswctl switch set vsw0 default-pvid "$pvid"
	done
	for max in 0 4294967296 -1; do
		cmd_fail "fdb-max" vswctl switch set vsw0 fdb-max "$max"
	done
	cmd_fail "vsw switch" vswctl switch set b ageing 20
	cmd_fail "vsw switch" vswctl switch del b
	cmd_fail "vsw switch" vswctl switch del vsw7
	cmd_fail "vsw switch" vswctl switch show vsw7
	# The first that is wrong stops all.
	cmd_fail "ageing" vswctl switch set vsw0 default-pvid 5 fdb-max 7 \
		ageing 5
	check_state
}

# attempts COMMAND...: everything that changes something
attempts()
{
	local what

	for what in "switch add vsw1" "switch set vsw0 ageing 20" \
		    "switch del vsw0" "port add vsw0 b dev b" \
		    "port set a pcp 1" "port del a" "vlan add a vid 5" \
		    "vlan del a vid 1" "fdb add 02:00:00:00:00:05 port a" \
		    "fdb del 02:00:00:00:00:01 switch vsw0 vid 1" \
		    "fdb flush switch vsw0" "uplink add vsw0 b"; do
		# shellcheck disable=SC2086
		cmd_fail "not permitted" "$@" "$VSW_CTL" $what
	done
	cmd_fail "not permitted" "$@" ip link add vsw1 type vsw
	cmd_fail "not permitted" "$@" ip link set dev b master vsw0
	cmd_fail "not permitted" "$@" ip link del vsw0
	cmd_fail "not permitted" "$@" bridge vlan add dev a vid 5
	cmd_fail "not permitted" "$@" bridge link set dev a learning off
	cmd_fail "not permitted" "$@" \
		bridge fdb add 02:00:00:00:00:05 dev vsw0 self via a
	# Looking is free.
	cmd_ok "$@" "$VSW_CTL" port show
}

privileges()
{
	require_command setpriv
	require_command unshare
	add_dummy a
	add_dummy b
	add_switch vsw0
	cmd_ok vswctl port add vsw0 a dev a
	cmd_ok vswctl fdb add 02:00:00:00:00:01 port a
	save_state
	attempts setpriv --bounding-set -net_admin
	check_state
	# Root of another user namespace is nobody here.
	attempts unshare -Ur
	check_state
}

# The root of a user namespace has switches in its own network namespace.
user_namespace()
{
	add_switch vsw0
	save_state
	# shellcheck disable=SC2016
	cmd_ok unshare -Urn bash -ec '
		[ "$("$VSW_CTL" -j switch show)" = "[]" ]
		"$VSW_CTL" switch add vsw0
		ip link add dummy0 type dummy
		"$VSW_CTL" port add vsw0 dummy0 dev dummy0 vlan 5
		"$VSW_CTL" fdb add 02:00:00:00:00:01 port dummy0
		ip link add vsw1 type vsw
		[ "$("$VSW_CTL" -j switch show | jq -c "[.[].name]")" = \
		  "[\"vsw0\",\"vsw1\"]" ]
		"$VSW_CTL" switch del vsw0'
	check_state
}

# What is everybody's, RTNL and memory, he gets a part of.
user_limits()
{
	# shellcheck disable=SC2119
	load_vsw
	cat >/tmp/limits <<-'END'
	refused()
	{
		local out

		out=$("${@:2}" 2>&1) && { echo "not refused: ${*:2}"; exit 1; }
		grep -q "$1" <<<"$out" || { echo "${*:2}: $out"; exit 1; }
	}

	"$VSW_CTL" switch add vsw0 fdb-max 262144
	refused "fdb-max is 262144 at most" "$VSW_CTL" switch set vsw0 fdb-max 262145
	refused "fdb-max is 262144 at most" "$VSW_CTL" switch add vsw1 fdb-max 262145
	for n in {0..1023}; do echo "link add d$n type dummy"; done | ip -batch -
	ip link add link d0 name q type vlan id 5
	"$VSW_CTL" uplink add vsw0 q filter-max 4096
	refused "filter-max is 4096 at most" "$VSW_CTL" uplink set q filter-max 4097
	for n in {1..31}; do echo "uplink add vsw0 d$n"; done | "$VSW_CTL" -b -
	refused "has 32 uplinks at most" "$VSW_CTL" uplink add vsw0 d32
	for n in {32..1023}; do echo "port add vsw0 d$n dev d$n"; done | "$VSW_CTL" -b -
	ip link add more type dummy
	refused "has 1024 ports at most" "$VSW_CTL" port add vsw0 more dev more
	refused "has 1024 ports at most" ip link set more master vsw0
	"$VSW_CTL" port del d40
	"$VSW_CTL" port add vsw0 more dev more
	[ -e /sys/module/vsw/parameters/next_port_id ] || exit 0
	fixed=$("$VSW_CTL" -j fdb show | jq length)
	for ((n = fixed; n < 100; n++)); do
		printf 'fdb add 02:00:00:00:01:%02x port more\n' $n
	done | "$VSW_CTL" -b -
	refused "has 100 entries at most" \
		"$VSW_CTL" fdb add 02:00:00:00:02:00 port more
	refused "has 100 entries at most" \
		"$VSW_CTL" fdb add 02:00:00:00:02:00 port more dynamic
	refused "has 100 entries at most" \
		bridge fdb add 02:00:00:00:02:00 dev vsw0 self via more vlan 1 static
	"$VSW_CTL" fdb del "02:00:00:00:01:63" switch vsw0 vid 1
	"$VSW_CTL" fdb add 02:00:00:00:02:00 port more
	END
	cmd_ok unshare -Urn bash -e /tmp/limits
	# The host's owner has none of them.
	cmd_ok vswctl switch add vsw0 fdb-max 262145
	cmd_ok vswctl switch del vsw0
}

# Ports have numbers that are used once: root of a user namespace cannot use up all.
port_numbers()
{
	local next=/sys/module/vsw/parameters/next_port_id before

	add_switch vsw0
	[ -e $next ] || skip "the kernel does not inject failures"
	add_dummies a b c d
	cmd_ok vswctl uplink add vsw0 a
	before=$(<$next)
	cmd_fail "a is no SR-IOV PF" vswctl port add vsw0 x vf a/0
	cmd_fail "uplink" vswctl port add vsw0 b dev b pin nobody
	check_eq "numbers of ports that never were" "$(<$next)" "$before"
	cmd_ok vswctl port add vsw0 b dev b
	check_eq "numbers of one that is" "$(<$next)" $((before + 1))

	echo $((0x7ffffffe)) >$next
	cmd_ok unshare -Urn "$VSW_CTL" switch add vsw0
	cmd_fail "All numbers of ports have been used" unshare -Urn "$VSW_CTL" switch add vsw0
	cmd_ok vswctl port add vsw0 c dev c
	echo $((0xffffffff)) >$next
	save_state
	refused "All numbers of ports have been used" vswctl port add vsw0 d dev d
	check_state
}

# Whatever is there, the module can go.
unload()
{
	add_dummy a
	add_dummy b
	STATE=$(ip -d -j -p link show)
	add_switch vsw0 ageing 10
	add_switch vsw1
	cmd_ok vswctl port add vsw0 a dev a mac 02:00:00:00:00:0a trunk 2-9 \
		native 1
	cmd_ok vswctl uplink add vsw1 b
	cmd_ok vswctl fdb add 02:00:00:00:00:01 port a
	cmd_ok ip link add link vsw0 name vsw0.5 type vlan id 5
	cmd_ok ip addr add 192.0.2.1/24 dev vsw0
	cmd_ok rmmod vsw
	check_eq links "$(ip -d -j -p link show)" "$STATE"
	cmd_fail "module|vsw" vswctl switch show
	vswctl switch show >/dev/null 2>&1
	check_eq "exit status of vswctl" $? 3
}

# console DEVICE: netconsole is to send by it. Fails if it may not.
console()
{
	local target=/sys/kernel/config/netconsole/$1

	cmd_ok mkdir "$target"
	defer rmdir "$target"
	echo "$1" >"$target/dev_name"
	echo 192.0.2.1 >"$target/local_ip"
	echo 192.0.2.2 >"$target/remote_ip"
	echo 1 >"$target/enabled"
} 2>/dev/null

# netconsole sends with interrupts off, which a port's device is not for.
netpoll()
{
	modprobe -a configfs netconsole 2>/dev/null || skip "needs netconsole"
	defer modprobe -r netconsole
	mountpoint -q /sys/kernel/config ||
		cmd_ok mount -t configfs none /sys/kernel/config
	add_switch vsw0
	add_dummy a
	cmd_ok ip link set vsw0 up
	! console vsw0 || fail "netconsole has a switch"
	console a || fail "netconsole has no device at all"
	cmd_ok vswctl port add vsw0 a dev a
	check_eq "netconsole on a port" \
		"$(cat /sys/kernel/config/netconsole/a/enabled)" 0
}

fixed_entries()
{
	vswctl -j switch show vsw0 | jq '.[0]."fdb-static"'
}

# Each address of the host has an entry in each of its VLANs, up to a limit: those
# beyond get none, and nobody loses any.
host_addresses()
{
	local i

	add_switch vsw0
	cmd_ok ip link set dev vsw0 up
	cmd_ok vswctl vlan add vsw0 vid 2-4094
	check_eq "entries" "$(fixed_entries)" 4094
	for i in {1..64}; do
		printf 'link add link vsw0 name mv%d type macvlan\nlink set dev mv%d up\n' \
			"$i" "$i"
	done | ip -b - || fail "macvlans"
	check_eq "entries of all" "$(fixed_entries)" $((65 * 4094))
	cmd_ok ip link add link vsw0 name mv65 type macvlan
	ip link set dev mv65 up
	check_eq "entries with one more" "$(fixed_entries)" $((65 * 4094))
	dmesg | grep -q "vsw0: the host has too many addresses" ||
		fail "the log does not say so"
	cmd_ok vswctl port set vsw0 pcp 3
	check_eq "entries after a change" "$(fixed_entries)" $((65 * 4094))
	cmd_ok vswctl vlan del vsw0 vid 4000-4094
	check_eq "entries in fewer VLANs" "$(fixed_entries)" $((66 * 3999))
	# There is no room in 4,094, and there is when one has gone.
	cmd_ok vswctl vlan add vsw0 vid 4000-4094
	check_eq "entries in more VLANs" "$(fixed_entries)" $((66 * 3999 + 95))
	cmd_ok ip link del dev mv65
	wait_for 10 fixed_entries_are $((65 * 4094))
	cmd_ok ip link del dev mv64
	wait_for 10 fixed_entries_are $((64 * 4094))
}

# More than one go has time for comes and goes at once: with a VLAN device, below macvlans
host_addresses_at_once()
{
	local i

	add_switch vsw0
	cmd_ok ip link set dev vsw0 up
	cmd_ok vswctl vlan add vsw0 vid 2-4094
	cmd_ok ip link add link vsw0 name v5 type vlan id 5
	cmd_ok ip link set dev v5 up
	for i in {1..8}; do
		cmd_ok ip link add link v5 name "mv$i" type macvlan
		cmd_ok ip link set dev "mv$i" up
	done
	wait_for 10 fixed_entries_are $((9 * 4094))
	cmd_ok ip link set dev v5 down
	wait_for 10 fixed_entries_are 4094
	cmd_ok ip link set dev v5 up
	wait_for 10 fixed_entries_are $((9 * 4094))
}

fixed_entries_are()
{
	[ "$(fixed_entries)" -eq "$1" ]
}

# The address of the host is another's: it is the host's when that has given it up.
host_address_of_another()
{
	local mac

	add_dummies a b
	add_switch vsw0
	mac=$(cat /sys/class/net/vsw0/address)
	cmd_ok vswctl port add vsw0 a dev a vlan 10 mac "$mac"
	cmd_ok vswctl port add vsw0 b dev b vlan 11
	cmd_ok vswctl fdb add "$mac" port b vid 11 sticky
	cmd_ok vswctl vlan add vsw0 vid 9-10
	check_eq owner "$(entry "$mac" 10)" "a local"
	cmd_ok vswctl port set a mac none
	wait_for 5 is_of "$mac" 10 vsw0 local

	# Nothing of it is left when more than that cannot be had.
	printf '%s\n' "vlan add vsw0 vid 11" "port set nobody pcp 1" >/tmp/switch-batch
	cmd_fail "There is no port" vswctl -a -b /tmp/switch-batch
	check_eq owner "$(entry "$mac" 11)" "b sticky"
}

# is_of MAC VID PORT TYPE
is_of()
{
	[ "$(entry "$1" "$2")" = "$3 $4" ]
}

run_cases defaults options several rejected privileges user_namespace user_limits port_numbers \
	netpoll host_addresses host_addresses_at_once host_address_of_another unload
