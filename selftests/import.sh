#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vswctl import: what a Linux bridge does with a frame, a switch does with it when
# the bridge has been imported; what it cannot do is told; and what is refused
# leaves the bridge as it was. "a>b 100.5" is a frame with a C-tag, see frame.py.
#
#	a ----+           +---- b
#	      |    br0    |		taps, frame.py at the other end
#	t ----+  -> vsw0  +---- c

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frame_lib.sh"

# add_bridge [KEY VALUE...]: br0 without what vsw has not
add_bridge()
{
	local port

	modprobe bridge || skip "needs the bridge module"
	load_vsw
	add_taps a b c t
	cmd_ok ip link add br0 type bridge mcast_snooping 0 nf_call_iptables 0 \
		"$@"
	defer ip link del br0
	cmd_ok ip link set br0 up
	for port in a b c t; do
		cmd_ok ip link set dev "$port" master br0
	done
	wait_for 10 all_forward
	defer vswctl switch del vsw0
}

all_forward()
{
	[ "$(ip -d -j link show | jq '[.[] |
		select(.linkinfo.info_slave_data.state == "forwarding")] |
		length')" -eq 4 ]
}

# vlans PORT VLAN...: "VID FLAGS" each, and no other
vlans()
{
	local port=$1 vlan

	shift
	cmd_ok bridge vlan del dev "$port" vid 1
	for vlan; do
		# shellcheck disable=SC2086
		cmd_ok bridge vlan add dev "$port" vid $vlan
	done
}

add_filtering_bridge()
{
	add_bridge vlan_filtering 1 ageing_time 20000
	vlans a "100 pvid untagged" 300
	vlans b "100 pvid untagged"
	vlans c "200 pvid untagged" "300 untagged"
	vlans t "100-102" 200 300
	cmd_ok bridge vlan add dev br0 vid 102 self
	cmd_ok bridge fdb add "$(mac 77)" dev b master static vlan 100
}

# The same frames before and after
filtering_frames()
{
	frame_passes a "a>all" "b a>all" "t a>all 100"
	frame_passes a "a>all 100.3" "b a>all" "t a>all 100.3"
	frame_passes b "b>a" "a b>a"
	frame_passes c "c>all" "t c>all 200"
	frame_passes t "e>all 300" "a e>all 300" "c e>all"
	frame_passes a "a>77" "b a>77"
	frame_passes t "d>all 101"
	frame_dropped b "b>all 300"
	frame_passes c "c>a" "t c>a 200"
}

filtering()
{
	local mac

	add_filtering_bridge
	mac=$(ip -j link show br0 | jq -r '.[0].address')
	filtering_frames
	cmd_ok vswctl import bridge br0 apply
	check_eq master "$(ip -j link show dev a | jq -r '.[0].master')" vsw0
	filtering_frames
	check_eq ageing "$(vswctl -j switch show vsw0 |
		jq '.[0]["ageing-time"]')" 200
	check_eq mac "$(ip -j link show vsw0 | jq -r '.[0].address')" \
		"$mac"
	check_eq "VLANs of the host" "$(vswctl -j vlan show vsw0 |
		jq -c '[.[] | [.first, .last, .flags]]')" \
		'[[1,1,["pvid","untagged"]],[102,102,[]]]'
}

# One that does not look at VLANs
plain_frames()
{
	frame_passes a "a>all" "b a>all" "c a>all" "t a>all"
	frame_passes a "a>all 100.3" "b a>all 100.3" "c a>all 100.3" \
		"t a>all 100.3"
	frame_passes b "b>a" "a b>a"
	frame_passes b "b>a 4094" "a b>a 4094"
}

plain()
{
	add_bridge
	plain_frames
	cmd_ok vswctl import bridge br0 apply
	# An address is learned in each VLAN by itself.
	frame_passes a "a>all 4094" "b a>all 4094" "c a>all 4094" "t a>all 4094"
	plain_frames
}

flags_frames()
{
	# a is not learned, b gets no unknown unicast, c no broadcast, and a and
	# t do not talk.
	frame_passes a "a>b" "c a>b"
	frame_passes c "c>a" "a c>a" "c c>a" "t c>a"
	frame_passes a "a>all" "b a>all"
	frame_passes t "e>all" "b e>all"
	frame_passes c "c>group" "a c>group" "t c>group" "c c>group"
}

port_flags()
{
	add_bridge
	cmd_ok bridge link set dev a learning off isolated on
	cmd_ok bridge link set dev b flood off mcast_flood off
	cmd_ok bridge link set dev c bcast_flood off hairpin on
	cmd_ok bridge link set dev t isolated on
	flags_frames
	cmd_ok vswctl import bridge br0 apply
	flags_frames
}

