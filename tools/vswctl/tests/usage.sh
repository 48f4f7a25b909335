#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What vswctl does with what it is given, without the module. Prints KTAP.

VSWCTL=${VSWCTL:-$(dirname "$0")/../vswctl}
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"


# Run vswctl; exit code and stderr (a pattern, or "" for nothing) must match
expect()
{
	local code=$1 pattern=$2
	shift 2

	"$VSWCTL" "$@" > "$WORK/out" 2> "$WORK/err" < /dev/null
	[ $? = "$code" ] && if [ -n "$pattern" ]; then
		grep -q -e "$pattern" "$WORK/err"
	else
		[ ! -s "$WORK/err" ]
	fi
	result $? "[$code] vswctl $*"
}

expect_out()
{
	local pattern=$1
	shift

	expect 0 "" "$@"
	grep -q -e "$pattern" "$WORK/out"
	result $? "vswctl $*: prints $pattern"
}

batch()
{
	printf '%s\n' "$@" > "$WORK/batch"
}

help_tests()
{
	local object

	expect_out "^OPTIONS:" help
	expect_out "^OPTIONS:" -h
	expect_out "^OPTIONS:" --help
	expect_out "^vswctl [0-9]" -V
	for object in switch port uplink vlan fdb vf stats monitor top metrics \
		profile config trace explain import version; do
		expect_out "^vswctl .*$object" "$object" help
		expect_out "^vswctl .*$object" "$object" -h
	done
	expect_out "^vswctl .*port" port add vsw0 web1 --help
}

