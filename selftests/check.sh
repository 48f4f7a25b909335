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

# Sets ENDED: did the guest come to its last line?
run_guest()
{
	local status

	echo "# selftests on kernel $kernel${VSW_FASTPATH:+, VSW_FASTPATH=$VSW_FASTPATH}"
	"$dir/vm/boot.sh" --kernel "$kernel" --sriov \
		--timeout "${VSW_GUEST_TIMEOUT:-3300}" -- \
		"$dir/run.sh" "$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	local line
	ENDED=
	line=$(sed -n 's/^guest: //p' "$log" | tail -n 1)
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
		ENDED=1
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
	fi
	# The kernel has complained, or the guest never came to its last line.
	if [ "$status" -ne 0 ] && [ "${BASH_REMATCH[2]-0}" -eq 0 ]; then
		echo "not ok - the guest ended with status $status"
		failed=$((failed + 1))
	fi
}

# The storm has a guest of its own: while VFs come and go, emulated ones have been
# seen to stop as a whole, all CPUs halted and no timer interrupt any more. With
# VSW_RETRY=1 one that has is started once more, and that is said.
run_storm()
{
	local before=$failed

	VSW_GUEST_TIMEOUT=900 run_guest storm
	if [ -z "$ENDED" ] && [ -n "${VSW_RETRY-}" ]; then
		echo "# selftests: storm: the guest STOPPED, trying another one"
		failed=$before
		VSW_GUEST_TIMEOUT=900 run_guest storm
	fi
}

# run_tests TEST...
run_tests()
{
	local test tests=() storm=

	for test; do
		if [ "$test" = storm ]; then
			storm=1
		else
			tests+=("$test")
		fi
	done
	[ ${#tests[@]} -eq 0 ] || run_guest "${tests[@]}"
	[ -z "$storm" ] || run_storm
}

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
