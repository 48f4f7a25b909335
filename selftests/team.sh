#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several uplinks as a team: what goes by which, what comes by which, and what
# becomes of that when one fails. Frame by frame; the wire is this script.
#
#	a ---\              /--- u1
#	      +--- vsw0 ---+
#	b ---/              \--- u2

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"

RARP=0x8035
HOST=02:00:00:00:00:f0
TRACE=/sys/kernel/tracing

# setup [TEAMING]
setup()
{
	add_switch vsw0 mac $HOST
	add_taps u1 u2 a b
	add_uplink u1
	add_uplink u2
	add_port a
	add_port b
	cmd_ok vswctl switch set vsw0 teaming "${1-active-backup}"
	frames drain
}

# uses PORT UPLINK
uses()
{
	[ "$(port_field "$1" uplink)" = "$2" ]
}

# all_use UPLINK: that is a, b and the host
all_use()
{
	uses a "$1" && uses b "$1" && uses vsw0 "$1"
}

# plug UPLINK 0|1: the kernel tells of it up to a second later
plug()
{
	frames carrier "$1" "$2"
}

# What a port sends to the wire goes by its own uplink, what the wire sends is
# taken from that.
active_backup()
{
	setup
	all_use u1 || fail "not all use u1"
	check_eq "ports of u1" "$(port_field u1 team-ports)" 3
	check_eq "ports of u2" "$(port_field u2 team-ports)" 0
	check_eq "uplink of u1" "$(port_field u1 uplink)" null

	frame_passes a "a>all" "u1 a>all" "b a>all"
	frame_passes a "a>group" "u1 a>group" "b a>group"
	frame_passes a "a>99" "u1 a>99" "b a>99"
	frame_passes b "b>a" "a b>a"
	frame_passes u1 "7>all" "a 7>all" "b 7>all"
	frame_passes u1 "7>a" "a 7>a"
	frame_dropped u2 "7>all"
	frame_dropped u2 "7>group"
	frame_dropped u2 "7>a"
	frame_dropped u2 "7>99"
	check_drops u2 rx not-pinned 4
	# Nor does it go from one to the other.
	frame_dropped u1 "8>7"
	frame_dropped u2 "9>8"
	# Where it came in first does not matter, and where it lives is the wire.
	frame_passes a "a>9" "u1 a>9"
	frame_passes a "a>7" "u1 a>7"
}

# The switch out there floods to both: each port gets it once, by its own.
no_duplicates()
{
	setup port-hash
	cmd_ok vswctl port set a pin u1
	cmd_ok vswctl port set b pin u2
	frames drain
	frame_passes a "a>all" "u1 a>all" "b a>all"
	frame_passes b "b>all" "u2 b>all" "a b>all"
	frame_passes u1 "7>all" "a 7>all"
	frame_passes u2 "7>all" "b 7>all"
	frame_passes u1 "7>99" "a 7>99"
	frame_passes u2 "7>99" "b 7>99"
	frame_passes u1 "7>a" "a 7>a"
	frame_dropped u2 "7>a"
	frame_passes u2 "7>b" "b 7>b"
	frame_dropped u1 "7>b"
	frame_passes a "a>7" "u1 a>7"
	frame_passes b "b>7" "u2 b>7"
}

# The address that came by both is not moved between them all the time.
not_moved()
{
	local before

	setup port-hash
	frames check u1 "7>99"
	frames drain
	check_eq "7 is behind" "$(fdb_port "$(mac 7)" 1)" u1
	: >/tmp/fdb-events
	"$VSW_CTL" -j monitor fdb >>/tmp/fdb-events &
	defer kill $!
	sleep 0.5
	before=$(wc -l </tmp/fdb-events)
	frames repeat u2 "7>all" 20
	frames repeat u1 "7>all" 20
	check_eq "7 is behind" "$(fdb_port "$(mac 7)" 1)" u1
	check_eq "events" "$(($(wc -l </tmp/fdb-events) - before))" 0
}

# What comes back by another uplink is the own frame.
reflected()
{
	setup
	frame_passes a "a>all" "u1 a>all" "b a>all"
	frame_dropped u2 "a>all"
	frame_dropped u1 "a>all"
	check_drops u2 rx reflected 1
	check_drops u1 rx reflected 1
	check_eq "a is behind" "$(fdb_port "$(mac a)" 1)" a
}

# rarps UPLINK ADDRESS...: as frames expect has them
rarps()
{
	local uplink=$1 address

	shift
	for address; do
		echo "$uplink $address>all $RARP"
	done
}

