#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the unit tests of kmod/tests. Debian's kernels have no KUnit, so build a
# small one from Debian's own source, as a program of this machine (User-Mode
# Linux): it starts in a second and needs neither QEMU nor root. It is kept in the
# cache for the next time.
#
# Usage: run.sh
#
# Prints KTAP, a line for each case and for each row of its table.

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/uml.sh"

MODULE=$VSW_TOP/build/uml/kmod/vsw-tests.ko
TIMEOUT=${VSW_KUNIT_TIMEOUT:-120}

TROUBLE='WARNING:|BUG:|INFO: |Oops|KASAN|[Kk]ernel panic'

build_module()
{
	local dir=$VSW_TOP/build/uml

	mkdir -p "$dir"
	cp -ru "$VSW_TOP/Kbuild" "$VSW_TOP/VERSION" "$VSW_TOP/kmod" \
	       "$VSW_TOP/uapi" "$dir/"
	make -s -C "$UML" ARCH=um M="$dir" kmod/vsw-tests.ko \
		> "$dir/build.log" 2>&1 && return
	cat "$dir/build.log" >&2
	die "kunit: the tests do not build"
}

# Prints the log of the kernel. User-Mode Linux is known to crash while it is
# switched off, so what comes behind the end does not count.
run_kernel()
{
	mkdir "$WORK/uml"
	ulimit -c 0
	setarch -R timeout -k 5 "$TIMEOUT" "$UML/linux" mem=256M \
		rootfstype=hostfs ro init="$here/init.sh" VSW_TESTS="$MODULE" \
		con=null con0=null,fd:1 uml_dir="$WORK/uml/" loglevel=1 \
		log_buf_len=1M panic=-1 < /dev/null 2>&1 |
		tr -d '\r' | sed '/^vsw: end of log/q'
}

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
	uml_get_kernel allnoconfig "$here/uml.config"
	build_module
	WORK=$(mktemp -d) || exit 1
	trap 'rm -rf "$WORK"' EXIT
	run_kernel > "$WORK/log"
	echo "KTAP version 1"
	flatten < "$WORK/log" > "$WORK/results"
	grep '^1\.\.' "$WORK/results"
	grep -v '^1\.\.' "$WORK/results"
	check_log || exit 1
	grep -q '^ok ' "$WORK/results" && ! grep -q '^not ok ' "$WORK/results"
}

main "$@"
