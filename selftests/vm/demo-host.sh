#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo, as run on the demo's host. Started by demo.sh.
#
#    web1 (VLAN 100)  test1 (VLAN 200)     db1 (VLAN 100): bond of
#      tap0             tap1                tap2 and VF 0, by vfio-pci
#        |                |                   |       |
#        +---- vsw0 ------+-------------------+       |
#                |  uplink                            |
#               pf0 ----------------------------------+   one SR-IOV NIC
#                |
#       peers on the wire, VLAN 100 and 200
#
# All have addresses in one subnet: only VLANs separate them. web1 and db1 must
# reach each other (between software port and VF), test1 must reach neither, and
# everyone must reach the peer on the wire that is in its own VLAN.
#
# Then db1's VF is taken from it, and given back, while web1 and the peer talk to
# it. db1 is one port of vsw0 with two paths, and follows what db1 uses. (With a
# bridge db1 has the VF only: it has no such port.)

set -u
RUN=/run/demo
HERE=$(dirname "$0")
FAILED=() COMPARED=()
BRIDGE='' KEEP='' DB1_KIND=vm

declare -A TAP=([web1]=tap0 [test1]=tap1 [db1]=tap2)
declare -A MAC=([web1]=52:54:00:aa:00:01 [test1]=52:54:00:aa:00:03
		[db1]=52:54:00:aa:00:02)
declare -A GUEST=([db1]=vsw.bond)
declare -A IP=([web1]=192.0.2.1 [test1]=192.0.2.3 [db1]=192.0.2.2
	       [wire]=192.0.2.9)

say()
{
	printf '[%3d s] %s\n' "$(($(date +%s) - VSW_DEMO_START))" "$*"
}

# Show a command, and run it; a failure ends the demo
run()
{
	say "# $*"
	"$@" || fail "'$*' failed"
}

fail()
{
	say "DEMO FAILED: $*"
	tail -n 5 "$RUN"/*.{err,kernel,log} 2>/dev/null
	exit 1
}

# Usage: wait_for SECONDS COMMAND...
wait_for()
{
	local deadline=$((SECONDS + $1))
	shift

	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.5
	done
}

# The host

find_nics()
{
	local nics

	mapfile -t nics < <(cd /sys/class/net &&
		for nic in *; do
			case $(readlink "$nic/device/driver") in
			*/igb)
				echo "$nic"
				;;
			esac
		done)
	[ "${#nics[@]}" -eq 2 ] || fail "expected two igb NICs: ${nics[*]}"
	ip link set "${nics[0]}" name pf0
	ip link set "${nics[1]}" name wire0
}

make_wire_peers()
{
	local vlan

	ip link set wire0 up
	for vlan in 100 200; do
		ip netns add "wire$vlan"
		ip link add link wire0 name "w$vlan" type vlan id "$vlan"
		ip link set "w$vlan" netns "wire$vlan"
		ip -n "wire$vlan" address add "${IP[wire]}/24" dev "w$vlan"
		ip -n "wire$vlan" link set "w$vlan" up
	done
}

make_ports()
{
	local pci=/sys/class/net/pf0/device tap

	echo 0 > $pci/sriov_drivers_autoprobe
	ip link set pf0 up
	echo 1 > $pci/sriov_numvfs || fail "no VFs on the NIC"
	VF=$(basename "$(readlink $pci/virtfn0)")
	for tap in "${TAP[@]}"; do
		ip tuntap add "$tap" mode tap vnet_hdr
		ip link set "$tap" up
	done
}

setup_host()
{
	say "host: NIC with a VF, three taps, peers on the wire in VLAN 100 and 200"
	mkdir -p $RUN
	modprobe -a kvm_amd kvm_intel vhost_net vfio-pci tun 8021q 2>/dev/null
	[ -e /dev/kvm ] || fail "no KVM in the demo's host"
	find_nics
	make_wire_peers
	make_ports
	ln -sf "$(realpath "$HERE/demo-guest.sh")" /usr/local/bin/guest
}

# The switch

start_vsw()
{
	ln -sf "$VSW_CTL" /usr/local/bin/vswctl
	run insmod "$VSW_KO"
	run vswctl switch add vsw0
	run vswctl uplink add vsw0 pf0
	run vswctl port add vsw0 web1 dev tap0 vlan 100 mac "${MAC[web1]}"
	run vswctl port add vsw0 test1 dev tap1 vlan 200 mac "${MAC[test1]}"
	run vswctl port add vsw0 db1 dev tap2 vf pf0/0 vlan 100 \
		mac "${MAC[db1]}" failover auto
	run ip link set vsw0 up
}

show_vsw()
{
	run vswctl port show
	run vswctl fdb show
	run vswctl vf show
	run vswctl -s port show
	run vswctl stats show
}

