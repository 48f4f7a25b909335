// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many flows find a place, and that they are found there, see ../flow.h.
 */
#include <linux/etherdevice.h>
#include <linux/random.h>
#include <linux/vmalloc.h>

#include <kunit/test.h>

#include "../flow.h"

/* Secrets that are tried: of those that were bad there was one in ten. */
#define SECRETS		100

#define EPOCH		7

u64 vsw_flow_secret[4];
DEFINE_PER_CPU(struct vsw_flow *, vsw_flows);

/* There are no tables to hold them against. */
void vsw_flow_verify(const struct vsw_flow *flow,
		     const struct vsw_flow_key *key)
{
}

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
	{ 64, 60, 1 },
	{ 64, 60, 256 },
	{ 64, 60, 65536 },
	{ 4000, 3480, 1 },
	{ 4000, 3480, 256 },
};

static void flow_many_desc(const struct flow_many *many, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u flows, step %u", many->flows,
		 many->step);
}

KUNIT_ARRAY_PARAM(flow_places, flow_manys, flow_many_desc);

/**
 * struct flow_context - what there is
 * @from: the port that frames come from
 * @to: that which they go to
 * @flows: the cache
 */
struct flow_context {
	struct vsw_port from;
	struct vsw_port to;
	struct vsw_flow *flows;
};

static void flow_key(struct flow_context *ctx, struct vsw_flow_key *key,
		     unsigned int number, u32 step)
{
	u64 dest = 0x020000000000 + (2 * number + 1) * (u64)step;
	u64 source = 0x020000000000 + 2 * number * (u64)step;
	u8 head[16] = {};

	u64_to_ether_addr(dest, head);
	u64_to_ether_addr(source, head + ETH_ALEN);
	*key = (struct vsw_flow_key) {
		.addresses = get_unaligned((const u64 *)head),
		.rest = get_unaligned((const u32 *)(head + sizeof(u64))),
		.from = &ctx->from,
		.epoch = EPOCH,
	};
}

/* As vsw_flow_add() does; all of them are busy */
static bool flow_add(struct flow_context *ctx, struct vsw_flow_key *key)
{
	if (!vsw_flow_place(key, vsw_flow_slot(ctx->flows, key)))
		return false;
	*key->place = (struct vsw_flow) {
		.addresses = key->addresses,
		.rest = key->rest,
		.epoch = key->epoch,
		.from = key->from->id,
		.to = &ctx->to,
		.seen = jiffies,
	};
	return true;
}

/*
 * Without being moved to another CPU, and with the same time for all: there is one CPU
 * where unit tests run, and interrupts are off.
 */
static unsigned int flow_count(struct flow_context *ctx,
			       const struct flow_many *many, bool add)
{
	struct vsw_flow_key key;
	struct vsw_flow *flow;
	unsigned int i, count = 0;

	for (i = 0; i < many->flows; i++) {
		flow_key(ctx, &key, i, many->step);
		if (add) {
			count += flow_add(ctx, &key);
			continue;
		}
		count += vsw_flow_find(&key, &flow) &&
			 flow->addresses == key.addresses &&
			 flow->rest == key.rest;
	}
	return count;
}

static void flow_places(struct kunit *test)
{
	const struct flow_many *many = test->param_value;
	unsigned int i, placed, found, worst = many->flows;
	struct flow_context *ctx = test->priv;

	for (i = 0; i < SECRETS; i++) {
		get_random_bytes(vsw_flow_secret, sizeof(vsw_flow_secret));
		memset(ctx->flows, 0, VSW_FLOW_SLOTS * sizeof(*ctx->flows));
		local_irq_disable();
		this_cpu_write(vsw_flows, ctx->flows);
		placed = flow_count(ctx, many, true);
		found = flow_count(ctx, many, false);
		this_cpu_write(vsw_flows, NULL);
		local_irq_enable();
		worst = min(worst, placed);
		KUNIT_ASSERT_EQ(test, found, placed);
	}
	KUNIT_EXPECT_GE(test, worst, many->least);
}

/* Where there is none, nothing looks like one: nor does a frame of zeroes. */
static void flow_none(struct kunit *test)
{
	struct flow_context *ctx = test->priv;
	struct vsw_flow_key key = { .from = &ctx->from };
	struct vsw_flow *flow;
	bool found;

	local_irq_disable();
	this_cpu_write(vsw_flows, ctx->flows);
	found = vsw_flow_find(&key, &flow);
	this_cpu_write(vsw_flows, NULL);
	local_irq_enable();
	KUNIT_EXPECT_FALSE(test, found);
}

/* One that is there and slow stays if the place beside it has none, or a void one. */
static void flow_slow(struct kunit *test)
{
	struct flow_context *ctx = test->priv;
	struct vsw_flow_key key, other;
	struct vsw_flow *home, *beside;

	flow_key(ctx, &key, 1, 1);
	flow_key(ctx, &other, 2, 1);
	home = &ctx->flows[4];
	beside = vsw_flow_beside(home);
	KUNIT_ASSERT_PTR_EQ(test, beside, &ctx->flows[5]);

	KUNIT_ASSERT_TRUE(test, vsw_flow_place(&key, home));
	KUNIT_ASSERT_PTR_EQ(test, key.place, home);
	*home = (struct vsw_flow) {
		.addresses = key.addresses,
		.rest = key.rest,
		.epoch = EPOCH,
		.from = ctx->from.id,
		.to = &ctx->to,
		.seen = jiffies - 100,
	};
	KUNIT_EXPECT_TRUE(test, vsw_flow_place(&other, home));
	KUNIT_EXPECT_PTR_EQ(test, other.place, beside);
	/* It is its own place. */
	KUNIT_EXPECT_TRUE(test, vsw_flow_place(&key, home));
	KUNIT_EXPECT_PTR_EQ(test, key.place, home);
	/* Void, it gives way. */
	home->epoch = EPOCH - 1;
	KUNIT_EXPECT_TRUE(test, vsw_flow_place(&other, home));
	KUNIT_EXPECT_PTR_EQ(test, other.place, home);
	/* Busy ones of another port do not. */
	home->seen = jiffies;
	*beside = *home;
	ctx->from.id++;
	KUNIT_EXPECT_FALSE(test, vsw_flow_place(&key, home));
}

static int flow_test_init(struct kunit *test)
{
	struct flow_context *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	test->priv = ctx;
	ctx->from.id = 1;
	ctx->to.id = 2;
	ctx->flows = vzalloc(VSW_FLOW_SLOTS * sizeof(*ctx->flows));
	return ctx->flows ? 0 : -ENOMEM;
}

static void flow_test_exit(struct kunit *test)
{
	struct flow_context *ctx = test->priv;

	if (ctx)
		vfree(ctx->flows);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE_PARAM(flow_places, flow_places_gen_params),
	KUNIT_CASE(flow_none),
	KUNIT_CASE(flow_slow),
	{}
};

static struct kunit_suite flow_suite = {
	.name = "vsw_flow",
	.init = flow_test_init,
	.exit = flow_test_exit,
	.test_cases = flow_cases,
};

kunit_test_suite(flow_suite);
