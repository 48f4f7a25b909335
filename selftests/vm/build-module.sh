#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the module for the kernel of a guest, in a copy of its sources, so that
# two kernels do not tread on each other.
#
# Usage: build-module.sh KERNEL DIRECTORY

set -eu -o pipefail

vm=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$vm/../.." && pwd)
kernel=$1 dir=$top/$2

mkdir -p "$dir"
# -u: what has not changed is not built again
cp -ru "$top/Kbuild" "$top/VERSION" "$top/kmod" "$top/uapi" "$dir/"

# VSW_GCOV=1 has the module count which lines are run.
how=()
[ -z "${VSW_GCOV-}" ] || how+=(GCOV_PROFILE=y)
# VSW_KCOV=1 has it tell who asks which way it goes.
[ -z "${VSW_KCOV-}" ] || how+=(KCOV_INSTRUMENT=y)

# build DIRECTORY [ARGUMENT...]: without a warning
build()
{
	local log=$1/build.log

	if ! "$vm/kernel.sh" build "$kernel" "$@" >"$log" 2>&1; then
		cat "$log"
		echo "vsw: ${1#"$top/"} does not build for $kernel" >&2
		exit 1
	fi
	if grep -E 'warning:|WARNING:' "$log"; then
		echo "vsw: ${1#"$top/"} builds for $kernel with warnings" >&2
		exit 1
	fi
}

# Where failures can be injected, calls of the kernel may fail as well.
faults=()
case $kernel in
debug|uml)
	mkdir -p "$dir/faults"
	cp -u "$top/selftests/faults/calls.h" "$top/selftests/module/fault.h" "$dir/faults/"
	# A function of a work item is one in a function there, which must need nothing of it.
	faults=("KCFLAGS=-Wtrampolines -include $dir/faults/calls.h"
		CFLAGS_main.o=-DVSW_CALLS_LATE CFLAGS_port.o=-DVSW_CALLS_PORT
		CFLAGS_tests/fdb_test.o=-DVSW_CALLS_LATE)
	;;
esac

build "$dir" "${how[@]}" "${faults[@]}"
# The kernel makes per-CPU memory of one section of a module. Of others it would write
# wherever their offset leads.
if readelf -SW "$dir/kmod/vsw.ko" | grep -q ' \.data\.\.percpu\.\.'; then
	echo "vsw: a per-CPU variable is in a section that no module may have" >&2
	exit 1
fi
# A driver for tests
mkdir -p "$dir/testpf"
cp -u "$top"/selftests/module/* "$dir/testpf/"
build "$dir/testpf"
case $kernel in
debug|kcsan|uml)
	mkdir -p "$dir/planted"
	cp -u "$top"/selftests/debug/planted/* "$dir/planted/"
	build "$dir/planted"
	gcc -Wall -Wextra -O2 -shared -fPIC -o "$dir/failnth.so" \
		"$top/selftests/faults/failnth.c"
	make -s -C "$top/selftests/nlfuzz" OUT="$dir/nlfuzz"
	;;
esac
# And one that Debian does not build. Tests do without where it cannot be had.
"$vm/netdevsim.sh" "$kernel" "$dir/netdevsim" || true
echo "vsw: built vsw.ko for $("$vm/kernel.sh" release "$kernel")"
