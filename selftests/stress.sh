#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many times the same, and everything at once: nothing leaks, nothing breaks.
# Needs no igb, but uses it when there is one.
#
#	h1, h2, h3 ---- vsw0 ---- PF --- NIC --- VFs
#
# VSW_CYCLES	how often to load, and to add a port (default 1000)
# VSW_STORM	seconds of everything at once (default 30)

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

CYCLES=${VSW_CYCLES:-1000}
STORM=${VSW_STORM:-30}
# More than this of one size is no noise, and one lost a load is more; see grown.
LEAK_OBJECTS=450
LEAK_PAGES=512

# objects: for each size of kernel memory, how many objects are in use and how
# many are in a slab. Without shrinking, every free object of a CPU's slab would
# count as used.
objects()
{
	local cache

	for cache in /sys/kernel/slab/kmalloc-* /sys/kernel/slab/radix_tree_node
	do
		echo 1 >"$cache/shrink"
	done 2>/dev/null
	awk '/^(kmalloc-[0-9]|kmalloc-cg|radix_tree_node)/ { print $1, $2, $5 }' \
		/proc/slabinfo
}

# other_memory: pages that are in no slab and that a module could lose
other_memory()
{
	awk '/^(Percpu|VmallocUsed|KernelStack):/ { sum += $2 }
	     END { print int(sum / 4) }' /proc/meminfo
}

start_leak_check()
{
	OBJECTS=$(objects)
	PAGES=$(other_memory)
}

# grown LIMIT: sizes of which there are more than LIMIT new objects. A limit is
# at least two slabs, because all objects of the slab of a CPU count as used.
grown()
{
	awk -v limit="$1" '
		NR == FNR { before[$1] = $2; next }
		{ most = limit && 2 * $3 > limit ? 2 * $3 : limit }
		$2 - before[$1] > most { print $1 " +" $2 - before[$1] }' \
		<(echo "$OBJECTS") <(objects)
}

no_leak()
{
	[ -z "$(grown "$LEAK_OBJECTS")" ] &&
		[ $(($(other_memory) - PAGES)) -lt "$LEAK_PAGES" ]
}

# end_leak_check: what is freed late has some time for it
end_leak_check()
{
	local most

	busywait 15 no_leak ||
		fail "leak: $(grown "$LEAK_OBJECTS" | tr '\n' ' ')and" \
			"$(($(other_memory) - PAGES)) pages"
	most=$(grown 0 | sort -t+ -rnk2 | head -n 3 | paste -sd,)
	log "growth: $(($(other_memory) - PAGES)) pages, objects: ${most:-none}"
	dmesg | grep -q 'unregister_netdevice: waiting' &&
		fail "somebody holds a device"
	return 0
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

use_vfs_if_any()
{
	PF=
	[ -d /sys/bus/pci/drivers/igb ] && two_igbs && use_vfs
}

load_unload()
{
	local start

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

# flood NAMESPACE ADDRESS: for ever
flood()
{
	ip netns exec "$1" ping -q -f "$2" >/dev/null 2>&1 &
	defer kill $!
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
	local n start sent

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

# again COMMAND...: until the storm is over, whatever becomes of it
again()
{
	while [ -e "$BLOWING" ]; do
		"$@" >/dev/null 2>&1
	done &
	LOOPS+=($!)
}

storm_ports()
{
	vswctl -f -b - <<-END
	port add vsw0 h3 dev h3 vlan 100
	port set h3 vlan 200 mac 02:00:00:00:aa:03
	port set h3 isolated on unicast-flood off
	port del h3
	port add vsw0 h3 dev h3 trunk 1-4094
	END
	ip link set h3 nomaster
}

storm_vf_ports()
{
	vswctl -f -b - <<-END
	port add vsw0 db1 vf $PF/0 vlan 100 mac 02:00:00:00:aa:01
	port add vsw0 db2 vf $PF/1 vlan 200
	port set db1 vlan 200 pcp 3 trust on
	vf show
	port del db1
	port del db2
	END
}

storm_vlans()
{
	vswctl -f -b - <<-END
	vlan add h1 vid 200-300
	vlan add $UPLINK vid 300 untagged
	vlan del h1 vid 250-400
	vlan del $UPLINK vid 300-350
	vlan add $UPLINK vid 300-350
	vlan del h1 vid 200-300
	END
}

storm_fdb()
{
	vswctl -f -b - <<-END
	fdb add 02:00:00:00:bb:01 port h1 vid 100 static
	fdb add 02:00:00:00:bb:02 port h2 vid 100 sticky
	fdb add 02:00:00:00:bb:01 port h2 vid 100
	fdb flush switch vsw0
	fdb flush switch vsw0 type static
	END
}

storm_dumps()
{
	vswctl -f -j -b - <<-END
	switch
	port
	vlan
	fdb
	vf
	stats
	END
	bridge -j fdb show br vsw0
	bridge -j vlan show
	ip -d -j link
}

storm_netns()
{
	ip netns add storm
	ip link add storm type veth peer name eth0 netns storm
	ip link set storm up
	ip -n storm link set eth0 up
	vswctl port add vsw0 storm dev storm vlan 100
	ip netns del storm
	ip link del storm
}

# A switch that goes with its namespace
storm_switch_in_netns()
{
	ip netns add storm2
	"$VSW_CTL" -n storm2 switch add vsw9
	ip -n storm2 link add p0 type veth peer name p1
	"$VSW_CTL" -n storm2 port add vsw9 p0 dev p0
	ip -n storm2 link set vsw9 up
	ip -n storm2 link set p0 up
	ip -n storm2 link set p1 up
	ip netns del storm2
}

storm_switches()
{
	vswctl switch add vsw1 ageing 10
	ip link set h4 master vsw1
	ip link set vsw1 up
	vswctl switch set vsw1 ageing 20
	ip link set vsw0 promisc on
	ip link set vsw0 promisc off
	vswctl switch del vsw1
}

storm_vf_count()
{
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	echo "$VF_COUNT" >"/sys/class/net/$PF/device/sriov_numvfs"
}

storm_links()
{
	local dev

	for dev in h1 h2 "$UPLINK" vsw0; do
		ip link set "$dev" down
		ip link set "$dev" up
	done
	ip link set h1 mtu 1400
	ip link set h1 mtu 1500
}

# blow SECONDS: everything at once
blow()
{
	local n

	BLOWING=$(mktemp -p /dev/shm)
	defer rm -f "$BLOWING"
	LOOPS=()
	for n in 3 4; do
		again send_frames "h$n" eth0 2000 "dst_mac ff:ff:ff:ff:ff:ff" \
			"src_mac 02:00:00:00:cc:00" "src_mac_count 200"
	done
	again storm_ports
	again storm_vlans
	again storm_fdb
	again storm_dumps
	again storm_netns
	again storm_switch_in_netns
	again storm_switches
	again storm_links
	[ -z "$PF" ] || {
		again storm_vf_ports
		again storm_vf_count
	}
	sleep "$1"
	rm -f "$BLOWING"
	wait "${LOOPS[@]}"
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
run_cases load_unload ports_under_traffic storm
