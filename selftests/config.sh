#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Configuration files: what is saved comes back, a file is made true in one step and
# without touching what is as it says, and whatever goes wrong leaves the host and the
# file as they were.
#
#	a ----+
#	b ----+ vsw0		dummies, or VFs
#	c ----+

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"

DIR=$(mktemp -d)
FILE=$DIR/config.json

state()
{
	unordered_state
}

# What a file has, that is all that is to come back; and ids, which are to stay
config()
{
	vswctl config show
}

ids()
{
	vswctl -j port show | jq -c 'map([.name, .id])'
}

# Something of each kind. Several switches: the last one is nobody's but its own.
setup()
{
	load_vsw
	# A file that is replaced hands on what it has of devices that are away.
	rm -f "$FILE"
	add_dummies a b c d e f g
	defer remove_switches
	cmd_ok vswctl -b - <<-END
	switch add vsw0 ageing 100 default-pvid 7 fdb-max 1000 teaming active-backup
	switch add vsw1
	uplink add vsw0 f trunk 1-100 native 9 pcp 2
	uplink add vsw0 g name up1
	switch set vsw0 primary up1
	port add vsw0 a dev a vlan 10 mac 52:54:00:00:00:0a learning off pin f
	port add vsw0 b dev b trunk 10,20-30 native 5
	port add vsw0 c dev c vlan none
	port add vsw1 d-1 dev d
	vlan add b vid 25-26 untagged
	port set vsw0 isolated on vlan 10
	fdb add 52:54:00:00:01:0b port b vid 20
	fdb add 52:54:00:00:01:0c port b vid 21
	END
}

remove_switches()
{
	local name

	for name in $(vswctl -j switch show | jq -r '.[].name'); do
		vswctl switch del "$name"
	done
}

# edit FILTER: of jq, on the file
edit()
{
	jq "$1" "$FILE" >"$FILE.new" || fail "jq $1"
	mv "$FILE.new" "$FILE"
}

# line_of TEXT: where it stands in the file
line_of()
{
	grep -n -- "$1" "$FILE" | head -n 1 | cut -d : -f 1
}

# changes_nothing [OPTION...]
changes_nothing()
{
	check_eq "what apply would change" "$(vswctl config diff "$@" "$FILE" 2>&1)" ""
}

comes_back()
{
	local before

	setup
	cmd_ok vswctl config save "$FILE"
	jq -e . "$FILE" >/dev/null || fail "no JSON"
	cmd_ok python3 -m jsonschema -i "$FILE" \
		"$VSW_TOP/tools/vswctl/schema/config.json"
	cmd_ok vswctl config check "$FILE"
	changes_nothing
	before=$(config)
	save_state
	cmd_ok vswctl config apply "$FILE"
	check_state
	remove_switches
	cmd_ok vswctl config apply "$FILE"
	check_eq "what came back" "$(diff <(echo "$before") <(config))" ""
	changes_nothing
	save_state
	cmd_ok vswctl config apply "$FILE"
	check_state
	# Nothing is a configuration, too.
	echo '{"version": 1, "switches": []}' >"$FILE"
	changes_nothing
	cmd_ok vswctl config apply --prune "$FILE"
	check_eq switches "$(vswctl -j switch show)" "[]"
}

# One after the other, each from a state that the last one has left
change()
{
	edit "$1"
	cmd_ok vswctl config apply "$FILE"
	changes_nothing
	check_eq "the file after '$1' is what there is" \
		"$(config | jq --slurpfile file "$FILE" '. == $file[0]')" true
}

