#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# PFs in switchdev mode: the port of a VF is that of its representor. The PFs are
# testrep, see selftests/module, and netdevsim.
#
#	web1 --- VF 0 === representor ---+
#	web2 --- VF 1 === representor --- vsw0 --- testrep === testrepwire
#	                                            (uplink)

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

BUILD=$(dirname "$VSW_KO")/..
PF=testrep
NIC=vswtestrep/testrep0
SYS=/sys/bus/vswtestrep/devices/testrep0
MAC=52:54:00:aa:00:01
MAC2=52:54:00:aa:00:02

# setup [PARAMETER...]: two VFs in switchdev mode, and their PF an uplink
setup()
{
	[ -e "$BUILD/testpf/vsw-testrep.ko" ] ||
		skip "vsw-testrep.ko is not built"
	cmd_ok insmod "$BUILD/testpf/vsw-testrep.ko" "$@"
	defer rmmod vsw-testrep
	cmd_ok ip link set $PF up
	cmd_ok ip link set testrepwire up
	echo 2 >$SYS/sriov_numvfs
	set_mode switchdev
	cmd_ok ip link set testrep0r up
	cmd_ok ip link set testrep1r up
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 $PF
	defer vswctl uplink del $PF
}

set_mode()
{
	cmd_ok devlink dev eswitch set "$NIC" mode "$1"
}

# add_machine NAMESPACE DEVICE ADDRESS/LEN
add_machine()
{
	cmd_ok ip netns add "$1"
	defer ip netns del "$1"
	# It goes back before its namespace goes.
	cmd_ok ip link set "$2" netns "$1"
	defer ip -n "$1" link set "$2" netns 1
	ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	cmd_ok ip -n "$1" addr add "$3" dev "$2"
	cmd_ok ip -n "$1" link set "$2" up
}

# vf_is_now N: what devlink says of VF N: address, rates in Mbit/s
vf_is_now()
{
	local port=$NIC/$(($1 + 1))

	devlink -j port show "$port" | jq -r ".port[].function.hw_addr"
	devlink -j port function rate show "$port" |
		jq -r '.rate[] | (.tx_share // 0, .tx_max // 0) / 125000'
}

# function_is N MAC MIN MAX
function_is()
{
	check_eq "VF $1" "$(vf_is_now "$1" | paste -sd ' ')" "${*:2}"
}

# Everything that a request could change
state()
{
	vf_is_now 0
	vf_is_now 1
	vswctl -j -b - <<-END
	port
	vlan
	fdb
	END
}

# is_rep PORT DEVICE VF
is_rep()
{
	check_eq path "$(port_field "$1" path)" soft
	check_eq device "$(port_field "$1" ifname)" "$2"
	check_eq rep-of "$(port_field "$1" rep-of)" "$PF/$3"
	check_eq phys-port-name "$(port_field "$1" phys-port-name)" "pf0vf$3"
	check_eq phys-switch-id "$(port_field "$1" phys-switch-id)" 767377
}

recognised()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/1 vlan 100
	is_rep db1 testrep1r 1
	check_eq "VLANs of db1" "$(port_field db1 pvid)" 100
	# One that is added by its device is what it is.
	cmd_ok vswctl port add vsw0 db0 dev testrep0r
	is_rep db0 testrep0r 0
	vswctl port show | grep -q "^db0 .*rep of $PF/0" ||
		fail "text: $(vswctl port show)"
	cmd_ok vswctl port del db0
	cmd_ok ip link set testrep0r master vsw0
	is_rep testrep0r testrep0r 0
	# What is no representor has none of that.
	check_eq "rep-of of the uplink" "$(port_field $PF rep-of)" null
	check_eq "rep of VF 1" "$(vswctl -j vf show | jq -c '.[1] |
		[.rep, .port]')" '["testrep1r","db1"]'
	vswctl vf show | grep -q "switchdev mode: testrep1r represents it" ||
		fail "text: $(vswctl vf show)"
	! vswctl vf show | grep -E "gone:|wanted" ||
		fail "text: $(vswctl vf show)"
	# It has the policy of a soft port.
	cmd_ok vswctl port set db1 learning off hairpin on fdb-max 7
	cmd_ok vswctl vlan add db1 vid 200-300
}

