#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The forwarding database: what is learned, what stays, what goes.
#
#	a ----+
#	b ----+ vsw0		taps, frame.py at the other end
#	c ----+

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frame_lib.sh"

# Not a multiple of anything that buffers hold
MANY=10007

setup()
{
	local port

	add_taps a b c
	add_switch vsw0
	for port in a b c; do
		add_port "$port" trunk 2-9 native 1
	done
}

# entries [FILTER...]: how many
entries()
{
	vswctl -j fdb show switch vsw0 "$@" | jq length
}

switch_field()
{
	vswctl -j switch show vsw0 | jq -r ".[0][\"$1\"]"
}

learning()
{
	setup
	frame_passes a "d>all" "b d>all" "c d>all"
	check_eq entry "$(entry "$(mac d)" 1)" "a dynamic"
	check_eq entry "$(entry "$(mac d)" 2)" ""
	# The same address in another VLAN is another one.
	frame_passes b "d>all 2" "a d>all 2" "c d>all 2"
	check_eq entry "$(entry "$(mac d)" 1)" "a dynamic"
	check_eq entry "$(entry "$(mac d)" 2)" "b dynamic"
	frame_passes c "c>d" "a c>d"
	frame_passes c "c>d 2" "b c>d 2"
	check_eq "entries" "$(entries type dynamic)" 4
	check_eq "fdb-learned" "$(switch_field fdb-learned)" 4
	check_eq "fdb-learned of c" "$(port_field c fdb-learned)" 2

	# It moves to where it is seen.
	frame_passes c "d>all" "a d>all" "b d>all"
	check_eq entry "$(entry "$(mac d)" 1)" "c dynamic"
	check_eq "fdb-learned of a" "$(port_field a fdb-learned)" 0
	check_eq "fdb-learned of c" "$(port_field c fdb-learned)" 3
	check_eq "fdb-learned" "$(switch_field fdb-learned)" 4

	# Without learning it neither comes nor moves.
	cmd_ok vswctl port set a learning off
	frame_passes a "e>all" "b e>all" "c e>all"
	frame_passes a "d>all" "b d>all" "c d>all"
	check_eq entry "$(entry "$(mac e)" 1)" ""
	check_eq entry "$(entry "$(mac d)" 1)" "c dynamic"
}

gone()
{
	[ -z "$(entry "$1" 1)" ]
}

# b is seen again and again, a is not
a_has_aged()
{
	frame_dropped b "b>b"
	gone "$(mac a)"
}

# The shortest ageing time there is, so all in one.
ageing()
{
	local start

	setup
	cmd_fail "10 to 1000000" vswctl switch set vsw0 ageing 9
	cmd_fail "ageing" vswctl switch set vsw0 ageing 1000001
	check_eq ageing "$(switch_field ageing-time)" 300
	cmd_ok vswctl switch set vsw0 ageing 10
	cmd_ok vswctl port set c mac "$(mac c)"
	cmd_ok vswctl fdb add "$(mac 1)" port a sticky
	cmd_ok vswctl fdb add "$(mac 2)" port a static
	cmd_ok vswctl fdb add "$(mac 3)" port a dynamic
	frame_passes b "b>all" "a b>all" "c b>all"
	start=$SECONDS
	frame_passes a "a>all" "b a>all" "c a>all"
	wait_for 20 a_has_aged
	# The clock of User-Mode Linux is behind its ticks when it is busy.
	[ $((SECONDS - start)) -ge 9 ] || [ "${VSW_DEBUG-}" = uml ] ||
		fail "a was gone after $((SECONDS - start)) s"
	wait_for 5 gone "$(mac 1)"
	wait_for 5 gone "$(mac 3)"
	frame_dropped b "b>b"
	check_eq entry "$(entry "$(mac b)" 1)" "b dynamic"
	check_eq entry "$(entry "$(mac 2)" 1)" "a static"
	check_eq entry "$(entry "$(mac c)" 1)" "c local"
}

fixed_entries()
{
	setup
	cmd_ok vswctl fdb add "$(mac d)" port a static
	cmd_ok vswctl fdb add "$(mac e)" port a sticky
	check_eq entry "$(entry "$(mac d)" 1)" "a static"
	frame_passes b "b>d" "a b>d"

	# Neither moves: what another port sends from there is refused.
	frame_dropped b "d>all"
	frame_dropped c "e>all"
	check_drops b rx source-owned 1
	check_drops c rx source-owned 1
	check_eq entry "$(entry "$(mac d)" 1)" "a static"
	frame_passes a "d>all" "b d>all" "c d>all"
	frame_passes a "e>all" "b e>all" "c e>all"
	check_eq fdb-static "$(switch_field fdb-static)" \
		"$(vswctl -j fdb show |
			jq '[.[] | select(.type == "static" or .type == "local")] |
				length')"

	# An administrator may change all of it.
	cmd_ok vswctl fdb add "$(mac d)" port b static
	check_eq entry "$(entry "$(mac d)" 1)" "b static"
	cmd_ok vswctl fdb add "$(mac d)" port c dynamic
	check_eq entry "$(entry "$(mac d)" 1)" "c dynamic"
	frame_passes a "d>all" "b d>all" "c d>all"
	check_eq entry "$(entry "$(mac d)" 1)" "a dynamic"
	cmd_ok vswctl fdb add "$(mac d)" port a vid 9 static
	cmd_ok vswctl fdb del "$(mac d)" switch vsw0 vid 9
	cmd_ok vswctl fdb del "$(mac d)" switch vsw0 vid 1
	check_eq entry "$(entry "$(mac d)" 1)" ""
}

