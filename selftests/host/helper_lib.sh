# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# vsw-bridge-helper, setuid root, called by a user without privileges: cases for
# libvirt.sh, which has a guest that can run VMs.

HELPER=/usr/lib/vsw/vsw-bridge-helper
# shellcheck disable=SC2034
HELPER_CASES=(helper_refuses helper_queues helper_qemu)
CONF=/etc/vsw/bridge.conf

# shellcheck disable=SC2120
install_helper()
{
	install -D -m 4755 "$VSW_TOP/contrib/qemu/vsw-bridge-helper" $HELPER
	cp "$VSW_TOP/contrib/qemu/vsw-bridge-helper-sanitized" /usr/lib/vsw/
	mkdir -p /etc/vsw
	echo "allow vsw0" > $CONF
	chmod 644 $CONF
	defer rm -f $CONF
	add_switch vsw0 default-pvid 100
	# udev would have said so
	modprobe tun
	chmod 666 /dev/net/tun
}

# Usage: as_user COMMAND...
as_user()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# Usage: launch HELPER_ARGUMENT... -- COMMAND...
launch()
{
	as_user python3 -B "$VSW_TOP/contrib/qemu/tests/launch.py" $HELPER "$@"
}

state()
{
	vswctl -j port show
	ip -j link show | jq '.[].ifname'
}

# Usage: helper_refused PATTERN ARGUMENT...
helper_refused()
{
	local pattern=$1

	shift
	refused "$pattern" launch "$@" -- true
}

helper_refuses()
{
	install_helper
	cmd_ok ip link add plain type dummy
	defer ip link del plain
	helper_refused "does not allow 'vsw1'" --br=vsw1
	helper_refused "no name of a switch" --br=
	helper_refused "Usage"
	helper_refused "no name of a switch" --br=a-name-that-is-too-long
	helper_refused "number from 1" --br=vsw0 --queues=0
	helper_refused "Usage" --br=vsw0 --script=/bin/sh
	refused "no Unix socket" as_user $HELPER --br=vsw0 --fd=0
	refused "no Unix socket" as_user $HELPER --br=vsw0 --fd=77
	echo "allow all" > $CONF
	helper_refused "no switch of vsw" --br=plain
	helper_refused "No such device" --br=vsw7
	echo "allow all no" > $CONF
	helper_refused "bridge.conf:1: 'no' is one word too many" --br=vsw0
	echo "allow all" > $CONF
	chmod 666 $CONF
	helper_refused "others may write" --br=vsw0
	chmod 644 $CONF
	chown 65534 $CONF
	helper_refused "is not root's" --br=vsw0
	rm $CONF
	helper_refused "No such file" --br=vsw0
	# Without setuid it can do no more than its caller
	echo "allow all" > $CONF
	chmod 755 $HELPER
	helper_refused "not permitted" --br=vsw0
}

helper_queues()
{
	local out

	install_helper
	cmd_ok ip link set vsw0 mtu 1400
	# IFF_MULTI_QUEUE 0x100, IFF_VNET_HDR 0x4000
	out=$(launch --br=vsw0 --use-vnet --queues=3 -- ip -d -j link show tap0) ||
		fail "it failed"
	check_eq "queues" "$(head -n 1 <<<"$out")" \
		"queues: tap0 0x5102 tap0 0x5102 tap0 0x5102"
	out=$(tail -n +2 <<<"$out")
	check_eq "master" "$(jq -r '.[0].master' <<<"$out")" vsw0
	check_eq "MTU" "$(jq -r '.[0].mtu' <<<"$out")" 1400
	check_eq "MAC" "$(jq -r '.[0].address' <<<"$out" | cut -c 1-2)" fe
	check_eq "VLAN" "$(launch --br=vsw0 -- "$VSW_CTL" -j port show tap0 |
		tail -n +2 | jq '.[0].pvid')" 100
	cmd_fail . ip link show tap0
	# As root, because sanitizers and setuid do not go together
	out=$(python3 -B "$VSW_TOP/contrib/qemu/tests/launch.py" \
		"$HELPER-sanitized" --br=vsw0 --use-vnet --queues=2 -- true 2>&1)
	check_eq "with sanitizers" "$out" "queues: tap0 0x5102 tap0 0x5102"
}

helper_ready()
{
	grep -q '^ready' "$RUN/helper.log"
}

# It is there, or never will be
helper_settled()
{
	helper_ready || ! kill -0 "$VM"
}

start_helper_vm()
{
	# Not as_user: its process would be the shell's
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		qemu-system-x86_64 -nodefaults -no-user-config -display none \
		-machine q35,accel=kvm -cpu host -m 192 \
		-kernel "$RUN/kernel" -initrd "$RUN/initrd" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check vsw.name=web1 vsw.ip=$PING/24" \
		-chardev "file,id=console,path=$RUN/helper.log" \
		-device virtio-serial-pci \
		-device virtconsole,chardev=console \
		-netdev "bridge,id=net,br=vsw0,helper=$HELPER" \
		-device "virtio-net-pci,netdev=net,mac=$MAC,romfile=" \
		< /dev/null > "$RUN/helper.err" 2>&1 &
	VM=$!
	defer kill $VM
}

helper_qemu()
{
	[ -e /dev/kvm ] || skip "needs KVM"
	chmod 666 /dev/kvm
	install_helper
	mkdir -p "$RUN"
	chmod 777 "$RUN"
	# Where they are, not everybody may read
	cp "$VSW_GUEST_KERNEL" "$RUN/kernel"
	cp "$VSW_GUEST_INITRD" "$RUN/initrd"
	chmod 644 "$RUN/kernel" "$RUN/initrd"
	cmd_ok ip addr add 192.0.2.9/24 dev vsw0
	start_helper_vm
	busywait 120 helper_settled
	helper_ready || fail "QEMU: $(head -n 1 "$RUN/helper.err")"
	wait_for 20 pings
	check_eq "who runs QEMU" "$(stat -c %u /proc/$VM)" 65534
	kill $VM
	wait_for 10 no_port tap0
	rm -f "$RUN/helper.log"
}