recognised_by_name()
{
	setup byname=1
	cmd_ok vswctl port add vsw0 db1 vf $PF/1 vlan 100 mac $MAC
	is_rep db1 testrep1r 1
	vswctl port set db1 mac $MAC2 2>&1 |
		grep -q 'warning: the representor has no devlink port' ||
		fail "nobody says that the VF keeps its address"
	check_eq before-mac "$(port_field db1 before-mac)" null
	cmd_fail 'the NIC cannot limit that VF by devlink' \
		vswctl port set db1 max-tx-rate 10mbit
	cmd_fail 'rates of its VFs are set by devlink' \
		vswctl port add vsw0 db0 vf $PF/0 max-tx-rate 10mbit
	check_eq "other ports" "$(vswctl -j port show | jq length)" 3
}

any()
{
	setup
	cmd_ok vswctl port add vsw0 db0 vf $PF/any vlan 100
	is_rep db0 testrep0r 0
	cmd_ok vswctl port add vsw0 db1 vf $PF/any vlan 100 mac $MAC \
		max-tx-rate 50mbit
	is_rep db1 testrep1r 1
	function_is 1 $MAC 0 50
	refused 'No VF of testrep has a representor here that is free' \
		vswctl port add vsw0 more vf $PF/any
	cmd_ok vswctl port del db0
	cmd_ok vswctl port add vsw0 db0 vf $PF/any vlan 100
	is_rep db0 testrep0r 0
}

# Frames between VFs, and between them and the wire, go as the policy wants.
traffic()
{
	setup
	cmd_ok vswctl port add vsw0 web1 vf $PF/0 vlan 100
	cmd_ok vswctl port add vsw0 web2 vf $PF/1 vlan 100
	add_machine web1 testrep0 192.0.2.1/24
	add_machine web2 testrep1 192.0.2.2/24
	reachable web1 192.0.2.2
	cmd_ok vswctl port set web2 vlan 200
	unreachable web1 192.0.2.2

	add_machine wire testrepwire 192.0.2.7/24
	unreachable web1 192.0.2.7
	cmd_ok ip -n wire link add v100 link testrepwire type vlan id 100
	cmd_ok ip -n wire addr add 198.51.100.9/24 dev v100
	cmd_ok ip -n wire link set v100 up
	cmd_ok ip -n web1 addr add 198.51.100.1/24 dev testrep0
	cmd_ok ip -n web2 addr add 198.51.100.2/24 dev testrep1
	reachable web1 198.51.100.9
	unreachable web2 198.51.100.9
	cmd_ok vswctl port set web2 vlan 100 isolated on
	reachable web2 198.51.100.9
	cmd_ok vswctl port set web1 isolated on
	unreachable web1 198.51.100.2
}

function_set()
{
	local was

	setup
	was=$(vf_is_now 1)
	cmd_ok vswctl port add vsw0 db1 vf $PF/1 vlan 100 mac $MAC \
		min-tx-rate 10mbit max-tx-rate 100mbit
	function_is 1 $MAC 10 100
	check_eq mac "$(port_field db1 mac)" $MAC
	check_eq function "$(vswctl -j port show db1 | jq -cS '.[0].function')" \
		"{\"mac\":\"$MAC\",\"max-tx-rate\":100,\"min-tx-rate\":10}"
	vswctl port show db1 | grep -q "^function-max-rate  100$" ||
		fail "text: $(vswctl port show db1)"
	check_eq before-mac "$(port_field db1 before-mac)" "${was%%$'\n'*}"

	cmd_ok vswctl port set db1 mac $MAC2 min-tx-rate none
	function_is 1 $MAC2 0 100
	check_eq mac "$(port_field db1 mac)" $MAC2
	# Both at once, each past the other
	cmd_ok vswctl port set db1 min-tx-rate 200mbit max-tx-rate 300mbit
	cmd_ok vswctl port set db1 min-tx-rate 10mbit max-tx-rate 20mbit
	function_is 1 $MAC2 10 20
	# A port without an address has no say.
	cmd_ok vswctl port set db1 mac none
	function_is 1 $MAC2 10 20
	check_eq before-mac "$(port_field db1 before-mac)" "${was%%$'\n'*}"

	cmd_ok vswctl port del db1
	check_eq "VF 1 after its port" "$(vf_is_now 1)" "$was"

	# Added by its device it is the same.
	cmd_ok vswctl port add vsw0 db1 dev testrep1r mac $MAC max-tx-rate 5mbit
	function_is 1 $MAC 0 5
	cmd_ok vswctl port del db1
	check_eq "VF 1 after its port" "$(vf_is_now 1)" "$was"

	# What nobody asks for stays.
	cmd_ok vswctl port add vsw0 db1 vf $PF/1 vlan 100
	check_eq "VF 1" "$(vf_is_now 1)" "$was"
	check_eq before-mac "$(port_field db1 before-mac)" null
	cmd_ok devlink port function set $NIC/2 hw_addr $MAC2
	cmd_ok vswctl port del db1
	function_is 1 $MAC2 0 0
}

