# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests that look at single frames; source it after lib.sh. One frame.py
# serves all cases, because starting it takes longer than a hundred frames. How
# a frame is written is said there.

# Nobody but the test sends anything.
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6

# The device node is there only when the module is.
modprobe tun

# Copies of the descriptors: the cases, which are subshells, inherit only those.
coproc FRAMES { exec python3 "$VSW_TOP/selftests/frame.py" serve; }
exec {FRAMES_TO}>&"${FRAMES[1]}" {FRAMES_FROM}<&"${FRAMES[0]}"

# frames_start COMMAND ARGUMENT...: of frame.py; frames_wait for it later
frames_start()
{
	local IFS=$'\t'

	printf '%s\n' "$*" >&"$FRAMES_TO"
}

# frames_wait TEXT...: the case fails if what was started did
frames_wait()
{
	local answer

	read -r -t 60 answer <&"$FRAMES_FROM" ||
		fail "frame.py does not answer to '$*'"
	[ "$answer" = ok ] || fail "'$*': $answer"
}

# frames COMMAND ARGUMENT...
frames()
{
	frames_start "$@"
	frames_wait "$@"
}

# add_taps NAME...
add_taps()
{
	defer frames close "$@"
	frames tap "$@"
}

# open_devices DEV...: packet sockets on them
open_devices()
{
	frames open "$@"
	defer frames close "$@"
}

# add_port NAME [KEY VALUE...]: of vsw0; its device has the same name
add_port()
{
	local name=$1

	shift
	cmd_ok vswctl port add vsw0 "$name" dev "$name" "$@"
}

# frame_passes FROM FRAME [RECEIVED...]: it arrives there and nowhere else
frame_passes()
{
	frames check "$@"
}

# frame_dropped FROM FRAME
frame_dropped()
{
	frames check "$1" "$2"
}

# check_drops PORT rx|tx [REASON N]...: these and no others
check_drops()
{
	local port=$1 way=$2 got

	shift 2
	got=$(vswctl -j stats show "$port" |
		jq -r --arg key "$way-drop" \
			'[.[0][$key][]? | "\(.reason) \(.packets)"] | join(" ")')
	check_eq "$way drops of $port" "$got" "$*"
}

# check_forwarded PORT NUMBER: of the frames received that were not dropped
check_forwarded()
{
	local port=$1 got

	got=$(vswctl -j stats show "$port" |
		jq -r '.[0] | ."rx-packets" - ."rx-dropped"')
	check_eq "frames that $port had forwarded" "$got" "$2"
}

# fdb_port MAC VID: behind which port of vsw0 it is
fdb_port()
{
	vswctl -j fdb get "$1" switch vsw0 vid "$2" 2>/dev/null |
		jq -r '.[0].port'
}

# mac ADDRESS: what frame.py means by one or two hex digits
mac()
{
	printf '02:00:00:00:00:%02x' "0x$1"
}
