#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Transactions: many changes that are one. What fails leaves everything as it was,
# wherever in the batch that is; frames never meet a half; events come at the end;
# and what has to be confirmed and is not is taken back.
#
#	a ----+
#	b ----+ vsw0		dummies, or machines, or VFs
#	c ----+

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/vf_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

BATCH=/tmp/batch-commands
export VSW_PROFILES=/tmp/batch-profiles
UNDO=/tmp/batch-undo
HEARD=/tmp/batch-events

state()
{
	unordered_state
}

# batch LINE...: into the file
batch()
{
	printf '%s\n' "$@" >$BATCH
}

# shellcheck disable=SC2120
apply()
{
	vswctl -a -b $BATCH "$@"
}

# Something of each kind, and ports that are changed and deleted
setup()
{
	add_dummies a b c d e f
	[ -e $VSW_PROFILES/web.json ] || cmd_ok vswctl profile add web fdb-max 50
	add_switch vsw0 ageing 100
	cmd_ok vswctl port add vsw0 a dev a vlan 10 mac 52:54:00:00:00:0a
	cmd_ok vswctl port add vsw0 b dev b trunk 10,20-30 native 5
	cmd_ok vswctl port add vsw0 c dev c vlan 30
	cmd_ok vswctl uplink add vsw0 f
	cmd_ok vswctl fdb add 52:54:00:00:01:0b port b vid 20
	cmd_ok vswctl fdb add 52:54:00:00:01:0c port c vid 30
}

ALL=(
	"switch set vsw0 ageing 200 default-pvid 7 fdb-max 77"
	"switch add vsw9 ageing 20"
	"port set a vlan 11 pcp 3 profile web"
	"port set b isolated on fdb-max 9"
	"vlan add b vid 40-50"
	"vlan del b vid 20"
	"vlan add vsw0 vid 300-309"
	"port del c"
	"port add vsw0 c2 dev c vlan 31 mac 52:54:00:00:00:0c"
	"port add vsw9 d dev d vlan 10 mac 52:54:00:00:00:0a"
	"port add vsw0 e dev e vlan 12"
	"fdb add 52:54:00:00:02:0b port b vid 45"
	"fdb del 52:54:00:00:01:0b switch vsw0 vid 20"
	"port set a mac 52:54:00:00:00:aa vlan 12"
	"uplink set f filter-max 0 pcp 2"
	"port del b"
)

whole()
{
	setup
	batch "${ALL[@]}"
	cmd_ok apply
	defer vswctl switch del vsw9
	check_eq ports "$(vswctl -j port show |
		jq -c 'map("\(."switch-name")/\(.name)/\(.pvid)")')" \
		'["vsw0/vsw0/1","vsw0/a/12","vsw0/f/1","vsw0/c2/31","vsw0/e/12","vsw9/vsw9/1","vsw9/d/10"]'
	check_eq switch "$(vswctl -j switch show vsw0 |
		jq -c '.[0] | [."ageing-time", ."default-pvid", ."fdb-max"]')" \
		'[200,7,77]'
	check_eq a "$(vswctl -j port show a |
		jq -c '.[0] | [.pcp, .profile, .mac, ."fdb-max"]')" \
		'[3,"web","52:54:00:00:00:aa",50]'
	check_eq entries "$(vswctl -j fdb show |
		jq -c 'map(select(.port | test("vsw") | not) | .mac) | sort')" \
		'["52:54:00:00:00:0a","52:54:00:00:00:0c","52:54:00:00:00:aa"]'
	check_eq "entries of the host" "$(vswctl -j fdb show switch vsw0 |
		jq 'map(select(.port == "vsw0")) | length')" 11
	check_eq "master of b" "$(ip -j link show b | jq -r '.[0].master')" null
}

