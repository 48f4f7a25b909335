# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of what is refused: all that there is must be as it was before.
# Source it after lib.sh.

# state: everything that vsw and the kernel say, but counters and times, and
# what the kernel makes of the carrier, which comes later
state()
{
	local object

	for object in switch port uplink vlan vf; do
		vswctl -j -p "$object" show
	done
	vswctl -j -p fdb show | grep -v '"age"'
	link_state
}

# unordered_state: the same for who makes entries anew, which have another place in
# the table then, and corrects VFs
unordered_state()
{
	vswctl -j -b - <<-END | jq -cS 'map(with_entries(select(.key |
		test("packets|bytes|corrections|^age$") | not))) | sort | .[]'
	switch
	port
	uplink
	vlan
	vf
	fdb
	END
	link_state
}

link_state()
{
	ip -d -j -p link show | grep -vE '_timer"|"operstate"' |
		sed 's/"NO-CARRIER",//; s/,"LOWER_UP"//'
}

# save_state: for check_state
save_state()
{
	STATE=$(state)
}

check_state()
{
	local now

	now=$(state)
	[ "$now" = "$STATE" ] ||
		fail "changed: $(diff <(echo "$STATE") <(echo "$now") |
			head -n 20 | tr '\n' ' ')"
}

# ynl_dir: the kernel tree with ynl, as Documentation/netlink/regen.sh unpacks it
ynl_dir()
{
	local cli

	for cli in "${VSW_YNL:-${VSW_CACHE:-$HOME/.cache/vsw}/ynl}"/*/tools/net/ynl/cli.py; do
		[ -e "$cli" ] && echo "${cli%/tools/net/ynl/cli.py}" && return
	done
	return 1
}
