#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Requests of both netlink interfaces as a fuzzer makes them, see nlfuzz/nlfuzz.h:
# those that are kept, as each of them went a way through the module that no other
# one did. nlfuzz/run.sh finds more, and calls this with VSW_NLFUZZ_WORK, which is a
# directory of the machine's:
#
#	corpus/		inputs, from which it sets out and to which it adds
#	last.N		the input of guest N
#	replay		the one to be tried again
#	stop		makes it stop

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/vf_lib.sh"

HERE=$VSW_TOP/selftests/nlfuzz
WORK=/tmp/nlfuzz-work
NLFUZZ=$(dirname "$VSW_KO")/../nlfuzz/nlfuzz
# It does not count what waits for time that jumps.
OPTIONS=(-timeout=0 -rss_limit_mb=0 -detect_leaks=0 -max_len=800 -artifact_prefix=/tmp/)

setup()
{
	[ -e "$NLFUZZ" ] || skip "nlfuzz is not built"
	# shellcheck disable=SC2119
	load_vsw
	# shellcheck disable=SC2119
	load_testpf
	add_dummies a b c d
}

# fuzz OPTION...: in $LOG what it says
fuzz()
{
	"$NLFUZZ" "${OPTIONS[@]}" "$@" >"$LOG" 2>&1
}

told()
{
	grep -E '^nlfuzz:' "$LOG" | tail -n 1
}

corpus()
{
	setup
	LOG=/tmp/nlfuzz-log
	cmd_ok python3 -B "$HERE/corpus.py" unpack /tmp/corpus <"$HERE/corpus.txt"
	fuzz -runs=0 /tmp/corpus || {
		grep -A1 '^nlfuzz:' "$LOG" >&2
		fail "the log of it: $(tail -n 3 "$LOG")"
	}
	log "$(told)"
	check_eq "commands that no input has come through with" "$(never_accepted)" ""
}

# never_accepted: inputs that are kept mean something else when tables change, and are
# nothing but refused then: make fuzz-netlink
never_accepted()
{
	local line name number=0

	line="$(grep '^accepted:' "$LOG" | tail -n 1) "
	while read -r name; do
		number=$((number + 1))
		[[ $name == *_NTF* || $line == *" $number "* ]] || echo "${name%%[ ,]*}"
	done < <(grep -E '^	VSW_CMD_[A-Z_]+( = 1)?,' "$VSW_TOP/uapi/linux/vsw.h")
}

# A refusal that lacks what it should have is seen.
planted()
{
	local what says

	setup
	LOG=/tmp/nlfuzz-log
	cmd_ok python3 -B "$HERE/corpus.py" unpack /tmp/corpus <"$HERE/corpus.txt"
	while read -r what says; do
		! VSW_NLFUZZ_PLANT=$what fuzz -runs=0 /tmp/corpus ||
			fail "$what: not seen"
		grep -q "^nlfuzz: $says" "$LOG" || fail "$what: $(tail -n 3 "$LOG")"
	done <<-END
	sentence refused without
	state refused, and something
	device devices differ
	END
}

setup_work()
{
	setup
	mkdir -p $WORK
	mountpoint -q $WORK || cmd_ok mount -t hostfs -o "$VSW_NLFUZZ_WORK" none $WORK
}

# As long as the machine wants
found()
{
	setup_work
	LOG=$WORK/log.$VSW_NLFUZZ_GUEST
	export VSW_NLFUZZ_STOP=$WORK/stop VSW_NLFUZZ_LAST=$WORK/last.$VSW_NLFUZZ_GUEST
	fuzz -seed="$VSW_NLFUZZ_SEED" -artifact_prefix=$WORK/ $WORK/corpus ||
		fail "$(grep -A1 '^nlfuzz:' "$LOG")"
	log "$(told)"
}

# One input, each of its requests, and what became of it
replay()
{
	setup_work
	LOG=$WORK/log.replay
	VSW_NLFUZZ_VERBOSE=1 fuzz $WORK/replay
	log "$(cat "$LOG")"
	! grep -qE '^nlfuzz: (refused|.* differ)' "$LOG" || fail "it is as it was"
}

# A corpus of as few inputs as go all the ways that those of the work directory go
minimise()
{
	setup_work
	LOG=$WORK/log.minimise
	fuzz -merge=1 $WORK/merged $WORK/corpus || fail "$(tail -n 3 "$LOG")"
}

case ${VSW_NLFUZZ_HOW-} in
"")	run_cases corpus planted ;;
*)	run_cases "$VSW_NLFUZZ_HOW" ;;
esac