# At every place there may be one that fails.
none()
{
	local i before

	setup
	before=$(state)
	for ((i = 0; i <= ${#ALL[@]}; i++)); do
		batch "${ALL[@]:0:i}" "port set nobody pcp 1" "${ALL[@]:i}"
		cmd_fail "batch-commands:$((i + 1)): There is no port" apply
		check_eq "what entry $i left" \
			"$(diff <(echo "$before") <(state))" ""
	done
}

# A port that gives up an address to the host within a transaction has it again.
given_to_the_host()
{
	local mac

	setup
	mac=$(cat /sys/class/net/vsw0/address)
	cmd_ok vswctl port set a vlan 310 mac "$mac"
	batch "vlan add vsw0 vid 309" "port set a mac 52:54:00:00:00:ab" \
		"vlan add vsw0 vid 310" "port set nobody pcp 1"
	refused "commands:4: There is no port" apply
	check_eq owner "$(entry "$mac" 310)" "a local"
	# It is in that VLAN already, where the address is another's.
	cmd_ok vswctl vlan add vsw0 vid 310
	batch "port set a mac 52:54:00:00:00:ab" "vlan add vsw0 vid 309" \
		"port set nobody pcp 1"
	refused "commands:3: There is no port" apply
	check_eq owner "$(entry "$mac" 310)" "a local"
	cmd_ok vswctl vlan del vsw0 vid 310
	batch "vlan add vsw0 vid 309" "port del a" "vlan add vsw0 vid 310" \
		"port set nobody pcp 1"
	refused "commands:4: There is no port" apply
	check_eq owner "$(entry "$mac" 310)" "a local"
}

# The sentence, the line and the attribute of what is wrong
errors()
{
	setup
	batch "vlan add a vid 20" "port set b mac 01:00:00:00:00:01"
	refused "commands:2: A port cannot have a multicast MAC" apply
	batch "port set a vlan 20" "port del nobody"
	refused "commands:2: There is no port of that name.*attribute name" apply
	batch "switch del vsw0" "port set a vlan 20"
	refused "commands:2: There is no port of that name" apply
	batch "port del a" "port set a vlan 20"
	refused "commands:2: There is no port of that name" apply
	batch "port set a vlan 20" "port set a dev none"
	refused "commands:2: A change of paths is no part" apply
	batch "switch add vsw0" "port set a vlan 20"
	refused "commands:1: A device of that name exists" apply
	batch "port add nobody x dev d"
	refused "commands:1: There is no vsw switch of that name" apply
	batch ""
	cmd_ok apply
	# So many that none of them is found by chance
	{
		for ((i = 0; i < 5000; i++)); do
			echo "vlan add c vid $((i % 3000 + 100))"
		done
		echo "vlan del c vid 4094"
		echo "vlan add c vid 4001"
	} >$BATCH
	refused "commands:5001: The port is no member of that VLAN" apply
}

is_told()
{
	vswctl switch set vsw0 ageing 101
	sleep 0.5
	[ -s "$1" ]
}

# What is told from now on is in the file.
listen_to_batch()
{
	# Not by the function, whose shell would be killed and not the command.
	"$VSW_CTL" -j monitor config >>$HEARD &
	defer rm -f $HEARD
	defer kill $!
	wait_for 20 is_told $HEARD
	sleep 1
	: >$HEARD
}

# Nobody is told of what has not happened, and of the rest in order.
events()
{
	setup
	listen_to_batch
	batch "${ALL[@]}" "port set nobody pcp 1"
	cmd_fail "There is no port" apply
	batch "port del c" "port add vsw0 c dev c vlan 31" "vlan add b vid 60"
	cmd_ok apply
	busywait 10 grep -q vlan-ntf $HEARD || fail "no event of the VLAN"
	check_eq events "$(jq -rc '[.event, (.port.name? // .vlan.port)] |
		join(" ")' $HEARD |
		paste -sd ,)" "port-del-ntf c,port-ntf c,vlan-ntf b"
	# More than anybody's memory is for, and whoever listens is told so.
	: >$HEARD
	for ((i = 0; i < 5000; i++)); do
		echo "port set a pcp $((i % 8))"
	done >$BATCH
	cmd_ok apply
	busywait 20 grep -q events-lost $HEARD || fail "that events are lost is not told"
}

# Two machines change their VLANs, and are never in one.
#
#	h1 (10, 20, 10...) --- vsw0 --- h2 (20, 10, 20...)
datapath()
{
	local before rounds n

	add_switch vsw0
	add_host h1
	add_host h2
	cmd_ok vswctl port add vsw0 h1 dev h1 vlan 10
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 20
	flood h1 &
	defer kill $!
	batch "port set h2 vlan 10" "port set h1 vlan 20"
	printf '%s\n' "port set h2 vlan 20" "port set h1 vlan 10" >$UNDO
	wait_for 10 has_sent h1 1000
	[ "$(received h2)" -eq 0 ] || fail "h2 receives in another VLAN"
	# One after the other they are in one VLAN for a moment. Where there is one CPU
	# only, it is luck who has it then.
	for ((rounds = 1; rounds <= 100; rounds++)); do
		cmd_ok vswctl -b $BATCH
		cmd_ok vswctl -b $UNDO
		[ "$(received h2)" -eq 0 ] || [ "$rounds" -lt 5 ] || break
	done
	[ "$(received h2)" -gt 0 ] || fail "no half is ever seen: not a test"
	before=$(received h2)
	for ((n = 0; n < 40 || n < 4 * rounds; n++)); do
		cmd_ok vswctl -a -b $BATCH
		cmd_ok vswctl -a -b $UNDO
	done
	check_eq "frames that met a half" "$(($(received h2) - before))" 0
	log "$(received h2) frames met a half without transaction, in $rounds rounds"
}

# flood NAMESPACE: broadcasts, as many as can be
flood()
{
	exec ip netns exec "$1" python3 - &>/dev/null <<-END
	import socket
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind(("eth0", 0))
	frame = b"\xff" * 6 + b"\x02\0\0\0\0\x77" + b"\x88\xb5" + b"\0" * 50
	while True:
	    s.send(frame)
	END
}

received()
{
	ip -n "$1" -s -j link show eth0 | jq '.[0].stats64.rx.packets'
}

has_sent()
{
	[ "$(ip -n "$1" -s -j link show eth0 |
		jq '.[0].stats64.tx.packets')" -gt "$2" ]
}

# VFs are what they were, with their drivers and all.
vfs()
{
	use_vfs
	add_switch vsw0
	add_dummies a
	cmd_ok vswctl uplink add vsw0 "$PF"
	defer vswctl uplink del "$PF"
	cmd_ok vswctl port add vsw0 v0 vf "$PF/0" vlan 10 mac 52:54:00:00:00:10
	batch "port set v0 vlan 20 mac 52:54:00:00:00:11 max-tx-rate 100" \
		"port add vsw0 v1 vf $PF/1 vlan 30 mac 52:54:00:00:00:12" \
		"port del v0" \
		"port add vsw0 v2 vf $PF/0 vlan 40 mac 52:54:00:00:00:10" \
		"port add vsw0 a dev a vlan 50" "port add vsw0 b dev a"
	refused "commands:6: a is enslaved to vsw0" apply
	sed -i '$d' $BATCH
	cmd_ok apply
	defer vswctl port del v1
	defer vswctl port del v2
	check_eq VFs "$(vswctl -j vf show "$PF" |
		jq -c 'map([.vf, .port, .vlan, .mac])[:2]')" \
		'[[0,"v2",40,"52:54:00:00:00:10"],[1,"v1",30,"52:54:00:00:00:12"]]'
	# All of it goes, the PF and what hangs on it, and comes again.
	batch "port del v1" "port del v2" "uplink del $PF" \
		"uplink add vsw0 $PF pcp 1" \
		"port add vsw0 v3 vf $PF/1 vlan 60 mac 52:54:00:00:00:12" \
		"port set nobody vlan 1"
	refused "commands:6: There is no port" apply
	sed -i '$d' $BATCH
	cmd_ok apply
	check_eq ports "$(vswctl -j port show |
		jq -c 'map(.name)')" "$(jq -nc --arg pf "$PF" '["vsw0","a",$pf,"v3"]')"
	cmd_ok vswctl port del v3
}

