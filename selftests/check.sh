#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All tests: static checks, vswctl's own tests, selftests in guests. Everything has
# been installed and built by "make check", which calls this.
#
# Usage: check.sh KERNEL [TEST...]
#
# TEST is the name of a selftest, or "all" for all selftests; without one the
# static checks, the tests of vswctl and the unit tests of the tables run too, and
# the selftests of the datapath (VSW_FASTPATH_TESTS) once more with the fast path on every
# tap.
#
# On kernels with checkers, debug, kcsan and uml, all selftests run (on the first two the
# datapath by the fast path, too), and "planted":
# whether the checkers find bugs. "mutants" is whether the tests do, with two bugs; it
# runs where it is named.
#
# Each selftest has a guest of its own, so that what it leaves behind meets no other
# one. Jobs run side by side, VSW_JOBS of them (by default one for each CPU); what
# one has printed is shown when it is done, whole. With VSW_DEADLINE=TIME, in
# seconds as of date +%s, no job begins later but for those in VSW_ALWAYS, and that is
# said. Those in VSW_WITHOUT do not run.
#
# The last line is "N passed, N failed".

set -u

dir=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$dir")
kernel=$1
shift
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
touch "$work/results"
read -ra FASTPATH_TESTS <<<"${VSW_FASTPATH_TESTS:-vlan datapath fdb flow team frames hostile}"
HARDWARE=(--sriov)
# An emulated CPU that waits for another one costs as much as one that works: only
# what happens at the same time has two, and all of it where data races are looked for.
SMP_TESTS=(flow smoke stress storm batch fastpath)
CPUS=1
# After the deadline what has failed may still be tried again for so long.
RETRY_SECONDS=400

# A guest has 2.5 GiB, and QEMU needs some itself.
how_many_jobs()
{
	local jobs memory

	jobs=$(nproc)
	memory=$(awk '/^MemAvailable:/ { print int($2 / (3.5 * 1024 * 1024)) }' \
		/proc/meminfo)
	[ "$jobs" -le "$memory" ] || jobs=$memory
	[ "$jobs" -ge 1 ] || jobs=1
	echo "$jobs"
}

add_failure()
{
	echo "not ok - $*"
	failed=$((failed + 1))
}

# ktap COMMAND...: run something that prints KTAP
ktap()
{
	local status pass fail

	"$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	pass=$(grep -cE '^ok ' "$log")
	fail=$(grep -cE '^not ok ' "$log")
	passed=$((passed + pass)) failed=$((failed + fail))
	[ "$status" -eq 0 ] || [ "$fail" -gt 0 ] ||
		add_failure "$name ended with status $status"
}

# guest TEST...: selftests in a guest
guest()
{
	local status line cpus=$CPUS

	[[ " ${SMP_TESTS[*]} " != *" $1 "* ]] || cpus=2
	"$dir/vm/boot.sh" --kernel "$kernel" "${HARDWARE[@]}" --cpus "$cpus" --silence "${VSW_SILENCE:-600}" \
		--timeout "${VSW_GUEST_TIMEOUT:-$((1200 * VSW_SLOW))}" \
		--append "${VSW_APPEND-}" -- "$dir/run.sh" "$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	line=$(sed -n 's/^guest: //p' "$log" | tail -n 1)
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
	fi
	# It has stopped, or its kernel has complained.
	[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] ||
		add_failure "$name: the guest ended with status $status"
}

# What a job of the queue does
do_job()
{
	case $name in
	static)		ktap "$dir/static/static.sh" ;;
	# TESTS of ours is not what it calls so.
	vswctl)		ktap env -u MAKEFLAGS -u TESTS make -s -C "$top/tools/vswctl" check ;;
	tables)		ktap "$dir/kunit/run.sh" ;;
	instructions)	ktap "$dir/bench/gate.sh" 6.12 ;;
	planted)	ktap "$dir/debug/planted.sh" "$kernel" ;;
	mutants)	ktap "$dir/mutants.sh" --turns 2 ;;
	# The datapath by the other way
	xdp)		VSW_FASTPATH=xdp guest "${FASTPATH_TESTS[@]}" ;;
	*)		guest "$name" ;;
	esac
}

# no_time NAME SECONDS: is the deadline so long over, and is it one that has to run?
no_time()
{
	[[ " ${VSW_ALWAYS-} " != *" $1 "* ]] &&
		[ "$(date +%s)" -ge $((${VSW_DEADLINE:-9999999999} + $2)) ]
}

# Of a failure that is no matter of time, what the kernel has said, and tests
CERTAIN_KERNEL='BUG: |WARNING: |UBSAN: |ODEBUG: |Oops|general protection|lost memory|lockdep has stopped'
# Frames and requests that fail again, a refusal that changes something, a failure that
# leaves something
CERTAIN_TESTS='^# smallest case|SEED=[0-9]+, step|nlfuzz: refused|nlfuzz: .* differ$|left something|FAIL: leak: '

is_certain()
{
	grep -qE "$CERTAIN_TESTS" "$log" ||
		grep -E "$CERTAIN_KERNEL" "$log" | grep -qvE 'lockup|stall|blocked for'
}

