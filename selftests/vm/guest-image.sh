#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make the initramfs of the virtual machines that the demo starts inside its
# host (boot.sh --nested): busybox, the drivers of both kinds of NIC, a bond, and
# nested-init.sh. Prints the kernel image and the initramfs.
#
# Usage: guest-image.sh [6.12|7.2]

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/initramfs.sh"

main()
{
	local init=$VSW_TOP/selftests/vm/nested-init.sh paths image modules output

	paths=$("$VSW_TOP/selftests/vm/kernel.sh" path "${1:-6.12}") || exit
	image=${paths%%$'\n'*}
	modules=${paths##*$'\n'}
	output=$VSW_CACHE/initramfs/nested-${modules##*/}
	if [ ! -e "$output" ] || [ "$init" -nt "$output" ] ||
	   [ "$0" -nt "$output" ] || [ "$image" -nt "$output" ]; then
		mkdir -p "$VSW_CACHE/initramfs"
		initramfs_make "$output" "${modules##*/}" \
			"${modules%/usr/lib/modules/*}" "$init" \
			virtio_pci virtio_net igbvf bonding ||
			die "guest-image: could not make the initramfs"
	fi
	echo "$image"
	echo "$output"
}

main "$@"
