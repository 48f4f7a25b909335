#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a switch does, as it can be watched: monitor, top, metrics.
#
#	h1 ---- vsw0 ---- h2	VLAN 100, 50 frames a second each way
#	          |
#	         h3		VLAN 200, sends what is dropped
#
# In a terminal that screen.py plays top has to work, too.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/testpf_lib.sh"

HERE=$(dirname "$0")
# Ethernet, IP and ICMP headers besides
PING_SIZE=958
FRAME_BITS=8000
RATE=50

packages()
{
	/usr/bin/python3 -c 'import pyte, prometheus_client' 2>/dev/null ||
		skip "needs python3-pyte and python3-prometheus-client"
}

# The switch of the drawing, without traffic
hosts()
{
	local i

	add_switch vsw0
	for i in 1 2 3; do
		add_host "h$i" "192.0.2.$i/24"
	done
	cmd_ok vswctl port add vsw0 h1 dev h1 vlan 100
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 100
	cmd_ok vswctl port add vsw0 h3 dev h3 vlan 200
}

# From now on until the case ends
traffic()
{
	reachable h1 192.0.2.2
	ip netns exec h1 ping -q -i "0.0$((100 / RATE))" -s $PING_SIZE 192.0.2.2 \
		>/dev/null &
	defer kill $!
	tagged
	ip netns exec h3 ping -q -i 0.1 198.51.100.2 >/dev/null &
	defer kill $!
}

# h3 sends tagged frames; its port is an access port and takes none.
tagged()
{
	cmd_ok ip -n h3 link add v5 link eth0 type vlan id 5
	cmd_ok ip -n h3 addr add 198.51.100.1/24 dev v5
	cmd_ok ip -n h3 link set v5 up
	cmd_ok ip -n h3 neigh add 198.51.100.2 lladdr 02:00:00:00:00:05 dev v5
}

# about WHAT GOT WANTED: an emulated machine is late at times
about()
{
	jq -en --argjson got "$2" --argjson wanted "$3" \
		'($got > $wanted * 0.6) and ($got < $wanted * 1.4)' >/dev/null ||
		fail "$1 is $2, expected about $3"
}

# rate PORT FIELD: of what top has printed last
rate()
{
	jq -s ".[-1].ports[] | select(.port == \"$1\") | .[\"$2\"]" /tmp/top
}

rates()
{
	local port

	hosts
	traffic
	defer rm -f /tmp/top
	vswctl -j top interval 2 count 2 >/tmp/top || fail "top"
	check_eq lines "$(wc -l </tmp/top)" 2
	for port in h1 h2; do
		about "$port receives" "$(rate $port rx-frames-per-second)" $RATE
		about "$port sends" "$(rate $port tx-frames-per-second)" $RATE
		about "$port bits" "$(rate $port rx-bits-per-second)" \
			$((RATE * FRAME_BITS))
	done
	about drops "$(rate h3 rx-drops-per-second)" 10
	check_eq reason "$(jq -sr '.[-1].ports[] | select(.port == "h3") |
		.drops[0] | "\(.direction) \(.reason)"' /tmp/top)" "rx frame-type"

	# Text, as top -b of procps
	vswctl top -b interval 0.5 count 2 sort drops >/tmp/top || fail "top -b"
	check_eq "first row" "$(awk '/^PORT/ { getline; print $1, $8 }' /tmp/top |
		sort -u)" "h3 frame-type"
	check_eq headings "$(grep -c ^PORT /tmp/top)" 2
	vswctl top interval 0.5 count 1 drops >/tmp/top || fail "top drops"
	grep -qE '^h3 +vsw0 +rx +frame-type +[0-9.]+ +[0-9]+$' /tmp/top ||
		fail "no row of drops: $(cat /tmp/top)"
	cmd_fail "There is no|no net device|vsw9" vswctl top switch vsw9
	vswctl -j top switch vsw0 interval 0.1 count 1 >/tmp/top
	check_eq ports "$(jq -c '[.ports[].port]' /tmp/top)" \
		'["h1","h2","h3","vsw0"]'
}

