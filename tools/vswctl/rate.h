/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_RATE_H
#define VSWCTL_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enums.h"
#include "sample.h"

/**
 * struct rate - how fast a port or a VF counts
 * @sample: what it has counted
 * @per_second: by enum counter
 * @is_known: it was there before; otherwise all rates are 0
 */
struct rate {
	const struct sample *sample;
	double per_second[COUNTER_COUNT];
	bool is_known;
};

/* By what rates are sorted: largest first, names in their order */
enum rate_key {
	RATE_RX_BITS,
	RATE_TX_BITS,
	RATE_BITS,
	RATE_RX_FRAMES,
	RATE_TX_FRAMES,
	RATE_FRAMES,
	RATE_DROPS,
	RATE_NAME,
	RATE_SWITCH,
	RATE_KEY_COUNT,
};

extern const struct names rate_key_names;

/**
 * struct rates - the rates between two times
 * @rate: one for each of the later samples
 * @count: how many
 * @seconds: between those times
 * @total: sum of all ports; VFs are not in it, since a port of a VF counts
 *	the same frames where they pass the datapath
 */
struct rates {
	struct rate *rate;
	size_t count;
	double seconds;
	double total[COUNTER_COUNT];
};

/* @before may be empty. False without memory. */
bool rates_make(const struct samples *before, const struct samples *after,
		struct rates *rates);
void rates_free(struct rates *rates);
void rates_sort(struct rates *rates, enum rate_key key, bool is_reverse);

/* Frames dropped each second, received and to be sent */
double rate_drops(const struct rate *rate);

/**
 * struct rate_drop - a reason for which a port drops
 * @is_tx: frames that were meant for the port
 * @reason: VSW_DROP_REASON_*
 * @per_second: how many each second
 * @total: how many at all
 */
struct rate_drop {
	bool is_tx;
	unsigned int reason;
	double per_second;
	uint64_t total;
};

#define RATE_DROPS_MAX (COUNTER_COUNT - COUNTER_RX_DROP)

/* The reasons, the fastest first; returns how many */
size_t rate_drop_list(const struct rate *rate, struct rate_drop *drops);

/* "1.23M"; in at most six characters, decimal prefixes */
void rate_text(double value, char *buf, size_t size);
/* "vlan-filtered 12, no-pvid 3", what is dropped now; or what the VF is */
void rate_why_text(const struct rate *rate, char *buf, size_t size);

#endif /* VSWCTL_RATE_H */
