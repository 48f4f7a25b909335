#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The least that has to work: everything else is in the test of its noun.
#
#	h1 ---- vsw0 ---- h2	VLAN 100
#	          |
#	         h3		VLAN 200

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

two_vlans()
{
	local i

	add_switch vsw0
	for i in 1 2 3; do
		add_host "h$i" "192.0.2.$i/24"
	done
	cmd_ok vswctl port add vsw0 h1 dev h1 vlan 100
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 100
	cmd_ok vswctl port add vsw0 h3 dev h3 vlan 200
	reachable h1 192.0.2.2
	unreachable h1 192.0.2.3
	unreachable h3 192.0.2.1
}

unload_restores()
{
	add_switch vsw0
	add_host h1
	cmd_ok vswctl port add vsw0 h1 dev h1
	check_eq promiscuity "$(ip -d -j link show h1 | jq '.[0].promiscuity')" 1
	cmd_ok rmmod vsw
	check_eq promiscuity "$(ip -d -j link show h1 | jq '.[0].promiscuity')" 0
	check_eq master "$(ip -j link show h1 | jq -r '.[0].master')" null
}

run_cases two_vlans unload_restores