# A driver that refuses its Nth call, whichever that is: all VFs are what they were.
driver_refuses()
{
	local op n refused before

	# shellcheck disable=SC2119
	load_testpf
	add_switch vsw0
	add_dummies a
	cmd_ok vswctl uplink add vsw0 testpf
	defer vswctl uplink del testpf
	cmd_ok vswctl port add vsw0 v0 vf testpf/0 vlan 10 mac 52:54:00:00:00:10
	cmd_ok vswctl port add vsw0 v1 vf testpf/1 vlan 20 mac 52:54:00:00:00:20
	batch "port set v0 vlan 30 mac 52:54:00:00:00:30 trust on spoofchk off" \
		"port set v0 max-tx-rate 100 link-state enable" "port del v1" \
		"port add vsw0 v2 vf testpf/1 vlan 40 mac 52:54:00:00:00:40 trust on" \
		"port add vsw0 v3 vf testpf/2 vlan 50 mac 52:54:00:00:00:50 max-tx-rate 7" \
		"port add vsw0 a dev a vlan 60"
	before=$(vfs_state)
	for op in mac vlan spoofchk trust rate link; do
		refused=0
		for n in 1 2 3 4; do
			echo "$op $n" >$SYS/fail
			if is_refused "$op" "$before"; then
				refused=$((refused + 1))
			else
				# To give a VF back may fail, and stops nobody.
				echo "$op 0" >$SYS/fail
				take_back
			fi
		done
		echo "$op 0" >$SYS/fail
		log "$op: refused $refused times"
		[ "$refused" -gt 0 ] || fail "$op is never refused"
	done
}

