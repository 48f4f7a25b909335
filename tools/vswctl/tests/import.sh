#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vswctl import without a kernel: what ip(8) and bridge(8) say is in files. KTAP.

VSWCTL=$(realpath "${VSWCTL:-$(dirname "$0")/../vswctl}")
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# What those say: in the file that is named by their object
for program in ip bridge ovs-vsctl; do
	cat > "$WORK/$program" <<-'END'
		#!/bin/bash
		dir=$(dirname "$0")
		for word; do
			[ ! -e "$dir/$word.json" ] || exec cat "$dir/$word.json"
		done
		exit 1
	END
	chmod +x "$WORK/$program"
done
PATH=$WORK:$PATH

# link NAME MEMBERS: in JSON
link()
{
	printf '%s{"ifname":"%s","mtu":1500,"address":"02:00:00:00:01:%02x",%s}' \
		"${LINKS:+,}" "$1" ${#LINKS} "$2"
}

# bridge_with DATA PORT...: br0 has the ports, each "NAME SLAVE-DATA [MEMBERS]"
bridge_with()
{
	local data=$1 port name slave more

	shift
	LINKS=
	LINKS+=$(link br0 "\"linkinfo\":{\"info_kind\":\"bridge\",\"info_data\":{\"ageing_time\":${AGEING:-30000},\"vlan_default_pvid\":${DEFAULT_PVID:-1},$data}}")
	for port; do
		read -r name slave more <<< "$port"
		LINKS+=$(link "$name" "${more:+$more,}\"master\":\"br0\",\"linkinfo\":{\"info_slave_kind\":\"bridge\",\"info_slave_data\":{$slave}}")
	done
	echo "[{},$LINKS]" > "$WORK/link.json"
	echo '[]' > "$WORK/address.json"
	: > "$WORK/vlan.json"
	: > "$WORK/fdb.json"
}

# imports WHAT [WORD...]: and stdout is what stands on stdin
imports()
{
	local what=$1
	shift

	"$VSWCTL" import "${KIND:-bridge}" br0 "$@" > "$WORK/out" 2> "$WORK/err" &&
		diff -u - "$WORK/out" > "$WORK/diff"
	result $? "$what"
	sed 's/^/# /' "$WORK/diff"
}

# refuses CODE PATTERN WORD...
refuses()
{
	local code=$1 pattern=$2
	shift 2

	# shellcheck disable=SC2086
	$VSWCTL "$@" > "$WORK/out" 2> "$WORK/err"
	[ $? = "$code" ] && grep -q -e "$pattern" "$WORK/err"
	result $? "[$code] $pattern"
}

vlan_tests()
{
	bridge_with '"vlan_filtering":1' 'tap0 "flood":true' \
		'tap1 "flood":false,"hairpin":true' 'tap2 "learning":false' \
		'tap3 "isolated":true' 'tap4 "bcast_flood":false'
	cat > "$WORK/vlan.json" <<-'END'
	[{"ifname":"tap0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]},
	 {"ifname":"tap1","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},
		{"vlan":10,"vlanEnd":20},{"vlan":21},{"vlan":4094}]},
	 {"ifname":"tap2","vlans":[{"vlan":5,"flags":["PVID"]},{"vlan":6}]},
	 {"ifname":"tap4","vlans":[{"vlan":7,"vlanEnd":8,"flags":["Egress Untagged"]}]},
	 {"ifname":"br0","vlans":[{"vlan":30,"flags":["PVID","Egress Untagged"]},{"vlan":31}]}]
	END
	cat > "$WORK/fdb.json" <<-'END'
	[{"mac":"02:00:00:00:00:05","ifname":"tap0","vlan":100,"flags":[],"master":"br0","state":"static"},
	 {"mac":"02:00:00:00:00:05","ifname":"tap0","flags":[],"master":"br0","state":"static"},
	 {"mac":"02:00:00:00:00:06","ifname":"tap0","vlan":100,"flags":[],"master":"br0","state":""},
	 {"mac":"02:00:00:00:00:08","ifname":"tap0","vlan":100,"flags":["sticky"],"master":"br0","state":""},
	 {"mac":"02:00:00:00:00:09","ifname":"tap0","vlan":100,"flags":[],"master":"br0","state":"permanent"},
	 {"mac":"33:33:00:00:00:01","ifname":"tap0","flags":["self"],"state":"permanent"}]
	END
	imports "VLANs, flags, entries" switch sw <<-'END'
	# br0 as the switch sw: for vswctl -a -b
	# not carried over: 02:00:00:00:00:09, the host's own on port tap0: give it to a device of the host
	switch add sw mac 02:00:00:00:01:00 ageing 300 default-pvid 1
	vlan add sw vid 30 pvid untagged
	vlan add sw vid 31
	vlan del sw vid 1
	port add sw tap0 dev tap0 vlan 100 frames all
	port add sw tap1 dev tap1 trunk 10-21,4094 native 1 unicast-flood off hairpin on
	port add sw tap2 dev tap2 trunk 6 learning off
	vlan add tap2 vid 5 pvid
	port add sw tap3 dev tap3 vlan none isolated on
	port add sw tap4 dev tap4 vlan none broadcast-flood off
	vlan add tap4 vid 7-8 untagged
	fdb add 02:00:00:00:00:05 port tap0 vid 100 static
	fdb add 02:00:00:00:00:08 port tap0 vid 100 sticky
	END
}

plain_tests()
{
	bridge_with '"vlan_filtering":0,"stp_state":1,"mcast_snooping":1,"fdb_max_learned":500' \
		'eth0 "guard":true,"multicast_router":2,"hairpin":true "parentbus":"pci"' \
		'tap0 "vlan_tunnel":true'
	cat > "$WORK/address.json" <<-'END'
	[{"ifname":"br0","addr_info":[{"local":"192.0.2.1","prefixlen":24,"scope":"global"},
		{"local":"fe80::1","prefixlen":64,"scope":"link"}]}]
	END
	cat > "$WORK/fdb.json" <<-'END'
	[{"mac":"33:33:00:00:00:01","ifname":"tap0","flags":["self"],"state":"permanent"},
	 {"mac":"02:00:00:00:00:05","ifname":"tap0","flags":[],"master":"br0","state":"static"},
	 {"mac":"02:00:00:00:00:07","ifname":"tap0","vlan":9,"flags":[],"master":"br0","state":"static"}]
	END
	imports "without VLANs; losses, the host" <<-'END'
	# br0 as the switch vsw0: for vswctl -a -b
	# not carried over: STP: vsw takes no part in it; cable no loop between ports
	# not carried over: multicast snooping: all ports with multicast-flood on get it
	# not carried over: eth0: the BPDU guard
	# not carried over: eth0: its setting as port of a multicast router
	# not carried over: eth0: hairpin; an uplink never sends back what it received
	# not carried over: tap0: VLAN tunnels: VXLAN by VLAN
	# not carried over: the address 192.0.2.1/24 stays on br0, with its routes, where no port is any more: move it
	# note: br0 does not look at VLANs: all ports get all of them; a frame tagged with VID 1 leaves untagged, and one address in two VLANs is two entries
	switch add vsw0 mac 02:00:00:00:01:00 ageing 300 default-pvid 1 fdb-max 500
	uplink add vsw0 eth0 trunk 2-4094 native 1
	port add vsw0 tap0 dev tap0 trunk 2-4094 native 1
	fdb add 02:00:00:00:00:05 port tap0 vid 1 static
	# the host moves over with:
	#	ip address del 192.0.2.1/24 dev br0
	#	ip address add 192.0.2.1/24 dev vsw0
	END
}

other_tests()
{
	AGEING=500 DEFAULT_PVID=0 bridge_with '"vlan_filtering":1' \
		'eth0 "flood":true "parentbus":"pci"' \
		'eth1 "flood":true "parentbus":"pci"'
	imports "two NICs are no uplinks" <<-'END'
	# br0 as the switch vsw0: for vswctl -a -b
	# not carried over: ageing_time 500, hundredths of a second: vsw has 10 to 1000000 s
	# note: 2 ports are NICs: they become plain ports, which forward to each other as before; make them uplinks for VFs and teaming
	switch add vsw0 mac 02:00:00:00:01:00 ageing 10 default-pvid none
	port add vsw0 eth0 dev eth0 vlan none
	port add vsw0 eth1 dev eth1 vlan none
	END
	refuses 1 "there is no device br1" import bridge br1
	refuses 1 "eth0 is no bridge" import bridge eth0
	refuses 2 "the name of the bridge is missing" import bridge
	refuses 2 "unexpected word 'lossy'" import bridge br0 lossy
	refuses 2 "no verb 'ovn'" import ovn br0
	echo 'no JSON' > "$WORK/link.json"
	refuses 1 "cannot read what ip prints" import bridge br0
	rm "$WORK/link.json"
	refuses 1 "ip has not told" import bridge br0
	VSWCTL="env PATH=/nonexistent $VSWCTL" refuses 1 \
		"this needs the program ip: install iproute2" import bridge br0
	bridge_with '"vlan_filtering":1' "a#b \"flood\":true"
	refuses 1 "device a#b: rename it first" import bridge br0
	bridge_with '"vlan_filtering":1' "a\\u001b[2Jb \"flood\":true"
	refuses 1 "device a?\[2Jb: rename it first" import bridge br0
}

# What those programs never print, and what a VLAN cannot be
hostile_tests()
{
	DEFAULT_PVID=70000 bridge_with \
		'"vlan_filtering":1,"fdb_max_learned":"5 x"' 'tap0 "flood":true'
	cat > "$WORK/vlan.json" <<-'END'
	[7,{"ifname":"tap0","vlans":[{"vlan":-2147483648,"vlanEnd":2147483647,"flags":7},
		{"vlan":5,"flags":[null,"PVID"]},{"vlan":90000},null]},
	 {"ifname":"br0","vlans":"all"}]
	END
	echo '[{"ifname":"tap0","mac":"02:00:00:00:00:05","vlan":5,"flags":{},"state":"static"},[]]' \
		> "$WORK/fdb.json"
	echo '[{"addr_info":5},null]' > "$WORK/address.json"
	imports "a bridge of what ip(8) never prints" <<-'END'
	# br0 as the switch vsw0: for vswctl -a -b
	switch add vsw0 mac 02:00:00:00:01:00 ageing 300 default-pvid none fdb-max 5
	port add vsw0 tap0 dev tap0 trunk 1-4,6-4094
	vlan add tap0 vid 5 pvid
	fdb add 02:00:00:00:00:05 port tap0 vid 5 static
	END
}

# table NAME HEADINGS ROW...: in the JSON of ovs-vsctl
table()
{
	local name=$1 headings=$2

	shift 2
	printf '{"headings":["_uuid",%s],"data":[%s]}\n' "$headings" \
		"$(printf '%s\n' "$@" | paste -sd ,)" > "$WORK/$name.json"
}

ovs_tests()
{
	local none='["set",[]]'

	echo '[{"ifname":"eth0","parentbus":"pci"}]' > "$WORK/link.json"
	table bridge '"name","ports","stp_enable","other_config","controller"' \
		'[["uuid","b1"],"br1",["uuid","p9"],false,["map",[]],["set",[]]]' \
		'[["uuid","b0"],"br0",["set",[["uuid","p0"],["uuid","p1"],["uuid","p2"],["uuid","p3"],["uuid","p4"],["uuid","p5"],["uuid","p6"],["uuid","p7"]]],true,["map",[["mac-aging-time","60"],["mac-table-size","999"]]],["uuid","c"]]'
	table port '"name","interfaces","tag","trunks","vlan_mode","protected","qos"' \
		"[[\"uuid\",\"p9\"],\"other\",[\"uuid\",\"i9\"],9,$none,$none,false,$none]" \
		"[[\"uuid\",\"p0\"],\"br0\",[\"uuid\",\"i0\"],30,$none,$none,false,$none]" \
		"[[\"uuid\",\"p1\"],\"eth0\",[\"uuid\",\"i1\"],$none,[\"set\",[0,7,8,20]],$none,false,$none]" \
		"[[\"uuid\",\"p2\"],\"tap2\",[\"uuid\",\"i2\"],100,$none,$none,true,[\"uuid\",\"q\"]]" \
		"[[\"uuid\",\"p3\"],\"tap3\",[\"uuid\",\"i3\"],$none,$none,$none,false,$none]" \
		"[[\"uuid\",\"p4\"],\"tap4\",[\"uuid\",\"i4\"],5,7,\"native-tagged\",false,$none]" \
		"[[\"uuid\",\"p5\"],\"tap5\",[\"uuid\",\"i5\"],5,7,\"native-untagged\",false,$none]" \
		"[[\"uuid\",\"p6\"],\"bond0\",[\"set\",[[\"uuid\",\"i6\"],[\"uuid\",\"i7\"]]],$none,$none,$none,false,$none]" \
		"[[\"uuid\",\"p7\"],\"vx0\",[\"uuid\",\"i8\"],$none,$none,$none,false,$none]"
	table interface '"name","type","ingress_policing_rate"' \
		'[["uuid","i0"],"br0","internal",0]' '[["uuid","i1"],"eth0","",0]' \
		'[["uuid","i2"],"tap2","",0]' '[["uuid","i3"],"tap3","system",1000]' \
		'[["uuid","i4"],"tap4","",0]' '[["uuid","i5"],"tap5","",0]' \
		'[["uuid","i8"],"vx0","vxlan",0]'
	KIND=ovs imports "Open vSwitch" <<-'END'
	# br0 as the switch vsw0: for vswctl -a -b
	# not carried over: STP: vsw takes no part in it; cable no loop between ports
	# not carried over: the OpenFlow controller: vsw does what NORMAL does
	# not carried over: bond0: a bond: make one with ip(8) as uplink, or see 'teaming'
	# not carried over: tap2: QoS: see tc(8), or max-tx-rate of VF ports
	# not carried over: tap3: ingress policing: see tc(8)
	# not carried over: vx0: an interface of the type vxlan
	# note: OpenFlow rules are not read: 'ovs-ofctl dump-flows br0' has them; with NORMAL alone it is the same
	# note: untagged frames of trunks, VLAN 0 in OVS, are in VLAN 1
	switch add vsw0 ageing 60 default-pvid 1 fdb-max 999
	vlan add vsw0 vid 30 pvid untagged
	vlan del vsw0 vid 1
	uplink add vsw0 eth0 trunk 7-8,20 native 1
	port add vsw0 tap2 dev tap2 vlan 100 isolated on
	port add vsw0 tap3 dev tap3 trunk 2-4094 native 1
	port add vsw0 tap4 dev tap4 trunk 7
	vlan add tap4 vid 5 pvid
	port add vsw0 tap5 dev tap5 trunk 7 native 5
	# the host moves over with:
	#	ovs-vsctl del-port br0 eth0
	#	ovs-vsctl del-port br0 tap2
	#	ovs-vsctl del-port br0 tap3
	#	ovs-vsctl del-port br0 tap4
	#	ovs-vsctl del-port br0 tap5
	END
	refuses 1 "Open vSwitch has no bridge br2" import ovs br2
	table port '"name","interfaces","tag","trunks"' \
		'[["uuid","p1"],"tap1",[],70000,["set",[-1,"x",9999]]]' \
		'[["uuid","p2"],"tap2",["uuid","i2"],-5,["set"]]' '7' 'null'
	KIND=ovs imports "Open vSwitch with what it never prints" <<-'END'
	# br0 as the switch vsw0: for vswctl -a -b
	# not carried over: STP: vsw takes no part in it; cable no loop between ports
	# not carried over: the OpenFlow controller: vsw does what NORMAL does
	# note: OpenFlow rules are not read: 'ovs-ofctl dump-flows br0' has them; with NORMAL alone it is the same
	# note: untagged frames of trunks, VLAN 0 in OVS, are in VLAN 1
	switch add vsw0 ageing 60 default-pvid 1 fdb-max 999
	port add vsw0 tap2 dev tap2 vlan 1
	# the host moves over with:
	#	ovs-vsctl del-port br0 tap2
	END
	cp "$WORK/bridge.json" "$WORK/keep"
	for json in '{"headings":{},"data":[[1]]}' '{"headings":[null],"data":[7]}' \
		'{"headings":5,"data":5}'; do
		echo "$json" > "$WORK/bridge.json"
		refuses 1 "Open vSwitch has no bridge br0" import ovs br0
	done
	mv "$WORK/keep" "$WORK/bridge.json"
	refuses 2 "apply is for a bridge of the kernel" import ovs br0 apply
	echo '{}' > "$WORK/port.json"
	refuses 1 "cannot read what ovs-vsctl prints" import ovs br0
	rm "$WORK/bridge.json"
	refuses 1 "ovs-vsctl has not told" import ovs br0
}

recover_tests()
{
	refuses 2 "unexpected word 'now'" import recover now
}

vlan_tests
plain_tests
other_tests
recover_tests
hostile_tests
ovs_tests
finish
