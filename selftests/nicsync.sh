#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The filters of the NIC follow the switch: without them the embedded switch of
# the NIC sends what a VF has for a soft port out of the wire.
#
#	db1 (VF 0) --- NIC --- PF --- vsw0 --- web1, web2	VLAN 100
#	                |                 '--- the host
#	               wire --- out (the other PF)

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

DB1_MAC=52:54:00:aa:00:01
MAC=02:00:00:00:aa:01
TRACING=/sys/kernel/tracing

add_uplink()
{
	cmd_ok vswctl uplink add vsw0 "$1"
	defer vswctl uplink del "$1"
}

# add_web N [KEY VALUE...]: a machine on a soft port of VLAN 100
add_web()
{
	local name=web$1

	add_host "$name" "192.0.2.1$1/24"
	shift
	cmd_ok vswctl port add vsw0 "$name" dev "$name" vlan 100 "$@"
}

# send_as NAMESPACE MAC [COMMAND...]: a broadcast frame with that source
send_as()
{
	local ns=$1 mac=$2

	shift 2
	send_frames "$ns" eth0 1 "dst_mac ff:ff:ff:ff:ff:ff" "src_mac $mac" "$@"
}

host_mac()
{
	ip -j link show dev vsw0 | jq -r '.[0].address'
}

# What is in the filter of the PF by now, in a line
pf_macs()
{
	nic_macs "$PF" | tr '\n' ' '
}

pf_macs_are()
{
	[ "$(pf_macs)" = "$(printf '%s\n' "$@" | sort | tr '\n' ' ')" ]
}

# wait_for_macs MAC...: these and no others
wait_for_macs()
{
	busywait 5 pf_macs_are "$@" || fail "filter is '$(pf_macs)', not '$*'"
}

two_machines()
{
	use_vfs
	load_vsw "$@"
	add_switch vsw0
	add_uplink "$PF"
	add_web 1
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100 mac "$DB1_MAC"
	defer vswctl port del db1
	add_vf_host db1 0 192.0.2.1/24
}

# The reason for all this. ARP is broadcast and learned, so it works even
# without the filter: it is unicast from the VF that gets lost.
lost_without_sync()
{
	two_machines nic_sync=0
	can_ping web1 192.0.2.1
	can_ping db1 192.0.2.11
	check_eq "addresses in the filter" "$(pf_macs)" ""
	check_eq nic-macs "$(port_field "$PF" nic-macs)" 0
	ip netns exec db1 ping -q -i 0.2 -c 10 -W 1 192.0.2.11 >/dev/null &&
		fail "VF to soft port works without the filter"
	# Done by hand, it works.
	cmd_ok bridge fdb add "$(mac_of web1)" dev "$PF" self
	defer bridge fdb del "$(mac_of web1)" dev "$PF" self
	reachable db1 192.0.2.11
	reachable web1 192.0.2.1
}

works_with_sync()
{
	local lost

	two_machines nic_sync=1
	reachable db1 192.0.2.11
	reachable web1 192.0.2.1
	nic_has "$PF" "$(mac_of web1)" || fail "not in the filter"
	lost=$(ip netns exec db1 ping -q -i 0.1 -c 50 -W 2 192.0.2.11 |
		sed -n 's/.* \([0-9]*\)% packet loss.*/\1/p')
	check_eq "percentage of lost pings" "$lost" 0

	# Taken out by hand, it does not.
	cmd_ok bridge fdb del "$(mac_of web1)" dev "$PF" self
	defer bridge fdb add "$(mac_of web1)" dev "$PF" self
	ip netns exec db1 ping -q -i 0.2 -c 5 -W 1 192.0.2.11 >/dev/null &&
		fail "VF to soft port works without the filter"
	return 0
}

learned()
{
	local web1

	use_pfs
	add_switch vsw0 ageing 10
	add_uplink "$PF"
	add_web 1
	web1=$(mac_of web1)
	wait_for_macs "$(host_mac)"
	send_as web1 "$web1"
	wait_for_macs "$(host_mac)" "$web1"
	check_eq nic-macs "$(port_field "$PF" nic-macs)" 2

	cmd_ok vswctl fdb flush switch vsw0
	wait_for_macs "$(host_mac)"
	send_as web1 "$web1"
	wait_for_macs "$(host_mac)" "$web1"
	busywait 20 pf_macs_are "$(host_mac)" || fail "aged '$(pf_macs)'"

	send_as web1 "$web1"
	wait_for_macs "$(host_mac)" "$web1"
	cmd_ok vswctl port del web1
	wait_for_macs "$(host_mac)"
}

