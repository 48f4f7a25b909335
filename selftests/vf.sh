#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VF ports on a real SR-IOV driver: what is programmed, refused, restored, and
# who talks to whom.
#
#	db1 (VF 0) --.                     .-- web1	VLAN 100
#	              NIC --- PF --- vsw0 -+-- web2	VLAN 200
#	db2 (VF 1) --'|                    '-- the host
#	              |
#	             wire --- out (the other PF)

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

DB1_MAC=52:54:00:aa:00:01
DB2_MAC=52:54:00:aa:00:02

# A switch with the PF as uplink
add_uplink_switch()
{
	use_vfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	defer vswctl uplink del "$PF"
}

add_db1()
{
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100 mac "$DB1_MAC" "$@"
	defer vswctl port del db1
}

# Everything that a request could change
state()
{
	ip -j link show dev "$PF"
	vswctl -j -b - <<-END
	vf
	port
	vlan
	fdb
	END
}

# Between the two, everything is refused and nothing changes.
remember()
{
	REMEMBERED=$(state)
}

unchanged()
{
	local changes

	changes=$(diff <(tr '{' '\n' <<<"$REMEMBERED") <(state | tr '{' '\n')) ||
		fail "a refused request changed: $changes"
}

# A VF that somebody has given other values than the default to
touch_vf()
{
	cmd_ok ip link set "$PF" vf "$1" mac "52:54:00:bb:00:0$1" \
		vlan $((7 + $1)) qos 2 spoofchk off trust on max_tx_rate 50
}

port_is()
{
	check_eq "$1: $2" "$(port_field "$1" "$2")" "$3"
}

vf_is_as_wanted()
{
	check_eq "VF $1: what differs" "$(vswctl -j vf show "$PF" | jq -c "
		.[] | select(.vf == $1) | . as \$vf | [.drift] +
		[keys[] | select(startswith(\"wanted-\")) |
		 select(\$vf[.] != \$vf[.[7:]])]")" '[false]'
}

programs_all()
{
	add_uplink_switch
	add_db1 pcp 3 spoofchk off trust on max-tx-rate 100
	vf_is 0 .address "$DB1_MAC"
	vf_is 0 '.vlan_list[0].vlan' 100
	vf_is 0 '.vlan_list[0].qos' 3
	vf_is 0 .spoofchk false
	vf_is 0 .trust true
	vf_is 0 .rate.max_tx 100
	vf_is 0 .link_state auto
	check_eq owner "$(vf_field 0 port)" db1
	check_eq "wanted MAC" "$(vf_field 0 wanted-mac)" "$DB1_MAC"
	check_eq "wanted VLAN" "$(vf_field 0 wanted-vlan)" 100
	check_eq "wanted rate" "$(vf_field 0 wanted-max-tx-rate)" 100
	vf_is_as_wanted 0
	port_is db1 path vf
	port_is db1 pf-name "$PF"
	port_is db1 vf 0
	port_is db1 up true

	cmd_ok vswctl port set db1 vlan 200 mac "$DB2_MAC" pcp 5 spoofchk on \
		trust off max-tx-rate 1gbit
	vf_is 0 .address "$DB2_MAC"
	vf_is 0 '.vlan_list[0].vlan' 200
	vf_is 0 '.vlan_list[0].qos' 5
	vf_is 0 .spoofchk true
	vf_is 0 .trust false
	vf_is 0 .rate.max_tx 1000
	vf_is_as_wanted 0

	# What is not named stays.
	cmd_ok vswctl port set db1 max-tx-rate none
	vf_is 0 .rate.max_tx 0
	vf_is 0 .address "$DB2_MAC"
	vf_is 0 '.vlan_list[0].vlan' 200
	vf_is_as_wanted 0
}

defaults()
{
	add_uplink_switch
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100
	port_is db1 mac "$(vf_default_mac 0)"
	vf_is 0 .spoofchk true
	vf_is 0 .trust false
	vf_is 0 .rate.max_tx 0

	# Untagged on the uplink is no VLAN at all for the VF.
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1"
	port_is db2 pvid 1
	vf_is 1 '.vlan_list[0].vlan // 0' 0
	vf_is_as_wanted 1
	# It may have any, then, and that is said.
	check_eq "what nobody enforces" "$(vswctl -j vf show "$PF" |
		jq -c '[.[] | select(.port) | .unenforced]')" '[[],["vlan"]]'
	vswctl vf show | grep -q 'unenforced: vlan$' || fail "$(vswctl vf show)"
	remember
	cmd_fail 'no tag.*pcp 0' vswctl port set db2 pcp 3
	unchanged
}

del_restores()
{
	local before

	add_uplink_switch
	touch_vf 2
	before=$(vf_config 2)
	cmd_ok vswctl port add vsw0 db1 vf "$PF/2" vlan 100 mac "$DB1_MAC" \
		pcp 3 max-tx-rate 100
	vf_is 2 .spoofchk true
	cmd_ok vswctl port set db1 vlan 300 pcp 1 max-tx-rate none
	cmd_ok vswctl port del db1
	check_eq "VF 2" "$(vf_config 2)" "$before"

	# An address of its own is no different.
	before=$(vf_config 3)
	cmd_ok vswctl port add vsw0 db1 vf "$PF/3" vlan 100
	cmd_ok vswctl port del db1
	check_eq "VF 3" "$(vf_config 3)" "$before"
}

switch_del_restores()
{
	local before

	add_uplink_switch
	touch_vf 0
	touch_vf 1
	before=$(ip -j link show dev "$PF" | jq -c '.[0].vfinfo_list')
	add_db1
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan 200 mac "$DB2_MAC"
	cmd_ok vswctl switch del vsw0
	check_eq VFs "$(ip -j link show dev "$PF" |
			jq -c '.[0].vfinfo_list')" "$before"
}

