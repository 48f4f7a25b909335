#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every request of both netlink interfaces, its Nth allocation failing, N from 1
# until none of it does: each failure leaves everything as it was. Then the same
# with its Nth call of the kernel or of the PF's driver (faults/calls.h, and what
# vsw-testpf is asked). Requests that come through all the same (an event that is
# not told) are taken back and tried with the next. What work items do is no request:
# there the Nth fails, too, and what they are for is done in the end (faults/late.py).
# Needs a kernel that can inject failures (make check DEBUG=uml).
#
# VSW_FAULTS_STEP=S (10) tries some of the first allocations, and every Sth from
# somewhere on; calls are few, and each is tried. VSW_FAULTS_TURNS=N runs one in N cases,
# others each day.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/vf_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

BATCH=/tmp/faults-batch
# What comes back as it was, by its number and address, too
SWITCH="ip link add dev vsw1 index 10002 address 52:54:00:00:0f:01 type vsw"
# Ports of VFs, the second of which has a device, too
V0=(port add vsw0 v0 vf testpf/0 vlan 10 mac 52:54:00:00:00:10)
W=(port add vsw0 w dev c vf testpf/1 vlan 20 mac 52:54:00:00:00:11 failover auto)
# How many calls a case made to fail
CALLS=0
VSW_FAIL_LIBRARY=$(dirname "$VSW_KO")/../failnth.so
export VSW_FAIL_LIBRARY VSW_FAULTS_STEP=${VSW_FAULTS_STEP:-10}
export VSW_FAULTS_WHAT=allocation VSW_FAULTS_SEEN=/tmp/faults-seen

# set_inject FILE VALUE: of the kernel's failures
set_inject()
{
	echo "$2" >"/sys/kernel/debug/$1" || fail "$1"
}

# All allocations, those that may sleep and small ones as well, or none
inject()
{
	local file

	[ -w /proc/self/fail-nth ] || skip "the kernel does not inject failures"
	[ -e "$VSW_FAIL_LIBRARY" ] || fail "failnth.so is not built"
	for file in failslab/ignore-gfp-wait fail_page_alloc/ignore-gfp-wait \
		fail_page_alloc/ignore-gfp-highmem; do
		set_inject $file N
	done
	# Each would be a stack trace.
	set_inject failslab/verbose 0
	set_inject fail_page_alloc/verbose 0
	if [ "$VSW_FAULTS_WHAT" = call ]; then
		# Only caches that ask for it, and no pages that somebody wants
		set_inject failslab/cache-filter Y
		set_inject fail_page_alloc/min-order 20
	else
		set_inject failslab/cache-filter N
		set_inject fail_page_alloc/min-order 0
	fi
}

# each UNDO COMMAND...: fail each of its allocations, or calls, in its turn
each()
{
	local out

	if out=$(python3 -B "$VSW_TOP/selftests/faults/faults.py" "$@" 2>&1); then
		log "$out"
		[ "$VSW_FAULTS_WHAT" = allocation ] || CALLS=$((CALLS + ${out%% *}))
	else
		fail "$out"
	fi
}

vsw_each()
{
	local undo=$1

	shift
	each "$undo" "$VSW_CTL" "$@"
}

setup()
{
	inject
	# shellcheck disable=SC2119
	load_vsw
	add_dummies a b c
	add_switch vsw0
	cmd_ok vswctl port add vsw0 a dev a vlan 10 mac 52:54:00:00:00:0a
	cmd_ok vswctl port add vsw0 b dev b trunk 10,20-30 native 5
	cmd_ok vswctl fdb add 52:54:00:00:01:0b port b vid 20
}

link_data()
{
	each "$1" "$VSW_TOP/selftests/linkdata.py" "${@:2}"
}

setup_uplink()
{
	setup
	load_testpf inject=1
	cmd_ok vswctl uplink add vsw0 testpf
	defer vswctl uplink del testpf
}

# The module itself: nothing is left of one that does not come up. Of allocations the
# kernel would warn that are its own.
load()
{
	inject
	each "rmmod vsw" "$VSW_TOP/selftests/faults/insmod.py" "$VSW_KO"
	# It does come up, where the others were: that is where losses are looked for.
	# shellcheck disable=SC2119
	load_vsw
}

