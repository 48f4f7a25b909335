#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo: a KVM host with an SR-IOV NIC, itself a virtual machine, on which
# vsw joins three virtual machines: two on taps, one on a virtual function that is
# taken from it and given back.
#
# Usage: demo.sh [OPTION...]
#   --kernel 6.12|7.2	kernel of the host and of the virtual machines
#   --shell		leave a shell on that host, with everything running
#   --with-bridge	the same with a Linux bridge in place of vsw, to see what
#			goes wrong there
#
# VSW_KO and VSW_CTL name the module and the tool, if not those in build/.
# demo-host.sh has what happens inside.

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

find_built()
{
	export VSW_KO=${VSW_KO:-$VSW_TOP/build/$KERNEL/kmod/vsw.ko}
	export VSW_CTL=${VSW_CTL:-$VSW_TOP/tools/vswctl/vswctl}
	[ -e "$VSW_KO" ] || die "demo: $VSW_KO is missing: run make demo"
	[ -x "$VSW_CTL" ] || die "demo: $VSW_CTL is missing: run make demo"
}

main()
{
	local paths options=() KERNEL=6.12 inside=()

	while [ $# -gt 0 ]; do
		case $1 in
		--kernel)	KERNEL=${2:-}; shift ;;
		--shell)	options+=(--shell); inside+=(--keep) ;;
		--with-bridge)	inside+=(--with-bridge) ;;
		*)		die "usage: demo.sh [--kernel 6.12|7.2]" \
				    "[--shell] [--with-bridge]" ;;
		esac
		shift
	done
	[[ " ${inside[*]} " == *" --with-bridge "* ]] || find_built
	paths=$("$VSW_TOP/selftests/vm/guest-image.sh" "$KERNEL") || exit
	export VSW_GUEST_KERNEL=${paths%%$'\n'*}
	export VSW_GUEST_INITRD=${paths##*$'\n'}
	VSW_DEMO_START=$(date +%s)
	export VSW_DEMO_START
	echo "[  0 s] starting the demo's host: Linux $KERNEL, SR-IOV NIC, KVM"
	exec "$VSW_TOP/selftests/vm/boot.sh" --kernel "$KERNEL" --sriov --nested \
		--timeout 600 "${options[@]}" -- \
		"$VSW_TOP/selftests/vm/demo-host.sh" "${inside[@]}"
}

main "$@"
