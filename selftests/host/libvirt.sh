#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# libvirt's daemon and the hook of contrib/libvirt, with a real VM. Runs on this
# machine; what happens in its guest, a KVM host without systemd, is below "guest".
#
#     web1 (tap, VLAN 100)    host, VLAN 100
#        |                      |
#        +------- vsw0 ---------+
#
# Live migration of that VM to a second host and back: see migrate_lib.sh.
#
# And QEMU of an unprivileged user with vsw-bridge-helper: see helper_lib.sh.
#
# Usage: [VSW_CASES="CASE..."] libvirt.sh [6.12|7.2]

set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

boot()
{
	local kernel=${1-6.12} paths

	export VSW_KO=$top/build/$kernel/kmod/vsw.ko VSW_CTL=$top/tools/vswctl/vswctl
	export VSW_IN_GUEST=1 VSW_FULL=${FULL-}
	make -s -C "$top/contrib/qemu" all vsw-bridge-helper-sanitized || exit
	paths=$("$top/selftests/vm/guest-image.sh" "$kernel") || exit
	export VSW_GUEST_KERNEL=${paths%%$'\n'*} VSW_GUEST_INITRD=${paths##*$'\n'}
	exec "$top/selftests/vm/boot.sh" --kernel "$kernel" --sriov --nested \
		--timeout 720 -- "$here/libvirt.sh"
}

[ -n "${VSW_IN_GUEST-}" ] || boot "$@"

VSW_TOP=$top
# shellcheck source-path=SCRIPTDIR
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/helper_lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/migrate_lib.sh"

RUN=/run/demo
MAC=52:54:00:aa:00:01
SECOND=52:54:00:aa:00:02
PING=192.0.2.1

# What does the hook, and when: for the cases
install_hook()
{
	make -s -C "$top/contrib/libvirt" install PREFIX=/usr || return
	ln -sf "$VSW_CTL" /usr/sbin/vswctl
	cat > /etc/libvirt/hooks/qemu.d/00-log <<- 'END'
	#!/bin/sh
	echo "$2 $(sed -n "s/.*<target dev='\(vnet[0-9]*\)'.*/\1/p" | xargs)" >> /run/hooks
	END
	chmod 755 /etc/libvirt/hooks/qemu.d/00-log
}

# As root and without what a guest of boot.sh has not got
configure_libvirt()
{
	cat > /etc/libvirt/qemu.conf <<- END
	user = "root"
	group = "root"
	security_driver = "none"
	remember_owner = 0
	namespaces = []
	cgroup_controllers = []
	stdio_handler = "file"
	END
	rm -f /etc/libvirt/qemu/networks/autostart/*
}

start_libvirt()
{
	modprobe -a kvm_amd kvm_intel tun vhost_net vfio-pci 2>/dev/null
	mkdir -p "$RUN" /run/libvirt /etc/libvirt/hooks/qemu.d
	configure_libvirt
	libvirtd_conf 1
	install_hook && virtlogd -d && libvirtd -d --listen && busywait 30 virsh -q uri
}

# Usage: domain_xml PORT_ATTRIBUTES [INTERFACES]
domain_xml()
{
	local type=qemu

	[ ! -e /dev/kvm ] || type=kvm
	cat <<- END
	<domain type='$type'>
	  <name>web1</name>
	  <uuid>6d1c1b0e-0000-4000-8000-000000000001</uuid>
	  <metadata>
	    <vsw:ports xmlns:vsw="urn:vsw:libvirt:1">
	      <vsw:port mac="$MAC" $1/>
	    </vsw:ports>
	  </metadata>
	  <memory unit='MiB'>192</memory>
	  <os>
	    <type arch='x86_64' machine='pc'>hvm</type>
	    <kernel>$VSW_GUEST_KERNEL</kernel>
	    <initrd>$VSW_GUEST_INITRD</initrd>
	    <cmdline>console=ttyS0 quiet panic=-1 mitigations=off no_timer_check vsw.name=web1 vsw.ip=$PING/24</cmdline>
	  </os>
	  <features><acpi/></features>
	  <cpu mode='host-passthrough'/>
	  <devices>
	    <emulator>/usr/bin/qemu-system-x86_64</emulator>
	    <controller type='usb' model='none'/>
	    <memballoon model='none'/>
	    <serial type='file'><source path='$RUN/web1.kernel'/></serial>
	    <console type='unix'>
	      <source mode='bind' path='$RUN/web1.sock'/>
	      <log file='$RUN/web1.log'/>
	      <target type='virtio' port='1'/>
	    </console>
	    ${2-$(interface "$MAC")}
	  </devices>
	</domain>
	END
}

# Usage: interface MAC [XML]
interface()
{
	cat <<- END
	<interface type='ethernet'>
	  <mac address='$1'/>
	  <model type='virtio'/>
	  <rom enabled='no'/>
	  ${2-}
	</interface>
	END
}


# Usage: define PORT_ATTRIBUTES [INTERFACES]
define()
{
	domain_xml "$@" > /tmp/web1.xml
	cmd_ok virsh define /tmp/web1.xml
	defer virsh undefine web1
}

host_in_vlan_100()
{
	cmd_ok ip link add link vsw0 name vsw0.100 type vlan id 100
	cmd_ok ip addr add 192.0.2.9/24 dev vsw0.100
	cmd_ok ip link set vsw0.100 up
}

pings()
{
	ping -q -c 1 -W 2 "$PING"
}

ready()
{
	grep -qs '^ready' "$RUN/web1.log"
}

no_port()
{
	! vswctl port show "$1"
}

# Usage: attach_live MAC
attach_live()
{
	interface "$1" "<script path='/usr/lib/vsw/vsw-ifup'/>" > /tmp/nic.xml
	virsh attach-device web1 /tmp/nic.xml --live
}

# As Documentation/libvirt.md has it
add_metadata()
{
	cmd_ok virsh metadata web1 --live --config --uri urn:vsw:libvirt:1 \
		--key vsw --set "<ports>
		<port mac='$MAC' switch='vsw0' vlan='100' fdb-max='4' pcp='3'/>
		<port mac='$SECOND' switch='vsw0' vlan='100'/></ports>"
}

# The hook of a domain that runs here already
restart_libvirtd()
{
	kill "$(cat /run/libvirtd.pid)"
	wait_for 10 test ! -e /run/libvirtd.pid
	: > /run/hooks
	cmd_ok libvirtd -d --listen
	wait_for 30 grep -q '^reconnect' /run/hooks
}

# define, start, ping, live-attach, restart of libvirtd, migrate, stop
life()
{
	local tap

	: > /run/hooks
	add_switch vsw0
	start_other
	host_in_vlan_100
	define 'switch="vsw0" vlan="100" fdb-max="4" pcp="3"'
	cmd_ok virsh start web1
	defer virsh destroy web1
	# As Documentation/libvirt.md says
	tap=$(port_field web1 ifname)
	check_eq "taps at prepare, start, started" \
		"$(cut -d ' ' -f 2 /run/hooks | tr '\n' ' ')" " $tap $tap "
	check_eq "VLAN" "$(port_field web1 pvid)" 100
	check_eq "MAC" "$(port_field web1 mac)" "$MAC"
	check_eq "fdb-max" "$(port_field web1 fdb-max)" 4
	wait_for 120 ready
	wait_for 20 pings
	cmd_fail "no domain has a port" attach_live "$SECOND"
	add_metadata
	cmd_ok attach_live "$SECOND"
	check_eq "VLAN of the second" "$(port_field web1-2 pvid)" 100
	check_eq "MAC of the second" "$(port_field web1-2 mac)" "$SECOND"
	restart_libvirtd
	wait_for 10 pings
	check_eq "MAC, later" "$(port_field web1 mac)" "$MAC"
	cmd_ok virsh detach-device web1 /tmp/nic.xml --live
	wait_for 10 no_port web1-2
	travel
	cmd_ok virsh destroy web1
	cmd_fail . vswctl port show web1
	check_eq "what is kept of it" "$(ls /run/vsw/libvirt)" ""
}

# Usage: start_refused SENTENCE PORT_ATTRIBUTES [INTERFACES]
start_refused()
{
	local sentence=$1

	shift
	define "$@"
	cmd_fail "$sentence" virsh start web1
	check_eq "the domain is" "$(virsh domstate web1)" "shut off"
	check_eq "ports" "$(vswctl -j port show | jq length)" 1
}

bad_start()
{
	add_switch vsw0
	start_refused "port add vsw0 web1 dev vnet.*5000" 'switch="vsw0" vlan="5000"'
	start_refused "nothere" 'switch="vsw0" profile="nothere"'
	start_refused "type='ethernet'" 'switch="vsw0"' \
		"$(interface "$MAC" | sed "s/'ethernet'/'user'/")"
}

# A tap that was there before libvirt, and stays
own_tap()
{
	add_switch vsw0
	cmd_ok ip tuntap add tap7 mode tap vnet_hdr
	defer ip link del tap7
	define 'switch="vsw0" vlan="100" name="db1"' \
		"$(interface "$MAC" "<target dev='tap7' managed='no'/>")"
	cmd_ok virsh start web1 --paused
	defer virsh destroy web1
	check_eq "device" "$(port_field db1 ifname)" tap7
	cmd_ok virsh destroy web1
	cmd_fail . vswctl port show db1
	cmd_ok ip link show tap7
}

# Usage: find_vf (sets PF, VF)
find_vf()
{
	modprobe -a igb igbvf vfio-pci
	PF=$(cd /sys/class/net && echo */device/sriov_numvfs)
	PF=${PF%%/*}
	cmd_ok ip link set "$PF" up
	echo 2 > "/sys/class/net/$PF/device/sriov_numvfs" || skip "no VFs"
	defer eval "echo 0 > /sys/class/net/$PF/device/sriov_numvfs"
	VF=$(basename "$(readlink "/sys/class/net/$PF/device/virtfn1")")
}

# Usage: vf_address
vf_address()
{
	local pci=${VF//[:.]/ } domain bus slot function

	read -r domain bus slot function <<< "$pci"
	echo "<address type='pci' domain='0x$domain' bus='0x$bus' slot='0x$slot' function='0x$function'/>"
}

# An interface that is a VF, and one with a tap beside it
hostdev()
{
	local nic

	add_switch vsw0
	find_vf
	cmd_ok vswctl uplink add vsw0 "$PF"
	nic="<interface type='hostdev' managed='yes'><mac address='$MAC'/>
		<source>$(vf_address)</source><rom enabled='no'/>"
	define 'switch="vsw0" vlan="100"' "$nic</interface>"
	cmd_ok virsh start web1 --paused
	defer virsh destroy web1
	check_eq "VF" "$(port_field web1 pf-name)/$(port_field web1 vf)" "$PF/1"
	check_eq "VLAN at the NIC" "$(ip -j link show "$PF" |
		jq '.[0].vfinfo_list[1].vlan_list[0].vlan')" 100
	cmd_ok virsh destroy web1
	cmd_fail . vswctl port show web1
	define 'switch="vsw0" vlan="100"' "$nic
		<teaming type='transient' persistent='ua-net0'/></interface>
		$(interface "$MAC" "<alias name='ua-net0'/><teaming type='persistent'/>")"
	cmd_ok virsh start web1 --paused
	check_eq "paths" "$(port_field web1 ifname | tr -d 0-9) $(port_field web1 vf)" "vnet 1"
	check_eq "failover" "$(port_field web1 failover)" auto
	cmd_ok virsh destroy web1
	cmd_fail . vswctl port show web1
}

start_libvirt || {
	echo "not ok 1 libvirtd does not start"
	exit 1
}
read -ra CASES <<< "${VSW_CASES-bad_start own_tap life hostdev ${HELPER_CASES[*]}}"
run_cases "${CASES[@]}"
