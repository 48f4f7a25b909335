# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every selftest needs. A test is a bash script run as root in a throwaway
# guest: it sources this file, defines functions and ends with
#
#	run_cases case_one case_two ...
#
# which prints KTAP, one line a case. Each case runs in a subshell with a fresh
# module and nothing left over: what it sets up, it registers to be undone with
# "defer", in the line after. Inside a case, the first check that fails ends it.
# With VSW_CASES="case..." only those run.

set -u

: "${VSW_KO:?path of vsw.ko}"
: "${VSW_CTL:?path of vswctl}"
: "${VSW_TOP:?root of the repository}"

KSFT_SKIP=4
# Kernels with checkers
# shellcheck source-path=SCRIPTDIR
[ -z "${VSW_DEBUG-}" ] || . "$(dirname "${BASH_SOURCE[0]}")/debug/lib.sh"
# vswctl looks for vsw-fastpath there.
PATH=$PATH:$VSW_TOP/bpf
# With VSW_FASTPATH=xdp the tests of frame_lib.sh run with it; how many frames it
# has forwarded is added up here.
FASTPATH_SUM=$(mktemp)

vswctl()
{
	"$VSW_CTL" "$@"
}

# jq 1.6 compiles its library each time it starts, which takes an emulated guest most
# of the time of a test. gojq does not, and sorts keys always: it has no -S.
if command -v gojq >/dev/null; then
	jq()
	{
		local args=() arg

		for arg; do
			[[ ! $arg =~ ^-[A-Za-z]*S[A-Za-z]*$ ]] || arg=${arg/S/}
			[ "$arg" = - ] || args+=("$arg")
		done
		gojq "${args[@]}"
	}
fi

# log TEXT...: a KTAP diagnostic
log()
{
	printf '# %s\n' "$*"
}

# fail TEXT...: the case has failed, and why
fail()
{
	log "FAIL: $*"
	exit 1
}

# may_skip TEXT: for that reason, on this kernel
may_skip()
{
	local kernels reason

	while read -r kernels reason; do
		[ "$reason" != "$1" ] || [[ ,$kernels, != *,@(any|${VSW_DEBUG:-debian}),* ]] ||
			return 0
	done <"$VSW_TOP/selftests/skips"
	return 1
}

# skip TEXT...: the case cannot run here. What is there on this kernel, as far as the
# file skips knows, is not missing for a good reason.
skip()
{
	may_skip "$*" || fail "$*: not so on this kernel, by selftests/skips"
	log "SKIP: $*"
	exit "$KSFT_SKIP"
}

# BPF programs look there for what the kernel is made of.
need_btf()
{
	[ -e /sys/kernel/btf/vmlinux ] || skip "needs a kernel with BTF"
}

require_command()
{
	command -v "$1" >/dev/null || skip "needs $1"
}

DEFERRED=()
LEFT_OVER=""

# defer COMMAND...: to be run when the case ends, last first. What fails there
# is no failure of the case, but a module that does not let go.
defer()
{
	DEFERRED+=("$(printf '%q ' "$@")")
}