# announced UPLINK ADDRESS...: each once, there and nowhere else
announced()
{
	local wanted

	mapfile -t wanted < <(rarps "$@")
	frames expect "${wanted[@]}"
}

# Every way to lose an uplink, and to get it back
failover()
{
	setup
	frames check a "a>all" "u1 a>all" "b a>all"
	frames check a "c>all" "u1 c>all" "b c>all"
	frames check b "b>a" "a b>a"
	frames check u1 "7>a" "a 7>a"
	cmd_ok vswctl fdb add "$(mac d)" port a static
	cmd_ok vswctl fdb add "$(mac 9)" port u1 static

	plug u1 0
	announced u2 a b c d f0
	all_use u2 || fail "not all use u2"
	check_eq "7 is behind" "$(fdb_port "$(mac 7)" 1)" ""
	frames check a "a>all" "u2 a>all" "b a>all"
	frames check a "a>9" "u2 a>9"
	frames check u2 "7>a" "a 7>a"
	plug u1 1
	announced u1 a b c d f0
	all_use u1 || fail "not all are back at u1"
	frames check a "a>7" "u1 a>7"

	# At once, not when somebody looks
	cmd_ok ip link set u1 down
	all_use u2 || fail "not all use u2"
	announced u2 a b c d f0
	cmd_ok ip link set u1 up
	all_use u1 || fail "not all are back at u1"
	announced u1 a b c d f0

	cmd_ok vswctl uplink del u1
	all_use u2 || fail "not all use u2"
	announced u2 a b c d f0
	# What works is not left for what is new.
	add_uplink u1
	frames expect
	all_use u2 || fail "not all use u2 still"
	cmd_ok vswctl switch set vsw0 primary u1
	all_use u1 || fail "not all use u1"
	announced u1 a b c d f0

	frames close u1
	all_use u2 || fail "not all use u2"
	announced u2 a b c d f0
	check_eq "primary" "$(vswctl -j switch show vsw0 |
		jq -r '.[0].primary')" null
	frames tap u1
}

# Without any uplink local ports talk to each other, and the wire is told after.
none_left()
{
	setup
	frames check a "a>all" "u1 a>all" "b a>all"
	frames check b "b>a" "a b>a"
	cmd_ok vswctl fdb add "$(mac 9)" port u1 static
	cmd_ok ip link set u2 down
	cmd_ok ip link set u1 down
	check_eq "uplink" "$(port_field a uplink)" null
	frames check a "a>all" "b a>all"
	frames check a "a>b" "b a>b"
	frames check a "a>9"
	check_drops a rx not-pinned 1
	cmd_ok ip link set u2 up
	announced u2 a b f0
	frames check a "a>9" "u2 a>9"
}

# A carrier that is lost the kernel tells of late. The first frame that is lost
# with it tells at once.
first_frame()
{
	local try us

	setup
	[ -d $TRACE/events/vsw/vsw_team ] || skip "needs tracepoints"
	frames check a "a>all" "u1 a>all" "b a>all"
	frames check u1 "7>a" "a 7>a"
	trace_events vsw_team vsw_drop
	for try in 1 2 3; do
		# From then on the kernel waits for a second.
		plug u2 0
		plug u2 1
		echo >$TRACE/trace
		plug u1 0
		frames repeat a "a>7" 1
		wait_for 3 uses a u2
		us=$(first_frame_time)
		log "try $try: another uplink ${us:-never} us after the frame"
		plug u1 1
		wait_for 3 uses a u1
		[ "${us:-999999}" -gt 50000 ] || return 0
	done
	fail "the frame did not tell"
}

# first_frame_time: microseconds from the first frame that was dropped because its
# port was down to the next change of uplinks
first_frame_time()
{
	awk '!/vsw_drop: .*reason=port-down|vsw_team: .*port=a / { next }
		{ match($0, /[0-9]+\.[0-9]+: vsw_/)
		  now = substr($0, RSTART, RLENGTH - 6) * 1000000 }
		/vsw_drop/ && !dropped { dropped = now }
		/vsw_team/ && dropped { printf "%d\n", now - dropped; exit }
	' $TRACE/trace
}

# trace_events NAME...: of vsw
trace_events()
{
	local name

	for name; do
		echo 1 >$TRACE/events/vsw/"$name"/enable
		defer eval "echo 0 >$TRACE/events/vsw/$name/enable"
	done
	echo >$TRACE/trace
}

