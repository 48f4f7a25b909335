#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the fuzzers. KTAP; make(1) builds them and calls this.
#
# Usage: run.sh replay|quick|fuzz|minimise FUZZER...
#
#	replay		all inputs that are kept, once
#	quick		the same, and QUICK seconds of new ones for each fuzzer
#	fuzz		SECONDS of new ones for each; what is new is kept in found/
#	minimise	corpus/ is made again, of what reaches most: an archive each,
#			which make(1) unpacks
#
# Regressions are inputs that have broken something. They are never minimised.

set -u
cd "$(dirname "$0")" || exit 1
OUT=${OUT:-../sanitized}
QUICK=${QUICK:-2}
SECONDS_EACH=${SECONDS_EACH:-60}
number=0 failed=0

# corpus FUZZER: its directories that are there
corpus()
{
	local dir

	for dir in "$OUT/corpus/$1" "regressions/$1" "found/$1"; do
		[ -d "$dir" ] && echo "$dir"
	done
}

# fuzz FUZZER OPTION...: libFuzzer's output in $log
fuzz()
{
	local name=$1

	shift
	"$OUT/fuzz-$name" -timeout=25 -rss_limit_mb=4096 -max_len=4096 \
		-artifact_prefix="found/$name-" "$@" >"$log" 2>&1
}

# result STATUS WHAT
result()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number $2"
		return
	fi
	grep -vE '^(INFO|#[0-9])' "$log" | head -n 60 | sed 's/^/# /'
	echo "not ok $number $2"
	failed=$((failed + 1))
}

replay()
{
	local name=$1 dirs

	mapfile -t dirs < <(corpus "$name" | grep -v ^found)
	fuzz "$name" -runs=0 "${dirs[@]}"
	result $? "fuzz: $name: what is kept"
}

# new FUZZER SECONDS DIRECTORY: what is found goes there
new()
{
	local name=$1 runs dirs status

	mkdir -p "$3"
	mapfile -t dirs < <(corpus "$name" | grep -v "^$3$")
	fuzz "$name" -max_total_time="$2" -print_final_stats=1 -reload=0 \
		-dict="$OUT/words-$name" "$3" "${dirs[@]}"
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
	result "$status" "fuzz: $name: ${runs:-no} inputs"
	grep -E '^#.*(DONE|INITED)' "$log" | sed 's/^/# /'
}

minimise()
{
	local name=$1 dirs

	mapfile -t dirs < <(corpus "$name")
	mkdir -p "$work/$name"
	fuzz "$name" -merge=1 -use_counters=0 "$work/$name" "${dirs[@]}"
	result $? "fuzz: $name: corpus"
	[ "$(ls "$work/$name")" ] || return
	tar -C "$work/$name" --sort=name --mtime=@0 --owner=0 --group=0 \
		--numeric-owner -c . | gzip -9n >"$work/tar" &&
		mv "$work/tar" "corpus/$name.tar.gz"
}

command=$1
shift
log=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$log" "$work"' EXIT
mkdir -p found
for name; do
	case $command in
	replay)
		replay "$name"
		;;
	quick)
		replay "$name"
		new "$name" "$QUICK" "$work/$name"
		;;
	fuzz)
		new "$name" "$SECONDS_EACH" "found/$name"
		;;
	minimise)
		minimise "$name"
		;;
	esac
done
echo "1..$number"
[ "$failed" -eq 0 ]
