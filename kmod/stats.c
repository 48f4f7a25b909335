// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of a port. See stats.h.
 */
#include <linux/string.h>

#include "stats.h"

/**
 * vsw_stats_alloc - make the counters of a port, all zero
 *
 * Return: the counters, to be freed with free_percpu(), or NULL.
 */
struct vsw_stats __percpu *vsw_stats_alloc(void)
{
	struct vsw_stats __percpu *percpu = alloc_percpu(struct vsw_stats);
	int cpu;

	if (!percpu)
		return NULL;

	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(percpu, cpu)->syncp);
	return percpu;
}

/**
 * vsw_stats_drop - count a dropped frame
 * @percpu: counters of the port
 * @reason: enum vsw_drop_reason
 * @rx: received from the port, otherwise meant for it
 *
 * Context: BH off.
 */
void vsw_stats_drop(struct vsw_stats __percpu *percpu, int reason, bool rx)
{
	struct vsw_stats *stats = this_cpu_ptr(percpu);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(rx ? &stats->rx_drop[reason] : &stats->tx_drop[reason]);
	u64_stats_update_end(&stats->syncp);
}

static void vsw_stats_copy(const struct vsw_stats *stats,
			   struct vsw_stats_sum *copy)
{
	unsigned int start;
	int i;

	do {
		start = u64_stats_fetch_begin(&stats->syncp);
		copy->rx_packets = u64_stats_read(&stats->rx_packets);
		copy->rx_bytes = u64_stats_read(&stats->rx_bytes);
		copy->tx_packets = u64_stats_read(&stats->tx_packets);
		copy->tx_bytes = u64_stats_read(&stats->tx_bytes);
		copy->rx_fastpath = u64_stats_read(&stats->rx_fastpath);
		for (i = 0; i < VSW_DROP_REASON_COUNT; i++) {
			copy->rx_drop[i] = u64_stats_read(&stats->rx_drop[i]);
			copy->tx_drop[i] = u64_stats_read(&stats->tx_drop[i]);
		}
	} while (u64_stats_fetch_retry(&stats->syncp, start));
}

/**
 * vsw_stats_sum - add the counters of all CPUs up
 * @percpu: counters of the port
 * @sum: where to
 */
void vsw_stats_sum(struct vsw_stats __percpu *percpu,
		   struct vsw_stats_sum *sum)
{
	struct vsw_stats_sum copy;
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		vsw_stats_copy(per_cpu_ptr(percpu, cpu), &copy);
		sum->rx_packets += copy.rx_packets;
		sum->rx_bytes += copy.rx_bytes;
		sum->tx_packets += copy.tx_packets;
		sum->tx_bytes += copy.tx_bytes;
		sum->rx_fastpath += copy.rx_fastpath;
		for (i = 0; i < VSW_DROP_REASON_COUNT; i++) {
			sum->rx_drop[i] += copy.rx_drop[i];
			sum->tx_drop[i] += copy.tx_drop[i];
		}
	}
}
