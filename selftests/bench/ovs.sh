# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Debian's Open vSwitch, unpacked and not installed: nobody wants its daemons on
# the machine because of a benchmark. Source it after common.sh.

# ovs_get: set VSW_OVS to the directory where it is, or to "" when it is not to
# be had
ovs_get()
{
	local dir=$VSW_CACHE/ovs

	VSW_OVS=$dir
	[ ! -e "$dir/ready" ] || return 0
	rm -rf "$dir"
	mkdir -p "$dir/debs"
	if (cd "$dir/debs" &&
	    apt-get -qq -o APT::Sandbox::User=root download openvswitch-switch openvswitch-common &&
	    for deb in *.deb; do dpkg -x "$deb" "$dir" || exit; done) >&2 &&
	   "$dir/usr/bin/ovs-vsctl" --version > /dev/null; then
		touch "$dir/ready"
	else
		note "bench: Open vSwitch is not to be had, it takes no part"
		VSW_OVS=''
	fi
}