switches()
{
	setup
	vsw_each "$VSW_CTL switch del vsw1" switch add vsw1 ageing 20
	vsw_each "$VSW_CTL switch set vsw0 ageing 300 default-pvid 1 fdb-max 262144" \
		switch set vsw0 ageing 200 default-pvid 7 fdb-max 77
	each "ip link del vsw1" ip link add vsw1 type vsw
	# shellcheck disable=SC2086 # a command
	cmd_ok $SWITCH
	defer ip link del dev vsw1
	vsw_each "$SWITCH" switch del vsw1
	each "$SWITCH" ip link del dev vsw1
	link_data "ip link del dev vsw2" new vsw2 1=20:4 2=7:2 3=99:4
	link_data "$VSW_CTL switch set vsw0 ageing 300 default-pvid 1 fdb-max 262144" \
		set vsw0 1=20:4 2=7:2 3=99:4
	each "ip link set dev vsw0.1 name vsw0" ip link set dev vsw0 name vsw0.1
	# With all that is on it
	cat >$BATCH <<-END
	port add vsw1 p dev c vlan 7 mac 52:54:00:00:00:0c
	vlan add p vid 8
	fdb add 52:54:00:00:01:0c port p vid 8
	END
	cmd_ok vswctl -a -b $BATCH
	vsw_each "$SWITCH && $VSW_CTL -a -b $BATCH" switch del vsw1
	each "$SWITCH && $VSW_CTL -a -b $BATCH" ip link del dev vsw1
}

# Several uplinks of one switch
teams()
{
	setup_uplink
	cmd_ok vswctl switch set vsw0 teaming active-backup
	vsw_each "$VSW_CTL uplink del c" uplink add vsw0 c
	cmd_ok vswctl uplink add vsw0 c
	vsw_each "$VSW_CTL switch set vsw0 teaming active-backup primary none" \
		switch set vsw0 teaming port-hash primary c
	vsw_each "$VSW_CTL port set a pin none" port set a pin c
	vsw_each "$VSW_CTL uplink add vsw0 c" uplink del c
}

ports()
{
	setup_uplink
	vsw_each "$VSW_CTL port del c" port add vsw0 c dev c vlan 30 \
		mac 52:54:00:00:00:0c fdb-max 9 isolated on
	vsw_each "$VSW_CTL port add vsw0 a dev a vlan 10 mac 52:54:00:00:00:0a" \
		port del a
	vsw_each "$VSW_CTL port set a vlan 10 mac 52:54:00:00:00:0a pcp 0" \
		port set a vlan 11 mac 52:54:00:00:00:aa pcp 3
	vsw_each "$VSW_CTL port set b trunk 10,20-30 native 5;
		  $VSW_CTL fdb add 52:54:00:00:01:0b port b vid 20" \
		port set b trunk 40-50 native 41
}

vlans()
{
	setup_uplink
	vsw_each "$VSW_CTL vlan del b vid 100-119" vlan add b vid 100-119
	vsw_each "$VSW_CTL vlan add b vid 10" vlan del b vid 10
	each "bridge vlan del dev b vid 50 master" \
		bridge vlan add dev b vid 50 master
	each "bridge vlan add dev b vid 10 master" \
		bridge vlan del dev b vid 10 master
	each "bridge vlan del dev b vid 60-69 master" \
		bridge vlan add dev b vid 60-69 master
	# Without memory the kernel fails to tell of it, and says that it has failed.
	[ "$VSW_FAULTS_WHAT" != call ] || each "bridge vlan del dev vsw0 vid 70 self" \
		bridge vlan add dev vsw0 vid 70 self
	each "bridge link set dev b learning on flood on isolated off" \
		bridge link set dev b learning off flood off isolated on
	link_data "$VSW_CTL port set b learning on isolated off" slave b 3=0:1 8=1:1
	# An uplink that VFs are on
	cmd_ok vswctl port add vsw0 v0 vf testpf/0 vlan 10 mac 52:54:00:00:00:10
	vsw_each "$VSW_CTL vlan add testpf vid 100-109" vlan del testpf vid 100-109
}

entries()
{
	setup_uplink
	vsw_each "$VSW_CTL fdb del 52:54:00:00:02:0b switch vsw0 vid 20" \
		fdb add 52:54:00:00:02:0b port b vid 20
	vsw_each "$VSW_CTL fdb add 52:54:00:00:01:0b port b vid 20" \
		fdb add 52:54:00:00:01:0b port b vid 20 sticky
	vsw_each "$VSW_CTL fdb add 52:54:00:00:01:0b port b vid 20" \
		fdb del 52:54:00:00:01:0b switch vsw0 vid 20
	each "bridge fdb del 52:54:00:00:03:0b dev vsw0 self vlan 20" \
		bridge fdb add 52:54:00:00:03:0b dev vsw0 self via b vlan 20 static
	each "bridge fdb add 52:54:00:00:01:0b dev vsw0 self via b vlan 20 static" \
		bridge fdb del 52:54:00:00:01:0b dev vsw0 self vlan 20
	each "bridge fdb replace 52:54:00:00:01:0b dev vsw0 self via b vlan 20 static" \
		bridge fdb replace 52:54:00:00:01:0b dev vsw0 self via b vlan 20 dynamic
	vsw_each "$VSW_CTL fdb add 52:54:00:00:01:0b port b vid 20" \
		fdb flush switch vsw0 type static
	cmd_ok vswctl fdb add 52:54:00:00:04:0b port b vid 21 dynamic
	vsw_each "$VSW_CTL fdb add 52:54:00:00:04:0b port b vid 21 dynamic" \
		fdb flush switch vsw0 port b vid 21 type dynamic
}

