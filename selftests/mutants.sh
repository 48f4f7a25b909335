#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Would the tests notice? Each bug below is planted into a copy of the module, and the
# test that is there for it has to fail on User-Mode Linux with its checkers, or on
# KERNEL, and to say why. debug/planted.sh asks the same of the checkers,
# static/planted.sh of the analysers.
#
# Usage: mutants.sh [NAME...]		prints KTAP
#	 mutants.sh --turns N		N of those for User-Mode Linux, others each day
#	 mutants.sh --check		does each still find what it changes?

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/vm/common.sh"

# NAME, file, what sed does to it, [KERNEL:]test, cases, what has to be said of it
mutants()
{
	cat <<'END'
untagged|kmod/tx.c|/^	if (untagged) {/,/^	}/s/__vlan_hwaccel_clear_tag(skb);//|fuzzframes|as_the_model_says|model: VLAN [0-9]*, forwarded
ingress|kmod/rx.h|s/!(flags & VSW_PORT_INGRESS_FILTERING)/!(flags \& 0)/|hostile||not ok [0-9]* hop_
counter|kmod/drop.c|s/^	vsw_stats_drop(.*//|fuzzframes|as_the_model_says| counts .* instead of 
stale|kmod/port.c|/^void vsw_port_set_policy/,/^}/{s/vsw_flow_suspend(port->sw);/unsigned long was = port->sw->flow_epoch;/;s/vsw_flow_resume(port->sw);/WRITE_ONCE(port->sw->flow_epoch, was);/}|fuzzframes|as_the_model_says|model: VLAN [0-9]*|a flow from .* is out of date
flow|kmod/port.c|/^void vsw_port_set_policy/,/^}/{s/vsw_flow_suspend(port->sw);/unsigned long was = port->sw->flow_epoch;/;s/vsw_flow_resume(port->sw);/WRITE_ONCE(port->sw->flow_epoch, was);/}|flow|membership policy|a flow from .* is out of date
freed|kmod/port.c|/^static void vsw_port_free_later/,/^}/s/vsw_flow_forget(port->sw);//|flow|devices|KASAN: slab-use-after-free
lost|kmod/port.c|s/^	kfree(rcu_dereference_raw(port->vlans));//|port||lost memory
undo|kmod/policy.c|/^err_vids:/{n;s/.*/	;/}|faults|call_vfs|left something
memory|kmod/port.c|/^err_detach:/{n;s/.*/	;/}|faults|ports|left something|KASAN
second|kmod/path.c|/^int vsw_path_add_soft/,/^}/{/^err_detach:/{n;s/.*/	;/}}|faults|paths|left something|KASAN
spill|kmod/path.c|/^static int vsw_path_join_vf/,/^}/s/^	kfree_rcu_mightsleep(vf);//|faults|call_paths|lost memory
quiet|kmod/stage.c|/^static void vsw_stage_lose/,/^}/s/vsw_txn_keep_events(port->stage->fresh);/vsw_txn_keep_events(true);/|faults|twice|port-del-ntf.*did not come true
half|kmod/nicsync.c|/^static int vsw_nicsync_vids_fill(/,/^}/s/return err;/continue;/|faults|call_vlans|did not do all
late|kmod/nicsync.c|s/if (delay .. !batch)/if (delay \&\& !batch)/|faults|late_nicsync|nothing mends it
sentence|kmod/port.c|s/^#include "team.h"/&\n#undef NL_SET_ERR_MSG_FMT\n#define NL_SET_ERR_MSG_FMT(extack, ...) do { } while (0)/|nlfuzz|corpus|refused without a sentence
dump|kmod/nl_fdb.c|s/cursor->sub = id;/cursor->sub = id - !!id;/|stress|storm|is there [0-9]* times
pvid|kmod/vlan.c|/^bool vsw_vlans_del/,/^}/s/vlans->pvid = 0;/vlans->pvid = vid;/|walk||port .*: pvid is [0-9]*, expected 0
chain|kmod/fdb.h|/^static inline u32 vsw_fdb_hash/,/^}/{s/vsw_fdb_secret.1. ^ seed .*/vsw_fdb_secret[1];/;s/ + seed//}|tables||not ok [0-9]* vsw_fdb.fdb_collisions
mix|kmod/fdb.h|/^static inline u32 vsw_hash_mix/,/^}/s/product ^= .*/;/|tables||not ok [0-9]* vsw_fdb.fdb_counted
endless|kmod/fdb.c|/^static int vsw_fdb_most(/,/^}/s/return min_t(unsigned int, most, INT_MAX);/return INT_MAX - most;/|tables||not ok [0-9]* vsw_fdb.fdb_flush_ends
users|kmod/users.c|s/return net->user_ns != .init_user_ns;/return !net->user_ns;/|switch|user_limits|not refused
numbers|kmod/port.c|s/vsw_port_next_id--;/vsw_port_next_id += 0;/|switch|port_numbers|numbers of ports that never were
beside|kmod/flow.h|/^static inline bool vsw_flow_place/,/^}/s/key->place = beside;/key->place = flow;/|tables||not ok [0-9]* vsw_flow.flow_(places|slow)
find|kmod/flow.h|/^static inline bool vsw_flow_find/,/^}/s/\*flow = beside;/;/|tables||not ok [0-9]* vsw_flow.flow_places
nobody|kmod/port.c|s/vsw_port_next_id++;/vsw_port_next_id++ - 1;/|debug:flow|zeroes|null-ptr-deref|NULL pointer
list|kmod/vsw.h|s/gso_type & SKB_GSO_FRAGLIST/gso_type \& 0/|frames|lists|skb_panic
stag|kmod/rx.c|s/vsw_frame_is_list(skb) && skb_linearize(skb)/0/|frames|lists|skb_panic
tunnel|kmod/tx.c|s/if (vsw_frame_is_list(skb))/if (vsw_frame_is_list(skb) \&\& skb_vlan_tag_present(skb))/|frames|lists|KASAN|frames .* peer5
release|kmod/stage.c|/^static void vsw_stage_release/,/^}/s/vsw_port_is_host(stage->port)/0/|batch|given_to_the_host|what 'apply' changed is
vid|kmod/keeper.c|/^static u32 vsw_keeper_wanted/,/^}/s/vid = policy->vlans->pvid;/vid = policy->vlans->pvid + 1;/|vfdriver||FAIL: .*(VLAN|vlan)
tci|kmod/flow.c|s/\.tci = tci/.tci = tci ^ 1/|flow||a flow from .* is out of date
lock|kmod/fdb.c|/^int vsw_fdb_del/,/^}/s/err = -ENOENT;/rcu_read_unlock(); return -ENOENT;/|debug:fdb|rejected|lock held when returning to user space
device|kmod/path.c|/^void vsw_path_put_dev/,/^}/s/netdev_put(.*/;/|debug:port|defaults|waiting for .* to become free
END
}

