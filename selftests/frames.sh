#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Frames that nobody should send: none of them crashes or leaks anything, and
# each is forwarded or counted.
#
#	a ----+          +---- t	taps, frame.py at the other end
#	b ----+   vsw0   |
#	      |          +---- wire1 ---- peer1	veth
#	   the host

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"

setup()
{
	add_taps a b t
	add_switch vsw0
	add_port a
	add_port b
	add_port t trunk 1-200
}

add_veth()
{
	cmd_ok ip link add wire1 type veth peer name peer1
	defer ip link del wire1
	cmd_ok ip link set wire1 up
	cmd_ok ip link set peer1 up
	add_port wire1 "$@"
}

invalid_source()
{
	local source

	setup
	for source in 00:00:00:00:00:00 01:00:5e:00:00:01 all \
		      01:80:c2:00:00:00 33:33:00:00:00:01; do
		frame_dropped a "$source>all"
		frame_dropped t "$source>b 1"
		frame_dropped vsw0 "$source>b"
	done
	check_drops a rx invalid-source 5
	check_drops t rx invalid-source 5
	check_drops vsw0 rx invalid-source 5
	check_eq entries \
		"$(vswctl -j fdb show type dynamic)" '[]'
	frames close vsw0
}

# hex_refused NAME HEX: by the device itself
hex_refused()
{
	local answer

	frames_start hex "$1" "$2"
	read -r -t 60 answer <&"$FRAMES_FROM"
	[[ $answer == error* ]] || fail "$1 took $2: $answer"
}

# HEAD, from 0a to all
HEAD=ffffffffffff02000000000a

runts()
{
	setup
	add_veth
	open_devices peer1
	frames hex a "${HEAD}88b5"
	frames expect "b a>all +0" "t a>all 1 +0" "peer1 a>all +0"
	frames hex peer1 "${HEAD}88b5"
	frames expect "a a>all +0" "b a>all +0" "t a>all 1 +0"
	frames hex vsw0 "${HEAD}88b5aa"
	frames expect "a a>all +1 corrupt" "b a>all +1 corrupt" \
		"t a>all 1 +1 corrupt" "peer1 a>all +1 corrupt"
	frames close vsw0
	for name in a peer1; do
		hex_refused "$name" ff
		hex_refused "$name" "$HEAD"
		hex_refused "$name" "${HEAD}88"
	done
}

# The tag begins, and the frame ends.
truncated_tags()
{
	local tag

	setup
	add_veth trunk 1-200
	open_devices peer1 vsw0
	for tag in 8100 8100000a 88a8 88a80001; do
		# With one byte of the tag, and of the type behind it
		frames hex a "$HEAD${tag}00"
		frames hex peer1 "$HEAD${tag}00"
		frames hex t "$HEAD$tag"
	done
	frames expect
	# From devices the core has looked at the tag, and freed the frame.
	check_drops a rx
	for tag in 8100 810000 8100000a 8100000a00; do
		frames hex vsw0 "$HEAD$tag"
	done
	frames expect
	check_drops vsw0 rx no-memory 4
	# The second tag is nobody's business.
	frames hex t "${HEAD}8100000a81000000"
	frames expect "peer1 a>all 10 0 0x0000 +0"
	frames hex vsw0 "${HEAD}88a8"
	frames expect "a a>all 0x88a8 +0" "b a>all 0x88a8 +0" \
		"t a>all 1 0x88a8 +0" "peer1 a>all 1 0x88a8 +0"
}

# What a packet socket says of its frame is no way into another VLAN.
told_types()
{
	setup
	open_devices vsw0
	frames lie vsw0 "d>all 200" 0800
	check_drops vsw0 rx vlan-filtered 1
	frames lie vsw0 "d>all 1.2" 86dd "a d>all" "b d>all" "t d>all 1.2"
	frames lie vsw0 "d>all 0.2" 88b5 "a d>all" "b d>all" "t d>all 1.2"
	frames lie vsw0 "d>all 1 200" 88b5 "t d>all 1 200"
	frames lie vsw0 "d>all s200" 0800 "a d>all s200" "b d>all s200" \
		"t d>all 1 s200"
	frames lie vsw0 "d>all" 8100 "a d>all" "b d>all" "t d>all 1"
	frames lie vsw0 "d>all" 88a8 "a d>all" "b d>all" "t d>all 1"
	check_drops vsw0 rx vlan-filtered 1
	check_drops a tx nested-tag 1

	# So it is for the tag of a VLAN device that stands before it.
	cmd_ok ip link add link vsw0 name vsw0.1 type vlan id 1
	cmd_ok ip link set vsw0.1 up
	open_devices vsw0.1
	frames lie vsw0.1 "d>all 200" 0800 "t d>all 1 200"
	check_drops a tx nested-tag 2
}