# Whoever asks changes nothing, with or without an answer.
answers()
{
	local object

	setup_vfs
	# What a driver does not tell is not in the answer.
	echo N >/sys/module/vsw_testpf/parameters/inject
	for object in switch port uplink vlan fdb vf stats profile; do
		vsw_each true -j "$object" show
	done
	vsw_each true -j port show w
	vsw_each true -j switch show vsw0
	vsw_each true -j fdb get 52:54:00:00:01:0b switch vsw0 vid 20
	vsw_each true -j version
	VSW_FAIL_SEND=1 each true bridge -j link show dev a
	VSW_FAIL_SEND=1 each true bridge -j vlan show
	VSW_FAIL_SEND=1 each true bridge -j fdb show br vsw0
	each true bridge -j fdb get 52:54:00:00:01:0b br vsw0 vlan 20
	vsw_each true -j vf devices
	vsw_each true explain a dst 52:54:00:00:01:0b
	each true ip -d -j link show dev a
}

slaves()
{
	setup_uplink
	each "ip link set c nomaster" ip link set c master vsw0
	cmd_ok ip link set c master vsw0
	each "ip link set c master vsw0" ip link set c nomaster
}

setup_vfs()
{
	setup_uplink
	cmd_ok vswctl "${V0[@]}"
	cmd_ok vswctl "${W[@]}"
}

uplinks()
{
	setup
	load_testpf inject=1
	vsw_each "$VSW_CTL uplink del testpf" uplink add vsw0 testpf
	cmd_ok vswctl uplink add vsw0 testpf
	defer vswctl uplink del testpf
	vsw_each "$VSW_CTL uplink add vsw0 testpf" uplink del testpf
	vsw_each "$VSW_CTL uplink set testpf pcp 0 unowned leave" \
		uplink set testpf pcp 2 unowned park
	vsw_each "$VSW_CTL uplink set testpf filter-max 0 filter-overflow report" \
		uplink set testpf filter-max 9 filter-overflow promisc
}

vfs()
{
	setup_vfs
	vsw_each "$VSW_CTL port del v2" port add vsw0 v2 vf testpf/2 vlan 30 \
		mac 52:54:00:00:00:12 max-tx-rate 100 trust on
	vsw_each "$VSW_CTL port set v0 vlan 10 mac 52:54:00:00:00:10 trust off" \
		port set v0 vlan 11 mac 52:54:00:00:00:1a trust on
	vsw_each "$VSW_CTL port set v0 min-tx-rate 0 max-tx-rate 0 link-state auto" \
		port set v0 min-tx-rate 50 max-tx-rate 100 link-state enable
	vsw_each "$VSW_CTL port set v0 vlan-proto 8021q" port set v0 vlan-proto 8021ad
	vsw_each "$VSW_CTL port add vsw0 v0 vf testpf/0 vlan 10 mac 52:54:00:00:00:10" \
		port del v0
	vsw_each "$VSW_CTL port del v3" port add vsw0 v3 vf testpf/any vlan 30
}

# VFs that have representors. What devlink has of them vswctl sets by requests of its own.
reps()
{
	local ko

	setup
	ko=$(dirname "$VSW_KO")/../testpf/vsw-testrep.ko
	[ -e "$ko" ] || skip "vsw-testrep.ko is not built"
	cmd_ok insmod "$ko"
	defer rmmod vsw-testrep
	echo 2 >/sys/bus/vswtestrep/devices/testrep0/sriov_numvfs
	cmd_ok devlink dev eswitch set vswtestrep/testrep0 mode switchdev
	cmd_ok ip link set testrep0r up
	cmd_ok vswctl uplink add vsw0 testrep
	defer vswctl uplink del testrep
	vsw_each "$VSW_CTL port del r0" port add vsw0 r0 vf testrep/0 vlan 30
	vsw_each "$VSW_CTL port del r0" port add vsw0 r0 vf testrep/any trunk 30-39
	cmd_ok vswctl port add vsw0 r0 dev testrep0r vlan 30
	vsw_each "$VSW_CTL port set r0 vlan 30" port set r0 trunk 20-25 native 9
	vsw_each "$VSW_CTL port add vsw0 r0 dev testrep0r vlan 30" port del r0
}

paths()
{
	setup_vfs
	vsw_each "$VSW_CTL port set w mac 52:54:00:00:00:11 failover auto" \
		port set w mac 52:54:00:00:00:1b
	vsw_each "$VSW_CTL port set w failover auto" port set w failover manual
	vsw_each "$VSW_CTL port failover w soft" port failover w vf
	vsw_each "$VSW_CTL port set w dev c; $VSW_CTL port failover w soft" \
		port set w dev none
	vsw_each "$VSW_CTL port set w vf testpf/1; $VSW_CTL port set w failover auto" \
		port set w vf none
	# A second path for a port that has one
	cmd_ok vswctl port set w dev none
	vsw_each "$VSW_CTL port set v0 dev none" port set v0 dev c
	# Whose guest is listened to then
	cmd_ok vswctl port set v0 failover auto
	vsw_each "$VSW_CTL port set v0 dev none" port set v0 dev c
	vsw_each "$VSW_CTL port set a vf none" port set a vf testpf/2
}