unload_restores()
{
	local before

	add_uplink_switch
	touch_vf 0
	touch_vf 1
	before=$(ip -j link show dev "$PF" | jq -c '.[0].vfinfo_list')
	add_db1
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan 200 mac "$DB2_MAC"
	cmd_ok rmmod vsw
	check_eq VFs "$(ip -j link show dev "$PF" |
			jq -c '.[0].vfinfo_list')" "$before"
}

# igb can neither force the link of a VF nor guarantee a rate, and has 1 Gbit/s.
driver_refuses()
{
	local rate

	add_uplink_switch
	touch_vf 0
	remember
	cmd_fail 'cannot set the link state of a VF' vswctl port add vsw0 db1 \
		vf "$PF/0" vlan 100 mac "$DB1_MAC" pcp 3 link-state enable
	cmd_fail 'cannot give the frames of a VF that tag' vswctl port add vsw0 \
		db1 vf "$PF/0" vlan 100 mac "$DB1_MAC" vlan-proto 8021ad
	for rate in "min-tx-rate 10" "max-tx-rate 10gbit"; do
		# shellcheck disable=SC2086
		cmd_fail 'rate .*VF 0.* 22' vswctl port add vsw0 db1 \
			vf "$PF/0" vlan 100 mac "$DB1_MAC" pcp 3 $rate
	done
	unchanged

	add_db1 max-tx-rate 200
	remember
	cmd_fail 'cannot set the link state of a VF' vswctl port set db1 vlan 300 \
		mac "$DB2_MAC" spoofchk off trust on max-tx-rate 300 \
		link-state disable
	cmd_fail 'rate .*VF 0' vswctl port set db1 vlan 300 \
		mac "$DB2_MAC" spoofchk off trust on min-tx-rate 10
	unchanged
	vf_is_as_wanted 0
}

