#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
#
# /init of the guests of boot.sh: put a tmpfs over the host's root file system,
# which comes read-only through 9p (or hostfs), so that the guest can write everywhere and
# the host never changes; then hand over to guest-run.sh there.

set -e
export PATH=/bin
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys

while read -r module; do
	insmod "/modules/$module.ko"
done < /modules/order

# shellcheck disable=SC1091
. /job
if [ "$JOB_KERNEL" = uml ]; then
	mount -t hostfs -o ro none /lower
else
	mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=524288 \
		vswroot /lower
fi
mount -t tmpfs -o mode=755,size=75% tmpfs /rw
mkdir /rw/upper /rw/work
mount -t overlay -o lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work \
	overlay /new

mkdir -p "/new/usr/lib/modules/$JOB_RELEASE"
mount --bind "/lower$JOB_MODULES" "/new/usr/lib/modules/$JOB_RELEASE"
mkdir -p /new/dev /new/proc /new/sys /new/run /new/tmp
mount --move /dev /new/dev
mount --move /proc /new/proc
mount --move /sys /new/sys
mount -t tmpfs -o mode=755 run /new/run
mkdir /new/run/vsw
cp /job /new/run/vsw/job
exec switch_root /new /bin/bash "$JOB_TOP/selftests/vm/guest-run.sh"
