#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build netdevsim, the kernel's own simulated NIC, for the kernel of a guest:
# Debian does not, and its sources are in the linux-source package.
#
# Usage: netdevsim.sh KERNEL DIRECTORY
#
# The module goes to DIRECTORY. Where it cannot be had the exit status is 75, and
# the tests that need it skip.

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

KERNEL=$1
DIRECTORY=$2

not_available()
{
	note "netdevsim for $KERNEL: not available: $*"
	exit 75
}

# The tarball of exactly that version, from this machine or the archive
find_tarball()
{
	local name=linux-source-$KERNEL suite=own deb

	TARBALL=/usr/src/$name.tar.xz
	case $(dpkg-query -W -f '${Version}' "$name" 2>/dev/null) in
	"${RELEASE%%+*}-"*)
		[ -e "$TARBALL" ] && return
		;;
	esac
	[ "$KERNEL" = 6.12 ] || suite=sid
	apt_view "source-$KERNEL" "$suite" 2>/dev/null ||
		not_available "the package lists could not be read"
	note "netdevsim for $KERNEL: fetching $name"
	(cd "$WORK" && apt-get "${APT[@]}" -qq download "$name") \
		>/dev/null 2>&1 || not_available "no package $name"
	for deb in "$WORK/${name}_${RELEASE%%+*}-"*.deb; do
		[ -e "$deb" ] ||
			not_available "$name is not of ${RELEASE%%+*}"
		dpkg -x "$deb" "$WORK" || not_available "dpkg -x $deb"
	done
	TARBALL=$WORK$TARBALL
}

# Kernels of our own have it.
copy()
{
	local paths

	paths=$("$VSW_TOP/selftests/vm/kernel.sh" path "$KERNEL") ||
		not_available "no kernel"
	mkdir -p "$DIRECTORY"
	cp -u "${paths##*$'\n'}/kernel/drivers/net/netdevsim/netdevsim.ko" \
		"$DIRECTORY/" || not_available "the kernel has none"
}

fetch()
{
	find_tarball
	tar -xJf "$TARBALL" -C "$WORK" --strip-components=3 \
		--wildcards '*/drivers/net/netdevsim/*' ||
		not_available "$TARBALL has none"
	mkdir -p "$VSW_CACHE/netdevsim"
	rm -rf "$SOURCE"
	mv "$WORK/netdevsim" "$SOURCE"
}

main()
{
	case $KERNEL in
	debug|kcsan|uml)
		copy
		return
		;;
	esac
	RELEASE=$("$VSW_TOP/selftests/vm/kernel.sh" release "$KERNEL") ||
		not_available "no kernel"
	SOURCE=$VSW_CACHE/netdevsim/$RELEASE
	mkdir -p "$VSW_CACHE" "$DIRECTORY"
	exec 9>"$VSW_CACHE/netdevsim.lock"
	flock 9
	WORK=$(mktemp -d "$VSW_CACHE/netdevsim.XXXXXX") ||
		not_available "no temporary directory"
	trap 'rm -rf "$WORK"' EXIT
	[ -e "$SOURCE/netdev.c" ] || fetch
	cp -ru "$SOURCE/." "$DIRECTORY/"
	"$VSW_TOP/selftests/vm/kernel.sh" build "$KERNEL" "$DIRECTORY" \
		CONFIG_NETDEVSIM=m >"$DIRECTORY/build.log" 2>&1 ||
		not_available "it does not build: $DIRECTORY/build.log"
}

main
