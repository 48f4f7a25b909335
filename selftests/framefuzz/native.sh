#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Long runs of fuzz.py at the speed of the machine, in a User-Mode Linux kernel
# with KASAN and lockdep that is built from Debian's source and kept in the cache.
#
# Usage: native.sh run|plants|trouble [KEY=VALUE...]	see fuzz.py
#
# Prints what fuzz.py prints; its exit status is that of fuzz.py, or 1 if the
# kernel complained.

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/uml.sh"

BUILD=$VSW_TOP/build/framefuzz
TROUBLE='WARNING:|BUG:|INFO: |Oops|KASAN|[Kk]ernel panic'

build_module()
{
	mkdir -p "$BUILD"
	cp -ru "$VSW_TOP"/{Kbuild,VERSION,kmod,uapi} "$BUILD/"
	make -s -C "$UML" ARCH=um M="$BUILD" modules > "$BUILD/build.log" 2>&1 &&
		return
	cat "$BUILD/build.log" >&2
	die "framefuzz: the module does not build"
}

main()
{
	local status

	[ $# -ge 1 ] || die "usage: native.sh run|plants|trouble [KEY=VALUE...]"
	uml_get_kernel allnoconfig "$here/uml.config"
	build_module
	WORK=$(mktemp -d) || exit 1
	trap 'rm -rf "$WORK"' EXIT
	printf '%q ' "$@" > "$WORK/arguments"
	ulimit -c 0
	setarch -R timeout -k 5 "${VSW_FUZZ_TIMEOUT:-7200}" "$UML/linux" \
		mem=1024M rootfstype=hostfs ro init="$here/native-init.sh" \
		VSW_WORK="$WORK" VSW_TOP="$VSW_TOP" VSW_KO="$BUILD/kmod/vsw.ko" \
		con=null con0=null,fd:1 uml_dir="$WORK/" loglevel=1 panic=-1 \
		log_buf_len=1M < /dev/null 2>&1 | tr -d '\r' |
		sed -u '1,/^vsw: start of fuzz/d; /^vsw: end of fuzz/,$d' |
		tee "$WORK/log"
	status=$(sed -n 's/^vsw: status //p' "$WORK/log")
	! grep -qE "$TROUBLE" "$WORK/log" && [ "${status:-1}" -eq 0 ]
}

main "$@"
