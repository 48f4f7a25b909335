#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
#
# /init of the demo's virtual machines: configure eth0 from the kernel command
# line (vsw.name=, vsw.ip=), or with vsw.bond a bond of all NICs; then run what
# comes in over the virtio console. A request is one line, "ID COMMAND"; after its
# output comes "done ID STATUS".

export PATH=/bin
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
# not the serial port: under nested KVM without hardware it loses interrupts
exec < /dev/hvc0 > /dev/hvc0 2>&1
stty raw -echo

while read -r module; do
	options=
	[ "$module" != bonding ] || options=max_bonds=0
	# shellcheck disable=SC2086
	insmod "/modules/$module.ko" $options
done < /modules/order

# A VF is the one to use while it is there. Frames are taken from both NICs, so
# that nothing is lost that was on its way to the other one when the bond changed.
make_bond()
{
	echo +bond0 > /sys/class/net/bonding_masters
	cd /sys/class/net/bond0/bonding || return
	echo active-backup > mode
	echo 50 > miimon
	echo 1 > all_slaves_active
	cd /
}

driver_of()
{
	basename "$(readlink "$1/device/driver")"
}

# All that are in no bond yet; both have the same MAC address
enslave()
{
	local bond=/sys/class/net/bond0/bonding nic

	for nic in /sys/class/net/eth*; do
		[ -e "$nic" ] || continue
		[ ! -e "$nic/master" ] || continue
		echo "+${nic##*/}" > $bond/slaves || continue
		[ "$(driver_of "$nic")" != igbvf ] ||
			echo "${nic##*/}" > $bond/primary
	done
}

# In place of udev: a VF that is plugged in joins the bond
keep_enslaving()
{
	while :; do
		enslave
		sleep 0.2
	done
}

name=guest address='' nic=eth0
read -r words < /proc/cmdline
for word in $words; do
	case $word in
	vsw.name=*)
		name=${word#*=}
		;;
	vsw.ip=*)
		address=${word#*=}
		;;
	vsw.bond)
		nic=bond0
		;;
	esac
done

hostname "$name"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -e /sys/class/net/eth0 ] && break
	sleep 1
done
ip link set lo up
if [ "$nic" = bond0 ]; then
	make_bond
	enslave
	keep_enslaving > /dev/null 2>&1 &
fi
ip address add "$address" dev "$nic"
ip link set "$nic" up
echo "ready $name $(cat "/sys/class/net/$nic/address") $nic" \
	"$(for nic in /sys/class/net/eth*; do driver_of "$nic"; done | xargs)"

while :; do
	read -r id command || sleep 1
	[ -n "$id" ] || continue
	sh -c "$command" < /dev/null
	echo "done $id $?"
done
