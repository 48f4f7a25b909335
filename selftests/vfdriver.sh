#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VF ports on a driver that refuses, ignores and forgets: whatever it does, a
# request is carried out whole or not at all. The driver is selftests/module.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/testpf_lib.sh"

OLD="mac 52:54:00:bb:00:01 vlan 7 qos 2 spoofchk off trust on"

calls()
{
	sed -n "s/^$1 //p" $SYS/calls
}

ALL=(vlan 100 mac "$DB1_MAC" pcp 3 spoofchk on trust off min-tx-rate 10
     max-tx-rate 100 link-state enable)

# Each call that a new port makes fails in its turn.
add_fails()
{
	local op before

	setup
	# shellcheck disable=SC2086
	cmd_ok ip link set $PF vf 0 $OLD min_tx_rate 5 max_tx_rate 50 \
		state disable
	for op in vlan mac spoofchk trust rate link; do
		echo "$op 1" >$SYS/fail
		refused 'refuses that .* for VF 0 .error 5.: try another' \
			vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	done
	# At attaching, at programming, at verifying
	for op in 1 2 3; do
		before=$(state)
		echo "read $op" >$SYS/fail
		cmd_fail . vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
		check_eq "after read $op" "$(state)" "$before"
	done
	refused 'min-tx-rate is above max-tx-rate' \
		vswctl port add vsw0 db1 vf $PF/0 vlan 100 mac "$DB1_MAC" \
		min-tx-rate 200 max-tx-rate 100
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	check_eq drift "$(vf_field 0 drift)" false
	check_eq link "$(vf_field 0 link-state)" enable
	before=$(ip -j link show dev $PF | jq -c '.[0].vfinfo_list')
	cmd_ok vswctl port del db1
	[ "$(ip -j link show dev $PF | jq -c '.[0].vfinfo_list')" != \
		"$before" ] || fail "the VF was not restored"
	check_eq "restored" "$(settings)" \
		'["52:54:00:bb:00:01",7,2,false,true,5,50,"disable"]'
}

set_fails()
{
	local op

	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	for op in vlan mac spoofchk trust rate link; do
		echo "$op 1" >$SYS/fail
		refused 'refuses that .* for VF 0' vswctl port set db1 \
			vlan 200 mac 52:54:00:aa:00:02 pcp 5 spoofchk off \
			trust on max-tx-rate 200 link-state disable
	done
	cmd_ok vswctl port set db1 vlan 200 mac 52:54:00:aa:00:02 pcp 5 \
		spoofchk off trust on max-tx-rate 200 link-state disable
	check_eq drift "$(vf_field 0 drift)" false
}

# The driver says yes and does nothing. What matters is read again.
ignored()
{
	local op

	setup
	for op in vlan mac spoofchk; do
		[ $op = spoofchk ] && cmd_ok ip link set $PF vf 0 spoofchk off
		echo $op >$SYS/ignore
		refused "$PF did not keep what was set for VF 0" \
			vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	done
	echo none >$SYS/ignore
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	echo vlan >$SYS/ignore
	refused "did not keep" vswctl port set db1 vlan 300
}

# Not even the way back works: it is said, and found again by the keeper.
undo_fails()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	listen
	echo "vlan 2" >$SYS/fail
	echo "mac 1" >$SYS/fail
	cmd_fail 'refuses that MAC address' vswctl port set db1 vlan 200 \
		mac 52:54:00:aa:00:02
	check_eq "wanted VLAN" "$(vf_field 0 wanted-vlan)" 100
	check_eq "VLAN of the NIC" "$(vf_field 0 vlan)" 200
	dmesg | grep -q 'cannot restore the VLAN of VF 0' ||
		fail "the log does not say it"
	events_are drifted,corrected
	check_eq "VLAN of the NIC" "$(vf_field 0 vlan)" 100
}

# The driver does not let it be corrected at once.
correction_refused()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	listen
	cmd_ok ip link set $PF vf 0 vlan 7
	events_are drifted,corrected
	forget_events
	echo "vlan 2" >$SYS/fail
	cmd_ok ip link set $PF vf 0 vlan 8
	events_are drifted,refused,corrected
	check_eq "VLAN of the NIC" "$(vf_field 0 vlan)" 100
	check_eq corrections "$(vf_field 0 corrections)" 2
}