every_type()
{
	setup
	cmd_ok vswctl port del t
	frames types a "a>all"
	check_eq "counters of a" "$(vswctl -j stats show a | jq -c '.[0] |
		[."rx-packets", ."rx-dropped"]')" '[65536,0]'
	check_eq "counters of b" "$(vswctl -j stats show b | jq -c '.[0] |
		[."tx-packets", ."tx-dropped"]')" '[65536,0]'
	cmd_ok vswctl port set a frames all
	# Known, as the fast path wants it
	cmd_ok vswctl fdb add "$(mac b)" port b vid 1
	frames types a "a>b 1"
	check_eq "counters of a" "$(vswctl -j stats show a | jq -c '.[0] |
		."rx-packets" - ."rx-dropped"')" 131072
	# 0x8100 is a second tag, which must not become the first.
	check_drops b tx nested-tag 1
}

deep_tags()
{
	local tags="" i

	setup
	add_veth trunk 1-200
	open_devices peer1
	for i in $(seq 2 21); do
		tags+=" $i"
	done
	frame_passes a "a>all 1$tags" "t a>all 1$tags" "peer1 a>all 1$tags"
	check_drops b tx nested-tag 1
	frame_passes peer1 "e>all 5 s6 7 s8" "t e>all 5 s6 7 s8"
}

gso()
{
	local size

	setup
	cmd_ok vswctl port set t vlan 1
	# What frame.py's taps cannot do, the kernel does.
	for size in 1 1448 1449 9000 65000; do
		frames gso a "a>all" "$size" 1448
		frames gso a "a>all 1" "$size" 1448
		frames gso a "a>all" "$size" 500
	done
	check_drops a rx
	check_drops b tx
	check_drops t tx
}

# What comes with a segmentation header does not make sense, either.
nonsense()
{
	setup
	add_veth trunk 1-200
	for name in a t peer1 vsw0; do
		frames fuzz "$name" 2000
	done
	frames close peer1 vsw0
	frame_passes a "e>group 1 0x1234" "b e>group 0x1234" \
		"t e>group 1 0x1234"
}

# A packet socket on the port holds the frame, too.
shared()
{
	# Whoever listens keeps the fast path away.
	local VSW_FASTPATH=''

	setup
	frames open a=3 b=3
	defer frames close a=3 b=3
	frame_passes a "a>all 1.3" "a=3 a>all 1.3" "b a>all" "t a>all 1.3"
	frame_passes a "a>all" "a=3 a>all" "b a>all" "t a>all 1"
	frame_passes a "a>all s9" "a=3 a>all s9" "b a>all s9" "t a>all 1 s9"
}

# sent_as PORT PRIO: frames that leave by it with the tag of VLAN 7 (1) or in another way (2)
sent_as()
{
	tc -s -j filter show dev "$1" egress | jq --argjson prio "$2" \
		'[.[] | select(.pref == $prio) | .. | .stats? | .packets? // empty] | add // 0'
}

# bursts COUNT WORD...: one buffer is received by wire1 eight times at once, and is nobody's
# alone; each is another frame for b and t.
bursts()
{
	local count=$1

	shift
	send_frames - wire1 "$count" "xmit_mode netif_receive" "burst 8" \
		"src_mac 02:00:00:00:cc:00" "$@"
	sent=$((sent + count))
	check_forwarded wire1 "$sent"
	check_eq "frames of b with a tag" "$(sent_as b 1)" 0
	check_eq "frames of b without" "$(sent_as b 2)" "$sent"
	check_eq "frames of t with a tag" "$(sent_as t 1)" "$sent"
	check_eq "frames of t without" "$(sent_as t 2)" 0
}

received_together()
{
	local VSW_FASTPATH='' port sent=0

	modprobe -a cls_flower act_gact || skip "needs tc filters"
	modprobe pktgen || skip "needs the module pktgen"
	setup
	add_veth trunk 7 native 7
	cmd_ok vswctl port set b vlan 7
	for port in b t; do
		cmd_ok tc qdisc add dev $port clsact
		cmd_ok tc filter add dev $port egress prio 1 protocol 802.1q flower \
			vlan_id 7 action pass
		cmd_ok tc filter add dev $port egress prio 2 matchall action pass
	done
	bursts 400 "dst_mac ff:ff:ff:ff:ff:ff"
	bursts 80 "dst_mac ff:ff:ff:ff:ff:ff" "pkt_size 1400" "frags 4"
	bursts 80 "dst_mac ff:ff:ff:ff:ff:ff" "vlan_id 7"
	check_drops wire1 rx
	check_drops b tx
	check_drops t tx
}

# listed VID TAGS TO=TAGS...: GRO makes lists of frames, see grolist.py
listed()
{
	local out

	out=$(python3 "$VSW_TOP/selftests/grolist.py" peer1 wire1 64 "$@") ||
		fail "frames $*: $out"
	log "tags $2: $out"
}