# In the VLAN of the entry, and byte for byte
announcement()
{
	local got wanted

	setup
	cmd_ok vswctl port set b vlan 100 mac "$(mac b)"
	frames check a "a>all" "u1 a>all"
	cmd_ok vswctl port set a pin u2
	frames expect "u2 a>all $RARP"
	cmd_ok vswctl port set b pin u2
	frames expect "u2 b>all 100 $RARP"

	# Only if the uplink carries it
	cmd_ok vswctl port set b pin none
	frames expect "u1 b>all 100 $RARP"
	cmd_ok vswctl vlan del u2 vid 100
	cmd_ok vswctl port set b pin u2
	frames expect

	python3 - >/tmp/announcement <<-'END' &
	import socket
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
	s.bind(("u1", 3))
	s.settimeout(10)
	print(s.recv(2000).hex(), flush=True)
	END
	sleep 1
	cmd_ok vswctl port set a pin u1
	wait $!
	got=$(cat /tmp/announcement)
	wanted=ffffffffffff02000000000a80350001080006040003
	wanted+=02000000000a0000000002000000000a00000000
	wanted+=$(printf '00%.0s' {1..18})
	check_eq "announcement" "$got" "$wanted"
}

# One who was silent for long is announced, and that comes back by the other
# uplink: it is not taken for one who has gone there.
silent()
{
	setup
	frames check a "a>all" "u1 a>all" "b a>all"
	cmd_ok ip link set u1 down
	announced u2 a f0
	sleep 6
	cmd_ok ip link set u1 up
	announced u1 a f0
	frames check u2 "a>all $RARP"
	check_eq "a is behind" "$(fdb_port "$(mac a)" 1)" a
	check_drops u2 rx reflected 1
}

# map: which port uses which uplink
map()
{
	vswctl -j port show switch vsw0 |
		jq -r '.[] | select(.role == "local") | "\(.name) \(.uplink)"'
}

del_dummies()
{
	seq -f 'link del d%g' 24 | ip -force -b -
}

# Only the ports of an uplink that fails move, and they come back.
hash_stays()
{
	local before after uplink i

	setup port-hash
	add_taps u3
	add_uplink u3
	for i in {1..24}; do
		echo "link add d$i up type dummy"
	done | ip -b - || fail "dummies"
	defer del_dummies
	for i in {1..24}; do
		echo "port add vsw0 d$i dev d$i"
	done >/tmp/batch
	cmd_ok vswctl -b /tmp/batch
	before=$(map)
	for uplink in u1 u2 u3; do
		check_eq "$(grep -c " $uplink$" <<<"$before") of $uplink" \
			"$(($(port_field $uplink team-ports) > 0))" 1
		cmd_ok ip link set $uplink down
		after=$(map)
		check_eq "who stayed" "$(comm -12 <(sort <<<"$before") \
			<(sort <<<"$after"))" \
			"$(grep -v " $uplink$" <<<"$before" | sort)"
		check_eq "who uses $uplink" "$(grep -c " $uplink$" \
			<<<"$after")" 0
		[ "$(comm -13 <(sort <<<"$before") <(sort <<<"$after") |
			cut -d ' ' -f 2 | sort -u | wc -l)" -ge 1 ] ||
			fail "nobody moved from $uplink"
		cmd_ok ip link set $uplink up
		check_eq "all" "$(map)" "$before"
	done
	# So it is when the uplink is taken out, and made anew.
	cmd_ok vswctl uplink del u2
	add_uplink u2
	check_eq "all" "$(map)" "$before"
}

pins()
{
	setup
	cmd_ok vswctl port set a pin u2
	uses a u2 || fail "a does not use u2"
	uses b u1 || fail "b does not use u1"
	check_eq "pin of a" "$(port_field a pin)" u2
	check_eq "pin of b" "$(port_field b pin)" null
	cmd_ok vswctl port set vsw0 pin u2
	uses vsw0 u2 || fail "the host does not use u2"
	cmd_ok ip link set u2 down
	uses a u1 || fail "a does not use u1"
	check_eq "pin of a" "$(port_field a pin)" u2
	# Other policy may change meanwhile.
	cmd_ok vswctl port set a isolated on
	cmd_ok ip link set u2 up
	uses a u2 || fail "a is not back at u2"
	cmd_ok vswctl switch set vsw0 teaming port-hash
	uses a u2 || fail "a does not use u2"
	cmd_ok vswctl port set vsw0 pin none
	cmd_ok vswctl uplink del u2
	uses a u1 || fail "a does not use u1"
	check_eq "pin of a" "$(port_field a pin)" null
	add_uplink u2
	cmd_ok vswctl port del b
	cmd_ok vswctl port add vsw0 b dev b pin u2
	uses b u2 || fail "b does not use u2"
	# A pin waits for a team.
	cmd_ok vswctl switch set vsw0 teaming none
	check_eq "uplink of b" "$(port_field b uplink)" null
	check_eq "pin of b" "$(port_field b pin)" u2
	check_eq "ports of u2" "$(port_field u2 team-ports)" null
	cmd_ok vswctl switch set vsw0 teaming active-backup
	uses b u2 || fail "b does not use u2"
}