# shellcheck disable=SC2016 # $a is a variable of jq
changes()
{
	local before

	setup
	cmd_ok vswctl config save "$FILE"
	before=$(ids)
	change '.switches[0].ageing = 20 | del(.switches[0].primary) |
		.switches[0].ports[0] += {vlan: 11, pcp: 3, frames: "all"} |
		.switches[0].ports[1] |= (del(.vlans) + {vlan: 12}) |
		del(.switches[0].fdb)'
	change '.switches[0].ports[1] |= (del(.vlan) + {trunk: "12-14,20", frames: "tagged"})'
	change '.switches[0].ports[1] |= (del(.trunk) + {vlans: [
		{first: 12, last: 13, flags: []},
		{first: 14, last: 14, flags: ["pvid"]},
		{first: 20, last: 20, flags: ["untagged"]}]}) |
		.switches[0].host.vlan = 99 | .switches[0].host."unicast-flood" = true'
	change '.switches[0].uplinks[0] |= (.trunk = "1-8,10-50" |
		."filter-overflow" = "promisc") | del(.switches[0].ports[0].mac)'
	# All of that without making a port anew
	check_eq ids "$(ids)" "$before"
	change '.switches[0].ports[0] += {mac: "52:54:00:00:00:0a", vlan: 30} |
		.switches[0].ports[1] |= (del(.vlans, .frames) +
		{mac: "52:54:00:00:00:0b", vlan: 30})'
	# Two change their addresses, and two their devices.
	change '.switches[0].ports |= (.[0].mac as $a | .[0].mac = .[1].mac |
		.[1].mac = $a)'
	check_eq ids "$(ids)" "$before"
	change '.switches[0].ports |= (.[0].dev as $a | .[0].dev = .[1].dev |
		.[1].dev = $a)'
	check_eq "master of a" "$(vswctl -j port show b | jq -r '.[0].ifname')" a
	change '.switches[0].fdb = [{mac: "52:54:00:00:01:0b", vid: 30, port: "a"}]'
	change '.switches[0].fdb[0].port = "b"'
	change '.switches[0].ports |= (.[0].dev as $a | .[0].dev = .[1].dev |
		.[1].dev = $a)'
	# A port goes to the other switch, and its uplink after it.
	change 'del(.switches[0].ports[0].pin) | .switches[1].uplinks =
		[.switches[0].uplinks[0]] | del(.switches[0].uplinks[0])'
	change '.switches[0].ports[0].pin = "up1" | .switches[0].primary = "up1"'
	change '.switches[1].ports += [.switches[0].ports[2]] |
		.switches[1].ports |= sort_by(.name) | del(.switches[0].ports[2])'
}

# What a port leaves out is as its profile has it, and no command says so twice.
profiles()
{
	VSW_PROFILES=$DIR/profiles
	export VSW_PROFILES
	mkdir -p "$VSW_PROFILES"
	setup
	cmd_ok vswctl profile add web vlan 33 pcp 4 isolated on
	cmd_ok vswctl port set a profile web pcp 0
	cmd_ok vswctl config save "$FILE"
	changes_nothing
	cmd_ok vswctl profile set web pcp 5 learning on
	check_eq diff "$(vswctl config diff "$FILE")" "$(cat <<-END
		~ port a of vsw0
		    pcp 5 -> 0
		    learning on -> off
	END
	)"
	# What is saved is what the port has for itself: the rest stays the profile's.
	cmd_ok vswctl profile set web vlan 34
	remove_switches
	cmd_ok vswctl config apply "$FILE"
	check_eq "port a" "$(vswctl -j port show a |
		jq -c '.[0] | [.pvid, .pcp, .isolated, .learning, .profile]')" \
		'[34,0,true,false,"web"]'
	cmd_ok vswctl profile set web vlan 33
	# A VLAN beside the profile is the port's own.
	cmd_ok vswctl port set a vlan 44
	cmd_ok vswctl config save "$FILE"
	changes_nothing
	check_eq "VLAN of a in the file" "$(jq '.switches[].ports[] |
		select(.name == "a") | .vlan' "$FILE")" 44
	edit '.switches[0].ports[0] = {name: "a", dev: "a", profile: "web", learning: false}'
	cmd_ok vswctl config apply "$FILE"
	changes_nothing
	check_eq "port a" "$(vswctl -j port show a |
		jq -c '.[0] | [.pvid, .pcp, .isolated, .learning, .profile]')" \
		'[33,5,true,false,"web"]'
}

# Switches that a file does not name are no business of it.
others()
{
	setup
	cmd_ok vswctl config save "$FILE"
	edit 'del(.switches[1])'
	changes_nothing
	check_eq "what goes" "$(vswctl config diff --prune "$FILE")" \
		$'- switch vsw1\n- port d-1 of vsw1'
	save_state
	cmd_ok vswctl config apply --dry-run --prune "$FILE"
	check_state
	cmd_ok vswctl config apply --prune "$FILE"
	check_eq switches "$(vswctl -j switch show | jq -c 'map(.name)')" '["vsw0"]'
	changes_nothing --prune
	edit '.switches[0].ports[0] += {vlan: 44, pcp: 5} |
		del(.switches[0].ports[2]) | .switches[0].ports += [{name: "e", dev: "e"}]'
	check_eq diff "$(vswctl config diff "$FILE")" "$(cat <<-END
		- port c of vsw0
		~ port a of vsw0
		    vlans 10 -> 44
		    pcp 0 -> 5
		+ port e of vsw0: dev e
	END
	)"
	check_eq commands "$(vswctl -j config diff "$FILE" | jq -c '.[0].commands')" \
		'["port del c","port set a vlan 44 pcp 5","port add vsw0 e dev e"]'
}