# job NAME: one of the queue, and its figures
job()
{
	local name=$1 log=$work/$1.log passed=0 failed=0 start=$SECONDS

	if no_time "$name" 0; then
		echo "# $name: NOT RUN, there is no time left"
		echo "$name" >>"$work/skipped"
		return
	fi
	echo "# $name, on kernel $kernel"
	do_job
	echo "# $name: $passed passed, $failed failed in $((SECONDS - start)) s"
	if [ "$failed" -gt 0 ] && [ -n "${VSW_RETRY-}" ] && ! is_certain; then
		echo "# $name: FAILED, trying it once more when the others are done"
		echo "$name $passed $failed" >>"$work/again"
		return
	fi
	echo "$passed $failed" >>"$work/results"
}

# With VSW_RETRY=1 what failed is tried once more, alone, and that is said, unless it is
# certain: an emulated guest on a busy machine misses deadlines, and while VFs come and go
# such guests have been seen to stop as a whole, with no timer interrupt any more.
once_more()
{
	local name figures again

	[ -e "$work/again" ] || return 0
	mapfile -t again <"$work/again"
	VSW_RETRY=
	for name in "${again[@]}"; do
		figures=${name#* } name=${name%% *}
		if no_time "$name" "$RETRY_SECONDS"; then
			echo "# $name: NOT TRIED AGAIN, there is no time left"
			echo "$figures" >>"$work/results"
		else
			VSW_DEADLINE='' job "$name"
		fi
	done
}

# Shows what a job printed when no other one does.
whole_job()
{
	job "$1" >"$work/$1.out" 2>&1
	flock "$work/lock" cat "$work/$1.out"
	rm "$work/$1.out"
}

# Each is a process group, or it would outlive an interrupt.
side_by_side()
{
	local running=0 name

	set -m
	for name; do
		if [ "$running" -ge "$VSW_JOBS" ]; then
			wait -n
			running=$((running - 1))
		fi
		whole_job "$name" </dev/null &
		running=$((running + 1))
	done
	wait
	set +m
}

# What is under way ends, and has failed; how far it had come is shown.
# shellcheck disable=SC2317
stop()
{
	local group out

	for group in $(jobs -p); do
		kill -- "-$group" 2>/dev/null
	done
	trap '' TERM
	wait
	for out in "$work"/*.out; do
		[ ! -e "$out" ] || tail -n 20 "$out"
	done
	echo "not ok - ended before all had run"
	echo "0 1" >>"$work/results"
	figures
	exit 130
}

figures()
{
	awk '{ passed += $1; failed += $2 }
	     END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }' \
		"$work/results"
}

# What is done many times finds what there is to find at once or not at all.
prepare_checkers()
{
	export VSW_DEBUG=$kernel VSW_CYCLES=${VSW_CYCLES:-50}
	case $kernel in
	uml)
		HARDWARE=(--mem 1024)
		# Who waits there does not, see boot.sh.
		export VSW_SLOW=${VSW_SLOW:-2}
		return
		;;
	# Go on after a data race: there may be others.
	kcsan)
		CPUS=2
		export VSW_APPEND="panic_on_warn=0"
		;;
	esac
	# Emulated, and several times slower than others
	export VSW_SLOW=${VSW_SLOW:-4} VSW_SILENCE=${VSW_SILENCE:-1200}
}

# Sets QUEUE: what takes longest comes first, or a CPU would have nothing to do at
# the end.
make_queue()
{
	local selftests i

	mapfile -t selftests < <("$dir/list.sh")
	if [ $# -gt 0 ] && [ "$*" != all ]; then
		QUEUE=("$@")
	elif [ -n "${VSW_DEBUG-}" ]; then
		QUEUE=(planted "${selftests[@]}")
		# User-Mode Linux has no fast path.
		[ "$kernel" = uml ] || QUEUE+=(xdp)
	elif [ $# -gt 0 ]; then
		QUEUE=("${selftests[@]}")
	else
		QUEUE=(xdp instructions static tables "${selftests[@]}" vswctl)
	fi
	for i in "${!QUEUE[@]}"; do
		[[ " ${VSW_WITHOUT-} " != *" ${QUEUE[i]} "* ]] || unset "QUEUE[i]"
	done
}

export VSW_JOBS=${VSW_JOBS:-$(how_many_jobs)}
case $kernel in
debug|kcsan|uml)
	prepare_checkers
	;;
esac
make_queue "$@"
trap stop INT TERM HUP
if [ "${#QUEUE[@]}" -eq 1 ] || [ "$VSW_JOBS" -eq 1 ]; then
	export VSW_SLOW=${VSW_SLOW:-1}
	for name in "${QUEUE[@]}"; do
		job "$name"
	done
else
	# Emulated guests that share the CPUs miss deadlines.
	export VSW_SLOW=${VSW_SLOW:-2}
	side_by_side "${QUEUE[@]}"
fi
once_more

[ ! -e "$work/skipped" ] || echo "# NOT RUN: $(paste -sd ' ' "$work/skipped")"
figures