rejects()
{
	setup
	cmd_ok vswctl switch add vsw1
	defer vswctl switch del vsw1
	cmd_ok ip link add u9 type dummy
	defer ip link del u9
	cmd_ok vswctl uplink add vsw1 u9
	cmd_ok vswctl port set a pin u2
	cmd_ok vswctl switch set vsw0 primary u2
	save_state
	cmd_fail "nobody is no uplink of vsw0: name one" \
		vswctl port set a pin nobody
	cmd_fail "b is no uplink of vsw0" vswctl port set a pin b
	cmd_fail "vsw0 is no uplink of vsw0" vswctl port set a pin vsw0
	cmd_fail "u9 is no uplink of vsw0" vswctl port set a pin u9
	cmd_fail "An uplink uses itself" vswctl uplink set u1 pin u2
	cmd_fail "An uplink uses itself" vswctl uplink set u1 pin u1
	cmd_fail "u9 is no uplink of vsw0" vswctl switch set vsw0 primary u9
	cmd_fail "b is no uplink of vsw0" \
		vswctl switch set vsw0 teaming none primary b
	cmd_fail "A new switch has no uplink yet" \
		vswctl switch add vsw2 teaming active-backup primary u1
	cmd_fail "none of none, active-backup, port-hash" \
		vswctl switch set vsw0 teaming lacp
	check_state
	cmd_ok ip link add d1 type dummy
	defer ip link del d1
	save_state
	cmd_fail "nobody is no uplink" \
		vswctl port add vsw0 d1 dev d1 pin nobody
	check_state
}

# Without a team all is as it was.
no_team()
{
	setup none
	check_eq "uplink of a" "$(port_field a uplink)" null
	check_eq "teaming" "$(vswctl -j switch show vsw0 |
		jq -r '.[0].teaming')" none
	frame_passes a "a>all" "u1 a>all" "u2 a>all" "b a>all"
	frame_passes u2 "7>all" "a 7>all" "b 7>all"
	frame_passes a "a>7" "u2 a>7"
	frames check u1 "7>all" "a 7>all" "b 7>all"
	check_eq "7 is behind" "$(fdb_port "$(mac 7)" 1)" u1
	cmd_ok ip link set u1 down
	frames expect
	# Of two switches only one has a team.
	cmd_ok vswctl switch add vsw1 teaming active-backup
	frame_passes a "a>all" "u2 a>all" "b a>all"
	frame_passes u2 "7>all" "a 7>all" "b 7>all"
	cmd_ok vswctl switch del vsw1
	frame_passes a "a>all" "u2 a>all" "b a>all"
}

# tx_packets PORT
tx_packets()
{
	vswctl -j stats show "$1" | jq '.[0]["tx-packets"]'
}

# The host port is one like others.
host_port()
{
	local before

	setup
	before=$(tx_packets vsw0)
	frames check u1 "7>f0"
	check_eq "to the host" "$(($(tx_packets vsw0) - before))" 1
	frames check u2 "7>f0"
	check_eq "to the host" "$(($(tx_packets vsw0) - before))" 1
	check_drops u2 rx not-pinned 1
	frames check u1 "7>all" "a 7>all" "b 7>all"
	check_eq "to the host" "$(($(tx_packets vsw0) - before))" 2
	cmd_ok vswctl port set vsw0 pin u2
	announced u2 f0
	frames check u2 "7>f0"
	check_eq "to the host" "$(($(tx_packets vsw0) - before))" 3
}