# What the kernel refuses is told with the line of the file.
refusals()
{
	setup
	cmd_ok vswctl config save "$FILE"
	cmd_ok ip link add other type bridge
	defer ip link del other
	cmd_ok ip link set e master other
	edit '.switches[0].ports[0].vlan = 50 | .switches[0].ports +=
		[{dev: "e", name: "late"}]'
	refused "config.json:$(($(line_of '"dev": "e"') - 1)): e is enslaved to other" \
		vswctl config apply "$FILE"
	edit '.switches[0].ports[-1].dev = "nowhere"'
	refused "config.json:$(line_of '"nowhere"'): port 'late': there is no device 'nowhere': make it first" \
		vswctl config apply "$FILE"
	edit '.switches[0].ports[-1].optional = true'
	refused ":[0-9]*: unknown key 'vlam': is 'vlan' meant" \
		vswctl config apply <(jq '.switches[0].ports[0].vlam = 1' "$FILE")
	refused "a configuration is a transaction" \
		vswctl -a -b <(echo "config apply $FILE")
	refused "needs a newer vswctl" \
		vswctl config apply <(echo '{"version": 2, "switches": []}')
}

# What has no device waits for it, and no longer.
optional()
{
	local before

	setup
	cmd_ok vswctl config save "$FILE"
	edit '.switches[0].ports += [{name: "late", dev: "late", vlan: 10,
		pin: "wire", optional: true}] |
		.switches[0].uplinks += [{dev: "wire", optional: true}] |
		.switches[0].primary = "wire" |
		.switches[0].fdb += [{mac: "52:54:00:00:02:01", vid: 10, port: "late"}]'
	before=$(config)
	out=$(vswctl config apply "$FILE" 2>&1) || fail "$out"
	grep -q "port 'late' is left out until there is a device 'late'" <<<"$out" ||
		fail "it does not say so: $out"
	save_state
	cmd_ok vswctl config attach late "$FILE"
	cmd_ok vswctl config attach a "$FILE"
	cmd_ok vswctl config apply --only-missing "$FILE"
	check_state
	add_dummies late
	cmd_ok vswctl config attach late "$FILE"
	check_eq "port late" "$(vswctl -j port show late |
		jq -c '.[0] | [.ifname, .pvid, .pin]')" '["late",10,null]'
	add_dummies wire
	# Nothing but what is missing changes.
	cmd_ok vswctl port set a pcp 6
	cmd_ok vswctl config apply --only-missing "$FILE"
	check_eq "port late" "$(port_field late pin)" wire
	check_eq "primary" "$(vswctl -j switch show vsw0 | jq -r '.[0].primary')" wire
	check_eq "port a" "$(port_field a pcp)" 6
	check_eq "its entry" "$(vswctl -j fdb show port late type static |
		jq length)" 1
	cmd_ok vswctl port set a pcp 0
	changes_nothing
	# It knows what may be missing.
	cmd_ok vswctl config save "$FILE"
	check_eq optional "$(jq -c '[.switches[0].ports[] | select(.optional) | .name]' \
		"$FILE")" '["late"]'
	# What is missing while it is saved still may come.
	cmd_ok ip link del late
	cmd_ok ip link del wire
	before=$(jq -S . "$FILE")
	cmd_ok vswctl config save "$FILE"
	check_eq "what is different" "$(diff <(echo "$before") <(jq -S . "$FILE"))" ""
	# Unless there is now what excludes it
	cp "$FILE" "$DIR/taken.json"
	cmd_ok vswctl fdb add 52:54:00:00:02:01 port a vid 10
	out=$(vswctl config save "$DIR/taken.json" 2>&1) || fail "$out"
	grep -q "are not kept" <<<"$out" || fail "it does not say so: $out"
	cmd_ok vswctl config check "$DIR/taken.json"
	cmd_ok vswctl fdb del 52:54:00:00:02:01 switch vsw0 vid 10
	# A port that is to be on another device stays what it is until that is there.
	cmd_ok vswctl config apply <(jq '(.switches[0].ports[] |
		select(.name == "a")) += {dev: "elsewhere", optional: true, vlan: 20}' \
		"$FILE")
	check_eq "port a" "$(vswctl -j port show a | jq -c '.[0] | [.ifname, .pvid]')" \
		'["a",10]'
	cmd_ok vswctl config apply "$FILE"
	add_dummies late
	cmd_ok vswctl config attach late "$FILE"
	check_eq "its entry" "$(vswctl -j fdb show port late type static |
		jq length)" 1
	# What is deleted while its device is there is meant to go.
	cmd_ok vswctl port del late
	cmd_ok vswctl config save "$FILE"
	check_eq "port late in the file" \
		"$(jq '[.switches[0].ports[] | select(.name == "late")] | length' "$FILE")" 0
}

