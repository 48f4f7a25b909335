#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vsw-dropmon counts what the module counts.
#
#	h1	VLAN 100, so that tagged frames are of the wrong type
#	h2	tagged in VLAN 100
#	h3	VLAN 300, alone there

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

DROPMON=${VSW_TOP}/bpf/vsw-dropmon

dropmon()
{
	"$DROPMON" "$@"
}

build()
{
	local name

	[ -x "$DROPMON" ] || skip "bpf/vsw-dropmon is not built"
	need_btf
	require_command python3
	add_switch vsw0
	for name in h1 h2 h3; do
		add_host "$name"
	done
	cmd_ok vswctl port add vsw0 h1 dev h1 vlan 100
	cmd_ok vswctl port add vsw0 h2 dev h2 trunk 100
	cmd_ok vswctl port add vsw0 h3 dev h3 vlan 300
}

# send HOST VID COUNT: broadcasts, tagged unless VID is 0
send()
{
	ip netns exec "$1" python3 - "$2" "$3" <<-'END' || fail "send $*"
	import socket
	import sys

	vid, count = int(sys.argv[1]), int(sys.argv[2])
	sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	sock.bind(("eth0", 0))
	tag = b"\x81\x00" + vid.to_bytes(2, "big") if vid else b""
	frame = b"\xff" * 6 + b"\x02\x00\x00\x00\x00\x99" + tag + b"\x88\xb5"
	for _ in range(count):
	    sock.send(frame.ljust(60, b"\0"))
	END
}

# 7 frame-type, 5 vlan-filtered, 11 no-member, and 3 that go through
send_all()
{
	send h1 100 7
	send h2 55 5
	send h3 0 11
	send h2 100 3
}

attached()
{
	find "/proc/$MONITOR/fd" -lname '*bpf*link*' | grep -q .
}

# start OPTION...: in the background, what it prints goes to $OUT
start()
{
	OUT=$(mktemp)
	defer rm -f "$OUT"
	"$DROPMON" "$@" >"$OUT" 2>&1 &
	MONITOR=$!
	defer kill -9 "$MONITOR"
	wait_for 20 attached
}

unused()
{
	[ "$(cat /sys/module/vsw/refcnt)" = 0 ]
}

# stop: let it print the last time
stop()
{
	kill -INT "$MONITOR"
	wait "$MONITOR" || fail "vsw-dropmon: status $?, $(cat "$OUT")"
	# The program lives on for a grace period.
	wait_for 10 unused
}

# totals: PORT VID DIRECTION REASON TOTAL, a line each, of the last table
totals()
{
	jq -r '"\(.port) \(.vid) \(.direction) \(.reason) \(.total)"' "$OUT" |
		sort
}

counts()
{
	build
	start -j -i 600
	send_all
	stop
	check_eq totals "$(totals)" "h1 0 rx frame-type 7
h2 55 rx vlan-filtered 5
h3 300 rx no-member 11"
	check_eq frame-type "$(drops h1 rx frame-type)" 7
	check_eq vlan-filtered "$(drops h2 rx vlan-filtered)" 5
	check_eq no-member "$(drops h3 rx no-member)" 11
	check_eq switch "$(jq -r '."switch-name"' "$OUT" | sort -u)" vsw0
	check_eq "switch index" "$(jq -r .switch "$OUT" | sort -u)" \
		"$(cat /sys/class/net/vsw0/ifindex)"
}

# Reading the counters all the time does not make them miss a frame.
exact()
{
	local total

	build
	start -j -i 0.01
	send h1 100 5000 &
	send h2 55 5000
	wait %2
	stop
	for name in h1 h2; do
		total=$(jq -r "select(.port == \"$name\") | .total" "$OUT" |
			tail -n 1)
		check_eq "total of $name" "$total" 5000
	done
	check_eq frame-type "$(drops h1 rx frame-type)" 5000
	check_eq vlan-filtered "$(drops h2 rx vlan-filtered)" 5000
}

filters()
{
	build
	start -j -i 600 -p h2
	send_all
	stop
	check_eq "only a port" "$(totals)" "h2 55 rx vlan-filtered 5"

	start -j -i 600 -r no-member -r frame-type
	send_all
	stop
	check_eq "only reasons" "$(totals)" "h1 0 rx frame-type 7
h3 300 rx no-member 11"

	add_switch vsw1
	start -j -i 600 -s vsw1
	send_all
	stop
	check_eq "only a switch" "$(totals)" ""
}