# On, off and another way, while frames go: none is lost, none comes twice. The
# team of another switch keeps the static key on, so that no code is patched
# meanwhile: an emulated machine of two CPUs was seen to die of the breakpoint
# (int3) by which the kernel does that.
on_off()
{
	local mode before

	setup
	cmd_ok vswctl switch add vsw1 teaming active-backup
	defer vswctl switch del vsw1
	frames check b "b>all" "u1 b>all" "a b>all"
	frames check a "a>all" "u1 a>all" "b a>all"
	before=$(tx_packets b)
	frames_start repeat a "a>b" 6000
	for mode in none port-hash none active-backup port-hash none \
		    active-backup; do
		cmd_ok vswctl switch set vsw0 teaming $mode
	done
	frames_wait repeat
	check_eq "frames" "$(($(tx_packets b) - before))" 6000
	check_drops a rx
}

has_line()
{
	grep -q "$1" "$2"
}

# Who listens hears of it.
events()
{
	local filter

	setup
	: >/tmp/team-events
	"$VSW_CTL" -j monitor config >>/tmp/team-events &
	defer kill $!
	sleep 1
	[ ! -d $TRACE/events/vsw/vsw_team ] || trace_events vsw_team
	cmd_ok ip link set u1 down
	filter='select(.event == "port-ntf" and .port.uplink == "u2") | .port.name'
	sleep 1
	check_eq "events" "$(jq -r "$filter" /tmp/team-events | sort |
		paste -sd ' ')" "a b vsw0"
	: >/tmp/team-events
	cmd_ok vswctl switch set vsw0 primary u2
	wait_for 5 has_line '"primary":"u2"' /tmp/team-events
	[ -d $TRACE/events/vsw/vsw_team ] || return 0
	grep -q 'vsw_team: switch=.* port=a id=.* from=u1 to=u2' $TRACE/trace ||
		fail "no tracepoint: $(grep vsw_team $TRACE/trace)"
}

# time_down DEVICE WATCHED COUNT: bring a device down, and print microseconds: how
# long that took, and after what time the first and the last of so many
# announcements were seen there; and how many different ones
time_down()
{
	python3 - "$@" <<-'END'
	import fcntl, socket, struct, sys, time
	device, watched, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.setsockopt(socket.SOL_SOCKET, 35, 1)	# SO_TIMESTAMPNS
	s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
	s.bind((watched, 0x8035))
	s.settimeout(3)
	control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	ifreq = fcntl.ioctl(control, 0x8913, struct.pack("16sH14x",
	    device.encode(), 0))
	flags = struct.unpack("16xH14x", ifreq)[0] & ~1
	ifreq = struct.pack("16sH14x", device.encode(), flags)
	start = time.time_ns()
	fcntl.ioctl(control, 0x8914, ifreq)
	took = time.time_ns() - start
	times, macs = [], set()
	try:
	    while len(times) < count:
	        data, aux, _, _ = s.recvmsg(2000, 64)
	        seconds, nanos = struct.unpack("qq", aux[0][2])
	        times.append(seconds * 10**9 + nanos - start)
	        macs.add(data[6:12])
	    s.settimeout(0.2)
	    while True:
	        s.recv(2000)
	        times.append(0)
	except TimeoutError:
	    pass
	print(took // 1000, min(times, default=0) // 1000,
	      max(times, default=0) // 1000, len(times), len(macs))
	END
}

# 100 addresses: each once, the last within 10 ms after the link is down. An
# emulated machine that others use, too, has three tries.
failover_time()
{
	local took first last count different own try i

	add_switch vsw0 mac $HOST
	for i in 1 2 3; do
		cmd_ok ip link add u$i type veth peer name w$i
		defer ip link del u$i
		cmd_ok ip link set w$i up
		cmd_ok ip link set u$i up
	done
	add_taps a
	cmd_ok vswctl uplink add vsw0 u1
	cmd_ok vswctl uplink add vsw0 u2
	add_port a
	cmd_ok vswctl switch set vsw0 teaming active-backup
	frames spray a "1>all" 99
	for try in 1 2 3; do
		cmd_ok ip link set u1 up
		wait_for 5 uses a u1
		sleep 0.5
		read -r own _ < <(time_down u3 w3 0)
		cmd_ok ip link set u3 up
		read -r took first last count different < <(time_down u1 w2 100)
		log "try $try: link down took $took us, of a device of nobody" \
			"$own us; announcements from $first to $last us"
		check_eq "announcements" "$count" 100
		check_eq "addresses" "$different" 100
		[ "$last" -gt 10000 ] || return 0
	done
	fail "the last announcement came after $last us"
}

run_cases active_backup no_duplicates not_moved reflected failover none_left \
	first_frame \
	announcement silent hash_stays pins rejects no_team host_port on_off \
	events failover_time
