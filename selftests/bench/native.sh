#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The meter at native speed: nanoseconds of CPU time a frame, in a User-Mode Linux
# kernel that is a program of this machine.
#
# Usage: native.sh OUT measure.py|control.py [OPTION...]

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/uml.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/ovs.sh"

BUILD=$VSW_TOP/build/bench-uml
TIMEOUT=${VSW_BENCH_TIMEOUT:-3000}

# build NAME SOURCE...: an external module in a directory of its own
build()
{
	local dir=$BUILD/$1 log=$BUILD/$1.log
	shift

	mkdir -p "$dir"
	cp -ru "$@" "$dir/"
	make -s -C "$UML" ARCH=um M="$dir" modules > "$log" 2>&1 && return
	cat "$log" >&2
	die "bench: $dir does not build"
}

main()
{
	local out

	[ $# -ge 2 ] || die "usage: native.sh OUT measure.py|control.py [OPTION...]"
	out=$(realpath "$1")
	shift
	uml_get_kernel alldefconfig "$here/uml.config"
	ovs_get
	mkdir -p "$BUILD"
	build vsw "$VSW_TOP"/{Kbuild,VERSION,kmod,uapi}
	build meter "$here"/module/*
	WORK=$(mktemp -d) || exit 1
	trap 'rm -rf "$WORK"' EXIT
	printf '%q ' "$@" > "$WORK/arguments"
	ulimit -c 0
	# The last core: the first has more to do with interrupts.
	setarch -R taskset -c "$(($(nproc) - 1))" timeout -k 5 "$TIMEOUT" \
		"$UML/linux" mem=3072M rootfstype=hostfs ro \
		init="$here/native-init.sh" VSW_WORK="$WORK" \
		VSW_OVS="$VSW_OVS" VSW_TOP="$VSW_TOP" \
		con=null con0=null,fd:1 uml_dir="$WORK/" loglevel=3 panic=-1 \
		< /dev/null 2>&1 | tr -d '\r' |
		sed '1,/^vsw: start of bench/d; /^vsw: end of bench/,$d'
	[ -s "$WORK/result" ] && cp "$WORK/result" "$out"
}

main "$@"
