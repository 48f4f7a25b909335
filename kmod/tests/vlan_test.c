// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the VLAN sets, see ../vlan.h. Everything is checked against a model
 * that is too simple to be wrong: a byte for each VID.
 */
#include <linux/prandom.h>

#include <kunit/test.h>

#include "../vlan.c"

#define UNTAGGED	VSW_VLAN_FLAG_UNTAGGED
#define PVID		VSW_VLAN_FLAG_PVID
#define MEMBER		0x80

#define WALK_STEPS	2000

/**
 * struct vlan_model - what a set should be
 * @flags: for each VID MEMBER and enum vsw_vlan_flag, or 0
 */
struct vlan_model {
	u8 flags[VLAN_N_VID];
};

static void model_add(struct vlan_model *model, u16 first, u16 last, u32 flags)
{
	u16 vid;

	for (vid = 1; (flags & PVID) && vid <= VSW_VID_MAX; vid++)
		model->flags[vid] &= ~PVID;
	for (vid = first; vid <= last; vid++)
		model->flags[vid] = MEMBER | flags;
}

static void model_del(struct vlan_model *model, u16 first, u16 last)
{
	u16 vid;

	for (vid = first; vid <= last; vid++)
		model->flags[vid] = 0;
}

static u32 set_flags(const struct vsw_vlans *vlans, u16 vid)
{
	u32 flags = 0;

	if (vsw_vlans_has(vlans, vid))
		flags |= MEMBER;
	if (vsw_vlans_untagged(vlans, vid))
		flags |= UNTAGGED;
	if (vid && vlans->pvid == vid)
		flags |= PVID;
	return flags;
}

static void expect_invariants(struct kunit *test, const struct vsw_vlans *vlans)
{
	KUNIT_EXPECT_EQ(test, vlans->count,
			bitmap_weight(vlans->member, VLAN_N_VID));
	KUNIT_EXPECT_TRUE(test, bitmap_subset(vlans->untagged, vlans->member,
					      VLAN_N_VID));
	KUNIT_EXPECT_FALSE(test, vsw_vlans_has(vlans, 0));
	KUNIT_EXPECT_FALSE(test, vsw_vlans_has(vlans, VLAN_N_VID - 1));
	if (vlans->pvid)
		KUNIT_EXPECT_TRUE(test, vsw_vlans_has(vlans, vlans->pvid));
}

static void expect_model(struct kunit *test, const struct vsw_vlans *vlans,
			 const struct vlan_model *model)
{
	u16 vid;

	expect_invariants(test, vlans);
	for (vid = 0; vid < VLAN_N_VID; vid++)
		if (set_flags(vlans, vid) != model->flags[vid])
			break;
	KUNIT_EXPECT_EQ_MSG(test, vid, VLAN_N_VID, "differs from the model");
}

/* The ranges cover the model, in order, and none could be longer. */
static void expect_ranges(struct kunit *test, const struct vsw_vlans *vlans,
			  const struct vlan_model *model)
{
	struct vlan_model *got = kunit_kzalloc(test, sizeof(*got), GFP_KERNEL);
	struct vsw_vlan_range range, last = { .flags = MEMBER };
	u16 from = 0;

	KUNIT_ASSERT_NOT_NULL(test, got);
	while (vsw_vlans_next(vlans, from, &range)) {
		KUNIT_ASSERT_GE(test, range.first, from);
		KUNIT_ASSERT_LE(test, range.first, range.last);
		KUNIT_ASSERT_LE(test, range.last, VSW_VID_MAX);
		if (last.last + 1 == range.first)
			KUNIT_EXPECT_NE(test, last.flags, range.flags);
		model_add(got, range.first, range.last, range.flags);
		from = range.last + 1;
		last = range;
	}
	KUNIT_EXPECT_MEMEQ(test, got, model, sizeof(*got));
	kunit_kfree(test, got);
}

KUNIT_DEFINE_ACTION_WRAPPER(set_free, kfree, void *);

static struct vsw_vlans *set_make(struct kunit *test)
{
	struct vsw_vlans *vlans = vsw_vlans_alloc();

