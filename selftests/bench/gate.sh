#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No change makes a frame dearer unnoticed: the instructions of a frame, as part
# of those that the bridge needs in the same run, against baseline.json. Then the
# same with the datapath slowed down on purpose: the gate must see that.
#
# Usage: gate.sh [KERNEL]		prints KTAP
#        gate.sh --update [KERNEL]	write baseline.json

set -u
here=$(cd "$(dirname "$0")" && pwd)
contestants=floor,mirred,xdp-redirect,bridge-vlan,vsw,vsw-xdp
workloads=access-1,access-1000,trunk-meta-1,trunk-frame-1,flood-8,move-64
workloads+=,pages-access-tcp,pages-trunk-frame-1

update=
[ "${1-}" = --update ] && update=--update && shift
kernel=${1:-6.12}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# measure OUT [OPTION...]
measure()
{
	local out=$1

	shift
	VSW_BENCH_OVS=no "$here/exact.sh" "$kernel" "$out" measure.py --exact \
		--contestants "$contestants" "$@" > "$out.log" 2>&1 && return
	sed 's/^/# /' "$out.log"
	echo "not ok - the instructions of a frame cannot be measured"
	exit 1
}

measure "$work/now" --only "$workloads"
# Which of many flows have one place is drawn when the module is loaded.
for boot in 2 3; do
	measure "$work/now.$boot" --only access-1000
done
if [ -n "$update" ]; then
	exec python3 -B "$here/gate.py" --update "$work"/now "$work"/now.[23] \
		"$here/baseline.json"
fi
python3 -B "$here/gate.py" "$work"/now "$work"/now.[23] "$here/baseline.json"
status=$?

export VSW_BENCH_SLOW=1
measure "$work/slow" --only access-1
if python3 -B "$here/gate.py" "$work/slow" "$here/baseline.json" \
	> "$work/verdict" ||
   ! grep -q '^not ok .* access-1 by vsw: [0-9.]* of' "$work/verdict"; then
	sed 's/^/# /' "$work/verdict"
	echo "not ok - the gate sees a datapath that was slowed down"
	status=1
else
	echo "ok - the gate sees a datapath that was slowed down"
fi
exit "$status"