stop_vsw()
{
	run vswctl switch del vsw0
	run rmmod vsw
}

start_bridge()
{
	modprobe bridge
	run ip link add vsw0 type bridge vlan_filtering 1 vlan_default_pvid 0
	run ip link set pf0 master vsw0
	run bridge vlan add dev pf0 vid 100
	run bridge vlan add dev pf0 vid 200
	run ip link set tap0 master vsw0
	run bridge vlan add dev tap0 vid 100 pvid untagged
	run ip link set tap1 master vsw0
	run bridge vlan add dev tap1 vid 200 pvid untagged
	run ip link set pf0 vf 0 mac "${MAC[db1]}"
	run ip link set pf0 vf 0 vlan 100
	run ip link set vsw0 up
}

show_bridge()
{
	run bridge vlan show
	run bridge fdb show br vsw0
}

stop_bridge()
{
	run ip link del vsw0
}

# The virtual machines

# Usage: start_vm NAME QEMU_ARGUMENT...
start_vm()
{
	local name=$1
	shift

	rm -f "$RUN/$name".*
	setsid qemu-system-x86_64 -nodefaults -no-user-config -no-reboot \
		-display none -machine q35,accel=kvm -cpu host -smp 1 -m 192 \
		-kernel "$VSW_GUEST_KERNEL" -initrd "$VSW_GUEST_INITRD" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off audit=0 no_timer_check \
			 vsw.name=$name vsw.ip=${IP[$name]}/24 ${GUEST[$name]:-}" \
		-chardev "socket,id=console,path=$RUN/$name.sock,server=on,wait=off,logfile=$RUN/$name.log" \
		-device virtio-serial-pci \
		-device virtconsole,chardev=console \
		-serial "file:$RUN/$name.kernel" "$@" \
		< /dev/null > "$RUN/$name.err" 2>&1 &
	echo $! > "$RUN/$name.pid"
}

# Usage: tap_nic NAME (sets TAP_NIC)
tap_nic()
{
	# shellcheck disable=SC2054
	TAP_NIC=(-netdev "tap,id=net,ifname=${TAP[$1]},script=no,downscript=no,vhost=on"
		 -device "virtio-net-pci,netdev=net,mac=${MAC[$1]},romfile=")
}

start_tap_vm()
{
	tap_nic "$1"
	start_vm "$1" "${TAP_NIC[@]}"
}

# A VF, in a slot of its own that it can be taken from; and a tap. In the guest they
# are a bond, which can change without unplugging; virtio's own "failover" cannot.
start_vf_vm()
{
	local device=/sys/bus/pci/devices/$VF

	echo vfio-pci > "$device/driver_override"
	echo "$VF" > /sys/bus/pci/drivers_probe
	tap_nic "$1"
	[ -z "$BRIDGE" ] || TAP_NIC=()
	start_vm "$1" "${TAP_NIC[@]}" \
		-qmp "unix:$RUN/$1.qmp,server=on,wait=off" \
		-device "pcie-root-port,id=vfslot,slot=1,chassis=1" \
		-device "vfio-pci,id=vf,bus=vfslot,host=$VF,rombar=0"
}

# A netns is not a VM, but shows the same paths when vfio does not work
start_vf_netns()
{
	local device=/sys/bus/pci/devices/$VF nic

	echo "$VF" > "$device/driver/unbind"
	echo igbvf > "$device/driver_override"
	echo "$VF" > /sys/bus/pci/drivers_probe
	wait_for 5 test -d "$device/net" || fail "the VF has no driver"
	nic=$(ls "$device/net")
	ip netns add db1
	ip link set "$nic" netns db1 name eth0
	ip -n db1 address add "${IP[db1]}/24" dev eth0
	ip -n db1 link set eth0 up
	DB1_KIND=netns
}

vm_is_gone()
{
	! kill -0 "$(cat "$RUN/$1.pid")" 2>/dev/null
}

ready()
{
	grep -qs '^ready' "$RUN/$1.log"
}

broken()
{
	vm_is_gone "$1" || grep -qs 'KVM internal error' "$RUN/$1.err"
}

settled()
{
	ready "$1" || broken "$1"
}

kill_vm()
{
	kill "$(cat "$RUN/$1.pid")" 2>/dev/null
	wait_for 5 vm_is_gone "$1"
}

# Usage: await NAME
await()
{
	wait_for 120 settled "$1"
	ready "$1"
}