local_entries()
{
	setup
	cmd_ok vswctl port set a mac "$(mac a)"
	check_eq entry "$(entry "$(mac a)" 1)" "a local"
	frame_passes b "b>a" "a b>a"
	frame_dropped b "a>all"
	check_drops b rx source-owned 1

	# It follows the port.
	cmd_ok vswctl vlan add a vid 5 pvid untagged
	check_eq entry "$(entry "$(mac a)" 1)" ""
	check_eq entry "$(entry "$(mac a)" 5)" "a local"
	cmd_ok vswctl port set a mac "$(mac e)"
	check_eq entry "$(entry "$(mac a)" 5)" ""
	check_eq entry "$(entry "$(mac e)" 5)" "a local"

	# Nothing else changes it.
	cmd_fail "belongs to a port by configuration" \
		vswctl fdb del "$(mac e)" switch vsw0 vid 5
	cmd_fail "belongs to a port by configuration" \
		vswctl fdb add "$(mac e)" port b vid 5 static
	cmd_fail "is another's in VLAN 5: see fdb show" \
		vswctl port set b vlan 5 mac "$(mac e)"
	check_eq "PVID of b" "$(port_field b pvid)" 1
	check_eq entry "$(entry "$(mac e)" 5)" "a local"
	# A static entry of another port stands in the way, a learned one not.
	cmd_ok vswctl fdb add "$(mac d)" port c static
	cmd_fail "is another's in VLAN 1" vswctl port set b mac "$(mac d)"
	frame_passes c "f>all" "a f>all" "b f>all"
	cmd_ok vswctl port set b mac "$(mac f)"
	check_eq entry "$(entry "$(mac f)" 1)" "b local"
	cmd_ok vswctl port set b mac none
	check_eq entry "$(entry "$(mac f)" 1)" ""

	cmd_ok vswctl port del a
	check_eq entry "$(entry "$(mac e)" 5)" ""
}

limits()
{
	local port before after

	setup
	cmd_ok vswctl port set a fdb-max 5
	frames spray a "0>1" 20
	check_eq "fdb-learned of a" "$(port_field a fdb-learned)" 5
	# What is full still forwards,
	frame_passes a "a>all" "b a>all" "c a>all"
	check_eq entry "$(entry "$(mac a)" 1)" ""
	# and is no place to move to.
	frame_passes b "b>all" "a b>all" "c b>all"
	frame_passes a "b>all" "b b>all" "c b>all"
	check_eq entry "$(entry "$(mac b)" 1)" "b dynamic"
	cmd_ok vswctl port set a fdb-max 0
	frame_passes a "b>all" "b b>all" "c b>all"
	check_eq entry "$(entry "$(mac b)" 1)" "a dynamic"

	cmd_ok vswctl switch set vsw0 fdb-max 10
	frames spray b "0>1" 20 100
	frames spray c "0>1" 20 200
	check_eq "fdb-learned" "$(switch_field fdb-learned)" 10
	# Who has more than the others gives.
	for port in a b c; do
		[[ "$(port_field "$port" fdb-learned)" == [34] ]] ||
			fail "$port has $(port_field "$port" fdb-learned) of 10"
	done
	# Moving needs no room, and an administrator is not limited.
	frame_passes c "b>all" "a b>all" "b b>all"
	check_eq entry "$(entry "$(mac b)" 1)" "c dynamic"
	cmd_ok vswctl fdb add "$(mac e)" port a static
	cmd_fail "fdb-max|1" vswctl switch set vsw0 fdb-max 0
	check_eq fdb-max "$(switch_field fdb-max)" 10

	# A table that is over its limit is fair, too, and shrinks.
	cmd_ok vswctl port set a learning off
	cmd_ok vswctl fdb flush switch vsw0 port c
	cmd_ok vswctl switch set vsw0 fdb-max 20
	frames spray b "0>1" 20 100
	before=$(port_field b fdb-learned)
	cmd_ok vswctl switch set vsw0 fdb-max 8
	frames spray c "0>1" 40 200
	after=$(port_field b fdb-learned)
	[[ $((after - $(port_field c fdb-learned))) == [01] ]] ||
		fail "b has $after, c $(port_field c fdb-learned)"
	[ "$(switch_field fdb-learned)" -lt "$before" ] ||
		fail "the table has $(switch_field fdb-learned), had $before"
}

# flushed COUNT FILTER...
flushed()
{
	local count=$1

	shift
	check_eq "flush $*" \
		"$(vswctl -j fdb flush switch vsw0 "$@" | jq '.[0].flushed')" \
		"$count"
}

