#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A VF stays what its port wants, whoever changes it and whatever happens to the
# PF.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

DB1_MAC=52:54:00:aa:00:01
DB2_MAC=52:54:00:aa:00:02
EVENT='"\(.port) \(.event)"'

# setup [KEY VALUE]...: a switch with the PF as uplink, and db1 on VF 0
setup()
{
	use_vfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	defer vswctl uplink del "$PF"
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100 mac "$DB1_MAC" "$@"
	defer vswctl port del db1
	listen
}

# as_wanted [VF]
# shellcheck disable=SC2120
as_wanted()
{
	vswctl -j vf show "$PF" | jq -e --argjson vf "${1-0}" '
		.[] | select(.vf == $vf) | . as $vf | .drift == false and
		.present and all(keys[] | select(startswith("wanted-"));
			$vf[.] == $vf[.[7:]])'
}

is_lost()
{
	[ "$(vf_field "$1" present)" = false ]
}

# Each of them by itself, and a notifier tells: it does not take seconds.
corrects()
{
	local change count=0

	setup pcp 3 max-tx-rate 100
	for change in "mac $DB2_MAC" "vlan 7" "vlan 100 qos 1" "vlan 0" \
		      "spoofchk off" "trust on" "max_tx_rate 50"; do
		forget_events
		# shellcheck disable=SC2086
		cmd_ok ip link set "$PF" vf 0 $change
		wait_for 2 as_wanted
		events_are "db1 drifted,db1 corrected"
		count=$((count + 1))
		check_eq "corrections" "$(vf_field 0 corrections)" "$count"
	done
	vf_is 0 .address "$DB1_MAC"
	vf_is 0 '.vlan_list[0].vlan' 100
	vf_is 0 '.vlan_list[0].qos' 3
	vf_is 0 .spoofchk true
	vf_is 0 .trust false
	vf_is 0 .rate.max_tx 100
	check_eq "what drifted" "$(jq -r 'select(.event == "vf-ntf" and
		.vf.event == "drifted") | .vf["max-tx-rate"]' $EVENTS)" 50
}

observes()
{
	setup on-drift observe
	check_eq on-drift "$(port_field db1 on-drift)" observe
	cmd_ok ip link set "$PF" vf 0 vlan 7
	events_are "db1 drifted"
	# Told once; another thing is told again.
	cmd_ok ip link set "$PF" vf 0 vlan 8
	cmd_ok ip link set "$PF" vf 0 trust on
	events_are "db1 drifted,db1 drifted"
	sleep 6
	events_are "db1 drifted,db1 drifted"
	vf_is 0 '.vlan_list[0].vlan' 8
	vf_is 0 .trust true
	check_eq drift "$(vf_field 0 drift)" true
	check_eq corrections "$(vf_field 0 corrections)" 0
	vswctl vf show | grep -q 'drift: vlan trust$' || fail "no drift in text"
	# Somebody puts it right, and the next time is told again.
	cmd_ok ip link set "$PF" vf 0 vlan 100
	cmd_ok ip link set "$PF" vf 0 trust off
	wait_for 2 as_wanted
	sleep 1
	cmd_ok ip link set "$PF" vf 0 vlan 7
	events_are "db1 drifted,db1 drifted,db1 drifted"
	# From now on
	cmd_ok vswctl port set db1 on-drift enforce
	wait_for 2 as_wanted
	cmd_ok ip link set "$PF" vf 0 vlan 7
	wait_for 2 as_wanted
}

# What the port does not ask for is anybody's.
not_asked()
{
	setup
	cmd_ok ip link set "$PF" vf 0 max_tx_rate 50
	cmd_ok ip link set "$PF" vf 1 vlan 7
	sleep 6
	vf_is 0 .rate.max_tx 50
	vf_is 1 '.vlan_list[0].vlan' 7
	check_eq drift "$(vf_field 0 drift)" false
	events_are ""
	cmd_ok ip link set "$PF" vf 0 vlan 7
	wait_for 2 as_wanted_vlan
	vf_is 0 .rate.max_tx 50
}