# Ports and switches come and go, and counters begin anew.
changes()
{
	hosts
	defer rm -f /tmp/top
	traffic
	"$VSW_CTL" -j top interval 0.5 sort name >/tmp/top &
	defer kill $!
	wait_for 10 test -s /tmp/top
	cmd_ok vswctl port del h2
	wait_for 10 eval 'tail -n 1 /tmp/top | jq -e "[.ports[].port] == [\"h1\", \"h3\", \"vsw0\"]"'
	cmd_ok vswctl port add vsw0 h2 dev h2 vlan 100
	wait_for 10 eval 'tail -n 1 /tmp/top | jq -e ".ports[1] | .port == \"h2\" and .\"rx-frames-per-second\" > 10"'
	# The new port of that name has counted less: no rate was made of that.
	check_eq peaks "$(jq -s '[.[].ports[]."rx-frames-per-second" // 0] |
		max < 1000' /tmp/top)" true
	check_eq "unknown once" "$(jq -s '[.[] | .ports[] |
		select(.port == "h2" and (has("rx-frames-per-second") | not))] |
		length' /tmp/top)" 1
	cmd_ok vswctl switch add vsw1
	defer vswctl switch del vsw1
	wait_for 10 eval 'tail -n 1 /tmp/top | jq -e ".ports[-1].port == \"vsw1\""'
	cmd_ok vswctl switch del vsw1
	wait_for 10 eval 'tail -n 1 /tmp/top | jq -e ".ports[-1].port == \"vsw0\""'
}

screen()
{
	/usr/bin/python3 "$HERE/screen.py" "$@" 2>&1
}

terminal()
{
	local out

	packages
	load_testpf
	hosts
	cmd_ok vswctl uplink add vsw0 testpf
	defer vswctl uplink del testpf
	cmd_ok vswctl port add vsw0 db1 vf testpf/0
	traffic
	out=$(screen \
		expect='^vsw top 20.*, 6 ports, 4 VFs, sort rx-bits$' \
		expect='^PORT +SWITCH +RX-FR/S RX-BIT/S TX-FR/S TX-BIT/S  DROP/S WHY$' \
		expect="^h1 +vsw0 +[3-6][0-9] +[0-9.]+k +[3-6][0-9] +[0-9.]+k +0$" \
		expect='^h3 .* frame-type [0-9.]+$' \
		expect='^testpf/0 +vsw0 +0 +0 +0 +0 +- VF of db1$' \
		key=x expect='sort drops' expect='WHY\nh3 ' \
		svg=/tmp/top.svg \
		key=n expect='sort name$' expect='WHY\ndb1 .*\nh1 .*\nh2 .*\nh3 ' \
		key=i expect='sort name reverse$' expect='WHY\nvsw0 ' \
		key=i key='>' expect='sort switch$' key='<' expect='sort name$' \
		key=v absent='^testpf/0' key=v expect='^testpf/0' \
		key=d expect='^h3 +vsw0 +rx +frame-type +[0-9.]+ +[0-9]+$' \
		absent='^h1 ' key=d expect='^h1 ' \
		key=h expect='^q +quit$' absent='^h1 ' key=h expect='^h1 ' \
		size=120x30 expect='sort name$' \
		size=40x8 expect='^rows 1 to 4 of 10' key=down \
		expect='^rows 2 to 5' key=end expect='^rows 7 to 10 of 10' \
		expect='^testpf/3 ' key=home expect='^rows 1 to 4' \
		size=10x2 pause=1 size=80x24 expect='^testpf/3 ' \
		key=q exit=0 -- "$VSW_CTL" top interval 1) || fail "screen: $out"

	# It ends as it should, in every way.
	out=$(screen expect='^h1 ' signal=INT exit=0 \
		-- "$VSW_CTL" top interval 60) || fail "interrupted: $out"
	out=$(screen exit=0 -- "$VSW_CTL" top interval 0.2 count 2) ||
		fail "count: $out"
	out=$(screen expect="cannot use this terminal .*'nothing'" exit=1 -- \
		env TERM=nothing "$VSW_CTL" top) || fail "terminal: $out"
}

# metrics KIND EXPRESSION...
metrics()
{
	local kind=$1 out

	shift
	out=$(vswctl metrics show "$kind" | /usr/bin/python3 "$HERE/metrics.py" \
		"$kind" "$@" 2>&1) || fail "metrics: $out"
}

# stat PORT FIELD
stat_of()
{
	vswctl -j stats show "$1" | jq ".[0][\"$2\"]"
}

