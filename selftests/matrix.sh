#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everybody sends to everybody: what is reachable is what policy says, no frame
# comes twice, and none is learned where it does not live. A case for each kind of
# sender; its table is explained in matrix.py, which knows what policy says.
#
#	v100 v100b v200 v1 --- NIC --- PF ---.	       .-- t100 t100b	taps, VLAN 100
#	                        |            |         |-- t200		VLAN 200
#	    PEER (peer) ------ wire          +-- vsw0 -+-- tT		trunk of both
#	                        |            |         |-- t1		VLAN 1
#	     w100 w200 w1 ---- NIC --- WIRE -'         '-- host		h100, h200:
#	                                                   its VLAN devices

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"

HOST_MAC=f0
PEER_MAC=f1
GROUP=01:00:5e:00:00:05
# Of the other PF
OTHER_VF_COUNT=3

matrix()
{
	python3 "$VSW_TOP/selftests/matrix.py" "$@"
}

# endpoint NAME KIND END STATION MAC NIC FLOOD VLANS: one more, for matrix.py
endpoint()
{
	echo "$*" >>"$ENDPOINTS"
}

# add_tap NAME MAC FLOOD VLANS [KEY VALUE...]: of its port
add_tap()
{
	local name=$1

	add_port "$name" "${@:5}"
	endpoint "$name" tap "$name" "$name" "$2" - "$3" "$4"
}

# The address of the first is configured and the others are learned.
add_tap_endpoints()
{
	add_taps t100 t100b t200 tT t1
	add_tap t100 10 yes 100u vlan 100 mac "$(mac 10)"
	add_tap t100b 11 yes 100u vlan 100
	add_tap t200 12 yes 200u vlan 200
	add_tap tT 13 no 100,200 trunk 100,200 unicast-flood off
	add_tap t1 14 yes 1u
}

# add_vf NAME KIND N MAC VID: a machine on VF N of $PF, which is in that VLAN
add_vf()
{
	local name=$1 mac

	mac=$(mac "$4")
	cmd_ok vswctl port add vsw0 "$name" vf "$PF/$3" vlan "$5" mac "$mac"
	defer vswctl port del "$name"
	add_vf_host "$name" "$3"
	# The NIC gives a VF the groups that it has joined.
	cmd_ok ip -n "$name" maddr add "$GROUP" dev eth0
	open_devices "eth0@$name"
	endpoint "$name" "$2" "eth0@$name" "$name" "$4" "$PF" no "$5u"
}

add_vf_endpoints()
{
	add_vf v100 vf 0 20 100
	add_vf v100b vf 1 21 100
	add_vf v200 vf 2 22 200
	add_vf v1 vf 3 23 1
}

# on_other_pf COMMAND...
on_other_pf()
{
	local PF=$WIRE VF_COUNT=$OTHER_VF_COUNT

	"$@"
}

add_other_vf_endpoints()
{
	add_vf w100 other 0 30 100
	add_vf w200 other 1 31 200
	add_vf w1 other 2 32 1
}

add_host_endpoints()
{
	local vid

	cmd_ok ip link set vsw0 address "$(mac $HOST_MAC)"
	open_devices vsw0
	endpoint host host vsw0 host $HOST_MAC - no 1u,100,200
	for vid in 100 200; do
		cmd_ok ip link add "vsw0.$vid" link vsw0 type vlan id "$vid"
		defer ip link del "vsw0.$vid"
		cmd_ok ip link set "vsw0.$vid" up
		open_devices "vsw0.$vid"
		endpoint "h$vid" host "vsw0.$vid" host $HOST_MAC - no "${vid}u"
	done
}

# It sees all that is on the wire.
add_peer_endpoint()
{
	use_peer
	add_netns peer
	cmd_ok ip link set "$PEER" netns peer address "$(mac $PEER_MAC)"
	cmd_ok ip -n peer link set "$PEER" promisc on
	start_machine peer "$PEER"
	open_devices "$PEER@peer"
	endpoint peer wire "$PEER@peer" peer $PEER_MAC - yes 1u,100,200
}

