#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Configuration files, good and bad, and what makes one of another, without the module.
# Prints KTAP.

cd "$(dirname "$0")" || exit 1
# What stands behind a pipe counts, too.
shopt -s lastpipe
VSWCTL=${VSWCTL:-../vswctl}
CONFIG=${CONFIG:-./config}
SCHEMA=../schema/config.json
# shellcheck source-path=SCRIPTDIR
. ./lib.sh

SCHEMAS=0

# fits_schema yes|no FILE WHAT: what the schema has to say of it, see schema_tests
fits_schema()
{
	SCHEMAS=$((SCHEMAS + 1))
	cp "$2" "$WORK/schema.$SCHEMAS"
	echo "$1 $WORK/schema.$SCHEMAS $3" >>"$WORK/schemas"
}

# good WHAT: the file on stdin, for the tool and for the schema
good()
{
	cat >"$WORK/file"
	"$VSWCTL" config check "$WORK/file" >"$WORK/out" 2>&1
	result $? "good: $1"
	fits_schema yes "$WORK/file" "$1"
}

# bad LINE PATTERN [schema]: the file on stdin is refused, with that line and a
# sentence; "schema" says that the schema alone would tell
bad()
{
	cat >"$WORK/file"
	"$VSWCTL" config check "$WORK/file" >"$WORK/out" 2>&1
	[ $? = 1 ] && grep -q -e "^vswctl: $WORK/file:${1:+$1:} .*$2" "$WORK/out"
	result $? "bad: $2"
	[ -z "${3-}" ] || fits_schema no "$WORK/file" "$2"
}

# switch TEXT...: a file with one switch, each word a line of it, from line 3 on
switch()
{
	printf '{ "version": 1, "switches": [\n{ "name": "vsw0"'
	printf ',\n%s' "$@"
	printf '\n} ] }\n'
}

# port TEXT: a switch with one port, in line 3
port()
{
	switch "\"ports\": [ { \"name\": \"a\", $1 } ]"
}

VF='"uplinks": [ { "dev": "pf", "trunk": "10-20", "native": 10 } ]'

good_tests()
{
	good "nothing" <<<'{ "version": 1, "switches": [] }'
	# shellcheck disable=SC2016 # it is no variable
	good "a schema" <<<'{ "$schema": "x", "version": 1, "switches": [] }'
	switch '"ageing": 0' | good "never ages"
	switch '"ageing": "off", "default-pvid": "none"' | good "words"
	switch '"mac": "52:54:00:AA:00:01"' | good "address of a switch"
	port '"dev": "d", "vlan": "none"' | good "no VLAN"
	port '"dev": "d", "trunk": [1, "2-4", [7]], "native": 9' | good "trunk"
	port '"dev": "d", "vlans": []' | good "empty list of VLANs"
	port '"dev": "d", "profile": "web", "pcp": 7' | good "profile"
	port '"dev": "d", "mac": "none", "optional": true' | good "optional"
	switch "$VF" '"ports": [
		{ "name": "a", "pf": "pf", "vf": 0, "vlan": 11, "mac": "52:54:00:00:00:01",
		  "max-tx-rate": "2.5gbit", "min-tx-rate": 100 },
		{ "name": "b", "pf": "pf", "vf": "any", "dev": "d", "path": "vf", "vlan": 12,
		  "mac": "52:54:00:00:00:01", "max-tx-rate": "none" } ]' | good "VFs"
	switch "$VF" '"teaming": "active-backup", "primary": "pf"' | good "primary"
	switch "${VF% \} ]}, \"vfs\": 4, \"fastpath\": \"xdp\" } ]" '"ports": [
		{ "name": "a", "pf": "pf", "vf": 3, "vlan": 11, "fastpath": "none",
		  "mac": "52:54:00:00:00:01" },
		{ "name": "b", "dev": "d", "fastpath": "xdp" } ]' | good "VFs and fast path"
	cp "$WORK/file" "$WORK/lines"
	tr -d '\n' <"$WORK/lines" | good "one line"
	"$VSWCTL" config check <(printf 'version: 1\nswitches:\n- name: vsw0\n  ports:\n  - {name: a, dev: d, learning: off}\n') \
		>"$WORK/out" 2>&1
	result $? "good: YAML"
}

