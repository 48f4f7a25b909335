#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# More addresses than the filter of a NIC has room for. The NIC is the driver of
# selftests/module, which tells what it is asked to hold.
#
#	testpf (uplink) --- vsw0 --- web1, web2		VLAN 100
#	                      '--- the host

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/testpf_lib.sh"

MODULE=$(dirname "$VSW_KO")/../testpf/vsw-testpf.ko
SIZE=16
MANY=2000

# setup [KEY VALUE...]: of the uplink
setup()
{
	load_testpf
	echo $SIZE >$SYS/filter
	add_switch vsw0 ageing off
	cmd_ok vswctl uplink add vsw0 $PF filter-max $SIZE "$@"
	defer vswctl uplink del $PF
	add_host web1
	add_host web2
	# Nothing unknown is meant for them, so that the uplink need not be
	# promiscuous.
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100 unicast-flood off
	cmd_ok vswctl port add vsw0 web2 dev web2 vlan 100 unicast-flood off
	wait_for 5 filter_is 1 0
}

# What the driver says
driver()
{
	sed -n "s/^$1 //p" $SYS/filter
}

# mac N: the Nth of many
mac()
{
	printf '02:00:00:01:%02x:%02x' $(($1 >> 8)) $(($1 & 255))
}

# batch VERB FIRST LAST [WORD...]: for many addresses at once
batch()
{
	local verb=$1 n

	for ((n = $2; n <= $3; n++)); do
		echo "fdb $verb $(mac "$n") ${*:4}"
	done | vswctl -b - >/dev/null || fail "batch of $verb"
}

add_macs()
{
	batch add "$1" "$2" port "${3-web1}" vid 100 static
}

del_macs()
{
	batch del "$1" "$2" switch vsw0 vid 100
}

# filter_is USED OVER
filter_is()
{
	[ "$(port_field $PF nic-macs)" = "$1" ] &&
		[ "$(port_field $PF nic-macs-over)" = "$2" ] &&
		[ "$(driver now)" = "$1" ]
}

wait_for_filter()
{
	busywait 10 filter_is "$@" ||
		fail "filter has $(port_field $PF nic-macs), over are" \
			"$(port_field $PF nic-macs-over), instead of $*"
}

# What is in the filter beside the address of the host
held()
{
	nic_macs $PF | grep -v "$(ip -j link show vsw0 | jq -r '.[0].address')" |
		paste -sd ' '
}

# held_are FIRST LAST
held_are()
{
	local n

	check_eq "in the filter" "$(held)" "$(for ((n = $1; n <= $2; n++)); do
		mac "$n"
		echo
	done | paste -sd ' ')"
}

never_too_many()
{
	check_eq "at the most" "$(driver most)" $SIZE
	check_eq "times that it was too much" "$(driver exceeded)" 0
}

# The room is 16, the address of the host is the oldest.
too_many()
{
	setup
	add_macs 1 $MANY
	wait_for_filter $SIZE $((MANY + 1 - SIZE))
	held_are 1 15
	never_too_many
	check_eq promisc "$(port_field $PF promisc)" false
	vswctl uplink show | grep -qE "^testpf .* 16/16 +1985 " ||
		fail "text: $(vswctl uplink show)"
	vswctl uplink show $PF | grep -qE "^nic-macs-over +1985$" ||
		fail "text: $(vswctl uplink show $PF)"
	# Who is over and goes changes nothing.
	del_macs 20 29
	wait_for_filter $SIZE $((MANY - 9 - SIZE))
	held_are 1 15
	# The next ones follow, in their order.
	del_macs 1 15
	wait_for_filter $SIZE $((MANY - 24 - SIZE))
	check_eq "in the filter" "$(held)" "$({
		batch_macs 16 19
		batch_macs 30 40
	} | paste -sd ' ')"
	never_too_many
	cmd_ok vswctl fdb flush switch vsw0 type static
	wait_for_filter 1 0
}

batch_macs()
{
	local n

	for ((n = $1; n <= $2; n++)); do
		mac "$n"
		echo
	done
}

# Likewise when they are seen in frames
learned()
{
	setup
	send_frames web1 eth0 $MANY "dst_mac ff:ff:ff:ff:ff:ff" \
		"src_mac 02:00:00:01:00:01" "src_mac_count $MANY"
	wait_for_filter $SIZE $((MANY + 1 - SIZE))
	held_are 1 15
	never_too_many
	cmd_ok vswctl port del web1
	wait_for_filter 1 0
}

