#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The selftests in the order in which they begin: smoke, then those that need a real NIC
# or BPF and so have only some kernels, what takes minutes first. A test is a script of
# this directory that sources lib.sh.

cd "$(dirname "$0")" || exit 1
first=(smoke failover keeper storm nicsync fastpath vf hostile stress filter teamvf
	uplink matrix explain paths framevf vfpool config dropmon batch vfdriver)
{
	printf '%s.sh\n' "${first[@]}"
	grep -l '^\. .*/lib\.sh"$' ./*.sh | sed 's|^\./||'
} | awk '!seen[$0]++ { sub(/\.sh$/, ""); print }'
