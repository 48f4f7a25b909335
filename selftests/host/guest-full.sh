#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All of it on the running host, as an administrator does it: install, upgrade with
# vsw-upgrade, a new kernel. DKMS builds three times, which an emulated machine takes
# many minutes for.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/host_lib.sh"
export DEBIAN_FRONTEND=noninteractive INITRD=No

install_packages()
{
	cmd_ok dpkg -i /root/debs/vsw-dkms_*.deb /root/debs/vswctl_*.deb
	dkms status vsw | grep -q "$(uname -r).*installed" ||
		fail "dkms: $(dkms status)"
	cmd_ok modprobe vsw
}

make_switch()
{
	cmd_ok vswctl switch add vsw0
	cmd_ok vswctl port add vsw0 web1 dev vm1 vlan 100
	cmd_ok vswctl port add vsw0 web2 dev vm2 vlan 100
	cmd_ok ip link set vsw0 up
	cmd_ok vswctl config save "$CONFIG"
	cmd_ok systemctl start vsw.service
}

# DKMS deletes the file of the module that is loaded: the package has kept it.
upgrade_packages()
{
	local before said

	before=$(state)
	said=$(dpkg -i /root/later/vsw-dkms_*.deb /root/later/vswctl_*.deb 2>&1) ||
		fail "$said"
	grep -q 'To change to the new one now: vsw-upgrade' <<< "$said" ||
		fail "vsw-dkms did not name vsw-upgrade: $said"
	[ "$(cat /sys/module/vsw/version)" != "$NEW_VERSION" ] ||
		fail "the new module is loaded already"
	[ -e "/var/lib/vsw/module/$(uname -r)" ] ||
		fail "the old module was not kept"
	check_eq "state" "$(state)" "$before"
	cmd_ok vsw-upgrade
	check_eq "version" "$(cat /sys/module/vsw/version)" "$NEW_VERSION"
	check_eq "state" "$(state)" "$before"
	[ ! -e /var/lib/vsw/module ] || fail "the old module is still there"
}

upgrade_kernel()
{
	cmd_ok apt-get -y -qq --no-install-recommends install /root/newest/*.deb
	[ "$(dkms status vsw | grep -c installed)" -eq 2 ] ||
		fail "dkms: $(dkms status)"
}

run_steps install_packages make_switch upgrade_packages upgrade_kernel
