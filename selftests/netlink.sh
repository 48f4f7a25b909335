#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The generic netlink family, seen by a client that knows only its
# specification: the kernel's own ynl.
#
#	a ----+
#	b ----+ vsw0		taps, frame.py at the other end
#	u ----+			uplink

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/frame_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

SPEC=$VSW_TOP/Documentation/netlink/specs/vsw.yaml
TREE=$(ynl_dir)

if [ -n "$TREE" ]; then
	# The coprocess of frame_lib.sh is another one: this goes by pipes.
	YNL_PIPES=$(mktemp -d)
	trap 'rm -rf "$YNL_PIPES"' EXIT
	mkfifo "$YNL_PIPES/to" "$YNL_PIPES/from"
	python3 "$VSW_TOP/selftests/ynl.py" "$TREE" "$SPEC" \
		<"$YNL_PIPES/to" >"$YNL_PIPES/from" {FRAMES_TO}>&- &
	exec {YNL_TO}>"$YNL_PIPES/to" {YNL_FROM}<"$YNL_PIPES/from"
fi

# ynl COMMAND WORD...: of ynl.py; prints its answer
ynl()
{
	local IFS=$'\t' answer words

	# JSON may come in several lines, indented.
	words=("${@//[$'\n\t']/}")
	printf '%s\n' "${words[*]}" >&"$YNL_TO"
	read -r -t 60 answer <&"$YNL_FROM" || fail "ynl.py does not answer to $*"
	printf '%s\n' "$answer"
}

setup()
{
	[ -n "$TREE" ] || skip "needs ynl: Documentation/netlink/regen.sh"
	add_taps a b u
	add_switch vsw0
	add_port a
	ynl start >/dev/null
}

# Booleans are numbers to ynl, and flags have no order. Whether the fast path is on
# vswctl asks the device, not the family.
NORMAL='def normal: if type == "boolean" then (if . then 1 else 0 end)
	elif type == "array" then map(normal) | sort
	elif type == "object" then del(.fastpath) | map_values(normal)
	else . end;
	normal'

# same WHAT OF-YNL OF-VSWCTL
same()
{
	local mine theirs

	theirs=$(jq -cS "$NORMAL" <<<"$2")
	mine=$(jq -cS "$NORMAL" <<<"$3")
	check_eq "$1 of ynl" "$theirs" "$mine"
}

# The client as it comes with the kernel, and the specification checked against
# the kernel's schema
original_client()
{
	local answer

	setup
	python3 -c 'import jsonschema' 2>/dev/null || skip "needs jsonschema"
	answer=$(python3 "$TREE/tools/net/ynl/cli.py" --spec "$SPEC" \
		--schema "$TREE/Documentation/netlink/genetlink-legacy.yaml" \
		--output-json --dump port-get 2>&1) || fail "cli.py: $answer"
	same port "$answer" "$(vswctl -j port show)"
}

agreement()
{
	local object

	setup
	add_port b trunk 5,7-9 native 3 pcp 2 isolated on fdb-max 9
	cmd_ok vswctl uplink add vsw0 u
	cmd_ok vswctl fdb add "$(mac 1)" port a static
	cmd_ok vswctl fdb add "$(mac 2)" port b vid 7 sticky
	cmd_ok vswctl port set a mac "$(mac a)"
	frame_passes a "a>all" "u a>all"
	frame_passes u "e>all" "a e>all"
	frame_passes u "e>all 5" "b e>all 5"
	frame_dropped u "a>all"
	frame_passes b "b>all" "u b>all 3.2"
	frame_dropped b "b>all 4"
	cmd_ok vswctl switch add vsw1 ageing off
	for object in switch port vlan stats; do
		same "$object" "$(ynl dump "$object-get")" \
			"$(vswctl -j "$object" show)"
	done
	same fdb "$(ynl dump fdb-get | jq 'map(del(.age))')" \
		"$(vswctl -j fdb show | jq 'map(del(.age))')"
	same "fdb of b" \
		"$(ynl dump fdb-get '{"port": "b"}' | jq 'map(del(.age))')" \
		"$(vswctl -j fdb show port b | jq 'map(del(.age))')"
	same "stats of u" "$(ynl dump stats-get '{"port": "u"}')" \
		"$(vswctl -j stats show u)"
	same vf "$(ynl dump vf-get)" "$(vswctl -j vf show)"
	same switch "$(ynl request switch-get '{"name": "vsw1"}')" \
		"$(vswctl -j switch show vsw1 | jq '.[0]')"
	same version "$(ynl request version-get | jq .module)" \
		"$(vswctl -j version | jq '.[0].module')"
}

