#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vswctl explain says what the datapath does, and vsw-trace shows that: the same
# frames are explained, sent and traced, and all three have to agree on who gets
# them and with which tag, on the steps, and on the counters of drops.
#
#	a b g i m	VLAN 100; g with hairpin, i takes no groups and learns nothing
#	e f		VLAN 100, isolated
#	c		trunk 100,200,300,400
#	d p		VLAN 200; p with a priority
#	h		trunk 100,200, VLAN 1 without a tag, no unknown unicast
#	j		VLAN 100, tagged frames only
#	k		trunk 100, without ingress filtering
#	l		VLAN 100, without a carrier
#	u		uplink, trunk 100,200,300
#	vsw0		the host, VLAN 1

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"

explain()
{
	python3 -B "$VSW_TOP/selftests/explain.py" "$@"
}

# start_trace FILE COMMAND...: a program, in the background
start_trace()
{
	local file=$1

	shift
	"$@" >"$file" 2>"$file.err" &
	TRACE=$!
	defer kill "$TRACE"
	wait_for 30 test -s "$file.err"
	grep -q following "$file.err" || fail "$* said: $(cat "$file.err")"
}

# It takes what has come with it.
stop_trace()
{
	kill -INT "$TRACE"
	wait "$TRACE" || fail "the trace ended with status $?"
	wait_for 10 unused
}

unused()
{
	[ "$(cat /sys/module/vsw/refcnt)" = 0 ]
}

# agree: the table comes on standard input
agree()
{
	local count table

	[ -x "$VSW_TOP/bpf/vsw-trace" ] || skip "bpf/vsw-trace is not built"
	need_btf
	table=$(mktemp)
	defer rm -f "$table" "$table".*
	cat >"$table"
	count=$(explain ask "$table") || fail "vswctl explain: $count"
	start_trace "$table.trace" vsw-trace -j
	vswctl -j stats show >"$table.before"
	frames play "$table.plan" "$count"
	vswctl -j stats show >"$table.after"
	stop_trace
	explain judge "$table" "$table.before" "$table.after" >"$table.log"
	count=$?
	while IFS= read -r line; do
		log "$line"
	done <"$table.log"
	[ "$count" -eq 0 ] || fail "not as explained"
}

build()
{
	add_switch vsw0
	cmd_ok ip link set vsw0 address "$(mac f0)"
	add_taps a b c d e f g h i j k l m p u
	for name in a b; do
		add_port "$name" vlan 100
	done
	add_port c trunk 100,200,300,400
	add_port d vlan 200
	add_port e vlan 100 isolated on
	add_port f vlan 100 isolated on
	add_port g vlan 100 hairpin on
	add_port h trunk 100,200 native 1 unicast-flood off
	add_port i vlan 100 multicast-flood off broadcast-flood off learning off
	add_port j vlan 100 frames tagged
	add_port k trunk 100 ingress-filtering off
	add_port l vlan 100
	add_port m vlan 100 mac "$(mac d0)"
	add_port p vlan 200 pcp 5
	add_uplink u trunk 100,200,300
	open_devices vsw0
	cmd_ok vswctl fdb add "$(mac d1)" port b vid 100 static
	cmd_ok vswctl fdb add "$(mac d2)" port a vid 100 sticky
	cmd_ok vswctl fdb add "$(mac d3)" port u vid 100 static
	cmd_ok vswctl fdb add "$(mac d4)" port c vid 200 static
	# What they are known by: their names; a has another one, k is in a
	# VLAN that it is no member of.
	for name in a b e f g p; do
		frames repeat "$name" "$(address "$name")>all" 1
	done
	frames repeat a "1a>all" 1
	frames repeat a "1b>all" 1
	frames repeat d "dd>all" 1
	for vid in 100 200 400; do
		frames repeat c "c>all $vid" 1
	done
	frames repeat h "55>all" 1
	frames repeat k "cc>all 300" 1
	frames repeat l "1f>all" 1
	frames repeat u "e1>all 100" 1
	frames carrier l 0
	wait_for 5 is_down l
}

is_down()
{
	[ "$(port_field "$1" up)" = false ]
}

# address PORT: two digits that are its name, more or less
address()
{
	case $1 in
	[a-f])	echo "$1" ;;
	g)	echo 10 ;;
	p)	echo 20 ;;
	esac
}

