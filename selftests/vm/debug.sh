#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kernels with checkers, for guests: built from Debian's source with the fragments
# of selftests/debug, and kept in the cache until those or the source change.
# Called by kernel.sh, as the other kernels are.
#
# Usage: debug.sh COMMAND debug|kcsan|uml [ARGUMENT...]
#
#	debug	memory, locks, lifetimes, and faults to order
#	kcsan	data races, in a kernel that is preempted wherever it can be
#	uml	as debug, but a program of this machine (User-Mode Linux): one CPU and
#		no PCI, as fast as the machine
#
# A kernel that cannot be built here is an error: whoever asks for it wants it.

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/uml.sh"

CONFIGS=$VSW_TOP/selftests/debug

# Sets, for a kernel: FRAGMENTS, and how it is built
choose()
{
	MAKE=(nice -n 5 make -s -j "$(nproc)") ONLY_KERNEL=()
	TARGET=bzImage IMAGE=arch/x86/boot/bzImage
	case $KERNEL in
	debug)
		FRAGMENTS=(base qemu kasan debug)
		;;
	kcsan)
		FRAGMENTS=(base qemu kcsan)
		# Of data races those in the module are looked for: were the kernel
		# itself instrumented, too, it would be several times slower, and
		# would report its own. A race between the two is seen from the
		# module's side, as one of unknown origin.
		ONLY_KERNEL=(KCSAN_SANITIZE=n)
		;;
	uml)
		FRAGMENTS=(base kasan uml)
		MAKE+=(ARCH=um)
		TARGET=linux IMAGE=linux
		;;
	*)
		die "debug: unknown kernel '$KERNEL'"
		;;
	esac
}

fragment()
{
	local name

	for name in "${FRAGMENTS[@]}"; do
		cat "$CONFIGS/$name.config"
	done
	[ "$KERNEL" != uml ] || echo "$UML_STACK"
}

# All that a kernel is built of, but for the source
recipe()
{
	echo "$TARGET ${ONLY_KERNEL[*]}"
	fragment | grep -v '^#'
	[ "$KERNEL" != uml ] || echo "$UML_FP_SIZE"
}

build_kernel()
{
	# shellcheck disable=SC2119
	source_unpack &&
		{ [ "$KERNEL" != uml ] || uml_patch; } &&
		{ fragment &&
		  echo "CONFIG_LOCALVERSION=\"-$KERNEL-$HASH\""; } > .fragment &&
		"${MAKE[@]}" KCONFIG_ALLCONFIG=.fragment allnoconfig &&
		source_check_config .fragment &&
		"${MAKE[@]}" "${ONLY_KERNEL[@]}" "$TARGET" modules &&
		"${MAKE[@]}" INSTALL_MOD_PATH="$PWD/root/usr" \
			INSTALL_MOD_STRIP=1 modules_install &&
		cp "$IMAGE" root/image
}

# What is left is enough to build modules, and to find the line of an address.
trim()
{
	find . -path ./tools -prune -o -path ./scripts -prune -o \
		-path ./root -prune -o \
		\( -name '*.o' -o -name '*.ko' -o -name '*.a' -o -name '.*.cmd' \
		   -o -name '*.mod*' -o -name '.tmp_vmlinux*' \) \
		-type f -exec rm -f {} +
}

fetch()
{
	local command start=$SECONDS

	for command in make gcc flex bison bc xz lz4 pahole; do
		have "$command" ||
			die "debug: $command is needed: packages.sh build debug"
	done
	note "building the kernel '$KERNEL', this takes 10 to 30 minutes"
	rm -rf "$TREE"
	mkdir "$TREE"
	if ! (cd "$TREE" && build_kernel && trim) > "$TREE.log" 2>&1; then
		tail -n 20 "$TREE.log" >&2
		die "debug: could not build the kernel, see $TREE.log"
	fi
	note "built in $((SECONDS - start)) s"
	touch "$TREE/ready"
}

# Sets TREE to the directory of a kernel that is built.
get()
{
	local version

	version=$(source_version) || version=''
	if [ -z "$version" ] || [ ! -e "$SOURCE_TARBALL" ]; then
		die "debug: $SOURCE_PACKAGE is needed: packages.sh debug"
	fi
	HASH=$(recipe | sha256sum)
	HASH=${HASH:0:8}
	TREE=$VSW_CACHE/debug/$version-$KERNEL-$HASH
	mkdir -p "$VSW_CACHE/debug"
	exec 9> "$TREE.lock"
	flock 9
	[ -e "$TREE/ready" ] || fetch
	exec 9>&-
	RELEASE=$(cat "$TREE/include/config/kernel.release") || exit 1
}

main()
{
	local verb=$1

	KERNEL=$2
	shift 2
	choose
	get
	case $verb in
	fetch|release)
		echo "$RELEASE"
		;;
	path)
		echo "$TREE/root/image"
		echo "$TREE/root/usr/lib/modules/$RELEASE"
		;;
	headers)
		echo "$TREE"
		;;
	build)
		DIR=$(cd "$1" && pwd -P) || exit 1
		shift
		exec "${MAKE[@]}" -C "$TREE" M="$DIR" W=1 "$@" modules
		;;
	esac
}

[ $# -ge 2 ] || die "usage: debug.sh COMMAND debug|kcsan|uml [ARGUMENT...]"
main "$@"