usage_tests()
{
	local mac=52:54:00:aa:00:01

	expect 2 "what is to be done" -j
	expect 2 "invalid option" -x
	expect 2 "requires an argument" -n
	expect 2 "no object 'ports'" ports
	expect 2 "no object 'sw'" sw show
	expect 2 "no verb 'sho'; it has show, add, set, failover, del, export, import, help" port sho
	expect 2 "see vswctl port help" port sho

	expect 2 "the name of the switch is missing" switch add
	expect 2 "the name of the switch is empty" switch add ""
	expect 2 "longer than 15" switch add a-name-that-is-too-long
	expect 2 "unknown keyword 'mtu'; valid here: ageing, default-pvid" \
		switch add vsw0 mtu 9000
	expect 2 "unknown keyword 'mac'" switch set vsw0 mac $mac
	expect 2 "unexpected word 'now'" switch del vsw0 now
	expect 2 "unexpected word 'b'" switch show a b
	expect 2 "'ageing' has no value" switch add vsw0 ageing
	expect 2 "ageing 'x' is not a number" switch add vsw0 ageing x
	expect 2 "default-pvid '0' is not a VID" switch add vsw0 default-pvid 0
	expect 2 "is not a MAC address" switch add vsw0 mac 1:2:3
	expect 2 "none of none, active-backup, port-hash" \
		switch set vsw0 teaming lacp
	expect 2 "longer than 31" switch set vsw0 primary \
		a-name-of-more-than-thirty-one-characters

	expect 2 "the name of the port is missing" port add vsw0
	expect 2 "what is the port" port add vsw0 web1
	expect 2 "longer than 31" port add vsw0 \
		a-name-of-more-than-thirty-one-characters dev lo
	expect 2 "exclude each other" port set web1 dev lo vf lo/0
	expect 2 "none of soft, vf" port add vsw0 web1 dev lo vf lo/0 path fast
	expect 2 "is not a VF such as" port add vsw0 web1 vf lo
	expect 2 "'4095' is not a VID: 1 to 4094" \
		port add vsw0 web1 dev lo vlan 4095
	expect 2 "'0' is not a VID: 1 to 4094" \
		port add vsw0 web1 dev lo vlan 0
	expect 2 "ends before it begins" port add vsw0 web1 dev lo trunk 9-5
	expect 2 "exclude each other" \
		port add vsw0 web1 dev lo vlan 5 trunk 6
	expect 2 "'native' needs 'trunk'" port add vsw0 web1 dev lo native 6
	expect 2 "'dev' stands twice" port add vsw0 web1 dev lo dev lo
	expect 2 "'native' needs 'trunk'" port set web1 native 5
	expect 2 "none of xdp, none" port set web1 fastpath yes
	expect 2 "unknown keyword 'fastpath'" port add vsw0 web1 fastpath xdp
	expect 2 "none of auto, enable, disable, follow-team" \
		port set web1 link-state up
	expect 2 "none of strict, best-effort" port set web1 enforcement lax
	expect 2 "none of enforce, observe" port set web1 on-drift ignore
	expect 2 "none of 8021q, 8021ad" port set web1 vlan-proto qinq
	expect 2 "none of manual, auto" port set web1 failover never
	expect 2 "the path, soft or vf is missing" port failover web1
	expect 2 "none of soft, vf" port failover web1 hard
	expect 2 "unexpected word 'now'" port failover web1 soft now
	expect 2 "none of leave, park" uplink set web1 unowned hide
	expect 2 "pin '' is empty" port set web1 pin ""
	expect 2 "unknown keyword 'uplink'" port set web1 uplink up0
	expect 2 "filter-max 'few' is not a number" \
		uplink set web1 filter-max few
	expect 2 "none of report, promisc" uplink set web1 filter-overflow drop
	expect 2 "is not a VF such as" vf bind lo
	expect 2 "is not a VF such as" vf bind lo/any
	expect 2 "the VF is missing" vf unbind
	expect 2 "vfs 'many' is not a number" uplink set web1 vfs many
	expect 2 "id '-1' is not a number" port del web1 id -1
	expect 2 "not a whole number of Mbit/s" \
		port set web1 max-tx-rate 500kbit
	expect 2 "'switch' has no value" port show switch

	expect 2 "the net device is missing" uplink add vsw0
	expect 2 "unknown keyword 'vf'" uplink add vsw0 lo vf lo/0

	expect 2 "which VLANs" vlan add web1
	expect 2 "takes one VID" vlan add web1 vid 5,7 pvid
	expect 2 "unknown keyword 'untagged'" vlan del web1 vid 5 untagged
	expect 2 "unknown keyword '5'" vlan add web1 5

	expect 2 "is not a MAC address" fdb add web1 port web1
	expect 2 "which port" fdb add $mac
	expect 2 "exclude each other" fdb add $mac port web1 static sticky
	expect 2 "exclude each other" fdb add $mac port web1 static dynamic
	expect 2 "which switch" fdb get $mac vid 5
	expect 2 "which switch" fdb flush
	expect 2 "unknown keyword 'local'" fdb add $mac port web1 local
	expect 2 "none of dynamic, sticky, static, local" fdb show type stale

	expect 2 "the name of the port is missing" explain
	expect 2 "the name of the port is empty" explain ""
	expect 2 "say 'dst MAC'" explain web1
	expect 2 "dst '1' is not a MAC" explain web1 dst 1
	expect 2 "dst '' is not a MAC" explain web1 dst ""
	expect 2 "'dst' has no value" explain web1 dst
	expect 2 "'dst' stands twice" explain web1 dst $mac dst $mac
	expect 2 "unknown keyword 'to'; valid here: dst, src, vlan, pcp" \
		explain web1 to $mac
	expect 2 "vlan '4096' is no tag" explain web1 dst $mac vlan 4096
	expect 2 "vlan 'none' is no tag" explain web1 dst $mac vlan none
	expect 2 "pcp '8' is no priority" explain web1 dst $mac vlan 5 pcp 8
	expect 2 "only a tag has a priority" explain web1 dst $mac pcp 3
	expect 2 "ethertype 'ip' is no EtherType" \
		explain web1 dst $mac ethertype ip
	expect 2 "ethertype '-800' is no EtherType" \
		explain web1 dst $mac ethertype -800
	expect 2 "ethertype '10000' is no EtherType" \
		explain web1 dst $mac ethertype 10000
	expect 2 "0x8100 is a tag" explain web1 dst $mac ethertype 0x8100
	expect 2 "length '13' is no length" explain web1 dst $mac length 13
	expect 2 "path 'vf' is not 'soft'" explain web1 dst $mac path vf

	expect 2 "the name of the port is missing" trace
	expect 2 "count '0' is no number" trace web1 count 0
	expect 2 "count '-1' is no number" trace web1 count -1
	expect 2 "vlan '4095' is not a VID" trace web1 vlan 4095
	expect 2 "mac 'any' is not a MAC" trace web1 mac any
	expect 2 "unknown keyword 'vid'" trace web1 vid 5

	expect 2 "unknown keyword 'config'; valid here: switch, port" \
		monitor all config
	expect 2 "unknown keyword 'vlan'" monitor vlan
	expect 2 "the name of the switch is missing" monitor switch
	expect 2 "longer than 15" monitor switch a-name-that-is-too-long
	expect 2 "longer than 31" monitor port \
		a-name-of-more-than-thirty-one-characters
	expect 2 "objects 'uplink' is none of switch, port, vlan, fdb, vf, batch" \
		monitor objects port,uplink
	expect 2 "events '' is none of new, del, drifted" monitor events new,
	expect 2 "events is missing" monitor events

	expect 2 "'0' is not a number of seconds from 0.1 to 3600" \
		top interval 0
	expect 2 "'nan' is not a number" top interval nan
	expect 2 "'2s' is not a number" top interval 2s
	expect 2 "the interval is missing" top interval
	expect 2 "sort 'rx' is none of rx-bits, tx-bits" top sort rx
	expect 2 "count '0' is nothing to show" top count 0
	expect 2 "count '-1' is not a number" top count -1
	expect 2 "unknown keyword 'show'; valid here: switch, interval" top show

	expect 2 "no verb 'read'; it has show, write, http, help" metrics read
	expect 2 "unexpected word 'influx'" metrics show influx
	expect 2 "the file is missing" metrics write
	expect 2 "unexpected word 'b'" metrics write a b
	expect 2 "unexpected word" metrics http 80
}