flush()
{
	local vid

	setup
	for vid in 1 2 3; do
		frame_passes a "a>all $vid" \
			"b a>all$([ $vid = 1 ] || echo " $vid")" \
			"c a>all$([ $vid = 1 ] || echo " $vid")"
		cmd_ok vswctl fdb add "$(mac d)" port b vid $vid sticky
		cmd_ok vswctl fdb add "$(mac e)" port c vid $vid static
		cmd_ok vswctl fdb add "$(mac f)" port c vid $vid dynamic
	done
	cmd_ok vswctl port set c mac "$(mac c)"

	flushed 1 port a vid 2
	flushed 0 port a vid 2
	flushed 2 port a
	flushed 1 type sticky vid 1
	flushed 0 type static vid 4
	flushed 1 type static vid 3
	flushed 2 vid 3
	flushed 3
	flushed 0
	check_eq entries "$(entries type static)" 2
	check_eq entries "$(entries type sticky)" 0
	cmd_fail "Local entries follow" \
		vswctl fdb flush switch vsw0 type local
	flushed 2 type static port c
	check_eq entry "$(entry "$(mac c)" 1)" "c local"
	cmd_fail "There is no port of that name" \
		vswctl fdb flush switch vsw0 port nobody
}

link_loss()
{
	setup
	cmd_ok vswctl fdb add "$(mac e)" port a static
	frame_passes a "a>all" "b a>all" "c a>all"
	frame_passes b "b>all" "a b>all" "c b>all"
	frames carrier a 0
	busywait 3 gone "$(mac a)" || fail "a has no carrier, but an address"
	check_eq entry "$(entry "$(mac b)" 1)" "b dynamic"
	check_eq entry "$(entry "$(mac e)" 1)" "a static"
	cmd_ok ip link set dev b down
	check_eq entry "$(entry "$(mac b)" 1)" ""
	cmd_ok vswctl port del a
	check_eq entry "$(entry "$(mac e)" 1)" ""
}

# Whoever lives through a dump is in it once.
big_dump()
{
	local i

	setup
	cmd_ok vswctl port set b unicast-flood off
	cmd_ok vswctl port set c unicast-flood off
	frames spray a "0>1" "$MANY"
	check_eq "fdb-learned of a" "$(port_field a fdb-learned)" "$MANY"

	frames_start spray b "0>1" 20000 1000000
	for i in 1 2 3; do
		vswctl -j fdb show >/tmp/fdb || fail "fdb show"
		defer rm -f /tmp/fdb
		# Entries of b go, too.
		cmd_ok vswctl fdb flush switch vsw0 port b
		check_eq "entries of a" \
			"$(grep -o '"port": *"a"' /tmp/fdb | wc -l)" "$MANY"
		check_eq "different entries of a" \
			"$(grep -o '"mac": *"02:01:00:00[0-9a-f:]*"' /tmp/fdb |
				sort -u | wc -l)" "$MANY"
	done
	frames_wait spray b
	check_eq "bridge's entries of a" \
		"$(bridge fdb show dev vsw0 | grep -c '^02:01:00:00:.* vlan 1')" \
		"$MANY"
	cmd_ok vswctl switch del vsw0
	cmd_ok vswctl switch add vsw0
}

rejected()
{
	local before

	setup
	frame_passes a "a>all" "b a>all" "c a>all"
	before=$(vswctl -j fdb show | jq -c 'map(del(.age))')

	cmd_fail "There is no entry for that address in that VLAN" \
		vswctl fdb get "$(mac b)" switch vsw0 vid 1
	cmd_fail "There is no entry for that address in that VLAN" \
		vswctl fdb del "$(mac b)" switch vsw0 vid 1
	cmd_fail "There is no entry for that address in that VLAN" \
		vswctl fdb del "$(mac a)" switch vsw0 vid 2
	for address in 00:00:00:00:00:00 ff:ff:ff:ff:ff:ff 01:00:5e:00:00:01; do
		cmd_fail "A forwarding entry needs a unicast MAC address" \
			vswctl fdb add "$address" port a
		cmd_fail "A forwarding entry needs a unicast MAC address" \
			vswctl fdb get "$address" switch vsw0 vid 1
	done
	cmd_fail "The port is no member of that VLAN" \
		vswctl fdb add "$(mac b)" port b vid 10
	cmd_fail "There is no port of that name" \
		vswctl fdb add "$(mac b)" port nobody
	cmd_fail "no vsw switch|vsw9" \
		vswctl fdb get "$(mac a)" switch vsw9 vid 1
	cmd_fail "no vsw switch" vswctl fdb get "$(mac a)" switch lo vid 1
	for vid in 0 4095 4096; do
		cmd_fail "VID|vid" vswctl fdb add "$(mac b)" port b vid "$vid"
		cmd_fail "VID|vid" \
			vswctl fdb get "$(mac a)" switch vsw0 vid "$vid"
	done
	cmd_fail "MAC|address" vswctl fdb add 02:00:00:00:00 port b
	check_eq entries "$(vswctl -j fdb show | jq -c 'map(del(.age))')" \
		"$before"
}

run_cases learning ageing fixed_entries local_entries limits flush link_loss \
	big_dump rejected
