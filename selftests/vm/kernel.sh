#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernels vsw is built for and tested on: fetched, unpacked, never
# installed.
#
# Usage: kernel.sh fetch   KERNEL		get image, modules and headers
#        kernel.sh release KERNEL		print uname -r
#        kernel.sh path    KERNEL		print the image and the module tree
#        kernel.sh headers KERNEL		print the header directory
#        kernel.sh build   KERNEL SRCDIR [MAKE ARGUMENT...]
#
# KERNEL is 6.12 (the floor: Debian's 6.12, headers installed on this machine)
# or 7.2 (the other end: whatever Debian sid has today). sid's headers ask for
# a newer compiler and libc than Debian 12 has, hence a sid chroot in the cache.
# Or it is debug, kcsan or uml: 6.12 with checkers, built by debug.sh.
# All commands fetch first what is not there yet. A 7.2 that cannot be had is
# exit status 75: a reason to skip, not a failure.

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

SID=$VSW_CACHE/sid
SID_PACKAGES=(make libelf-dev libssl-dev dwarves bpftool linux-headers-amd64)
LOG=$VSW_CACHE/kernel-$$.log

not_available()
{
	[ -s "$LOG" ] && tail -n 5 "$LOG" >&2
	note "kernel $KERNEL: not available: $*"
	[ "$KERNEL" = 6.12 ] && exit 1
	exit 75
}

# 6.12: build on this machine with the newest installed headers

headers_612()
{
	dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' \
		'linux-headers-6.12.*-amd64' 2>/dev/null |
	sed -nE 's/^ii *linux-headers-(6\.12\.[0-9a-z+]*-amd64)$/\1/p' |
	sort -V | tail -n 1
}

fetch_612()
{
	local release

	release=$(headers_612)
	if [ -z "$release" ]; then
		"$VSW_TOP/selftests/vm/packages.sh" build || exit 1
		release=$(headers_612)
	fi
	[ -n "$release" ] || not_available "no headers package is installed"
	[ -e "$VSW_CACHE/kernel/$release/ready" ] ||
		fetch_debs 6.12 "$release" "linux-image-$release" own
	echo "$release" > "$VSW_CACHE/kernel/6.12"
}

# 7.2: build in a chroot

# Run a command in the sid chroot. Its mounts live and die with a private
# mount namespace, so nothing has to be undone.
sid_run()
{
	# shellcheck disable=SC2016
	as_root unshare -m bash -c '
		set -eu
		root=$1 top=$2 work=$3
		shift 3
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		if [ -f /etc/resolv.conf ]; then
			cat /etc/resolv.conf > "$root/etc/resolv.conf"
		fi
		for dir in "$top" "$work"; do
			mkdir -p "$root$dir"
			mount --bind "$dir" "$root$dir"
		done
		exec chroot "$@"' sid_run "$SID_ROOT" "$VSW_TOP" \
		"${SID_WORK:-$VSW_TOP}" "$@"
}

sid_bootstrap()
{
	local mirror

	have debootstrap || "$VSW_TOP/selftests/vm/packages.sh" sid ||
		not_available "debootstrap is missing"
	SID_ROOT=$SID.new
	as_root rm -rf --one-file-system "$SID_ROOT"
	mirror=$(apt_mirror)
	note "kernel 7.2: making a Debian sid build root (about 2 minutes)"
	as_root debootstrap --variant=minbase sid "$SID_ROOT" \
		${mirror:+"$mirror"} > "$LOG" ||
		not_available "debootstrap failed"
	apt-config dump | grep '^Acquire::' |
		as_root tee "$SID_ROOT/etc/apt/apt.conf.d/00host" >/dev/null
	sid_run "$SID_ROOT" env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
		apt-get -y -qq -o APT::Sandbox::User=root \
		--no-install-recommends install \
		"${SID_PACKAGES[@]}" > "$LOG" 2>&1 ||
		not_available "its headers could not be installed"
	as_root rm -rf "$SID_ROOT/var/cache/apt/archives" \
		"$SID_ROOT/var/lib/apt/lists"
	as_root mv "$SID_ROOT" "$SID"
}

sid_release()
{
	local dir

	for dir in "$SID"/usr/src/linux-headers-*-amd64; do
		[ -d "$dir" ] && echo "${dir##*/linux-headers-}"
	done | sort -V | tail -n 1
}

