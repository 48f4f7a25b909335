#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests that need a whole host: libvirt with QEMU; packages, systemd, udev, DKMS.
# FULL=1 takes more time. The last line is "N passed, N failed".

set -u

dir=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# step NAME COMMAND...: run something that prints KTAP
step()
{
	local name=$1 status fail

	shift
	echo "# $name"
	"$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	if [ "$status" -eq 75 ]; then
		echo "# $name: SKIPPED, as above"
		return
	fi
	fail=$(grep -cE '^not ok ' "$log")
	if [ "$status" -ne 0 ] && [ "$fail" -eq 0 ]; then
		echo "not ok - $name ended with status $status"
		fail=1
	fi
	passed=$((passed + $(grep -cE '^ok ' "$log"))) failed=$((failed + fail))
}

step hook make -s -C "$dir/../contrib/libvirt" check
step acl make -s -C "$dir/../contrib/qemu" check
step libvirt "$dir/host/libvirt.sh" "${1-6.12}"
step packages "$dir/host/packages.sh"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