bad_tests()
{
	local key

	rm -f "$WORK/file"
	"$VSWCTL" config check "$WORK/file" >"$WORK/out" 2>&1
	[ $? = 1 ] && grep -q "file: No such file or directory" "$WORK/out"
	result $? "bad: no file"
	bad 1 "nothing in it" </dev/null
	bad 1 "a configuration is an object" schema <<<'[]'
	bad 1 "a configuration is an object" schema <<<'17'
	bad 1 "what version is it" schema <<<'{ "switches": [] }'
	bad 1 'no "switches" in it' schema <<<'{ "version": 1 }'
	bad 1 "version '0' is no version" schema <<<'{ "version": 0, "switches": [] }'
	bad 1 "needs a number" schema <<<'{ "version": "1", "switches": [] }'
	bad 1 "version 2 and this vswctl knows 1: it needs a newer" schema \
		<<<'{ "version": 2, "new-key": [] }'
	bad 1 "'switches' needs a list" schema <<<'{ "version": 1, "switches": {} }'
	bad 1 "'an element' needs an object" schema \
		<<<'{ "version": 1, "switches": [ 1 ] }'
	bad 1 "unknown key 'switch': is 'switches' meant" schema \
		<<<'{ "version": 1, "switch": [], "switches": [] }'
	bad 1 "unknown key 'x'; valid here: version, switches" schema \
		<<<'{ "version": 1, "x": [], "switches": [] }'
	bad 1 "a switch needs a name" schema <<<'{ "version": 1, "switches": [ {} ] }'
	bad 2 "'name' stands twice, first in line 1" <<-END
		{ "version": 1, "switches": [ { "name": "a",
		"name": "b" } ] }
	END
	# Syntax
	bad 3 "did not find expected" <<-END
		{ "version": 1, "switches": [
		{ "name": "vsw0"
		"ageing": 20 } ] }
	END
	switch '"ageing": 20' | head -n 3 | bad 4 "did not find expected"
	switch '"ageing": 20' | head -c 40 | bad 3 "did not find"
	printf '{ "version": 1,\n "switches": [], "a\0b": 1 }' |
		bad 2 "control characters are not allowed"
	printf '{ "version": 1,\n "a\\u0000b": 1, "switches": [] }' |
		bad 2 "NUL character"
	printf '{ "version": 1,\n "a\xff": 1, "switches": [] }' | bad 2 "UTF-8"
	bad 2 "something follows the end" <<<$'{ "version": 1, "switches": [] }\n--- 1'
	bad 1 "aliases have no meaning" <<<'{ "version": 1, "switches": *a }'
	bad 1 "tags and anchors" <<<'{ "version": &a 1, "switches": [] }'
	bad 1 "a key is a word" <<<'{ [1]: 1, "switches": [] }'
	head -c 100000 /dev/zero | tr '\0' '[' | bad 1 "nested deeper than 16"
	head -c 100000 /dev/zero | tr '\0' '{' | bad 1 "a key is a word"
	bad 1 "nothing has more than 256 keys" \
		<<<"{ $(printf '"k%d": 1, ' {1..300}) \"x\": 1 }"
	truncate -s 100M "$WORK/large"
	bad "" "more than 32 MiB are no configuration" <"$WORK/large"
	"$VSWCTL" config check - <"$WORK/large" >"$WORK/out" 2>&1
	[ $? = 1 ] && grep -q "stdin: more than 32 MiB" "$WORK/out"
	result $? "bad: 100 MB from stdin"
	# shellcheck disable=SC2002 # a pipe is what is wanted
	cat "$WORK/large" | "$VSWCTL" config check - >"$WORK/out" 2>&1
	[ $? = 1 ] && grep -q "stdin: more than 32 MiB" "$WORK/out"
	result $? "bad: 100 MB from a pipe"
	rm "$WORK/large"
	"$VSWCTL" config check / >"$WORK/out" 2>&1
	[ $? = 1 ] && grep -q "/: Is a directory" "$WORK/out"
	result $? "bad: a directory"

	# Values
	switch '"ageing": 5' | bad 3 "ageing '5' is too short" schema
	switch '"ageing": "5"' | bad 3 "ageing '5' is too short" schema
	switch '"ageing": -5' | bad 3 "ageing '-5' is not a number" schema
	switch '"default-pvid": 0' | bad 3 "'0' is not a VID" schema
	switch '"default-pvid": 4095' | bad 3 "'4095' is not a VID" schema
	switch '"fdb-max": "many"' | bad 3 "'fdb-max' needs a number" schema
	switch '"fdb-max": 0' | bad 2 "fdb-max 0 is no table" schema
	switch '"fdb-max": 4294967296' | bad 3 "is too large" schema
	switch '"fdb-max": 1e3' | bad 3 "is not a number"
	switch '"teaming": "lacp"' | bad 3 "none of none, active-backup" schema
	switch '"mac": "none"' | bad 3 "is not a MAC address" schema
	switch '"mac": "01:00:00:00:00:01"' | bad 3 "multicast" schema
	switch '"mac": "00:00:00:00:00:00"' | bad 3 "is nobody's address"
	switch '"primary": "up"' | bad 2 "its primary 'up' is none of its uplinks"
	switch '"host": []' | bad 3 "'host' needs an object" schema
	switch '"host": { "mac": "52:54:00:00:00:01" }' |
		bad 3 "unknown key 'mac'" schema
	switch '"host": { "hairpin": true }' | bad 3 "does not want back"
	switch '"uplinks": [ { "dev": "d", "hairpin": true } ]' |
		bad 3 "never goes back"
	switch '"uplinks": [ { "name": "u" } ]' | bad 3 "needs a net device" schema
	switch '"uplinks": [ { "dev": "d", "spoofchk": true } ]' |
		bad 3 "unknown key 'spoofchk'" schema
	switch '"ports": [ { "dev": "d" } ]' | bad 3 "a port needs a name" schema
	port '"vlan": 1' | bad 3 "needs a net device or a VF" schema
	port '"dev": "a-name-that-is-too-long"' | bad 3 "too long for a net device" schema
	port '"dev": "a b"' | bad 3 "is not a name" schema
	port '"dev": "d", "pcp": 8' | bad 3 "pcp '8' is too large" schema
	port '"dev": "d", "pcp": true' | bad 3 "'pcp' needs a number" schema
	port '"dev": "d", "pcp": null' | bad 3 "'pcp' needs a number" schema
	port '"dev": "d", "pcp": {}' | bad 3 "'pcp' needs a number" schema
	port '"dev": "d", "learning": 1' | bad 3 "needs true or false" schema
	port '"dev": "d", "optional": "yes"' | bad 3 "needs true or false" schema
	port '"dev": 7' | bad 3 "'dev' needs a string" schema
	port '"dev": "d", "vlan": "10"' | bad 3 "needs a VID without quotes" schema
	port '"dev": "d", "vlan": 10, "trunk": 11' | bad 3 "exclude each other" schema
	port '"dev": "d", "native": 10' | bad 3 "'native' needs 'trunk'" schema
	port '"dev": "d", "trunk": "9-5"' | bad 3 "ends before it begins"
	port '"dev": "d", "trunk": "5,"' | bad 3 "not a list of VIDs" schema
	port '"dev": "d", "trunk": {}' | bad 3 "needs VLANs" schema
	port '"dev": "d", "vlans": [ {} ]' | bad 3 "need their first VID" schema
	port '"dev": "d", "vlans": [ { "first": 5, "last": 3 } ]' |
		bad 3 "ends before it begins"
	port '"dev": "d", "vlans": [ { "first": 5, "last": 6, "flags": ["pvid"] } ]' |
		bad 3 "a port has one PVID"
	port '"dev": "d", "vlans": [ { "first": 5 }, { "first": 5 } ]' |
		bad 3 "VLAN 5 stands twice"
	port '"dev": "d", "vlans": [ { "first": 5, "flags": ["x"] } ]' |
		bad 3 "a flag of a VLAN is" schema
	port '"dev": "d", "mac": "52:54:00:00:00:01", "vlan": "none"' |
		bad 3 "it has none"
	port '"dev": "d", "path": "vf"' | bad 3 "a device and a VF" schema
	port '"pf": "pf"' | bad 3 "belong together" schema
	port '"pf": "pf", "vf": "some"' | bad 3 'a number, or "any"' schema
	port '"dev": "d", "spoofchk": false' | bad 3 "only a port with a VF has"
	port '"dev": "d", "fastpath": "other"' | bad 3 "is none of none, xdp" schema
	port '"dev": "d", "vfs": 4' | bad 3 "unknown key 'vfs'" schema
	switch '"host": { "fastpath": "none" }' |
		bad 3 "unknown key 'fastpath'" schema
	for key in '"some"|needs a number' '65536|is too large' '-1|is not a number'; do
		switch "\"uplinks\": [ { \"dev\": \"pf\", \"vfs\": ${key%|*} } ]" |
			bad 3 "${key#*|}" schema
	done
	port '"dev": "d", "pin": "u"' | bad 3 "no uplink 'u' in vsw0"
	port '"dev": "vsw0"' | bad 3 "vsw0 is a switch"
	port '"dev": "d", "max-tx-rate": "fast"' | bad 3 "is not a rate" schema
	for key in ag-eing agei_ng aging; do
		switch "\"$key\": 20" | bad 3 "is 'ageing' meant" schema
	done

	# What cannot be beside what
	switch '"ports": [ { "name": "a", "dev": "d" },' \
		'{ "name": "b", "dev": "d" } ]' | sed 's/},,/},/;4s/^,//' |
		bad 4 "net device d is that of 'a' already, see line 3"
	port '"dev": "d" },
		{ "name": "a", "dev": "e"' | bad 4 "'a' stands twice, first in line 3"
	port '"dev": "d" },
		{ "name": "vsw0", "dev": "e"' | bad 4 "'vsw0' stands twice"
	port '"dev": "d", "mac": "52:54:00:00:00:01" },
		{ "name": "b", "dev": "e", "mac": "52:54:00:00:00:01"' |
		bad 4 "52:54:00:00:00:01 in VLAN 1 is that of 'a' already"
	switch "$VF" '"ports": [ { "name": "a", "pf": "pf", "vf": 0, "vlan": 11 } ]' |
		bad 4 "a VF needs a MAC address"
	for key in '"vlan": 9|does not carry its VLAN 9' '"trunk": "11,12"|is in one VLAN' \
		'"vlan": "none"|is in one VLAN' '"vlan": 10, "pcp": 1|has no tag' \
		'"dev": "d", "vlan": 11, "max-tx-rate": 5|cannot limit its rate' \
		'"dev": "d", "vlan": 11, "vlan-proto": "8021ad"|is in no S-VLAN'; do
		switch "$VF" '"ports": [ { "name": "a", "pf": "pf", "vf": 0,
			"mac": "52:54:00:00:00:01", '"${key%|*}"' } ]' |
			bad 5 "${key#*|}"
	done
	switch "$VF" '"ports": [ { "name": "a", "pf": "pf", "vf": 0, "vlan": 11,
		"mac": "52:54:00:00:00:01", "fastpath": "xdp" } ]' |
		bad 5 "forwarded by its NIC"
	for key in '0, "vf": 0' '0, "vf": "any"' '4, "vf": 4' '4, "vf": 99'; do
		switch "\"uplinks\": [ { \"dev\": \"pf\", \"vfs\": ${key%%,*} } ]" \
			"\"ports\": [ { \"name\": \"a\", \"pf\": \"pf\",
			${key#*,}, \"mac\": \"52:54:00:00:00:01\" } ]" |
			bad 5 "'pf' is to have ${key%%,*} VFs, numbered from 0"
	done
	switch "$VF" '"ports": [ { "name": "a", "pf": "pf", "vf": 0, "vlan": 11,
		"vlan-proto": "8021ad", "mac": "52:54:00:00:00:01" } ]' \
		'"fdb": [ { "mac": "52:54:00:00:00:02", "port": "a" } ]' |
		bad 6 "is in an S-VLAN"
	switch '"ports": [ { "name": "a", "pf": "x", "vf": 0, "vlan": 1,
		"mac": "52:54:00:00:00:01" } ]' | bad 3 "x is no uplink of vsw0"
	switch "$VF" '"ports": [ { "name": "a", "pf": "pf", "vf": 0, "vlan": 11,
		"mac": "52:54:00:00:00:01" },
		{ "name": "b", "pf": "pf", "vf": 0, "vlan": 12,
		"mac": "52:54:00:00:00:02" } ]' | bad 6 "VF pf/0 is that of 'a' already"
	switch '"fdb": [ { "mac": "52:54:00:00:00:01" } ]' |
		bad 3 'needs "mac" and "port"' schema
	switch '"fdb": [ { "mac": "52:54:00:00:00:01", "port": "x" } ]' |
		bad 3 "no port 'x' in vsw0"
	port '"dev": "d" } ], "fdb": [ { "mac": "52:54:00:00:00:01", "port": "a", "vid": 9' |
		bad 3 "no member of VLAN 9"
	port '"dev": "d", "mac": "52:54:00:00:00:01" } ],
		"fdb": [ { "mac": "52:54:00:00:00:01", "port": "a"' |
		bad 4 "in VLAN 1 is that of 'a' already"
	# All of it is told, but not more than anybody reads.
	port '"dev": 1, "pcp": 9,
		"frames": 2, "vlan": 0' | bad 3 "'dev' needs"
	[ "$(wc -l <"$WORK/out")" = 4 ]
	result $? "all errors at once"
	switch "\"ports\": [ $(printf '{}, %.0s' {1..200}) {} ]" | bad "" "and .* more"
}

# commands WHAT: from file "from" to file "to", as on stdin
commands()
{
	"$CONFIG" commands "$WORK/from" "$WORK/to" >"$WORK/out" 2>&1 &&
		diff - "$WORK/out" >"$WORK/diff" && : >"$WORK/diff"
	local status=$?

	[ "$status" = 0 ] || cp "$WORK/diff" "$WORK/out"
	result "$status" "$1"
}

ports()
{
	switch "\"uplinks\": [ ${UPLINK-} ], \"ports\": [ $1 ]" "${@:2}"
}

A='"name": "a", "dev": "da"' B='"name": "b", "dev": "db"'
M='52:54:00:00:00:01' N='52:54:00:00:00:02'

diff_tests()
{
	echo '{ "version": 1, "switches": [] }' >"$WORK/from"
	ports "{ $A, \"vlan\": 10, \"mac\": \"$M\" }, { $B, \"trunk\": \"1-9\", \"native\": 5 }" \
		'"ageing": 20, "primary": "u", "host": { "vlan": 7, "isolated": true }' \
		"\"fdb\": [ { \"mac\": \"$N\", \"port\": \"a\" } ]" |
		sed 's/"uplinks": \[ /&{ "dev": "du", "name": "u", "pcp": 1 }/' >"$WORK/to"
	commands "everything is new" <<-END
		switch add vsw0 ageing 20
		uplink add vsw0 du name u pcp 1
		port set vsw0 vlan 7 isolated on
		port add vsw0 a dev da vlan 10 mac $M
		port add vsw0 b dev db trunk 1-9 native 5
		switch set vsw0 primary u
		fdb add $N port a vid 10
	END
	cp "$WORK/to" "$WORK/from"
	commands "nothing is to be done" </dev/null
	echo '{ "version": 1, "switches": [] }' >"$WORK/to"
	commands "everything goes" <<-END
		port del a
		port del b
		uplink del u
		switch del vsw0
	END
	ports "{ $A, \"mac\": \"$M\" }, { $B, \"mac\": \"$N\" }" >"$WORK/from"
	ports "{ $A, \"mac\": \"$N\" }, { $B, \"mac\": \"$M\" }" >"$WORK/to"
	commands "two addresses change places" <<-END
		port set a mac none
		port set b mac none
		port set a mac $N
		port set b mac $M
	END
	ports '{ "name": "a", "dev": "db" }, { "name": "b", "dev": "da" }' >"$WORK/to"
	commands "two devices change places" <<-END
		port del a
		port del b
		port add vsw0 a dev db
		port add vsw0 b dev da
	END
	ports "{ $A }" >"$WORK/from"
	ports "{ $A, \"vlan\": 1 }" >"$WORK/to"
	commands "frames follow from VLANs" <<<"port set a frames untagged"
	ports "{ $A, \"vlans\": [ {\"first\": 3, \"flags\": [\"pvid\"]},
		{\"first\": 4, \"last\": 5, \"flags\": [\"untagged\"]} ], \"frames\": \"tagged\" }" >"$WORK/to"
	commands "VLANs that are no trunk" <<-END
		port set a trunk 3-5 frames tagged
		vlan add a vid 3 pvid
		vlan add a vid 4-5 untagged
	END
	UPLINK='{ "dev": "pf", "trunk": "10-20" }' ports "{ \"name\": \"v\", \"pf\": \"pf\",
		\"vf\": 0, \"vlan\": 10, \"mac\": \"$M\" }" >"$WORK/from"
	UPLINK='{ "dev": "pf", "trunk": "15-30" }' ports "{ \"name\": \"v\", \"pf\": \"pf\",
		\"vf\": 0, \"vlan\": 30, \"mac\": \"$M\" }" >"$WORK/to"
	commands "an uplink carries what a VF uses, always" <<-END
		vlan add pf vid 21-30
		port set v vlan 30
		uplink set pf trunk 15-30
	END
	UPLINK='{ "dev": "pf", "name": "p", "trunk": "10-20" }' ports "{ $A, \"pin\": \"p\" }" \
		'"primary": "p"' >"$WORK/from"
	UPLINK='{ "dev": "pg", "name": "p", "trunk": "10-20" }' ports "{ $A, \"pin\": \"p\" }" \
		'"primary": "p"' >"$WORK/to"
	commands "who prefers an uplink prefers the new one" <<-END
		uplink del p
		uplink add vsw0 pg name p trunk 10-20
		port set a pin p
		switch set vsw0 primary p
	END
	"$CONFIG" diff "$WORK/from" "$WORK/to" >"$WORK/out" 2>&1 &&
		grep -q "^~ uplink p of vsw0 is made anew:$" "$WORK/out"
	result $? "and it says so"
	# What no transaction can do is shown, and is no command of it.
	UPLINK='{ "dev": "pf", "vfs": 2 }' ports "{ $A }" >"$WORK/from"
	UPLINK='{ "dev": "pf", "vfs": 4 }' \
		ports "{ $A, \"fastpath\": \"xdp\" }, { $B, \"pcp\": 1, \"fastpath\": \"xdp\" }" \
		>"$WORK/to"
	commands "VFs and the fast path are no part of a transaction" <<-END
		port add vsw0 b dev db pcp 1
	END
	"$CONFIG" diff "$WORK/from" "$WORK/to" >"$WORK/out" 2>&1 &&
		diff "$WORK/out" - <<-END >"$WORK/diff"
		~ port a of vsw0
		    fastpath none -> xdp
		+ port b of vsw0: dev db pcp 1 fastpath xdp
		~ uplink pf of vsw0
		    vfs 2 -> 4
	END
	result $? "and they are shown"
	UPLINK='{ "dev": "pf" }' ports "{ $A }" >"$WORK/to"
	"$CONFIG" diff "$WORK/from" "$WORK/to" >"$WORK/out" 2>&1 && [ ! -s "$WORK/out" ]
	result $? "VFs that nobody speaks of stay"
	ports "{ $A }, { $B }" "\"fdb\": [ { \"mac\": \"$M\", \"port\": \"a\" },
		{ \"mac\": \"$N\", \"port\": \"b\" } ]" >"$WORK/from"
	ports "{ \"name\": \"a\", \"dev\": \"dc\" }, { $B }" "\"fdb\": [
		{ \"mac\": \"$M\", \"port\": \"a\" } ]" >"$WORK/to"
	commands "entries go and come with their port" <<-END
		fdb del $N switch vsw0 vid 1
		port del a
		port add vsw0 a dev dc
		fdb add $M port a vid 1
	END
}

# What is written is what was read.
again()
{
	"$CONFIG" json "$1" >"$WORK/again" 2>"$WORK/out" &&
		"$CONFIG" commands "$1" "$WORK/again" >"$WORK/out" 2>&1 &&
		[ ! -s "$WORK/out" ]
	result $? "written and read again: $2"
	fits_schema yes "$WORK/again" "$2"
}

again_tests()
{
	local vlans

	for vlans in '"vlan": 5' '"vlan": "none"' '"trunk": "1-5,9"' \
		'"trunk": "1-5", "native": 3' '"vlan": 1' '"vlan": 1, "frames": "all"' \
		'"trunk": 1, "frames": "untagged"' '"vlans": []' \
		'"vlans": [{"first":1,"last":9,"flags":["untagged"]},{"first":10,"flags":["pvid"]},{"first":11}]'; do
		port "\"dev\": \"d\", $vlans" >"$WORK/file"
		again "$WORK/file" "$vlans"
	done
	switch '"ageing": "off", "default-pvid": "none", "mac": "52:54:00:00:00:01"' \
		"$VF" '"host": { "trunk": "1-9" }' '"ports": [
		{ "name": "a", "pf": "pf", "vf": 0, "vlan": 11, "mac": "52:54:00:00:00:01",
		  "max-tx-rate": "2.5gbit", "spoofchk": false, "optional": true },
		{ "name": "b", "pf": "pf", "vf": "any", "dev": "d", "path": "vf", "vlan": 12,
		  "mac": "52:54:00:00:00:01" } ]' >"$WORK/file"
	again "$WORK/file" "VFs"
	switch '"uplinks": [ { "dev": "pf", "vfs": 4, "fastpath": "xdp" } ]' \
		'"ports": [ { "name": "a", "dev": "d", "fastpath": "xdp" } ]' >"$WORK/file"
	again "$WORK/file" "VFs and fast path"
	"$CONFIG" json "$WORK/file" | grep -c '"fastpath":"xdp"\|"vfs":4' >"$WORK/out"
	[ "$(cat "$WORK/out")" = 3 ]
	result $? "and they are in it"
}

usage_tests()
{
	local words

	while read -r words; do
		# shellcheck disable=SC2086
		"$VSWCTL" config $words >"$WORK/out" 2>&1
		[ $? = 2 ]
		result $? "usage: config $words"
	done <<-END
		apply --confirm
		apply --confirm 0 x
		apply --confirm 86401 x
		apply --fast x
		apply x y
		apply --prune --only-missing x
		diff x y
		attach
		check x y
		save x y
		show x
		aply
	END
}

# In one go, because python takes its time
schema_tests()
{
	local status what

	"${PYTHON:-python3}" ./config-schema.py "$SCHEMA" <"$WORK/schemas" \
		>"$WORK/answers" 2>"$WORK/out"
	[ "$(wc -l <"$WORK/answers")" = "$SCHEMAS" ]
	result $? "the schema has an answer to all"
	while read -r status what; do
		result "$status" "the schema: $what"
	done <"$WORK/answers"
}

echo "KTAP version 1"
good_tests
bad_tests
diff_tests
again_tests
schema_tests
usage_tests
finish
