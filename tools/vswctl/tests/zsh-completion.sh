#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The zsh completion gives what the one for bash gives, where the packages put them
# and in the sources. KTAP. In a zsh whose compadd prints.

cd "$(dirname "$0")" || exit 1
command -v zsh > /dev/null || {
	echo "1..0 # SKIP needs zsh"
	exit
}

# shellcheck source-path=SCRIPTDIR
. ./lib.sh
mkdir -p "$WORK"/bash-completion/completions "$WORK"/zsh/vendor-completions
cp ../bash-completion/vswctl "$WORK"/bash-completion/completions/
cp ../zsh-completion/_vswctl "$WORK"/zsh/vendor-completions/

# complete FILE WORD...: the last word is what is to be completed
complete_by()
{
	# shellcheck disable=SC2016
	zsh -f -c '
		zmodload zsh/parameter
		compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }
		_files() { print FILES }
		file=$1
		shift
		words=(vswctl "$@") CURRENT=$((# + 1))
		fpath=(${file:h})
		autoload -U _vswctl
		_vswctl' zsh "$@" | grep -v '^$' | paste -sd ' '
}

# The same from the completion for bash
complete_bash()
{
	# shellcheck disable=SC2016
	bash -c '
		source ../bash-completion/vswctl
		compopt() { :; }
		COMP_WORDS=(vswctl "$@") COMP_CWORD=$#
		_vswctl
		echo "${COMPREPLY[*]}"' bash "$@"
}

# check WANTED WORD...
check()
{
	local want=$1 file got
	shift

	for file in ../zsh-completion/_vswctl \
		"$WORK/zsh/vendor-completions/_vswctl"; do
		got=$(complete_by "$(realpath "$file")" "$@")
		echo "$got, not $want" > "$WORK/out"
		[ "$got" = "$want" ]
		result $? "'$*'"
	done
}

same()
{
	check "$(complete_bash "$@")" "$@"
}

echo "KTAP version 1"
same s
same port ""
same port failover web1 ""
check "soft vf" port failover web1 ""
check "on off" port set web1 learning ""
check "FILES" -b ""
check "" switch add ""
finish
