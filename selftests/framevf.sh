#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Frames, right and wrong, drawn at random, from VFs and to them: nothing is seen
# outside of its VLAN. See framefuzz/vf.py.
#
#	v100 v100b v200 --- NIC --- PF ---.        .-- a100	VLAN 100
#	                     |            +-- vsw0 -+-- b200	VLAN 200
#	    peer ---------- wire                   '-- tT	trunk of both
#
# VSW_SEED=N and VSW_ROUNDS=N make it another run, or a long one.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

VF_COUNT=3
PLACES=()

# add_vf NAME N VID: without spoofchk, because a frame tells its number by its source.
# (QEMU's igb does not check sources anyway.)
add_vf()
{
	local name=$1

	cmd_ok vswctl port add vsw0 "$name" vf "$PF/$2" vlan "$3" \
		mac "02:00:00:00:00:0$(($2 + 1))" spoofchk off
	defer vswctl port del "$name"
	add_vf_host "$name" "$2"
	# It takes what the NIC gives it.
	cmd_ok ip -n "$name" link set eth0 promisc on
	PLACES+=("$name=eth0@$name:vf:${3}u")
}

# add_soft NAME VLANS KEY VALUE...
add_soft()
{
	add_host "$1"
	cmd_ok vswctl port add vsw0 "$1" dev "$1" "${@:3}"
	PLACES+=("$1=eth0@$1:soft:$2")
}

setup()
{
	use_vfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	defer vswctl uplink del "$PF"
	add_soft a100 100u vlan 100
	add_soft b200 200u vlan 200
	add_soft tT 100,200 trunk 100,200
	use_peer
	add_netns peer
	cmd_ok ip link set "$PEER" netns peer
	cmd_ok ip -n peer link set "$PEER" promisc on
	start_machine peer "$PEER"
	PLACES+=("peer=$PEER@peer:wire:100,200")
	add_vf v100 0 100
	add_vf v100b 1 100
	add_vf v200 2 200
}

# fuzz SEED ROUNDS
fuzz()
{
	python3 -B "$VSW_TOP/selftests/framefuzz/vf.py" "$@" "${PLACES[@]}"
}

at_random()
{
	local out status line

	setup
	out=$(fuzz "${VSW_SEED:-1}" "${VSW_ROUNDS:-100}")
	status=$?
	while IFS= read -r line; do
		log "$line"
	done <<<"$out"
	[ $status -eq 0 ] || fail "vf.py ${VSW_SEED:-1}"
}

# A VF that is in another VLAN than its port
hop_is_noticed()
{
	local out

	setup
	cmd_ok vswctl port set v200 on-drift observe
	cmd_ok ip link set "$PF" vf 2 vlan 100
	if out=$(fuzz 1 30); then
		fail "it is not"
	fi
	grep -q "^a100 got what is in VLAN 200: .* of v200" <<<"$out" ||
		fail "what fails is another thing: $out"
}

trap remove_vfs EXIT
run_cases at_random hop_is_noticed
