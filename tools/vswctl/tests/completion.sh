#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The completion: names come from a vswctl that this script plays. KTAP.

cd "$(dirname "$0")" || exit 1
# shellcheck source=/dev/null
. ../bash-completion/vswctl

# shellcheck source-path=SCRIPTDIR
. ./lib.sh

vswctl()
{
	case "$*" in
	"-j switch show"|"-n blue -j switch show")
		echo '[{"ifindex":7,"name":"vsw0"},{"ifindex":8,"name":"vsw1"}]'
		;;
	"-j port show")
		echo '[{"switch":7,"switch-name":"vsw0","name":"web1"},' \
		     '{"switch":7,"switch-name":"vsw0","name":"up0"}]' |
			sed 's/, {/,{/'
		;;
	"-j profile show")
		echo '[{"version":1,"policy":{"vlan":"5"},"name":"gold"},' \
		     '{"version":1,"base":"gold","name":"web"}]' |
			sed 's/, {/,{/'
		;;
	"-j uplink show")
		echo '[{"switch-name":"vsw0","name":"up0","stats":{"port":"x"}}]'
		;;
	esac
}

compopt()
{
	:
}

# The last word is what is to be completed
check()
{
	local want=$1
	shift

	COMP_WORDS=(vswctl "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_vswctl
	echo "${COMPREPLY[*]}" > "$WORK/out"
	[ "${COMPREPLY[*]}" = "$want" ]
	result $? "'$*'"
}

echo "KTAP version 1"
check "switch stats" s
check "show add set failover del export import help" port ""
check "bridge ovs recover help" import ""
check "soft vf" port failover web1 ""
check "show" -j port sh
check "vsw0 vsw1" switch del ""
check "vsw0 vsw1" port add ""
check "vsw0 vsw1" -n blue switch show ""
check "web1" port set w
check "switch web1 up0" vlan show ""
check "up0" uplink set ""
check "up0/" port add vsw0 db1 vf ""
check "on off" port set web1 learning ""
check "xdp none" port set web1 fastpath ""
check "learning link-state" port set web1 l
check "default-pvid" switch add vsw9 d
check "--dry-run" config apply --d
check "--prune" config diff --p
check "check" config ch
check "vid" fdb add 52:54:00:aa:00:01 port web1 v
check "web1 up0" fdb show port ""
check "sticky static" fdb show type st
check "" switch add ""
check "none gold web" port set web1 profile ""
check "gold web" profile set ""
check "web" profile del w
check "none gold web" profile set web base ""
check "multicast-flood min-tx-rate max-tx-rate" profile add x m
check "web1 up0" port export ""
check "on off" port import /tmp/web1.json addresses ""
check "" port import ""
check "addresses" port import /tmp/web1.json a
check "web1" explain w
check "dst src vlan pcp ethertype length path" explain web1 ""
check "vlan" explain web1 dst 52:54:00:aa:00:01 v
check "untagged" explain web1 vlan u
check "up0" trace u
check "count vlan mac" trace web1 ""
check "mac" trace web1 count 5 m
check "top" to
check "switch sort" top s
check "vsw0 vsw1" top switch ""
check "drops" top interval 2 sort d
check "" top interval ""
check "vlan vf" monitor objects v
check "web1" monitor switch vsw0 port w
check "openmetrics prometheus" metrics show ""
check "" metrics write ""
finish
