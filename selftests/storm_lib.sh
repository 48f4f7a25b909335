# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What blows in a storm, and whether it has left anything behind; source it after
# the libraries of all tests and of SR-IOV. A storm is
#
#	begin_storm
#	again COMMAND		as often as wanted: each runs in a loop of its own, and
#				comes through at least once of five times
#	again - COMMAND		likewise, and need not, where all is against it
#	...			whatever is to happen meanwhile
#	end_storm
#
# What the commands of loops say is nobody's business: they get in each other's
# way. But they have to come through now and then. They expect a switch vsw0 with
# ports h1 and h2, machines h3 and h4, an uplink of the name $UPLINK and VFs of $PF,
# if that is not empty: what is not there is not changed.

# More than this of one size is no noise; see grown.
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

# Checkers have objects of their own for each, and kmemleak knows better.
no_leak()
{
	[ -z "${VSW_DEBUG-}" ] || return 0
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

use_vfs_if_any()
{
	PF=
	[ -d /sys/bus/pci/drivers/igb ] && two_igbs && use_vfs
}

# flood NAMESPACE ADDRESS: for ever. Who never waits, because each answer is there at once
# (ping -f), is the only one who runs on User-Mode Linux, with or without vsw: its clock
# goes on when somebody waits.
flood()
{
	ip netns exec "$1" ping -q -i 0.0001 "$2" >/dev/null 2>&1 &
	defer kill $!
}

# begin_storm [PORT...]: those are there all the time, and are in each dump
begin_storm()
{
	BLOWING=$(mktemp -p /dev/shm)
	DUMPS=$BLOWING.dumps
	COUNTS=$BLOWING.counts
	defer rm -f "$BLOWING" "$DUMPS" "$COUNTS"
	: >"$COUNTS"
	python3 -B "$VSW_TOP/selftests/dumps.py" "$BLOWING" "$VSW_CTL" "$@" >"$DUMPS" 2>&1 &
	LOOPS=($!)
}

end_storm()
{
	rm -f "$BLOWING"
	wait "${LOOPS[@]}"
	log "$(tail -n 1 "$DUMPS" | cut -c 3-)"
	log "came through: $(sort "$COUNTS" | paste -sd ';' | sed 's/;/; /g')"
	check_eq "what never came through" \
		"$(grep -v ^perhaps "$COUNTS" | grep -E ' 0 of ([5-9]|[0-9]{2,})$')" ""
	check_eq "what dumps say that cannot be" "$(sed '$d' "$DUMPS" | head)" ""
	grep -qE '^# [1-9][0-9]* dumps' "$DUMPS" || fail "no dump was whole"
}

# What dumps.py has to see, or it proves nothing
wrong_dumps()
{
	local kind dump says

	while IFS='|' read -r kind dump says; do
		if [ "$says" ]; then
			python3 -B "$VSW_TOP/selftests/dumps.py" check "$kind" h1 <<<"$dump" |
				grep -qF "$says" || fail "$dump: not '$says'"
		else
			cmd_ok python3 -B "$VSW_TOP/selftests/dumps.py" check "$kind" h1 <<<"$dump"
		fi
	done <<-'END'
	port|[{"name":"h1"},{"name":"h2"}]|
	port|[{"name":"h1"},{"name":"h1"}]|h1 is there 2 times
	port|[{"name":"h2"}]|h1 is not there
	port|[{"switch":3}]|without name
	stats|[{"port":"h2"}]|h1 is not there
	vlan|[{"port":"h1","first":1,"last":4},{"port":"h1","first":5}]|
	vlan|[{"port":"h1","first":1,"last":4},{"port":"h1","first":4}]|4-4 after 4
	vlan|[{"port":"h1","first":7,"last":6}]|7-6 after
	vlan|[{"port":"h1","first":1,"flags":["pvid"]},{"port":"h1","first":3,"flags":["pvid"]}]|2 PVIDs
	fdb|[{"switch":3,"vid":1,"mac":"a","port":"h1"},{"switch":3,"vid":2,"mac":"a","port":"h1"}]|
	fdb|[{"switch":3,"vid":1,"mac":"a","port":"h1"},{"switch":3,"vid":1,"mac":"a","port":"h2"}]|3 1 a is there 2 times
	fdb|[{"switch":3,"vid":0,"mac":"a","port":"h1"}]|no entry
	vf|[{"pf":1,"vf":0},{"pf":1,"vf":0}]|1 0 is there 2 times
	switch|[{"name":"vsw0"},{"name":"vsw0"}]|vsw0 is there 2 times
	switch|[{"name":|JSONDecodeError
	bridge vlan|[{"ifname":"h1","vlans":[{"vlan":1,"vlanEnd":4,"flags":["PVID"]},{"vlan":5}]}]|
	bridge vlan|[{"ifname":"h1","vlans":[{"vlan":1,"vlanEnd":4},{"vlan":4}]}]|4-4 after 4
	bridge fdb|[{"ifname":"vsw0","mac":"a","vlan":4094},{"ifname":"h1","mac":"a"}]|
	bridge fdb|[{"ifname":"vsw0","mac":"a"}]|no entry
	END
}

# again COMMAND...: until the storm is over, whatever becomes of it; even a failed
# check ends it only once
again()
{
	local times=0 good=0 may=''

	[ "$1" != - ] || { may='perhaps '; shift; }
	while [ -e "$BLOWING" ]; do
		("$@") >/dev/null 2>&1 && good=$((good + 1))
		times=$((times + 1))
	done && echo "$may$* $good of $times" >>"$COUNTS" &
	LOOPS+=($!)
}

storm_ports()
{
	local came

	vswctl -f -b - <<-END
	port add vsw0 h3 dev h3 vlan 100
	port set h3 vlan 200 mac 02:00:00:00:aa:03
	port set h3 isolated on unicast-flood off
	port del h3
	port add vsw0 h3 dev h3 trunk 1-4094
	END
	came=$?
	ip link set h3 nomaster
	return $came
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

storm_uplink()
{
	vswctl -f -b - <<-END
	uplink set $UPLINK unowned park
	port add vsw0 any1 vf $PF/any vlan 100
	port add vsw0 any2 vf $PF/any vlan 200 mac 02:00:00:00:aa:02
	vf devices
	uplink set $UPLINK isolated on
	port del any1
	uplink set $UPLINK unowned leave isolated off
	port del any2
	END
}

# Somebody else's hand on a VF
storm_hand()
{
	ip link set "$PF" vf "$1" vlan $((RANDOM % 4000 + 1))
	ip link set "$PF" vf "$1" trust on
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

# The others are looked at: see begin_storm.
storm_dumps()
{
	ip -d -j link
}

storm_netns()
{
	local there

	ip netns add storm
	ip link add storm type veth peer name eth0 netns storm
	ip link set storm up
	ip -n storm link set eth0 up
	vswctl port add vsw0 storm dev storm vlan 100
	there=$?
	ip netns del storm
	ip link del storm
	return $there
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
