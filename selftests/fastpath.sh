#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The fast path does what the path of skbs does, for plain frames and without an
# skb, and leaves the others to it.
#
#	a ----+          +---- t
#	b ----+   vsw0   |		taps, frame.py at the other end
#	c ----+          +---- h1, h2	veth, namespaces behind them

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

# The cases say themselves where it is on, and count frames.
unset VSW_FASTPATH

need_fastpath()
{
	[ -x "$VSW_TOP/bpf/vsw-fastpath" ] ||
		skip "bpf/vsw-fastpath is not built"
	need_btf
}

setup()
{
	local port

	need_fastpath
	add_taps a b c t
	add_switch vsw0
	add_port a vlan 100
	add_port b vlan 100
	add_port c trunk 100 native 5
	add_port t trunk 5,100,200
	for port; do
		fastpath "$port" xdp
	done
}

# Known senders, so that the fast path has nothing to leave to learning
teach()
{
	frame_passes a "a>all" "b a>all" "c a>all 100" "t a>all 100"
	frame_passes b "b>all" "a b>all" "c b>all 100" "t b>all 100"
	frame_passes c "c>all 100" "a c>all" "b c>all" "t c>all 100"
	frame_passes c "c>all" "t c>all 5"
	frame_passes t "e>all 100" "a e>all" "b e>all" "c e>all 100"
	frame_passes t "e>all 5" "c e>all"
}

# fastpath PORT xdp|none
fastpath()
{
	cmd_ok vswctl port set "$1" fastpath "$2"
}

# forwarded [PORT]: by the fast path of one port or of all
forwarded()
{
	vswctl -j stats show "$@" | jq '[.[]."rx-fastpath"] | add // 0'
}

# fast COUNT COMMAND...: forwards so many frames by the fast path
fast()
{
	local count=$1 before

	shift
	before=$(forwarded)
	"$@"
	check_eq "frames forwarded by the fast path in '$*'" \
		$(($(forwarded) - before)) "$count"
}

state()
{
	vswctl -j port show "$1" | jq -r '.[0].fastpath'
}

attach()
{
	setup
	vswctl -j version | jq -e '.[0].features | index("xdp")' >/dev/null ||
		fail "vswctl version does not show the feature"
	check_eq "fastpath of a" "$(state a)" none
	fastpath a xdp
	check_eq "fastpath of a" "$(state a)" xdp
	check_eq "fastpath of b" "$(state b)" none
	check_eq "fastpath of the host port" "$(state vsw0)" null
	vswctl port show | grep -q '^a .*fastpath xdp' ||
		fail "the list does not show it"
	check_eq "native programs on a" "$(ip -j link show a |
		jq '.[0].xdp.mode')" 1
	# Again is no error, and changes nothing.
	teach
	frame_passes a "a>b" "b a>b"
	check_eq forwarded "$(forwarded a)" 1
	vswctl stats show a | grep -q '^ *rx fastpath 1$' ||
		fail "the counters of a do not show it"
	vswctl -s port show a | grep -q '^rx-fastpath *1$' ||
		fail "the counters of a are not shown with it"
	fastpath a xdp
	check_eq forwarded "$(forwarded a)" 1
	cmd_ok vswctl port set a fastpath none isolated on
	check_eq "fastpath of a" "$(state a)" none
	check_eq "isolated" "$(port_field a isolated)" true
	check_eq "programs on a" "$(ip -j link show a | jq '.[0].xdp')" null
	fastpath a none

	# The device of a port that goes is as it was.
	fastpath b xdp
	cmd_ok vswctl port del b
	check_eq "programs on b" "$(ip -j link show b | jq '.[0].xdp')" null
	cmd_ok vsw-fastpath attach b
	cmd_ok vsw-fastpath detach -a
	check_eq "all programs" "$(vsw-fastpath status)" ""
}

