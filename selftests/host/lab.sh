#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What stands for the virtual machines of the host: two namespaces that are there
# before its network is configured. Started by vsw-lab.service.

set -eu
for n in 1 2; do
	ip netns add "vm$n"
	ip link add "vm$n" type veth peer name eth0 netns "vm$n"
	ip link set "vm$n" up
	ip -n "vm$n" addr add "192.0.2.1$n/24" dev eth0
	ip -n "vm$n" link set eth0 up
done
