#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What can be found without running anything. KTAP, one line a tool.
#
# The module is built with W=1 and sparse; checkpatch.pl is that of Debian's
# linux-source package. What checkpatch is told to overlook, and why:
#
#   FILE_PATH_CHANGES	MAINTAINERS has the folders already
#   LINUX_VERSION_CODE	an out-of-tree module has a floor to check
#   COMPLEX_MACRO, MACRO_ARG_REUSE, MACRO_ARG_UNUSED
#			the list of drop reasons is an X-macro, and not all of
#			its users want all of its columns
#   OPEN_ENDED_LINE, PARENTHESIS_ALIGNMENT	in trace.h only: TRACE_EVENT()
#   FUNCTION_ARGUMENTS, OPEN_BRACE	functions declared by the macros of
#			compat/rtnl.h, whose arguments differ between kernels
#   SPLIT_STRING, PREFER_KERNEL_TYPES, PREFER_DEFINED_ATTRIBUTE_MACRO
#			in user space, where types and attributes are those of C

set -u -o pipefail

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
cache=${VSW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vsw}/static
number=0 failed=0
log=$(mktemp)
work=$(mktemp -d)
# checkpatch keeps a cache in the current directory
trap 'rm -rf "$log" "$work" .checkpatch-camelcase.git.' EXIT
cd "$top" || exit 1
# shellcheck source-path=SCRIPTDIR
. "$dir/checks.sh"
# shellcheck source-path=SCRIPTDIR
. "$dir/analysers.sh"

# gate NAME COMMAND...: passes if the command succeeds and prints nothing
gate()
{
	local name=$1 status

	shift
	number=$((number + 1))
	"$@" >"$log" 2>&1
	status=$?
	if [ "$status" -eq 0 ] && [ ! -s "$log" ]; then
		echo "ok $number $name"
		return
	fi
	sed 's/^/# /' "$log" | head -n 60
	echo "not ok $number $name"
	failed=$((failed + 1))
}

# files PATTERN...: those that git tracks, or would
files()
{
	git ls-files --cached --others --exclude-standard -- "$@" |
		while read -r file; do [ -e "$file" ] && echo "$file"; done
}

checkpatch_kmod()
{
	local all

	mapfile -t all < <(files 'kmod/*.c' 'kmod/*.h' 'uapi/linux/vsw_link.h' 'selftests/bench/module/*.[ch]' 'selftests/module/*.c' 'selftests/debug/planted/*.c' |
		grep -vE '/generated/|trace\.h|drop\.[ch]|rtnl(_fdb)?\.[ch]$')
	checkpatch '' "${all[@]}"
	checkpatch OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT,MACRO_ARG_UNUSED \
		kmod/trace.h
	checkpatch COMPLEX_MACRO,MACRO_ARG_REUSE,MACRO_ARG_UNUSED \
		kmod/drop.h kmod/drop.c
	checkpatch FUNCTION_ARGUMENTS,OPEN_BRACE,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,CONSTANT_COMPARISON \
		kmod/rtnl.h kmod/rtnl.c kmod/rtnl_fdb.c kmod/compat/rtnl.h
}

checkpatch_user()
{
	local all

	mapfile -t all < <(files 'tools/vswctl/*.c' 'tools/vswctl/*.h' 'bpf/*.c' 'bpf/*.h' ':(glob)contrib/qemu/*.[ch]' 'selftests/nlfuzz/*.[ch]' 'selftests/faults/*.c')
	checkpatch SPLIT_STRING,PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO,VOLATILE,COMPLEX_MACRO,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,CAMELCASE,NEW_TYPEDEFS \
		"${all[@]}"
}

# The module, with what the compiler and sparse say.
build_w1()
{
	cp -r Kbuild VERSION kmod uapi "$work/"
	make -C "$(selftests/vm/kernel.sh headers 6.12)" M="$work" -j "$JOBS" W=1 C=2 \
		CF="-D__CHECK_ENDIAN__" modules >"$work/log" 2>&1 ||
		{ tail -n 30 "$work/log"; return 1; }
	grep -E 'warning:|error:|WARNING:' "$work/log"
	return 0
}

# What a compiler finds on the paths through a program: C that is no BPF. The loaders
# need what bpf/Makefile makes of the BPF.
mapfile -t USER_SPACE < <(files ':(glob)tools/vswctl/*.c' ':(glob)bpf/*.c' ':(glob)contrib/qemu/*.c' | grep -v '\.bpf\.c$')

gcc_user()
{
	make -s -C bpf >/dev/null 2>&1
	gcc_analyse "${USER_SPACE[@]}"
}

mapfile -t DOCUMENTED < <(files 'kmod/*.c' 'kmod/*.h' 'selftests/bench/module/*.[ch]' 'selftests/module/*.c' 'selftests/debug/planted/*.c' | grep -v /generated/)
mapfile -t FUNCTIONS < <(files 'kmod/*.c' 'tools/vswctl/*.c' 'bpf/*.c' 'contrib/qemu/*.c' | grep -v /generated/)
mapfile -t LICENSED < <(files 'kmod/*' 'tools/*.[ch]' 'bpf/*' 'selftests/*' 'uapi/*' \
	'Documentation/*.yaml' '*Makefile' '*.mk' Kbuild '*.sh' 'contrib/*' |
	grep -vE '\.(json|md|8|txt|png|svg|config)$|gitignore$|modules-load')
mapfile -t SCRIPTS < <(files '*.sh' '.ci/run' contrib/vsw-upgrade \
	'debian/*.prerm' 'debian/*.postinst' 'debian/*.postrm')
mapfile -t YAML < <(files '*.yaml' '*.yml')

gate "build with W=1 and sparse" build_w1
gate "clang, with its analyser" clang_kmod "$work"
gate "coccinelle" coccinelle kmod
gate "symbol namespace" namespace "$work"/kmod/*.o
gate "checkpatch --strict, kernel" checkpatch_kmod
gate "checkpatch --strict, user space" checkpatch_user
gate "kernel-doc" kernel_doc "${DOCUMENTED[@]}"
gate "function length" function_length "${FUNCTIONS[@]}"
gate "SPDX headers" spdx "${LICENSED[@]}"
gate "shellcheck" shell_scripts "${SCRIPTS[@]}"
gate "gcc -fanalyzer, user space" gcc_user
gate "clang-tidy, user space" clang_tidy "${USER_SPACE[@]}"
gate "yamllint" yaml "${YAML[@]}"
gate "each bug of the mutants changes the module" selftests/mutants.sh --check
gate "generated netlink code is fresh" Documentation/netlink/regen.sh --check
# A check that finds nothing because it does nothing would be worse than none.
for plant in $("$dir/planted.sh" list); do
	gate "planted: $plant" "$dir/planted.sh" "$plant"
done
echo "1..$number"
[ "$failed" -eq 0 ]
