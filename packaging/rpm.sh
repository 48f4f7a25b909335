#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the RPM packages from a copy of the sources.
#
# Usage: rpm.sh DIRECTORY [OPTION OF RPMBUILD...]
#
# On Debian, too, where what they need to be built is there under other names.

set -eu -o pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/SOURCES"
cd "$top"
version=$(cat VERSION)
git ls-files -z --cached --others --exclude-standard |
	tar -c --null -T - --ignore-failed-read \
		--transform "s,^,vsw-$version/,S" 2>/dev/null \
		> "$work/SOURCES/vsw-$version.tar"
[ ! -e /etc/debian_version ] || set -- --nodeps "$@"
if ! rpmbuild -bb "$@" --define "_topdir $work" \
	packaging/vsw.spec > "$work/log" 2>&1; then
	tail -n 60 "$work/log" >&2
	echo "vsw: the RPM packages could not be built" >&2
	exit 1
fi
find "$work/RPMS" -name '*.rpm' -exec mv -t "$out" {} +
ls "$out"/*.rpm