# What makes or changes something answers with it.
answers()
{
	local index answer

	setup
	index=$(ynl request switch-get '{"name": "vsw0"}' | jq .ifindex)
	answer=$(ynl request switch-new '{"name": "vsw1", "ageing-time": 20}')
	same switch-new "$answer" "$(vswctl -j switch show vsw1 | jq '.[0]')"
	same switch-set "$(ynl request switch-set \
		'{"name": "vsw1", "fdb-max": 7, "default-pvid": 0}')" \
		"$(vswctl -j switch show vsw1 | jq '.[0]')"
	check_eq switch-del "$(ynl request switch-del '{"name": "vsw1"}')" null
	answer=$(ynl request switch-new)
	same "switch-new without a name" "$answer" \
		"$(vswctl -j switch show vsw1 | jq '.[0]')"
	ynl request switch-del "{\"ifindex\": $(jq .ifindex <<<"$answer")}" \
		>/dev/null

	answer=$(ynl request port-new "{\"switch\": $index, \"name\": \"web\",
		\"ifindex\": $(cat /sys/class/net/b/ifindex), \"vlan\":
		[{\"first\": 5, \"last\": 9}, {\"first\": 3,
		\"flags\": [\"pvid\", \"untagged\"]}]}")
	same port-new "$answer" "$(vswctl -j port show web | jq '.[0]')"
	check_eq vlans "$(jq -c '[.pvid, ."vlan-count"]' <<<"$answer")" '[3,6]'
	same port-set "$(ynl request port-set '{"name": "web", "pcp": 3}')" \
		"$(vswctl -j port show web | jq '.[0]')"
	same vlan-new "$(ynl request vlan-new \
		'{"port": "web", "first": 11, "last": 12}')" \
		"{\"switch\": $index, \"port\": \"web\", \"first\": 11,
		\"last\": 12, \"flags\": []}"
	check_eq vlan-del \
		"$(ynl request vlan-del '{"port": "web", "first": 5}')" null
	same fdb-new "$(ynl request fdb-new "{\"port\": \"web\", \"vid\": 6,
		\"mac\": \"$(mac 1)\"}")" \
		"$(vswctl -j fdb get "$(mac 1)" switch vsw0 vid 6 |
			jq '.[0]')"
	check_eq fdb-del "$(ynl request fdb-del \
		"{\"switch\": $index, \"vid\": 6, \"mac\": \"$(mac 1)\"}")" null
	check_eq fdb-flush "$(ynl request fdb-flush "{\"switch\": $index}" |
		jq -c .)" '{"flushed":0}'
	check_eq port-del "$(ynl request port-del '{"name": "web"}')" null
}

# changes: a bit of everything
changes()
{
	cmd_ok vswctl switch add vsw1
	cmd_ok vswctl switch set vsw1 ageing 20
	cmd_ok vswctl switch del vsw1
	cmd_ok vswctl port add vsw0 b dev b
	cmd_ok vswctl port set b pcp 1
	cmd_ok vswctl vlan add b vid 5-7
	cmd_ok vswctl vlan del b vid 6
	frame_passes b "b>all" "a b>all"
	frame_passes a "b>all" "b b>all"
	cmd_ok vswctl fdb add "$(mac b)" port a static
	cmd_ok vswctl fdb del "$(mac b)" switch vsw0 vid 1
	cmd_ok vswctl port del b
}

# shellcheck disable=SC2016
# The changes, as jq sees them in a list of [NAME, ATTRIBUTES]
CHANGES='[.[] | .[1] as $a | {
	switch: "\($a.name)", port: "\($a.name)",
	vlan: "\($a.port) \($a.first)-\($a.last)",
	fdb: "\($a.mac) \($a.port) \($a.type)"} as $text |
	"\(.[0]) \($text[.[0] | split("-")[0]])"] | .[]'