metrics_valid()
{
	local kind

	packages
	load_testpf
	hosts
	cmd_ok vswctl uplink add vsw0 testpf filter-max 16
	defer vswctl uplink del testpf
	cmd_ok ip link add standby type dummy
	defer ip link del standby
	cmd_ok vswctl port add vsw0 db1 dev standby vf testpf/0 path vf \
		vlan 100 mac 02:00:00:00:00:0d
	# A label that has to be escaped; names may have any printable character
	cmd_ok ip link add spare type dummy
	defer ip link del spare
	cmd_ok vswctl port add vsw0 'q"\b' dev spare fdb-max 10
	reachable h1 192.0.2.2
	tagged
	ip netns exec h3 ping -q -c 3 -i 0.2 -W 1 198.51.100.2 >/dev/null
	check_eq drops "$(drops h3 rx frame-type)" 3
	# They would ask whether the other is still there, while we count.
	cmd_ok ip -n h1 neigh flush dev eth0
	cmd_ok ip -n h2 neigh flush dev eth0
	for kind in openmetrics prometheus; do
		metrics $kind \
			'vsw_build_info{vswctl='"$(cat "$VSW_TOP/VERSION")"'} 1' \
			'vsw_switch_info{switch=vsw0,teaming=none} 1' \
			'vsw_switch_ports{switch=vsw0} 6' \
			'vsw_fdb_ageing_seconds{switch=vsw0} 300' \
			'vsw_fdb_learned_limit{switch=vsw0} 262144' \
			"vsw_fdb_entries{switch=vsw0,type=learned} $(vswctl -j switch show vsw0 |
				jq '.[0]."fdb-learned"')" \
			'vsw_port_info{port=h1,device=h1,role=local} 1' \
			'vsw_port_info{port=db1,pf=testpf,vf=0} 1' \
			'vsw_port_up{switch=vsw0,port=h1} 1' \
			'vsw_port_up{port=q"\b} 0' \
			'vsw_port_fdb_learned_limit{port=q"\b} 10' \
			'vsw_port_vf_path_active{port=db1} 1' \
			'vsw_port_failovers_total{port=db1} 0' \
			'vsw_uplink_filter_limit{port=testpf} 16' \
			'vsw_uplink_filter_addresses{port=testpf} *' \
			'vsw_uplink_filter_overflow_addresses{port=testpf} 0' \
			'vsw_uplink_promiscuous{port=testpf} *' \
			"vsw_port_receive_frames_total{switch=vsw0,port=h1} $(stat_of h1 rx-packets)" \
			"vsw_port_transmit_bytes_total{port=h1} $(stat_of h1 tx-bytes)" \
			"vsw_port_receive_dropped_frames_total{port=h3} $(stat_of h3 rx-dropped)" \
			"vsw_port_drops_total{port=h3,direction=rx,reason=frame-type} 3" \
			'vsw_vf_present{pf=testpf,vf=0,port=db1} 1' \
			'vsw_vf_drift{pf=testpf,vf=0} 0' \
			'vsw_vf_unenforced_settings{pf=testpf,vf=0} 0' \
			'vsw_vf_corrections_total{pf=testpf,vf=0} 0' \
			'vsw_vf_receive_frames_total{pf=testpf,vf=0} 1000' \
			'vsw_vf_receive_frames_total{pf=testpf,vf=3,port=} 1003'
	done
	vswctl metrics | /usr/bin/python3 "$HERE/metrics.py" dashboard \
		"$VSW_TOP/contrib/grafana/vsw-dashboard.json" >/tmp/dashboard 2>&1 ||
		fail "dashboard: $(cat /tmp/dashboard)"
	promtool_agrees
}

# What node_exporter reads; promtool is Prometheus' own parser.
promtool_agrees()
{
	if ! command -v "${VSW_PROMTOOL:-promtool}" >/dev/null; then
		log "promtool is not there: not asked"
		return
	fi
	cmd_ok bash -c "'$VSW_CTL' metrics show prometheus |
		'${VSW_PROMTOOL:-promtool}' check metrics"
}

# A file is the old one or the new one, never a part of it.
metrics_file()
{
	local dir=/tmp/metrics

	add_switch vsw0
	mkdir $dir
	defer rm -rf $dir
	cmd_ok vswctl metrics write $dir/vsw.prom
	check_eq mode "$(stat -c %a $dir/vsw.prom)" 644
	check_eq content "$(vswctl metrics show prometheus)" \
		"$(cat $dir/vsw.prom)"
	check_eq files "$(ls -A $dir)" vsw.prom

	# The disk is full: the old one stays.
	cmd_ok mount -t tmpfs -o size=4k none $dir
	defer umount $dir
	echo old >$dir/vsw.prom
	cmd_fail "cannot (write|make)" vswctl metrics write $dir/vsw.prom
	check_eq content "$(cat $dir/vsw.prom)" old
	check_eq files "$(ls -A $dir)" vsw.prom
	cmd_fail "cannot make a file" vswctl metrics write /nowhere/vsw.prom
	mkdir $dir/folder
	cmd_fail "cannot" vswctl metrics write $dir/folder
}

