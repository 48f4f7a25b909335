#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What exact.sh runs in the guest: load the modules, measure, print the result.

cd "$(dirname "$0")" || exit 1
dmesg -n 1
for module in bridge openvswitch act_mirred cls_matchall sch_ingress; do
	modprobe "$module" || exit
done
insmod "$VSW_KO" && insmod "$VSW_METER" || exit
if [ -n "${VSW_BENCH_SLOW-}" ]; then
	# A probe of its own in the path of each frame
	mount -t tracefs tracefs /sys/kernel/tracing
	echo "p:vsw_slow vsw_forward" > /sys/kernel/tracing/kprobe_events &&
		echo 1 > /sys/kernel/tracing/events/kprobes/vsw_slow/enable ||
		exit
fi
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
python3 -B measure.py --frames 2048 --slice 256 --rounds 1 "$@" /run/result
status=$?
echo "vsw: result"
cat /run/result
exit "$status"
