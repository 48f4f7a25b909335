# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For the scripts that run inside the host of host-image.sh, beside ../lib.sh, whose
# checks they use: their cases build on each other, as the days of a host do.

export VSW_KO=/nonexistent VSW_CTL=/usr/sbin/vswctl VSW_TOP=/root/vsw
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2034
CONFIG=/etc/vsw/config.json
# Its driver is loaded while the host starts.
udevadm settle
# shellcheck disable=SC2034
NIC=$(basename "$(dirname "$(find /sys/devices -path '*/virtio*/net/*' \
	-name ifindex)")")

# run_steps FUNCTION...: in order, each in a subshell, until one fails; nothing is
# undone after it
run_steps()
{
	local name start

	for name; do
		start=$SECONDS
		if ! ("$name" 2>&1); then
			echo "not ok - host: $name"
			return 1
		fi
		echo "ok - host: $name # $((SECONDS - start)) s"
	done
}

# unit_is UNIT STATE
unit_is()
{
	[ "$(systemctl is-active "$1")" = "$2" ]
}

port_has_device()
{
	[ "$(port_field "$1" ifname 2> /dev/null)" = "$2" ]
}

# What is known of the switch, without what counts
state()
{
	vswctl -j port show | jq -cS 'map(del(.id, .switch, .ifindex, .pf, .stats, ."fdb-learned", ."nic-macs")) |
		sort_by(.name)[]'
}