start_vms()
{
	say "starting real virtual machines: web1, test1 (tap, vhost-net)," \
		"db1 (VF, vfio-pci, and tap)"
	start_tap_vm web1
	start_tap_vm test1
	start_vf_vm db1
	await web1 || fail "web1 did not start"
	await test1 || fail "test1 did not start"
	if ! await db1; then
		say "falling back: the VF goes to a network namespace, not a VM"
		kill_vm db1
		start_vf_netns
	fi
	sed -n "s/^ready/         &/p" $RUN/*.log
}

# The checks

# Usage: inside NAME COMMAND...
inside()
{
	local where=$1

	[ "$where" != wire ] || where=wire100
	if [ "$1" = wire ] || [ "$1$DB1_KIND" = db1netns ]; then
		shift
		ip netns exec "$where" busybox "$@"
	else
		"$HERE/demo-guest.sh" "$@"
	fi
}

# Prints how many of the pings were answered
ping_count()
{
	inside "$1" ping -i 0.2 -c "$3" -W "$4" "${IP[$2]}" |
		sed -n 's/.* \([0-9]*\) packets received.*/\1/p'
}

answers()
{
	[ "$(ping_count "$1" "$2" 1 2)" = 1 ]
}

# Usage: check_reach FROM TO TEXT
check_reach()
{
	local count

	wait_for 15 answers "$1" "$2"
	count=$(ping_count "$1" "$2" 5 2)
	report "$1 -> $2, $3: ${count:-0} of 5 answered" [ "${count:-0}" -eq 5 ]
}

check_isolated()
{
	local count

	count=$(ping_count "$1" "$2" 3 1)
	report "$1 -> $2, $3: ${count:-?} of 3 answered" [ "${count:-9}" -eq 0 ]
}

# Usage: report TEXT COMMAND...
report()
{
	local text=$1
	shift

	if "$@"; then
		say "  ok      $text"
	else
		say "  NOT OK  $text"
		FAILED+=("$text")
	fi
}

check()
{
	say "VLAN 100: software port and VF must reach each other"
	check_reach db1 web1 'VF to tap'
	check_reach web1 db1 'tap to VF'
	say "the uplink: everyone must reach the peer in its own VLAN"
	check_reach web1 wire 'tap to wire, VLAN 100'
	check_reach db1 wire 'VF to wire, VLAN 100'
	check_reach test1 wire 'tap to wire, VLAN 200'
	say "VLAN 200: same subnet, must be isolated from VLAN 100"
	check_isolated test1 web1 'tap to tap'
	check_isolated test1 db1 'tap to VF'
	check_isolated web1 test1 'tap to tap'
	check_isolated db1 test1 'VF to tap'
}

# db1's VF is taken from it

# Tell QEMU something, and wait for what it says then
# Usage: qmp SECONDS REPLY COMMAND
qmp()
{
	QMP_OUT=$RUN/db1.qmp.out

	: > "$QMP_OUT"
	{
		echo '{"execute": "qmp_capabilities"}'
		echo "$3"
		wait_for "$1" qmp_said "$2|\"error\""
	} | socat - "UNIX-CONNECT:$RUN/db1.qmp" > "$QMP_OUT" 2>&1
	qmp_said "$2" && ! qmp_said '"error"'
}

qmp_said()
{
	grep -qE "$1" "$QMP_OUT"
}

unplug()
{
	say "# QMP device_del of the VF"
	qmp 30 'DEVICE_DELETED.*"device": "vf"' \
		'{"execute": "device_del", "arguments": {"id": "vf"}}'
}

plug()
{
	say "# QMP device_add of the VF"
	qmp 30 '"id": "add"' '{"execute": "device_add", "id": "add",
		"arguments": {"driver": "vfio-pci", "id": "vf", "bus": "vfslot",
			      "host": "'"$VF"'", "rombar": 0}}'
}

db1_field()
{
	vswctl -j port show db1 | jq -r ".[0][\"$1\"]"
}

path_is()
{
	[ "$(db1_field path)" = "$1" ]
}

# The lines of ping to one: what was lost, and how long no answer came
# shellcheck disable=SC2016
PING_SUM='
function now() {
	getline up < "/proc/uptime"; close("/proc/uptime");
	split(up, t, " "); return t[1] * 1000
}
function silence() { if (seen && now() - seen > gap) gap = now() - seen }
/seq=/ { silence(); seen = now(); seq = $6 }
/transmitted/ {
	if (seq < $1 - 1) silence();
	print "lost " ($1 - $4) " of " $1 ", longest gap " int(gap) " ms"
}'

# Usage: stream NAME COUNT (20 pings in a second)
stream()
{
	local command="busybox ping -i 0.05 -c $2 -W 1 ${IP[db1]} |"

	command+=" busybox awk -F '[= ]+' '${PING_SUM//[$'\n\t']/ }'"
	if [ "$1" = wire ]; then
		ip netns exec wire100 sh -c "$command"
	else
		inside "$1" "$command"
	fi
}

