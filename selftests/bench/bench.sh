#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything that is measured, beside each other: see Documentation/performance.md.
#
# Usage: bench.sh KERNEL	kernel of the exact meter
#
# The results are in build/bench: report.md, *.json and *.svg. The exit status is
# 1 when a target is missed, or something could not be measured.

set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$(dirname "$here")")
out=$top/build/bench
export VSW_BENCH_TIMEOUT=${VSW_BENCH_TIMEOUT:-3000}

mkdir -p "$out"
failed=0
# step WHAT COMMAND...: what was not measured has met no target
step()
{
	echo "=== $1"
	shift
	"$@" && return
	echo "=== failed, status $?"
	failed=1
}

rm -f "$out"/*.json
step "native speed" "$here/native.sh" "$out/native.json" measure.py \
	--rounds "${VSW_BENCH_ROUNDS:-5}" --ms 150
step "control plane and memory" "$here/native.sh" "$out/control.json" control.py
step "instructions" "$here/exact.sh" "$1" "$out/exact.json" measure.py --exact
step "TCP between namespaces" "$here/exact.sh" "$1" "$out/tcp.json" tcp.py
step "from tap to tap" "$here/exact.sh" "$1" "$out/tap.json" tap.py --seconds 0
step "TCP between virtual machines" "$here/vms.sh" "$1" "$out/vms.json" \
	--rounds 3 --seconds 2
lscpu | sed -n 's/^Model name: */machine: /p'
# Debian's own, which has the module that draws
/usr/bin/python3 -B "$here/report.py" "$out" && [ "$failed" -eq 0 ]
