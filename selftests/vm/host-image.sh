#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A small Debian host with systemd, DKMS, a compiler and kernel 6.12, and the
# packages of the newest kernel lying ready; made from packages, kept in the cache.
#
# Usage: host-image.sh path			print the image, made first if need be
#        host-image.sh enter IMAGE COMMAND...	run a command with the image mounted:
#						it sees it as $ROOT, and as root
#
# Debian 13 with its own kernel, and the newest from its backports: so both
# kernels have headers that its compiler builds for. As the image is a file system and
# not a directory, it survives a restart of its guest.

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

SUITE=trixie
PACKAGES=(systemd-sysv udev kmod iproute2 iputils-ping procps jq
	  linux-image-amd64 linux-headers-amd64 dkms gcc make openssl pahole python3
	  libbpf1 libcap-ng0 libelf1t64 libjson-c5 libmnl0 libncursesw6
	  libnl-3-200 libnl-genl-3-200 libnl-route-3-200 libyaml-0-2 zlib1g)
NEWEST=(linux-image-amd64 linux-headers-amd64)
SIZE=4G
LOG=$VSW_CACHE/host-image-$$.log

not_available()
{
	[ -s "$LOG" ] && tail -n 5 "$LOG" >&2
	note "host image: not available: $*"
	exit 75
}

# The same recipe gives the same image
image_path()
{
	echo "$VSW_CACHE/host/$(sha256sum "$0" | head -c 12).img"
}

bootstrap()
{
	local root=$1 sources=$WORK/sources options=$WORK/apt.conf

	{
		apt_entry "$SUITE"
		echo
		apt_entry "$SUITE-backports"
	} > "$sources.$(apt_format)"
	apt-config dump | grep '^Acquire::' > "$options"
	as_root mmdebstrap --quiet --variant=apt --format=directory \
		--aptopt="$options" --dpkgopt=path-exclude=/usr/share/locale/* \
		--include="$(IFS=,; echo "${PACKAGES[*]}")" \
		"$SUITE" "$root" "$sources.$(apt_format)" > "$LOG" 2>&1 ||
		not_available "mmdebstrap failed"
}

# The newest kernel is installed later, by the test: that is an upgrade.
fetch_newest()
{
	local root=$1

	# shellcheck disable=SC2016
	as_root unshare -m bash -c '
		set -eu
		root=$1
		shift
		mount -t proc proc "$root/proc"
		[ ! -f /etc/resolv.conf ] ||
			cat /etc/resolv.conf > "$root/etc/resolv.conf"
		apt() { chroot "$root" apt-get -qq -o APT::Sandbox::User=root "$@"; }
		apt update
		apt -y -d --no-install-recommends install "$@"
		mkdir -p "$root/root/newest"
		mv "$root"/var/cache/apt/archives/*.deb "$root/root/newest/"
		apt clean
		rm -rf "$root"/var/lib/apt/lists/*' fetch "$root" \
		-t "$SUITE-backports" "${NEWEST[@]}" > "$LOG" 2>&1 ||
		not_available "the newest kernel could not be fetched"
}

configure()
{
	local root=$1 unit

	as_root tee "$root/etc/hostname" > /dev/null <<< vsw-host
	as_root tee "$root/etc/fstab" > /dev/null <<< "/dev/vda / ext4 defaults 0 1"
	as_root rm -f "$root/etc/resolv.conf"
	# It is a copy, and nobody mourns it.
	as_root tee "$root/etc/dpkg/dpkg.cfg.d/unsafe-io" > /dev/null <<< \
		force-unsafe-io
	# The guest has nobody to wait for, and a kernel that is given to it from outside.
	for unit in getty@ getty-static serial-getty@; do
		as_root ln -sf /dev/null "$root/etc/systemd/system/$unit.service"
	done
	as_root tee "$root/etc/machine-id" > /dev/null <<< \
		00000000000000000000000000000001
}

make_image()
{
	local image=$1

	have mmdebstrap || "$VSW_TOP/selftests/vm/packages.sh" host ||
		not_available "mmdebstrap is missing"
	WORK=$(mktemp -d)
	trap 'as_root rm -rf --one-file-system "$WORK" "$LOG"' EXIT
	note "making a Debian $SUITE host (about 2 minutes)"
	bootstrap "$WORK/root"
	fetch_newest "$WORK/root"
	configure "$WORK/root"
	rm -f "$image".new
	truncate -s "$SIZE" "$image.new"
	as_root mke2fs -q -t ext4 -E root_owner=0:0 -L vsw-host \
		-d "$WORK/root" "$image.new" > "$LOG" 2>&1 ||
		not_available "mke2fs failed"
	# An older recipe's
	rm -f "$VSW_CACHE"/host/*.img
	mv "$image.new" "$image"
}

path()
{
	local image

	image=$(image_path)
	mkdir -p "${image%/*}"
	exec 9> "$VSW_CACHE/host/lock"
	flock 9
	[ -e "$image" ] || make_image "$image" >&2 9>&-
	echo "$image"
}

# The mounts live and die with a private mount namespace.
enter()
{
	local image=$1 root status
	shift

	root=$(mktemp -d) || return
	# shellcheck disable=SC2016
	as_root unshare -m bash -c '
		set -eu
		export ROOT=$1
		image=$2
		shift 2
		mount -o loop,nobarrier "$image" "$ROOT"
		mount -t proc proc "$ROOT/proc"
		mount --rbind /dev "$ROOT/dev"
		exec "$@"' enter "$root" "$image" "$@"
	status=$?
	rmdir "$root"
	return "$status"
}

case ${1-} in
path)
	path
	;;
enter)
	[ $# -ge 3 ] || die "usage: host-image.sh enter IMAGE COMMAND..."
	shift
	enter "$@"
	;;
*)
	die "usage: host-image.sh path | enter IMAGE COMMAND..."
	;;
esac
