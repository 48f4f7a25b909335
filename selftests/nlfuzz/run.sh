#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fuzz both netlink interfaces in User-Mode Linux, whose KCOV says which way the
# module goes, and keep in corpus.txt the inputs that go all the ways found.
#
# Usage: run.sh MINUTES	of each of VSW_JOBS guests, by default one for each CPU
#        run.sh replay FILE	an input: last.N of a guest that has gone down, crash-*
#
# The kernel's own checkers run, but for the search for lost memory.

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"

MINUTES=${1:?minutes}
REPLAY=${2-}
JOBS=${VSW_JOBS:-$(nproc)}
WORK=$VSW_TOP/build/nlfuzz
MODULES=$VSW_TOP/build/uml-kcov

if [ "$REPLAY" ]; then
	[ -f "$REPLAY" ] || die "nlfuzz: there is no file $REPLAY"
	# It may be in what is removed now.
	input=$(mktemp)
	trap 'rm -f "$input"' EXIT
	cp "$REPLAY" "$input"
fi
rm -rf "$WORK"
mkdir -p "$WORK/corpus" "$WORK/merged"
VSW_KCOV=1 "$here/../vm/build-module.sh" uml build/uml-kcov || exit
export VSW_KO=$MODULES/kmod/vsw.ko VSW_NLFUZZ_WORK=$WORK VSW_DEBUG=uml
python3 -B "$here/corpus.py" unpack "$WORK/corpus" <"$here/corpus.txt" || exit

# guest N HOW TIMEOUT: without what looks for lost memory, which costs half of the time;
# the test nlfuzz does that with the inputs that are kept.
guest()
{
	local seed=$((RANDOM + 1))

	echo "guest $1: seed $seed"
	VSW_NLFUZZ_GUEST=$1 VSW_NLFUZZ_HOW=$2 VSW_NLFUZZ_SEED=$seed \
		VSW_TEST_TIMEOUT=1000000 "$here/../vm/boot.sh" --kernel uml --mem 1024 \
		--append kmemleak=off --timeout "$3" -- "$here/../run.sh" nlfuzz
}

if [ "$REPLAY" ]; then
	cp "$input" "$WORK/replay"
	guest 0 replay 600
	exit
fi

status=0
before=$(times | awk 'END { print $1, $2 }')
for ((n = 1; n <= JOBS; n++)); do
	guest "$n" found $((MINUTES * 60 + 300)) >"$WORK/guest.$n" 2>&1 &
done
# One that finds something ends before.
for ((n = 0; n < MINUTES * 6; n++)); do
	sleep 10
	[ -n "$(jobs -r)" ] || break
done
touch "$WORK/stop"
for ((n = 1; n <= JOBS; n++)); do
	wait -n || status=1
done
echo "before: $before, CPU time since of this shell and the guests:"
times
cat "$WORK"/guest.*
for ((n = 1; n <= JOBS; n++)); do
	grep -E '^#[0-9]+' "$WORK/log.$n" | tail -n 1
done
[ "$status" -eq 0 ] || exit
guest 0 minimise 1200 >"$WORK/guest.0" 2>&1 || { cat "$WORK/guest.0"; exit 1; }
python3 -B "$here/corpus.py" pack "$WORK/merged" >"$WORK/corpus.txt" || exit
cp "$WORK/corpus.txt" "$here/corpus.txt"
wc -l "$here/corpus.txt"
