/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints. Their fields are what bpf/ and perf read: add, never change.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vsw

#if !defined(VSW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VSW_TRACE_H

#include <linux/tracepoint.h>

#include "nicsync.h"
#include "vf.h"
#include "vsw.h"

#define VSW_TRACE_REASON(constant, text, core)	\
	{ VSW_DROP_REASON_##constant, text },

TRACE_EVENT(vsw_drop,
	TP_PROTO(const struct vsw_port *port, const struct sk_buff *skb,
		 u16 vid, int reason, bool rx),
	TP_ARGS(port, skb, vid, reason, rx),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(u32, sw)
		__field(u32, port_id)
		__field(u32, len)
		__field(u32, reason)
		__field(u16, vid)
		__field(u8, rx)
		__array(char, port, VSW_PORT_NAME_MAX + 1)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->sw = port->sw->dev->ifindex;
		__entry->port_id = port->id;
		__entry->len = skb->len;
		__entry->reason = reason;
		__entry->vid = vid;
		__entry->rx = rx;
		strscpy(__entry->port, port->name, sizeof(__entry->port));
	),
	TP_printk("switch=%u port=%s id=%u %s vid=%u len=%u reason=%s",
		  __entry->sw, __entry->port, __entry->port_id,
		  __entry->rx ? "rx" : "tx", __entry->vid, __entry->len,
		  __print_symbolic(__entry->reason,
				   VSW_DROP_REASONS(VSW_TRACE_REASON)
				   { -1, NULL }))
);

TRACE_EVENT(vsw_fdb,
	TP_PROTO(const struct vsw_switch *sw,
		 const struct vsw_fdb_entry *fdb, bool gone),
	TP_ARGS(sw, fdb, gone),
	TP_STRUCT__entry(
		__field(u32, sw)
		__field(u32, port_id)
		__field(u16, vid)
		__field(u8, type)
		__field(u8, gone)
		__array(u8, mac, ETH_ALEN)
		__array(char, port, VSW_PORT_NAME_MAX + 1)
	),
	TP_fast_assign(
		__entry->sw = sw->dev->ifindex;
		__entry->port_id = vsw_fdb_owner(fdb)->id;
		__entry->vid = fdb->key.vid;
		__entry->type = fdb->type;
		__entry->gone = gone;
		memcpy(__entry->mac, fdb->key.mac, ETH_ALEN);
		strscpy(__entry->port, vsw_fdb_owner(fdb)->name,
			sizeof(__entry->port));
	),
	TP_printk("switch=%u %s mac=%pM vid=%u port=%s id=%u type=%u",
		  __entry->sw, __entry->gone ? "gone" : "set", __entry->mac,
		  __entry->vid, __entry->port, __entry->port_id,
		  __entry->type)
);

TRACE_EVENT(vsw_nic_filter,
	TP_PROTO(const struct net_device *dev, const u8 *mac, bool add,
		 int err),
	TP_ARGS(dev, mac, add, err),
	TP_STRUCT__entry(
		__field(u32, ifindex)
		__field(int, err)
		__field(u8, add)
		__array(u8, mac, ETH_ALEN)
	),
	TP_fast_assign(
		__entry->ifindex = dev->ifindex;
		__entry->err = err;
		__entry->add = add;
		memcpy(__entry->mac, mac, ETH_ALEN);
	),
	TP_printk("ifindex=%u %s mac=%pM err=%d", __entry->ifindex,
		  __entry->add ? "add" : "del", __entry->mac, __entry->err)
);

TRACE_EVENT(vsw_nic_overflow,
	TP_PROTO(const struct vsw_port *uplink, unsigned int over),
	TP_ARGS(uplink, over),
	TP_STRUCT__entry(
		__field(u32, ifindex)
		__field(u32, used)
		__field(u32, max)
		__field(u32, over)
		__array(char, port, VSW_PORT_NAME_MAX + 1)
	),
	TP_fast_assign(
		__entry->ifindex = uplink->dev->ifindex;
		__entry->used = uplink->nic.count;
		__entry->max = vsw_nicsync_max(uplink);
		__entry->over = over;
		strscpy(__entry->port, uplink->name, sizeof(__entry->port));
	),
	TP_printk("ifindex=%u port=%s used=%u max=%u over=%u",
		  __entry->ifindex, __entry->port, __entry->used,
		  __entry->max, __entry->over)
);

TRACE_EVENT(vsw_vf,
	TP_PROTO(const struct vsw_vf *vf, u32 event),
	TP_ARGS(vf, event),
	TP_STRUCT__entry(
		__field(u32, pf)
		__field(u32, vf)
		__field(u32, event)
		__field(u32, drift)
		__array(char, port, VSW_PORT_NAME_MAX + 1)
	),
	TP_fast_assign(
		__entry->pf = vf->uplink->dev->ifindex;
		__entry->vf = vf->index;
		__entry->event = event;
		__entry->drift = vf->drift;
		strscpy(__entry->port, vf->port->name, sizeof(__entry->port));
	),
	TP_printk("pf=%u vf=%u port=%s event=%u drift=%#x", __entry->pf,
		  __entry->vf, __entry->port, __entry->event, __entry->drift)
);

TRACE_EVENT(vsw_failover,
	TP_PROTO(const struct vsw_port *port, u32 path, u32 cause),
	TP_ARGS(port, path, cause),
	TP_STRUCT__entry(
		__field(u32, sw)
		__field(u32, port_id)
		__field(u32, path)
		__field(u32, cause)
		__array(char, port, VSW_PORT_NAME_MAX + 1)
	),
	TP_fast_assign(
		__entry->sw = port->sw->dev->ifindex;
		__entry->port_id = port->id;
		__entry->path = path;
		__entry->cause = cause;
		strscpy(__entry->port, port->name, sizeof(__entry->port));
	),
	TP_printk("switch=%u port=%s id=%u path=%u cause=%u", __entry->sw,
		  __entry->port, __entry->port_id, __entry->path,
		  __entry->cause)
);

TRACE_EVENT(vsw_team,
	TP_PROTO(const struct vsw_port *port, const struct vsw_port *from,
		 const struct vsw_port *to),
	TP_ARGS(port, from, to),
	TP_STRUCT__entry(
		__field(u32, sw)
		__field(u32, port_id)
		__array(char, port, VSW_PORT_NAME_MAX + 1)
		__array(char, from, VSW_PORT_NAME_MAX + 1)
		__array(char, to, VSW_PORT_NAME_MAX + 1)
	),
	TP_fast_assign(
		__entry->sw = port->sw->dev->ifindex;
		__entry->port_id = port->id;
		strscpy(__entry->port, port->name, sizeof(__entry->port));
		strscpy(__entry->from, from ? from->name : "-",
			sizeof(__entry->from));
		strscpy(__entry->to, to ? to->name : "-",
			sizeof(__entry->to));
	),
	TP_printk("switch=%u port=%s id=%u from=%s to=%s", __entry->sw,
		  __entry->port, __entry->port_id, __entry->from,
		  __entry->to)
);

#endif /* VSW_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