table()
{
	need_btf
	build
	agree <<-END
	a | a>b
	a | a>b 0.3
	a | a>b 100
	a | a>b s100
	a | a>b 0.2 7
	a | a>b s5 0x0806
	a | a>c
	a | a>ee
	a | a>all
	a | a>group
	a | a>all 0.7
	a | a>1a
	a | a>10
	a | a>d0
	a | a>d1
	a | a>d3
	a | a>1f
	a | a>e1
	a | a>dd
	a | a>b +1505
	a | all>b
	a | 00:00:00:00:00:00>b
	a | a>01:80:c2:00:00:0e
	a | a>01:80:c2:00:00:01
	a | a>00:00:00:00:00:00
	b | d0>a
	b | d2>a
	b | 1b>a
	b | 77>a
	e | e>f
	e | e>a
	e | e>all
	e | e>ee
	g | 10>10
	g | 10>all
	g | 10>ee
	i | 99>a
	i | 99>all
	j | 88>a
	j | 88>a 0.1
	j | 88>a 100.4
	p | 20>dd
	p | 20>d4
	p | 20>all
	p | 20>all 0.1
	c | c>a 100
	c | c>a 100.6
	c | c>a 100 7
	c | c>a 100 s7
	c | c>all 100 7
	c | c>e1 100 7
	c | c>a
	c | c>a 0.5
	c | c>a 4095
	c | c>a 500
	c | c>ee 400
	c | c>all 400
	c | c>cc 300
	c | c>all 200.5
	c | c>d4 200
	h | 55>f0
	h | 55>all
	h | 55>ee
	h | 55>all 200
	h | 55>a 100
	k | cc>a 100
	k | cc>all 200
	k | 66>dd 200.3
	k | cc>dd
	u | e1>a 100
	u | e1>d0 100
	u | d0>a 100
	u | e1>e1 100
	u | e1>all 100
	u | e1>all 300.1
	u | e1>ee 200
	u | e1>a
	vsw0 | f0>55
	vsw0 | f0>all
	vsw0 | f0>all 0.3
	vsw0 | f0>a 100
	vsw0 | f0>01:80:c2:00:00:0e
	vsw0 | f0>ee
	END
}

# Two uplinks that are a team, and two that are not
team()
{
	need_btf
	add_switch vsw0 teaming active-backup
	add_taps a b u v
	add_port a vlan 100
	add_port b vlan 100
	add_uplink u
	add_uplink v
	cmd_ok vswctl port set b pin v
	frames repeat a "a>all" 1
	frames repeat b "b>all" 1
	frames repeat u "e1>all 100" 1
	log "active-backup"
	agree <<-END
	a | a>b
	a | a>e1
	b | b>e1
	a | a>all
	b | b>ee
	u | e1>a 100
	u | e1>b 100
	v | e1>b 100
	v | e1>all 100
	u | e2>e1 100
	v | e3>e1 100
	END
	cmd_ok vswctl switch set vsw0 teaming none
	log "none"
	agree <<-END
	a | a>e1
	a | a>all
	u | e1>a 100
	u | e1>all 100
	u | e1>e3 100
	v | e1>b 100
	END
}

# What a VF has to do with the datapath, on a real driver
vf()
{
	need_btf
	use_vfs
	add_switch vsw0
	add_taps t1 t2
	add_uplink "$PF"
	defer vswctl uplink del "$PF"
	add_port t1 vlan 100 mac "$(mac 1)"
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan 100 mac "$(mac 20)"
	defer vswctl port del db1
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" dev t2 path vf vlan 100 \
		mac "$(mac 21)"
	defer vswctl port del db2
	add_vf_host vm1 0
	cmd_ok ip link set "$WIRE" promisc on
	defer ip link set "$WIRE" promisc off
	open_devices eth0@vm1 "$WIRE"
	wait_for 5 nic_has "$PF" "$(mac 1)"
	agree <<-END
	end db1 eth0@vm1
	end db2 t2
	end $PF $WIRE
	nic db1
	unseen db2
	t1 | 1>20
	t1 | 1>21
	t1 | 1>all
	t1 | 1>ee
	db1 | 20>1
	db2 | 21>1 | path soft
	$PF | e1>1 100
	$PF | 1>all 100
	END
	cmd_ok vswctl port failover db2 soft
	agree <<-END
	end db1 eth0@vm1
	end db2 t2
	nic db1
	end $PF $WIRE
	db2 | 21>1
	db2 | 22>1
	db2 | 21>20
	db2 | 21>1 100
	t1 | 1>21
	t1 | 1>ee
	END
}

# status WANTED COMMAND...: of vswctl
status()
{
	local got wanted=$1

	shift
	vswctl "$@" >/dev/null 2>&1
	got=$?
	check_eq "status of vswctl $*" "$got" "$wanted"
}