CONFIG_EVENTS="switch-ntf vsw1
switch-ntf vsw1
switch-del-ntf vsw1
port-ntf b
port-ntf b
vlan-ntf b 5-7
vlan-del-ntf b 6-6
port-del-ntf b"
FDB_EVENTS="fdb-ntf 02:00:00:00:00:0b b dynamic
fdb-ntf 02:00:00:00:00:0b a dynamic
fdb-ntf 02:00:00:00:00:0b a static
fdb-del-ntf 02:00:00:00:00:0b a static"

# only FIRST-WORD: lines of that object and not of the switch's own port
only()
{
	grep "^$1" | grep -v ' vsw1 local$'
}

events()
{
	local seen

	setup
	ynl subscribe config >/dev/null
	ynl subscribe fdb >/dev/null
	"$VSW_CTL" -j monitor all >/tmp/monitor &
	defer rm -f /tmp/monitor
	defer kill $!
	busywait 5 monitor_listens || fail "vswctl monitor does not listen"
	changes
	seen=$(ynl events | jq -r "$CHANGES")
	check_eq "config events" "$(only '[spv][wol]' <<<"$seen" |
		grep -v ' vsw1$' | grep -v '^switch')" \
		"$(grep -v switch <<<"$CONFIG_EVENTS")"
	check_eq "switch events" "$(grep '^switch' <<<"$seen" | uniq)" \
		"$(grep '^switch' <<<"$CONFIG_EVENTS" | uniq)"
	check_eq "fdb events" "$(only fdb <<<"$seen")" "$FDB_EVENTS"

	wait_for 5 grep -q port-del-ntf /tmp/monitor
	check_eq "events of vswctl monitor" "$(jq -s -r '[.[] |
		[.event, .switch // .port // .vlan // .fdb]] |
		'"$CHANGES" /tmp/monitor | sort)" "$(sort <<<"$seen")"
}

# heard COMMAND...: what is told of it
heard()
{
	ynl events >/dev/null
	"$@" >/dev/null 2>&1
	ynl events | jq -r '.[] | "\(.[0]) \(.[1].name // .[1].port)"' |
		paste -sd ,
}

# Found by random walks (walk.sh)
side_effects()
{
	setup
	ynl subscribe config >/dev/null
	# What is not made is not told, nor is its end.
	check_eq "a switch that cannot be" \
		"$(heard ip link add all type vsw)" ""
	# The host port has the name of its switch.
	check_eq "another name" "$(heard ip link set dev vsw0 name vsw7)" \
		"switch-ntf vsw7,port-ntf vsw7"
	check_eq "a name that is a port's" \
		"$(heard ip link set dev vsw7 name a)" ""
	cmd_ok ip link set dev vsw7 name vsw0
	# An access port takes tagged frames when it gets a second VLAN.
	cmd_ok vswctl port set a vlan 3
	check_eq "a second VLAN" "$(heard vswctl vlan add a vid 4)" \
		"vlan-ntf a,port-ntf a"
	check_eq "a third one" "$(heard vswctl vlan add a vid 5)" "vlan-ntf a"
	check_eq "another PVID" "$(heard vswctl vlan add a vid 6 pvid)" \
		"vlan-ntf a,port-ntf a"
	cmd_ok ip link add link vsw0 name vsw0.5 type vlan id 5
	cmd_ok vswctl vlan add vsw0 vid 5 pvid
	check_eq "no PVID of the host" "$(heard ip link del vsw0.5)" \
		"vlan-del-ntf vsw0,port-ntf vsw0"
	check_eq "no PVID" "$(heard vswctl vlan del a vid 6)" \
		"vlan-del-ntf a,port-ntf a"
}

