#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Record what Documentation/pictures shows, in a guest:
#
#	selftests/vm/boot.sh --kernel 6.12 --timeout 600 -- \
#		selftests/pictures.sh >LOG
#	sed -n 's/^.*PICTURE //p' LOG | base64 -d >Documentation/pictures/top.svg
#	sed -n 's/^.*METRICS //p' LOG | base64 -d >metrics.tar.xz
#	selftests/dashboard.py metrics.tar.xz Documentation/pictures/dashboard.svg
#
# No test: nothing here can fail but the recording.

: "${SECONDS_RECORDED:=120}"
# Not as tests say it, so that list.sh does not take it for one.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh" || exit
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/testpf_lib.sh"

HERE=$(dirname "$0")

# flow FROM TO INTERVAL SIZE: echo requests, until the recording ends
flow()
{
	ip netns exec "$1" ping -q -i "$3" -s "$4" "$2" >/dev/null &
	defer kill $!
}

machines()
{
	local name i=0

	load_testpf
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 testpf filter-max 16
	defer vswctl uplink del testpf
	for name in web1 web2 mail db2; do
		i=$((i + 1))
		add_host $name "192.0.2.$i/24"
		cmd_ok vswctl port add vsw0 $name dev $name vlan 100
	done
	cmd_ok vswctl port add vsw0 db1 vf testpf/0 vlan 100 on-drift observe
	cmd_ok ip -n mail link add v5 link eth0 type vlan id 5
	cmd_ok ip -n mail addr add 198.51.100.1/24 dev v5
	cmd_ok ip -n mail link set v5 up
	cmd_ok ip -n mail neigh add 198.51.100.2 lladdr 02:00:00:00:00:05 dev v5
	reachable web1 192.0.2.2
	reachable mail 192.0.2.4
}

# What changes while it is recorded, at second $1
event()
{
	case $1 in
	10)	flow web1 192.0.2.2 0.01 1400 ;;
	20)	flow mail 192.0.2.4 0.02 500 ;;
	40)	flow mail 198.51.100.2 0.05 56 ;;
	60)	ip link set testpf vf 0 vlan 7 ;;
	70)	flow web2 192.0.2.4 0.01 1000 ;;
	90)	ip link set testpf vf 0 vlan 100 ;;
	esac
}

addresses()
{
	local i

	for i in {1..8}; do
		vswctl fdb add "$(printf '02:00:00:00:%02x:%02x' "$1" "$i")" \
			port web2 dynamic
	done
}

record()
{
	local dir=/tmp/recorded now start=$SECONDS i

	machines
	mkdir $dir
	for ((i = 0; SECONDS - start < SECONDS_RECORDED; i++)); do
		vswctl metrics >"$dir/$(date +%s.%N)" || fail "metrics"
		now=$((SECONDS - start))
		while [ "${last:=0}" -lt "$now" ]; do
			last=$((last + 1))
			event $last
			[ $((last % 10)) -ne 5 ] || addresses $last
		done
		sleep 1
	done
	/usr/bin/python3 "$HERE/screen.py" expect='frame-type' pause=5 \
		key=x pause=5 svg=/tmp/top.svg key=q exit=0 \
		-- "$VSW_CTL" top interval 2 || fail "top"
	log "PICTURE $(base64 -w0 /tmp/top.svg)"
	log "METRICS $(tar -C /tmp -cJ recorded | base64 -w0)"
}

run_cases record