# Whatever fails, the request is carried out whole or not at all.
function_fails()
{
	local op all

	setup
	all=(vlan 100 mac "$MAC" min-tx-rate 10mbit max-tx-rate 100mbit)
	for op in mac share max; do
		echo "$op 1" >$SYS/fail
		refused . vswctl port add vsw0 db1 vf $PF/1 "${all[@]}"
		echo "$op 1" >$SYS/fail
		refused . vswctl port add vsw0 db1 vf $PF/any "${all[@]}"
	done
	echo "mac 1" >$SYS/fail
	refused 'the MAC address fails for a test' \
		vswctl port add vsw0 db1 vf $PF/1 "${all[@]}"

	cmd_ok vswctl port add vsw0 db1 vf $PF/1 "${all[@]}"
	for op in mac share max; do
		echo "$op 1" >$SYS/fail
		refused . vswctl port set db1 mac $MAC2 min-tx-rate 1mbit \
			max-tx-rate 2mbit
	done
	# The switch refuses what the NIC has taken already.
	cmd_ok vswctl port add vsw0 db0 vf $PF/0 vlan 100 mac $MAC2
	refused "is another's in VLAN 100" \
		vswctl port set db1 mac $MAC2 max-tx-rate 20mbit
	function_is 1 $MAC 10 100
	refused "is another's in VLAN 100" \
		vswctl port set db0 mac $MAC
}

refusals()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/1 vlan 100
	refused 'VF 1 of testrep belongs to port db1' \
		vswctl port add vsw0 more vf $PF/1
	refused 'testrep1r is enslaved to vsw0' \
		vswctl port add vsw0 more dev testrep1r
	refused 'No representor of VF 7 of testrep is in this network' \
		vswctl port add vsw0 more vf $PF/7

	add_host web1
	refused 'The representor of the VF is its soft path: leave web1 out' \
		vswctl port add vsw0 more dev web1 vf $PF/0
	cmd_ok vswctl port add vsw0 web1 dev web1 vlan 100
	refused 'where the port of a VF has one path' \
		vswctl port set web1 vf $PF/0
	cmd_ok vswctl port del web1

	cmd_ok ip link add br0 type bridge
	defer ip link del br0
	cmd_ok ip link set testrep0r master br0
	refused 'testrep0r is enslaved to br0 .bridge.: take it out there' \
		vswctl port add vsw0 more vf $PF/0
	refused 'No VF of testrep has a representor here that is free' \
		vswctl port add vsw0 more vf $PF/any
	cmd_ok ip link set testrep0r nomaster

	for words in 'spoofchk off' 'trust on' 'link-state enable' \
		     'enforcement best-effort' 'on-drift observe'; do
		# shellcheck disable=SC2086
		refused 'so use the policy of a soft port' \
			vswctl port add vsw0 more vf $PF/0 $words
		# shellcheck disable=SC2086
		refused 'so use the policy of a soft port' \
			vswctl port set db1 $words
	done

	# It is not here.
	cmd_ok ip netns add away
	defer ip netns del away
	cmd_ok ip link set testrep0r netns away
	defer ip -n away link set testrep0r netns 1
	cmd_fail 'No representor of VF 0 of testrep is in this network' \
		vswctl port add vsw0 more vf $PF/0
	check_eq ports "$(vswctl -j port show | jq length)" 3
}

# Legacy mode: representors go, and so do their ports.
legacy()
{
	setup
	cmd_ok vswctl port add vsw0 db0 vf $PF/0 vlan 100 mac $MAC
	cmd_ok vswctl port add vsw0 db1 vf $PF/1 vlan 100
	set_mode legacy
	check_eq ports "$(vswctl -j port show | jq -c '[.[].name]')" \
		"[\"vsw0\",\"$PF\"]"
	check_eq "entries of ports" "$(vswctl -j fdb show |
		jq '[.[] | select(.port != "vsw0")] | length')" 0
	cmd_fail 'no calls for VFs, as in legacy mode, and no representors' \
		vswctl port add vsw0 db0 vf $PF/0
	set_mode switchdev
	cmd_ok vswctl port add vsw0 db0 vf $PF/0 vlan 100 mac $MAC
	# VFs go, with their representors.
	echo 0 >$SYS/sriov_numvfs
	check_eq ports "$(vswctl -j port show | jq -c '[.[].name]')" \
		"[\"vsw0\",\"$PF\"]"
}

