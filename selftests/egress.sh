#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the administrator has put in the way of the frames that a device sends
# sees them all, also where the switch would hand them to the driver at once.
#
#	h1 ---- vsw0 ---- h2

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

setup()
{
	add_switch vsw0
	add_host h1 192.0.2.1/24
	add_host h2 192.0.2.2/24
	cmd_ok vswctl port add vsw0 h1 dev h1
	cmd_ok vswctl port add vsw0 h2 dev h2
	reachable h1 192.0.2.2
	# The shortest way is taken by a device without queue.
	check_eq qdisc "$(tc -j qdisc show dev h2 | jq -r '.[0].kind')" noqueue
}

tc_filter()
{
	local seen

	setup
	cmd_ok tc qdisc add dev h2 clsact
	cmd_ok tc filter add dev h2 egress protocol ip matchall action drop
	unreachable h1 192.0.2.2
	seen=$(tc -s -j filter show dev h2 egress |
	       jq '[.[].options.actions[]?.stats.packets] | add')
	[ "$seen" -gt 0 ] || fail "the filter has seen $seen packets"
	cmd_ok tc filter del dev h2 egress
	reachable h1 192.0.2.2
	cmd_ok tc qdisc del dev h2 clsact
	reachable h1 192.0.2.2
}

netfilter()
{
	setup
	require_command nft
	cmd_ok nft add table netdev vsw
	defer nft delete table netdev vsw
	cmd_ok nft add chain netdev vsw out \
		'{ type filter hook egress device "h2" priority 0; }'
	cmd_ok nft add rule netdev vsw out ip protocol icmp counter drop
	unreachable h1 192.0.2.2
	[ "$(nft -j list chain netdev vsw out |
	     jq '[.. | .counter? // empty | .packets] | add')" -gt 0 ] ||
		fail "the rule has seen nothing"
	cmd_ok nft flush chain netdev vsw out
	reachable h1 192.0.2.2
}

queue()
{
	setup
	cmd_ok tc qdisc add dev h2 root pfifo limit 100
	reachable h1 192.0.2.2
	[ "$(tc -s -j qdisc show dev h2 | jq '.[0].packets')" -gt 0 ] ||
		fail "the queue has seen nothing"
	# A queue that takes nothing
	cmd_ok tc qdisc replace dev h2 root pfifo limit 0
	unreachable h1 192.0.2.2
	[ "$(drops h2 tx tx-error)" -gt 0 ] || fail "no drops were counted"
	cmd_ok tc qdisc del dev h2 root
	reachable h1 192.0.2.2
}

capture()
{
	local file=/tmp/egress.capture

	setup
	defer rm -f "$file"
	timeout 20 tcpdump -i h2 -Q out -c 3 -l icmp > "$file" 2>&1 &
	wait_for 10 grep -q listening "$file"
	for _ in 1 2 3; do
		reachable h1 192.0.2.2
	done
	wait "$!" || fail "tcpdump saw $(grep -c ICMP "$file") of 3 frames"
}

run_cases tc_filter netfilter queue capture