rejects()
{
	add_uplink_switch
	add_db1
	remember
	cmd_fail "VF 0 of $PF belongs to port db1" \
		vswctl port add vsw0 db2 vf "$PF/0" vlan 200 mac "$DB2_MAC"
	cmd_fail "VF 7 is out of range: $PF has VFs 0 to 3" \
		vswctl port add vsw0 db2 vf "$PF/7" vlan 200 mac "$DB2_MAC"
	cmd_fail 'Port db1 exists already' \
		vswctl port add vsw0 db1 vf "$PF/1" vlan 200 mac "$DB2_MAC"
	cmd_fail "$DB1_MAC is another's in VLAN 100" \
		vswctl port add vsw0 db2 vf "$PF/1" vlan 100 mac "$DB1_MAC"
	cmd_fail 'multicast MAC address' \
		vswctl port add vsw0 db2 vf "$PF/1" vlan 100 \
		mac 01:00:5e:00:00:01
	cmd_fail 'needs a MAC address' vswctl port set db1 mac none
	cmd_fail 'give the port a PVID' vswctl port set db1 vlan none
	cmd_fail 'access port of one VLAN' vswctl vlan add db1 vid 200
	cmd_fail 'give the port a PVID' vswctl vlan del db1 vid 100
	cmd_fail "$WIRE is no uplink of vsw0: vswctl uplink add" \
		vswctl port add vsw0 db2 vf "$WIRE/0" vlan 100
	unchanged

	cmd_ok vswctl switch add vsw1 default-pvid none
	defer vswctl switch del vsw1
	cmd_ok vswctl uplink add vsw1 "$WIRE" trunk 100
	add_host web1
	cmd_ok vswctl uplink add vsw0 web1
	remember
	cmd_fail "$WIRE has no VFs: vswctl uplink set $WIRE vfs N" \
		vswctl port add vsw1 db2 vf "$WIRE/0" vlan 100
	cmd_fail "$PF is no uplink of vsw1" \
		vswctl port add vsw1 db2 vf "$PF/1" vlan 100
	cmd_fail 'web1 is no SR-IOV PF' \
		vswctl port add vsw0 db2 vf web1/0 vlan 100 mac "$DB2_MAC"
	unchanged
}

# An access port must have a VLAN: without a default there is none.
needs_vlan()
{
	use_vfs
	add_switch vsw0 default-pvid none
	cmd_ok vswctl uplink add vsw0 "$PF" trunk 100
	remember
	cmd_fail 'give the port a PVID' vswctl port add vsw0 db1 vf "$PF/0"
	cmd_fail 'does not carry VLAN 200: add it' \
		vswctl port add vsw0 db1 vf "$PF/0" vlan 200
	unchanged
	add_db1
	cmd_fail 'does not carry VLAN 200: add it' vswctl port set db1 vlan 200
	cmd_ok vswctl vlan add "$PF" vid 200
	cmd_ok vswctl port set db1 vlan 200
	vf_is 0 '.vlan_list[0].vlan' 200
}

# What a path cannot do is refused, not ignored.
foreign_attributes()
{
	local soft vf

	add_uplink_switch
	add_db1
	add_host web1
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100
	remember
	for soft in "isolated on" "learning off" "unicast-flood off" \
		    "multicast-flood on" "broadcast-flood off" "hairpin on" \
		    "frames all" "ingress-filtering on" "fdb-max 3"; do
		# shellcheck disable=SC2086
		cmd_fail 'cannot enforce that for a VF' \
			vswctl port set db1 $soft
		# shellcheck disable=SC2086
		cmd_fail 'cannot enforce that for a VF' \
			vswctl port add vsw0 db2 vf "$PF/1" vlan 100 $soft
	done
	cmd_fail 'cannot enforce that for a VF' \
		vswctl port add vsw0 db2 vf "$PF/1" trunk 100,200
	for vf in "spoofchk on" "trust off" "link-state auto" \
		  "min-tx-rate 1" "max-tx-rate none"; do
		# shellcheck disable=SC2086
		cmd_fail 'Only a VF port has that' vswctl port set web1 $vf
		# shellcheck disable=SC2086
		cmd_fail 'Only a VF port has that' vswctl uplink set "$PF" $vf
	done
	unchanged
}

# The uplink goes on to carry what its VFs need, and to exist.
uplink_is_needed()
{
	add_uplink_switch
	add_db1
	remember
	cmd_fail 'VF port db1 uses VLAN 100' vswctl vlan del "$PF" vid 50-150
	cmd_fail 'VF port db1 uses VLAN 100' \
		vswctl vlan add "$PF" vid 100 untagged
	cmd_fail 'VF port db1 uses VLAN 100' vswctl uplink set "$PF" vlan 300
	cmd_fail 'VF port db1 uses this uplink' vswctl uplink del "$PF"
	cmd_fail 'VF port db1 uses this uplink' vswctl port del "$PF"
	# By rtnetlink too
	cmd_fail . ip link set "$PF" nomaster
	unchanged
	cmd_ok vswctl vlan del "$PF" vid 101-4094
	cmd_ok vswctl port del db1
	cmd_ok vswctl uplink del "$PF"
}