is_back()
{
	diff <(echo "$1") <(config)
}

confirm()
{
	local before

	setup
	cmd_ok vswctl config save "$FILE"
	before=$(config)
	edit '.switches[0].ageing = 30 | .switches[0].ports[0].vlan = 40 |
		del(.switches[0].ports[1]) | del(.switches[0].fdb) |
		.switches[1].ports[0].dev = "e" |
		.switches += [{name: "vsw2", ports: [{name: "x", dev: "d"}]}]'
	cmd_ok vswctl config apply --confirm 4 "$FILE"
	changes_nothing
	cmd_fail "waits to be confirmed" vswctl config apply --confirm 4 \
		<(jq '.switches[0].ageing = 40' "$FILE")
	cmd_fail "waits to be confirmed" vswctl config apply \
		<(jq '.switches[0].ageing = 40' "$FILE")
	cmd_fail "waits to be confirmed" vswctl config save "$DIR/unconfirmed.json"
	[ ! -e "$DIR/unconfirmed.json" ] || fail "it was saved all the same"
	# A device that comes meanwhile joins all the same.
	add_dummies late
	cmd_ok vswctl config attach late <(jq \
		'.switches[0].ports += [{name: "late", dev: "late"}]' "$FILE")
	check_eq "late" "$(port_field late ifname)" late
	cmd_ok vswctl port del late
	wait_for 20 is_back "$before"
	cmd_ok vswctl config apply --confirm 60 "$FILE"
	cmd_ok vswctl config rollback
	is_back "$before" || fail "the rollback has left something"
	cmd_ok vswctl config apply --confirm 2 "$FILE"
	cmd_ok vswctl config confirm
	sleep 3
	changes_nothing
}

# points COUNT FIRST COMMAND...: system calls of a command, so many of them from that
# which has FIRST in it to the last, as "NAME NUMBER": the NUMBERth of that name
points()
{
	local count=$1 first=$2

	shift 2
	strace -o "$DIR/calls" "$@" >/dev/null 2>&1
	awk -v count="$count" -v first="$first" '
		match($0, /^[a-z0-9_]+\(/) {
			name[++calls] = substr($0, 1, RLENGTH - 1)
			number[calls] = ++seen[name[calls]]
			if (!start && index($0, first))
				start = calls
		}
		END {
			for (i = 1; i <= count; i++) {
				at = start + int((i - 0.5) * (calls - start) / count)
				print name[at], number[at]
			}
		}' "$DIR/calls"
}

# killed_at NAME NUMBER COMMAND...: kill -9 where it makes that call; false if it did not
killed_at()
{
	local name=$1 number=$2

	shift 2
	{ strace -o "$DIR/calls" -e "inject=$name:signal=KILL:when=$number" \
		"$@" >/dev/null 2>&1; } 2>/dev/null
	grep -q "killed by SIGKILL" "$DIR/calls"
}

# Wherever it is killed, all is as it was or as it is to be.
killed()
{
	local new old state name number olds=0 news=0

	require_command strace
	setup
	cmd_ok vswctl config save "$FILE"
	old=$(config)
	edit '.switches[0].ports[0].vlan = 40 | del(.switches[0].ports[1]) |
		del(.switches[0].fdb) | .switches[1].ports[0].dev = "e"'
	cp "$FILE" "$DIR/new.json"
	vswctl config save "$DIR/old.json"
	points 24 execve "$VSW_CTL" config apply "$DIR/new.json" >"$DIR/points"
	new=$(config)
	[ "$new" != "$old" ] || fail "no difference, no test"
	while read -r name number; do
		cmd_ok vswctl config apply "$DIR/old.json"
		killed_at "$name" "$number" "$VSW_CTL" config apply "$DIR/new.json" ||
			fail "it was not killed in call $number of $name"
		state=$(config)
		case $state in
		"$old")	olds=$((olds + 1)) ;;
		"$new")	news=$((news + 1)) ;;
		*)	fail "it is a half: $(diff <(echo "$old") <(echo "$state"))" ;;
		esac
	done <"$DIR/points"
	log "killed before: $olds, after: $news"
	[ $olds -gt 0 ] || fail "it was never killed in time"
	[ $news -gt 0 ] || fail "it was never killed too late"
}

