#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the switch stands on goes away and comes back, while there is traffic and
# somebody configures: nothing breaks, nothing leaks, and afterwards the switch
# forwards as before. One disturbance a case, and in the last one any of them;
# stress.sh has more at once.
#
#	db3 (VF 3) --- NIC --- PF --- vsw0 -+- h1, h2	VLAN 100
#	                |                   |- h3	comes and goes, and is loud
#	               wire --- out         '- v100	the host, in VLAN 100
#
# All of them send all the time, and so do the other VFs, whose ports come and go.
#
# VSW_STORM_SECONDS	how long each of them blows (default 20)

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib_sriov.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/storm_lib.sh"

STORM=${VSW_STORM_SECONDS:-20}
# Ports that are there all the time
STAYING=(h1 h2)
# How often the tool took the VFs of ports away
NOT_REFUSED=0
DB3_MAC=52:54:00:aa:00:03

# build: the switch and what shall be left when the storm is over. Before, it may
# be there already in part.
build()
{
	vswctl -f -b - <<-END
	switch add vsw0
	uplink add vsw0 $PF
	port del h3
	port del db1
	port del db2
	port del any1
	port del any2
	port add vsw0 h1 dev h1 vlan 100
	port add vsw0 h2 dev h2 vlan 100
	port add vsw0 db3 vf $PF/3 vlan 100 mac $DB3_MAC
	port set h1 vlan 100
	port set db3 vlan 100 on-drift enforce
	uplink set $PF unowned leave isolated off
	vlan add $PF vid 2-4094
	END
	ip link set vsw0 up
	ip link add link vsw0 name v100 type vlan id 100 &&
		ip addr add 192.0.2.100/24 dev v100 &&
		ip link set v100 up
}

setup()
{
	local n

	use_vfs
	UPLINK=$PF
	NIC=$(pci_of "$PF")
	defer bring_back
	load_vsw
	for n in 1 2 3; do
		add_host "h$n" "192.0.2.1$n/24"
	done
	add_netns db3
	add_wire_host out
	add_wire_vlan out 100 192.0.2.50/24
	build >/dev/null 2>&1
	defer vswctl switch del vsw0
	forwards
}

# pings NAMESPACE ADDRESS: many, and time for others
pings()
{
	ip netns exec "$1" ping -q -i 0.01 -w 2 "$2"
}

# The machine gets the VF whenever there is one, and sends.
vf_machine()
{
	local dev

	dev=$(vf_netdev 3) &&
		ip link set "$dev" netns db3 name eth0 &&
		ip -n db3 addr add 192.0.2.3/24 dev eth0 &&
		ip -n db3 link set eth0 up
	# Without it there is nothing to do for a while.
	pings db3 192.0.2.11 || sleep 0.2
}

# Whoever has the other VFs
vfs_send()
{
	local dev

	if ! dev=$(vf_netdev $((RANDOM % 3))) || ! ip link set "$dev" up; then
		sleep 0.2
		return 1
	fi
	# Not as fast as can be: QEMU 10 ends ("iotlb_to_section") when an emulated CPU
	# writes to a VF that another one takes away.
	"$VSW_TOP/selftests/faults/send.py" "$dev" counted ff:ff:ff:ff:ff:ff 20
}

host_pings()
{
	ping -q -i 0.01 -w 2 192.0.2.11
}

traffic()
{
	again pings h1 192.0.2.12
	again - pings h2 192.0.2.50
	again - pings out 192.0.2.11
	again - host_pings
	again - vfs_send
	again - vf_machine
	again - send_frames h3 eth0 2000 "dst_mac ff:ff:ff:ff:ff:ff" \
		"src_mac 02:00:00:00:cc:00" "src_mac_count 200"
}

vfs()
{
	storm_vf_ports
	storm_uplink
}

policy()
{
	storm_vlans
	storm_dumps
}

configuration()
{
	again storm_ports
	again - vfs
	again - policy
	again storm_fdb
}

# blow SECONDS COMMAND...: that is the disturbance
blow()
{
	local long=$1 start=$SECONDS end=$((SECONDS + $1)) told=$SECONDS

	shift
	begin_storm "${STAYING[@]}"
	traffic
	configuration
	TIMES=0 TRIED=0
	while [ "$SECONDS" -lt "$end" ]; do
		TRIED=$((TRIED + 1))
		"$@" >/dev/null 2>&1 && TIMES=$((TIMES + 1))
		# Who says nothing for long is taken for dead.
		if [ $((SECONDS - told)) -ge 300 ]; then
			told=$SECONDS
			log "$TIMES times in $((SECONDS - start)) s"
		fi
	done
	end_storm
	# What takes long has no time in a short one.
	[ "$TIMES" -gt 0 ] || { [ "$TRIED" -lt 3 ] && [ "$long" -lt 20 ]; } ||
		fail "$*: never, of $TRIED times"
}

pf_is_back()
{
	[ -e "/sys/bus/pci/devices/$NIC/net" ] || echo "$NIC" >/sys/bus/pci/drivers/igb/bind
	[ -e "/sys/class/net/$PF" ]
}

# bring_back: everything that the switch stands on
bring_back()
{
	pf_is_back || busywait 10 pf_is_back
	ip link set "$PF" up
	set_vf_count "$VF_COUNT"
}

