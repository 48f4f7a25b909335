#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Profiles as files: no kernel is needed for that. Prints KTAP.

set -u
cd "$(dirname "$0")" || exit 1
VSWCTL=${VSWCTL:-../vswctl}
# shellcheck source-path=SCRIPTDIR
. ./lib.sh
export VSW_PROFILES=$WORK/deep/er

# expect STATUS PATTERN ARGUMENT...: of vswctl profile, or of vswctl $OPTIONS
expect()
{
	local want=$1 pattern=$2

	shift 2
	# shellcheck disable=SC2086
	"$VSWCTL" ${OPTIONS:-${JSON:-} profile "$@"} >"$WORK/out" 2>&1
	[ $? -eq "$want" ] && grep -qE -- "$pattern" <<<"$(cat "$WORK/out")"
	result $? "[$want] profile $*: $pattern"
}

echo "KTAP version 1"
expect 0 "^PROFILE" show
expect 0 "" add base vlan 100 pcp 2
expect 1 "exists already" add base vlan 100
expect 0 "" add web base base isolated on
expect 0 "web +base +0 +vlan 100, pcp 2, isolated on" show
JSON=-j expect 0 '"effective":\{"vlan":"100","pcp":"2","isolated":"on"\}' show web
expect 1 "base > web > base: the bases go in a circle" set base base web
expect 1 "base > base: the bases go in a circle" set base base base
expect 1 "there is no profile 'nosuch'" set web base nosuch
expect 1 "there is no profile 'nosuch'" set nosuch vlan 1
expect 1 "there is no profile 'nosuch'" show nosuch
expect 1 "there is no profile 'nosuch'" del nosuch
expect 2 "the name of the profile is missing" add
expect 2 "is no name" add ../evil vlan 1
expect 2 "is no name" add .hidden vlan 1
expect 2 "is no name" add "$(printf 'x%.0s' {1..32})" vlan 1
expect 2 "a port's own" add x mac 52:54:00:00:00:01
expect 2 "a port's own" add x dev lo
expect 2 "a port's own" add x profile web
expect 2 "'vlan' has no value" add x vlan
expect 2 "vlan '5000' is not a VID" add x vlan 5000
expect 2 "unknown keyword 'color'" add x color red
expect 2 "'native' needs 'trunk'" add x native 5
expect 0 "" set web trunk 10,20 native 5
expect 0 "trunk 10,20, native 5" show
expect 1 "used by profile web" del base
expect 1 "used by profile web" del base force

# What stands nearer wins, also over what it excludes.
for i in 1 2 3 4 5 6; do
	expect 0 "" add "p$i" base "$([ $i = 1 ] && echo web || echo p$((i - 1)))"
done
expect 1 "too many bases" add p7 base p6
# Nor may what it is based on become too deep.
expect 0 "" set p1 base none
expect 0 "" add p7 base p6
expect 0 "" add p8 base p7
expect 1 "p7 > p6 > p5 > p4 > p3 > p2 > p1 > web > base: too many bases" \
	set p1 base web
expect 1 "p1 > p8 > .* > p1: the bases go in a circle" set p1 base p8
expect 0 "p8 +p7 " show
expect 0 "" del p8 --force
expect 0 "" del p7
"$VSWCTL" profile set p6 base none

# A name is one in the directory.
cp "$VSW_PROFILES/web.json" "$WORK/out.json"
expect 1 "there is no profile '../../out'" set web base ../../out
expect 1 "there is no profile '../../out'" show ../../out
# Other commands of a batch are not to go with it, or without it.
echo "profile set web pcp 3" >"$WORK/batch"
OPTIONS="-a -b $WORK/batch" expect 1 "batch:1: a profile changes in a transaction of its own"

# A file that is none is told, and nothing happens to it.
bad()
{
	printf '%s' "$2" >"$VSW_PROFILES/bad.json"
	expect 1 "bad.json: .*$1" show bad
	expect 1 "bad.json: .*$1" set bad vlan 1
}

bad "no JSON" ""
bad "no JSON" '{"version": 1, "policy": {'
bad "no JSON object" '[1]'
bad "version is missing" '{}'
bad "newer vswctl" '{"version": 2, "policy": {}}'
bad "policy is missing" '{"version": 1}'
bad "no string" '{"version": 1, "policy": {"vlan": 1}}'
bad "beside version" '{"version": 1, "policy": {}, "x": 1}'
bad "base is no name" '{"version": 1, "policy": {}, "base": 1}'
bad "base is no name" '{"version": 1, "policy": {}, "base": "../x"}'
bad "control character" '{"version": 1, "policy": {"vlan": "1\u001b[2J"}}'
bad "control character" '{"version": 1, "policy": {"vlan\n": "1"}}'
truncate -s 20M "$VSW_PROFILES/bad.json"
expect 1 "too large" show bad
# It hides no other.
expect 1 "^web " show
expect 1 "bad.json: .*too large" show
rm "$VSW_PROFILES/bad.json"

# What cannot be written leaves the old one.
before=$(cat "$VSW_PROFILES/web.json")
mkdir "$VSW_PROFILES/web.json.new"
expect 1 "web.json.new" set web pcp 7
rmdir "$VSW_PROFILES/web.json.new"
[ "$before" = "$(cat "$VSW_PROFILES/web.json")" ]
result $? "the profile is as it was"

# Two at once are one after the other.
for i in {1..20}; do
	"$VSWCTL" profile set web fdb-max "$i" &
	"$VSWCTL" profile set web pcp "$((i % 8))" &
done
wait
expect 0 "pcp .*fdb-max|fdb-max .*pcp" show web
expect 0 "" del p6
expect 1 "no profile 'p6'" show p6
finish
