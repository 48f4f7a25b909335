#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A test that has a bug, $VSW_PLANT: see planted.sh.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"

MODULE=$(dirname "$VSW_KO")/../planted/vsw-planted.ko

plant()
{
	cmd_ok ip link add planted0 type dummy
	cmd_ok insmod "$MODULE" bug="${VSW_PLANT:?}"
	cmd_ok rmmod vsw-planted
	# For what comes late. Who waits in vain holds no pipe.
	ip link del planted0 >/dev/null 2>&1 &
	sleep 3
	[ "$VSW_PLANT" != lost_reference ] || sleep 15
}

run_cases plant