# undone LINE...: nothing is left of them
undone()
{
	local before

	before=$(state)
	batch "$@" "port set nobody pcp 1"
	cmd_fail "There is no port" apply
	check_eq "what '$*' left" "$(diff <(echo "$before") <(state))" ""
}

# An uplink with VFs, a port with two paths, and one without a VF
setup_paths()
{
	# shellcheck disable=SC2119
	load_testpf
	add_dummies a b c d e
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 testpf
	defer vswctl uplink del testpf
	cmd_ok vswctl port add vsw0 a dev a vlan 10 mac 52:54:00:00:00:0a
	cmd_ok vswctl port add vsw0 b dev b vlan 10 mac 52:54:00:00:00:0b
	cmd_ok vswctl port add vsw0 c dev c vlan 10
	cmd_ok vswctl fdb add 52:54:00:00:00:0f port c vid 10
	cmd_ok vswctl port add vsw0 v0 dev d vf testpf/0 vlan 20 \
		mac 52:54:00:00:00:10 failover auto
	cmd_ok vswctl port add vsw0 v1 dev e vf testpf/1 vlan 20 \
		mac 52:54:00:00:00:11 failover auto
	cmd_ok vswctl port add vsw0 v2 vf testpf/2 vlan 30 mac 52:54:00:00:00:12
	cmd_ok vswctl port add vsw0 v3 vf testpf/3 vlan 30 mac 52:54:00:00:00:13
}

# What one has from another goes back, whoever was touched first.
given_back()
{
	setup_paths
	undone "port set a mac 52:54:00:00:00:aa" \
		"port set b mac 52:54:00:00:00:0a" \
		"port set a mac 52:54:00:00:00:0b"
	undone "port set b pcp 1" "port del a" \
		"port set b mac 52:54:00:00:00:0a" \
		"port add vsw0 a2 dev a vlan 10 mac 52:54:00:00:00:0b"
	undone "port set a pcp 1" \
		"fdb del 52:54:00:00:00:0f switch vsw0 vid 10" \
		"port set a mac 52:54:00:00:00:0f"
	undone "port set a pcp 1" "port del c" \
		"port set a mac 52:54:00:00:00:0f"
	undone "port set a pcp 1" "port set c vlan 11" \
		"port set a mac 52:54:00:00:00:0f" "port set c vlan 10"
	undone "port set v0 mac 52:54:00:00:00:aa" \
		"port set v1 mac 52:54:00:00:00:10" \
		"port set v0 mac 52:54:00:00:00:11"
	undone "uplink set testpf pcp 1" "port set v2 vlan 31" \
		"port set v3 vlan 31" "vlan add testpf vid 30 untagged" \
		"port set v2 vlan 30"
	undone "port set v2 pcp 1" "port del v0" "port del v1" "port del v3" \
		"port del v2" "uplink del testpf" "uplink add vsw0 testpf" \
		"port add vsw0 v2 vf testpf/1 vlan 30 mac 52:54:00:00:00:10"
	undone "uplink set testpf filter-max 9" "switch del vsw0" \
		"switch add vsw1" "uplink add vsw1 testpf" \
		"port add vsw1 a dev a vlan 10 mac 52:54:00:00:00:0a" \
		"port add vsw1 v0 dev d vf testpf/3 vlan 20 failover auto"
}

