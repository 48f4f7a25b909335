#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Are bugs found? A module has them on purpose (planted/planted.c), one a guest,
# since most of what finds bugs stops at the first. A test with a bug has to fail,
# for the right reason, and one without has to pass.
#
# Usage: planted.sh debug|kcsan|uml [BUG...]		prints KTAP

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"

# BUG and, behind a tab, what must be said of it
bugs()
{
	case $KERNEL in
	# Nobody looks at the locks of who leaves the kernel there, and it cannot be
	# switched off while somebody waits for a device.
	uml)
		KERNEL=debug bugs | grep -vE '^(missing_unlock|lost_reference)'
		;;
	debug)
		cat <<'END'
none
use_after_free	KASAN: slab-use-after-free in (planted_init|use_after_free)
out_of_bounds	KASAN: slab-out-of-bounds in (planted_init|out_of_bounds)
large_shift	UBSAN: shift-out-of-bounds in .*planted.c
missing_unlock	WARNING: lock held when returning to user space
wrong_order	possible circular locking dependency
sleep_in_atomic	BUG: sleeping function called from invalid context
no_rcu_lock	WARNING: suspicious RCU usage
lost_memory	not ok - debug/plant: lost memory
freed_timer	ODEBUG: free active .*timer_list
freed_twice	ODEBUG: activate active .*rcu_head
lost_reference	unregister_netdevice: waiting for planted0
END
		;;
	kcsan)
		cat <<'END'
none
sleep_in_atomic	BUG: sleeping function called from invalid context
data_race	KCSAN: data-race in count
END
		;;
	esac
}

KERNEL=$1
shift
WANTED=("$@")
number=0 failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

wanted()
{
	[ ${#WANTED[@]} -eq 0 ] || [[ " ${WANTED[*]} " == *" $1 "* ]]
}

# verdict BUG SAYING STATUS: is it as it should be?
verdict()
{
	local bug=$1 saying=$2 status=$3

	[ "$status" -ne 124 ] || return 1
	if [ -z "$saying" ]; then
		[ "$status" -eq 0 ]
	else
		[ "$status" -ne 0 ] && grep -qE -- "$saying" "$log"
	fi
}

# Nobody else runs the test, and it runs as they all do.
plant()
{
	local bug=$1 saying=$2 start=$SECONDS status

	VSW_PLANT=$bug "$here/../vm/boot.sh" --kernel "$KERNEL" \
		--timeout "${VSW_GUEST_TIMEOUT:-600}" \
		--append "${VSW_APPEND-}" -- \
		"$here/../run.sh" debug/plant >"$log" 2>&1
	status=$?
	number=$((number + 1))
	echo "# $bug: status $status after $((SECONDS - start)) s"
	if verdict "$bug" "$saying" "$status"; then
		echo "ok $number $bug: ${saying:+caught, }${saying:-passed}"
		return
	fi
	sed 's/^/# /' "$log" | tail -n 200
	echo "not ok $number $bug: ${saying:-passed}"
	failed=$((failed + 1))
}

export VSW_DEBUG=$KERNEL
while IFS=$'\t' read -r bug saying; do
	wanted "$bug" || continue
	plant "$bug" "$saying" </dev/null
done < <(bugs)
echo "1..$number"
[ "$failed" -eq 0 ]