# The number of VFs before the transaction and the fast path after it are steps of
# their own: killed between them, the next one does the rest.
killed_between()
{
	local name number state states="" new kills=0

	require_command strace
	need_btf
	use_pfs
	set_vf_count 0
	load_vsw
	defer remove_switches
	add_veth_pair
	cat >"$FILE" <<-END
	{ "version": 1, "switches": [ { "name": "vsw0", "mac": "52:54:00:00:00:99",
	  "uplinks": [ { "dev": "$PF", "vfs": 2 } ],
	  "ports": [
	    { "name": "v1", "pf": "$PF", "vf": 1, "vlan": 10,
	      "mac": "52:54:00:00:00:10" },
	    { "name": "x", "dev": "k0", "fastpath": "xdp" } ] } ] }
	END
	points 8 "sriov_numvfs\", O_WRONLY" "$VSW_CTL" config apply "$FILE" >"$DIR/points"
	new=$(config)
	while read -r name number; do
		remove_switches
		set_vf_count 0
		# How many calls there are depends on the kernel, too.
		killed_at "$name" "$number" "$VSW_CTL" config apply "$FILE" ||
			continue
		kills=$((kills + 1))
		state="$(number_of_vfs) $(vswctl -j switch show | jq length)"
		states+="$state, "
		[[ $state =~ ^(0 0|2 0|2 1)$ ]] || fail "VFs and switches: $state"
		cmd_ok vswctl config apply "$FILE"
		check_eq "what is different" \
			"$(diff <(echo "$new") <(config))" ""
	done <"$DIR/points"
	log "VFs and switches when it was killed: $states"
	[ $kills -gt 4 ] || fail "it was killed $kills times"
}

add_veth_pair()
{
	cmd_ok ip link add k0 type veth peer name k1
	defer ip link del k0
	cmd_ok ip link set dev k0 up
	cmd_ok ip link set dev k1 up
}

# Two at once are one after the other.
two()
{
	local a b i now

	setup
	cmd_ok vswctl config save "$DIR/a.json"
	a=$(config)
	cp "$DIR/a.json" "$FILE"
	edit '.switches[0].ports[0].vlan = 40 | del(.switches[0].ports[1]) |
		del(.switches[0].fdb) | .switches[1].ports[0].dev = "e"'
	cp "$FILE" "$DIR/b.json"
	cmd_ok vswctl config apply "$DIR/b.json"
	b=$(config)
	for i in {1..5}; do
		vswctl config apply "$DIR/a.json" >"$DIR/out.$i" 2>&1 &
		vswctl config apply "$DIR/b.json" >"$DIR/out.b$i" 2>&1 &
	done
	wait
	now=$(config)
	[ "$now" = "$a" ] || [ "$now" = "$b" ] || fail "it is a half"
	check_eq complaints "$(cat "$DIR"/out.* | grep vswctl:)" ""
}

full_disk()
{
	local before

	setup
	mkdir -p "$DIR/small"
	cmd_ok mount -t tmpfs -o size=16k none "$DIR/small"
	defer umount "$DIR/small"
	cmd_ok vswctl config save "$DIR/small/config.json"
	before=$(md5sum <"$DIR/small/config.json")
	dd if=/dev/zero of="$DIR/small/filler" bs=1k 2>/dev/null
	cmd_fail "config.json: cannot be written, and is as it was: No space" \
		vswctl config save "$DIR/small/config.json"
	check_eq "the file" "$(md5sum <"$DIR/small/config.json")" "$before"
	check_eq "what is left" "$(cd "$DIR/small" && echo *)" "config.json filler"
	cmd_fail "cannot write the output" sh -c "$VSW_CTL config show >/dev/full"
}

