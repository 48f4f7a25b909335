#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the Debian packages from a copy of the sources.
#
# Usage: debs.sh DIRECTORY [VERSION]
#
# They go into DIRECTORY. With VERSION they are a later build of the same sources:
# what an upgrade is tried with.

set -eu -o pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
version=${2-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/vsw"
cd "$top"
git ls-files -z --cached --others --exclude-standard |
	xargs -0 tar -c --ignore-failed-read 2>/dev/null | tar -x -C "$work/vsw"
cd "$work/vsw"
if [ -n "$version" ]; then
	sed -i "1s/([^)]*)/($version)/" debian/changelog
	echo "$version" > VERSION
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$version\"/" dkms.conf
fi
if ! dpkg-buildpackage -us -uc -b > "$work/log" 2>&1; then
	tail -n 60 "$work/log" >&2
	echo "vsw: the packages could not be built" >&2
	exit 1
fi
rm -f "$out"/*.deb "$out"/*.changes "$out"/*.buildinfo
mv "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$out/"
ls "$out"/*.deb