# It is the third socket of the family's groups, besides that of ynl.py.
monitor_listens()
{
	[ "$(awk '$2 == 16 && $4 != "00000000"' /proc/net/netlink |
		wc -l)" -ge 3 ]
}

# rejected_as OPERATION ATTRIBUTES SENTENCE [ATTRIBUTE]
rejected_as()
{
	local answer

	answer=$(ynl request "$1" "$2")
	grep -qE -- "\"msg\": \"[^\"]*($3)" <<<"$answer" ||
		fail "$1 $2: $answer instead of '$3'"
	[ -z "${4-}" ] || [[ $answer == *"\"bad-attr\": \"$4\""* ]] ||
		fail "$1 $2: $answer does not blame $4"
}

# Each says what is wrong, and which attribute it is.
rejections()
{
	local index

	setup
	index=$(cat /sys/class/net/vsw0/ifindex)
	save_state
	rejected_as vlan-new '{"port": "a", "first": 0}' "range" .first
	rejected_as vlan-new '{"port": "a", "first": 4095}' "range" .first
	rejected_as vlan-new '{"port": "a", "first": 1, "last": 4095}' \
		"range" .last
	rejected_as vlan-new '{"port": "a", "first": 9, "last": 8}' \
		"ends before it begins"
	rejected_as vlan-new '{"port": "a", "first": 8, "last": 9,
		"flags": ["pvid"]}' "one PVID"
	rejected_as vlan-new '{"port": "nobody", "first": 9}' \
		"no port of that name" .port
	rejected_as vlan-new '{"first": 9}' "Name the port"
	rejected_as port-set '{"name": "a", "pvid": 4095}' "range" .pvid
	rejected_as port-set '{"name": "a", "pcp": 8}' "range" .pcp
	rejected_as port-set '{"name": "a", "learning": 2}' "range" .learning
	rejected_as port-set '{"name": "a", "trust": 1}' "Only a VF port" .trust
	rejected_as port-set '{"name": "a", "frames": 3}' "range" .frames
	rejected_as port-set '{"pcp": 1}' "Name the port"
	rejected_as port-new "{\"switch\": $index, \"name\": \"x\"}" \
		"needs a path"
	rejected_as port-new "{\"switch\": $index, \"name\": \"x\",
		\"ifindex\": 99999}" "no such net device" .ifindex
	rejected_as port-new "{\"switch\": $index, \"ifindex\": 1}" \
		"needs a name"
	rejected_as port-new "{\"switch\": 1, \"name\": \"x\"}" \
		"no vsw switch" .switch
	rejected_as port-new "{\"switch\": $index, \"name\": \"x\",
		\"ifindex\": 1, \"vlan\": [{\"first\": 4095}]}" \
		"range" .vlan.first
	rejected_as port-new "{\"switch\": $index, \"name\": \"x\",
		\"ifindex\": 1, \"vlan\": [{\"last\": 5}]}" "first VID"
	rejected_as port-new "{\"switch\": $index, \"name\": \"x\",
		\"ifindex\": 1, \"pvid\": 1, \"vlan\": [{\"first\": 5}]}" \
		"not both" .vlan
	rejected_as port-new "{\"switch\": $index, \"name\": \"x\",
		\"ifindex\": 1, \"role\": \"host\"}" "host port already" .role
	rejected_as port-new "{\"switch\": $index, \"name\":
		\"abcdefghijklmnopqrstuvwxyz012345\", \"ifindex\": 1}" \
		"validation|length" .name
	rejected_as port-new "{\"switch\": $index, \"name\": \"x\",
		\"ifindex\": 1, \"vf\": 1}" "needs its PF" .vf
	rejected_as switch-new '{"name": "all"}' "no net device of that name" \
		.name
	rejected_as fdb-new '{"port": "a"}' "Name the MAC address"
	rejected_as fdb-new '{"port": "a", "mac": "01:00:00:00:00:01"}' \
		"unicast MAC" .mac
	rejected_as fdb-new "{\"port\": \"a\", \"mac\": \"$(mac 1)\",
		\"type\": \"local\"}" "Local entries follow" .type
	rejected_as fdb-get "{\"switch\": $index, \"mac\": \"$(mac 1)\"}" \
		"Name the VLAN"
	rejected_as fdb-del "{\"mac\": \"$(mac 1)\", \"vid\": 1}" \
		"Name the switch"
	rejected_as switch-set '{"ageing-time": 20}' "Name the switch"
	rejected_as switch-set '{"name": "vsw0", "ageing-time": 5}' \
		"10 to 1000000"
	rejected_as switch-set '{"name": "vsw0", "fdb-max": 0}' "range" \
		.fdb-max
	rejected_as switch-new '{"name": "vsw1", "mac": "01:00:00:00:00:01"}' \
		"unicast MAC" .mac
	# A read-only attribute is none of a request.
	rejected_as port-set '{"name": "a", "up": 1}' "Un.* attribute" .up
	rejected_as switch-set '{"name": "vsw0", "ports": 5}' \
		"Un.* attribute" .ports
	check_state
}

