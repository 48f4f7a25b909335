#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the unit tests of kmod/tests. Debian's kernels have no KUnit, so it is the one
# with checkers that is a program of this machine (User-Mode Linux, see
# ../vm/debug.sh): it starts in two seconds and needs neither QEMU nor root.
#
# Usage: run.sh
#
# Prints KTAP, a line for each case and for each row of its table.

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"

TIMEOUT=${VSW_KUNIT_TIMEOUT:-120}
TROUBLE='WARNING:|BUG:|INFO: |Oops|KASAN|[Kk]ernel panic'

# Results of KUnit are nested, suite, case and row of a table: make them flat.
# The result of a suite, or of a case with a table, is that of its parts and is
# left out, unless it has failed and they have not.
flatten()
{
	awk '
	function result(what) {
		failed = line ~ /^not ok/
		inside += failed
		print (failed ? "not ok" : "ok"), ++number, what skip
		noise = 0
	}
	{
		match($0, /^ */)
		depth = RLENGTH / 4
		line = substr($0, RLENGTH + 1)
	}
	line ~ /^# Subtest: / {
		name[depth] = substr(line, 12)
		parts = inside = 0
	}
	line ~ /^(not )?ok [0-9]+ / {
		skip = line ~ / # SKIP/ ? " # SKIP" : ""
		words = line
		sub(/^(not )?ok [0-9]+ /, "", words)
		sub(/ # SKIP.*/, "", words)
		if (depth == 2) {
			result(name[1] "." name[2] ": " words)
			parts++
			next
		}
		if (depth == 1) {
			if (!parts || (line ~ /^not ok/ && !inside))
				result(name[1] "." words)
			bad += inside
			parts = inside = 0
			next
		}
		if (line ~ /^not ok/ && !bad)
			result(words)
		bad = 0
	}
	# Why it failed
	line ~ /^(# .*: (EXPECTATION|ASSERTION) FAILED|# .*failed)/ {
		noise = 1
		sub(/^# /, "", line)
	}
	line ~ /^(#|KTAP|1\.\.)/ { noise = 0 }
	noise { print "# " line }
	END { print "1.." number + 0 }'
}

# Nothing but results may be in the log from the first test on.
check_log()
{
	if ! grep -q '^vsw: end of log' "$WORK/log" ||
	   ! grep -q 'vsw: loaded and unloaded' "$WORK/log"; then
		tail -n 30 "$WORK/log" | sed 's/^/# /'
		echo "not ok - the kernel of the unit tests ended early"
		return 1
	fi
	if grep -qE "$TROUBLE" "$WORK/log"; then
		grep -E -A 30 "$TROUBLE" "$WORK/log" | sed 's/^/# /'
		echo "not ok - trouble in the log of the unit tests"
		return 1
	fi
}

main()
{
	[ $# -eq 0 ] || die "usage: run.sh"
	"$here/../vm/packages.sh" debug &&
		"$here/../vm/build-module.sh" uml build/uml >&2 || exit
	export VSW_TESTS=$VSW_TOP/build/uml/kmod/vsw-tests.ko
	WORK=$(mktemp -d) || exit 1
	trap 'rm -rf "$WORK"' EXIT
	"$here/../vm/boot.sh" --kernel uml --mem 512 --timeout "$TIMEOUT" -- \
		"$here/guest.sh" > "$WORK/log" 2>&1
	echo "KTAP version 1"
	flatten < "$WORK/log" > "$WORK/results"
	grep '^1\.\.' "$WORK/results"
	grep -v '^1\.\.' "$WORK/results"
	check_log || exit 1
	grep -q '^ok ' "$WORK/results" && ! grep -q '^not ok ' "$WORK/results"
}

main "$@"