# has_port NAME
has_port()
{
	"$VSW_CTL" port show "$1" >/dev/null 2>&1
}

# whole_state: but for the numbers of ports, which new ones have of their own
whole_state()
{
	unordered_state | sed -E 's/"id":[0-9]+,//'
}

# as_before WHEN: all is as it was; STATE is whole_state
as_before()
{
	local now

	now=$(whole_state)
	[ "$now" = "$STATE" ] ||
		fail "$1: $(diff <(echo "$STATE") <(echo "$now") | head -n 8)
			log: $(dmesg | grep vsw:)"
}

# is_told NAME WHEN: that this port is lost, to those who listen and in the log
is_told()
{
	dmesg | grep -q "vsw: port $1 is lost" || fail "$2: nothing is logged of $1"
	wait_for 5 grep -q "\"port-del-ntf\".*\"name\": *\"$1\"" /tmp/faults-told
}

# fails_twice N THEN: does BATCH come through when its Nth call fails, and THEN more?
fails_twice()
{
	local status

	dmesg -C
	: >/tmp/faults-told
	rm -f /tmp/faults-met
	echo "$2" >/sys/module/vsw/parameters/fail_then
	LD_PRELOAD=$VSW_FAIL_LIBRARY VSW_FAIL_NTH=$1 VSW_FAIL_LOG=/tmp/faults-met \
		"$VSW_CTL" -a -b $BATCH 2>/tmp/faults-said
	status=$?
	echo 0 >/sys/module/vsw/parameters/fail_then
	return $status
}

# each_twice FUNCTION: that with each N and THEN. TRIED is how often something failed.
each_twice()
{
	local n more

	TRIED=0
	"$VSW_CTL" -j monitor all >/tmp/faults-told &
	defer kill $!
	STATE=$(whole_state)
	for more in 1 99; do
		for ((n = 1; n < 100; n++)); do
			"$1" "$n" $more
			[ -e /tmp/faults-met ] || break
			TRIED=$((TRIED + 1))
		done
	done
}

# batch_fails_twice N THEN: its Nth call fails, and THEN more. LOST counts ports, CHANGED
# those that have not all that they had.
batch_fails_twice()
{
	local port status gone=0 when="call $1 and $2 more"

	fails_twice "$1" "$2"
	status=$?
	if [ $status -eq 0 ]; then
		cmd_ok vswctl port del w2
		cmd_ok vswctl port del v2
	fi
	for port in w v0; do
		if [ $status -eq 0 ]; then
			gone=$((gone + 1))
		elif ! has_port $port; then
			gone=$((gone + 1)) LOST=$((LOST + 1))
			is_told $port "$when"
		elif dmesg | grep -q "vsw: port $port is not what it was before"; then
			gone=$((gone + 1)) CHANGED=$((CHANGED + 1))
			cmd_ok vswctl port del $port
		fi
	done
	[ $gone -gt 0 ] || as_before "$when, nothing is lost"
	has_port w || cmd_ok vswctl "${W[@]}"
	has_port v0 || cmd_ok vswctl "${V0[@]}"
	as_before "$when, and made anew"
}

# What takes a batch back fails as well: a port may be lost then, which is logged and
# told, or lack something, which is logged; and it is one that the batch names. The
# others are what they were.
twice()
{
	LOST=0 CHANGED=0 VSW_FAULTS_WHAT=call
	setup_vfs
	cat >$BATCH <<-END
	port del w
	port del v0
	port add vsw0 w2 dev c vf testpf/0 vlan 20 mac 52:54:00:00:00:1c
	port add vsw0 v2 vf testpf/1 vlan 30 mac 52:54:00:00:00:1d
	END
	each_twice batch_fails_twice
	log "$TRIED times, $LOST ports were lost, $CHANGED lacked something"
	[ "$LOST" -gt 3 ] || fail "so few: nothing was injected"
}

# vf_zero: what the PF says of its VF 0
vf_zero()
{
	ip -j link show testpf | jq -c '.[0].vfinfo_list[0]'
}

# is_free WHEN: the VF is what it was before it was ours, or the log says that it cannot be
is_free()
{
	dmesg | grep -q "cannot restore" || check_eq "$1: the VF" "$(vf_zero)" "$FREE"
}