rejected()
{
	setup
	cmd_fail "host port" vswctl port set vsw0 fastpath xdp
	cmd_fail "none of xdp, none" vswctl port set a fastpath yes
	cmd_fail "There is no port" vswctl port set nobody fastpath xdp
	cmd_fail "there is no device" vsw-fastpath attach nobody
	cmd_fail "Usage" vsw-fastpath attach
	cmd_fail "Usage" vsw-fastpath attach a b
	cmd_ok ip link add name plain type dummy
	defer ip link del plain
	cmd_ok vswctl port add vsw0 plain dev plain
	cmd_fail "driver of plain has no native XDP" \
		vswctl port set plain fastpath xdp
	check_eq "fastpath of plain" "$(state plain)" none
	PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		cmd_fail "needs the program vsw-fastpath" \
		vswctl port set a fastpath xdp

	# Not in the way of somebody else's program
	require_command clang
	foreign_program /tmp/foreign.o
	defer rm -f /tmp/foreign.o
	cmd_ok ip link set dev a xdpdrv obj /tmp/foreign.o sec xdp
	check_eq "fastpath of a" "$(state a)" other
	cmd_fail "another XDP program, id [0-9]+, is attached to a" \
		vswctl port set a fastpath xdp
	fastpath a none
	check_eq "fastpath of a" "$(state a)" other
	cmd_ok ip link set dev a xdp off
	fastpath a xdp
}

# A module without BTF works, but for this.
no_btf()
{
	need_fastpath
	require_command objcopy
	cmd_ok objcopy --remove-section .BTF --remove-section .BTF.base \
		"$VSW_KO" /tmp/nobtf.ko
	defer rm -f /tmp/nobtf.ko
	cmd_ok insmod /tmp/nobtf.ko
	defer unload_vsw
	check_eq "the feature" \
		"$(vswctl -j version | jq -c '.[0].features | index("xdp")')" null
	add_taps a
	add_switch vsw0
	add_port a
	cmd_fail "has no BTF" vswctl port set a fastpath xdp
	check_eq "fastpath of a" "$(state a)" none
}

# What a loaded program needs does not go away under it.
module()
{
	setup a
	cmd_ok vswctl switch del vsw0
	cmd_fail "in use|temporarily unavailable" rmmod vsw
	cmd_ok vsw-fastpath detach a
	wait_for 5 rmmod vsw
	cmd_fail "module vsw is not loaded" vsw-fastpath attach a
}

tags()
{
	setup a b c t
	teach
	# Access to access, to trunk and back
	fast 1 frame_passes a "a>b" "b a>b"
	fast 1 frame_passes a "a>e" "t a>e 100"
	fast 1 frame_passes t "e>a 100.5" "a e>a"
	# Tagged through, and priorities
	fast 1 frame_passes t "e>c 100.3" "c e>c 100.3"
	fast 1 frame_passes a "a>e 0.6" "t a>e 100.6"
	cmd_ok vswctl port set a pcp 2
	fast 1 frame_passes a "a>e" "t a>e 100.2"
	# The native VLAN
	fast 1 frame_passes c "c>e" "t c>e 5"
	fast 1 frame_passes c "c>e 0.7" "t c>e 5.7"
	fast 1 frame_passes t "e>c 5.4" "c e>c"
	fast 1 frame_passes c "c>e 5" "t c>e 5"
	# What follows the tag is none of its business.
	fast 1 frame_passes c "c>e 100 0x8892 +1000" "t c>e 100 0x8892 +1000"
	fast 1 frame_passes t "e>a 100 0x88a2 +1500" "a e>a 0x88a2 +1500"

	# The same VLANs, another outcome: the next frame sees it.
	cmd_ok vswctl vlan add b vid 100
	fast 1 frame_passes a "a>b" "b a>b 100.2"
	cmd_ok vswctl vlan add t vid 100 untagged
	fast 1 frame_passes a "a>e" "t a>e"
	check_drops a rx
	check_drops c rx
	check_drops t rx
}