# raw_rejected NUMBER HEX SENTENCE
raw_rejected()
{
	local answer

	answer=$(ynl raw "$1" "$2")
	[[ $answer == *'"error": -'* ]] ||
		fail "request $1 with $2 was taken: $answer"
	grep -qE -- "$3" <<<"$answer" ||
		fail "request $1 with $2: $answer instead of '$3'"
}

# What no client that knows the specification sends
malformed()
{
	setup
	save_state
	# Unknown attribute 200 to port-get, after the right name
	raw_rejected 7 "06000400610000000800c80001000000" "Unknown attribute"
	# Name without NUL is one; longer than its message it is not.
	raw_rejected 7 "ff00040061000000" "leftover|parsing|invalid"
	# An address of 5 bytes, a number of 2
	raw_rejected 9 "06000400610000000900""0c000200000000000000" \
		"length|range"
	raw_rejected 9 "06000400610000000600""0e0001000000" "."
	# A string where a nest belongs
	raw_rejected 8 "0800010001000000""0600040078000000""08001c0041414141" "."
	# An operation that there is not
	raw_rejected 99 "" "."
	check_state
	ynl fuzz 3000 >/dev/null
	ynl start >/dev/null
	cmd_ok vswctl port show
}

# A dump says when what it tells may not have been all true at one time.
interrupted_dump()
{
	local entry answer

	setup
	frames spray a "0>1" 2500
	entry="{\"port\": \"a\", \"mac\": \"$(mac 1)\"}"
	answer=$(ynl interrupt fdb-get "" "")
	check_eq "an undisturbed dump" "$answer" \
		'{"count": 2501, "interrupted": false}'
	answer=$(ynl interrupt fdb-get fdb-new "$entry")
	check_eq "a disturbed dump" "$(jq -c .interrupted <<<"$answer")" true
	answer=$(ynl interrupt fdb-get port-set '{"name": "a", "pcp": 1}')
	check_eq "a disturbed dump" "$(jq -c .interrupted <<<"$answer")" true
	# What was counted of a switch goes with it, and is no less afterwards.
	cmd_ok vswctl switch add vsw7
	answer=$(ynl interrupt fdb-get switch-del '{"name": "vsw7"}')
	check_eq "a disturbed dump" "$(jq -c .interrupted <<<"$answer")" true
	# Learning goes on all the time: it is no reason.
	frames_start spray b "0>1" 1 5000
	frames_wait spray b
	answer=$(ynl interrupt fdb-get "" "")
	check_eq "an undisturbed dump" "$(jq -c .interrupted <<<"$answer")" \
		false
}

run_cases original_client agreement answers events side_effects rejections \
	malformed interrupted_dump