# uplink_fails_twice N THEN: the same of an uplink with a VF port. LOST counts uplinks.
uplink_fails_twice()
{
	local port gone=0 when="call $1 and $2 more"

	if ! fails_twice "$1" "$2"; then
		for port in v0 testpf; do
			has_port $port && continue
			gone=$((gone + 1))
			is_told $port "$when"
		done
		! dmesg | grep -q "is not what it was before" || gone=$((gone + 1))
		[ $gone -gt 0 ] || as_before "$when, nothing is lost"
	fi
	if ! has_port testpf; then
		LOST=$((LOST + 1))
		! has_port v0 || fail "$when: v0 has no NIC"
		is_free "$when"
	fi
	"$VSW_CTL" port del v0 2>/dev/null
	"$VSW_CTL" uplink del testpf 2>/dev/null
	is_free "$when, all gone"
	echo now >$SYS/forget
	cmd_ok vswctl uplink add vsw0 testpf
	cmd_ok vswctl "${V0[@]}"
	as_before "$when, and made anew"
}

# An uplink that is lost lets go of its VFs.
twice_uplink()
{
	local FREE

	LOST=0 VSW_FAULTS_WHAT=call
	setup_uplink
	FREE=$(vf_zero)
	cmd_ok vswctl "${V0[@]}"
	cat >$BATCH <<-END
	port del v0
	uplink del testpf
	uplink add vsw0 testpf pcp 3
	${V0[*]}
	END
	each_twice uplink_fails_twice
	log "$TRIED times, $LOST uplinks were lost"
	[ "$LOST" -gt 3 ] || fail "so few: nothing was injected"
}

# seen_by PORT: frames that came to its way out, whatever became of them
seen_by()
{
	"$VSW_CTL" -j stats show "$1" |
		jq '.[0] | [."tx-packets", (."tx-drop"[]? | .packets)] | add'
}

# drops_by PORT WAY: frames dropped for want of memory
drops_by()
{
	"$VSW_CTL" -j stats show "$1" | jq --arg way "$2-drop" \
		'[.[0][$way][]? | select(.reason == "no-memory") | .packets] | add // 0'
}

# Of allocations that may not sleep one in 20 fails while frames are under way: what is
# not forwarded is counted, and nothing else goes wrong.
traffic()
{
	local port lost=0 wanted sent=2000 broadcast=ff:ff:ff:ff:ff:ff

	inject
	# shellcheck disable=SC2119
	load_vsw
	listen_beside
	add_dummies a b c
	add_guest
	add_switch vsw0
	cmd_ok vswctl port add vsw0 s0 dev s0 trunk 10 native 5
	cmd_ok vswctl port add vsw0 a dev a vlan 5
	cmd_ok vswctl port add vsw0 b dev b trunk 5,10
	cmd_ok vswctl uplink add vsw0 c
	set_inject failslab/ignore-gfp-wait Y
	set_inject failslab/interval 1
	set_inject failslab/times -1
	defer set_inject failslab/probability 0
	set_inject failslab/probability 5
	cmd_ok "$VSW_TOP/selftests/faults/send.py" s1 counted $broadcast $sent
	set_inject failslab/probability 0
	wanted=$(vswctl -j stats show s0 | jq '.[0] | ."rx-packets" - ."rx-dropped"')
	# Those that have lost their tag on the way up are not seen at all.
	[ "$wanted" -gt $((sent * 9 / 10)) ] || fail "$wanted of $sent frames received"
	check_eq "frames to b" "$(seen_by b)" "$wanted"
	check_eq "frames to c" "$(seen_by c)" "$wanted"
	[ "$(seen_by a)" -gt $((sent / 2)) ] || fail "$(seen_by a) frames to a"
	for port in a b c; do
		lost=$((lost + $(drops_by $port tx)))
	done
	log "$lost frames were dropped for want of memory, $(vswctl -j fdb show switch \
		vsw0 type dynamic | jq length) of $sent addresses were learned"
	[ "$lost" -gt 50 ] || fail "so few: nothing was injected"
}