as_wanted_vlan()
{
	[ "$(vf_field 0 vlan)" = 100 ]
}

# Nothing tells when the PF is down; a look finds it.
silent()
{
	setup
	cmd_ok ip link set "$PF" down
	defer ip link set "$PF" up
	cmd_ok ip link set "$PF" vf 0 vlan 7
	wait_for 8 as_wanted
	cmd_ok ip link set "$PF" up
	wait_for 10 has_carrier "$PF"
	wait_for 2 as_wanted
}

# The number of VFs becomes 0 and 4 again.
vfs_return()
{
	setup pcp 3
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan 200 mac "$DB2_MAC"
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	wait_for 2 is_lost 0
	events_are "db1 lost,db2 lost"
	check_eq VFs "$(vswctl -j vf show "$PF" | jq length)" 2
	vswctl vf show | grep -q 'gone: the PF has no such VF' ||
		fail "text does not say that it is gone"
	cmd_fail "$PF has no VF 0 now: vswctl uplink set $PF vfs N" \
		vswctl port set db1 pcp 5
	check_eq pcp "$(port_field db1 pcp)" 3

	forget_events
	set_vf_count "$VF_COUNT"
	wait_for 8 as_wanted 0
	wait_for 8 as_wanted 1
	events_are "db1 returned,db1 corrected,db2 returned,db2 corrected"
	vf_is 0 .address "$DB1_MAC"
	vf_is 0 '.vlan_list[0].vlan' 100
	vf_is 1 '.vlan_list[0].vlan' 200
	cmd_ok vswctl port set db1 pcp 5
	vf_is 0 '.vlan_list[0].qos' 5
	cmd_ok vswctl port del db2
	vf_is 1 '.vlan_list[0].vlan // 0' 0
}

# A VF that was another one before becomes what it is now, not what that was.
restores_the_new()
{
	use_vfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	cmd_ok ip link set "$PF" vf 0 vlan 7 trust on
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100 mac "$DB1_MAC"
	# No look in between: the bus is not quiet for long enough
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	echo "$VF_COUNT" >"/sys/class/net/$PF/device/sriov_numvfs"
	wait_for 8 as_wanted
	cmd_ok vswctl port del db1
	vf_is 0 '.vlan_list[0].vlan // 0' 0
	vf_is 0 .trust false
	cmd_ok vswctl uplink del "$PF"
}

# A machine does not lose its network with the VFs.
traffic()
{
	setup
	add_host web1 192.0.2.11/24
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100
	add_vf_host db1 0 192.0.2.1/24
	reachable db1 192.0.2.11
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	set_vf_count "$VF_COUNT"
	wait_for 8 as_wanted
	ip netns del db1
	add_vf_host db1 0 192.0.2.1/24
	check_eq "address of the VF" "$(mac_of db1)" "$DB1_MAC"
	reachable db1 192.0.2.11
}

# Whatever a reset behind its back has done to the driver
begin_anew()
{
	local pci=$1

	echo "$pci" >/sys/bus/pci/drivers/igb/unbind
	echo "$pci" >/sys/bus/pci/drivers/igb/bind
	busywait 5 two_igbs
}

pf_reset()
{
	use_pfs
	defer begin_anew "$(pci_of "$PF")"
	setup trust on
	[ -e "/sys/class/net/$PF/device/reset" ] || skip "$PF has no reset"
	echo 1 >"/sys/class/net/$PF/device/reset" || skip "no reset of $PF"
	# igb does not know of it, and has to begin anew.
	cmd_ok ip link set "$PF" down
	cmd_ok ip link set "$PF" up
	wait_for 10 has_carrier "$PF"
	wait_for 8 as_wanted
	vf_is 0 '.vlan_list[0].vlan' 100
	vf_is 0 .trust true
	# The driver takes a while to know its link.
	wait_for 20 ip link set "$PF" vf 0 max_tx_rate 0
}

bind_igb()
{
	echo "$1" >/sys/bus/pci/drivers/igb/bind
}

# waits PORT YES: does it wait for its device?
waits()
{
	[ "$(vswctl -j port show "$1" | jq '.[0] | has("awaits")')" = "$2" ]
}

