#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The exact meter: instructions a frame in Debian's own kernel, in a guest whose
# clock counts them. What else the machine does makes no difference.
#
# Usage: exact.sh KERNEL OUT measure.py|tcp.py|tap.py|vms.py [OPTION...]

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/ovs.sh"

[ $# -ge 3 ] || die "usage: exact.sh KERNEL OUT SCRIPT [OPTION...]"
kernel=$1 out=$(realpath "$2")
shift 2
build=$VSW_TOP/build/$kernel
mkdir -p "$build/bench"
cp -ru "$here"/module/* "$build/bench/"
"$here/../vm/build-module.sh" "$kernel" "build/$kernel" >&2 || exit
if ! "$here/../vm/kernel.sh" build "$kernel" "$build/bench" \
	> "$build/bench.log" 2>&1; then
	cat "$build/bench.log" >&2
	die "bench: the meter does not build for $kernel"
fi
clang -g -O2 -target bpf -idirafter "/usr/include/$(gcc -print-multiarch)" \
	-c -o "$build/bench/limits.bpf.o" "$here/limits.bpf.c" ||
	die "bench: the program for XDP does not build"
VSW_OVS=''
[ "${VSW_BENCH_OVS-}" = no ] || ovs_get

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export VSW_OVS VSW_KO=${VSW_KO:-$build/kmod/vsw.ko}
export VSW_BENCH_XDP=$build/bench/limits.bpf.o
export VSW_METER=$build/bench/vsw-bench.ko
export VSW_CTL=$VSW_TOP/tools/vswctl/vswctl
how=(--icount)
[ -z "${VSW_BENCH_NESTED-}" ] || how=(--nested)
"$here/../vm/boot.sh" --kernel "$kernel" "${how[@]}" --mem 2048 \
	--timeout "${VSW_BENCH_TIMEOUT:-1500}" -- "$here/exact-guest.sh" "$@" |
	tee "$log" | sed '/^vsw: result$/,$d'
status=${PIPESTATUS[0]}
sed '1,/^vsw: result$/d' "$log" > "$out"
exit "$status"