# A tunnel on a device that takes no lists, whose frames come to peer5
add_tunnel()
{
	cmd_ok ip link add wire5 type veth peer name peer5
	defer ip link del wire5
	cmd_ok ip link set wire5 up
	cmd_ok ip link set peer5 up
	cmd_ok ip addr add 192.0.2.129/25 dev wire5
	cmd_ok ip neigh add 192.0.2.130 lladdr 02:00:00:00:00:99 dev wire5
	cmd_ok ip link add vx type vxlan id 5 local 192.0.2.129 remote 192.0.2.130 \
		dstport 4789 dev wire5
	defer ip link del vx
	cmd_ok ip link set vx up
	cmd_ok ethtool -K wire5 tx-gso-list off tx-udp_tnl-segmentation off \
		tx-udp_tnl-csum-segmentation off
	add_port vx vlan 7
}

# Frames in a list leave one by one, each with its tags, and nobody makes one of them
# larger than there is room for.
lists()
{
	local VSW_FASTPATH='' i

	setup
	add_veth trunk 7 native 7
	for i in 2 3 4; do
		cmd_ok ip link add "wire$i" type veth peer name "peer$i"
		defer ip link del "wire$i"
		cmd_ok ip link set "wire$i" up
		cmd_ok ip link set "peer$i" up
	done
	add_port wire2 vlan 7
	add_port wire3 trunk 7
	add_port wire4 trunk 7
	add_tunnel
	cmd_ok ethtool -K peer1 tso off
	cmd_ok ethtool -K wire1 gro on rx-gro-list on
	cmd_ok ethtool -K wire2 tx-gso-list off
	cmd_ok ethtool -K wire4 tx-gso-list off txvlan off
	# What has waited there comes at once.
	cmd_ok tc qdisc add dev peer1 root netem delay 50ms
	listed 0 0 peer2=0 peer3=7 peer4=7 peer5=0
	listed 7 7 peer2=0 peer3=7 peer4=7 peer5=0
	# An S-tag beside the frame: where it comes from a VLAN device there is room for it.
	cmd_ok tc qdisc add dev peer1 clsact
	cmd_ok tc filter add dev peer1 egress matchall \
		action vlan push id 9 protocol 802.1ad
	listed 0 s9 peer2=s9 peer3=7s9 peer4=7s9
	check_drops wire1 rx
	for i in wire2 wire3 wire4 vx; do
		check_drops "$i" tx
	done
}

# When a frame is to leave a container may say to its own devices, not to those of others,
# which would keep it.
departure()
{
	modprobe sch_fq || skip "needs the module sch_fq"
	add_switch vsw0
	add_host h1 192.0.2.1/24
	add_host h2 192.0.2.2/24
	cmd_ok vswctl port add vsw0 h1 dev h1
	cmd_ok vswctl port add vsw0 h2 dev h2
	cmd_ok ip -n h1 neigh add 192.0.2.2 lladdr "$(mac_of h2)" dev eth0
	cmd_ok tc qdisc add dev h2 root fq
	ip netns exec h1 python3 - <<-'END' || fail "SO_TXTIME"
	import socket, struct, time
	SO_TXTIME = SCM_TXTIME = 61
	sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	sock.setsockopt(socket.SOL_SOCKET, SO_TXTIME, struct.pack("iI", time.CLOCK_MONOTONIC, 0))
	when = struct.pack("Q", time.clock_gettime_ns(time.CLOCK_MONOTONIC) + 9 * 10**9)
	sock.sendmsg([b"x"], [(socket.SOL_SOCKET, SCM_TXTIME, when)], 0, ("192.0.2.2", 9))
	END
	wait_for 3 tx_packets h2 1
	check_eq "frames that h2 keeps" \
		"$(tc -s -j qdisc show dev h2 | jq '.[0].qlen')" 0
}

# tx_packets PORT N: it has sent so many, or more
tx_packets()
{
	[ "$(vswctl -j stats show "$1" | jq '.[0]."tx-packets"')" -ge "$2" ]
}

# One buffer sent many times would be changed under way.
unshared()
{
	modprobe pktgen || skip "needs the module pktgen"
	defer rmmod pktgen
	setup
	echo "add_device vsw0" >/proc/net/pktgen/kpktgend_0
	echo "clone_skb 10" >/proc/net/pktgen/vsw0 2>/dev/null &&
		fail "the switch lets its frames be shared"
	echo rem_device_all >/proc/net/pktgen/kpktgend_0
}

# active SLAB: objects in use
active()
{
	awk -v name="$1" '$1 == name { print $2 }' /proc/slabinfo
}

# Whatever happens to a frame, it is freed.
leaks()
{
	local before after

	# KASAN keeps what was freed for a while, and kmemleak knows better.
	[ -z "${VSW_DEBUG-}" ] || skip "buffers cannot be counted"
	setup
	add_veth trunk 1-200
	frames fuzz a 500
	sync
	before=$(active skbuff_head_cache)
	for name in a t peer1 vsw0; do
		frames fuzz "$name" 2000
	done
	frames close peer1 vsw0
	after=$(active skbuff_head_cache)
	[ $((after - before)) -lt 1000 ] ||
		fail "$((after - before)) buffers more than before"
}

run_cases invalid_source runts truncated_tags told_types every_type deep_tags gso \
	nonsense shared received_together lists departure unshared leaks