# Everything that is not plain, and what comes of it
left_alone()
{
	setup a b c t
	teach
	fast 0 frame_passes a "a>all" "b a>all" "c a>all 100" "t a>all 100"
	fast 0 frame_passes a "a>group" \
		"b a>group" "c a>group 100" "t a>group 100"
	fast 0 frame_passes a "a>77" "b a>77" "c a>77 100" "t a>77 100"
	fast 0 frame_passes a "77>b" "b 77>b"
	check_eq "port of 77" "$(fdb_port "$(mac 77)" 100)" a
	# Drops, with their reasons
	fast 0 frame_dropped a "a>b 100"
	fast 0 frame_dropped a "a>a"
	fast 0 frame_dropped a "a>b 4095"
	check_drops a rx frame-type 2 same-port 1
	fast 0 frame_dropped t "e>a 300"
	fast 0 frame_dropped t "e>a"
	check_drops t rx no-pvid 1 vlan-filtered 1
	# Two C-tags: the inner one would hop.
	fast 0 frame_dropped t "e>a 100 200"
	check_drops a tx nested-tag 1
	# A tag inside may hide a checksum that is not complete.
	fast 0 frame_passes a "a>e s100" "t a>e 100 s100"
	fast 0 frame_passes c "c>e 100 200" "t c>e 100 200"
	# So may MPLS; ARP has none.
	fast 0 frame_passes a "a>e 0x8847" "t a>e 100 0x8847"
	fast 1 frame_passes a "a>e 0x0806" "t a>e 100 0x0806"
	cmd_ok ip link set dev b mtu 1400
	fast 0 frame_dropped a "a>b +1500"
	check_drops b tx too-big 1
	fast 1 frame_passes a "a>b +1400" "b a>b +1400"
	cmd_ok vswctl port set a isolated on
	cmd_ok vswctl port set b isolated on
	fast 0 frame_dropped a "a>b"
	check_drops a rx frame-type 2 same-port 1 egress-policy 1
	fast 1 frame_passes a "a>e" "t a>e 100"
	cmd_ok vswctl port set a frames tagged
	fast 0 frame_dropped a "a>e"
	check_drops a rx frame-type 3 same-port 1 egress-policy 1
	cmd_ok vswctl port set a frames untagged isolated off
	cmd_ok vswctl fdb add "$(mac 9)" port t vid 100 static
	fast 1 frame_passes a "a>9" "t a>9 100"
	frames carrier t 0
	wait_for 3 grep -q 0 /sys/class/net/t/carrier
	fast 0 frame_dropped a "a>9"
	check_drops a rx frame-type 3 same-port 1 egress-policy 1 port-down 1
}

all_stats()
{
	vswctl -j stats show | jq -c 'sort_by(.name)'
}

# stats_since BEFORE: what the counters have gained
stats_since()
{
	jq -cn --argjson before "$1" --argjson after "$(all_stats)" '
		[$before, $after | [.[] | [."rx-packets", ."rx-bytes",
			."rx-dropped", ."tx-packets", ."tx-bytes",
			."tx-dropped"]]] | transpose | map(transpose |
			map(.[1] - .[0]))'
}

# The same frames by both paths: the same arrives, and counts the same.
counters()
{
	local before slow port

	setup
	teach
	before=$(all_stats)
	mix
	slow=$(stats_since "$before")
	for port in a b c t; do
		fastpath "$port" xdp
	done
	before=$(all_stats)
	fast 7 mix
	check_eq "what the counters gained" "$(stats_since "$before")" "$slow"
	[ "$slow" != "[]" ] || fail "no counters"
}

mix()
{
	frame_passes a "a>b +100" "b a>b +100"
	frame_passes a "a>e +1500" "t a>e 100 +1500"
	frame_passes a "a>e 0.5 +200" "t a>e 100.5 +200"
	frame_passes t "e>a 100.1 +300" "a e>a +300"
	frame_passes t "e>c 100 +400" "c e>c 100 +400"
	frame_passes c "c>e +50" "t c>e 5 +50"
	frame_passes t "e>c 5 +47" "c e>c +47"
	frame_passes c "c>e 100 200 +48" "t c>e 100 200 +48"
	frame_passes a "a>all" "b a>all" "c a>all 100" "t a>all 100"
	frame_passes a "a>77" "b a>77" "c a>77 100" "t a>77 100"
	frame_dropped a "a>b 100"
	frame_dropped t "e>a 100 200"
	frame_dropped c "c>c 100"
}

