#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many times the same, and everything at once: nothing leaks, nothing breaks.
# Needs no igb, but uses it when there is one.
#
#	h1, h2, h3 ---- vsw0 ---- PF --- NIC --- VFs
#
# VSW_CYCLES	how often to load, and to add a port (default 1000): one object lost each
#		time is noticed, from 300 on all but the smallest (8 and 16 bytes)
# VSW_STORM	seconds of everything at once (default 30)

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/storm_lib.sh"

CYCLES=${VSW_CYCLES:-1000}
STORM=${VSW_STORM:-30}
# For what is done so often, one lost each time is more.
CYCLE_OBJECTS=$((CYCLES * 9 / 10))

# Who loses an object each time is noticed.
lost_objects()
{
	local LEAK_OBJECTS=$CYCLE_OBJECTS

	[ -z "${VSW_DEBUG-}" ] || skip "kmemleak knows better"
	ulimit -n $((CYCLES + 100))
	start_leak_check
	python3 -c "import os, time
fds = [os.eventfd(0) for _ in range($CYCLES)]
time.sleep(1000)" &
	defer kill $!
	busywait 30 grown_at_all || fail "$CYCLES lost objects are not noticed"
	log "noticed: $(grown "$LEAK_OBJECTS")"
}

grown_at_all()
{
	[ -n "$(grown "$LEAK_OBJECTS")" ]
}

# load COUNT: every tenth time it is unloaded with a switch and a port
load()
{
	local n

	for ((n = 0; n < $1; n++)); do
		insmod "$MODULE" || fail "insmod number $n"
		if [ $((n % 10)) -eq 0 ]; then
			cmd_ok vswctl switch add vsw0
			cmd_ok vswctl port add vsw0 h1 dev h1
			cmd_ok ip link set vsw0 up
			[ -z "${PF-}" ] || {
				cmd_ok vswctl uplink add vsw0 "$PF"
				cmd_ok vswctl port add vsw0 db1 vf "$PF/0"
			}
		fi
		rmmod vsw || fail "rmmod number $n"
	done
}

load_unload()
{
	local start LEAK_OBJECTS=$CYCLE_OBJECTS

	use_vfs_if_any
	add_host h1
	MODULE=$(mktemp -p /dev/shm)
	defer rm -f "$MODULE"
	# What is for debuggers takes as long to load as all the rest.
	strip -g -o "$MODULE" "$VSW_KO" || cp "$VSW_KO" "$MODULE"
	# Grace periods are most of the time that it takes.
	echo 1 >/sys/kernel/rcu_expedited
	defer eval 'echo 0 >/sys/kernel/rcu_expedited'

	load 20
	start_leak_check
	start=$SECONDS
	load "$CYCLES"
	log "$CYCLES times in $((SECONDS - start)) s"
	end_leak_check
	grep -q '^vsw ' /proc/modules && fail "still loaded"
	return 0
}

# cycle_ports COUNT: a soft port and a VF port come and go
cycle_ports()
{
	local n

	for ((n = 0; n < $1; n++)); do
		echo port add vsw0 h3 dev h3 vlan 100
		echo port del h3
		[ -z "$PF" ] || [ $((n % 4)) -ne 0 ] || {
			echo port add vsw0 db1 vf "$PF/0" vlan 100
			echo port del db1
		}
	done | cmd_ok vswctl -b -
}

ports_under_traffic()
{
	local n start sent LEAK_OBJECTS=$CYCLE_OBJECTS

	use_vfs_if_any
	add_switch vsw0
	for n in 1 2 3; do
		add_host "h$n" "192.0.2.$n/24"
	done
	cmd_ok vswctl port add vsw0 h1 dev h1 vlan 100
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 100
	[ -z "$PF" ] || cmd_ok vswctl uplink add vsw0 "$PF"
	reachable h1 192.0.2.2
	flood h1 192.0.2.2
	flood h2 192.0.2.3
	flood h3 192.0.2.1

	cycle_ports 50
	start_leak_check
	sent=$(vswctl -j stats show h1 | jq '.[0]["rx-packets"]')
	start=$SECONDS
	cycle_ports "$CYCLES"
	log "$CYCLES times in $((SECONDS - start)) s, and h1 sent" \
		"$(($(vswctl -j stats show h1 | jq '.[0]["rx-packets"]') -
		    sent)) frames"
	end_leak_check
	check_eq "ports" "$(vswctl -j switch show vsw0 | jq '.[0].ports')" \
		"$([ -z "$PF" ] && echo 2 || echo 3)"
	reachable h1 192.0.2.2
	unreachable h1 192.0.2.3
}

# blow SECONDS: everything at once
blow()
{
	local n

	begin_storm h1 h2
	for n in 3 4; do
		again - send_frames "h$n" eth0 2000 "dst_mac ff:ff:ff:ff:ff:ff" \
			"src_mac 02:00:00:00:cc:00" "src_mac_count 200"
	done
	# Enough entries for dumps of more than one message
	again send_frames h2 eth0 2000 "dst_mac ff:ff:ff:ff:ff:ff" \
		"src_mac 02:00:00:00:dd:00" "src_mac_count 2000"
	again storm_ports
	again storm_vlans
	again storm_fdb
	again storm_dumps
	again storm_netns
	again storm_switch_in_netns
	again storm_switches
	again storm_links
	[ -z "$PF" ] || {
		again - storm_vf_ports
		again - storm_vf_count
	}
	sleep "$1"
	end_storm
}

storm()
{
	local n

	use_vfs_if_any
	add_switch vsw0
	for n in 1 2 3 4; do
		add_host "h$n" "192.0.2.$n/24"
	done
	add_host up1 192.0.2.5/24
	UPLINK=${PF:-up1}
	cmd_ok vswctl port add vsw0 h1 dev h1 vlan 100
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 100
	cmd_ok vswctl uplink add vsw0 "$UPLINK"

	flood h1 192.0.2.2
	flood h2 192.0.2.3
	# The first one fills caches.
	blow 5
	start_leak_check
	blow "$STORM"

	vswctl -f -b - >/dev/null 2>&1 <<-END
	port del h3
	port del db1
	port del db2
	port set h1 vlan 100
	vlan add $UPLINK vid 1-4094
	END
	reachable h1 192.0.2.2
	ip netns del storm 2>/dev/null
	ip netns del storm2 2>/dev/null
	cmd_ok rmmod vsw
	check_eq promiscuity "$(ip -d -j link show dev "$UPLINK" |
		jq '.[0].promiscuity')" 0
	check_eq filter "$(nic_macs "$UPLINK")" ""
	end_leak_check
}

trap remove_vfs EXIT
run_cases wrong_dumps lost_objects load_unload ports_under_traffic storm