vfs()
{
	local before

	use_vfs
	load_vsw
	defer remove_switches
	add_dummies a b
	cat >"$FILE" <<-END
	{ "version": 1, "switches": [ { "name": "vsw0",
	  "uplinks": [ { "dev": "$PF", "trunk": "10-20" } ],
	  "ports": [
	    { "name": "v0", "pf": "$PF", "vf": 0, "vlan": 10,
	      "mac": "52:54:00:00:00:10" },
	    { "name": "v1", "pf": "$PF", "vf": 1, "dev": "a", "vlan": 11,
	      "mac": "52:54:00:00:00:11" },
	    { "name": "v9", "pf": "$PF", "vf": 99, "vlan": 11, "optional": true,
	      "mac": "52:54:00:00:00:12" } ] } ] }
	END
	cmd_ok vswctl config apply "$FILE"
	check_eq VFs "$(vswctl -j vf show "$PF" |
		jq -c 'map([.vf, .port])[:2]')" '[[0,"v0"],[1,"v1"]]'
	edit 'del(.switches[0].ports[2])'
	changes_nothing
	cmd_ok vswctl config save "$FILE"
	before=$(ids)
	# To a VLAN that the uplink carries only from now on, and away from another
	change '.switches[0].uplinks[0].trunk = "15-40" |
		.switches[0].ports[0].vlan = 30 | .switches[0].ports[1].vlan = 31'
	change '.switches[0].ports[0].spoofchk = false'
	check_eq ids "$(ids)" "$before"
	# VFs cannot give up their address.
	change '.switches[0].ports[1] += {vlan: 30, mac: "52:54:00:00:00:10"} |
		.switches[0].ports[0].mac = "52:54:00:00:00:11"'
	change '.switches[0].ports[0].vf = 2 | .switches[0].ports[1].dev = "b"'
	change 'del(.switches[0].ports[1].pf, .switches[0].ports[1].vf)'
	remove_switches
	cmd_ok vswctl config apply "$FILE"
	changes_nothing
	# A device that may be missing goes from a port with two paths, and comes.
	change '.switches[0].ports[1] += {pf: "'"$PF"'", vf: 1}'
	edit '.switches[0].ports[1].optional = true'
	before=$(ids)
	cmd_ok ip link del dev b
	cmd_ok vswctl config apply "$FILE"
	check_eq ids "$(ids)" "$before"
	cmd_ok ip link add name b type dummy
	cmd_ok vswctl config attach b "$FILE"
	check_eq ids "$(ids)" "$before"
	changes_nothing
	# The path that is there does what the file says, and the file knows the other.
	cmd_ok ip link del dev b
	edit '.switches[0].ports[1].vlan = 30'
	cmd_ok vswctl config apply "$FILE"
	check_eq "VLAN of v1" "$(port_field v1 pvid)" 30
	cmd_ok vswctl config save "$FILE"
	check_eq "paths of v1 in the file" \
		"$(jq -c '.switches[0].ports[1] | [.dev, .pf, .vf]' "$FILE")" \
		"[\"b\",\"$PF\",1]"
	cmd_ok ip link add name b type dummy
	cmd_ok vswctl config attach b "$FILE"
	check_eq "VLAN of v1" "$(port_field v1 pvid)" 30
	changes_nothing
}