environment_tests()
{
	expect 1 "cannot open network namespace 'no-such'" -n no-such port
	expect 1 "No such file" -b "$WORK/no-such"
	expect 2 "exclude each other" -b "$WORK/no-such" port show
}

# Only where the module is not there
module_tests()
{
	local code

	"$VSWCTL" switch > /dev/null 2>&1
	code=$?
	if [ $code != 3 ]; then
		result 0 "exit code 3 # SKIP the module is loaded"
		return
	fi
	expect 3 "the vsw module is not loaded: modprobe vsw" switch
	expect 3 "not loaded" -j port show
	expect 3 "not loaded" port add vsw-none web1 dev lo
	expect 3 "not loaded" monitor
	expect 3 "not loaded" explain web1 dst 52:54:00:aa:00:01
	expect 3 "not loaded" trace web1
	expect 3 "there is no switch nosuch0 yet" monitor switch nosuch0
	expect 3 "not loaded" top
	expect 3 "not loaded" -j top count 1
	expect 3 "not loaded" metrics
	expect 3 "not loaded" metrics write "$WORK/vsw.prom"
	[ -z "$(ls "$WORK"/*.prom "$WORK"/.??* 2>/dev/null)" ]
	result $? "metrics write: no file of nothing"
	expect 3 "not loaded" version
	grep -q "^vswctl  *[0-9]" "$WORK/out"
	result $? "version: that of vswctl all the same"
}

# state TEXT: a file for port import
state()
{
	printf '%s' "$1" > "$WORK/state"
}

# bad_state PATTERN: the file is refused, and so is told
bad_state()
{
	expect 1 "$WORK/state:$1" port import "$WORK/state" dev lo
}

