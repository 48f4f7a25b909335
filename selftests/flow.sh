#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What became of a frame becomes of the next one like it, until something changes:
# each case sends frames until the switch has a flow of them, changes one thing,
# and sends the same again.
#
#	a ----+          +---- b	all taps, frame.py at the other end
#	      |   vsw0   |
#	t ----+          +---- c

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/vf_lib.sh"

setup()
{
	add_taps a b c t
	add_switch vsw0
	add_port a vlan 10
	add_port b vlan 10
	add_port c vlan 10
	add_port t trunk 10,20
	frame_passes b "b>all" "a b>all" "c b>all" "t b>all 10"
	frame_passes t "f>all 10" "a f>all" "b f>all" "c f>all"
	same a "a>b" "b a>b"
	same b "b>a" "a b>a"
	same a "a>f" "t a>f 10"
	same t "f>a 10" "a f>a"
}

# same FROM FRAME [RECEIVED...]: again and again
same()
{
	local i

	for i in 1 2 3; do
		frames check "$@"
	done
}

# gone FROM FRAME REASON [PORT]: again and again, and it is counted why, by the sender
# or another port
gone()
{
	local before port=${4-$1}

	before=$(drops "$port" "$3")
	same "$1" "$2"
	check_eq "$3 of $port" "$(drops "$port" "$3")" $((before + 3))
}

drops()
{
	vswctl -j stats show "$1" | jq --arg reason "$2" \
		'[.[0] | (."rx-drop", ."tx-drop")[]? | select(.reason == $reason) | .packets] | add // 0'
}

membership()
{
	setup
	cmd_ok vswctl port set b vlan 20
	same a "a>b" "c a>b" "t a>b 10"
	same b "b>a" "t b>a 20"
	cmd_ok vswctl port set b vlan 10
	frame_passes b "b>a" "a b>a"
	same a "a>b" "b a>b"
	cmd_ok vswctl vlan del t vid 10
	same a "a>f" "b a>f" "c a>f"
	gone t "f>a 10" vlan-filtered
	cmd_ok vswctl port set t ingress-filtering off
	same t "f>a 10" "a f>a"
}

tags()
{
	setup
	cmd_ok vswctl vlan add t vid 10 untagged
	same a "a>f" "t a>f"
	cmd_ok vswctl vlan add t vid 10
	same a "a>f" "t a>f 10"
	cmd_ok vswctl port set a pcp 5
	same a "a>f" "t a>f 10.5"
	cmd_ok vswctl port set a pcp 0
	same a "a>f" "t a>f 10"
	# Frames that differ in their tag only
	cmd_ok vswctl port set c vlan 20
	frame_passes c "a>all" "t a>all 20"
	same t "f>a 10" "a f>a"
	same t "f>a 20" "c f>a"
	same t "f>a 10.3" "a f>a"
	gone a "a>b 10" frame-type
	gone t "f>a" no-pvid
	same a "a>f s10" "t a>f 10 s10"
	same a "a>f" "t a>f 10"
	# A tag that is behind an S-tag is none.
	same t "f>a s10" 2>/dev/null
	gone t "f>a 10 20" nested-tag a
	same t "f>a 10" "a f>a"
}

addresses()
{
	setup
	# Somebody else has it now.
	frame_passes c "b>a" "a b>a"
	same a "a>b" "c a>b"
	same b "b>a" "a b>a"
	same a "a>b" "b a>b"
	cmd_ok vswctl fdb add "$(mac b)" port c vid 10
	same a "a>b" "c a>b"
	gone b "b>a" source-owned
	cmd_ok vswctl fdb del "$(mac b)" switch vsw0 vid 10
	same a "a>b" "b a>b" "c a>b" "t a>b 10"
	frame_passes b "b>a" "a b>a"
	same a "a>b" "b a>b"
	cmd_ok vswctl fdb flush switch vsw0
	frame_passes a "a>b" "b a>b" "c a>b" "t a>b 10"
}

policy()
{
	setup
	cmd_ok vswctl port set a isolated on
	same a "a>b" "b a>b"
	cmd_ok vswctl port set b isolated on
	gone a "a>b" egress-policy
	gone b "b>a" egress-policy
	cmd_ok vswctl port set b isolated off
	same a "a>b" "b a>b"
	cmd_ok vswctl port set a frames tagged
	gone a "a>b" frame-type
	cmd_ok vswctl port set a frames all
	same a "a>b" "b a>b"
	# All of it at once
	printf '%s\n' "port set a vlan 20" "port set b vlan 20" \
		>/run/flow.batch
	cmd_ok vswctl -a -b /run/flow.batch
	frame_passes b "b>a" "a b>a" "t b>a 20"
	frame_passes a "a>b" "b a>b"
	same b "b>a" "a b>a"
	same a "a>b" "b a>b"
}