# VFs that appear late: by the event of one, as a net device or a PCI device
late_vfs()
{
	local vf

	use_vfs
	load_vsw
	defer remove_switches
	add_dummies a
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	cat >"$FILE" <<-END
	{ "version": 1, "switches": [ { "name": "vsw0",
	  "uplinks": [ { "dev": "$PF", "trunk": "10-20" } ],
	  "ports": [
	    { "name": "v0", "pf": "$PF", "vf": 0, "vlan": 10, "optional": true,
	      "mac": "52:54:00:00:00:10" },
	    { "name": "v1", "pf": "$PF", "vf": 1, "dev": "a", "vlan": 11,
	      "optional": true, "mac": "52:54:00:00:00:11",
	      "failover": "auto" } ] } ] }
	END
	cmd_ok vswctl config apply "$FILE"
	check_eq ports "$(ports_of vsw0)" "$PF vsw0"
	echo 2 >"/sys/class/net/$PF/device/sriov_numvfs"
	vf=$(basename "$(readlink "/sys/class/net/$PF/device/virtfn1")")
	cmd_ok vswctl config attach "$vf" "$FILE"
	check_eq ports "$(ports_of vsw0)" "$PF v0 v1 vsw0"
	changes_nothing
	# A VF of another NIC is nobody's business.
	cmd_ok vswctl port del v0
	cmd_ok vswctl config attach 0000:00:00.0 "$FILE"
	check_eq ports "$(ports_of vsw0)" "$PF v1 vsw0"
	wait_for 20 vf_netdev 0
	cmd_ok vswctl config attach "$(vf_netdev 0)" "$FILE"
	check_eq ports "$(ports_of vsw0)" "$PF v0 v1 vsw0"
	# A port that has its tap alone
	cmd_ok vswctl port set v1 vf none
	cmd_ok vswctl config attach "$PF" "$FILE"
	check_eq "VF of v1" "$(port_field v1 vf)" 1
	check_eq "failover of v1" "$(port_field v1 failover)" auto
	changes_nothing
}

# ports_of SWITCH: names, sorted
ports_of()
{
	vswctl -j port show | jq -r '.[] | select(."switch-name" == "'"$1"'") | .name' |
		LC_ALL=C sort | paste -sd ' '
}

# vf_netdev N: the net device of a VF of the PF
vf_netdev()
{
	basename "$(ls -d "/sys/class/net/$PF/device/virtfn$1/net/"* 2>/dev/null)" 2>/dev/null |
		grep .
}

# number_of_vfs: as the kernel has it
number_of_vfs()
{
	cat "/sys/class/net/$PF/device/sriov_numvfs"
}

# The number of VFs is made before the transaction, and taken back when that fails.
vf_numbers()
{
	use_pfs
	set_vf_count 0
	load_vsw
	defer remove_switches
	add_dummies a b
	cat >"$FILE" <<-END
	{ "version": 1, "switches": [ { "name": "vsw0",
	  "uplinks": [ { "dev": "$PF", "vfs": 2 } ],
	  "ports": [
	    { "name": "v1", "pf": "$PF", "vf": 1, "vlan": 10,
	      "mac": "52:54:00:00:00:10" },
	    { "name": "x", "dev": "a" } ] } ] }
	END
	# It has to be another's: the kernel says so when the VFs are there already
	cmd_ok ip link add other type bridge
	defer ip link del other
	cmd_ok ip link set dev a master other
	refused "a is enslaved to other" vswctl config apply "$FILE"
	check_eq "VFs after a refusal" "$(number_of_vfs)" 0
	cmd_ok ip link set dev a nomaster
	cmd_fail "cannot take back the number of VFs of $PF: change it first" \
		vswctl config apply --confirm 30 "$FILE"
	check_eq "VFs after a refusal" "$(number_of_vfs)" 0
	cmd_ok vswctl config apply "$FILE"
	check_eq VFs "$(number_of_vfs)" 2
	check_eq "port v1" "$(port_field v1 vf)" 1
	changes_nothing
	cmd_ok vswctl config save "$FILE"
	check_eq "what is saved" "$(jq '.switches[0].uplinks[0].vfs' "$FILE")" 2
	# The NIC begins anew when its number of VFs changes, a moment later.
	wait_for 40 stays_up "$PF"
	# Nobody loses a VF
	edit '.switches[0].uplinks[0].vfs = 3'
	check_eq diff "$(vswctl config diff "$FILE" 2>&1)" \
		"vswctl: $FILE:$(line_of '"vfs"'): uplink '$PF': a new number takes all 2 VFs of $PF away for a moment, from port v1: delete the ports and unbind the VFs first"
	refused "from port v1" vswctl config apply "$FILE"
	check_eq "VFs after a refusal" "$(number_of_vfs)" 2
	edit '.switches[0].uplinks[0].vfs = 5000'
	refused "$PF has [0-9]* VFs at most" vswctl config apply "$FILE"
	# What nobody speaks of stays, and what is not there is made for a late NIC.
	edit 'del(.switches[0].uplinks[0].vfs)'
	changes_nothing
	edit '.switches[0].uplinks[0].vfs = 2 | .switches[0].ports[0].optional = true'
	remove_switches
	set_vf_count 0
	cmd_ok vswctl switch add vsw0
	cmd_ok vswctl config attach "$PF" "$FILE"
	check_eq VFs "$(number_of_vfs)" 2
	check_eq "port v1" "$(port_field v1 vf)" 1
	wait_for 40 stays_up "$PF"
	echo '{ "version": 1, "switches": [ { "name": "vsw0",
		"uplinks": [ { "dev": "b", "vfs": 1 } ] } ] }' >"$FILE"
	refused ":2: uplink 'b': b has no SR-IOV on PCI" vswctl config apply "$FILE"
}

