# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Live migration between two hosts, each with libvirtd, hook and switch of its own, for
# the VM of libvirt.sh. One host is the guest of libvirt.sh, called vsw; the other one
# is namespaces in it: net, UTS, mount.
#
#	      host vsw                     host other
#
#	web1 (VLAN 100) --+             +-- web1, when it has arrived
#	near (VLAN 100) --+             +-- far (VLAN 100)
#	                  |             +-- stranger (VLAN 200)
#	                 vsw0 == wire == vsw0
#	             10.9.0.1             10.9.0.2
#
# By the wire, in its VLAN 1, the hosts migrate.

# Usage: on_other COMMAND...
on_other()
{
	nsenter -t "$OTHER" -m -n -u -- "$@"
}

# Usage: libvirtd_conf NUMBER: to a host of the same UUID libvirt does not migrate
libvirtd_conf()
{
	cat > /etc/libvirt/libvirtd.conf <<- END
	host_uuid = "6d1c1b0e-0000-4000-8000-00000000010$1"
	listen_tls = 0
	listen_tcp = 1
	auth_tcp = "none"
	END
}

# In the namespaces of the other host, until it is stopped
other_main()
{
	local dir

	hostname other
	cp -a /etc/libvirt /tmp/other
	mount --bind /tmp/other /etc/libvirt
	libvirtd_conf 2
	for dir in /etc/vsw /run /var/lib/libvirt /var/log/libvirt; do
		mount -t tmpfs -o mode=755 other "$dir"
	done
	mkdir -p "$RUN" /run/libvirt
	ip link set lo up
	libvirtd -d --listen
	exec sleep infinity
}

# Its daemon takes time, which others use: other_ready
start_other()
{
	mkdir -p /etc/vsw
	printf '10.9.0.1 vsw\n10.9.0.2 other\n' >> /etc/hosts
	cmd_ok ip netns add other
	defer ip netns del other
	export RUN
	export -f other_main libvirtd_conf
	ip netns exec other unshare -m -u bash -c other_main &
	OTHER=$!
	defer stop_other
}

stop_other()
{
	# shellcheck disable=SC2016
	on_other sh -c 'kill $(cat /run/libvirtd.pid /run/libvirt/qemu/*.pid)'
	kill "$OTHER"
}

# Usage: add_peer NAME ADDRESS VLAN [NETNS]: a machine at the switch of that host
add_peer()
{
	local name=$1 netns=${4-}

	add_host "$name" "$2"
	if [ -n "$netns" ]; then
		cmd_ok ip link set "$name" netns "$netns"
		cmd_ok ip -n "$netns" link set "$name" up
	fi
	cmd_ok vswctl ${netns:+-n "$netns"} port add vsw0 "$name" dev "$name" vlan "$3"
}

other_ready()
{
	cmd_ok vswctl -n other switch add vsw0
	cmd_ok ip -n other addr add 10.9.0.2/24 dev vsw0
	cmd_ok ip -n other link set vsw0 up
	cmd_ok ip addr add 10.9.0.1/24 dev vsw0
	cmd_ok ip link add wire type veth peer name wire netns other
	defer ip link del wire
	cmd_ok ip link set wire up
	cmd_ok ip -n other link set wire up
	cmd_ok vswctl uplink add vsw0 wire
	cmd_ok vswctl -n other uplink add vsw0 wire
	add_peer near 192.0.2.2/24 100
	add_peer far 192.0.2.3/24 100 other
	add_peer stranger 192.0.2.4/24 200 other
	wait_for 30 on_other virsh -q uri
}

# Usage: policy [VSWCTL_OPTION...]: what web1 is, wherever it is
policy()
{
	vswctl "$@" -j port show web1 | jq -cS \
		'.[0] | del(.id, .switch, .ifname, .ifindex, .stats, ."fdb-learned")'
}

# Usage: traces [VSWCTL_OPTION...]: ports and devices of a host
traces()
{
	vswctl "$@" -j port show | jq -c 'map([.id, .name, .ifname])'
	ip "$@" -o link show | cut -d : -f 2
}

# Usage: idle: of domains and what is kept for them, the other host has nothing
idle()
{
	[ -z "$(on_other virsh list --all --name)" ] || return
	[ -z "$(on_other sh -c 'ls /run/vsw/libvirt 2> /dev/null')" ] || return
	! waiting
}

# Usage: waiting: a hook goes on in the background, of whichever host
waiting()
{
	pgrep -f '/etc/libvirt/hooks/qemu.d/vsw web1 started'
}

none_waiting()
{
	! waiting
}

