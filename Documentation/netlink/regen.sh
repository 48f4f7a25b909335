#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generate uapi/linux/vsw.h and kmod/generated/netlink.[ch] from the spec.
#
# The generator is the kernel's own, out of Debian's linux-source package. It
# insists on finding the schema beside the spec, so it runs on a copy of both.
#
# usage: regen.sh          write the files
#        regen.sh --check  fail if the committed files are not fresh
set -eu -o pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
tarball=$(find /usr/src -maxdepth 1 -name 'linux-source-6.*.tar.xz' |
	  sort -V | head -n 1)
if [ -z "$tarball" ]; then
	echo "regen.sh: install linux-source-6.12 (apt-get install)" >&2
	exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The members come early in no tarball: unpack once, keep in the cache.
cache=${VSW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vsw}/ynl/$(basename "$tarball" .tar.xz)
if [ ! -e "$cache/.complete" ]; then
	mkdir -p "$cache"
	tar -xJf "$tarball" -C "$cache" --strip-components=1 --wildcards \
		'*/tools/net/ynl' '*/Documentation/netlink/*.yaml'
	touch "$cache/.complete"
fi

cp -r "$cache/tools" "$cache/Documentation" "$work/"
touch "$work/MAINTAINERS"	# how the generator knows the root of a tree
cp "$top/Documentation/netlink/specs/vsw.yaml" \
	"$work/Documentation/netlink/specs/"

generate() # mode kind output
{
	mkdir -p "$work/out/$(dirname "$3")"
	(cd "$work" && python3 tools/net/ynl/ynl-gen-c.py --mode "$1" \
		"--$2" --spec Documentation/netlink/specs/vsw.yaml \
		-o "out/$3")
}

generate uapi header uapi/linux/vsw.h
generate kernel header kmod/generated/netlink.h
generate kernel source kmod/generated/netlink.c

for file in uapi/linux/vsw.h kmod/generated/netlink.h kmod/generated/netlink.c
do
	if [ "${1-}" = --check ]; then
		diff -u "$top/$file" "$work/out/$file" || {
			echo "$file is stale: run Documentation/netlink/regen.sh" >&2
			exit 1
		}
	else
		mkdir -p "$top/$(dirname "$file")"
		cp "$work/out/$file" "$top/$file"
	fi
done