# An address leaves when nobody has it, be it in or over.
last_one()
{
	setup
	cmd_ok vswctl vlan add web1 vid 200
	cmd_ok vswctl vlan add web2 vid 200
	add_macs 1 17
	cmd_ok vswctl fdb add "$(mac 1)" port web2 vid 200 static
	cmd_ok vswctl fdb add "$(mac 17)" port web2 vid 200 static
	wait_for_filter $SIZE 2
	del_macs 1 1
	del_macs 17 17
	# Something that is seen to have happened after that
	del_macs 16 16
	wait_for_filter $SIZE 1
	held_are 1 15
	cmd_ok vswctl fdb del "$(mac 17)" switch vsw0 vid 200
	wait_for_filter $SIZE 0
	cmd_ok vswctl fdb del "$(mac 1)" switch vsw0 vid 200
	wait_for_filter 15 0
	held_are 2 15
}

TRACING=/sys/kernel/tracing

# trace EVENT...: from now on
trace()
{
	local event

	[ -d $TRACING/events/vsw ] || skip "needs tracepoints"
	for event; do
		echo 1 >"$TRACING/events/$event/enable" || skip "needs $event"
		defer eval "echo 0 >$TRACING/events/$event/enable"
	done
	echo >$TRACING/trace
}

# Each address is programmed once, and only some of them while RTNL is held.
bounded()
{
	local runs most adds dels

	setup
	echo 4096 >$SYS/filter
	cmd_ok vswctl uplink set $PF filter-max 0
	trace vsw/vsw_nic_filter workqueue/workqueue_execute_start
	send_frames web1 eth0 $MANY "dst_mac ff:ff:ff:ff:ff:ff" \
		"src_mac 02:00:00:01:00:01" "src_mac_count $MANY"
	wait_for_filter $((MANY + 1)) 0
	cmd_ok vswctl uplink set $PF filter-max $SIZE
	wait_for_filter $SIZE $((MANY + 1 - SIZE))
	cmd_ok vswctl port del web1
	wait_for_filter 1 0
	# Where calls are made to fail a work item is called otherwise, see faults/calls.h.
	read -r runs most adds dels < <(awk '
		/workqueue_execute_start:.*(vsw_nicsync_work|late[.0-9]* \[vsw\])/ { runs++; n = 0 }
		/ vsw_nic_filter:.* add / { adds++ }
		/ vsw_nic_filter:.* del / { dels++ }
		/ vsw_nic_filter:/ && ++n > most { most = n }
		END { print runs + 0, most + 0, adds + 0, dels + 0 }' $TRACING/trace)
	log "$runs runs, at the most $most changes of the filter in one"
	# Those that leave and those that come in then
	((most > 1 && most <= 128)) ||
		fail "$most changes of the filter at once"
	((adds >= MANY && adds <= 2 * MANY)) ||
		fail "$adds addresses programmed"
	check_eq "more taken out than put in" $((dels - adds)) 0
}

limit_changes()
{
	setup
	echo 4096 >$SYS/filter
	add_macs 1 $MANY
	wait_for_filter $SIZE 1985
	cmd_ok vswctl uplink set $PF filter-max 300
	wait_for_filter 300 1701
	held_are 1 299
	cmd_ok vswctl uplink set $PF filter-max 0
	wait_for_filter 2001 0
	check_eq filter-max "$(port_field $PF filter-max)" 0
	vswctl uplink show | grep -qE "^testpf .* 2001 +- " ||
		fail "text: $(vswctl uplink show)"
	# The youngest go.
	cmd_ok vswctl uplink set $PF filter-max 4
	wait_for_filter 4 1997
	held_are 1 3
	# With 2,001 it is exactly enough, with 2,000 one less.
	cmd_ok vswctl uplink set $PF filter-max 2001
	wait_for_filter 2001 0
	cmd_ok vswctl uplink set $PF filter-max 2000
	wait_for_filter 2000 1
	held_are 1 1999
}

promisc_is()
{
	[ "$(port_field $PF promisc)" = "$1" ] &&
		[ "$(ip -d -j link show $PF | jq '.[0].promiscuity')" = "$2" ]
}

promisc()
{
	setup filter-overflow promisc
	check_eq policy "$(port_field $PF filter-overflow)" promisc
	promisc_is false 0 || fail "promiscuous from the start"
	add_macs 1 15
	wait_for_filter $SIZE 0
	promisc_is false 0 || fail "promiscuous although all fit"
	add_macs 16 16
	wait_for 5 promisc_is true 1
	cmd_ok vswctl uplink set $PF filter-overflow report
	promisc_is false 0 || fail "promiscuous although not wanted"
	cmd_ok vswctl uplink set $PF filter-overflow promisc
	promisc_is true 1 || fail "not promiscuous"
	# Room for it is made, or it goes.
	cmd_ok vswctl uplink set $PF filter-max 17
	promisc_is false 0 || fail "promiscuous although all fit"
	cmd_ok vswctl uplink set $PF filter-max $SIZE
	promisc_is true 1 || fail "not promiscuous"
	del_macs 3 3
	wait_for 5 promisc_is false 0
	wait_for_filter $SIZE 0
	add_macs 3 3
	wait_for 5 promisc_is true 1
	cmd_ok vswctl uplink del $PF
	check_eq promiscuity "$(ip -d -j link show $PF |
		jq '.[0].promiscuity')" 0
	check_eq "filter" "$(driver now)" 0
}