# Usage: migrate FROM TO: hosts
migrate()
{
	virsh -c "qemu+tcp://$1/system" migrate --live --persistent --undefinesource \
		web1 "qemu+tcp://$2/system"
}

# Usage: downtime HOST: as libvirt, which has it from QEMU, says on the destination
downtime()
{
	log "$(virsh -c "qemu+tcp://$1/system" domjobinfo web1 --completed |
		sed -n 's/^Total downtime: *\([0-9]*\) */VM stopped for \1 /p')"
}

# Usage: watch_from PEER: pings, until watched
watch_from()
{
	ip netns exec "$1" ping -D -i 0.1 "$PING" > "/tmp/$1.log" 2>&1 &
	echo $! > "/tmp/$1.pid"
	defer kill $!
}

# Usage: watched PEER: how many were lost, and the longest time without an answer
watched()
{
	reachable "$1" "$PING"
	kill -INT "$(cat "/tmp/$1.pid")"
	wait_for 5 grep -q 'packets transmitted' "/tmp/$1.log"
	awk -v name="$1" '
		/bytes from/ {
			now = substr($1, 2)
			if (last && now - last > gap)
				gap = now - last
			last = now
		}
		/packets transmitted/ {
			printf "# %s: lost %d of %d, longest gap %d ms\n", name,
				$1 - $4, $1, gap * 1000
		}' "/tmp/$1.log"
}

# Usage: lives_at PORT [VSWCTL_OPTION...]
lives_at()
{
	local port=$1

	shift
	[ "$(vswctl "$@" -j fdb get "$MAC" switch vsw0 vid 100 |
		jq -r '.[0].port')" = "$port" ]
}

# Both hosts, and web1 here
everything()
{
	traces
	traces -n other
	policy
}

# What a migration leaves that is refused: nothing
stays()
{
	local before

	cmd_ok ip -n other link add taken type dummy
	cmd_ok vswctl -n other port add vsw0 web1 dev taken
	before=$(everything)
	cmd_fail "port web1 is there already" migrate vsw other
	check_eq "after the refusal" "$(everything)" "$before"
	idle || fail "the refused migration has left something"
	reachable near "$PING"
	cmd_ok vswctl -n other port del web1
	cmd_ok ip -n other link del taken
}

# And one that is called off while the memory is copied
cancelled()
{
	local before job

	before=$(everything)
	cmd_ok virsh migrate-setspeed web1 1
	migrate vsw other > /tmp/cancelled.log 2>&1 &
	job=$!
	busywait 120 waiting || fail "nobody waits: $(tail -n 1 /tmp/cancelled.log)"
	check_eq "address there" "$(policy -n other | jq -r .mac)" \
		00:00:00:00:00:00
	reachable far "$PING"
	wait_for 20 virsh domjobabort web1
	wait $job && fail "it was not called off"
	check_eq "after that" "$(everything)" "$before"
	wait_for 20 idle
	reachable near "$PING"
	cmd_ok virsh migrate-setspeed web1 1000
}

# The address of a port comes with the VM
leaves()
{
	local before events=/tmp/other.events

	before=$(policy)
	on_other sh -c ': > /run/hooks'
	: > /run/hooks
	"$VSW_CTL" -n other -j monitor port web1 objects port,fdb > $events &
	defer kill $!
	watch_from near
	watch_from far
	cmd_ok migrate vsw other
	downtime other
	watched near
	watched far
	check_eq "hooks here" "$(xargs < /run/hooks)" "stopped release"
	check_eq "hooks there" "$(on_other cut -d ' ' -f 1 /run/hooks | xargs)" \
		"migrate prepare start started"
	cmd_fail . vswctl port show web1
	check_eq "what is kept of it" "$(ls /run/vsw/libvirt)" ""
	wait_for 20 none_waiting
	check_eq "policy there" "$(policy -n other)" "$before"
	check_eq "what had the address first" \
		"$(grep -m 1 "$MAC" $events | jq -r .fdb.type)" dynamic
	lives_at web1 -n other || fail "the address does not live there"
	lives_at wire || fail "it is not by the wire"
	unreachable stranger "$PING"
}

returns()
{
	local before

	before=$(policy -n other)
	watch_from near
	watch_from far
	cmd_ok migrate other vsw
	downtime vsw
	watched near
	watched far
	wait_for 20 none_waiting
	check_eq "policy here" "$(policy)" "$before"
	lives_at web1 || fail "the address does not live here"
	lives_at wire -n other || fail "there it is not by the wire"
	idle || fail "the other host has kept something"
}

travel()
{
	other_ready
	reachable near "$PING"
	reachable far "$PING"
	unreachable stranger "$PING"
	stays
	[ -z "${VSW_FULL-}" ] || cancelled
	leaves
	returns
}
