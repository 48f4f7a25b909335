#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP between two virtual machines on taps. They run in a guest, which is emulated
# where the machine has no KVM: rates are low then, and what is compared is how
# much there is to emulate.
#
# Usage: vms.sh KERNEL OUT [OPTION OF vms.py...]

set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/../vm/initramfs.sh"

[ $# -ge 2 ] || die "usage: vms.sh KERNEL OUT [OPTION...]"
kernel=$1 out=$2
shift 2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# programs DIR NAME...: with the libraries that they need
programs()
{
	local dir=$1 name path
	shift

	for name; do
		path=$(command -v "$name") || die "bench: $name is needed"
		mkdir -p "$dir/bin"
		cp -L "$path" "$dir/bin/" || exit
		ldd "$path" | grep -o '/[^ ]*' | while read -r path; do
			mkdir -p "$dir${path%/*}"
			cp -Lu "$path" "$dir$path"
		done
	done
}

paths=$("$here/../vm/guest-image.sh" "$kernel") || exit
programs "$work/programs" iperf3 sockperf ip
mkdir -p "$work/programs/tmp"
{ cat "${paths##*$'\n'}"; initramfs_pack "$work/programs"; } > "$work/initrd"
VSW_GUEST_KERNEL=${paths%%$'\n'*} VSW_GUEST_INITRD=$work/initrd \
	VSW_BENCH_NESTED=1 "$here/exact.sh" "$kernel" "$out" vms.py "$@"
