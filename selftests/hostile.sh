#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest that does what it can to harm others: it gets no further than its own
# VLANs and limits. The table of these attacks is Documentation/security.md; a case
# is a line of it. Where that is cheap, a case takes the protection away at its
# end, to show that the attack would have been seen.
#
#	evil ----+        +---- t	trunk, and whatever the case says
#	a    ----+        |
#	b    ----+  vsw0  +---- u	uplink
#	v    ----+        |
#	w    ----+        +---- the host
#
# Taps, frame.py at the other end. a and b are in the VLAN of evil, v and w are
# not. The cases whose names begin with vf_ have a NIC.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"

EVIL_VID=100
V_VID=200
VF_MAC=52:54:00:aa:00:01
# Broadcasts of a storm
STORM=8000

# add_victims: whoever is not evil, in both VLANs
add_victims()
{
	add_port a vlan $EVIL_VID
	add_port b vlan $EVIL_VID
	add_port v vlan $V_VID
	add_port w vlan $V_VID
}

# setup [KEY VALUE...]: of the port of evil, which is an access port without them
setup()
{
	[ $# -gt 0 ] || set -- vlan $EVIL_VID
	add_taps evil a b v w t u
	add_switch vsw0
	add_port evil "$@"
	add_victims
	add_port t trunk "$EVIL_VID,$V_VID" native 1
	add_uplink u
}

# learned [PORT]: addresses learned on it, or on all
learned()
{
	if [ $# -gt 0 ]; then
		port_field "$1" fdb-learned
	else
		vswctl -j switch show vsw0 | jq '.[0]["fdb-learned"]'
	fi
}

# lives ADDRESS VID PORT TYPE
lives()
{
	check_eq "where $1 lives" "$(entry "$1" "$2")" "$3 $4"
}

# all_in_place: what mac_flooding has put into the table
all_in_place()
{
	lives "$(mac a)" $EVIL_VID a local
	lives "$(mac b)" $EVIL_VID b dynamic
	lives "$(mac c)" $EVIL_VID b static
	lives "$(mac 5)" $V_VID v dynamic
	lives "$(mac_of_switch)" 1 vsw0 local
	# Nor is it flooded, to evil or another
	frame_passes a "a>b" "b a>b"
	frame_passes b "b>a" "a b>a"
	frame_passes a "a>c" "b a>c"
	frame_passes w "6>5" "v 6>5"
}

mac_of_switch()
{
	cat /sys/class/net/vsw0/address
}

# New addresses from evil, as many as it likes
mac_flooding()
{
	local half

	setup vlan $EVIL_VID fdb-max 8
	cmd_ok vswctl port set a mac "$(mac a)"
	cmd_ok vswctl fdb add "$(mac c)" port b static
	frame_passes b "b>a" "a b>a"
	frame_passes v "5>all" "w 5>all" "t 5>all $V_VID" "u 5>all $V_VID"
	frame_passes w "6>5" "v 6>5"
	frames spray evil "0>1" 200
	check_eq "addresses of evil" "$(learned evil)" 8
	all_in_place

	# Without its own limit it has as much of the table as nobody else wants.
	cmd_ok vswctl port set evil fdb-max 0
	cmd_ok vswctl switch set vsw0 fdb-max 64
	frames spray evil "0>1" 200 2000
	check_eq "all addresses" "$(learned)" 64
	check_eq "addresses of evil" "$(learned evil)" 61
	frames spray a "0>1" 10 9000
	check_eq "addresses of a" "$(learned a)" 10
	check_eq "addresses of evil" "$(learned evil)" 51
	# Two of its kind share what the others leave.
	frames spray t "0>1 $EVIL_VID" 200 20000
	frames spray evil "0>1" 200 40000
	check_eq "all addresses" "$(learned)" 64
	check_eq "addresses of a" "$(learned a)" 10
	for half in evil t; do
		[[ "$(learned $half)" == 2[56] ]] ||
			fail "$half has $(learned $half) of the table"
	done
	all_in_place
}

# The addresses of others as source: what is somebody's by configuration is
# refused, be it a port's, the host's or an uplink's.
mac_stealing()
{
	local count=0 owned

	setup
	cmd_ok vswctl vlan add vsw0 vid $EVIL_VID pvid untagged
	cmd_ok vswctl uplink set u mac "$(mac 1f)"
	cmd_ok vswctl vlan add u vid $EVIL_VID pvid untagged
	cmd_ok vswctl port set a mac "$(mac a)"
	cmd_ok vswctl fdb add "$(mac c)" port b static
	cmd_ok vswctl fdb add "$(mac d)" port b sticky
	cmd_ok vswctl fdb add "$(mac e)" port u vid $EVIL_VID static
	for owned in "$(mac a)" "$(mac c)" "$(mac d)" "$(mac e)" "$(mac 1f)" \
		     "$(mac_of_switch)"; do
		frame_dropped evil "$owned>all"
		frame_dropped evil "$owned>a"
		count=$((count + 2))
		check_drops evil rx source-owned $count
	done
	lives "$(mac a)" $EVIL_VID a local
	lives "$(mac d)" $EVIL_VID b sticky
	lives "$(mac e)" $EVIL_VID u static
	lives "$(mac 1f)" $EVIL_VID u local
	lives "$(mac_of_switch)" $EVIL_VID vsw0 local
	frame_passes b "c>a" "a c>a"

	# In its own VLAN the address of another VLAN is nobody's.
	cmd_ok vswctl port set v mac "$(mac 5)"
	frame_passes evil "5>a" "a 5>a"
	lives "$(mac 5)" $V_VID v local
	frame_passes w "6>5" "v 6>5"
}

# A learned address moves: a VM that migrates looks no different. Whoever does not
# want that has five ways.
learned_moves()
{
	setup
	cmd_ok vswctl port set a mac "$(mac a)"
	frame_passes b "b>a" "a b>a"
	# The theft, and what comes of it until the owner speaks again
	frame_passes evil "b>a" "a b>a"
	frame_passes a "a>b" "evil a>b"
	frame_passes b "b>a" "a b>a"
	frame_passes a "a>b" "b a>b"

	cmd_ok vswctl port set evil learning off
	frame_passes evil "b>a" "a b>a"
	lives "$(mac b)" $EVIL_VID b dynamic
	cmd_ok vswctl port set evil learning on fdb-max 1
	frame_passes evil "7>a" "a 7>a"
	frame_passes evil "b>a" "a b>a"
	lives "$(mac b)" $EVIL_VID b dynamic
	cmd_ok vswctl port set evil fdb-max 0

	# It ends a theft that is under way, too, in a transaction or not.
	frame_passes evil "b>a" "a b>a"
	lives "$(mac b)" $EVIL_VID evil dynamic
	cmd_ok vswctl port set evil learning off
	frame_passes evil "b>a" "a b>a"
	check_eq "where b lives" "$(vswctl -j fdb show switch vsw0 mac "$(mac b)")" '[]'
	frame_passes b "b>a" "a b>a"
	cmd_ok vswctl port set evil learning on
	frame_passes evil "b>a" "a b>a"
	vswctl -a -b - <<<"port set evil learning off" || fail "the batch failed"
	frame_passes evil "b>a" "a b>a"
	check_eq "where b lives" "$(vswctl -j fdb show switch vsw0 mac "$(mac b)")" '[]'
	frame_passes b "b>a" "a b>a"
	cmd_ok vswctl port set evil learning on

	cmd_ok vswctl fdb add "$(mac b)" port b sticky
	frame_dropped evil "b>a"
	cmd_ok vswctl fdb add "$(mac b)" port b static
	frame_dropped evil "b>a"
	cmd_ok vswctl fdb del "$(mac b)" switch vsw0 vid $EVIL_VID
	cmd_ok vswctl port set b mac "$(mac b)"
	frame_dropped evil "b>a"
	check_drops evil rx source-owned 3
}

# The gateway's address is worth more: while evil uses it, what the gateway sends
# looks like a reflection.
gateway()
{
	setup
	cmd_ok vswctl port set a mac "$(mac a)"
	frame_passes u "e>a $EVIL_VID" "a e>a"
	frame_passes evil "e>a" "a e>a"
	frame_dropped u "e>a $EVIL_VID"
	check_drops u rx reflected 1

	cmd_ok vswctl fdb add "$(mac e)" port u vid $EVIL_VID static
	frame_dropped evil "e>a"
	check_drops evil rx source-owned 1
	frame_passes u "e>a $EVIL_VID" "a e>a"
	frame_passes a "a>e" "u a>e $EVIL_VID"
}

# nested PORT...: has each of them refused one frame more?
nested()
{
	local port

	NESTED=$((NESTED + 1))
	for port; do
		check_eq "nested tags of $port" "$(drops "$port" tx nested-tag)" \
			$NESTED
	done
}

# Tags of all kinds from an access port
hop_access()
{
	local tags count=0

	setup
	NESTED=0
	for tags in $V_VID $EVIL_VID "$EVIL_VID $V_VID" "$V_VID $EVIL_VID" 1 \
		    4095 "4095 $V_VID"; do
		frame_dropped evil "e>all $tags"
		count=$((count + 1))
	done
	check_drops evil rx frame-type $count
	# It may choose a priority,
	frame_passes evil "e>all 0.7" "a e>all" "b e>all" "t e>all 100.7" \
		"u e>all 100.7"
	# and what is behind that is data, which never becomes a tag.
	for tags in "200" "0 200" "4095"; do
		frame_passes evil "e>all 0 $tags" "t e>all 100 $tags" \
			"u e>all 100 $tags"
		nested a b
	done
	for tags in s200 s0 s4095 "s200 200"; do
		frame_passes evil "e>all $tags" "a e>all $tags" \
			"b e>all $tags" "t e>all 100 $tags" "u e>all 100 $tags"
	done
	# To an address that lives in the other VLAN
	frame_passes_once v "5>all" "w 5>all" "t 5>all 200" "u 5>all 200"
	frame_passes evil "e>5" "a e>5" "b e>5" "t e>5 100" "u e>5 100"
	frame_passes evil "e>5 0 200" "t e>5 100 200" "u e>5 100 200"
	check_eq "frames to w" "$(sent w)" 1

	# What would have been seen
	cmd_ok vswctl port set evil frames all ingress-filtering off
	frame_passes evil "e>all 200" "v e>all" "w e>all" "t e>all 200" \
		"u e>all 200"
}

# From a trunk that has the VLAN that t and the wire have without tag
hop_trunk()
{
	setup trunk $EVIL_VID native 1
	NESTED=0
	frame_dropped evil "e>all 200"
	frame_dropped evil "e>all 200 100"
	check_drops evil rx vlan-filtered 2
	frame_dropped evil "e>all 4095"
	frame_dropped evil "e>all 4095 200"
	check_drops evil rx vlan-filtered 2 reserved-vid 2
	frame_passes evil "e>all 100 200" "t e>all 100 200" "u e>all 100 200"
	nested a b
	NESTED=0
	# The classic: the outer tag is the native VLAN, and is taken off.
	frame_dropped evil "e>all 1 200"
	nested t u vsw0
	frame_dropped evil "e>all 0 200"
	nested t u vsw0
	frame_passes evil "e>all s200" "t e>all s200" "u e>all s200"
	frame_passes evil "e>all" "t e>all" "u e>all"
}

# Both ends of a trunk have another native VLAN.
hop_native()
{
	setup trunk 300 native $EVIL_VID
	cmd_ok vswctl vlan add t vid $V_VID pvid untagged
	cmd_ok vswctl vlan add u vid $V_VID pvid untagged
	NESTED=0
	frame_passes evil "e>all" "a e>all" "b e>all" "t e>all 100" "u e>all 100"
	frame_dropped evil "e>all 200"
	frame_dropped evil "e>all 1"
	check_drops evil rx vlan-filtered 2
	frame_passes evil "e>all 300 200" "u e>all 300 200"
	frame_passes evil "e>all 0 200" "t e>all 100 200" "u e>all 100 200"
	nested a b
	frame_passes evil "e>all 100 200" "t e>all 100 200" "u e>all 100 200"
	nested a b
	# A guest in their native VLAN
	cmd_ok vswctl port set evil vlan $V_VID
	NESTED=0
	frame_dropped evil "e>all 0 100"
	nested v w t u
}

# The outer tag beside the frame, as a device gives it, and in it
hop_metadata()
{
	local offload vid

	setup
	NESTED=0
	cmd_ok ip link add wire1 type veth peer name peer1
	defer ip link del wire1
	for vid in 0 $EVIL_VID $V_VID; do
		cmd_ok ip link add link peer1 name "peer1.$vid" type vlan id "$vid"
	done
	for dev in wire1 peer1 peer1.0 peer1.$EVIL_VID peer1.$V_VID; do
		cmd_ok ip link set "$dev" up
	done
	add_port wire1 trunk $EVIL_VID native 1
	for offload in on off; do
		cmd_ok ethtool -K peer1 tx-vlan-hw-insert "$offload"
		frame_passes peer1.$EVIL_VID "e>all $V_VID" "t e>all 100 200" \
			"u e>all 100 200"
		nested evil a b
		frame_dropped peer1.$V_VID "e>all $EVIL_VID"
		check_drops wire1 rx vlan-filtered $NESTED
	done
	NESTED=0
	for offload in on off; do
		cmd_ok ethtool -K peer1 tx-vlan-hw-insert "$offload"
		frame_dropped peer1.0 "e>all $V_VID"
		nested t u vsw0
	done
	frames close peer1.0 peer1.$EVIL_VID peer1.$V_VID
}

# Sources that no station has, and with spoofchk those that are not the guest's own
spoofed()
{
	local source

	# shellcheck disable=SC2119
	load_testpf
	add_taps evil a b
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 testpf
	cmd_ok vswctl port add vsw0 evil dev evil vf testpf/0 vlan $EVIL_VID \
		mac "$(mac e)"
	add_port a vlan $EVIL_VID mac "$(mac a)"
	add_port b vlan $EVIL_VID
	for source in 00:00:00:00:00:00 all 01:00:5e:00:00:01 \
		      01:80:c2:00:00:00 33:33:00:00:00:01; do
		frame_dropped evil "$source>all"
	done
	check_drops evil rx invalid-source 5
	frame_passes b "b>a" "a b>a"
	for source in 7 a b; do
		frame_dropped evil "$source>all"
		frame_dropped evil "$source>a"
	done
	check_drops evil rx invalid-source 5 spoofed 6
	frame_passes evil "e>a" "a e>a"
	lives "$(mac b)" $EVIL_VID b dynamic
	cmd_ok vswctl port set evil spoofchk off
	frame_passes evil "7>a" "a 7>a"
	frame_dropped evil "a>b"
	check_drops evil rx invalid-source 5 source-owned 1 spoofed 6
}

# What Documentation/security.md says of a port without spoofchk
tc_guard()
{
	modprobe -a cls_flower cls_matchall act_gact || skip "needs tc filters"
	setup
	cmd_ok vswctl port set a mac "$(mac a)"
	cmd_ok vswctl port set evil mac "$(mac e)" learning off
	frame_passes evil "7>a" "a 7>a"
	cmd_ok tc qdisc add dev evil clsact
	cmd_ok tc filter add dev evil ingress protocol all prio 2 flower \
		src_mac "$(mac e)" action pass
	cmd_ok tc filter add dev evil ingress protocol all prio 3 matchall \
		action drop
	frame_dropped evil "7>a"
	frame_dropped evil "7>a 0.5"
	frame_dropped evil "b>a"
	frame_passes evil "e>a" "a e>a"
	frame_passes evil "e>a 0.5" "a e>a"
}

# storm COUNT: broadcasts of evil, a machine
storm()
{
	send_frames evil eth0 "$1" "dst_mac ff:ff:ff:ff:ff:ff" \
		"src_mac 0a:00:00:00:00:0e"
}

# storms ROUNDS: one after another, at most 100 of them, until that file is away; it
# has a line for each
storms()
{
	local n

	for ((n = 0; n < 100; n++)); do
		storm $STORM
		echo >>"$1.done"
		[ -e "$1" ] || return 0
	done
}

# As many broadcasts as it can: they stay in its VLAN, whose ports share them, and
# others talk meanwhile.
broadcast_storm()
{
	# Dummies have none, and pktgen makes skbs.
	local pid i before frames rounds VSW_FASTPATH=''

	add_taps v w
	add_dummies a b
	add_switch vsw0
	add_host evil
	add_port evil vlan $EVIL_VID
	add_victims
	rounds=$(mktemp)
	storms "$rounds" &
	pid=$!
	wait_for 10 has_sent a 1
	before=$(sent a)
	for ((i = 0; i < 20; i++)); do
		frame_passes v "5>all" "w 5>all"
		frame_passes w "6>5" "v 6>5"
	done
	[ "$(sent a)" -gt "$before" ] || fail "no storm while others sent"
	rm "$rounds"
	wait "$pid" || fail "pktgen"
	frames=$(($(wc -l <"$rounds.done") * STORM))
	rm "$rounds.done"
	check_eq "frames to a" "$(sent a)" $frames
	check_eq "frames to b" "$(sent b)" $frames
	check_eq "frames to v" "$(sent v)" 20
	check_eq "frames to w" "$(sent w)" 20

	cmd_ok vswctl port set a broadcast-flood off
	storm 100
	check_eq "frames to a" "$(sent a)" $frames
	check_eq "frames to b" "$(sent b)" $((frames + 100))

	# The rate of what a device sends is limited by tc, before the switch.
	modprobe -a cls_flower act_police || skip "needs flower and police"
	cmd_ok tc qdisc add dev evil clsact
	cmd_ok tc filter add dev evil ingress flower \
		dst_mac 01:00:00:00:00:00/01:00:00:00:00:00 \
		action police pkts_rate 100 pkts_burst 50 conform-exceed drop
	before=$(sent b)
	storm $STORM
	[ $(($(sent b) - before)) -lt $((STORM / 4)) ] ||
		fail "b had $(($(sent b) - before)) frames of $STORM"
}

# ip_received: what the host's IP has been given
ip_received()
{
	awk '$1 == "Ip:" && $2 + 0 { print $4 }' /proc/net/snmp
}

# Whatever type it says it is, nothing that is for the link reaches another port, nor
# the host.
link_local()
{
	local last frame group before

	setup trunk $EVIL_VID native 1
	before=$(ip_received)
	for last in 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f; do
		group=01:80:c2:00:00:$last
		# STP (a length), LLDP, LACP, EAPOL, pause
		for frame in 0x0026 0x88cc "100 0x8809" "0 0x888e" \
			     0x8808 "s100 0x8808"; do
			frame_dropped evil "e>$group $frame"
		done
		frame_dropped evil "e>$group 0x0800"
	done
	check_drops evil rx link-local 7
	check_eq "what the host's IP has got" "$(ip_received)" "$before"
	# The next address is a group like any other.
	frame_passes evil "e>01:80:c2:00:00:10" "t e>01:80:c2:00:00:10" \
		"u e>01:80:c2:00:00:10"
}

# Addresses that have little to tell them apart are all learned. That no chain of the
# table is long is for the unit tests, which know the secret of the hash (fdb_collisions);
# of the time only what a guest would feel is seen here.
collisions()
{
	local step count start spent least=999999 most=0

	setup
	cmd_ok vswctl port set evil fdb-max 0
	for step in 1 256 65536 65537 1048576 16777216 16843009; do
		# With that one there are no more.
		[ $step = 16777216 ] && count=256 || count=2048
		cmd_ok vswctl fdb flush switch vsw0
		frame_passes evil "7>all" "a 7>all" "b 7>all" "t 7>all 100" \
			"u 7>all 100"
		start=${EPOCHREALTIME/./}
		frames spray evil "0>7" $count 0 $step
		spent=$(((${EPOCHREALTIME/./} - start) / count))
		log "step $step: $spent us a frame"
		[ "$spent" -ge "$least" ] || least=$spent
		[ "$spent" -le "$most" ] || most=$spent
		check_eq "addresses, step $step" "$(learned evil)" \
			$((count + 1))
	done
	# One in a chain of hundreds would wait for hundreds of others.
	[ "$most" -lt $((8 * least + 1000)) ] || fail "from $least to $most us a frame"
}

# lie SIZE FLAGS GSO LENGTH MSS START OFFSET: of a virtio header
lie()
{
	frames header evil "e>all" "$1" 1518 "${@:2}"
}

# What is to be segmented, and how, is nonsense.
wrong_gso()
{
	local answer size

	setup
	for size in 200 3000; do
		lie $size 1 1 54 0 34 16
		lie $size 1 1 54 1 34 16
		lie $size 1 1 54 65535 34 16
		lie $size 1 1 65535 1448 34 16
		lie $size 1 1 0 1448 34 16
		lie $size 1 1 54 1448 65000 16
		lie $size 1 1 54 1448 34 65000
		lie $size 1 1 54 1448 $((size + 53)) 16
		lie $size 0 1 54 1448 34 16
		lie $size 1 3 54 1448 34 16
		lie $size 1 4 54 1448 34 16
		lie $size 1 5 54 1448 34 6
		lie $size 1 255 54 1448 34 16
		lie $size 7 129 54 1448 34 16
	done
	check_eq "larger than the MTU" "$(drops a tx too-big)" \
		"$(drops b tx too-big)"
	# What fits passes, and what is cut into pieces that do not, does not.
	lie 20000 1 1 54 1448 34 16
	size=$(drops a tx too-big)
	lie 20000 1 1 54 9000 34 16
	check_eq "larger than the MTU" "$(drops a tx too-big)" $((size + 1))
	check_eq "frames to v" "$(sent v)" 0
	check_eq "frames to w" "$(sent w)" 0
	frame_passes evil "e>all" "a e>all" "b e>all" "t e>all 100" "u e>all 100"
	frame_passes v "5>all" "w 5>all" "t 5>all 200" "u 5>all 200"

	# Would it be seen?
	frames_start header evil "e>all" 3000 1000 1 1 54 1448 34 16
	read -r -t 60 answer <&"$FRAMES_FROM"
	[[ $answer == error*1502\ bytes* ]] || fail "segments: $answer"
}

# setup_nic KEY VALUE...: a PF as uplink; the port of evil is the same each time
setup_nic()
{
	PF=testpf
	# shellcheck disable=SC2119
	load_testpf
	add_taps evil v w
	add_switch vsw0 ageing off
	cmd_ok vswctl uplink add vsw0 "$PF" "$@"
	defer vswctl uplink del "$PF"
	add_port evil vlan $EVIL_VID mac "$(mac e)" fdb-max 4
	add_port v vlan $V_VID mac "$(mac 5)"
	wait_for 5 nic_has "$PF" "$(mac 5)"
}

over_is()
{
	[ "$(port_field "$PF" nic-macs-over)" = "$1" ]
}

# The filter of the NIC is one for all VLANs: addresses of evil take room in it.
vf_filter()
{
	setup_nic filter-max 16
	frames spray evil "0>all" 100
	cmd_ok vswctl port set v mac "$(mac 6)"
	wait_for 5 nic_has "$PF" "$(mac 6)"
	over_is 0 || fail "there is no room in the filter"

	# What fdb-max is good for
	cmd_ok vswctl port set evil fdb-max 0
	frames spray evil "0>all" 100
	wait_for 5 over_is $((100 + 3 - 16))
	cmd_ok vswctl port set v mac "$(mac 7)"
	sleep 1
	nic_lacks "$PF" "$(mac 7)" || fail "the attack has not been one"
}

# In its own VLAN evil has the address that a VF has in another: the NIC delivers
# to the VF all the same.
vf_address()
{
	setup_nic
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan $V_VID mac "$(mac d)"
	frame_dropped evil "d>all"
	lives "$(mac d)" $EVIL_VID evil dynamic
	lives "$(mac d)" $V_VID db1 local
	sleep 1
	nic_lacks "$PF" "$(mac d)" || fail "the filter of the PF has it"
	# It may have what no VF has,
	cmd_ok vswctl port del db1
	wait_for 5 nic_has "$PF" "$(mac d)"
	# until one has it.
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan $V_VID mac "$(mac d)"
	nic_lacks "$PF" "$(mac d)" || fail "the filter of the PF has it still"
	cmd_ok vswctl port set db1 mac "$(mac c)"
	wait_for 5 nic_has "$PF" "$(mac d)"
	cmd_ok vswctl port set db1 mac "$(mac d)"
	cmd_ok vswctl fdb flush switch vsw0
	sleep 1
	nic_lacks "$PF" "$(mac d)" || fail "the filter of the PF has it again"
	check_eq "times in both" "$(sed -n 's/^both //p' $SYS/filter)" 0
}

# From another VLAN evil cuts VFs off from their gateway on the wire, because the filter
# knows no VLAN: but not if the administrator has said where that is.
vf_gateway()
{
	setup_nic
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan $V_VID mac "$(mac d)"
	frame_dropped evil "f>all"
	wait_for 5 nic_has "$PF" "$(mac f)"
	cmd_ok vswctl fdb add "$(mac f)" port "$PF" vid $V_VID static
	wait_for 5 nic_lacks "$PF" "$(mac f)"
	frame_dropped evil "f>all"
	lives "$(mac f)" $EVIL_VID evil dynamic
	sleep 1
	nic_lacks "$PF" "$(mac f)" || fail "the filter of the PF has it again"
	# What may be forgotten protects nobody.
	cmd_ok vswctl fdb add "$(mac f)" port "$PF" vid $V_VID dynamic
	wait_for 5 nic_has "$PF" "$(mac f)"
	cmd_ok vswctl fdb add "$(mac f)" port "$PF" vid $V_VID static
	wait_for 5 nic_lacks "$PF" "$(mac f)"
	cmd_ok vswctl fdb del "$(mac f)" switch vsw0 vid $V_VID
	wait_for 5 nic_has "$PF" "$(mac f)"
}

vf_as_wanted()
{
	vswctl -j vf show "$PF" | jq -e '.[] | select(.vf == 0) | . as $vf |
		.drift == false and .present and
		all(keys[] | select(startswith("wanted-"));
			$vf[.] == $vf[.[7:]])'
}

# A VF that is reset again and again, also while the keeper makes it again what
# its port wants, and while the driver of the PF fails
vf_reset()
{
	local i

	setup_nic
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan $V_VID mac "$VF_MAC" \
		spoofchk on trust off link-state enable
	for ((i = 0; i < 12; i++)); do
		[ $((i % 5)) -gt 0 ] || echo "vlan 1" >$SYS/fail
		[ $((i % 7)) -gt 0 ] || echo "mac 1" >$SYS/fail
		echo now >$SYS/forget
		# It may be what fails.
		ip link set "$PF" vf 0 vlan $EVIL_VID spoofchk off trust on \
			2>/dev/null
		sleep 0.0$((i % 10))
	done
	wait_for 10 vf_as_wanted
	check_eq "VLAN of the VF" "$(vf_field 0 vlan)" $V_VID
	check_eq spoofchk "$(vf_field 0 spoofchk)" true

	# What would have been seen: the keeper looks every five seconds.
	cmd_ok vswctl port set db1 on-drift observe
	echo now >$SYS/forget
	sleep 6
	! vf_as_wanted >/dev/null || fail "the VF did not forget"
}

# setup_vf_driver: db1 is the VF of evil, whose driver the case plays with; web1 is in
# its VLAN, web2 is not
setup_vf_driver()
{
	use_vfs
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	defer vswctl uplink del "$PF"
	cmd_ok vswctl port add vsw0 db1 vf "$PF/0" vlan $V_VID mac "$VF_MAC"
	defer vswctl port del db1
	add_host web1 192.0.2.11/24
	add_host web2 192.0.2.12/24
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan $V_VID
	cmd_ok vswctl port add vsw0 web2 dev web2 vlan $EVIL_VID
}

# check_vf_driver: the VF is what its port says, and no more
check_vf_driver()
{
	wait_for 10 vf_as_wanted
	vf_is 0 '.vlan_list[0].vlan' $V_VID
	vf_is 0 .spoofchk true
	add_vf_host db1 0 192.0.2.1/24
	check_eq "address of the VF" "$(mac_of db1)" "$VF_MAC"
	reachable db1 192.0.2.11
	unreachable db1 192.0.2.12
}

# Likewise on igb: the driver in the guest goes and comes back, and its handshake
# with the PF meets changes that others make of the VF and the keeper takes back.
vf_driver()
{
	local pci i

	setup_vf_driver
	pci=$(vf_pci 0)
	for ((i = 0; i < 12; i++)); do
		echo "$pci" >/sys/bus/pci/drivers/igbvf/unbind
		echo "$pci" >/sys/bus/pci/drivers/igbvf/bind &
		sleep 0.0$((i % 4))
		ip link set "$PF" vf 0 vlan $EVIL_VID spoofchk off
		ip link set "$PF" vf 0 mac "$(vf_default_mac 0)"
		wait $!
	done 2>/dev/null
	check_vf_driver
}

# tc_at DEVICE[@NAMESPACE] WORDS...: tc there, with "DEV" for the device
tc_at()
{
	local at=() device=${1%@*}

	[[ $1 != *@* ]] || at=(ip netns exec "${1#*@}")
	shift
	"${at[@]}" tc "${@/#DEV/$device}"
}

# count_vf DEVICE[@NAMESPACE]: frames of the VF that come there from now on, but for those
# with the tag of its VLAN
count_vf()
{
	cmd_ok tc_at "$1" qdisc add dev DEV clsact
	cmd_ok tc_at "$1" filter add dev DEV ingress prio 1 protocol 802.1q flower \
		vlan_id $V_VID src_mac "$VF_MAC" action pass
	cmd_ok tc_at "$1" filter add dev DEV ingress prio 2 flower \
		src_mac "$VF_MAC" action pass
}

# vf_frames DEVICE[@NAMESPACE] [PRIO]: with 1 those with the tag
vf_frames()
{
	tc_at "$1" -s -j filter show dev DEV ingress |
		jq --argjson prio "${2-2}" '[.[] | select(.pref == $prio) | .. |
			.stats? | .packets? // empty] | add // 0'
}

heard_vf()
{
	[ "$(vf_frames "$@")" -gt 0 ]
}

# The VF never stops to send while its driver resets it again and again: what it sends is
# in its VLAN, wherever it comes.
vf_window()
{
	local i place elsewhere=("eth0@web2" "eth0@web3" vsw0)

	modprobe -a cls_flower act_gact || skip "needs tc filters"
	setup_vf_driver
	elsewhere+=("$WIRE")
	# All VLANs
	cmd_ok ip link set "$WIRE" promisc on
	defer ip link set "$WIRE" promisc off
	# Where a frame without a tag would come
	add_host web3
	cmd_ok vswctl port add vsw0 web3 dev web3
	add_vf_host db1 0 192.0.2.1/24
	reachable db1 192.0.2.11
	for place in eth0@web1 "${elsewhere[@]}"; do
		count_vf "$place"
	done
	ip netns exec db1 "$VSW_TOP/selftests/faults/send.py" eth0 "$VF_MAC" \
		ff:ff:ff:ff:ff:ff always &
	defer kill $!
	for ((i = 0; i < 12; i++)); do
		cmd_ok ip -n db1 link set eth0 down
		sleep 0.0$((i % 4))
		cmd_ok ip -n db1 link set eth0 up
		sleep 0.1
	done
	wait_for 10 heard_vf eth0@web1
	wait_for 10 heard_vf "$WIRE" 1
	log "its VLAN had $(vf_frames eth0@web1) frames"
	for place in "${elsewhere[@]}"; do
		check_eq "frames of another VLAN at $place" "$(vf_frames "$place")" 0
	done
	# Would they have been seen?
	cmd_ok vswctl port set db1 on-drift observe
	cmd_ok ip link set "$PF" vf 0 vlan $EVIL_VID
	wait_for 20 heard_vf eth0@web2
	wait_for 20 heard_vf "$WIRE"
	cmd_ok ip link set "$PF" vf 0 vlan 0
	wait_for 20 heard_vf eth0@web3
	wait_for 20 heard_vf vsw0
}

# From a VF, whose sources the emulated NIC does not check: new addresses, as many as it
# likes
vf_flood()
{
	local vf=eth0@db1 count

	setup_vf_driver
	cmd_ok vswctl switch set vsw0 fdb-max 100
	add_vf_host db1 0 192.0.2.1/24
	open_devices "$vf" "eth0@web1" "eth0@web2"
	reachable db1 192.0.2.11
	frames spray "$vf" "0>all" 1000
	count=$(learned "$PF")
	log "$count of 1000 addresses learned at $PF"
	[ "$count" -ge 50 ] || fail "the flood has not been one"
	[ "$(learned)" -le 100 ] || fail "the table has grown past its limit"
	lives "$(mac_of web1)" $V_VID web1 dynamic
	# Who comes now finds room.
	frame_passes eth0@web2 "8>all"
	lives "$(mac 8)" $EVIL_VID web2 dynamic
	reachable db1 192.0.2.11
}

# The guest has no driver, and plays with the registers of its VF: the handshake ends
# anywhere, and its mailbox holds what nobody has asked for.
vf_mailbox()
{
	local pci out ping

	setup_vf_driver
	cmd_ok vswctl port add vsw0 db2 vf "$PF/1" vlan $V_VID mac 52:54:00:aa:00:02
	defer vswctl port del db2
	add_vf_host db2 1 192.0.2.2/24
	reachable db2 192.0.2.11
	pci=$(vf_pci 0)
	echo "$pci" >/sys/bus/pci/drivers/igbvf/unbind
	ip netns exec db2 ping -q -i 0.1 192.0.2.11 >/tmp/vf-mailbox 2>&1 &
	ping=$!
	defer kill -KILL $ping
	out=$(python3 -B "$VSW_TOP/selftests/vfmailbox.py" "$pci" 500 "${VSW_SEED:-1}") ||
		fail "vfmailbox.py: $out"
	log "$out"
	[[ $out =~ \;\ [1-9][0-9]*\ answers ]] || fail "the PF has not heard of it"
	kill -INT $ping
	wait $ping
	log "db2: $(grep received /tmp/vf-mailbox)"
	grep -qE ' 0% packet loss| [0-4](\.[0-9]+)?% packet loss' /tmp/vf-mailbox ||
		fail "the other VF has suffered"
	reachable db2 192.0.2.11
	check_vf_driver
}

trap remove_vfs EXIT
CASES=(mac_flooding mac_stealing learned_moves hop_access hop_trunk hop_native
	hop_metadata spoofed link_local)
# The others are of no frame that the fast path would take.
[ "${VSW_FASTPATH-}" = xdp ] || CASES+=(gateway tc_guard broadcast_storm collisions
	wrong_gso vf_filter vf_address vf_gateway vf_reset vf_driver vf_window
	vf_flood vf_mailbox)
run_cases "${CASES[@]}"