configured()
{
	local host

	use_vfs
	add_switch vsw0
	add_uplink "$PF"
	add_web 1 mac "$MAC"
	host=$(host_mac)
	wait_for_macs "$host" "$MAC"
	cmd_ok vswctl port set web1 mac 02:00:00:00:aa:02
	wait_for_macs "$host" 02:00:00:00:aa:02
	cmd_ok vswctl port set web1 mac none
	wait_for_macs "$host"

	cmd_ok vswctl fdb add "$MAC" port web1 static
	wait_for_macs "$host" "$MAC"
	cmd_ok vswctl fdb add "$MAC" port web1 vid 100 sticky
	wait_for_macs "$host" "$MAC"
	cmd_ok vswctl fdb del "$MAC" switch vsw0 vid 100
	wait_for_macs "$host"

	# The address of a VF is no business of the filter of the PF.
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100 mac "$DB1_MAC"
	defer vswctl port del db1
	cmd_ok vswctl fdb add "$MAC" port web1 static
	wait_for_macs "$host" "$MAC"
	# Nor is what lives out there
	cmd_ok vswctl fdb add 02:00:00:00:aa:03 port "$PF" vid 100 static
	cmd_ok vswctl fdb add 02:00:00:00:aa:04 port web1 static
	wait_for_macs "$host" "$MAC" 02:00:00:00:aa:04
}

# An address that is in several VLANs leaves with the last.
several_vlans()
{
	use_pfs
	add_switch vsw0
	add_uplink "$PF"
	add_host web1
	cmd_ok vswctl port add vsw0 web1 dev web1 trunk 100,200
	cmd_ok vswctl fdb add "$MAC" port web1 vid 100 static
	cmd_ok vswctl fdb add "$MAC" port web1 vid 200 static
	wait_for_macs "$(host_mac)" "$MAC"
	cmd_ok vswctl fdb del "$MAC" switch vsw0 vid 100
	cmd_ok vswctl fdb add 02:00:00:00:aa:02 port web1 vid 100 static
	wait_for_macs "$(host_mac)" "$MAC" 02:00:00:00:aa:02
	cmd_ok vswctl fdb del "$MAC" switch vsw0 vid 200
	wait_for_macs "$(host_mac)" 02:00:00:00:aa:02
	# Or when the port leaves the VLAN
	cmd_ok vswctl vlan del web1 vid 100
	wait_for_macs "$(host_mac)"
}

host_addresses()
{
	use_pfs
	add_switch vsw0
	add_uplink "$PF"
	wait_for_macs "$(host_mac)"
	cmd_ok ip link set vsw0 address "$MAC"
	wait_for_macs "$MAC"
	cmd_ok ip link add mv0 link vsw0 address 02:00:00:00:aa:02 type macvlan
	defer ip link del mv0
	cmd_ok ip link set mv0 up
	wait_for_macs "$MAC" 02:00:00:00:aa:02
	cmd_ok ip link del mv0
	wait_for_macs "$MAC"
}

moved()
{
	use_pfs
	add_switch vsw0
	add_uplink "$PF"
	add_web 1
	add_web 2
	send_as web1 "$MAC"
	wait_for_macs "$(host_mac)" "$MAC"
	send_as web2 "$MAC"
	check_eq port "$(vswctl -j fdb get "$MAC" switch vsw0 vid 100 |
			 jq -r '.[0].port')" web2
	cmd_ok vswctl fdb add 02:00:00:00:aa:02 port web1 static
	wait_for_macs "$(host_mac)" "$MAC" 02:00:00:00:aa:02
	cmd_ok vswctl port del web1
	wait_for_macs "$(host_mac)" "$MAC"
	cmd_ok vswctl port del web2
	wait_for_macs "$(host_mac)"
}

# A VM comes from another host, by live migration.
moved_from_wire()
{
	use_pfs
	add_switch vsw0
	add_uplink "$PF"
	add_web 1
	add_wire_host out
	add_wire_vlan out 100 192.0.2.50/24
	reachable web1 192.0.2.50
	wait_for_macs "$(host_mac)" "$(mac_of web1)"
	send_as web1 "$(mac_of out v100)"
	wait_for_macs "$(host_mac)" "$(mac_of web1)" "$(mac_of out v100)"
	check_eq port "$(vswctl -j fdb get "$(mac_of out v100)" switch vsw0 \
			 vid 100 | jq -r '.[0].port')" web1
}