learning()
{
	setup a b t
	teach
	fast 1 frame_passes a "a>b" "b a>b"
	# Seen elsewhere, it moves, and frames follow it.
	fast 0 frame_passes t "b>a 100" "a b>a"
	check_eq "port of b" "$(fdb_port "$(mac b)" 100)" t
	fast 1 frame_passes a "a>b" "t a>b 100"
	# The old port has to be believed again first.
	fast 0 frame_passes b "b>a" "a b>a"
	fast 1 frame_passes b "b>a" "a b>a"
	cmd_ok vswctl fdb flush switch vsw0
	fast 0 frame_passes a "a>b" "b a>b" "c a>b 100" "t a>b 100"
	fast 0 frame_passes b "b>a" "a b>a"
	fast 1 frame_passes a "a>b" "b a>b"
	# A static entry is no one else's.
	cmd_ok vswctl fdb add "$(mac 9)" port b vid 100 static
	fast 0 frame_dropped a "9>b"
	check_drops a rx source-owned 1
}

refreshed()
{
	frame_passes a "a>b" "b a>b"
	sleep 1
	[ "$SECONDS" -ge "$1" ]
}

# Frames of the fast path keep their source from ageing.
ageing()
{
	setup a b
	cmd_ok vswctl switch set vsw0 ageing 10
	teach
	cmd_ok vswctl fdb add "$(mac b)" port b vid 100 static
	wait_for 30 refreshed $((SECONDS + 16))
	[ "$(forwarded a)" -ge 5 ] || fail "nothing went by the fast path"
	check_eq "port of a" "$(fdb_port "$(mac a)" 100)" a
	check_eq "port of c" "$(fdb_port "$(mac c)" 100)" ""
}

# A port that leaves, and devices and entries that go: not one frame too many.
leaving()
{
	setup a b c t
	teach
	fast 1 frame_passes a "a>b" "b a>b"
	cmd_ok vswctl vlan del b vid 100
	fast 0 frame_passes a "a>b" "c a>b 100" "t a>b 100"
	# Another tool takes a away, and the program stays: it passes all on.
	fast 1 frame_passes a "a>e" "t a>e 100"
	cmd_ok ip link set dev a nomaster
	check_eq "programs on a" "$(ip -j link show a | jq '.[0].xdp.mode')" 1
	fast 0 frame_dropped a "a>e"
	add_port a vlan 100
	fast 0 frame_passes a "a>e" "t a>e 100"
	fast 1 frame_passes a "a>e" "t a>e 100"
	# The device of the destination vanishes.
	fast 1 frame_passes c "c>e 100" "t c>e 100"
	frames close t
	fast 0 frame_passes c "c>e 100" "a c>e"
	cmd_ok vswctl switch del vsw0
	fast 0 frame_dropped c "c>a 100"
	frames tap t
}

# A guest leaves checksums and segments to the host: by the path of skbs, whole.
offloads()
{
	local kind size

	need_fastpath
	add_taps a b
	add_switch vsw0
	add_port a
	add_port b
	fastpath a xdp
	fastpath b xdp
	fast 0 frame_passes a "a>all" "b a>all"
	fast 0 frame_passes b "b>a" "a b>a"
	fast 0 frames gso a "a>b" 20000 1400
	fast 0 frames gso b "b>a" 1000 500
	# In one frame, its checksum begun or complete
	fast 0 frames tcp a "a>b" 700 partial
	fast 1 frames tcp a "a>b" 700 complete
	fast 0 frames tcp6 a "a>b" 700 partial
	fast 1 frames tcp6 a "a>b" 700 complete
	# What is not looked into
	fast 1 frames odd a "a>b" tcp 100
	fast 1 frames odd a "a>b" tcp6 100
	for kind in hops options fragment short nothing unsummed; do
		fast 0 frames odd a "a>b" "$kind" 100
	done
	# A tunnel needs 23 bytes behind UDP: with less there is nothing to be summed up.
	for size in 0 22 23 28 100; do
		fast 0 frames udp a "a>b" $size partial
		fast 1 frames udp a "a>b" $size complete
	done
	# Behind UDP, whose own checksum is complete
	for size in 0 1 100; do
		fast 0 frames least a "a>b" $size partial
		fast 1 frames least a "a>b" $size complete
	done
	fast 0 frames tunnel a "a>b" 300 partial
	fast 1 frames tunnel a "a>b" 300 complete
	# Too long to be summed up
	fast 0 frames tunnel a "a>b" 700 complete
	check_drops a rx
	check_drops b tx
}