table()
{
	local rows

	build
	start -i 600
	send_all
	stop
	check_eq header "$(head -n 1 "$OUT" | xargs)" \
		"PORT SWITCH DIR VID REASON TOTAL RATE"
	rows=$(awk 'NR > 1 { print $1, $2, $3, $4, $5, $6 }' "$OUT")
	check_eq "rows, the most first" "$rows" "h3 vsw0 rx 300 no-member 11
h1 vsw0 rx - frame-type 7
h2 vsw0 rx 55 vlan-filtered 5"
	check_eq "widths of the lines" \
		"$(awk '{ print length($0) }' "$OUT" | sort -u | wc -l)" 1
}

rate()
{
	local first attached_at stop_at

	build
	first=$EPOCHREALTIME
	start -j -i 600
	attached_at=$EPOCHREALTIME
	send h1 100 1000
	sleep 1
	stop_at=$EPOCHREALTIME
	stop
	jq -r .rate "$OUT" |
		awk -v longest="$EPOCHREALTIME $first" \
		    -v shortest="$stop_at $attached_at" '{
			split(longest, l)
			split(shortest, s)
			low = 1000 / (l[1] - l[2]) - 0.1
			high = 1.5 * 1000 / (s[1] - s[2])
			exit !($1 >= low && $1 <= high)
		}' || fail "1000 drops since $attached_at: $(cat "$OUT")"
}

# count and interval
ends()
{
	[ -x "$DROPMON" ] || skip "bpf/vsw-dropmon is not built"
	need_btf
	load_vsw
	check_eq "tables of -1" "$(dropmon -1 -i 0.2 | grep -c PORT)" 1
	check_eq "tables of -n 3" "$(dropmon -n 3 -i 0.1 | grep -c PORT)" 3
	check_eq "JSON of nothing" "$(dropmon -j -n 2 -i 0.1)" ""
	wait_for 10 unused
}

each_frame()
{
	build
	start -v -j -n 2
	send h2 55 2
	wait "$MONITOR" || fail "vsw-dropmon: status $?"
	check_eq frames \
		"$(jq -r '"\(.port) \(.vid) \(.reason) \(.src) \(.dst)"' "$OUT")" \
		"h2 55 vlan-filtered 02:00:00:00:00:99 ff:ff:ff:ff:ff:ff
h2 55 vlan-filtered 02:00:00:00:00:99 ff:ff:ff:ff:ff:ff"
	# The tag has gone to the metadata.
	check_eq length "$(jq -r .len "$OUT" | sort -u)" 56
	wait_for 10 unused

	start -v
	send h3 0 1
	stop
	check_eq lines "$(wc -l <"$OUT")" 2
	grep -q 'h3 .* rx *300 *no-member' "$OUT" || fail "$(cat "$OUT")"
}

# dropmon_fails STATUS PATTERN OPTION...
dropmon_fails()
{
	local status=$1 pattern=$2 got

	shift 2
	cmd_fail "$pattern" dropmon "$@"
	dropmon "$@" >/dev/null 2>&1
	got=$?
	check_eq "status of $*" "$got" "$status"
}

errors()
{
	[ -x "$DROPMON" ] || skip "bpf/vsw-dropmon is not built"
	need_btf
	dropmon_fails 3 'vsw is not loaded' -1
	dropmon_fails 2 "unknown reason 'no-luck'" -r no-luck
	dropmon_fails 2 'tx-error' -r no-luck
	dropmon_fails 2 "no device 'vsw9'" -s vsw9
	dropmon_fails 2 'is not a count' -n 0
	dropmon_fails 2 'seconds' -i 0
	dropmon_fails 2 'Usage' --frob
	load_vsw
	cmd_fail 'not permitted' setpriv --reuid 65534 --clear-groups \
		--bounding-set=-all --inh-caps=-all "$DROPMON" -1
}

reasons()
{
	local spec

	[ -x "$DROPMON" ] || skip "bpf/vsw-dropmon is not built"
	spec=$(python3 -c '
import sys, yaml
spec = yaml.safe_load(open(sys.argv[1]))
for d in spec["definitions"]:
    if d["name"] == "drop-reason":
        print(*(e["name"] for e in d["entries"]), sep="\n")
' "$VSW_TOP/Documentation/netlink/specs/vsw.yaml") || skip "needs python3-yaml"
	check_eq reasons "$(dropmon -r '?' 2>&1 | sed -n 's/^  //p')" "$spec"
}

# A monitor keeps the module; it goes when the monitor has gone.
unload()
{
	need_btf
	load_vsw
	start -i 600
	cmd_fail 'in use' rmmod vsw
	stop
	cmd_ok rmmod vsw
}

run_cases counts exact filters table rate ends each_frame errors reasons unload