new_uplink()
{
	local before macs=()
	local i

	use_pfs
	before=$(pf_macs)
	add_switch vsw0
	add_web 1
	for i in 1 2 3 4 5; do
		macs+=("02:00:00:00:bb:0$i")
		cmd_ok vswctl fdb add "02:00:00:00:bb:0$i" port web1 static
	done
	add_uplink "$PF"
	wait_for_macs "$(host_mac)" "${macs[@]}"
	check_eq nic-macs "$(port_field "$PF" nic-macs)" 6
	# A second one gets them all, and both follow.
	add_uplink "$WIRE"
	wait_for 5 nic_mac_count_is "$WIRE" 6
	cmd_ok vswctl fdb del "${macs[0]}" switch vsw0 vid 100
	wait_for 5 nic_mac_count_is "$WIRE" 5
	wait_for_macs "$(host_mac)" "${macs[@]:1}"
	cmd_ok vswctl uplink del "$WIRE"
	check_eq "filter of $WIRE" "$(nic_macs "$WIRE")" ""
	cmd_ok vswctl uplink del "$PF"
	check_eq "filter of $PF" "$(pf_macs)" "$before"
}

# What somebody else has put into the filter stays there.
keeps_foreign()
{
	use_pfs
	cmd_ok bridge fdb add "$MAC" dev "$PF" self
	defer bridge fdb del "$MAC" dev "$PF" self
	add_switch vsw0
	add_uplink "$PF"
	add_web 1
	cmd_ok vswctl fdb add "$MAC" port web1 static
	wait_for_macs "$(host_mac)" "$MAC"
	cmd_ok vswctl fdb add 02:00:00:00:aa:02 port web1 static
	wait_for_macs "$(host_mac)" "$MAC" 02:00:00:00:aa:02
	cmd_ok vswctl port del web1
	wait_for_macs "$(host_mac)" "$MAC"
	cmd_ok vswctl uplink del "$PF"
	wait_for_macs "$MAC"
}

gone_with_switch()
{
	local way

	use_pfs
	for way in "vswctl switch del vsw0" "ip link del vsw0" "rmmod vsw"; do
		add_switch vsw0
		cmd_ok vswctl uplink add vsw0 "$PF"
		add_web 1 mac "$MAC"
		wait_for_macs "$(host_mac)" "$MAC"
		# shellcheck disable=SC2086
		cmd_ok $way
		check_eq "filter after '$way'" "$(pf_macs)" ""
		ip link del web1
		cmd_ok ip netns del web1
	done
}

many_macs()
{
	use_pfs
	add_switch vsw0
	add_uplink "$PF"
	add_web 1
	send_frames web1 eth0 500 "dst_mac ff:ff:ff:ff:ff:ff" \
		"src_mac 02:00:00:01:00:00" "src_mac_count 500"
	check_eq "learned" "$(port_field web1 fdb-learned)" 500
	wait_for 10 nic_mac_count_is "$PF" 501
	check_eq nic-macs "$(port_field "$PF" nic-macs)" 501
	cmd_ok vswctl fdb flush switch vsw0
	wait_for 10 pf_macs_are "$(host_mac)"

	# Twice at once, and then everything with the port
	send_frames web1 eth0 1000 "dst_mac ff:ff:ff:ff:ff:ff" \
		"src_mac 02:00:00:01:00:00" "src_mac_count 500"
	cmd_ok vswctl port del web1
	wait_for 10 pf_macs_are "$(host_mac)"
}

# Learned before there is an uplink, and forgotten before the filter knows
quick_change()
{
	local _

	use_pfs
	add_switch vsw0
	add_web 1
	add_uplink "$PF"
	for _ in {1..20}; do
		cmd_ok vswctl fdb add "$MAC" port web1 static
		cmd_ok vswctl fdb del "$MAC" switch vsw0 vid 100
	done
	cmd_ok vswctl fdb add 02:00:00:00:aa:02 port web1 static
	wait_for_macs "$(host_mac)" 02:00:00:00:aa:02
}

# Watch what VIDs the driver of the PF is told. Probes see what no interface
# tells.
watch_vids()
{
	[ -e "$TRACING/kprobe_events" ] || skip "needs kprobes"
	{ echo 'p:vsw/vid_add igb:igb_vlan_rx_add_vid vid=%dx:u16' &&
		echo 'p:vsw/vid_del igb:igb_vlan_rx_kill_vid vid=%dx:u16'
	} >"$TRACING/kprobe_events" || skip "cannot probe igb"
	defer eval "echo >$TRACING/kprobe_events"
	echo >"$TRACING/trace"
	echo 1 >"$TRACING/events/vsw/vid_add/enable"
	defer eval "echo 0 >$TRACING/events/vsw/vid_add/enable"
	echo 1 >"$TRACING/events/vsw/vid_del/enable"
	defer eval "echo 0 >$TRACING/events/vsw/vid_del/enable"
}