	KUNIT_ASSERT_NOT_NULL(test, vlans);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, set_free, vlans));
	return vlans;
}

static bool set_add(struct vsw_vlans *vlans, u16 first, u16 last, u32 flags)
{
	const struct vsw_vlan_range range = {
		.first = first,
		.last = last,
		.flags = flags,
	};

	return vsw_vlans_add(vlans, &range);
}

static void vlan_empty(struct kunit *test)
{
	struct vsw_vlans *vlans = set_make(test);
	struct vsw_vlan_range range;

	expect_invariants(test, vlans);
	KUNIT_EXPECT_EQ(test, vlans->count, 0);
	KUNIT_EXPECT_EQ(test, vlans->pvid, 0);
	KUNIT_EXPECT_FALSE(test, vsw_vlans_next(vlans, 0, &range));
	KUNIT_EXPECT_FALSE(test, vsw_vlans_del(vlans, 1, VSW_VID_MAX));
}

/* One addition to a set with 10 tagged, 20 untagged and PVID, 30-39 tagged. */
struct vlan_add_param {
	const char *name;
	u16 first, last;
	u32 flags;
	bool changed;
	u16 count, pvid;
};

static const struct vlan_add_param vlan_add_params[] = {
	{ "lowest VID", 1, 1, 0, true, 13, 20 },
	{ "highest VID", 4094, 4094, 0, true, 13, 20 },
	{ "all VIDs but the PVID", 21, 4094, 0, true, 4076, 20 },
	{ "all VIDs", 1, 4094, 0, true, 4094, 0 },
	{ "again as it was", 10, 10, 0, false, 12, 20 },
	{ "range as it was", 30, 39, 0, false, 12, 20 },
	{ "part of a range", 33, 35, 0, false, 12, 20 },
	{ "PVID as it was", 20, 20, PVID | UNTAGGED, false, 12, 20 },
	{ "overlap at the start", 25, 30, 0, true, 17, 20 },
	{ "overlap at the end", 39, 40, 0, true, 13, 20 },
	{ "tagged becomes untagged", 10, 10, UNTAGGED, true, 12, 20 },
	{ "range becomes untagged", 30, 39, UNTAGGED, true, 12, 20 },
	{ "untagged becomes tagged", 20, 20, PVID, true, 12, 20 },
	{ "PVID moves to a member", 10, 10, PVID, true, 12, 10 },
	{ "PVID moves to a new VID", 50, 50, PVID | UNTAGGED, true, 13, 50 },
	{ "PVID flag taken away", 20, 20, UNTAGGED, true, 12, 0 },
	{ "PVID flag taken away by a range", 19, 21, 0, true, 14, 0 },
};