# kept_entries: forwarding entries that an administrator has made
kept_entries()
{
	vswctl -j fdb show switch vsw0 |
		jq -c 'map(select(.type == "static") | [.mac, .vid, .port]) | sort'
}

# The driver of the PF is unloaded and loaded again.
driver_reload()
{
	local pci policy entries

	setup pcp 3 trust on
	pci=$(pci_of "$PF")
	cmd_ok vswctl uplink set "$PF" isolated on fdb-max 77 unowned park \
		filter-max 18 filter-overflow promisc
	cmd_ok vswctl vlan del "$PF" vid 3000-4094
	add_host web1 192.0.2.11/24
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100
	cmd_ok vswctl fdb add 02:00:00:00:00:fe port "$PF" vid 100 static
	cmd_ok vswctl fdb add 02:00:00:00:00:fc port db1 static
	cmd_ok vswctl fdb add 02:00:00:00:00:fb port "$PF" vid 100 static
	policy=$(vswctl -j port show | jq -S 'map(del(.id, .ifindex, .pf,
		.up, .promisc, ."nic-macs")) | sort_by(.name)')
	echo "$pci" >/sys/bus/pci/drivers/igb/unbind
	defer bind_igb "$pci"
	waits db1 true || fail "db1 does not wait"
	waits "$PF" true || fail "$PF does not wait"
	check_eq "what db1 awaits" "$(port_field db1 awaits)" "$pci"
	vswctl port show | grep -q "^db1 .*vf .*$pci/0 .*awaited" ||
		fail "text does not tell what db1 waits for"
	# It has its name, and no path.
	cmd_fail "waits for $pci: load its driver, or delete" \
		vswctl port set db1 pcp 5
	cmd_fail "waits for $pci" vswctl vlan add "$PF" vid 7
	cmd_ok ip link add spare type dummy
	defer ip link del spare
	cmd_fail "db1 exists already" vswctl port add vsw0 db1 dev spare
	check_eq "entries" "$(vswctl -j fdb show mac "$DB1_MAC" | jq length)" 0
	check_eq "what is kept of them" "$(kept_entries)" '[]'
	# What another gets meanwhile it keeps.
	cmd_ok vswctl fdb add 02:00:00:00:00:fb port web1 static
	entries='["02:00:00:00:00:fb",100,"web1"]'
	entries+=',["02:00:00:00:00:fc",100,"db1"]'
	entries+=",[\"02:00:00:00:00:fe\",100,\"$PF\"]"

	bind_igb "$pci"
	busywait 5 two_igbs
	{ read -r PF && read -r WIRE; } < <(igb_devices)
	wait_for 8 waits "$PF" false
	# Its VFs come later.
	waits db1 true || fail "db1 does not wait for its VF"
	cmd_ok ip link set "$PF" up
	wait_for 10 has_carrier "$PF"
	set_vf_count "$VF_COUNT"
	wait_for 8 waits db1 false
	as_wanted 0 >/dev/null || fail "VF 0 is not as wanted"
	check_eq "all policy" "$(vswctl -j port show | jq -S 'map(del(.id,
		.ifindex, .pf, .up, .promisc, ."nic-macs")) |
		sort_by(.name)')" "$policy"
	check_eq "VLANs" "$(vswctl -j vlan show "$PF" | jq 'map(.last) | max')" \
		2999
	check_eq "entries" "$(kept_entries)" "[$entries]"
	add_vf_host db1 0 192.0.2.1/24
	reachable db1 192.0.2.11
	nic_has "$PF" "$(mac_of web1)" || fail "not in the filter again"
}

