#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot an image of host-image.sh, with its own systemd, until it powers itself off.
#
# Usage: host-boot.sh [--kernel RELEASE] [--timeout S] IMAGE
#
# RELEASE is one of the kernels that are installed in the image, without it the
# oldest. What the guest writes to /dev/ttyS1 is the output, its console goes to
# standard error when something is wrong. What it writes to its disk stays. A NIC is
# there, and nobody on its other end. Exit status: 0, or
#   86  its kernel panicked (every WARN panics)
#   124 timeout

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/initramfs.sh"

START_TIMEOUT=${VSW_HOST_START:-240}
BOOT_MODULES=(virtio_pci virtio_blk ext4)

parse()
{
	RELEASE='' TIMEOUT=600
	while [ $# -gt 1 ]; do
		case $1 in
		--kernel)	RELEASE=$2; shift ;;
		--timeout)	TIMEOUT=$2; shift ;;
		*)		die "host-boot: unknown option $1" ;;
		esac
		shift
	done
	IMAGE=${1:?image}
}

# Takes the kernel out of the image, and makes the initramfs that mounts it.
# Runs with the image mounted at ROOT.
unpack()
{
	local work=$1 release=$2

	[ -n "$release" ] ||
		release=$(find "${ROOT:?}/usr/lib/modules" -mindepth 1 -maxdepth 1 \
			  -printf '%f\n' | sort -V | head -n 1)
	cat > "$work/init" <<- 'END'
	#!/bin/busybox sh
	export PATH=/bin
	/bin/busybox --install -s /bin
	mount -t devtmpfs dev /dev
	mount -t proc proc /proc
	while read -r module; do
		insmod "/modules/$module.ko"
	done < /modules/order
	while [ ! -e /dev/vda ]; do
		sleep 0.1
	done
	mount -t ext4 /dev/vda /new
	umount /proc
	mount --move /dev /new/dev
	exec switch_root /new /lib/systemd/systemd
	END
	cp "$ROOT/boot/vmlinuz-$release" "$work/vmlinuz"
	initramfs_make "$work/initrd" "$release" "$ROOT" "$work/init" \
		"${BOOT_MODULES[@]}"
}

# An emulated guest stops as a whole now and then while it starts: no timer interrupt
# comes any more. Nothing has been lost then, so another one is started.
watch_start()
{
	local n

	for ((n = 0; n < START_TIMEOUT; n++)); do
		sleep 1
		[ ! -s "$WORK/out" ] || return
	done
	kill "$1"
}

run()
{
	local watcher status

	: > "$WORK/out"
	start_qemu > >(tee "$WORK/out") &
	CHILD=$!
	watch_start "$CHILD" > /dev/null &
	watcher=$!
	wait "$CHILD"
	status=$?
	CHILD=''
	kill "$watcher" 2> /dev/null
	return "$status"
}

start_qemu()
{
	local cpu=max,la57=off accel=tcg,thread=multi
	local line="console=ttyS0 loglevel=4 panic=-1 panic_on_warn=1 oops=panic"

	line+=" audit=0 apparmor=0 quiet systemd.show_status=0 root=/dev/vda rw"
	if have_kvm; then
		cpu=host accel=kvm
	else
		line+=" mitigations=off no_timer_check watchdog_thresh=60"
		line+=" rcupdate.rcu_cpu_stall_timeout=120"
		line+=" systemd.default_timeout_start_sec=600"
	fi
	exec timeout -k 5 "$TIMEOUT" qemu-system-x86_64 -nodefaults -no-user-config \
		-no-reboot -display none -machine q35 -cpu "$cpu" -accel "$accel" \
		-smp 2 -m 1024 -kernel "$WORK/vmlinuz" -initrd "$WORK/initrd" \
		-append "$line" -serial "file:$WORK/console" -serial stdio \
		-drive "file=$IMAGE,format=raw,if=virtio,cache=unsafe" \
		-netdev hubport,id=n0,hubid=0 \
		-device virtio-net-pci,netdev=n0,mac=52:54:00:00:0f:01,romfile= \
		-device virtio-rng-pci < /dev/null 2> "$WORK/stderr"
}

# shellcheck disable=SC2317
cleanup()
{
	[ -z "${CHILD-}" ] || kill "$CHILD" 2> /dev/null
	rm -rf "$WORK"
}

case ${1-} in
--unpack)
	unpack "$2" "$3"
	exit
	;;
esac
parse "$@"
WORK=$(mktemp -d)
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
"$(dirname "$0")/host-image.sh" enter "$IMAGE" "$0" --unpack "$WORK" "$RELEASE" ||
	die "host-boot: the kernel could not be taken from $IMAGE"
run
status=$?
if [ "$status" -ne 0 ] && [ ! -s "$WORK/out" ]; then
	note "the host did not come up, trying once more:" \
		"$(tail -n 1 "$WORK/stderr")"
	run
	status=$?
fi
if grep -q 'Kernel panic' "$WORK/console"; then
	status=86
fi
if [ "$status" -ne 0 ]; then
	cat "$WORK/stderr" >&2
	tail -n 60 "$WORK/console" | tr -d '\r' >&2
fi
exit "$status"
