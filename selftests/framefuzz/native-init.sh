#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Process 1 of the kernel that native.sh boots: load the module, put frames in,
# print what the kernel complained of, power off. The command line has the
# directories.

PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
mkdir -p /run/work /run/top
mount -t hostfs -o "$VSW_WORK" none /run/work
mount -t hostfs -o "$VSW_TOP" none /run/top
export PATH=$PATH:/run/top/bpf VSW_CTL=/run/top/tools/vswctl/vswctl
[ -e /dev/net/tun ] || {
	mount -t tmpfs tmpfs /dev
	mkdir /dev/net
	mknod /dev/net/tun c 10 200
	mknod /dev/null c 1 3
	mknod /dev/urandom c 1 9
}
# Nobody but the test sends anything.
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
dmesg --clear
echo "vsw: start of fuzz"
ip link set lo up
sysctl -qw net.core.gro_normal_batch=1
insmod "$VSW_KO" &&
	eval "python3 -B /run/top/selftests/framefuzz/fuzz.py $(cat /run/work/arguments)"
echo "vsw: status $?"
rmmod vsw
dmesg --color=never --notime --level=emerg,alert,crit,err,warn |
	grep -vE 'taint|with own address as source address'
echo "vsw: end of fuzz"
# reboot(LINUX_REBOOT_CMD_POWER_OFF); perl-base is on every Debian
exec perl -e 'syscall(169, 0xfee1dead, 672274793, 0x4321fedc)'
