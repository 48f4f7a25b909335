# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests that look at single frames; source it after lib.sh. One frame.py
# serves all cases, because starting it takes longer than a hundred frames. How
# a frame is written is said there.

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
	fastpath_on "$name"
}

# add_uplink DEV [KEY VALUE...]: likewise
add_uplink()
{
	cmd_ok vswctl uplink add vsw0 "$@"
	fastpath_on "$1"
}

# fastpath_on DEV: if the tests are to run with it. By device, because not all
# ports have its name.
fastpath_on()
{
	[ -z "${VSW_FASTPATH-}" ] || cmd_ok vsw-fastpath attach "$1"
}

# frame_passes FROM FRAME [RECEIVED...]: it arrives there and nowhere else. With
# the fast path, so do frames to an address that is known to live there, one for
# each RECEIVED: what is flooded, or to an unknown address, does not go that way.
frame_passes()
{
	frames check "$@"
	[ -z "${VSW_FASTPATH-}" ] || fastpath_passes "$@"
}

# EXTRA[PORT]: frames that it sent because of that
declare -A EXTRA=()

# The source has been heard. If it was in one VLAN only, it is in that of the frame.
fastpath_passes()
{
	local from=$1 frame=$2 received destination to=f7 vid

	shift 2
	[[ $frame =~ ^([0-9a-f]{1,2})'>'([0-9a-f]+|all|group)( |$) ]] || return 0
	destination=${BASH_REMATCH[2]}
	vid=$(vswctl -j fdb show switch vsw0 mac "$(mac "${BASH_REMATCH[1]}")" |
		jq '.[].vid')
	[[ $vid =~ ^[0-9]+$ ]] || return 0
	for received; do
		# Not all who receive are ports.
		vswctl fdb add "$(mac $to)" port "${received%% *}" \
			vid "$vid" dynamic > /dev/null 2>&1 || continue
		EXTRA[$from]=$((${EXTRA[$from]-0} + 1))
		frames check "$from" "${frame/>$destination/>$to}" \
			"${received/>$destination/>$to}"
		cmd_ok vswctl fdb del "$(mac $to)" switch vsw0 vid "$vid"
	done
}

# frame_passes_once FROM FRAME [RECEIVED...]: for those who count
frame_passes_once()
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
	check_eq "frames that $port had forwarded" \
		"$((got - ${EXTRA[$port]-0}))" "$2"
}

# fdb_port MAC VID: behind which port of vsw0 it is
fdb_port()
{
	vswctl -j fdb get "$1" switch vsw0 vid "$2" 2>/dev/null |
		jq -r '.[0].port'
}

# sent PORT: frames that the switch has sent to it
sent()
{
	vswctl -j stats show "$1" | jq '.[0]["tx-packets"]'
}

# has_sent PORT LEAST
has_sent()
{
	[ "$(sent "$1")" -ge "$2" ]
}

# mac ADDRESS: what frame.py means by one or two hex digits
mac()
{
	printf '02:00:00:00:00:%02x' "0x$1"
}