# An S-VLAN is none of the switch: its address is nowhere in it, and the VLANs of the
# uplink do not matter.
s_vlan()
{
	setup
	cmd_ok vswctl uplink set $PF vlan 7
	refused "does not carry VLAN 200" vswctl port add vsw0 db1 \
		vf $PF/0 vlan 200 mac "$DB1_MAC"
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 vlan 200 mac "$DB1_MAC" \
		vlan-proto 8021ad pcp 3
	check_eq "tag of the NIC" "$(ip -j link show dev $PF | jq -c '
		.[0].vfinfo_list[0].vlan_list[0] | [.vlan, .qos, .protocol]')" \
		'[200,3,"802.1ad"]'
	check_eq "what is wanted" "$(vf_field 0 wanted-vlan-proto)" 8021ad
	check_eq drift "$(vf_field 0 drift)" false
	check_eq "where the address is" \
		"$(vswctl -j fdb show switch vsw0 mac "$DB1_MAC")" '[]'
	refused "has no addresses in the switch" vswctl fdb add "$DB1_MAC" port db1
	vswctl vf show $PF | grep -q ' 200 ad ' || fail "$(vswctl vf show)"
	listen
	cmd_ok ip link set $PF vf 0 vlan 200 qos 3
	events_are drifted,corrected
	check_eq "tag of the NIC" "$(vf_field 0 vlan-proto)" 8021ad
	cmd_ok vswctl uplink set $PF vlan 8
	refused "does not carry VLAN 200" vswctl port set db1 vlan-proto 8021q

	# It becomes one of the switch with its address, and leaves it with that.
	cmd_ok vswctl vlan add $PF vid 200
	cmd_ok vswctl port set db1 vlan-proto 8021q
	check_eq "where the address is" "$(vswctl -j fdb show switch vsw0 \
		mac "$DB1_MAC" | jq -r '.[].port')" db1
	cmd_ok vswctl fdb add 02:00:00:00:00:fe port db1
	echo "vlan 1" >$SYS/fail
	refused "refuses that VLAN" vswctl port set db1 vlan-proto 8021ad
	cmd_ok vswctl port set db1 vlan-proto 8021ad
	check_eq "what it has in the switch" \
		"$(vswctl -j fdb show switch vsw0 port db1)" '[]'
	add_host tap7
	refused "soft path is in no S-VLAN" vswctl port set db1 dev tap7
}

called_more()
{
	[ "$(calls "$1")" -gt "$2" ]
}

# A PF that comes up may have forgotten what its driver says: that is said again, and
# is no drift.
said_again()
{
	local before

	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	listen
	before=$(calls spoofchk)
	cmd_ok ip link set $PF down
	cmd_ok ip link set $PF up
	wait_for 8 called_more spoofchk "$before"
	check_eq "calls for the VLAN" "$(calls vlan)" 1
	events_are ""
}

# One thing that cannot be corrected keeps nothing else from it.
correction_goes_on()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	listen
	echo "vlan 1" >$SYS/fail
	echo now >$SYS/forget
	events_are drifted,refused
	check_eq "MAC of the NIC" "$(vf_field 0 mac)" "$DB1_MAC"
	check_eq "link of the NIC" "$(vf_field 0 link-state)" enable
	events_are drifted,refused,corrected
	check_eq "VLAN of the NIC" "$(vf_field 0 vlan)" 100
}

# A driver that rounds a rate, or forgets it: said, and not tried for ever.
not_kept()
{
	setup
	listen
	echo rate >$SYS/ignore
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	check_eq unenforced "$(vf_field 0 unenforced | jq -c)" '["rate"]'
	check_eq drift "$(vf_field 0 drift)" false
	sleep 6
	events_are ""
	echo none >$SYS/ignore
	cmd_ok vswctl port set db1 max-tx-rate 100
	check_eq unenforced "$(vf_field 0 unenforced | jq -c)" '[]'
}

# The driver resets itself and tells nobody.
forgets()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	listen
	echo now >$SYS/forget
	events_are drifted,corrected
	check_eq drift "$(vf_field 0 drift)" false
	check_eq "all of it" "$(settings)" \
		"[\"$DB1_MAC\",100,3,true,false,10,100,\"enable\"]"
}

# A driver that cannot answer now is asked later, and nothing is made of it.
no_answer()
{
	local before

	setup
	# shellcheck disable=SC2086
	cmd_ok ip link set $PF vf 0 $OLD
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	sleep 1
	listen
	before=$(calls read)
	echo "read 1" >$SYS/fail
	wait_for 8 read_again $((before + 1))
	sleep 1
	events_are ""
	cmd_ok vswctl port del db1
	check_eq "VLAN" "$(ip -j link show dev $PF |
		jq '.[0].vfinfo_list[0].vlan_list[0].vlan')" 7
}

