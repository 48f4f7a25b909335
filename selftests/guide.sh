#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The administrator's guides are true: the console blocks of the Markdown files are
# carried out, in order, and what they show is what is printed. In a block
#
#	host# COMMAND	is run here, NAME# COMMAND in the namespace of that name;
#			a backslash at the end of the line goes on in the next
#	TEXT		is what it prints, whatever the number of blanks; "..."
#			in a line is any text, alone in a line any number of lines;
#			when nothing stands there, the command must be silent
#
# and in an HTML comment before a block "test before:" are lines to be run before,
# "test instead:" in place of it.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_sriov.sh"

DOC=$VSW_TOP/Documentation

# Substitutes for what a test cannot have

# begin_nic NAME: the PF has this name
begin_nic()
{
	use_pfs
	set_vf_count 0
	cmd_ok ip link set dev "$PF" down
	defer ip link set dev "$1" name "$PF"
	defer ip link set dev "$1" down
	cmd_ok ip link set dev "$PF" name "$1"
	PF=$1
}

# add_vm NAME TAP MAC: a machine, whose other end is called as the tap
add_vm()
{
	local name=$1 tap=$2 mac=$3

	add_netns "$name"
	add_nic "$name" eth0 "$tap" "$mac"
}

add_nic()
{
	cmd_ok ip link add "$3" type veth peer name "$2" address "$4" \
		netns "$1"
	defer ip link del dev "$3"
	cmd_ok ip link set dev "$3" up
}

# add_vf_vm NAME N: its driver in the namespace, where vfio-pci would be
add_vf_vm()
{
	local pci

	pci=$(vf_pci "$2")
	echo igbvf >"/sys/bus/pci/devices/$pci/driver_override"
	echo "$pci" >"/sys/bus/pci/drivers/vfio-pci/unbind"
	echo "$pci" >/sys/bus/pci/drivers_probe
	wait_for 5 vf_netdev "$2"
	add_netns "$1"
	cmd_ok ip link set dev "$(vf_netdev "$2")" netns "$1" name eth0
	start_machine "$1" eth0
}

add_second_nic()
{
	add_nic "$1" eth1 "$2" "$3"
}

# The guest uses the other one: what a bond does
second_nic_takes_over()
{
	cmd_ok ip -n "$1" address flush dev eth0
	cmd_ok ip -n "$1" link set dev eth0 down
	cmd_ok ip -n "$1" address add "$2" dev eth1
	cmd_ok ip -n "$1" link set dev eth1 up
}

first_nic_takes_over()
{
	cmd_ok ip -n "$1" address flush dev eth1
	cmd_ok ip -n "$1" link set dev eth1 down
	cmd_ok ip -n "$1" address add "$2" dev eth0
	cmd_ok ip -n "$1" link set dev eth0 up
}

# return_vf NAME N: the VM has been stopped
return_vf()
{
	local pci

	pci=$(vf_pci "$2")
	cmd_ok ip -n "$1" link set dev eth0 down
	echo "$pci" >/sys/bus/pci/drivers/igbvf/unbind
	echo >"/sys/bus/pci/devices/$pci/driver_override"
}

# begin_ovs: its database, as Debian has it; nothing in it needs the daemon that
# forwards
begin_ovs()
{
	local dir=${VSW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vsw}/ovs

	[ -e "$dir/ready" ] || skip "Open vSwitch is not there, make bench gets it"
	PATH=$PATH:$dir/usr/bin
	OVS_RUNDIR=$(mktemp -d)
	export OVS_RUNDIR
	export OVS_LOGDIR=$OVS_RUNDIR OVS_SYSCONFDIR=$OVS_RUNDIR
	cmd_ok ovsdb-tool create "$OVS_RUNDIR/conf.db" \
		"$dir/usr/share/openvswitch/vswitch.ovsschema"
	"$dir/usr/sbin/ovsdb-server" "$OVS_RUNDIR/conf.db" --no-chdir \
		--remote="punix:$OVS_RUNDIR/db.sock" >"$OVS_RUNDIR/log" 2>&1 3<&- &
	defer kill $!
	wait_for 20 ovs-vsctl init
}

ovs-vsctl()
{
	command ovs-vsctl --timeout=10 --no-wait "$@"
}

