#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which lines of kmod/ do the selftests run? Those that User-Mode Linux can run: see
# check.sh. What only a real driver calls, the fast path and trace are not among
# them, nor are the unit tests.
#
# Usage: coverage.sh [TEST...]
#
# What each test has run is in build/coverage, and report.txt says which lines none
# of them has, and why (coverage.reasons). The last line is the part of the lines that
# were run, in percent, and how many of the others have no reason; with all tests the
# exit status is 1 when that is too little.

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/vm/common.sh"

OUT=$VSW_TOP/build/coverage
MODULES=$VSW_TOP/build/uml-coverage

have gcov-tool || die "coverage: gcov-tool is needed, it comes with gcc"
rm -rf "$OUT"
mkdir -p "$OUT" "$MODULES"
VSW_GCOV=1 "$here/vm/build-module.sh" uml build/uml-coverage || exit
export VSW_KO=$MODULES/kmod/vsw.ko VSW_COVERAGE=$OUT
# Faults takes longest, and is to come to its end.
export VSW_TEST_TIMEOUT=${VSW_TEST_TIMEOUT:-3600} VSW_GUEST_TIMEOUT=${VSW_GUEST_TIMEOUT:-7200}
"$here/check.sh" uml "${@:-all}"

# merge: what all tests have run together
merge()
{
	local test merged=''

	for test in "$OUT"/*/; do
		[ -n "$(find "$test" -name '*.gcda' -print -quit)" ] || continue
		if [ -z "$merged" ]; then
			cp -r "$test" "$OUT.merged"
			merged=1
			continue
		fi
		gcov-tool merge -o "$OUT.next" "$OUT.merged" "$test" || return
		rm -rf "$OUT.merged"
		mv "$OUT.next" "$OUT.merged"
	done
	[ -n "$merged" ]
}

rm -rf "$OUT.merged" "$OUT.next"
merge || die "coverage: nothing was run"
find "$OUT.merged" -name '*.gcda' -exec cp -t "$MODULES/kmod" {} +
cd "$MODULES" || exit
# Of files that there were once
rm -f ./*.gcov.json.gz
gcov --json-format -o kmod kmod/*.gcda >/dev/null 2>&1
python3 -B "$here/coverage_report.py" "$here/coverage.reasons" ./*.gcov.json.gz \
	>"$OUT/report.txt"
status=$?
grep -v '^  ' "$OUT/report.txt"
# Some tests alone are not asked to run everything.
[ $# -gt 0 ] || exit "$status"