# Two talk to db1 while something is done
# Usage: while_talking SECONDS COMMAND...
while_talking()
{
	local count=$(($1 * 20)) name status pids=()
	shift

	for name in web1 wire; do
		stream $name "$count" > "$RUN/$name.stream" &
		pids+=($!)
	done
	sleep 1
	"$@"
	status=$?
	wait "${pids[@]}"
	for name in web1 wire; do
		say "  $name -> db1: $(cat "$RUN/$name.stream")"
	done
	return $status
}

# Usage: check_path soft|vf
check_path()
{
	if broken db1; then
		not_shown "db1 has stopped"
		return 1
	fi
	path_is "$1" || say "  the port has not moved while they talked"
	wait_for 20 path_is "$1"
	run vswctl port show
	say "  db1: path $(db1_field path), moved for: $(db1_field failover-cause)"
	check_reach web1 db1 "tap to db1"
	check_reach wire db1 "wire to db1"
}

# The guest changes by itself; its console is too slow to tell it and the switch at
# once, and with failover auto nobody has to.
# Usage: use ethN
use()
{
	say "# in db1: echo $1 > /sys/class/net/bond0/bonding/active_slave"
	inside db1 "echo $1 > /sys/class/net/bond0/bonding/active_slave"
}

planned()
{
	while_talking 4 use eth0
	path_is soft || say "  the port has not moved while they talked"
	while_talking 4 use eth1
	path_is vf || say "  the port has not moved while they talked"
	check_reach wire db1 "wire to db1"
}

# Usage: not_shown WHAT: hotplug may fail under nested KVM without hardware
not_shown()
{
	say "  could not be shown here: $1"
	tail -n 1 "$QMP_OUT" "$RUN/db1.err" 2>/dev/null
}

failover()
{
	if [ "$DB1_KIND" != vm ]; then
		say "db1 is no VM: that its VF is taken from it is not shown"
		return
	fi
	say "for comparison, nothing happens"
	while_talking 4 true
	say "db1's VF is taken from it: the port follows db1 to the tap"
	if ! while_talking 8 unplug; then
		not_shown "QEMU has not taken the VF from db1"
		return
	fi
	check_path soft || return
	say "db1 gets its VF again: the port follows db1 to the VF"
	if ! while_talking 12 plug; then
		not_shown "QEMU has not given db1 the VF"
		return
	fi
	check_path vf || return
	say "the same by plan, with the VF in its slot"
	planned
}

# What one has to know to make a bridge work here
explain_bridge()
{
	COMPARED=("${FAILED[@]}")
	FAILED=()
	say "the same bridge, helped by hand: the NIC hands frames of a VF to the"
	say "host only for MACs in its filter, and the NIC's reflections of the"
	say "host's own broadcasts must not teach the bridge that web1 is outside"
	run bridge fdb add "${MAC[web1]}" dev pf0 self
	run bridge link set dev pf0 learning off
	run ip link set vsw0 type bridge fdb_flush
	check
}

stop_vms()
{
	local pid

	for pid in "$RUN"/*.pid; do
		kill "$(cat "$pid")" 2>/dev/null
	done
	wait
}

verdict()
{
	local text

	for text in "${COMPARED[@]}"; do
		say "without help the bridge failed at: $text"
	done
	if [ "${#FAILED[@]}" -gt 0 ]; then
		text=$(printf '%s; ' "${FAILED[@]}")
		say "DEMO FAILED: ${text%; }"
		return 1
	fi
	if [ -n "$BRIDGE" ]; then
		say "DEMO PASSED: a bridge does it too, once helped by hand"
		return
	fi
	say "DEMO PASSED: tap and VF share VLAN 100, VLAN 200 is isolated," \
		"all in one switch ($(uname -r), db1 is a $DB1_KIND)"
}

main()
{
	local switch=vsw

	while [ $# -gt 0 ]; do
		case $1 in
		--with-bridge)	BRIDGE=1 switch=bridge ;;
		--keep)		KEEP=1 ;;
		esac
		shift
	done
	say "this is the host: Linux $(uname -r)"
	setup_host
	start_$switch
	start_vms
	check
	[ -n "$BRIDGE" ] || path_is vf || say "db1 is not on its VF"
	show_$switch
	[ -n "$BRIDGE" ] || failover
	[ -z "$BRIDGE" ] || explain_bridge
	if [ -n "$KEEP" ]; then
		verdict
		echo "Everything is running. Try: guest web1 ping -c 3 ${IP[db1]}"
		echo "Or: guest db1 cat /proc/net/bonding/bond0"
		echo "The virtual machines are web1, db1, test1; exit ends it all."
		return
	fi
	stop_vms
	stop_$switch
	verdict
}

main "$@"