# As systemd would: a process for each connection
metrics_http()
{
	add_switch vsw0
	require_command systemd-socket-activate
	systemd-socket-activate --accept --inetd -l 127.0.0.1:9812 \
		"$VSW_CTL" metrics http 2>/dev/null &
	defer kill $!
	wait_for 5 eval 'exec 5<>/dev/tcp/127.0.0.1/9812'
	get /metrics "Accept: application/openmetrics-text; version=1.0.0"
	check_eq status "$(head -n 1 /tmp/answer)" "HTTP/1.1 200 OK"
	header Content-Type \
		"application/openmetrics-text; version=1.0.0; charset=utf-8"
	check_eq end "$(tail -n 1 /tmp/answer)" "# EOF"
	header Content-Length "$(sed '1,/^$/d' /tmp/answer | wc -c)"
	get "/metrics?x=1" "Accept: */*"
	header Content-Type "text/plain; version=0.0.4; charset=utf-8"
	get / "Accept: */*"
	check_eq status "$(head -n 1 /tmp/answer)" "HTTP/1.1 404 Not Found"
}

# systemd understands the units.
units()
{
	local unit

	require_command systemd-analyze
	mkdir /tmp/units
	defer rm -r /tmp/units
	for unit in vsw-metrics.socket vsw-metrics@.service; do
		sed "s,@SBINDIR@/vswctl,$VSW_CTL," \
			"$VSW_TOP/contrib/systemd/$unit.in" >/tmp/units/$unit
	done
	check_eq "what systemd says" "$(systemd-analyze verify --man=no \
		/tmp/units/vsw-metrics.socket \
		/tmp/units/vsw-metrics@.service 2>&1)" ""
}

# get TARGET HEADER: the answer, without carriage returns, into a file
get()
{
	exec 5<>/dev/tcp/127.0.0.1/9812 || fail "nobody listens"
	printf 'GET %s HTTP/1.1\r\nHost: here\r\n%s\r\n\r\n' "$1" "$2" >&5
	timeout 20 cat <&5 | tr -d '\r' >/tmp/answer
	exec 5>&-
}

header()
{
	check_eq "$1" "$(sed -n "s/^$1: //p" /tmp/answer)" "$2"
}

# The events that FILE has, as "EVENT OBJECT"
told()
{
	jq -r '[.event, .port.name // .switch.name // .vlan.port // .fdb.port //
		.vf.port] | join(" ")' "$1"
}

# watch NAME WORD...: a monitor into a file of that name
watch()
{
	local name=$1

	shift
	"$VSW_CTL" monitor "$@" >"/tmp/watch-$name" 2>/dev/null &
	defer rm -f "/tmp/watch-$name"
	defer kill $!
}

monitors()
{
	[ "$(awk '$2 == 16 && $4 != "00000000"' /proc/net/netlink |
		wc -l)" -ge "$1" ]
}

monitor_filters()
{
	add_switch vsw0
	add_switch vsw1
	add_host h1
	add_host h2
	watch all -j -t
	watch switch -j switch vsw1
	watch later -j switch vsw2 objects switch
	watch port -j port h1 objects port,vlan
	watch del -j objects port events del
	watch fdb -j objects fdb port h2
	watch text -t config port h1
	wait_for 5 monitors 7
	cmd_ok vswctl port add vsw0 h1 dev h1
	cmd_ok vswctl port add vsw1 h2 dev h2
	cmd_ok vswctl vlan add h1 vid 7
	cmd_ok vswctl fdb add 02:00:00:00:00:07 port h2
	cmd_ok vswctl fdb add 02:00:00:00:00:08 port h1
	cmd_ok vswctl port del h1
	cmd_ok vswctl port del h2
	cmd_ok vswctl switch add vsw2
	cmd_ok vswctl switch del vsw2
	wait_for 5 grep -q '"switch-del-ntf"' /tmp/watch-all
	wait_for 5 grep -q '"switch-del-ntf"' /tmp/watch-later

	# Each line is an object with a time that others understand.
	jq -es 'length > 10 and all(.time | test("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}[+-]\\d\\d:\\d\\d$"))' \
		/tmp/watch-all >/dev/null || fail "$(cat /tmp/watch-all)"
	/usr/bin/python3 -c 'import datetime, json, sys
for line in sys.stdin:
    datetime.datetime.fromisoformat(json.loads(line)["time"])' \
		</tmp/watch-all || fail "a time"

	told /tmp/watch-switch | grep -q h2 || fail "no events of vsw1"
	! told /tmp/watch-switch | grep -qE 'h1|vsw0|vsw2' ||
		fail "events of others: $(told /tmp/watch-switch)"
	check_eq later "$(told /tmp/watch-later | sort -u | paste -sd ,)" \
		"switch-del-ntf vsw2,switch-ntf vsw2"
	check_eq port "$(told /tmp/watch-port | sort -u | paste -sd ,)" \
		"port-del-ntf h1,port-ntf h1,vlan-ntf h1"
	check_eq del "$(told /tmp/watch-del | paste -sd ,)" \
		"port-del-ntf h1,port-del-ntf h2,port-del-ntf vsw2"
	check_eq fdb "$(told /tmp/watch-fdb | grep -c 'fdb-ntf h2')" \
		"$(grep -c '"fdb-ntf".*"port":"h2"' /tmp/watch-all)"
	! told /tmp/watch-fdb | grep -qvE '^fdb(-del)?-ntf h2$' ||
		fail "other events: $(told /tmp/watch-fdb)"
	grep -qE '^20[-0-9]+T[0-9:.]+[+-][0-9:]+ deleted port h1 ' \
		/tmp/watch-text || fail "text: $(cat /tmp/watch-text)"
}

