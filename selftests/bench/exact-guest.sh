#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What exact.sh runs in the guest: load the modules, measure, print the result.

cd "$(dirname "$0")" || exit 1
dmesg -n 1
# vsw-fastpath is there.
PATH=$VSW_TOP/bpf:$PATH
for module in bridge openvswitch act_mirred cls_matchall sch_ingress veth \
	      macvlan dummy tun; do
	modprobe "$module" || exit
done
insmod "$VSW_KO" && insmod "$VSW_METER" || exit
[ -z "${VSW_BENCH_NESTED-}" ] || modprobe -a kvm_amd vhost_net || exit
if [ -n "${VSW_BENCH_SLOW-}" ]; then
	# A probe of its own in the path of each frame
	mount -t tracefs tracefs /sys/kernel/tracing
	echo "p:vsw_slow vsw:vsw_tx" > /sys/kernel/tracing/kprobe_events &&
		echo 1 > /sys/kernel/tracing/events/kprobes/vsw_slow/enable ||
		exit
fi
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
python3 -B "$@" /run/result
status=$?
echo "vsw: result"
cat /run/result
exit "$status"