# vids_are VID...: what has been added since and not deleted. VID 0 is the
# business of 8021q.
vids_are()
{
	local now

	now=$(sed -n 's/.* vid_\(add\|del\): .*vid=\([0-9]*\)$/\1 \2/p' \
		"$TRACING/trace" |
		awk '{ has[$2] = $1 == "add" }
		     END { for (vid in has) if (vid + 0 && has[vid]) print vid }' |
		sort -n | tr '\n' ' ')
	check_eq "VIDs in the filter" "$now" \
		"$([ $# -eq 0 ] || printf '%s ' "$@")"
}

vids_in_use()
{
	use_vfs
	watch_vids
	add_switch vsw0
	add_uplink "$PF"
	# The host port and the native VLAN of the uplink
	vids_are 1
	add_web 1
	vids_are 1 100
	add_web 2
	vids_are 1 100
	cmd_ok vswctl port set web2 vlan 200
	vids_are 1 100 200
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 300 mac "$DB1_MAC"
	vids_are 1 100 200 300
	cmd_ok vswctl vlan add web1 vid 10-14
	vids_are 1 10 11 12 13 14 100 200 300
	cmd_ok vswctl vlan del web1 vid 11-13
	vids_are 1 10 14 100 200 300
	cmd_ok ip link add vsw0.400 link vsw0 type vlan id 400
	vids_are 1 10 14 100 200 300 400
	# What the uplink does not carry it need not let in.
	cmd_ok vswctl vlan del "$PF" vid 200
	vids_are 1 10 14 100 300 400
	cmd_ok vswctl vlan add "$PF" vid 200
	vids_are 1 10 14 100 200 300 400
	cmd_ok ip link del vsw0.400
	cmd_ok vswctl port del db1
	cmd_ok vswctl port del web1
	vids_are 1 200
	cmd_ok vswctl uplink del "$PF"
	vids_are
	add_uplink "$PF"
	vids_are 1 200
	cmd_ok vswctl switch del vsw0
	vids_are
}

# A VLAN device of the administrator's on the PF keeps its VID.
vids_of_others()
{
	use_pfs
	cmd_ok ip link add v100 link "$PF" type vlan id 100
	defer ip link del v100
	watch_vids
	add_switch vsw0
	add_uplink "$PF"
	add_web 1
	cmd_ok vswctl port del web1
	cmd_ok vswctl uplink del "$PF"
	grep -q 'vid_del.*vid=100$' "$TRACING/trace" &&
		fail "VID 100 was taken out of the filter"
	return 0
}

lost()
{
	local ns=$1 address=$2

	! ip netns exec "$ns" ping -q -i 0.2 -c 5 -W 1 "$address" >/dev/null ||
		fail "$ns reaches $address without the filter"
}

# What the filter has no room for is not reached from a VF, until there is.
small_filter()
{
	two_machines
	can_ping web1 192.0.2.1
	wait_for_macs "$(host_mac)" "$(mac_of web1)"
	cmd_ok vswctl uplink set "$PF" filter-max 2
	add_web 2
	can_ping web2 192.0.2.1
	wait_for 5 over_are 1
	reachable db1 192.0.2.11
	lost db1 192.0.2.12
	cmd_ok vswctl uplink set "$PF" filter-max 3
	wait_for 5 over_are 0
	reachable db1 192.0.2.12
	cmd_ok vswctl uplink set "$PF" filter-max 2
	wait_for_macs "$(host_mac)" "$(mac_of web1)"
	lost db1 192.0.2.12
	cmd_ok vswctl port del web1
	wait_for_macs "$(host_mac)" "$(mac_of web2)"
	reachable db1 192.0.2.12
}

over_are()
{
	[ "$(port_field "$PF" nic-macs-over)" = "$1" ]
}

# From the wire it is reached if the uplink is promiscuous meanwhile. Without
# VFs, because with them the NIC gives the PF whatever it does not know.
overflow_promisc()
{
	use_pfs
	set_vf_count 0
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF" filter-max 1
	defer vswctl uplink del "$PF"
	# Nothing unknown behind the port: no other reason to be promiscuous
	add_web 1 unicast-flood off
	add_wire_host out
	add_wire_vlan out 100 192.0.2.50/24
	can_ping web1 192.0.2.50
	wait_for 5 over_are 1
	check_eq promisc "$(port_field "$PF" promisc)" false
	lost out 192.0.2.11
	cmd_ok vswctl uplink set "$PF" filter-overflow promisc
	check_eq promisc "$(port_field "$PF" promisc)" true
	reachable out 192.0.2.11
	cmd_ok vswctl uplink set "$PF" filter-overflow report
	check_eq promisc "$(port_field "$PF" promisc)" false
	lost out 192.0.2.11
	cmd_ok vswctl uplink set "$PF" filter-max 2
	wait_for 5 over_are 0
	reachable out 192.0.2.11
}

