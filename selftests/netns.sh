#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Network namespaces, and names.
#
#	namespace n1		namespace n2
#	a ---- vsw0		vsw0 ---- a

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

add_namespace()
{
	cmd_ok ip netns add "$1"
	defer ip netns del "$1"
	cmd_ok ip -n "$1" link set lo up
	ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
}

add_dummy()
{
	cmd_ok ip link add name "$1" type dummy
	defer ip link del dev "$1"
	cmd_ok ip link set dev "$1" up
}

port_names()
{
	vswctl "$@" -j port show | jq -c '[.[].name]'
}

# Each namespace has its own switches, and its own names of ports.
separate()
{
	local ns

	# shellcheck disable=SC2119
	load_vsw
	for ns in n1 n2; do
		add_namespace "$ns"
		cmd_ok ip -n "$ns" link add name a type dummy
		cmd_ok vswctl -n "$ns" switch add vsw0
		cmd_ok vswctl -n "$ns" port add vsw0 web dev a
		check_eq "ports of $ns" "$(port_names -n "$ns")" \
			'["vsw0","web"]'
	done
	check_eq "ports here" "$(port_names)" '[]'
	cmd_fail "vsw0" vswctl port add vsw0 x dev lo
	cmd_ok vswctl -n n1 port set web pcp 5
	check_eq "pcp in n2" "$(vswctl -n n2 -j port show web |
		jq '.[0].pcp')" 0
	cmd_ok vswctl -n n1 fdb add 02:00:00:00:00:01 port web
	check_eq "entries of n2" \
		"$(vswctl -n n2 -j fdb show type static)" '[]'
	# Unloading reaches all of them.
	cmd_ok rmmod vsw
	check_eq master "$(ip -n n2 -j link show a | jq -r '.[0].master')" null
}

# A namespace goes with everything in place and traffic under way.
deletion()
{
	local every=-f

	# shellcheck disable=SC2119
	load_vsw
	add_namespace n1
	add_host h1 192.0.2.1/24
	add_host h2 192.0.2.2/24
	cmd_ok ip link set h1 netns n1
	cmd_ok ip link set h2 netns n1
	cmd_ok vswctl -n n1 switch add vsw0 ageing 10
	cmd_ok ip -n n1 link set vsw0 up
	cmd_ok ip -n n1 link set h1 up
	cmd_ok ip -n n1 link set h2 up
	cmd_ok vswctl -n n1 port add vsw0 h1 dev h1
	cmd_ok vswctl -n n1 uplink add vsw0 h2
	cmd_ok ip -n n1 link add dummy7 type dummy
	cmd_ok vswctl -n n1 port add vsw0 d dev dummy7 mac 02:00:00:00:00:07 \
		trunk 2-9 native 1
	cmd_ok ip -n n1 link add link vsw0 name vsw0.5 type vlan id 5
	reachable h1 192.0.2.2
	# The clock of User-Mode Linux stands still while nobody sleeps.
	[ "${VSW_DEBUG-}" != uml ] || every="-i 0.2"
	# shellcheck disable=SC2086
	ip netns exec h1 ping -q $every -w 5 192.0.2.2 >/dev/null 2>&1 &
	busywait 2 false
	cmd_ok ip netns del n1
	wait_for 10 gone h1
	check_eq switches "$(vswctl -j switch show)" '[]'
	wait
	# The module is used by nothing any more.
	wait_for 10 rmmod vsw
}

# The veth of a namespace that went is not there any more.
gone()
{
	! ip -n "$1" link show eth0
}

moving()
{
	add_namespace n1
	add_dummy a
	add_dummy b
	add_switch vsw0
	cmd_ok vswctl port add vsw0 web dev a
	cmd_ok vswctl fdb add 02:00:00:00:00:01 port web
	# The device goes, so the port does.
	cmd_ok ip link set dev a netns n1
	check_eq ports "$(port_names)" '["vsw0"]'
	check_eq entries "$(vswctl -j fdb show type static)" '[]'
	check_eq master "$(ip -n n1 -j link show a | jq -r '.[0].master')" null
	check_eq promiscuity "$(ip -n n1 -d -j link show a |
		jq '.[0].promiscuity')" 0
	cmd_ok ip -n n1 link set dev a netns 1
	cmd_ok vswctl port add vsw0 web dev a

	# The switch stays where it is.
	save_state
	cmd_fail . ip link set dev vsw0 netns n1
	check_state
	# A VLAN device of the switch may go.
	cmd_ok ip link add link vsw0 name vsw0.5 type vlan id 5
	cmd_ok ip link set dev vsw0.5 netns n1
	check_eq vlans "$(vswctl -j vlan show vsw0 | jq -c '[.[].first]')" \
		'[1,5]'
	cmd_ok ip -n n1 link del vsw0.5
	check_eq vlans "$(vswctl -j vlan show vsw0 | jq -c '[.[].first]')" \
		'[1]'
}

names()
{
	add_dummy a
	add_dummy b
	add_switch vsw0
	add_switch vsw1
	cmd_ok vswctl port add vsw0 web dev a
	# A port keeps its name when its device gets another.
	cmd_ok ip link set dev a name a2
	check_eq port "$(vswctl -j port show web | jq -c '.[0] |
		[.name, .ifname]')" '["web","a2"]'
	cmd_ok ip link set dev b name a
	cmd_ok vswctl port add vsw0 a dev a
	cmd_ok ip link set dev a name b
	cmd_ok ip link set dev a2 name a
	check_eq ports "$(vswctl -j port show switch vsw0 |
		jq -c '[.[] | [.name, .ifname]]')" \
		'[["vsw0","vsw0"],["web","a"],["a","b"]]'

	# The host port has the name of the switch.
	cmd_ok ip link set dev vsw0 down
	cmd_ok ip link set dev vsw0 name sw
	defer ip link del sw
	check_eq ports "$(port_names)" '["sw","web","a","vsw1"]'
	check_eq switch "$(port_field web switch-name)" sw
	cmd_ok vswctl port set sw isolated on
	# Which is the name of a port already
	cmd_ok ip link set dev vsw1 down
	save_state
	cmd_fail "exists" ip link set dev vsw1 name web
	check_state
	# And it is as good as new for others.
	cmd_ok vswctl switch add vsw0
}

run_cases separate deletion moving names
