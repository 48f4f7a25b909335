#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All tests: static checks, vswctl's own tests, selftests in a guest. Everything
# has been installed and built by "make check", which calls this.
#
# Usage: check.sh KERNEL [TEST...]
#
# TEST is the name of a selftest, or "all" for all selftests; without one the
# static checks, the tests of vswctl and the unit tests of the tables run too, and
# the selftests of the datapath once more with the fast path on every tap.
#
# On kernels with checkers, debug and kcsan, all selftests run, each in a guest of its
# own, and last "planted": whether the checkers find bugs.
#
# The last line is "N passed, N failed".

set -u

dir=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$dir")
kernel=$1
shift
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# In order of what they need: a failure of the first explains the others.
mapfile -t ALL_TESTS < <("$dir/list.sh")
FASTPATH_TESTS=(vlan datapath fdb)

# count_ktap NAME COMMAND...: run something that prints KTAP
count_ktap()
{
	local name=$1 status pass fail

	shift
	echo "# $name"
	"$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	pass=$(grep -cE '^ok ' "$log")
	fail=$(grep -cE '^not ok ' "$log")
	if [ "$status" -ne 0 ] && [ "$fail" -eq 0 ]; then
		echo "not ok - $name ended with status $status"
		fail=1
	fi
	passed=$((passed + pass)) failed=$((failed + fail))
}

# add_done: the results of the tests that came to their end in a guest that did not
add_done()
{
	local test pass fail

	DONE=
	while read -r test pass fail; do
		DONE+=" $test"
		passed=$((passed + pass)) failed=$((failed + fail))
	done < <(sed -nE "s/^# selftests: ([a-z0-9_]+): ([0-9]+) passed, ([0-9]+) failed, .*/\\1 \\2 \\3/p" "$log")
}

# run_guest TEST...: sets LEFT to the tests that are left over when the guest has
# stopped
run_guest()
{
	local status test line

	LEFT=()
	echo "# selftests on kernel $kernel${VSW_FASTPATH:+, VSW_FASTPATH=$VSW_FASTPATH}"
	"$dir/vm/boot.sh" --kernel "$kernel" --sriov --silence "${VSW_SILENCE:-600}" \
		--timeout "${VSW_GUEST_TIMEOUT:-3300}" --append "${VSW_APPEND-}" -- \
		"$dir/run.sh" "$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	line=$(sed -n 's/^guest: //p' "$log" | tail -n 1)
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		# The kernel has complained.
		[ "$status" -eq 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] ||
			add_failure "the guest ended with status $status"
		return
	fi
	add_done
	for test; do
		[[ " $DONE " == *" $test "* ]] || LEFT+=("$test")
	done
	if [ -z "${VSW_RETRY-}" ] || [ "$status" -ne 124 ]; then
		LEFT=()
		add_failure "the guest ended with status $status"
	fi
}

add_failure()
{
	echo "not ok - $*"
	failed=$((failed + 1))
}

# run_tests TEST...: while VFs come and go, emulated guests have been seen to stop as
# a whole: no timer interrupt comes any more. With VSW_RETRY=1 another one goes on
# with the test that the first stopped in, and that is said.
run_tests()
{
	local guests

	for guests in 1 2 3; do
		run_guest "$@"
		[ ${#LEFT[@]} -gt 0 ] || return
		set -- "${LEFT[@]}"
		echo "# selftests: the guest STOPPED in $1, another one goes on"
	done
	add_failure "$guests guests stopped, not run: $*"
}

# What they find in one test must not hide what they would in the next.
run_with_checkers()
{
	local test

	for test; do
		if [ "$test" = planted ]; then
			count_ktap "planted bugs" "$dir/debug/planted.sh" "$kernel"
		else
			run_tests "$test"
		fi
	done
}

# Such a kernel is several times slower, and what is done many times finds what
# there is to find at once or not at all.
prepare_checkers()
{
	export VSW_DEBUG=$kernel VSW_SLOW=${VSW_SLOW:-4}
	export VSW_CYCLES=${VSW_CYCLES:-50}
	# Go on after a data race: there may be others.
	[ "$kernel" != kcsan ] || export VSW_APPEND="panic_on_warn=0"
}

case $kernel in
debug|kcsan)
	prepare_checkers
	[ "${1-all}" != all ] || set -- "${ALL_TESTS[@]}" planted
	run_with_checkers "$@"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
	;;
esac

if [ $# -eq 0 ]; then
	count_ktap "static checks" "$dir/static/static.sh"
	count_ktap "vswctl" make -s -C "$top/tools/vswctl" check
	count_ktap "tables" "$dir/kunit/run.sh"
	count_ktap "instructions of a frame" "$dir/bench/gate.sh" 6.12
fi
if [ "${1-all}" = all ]; then
	run_tests "${ALL_TESTS[@]}"
	# The same datapath by the other way
	[ $# -gt 0 ] || VSW_FASTPATH=xdp run_guest "${FASTPATH_TESTS[@]}"
else
	run_tests "$@"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
