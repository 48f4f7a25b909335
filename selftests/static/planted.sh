#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A bug planted into a copy of a file is found by the tool that has to find it.
# Silent when it is.
#
# Usage: planted.sh list | TOOL

set -u -o pipefail

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
# For analysers.sh
# shellcheck disable=SC2034
cache=${VSW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vsw}/static
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top" || exit 1
# shellcheck source-path=SCRIPTDIR
. "$dir/analysers.sh"

# plant FILE NAME: append C from stdin to a copy of it in $work; its name is $planted
plant()
{
	planted=$work/$2
	mkdir -p "${planted%/*}"
	{
		cat "$1"
		cat
	} >"$planted"
}

# finds PATTERN COMMAND...: what it prints has that
finds()
{
	local pattern=$1 log=$work/log

	shift
	"$@" >"$log" 2>&1
	grep -qE "$pattern" "$log" && return
	echo "$1 has not found the planted bug ($pattern):"
	tail -n 20 "$log"
	return 1
}

# A module with the bug on stdin in vlan.c, built as static.sh builds it
module()
{
	cp -r Kbuild VERSION kmod uapi "$work/"
	cat >>"$work/kmod/vlan.c"
	make -C "$(selftests/vm/kernel.sh headers 6.12)" M="$work" W=1 C=2 \
		CF="-D__CHECK_ENDIAN__" kmod/vlan.o
}

planted_sparse()
{
	finds 'vlan.c.*restricted __be16' module <<-'END'
	u16 vsw_planted(__be16 tag);
	u16 vsw_planted(__be16 tag)
	{
		return tag & 0xfff;
	}
	END
}

planted_gcc_W1()
{
	finds 'vlan.c.*no previous prototype' module <<-'END'
	int vsw_planted(void)
	{
		return 0;
	}
	END
}

planted_clang()
{
	module >"$work/build" 2>&1 <<-'END'
	int vsw_planted(int *value);
	int vsw_planted(int *value)
	{
		if (value)
			return 0;
		return *value;
	}
	END
	finds 'vlan.c.*[Dd]ereference of null pointer' clang_kmod "$work"
}

planted_coccinelle()
{
	fetch_coccinelle
	plant kmod/vlan.c kmod/vlan.c <<-'END'
	void vsw_planted(struct vsw_port *port)
	{
		kfree(port);
		port->flags = 0;
	}
	END
	finds 'vlan.c:.*reference preceded by free' coccinelle "$work/kmod" \
		"$cache/scripts/coccinelle/free/kfree.cocci"
}

planted_gcc_fanalyzer()
{
	plant tools/vswctl/file.c tools/vswctl/file.c <<-'END'
	char planted(char *text);
	char planted(char *text)
	{
		__builtin_free(text);
		return *text;
	}
	END
	cp tools/vswctl/*.h "$work/tools/vswctl/"
	finds 'file.c.*use after .free' gcc_analyse "$planted"
}

planted_clang_tidy()
{
	plant tools/vswctl/file.c tools/vswctl/file.c <<-'END'
	int planted(const char *text);
	int planted(const char *text)
	{
		int value;

		if (text)
			value = atoi(text);
		return value;
	}
	END
	cp .clang-tidy "$work/"
	cp tools/vswctl/*.h "$work/tools/vswctl/"
	finds 'file.c.*(garbage|Undefined)' clang_tidy "$planted" &&
		finds 'file.c.*cert-err34-c' clang_tidy "$planted"
}

# The tests and fuzzers of vswctl with a tool that has a bug, in a copy of all of it,
# of which make(1) compiles what is not the same
# vswctl_with SED FILE
vswctl_with()
{
	make -s -C tools/vswctl/tests/fuzz all >"$work/build" 2>&1 ||
		cat "$work/build"
	mkdir -p "$work/contrib"
	cp -a tools uapi VERSION "$work/"
	cp -a contrib/qemu "$work/contrib/"
	sed -i "$1" "$work/tools/vswctl/$2"
	! cmp "$work/tools/vswctl/$2" "tools/vswctl/$2" >/dev/null ||
		echo "$2 has changed: nothing was planted"
	tests=$work/tools/vswctl/tests
}

# make_quietly DIRECTORY TARGET
make_quietly()
{
	make -s -C "$1" "$2" >"$work/build" 2>&1 || cat "$work/build"
}

# One byte too few for a text
planted_sanitizers()
{
	vswctl_with 's/length > size - 1/length > size/; s/length = size - 1;/length = size;/' attrs.c
	make_quietly "$tests" unit-sanitized
	finds 'AddressSanitizer|runtime error' "$tests/unit-sanitized"
}

# A VID behind the end of its set again, see regressions/reply
planted_fuzzer()
{
	vswctl_with 's/return vid .*ARRAY_SIZE(set->bits);/return set;/' parse.c
	make_quietly "$tests/fuzz" "$tests/sanitized/fuzz-reply"
	finds 'runtime error: index .* out of bounds' \
		"$tests/sanitized/fuzz-reply" -runs=0 "$tests/fuzz/regressions/reply"
}

case $1 in
list)
	echo sparse gcc-W1 clang coccinelle gcc-fanalyzer clang-tidy \
		sanitizers fuzzer
	;;
*)
	"planted_${1//-/_}"
	;;
esac
