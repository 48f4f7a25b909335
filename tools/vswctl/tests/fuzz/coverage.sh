#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which lines of the sources the inputs of corpus/ and regressions/ reach. make(1)
# calls this; it takes a minute.

set -u
cd "$(dirname "$0")" || exit 1
src=$(cd ../.. && pwd)
work=$(mktemp -d)
OUT=${OUT:-../sanitized}
trap 'rm -rf "$work"' EXIT
flags=(-O1 -g -std=gnu11 -fprofile-instr-generate -fcoverage-mapping)
# shellcheck disable=SC2206 # words
cppflags=(-DVSWCTL_VERSION='"0.0.0"' $CPPFLAGS) ldlibs=($LDLIBS)
objects=()

# compile SOURCE NAME
compile()
{
	"$CLANG" "${cppflags[@]}" "${flags[@]}" -fsanitize=fuzzer-no-link -w \
		-c -o "$work/$2.o" "$1" || exit 1
}

for file in "$src"/*.c "$(realpath ../../../../contrib/qemu/acl.c)"; do
	name=$(basename "$file" .c)
	case $name in
	main | program)
		continue
		;;
	esac
	compile "$file" "$name"
	objcopy --redefine-syms=redefine.txt "$work/$name.o"
	objects+=("$work/$name.o")
done
for name in kernel world run replies; do
	compile "$name.c" "fuzz-$name"
	objects+=("$work/fuzz-$name.o")
done
programs=()
for name; do
	compile "$name.c" "fuzz-$name"
	"$CLANG" "${flags[@]}" -fsanitize=fuzzer -o "$work/$name" \
		"$work/fuzz-$name.o" "${objects[@]}" "${ldlibs[@]}" || exit 1
	dirs=()
	for dir in "$OUT/corpus/$name" "regressions/$name"; do
		[ -d "$dir" ] && dirs+=("$dir")
	done
	LLVM_PROFILE_FILE=$work/$name.profraw "$work/$name" -runs=0 \
		"${dirs[@]}" >/dev/null 2>&1 || echo "# $name failed"
	programs+=(-object "$work/$name")
done
llvm-profdata merge -o "$work/all" "$work"/*.profraw
llvm-cov report "${programs[@]}" -instr-profile="$work/all" \
	-ignore-filename-regex='/tests/' 2>/dev/null |
	awk '/^(Filename|TOTAL|[a-z_.\/]+\.c)/ { print $1, $(NF - 3) == "" ? "" : $0 }' |
	awk '{ print $1, $(NF - 5), $(NF - 4), $(NF - 3) }' |
	sed "s,^[^ ]*/\(tools\|contrib\)/,\1/,; s/^Filename.*/source lines missed reached/" |
	column -t