read_again()
{
	[ "$(calls read)" -ge "$1" ]
}

# What is as it should be is not set again, however often it is looked at.
quiet()
{
	local before

	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	before=$(grep -v read $SYS/calls)
	sleep 6
	check_eq calls "$(grep -v read $SYS/calls)" "$before"
}

# No bus tells that its VFs come and go: a look finds it.
number_changes()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	listen
	echo 0 >$SYS/sriov_numvfs
	events_are lost
	echo 2 >$SYS/sriov_numvfs
	events_are lost,returned,corrected
	check_eq drift "$(vf_field 0 drift)" false
	check_eq nic "$(vf_field 0 nic)" testpf0

	# A new policy comes before the next look: the VF is new all the same.
	echo 0 >$SYS/sriov_numvfs
	events_are lost,returned,corrected,lost
	echo 2 >$SYS/sriov_numvfs
	cmd_ok vswctl port set db1 pcp 5
	cmd_ok vswctl port del db1
	check_eq "VLAN" "$(ip -j link show dev $PF |
		jq '.[0].vfinfo_list[0].vlan_list[0].vlan // 0')" 0
}

bare()
{
	setup bare=1
	check_eq capability "$(vf_field 0 capability | jq -c)" \
		'["mac","vlan","spoofchk"]'
	refused "$PF cannot set the rate of a VF: do without it" vswctl port \
		add vsw0 db1 vf $PF/0 vlan 100 mac "$DB1_MAC" max-tx-rate 100
	refused "cannot set the link state" vswctl port \
		add vsw0 db1 vf $PF/0 vlan 100 mac "$DB1_MAC" link-state enable
	refused "cannot set the trust" vswctl port add vsw0 db1 vf $PF/0 \
		vlan 100 mac "$DB1_MAC" trust on enforcement best-effort
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 vlan 100 mac "$DB1_MAC" \
		max-tx-rate 100 link-state enable enforcement best-effort
	check_eq unenforced "$(vf_field 0 unenforced | jq -c)" \
		'["rate","link-state"]'
	check_eq drift "$(vf_field 0 drift)" false
	cmd_ok vswctl port set db1 vlan 200
	check_eq unenforced "$(vf_field 0 unenforced | jq -c)" \
		'["rate","link-state"]'
	check_eq VLAN "$(vf_field 0 vlan)" 200
	refused "cannot set the rate" vswctl port set db1 enforcement strict
	listen
	cmd_ok ip link set $PF vf 0 vlan 7
	events_are drifted,corrected
	check_eq unenforced "$(vf_field 0 unenforced | jq -c)" \
		'["rate","link-state"]'
}

# What the NIC has counted stands beside what the switch has. What the VF has
# sent the switch has received.
counters()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/1 vlan 100 mac "$DB1_MAC"
	check_eq nic-stats "$(vswctl -s -j port show db1 |
		jq -cS '.[0]."nic-stats"')" \
		'{"rx-bytes":4001,"rx-packets":3001,"tx-bytes":2001,"tx-packets":1001}'
	check_eq "the switch's" "$(vswctl -s -j port show db1 |
		jq '.[0].stats."tx-packets"')" 0
	check_eq "of the uplink" "$(vswctl -s -j port show $PF |
		jq '.[0] | has("nic-stats")')" false
	check_eq "without -s" "$(vswctl -j port show db1 |
		jq '.[0] | has("nic-stats")')" false
	vswctl -s port show | grep -A 1 '^db1 ' |
		grep -qE ' nic +3001 +4001 +-? +1001 +2001' ||
		fail "text: $(vswctl -s port show)"
	vswctl -s port show db1 | grep -qE '^nic-rx-packets +3001$' ||
		fail "text: $(vswctl -s port show db1)"
}

# all_vfs FIELD: of every VF, in a line
all_vfs()
{
	vswctl -j vf show $PF | jq -c "map(.[\"$1\"])"
}