# Over or not, as it was told
told()
{
	jq -r 'select(.event == "port-ntf") | .port |
		select(.name == "testpf") | ."nic-macs-over" > 0' $EVENTS |
		paste -sd ,
}

told_is()
{
	[ "$(told)" = "$1" ]
}

# Each change from "fits" to "over" and back is told once, and logged once.
events()
{
	setup
	dmesg -C
	listen
	add_macs 1 15
	wait_for_filter $SIZE 0
	add_macs 16 16
	wait_for 5 told_is true
	add_macs 17 100
	wait_for_filter $SIZE 85
	del_macs 16 99
	wait_for_filter $SIZE 1
	del_macs 100 100
	wait_for 5 told_is true,false
	add_macs 16 100
	wait_for 5 told_is true,false,true
	check_eq "lines in the log" \
		"$(dmesg | grep -c "vsw: more addresses than 16 (filter-max)")" 1
}

refusals()
{
	setup
	refused "Only an uplink has that" vswctl port set web1 filter-max 5
	refused "Only an uplink has that" \
		vswctl port set web1 filter-overflow promisc
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 vlan 100
	refused "Only an uplink has that" vswctl port set db1 filter-max 5
	refused "filter-max '4294967296' is too large" \
		vswctl uplink set $PF filter-max 4294967296
	refused "none of report, promisc" \
		vswctl uplink set $PF filter-overflow panic
	# A request that fails for another reason leaves it alone.
	refused "multicast MAC" vswctl uplink set $PF filter-max 5 \
		filter-overflow promisc mac 01:00:5e:00:00:01
	# What has no filter
	add_host wire
	refused "wire has no unicast filter that vsw fills" \
		vswctl uplink add vsw0 wire filter-max 5
	cmd_ok vswctl uplink add vsw0 wire
	defer vswctl uplink del wire
	refused "wire has no unicast filter that vsw fills" \
		vswctl uplink set wire filter-max 5
	filter_is 1 0 || fail "the filter has changed"
}

# A second uplink has its own room.
two_uplinks()
{
	setup
	add_macs 1 30
	wait_for_filter $SIZE 15
	# A VLAN device has a filter, too.
	cmd_ok ip link add wire type dummy
	defer ip link del wire
	cmd_ok ip link add out link wire type vlan id 5
	cmd_ok ip link set wire up
	cmd_ok ip link set out up
	cmd_ok vswctl uplink add vsw0 out filter-max 20
	defer vswctl uplink del out
	wait_for 5 nic_mac_count_is out 20
	check_eq nic-macs-over "$(port_field out nic-macs-over)" 11
	del_macs 1 12
	wait_for_filter $SIZE 3
	wait_for 5 nic_mac_count_is out 19
	check_eq nic-macs-over "$(port_field out nic-macs-over)" 0
	held_are 13 27
	cmd_ok vswctl uplink del $PF
	check_eq "filter" "$(driver now)" 0
	check_eq nic-macs "$(port_field out nic-macs)" 19
	check_eq "filter of out" "$(nic_macs out | wc -l)" 19
}