joined()
{
	vswctl -j port show switch vsw0 |
		jq -e 'all(.[]; has("awaits") | not)'
}

forwards()
{
	wait_for 10 joined
	wait_for 40 vf_answers
	reachable h1 192.0.2.12
	reachable h1 192.0.2.50
	reachable out 192.0.2.11
	unreachable h1 192.0.2.13
}

vf_answers()
{
	vf_machine >/dev/null 2>&1
	can_ping db3 192.0.2.11 && can_ping h1 192.0.2.3
}

# Should a case never end: who waits where?
tell_stuck()
{
	local task

	sleep $((STORM + 180)) >/dev/null 2>&1
	log "this takes too long; what is waited for:"
	for task in /proc/[0-9]*; do
		[ -s "$task/cmdline" ] || grep -q '^State:.D' "$task/status" ||
			continue
		log "$(cat "$task/comm"): $(tr '\0' ' ' <"$task/cmdline")"
		sed 's/^/#	/' "$task/stack"
	done 2>/dev/null
}

# Whom the switch has on soft ports the NIC shall hand to the PF, and nobody else.
filter_is_right()
{
	local soft wanted

	soft=$(vswctl -j port show switch vsw0 |
		jq -c '[.[] | select(.path == "soft" and .role != "uplink").name]')
	wanted=$(vswctl -j fdb show switch vsw0 |
		jq -r --argjson soft "$soft" '[.[] |
			select(.port as $port | $soft | index($port)).mac] |
			unique[]' | grep '^.[02468ace]:' | sort)
	[ "$wanted" ] && [ "$(nic_macs "$PF")" = "$wanted" ]
}

# as_found DEVICE: it is as it was before it was a port
as_found()
{
	check_eq "$1" "$(ip -d -j link show dev "$1" |
		jq -c '.[0] | [.master, .promiscuity, .allmulti]')" '[null,0,0]'
	check_eq "filter of $1" "$(nic_macs "$1")" ""
}

# storm COMMAND...
storm()
{
	local dev start

	tell_stuck &
	defer kill $!
	setup
	# The first one fills caches.
	blow 5 "$@"
	bring_back
	start_leak_check
	start=$SECONDS
	blow "$STORM" "$@"
	log "$TIMES times, of $TRIED that it was tried, in $((SECONDS - start)) s"
	bring_back
	[ -d /sys/module/vsw ] || insmod "$VSW_KO"
	build >/dev/null 2>&1
	forwards
	wait_for 10 filter_is_right
	cmd_ok rmmod vsw
	for dev in h1 h2 h3 "$PF"; do
		as_found "$dev"
	done
	end_leak_check
}

# By the tool it is refused while there are ports, and that every time.
change_vf_count()
{
	vswctl uplink set "$PF" vfs 2 && NOT_REFUSED=$((NOT_REFUSED + 1))
	echo 0 >"/sys/class/net/$PF/device/sriov_numvfs"
	vswctl uplink set "$PF" vfs "$VF_COUNT"
	echo "$VF_COUNT" >"/sys/class/net/$PF/device/sriov_numvfs"
}

vf_count()
{
	storm change_vf_count
	check_eq "changes that the tool has not refused" $NOT_REFUSED 0
}

# Whoever is configuring a VF by then has its PF taken from under the hands.
unbind_pf()
{
	pf_is_back || return
	sleep "0.$((RANDOM % 10))"
	echo "$NIC" >/sys/bus/pci/drivers/igb/unbind || return
	sleep "0.$((RANDOM % 5))"
	echo "$NIC" >/sys/bus/pci/drivers/igb/bind || return
	ip link set "$PF" up
	echo "$VF_COUNT" >"/sys/class/net/$PF/device/sriov_numvfs"
}

pf_unbind()
{
	storm unbind_pf
}

# The PF serves a switch in another namespace when that is deleted.
delete_netns()
{
	local there

	ip netns add storm3
	ip link set "$PF" netns storm3
	vswctl -n storm3 -f -b - <<-END
	switch add vsw9
	uplink add vsw9 $PF
	port add vsw9 db9 vf $PF/0 vlan 100
	port add vsw9 db8 vf $PF/any vlan 100
	END
	ip -n storm3 link set "$PF" up
	there=$?
	sleep "0.$((RANDOM % 5))"
	ip netns del storm3
	busywait 5 pf_is_back
	ip link set "$PF" up && [ $there -eq 0 ]
}

netns_delete()
{
	storm delete_netns
}

unload_module()
{
	# Whoever asks it something holds it.
	busywait 5 rmmod vsw || return
	insmod "$VSW_KO" || return
	build
	sleep "0.$((RANDOM % 10))"
	[ -e /sys/class/net/vsw0 ]
}

module_unload()
{
	STAYING=()
	storm unload_module
}

DISTURBANCES=(change_vf_count unbind_pf delete_netns unload_module)

# How often each came through
declare -A CAME=()

any_of_them()
{
	local one=${DISTURBANCES[RANDOM % ${#DISTURBANCES[@]}]}

	"$one" && CAME[$one]=$((${CAME[$one]-0} + 1))
}

mixed()
{
	local one

	STAYING=()
	storm any_of_them
	for one in "${!CAME[@]}"; do
		log "$one: ${CAME[$one]} times"
	done
}

trap remove_vfs EXIT
run_cases vf_count pf_unbind netns_delete module_unload mixed
