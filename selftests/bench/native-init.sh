#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Process 1 of the kernel that native.sh boots: load the modules, measure, power
# off. The command line has the directories.

PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
# All of the machine is read-only here but the directory for the result.
mkdir /run/work
mount -t hostfs -o "$VSW_WORK" none /run/work
# What is needed may be in /tmp, and Open vSwitch needs to write there.
mkdir /run/top /run/ovs
mount -t hostfs -o "$VSW_TOP" none /run/top
[ -z "$VSW_OVS" ] || mount -t hostfs -o "$VSW_OVS" none /run/ovs
mount -t tmpfs tmpfs /tmp
VSW_OVS=${VSW_OVS:+/run/ovs}
export PATH VSW_OVS VSW_CTL=/run/top/tools/vswctl/vswctl
cd /run/top/selftests/bench || exit 1
echo "vsw: start of bench"
ip link set lo up
insmod /run/top/build/bench-uml/vsw/kmod/vsw.ko &&
	insmod /run/top/build/bench-uml/meter/vsw-bench.ko &&
	eval "python3 -B $(cat /run/work/arguments) /run/work/result"
echo "vsw: status $?"
dmesg --color=never --notime --level=emerg,alert,crit,err,warn
echo "vsw: end of bench"
# reboot(LINUX_REBOOT_CMD_POWER_OFF); perl-base is on every Debian
exec perl -e 'syscall(169, 0xfee1dead, 672274793, 0x4321fedc)'
