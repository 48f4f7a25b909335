#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests that need a whole host: libvirt with QEMU; packages, systemd, udev, DKMS.
# FULL=1 takes more time. With VSW_RETRY=1 and VSW_DEADLINE=TIME as in check.sh: what
# failed is tried once more, and no part begins later. The last line is
# "N passed, N failed".

set -u

dir=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

no_time()
{
	[ "$(date +%s)" -ge "${VSW_DEADLINE:-9999999999}" ]
}

# run COMMAND...: something that prints KTAP; sets FAIL
run()
{
	local status

	"$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	FAIL=$(grep -cE '^not ok ' "$log")
	if [ "$status" -ne 0 ] && [ "$status" -ne 75 ] && [ "$FAIL" -eq 0 ]; then
		echo "not ok - $1 ended with status $status"
		FAIL=1
	fi
	return "$status"
}

# step NAME COMMAND...
step()
{
	local name=$1 status start=$SECONDS

	shift
	if no_time; then
		echo "# $name: NOT RUN, there is no time left"
		return
	fi
	echo "# $name"
	run "$@"
	status=$?
	# An emulated guest on a busy machine misses deadlines.
	if [ "$FAIL" -gt 0 ] && [ -n "${VSW_RETRY-}" ] && ! no_time; then
		echo "# $name: FAILED, trying it once more"
		run "$@"
		status=$?
	fi
	if [ "$status" -eq 75 ]; then
		echo "# $name: SKIPPED, as above"
	fi
	passed=$((passed + $(grep -cE '^ok ' "$log"))) failed=$((failed + FAIL))
	echo "# $name: $((SECONDS - start)) s"
}

step hook make -s -C "$dir/../contrib/libvirt" check
step acl make -s -C "$dir/../contrib/qemu" check
step libvirt "$dir/host/libvirt.sh" "${1-6.12}"
step packages "$dir/host/packages.sh"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
