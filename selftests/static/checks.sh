# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Checks of how sources are written, for static.sh and for planted.sh, which looks that
# they find something. Each prints what it has found, and nothing otherwise. They run
# from the top of the tree with $cache of static.sh.

# some FILE...: a list that is empty by mistake has no faults, and is one
some()
{
	[ $# -gt 0 ] && return
	echo "there are no files to look at"
	return 1
}

# of_kernel PATTERN...: from the source package of the kernel into $cache
of_kernel()
{
	local tarball

	tarball=$(find /usr/src -maxdepth 1 -name 'linux-source-6.*.tar.xz' |
		  sort -V | head -n 1)
	[ -n "$tarball" ] || {
		echo "linux-source-6.12 is not installed"
		return 1
	}
	# shellcheck disable=SC2154 # static.sh has it
	mkdir -p "$cache"
	tar -xJf "$tarball" -C "$cache" --strip-components=1 --wildcards "$@"
}

# Unpacked once: it takes long to find something in that package
fetch_scripts()
{
	[ -e "$cache/.scripts" ] && return
	of_kernel '*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
		'*/scripts/const_structs.checkpatch' '*/scripts/kernel-doc' \
		'*/scripts/coccinelle' &&
		touch "$cache/.scripts"
}

# checkpatch TYPES FILE...: TYPES are overlooked besides the usual
checkpatch()
{
	local ignore=FILE_PATH_CHANGES,LINUX_VERSION_CODE,$1 file

	shift
	some "$@" && fetch_scripts || return
	for file; do
		perl "$cache/scripts/checkpatch.pl" --no-tree --strict \
			--terse --show-types --ignore "$ignore" -f "$file" |
			grep -vE '^total:|no obvious style problems'
	done
	return 0
}

kernel_doc()
{
	some "$@" && fetch_scripts || return
	perl "$cache/scripts/kernel-doc" -none "$@" 2>&1 |
		grep -E 'warning|error' |
		grep -v 'no structured comments found'
	return 0
}

# Symbols that other files see begin with vsw_, functions and data alike.
# namespace OBJECT...
namespace()
{
	local object

	some "$@" || return
	for object; do
		case $object in
		*/vsw.o | *.mod.o) continue ;;
		esac
		nm -g --defined-only "$object" |
			awk -v file="${object##*/}" '$3 !~ /^(__)?vsw_|^__SCK__|^__SCT__|^__SCS__|^__tracepoint_|^__traceiter_|^__probestub_|^trace_|^(init|cleanup)_module$|^__pfx_|^__kcfi|^__cfi/ { print file ": " $3 }'
	done
}

# No function longer than 80 lines: a screen, and the budget of the style.
function_length()
{
	local file

	some "$@" || return
	for file; do
		awk -v file="$file" '
			/^\{/ { start = NR }
			/^\}/ && start {
				if (NR - start > 80)
					print file ":" start ": " NR - start " lines"
				start = 0
			}' "$file"
	done
}

spdx()
{
	local file

	some "$@" || return
	for file; do
		head -n 3 "$file" | grep -q SPDX-License-Identifier ||
			echo "$file: no SPDX-License-Identifier"
	done
}

shell_scripts()
{
	some "$@" && shellcheck -x "$@"
}

yaml()
{
	some "$@" && yamllint -s "$@"
}
