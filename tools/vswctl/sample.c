// SPDX-License-Identifier: GPL-2.0
/* What ports and VFs have counted, put together from what the kernel answers */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"
#include "output.h"
#include "stats.h"
#include "vf.h"
#include "vswctl.h"

static int compare(const void *one, const void *two)
{
	const struct sample *a = one, *b = two;

	return a->is_vf != b->is_vf ? a->is_vf - b->is_vf :
				      strcmp(a->name, b->name);
}

const struct sample *samples_find(const struct samples *samples,
				  const struct sample *like)
{
	const struct sample *found;

	if (!samples->count)
		return NULL;
	found = bsearch(like, samples->sample, samples->count,
			sizeof(*samples->sample), compare);
	return found && found->id == like->id ? found : NULL;
}

static struct sample *sample_add(struct samples *samples)
{
	size_t count = samples->count;
	struct sample *sample;

	/* Room doubles at each power of two */
	if (!(count & (count - 1))) {
		sample = reallocarray(samples->sample, count ? 2 * count : 1,
				      sizeof(*sample));
		if (!sample)
			return NULL;
		samples->sample = sample;
	}
	sample = &samples->sample[samples->count++];
	memset(sample, 0, sizeof(*sample));
	return sample;
}

/* A newer module may have reasons that this version knows nothing of */
static void drop_read(struct sample *sample, const struct nlattr *nla,
		      enum counter first)
{
	struct nlattr *drop[VSW_A_DROP_MAX + 1];
	uint64_t reason;

	if (nla_parse_nested(drop, VSW_A_DROP_MAX, (struct nlattr *)nla, NULL) ||
	    !drop[VSW_A_DROP_REASON])
		return;
	reason = attr_uint(drop[VSW_A_DROP_REASON]);
	if (reason <= VSW_DROP_REASON_MAX)
		sample->counter[first + reason] =
			attr_uint(drop[VSW_A_DROP_PACKETS]);
}

static void stats_read(struct sample *sample, const struct row *row)
{
	static const int attrs[] = {
		[COUNTER_RX_FRAMES]	= VSW_A_STATS_RX_PACKETS,
		[COUNTER_RX_BYTES]	= VSW_A_STATS_RX_BYTES,
		[COUNTER_TX_FRAMES]	= VSW_A_STATS_TX_PACKETS,
		[COUNTER_TX_BYTES]	= VSW_A_STATS_TX_BYTES,
		[COUNTER_RX_DROPPED]	= VSW_A_STATS_RX_DROPPED,
		[COUNTER_TX_DROPPED]	= VSW_A_STATS_TX_DROPPED,
	};
	struct nlattr *nla;
	size_t i;
	int left;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		sample->counter[i] = attr_uint(row->tb[attrs[i]]);
	nla_for_each_attr(nla, row->head, row->length, left) {
		if (nla_type(nla) == VSW_A_STATS_RX_DROP)
			drop_read(sample, nla, COUNTER_RX_DROP);
		else if (nla_type(nla) == VSW_A_STATS_TX_DROP)
			drop_read(sample, nla, COUNTER_TX_DROP);
	}
}

static bool port_add(struct samples *samples, const char *switch_name,
		     const struct row *row, const struct messages *stats,
		     struct nlmsghdr **cursor)
{
	char name[IFNAMSIZ];
	struct sample *sample;
	struct row counters;

	row_text(row, VSW_A_PORT_SWITCH_NAME, name, sizeof(name));
	if (switch_name && strcmp(switch_name, name))
		return true;
	sample = sample_add(samples);
	if (!sample)
		return false;
	row_text(row, VSW_A_PORT_NAME, sample->name, sizeof(sample->name));
	memcpy(sample->switch_name, name, sizeof(name));
	/* Another switch of that name has another index */
	sample->id = attr_uint(row->tb[VSW_A_PORT_SWITCH]) << 32 |
		     attr_uint(row->tb[VSW_A_PORT_ID]);
	sample->is_up = attr_uint(row->tb[VSW_A_PORT_UP]);
	if (stats_find(stats, cursor, sample->name, &counters))
		stats_read(sample, &counters);
	samples->ports++;
	return true;
}

/* What a VF sends the switch receives */
static bool vf_add(struct samples *samples, const char *switch_name,
		   const struct row *row)
{
	char name[IFNAMSIZ];
	struct sample *sample;

	row_text(row, VSW_A_VF_SWITCH, name, sizeof(name));
	if (!row->tb[VSW_A_VF_RX_PACKETS] ||
	    (switch_name && strcmp(switch_name, name)))
		return true;
	sample = sample_add(samples);
	if (!sample)
		return false;
	vf_text(row, sample->name, sizeof(sample->name));
	memcpy(sample->switch_name, name, sizeof(name));
	attr_string(row->tb[VSW_A_VF_PORT], sample->port,
		    sizeof(sample->port));
	sample->id = attr_uint(row->tb[VSW_A_VF_PF]);
	sample->is_vf = true;
	sample->is_up = true;
	sample->has_drifted = attr_uint(row->tb[VSW_A_VF_DRIFT]);
	sample->counter[COUNTER_RX_FRAMES] =
		attr_uint(row->tb[VSW_A_VF_TX_PACKETS]);
	sample->counter[COUNTER_RX_BYTES] =
		attr_uint(row->tb[VSW_A_VF_TX_BYTES]);
	sample->counter[COUNTER_TX_FRAMES] =
		attr_uint(row->tb[VSW_A_VF_RX_PACKETS]);
	sample->counter[COUNTER_TX_BYTES] =
		attr_uint(row->tb[VSW_A_VF_RX_BYTES]);
	return true;
}

int samples_make(struct vswctl *ctl, const char *switch_name,
		 const struct messages *ports, const struct messages *stats,
		 const struct messages *vfs, struct samples *samples)
{
	struct nlmsghdr *message = NULL, *cursor = NULL;
	bool ok = true;
	struct row row;

	attr_names_forget();
	while (ok && (message = messages_next(ports, message)))
		if (row_init(&row, &port_attrs, message, NULL))
			ok = port_add(samples, switch_name, &row, stats,
				      &cursor);
	message = NULL;
	while (ok && (message = messages_next(vfs, message)))
		if (row_init(&row, &vf_attrs, message, NULL))
			ok = vf_add(samples, switch_name, &row);
	if (!ok)
		return fail(ctl, EXIT_REFUSED, "out of memory");
	if (samples->count)
		qsort(samples->sample, samples->count,
		      sizeof(*samples->sample), compare);
	return EXIT_OK;
}

int samples_get(struct vswctl *ctl, const char *switch_name,
		struct samples *samples)
{
	struct messages ports = {}, stats = {}, vfs = {};
	int code;

	code = objects_get(ctl, VSW_CMD_PORT_GET, &ports);
	if (!code)
		code = stats_get(ctl, &stats);
	clock_gettime(CLOCK_MONOTONIC, &samples->time);
	if (!code)
		code = vfs_get(ctl, NULL, &vfs);
	if (!code)
		code = samples_make(ctl, switch_name, &ports, &stats, &vfs,
				    samples);
	messages_free(&ports);
	messages_free(&stats);
	messages_free(&vfs);
	return code;
}

void samples_free(struct samples *samples)
{
	free(samples->sample);
	memset(samples, 0, sizeof(*samples));
}
