# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Analysers, for static.sh and for planted.sh, which looks that they find something.
# Each prints what it has found, and nothing otherwise. They run from the top of the
# tree with $cache of static.sh, after checks.sh.

# Two at a time: the cores that CI has
JOBS=${JOBS:-2}
# Else make(1) warns of its own number of jobs
unset MAKEFLAGS

# Kernel

# One of the kernel's semantic patches, with the options that it names
# cocci_one DIRECTORY FILE
cocci_one()
{
	local options log

	read -ra options < <(sed -n 's,^// *Options: *,,p' "$2")
	log=$(mktemp)
	spatch -D report --very-quiet --no-show-diff "${options[@]}" \
		--cocci-file "$2" --dir "$1" 2>"$log" |
		sed '/^$/d'
	[ "${PIPESTATUS[0]}" -eq 0 ] || sed "s,^,${2##*/}: ," "$log"
	rm -f "$log"
}

# coccinelle DIRECTORY [FILE...]: with all semantic patches, or those. Two want a
# compiler of OCaml, to look at drivers of batteries and at 0 for NULL, which sparse
# finds.
coccinelle()
{
	local dir=$1 patches

	shift
	fetch_scripts || return
	patches=("$@")
	# shellcheck disable=SC2154 # static.sh has it
	[ $# -gt 0 ] ||
		mapfile -t patches < <(grep -rL --include='*.cocci' ocaml \
				       "$cache/scripts/coccinelle")
	export -f cocci_one
	printf '%s\n' "${patches[@]}" |
		xargs -P "$JOBS" -I {} bash -c 'cocci_one "$@"' - "$dir" {}
}

# clang says what it thinks of a file that gcc has compiled, as its .cmd file has it,
# and what its analyser finds on its paths. Options of code generation are left out:
# those of the configuration are gcc's.
# clang_one HEADERS CMD
clang_one()
{
	local command options=()

	command=$(sed -n 's/^savedcmd_[^ ]* := //p' "$2" | sed 's/ ; .*//')
	eval "set -- $1 $command"
	cd "$1" || return
	shift
	while [ $# -gt 0 ]; do
		case $1 in
		-fshort-wchar | -funsigned-char | -fms-extensions)
			options+=("$1")
			;;
		*gcc* | -c | -g* | -m* | -f* | -Wp,-MMD* | -Werror*)
			;;
		-o)
			shift
			;;
		*)
			options+=("$1")
			;;
		esac
		shift
	done
	# What the headers of the kernel do for gcc
	clang "${options[@]}" --analyze -Xclang -analyzer-output=text \
		-Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
		-Wno-missing-field-initializers -Wno-unknown-warning-option \
		-Wno-gnu-variable-sized-type-not-at-end \
		-Wno-duplicate-decl-specifier -Wno-ignored-attributes 2>&1
	return 0
}

# clang_kmod DIRECTORY: where gcc has built the module
clang_kmod()
{
	local headers

	headers=$(selftests/vm/kernel.sh headers 6.12)
	export -f clang_one
	find "$1" -name '.*.o.cmd' ! -name '.vsw.*' \
		! -name '.module-common.o.cmd' -print0 |
		xargs -0 -P "$JOBS" -I {} bash -c 'clang_one "$@"' - "$headers" {} |
		grep -A 3 -E "^($1|.*fatal).*(warning|error):" | grep -v '^--'
	return 0
}

# User space

# user_flags FILE: to compile it; sets FLAGS
user_flags()
{
	local version='"0"'

	read -ra FLAGS < <(pkg-config --cflags libnl-genl-3.0 json-c yaml-0.1 \
			   ncursesw libmnl libcap-ng)
	FLAGS+=(-D_GNU_SOURCE -DVSWCTL_VERSION="$version"
		-DTRACE_VERSION="$version" -DDROPMON_VERSION="$version"
		-DFASTPATH_VERSION="$version" -std=gnu11 -isystem uapi -I.
		-I"${1%/*}")
}

# gcc's analyser forgets pointers that are kept in a structure of the caller, and
# takes them for leaks: those are LeakSanitizer's.
gcc_one()
{
	user_flags "$1"
	gcc "${FLAGS[@]}" -O2 -fanalyzer -Wno-analyzer-malloc-leak -c \
		-o /dev/null "$1" 2>&1
}

tidy_one()
{
	user_flags "$1"
	# What bpftool generates is not ours
	clang-tidy --quiet "$1" -- "${FLAGS[@]}" 2>/dev/null |
		awk '/^[^ ].*: (error|warning): / { skip = /\.skel\.h:/ } !skip'
}

# gcc_analyse FILE...: what gcc's analyser finds
gcc_analyse()
{
	export -f user_flags gcc_one
	printf '%s\n' "$@" | xargs -P "$JOBS" -I {} bash -c 'gcc_one "$@"' - {}
}

# clang_tidy FILE...: .clang-tidy says what it looks for
clang_tidy()
{
	export -f user_flags tidy_one
	printf '%s\n' "$@" | xargs -P "$JOBS" -I {} bash -c 'tidy_one "$@"' - {}
}