shows_drift()
{
	add_uplink_switch
	add_db1 pcp 3 on-drift observe
	vf_is_as_wanted 0
	cmd_ok ip link set "$PF" vf 0 vlan 7
	check_eq drift "$(vf_field 0 drift)" true
	check_eq VLAN "$(vf_field 0 vlan)" 7
	check_eq "wanted VLAN" "$(vf_field 0 wanted-vlan)" 100
	vswctl vf show | grep -q 'drift: vlan pcp$' || fail "no drift in text"
	cmd_ok ip link set "$PF" vf 0 vlan 100 qos 3
	vf_is_as_wanted 0
	cmd_ok ip link set "$PF" vf 0 mac "$DB2_MAC"
	check_eq drift "$(vf_field 0 drift)" true
	vswctl vf show | grep -q 'drift: mac$' || fail "no drift in text"
	# A rate is nothing that this port asks for.
	cmd_ok ip link set "$PF" vf 0 max_tx_rate 50
	vswctl vf show | grep -q 'drift: mac$' || fail "drift of the rate"
	check_eq "wanted rate" "$(vf_field 0 wanted-max-tx-rate)" 50

	# Nobody wants anything of the others.
	check_eq owner "$(vf_field 1 port)" null
	check_eq drift "$(vf_field 1 drift)" null
	check_eq "wanted MAC" "$(vf_field 1 wanted-mac)" null
	cmd_ok ip link set "$PF" vf 1 vlan 7
	check_eq VLAN "$(vf_field 1 vlan)" 7
	check_eq drift "$(vf_field 1 drift)" null
	check_eq "VFs" "$(vswctl -j vf show "$PF" | jq length)" "$VF_COUNT"
}

# A port whose VF is gone can be released, see keeper.sh for the rest.
vfs_vanish()
{
	add_uplink_switch
	add_db1
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan 200 mac "$DB2_MAC"
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	check_eq VFs "$(vswctl -j vf show "$PF" | jq -c 'map(.present)')" \
		'[false,false]'
	port_is db1 vf 0
	cmd_ok vswctl port del db1
	check_eq VFs "$(vswctl -j vf show "$PF" | jq -c 'map(.vf)')" '[1]'
	cmd_ok vswctl port del db2
	cmd_ok vswctl uplink del "$PF"
}

# The driver of the PF goes, with VF ports and a machine on a VF.
pf_unbind()
{
	local pci

	add_uplink_switch
	add_db1
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan 200 mac "$DB2_MAC"
	add_host web1 192.0.2.2/24
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100
	add_vf_host db1 0 192.0.2.1/24
	reachable db1 192.0.2.2

	pci=$(pci_of "$PF")
	defer eval "echo $pci >/sys/bus/pci/drivers/igb/bind"
	ip netns exec db1 ping -q -f -w 20 192.0.2.2 >/dev/null 2>&1 &
	defer kill $!
	echo "$pci" >/sys/bus/pci/drivers/igb/unbind
	check_eq ports "$(vswctl -j port show switch vsw0 |
			  jq -c '[.[] | select(has("awaits") | not).name]')" \
		'["vsw0","web1"]'
	check_eq "entries" "$(vswctl -j fdb show vid 200 | jq length)" 0
	check_eq "VFs" "$(vswctl -j vf | jq length)" 0
	cmd_ok rmmod vsw
}

pf_joins()
{
	[ "$(port_field db1 awaits)" = null ]
}

# Who moves the PF to another namespace takes the VFs along. Its ports wait, and
# get them back from whoever has them there.
pf_elsewhere()
{
	add_uplink_switch
	add_db1
	add_netns out
	cmd_ok ip link set "$PF" netns out
	remember
	cmd_fail 'no such net device' vswctl port add vsw0 db2 vf "$PF/1" \
		vlan 100
	cmd_fail 'no such net device' vswctl uplink add vsw0 "$PF" name up
	cmd_fail 'waits for' vswctl port set db1 vlan 200
	cmd_fail 'waits for' vswctl uplink set "$PF" vfs 2
	unchanged
	cmd_ok vswctl -n out switch add vsw1
	cmd_ok vswctl -n out uplink add vsw1 "$PF"
	cmd_ok vswctl -n out port add vsw1 db3 vf "$PF/0" vlan 300 mac "$DB2_MAC"
	unchanged
	cmd_ok ip netns del out
	wait_for 8 pf_joins
	vf_is 0 '.vlan_list[0].vlan' 100
	vf_is 0 .address "$DB1_MAC"
	cmd_ok ip link set "$PF" up
	wait_for 10 has_carrier "$PF"
}