# is_unknown ADDRESS: a port that is down loses its entries a moment later
is_unknown()
{
	[ "$(vswctl -j fdb show mac "$(mac "$1")" | jq length)" = 0 ]
}

devices()
{
	setup
	cmd_ok ip link set dev b down
	wait_for 20 is_unknown b
	same a "a>b" "c a>b" "t a>b 10"
	cmd_ok ip link set dev b up
	frame_passes b "b>a" "a b>a"
	same a "a>b" "b a>b"
	frames carrier b 0
	wait_for 20 is_unknown b
	same a "a>b" "c a>b" "t a>b 10"
	frames carrier b 1
	frame_passes b "b>a" "a b>a"
	same a "a>b" "b a>b"
	cmd_ok vswctl port del b
	same a "a>b" "c a>b" "t a>b 10"
	add_port b vlan 10
	frame_passes b "b>a" "a b>a"
	same a "a>b" "b a>b"
	# The next one may lie where the last one was.
	cmd_ok vswctl port del b
	cmd_ok vswctl port del c
	add_port c vlan 20
	add_port b vlan 20
	same a "a>b" "t a>b 10"
	same b "b>a" "c b>a" "t b>a 20"
	cmd_ok ip link del vsw0
	add_switch vsw0
	add_port a vlan 10
	add_port b vlan 10
	frame_passes b "b>a" "a b>a"
	frame_passes a "a>b" "b a>b"
	same b "b>a" "a b>a"
}

# With a team nothing is remembered, and what was before it is forgotten.
teams()
{
	setup
	cmd_ok vswctl switch set vsw0 teaming active-backup
	same a "a>b" "b a>b"
	cmd_ok vswctl port set b vlan 20
	same a "a>b" "c a>b" "t a>b 10"
	cmd_ok vswctl switch set vsw0 teaming none
	same a "a>b" "c a>b" "t a>b 10"
	cmd_ok vswctl port set b vlan 10
	frame_passes b "b>a" "a b>a"
	same a "a>b" "b a>b"
}

# More flows than there is room for
many()
{
	local i

	setup
	for i in 1 2 3; do
		frames spray a "a>b" 40000
		frames drain
		same a "a>b" "b a>b"
	done
	check_drops a rx
}

# While the path of a port changes there are no flows: a frame of zeroes, by the first
# port that there is, looks like none.
zeroes()
{
	local sender times=0 zero=00:00:00:00:00:00

	# shellcheck disable=SC2119
	load_vsw
	add_switch vsw0
	# shellcheck disable=SC2119
	load_testpf
	cmd_ok vswctl uplink add vsw0 testpf
	defer vswctl uplink del testpf
	add_dummies s0
	cmd_ok vswctl port add vsw0 w dev s0 vf testpf/1 vlan 20 mac 52:54:00:00:00:11
	"$VSW_TOP/selftests/faults/send.py" vsw0 $zero $zero 100000 &
	sender=$!
	defer kill $sender
	while kill -0 $sender 2>/dev/null; do
		cmd_ok vswctl port failover w vf
		cmd_ok vswctl port failover w soft
		times=$((times + 1))
	done
	log "$times times to and fro"
	[ $times -gt 1 ] || fail "so few"
	wait_for 5 all_dropped
}

all_dropped()
{
	[ "$(drops vsw0 invalid-source)" -eq 100000 ]
}

# Each CPU has its own, and a CPU may go.
cpus()
{
	local cpu=/sys/devices/system/cpu/cpu1/online

	[ -e "$cpu" ] || skip "there is one CPU"
	setup
	# Who sends does so from there: a tap has its frames received at once.
	# shellcheck disable=SC2154 # the coprocess of frame_lib.sh
	cmd_ok taskset -pc 1 "$FRAMES_PID"
	defer taskset -pc 0,1 "$FRAMES_PID"
	same a "a>b" "b a>b"
	echo 0 >"$cpu"
	same a "a>b" "b a>b"
	cmd_ok vswctl port set b vlan 20
	echo 1 >"$cpu"
	cmd_ok taskset -pc 1 "$FRAMES_PID"
	same a "a>b" "c a>b" "t a>b 10"
}

run_cases membership tags addresses policy devices zeroes teams many cpus