# The list, and what can be done with it by hand
printed()
{
	local list

	add_filtering_bridge
	list=$(mktemp)
	defer rm -f "$list"
	vswctl import bridge br0 switch vsw0 >"$list" || fail "import"
	check_eq "ports that have left" \
		"$(ip -j link show master br0 | jq length)" 4
	check_eq commands "$(vswctl -j import bridge br0 |
		jq -c '.[0].commands')" "$(grep -v '^#' "$list" |
		jq -Rnc '[inputs]')"
	check_eq losses "$(vswctl -j import bridge br0 |
		jq -c '.[0]["not-carried-over"]')" '[]'
	cmd_fail 'enslaved|master|bridge' vswctl -a -b "$list"
	for port in a b c t; do
		cmd_ok ip link set dev "$port" nomaster
	done
	cmd_ok vswctl -a -b "$list"
	cmd_ok ip link set vsw0 up
	filtering_frames
}

lossy()
{
	local losses

	add_bridge stp_state 0 mcast_querier 1 vlan_filtering 1
	cmd_ok ip link set br0 type bridge mcast_snooping 1
	cmd_ok ip link set dev a type bridge_slave mcast_to_unicast on
	cmd_ok ip link set dev b type bridge_slave vlan_tunnel on
	cmd_ok ip address add 192.0.2.1/24 dev br0
	cmd_ok ip link add link br0 name br0.7 type vlan id 7
	losses=$(vswctl -j import bridge br0 |
		jq -r '.[0]["not-carried-over"][]')
	for what in "^multicast snooping" "querier" "^a: multicast sent" \
		"^b: VLAN tunnels" "192.0.2.1/24 stays on br0" \
		"device br0.7 .vlan. stays"; do
		grep -q "$what" <<<"$losses" || fail "not told: $what: $losses"
	done
	check_eq "number of losses" "$(wc -l <<<"$losses")" 6
	check_eq "for the host" "$(vswctl -j import bridge br0 |
		jq -r '.[0].host[]' | tail -n 2)" \
		"$(printf '%s\n' "ip address add 192.0.2.1/24 dev vsw0" \
			"ip link add link vsw0 name vsw0.7 type vlan id 7")"
	refused '6 thing.* cannot be carried over' vswctl import bridge br0 apply
	cmd_ok vswctl import bridge br0 apply lossy
	check_eq "address of br0" "$(ip -j -4 address show dev br0 |
		jq -r '.[0].addr_info[0].local')" 192.0.2.1
	frame_passes a "a>all" "b a>all" "c a>all" "t a>all"
}

# All that a bridge is, but for counters, times and what is learned
state()
{
	ip -d -j link show | jq -Sc '[.[] | select(.master == "br0") |
		[.ifname, .mtu, .address, (.linkinfo.info_slave_data |
			del(.hold_timer, .message_age_timer, .id, .no,
			    .forward_delay_timer, .designated_port, .state))]] |
		sort'
	bridge -j vlan show | jq -Sc 'sort_by(.ifname)'
	bridge fdb show br br0 | grep -w static | grep -v 01:00:5e | sort
}

# What the kernel refuses leaves the bridge as it was
undone()
{
	add_filtering_bridge
	cmd_ok ip link set dev a type bridge_slave cost 7 hairpin on learning off
	cmd_ok bridge fdb add "$(mac 78)" dev t master static sticky vlan 101
	refused 'the ports are in br0 again' env \
		"PATH=$WRAPPED:$PATH" "$VSW_CTL" import bridge br0 apply
	filtering_frames_again
}

# An ip(8) and a bridge(8) that kill who has called them, when that is with the words
# of KILL_AT: before, after, or when half of its input is done
wrap_killer()
{
	KILLER=$(mktemp -d)
	cat >"$KILLER/ip" <<-'END'
		#!/bin/bash
		PATH=${PATH#*:}
		name=${0##*/}
		[ "$name $*" = "$KILL_AT" ] || exec "$name" "$@"
		case $KILL_WHEN in
		half)	head -n 3 | "$name" "$@" ;;
		after)	"$name" "$@" ;;
		esac
		kill -9 $PPID
	END
	chmod +x "$KILLER/ip"
	cp "$KILLER/ip" "$KILLER/bridge"
}

# dies WHEN AT COMMAND...: a vswctl that is killed there
dies()
{
	local when=$1 at=$2

	shift 2
	# The shell says so when somebody is killed.
	{ KILL_WHEN=$when KILL_AT=$at PATH=$KILLER:$PATH "$VSW_CTL" "$@"; } \
		>/dev/null 2>&1
	[ $? -eq 137 ] || fail "vswctl $* was not killed at '$at'"
}