static void vlan_add_name(const struct vlan_add_param *param, char *name)
{
	strscpy(name, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vlan_add, vlan_add_params, vlan_add_name);

static void vlan_add(struct kunit *test)
{
	const struct vlan_add_param *param = test->param_value;
	struct vlan_model *model = kunit_kzalloc(test, sizeof(*model),
						 GFP_KERNEL);
	struct vsw_vlans *vlans = set_make(test);

	KUNIT_ASSERT_NOT_NULL(test, model);
	set_add(vlans, 10, 10, 0);
	set_add(vlans, 20, 20, PVID | UNTAGGED);
	set_add(vlans, 30, 39, 0);
	model_add(model, 10, 10, 0);
	model_add(model, 20, 20, PVID | UNTAGGED);
	model_add(model, 30, 39, 0);
	expect_model(test, vlans, model);

	KUNIT_EXPECT_EQ(test, param->changed,
			set_add(vlans, param->first, param->last,
				param->flags));

	model_add(model, param->first, param->last, param->flags);
	expect_model(test, vlans, model);
	expect_ranges(test, vlans, model);
	KUNIT_EXPECT_EQ(test, vlans->count, param->count);
	KUNIT_EXPECT_EQ(test, vlans->pvid, param->pvid);
}

/* One removal from the same set. */
struct vlan_del_param {
	const char *name;
	u16 first, last;
	bool changed;
	u16 count, pvid;
};

static const struct vlan_del_param vlan_del_params[] = {
	{ "a VID", 10, 10, true, 11, 20 },
	{ "no member", 11, 11, false, 12, 20 },
	{ "no member in a range", 40, 4094, false, 12, 20 },
	{ "the PVID", 20, 20, true, 11, 0 },
	{ "a range", 30, 39, true, 2, 20 },
	{ "the middle of a range", 33, 35, true, 9, 20 },
	{ "more than there is", 25, 100, true, 2, 20 },
	{ "everything", 1, 4094, true, 0, 0 },
};

static void vlan_del_name(const struct vlan_del_param *param, char *name)
{
	strscpy(name, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vlan_del, vlan_del_params, vlan_del_name);

static void vlan_del(struct kunit *test)
{
	const struct vlan_del_param *param = test->param_value;
	struct vlan_model *model = kunit_kzalloc(test, sizeof(*model),
						 GFP_KERNEL);
	struct vsw_vlans *vlans = set_make(test);

	KUNIT_ASSERT_NOT_NULL(test, model);
	set_add(vlans, 10, 10, 0);
	set_add(vlans, 20, 20, PVID | UNTAGGED);
	set_add(vlans, 30, 39, 0);
	model_add(model, 10, 10, 0);
	model_add(model, 20, 20, PVID | UNTAGGED);
	model_add(model, 30, 39, 0);

	KUNIT_EXPECT_EQ(test, param->changed,
			vsw_vlans_del(vlans, param->first, param->last));

	model_del(model, param->first, param->last);
	expect_model(test, vlans, model);
	expect_ranges(test, vlans, model);
	KUNIT_EXPECT_EQ(test, vlans->count, param->count);
	KUNIT_EXPECT_EQ(test, vlans->pvid, param->pvid);
}

static void vlan_set_access(struct kunit *test)
{
	struct vsw_vlans *vlans = set_make(test);

	set_add(vlans, 1, 4094, UNTAGGED);

	vsw_vlans_set_access(vlans, 100);
	expect_invariants(test, vlans);
	KUNIT_EXPECT_EQ(test, vlans->count, 1);
	KUNIT_EXPECT_EQ(test, set_flags(vlans, 100), MEMBER | PVID | UNTAGGED);

	vsw_vlans_set_access(vlans, 4094);
	expect_invariants(test, vlans);
	KUNIT_EXPECT_EQ(test, vlans->count, 1);
	KUNIT_EXPECT_EQ(test, set_flags(vlans, 100), 0);
	KUNIT_EXPECT_EQ(test, set_flags(vlans, 4094), MEMBER | PVID | UNTAGGED);

	vsw_vlans_set_access(vlans, 0);
	expect_invariants(test, vlans);
	KUNIT_EXPECT_EQ(test, vlans->count, 0);
	KUNIT_EXPECT_EQ(test, vlans->pvid, 0);
}

static void vlan_dup_is_independent(struct kunit *test)
{
	struct vsw_vlans *vlans = set_make(test), *copy;

	set_add(vlans, 10, 20, 0);
	set_add(vlans, 15, 15, PVID | UNTAGGED);
	copy = vsw_vlans_dup(vlans);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_EXPECT_MEMEQ(test, copy, vlans, sizeof(*vlans));

	vsw_vlans_del(copy, 15, 20);

	KUNIT_EXPECT_EQ(test, copy->count, 5);
	KUNIT_EXPECT_EQ(test, vlans->count, 11);
	KUNIT_EXPECT_EQ(test, vlans->pvid, 15);
	expect_invariants(test, vlans);
	expect_invariants(test, copy);
	kfree(copy);
}

/* What vsw_vlans_next() finds from a VID on, in the set of vlan_add. */
struct vlan_next_param {
	const char *name;
	u16 from;
	bool found;
	struct vsw_vlan_range range;
};

static const struct vlan_next_param vlan_next_params[] = {
	{ "from 0", 0, true, { 10, 10, 0 } },
	{ "from a member", 10, true, { 10, 10, 0 } },
	{ "from behind it", 11, true, { 19, 19, 0 } },
	{ "neighbour with other flags", 20, true, { 20, 20, PVID | UNTAGGED } },
	{ "from inside a range", 33, true, { 33, 39, 0 } },
	{ "the end of a range", 39, true, { 39, 39, 0 } },
	{ "up to the highest VID", 40, true, { 4090, 4094, UNTAGGED } },
	{ "from the highest VID", 4094, true, { 4094, 4094, UNTAGGED } },
	{ "from behind all", 4095, false },
	{ "from where no VID is", 4096, false },
};

static void vlan_next_name(const struct vlan_next_param *param, char *name)
{
	strscpy(name, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vlan_next, vlan_next_params, vlan_next_name);

static void vlan_next(struct kunit *test)
{
	const struct vlan_next_param *param = test->param_value;
	struct vsw_vlans *vlans = set_make(test);
	struct vsw_vlan_range range = {};

	set_add(vlans, 10, 10, 0);
	set_add(vlans, 19, 19, 0);
	set_add(vlans, 20, 20, PVID | UNTAGGED);
	set_add(vlans, 30, 39, 0);
	set_add(vlans, 4090, 4094, UNTAGGED);

	KUNIT_EXPECT_EQ(test, param->found,
			vsw_vlans_next(vlans, param->from, &range));

	KUNIT_EXPECT_EQ(test, range.first, param->range.first);
	KUNIT_EXPECT_EQ(test, range.last, param->range.last);
	KUNIT_EXPECT_EQ(test, range.flags, param->range.flags);
}

/* One random step for the set and its model; both must say if they changed. */
static void walk_step(struct kunit *test, struct rnd_state *rnd,
		      struct vsw_vlans *vlans, struct vlan_model *model,
		      struct vlan_model *before)
{
	u16 first = prandom_u32_state(rnd) % VSW_VID_MAX + 1;
	u16 last = min(first + prandom_u32_state(rnd) % 64, VSW_VID_MAX);
	u32 flags = prandom_u32_state(rnd) & UNTAGGED;
	bool changed;

	*before = *model;
	switch (prandom_u32_state(rnd) % 8) {
	case 0:
		vsw_vlans_set_access(vlans, first);
		model_del(model, 1, VSW_VID_MAX);
		model_add(model, first, first, PVID | UNTAGGED);
		return;
	case 1:
		last = first;
		flags |= PVID;
		fallthrough;
	case 2 ... 5:
		changed = set_add(vlans, first, last, flags);
		model_add(model, first, last, flags);
		break;
	default:
		changed = vsw_vlans_del(vlans, first, last);
		model_del(model, first, last);
		break;
	}
	KUNIT_EXPECT_EQ(test, changed,
			!!memcmp(before, model, sizeof(*model)));
}

static void vlan_random_walk(struct kunit *test)
{
	struct vlan_model *model, *before;
	struct vsw_vlans *vlans = set_make(test);
	struct rnd_state rnd;
	int i;

	model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	before = kunit_kzalloc(test, sizeof(*before), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, model);
	KUNIT_ASSERT_NOT_NULL(test, before);
	prandom_seed_state(&rnd, 8021);

	for (i = 0; i < WALK_STEPS; i++) {
		walk_step(test, &rnd, vlans, model, before);
		expect_model(test, vlans, model);
		if (i % 16 == 0)
			expect_ranges(test, vlans, model);
	}
}

static struct kunit_case vlan_cases[] = {
	KUNIT_CASE(vlan_empty),
	KUNIT_CASE_PARAM(vlan_add, vlan_add_gen_params),
	KUNIT_CASE_PARAM(vlan_del, vlan_del_gen_params),
	KUNIT_CASE(vlan_set_access),
	KUNIT_CASE(vlan_dup_is_independent),
	KUNIT_CASE_PARAM(vlan_next, vlan_next_gen_params),
	KUNIT_CASE(vlan_random_walk),
	{}
};

static struct kunit_suite vlan_suite = {
	.name = "vsw_vlan",
	.test_cases = vlan_cases,
};

kunit_test_suite(vlan_suite);
