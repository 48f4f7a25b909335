# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kernels that are programs of this machine (User-Mode Linux), built from
# Debian's own source and kept in the cache. Source it after common.sh.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/source.sh"

# Room for the registers of a CPU, in bytes. The kernel has room for those of
# AVX-512; with AMX there are 11,008 bytes, and no program would start. They are
# kept on the stack, too: 64 KiB.
UML_FP_SIZE=12288
UML_STACK=CONFIG_KERNEL_STACK_ORDER=4

uml_patch()
{
	local file=arch/x86/um/user-offsets.c

	sed -i "s/(HOST_FP_SIZE, 2696)/(HOST_FP_SIZE, $UML_FP_SIZE)/" $file &&
		grep -q "(HOST_FP_SIZE, $UML_FP_SIZE)" $file
}

uml_build()
{
	local base=$1 fragment=$2
	local make=(nice make -s ARCH=um -j "$(nproc)")

	source_unpack --exclude='*/drivers/net/ethernet/*.[ch]' &&
		uml_patch &&
		{ cat "$fragment" && echo "$UML_STACK"; } > .fragment &&
		"${make[@]}" KCONFIG_ALLCONFIG=.fragment "$base" &&
		source_check_config .fragment &&
		"${make[@]}" linux modules
}

# uml_get_kernel BASE FRAGMENT: set UML to the directory of a kernel that is
# built. BASE is what is not in the fragment: allnoconfig or alldefconfig.
uml_get_kernel()
{
	local base=$1 fragment=$2 version hash command

	version=$(source_version) ||
		die "uml: the package $SOURCE_PACKAGE is needed"
	hash=$({ echo "$base $UML_FP_SIZE $UML_STACK"; cat "$fragment"; } |
	       sha256sum)
	UML=$VSW_CACHE/uml/$version-${hash:0:12}
	mkdir -p "$UML"
	exec 9> "$UML.lock"
	flock 9
	[ ! -e "$UML/ready" ] || return 0
	for command in make gcc flex bison bc xz; do
		have "$command" || die "uml: $command is needed"
	done
	note "building a User-Mode Linux kernel, this takes some minutes"
	rm -rf "$UML"
	mkdir "$UML"
	if ! (cd "$UML" && uml_build "$base" "$fragment") > "$UML.log" 2>&1; then
		tail -n 20 "$UML.log" >&2
		die "uml: could not build the kernel, see $UML.log"
	fi
	touch "$UML/ready"
}
