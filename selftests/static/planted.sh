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
# For checks.sh
# shellcheck disable=SC2034
cache=${VSW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vsw}/static
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top" || exit 1
# shellcheck source-path=SCRIPTDIR
. "$dir/checks.sh"
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

# finds PATTERN COMMAND...: a line that it prints has that
finds()
{
	local pattern=$1 log=$work/log

	shift
	"$@" >"$log" 2>&1
	grep -qE "$pattern" "$log" && return
	echo "not found in what '$1' says of the planted bug: $pattern"
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

planted_build()
{
	module >"$work/build" 2>&1 <<-'END'
	u16 vsw_planted(__be16 tag);
	u16 vsw_planted(__be16 tag)
	{
		return tag & 0xfff;
	}

	int planted(void)
	{
		return 0;
	}
	END
	finds 'vlan.c.*restricted __be16' cat "$work/build" &&
		finds 'vlan.c.*no previous prototype' cat "$work/build" &&
		finds '^vlan.o: planted$' namespace "$work/kmod/vlan.o"
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
	fetch_scripts
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

# How it is written

planted_style()
{
	plant kmod/vlan.c kmod/vlan.c <<-'END'
	/**
	 * vsw_planted() - of which one argument is missing
	 * @port: is told of
	 */
	int vsw_planted(struct vsw_port *port, u16 vid)
	{
		if( vid )
			return 1;
		return 0;
	}
	END
	finds 'SPACING' checkpatch '' "$planted" &&
		finds "'vid' not described" kernel_doc "$planted"
}

planted_length()
{
	plant kmod/vlan.c kmod/vlan.c <<-END
	int vsw_planted(void)
	{
	$(printf '\tvsw_planted();\n%.0s' {1..90})
	}
	END
	finds 'vlan.c:[0-9]+: [0-9]+ lines$' function_length "$planted"
}

planted_text()
{
	echo "cd \$1" >"$work/script.sh"
	printf 'a: 1\na: 2\n' >"$work/list.yaml"
	finds 'script.sh: no SPDX' spdx "$work/script.sh" &&
		finds 'SC2086' shell_scripts "$work/script.sh" &&
		finds 'duplication of key' yaml "$work/list.yaml"
}

# A header that somebody has edited, where it should have been the spec
planted_generated()
{
	mkdir -p "$work/Documentation"
	cp -r uapi kmod "$work/"
	cp -r Documentation/netlink "$work/Documentation/"
	echo '/* planted */' >>"$work/uapi/linux/vsw.h"
	finds 'vsw.h is stale' "$work/Documentation/netlink/regen.sh" --check
}

# The tests and fuzzers of vswctl with a tool that has bugs, in a copy of all of it, of
# which make(1) compiles what is not the same
# vswctl_copy FUZZER...: those are needed
vswctl_copy()
{
	make_quietly tools/vswctl/tests/fuzz isolated \
		"${@/#/$top/tools/vswctl/tests/sanitized/fuzz-}"
	mkdir -p "$work/contrib"
	cp -a tools uapi VERSION "$work/"
	cp -a contrib/qemu "$work/contrib/"
	tests=$work/tools/vswctl/tests
}

# vswctl_break FILE SED
vswctl_break()
{
	sed -i "$2" "$work/tools/vswctl/$1"
	! cmp "$work/tools/vswctl/$1" "tools/vswctl/$1" >/dev/null ||
		echo "$1 has changed: nothing was planted"
}

# make_quietly DIRECTORY TARGET...
make_quietly()
{
	make -s -j "$JOBS" -C "$@" >"$work/build" 2>&1 || cat "$work/build"
}

# One byte too few for a text, and a message that is never freed
planted_sanitizers()
{
	vswctl_copy
	vswctl_break attrs.c \
		's/length > size - 1/length > size/; s/length = size - 1;/length = size;/'
	vswctl_break error.c '/^	free(text);/d'
	make_quietly "$tests" unit-sanitized vswctl-sanitized
	finds 'ERROR: AddressSanitizer' "$tests/unit-sanitized" &&
		finds 'ERROR: LeakSanitizer' "$tests/vswctl-sanitized" planted
}

# A VID behind the end of its set again, and a message that a terminal obeys
planted_fuzzers()
{
	export OUT=$work/tools/vswctl/tests/sanitized

	vswctl_copy reply batch
	vswctl_break parse.c 's/return vid .*ARRAY_SIZE(set->bits);/return set;/'
	vswctl_break error.c "s/\*c = '?'/(void)c/"
	make_quietly "$tests/fuzz" "$OUT/fuzz-reply" "$OUT/fuzz-batch"
	finds '^# .*runtime error: index .* out of bounds' \
		"$tests/fuzz/run.sh" replay reply &&
		finds '^not ok 1 ' "$tests/fuzz/run.sh" replay reply &&
		finds '^# a message has the character 0x' \
			"$tests/fuzz/run.sh" replay batch
}

# A function that would do something to the machine, in what is fuzzed
planted_isolation()
{
	vswctl_copy
	cat >>"$work/tools/vswctl/file.c" <<-'END'
	int system(const char *command);
	int planted(void);
	int planted(void)
	{
		return system("true");
	}
	END
	finds 'file.o:.* U system$' make -s -C "$tests/fuzz" isolated
}

# Memory that grows by 3 KiB a second, among configurations that need what they need; a
# test that dies without a result, a lane that has none
planted_soak()
{
	local per_second log=$work/soak.log results=selftests/soak/results.py

	for per_second in 0 3; do
		for ((second = 0; second < 3600; second += 20)); do
			echo "# sample $second s 1 frames $((90000 + RANDOM % 900 + second *
				per_second)) KiB slab 900 KiB percpu"
		done >"$work/samples.$per_second"
	done
	python3 -B selftests/soak/samples.py <"$work/samples.0"
	finds 'memory grows by' python3 -B selftests/soak/samples.py <"$work/samples.3" ||
		return
	printf '# %s\n' "storm: 4 passed, 0 failed in 9 s" \
		"ended with status 0: make check" >"$log"
	finds "^4 passed, 0 failed" python3 -B $results "$log" &&
		finds '^4 passed, 1 failed' python3 -B $results "$log" \
			<(echo "# storm: 0 passed, 0 failed in 9 s") &&
		finds '^4 passed, 1 failed' python3 -B $results \
			<(cat "$log"; echo "# ended with status 2: make check")
}

case $1 in
list)
	echo build clang coccinelle style length text generated \
		gcc-fanalyzer clang-tidy sanitizers fuzzers isolation soak
	;;
*)
	"planted_${1//-/_}"
	;;
esac
