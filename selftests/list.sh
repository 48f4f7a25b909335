#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The selftests in the order in which they begin: smoke, then those that take
# minutes. A test is a script of this directory that sources lib.sh.

cd "$(dirname "$0")" || exit 1
first=(smoke failover vfdriver keeper storm nicsync batch)
{
	printf '%s.sh\n' "${first[@]}"
	grep -l '^\. .*/lib\.sh"$' ./*.sh | sed 's|^\./||'
} | awk '!seen[$0]++ { sub(/\.sh$/, ""); print }'