fetch_sid()
{
	local release

	[ -d "$SID" ] || sid_bootstrap
	SID_ROOT=$SID
	release=$(sid_release)
	[ -n "$release" ] || not_available "no headers in $SID"
	[ -e "$VSW_CACHE/kernel/$release/ready" ] ||
		fetch_debs 7.2 "$release" \
			"linux-binary-$release linux-modules-$release linux-base-$release" \
			sid
	echo "$release" > "$VSW_CACHE/kernel/7.2"
}

# both

# Unpack kernel packages into the cache.
# Usage: fetch_debs NAME RELEASE "PACKAGE..." SUITE
fetch_debs()
{
	local release=$2 dir=$VSW_CACHE/kernel/$2 packages deb

	read -ra packages <<< "$3"
	note "kernel $1: fetching ${packages[*]}"
	rm -rf "$dir"
	mkdir -p "$dir/debs"
	apt_view "$1" "$4" 2> "$LOG" ||
		not_available "the package lists could not be read"
	(cd "$dir/debs" && apt-get "${APT[@]}" -qq download "${packages[@]}") \
		> "$LOG" 2>&1 ||
		not_available "${packages[*]} could not be downloaded"
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$dir/root" || not_available "dpkg -x $deb"
	done
	[ -d "$dir/root/usr/lib/modules" ] || {
		mkdir -p "$dir/root/usr/lib"
		mv "$dir/root/lib/modules" "$dir/root/usr/lib/modules"
	}
	depmod -b "$dir/root/usr" "$release" 2> "$LOG" ||
		not_available "depmod failed"
	rm -rf "$dir/debs" "$dir/root/boot/"System.map*
	touch "$dir/ready"
}

fetch()
{
	mkdir -p "$VSW_CACHE/kernel"
	exec 9> "$VSW_CACHE/kernel/lock"
	flock 9
	if [ "$KERNEL" = 6.12 ]; then
		fetch_612
	else
		fetch_sid
	fi
	exec 9>&-
	rm -f "$LOG"
}

# What is in the cache and still fits the installed headers
cached_release()
{
	local release

	release=$(cat "$VSW_CACHE/kernel/$KERNEL" 2>/dev/null) || return 1
	[ -e "$VSW_CACHE/kernel/$release/ready" ] || return 1
	[ -d "$(headers "$release")" ] && echo "$release"
}

headers()
{
	if [ "$KERNEL" = 6.12 ]; then
		echo "/usr/src/linux-headers-$1"
	else
		echo "$SID/usr/src/linux-headers-$1"
	fi
}

image()
{
	local root=$VSW_CACHE/kernel/$1/root path

	for path in "$root/boot/vmlinuz-$1" "$root/usr/lib/modules/$1/vmlinuz"; do
		[ -e "$path" ] && echo "$path" && return
	done
	not_available "no image in $root"
}

build()
{
	local dir jobs

	dir=$(cd "$1" && pwd -P) || exit 1
	shift
	jobs=$(nproc)
	if [ "$KERNEL" = 6.12 ]; then
		exec make -C "$(headers "$RELEASE")" M="$dir" -j "$jobs" \
			"$@" modules
	fi
	SID_WORK=$dir SID_ROOT=$SID
	sid_run --userspec="$(id -u):$(id -g)" "$SID" \
		make -C "/usr/src/linux-headers-$RELEASE" M="$dir" \
		-j "$jobs" "$@" modules
}

usage()
{
	sed -n 's/^# Usage: /usage: /p; s/^#        kernel/       kernel/p' \
		"$0" >&2
	exit 1
}

main()
{
	[ $# -ge 2 ] || usage
	VERB=$1
	case $2 in
	6.12)
		KERNEL=6.12
		;;
	7.2|sid)
		KERNEL=7.2
		;;
	debug|kcsan|uml)
		exec "$VSW_TOP/selftests/vm/debug.sh" "$@"
		;;
	*)
		die "unknown kernel '$2' (6.12, 7.2, debug, kcsan or uml)"
		;;
	esac
	shift 2

	cached_release >/dev/null || fetch
	RELEASE=$(cached_release) || not_available "nothing usable in the cache"

	case $VERB in
	fetch|release)
		echo "$RELEASE"
		;;
	path)
		image "$RELEASE"
		echo "$VSW_CACHE/kernel/$RELEASE/root/usr/lib/modules/$RELEASE"
		;;
	headers)
		headers "$RELEASE"
		;;
	build)
		[ $# -ge 1 ] || usage
		build "$@"
		;;
	*)
		usage
		;;
	esac
}

main "$@"