import_tests()
{
	local good='"version": 1, "name": "a", "switch": "s", "policy": {}'
	local vlans='"vlans": []' fdb='"fdb": []' mac='"mac": "52:54:00:00:00:01"'

	expect 2 "the file is missing" port import
	expect 2 "what is the port here" port import "$WORK/state"
	expect 2 "unknown keyword 'to'; valid here: dev, vf, switch, name" \
		port import "$WORK/state" to lo
	expect 2 "'dev' has no value" port import "$WORK/state" dev
	expect 2 "addresses 'some'" \
		port import "$WORK/state" dev lo addresses some
	expect 1 "none: No such file" port import "$WORK/none" dev lo
	state ""
	bad_state "1: there is nothing in it"
	state "{$good, $vlans, \"fdb\": ["
	bad_state ".* did not find expected"
	state '[]'
	bad_state "1: that is no state of a port"
	state "{$good}"
	bad_state "1: 'vlans' is missing"
	state "{$good, $vlans, $fdb,
		\"x\": 1}"
	bad_state "2: unknown key 'x'; valid here: version, name"
	state "{$good, $vlans, $fdb, \"name\": \"b\"}"
	bad_state "1: 'name' stands twice"
	state "{${good/: 1/: 2}, \"x\": 1}"
	bad_state "1: .*it needs a newer vswctl"
	state "{${good/: 1/: 99999999999999999999}, $vlans, $fdb}"
	bad_state "1: version '99999999999999999999' is no version"
	state "{${good/\"a\"/\"\"}, $vlans, $fdb}"
	bad_state "1: name ''"
	state "{${good/\{\}/\{\"pcp\": 1\}}, $vlans, $fdb}"
	bad_state "1: 'pcp' .*a string in quotes"
	state "{${good/\{\}/\{
		\"learning\": \"maybe\"\}}, $vlans, $fdb}"
	bad_state "2: learning 'maybe'"
	state "{${good/\{\}/\{\"color\": \"red\"\}}, $vlans, $fdb}"
	bad_state "1: unknown key 'color'; valid here: mac, pcp"
	state "{${good/\{\}/\{\"vlan\": \"5\"\}}, $vlans, $fdb}"
	bad_state "1: unknown key 'vlan'"
	state "{${good/\{\}/\{\"dev\": \"lo\"\}}, $vlans, $fdb}"
	bad_state "1: unknown key 'dev'"
	state "{$good, \"vlans\": [{\"last\": 1}], $fdb}"
	bad_state "1: VLANs need their first VID"
	state "{$good, \"vlans\": [{\"first\": 65546}], $fdb}"
	bad_state "1: first '65546' is not a VID"
	state "{$good, \"vlans\": [{\"first\": 20, \"last\": 10}], $fdb}"
	bad_state "1: a range of VLANs ends before it begins"
	state "{$good, \"vlans\": [{\"first\": 1, \"last\": 9},
		{\"first\": 7}], $fdb}"
	bad_state "2: VLAN 7 stands twice"
	state "{$good, $vlans, \"fdb\": [{$mac, \"vid\": 1}]}"
	bad_state "1: 'type' is missing"
	state "{$good, $vlans, \"fdb\": [{$mac, \"vid\": 1, \"type\": \"local\"}]}"
	bad_state "1: 'type' .*\"dynamic\", \"sticky\" or \"static\""
	state "{$good, $vlans, \"fdb\": [
		{$mac, \"vid\": 65537, \"type\": \"static\"}]}"
	bad_state "2: vid '65537' is not a VID"
	state "{$good, $vlans, \"fdb\": [{\"mac\": \"1\", \"vid\": 1,
		\"type\": \"static\"}]}"
	bad_state "1: mac '1' is not a MAC"
	truncate -s 100M "$WORK/state"
	bad_state " more than"
	if [ -e /sys/module/vsw ]; then
		return
	fi
	state "{$good, $vlans, $fdb}"
	expect 3 "not loaded" port import "$WORK/state" dev lo
}

batch_tests()
{
	batch "# nothing" "" "   " "help # me" "port 'help'"
	expect_out "^OPTIONS:" -b "$WORK/batch"
	batch "help" "frob" "port help"
	expect 1 "batch:2: no object 'frob'" -b "$WORK/batch"
	! grep -q "^POLICY" "$WORK/out"
	result $? "a batch ends with the first failure"
	expect 1 "batch:2: no object 'frob'" -f -b "$WORK/batch"
	grep -q "^POLICY" "$WORK/out"
	result $? "a batch goes on with -f"
	expect 2 "is for a batch" -a port show
	expect 2 "excludes --force" -a -f -b "$WORK/batch"
	expect 2 "belong together" -a -b "$WORK/batch" -u "$WORK/batch"
	expect 2 "belong together" -b "$WORK/batch" -c 5 -u "$WORK/batch"
	expect 2 "confirm '0' is no number of seconds" -a -c 0
	batch "help" "fdb flush switch lo"
	expect 1 "batch:2: a flush is no part" -a -b "$WORK/batch"
	batch "uplink set web1 vfs 4"
	expect 1 "batch:1: 'vfs' is no part" -a -b "$WORK/batch"
	batch "port 'show"
	expect 1 "batch:1: a quote does not end" -b "$WORK/batch"
	printf 'port show a b' > "$WORK/batch"
	expect 1 "batch:1: unexpected word 'b'" -b "$WORK/batch"
	batch "monitor -j -t bogus" "profile show"
	VSW_PROFILES=$WORK/none expect 1 "batch:1: unknown keyword" -f -b "$WORK/batch"
	grep -q "^PROFILE" "$WORK/out" || [ ! -s "$WORK/out" ]
	result $? "-j of one line is for that line"
	batch "$(printf 'frob\033[2J\007')"
	expect 1 "batch:1: no object 'frob?\[2J?'" -b "$WORK/batch"
	expect 1 "vswctl: no?such: No such file" config check "$(printf 'no\033such')"
	head -c 4096 /dev/urandom > "$WORK/batch"
	"$VSWCTL" -f -b "$WORK/batch" > "$WORK/out" 2> "$WORK/err"
	[ $? = 1 ]
	result $? "a batch of noise"
}

echo "KTAP version 1"
help_tests
usage_tests
environment_tests
module_tests
batch_tests
import_tests
finish
