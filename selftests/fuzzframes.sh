#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Frames, right and wrong, drawn at random, through switches and bridges that are
# configured at random: what comes out is what a model of 802.1Q says, and the test
# notices when it is not. See framefuzz/fuzz.py.
#
#	tapa ----+        +---- vetha		tapa to tapc: taps, each of which
#	tapb ----+  vsw0  +---- vethb		takes frames in its own way
#	tapc ----+  br0   +---- up		up, vethb: uplinks now and then
#	            |
#	          the host
#
# VSW_SEED=N and VSW_SECONDS=N make it another run, or a long one.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# prepare: what fuzz.py cannot do
prepare()
{
	local module

	for module in tun veth bridge 8021q dummy sch_ingress cls_matchall \
		      act_mirred act_gact; do
		modprobe "$module" || skip "needs the module $module"
	done
	# Fragments come through NAPI, which hands on eight frames at a time.
	sysctl -qw net.core.gro_normal_batch=1
	load_vsw
}

# fuzz COMMAND [KEY=VALUE...]
fuzz()
{
	local words=("$@")

	prepare
	# Only the usual frames are known to show all that is wrong on purpose.
	[ -z "${VSW_SEED-}" ] || [ "$1" != run ] || words+=("SEED=$VSW_SEED")
	python3 -B "$VSW_TOP/selftests/framefuzz/fuzz.py" "${words[@]}" ||
		fail "fuzz.py ${words[*]}"
}

# The switch, and a bridge that differs from it where framefuzz/model.py says so
as_the_model_says()
{
	fuzz run ROUNDS=12 ${VSW_SECONDS+"SECONDS=$VSW_SECONDS"} \
		${VSW_SAMPLES+"SAMPLES=$VSW_SAMPLES"}
}

fast_path()
{
	local out

	need_btf
	out=$(mktemp)
	defer rm -f "$out"
	fuzz run FIRST=100 ROUNDS=5 BRIDGE=0 FASTPATH=1 >"$out"
	cat "$out"
	grep -q "by the fast path: [1-9]" "$out" ||
		fail "the fast path forwarded nothing"
}

# What a bridge does otherwise is told to users as the test knows it.
differences_are_documented()
{
	local name text count=0

	while IFS=$'\t' read -r name text; do
		grep -qF "| $name | $text |" "$VSW_TOP/Documentation/datapath.md" ||
			fail "not in datapath.md: $name: $text"
		count=$((count + 1))
	done < <(python3 -B "$VSW_TOP/selftests/framefuzz/fuzz.py" differences)
	[ $count -gt 9 ] || fail "$count differences"
}

wrong_models_are_noticed()
{
	fuzz plants BRIDGE=0 ROUNDS=12
}

trouble_is_noticed()
{
	fuzz trouble BRIDGE=0 FRAMES=60
}

run_cases as_the_model_says fast_path wrong_models_are_noticed \
	trouble_is_noticed differences_are_documented