# Two on one wire have to be a team.
add_uplinks()
{
	local uplink

	UPLINKS=("$PF" "$WIRE")
	cmd_ok vswctl switch set vsw0 teaming active-backup
	for uplink in "${UPLINKS[@]}"; do
		add_uplink "$uplink"
		defer vswctl uplink del "$uplink"
	done
}

# setup yes|no: with VFs or without
setup()
{
	ENDPOINTS=$(mktemp)
	PLAN=$(mktemp)
	defer rm -f "$ENDPOINTS" "$PLAN" "$PLAN.arrived"
	use_pfs
	if [ "$1" = yes ]; then
		make_vfs
		on_other_pf make_vfs
	else
		set_vf_count 0
		on_other_pf set_vf_count 0
	fi
	add_switch vsw0
	add_uplinks
	add_tap_endpoints
	if [ "$1" = yes ]; then
		add_vf_endpoints
		on_other_pf add_other_vf_endpoints
	fi
	add_host_endpoints
	add_peer_endpoint
	everybody_is_known
}

macs_of_taps()
{
	awk '$2 == "tap" { print $5 }' "$ENDPOINTS"
}

# What is learned goes into the filters of NICs a while after.
everybody_is_known()
{
	local count tap uplink

	count=$(matrix hello "$ENDPOINTS" "$PLAN")
	frames play "$PLAN" "$count"
	for uplink in "${UPLINKS[@]}"; do
		for tap in $(macs_of_taps); do
			wait_for 5 nic_has "$uplink" "$(mac "$tap")"
		done
	done
}

# No address that lives here has been learned on the wire.
no_reflection_learned()
{
	local macs

	macs=$(awk '$2 != "wire" { print "02:00:00:00:00:" $5 }' "$ENDPOINTS")
	check_eq "local addresses on $1" "$(vswctl -j fdb show port "$1" |
		jq -r '.[].mac' | grep -Fx "$macs")" ""
}

# play KIND [promisc]: all that endpoints of that kind send arrives as it should
play()
{
	local count kind=$1 line status table uplink

	shift
	count=$(matrix plan "$ENDPOINTS" "$kind" "$PLAN" "$@")
	frames play "$PLAN" "$count"
	table=$(matrix judge "$ENDPOINTS" "$kind" "$PLAN" "$@")
	status=$?
	while IFS= read -r line; do
		log "$line"
	done <<<"$table"
	for uplink in "${UPLINKS[@]}"; do
		no_reflection_learned "$uplink"
	done
	[ "$status" -eq 0 ] || fail "not as policy says"
}

pfs_are_promisc()
{
	local uplink

	for uplink in "${UPLINKS[@]}"; do
		check_eq "$uplink is promiscuous" \
			"$(port_field "$uplink" promisc)" "$1"
	done
}

# sends KIND [yes|no]: while some addresses on taps are learned, and when all are
# configured; with one uplink in use, and with both; with VFs or without
sends()
{
	local port

	setup "${2-yes}"
	pfs_are_promisc true
	log "active-backup, some addresses are learned"
	play "$1" promisc
	for port in t100b:11 t200:12 t1:14; do
		cmd_ok vswctl port set "${port%:*}" mac "$(mac "${port#*:}")"
	done
	pfs_are_promisc false
	cmd_ok vswctl switch set vsw0 teaming port-hash
	log "port-hash, all addresses are configured"
	play "$1"
}

taps()
{
	sends tap
}

vfs()
{
	sends vf
}

other_vfs()
{
	sends other
}

host()
{
	sends host
}

wire()
{
	sends wire
}

# An emulated NIC without VFs does all that it should.
wire_without_vfs()
{
	sends wire no
}

trap remove_vfs EXIT
run_cases taps vfs other_vfs host wire wire_without_vfs
