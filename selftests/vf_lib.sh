# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What happens to the VFs of the PF $PF, for tests of them, beside the library
# of all tests. A test may set:
#
#	EVENT		how an event is printed, in jq's language
#	EVENTS_WAIT	how many seconds events may take

EVENT='.event'
EVENTS_WAIT=8
EVENTS=/tmp/vf-events
# What the driver of selftests/module can be told
SYS=/sys/bus/vswtest/devices/testpf0

# load_testpf [PARAMETER...]: that driver, a PF with 4 VFs that are there in name only
load_testpf()
{
	local module

	module=$(dirname "$VSW_KO")/../testpf/vsw-testpf.ko
	[ -e "$module" ] || skip "vsw-testpf.ko is not built"
	cmd_ok insmod "$module" "$@"
	defer rmmod vsw-testpf
	cmd_ok ip link set testpf up
	echo 4 >$SYS/sriov_numvfs
}

# vf_field N FIELD: what vswctl says about a VF
vf_field()
{
	vswctl -j vf show "$PF" |
		jq -r ".[] | select(.vf == $1) | .[\"$2\"]"
}

# From now on events are remembered.
listen()
{
	: >$EVENTS
	"$VSW_CTL" -j monitor config >>$EVENTS &
	defer rm -f $EVENTS
	defer kill $!
	wait_for 5 listens
}

# It shows a change that changes nothing.
listens()
{
	cmd_ok vswctl switch set vsw0 ageing 300
	[ -s $EVENTS ]
}

# What happened to VFs, oldest first
events()
{
	jq -r "select(.event == \"vf-ntf\") | .vf | $EVENT" $EVENTS |
		paste -sd ,
}

has_events()
{
	[ "$(events)" = "$1" ]
}

# events_are EVENT,EVENT...
events_are()
{
	busywait "$EVENTS_WAIT" has_events "$1" ||
		fail "events are '$(events)' instead of '$1'"
}

forget_events()
{
	: >$EVENTS
}
