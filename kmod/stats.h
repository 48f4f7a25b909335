/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of a port, per CPU and 64 bits wide on every machine.
 *
 * They obey: received = dropped on receive + handed on, where a frame that is
 * flooded is handed on once whatever the number of its copies.
 */
#ifndef VSW_STATS_H
#define VSW_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

#include "drop.h"

/**
 * struct vsw_stats - counters of a port on one CPU; written by it with BH off
 * @rx_packets: frames received from the port
 * @rx_bytes: their bytes, with the Ethernet header, without tag in metadata
 * @tx_packets: frames handed to the device of the port
 * @tx_bytes: their bytes
 * @rx_fastpath: of @rx_packets, those that the fast path has forwarded
 * @syncp: for 32-bit readers
 * @rx_drop: frames received from the port and dropped, by reason
 * @tx_drop: frames meant for the port and dropped, by reason
 */
struct vsw_stats {
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
	u64_stats_t rx_fastpath;
	struct u64_stats_sync syncp;
	u64_stats_t rx_drop[VSW_DROP_REASON_COUNT];
	u64_stats_t tx_drop[VSW_DROP_REASON_COUNT];
};

/**
 * struct vsw_stats_sum - counters of a port, all CPUs
 * @rx_packets: as in &struct vsw_stats; so are the others
 * @rx_bytes: see there
 * @tx_packets: see there
 * @tx_bytes: see there
 * @rx_fastpath: see there
 * @rx_drop: see there
 * @tx_drop: see there
 */
struct vsw_stats_sum {
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
	u64 rx_fastpath;
	u64 rx_drop[VSW_DROP_REASON_COUNT];
	u64 tx_drop[VSW_DROP_REASON_COUNT];
};

static __always_inline void __vsw_stats_rx(struct vsw_stats __percpu *percpu,
					   unsigned int len, bool fastpath)
{
	struct vsw_stats *stats = this_cpu_ptr(percpu);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->rx_packets);
	u64_stats_add(&stats->rx_bytes, len);
	if (fastpath)
		u64_stats_inc(&stats->rx_fastpath);
	u64_stats_update_end(&stats->syncp);
}

static inline void vsw_stats_rx(struct vsw_stats __percpu *percpu,
				unsigned int len)
{
	__vsw_stats_rx(percpu, len, false);
}

/* A frame that has no skb */
static inline void vsw_stats_rx_fast(struct vsw_stats __percpu *percpu,
				     unsigned int len)
{
	__vsw_stats_rx(percpu, len, true);
}

static inline void vsw_stats_tx(struct vsw_stats __percpu *percpu,
				unsigned int len)
{
	struct vsw_stats *stats = this_cpu_ptr(percpu);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->tx_packets);
	u64_stats_add(&stats->tx_bytes, len);
	u64_stats_update_end(&stats->syncp);
}

struct vsw_stats __percpu *vsw_stats_alloc(void);
void vsw_stats_sum(struct vsw_stats __percpu *percpu,
		   struct vsw_stats_sum *sum);
void vsw_stats_drop(struct vsw_stats __percpu *percpu, int reason, bool rx);

#endif /* VSW_STATS_H */