# VFs that no port owns are shut, and are as they were for who gets them.
parked()
{
	local before

	setup
	# shellcheck disable=SC2086
	cmd_ok ip link set $PF vf 1 $OLD state enable
	before=$(ip -j link show dev $PF | jq -c '.[0].vfinfo_list')
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 vlan 100 mac "$DB1_MAC"
	cmd_ok vswctl uplink set $PF unowned park
	check_eq unowned "$(port_field $PF unowned)" park
	check_eq parked "$(all_vfs parked)" '[null,true,true,true]'
	check_eq link "$(all_vfs link-state)" \
		'["auto","disable","disable","disable"]'
	check_eq spoofchk "$(all_vfs spoofchk)" '[true,true,true,true]'
	check_eq trust "$(all_vfs trust)" '[false,false,false,false]'
	vswctl vf show | grep -q 'parked: no port owns it' ||
		fail "text does not say parked"
	refused "Only an uplink has that" vswctl port set db1 unowned park

	# A port gets it as it was, and leaves it parked.
	cmd_ok vswctl port add vsw0 db2 vf $PF/1 vlan 100 \
		mac 52:54:00:aa:00:02
	check_eq link "$(all_vfs link-state)" \
		'["auto","enable","disable","disable"]'
	check_eq parked "$(all_vfs parked)" '[null,null,true,true]'
	cmd_ok vswctl port del db2
	check_eq link "$(all_vfs link-state)" \
		'["auto","disable","disable","disable"]'
	# A request that fails does, too.
	echo "mac 1" >$SYS/fail
	refused 'refuses that MAC' vswctl port add vsw0 db2 vf $PF/1 vlan 100 \
		mac 52:54:00:aa:00:02
	check_eq parked "$(all_vfs parked)" '[null,true,true,true]'

	# Nobody opens it, neither by hand nor by making it anew.
	cmd_ok ip link set $PF vf 2 state enable trust on
	busywait 8 is_shut 2 || fail "VF 2 stays open"
	echo 0 >$SYS/sriov_numvfs
	sleep $((6 * ${VSW_SLOW:-1}))
	echo 4 >$SYS/sriov_numvfs
	busywait 8 is_shut 3 || fail "VF 3 stays open"

	cmd_ok vswctl port del db1
	check_eq parked "$(all_vfs parked)" '[true,true,true,true]'
	cmd_ok vswctl uplink set $PF unowned leave
	check_eq parked "$(all_vfs parked)" '[null,null,null,null]'
	check_eq link "$(all_vfs link-state)" '["auto","auto","auto","auto"]'

	# An uplink that goes leaves everything as it was.
	# shellcheck disable=SC2086
	cmd_ok ip link set $PF vf 1 $OLD state enable
	before=$(ip -j link show dev $PF | jq -c '.[0].vfinfo_list')
	cmd_ok vswctl uplink set $PF unowned park
	cmd_ok vswctl port add vsw0 db1 vf $PF/1 vlan 100 mac "$DB1_MAC"
	cmd_ok vswctl switch del vsw0
	check_eq "all VFs" "$(ip -j link show dev $PF |
		jq -c '.[0].vfinfo_list')" "$before"
}

is_shut()
{
	[ "$(all_vfs link-state | jq -r ".[$1]")" = disable ] &&
		[ "$(all_vfs trust | jq ".[$1]")" = false ]
}

# What a driver cannot do of it is said.
parked_bare()
{
	setup bare=1
	cmd_ok vswctl uplink set $PF unowned park
	check_eq parked "$(all_vfs parked)" '[true,true,true,true]'
	check_eq unenforced "$(all_vfs unenforced | jq -c '.[0]')" \
		'["link-state"]'
	check_eq spoofchk "$(all_vfs spoofchk)" '[true,true,true,true]'
}

# The driver goes with a VF port in place, and comes back.
reload()
{
	setup
	cmd_ok vswctl port add vsw0 db1 vf $PF/0 "${ALL[@]}"
	cmd_ok rmmod vsw-testpf
	check_eq awaits "$(port_field db1 awaits)" testpf0
	cmd_ok insmod "$(dirname "$VSW_KO")/../testpf/vsw-testpf.ko"
	cmd_ok ip link set $PF up
	wait_for 8 waits_no_more $PF
	echo 4 >$SYS/sriov_numvfs
	# Its VF is nobody else's meanwhile.
	cmd_ok vswctl port add vsw0 db2 vf $PF/any vlan 100
	check_eq "the first free" "$(port_field db2 vf)" 1
	wait_for 13 is_as_wanted
	check_eq "link of the NIC" "$(vf_field 0 link-state)" enable
}

waits_no_more()
{
	[ "$(port_field "$1" awaits)" = null ]
}

is_as_wanted()
{
	[ "$(vf_field 0 drift)" = false ] && [ "$(vf_field 0 mac)" = "$DB1_MAC" ]
}

run_cases s_vlan said_again add_fails set_fails ignored undo_fails correction_refused \
	correction_goes_on not_kept forgets no_answer quiet number_changes \
	bare counters parked parked_bare reload