# What it says, and how it ends
words()
{
	local out

	add_switch vsw0
	add_taps a b
	add_port a vlan 100 mac "$(mac a)"
	add_port b vlan 100
	out=$(vswctl explain a dst "$(mac 99)") || fail "status $?"
	check_eq "what it says" "$out" "a: 02:00:00:00:00:0a > \
02:00:00:00:00:99 untagged 0x0800
    receive   ok         from a
    classify  ok         VLAN 100  untagged: the PVID of the port, \
priority 0 of the port
    admit     ok         member: the port is a member of the VLAN
    learn     kept       known behind this port
    look-up   flood      unknown: nobody is known to have the address
    deliver   skipped    vsw0  no-flood: the host's addresses are known
    deliver   skipped    a  same-port: it lives where the frame came from
    deliver   untagged   b
    delivered to 1 port"
	status 0 explain a dst "$(mac 99)"
	status 4 explain a dst "$(mac 99)" vlan 100
	check_eq "the counter" \
		"$(vswctl -j explain a dst "$(mac 99)" vlan 100 |
			jq -r '.[0] | "\(.where) \(.direction) \(.reason)"')" \
		"a rx frame-type"
	cmd_fail 'tx too-big of b' vswctl explain a dst "$(mac 99)" length 1519
	status 0 explain a dst "$(mac 99)" length 1518
	# The one of another VLAN, in a batch
	printf 'explain a dst %s\nexplain a dst %s\n' \
		"$(mac 1)" "$(mac 2)" | vswctl -b - >/dev/null || fail "batch"
	cmd_fail 'nobody|no port' vswctl explain c dst "$(mac 99)"
	status 1 explain c dst "$(mac 99)"
	cmd_fail 'is not .soft' vswctl explain a dst "$(mac 99)" path vf
	status 2 explain a
	status 2 explain a dst 1
	status 2 explain a dst "$(mac 99)" ethertype 8100
	# Nothing was sent, and nothing learned.
	check_eq "frames received" "$(vswctl -j stats show a |
		jq '.[0]."rx-packets"')" 0
}

traced()
{
	jq -r '"\(.port) \(.vid) \(.src[15:]) \(.result)"' "$OUT"
}

# vswctl trace: what is asked for and nothing else, and how it ends
trace()
{
	local PATH=$VSW_TOP/bpf:$PATH

	[ -x "$VSW_TOP/bpf/vsw-trace" ] || skip "bpf/vsw-trace is not built"
	need_btf
	OUT=$(mktemp)
	defer rm -f "$OUT" "$OUT.err"
	add_switch vsw0
	add_taps a b c
	add_port a vlan 100
	add_port b vlan 100
	add_port c trunk 100,200

	start_trace "$OUT" "$VSW_CTL" -j trace b mac "$(mac b)" vlan 100
	frames check a "a>all" "b a>all" "c a>all 100"
	frames check b "b>a" "a b>a"
	frames check a "a>b" "b a>b"
	frames check c "c>a 100" "a c>a"
	frames check c "c>b 100" "b c>b"
	frames check b "b>a 300"
	stop_trace
	check_eq "frames" "$(traced)" "b 100 0b delivered
a 100 0a delivered
c 100 0c delivered"

	start_trace "$OUT" "$VSW_CTL" trace c count 2
	frames check c "c>a 200"
	frames check a "a>b" "b a>b"
	frames check c "c>a 100 7"
	wait "$TRACE" || fail "vswctl trace with count: status $?"
	check_eq "the groups" "$(sed -E 's/^[0-9:.]+ //' "$OUT")" \
"c: 02:00:00:00:00:0c > 02:00:00:00:00:0a tag 200.0 0x88b5 len 60
    receive   ok
    classify  ok         VLAN 200  tagged
    admit     ok         member
    learn     learned
    look-up   flood      unknown
    deliver   dropped    no-member
    dropped: no-member
c: 02:00:00:00:00:0c > 02:00:00:00:00:0a tag 100.0 inner tag 7.0 0x8100 len 64
    receive   ok
    classify  ok         VLAN 100  tagged
    admit     ok         member
    learn     kept
    look-up   found
    deliver   dropped    a  nested-tag
    dropped: nested-tag"

	# The port goes.
	start_trace "$OUT" "$VSW_CTL" trace c
	cmd_fail 'in use' rmmod vsw
	cmd_ok vswctl port del c
	wait "$TRACE" || fail "vswctl trace when its port goes: status $?"
	grep -q "port 'c' is gone" "$OUT.err" || fail "$(cat "$OUT.err")"
	wait_for 10 unused

	# Too much for the reader, which is told
	start_trace "$OUT" "$VSW_CTL" trace a
	kill -STOP "$(pgrep -P "$TRACE" vsw-trace)"
	frames repeat a "a>b" 12000
	kill -CONT "$(pgrep -P "$TRACE" vsw-trace)"
	stop_trace
	check_eq "frames shown and lost" "$(($(grep -c ' > ' "$OUT") +
		$(awk '/came too fast/ { sum += $2 } END { print sum + 0 }' \
			"$OUT.err")))" 12000
	grep -q 'came too fast' "$OUT.err" || fail "none was lost"
	status 1 trace c
	status 2 trace a vlan 5000
	status 2 trace a count 0
}

trap remove_vfs EXIT
run_cases words table team trace vf