# Who has put something in the way, or looks, sees every frame.
filters()
{
	setup a b
	teach
	fast 1 frame_passes a "a>b" "b a>b"
	cmd_ok tc qdisc add dev b clsact
	cmd_ok tc filter add dev b egress matchall action drop
	fast 0 frame_dropped a "a>b"
	cmd_ok tc qdisc del dev b clsact
	fast 1 frame_passes a "a>b" "b a>b"
	cmd_ok tc qdisc add dev a clsact
	cmd_ok tc filter add dev a ingress matchall action drop
	fast 0 frame_dropped a "a>b"
	cmd_ok tc qdisc del dev a clsact
	fast 1 frame_passes a "a>b" "b a>b"
}

queue()
{
	setup a b
	teach
	cmd_ok tc qdisc add dev b root pfifo limit 100
	fast 0 frame_passes a "a>b" "b a>b"
	cmd_ok tc qdisc del dev b root
	fast 1 frame_passes a "a>b" "b a>b"

	timeout 20 tcpdump -i b -Q out -c 1 -w /tmp/fastpath.pcap \
		2>/tmp/fastpath.log &
	defer rm -f /tmp/fastpath.pcap /tmp/fastpath.log
	wait_for 10 grep -q listening /tmp/fastpath.log
	fast 0 frame_passes a "a>b" "b a>b"
	wait "$!" || fail "tcpdump has seen nothing"
	fast 1 frame_passes a "a>b" "b a>b"
}

# A port, a VLAN, entries and the program itself come and go under traffic.
storm()
{
	local i

	setup a b c t
	teach
	frames_start repeat a "a>b" 20000
	for ((i = 0; i < 5; i++)); do
		cmd_ok vswctl vlan del b vid 100
		cmd_ok vswctl port set b vlan 100
		cmd_ok vswctl fdb flush switch vsw0
		cmd_ok vswctl fdb add "$(mac b)" port b vid 100
		cmd_ok vswctl port del b
		add_port b vlan 100
		cmd_ok vswctl fdb add "$(mac b)" port b vid 100
		fastpath a none
		fastpath a xdp
		cmd_ok ip link set dev b down
		cmd_ok ip link set dev b up
	done
	frames_wait repeat
	cmd_ok vswctl fdb add "$(mac b)" port b vid 100 static
	frames repeat a "a>b" 1
	fast 1 frame_passes a "a>b" "b a>b"
}

# veths, whose peers have to have GRO on to be sent to
veth()
{
	local host n other net

	need_fastpath
	add_switch vsw0
	for host in h1 h2; do
		add_host "$host"
		ip netns exec "$host" ethtool -K eth0 gro on
		cmd_ok ip -n "$host" link add link eth0 name eth0.100 \
			type vlan id 100
		cmd_ok ip -n "$host" link set eth0.100 up
		cmd_ok vswctl port add vsw0 "$host" dev "$host" trunk 100 \
			native 5
		fastpath "$host" xdp
	done
	cmd_ok ip -n h1 addr add 192.0.2.1/24 dev eth0
	cmd_ok ip -n h2 addr add 192.0.2.2/24 dev eth0
	cmd_ok ip -n h1 addr add 198.51.100.1/24 dev eth0.100
	cmd_ok ip -n h2 addr add 198.51.100.2/24 dev eth0.100
	# No question of who is where among what is counted
	for host in "h1 2 h2" "h2 1 h1"; do
		read -r host n other <<<"$host"
		for net in "192.0.2 eth0" "198.51.100 eth0.100"; do
			cmd_ok ip -n "$host" neigh add "${net% *}.$n" \
				dev "${net#* }" lladdr "$(mac_of "$other")" nud permanent
		done
	done
	reachable h1 192.0.2.2
	fast 10 cmd_ok ip netns exec h1 ping -q -c 5 -i 0.2 192.0.2.2
	# The tag is beside the frame here, and is not lost.
	reachable h1 198.51.100.2
	fast 10 cmd_ok ip netns exec h1 ping -q -c 5 -i 0.2 198.51.100.2
	cmd_ok vswctl vlan del h2 vid 100
	unreachable h1 198.51.100.2
	reachable h1 192.0.2.2
	# A peer that cannot take such frames gets them as ever.
	ip netns exec h2 ethtool -K eth0 gro off
	fastpath h2 none
	fast 0 cmd_ok ip netns exec h1 ping -q -c 2 -i 0.2 192.0.2.2
}