#
# Traffic
#

# Both machines on VFs, and one on a soft port of each VLAN
add_machines()
{
	add_uplink_switch
	add_db1
	add_host web1 192.0.2.11/24
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100
	add_host web2 192.0.2.12/24
	cmd_ok vswctl port add vsw0 web2 dev web2 vlan 200
	add_vf_host db1 0 192.0.2.1/24
}

add_db2()
{
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan 100 mac "$DB2_MAC"
	defer vswctl port del db2
	add_vf_host db2 1 192.0.2.2/24
}

vf_and_soft_port()
{
	add_machines
	check_eq "address of the VF" "$(mac_of db1)" "$DB1_MAC"
	reachable db1 192.0.2.11
	reachable web1 192.0.2.1
	# Every one of them, and not by flooding
	cmd_ok ip netns exec db1 ping -q -i 0.05 -c 40 -W 2 192.0.2.11
	unreachable db1 192.0.2.12
	unreachable web2 192.0.2.1

	# The other way round when the port moves to the other VLAN
	cmd_ok vswctl port set db1 vlan 200
	ip -n db1 neigh flush dev eth0
	ip -n web2 neigh flush dev eth0
	reachable db1 192.0.2.12
	unreachable db1 192.0.2.11
}

vf_and_vf()
{
	add_machines
	add_db2
	reachable db1 192.0.2.2
	reachable db2 192.0.2.1
	reachable db2 192.0.2.11
	cmd_ok vswctl port set db2 vlan 200
	ip -n db2 neigh flush dev eth0
	unreachable db1 192.0.2.2
	unreachable db2 192.0.2.11
	reachable db2 192.0.2.12
}

vf_and_host()
{
	add_machines
	cmd_ok ip link add vsw0.100 link vsw0 type vlan id 100
	defer ip link del vsw0.100
	cmd_ok ip addr add 192.0.2.100/24 dev vsw0.100
	cmd_ok ip link set vsw0.100 up
	reachable db1 192.0.2.100
	cmd_ok ping -q -c 3 -i 0.1 -W 2 192.0.2.1

	# And without tag, in the default VLAN
	cmd_ok ip addr add 198.51.100.100/24 dev vsw0
	cmd_ok vswctl port set db1 vlan 1
	cmd_ok ip -n db1 addr add 198.51.100.1/24 dev eth0
	reachable db1 198.51.100.100
	cmd_ok ping -q -c 3 -i 0.1 -W 2 198.51.100.1
	unreachable db1 192.0.2.100
}

wire()
{
	add_machines
	add_wire_host out
	add_wire_vlan out 100 192.0.2.50/24
	reachable out 192.0.2.11
	reachable web1 192.0.2.50
	reachable db1 192.0.2.50
	reachable out 192.0.2.1
	unreachable out 192.0.2.12
	unreachable web2 192.0.2.50
	check_eq "port of the machine out there" \
		"$(vswctl -j fdb get "$(mac_of out "v100")" switch vsw0 \
			vid 100 | jq -r '.[0].port')" "$PF"
}

# watch_frames NAMESPACE DEVICE SOURCE: count frames of that source
watch_frames()
{
	local file

	file=$(mktemp)
	defer rm -f "$file"
	ip netns exec "$1" tcpdump -lnei "$2" "ether src $3 and ip" \
		>"$file" 2>"$file.err" &
	defer kill $!
	defer rm -f "$file.err"
	wait_for 10 grep -q 'listening on' "$file.err"
	WATCHES+=("$1:$file")
}

saw_frames()
{
	[ "$(wc -l <"$1")" -ge "$2" ]
}