# What is deleted is free, all of it.
taken_over()
{
	setup_paths
	# shellcheck disable=SC2034
	PF=testpf
	batch "port del c" "port set a mac 52:54:00:00:00:0f" \
		"port del v0" "port set v1 mac 52:54:00:00:00:10" \
		"port del v3" \
		"port add vsw0 v4 vf testpf/any vlan 30 mac 52:54:00:00:00:13" \
		"port add vsw0 v5 vf testpf/any vlan 30 mac 52:54:00:00:00:15" \
		"port add vsw0 d dev d"
	cmd_ok apply
	check_eq ports "$(vswctl -j port show | jq -c 'map(.name)')" \
		'["vsw0","testpf","a","b","v1","v2","v4","v5","d"]'
	check_eq VFs "$(vswctl -j vf show testpf | jq -c 'map(.port)')" \
		'["v4","v1","v2","v5"]'
	check_eq entry "$(vswctl -j fdb show |
		jq -c 'map(select(.mac | endswith(":0f")) | [.port, .type])')" \
		'[["a","local"]]'
	listen_to_batch
	batch "switch del vsw0" "switch add vsw1" "uplink add vsw1 testpf" \
		"port add vsw1 a dev a vlan 10 mac 52:54:00:00:00:0a" \
		"port add vsw1 v0 dev d vf testpf/3 vlan 20 failover auto"
	cmd_ok apply
	defer ip link del vsw1
	busywait 10 grep -q '"v0"' $HEARD || fail "no event of v0"
	check_eq ports "$(vswctl -j port show | jq -c 'map(.name)')" \
		'["vsw1","testpf","a","v0"]'
	# All that goes, then all that comes, and nothing after that
	sleep 0.5
	check_eq events "$(jq -rc 'select(.event | test("^(port|switch)")) |
		(.event | sub("-ntf"; "")) + " " + (.port.name? // .switch.name)' \
		$HEARD | paste -sd ,)" "$(printf '%s,' \
		"port-del d" "port-del v5" "port-del v4" "port-del v2" \
		"port-del v1" "port-del b" "port-del a" "port-del testpf" \
		"port-del vsw0" "switch-del vsw0" "switch vsw1" "port vsw1" \
		"port testpf" "port a")port v0"
	cmd_ok vswctl switch del vsw1

	# Who had a wish for an uplink has none for what has its name.
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 testpf
	cmd_ok vswctl port add vsw0 a dev a pin testpf
	batch "uplink del testpf" "port add vsw0 testpf dev b"
	cmd_ok apply
	check_eq pin "$(port_field a pin)" null

	# What is left is free, too, and what stays is not.
	cmd_ok vswctl port set a vlan 10
	cmd_ok vswctl port add vsw0 c dev c vlan 10
	cmd_ok vswctl fdb add 52:54:00:00:00:0f port c vid 10
	batch "port set c pcp 1" "port set a mac 52:54:00:00:00:0f"
	cmd_fail "is another's in VLAN 10" apply
	batch "port set c vlan 11" "port set a mac 52:54:00:00:00:0f"
	cmd_ok apply
	check_eq entry "$(vswctl -j fdb show |
		jq -c 'map(select(.mac | endswith(":0f")) | [.port, .type])')" \
		'[["a","local"]]'
}

# VFs that are away, or whose driver refuses the way back
not_given_back()
{
	local before n

	setup_paths
	cmd_ok vswctl port failover v0 soft
	cmd_ok vswctl fdb add 52:54:00:00:00:0e port b vid 10 sticky
	# Its address is no port's, and what there was is not forgotten.
	undone "port set a mac 52:54:00:00:00:0e"
	before=$(state)
	batch "port set a mac 52:54:00:00:00:aa" \
		"fdb add 52:54:00:00:00:aa port c vid 10"
	cmd_fail "belongs to a port by configuration" apply
	check_eq "what is left" "$(diff <(echo "$before") <(state))" ""
	# The driver does not tell what a VF is, whenever it is asked.
	for n in 1 3 5 6 7; do
		echo "read $n" >$SYS/fail
		batch "port del v2" "port del v3" \
			"port add vsw0 v4 vf testpf/2 vlan 40 mac 52:54:00:00:00:40" \
			"port add vsw0 v5 vf testpf/3 vlan 40 mac 52:54:00:00:00:41" \
			"port set nobody pcp 1"
		cmd_fail "" apply
		echo "read 0" >$SYS/fail
		wait_for 15 state_is "$before"
	done
	# It takes the VLAN, and then does not take it back.
	echo "vlan 2" >$SYS/fail
	batch "port set v2 vlan 31 mac 52:54:00:00:00:1e" "port set nobody pcp 1"
	cmd_fail "There is no port" apply
	dmesg | grep -q "port v2 is not what it was" || fail "the log says nothing"
	wait_for 15 state_is "$before"

	echo 0 >$SYS/sriov_numvfs
	echo 2 >$SYS/sriov_numvfs
	wait_for 15 are_kept '["52:54:00:00:00:10","52:54:00:00:00:11"]'
	undone "port del v0" "port del v3" "uplink set testpf pcp 1"
	undone "port del v0" "port add vsw0 x dev d"
	before=$(state)
	batch "port del v3" "port add vsw0 v3 vf testpf/3 vlan 31"
	cmd_fail "VF 3 is out of range" apply
	check_eq "what is left" "$(diff <(echo "$before") <(state))" ""
}

