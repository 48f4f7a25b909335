// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many flows find a place, see ../flow.h.
 */
#include <linux/etherdevice.h>
#include <linux/random.h>
#include <linux/vmalloc.h>

#include <kunit/test.h>

#include "../flow.h"

/* Secrets that are tried: of those that were bad there was one in ten. */
#define SECRETS		200

u64 vsw_flow_secret[4];

/**
 * struct flow_many - addresses that are counted up, in pairs
 * @flows: pairs
 * @least: as many of them have a place, whatever the secret is
 * @step: from one address to the next
 */
struct flow_many {
	unsigned int flows;
	unsigned int least;
	u32 step;
};

static const struct flow_many flow_manys[] = {
	{ 64, 58, 1 },
	{ 64, 58, 256 },
	{ 64, 58, 65536 },
	{ 1000, 840, 1 },
	{ 1000, 840, 256 },
};

static void flow_many_desc(const struct flow_many *many, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u flows, step %u", many->flows,
		 many->step);
}

KUNIT_ARRAY_PARAM(flow_places, flow_manys, flow_many_desc);

/* As vsw_flow_add() does while all are busy */
static bool flow_place(struct vsw_flow *flows, const struct vsw_flow_key *key)
{
	struct vsw_flow *flow = vsw_flow_slot(flows, key);

	if (flow->epoch)
		flow = vsw_flow_beside(flow);
	if (flow->epoch)
		return false;
	flow->epoch = 1;
	return true;
}

static unsigned int flow_count(struct vsw_flow *flows,
			       const struct flow_many *many)
{
	struct vsw_flow_key key = {};
	unsigned int i, placed = 0;
	u64 dest, source;

	memset(flows, 0, VSW_FLOW_SLOTS * sizeof(*flows));
	for (i = 0; i < many->flows; i++) {
		u8 head[16] = {};

		dest = 0x020000000000 + (2 * i + 1) * (u64)many->step;
		source = 0x020000000000 + 2 * i * (u64)many->step;
		u64_to_ether_addr(dest, head);
		u64_to_ether_addr(source, head + ETH_ALEN);
		key.addresses = get_unaligned((const u64 *)head);
		key.rest = get_unaligned((const u32 *)(head + sizeof(u64)));
		placed += flow_place(flows, &key);
	}
	return placed;
}

static void flow_places(struct kunit *test)
{
	const struct flow_many *many = test->param_value;
	unsigned int i, placed, worst = many->flows;
	struct vsw_flow *flows;

	flows = vmalloc(VSW_FLOW_SLOTS * sizeof(*flows));
	KUNIT_ASSERT_NOT_NULL(test, flows);
	for (i = 0; i < SECRETS; i++) {
		get_random_bytes(vsw_flow_secret, sizeof(vsw_flow_secret));
		placed = flow_count(flows, many);
		worst = min(worst, placed);
	}
	vfree(flows);
	KUNIT_EXPECT_GE(test, worst, many->least);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE_PARAM(flow_places, flow_places_gen_params),
	{}
};

static struct kunit_suite flow_suite = {
	.name = "vsw_flow",
	.test_cases = flow_cases,
};

kunit_test_suite(flow_suite);