# stays_up PORT: for some seconds
stays_up()
{
	local i

	for ((i = 0; i < 8; i++)); do
		[ "$(port_field "$1" up)" = true ] || return
		sleep 0.5
	done
}

programs()
{
	ip -j link show | jq -c 'map(select(.xdp) | .ifname)'
}

# Programs come and go after the transaction, and are no part of it.
fast_paths()
{
	local name

	load_vsw
	vswctl -j version | jq -e '.[0].features | index("xdp")' >/dev/null ||
		skip "no fast path"
	[ -x "$VSW_TOP/bpf/vsw-fastpath" ] || skip "bpf/vsw-fastpath is not built"
	defer remove_switches
	add_dummies plain
	modprobe tun
	for name in t1 t2 t3; do
		cmd_ok ip tuntap add "$name" mode tap
		defer ip link del "$name"
	done
	cat >"$FILE" <<-END
	{ "version": 1, "switches": [ { "name": "vsw0", "ports": [
	    { "name": "p1", "dev": "t1", "fastpath": "xdp" },
	    { "name": "p2", "dev": "t2" } ] } ] }
	END
	cmd_fail "cannot take back the fast path of port 'p1'" \
		vswctl config apply --confirm 30 "$FILE"
	check_eq diff "$(vswctl config diff "$FILE" | sed -n 2p)" \
		"+ port p1 of vsw0: dev t1 fastpath xdp"
	cmd_ok vswctl config apply "$FILE"
	check_eq programs "$(programs)" '["t1"]'
	changes_nothing
	cmd_ok vswctl config save "$FILE"
	check_eq "what is saved" "$(jq -c '.switches[0].ports | map(.fastpath)' \
		"$FILE")" '["xdp",null]'
	# From one device to two others, one of which takes the place of the first
	edit '.switches[0].ports = [ { name: "p1", dev: "t3", fastpath: "xdp" },
		{ name: "p2", dev: "t2", fastpath: "xdp" } ]'
	cmd_ok vswctl config apply "$FILE"
	check_eq programs "$(programs)" '["t2","t3"]'
	changes_nothing
	# A port that goes leaves its device as it was.
	edit 'del(.switches[0].ports[0])'
	cmd_ok vswctl config apply "$FILE"
	check_eq programs "$(programs)" '["t2"]'
	# Somebody else's program is known before, and is no difference.
	foreign_program "$DIR/foreign.o"
	cmd_ok ip link set dev t1 xdpdrv obj "$DIR/foreign.o" sec xdp
	edit '.switches[0].ports += [{name: "p1", dev: "t1", fastpath: "xdp"}]'
	refused ":[0-9]*: port 'p1': there is another XDP program on t1" \
		vswctl config apply <(jq '.switches[0].ports |= reverse' "$FILE")
	edit 'del(.switches[0].ports[1].fastpath)'
	cmd_ok vswctl config apply "$FILE"
	changes_nothing
	check_eq programs "$(programs)" '["t1","t2"]'
	PATH=/usr/sbin:/usr/bin refused "needs the program vsw-fastpath" \
		vswctl config apply <(jq '.switches[0].ports += [{name: "p3",
		dev: "t3", fastpath: "xdp"}]' "$FILE")
	# What only the driver knows: all else is done, and that is said.
	edit '.switches[0].ports += [{name: "p4", dev: "plain", fastpath: "xdp",
		vlan: 44}]'
	cmd_fail "the fast path of port 'p4' is not as the file says, and all else is" \
		vswctl config apply "$FILE"
	check_eq "VLAN of p4" "$(port_field p4 pvid)" 44
	edit 'del(.switches[0].ports[2].fastpath)'
	changes_nothing
}

run_cases comes_back changes profiles others refusals optional confirm killed \
	killed_between two \
	full_disk vfs late_vfs vf_numbers fast_paths
