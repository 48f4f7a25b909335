#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run selftests in the guest, one after the other, and add up their KTAP.
#
# Usage: run.sh TEST...	names without .sh
#
# On kernels with checkers (VSW_DEBUG) these have the last word on each test.
#
# The last line is "guest: N passed, N failed, N skipped".

set -u

dir=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What checkers say before they stop the kernel is for the machine.
[ -n "${VSW_DEBUG-}" ] || dmesg -n 1
# Nobody but the tests sends anything: they count frames.
[ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6

# run TEST: what it prints is in the log
run()
{
	timeout $((${VSW_TEST_TIMEOUT:-900} * ${VSW_SLOW:-1})) bash "$dir/$1.sh" 2>&1 | tee "$log"
	return "${PIPESTATUS[0]}"
}

# checkers TEST: adds to "fail" what they found
checkers()
{
	"$dir/debug/verdict.sh" "$1" 2>&1 | tee "$log"
	fail=$((fail + $(grep -c '^not ok ' "$log")))
}

# To the machine, which is all that can be seen of it there
coverage()
{
	mkdir -p /run/coverage
	mount -t hostfs -o "$VSW_COVERAGE" none /run/coverage || return
	mkdir -p "/run/coverage/$1"
	(cd /sys/kernel/debug/gcov && find . -name '*.gcda' -path '*/kmod/*' |
		while read -r file; do
			cat "$file" >"/run/coverage/$1/${file##*/}"
		done)
	umount /run/coverage
}

for test; do
	echo "# selftests: $test"
	start=$SECONDS
	run "$test"
	status=$?
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
	[ -z "${VSW_DEBUG-}" ] || checkers "$test"
	[ -z "${VSW_COVERAGE-}" ] || coverage "$test"
	echo "# selftests: $test: $pass passed, $fail failed, $skip skipped in $((SECONDS - start)) s"
	passed=$((passed + pass)) failed=$((failed + fail))
	skipped=$((skipped + skip))
done

echo "guest: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