run_deferred()
{
	local i

	# Before the ports go, which have the counters.
	[ -z "${VSW_FASTPATH-}" ] || ! lsmod | grep -q '^vsw ' ||
		vswctl -j stats show | jq '.[]."rx-fastpath"' >>"$FASTPATH_SUM"
	for ((i = ${#DEFERRED[@]} - 1; i >= 0; i--)); do
		eval "${DEFERRED[i]}" >/dev/null 2>&1
	done
	DEFERRED=()
	[ -z "$LEFT_OVER" ] || fail "$LEFT_OVER"
}

# cmd_ok COMMAND...: must succeed
cmd_ok()
{
	local out

	out=$("$@" 2>&1) || fail "'$*' failed with status $?: $out"
}

# cmd_fail PATTERN COMMAND...: must fail, and say something that matches
cmd_fail()
{
	local pattern=$1 out

	shift
	out=$("$@" 2>&1) && fail "'$*' succeeded, expected: $pattern"
	grep -qE -- "$pattern" <<<"$out" ||
		fail "'$*' said '$out', expected: $pattern"
}

# refused PATTERN COMMAND...: cmd_fail, and the test's own function "state" says
# the same before and after
refused()
{
	local before

	before=$(state)
	cmd_fail "$@"
	check_eq "what '${*:2}' changed" \
		"$(diff <(tr '{' '\n' <<<"$before") <(state | tr '{' '\n'))" ""
}

# check_eq WHAT GOT WANTED
check_eq()
{
	[ "$2" = "$3" ] || fail "$1 is '$2', expected '$3'"
}

# busywait SECONDS COMMAND...: until it succeeds. Where everything takes longer, so
# many times longer that VSW_SLOW says.
busywait()
{
	local end=$((SECONDS + $1 * ${VSW_SLOW:-1}))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# wait_for SECONDS COMMAND...: fail the case if it never succeeds
wait_for()
{
	local seconds=$1

	shift
	busywait "$seconds" "$@" || fail "'$*' did not come true in $seconds s"
}

# load_vsw [PARAMETER...]: of the module, if it is not loaded yet
# shellcheck disable=SC2120
load_vsw()
{
	lsmod | grep -q '^vsw ' && return
	insmod "$VSW_KO" "$@" || fail "insmod"
	defer unload_vsw
}

# Programs hold the module, and let go of it a moment after they are gone.
unload_vsw()
{
	lsmod | grep -q '^vsw ' || return
	if [ -n "$(vsw-fastpath status)" ]; then
		vsw-fastpath detach -a
		busywait 5 rmmod vsw
	else
		rmmod vsw
	fi || LEFT_OVER="the module did not let itself be unloaded"
}

# add_switch NAME [KEY VALUE...]
add_switch()
{
	# shellcheck disable=SC2119
	load_vsw
	cmd_ok vswctl switch add "$@"
	defer vswctl switch del "$1"
	cmd_ok ip link set "$1" up
}

# add_dummies NAME...: devices that take everything and say nothing
add_dummies()
{
	local name lines=''

	for name; do
		lines+="link add name $name up type dummy"$'\n'
		defer ip link del dev "$name"
	done
	cmd_ok ip -batch - <<<"$lines"
}

# send_frames NAMESPACE|- DEVICE COUNT COMMAND...: each a word or words that
# pktgen understands, such as "dst_mac ff:ff:ff:ff:ff:ff"
send_frames()
{
	local in=(ip netns exec "$1") where="$2 of $1" dev=$2 count=$3

	[ "$1" != - ] || in=()
	shift 3
	[ -d /proc/net/pktgen ] || modprobe pktgen || skip "needs pktgen"
	"${in[@]}" bash -s "$dev" "$count" "$@" <<-'END' ||
	dev=$1 count=$2 dir=/proc/net/pktgen
	shift 2
	echo rem_device_all >$dir/kpktgend_0
	echo "add_device $dev" >$dir/kpktgend_0 || exit 1
	for command in "count $count" "clone_skb 0" "pkt_size 60" "$@"; do
		echo "$command" >"$dir/$dev" || exit 1
	done
	echo start >$dir/pgctrl
	grep -q 'Result: OK' "$dir/$dev"
	END
		fail "pktgen on $where"
}

# foreign_program FILE: for XDP, and not ours
foreign_program()
{
	clang -O2 -g -target bpf -x c -c -o "$1" - <<-'END' || fail clang
	__attribute__((section("xdp"), used)) int foreign(void *ctx)
	{
		return 2;
	}
	char LICENSE[] __attribute__((section("license"), used)) = "GPL";
	END
}

# add_host NAME [ADDRESS/LEN]: a namespace that is a machine. Its interface is
# eth0, and the other end, on this side, has the name of the namespace.
add_host()
{
	local ns=$1

	cmd_ok ip netns add "$ns"
	defer ip netns del "$ns"
	cmd_ok ip link add "$ns" type veth peer name eth0 netns "$ns"
	defer ip link del "$ns"
	ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	[ -z "${2-}" ] || cmd_ok ip -n "$ns" addr add "$2" dev eth0
	cmd_ok ip -n "$ns" link set lo up
	cmd_ok ip -n "$ns" link set eth0 up
	cmd_ok ip link set "$ns" up
}

# mac_of NAMESPACE: address of its eth0
mac_of()
{
	ip -n "$1" -j link show dev "${2-eth0}" | jq -r '.[0].address'
}

# can_ping NAMESPACE ADDRESS [OPTION...]
can_ping()
{
	local ns=$1 address=$2

	shift 2
	ip netns exec "$ns" ping -q -c 1 -w 2 "$@" "$address" >/dev/null 2>&1
}

reachable()
{
	busywait 6 can_ping "$@" || fail "$1 does not reach $2"
}

unreachable()
{
	! can_ping "$@" || fail "$1 reaches $2"
}

# port_field PORT FIELD: of the JSON of a port
port_field()
{
	vswctl -j port show "$1" | jq -r ".[0][\"$2\"]"
}

# entry MAC VID: "PORT TYPE" of a forwarding entry of vsw0, or nothing
entry()
{
	vswctl -j fdb get "$1" switch vsw0 vid "$2" 2>/dev/null |
		jq -r '.[0] | "\(.port) \(.type)"'
}

# drops PORT rx|tx REASON: counter
drops()
{
	vswctl -j stats show "$1" |
		jq -r ".[0][\"$2-drop\"][]? | select(.reason == \"$3\") | .packets" |
		grep . || echo 0
}

# run_cases FUNCTION...: KTAP; the exit status is that of kselftest
run_cases()
{
	local name status start number=0 failed=0

	for name in ${VSW_CASES-}; do
		[[ " $* " == *" $name "* ]] && continue
		log "there is no case '$name'"
		return 1
	done
	# shellcheck disable=SC2086 # names
	[ -z "${VSW_CASES-}" ] || set -- $VSW_CASES
	echo "KTAP version 1"
	echo "1..$#"
	for name; do
		number=$((number + 1)) start=$SECONDS
		(
			trap run_deferred EXIT
			"$name"
		)
		status=$?
		case $status in
		0)
			echo "ok $number $name # $((SECONDS - start)) s"
			;;
		"$KSFT_SKIP")
			echo "ok $number $name # SKIP"
			;;
		*)
			echo "not ok $number $name"
			failed=$((failed + 1))
			;;
		esac
		if lsmod | grep -q '^vsw '; then
			log "the case left the module loaded"
			rmmod vsw || log "and it cannot be unloaded"
		fi
	done
	if [ -n "${VSW_FASTPATH-}" ]; then
		number=$(awk '{ sum += $1 } END { print sum + 0 }' "$FASTPATH_SUM")
		log "frames forwarded by the fast path: $number"
		# Then nothing was proven.
		[ "$number" -gt 0 ] || failed=1
	fi
	[ "$failed" -eq 0 ]
}