# all_saw COUNT: each that much, and not more. A ping that comes back is behind
# whatever was on its way.
all_saw()
{
	local watch

	for watch in "${WATCHES[@]}"; do
		wait_for 5 saw_frames "${watch#*:}" "$1"
	done
	reachable db1 192.0.2.11
	reachable web1 192.0.2.50
	for watch in "${WATCHES[@]}"; do
		check_eq "frames at ${watch%%:*}" \
			"$(wc -l <"${watch#*:}")" "$1"
	done
}

no_duplicates()
{
	local source

	add_machines
	add_db2
	add_wire_host out
	add_wire_vlan out 100 192.0.2.50/24
	reachable db1 192.0.2.11
	reachable web1 192.0.2.50

	# pktgen sends as somebody else, whom nobody pings
	WATCHES=()
	source=02:00:00:00:00:01
	cmd_ok vswctl port set db1 spoofchk off
	watch_frames web1 eth0 "$source"
	watch_frames db2 eth0 "$source"
	watch_frames out v100 "$source"
	send_frames db1 eth0 20 "dst_mac ff:ff:ff:ff:ff:ff" "src_mac $source"
	all_saw 20

	WATCHES=()
	source=02:00:00:00:00:02
	watch_frames db1 eth0 "$source"
	watch_frames db2 eth0 "$source"
	watch_frames out v100 "$source"
	send_frames web1 eth0 20 "dst_mac ff:ff:ff:ff:ff:ff" "src_mac $source"
	all_saw 20

	WATCHES=()
	source=02:00:00:00:00:03
	watch_frames web1 eth0 "$source"
	watch_frames db1 eth0 "$source"
	watch_frames db2 eth0 "$source"
	send_frames out "$WIRE" 20 "dst_mac ff:ff:ff:ff:ff:ff" \
		"src_mac $source" "vlan_id 100"
	all_saw 20
}

# What a VF sends comes in through the PF, and is the VF port's all the same.
attribution()
{
	add_machines
	reachable db1 192.0.2.11
	check_eq "port of $DB1_MAC" "$(vswctl -j fdb get "$DB1_MAC" \
		switch vsw0 vid 100 | jq -r '.[0] | .port + " " + .type')" \
		"db1 local"
	check_eq "entries of the uplink" \
		"$(vswctl -j fdb show port "$PF" | jq length)" 0
	check_eq "frames that the uplink dropped as stolen" \
		"$(drops "$PF" rx source-owned)" 0
}

dropped_at_least()
{
	[ "$(drops "$PF" rx "$1")" -ge "$2" ]
}

# A VF that lies about its address takes nobody's place. (QEMU's igb takes
# spoofchk, but checks no frame: the switch has to.)
spoofed_source()
{
	local web1_mac dropped

	add_machines
	cmd_ok vswctl port set db1 spoofchk off
	reachable db1 192.0.2.11
	web1_mac=$(mac_of web1)
	# learned, then configured
	for _ in 1 2; do
		dropped=$(drops "$PF" rx reflected)
		send_frames db1 eth0 50 "dst_mac ff:ff:ff:ff:ff:ff" \
			"src_mac $web1_mac"
		wait_for 5 dropped_at_least reflected $((dropped + 50))
		check_eq "port of $web1_mac" "$(vswctl -j fdb get "$web1_mac" \
			switch vsw0 vid 100 | jq -r '.[0].port')" web1
		reachable db1 192.0.2.11
		cmd_ok vswctl port set web1 mac "$web1_mac"
	done

	# Nor does a soft port take that of a VF.
	dropped=$(drops web1 rx source-owned)
	send_frames web1 eth0 50 "dst_mac ff:ff:ff:ff:ff:ff" "src_mac $DB1_MAC"
	check_eq "stolen frames" "$(drops web1 rx source-owned)" \
		$((dropped + 50))
	check_eq "port of $DB1_MAC" "$(vswctl -j fdb get "$DB1_MAC" \
		switch vsw0 vid 100 | jq -r '.[0].port')" db1
}

trap remove_vfs EXIT
run_cases programs_all defaults del_restores switch_del_restores \
	unload_restores driver_refuses rejects needs_vlan foreign_attributes \
	uplink_is_needed shows_drift vfs_vanish pf_unbind pf_elsewhere \
	vf_and_soft_port vf_and_vf vf_and_host wire no_duplicates attribution \
	spoofed_source