# A reset of the PF empties its registers: they are filled again.
pf_reset()
{
	local before n

	two_machines
	cmd_ok vswctl uplink set "$PF" filter-max 18 filter-overflow promisc
	for n in {1..9}; do
		cmd_ok vswctl fdb add "02:00:00:00:bb:0$n" port web1 static
	done
	reachable db1 192.0.2.11
	before=$(pf_macs)
	# The driver of a VF that has missed the reset looks every two seconds.
	for n in 1 2 3; do
		cmd_ok ip link set "$PF" down
		cmd_ok ip link set "$PF" up
		wait_for 10 has_carrier "$PF"
		wait_for 30 machine_has_carrier db1 eth0
		wait_for 20 can_ping db1 192.0.2.11
		check_eq "the filter" "$(pf_macs)" "$before"
	done
	cmd_ok ethtool -G "$PF" rx 512
	defer ethtool -G "$PF" rx 256
	wait_for 10 has_carrier "$PF"
	wait_for 30 machine_has_carrier db1 eth0
	wait_for 20 can_ping db1 192.0.2.11
	# It is what the registers hold that counts.
	cmd_ok bridge fdb del "$(mac_of web1)" dev "$PF" self
	defer bridge fdb add "$(mac_of web1)" dev "$PF" self
	lost db1 192.0.2.11
}

GROUP=239.1.2.3
GROUP_MAC=01:00:5e:01:02:03
HEARD=/tmp/nicsync-heard

# join NAMESPACE ADDRESS: what it receives for the group goes to $HEARD
join()
{
	: >"$HEARD"
	ip netns exec "$1" python3 - "$GROUP" "$2" >"$HEARD" <<-'END' &
	import socket, sys
	group, own = map(socket.inet_aton, sys.argv[1:])
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("", 5000))
	s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + own)
	while True:
	    print(s.recv(100).decode(), flush=True)
	END
	defer rm -f "$HEARD"
	defer kill $!
	wait_for 10 joined "$1"
}

joined()
{
	ip -n "$1" maddr show dev eth0 | grep -q "$GROUP"
}

# say NAMESPACE ADDRESS WORD: to the group
say()
{
	ip netns exec "$1" python3 - "$GROUP" "$2" "$3" <<-'END'
	import socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
	             socket.inet_aton(sys.argv[2]))
	s.sendto(sys.argv[3].encode(), (sys.argv[1], 5000))
	END
}

heard()
{
	cmd_ok say "$@"
	sleep 0.2
	grep -q "^$3\$" "$HEARD"
}

# pf_gets ADDRESS: how many frames, when the machine out there sends ten
pf_gets()
{
	local before

	before=$(pf_received)
	send_frames out "$WIRE" 10 "dst_mac $1"
	sleep 1
	echo $(($(pf_received) - before))
}

pf_received()
{
	ip -s -j link show "$PF" | jq '.[0].stats64.rx.packets'
}

# Groups that a machine on a soft port has joined: nobody tells the PF of them.
# Without VFs, because with them the igb of QEMU knows no "all multicast".
multicast()
{
	use_pfs
	set_vf_count 0
	add_wire_host out
	check_eq "broadcast frames at a PF alone" \
		"$(pf_gets ff:ff:ff:ff:ff:ff)" 10
	check_eq "group frames at a PF alone" "$(pf_gets "$GROUP_MAC")" 0

	add_switch vsw0
	add_uplink "$PF"
	add_web 1 unicast-flood off
	check_eq promisc "$(port_field "$PF" promisc)" false
	check_eq "group frames at an uplink" "$(pf_gets "$GROUP_MAC")" 10
	add_wire_vlan out 100 192.0.2.50/24
	join web1 192.0.2.11
	wait_for 10 heard out 192.0.2.50 from-the-wire
	cmd_ok vswctl uplink del "$PF"
	check_eq "group frames at a PF alone" "$(pf_gets "$GROUP_MAC")" 0
}

trap remove_vfs EXIT
run_cases lost_without_sync works_with_sync learned configured several_vlans \
	host_addresses moved moved_from_wire new_uplink keeps_foreign \
	gone_with_switch many_macs quick_change vids_in_use vids_of_others \
	small_filter overflow_promisc pf_reset multicast