# All of it in one, and back by one
batches()
{
	setup_vfs
	cat >$BATCH <<-END
	switch set vsw0 ageing 200 fdb-max 77
	switch add vsw1
	port set a pcp 1
	port set b mac 52:54:00:00:00:bb
	port set a mac 52:54:00:00:00:aa vlan 12
	vlan add b vid 40-50
	port del w
	port set v0 vlan 21 mac 52:54:00:00:00:11
	port add vsw0 v1 vf testpf/1 vlan 20 mac 52:54:00:00:00:1c
	port add vsw1 c dev c vlan 10 mac 52:54:00:00:00:10
	fdb del 52:54:00:00:01:0b switch vsw0 vid 20
	uplink set testpf pcp 1
	END
	cat >$BATCH.undo <<-END
	switch set vsw0 ageing 300 fdb-max 262144
	uplink set testpf pcp 0
	fdb add 52:54:00:00:01:0b port b vid 20
	port del c
	port del v1
	port set v0 vlan 10 mac 52:54:00:00:00:10
	port add vsw0 w dev c vf testpf/1 vlan 20 mac 52:54:00:00:00:11 failover auto
	vlan del b vid 40-50
	port set a mac 52:54:00:00:00:0a vlan 10 pcp 0
	port set b mac none
	switch del vsw1
	END
	vsw_each "$VSW_CTL -a -b $BATCH.undo" -a -b $BATCH
	vsw_each "$VSW_CTL config rollback" -a -b $BATCH -c 600 -u $BATCH.undo

	# One that waits is taken back. A switch would come back as another.
	sed -i -e '/vsw1/d' -e '/port del c$/d' $BATCH $BATCH.undo
	cmd_ok vswctl -a -b $BATCH -c 600 -u $BATCH.undo
	vsw_each true -j config pending
	vsw_each "$VSW_CTL -a -b $BATCH -c 600 -u $BATCH.undo" config rollback
	vsw_each "$VSW_CTL -a -b $BATCH.undo; $VSW_CTL -a -b $BATCH -c 600 -u $BATCH.undo" \
		config confirm
	cmd_ok vswctl config rollback
}

# What becomes of the device of a port: none of that can be refused by us, but for
# what the kernel refuses itself.
devices()
{
	local mac=52:54:00:00:0d:0d

	setup_uplink
	cmd_ok ip link add dev d0 index 10001 up address $mac type dummy
	defer ip link del dev d0
	cmd_ok vswctl port add vsw0 d0 dev d0 vlan 30
	each "ip link set dev e0 name d0" ip link set dev d0 name e0
	each "ip link set dev d0 mtu 1500" ip link set dev d0 mtu 1400
	each "ip link set dev d0 address $mac" ip link set dev d0 \
		address 52:54:00:00:0d:0e
	each "ip link set dev d0 up" ip link set dev d0 down
	each "ip link add dev d0 index 10001 up address $mac type dummy
	      $VSW_CTL port add vsw0 d0 dev d0 vlan 30" ip link del dev d0
	# Without memory the kernel gets stuck half way by itself, and warns.
	[ "$VSW_FAULTS_WHAT" = call ] || return 0
	cmd_ok ip netns add faults
	defer ip netns del faults
	each "ip -n faults link set dev d0 netns 1
	      ip link set dev d0 up
	      $VSW_CTL port add vsw0 d0 dev d0 vlan 30" \
		ip link set dev d0 netns faults
}

# The switch's own device
host()
{
	local mac=52:54:00:00:0f:02

	setup_uplink
	cmd_ok ip link set dev vsw0 address $mac up
	each "ip link set dev vsw0 up" ip link set dev vsw0 down
	each "ip link set dev vsw0 mtu 1500" ip link set dev vsw0 mtu 1400
	each "ip link set dev vsw0 address $mac" ip link set dev vsw0 \
		address 52:54:00:00:0f:03
	each "ip link set dev vsw0 promisc off" ip link set dev vsw0 promisc on
	vsw_each "$VSW_CTL vlan del vsw0 vid 30-39" vlan add vsw0 vid 30-39
	cmd_ok vswctl vlan add vsw0 vid 30-39
	each "ip link del dev v30" ip link add dev v30 link vsw0 type vlan id 30
	# One that brings its VLAN, and takes it along
	each "ip link del dev v50" ip link add dev v50 link vsw0 type vlan id 50
	cmd_ok ip link add dev v50 index 10003 link vsw0 address $mac type vlan id 50
	each "ip link add dev v50 index 10003 link vsw0 address $mac type vlan id 50" \
		ip link del dev v50
	cmd_ok ip link del dev v50
	cmd_ok ip link set dev vsw0 down
	each "ip link set dev vsw0 down" ip link set dev vsw0 up
}

# host_entries MAC: how many local ones there are
host_entries()
{
	vswctl -j fdb show switch vsw0 |
		jq --arg mac "$1" '[.[] | select(.mac == $mac and .type == "local")] | length'
}

has_host_entries()
{
	[ "$(host_entries "$1")" -eq "$2" ]
}

# Addresses of macvlans on the switch come where nobody can be told either.
host_late()
{
	local n mac=52:54:00:00:0f:04 met=/tmp/faults-met came=0

	setup
	cmd_ok ip link set dev vsw0 up
	cmd_ok vswctl vlan add vsw0 vid 30-39
	cmd_ok ip link add dev mv0 link vsw0 address $mac type macvlan mode bridge
	defer ip link del dev mv0
	for ((n = 1; n < 1000; n++)); do
		rm -f $met
		if LD_PRELOAD=$VSW_FAIL_LIBRARY VSW_FAIL_NTH=$n VSW_FAIL_LOG=$met \
			ip link set dev mv0 up 2>/dev/null; then
			came=$((came + 1))
			wait_for 5 has_host_entries $mac 11
		fi
		# It may be up, and the answer lost.
		cmd_ok ip link set dev mv0 down
		check_eq "entries of an address that is down ($n)" "$(host_entries $mac)" 0
		[ -e $met ] || break
	done
	log "$n allocations, $came times it came up"
	[ "$came" -gt 11 ] || fail "no entry was missing"
}

