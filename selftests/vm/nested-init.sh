#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
#
# /init of the demo's virtual machines: configure eth0 from the kernel command
# line (vsw.name=, vsw.ip=), then run what comes in over the virtio console.
# A request is one line, "ID COMMAND"; after its output comes "done ID STATUS".

export PATH=/bin
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
# not the serial port: under nested KVM without hardware it loses interrupts
exec < /dev/hvc0 > /dev/hvc0 2>&1
stty raw -echo

while read -r module; do
	insmod "/modules/$module.ko"
done < /modules/order

name=guest address=
read -r words < /proc/cmdline
for word in $words; do
	case $word in
	vsw.name=*)
		name=${word#*=}
		;;
	vsw.ip=*)
		address=${word#*=}
		;;
	esac
done

hostname "$name"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -e /sys/class/net/eth0 ] && break
	sleep 1
done
ip link set lo up
ip address add "$address" dev eth0
ip link set eth0 up
echo "ready $name $(cat /sys/class/net/eth0/address)" \
	"$(basename "$(readlink /sys/class/net/eth0/device/driver)")"

while :; do
	read -r id command || sleep 1
	[ -n "$id" ] || continue
	sh -c "$command" < /dev/null
	echo "done $id $?"
done