# modprobe knows nothing of a module that is not installed.
modprobe()
{
	if [ "$*" = "-r vsw" ]; then
		rmmod vsw
	else
		command modprobe "$@"
	fi
}

# The documents

# steps FILE: one a line, "NUMBER KIND TEXT": kind r(un), c(ommand) or o(utput)
steps()
{
	awk '
	/^<!-- test (before|instead):$/ {
		kind = $3; comment = 1
		if (kind == "instead:")
			skip = 1
		next
	}
	comment && /^-->$/ { comment = 0; next }
	comment { print NR " r " $0; next }
	/^```console$/ { block = 1; next }
	/^```$/ && block { block = 0; skip = 0; next }
	block && skip { next }
	block && /^[a-z0-9]+# / { print NR " c " $0; more = /\\$/; next }
	block && more { print NR " m " $0; more = /\\$/; next }
	block { print NR " o " $0 }' "$1"
}

# matches GOT WANTED: both in lines
matches()
{
	WANTED=$2 GOT=$1 python3 - <<-'END'
	import os, re, sys

	def squeeze(text):
	    return [" ".join(line.split()) for line in text.splitlines() if line.split()]

	pattern = ""
	for line in squeeze(os.environ["WANTED"]):
	    if line == "...":
	        pattern += "(?:.*\n)*"
	    else:
	        parts = (re.escape(part.strip()) for part in line.split("..."))
	        pattern += " ?.*? ?".join(parts) + "\n"
	got = "".join(line + "\n" for line in squeeze(os.environ["GOT"]))
	sys.exit(not re.fullmatch(pattern, got))
	END
}

# command_run LINE TEXT WANTED
command_run()
{
	local place=${2%%# *} text=${2#*# } got

	log "$2"
	if [ "$place" != host ]; then
		got=$(ip netns exec "$place" bash -c "$text" 2>&1)
	else
		# Not in a subshell: it may set what is deferred.
		eval "$text" >"$OUT" 2>&1
		got=$(cat "$OUT")
	fi
	[ -z "$got" ] || log "  ${got//$'\n'/$'\n'#   }"
	matches "$got" "$3" && return
	log "$DOCUMENT:$1: '$2' does not print: ${3//$'\n'/$'\n'#   }"
	UNTRUE=$((UNTRUE + 1))
}

# document FILE: all of it
document()
{
	local line kind text number='' pending='' wanted=''

	DOCUMENT=$1 UNTRUE=0 OUT=$(mktemp)
	defer rm -f "$OUT"
	while read -r line kind text <&3; do
		case $kind in
		o)
			wanted+=$text$'\n'
			continue
			;;
		m)
			pending=${pending%\\}$text
			continue
			;;
		esac
		[ -z "$pending" ] || command_run "$number" "$pending" "$wanted"
		pending='' wanted=''
		if [ "$kind" = r ]; then
			eval "$text" || fail "$1:$line: $text"
		else
			number=$line pending=$text
		fi
	done 3< <(steps "$DOC/$1")
	[ -n "$number" ] || fail "$1 has no block"
	[ -z "$pending" ] || command_run "$number" "$pending" "$wanted"
	[ "$UNTRUE" -eq 0 ] || fail "$UNTRUE command(s) print something else"
}

guide()
{
	document guide.md
}

from_bridge()
{
	document from-bridge.md
}

from_ovs()
{
	document from-ovs.md
}

# What does not come true is seen.
reader()
{
	matches $'a  b\nc' $'a b\nc\n' || fail "blanks"
	matches $'a 1 b\nx\ny\nc' $'a ... b\n...\nc' || fail "any text"
	matches '' '' || fail "nothing"
	! matches 'x' '' || fail "not silent"
	! matches 'a 1 c' 'a ... b' || fail "other text"
	! matches $'a\nb' 'a' || fail "a line more"
	# shellcheck disable=SC1003
	check_eq steps "$(steps <(printf '%s\n' '```console' 'h# a \' 'b' '# c' \
		'```' '<!-- test instead:' 'd' '-->' '```console' 'h# e' \
		'```' '```console' 'v# f' '```') | cut -d' ' -f2- |
		paste -sd ,)" 'c h# a \,m b,o # c,r d,c v# f'
}

run_cases reader guide from_bridge from_ovs
status=$?
remove_vfs
exit $status