# Who does not want to wait
await_ends()
{
	local pci

	setup
	pci=$(pci_of "$PF")
	defer bind_igb "$pci"
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan 100 mac "$DB2_MAC"
	echo "$pci" >/sys/bus/pci/drivers/igb/unbind
	forget_events
	cmd_ok vswctl port del db1
	cmd_fail "no port of that name" vswctl port show db1
	wait_for 2 grep -q port-del-ntf $EVENTS
	cmd_ok vswctl uplink del "$PF"
	waits db2 true || fail "db2 does not wait"
	# The other joins when the uplink is made anew.
	bind_igb "$pci"
	busywait 5 two_igbs
	cmd_ok ip link set "$PF" up
	set_vf_count "$VF_COUNT"
	sleep 1
	waits db2 true || fail "db2 does not wait for the uplink"
	cmd_ok vswctl uplink add vsw0 "$PF"
	wait_for 8 waits db2 false
	vf_is 1 .address "$DB2_MAC"

	# A switch goes, and the module, with ports that wait.
	echo "$pci" >/sys/bus/pci/drivers/igb/unbind
	waits db2 true || fail "db2 does not wait"
	cmd_ok vswctl switch del vsw0
	cmd_ok rmmod vsw
	bind_igb "$pci"
	busywait 5 two_igbs
}

# Who is late does not take away what is another's by now.
stale_delete()
{
	local id

	setup
	id=$(port_field db1 id)
	cmd_ok vswctl port del db1 id "$id"
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 200 mac "$DB2_MAC"
	cmd_fail 'has the id [0-9]+: it is not the one' \
		vswctl port del db1 id "$id"
	vf_is 0 '.vlan_list[0].vlan' 200
	as_wanted 0 >/dev/null || fail "the VF has changed"
	cmd_ok vswctl port del db1 id "$(port_field db1 id)"
}

# igb cannot force a link, and says so.
best_effort()
{
	setup
	cmd_fail 'cannot set the link state of a VF: do without' \
		vswctl port set db1 link-state enable
	cmd_fail 'cannot set the link state of a VF' vswctl port add vsw0 db2 \
		vf "$PF/1" vlan 100 mac "$DB2_MAC" link-state enable
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan 100 mac "$DB2_MAC" \
		link-state enable enforcement best-effort max-tx-rate 100
	check_eq unenforced "$(vf_field 1 unenforced)" '[
  "link-state"
]'
	check_eq drift "$(vf_field 1 drift)" false
	vf_is 1 .rate.max_tx 100
	vswctl vf show | grep -q 'unenforced: link-state$' ||
		fail "text does not say what is not enforced"
	# What the driver has and refuses is refused.
	cmd_fail 'refuses that rate' vswctl port set db2 max-tx-rate 10gbit
	forget_events
	cmd_ok ip link set "$PF" vf 1 vlan 7
	events_are "db2 drifted,db2 corrected"
	cmd_ok vswctl port set db2 link-state auto
	check_eq unenforced "$(vf_field 1 unenforced)" '[]'
	cmd_ok vswctl port del db2
}

# Nobody waits for the next look.
switch_goes()
{
	local start

	setup
	sleep 1
	start=$SECONDS
	cmd_ok vswctl switch del vsw0
	cmd_ok rmmod vsw
	# Nobody waits for the look every five seconds.
	[ $((SECONDS - start)) -lt $((2 + ${VSW_SLOW:-1})) ] ||
		fail "it took $((SECONDS - start)) s"
}

# Two hands on one VF, VFs that come and go, ports likewise
storm()
{
	local i pid

	setup
	while :; do
		ip link set "$PF" vf 0 vlan $((RANDOM % 4000 + 1))
	done 2>/dev/null &
	pid=$!
	defer eval "kill $pid 2>/dev/null"
	for ((i = 0; i < 4; i++)); do
		echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
		vswctl port set db1 pcp $((i + 1)) >/dev/null 2>&1
		echo "$VF_COUNT" >"/sys/class/net/$PF/device/sriov_numvfs"
		cmd_ok vswctl port del db1
		cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100 \
			mac "$DB1_MAC"
		vswctl -j vf show "$PF" >/dev/null
	done
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	set_vf_count "$VF_COUNT"
	wait_for 8 as_wanted
}

trap remove_vfs EXIT
run_cases corrects observes not_asked silent vfs_return restores_the_new \
	traffic driver_reload await_ends stale_delete best_effort switch_goes storm \
	pf_reset