# Requests, and what takes them back
NOTIFIED="
vswctl switch add vsw1|vswctl switch del vsw1
vswctl port add vsw0 c dev c vlan 30|vswctl port del c
vswctl uplink add vsw0 c|vswctl uplink del c
ip link add dev vsw1 type vsw|ip link del dev vsw1
ip link set dev c master vsw0|ip link set dev c nomaster
ip link set dev vsw0 mtu 1400|ip link set dev vsw0 mtu 1500
ip link set dev a mtu 1400|ip link set dev a mtu 1500
ip link set dev vsw0 up|ip link set dev vsw0 down
ip link set dev vsw0 name vsw9|ip link set dev vsw9 name vsw0
"

# Somebody whom the kernel asks says no: it takes back itself what it has done by then,
# and tells us.
notifiers()
{
	local actions=/sys/kernel/debug/notifier-error-inject/netdev/actions
	local action request undo refused=0

	inject
	modprobe netdev-notifier-error-inject 2>/dev/null
	[ -d $actions ] || skip "nobody can be made to say no"
	setup
	cmd_ok ip link set dev vsw0 down
	save_state
	for action in POST_INIT REGISTER PRECHANGEUPPER CHANGEUPPER PRECHANGEMTU CHANGEMTU \
		PRE_UP CHANGENAME; do
		while IFS='|' read -r request undo; do
			[ "$request" ] || continue
			echo -12 >$actions/NETDEV_$action/error
			if $request >/tmp/faults-said 2>&1; then
				echo 0 >$actions/NETDEV_$action/error
				# shellcheck disable=SC2086 # a command
				cmd_ok $undo
			else
				echo 0 >$actions/NETDEV_$action/error
				refused=$((refused + 1))
				log "$action: $request"
			fi
			check_state
		done <<<"$NOTIFIED"
	done
	log "$refused requests were refused"
	[ "$refused" -ge 12 ] || fail "so few"
}

# Who listens has events made for him.
listen_beside()
{
	"$VSW_CTL" monitor >/dev/null &
	defer kill $!
	bridge monitor >/dev/null &
	defer kill $!
}

# later LEAST FUNCTION EVENT UNDO: the work item of that function fails in its turn, of
# calls at least so often. FAILED is how often.
later()
{
	local least=$1 out

	shift
	[ "$VSW_FAULTS_WHAT" = call ] || least=1
	out=$(python3 -B "$VSW_TOP/selftests/faults/late.py" "$@" 2>&1) || fail "$out"
	log "$out"
	FAILED=${out%% *}
	CALLS=$((CALLS + FAILED))
	[ "$FAILED" -ge "$least" ] || fail "so few, instead of $least"
}

# Addresses in the filters of NICs
late_nicsync()
{
	local n

	setup_uplink
	listen_beside
	for n in 1 2 3 4; do
		echo "fdb add 52:54:00:00:02:0$n port b vid 20"
	done >$BATCH
	sed 's/add/del/; s/port b/switch vsw0/' $BATCH >$BATCH.undo
	later 4 vsw_nicsync_work "$VSW_CTL -a -b $BATCH" "$VSW_CTL -a -b $BATCH.undo"
	# Then nothing is queued once more while it runs, but by itself.
	later 1 vsw_nicsync_work "$VSW_CTL fdb add 52:54:00:00:02:09 port b vid 20" \
		"$VSW_CTL fdb del 52:54:00:00:02:09 switch vsw0 vid 20"
}

corrections()
{
	"$VSW_CTL" -j vf show testpf | jq '[.[].corrections] | add'
}

# What others do to VFs, VFs that go and come back, addresses of the host
late_keeper()
{
	local before

	setup_vfs
	listen_beside
	cmd_ok ip link add dev mv0 link vsw0 address 52:54:00:00:0f:04 type macvlan mode bridge
	defer ip link del dev mv0
	# It has a queue from then on.
	cmd_ok ip link set mv0 up
	cmd_ok ip link set mv0 down
	before=$(corrections)
	later 4 vsw_keeper_work "ip link set testpf vf 0 vlan 7" true
	# Once without a failure, and once with each
	[ "$(corrections)" -ge $((before + 1 + FAILED)) ] || fail "it was not corrected"
	if [ "$VSW_FAULTS_WHAT" = allocation ]; then
		later 1 vsw_keeper_work "ip link set mv0 up" "ip link set mv0 down"
		later 1 vsw_keeper_work "echo 0 >$SYS/sriov_numvfs" \
			"echo 4 >$SYS/sriov_numvfs"
	fi
	echo 0 >$SYS/sriov_numvfs
	later 4 vsw_keeper_work "echo 4 >$SYS/sriov_numvfs" "echo 0 >$SYS/sriov_numvfs"
}

