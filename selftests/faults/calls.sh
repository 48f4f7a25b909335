#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which functions of the kernel does the module call that sound as if they could
# fail, and that neither calls.h makes fail nor anything else? Prints them; the exit
# status is 1 if there are any.
#
# Usage: calls.sh SOURCE...

set -eu -o pipefail

dir=$(cd "$(dirname "$0")" && pwd)

# What gives something or takes it in; calls through a pointer have "->" before.
VERBS='add|link|register|insert|store|init|create|alloc|set|change|open|get|new|clone'
CALL="(->)?\\b(bus|dev|netdev|vlan|rtnl|rhashtable|rhltable|genl|register|alloc|ndo|xa|idr|ida|pci|call|switchdev|netif|ethtool|kobject|sysfs|device|bpf|debugfs|proc|kmem|kthread|xdp|nf|dst|metadata|eth)_([a-z0-9_]*_)?($VERBS)(_[a-z0-9_]*)?\\("

# Not made to fail, and why
exempt()
{
	sed 's/ *#.*//; /^$/d' <<-'END'
	# Only for want of memory
	rhashtable_init
	vlan_insert_tag_set_proto
	xa_insert
	xa_store
	# By testpf.c
	ndo_get_vf_config
	ndo_set_vf_link_state
	ndo_set_vf_mac
	ndo_set_vf_rate
	ndo_set_vf_spoofchk
	ndo_set_vf_trust
	ndo_set_vf_vlan
	# Nothing depends on them: counters, a name that is not there, no fast path
	ndo_get_phys_port_name
	ndo_get_vf_stats
	register_btf_kfunc_id_set
	# Devices that are ports of no switch say so by an error.
	dev_get_port_parent_id
	netif_get_port_parent_id
	# They do not fail
	dev_get_flags
	dev_get_iflink
	dev_sw_netstats_rx_add
	dev_sw_netstats_tx_add
	eth_hw_addr_set
	genl_info_net_set
	genl_set_err
	netdev_add_tso_features
	netdev_get_fwd_headroom
	netdev_get_tx_queue
	netdev_master_upper_dev_get
	netif_get_flags
	rtnl_link_unregister
	rtnl_set_sk_err
	vlan_get_protocol_and_depth
	xa_init
	xa_init_flags
	xdp_set_data_meta_invalid
	END
}

wrapped()
{
	sed -nE 's/^#define ([a-z_0-9]+)\(.*/\1/p' "$dir/calls.h"
}

missing=$(comm -23 \
	<(grep -ohE "$CALL" "$@" | sed -E 's/^->//; s/\($//' | sort -u) \
	<({ wrapped; exempt; } | sort -u))
[ -z "$missing" ] && exit
echo "neither in calls.h nor exempt in calls.sh:" "$(paste -sd ' ' <<<"$missing")"
exit 1