# are_kept ADDRESSES: the first VFs are what their ports want again
are_kept()
{
	[ "$(vswctl -j vf show testpf | jq -c 'map(.mac)[:2]')" = "$1" ]
}

state_is()
{
	[ "$(state)" = "$1" ]
}

take_back()
{
	cmd_ok vswctl port del v2
	cmd_ok vswctl port del v3
	cmd_ok vswctl port del a
	cmd_ok vswctl port set v0 vlan 10 mac 52:54:00:00:00:10 trust off \
		spoofchk on max-tx-rate 0 link-state auto
	cmd_ok vswctl port add vsw0 v1 vf testpf/1 vlan 20 mac 52:54:00:00:00:20
}

# vfs_state: but for the numbers of ports and what a VF was before
vfs_state()
{
	ip -j link show dev testpf | jq -c '.[0].vfinfo_list'
	vswctl -j -b - <<-END | jq -c 'map(del(.id, .corrections))'
	vf
	port
	vlan
	END
	vswctl -j fdb show | jq -c 'map(del(.age)) | sort'
}

# is_refused OP BEFORE: the batch, and all is as before; false when it is taken
is_refused()
{
	local out

	# shellcheck disable=SC2119
	out=$(apply 2>&1) && return 1
	grep -q "batch-commands:[1-5]: testpf" <<<"$out" ||
		fail "$1 refused: '$out'"
	check_eq "what is different after $1" \
		"$(diff <(echo "$2") <(vfs_state))" ""
}

pvid_is()
{
	[ "$(port_field "$1" pvid)" = "$2" ]
}

confirm()
{
	local before

	setup
	before=$(state)
	batch "port set a vlan 44" "vlan add b vid 70" "port add vsw0 d dev d"
	printf '%s\n' "port del d" "vlan del b vid 70" "port set a vlan 10" >$UNDO
	cmd_ok apply -c 12 -u $UNDO
	pvid_is a 44 || fail "nothing was done"
	cmd_fail "A batch waits to be confirmed" apply -c 12 -u $UNDO
	# What comes and goes with VMs does so meanwhile.
	echo "port set b pcp 3" | cmd_ok vswctl -a -b -
	check_eq "pcp of b" "$(port_field b pcp)" 3
	echo "port set b pcp 0" | cmd_ok vswctl -a -b -
	wait_for 30 pvid_is a 10
	check_eq "what is different" "$(diff <(echo "$before") <(state))" ""
	dmesg | grep -q "nobody has confirmed a batch in 12 s" ||
		fail "the log says nothing"

	cmd_ok apply -c 3 -u $UNDO
	cmd_ok vswctl config confirm
	cmd_fail "No batch waits" vswctl config confirm
	cmd_fail "No batch waits" vswctl config rollback
	sleep 4
	pvid_is a 44 || fail "it was taken back"

	cmd_ok vswctl -b $UNDO
	cmd_ok apply -c 60 -u $UNDO
	cmd_ok vswctl config rollback
	pvid_is a 10 || fail "it was not taken back"
	# Whatever somebody else has changed since cannot be.
	cmd_ok apply -c 60 -u $UNDO
	cmd_ok vswctl port del d
	cmd_ok vswctl config rollback
	pvid_is a 10 || fail "the rest was not taken back"
	dmesg | grep -q "cannot take back a change that nobody has confirmed" ||
		fail "the log does not say what is left"
	# What is wrong with the way back is found before anything is done.
	echo "port set a vlan 10 frames 7" >$UNDO
	batch "port set a vlan 44"
	cmd_fail "" apply -c 60 -u $UNDO
	pvid_is a 10 || fail "it was done"
}

