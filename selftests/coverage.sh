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
# of them has. The last line is the part of the lines that were run, in percent.

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
rm -f ./*.gcov
# "-": no code; "#####": never run
gcov -r -s "$MODULES" -o kmod kmod/*.gcda >/dev/null 2>&1
for file in *.c.gcov; do
	awk -F: -v file="${file%.gcov}" '
		$2 + 0 == 0 { next }
		$1 ~ /^ *-$/ { next }
		{ lines++ }
		$1 ~ /#####|=====/ { missed++; text = text "\n  " $2 ":" substr($0, index($0, $3)) }
		END { printf "%s %d of %d%s\n", file, lines - missed, lines, text }
	' "$file"
done >"$OUT/report.txt"
grep -v '^  ' "$OUT/report.txt"
awk '/ of / && !/^  / { run += $2; all += $4 }
     END { printf "%d of %d lines, %.1f %%\n", run, all, 100 * run / all }' \
	"$OUT/report.txt"
