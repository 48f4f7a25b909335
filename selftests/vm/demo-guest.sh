#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a command in one of the demo's virtual machines, over its console.
#
# Usage: demo-guest.sh NAME COMMAND...		for example: web1 ping 192.0.2.2

set -u
RUN=/run/demo

answered()
{
	tail -c "+$START" "$LOG" | grep -q "^done $ID "
}

# Hold the connection until the answer is there: QEMU throws away what it has
# not passed on when the peer hangs up
ask()
{
	local deadline=$((SECONDS + 60))

	echo "$ID $*"
	until answered || [ "$SECONDS" -gt "$deadline" ]; do
		sleep 0.2
	done
}

main()
{
	local name=$1
	shift

	LOG=$RUN/$name.log ID=$RANDOM$RANDOM
	if [ ! -S "$RUN/$name.sock" ]; then
		echo "$name is not running, this is what it and QEMU said last:" >&2
		tail -n 20 "$RUN/$name.err" "$RUN/$name.kernel" >&2
		exit 1
	fi
	START=$(($(stat -c %s "$LOG") + 1))
	ask "$@" | socat -u - "UNIX-CONNECT:$RUN/$name.sock" || exit 1
	if ! answered; then
		echo "$name does not answer" >&2
		exit 1
	fi
	tail -c "+$START" "$LOG" | sed "/^done $ID /,\$d"
	exit "$(tail -c "+$START" "$LOG" | sed -n "s/^done $ID //p")"
}

[ $# -ge 2 ] || {
	sed -n 's/^# \(Usage: \)/\1/p' "$0" >&2
	exit 1
}
main "$@"
