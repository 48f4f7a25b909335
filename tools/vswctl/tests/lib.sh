# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts of this directory share: results in KTAP, a directory $WORK, and
# what is said when they are bad, the files $SHOW.

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
SHOW=("$WORK/out" "$WORK/err")

TESTS=0
FAILED=0

# result STATUS WHAT...: what went well has status 0
result()
{
	local ok=$1
	shift

	TESTS=$((TESTS + 1))
	if [ "$ok" = 0 ]; then
		echo "ok $TESTS $*"
	else
		FAILED=$((FAILED + 1))
		echo "not ok $TESTS $*"
		head -c 4000 "${SHOW[@]}" 2>/dev/null | sed 's/^/# /'
	fi
}

# finish: the last line, and the exit status
finish()
{
	echo "1..$TESTS"
	echo "# $((TESTS - FAILED)) passed, $FAILED failed"
	[ "$FAILED" = 0 ]
}
