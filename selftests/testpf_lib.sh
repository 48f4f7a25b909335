# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests with the driver of selftests/module, a PF whose VFs are there in name
# only, beside the library of all tests.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/vf_lib.sh"

PF=testpf
# shellcheck disable=SC2034
DB1_MAC=52:54:00:aa:00:01
EVENTS_WAIT=13
# What settings() says of a VF that nobody has touched
# shellcheck disable=SC2034
FRESH='["00:00:00:00:00:00",null,null,true,false,0,0,"auto"]'

# setup [PARAMETER...]
# shellcheck disable=SC2120
setup()
{
	load_testpf "$@"
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 $PF
	defer vswctl uplink del $PF
}

# All that VF 0 is
settings()
{
	ip -j link show dev $PF | jq -c '.[0].vfinfo_list[0] | [.address,
		.vlan_list[0].vlan, .vlan_list[0].qos, .spoofchk, .trust,
		.rate.min_tx, .rate.max_tx, .link_state]'
}

# Everything that a request could change
state()
{
	ip -j link show dev $PF | jq -c '.[0].vfinfo_list'
	vswctl -j -b - <<-END
	vf
	port
	vlan
	fdb
	END
}