# Modes change while ports come and go.
storm()
{
	local i end

	setup
	(
		for ((i = 0; i < 15; i++)); do
			devlink dev eswitch set $NIC mode legacy
			devlink dev eswitch set $NIC mode switchdev
		done
	) >/dev/null 2>&1 &
	while kill -0 $! 2>/dev/null; do
		vswctl port add vsw0 db0 vf $PF/0 vlan 100 mac $MAC \
			max-tx-rate 10mbit
		vswctl port show
		vswctl vf show
		vswctl port del db0
	done >/dev/null 2>&1
	wait $!
	cmd_ok vswctl port add vsw0 db0 vf $PF/0 vlan 100 mac $MAC
	is_rep db0 testrep0r 0
}

nsim_devices()
{
	ls /sys/bus/netdevsim/devices/netdevsim7/net
}

nsim_has_three()
{
	[ "$(nsim_devices | wc -l)" -eq 3 ]
}

# nsim_rep N: representor of VF N
nsim_rep()
{
	devlink -j port show | jq -r ".port[] |
		select(.flavour == \"pcivf\" and .vfnum == $1) | .netdev"
}

nsim_mode()
{
	cmd_ok devlink dev eswitch set netdevsim/netdevsim7 mode "$1"
}

# The kernel's own driver: legacy mode, then switchdev mode
netdevsim()
{
	local module

	[ -e "$BUILD/netdevsim/netdevsim.ko" ] ||
		skip "netdevsim.ko is not built"
	# What it is made of; kernels differ in what is a module
	for module in psample macsec udp_tunnel ptp_mock; do
		modprobe $module 2>/dev/null
	done
	cmd_ok insmod "$BUILD/netdevsim/netdevsim.ko"
	defer rmmod netdevsim
	echo "7 1" >/sys/bus/netdevsim/new_device
	defer eval 'echo 7 >/sys/bus/netdevsim/del_device'
	wait_for 5 nsim_devices
	PF=$(nsim_devices)
	echo 2 >/sys/bus/netdevsim/devices/netdevsim7/sriov_numvfs
	cmd_ok ip link set "$PF" up
	add_switch vsw0
	cmd_ok vswctl uplink add vsw0 "$PF"
	defer vswctl uplink del "$PF"

	cmd_ok vswctl port add vsw0 db1 vf "$PF/1" vlan 100 mac $MAC
	check_eq path "$(port_field db1 path)" vf
	cmd_ok vswctl port del db1

	nsim_mode switchdev
	wait_for 5 nsim_has_three
	cmd_ok vswctl port add vsw0 db1 vf "$PF/1" vlan 100 \
		min-tx-rate 10mbit max-tx-rate 100mbit
	check_eq path "$(port_field db1 path)" soft
	check_eq device "$(port_field db1 ifname)" "$(nsim_rep 1)"
	check_eq rep-of "$(port_field db1 rep-of)" "$PF/1"
	check_eq phys-port-name "$(port_field db1 phys-port-name)" pf0vf1
	check_eq "rates of VF 1" "$(ip -j link show dev "$PF" |
		jq -c '.[0].vfinfo_list[1].rate |
		[.min_tx, .max_tx]')" '[10,100]'
	# It has limits of its own: 5 Gbit/s.
	cmd_fail 'exceed link maximum speed' \
		vswctl port set db1 max-tx-rate 6gbit
	cmd_fail 'exceed link maximum speed' \
		vswctl port add vsw0 db0 vf "$PF/0" max-tx-rate 6gbit
	check_eq ports "$(vswctl -j port show | jq -c '[.[].name]')" \
		"[\"vsw0\",\"$PF\",\"db1\"]"

	# VFs are not parked: the switch has all their frames.
	cmd_ok vswctl uplink set "$PF" unowned park
	check_eq "parked VFs" "$(vswctl -j vf show |
		jq '[.[] | select(.parked)] | length')" 0
	cmd_ok vswctl port del db1
	check_eq "rates of VF 1 after its port" \
		"$(ip -j link show dev "$PF" | jq -c '.[0].vfinfo_list[1].rate |
		[.min_tx, .max_tx]')" '[0,0]'
	nsim_mode legacy
	check_eq ports "$(vswctl -j port show | jq -c '[.[].name]')" \
		"[\"vsw0\",\"$PF\"]"
}

require_command devlink
run_cases recognised recognised_by_name any traffic function_set \
	function_fails refusals legacy storm netdevsim
