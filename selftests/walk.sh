#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A random walk of requests, each of them well-formed and most of them in the way of
# others: the whole netlink family, and ip and bridge beside it. A model that is
# written from the documentation predicts which is refused, with which error, and
# all that there is afterwards. See walk/walk.py.
#
# VSW_SEED=N and VSW_WALK_STEPS=N make it another walk, or a long one.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/state_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/testpf_lib.sh"

# walk COMMAND [KEY=VALUE...]
walk()
{
	local tree

	tree=$(ynl_dir)
	[ -n "$tree" ] || skip "needs ynl: Documentation/netlink/regen.sh"
	modprobe dummy || skip "needs the module dummy"
	load_testpf
	load_vsw
	defer ip netns del walkaway
	[ -z "${VSW_SEED-}" ] || set -- "$@" "SEED=$VSW_SEED"
	VSW_YNL=$tree python3 -B "$VSW_TOP/selftests/walk/walk.py" "$@" ||
		fail "walk.py $*"
}

as_the_model_says()
{
	local words=(STEPS="${VSW_WALK_STEPS:-2700}")

	# Only this walk is known to show what is wrong with all wrong models, and
	# an emulated guest is too slow for it.
	if [ "${VSW_DEBUG-}" = uml ] && [ -z "${VSW_WALK_STEPS-}${VSW_SEED-}" ]; then
		words+=(PLANTS=1)
	elif [ "${VSW_DEBUG-}" != uml ]; then
		words=(STEPS="${VSW_WALK_STEPS:-200}")
	fi
	walk run "${words[@]}" KEEP=/tmp/walk
}

run_cases as_the_model_says
