#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the checkers of the kernel have to say after a test, when its module is
# unloaded. run.sh calls this on kernels that have some.
#
# Usage: verdict.sh TEST
#
# Prints "not ok - TEST: WHAT" for each of them that has found something. What it
# did not find is no proof of anything unless it was still looking: lockdep stops
# for good after its first report.

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

TEST=$1
KMEMLEAK=/sys/kernel/debug/kmemleak
# A module from elsewhere, one without signature, KUnit
HARMLESS=$((1 << 12 | 1 << 13 | 1 << 18))
failed=0

found()
{
	echo "not ok - $TEST: $*"
	failed=1
}

# where_was ADDRESS: the line of an address in a module that is gone
where_was()
{
	local path base offset

	while read -r path base; do
		offset=$(($1 - base))
		[ "$offset" -ge 0 ] || continue
		[ "$offset" -lt $((1 << 21)) ] || continue
		addr2line -pfi -e "$path" -j .text "$(printf '%#x' "$offset")" |
			sed "s|^|${path##*/}: |; s|/[^ ]*/kmod/|kmod/|"
		return
	done < <(tac "$VSW_LOADED" 2>/dev/null)
	echo "$1 in a module that is gone"
}

# Leaks one by one, with $1 in front if they are ours: one of the functions on
# the way is in a module of ours, or in one that is gone. User-Mode Linux does not
# know the way, and everything counts there.
sort_leaks()
{
	awk -v ours="$1" '
		function flush() {
			if (!frames)
				is_ours = 1
			if (is_ours == ours && record != "")
				printf "%s", record
			record = ""
			is_ours = frames = in_way = 0
		}
		/^unreferenced object/ { flush() }
		{ record = record $0 "\n"; frames += in_way }
		/backtrace/ { in_way = 1 }
		/\[vsw/ || /^ *(\[<[0-9a-f]+>\] )?0x[0-9a-f]+$/ { is_ours = 1 }
		END { flush() }'
}

with_lines()
{
	local line

	while IFS= read -r line; do
		if [[ $line =~ ^\ *(\[\<[0-9a-f]+\>\]\ )?(0x[0-9a-f]+)$ ]]; then
			line="    $(where_was "${BASH_REMATCH[2]}")"
		fi
		echo "# $line"
	done
}

# What is younger than five seconds is not looked at, and what has changed since
# the last scan is not reported.
leaks()
{
	local all

	grep -q kmemleak=off /proc/cmdline && return
	if [ ! -w $KMEMLEAK ]; then
		# KCSAN's kernel has none.
		[ "${VSW_DEBUG-}" = kcsan ] || found "nobody looks for lost memory"
		return
	fi
	sleep 6
	{ echo scan >$KMEMLEAK && echo scan >$KMEMLEAK; } 2>/dev/null ||
		found "kmemleak has stopped"
	all=$(cat $KMEMLEAK)
	echo clear >$KMEMLEAK
	[ -n "$all" ] || return
	sort_leaks 0 <<<"$all" | head -n 60 | sed 's/^/# not ours: /'
	all=$(sort_leaks 1 <<<"$all")
	[ -n "$all" ] || return
	head -n 200 <<<"$all" | with_lines
	found "lost memory, $(grep -c ^unref <<<"$all") pieces"
}

lockdep()
{
	if [ ! -e /proc/lockdep_stats ]; then
		[ "${VSW_DEBUG-}" = kcsan ] || found "there is no lockdep"
		return
	fi
	grep -q 'debug_locks: *1' /proc/lockdep_stats ||
		found "lockdep has stopped"
}

taint()
{
	local flags

	flags=$(($(cat /proc/sys/kernel/tainted) & ~HARMLESS))
	[ "$flags" -eq 0 ] || found "the kernel is tainted: $flags"
}

races()
{
	local race

	while read -r race; do
		found "$race"
	done < <(dmesg | sed -n 's/.*BUG: KCSAN: //p' | sort | uniq -c)
}

leaks
lockdep
taint
races
rm -f "$VSW_LOADED"
[ "$failed" -eq 0 ] && echo "# $TEST: nothing found by the checkers"
exit "$failed"