# A device for a port, at whose other end is a guest: SEND is what it says
add_guest()
{
	SEND="$VSW_TOP/selftests/faults/send.py s1 52:54:00:00:00:11 ff:ff:ff:ff:ff:ff"
	cmd_ok ip link add s0 type veth peer name s1
	defer ip link del s0
	cmd_ok ip link set s0 up
	cmd_ok ip link set s1 up
}

# The guest of w uses the other path.
late_failover()
{
	local is_soft="$VSW_CTL -j port show w | grep -q '\"path\": *\"soft\"'"

	setup_uplink
	listen_beside
	add_guest
	cmd_ok vswctl port add vsw0 w dev s0 vf testpf/1 vlan 20 \
		mac 52:54:00:00:00:11 failover auto
	cmd_ok vswctl port failover w vf
	later 4 vsw_failover_work \
		"for i in \$(seq 99); do $is_soft && break; $SEND; sleep 0.2; done; $is_soft" \
		"$VSW_CTL port failover w vf"
}

# A frame is lost with the carrier of an uplink.
late_team()
{
	setup
	listen_beside
	add_dummies d
	add_guest
	cmd_ok vswctl port add vsw0 s0 dev s0 learning off
	cmd_ok vswctl switch set vsw0 teaming active-backup
	cmd_ok vswctl uplink add vsw0 c
	cmd_ok vswctl uplink add vsw0 d
	# From the second change on the kernel waits for a second.
	later 1 vsw_team_work "ip link set dev d carrier off &&
		ip link set dev d carrier on && ip link set dev c carrier off && $SEND" \
		"ip link set dev c carrier on"
}

undone()
{
	dmesg | grep -c "nobody has confirmed a batch"
}

# Nobody confirms.
late_batch()
{
	local before

	setup_vfs
	listen_beside
	printf '%s\n' "port set a vlan 44" "vlan add b vid 70" \
		"port set v0 vlan 21" "uplink set testpf pcp 1" >$BATCH
	printf '%s\n' "uplink set testpf pcp 0" "port set v0 vlan 10" \
		"vlan del b vid 70" "port set a vlan 10" >$BATCH.undo
	before=$(undone)
	later 5 vsw_nl_batch_work "$VSW_CTL -a -b $BATCH -c 2 -u $BATCH.undo && sleep 3" true
	[ "$(undone)" -ge $((before + 1 + FAILED)) ] || fail "no batch waited"
}

CASES=(switches teams ports vlans entries answers slaves devices host uplinks vfs reps
       paths batches late_nicsync late_keeper late_failover late_team late_batch)

# call_CASE: those that call anything, with calls instead of allocations
mapfile -t CALLERS < <(printf '%s\n' load "${CASES[@]}" | grep -vxE 'answers|host|late_team')
for case in "${CALLERS[@]}"; do
	eval "call_$case() { calls $case; }"
done

# Does calls.h know all that there is? Is each work item here, but for ageing, which
# only frees, and the look at VFs of guests, which are of PCI, and fail as requests do?
listed()
{
	local function count=0

	cmd_ok "$VSW_TOP/selftests/faults/calls.sh" "$VSW_TOP"/kmod/*.[ch] \
		"$VSW_TOP"/kmod/compat/*.h
	while read -r function; do
		grep -qE "later [0-9]+ $function " "$VSW_TOP/selftests/faults.sh" ||
			fail "$function() never fails"
		count=$((count + 1))
	done < <(sed -nE 's/.*INIT_(DELAYED_)?WORK\(.*, *([a-z_]+)\);/\2/p' \
		"$VSW_TOP"/kmod/*.c | grep -vxE 'vsw_(fdb_age|failover_watch_work)')
	[ $count -ge 5 ] || fail "$count work items"
}

# Has each request that there is met a failure? Of all cases.
everything()
{
	[ -z "${VSW_CASES-}${VSW_FAULTS_TURNS-}" ] || skip "of all cases only"
	inject
	cmd_ok "$VSW_TOP/selftests/faults/missing.py" "$VSW_FAULTS_SEEN" \
		"$VSW_TOP/uapi/linux/vsw.h"
}

# calls CASE
calls()
{
	VSW_FAULTS_WHAT=call
	"$1"
	log "$CALLS calls failed"
	[ "$CALLS" -gt 0 ] || fail "no call failed: nothing was injected"
}

rm -f $VSW_FAULTS_SEEN
ALL=(listed host_late notifiers traffic twice twice_uplink "${CASES[@]}" everything
     "${CALLERS[@]/#/call_}")
mapfile -t TURN < <("$VSW_TOP/selftests/turns.sh" \
	$(((${#ALL[@]} - 1) / ${VSW_FAULTS_TURNS:-1} + 1)) "${ALL[@]}")
run_cases "${TURN[@]}"