# The driver goes and comes again: what fits is in, and never more.
reload()
{
	setup filter-overflow promisc
	add_macs 1 100
	wait_for_filter $SIZE 85
	cmd_ok rmmod vsw-testpf
	cmd_ok insmod "$MODULE"
	echo $SIZE >$SYS/filter
	cmd_ok ip link set $PF up
	wait_for 8 filter_is $SIZE 85
	held_are 1 15
	never_too_many
	wait_for 5 promisc_is true 1
}

# An address that moves between a soft port and a VF is never in both filters,
# and so is one that is learned.
moves()
{
	local n

	setup
	for n in {1..20}; do
		send_frames web1 eth0 1 "dst_mac ff:ff:ff:ff:ff:ff" \
			"src_mac $(mac 1)"
		busywait 5 held_has "$(mac 1)" || fail "$n: not learned"
		cmd_ok vswctl port add vsw0 db1 vf $PF/0 vlan 100 \
			mac "$(mac 1)"
		check_eq "in the filter, $n" "$(held)" ""
		check_eq "MAC of the VF" "$(vswctl -j vf show $PF |
			jq -r '.[0].mac')" "$(mac 1)"
		cmd_ok vswctl port del db1
	done
	check_eq "times in both" "$(driver both)" 0
	# So it can be seen.
	cmd_ok bridge fdb add "$(mac 2)" dev $PF self
	cmd_ok ip link set $PF vf 1 mac "$(mac 2)"
	[ "$(driver both)" -gt 0 ] || fail "the driver does not see it"
	cmd_ok bridge fdb del "$(mac 2)" dev $PF self
}

held_has()
{
	[[ " $(held) " = *" $1 "* ]]
}

storm_learn()
{
	while :; do
		send_frames web1 eth0 500 "dst_mac ff:ff:ff:ff:ff:ff" \
			"src_mac 02:00:00:01:00:01" "src_mac_count 500"
		send_frames web2 eth0 300 "dst_mac ff:ff:ff:ff:ff:ff" \
			"src_mac 02:00:00:01:01:01" "src_mac_count 300"
	done
}

storm_flush()
{
	while :; do
		vswctl fdb flush switch vsw0
		sleep 0.1
	done
}

# Without a limit of the administrator there is one that a guest cannot make useless.
most()
{
	setup
	echo 8192 >$SYS/filter
	cmd_ok vswctl uplink set $PF filter-max 0
	add_macs 1 4200
	wait_for_filter 4096 105
	wait_for 5 promisc_is true 1
	del_macs 1 200
	wait_for_filter 4001 0
	wait_for 5 promisc_is false 0
	# Who says that there is more room is believed.
	add_macs 1 200
	wait_for_filter 4096 105
	cmd_ok vswctl uplink set $PF filter-max 5000
	wait_for_filter 4201 0
	wait_for 5 promisc_is false 0
}

# Learned, moved and flushed while the room changes: in the end all is right.
storm()
{
	local max learner flusher

	setup filter-overflow promisc
	storm_learn >/dev/null 2>&1 &
	learner=$!
	defer kill $learner
	storm_flush >/dev/null 2>&1 &
	flusher=$!
	defer kill $flusher
	for max in 3 200 0 1 64 16 0 500 7 90 2 400 16; do
		cmd_ok vswctl uplink set $PF filter-max $max
		sleep 0.4
	done
	kill $learner $flusher
	wait $learner $flusher
	echo $SIZE >$SYS/filter
	add_macs 1001 1020
	wait_for 10 as_the_table 16
	cmd_ok vswctl uplink set $PF filter-max 0
	wait_for 10 as_the_table 100000
	check_eq "missing or too much" "$(comm -3 <(nic_macs $PF) \
		<(soft_macs))" ""
	cmd_ok vswctl fdb flush switch vsw0
	cmd_ok vswctl fdb flush switch vsw0 type static
	wait_for_filter 1 0
	check_eq promisc "$(port_field $PF promisc)" false
}

soft_macs()
{
	vswctl -j fdb show switch vsw0 | jq -r '.[].mac' | sort -u
}

# as_the_table MAX: the counts follow from the table
as_the_table()
{
	local count used

	count=$(soft_macs | wc -l)
	used=$((count < $1 ? count : $1))
	filter_is $used $((count - used))
}

run_cases too_many learned bounded last_one limit_changes most promisc events refusals \
	two_uplinks reload moves storm
