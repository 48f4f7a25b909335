#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hours of random configuration and traffic, on kernels with checkers. Two lanes run
# side by side:
#
#	frames	fuzzframes in User-Mode Linux, one guest all the time: what comes out is
#		what a model says, counters add up, the table is that of the model
#	tests	all selftests in QEMU on debug, kcsan and 6.12 in turn, beginning with
#		those that change most at once, and walks and failures at random in
#		User-Mode Linux; a guest each, and in each round another seed
#
# Usage: soak.sh HOURS		a fraction will do
#
# VSW_SEED=N draws the frames of another run. VSW_SOAK_KERNELS="debug" leaves kernels
# out. What it finds, report.md and pictures of memory and rates are in build/soak.
# The last line is "N passed, N failed".

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"

[ $# -eq 1 ] || die "usage: soak.sh HOURS"
SECONDS_LONG=$(awk -v hours="$1" 'BEGIN { printf "%d", hours * 3600 }')
[ "$SECONDS_LONG" -gt 0 ] || die "soak: '$1' is no number of hours"
OUT=$VSW_TOP/build/soak
read -ra KERNELS <<< "${VSW_SOAK_KERNELS:-debug uml kcsan 6.12}"
FIRST=(storm stress nicsync keeper failover batch)
# Frames at random have a lane.
RANDOM_ONES=(walk faults)

# told COMMAND...: how it ended is told to report.py, whatever it has printed
told()
{
	"$@" 2>&1
	echo "# ended with status $?: $*"
}

# check KERNEL TEST...: with the modules of that kernel
check()
{
	told make --no-print-directory -C "$VSW_TOP" check KERNEL="$1" TESTS="${*:2}"
}

frames()
{
	VSW_SEED=$SEED VSW_SECONDS=$SECONDS_LONG VSW_SAMPLES=20 \
		VSW_TEST_TIMEOUT=$((SECONDS_LONG + 3600)) \
		VSW_GUEST_TIMEOUT=$((SECONDS_LONG * 2 + 7200)) \
		check uml fuzzframes
}

# tests_of KERNEL: on one with checkers also whether those find anything
tests_of()
{
	if [ "$1" = uml ]; then
		echo "${RANDOM_ONES[@]}"
		return
	fi
	echo "${FIRST[@]}"
	"$here/../list.sh"
	[ "$1" = 6.12 ] || echo planted
}

tests()
{
	local round kernel test steps

	for ((round = 1; ; round++)); do
		for kernel in "${KERNELS[@]}"; do
			# Of a walk; elsewhere as many as usual
			steps=''
			[ "$kernel" != uml ] || steps=10000
			for test in $(tests_of "$kernel"); do
				[ "$(date +%s)" -lt "$END" ] || return
				echo "# round $round, at $(($(date +%s) - START)) s"
				VSW_SEED=$((SEED + round)) VSW_WALK_STEPS=$steps \
					check "$kernel" "$test"
			done
		done
	done
}

# shellcheck disable=SC2317
stop()
{
	kill -- "-$FRAMES" 2>/dev/null
	exit 130
}

# Built first, one after the other: the lanes share a tree.
prepare()
{
	local kernel

	for kernel in uml "${KERNELS[@]}"; do
		make --no-print-directory -C "$VSW_TOP" KERNEL="$kernel" \
			guest-modules vswctl bpf >"$OUT/build.log" 2>&1 || {
			cat "$OUT/build.log"
			die "soak: nothing to run on $kernel"
		}
	done
}

mkdir -p "$OUT"
rm -f "$OUT"/*
prepare
SEED=${VSW_SEED:-$(date +%s)} START=$(date +%s)
END=$((START + SECONDS_LONG))
export VSW_JOBS=1
echo "# soak: seed $SEED, $SECONDS_LONG s, output in ${OUT#"$VSW_TOP/"}"
set -m
frames >"$OUT/frames.log" </dev/null &
FRAMES=$!
trap stop INT TERM HUP
tests </dev/null | tee "$OUT/tests.log" | grep --line-buffered -E '^(not ok|# FAIL|# round)'
wait "$FRAMES"
exec /usr/bin/python3 -B "$here/report.py" "$OUT" "$SEED"
