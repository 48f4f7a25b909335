# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Make small initramfs images: static busybox, an init script, and the modules
# asked for with all they need, decompressed (busybox cannot), in load order.

# Usage: initramfs_make OUTPUT RELEASE ROOT INIT MODULE...
#	ROOT is where the kernel package was unpacked; INIT becomes /init.
# /modules/order in the image lists the modules for insmod, in order.
initramfs_make()
{
	local output=$1 release=$2 root=$3 init=$4 dir
	shift 4

	dir=$(mktemp -d) || return 1
	mkdir -p "$dir"/{bin,dev,proc,sys,lower,rw,new,modules}
	cp "$(command -v busybox)" "$dir/bin/busybox"
	cp "$init" "$dir/init"
	chmod 755 "$dir/init"
	initramfs_modules "$dir/modules" "$release" "$root" "$@" &&
		initramfs_pack "$dir" > "$output.$$" &&
		mv "$output.$$" "$output"
	set -- $?
	rm -rf "$dir" "$output.$$"
	return "$1"
}

# Usage: initramfs_modules DIR RELEASE ROOT MODULE...
# What is built into the kernel is no module.
initramfs_modules()
{
	local dir=$1 release=$2 root=$3 kind path name
	shift 3

	: > "$dir/order"
	[ $# -gt 0 ] || return 0
	modprobe -d "$root/usr" -S "$release" -a --show-depends "$@" |
	while read -r kind path _; do
		[ "$kind" = insmod ] || continue
		name=${path##*/}
		name=${name%%.ko*}
		[ -e "$dir/$name.ko" ] && continue
		case $path in
		*.xz)
			xz -dc "$path" > "$dir/$name.ko"
			;;
		*.zst)
			zstd -qdc "$path" > "$dir/$name.ko"
			;;
		*)
			cp "$path" "$dir/$name.ko"
			;;
		esac || return 1
		echo "$name" >> "$dir/order"
	done
	[ "${PIPESTATUS[*]}" = "0 0" ]
}

# Usage: initramfs_pack DIR (cpio archive on standard output)
initramfs_pack()
{
	(cd "$1" && find . -mindepth 1 | cpio --quiet -R 0:0 -o -H newc)
}