# turns N: the names of those whose turn it is
turns()
{
	local names

	mapfile -t names < <(mutants | grep -v '|debug:' | cut -d '|' -f 1)
	"$here/turns.sh" "$1" "${names[@]}"
}

wanted()
{
	[ ${#WANTED[@]} -eq 0 ] || [[ " ${WANTED[*]} " == *" $1 "* ]]
}

# planted FILE SED: the copy has the bug
planted()
{
	sed "$2" "$VSW_TOP/$1" >"$work/tree/$1"
	! cmp -s "$VSW_TOP/$1" "$work/tree/$1" && return
	echo "nothing was planted into $1"
	return 1
}

# found TEST CASES PATTERN: a device that is held is waited for in vain.
found()
{
	local kernel=uml limit=300

	[[ $1 != *:* ]] || kernel=${1%%:*} limit=60
	VSW_CASES=$2 VSW_JOBS=1 VSW_RETRY='' VSW_DEADLINE='' VSW_TEST_TIMEOUT=$limit \
		VSW_FAULTS_STEP=1 \
		env -u MAKEFLAGS -u TESTS make -C "$work/tree" check KERNEL="$kernel" TESTS="${1##*:}" \
		>"$work/log" 2>&1 && {
		echo "$1 passes"
		return 1
	}
	grep -qE "$3" "$work/log" && return
	tail -n 30 "$work/log"
	echo "$1 fails, but does not say '$3'"
	return 1
}

# check: that; what does not is printed
check()
{
	local name file bug rest number=0 failed=0

	while IFS='|' read -r name file bug rest; do
		number=$((number + 1))
		sed "$bug" "$VSW_TOP/$file" | cmp -s - "$VSW_TOP/$file" || continue
		echo "$name changes nothing in $file"
		failed=1
	done < <(mutants)
	[ "$number" -gt 20 ] && [ "$failed" -eq 0 ]
}

if [ "${1-}" = --check ]; then
	check
	exit
fi
if [ "${1-}" = --turns ]; then
	mapfile -t WANTED < <(turns "${2:?how many}")
	[ ${#WANTED[@]} -gt 0 ] || exit 1
else
	WANTED=("$@")
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
tar -C "$VSW_TOP" --exclude=./.git --exclude='./build/[!u]*' -c . |
	tar -C "$work/tree" -x || exit
number=0 failed=0
echo "KTAP version 1"
while IFS='|' read -r name file bug test cases says; do
	wanted "$name" || continue
	number=$((number + 1)) start=$SECONDS
	if out=$(planted "$file" "$bug" && found "$test" "$cases" "$says"); then
		echo "ok $number $name in $file is seen by $test # $((SECONDS - start)) s"
	else
		echo "# ${out//$'\n'/$'\n'# }"
		echo "not ok $number $name in $file is seen by $test"
		failed=$((failed + 1))
	fi
	# Newer than what was built of the other one
	cp "$VSW_TOP/$file" "$work/tree/$file"
done < <(mutants)
echo "1..$number"
[ "$number" -gt 0 ] && [ "$failed" -eq 0 ]