stripping()
{
	ethtool -k "$1" | sed -n 's/^rx-vlan-offload: //p'
}

# A NIC that takes tags out of frames; two of them on one wire
nic()
{
	need_fastpath
	use_pfs
	add_taps a
	add_switch vsw0
	defer ip link set "$WIRE" promisc off
	cmd_ok ip link set "$WIRE" promisc on
	open_devices "$WIRE"
	cmd_ok vswctl uplink add vsw0 "$PF" trunk 100 native 1
	add_port a vlan 100
	check_eq "stripping" "$(stripping "$PF")" on
	vswctl uplink set "$PF" fastpath xdp 2>&1 |
		grep -q "turned rx-vlan-offload off" ||
		fail "it does not say that tags are not taken out any more"
	check_eq "stripping" "$(stripping "$PF")" off
	fastpath a xdp
	wait_for 20 has_carrier "$PF"

	frame_passes "$WIRE" "e>all 100.3" "a e>all"
	frame_passes a "a>e" "$WIRE a>e 100"
	fast 1 frame_passes a "a>e" "$WIRE a>e 100"
	fast 1 frame_passes "$WIRE" "e>a 100.3" "a e>a"
	frame_dropped "$WIRE" "e>a"

	# On again, it would hide the tag: everything is left alone then.
	cmd_ok ethtool -K "$PF" rxvlan on
	wait_for 20 has_carrier "$PF"
	frame_passes "$WIRE" "e>all 100.3" "a e>all"
	fast 0 frame_passes "$WIRE" "e>a 100" "a e>a"
	cmd_ok ethtool -K "$PF" rxvlan off
	cmd_ok vswctl uplink set "$PF" fastpath none
	check_eq "stripping" "$(stripping "$PF")" on
}

# Frames that no driver has received: whoever would be asked for their tag does not know
# them. They go up, and the switch has them by skb.
test_run()
{
	local before host

	need_fastpath
	add_switch vsw0
	for host in h1 h2; do
		add_host $host
		# Only then it is a way for the fast path.
		ip netns exec $host ethtool -K eth0 gro on
	done
	cmd_ok vswctl port add vsw0 h1 dev h1 vlan 100
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 100
	fastpath h1 xdp
	cmd_ok vswctl fdb add "$(mac_of h1)" port h1 vid 100 static
	cmd_ok vswctl fdb add "$(mac_of h2)" port h2 vid 100 static
	fast 1 cmd_ok ip netns exec h1 "$VSW_TOP/selftests/faults/send.py" eth0 \
		"$(mac_of h1)" "$(mac_of h2)"
	before=$(sent h2)
	fast 0 cmd_ok "$VSW_TOP/selftests/xdp_test_run.py" h1 \
		"$(printf '%s%s88b5%092d' "$(mac_of h2)" "$(mac_of h1)" 0 | tr -d :)" 8
	wait_for 5 has_sent h2 $((before + 8))
}

run_cases attach rejected no_btf module tags left_alone counters learning ageing \
	leaving offloads filters queue storm veth test_run nic
