// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame goes nowhere: count it, trace it, free it. See drop.h.
 */
#include <linux/skbuff.h>

#include "trace.h"
#include "vsw.h"

#define VSW_DROP_CORE_REASON(constant, text, core)	\
	[VSW_DROP_REASON_##constant] = SKB_DROP_REASON_##core,

static const enum skb_drop_reason vsw_drop_core_reasons[] = {
	VSW_DROP_REASONS(VSW_DROP_CORE_REASON)
};

static_assert(ARRAY_SIZE(vsw_drop_core_reasons) == VSW_DROP_REASON_COUNT);

/**
 * vsw_drop - drop a frame
 * @port: the port that it was received from or meant for
 * @skb: the frame; gone afterwards
 * @vid: its VLAN, 0 if not yet known
 * @reason: enum vsw_drop_reason
 * @rx: received from @port, otherwise meant for it
 *
 * Context: BH off.
 */
void vsw_drop(struct vsw_port *port, struct sk_buff *skb, u16 vid, int reason,
	      bool rx)
{
	vsw_stats_drop(port->stats, reason, rx);
	trace_vsw_drop(port, skb, vid, reason, rx);
	kfree_skb_reason(skb, vsw_drop_core_reasons[reason]);
}
