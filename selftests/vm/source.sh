# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kernels of our own, built from Debian's source and kept in the cache. Source it
# after common.sh.

SOURCE_PACKAGE=linux-source-6.12
SOURCE_TARBALL=/usr/src/$SOURCE_PACKAGE.tar.xz

# Parts that take time to unpack and are never compiled here. Only sources: the
# configuration reads the Kconfig files of them all.
SOURCE_LEAVE_OUT=(--exclude='*/Documentation/*/*' --exclude='*/tools/testing/*'
		  --exclude='*/sound/*.[ch]' --exclude='*/drivers/gpu/*.[ch]'
		  --exclude='*/drivers/media/*.[ch]'
		  --exclude='*/drivers/infiniband/*.[ch]'
		  --exclude='*/drivers/net/wireless/*.[ch]')

# source_unpack [TAR OPTION...]: into the current directory
source_unpack()
{
	tar -xf "$SOURCE_TARBALL" --strip-components=1 \
		"${SOURCE_LEAVE_OUT[@]}" "$@"
}

source_version()
{
	dpkg-query -W -f '${Version}' "$SOURCE_PACKAGE" 2>/dev/null
}

# source_check_config FRAGMENT: all of it must have come through.
source_check_config()
{
	local missing

	missing=$(grep '^CONFIG' "$1" | grep -vxFf .config) || return 0
	die "the kernel does not know: $missing"
}
