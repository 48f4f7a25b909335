// SPDX-License-Identifier: GPL-2.0
/* Rates: what was counted between two times. No netlink, no terminal. */
#include "rate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vswctl.h"

static const char *const key_words[RATE_KEY_COUNT] = {
	[RATE_RX_BITS]		= "rx-bits",
	[RATE_TX_BITS]		= "tx-bits",
	[RATE_BITS]		= "bits",
	[RATE_RX_FRAMES]	= "rx-frames",
	[RATE_TX_FRAMES]	= "tx-frames",
	[RATE_FRAMES]		= "frames",
	[RATE_DROPS]		= "drops",
	[RATE_NAME]		= "name",
	[RATE_SWITCH]		= "switch",
};

const struct names rate_key_names = {
	"sort", key_words, ARRAY_SIZE(key_words)
};

static double seconds_between(const struct timespec *from,
			      const struct timespec *to)
{
	return to->tv_sec - from->tv_sec +
	       (to->tv_nsec - from->tv_nsec) / 1e9;
}

/*
 * A counter that went back was reset, or wrapped in a NIC that has few bits: it
 * counts from 0, which is too little at worst, and never a peak that was not.
 */
static uint64_t difference(uint64_t before, uint64_t after)
{
	return after < before ? after : after - before;
}

static void rate_make(struct rates *rates, struct rate *rate,
		      const struct sample *before)
{
	size_t i;

	rate->is_known = before && rates->seconds > 0;
	if (!rate->is_known)
		return;
	for (i = 0; i < COUNTER_COUNT; i++) {
		rate->per_second[i] = difference(before->counter[i],
						 rate->sample->counter[i]) /
				      rates->seconds;
		if (!rate->sample->is_vf)
			rates->total[i] += rate->per_second[i];
	}
}

bool rates_make(const struct samples *before, const struct samples *after,
		struct rates *rates)
{
	const struct sample *sample;
	size_t i;

	memset(rates, 0, sizeof(*rates));
	if (!after->count)
		return true;
	rates->rate = calloc(after->count, sizeof(*rates->rate));
	if (!rates->rate)
		return false;
	rates->count = after->count;
	rates->seconds = seconds_between(&before->time, &after->time);
	for (i = 0; i < after->count; i++) {
		sample = &after->sample[i];
		rates->rate[i].sample = sample;
		rate_make(rates, &rates->rate[i],
			  samples_find(before, sample));
	}
	return true;
}

void rates_free(struct rates *rates)
{
	free(rates->rate);
	memset(rates, 0, sizeof(*rates));
}

double rate_drops(const struct rate *rate)
{
	return rate->per_second[COUNTER_RX_DROPPED] +
	       rate->per_second[COUNTER_TX_DROPPED];
}

static double key_value(const struct rate *rate, enum rate_key key)
{
	const double *per_second = rate->per_second;

	switch (key) {
	case RATE_RX_BITS:
		return per_second[COUNTER_RX_BYTES];
	case RATE_TX_BITS:
		return per_second[COUNTER_TX_BYTES];
	case RATE_BITS:
		return per_second[COUNTER_RX_BYTES] +
		       per_second[COUNTER_TX_BYTES];
	case RATE_RX_FRAMES:
		return per_second[COUNTER_RX_FRAMES];
	case RATE_TX_FRAMES:
		return per_second[COUNTER_TX_FRAMES];
	case RATE_FRAMES:
		return per_second[COUNTER_RX_FRAMES] +
		       per_second[COUNTER_TX_FRAMES];
	case RATE_DROPS:
		return rate_drops(rate);
	default:
		return 0;
	}
}

/**
 * struct order - how rates are sorted
 * @key: by what
 * @is_reverse: the other way round
 */
struct order {
	enum rate_key key;
	bool is_reverse;
};

/* Rows that are alike keep the order of their names, so that none jumps */
static int compare(const void *one, const void *two, void *arg)
{
	const struct rate *a = one, *b = two;
	const struct order *order = arg;
	double values[2] = {
		key_value(a, order->key), key_value(b, order->key)
	};
	int result = (values[0] < values[1]) - (values[0] > values[1]);

	if (order->key == RATE_SWITCH)
		result = strcmp(a->sample->switch_name, b->sample->switch_name);
	if (result && order->is_reverse)
		return -result;
	if (!result)
		result = strcmp(a->sample->name, b->sample->name);
	return order->is_reverse && order->key == RATE_NAME ? -result : result;
}

void rates_sort(struct rates *rates, enum rate_key key, bool is_reverse)
{
	struct order order = { key, is_reverse };

	if (rates->count)
		qsort_r(rates->rate, rates->count, sizeof(*rates->rate),
			compare, &order);
}

static int drop_compare(const void *one, const void *two)
{
	const struct rate_drop *a = one, *b = two;

	if (a->per_second != b->per_second)
		return a->per_second < b->per_second ? 1 : -1;
	return (a->total < b->total) - (a->total > b->total);
}

size_t rate_drop_list(const struct rate *rate, struct rate_drop *drops)
{
	size_t i, place, count = 0;

	for (i = COUNTER_RX_DROP; i < COUNTER_COUNT; i++) {
		if (!rate->sample->counter[i])
			continue;
		place = i - COUNTER_RX_DROP;
		drops[count++] = (struct rate_drop){
			.is_tx = i >= COUNTER_TX_DROP,
			.reason = place % (VSW_DROP_REASON_MAX + 1),
			.per_second = rate->per_second[i],
			.total = rate->sample->counter[i],
		};
	}
	qsort(drops, count, sizeof(*drops), drop_compare);
	return count;
}

void rate_text(double value, char *buf, size_t size)
{
	static const char prefix[] = " kMGTPE";
	size_t i = 0;

	/* 999.95 would print as 1000.0 */
	while (value >= (i ? 999.95 : 999.5) && i + 2 < sizeof(prefix)) {
		value /= 1000;
		i++;
	}
	if (i)
		snprintf(buf, size, "%.*f%c", value < 9.995 ? 2 : 1, value,
			 prefix[i]);
	else
		snprintf(buf, size, "%.*f",
			 value < 9.95 && value != floor(value) ? 1 : 0, value);
}

static void vf_why_text(const struct sample *sample, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", sample->has_drifted ? "drift, " : "",
		 *sample->port ? "VF of " : "no port", sample->port);
}

void rate_why_text(const struct rate *rate, char *buf, size_t size)
{
	struct rate_drop drops[RATE_DROPS_MAX];
	size_t i, count, length = 0;
	char value[16];

	*buf = '\0';
	if (rate->sample->is_vf) {
		vf_why_text(rate->sample, buf, size);
		return;
	}
	count = rate_drop_list(rate, drops);
	for (i = 0; i < count && drops[i].per_second > 0 && length < size; i++) {
		rate_text(drops[i].per_second, value, sizeof(value));
		length += snprintf(buf + length, size - length, "%s%s %s",
				   i ? ", " : "",
				   names_find(&drop_reason_names,
					      drops[i].reason), value);
	}
	if (!count && !rate->sample->is_up)
		snprintf(buf, size, "down");
}