journal()
{
	find /run/vsw -name 'import-*'
}

# recovered WANTED: and all is as it was
recovered()
{
	local result

	result=$(vswctl -j import recover | jq -r '.[0].result')
	check_eq "what has been done" "$result" "$1"
	check_eq journal "$(journal)" ""
}

as_before()
{
	check_eq "what is left of it" \
		"$(diff <(tr '{' '\n' <<<"$BEFORE") <(state | tr '{' '\n'))" ""
}

# Whoever is killed, and wherever: the rest is done, or all is taken back.
killed()
{
	local when

	add_filtering_bridge
	cmd_ok ip link set dev a type bridge_slave cost 7 hairpin on learning off
	BEFORE=$(state)
	wrap_killer
	defer rm -rf "$KILLER"
	recovered nothing
	for when in before half; do
		dies "$when" "ip -batch -" import bridge br0 apply
		[ -n "$(journal)" ] || fail "no way back"
		recovered restored
		as_before
	done
	# While it is taken back
	for when in "before ip" "half ip" "before bridge" "half bridge" \
		"after bridge"; do
		dies after "ip -batch -" import bridge br0 apply
		dies "${when% *}" "${when#* } -force -batch -" import recover
		recovered restored
		as_before
	done
	dies after "ip -batch -" import bridge br0 apply
	refused_import
	recovered restored
	as_before
	# It is a switch already
	dies before "ip link set dev vsw0 up" import bridge br0 apply
	recovered finished
	check_eq "ports of vsw0" "$(ip -j link show master vsw0 | jq length)" 4
	cmd_ok vswctl port set a hairpin off learning on
	filtering_frames
}

# As long as nobody has decided
refused_import()
{
	local journal

	journal=$(journal)
	cmd_fail "import has been interrupted.*vswctl import recover" \
		vswctl import bridge br0 apply
	vswctl import bridge br0 2>&1 | grep -q "has been interrupted" ||
		fail "the list is printed as if nothing was"
	cmd_ok ip link add other type bridge
	cmd_ok ip link set dev b master other
	cmd_fail "b is in other by now" vswctl import recover
	cmd_ok ip link del other
	cp "$journal" /tmp/journal
	echo "{" >"$journal"
	cmd_fail "$journal cannot be read" vswctl import recover
	cp /tmp/journal "$journal"
}

# Without a way back nothing is done.
no_journal()
{
	add_bridge
	cmd_ok mount -t tmpfs -o size=4k none /run/vsw
	defer umount /run/vsw
	dd if=/dev/zero of=/run/vsw/filler bs=1k 2>/dev/null
	refused "way back cannot be kept, so nothing is done: No space" \
		vswctl import bridge br0 apply
	check_eq "what is left" "$(ls /run/vsw)" filler
}

# A bridge(8) that tells of an entry that no switch can have, so that the last
# command is refused, when all ports have left
wrap_bridge()
{
	WRAPPED=$(mktemp -d)
	cat >"$WRAPPED/bridge" <<-'END'
		#!/bin/bash
		real=${PATH#*:}
		PATH=$real bridge "$@" | if [ "$2" = fdb ] && [ "$1" = -j ]; then
			jq -c '. + [{"mac": "01:00:5e:00:00:01", "ifname": "a",
				"vlan": 100, "flags": [], "state": "static"}]'
		else
			cat
		fi
	END
	chmod +x "$WRAPPED/bridge"
}

filtering_frames_again()
{
	wait_for 10 all_forward
	cmd_ok bridge link set dev a hairpin off learning on
	filtering_frames
}

bad_input()
{
	add_bridge
	cmd_fail 'no device br1' vswctl import bridge br1
	cmd_fail 'a is no bridge' vswctl import bridge a
	cmd_fail 'name of the bridge is missing' vswctl import bridge
	cmd_fail "unexpected word 'now'" vswctl import bridge br0 apply now
	cmd_fail 'longer than 15' vswctl import bridge br0 switch \
		a-name-that-is-too-long
	refused 'there is a device a' vswctl import bridge br0 switch a apply
	vswctl -a -b - <<<"import bridge br0 apply" 2>/dev/null &&
		fail "an import was part of a transaction"
	check_eq "ports of br0" "$(ip -j link show master br0 | jq length)" 4
}

wrap_bridge
run_cases filtering plain port_flags printed lossy undone killed no_journal \
	bad_input
status=$?
rm -rf "$WRAPPED"
exit $status
