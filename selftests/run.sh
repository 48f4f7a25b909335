#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run selftests in the guest, one after the other, and add up their KTAP.
#
# Usage: run.sh TEST...	names without .sh
#
# The last line is "guest: N passed, N failed, N skipped".

set -u

dir=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

dmesg -n 1
for test; do
	echo "# selftests: $test"
	start=$SECONDS
	timeout "${VSW_TEST_TIMEOUT:-600}" bash "$dir/$test.sh" 2>&1 |
		tee "$log"
	status=${PIPESTATUS[0]}
	skip=$(grep -cE '^ok .*# SKIP' "$log")
	pass=$(($(grep -c '^ok ' "$log") - skip))
	fail=$(grep -c '^not ok ' "$log")
	planned=$(sed -n 's/^1\.\.//p' "$log" | head -n 1)
	# A test that died before its last case has failed in it.
	if [ $((pass + fail + skip)) -lt "${planned:-1}" ] ||
	   { [ "$status" -ne 0 ] && [ "$fail" -eq 0 ]; }; then
		echo "not ok - $test ended with status $status"
		fail=$((fail + 1))
	fi
	echo "# selftests: $test: $pass passed, $fail failed, $skip skipped in $((SECONDS - start)) s"
	passed=$((passed + pass)) failed=$((failed + fail))
	skipped=$((skipped + skip))
done

echo "guest: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