# Unloading and a namespace that goes do not wait for a confirmation.
goes_away()
{
	setup
	batch "port set a vlan 44"
	echo "port set a vlan 10" >$UNDO
	cmd_ok apply -c 3 -u $UNDO
	cmd_ok rmmod vsw
	sleep 4
	load_vsw
	cmd_ok ip netns add gone
	defer ip netns del gone
	cmd_ok ip -n gone link add z type dummy
	echo "switch add vsw0" | cmd_ok vswctl -n gone -a -b -
	echo "port add vsw0 z dev z" >$BATCH
	echo "port del z" >$UNDO
	cmd_ok vswctl -n gone -a -b $BATCH -c 3 -u $UNDO
	cmd_ok ip netns del gone
	sleep 4
}

# Root of a user namespace of his own has batches of his own, but may not stop the host.
unprivileged()
{
	local n trace=/sys/kernel/tracing

	require_command unshare
	# shellcheck disable=SC2119
	load_vsw
	for n in a b; do
		echo "port set $n pcp 3"
	done >$BATCH
	yes "vlan add a vid 7" | head -n 255 >$BATCH.256
	sed -n 1p $BATCH >>$BATCH.256
	cat $BATCH >$BATCH.257
	yes "vlan add a vid 7" | head -n 255 >>$BATCH.257
	[ -e $trace/set_ftrace_filter ] || mount -t tracefs none $trace
	echo stop_machine >$trace/set_ftrace_filter || skip "needs ftrace"
	defer sh -c "echo nop >$trace/current_tracer; echo >$trace/set_ftrace_filter"
	echo function >$trace/current_tracer
	echo >$trace/trace
	# shellcheck disable=SC2016
	cmd_ok unshare -Urn bash -ec '
		"$VSW_CTL" switch add vsw0
		for dev in a b; do
			ip link add dev $dev type dummy
			"$VSW_CTL" port add vsw0 $dev dev $dev vlan 5
		done
		"$VSW_CTL" -a -b "$1"
		"$VSW_CTL" -a -b "$1.256"
		! "$VSW_CTL" -a -b "$1.257" 2>"$1.said"
		grep -q "256 entries at most" "$1.said"
		[ "$("$VSW_CTL" -j port show b | jq ".[0].pcp")" = 3 ]' - $BATCH
	check_eq "times that all CPUs stopped" "$(grep -c 'stop_machine' $trace/trace)" 0
	# Would it be seen?
	setup
	batch "port set a pcp 1" "port set b pcp 1"
	cmd_ok apply
	[ "$(grep -c 'stop_machine' $trace/trace)" -gt 0 ] || fail "not seen"
}

remove_many()
{
	printf 'link del m%d\n' {0..999} | ip -b -
}

# As many as a host has, or VSW_PORTS
many()
{
	local start took i ports=${VSW_PORTS:-1000}

	load_vsw

	for ((i = 0; i < ports; i++)); do
		echo "link add m$i type dummy"
	done >$BATCH
	cmd_ok ip -b $BATCH
	defer remove_many
	echo "switch add vsw0" >$BATCH
	for ((i = 0; i < ports; i++)); do
		echo "port add vsw0 m$i dev m$i trunk $(seq -s , 2 2 200)"
	done >>$BATCH
	start=$(date +%s%N)
	cmd_ok apply
	took=$((($(date +%s%N) - start) / 1000000))
	log "$ports ports with 100 VLANs in $took ms"
	defer ip link del vsw0
	# Two seconds on a machine, and this one is emulated.
	[ "$took" -lt 20000 ] || fail "that takes $took ms"
	check_eq ports "$(vswctl -j switch show vsw0 | jq '.[0].ports')" "$ports"
	for ((i = 0; i < ports; i++)); do
		echo "vlan add m$i vid 300"
	done >$BATCH
	echo "port set nobody pcp 1" >>$BATCH
	cmd_fail "commands:$((ports + 1)): There is no port" apply
	check_eq VLANs "$(vswctl -j port show | jq 'map(."vlan-count") | add')" \
		$((ports * 100 + 1))
}

run_cases whole none given_to_the_host errors events datapath vfs driver_refuses \
	given_back taken_over not_given_back confirm goes_away unprivileged many