# Who does not read loses events, is told so, and sees how things are now.
monitor_lost()
{
	local i

	add_switch vsw0
	add_host h1
	cmd_ok vswctl port add vsw0 h1 dev h1
	# Newer kernels let a socket have room for all that follows.
	defer sysctl -w "net.core.rmem_max=$(sysctl -n net.core.rmem_max)"
	cmd_ok sysctl -w net.core.rmem_max=212992
	watch lost -j -t
	wait_for 5 monitors 1
	kill -STOP $!
	for ((i = 0; i < 6000; i++)); do
		printf 'fdb add 02:00:00:00:%02x:%02x port h1 dynamic\n' \
			$((i >> 8)) $((i & 255))
	done >/tmp/watch-batch
	cmd_ok vswctl -b /tmp/watch-batch
	cmd_ok vswctl port set h1 pcp 3
	kill -CONT $!
	wait_for 20 grep -q '"events-lost"' /tmp/watch-lost
	wait_for 10 grep -q '"vlan-get"' /tmp/watch-lost
	check_eq "port now" "$(jq -s 'map(select(.event == "port-get" and
		.port.name == "h1").port.pcp) | last' /tmp/watch-lost)" 3
	check_eq "switch now" "$(jq -s 'map(select(.event == "switch-get")) |
		length > 0' /tmp/watch-lost)" true
	check_eq times "$(jq -s 'all(has("time"))' /tmp/watch-lost)" true
	# And goes on.
	cmd_ok vswctl port set h1 pcp 5
	wait_for 10 eval 'tail -n 1 /tmp/watch-lost | jq -e ".port.pcp == 5"'
}

# schema NAME COMMAND...: what that prints is as the schema of that name says
schema()
{
	local name=$1 out

	shift
	out=$(vswctl -j "$@") || fail "vswctl -j $*: $out"
	[ "$(jq length <<<"$out")" -gt 0 ] || fail "vswctl -j $*: nothing"
	out=$(/usr/bin/python3 -B "$HERE/schema.py" "$name" <<<"$out" 2>&1) ||
		fail "$out"
}

schemas()
{
	/usr/bin/python3 -c 'import jsonschema' 2>/dev/null ||
		skip "needs python3-jsonschema"
	hosts
	load_testpf
	cmd_ok vswctl uplink add vsw0 testpf
	defer vswctl uplink del testpf
	cmd_ok vswctl port add vsw0 db1 vf testpf/0 vlan 100
	defer vswctl port del db1
	tagged
	ip netns exec h3 ping -q -c 3 -i 0.1 -W 1 198.51.100.2 >/dev/null
	schema switch switch show
	schema port port show
	schema port -s port show
	schema port -s port show h3
	schema stats stats show
	schema stats stats show h3
	schema vlan vlan show
	schema fdb fdb show
	schema vf vf show
	schema vf -s vf show
	schema version version
	schema explain explain h1 dst 52:54:00:00:00:01
	jq '.[0].nonsense = 1' < <(vswctl -j stats show) |
		/usr/bin/python3 -B "$HERE/schema.py" stats | grep -q nonsense ||
		fail "the schema takes anything"
}

run_cases schemas rates changes terminal metrics_valid metrics_file metrics_http \
	units monitor_filters monitor_lost
