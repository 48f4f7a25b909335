// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the forwarding database, see ../fdb.h. After each case the whole
 * table is compared with what it and its owner have counted.
 */
#include <linux/delay.h>

#include <kunit/test.h>

#include "../fdb.c"

#define PORTS		4
#define VID		100
#define MANY		10000
#define COUNTED		1200
#define COUNTED_BUCKETS	2048
#define COUNTED_SECRETS	200
#define AGEING		(HZ / 4)
#define AGED_MSEC	5000

#define DYNAMIC		VSW_FDB_TYPE_DYNAMIC
#define STICKY		VSW_FDB_TYPE_STICKY
#define STATIC		VSW_FDB_TYPE_STATIC
#define LOCAL		VSW_FDB_TYPE_LOCAL
#define NONE		(-1)

/**
 * struct fdb_context - a table and its owner
 * @fdb: the table
 * @ports: ports that own its entries
 * @bound: for each port, bindings less unbindings
 * @changed: calls of notify for new and changed entries
 * @gone: calls of notify for entries that leave
 * @bind_error: what bind returns
 * @ignored: the port whose addresses are of no interest, or NONE
 * @refill: so many entries that leave are each followed by a new one
 */
struct fdb_context {
	struct vsw_fdb fdb;
	struct vsw_fdb_port ports[PORTS];
	int bound[PORTS];
	unsigned int changed;
	unsigned int gone;
	int bind_error;
	int ignored;
	unsigned int refill;
};

static struct fdb_context *fdb_context_of(struct vsw_fdb *fdb)
{
	return container_of(fdb, struct fdb_context, fdb);
}

static int test_bind(struct vsw_fdb *fdb, const struct vsw_fdb_key *key,
		     struct vsw_fdb_port *port, enum vsw_fdb_type type)
{
	struct fdb_context *ctx = fdb_context_of(fdb);

	lockdep_assert_held(&fdb->index.xa_lock);
	if (port - ctx->ports == ctx->ignored)
		return 0;
	if (ctx->bind_error)
		return ctx->bind_error;
	ctx->bound[port - ctx->ports]++;
	return 1 + (port - ctx->ports);
}

/* Counted for the port that was bound, so that another number is noticed. */
static void test_unbind(struct vsw_fdb *fdb, const struct vsw_fdb_key *key,
			struct vsw_fdb_port *port, u8 bound)
{
	struct fdb_context *ctx = fdb_context_of(fdb);

	lockdep_assert_held(&fdb->index.xa_lock);
	ctx->bound[bound - 1]--;
}

/* The address of a number. */
struct test_mac {
	u8 addr[ETH_ALEN] __aligned(2);
};

static struct test_mac mac_of(u32 number)
{
	return (struct test_mac){
		.addr = { 0x02, 0, number >> 24, number >> 16, number >> 8,
			  number },
	};
}

static void test_notify(struct vsw_fdb *fdb, const struct vsw_fdb_entry *entry,
			bool gone)
{
	struct fdb_context *ctx = fdb_context_of(fdb);
	struct test_mac mac;

	lockdep_assert_held(&fdb->index.xa_lock);
	if (!gone) {
		ctx->changed++;
		return;
	}
	ctx->gone++;
	if (!ctx->refill)
		return;
	mac = mac_of(--ctx->refill + 2 * MANY);
	__vsw_fdb_add(fdb, vsw_fdb_new(mac.addr, VID, &ctx->ports[0], DYNAMIC,
				       GFP_ATOMIC));
}

static const struct vsw_fdb_ops test_ops = {
	.bind = test_bind,
	.unbind = test_unbind,
	.notify = test_notify,
};

/*
 * What the datapath does
 */

static void learn(struct fdb_context *ctx, u32 number, u16 vid, int port)
{
	struct test_mac mac = mac_of(number);

	local_bh_disable();
	rcu_read_lock();
	vsw_fdb_learn(&ctx->fdb, mac.addr, vid, &ctx->ports[port]);
	rcu_read_unlock();
	local_bh_enable();
}

static void move(struct fdb_context *ctx, u32 number, u16 vid, int port)
{
	struct test_mac mac = mac_of(number);
	struct vsw_fdb_entry *entry;

	local_bh_disable();
	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&ctx->fdb, mac.addr, vid);
	if (entry)
		vsw_fdb_move(&ctx->fdb, entry, &ctx->ports[port]);
	rcu_read_unlock();
	local_bh_enable();
}

/* The port of an address, or NONE. */
static int port_of(struct fdb_context *ctx, u32 number, u16 vid)
{
	struct test_mac mac = mac_of(number);
	struct vsw_fdb_entry *entry;
	int port = NONE;

	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&ctx->fdb, mac.addr, vid);
	if (entry)
		port = entry->port - ctx->ports;
	rcu_read_unlock();
	return port;
}

static int type_of(struct fdb_context *ctx, u32 number, u16 vid)
{
	struct test_mac mac = mac_of(number);
	struct vsw_fdb_entry *entry;
	int type = NONE;

	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&ctx->fdb, mac.addr, vid);
	if (entry)
		type = entry->type;
	rcu_read_unlock();
	return type;
}

/*
 * What an administrator does
 */

static int set(struct fdb_context *ctx, u32 number, u16 vid, int port, int type)
{
	struct test_mac mac = mac_of(number);

	return vsw_fdb_set(&ctx->fdb, mac.addr, vid, &ctx->ports[port], type,
			   GFP_KERNEL);
}

static int del(struct fdb_context *ctx, u32 number, u16 vid, int port, u8 types)
{
	struct test_mac mac = mac_of(number);

	return vsw_fdb_del(&ctx->fdb, mac.addr, vid,
			   port == NONE ? NULL : &ctx->ports[port], types);
}

/* Every count is what a walk over the entries gives. */
static void expect_consistent(struct kunit *test, struct fdb_context *ctx)
{
	unsigned int learned[PORTS] = {}, fixed_of[PORTS] = {}, owned[PORTS] = {};
	unsigned int all_learned = 0, fixed = 0;
	struct vsw_fdb_entry *entry;
	unsigned long id;
	int port;

	rcu_read_lock();
	xa_for_each(&ctx->fdb.index, id, entry) {
		port = entry->port - ctx->ports;
		KUNIT_EXPECT_EQ(test, id, entry->id);
		KUNIT_EXPECT_FALSE(test, entry->dead);
		KUNIT_EXPECT_PTR_EQ(test, entry,
				    vsw_fdb_find_rcu(&ctx->fdb, entry->key.mac,
						     entry->key.vid));
		owned[port]++;
		if (vsw_fdb_ages(entry->type)) {
			learned[port]++;
			all_learned++;
		} else {
			fixed_of[port]++;
			fixed++;
		}
	}
	rcu_read_unlock();

	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, all_learned);
	KUNIT_EXPECT_EQ(test, ctx->fdb.fixed, fixed);
	KUNIT_EXPECT_EQ(test, atomic_read(&ctx->fdb.hash.nelems),
			all_learned + fixed);
	for (port = 0; port < PORTS; port++) {
		KUNIT_EXPECT_EQ(test, ctx->ports[port].learned, learned[port]);
		KUNIT_EXPECT_EQ(test, ctx->ports[port].fixed, fixed_of[port]);
		KUNIT_EXPECT_EQ(test, ctx->bound[port], owned[port]);
	}
}

static int fdb_test_init(struct kunit *test)
{
	struct fdb_context *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	int err;

	if (!ctx)
		return -ENOMEM;
	err = vsw_fdb_init(&ctx->fdb, &test_ops, system_wq);
	if (err)
		return err;
	ctx->ignored = NONE;
	test->priv = ctx;
	return vsw_fdb_bind(&ctx->fdb);
}

static void fdb_test_exit(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	unsigned int left;
	int port;

	if (!ctx)
		return;
	expect_consistent(test, ctx);
	left = ctx->fdb.learned + ctx->fdb.fixed;
	ctx->gone = 0;
	vsw_fdb_destroy(&ctx->fdb);
	KUNIT_EXPECT_EQ(test, ctx->gone, left);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 0);
	KUNIT_EXPECT_EQ(test, ctx->fdb.fixed, 0);
	for (port = 0; port < PORTS; port++)
		KUNIT_EXPECT_EQ(test, ctx->bound[port], 0);
}

static void fdb_empty(struct kunit *test)
{
	const struct vsw_fdb_filter all = { .types = VSW_FDB_ALL };
	struct fdb_context *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), NONE);
	KUNIT_EXPECT_EQ(test, vsw_fdb_flush(&ctx->fdb, &all), 0);
	KUNIT_EXPECT_EQ(test, del(ctx, 1, VID, NONE, VSW_FDB_ALL), -ENOENT);
	KUNIT_EXPECT_EQ(test, ctx->changed, 0);
	KUNIT_EXPECT_EQ(test, ctx->gone, 0);
}

static void fdb_learn_and_find(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;

	learn(ctx, 1, VID, 0);

	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), 0);
	KUNIT_EXPECT_EQ(test, type_of(ctx, 1, VID), DYNAMIC);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 2, VID), NONE);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 1);
	KUNIT_EXPECT_EQ(test, ctx->fdb.fixed, 0);
	KUNIT_EXPECT_EQ(test, ctx->changed, 1);
	KUNIT_EXPECT_EQ(test, ctx->fdb.generation, 0);
}

/* Two CPUs may see the same new address: the second finds it learned. */
static void fdb_learn_twice(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;

	learn(ctx, 1, VID, 0);
	learn(ctx, 1, VID, 1);

	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), 0);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 1);
	KUNIT_EXPECT_EQ(test, ctx->changed, 1);
}

/* IVL: an address is another one in another VLAN. */
static void fdb_vlans_are_independent(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;

	learn(ctx, 1, 1, 0);
	learn(ctx, 1, 4094, 1);
	KUNIT_EXPECT_EQ(test, set(ctx, 1, 7, 2, STATIC), 0);

	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, 1), 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, 4094), 1);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, 7), 2);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, 2), NONE);
	KUNIT_EXPECT_EQ(test, del(ctx, 1, 1, NONE, VSW_FDB_ALL), 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, 1), NONE);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, 4094), 1);
}

static void fdb_refresh(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	struct test_mac mac = mac_of(1);
	struct vsw_fdb_entry *entry;
	unsigned long before;

	learn(ctx, 1, VID, 0);
	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&ctx->fdb, mac.addr, VID);
	if (entry) {
		entry->updated -= 100 * HZ;
		before = jiffies;
		vsw_fdb_refresh(entry);
		KUNIT_EXPECT_TRUE(test, time_in_range(entry->updated, before,
						      jiffies));
	}
	rcu_read_unlock();
	KUNIT_EXPECT_NOT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, ctx->changed, 1);
}

/* A frame from another port: only dynamic entries move. */
struct fdb_move_param {
	const char *name;
	int type, port, wanted;
	unsigned int changed;
};

static const struct fdb_move_param fdb_move_params[] = {
	{ "dynamic", DYNAMIC, 1, 1, 1 },
	{ "dynamic, same port", DYNAMIC, 0, 0, 0 },
	{ "sticky", STICKY, 1, 0, 0 },
	{ "static", STATIC, 1, 0, 0 },
	{ "local", LOCAL, 1, 0, 0 },
};

static void fdb_move_name(const struct fdb_move_param *param, char *name)
{
	strscpy(name, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fdb_move, fdb_move_params, fdb_move_name);

static void fdb_move(struct kunit *test)
{
	const struct fdb_move_param *param = test->param_value;
	struct fdb_context *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, set(ctx, 1, VID, 0, param->type), 0);
	ctx->changed = 0;

	move(ctx, 1, VID, param->port);

	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), param->wanted);
	KUNIT_EXPECT_EQ(test, type_of(ctx, 1, VID), param->type);
	KUNIT_EXPECT_EQ(test, ctx->changed, param->changed);
	KUNIT_EXPECT_EQ(test, ctx->gone, 0);
}

/* The entry left the table after the frame had found it. */
static void fdb_move_dead(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	struct test_mac mac = mac_of(1);
	struct vsw_fdb_entry *entry;

	learn(ctx, 1, VID, 0);
	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&ctx->fdb, mac.addr, VID);
	KUNIT_EXPECT_EQ(test, del(ctx, 1, VID, NONE, VSW_FDB_ALL), 0);
	ctx->changed = 0;

	local_bh_disable();
	vsw_fdb_move(&ctx->fdb, entry, &ctx->ports[1]);
	local_bh_enable();
	rcu_read_unlock();

	KUNIT_EXPECT_EQ(test, ctx->changed, 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), NONE);
}

/* vsw_fdb_set() on each kind of entry, of the same port and of another. */
struct fdb_set_param {
	int old, new;
	int same, other;
};

static const struct fdb_set_param fdb_set_params[] = {
	{ NONE, DYNAMIC, 0, 0 },
	{ NONE, STICKY, 0, 0 },
	{ NONE, STATIC, 0, 0 },
	{ NONE, LOCAL, 0, 0 },
	{ DYNAMIC, DYNAMIC, 0, 0 },
	{ DYNAMIC, STICKY, 0, 0 },
	{ DYNAMIC, STATIC, 0, 0 },
	{ DYNAMIC, LOCAL, 0, 0 },
	{ STICKY, DYNAMIC, 0, 0 },
	{ STICKY, STICKY, 0, 0 },
	{ STICKY, STATIC, 0, 0 },
	{ STICKY, LOCAL, 0, 0 },
	{ STATIC, DYNAMIC, 0, 0 },
	{ STATIC, STICKY, 0, 0 },
	{ STATIC, STATIC, 0, 0 },
	{ STATIC, LOCAL, -EEXIST, -EEXIST },
	{ LOCAL, DYNAMIC, -EEXIST, -EEXIST },
	{ LOCAL, STICKY, -EEXIST, -EEXIST },
	{ LOCAL, STATIC, -EEXIST, -EEXIST },
	{ LOCAL, LOCAL, 0, -EEXIST },
};

static const char *type_name(int type)
{
	static const char *const names[] = {
		[DYNAMIC] = "dynamic",
		[STICKY] = "sticky",
		[STATIC] = "static",
		[LOCAL] = "local",
	};

	return type == NONE ? "none" : names[type];
}

static void fdb_set_name(const struct fdb_set_param *param, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s to %s", type_name(param->old),
		 type_name(param->new));
}

KUNIT_ARRAY_PARAM(fdb_set, fdb_set_params, fdb_set_name);

static void set_over(struct kunit *test, int port, int wanted)
{
	const struct fdb_set_param *param = test->param_value;
	struct fdb_context *ctx = test->priv;
	unsigned int generation;
	bool same;
	int err;

	if (param->old != NONE)
		KUNIT_ASSERT_EQ(test, set(ctx, 1, VID, 0, param->old), 0);
	same = param->old == param->new && port == 0;
	generation = ctx->fdb.generation;
	ctx->changed = 0;

	err = set(ctx, 1, VID, port, param->new);

	KUNIT_EXPECT_EQ(test, err, wanted);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), wanted ? 0 : port);
	KUNIT_EXPECT_EQ(test, type_of(ctx, 1, VID),
			wanted ? param->old : param->new);
	KUNIT_EXPECT_EQ(test, ctx->changed, !wanted && !same);
	KUNIT_EXPECT_EQ(test, ctx->fdb.generation, generation + !wanted);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned + ctx->fdb.fixed, 1);
	expect_consistent(test, ctx);
	KUNIT_EXPECT_EQ(test, del(ctx, 1, VID, NONE, VSW_FDB_ALL), 0);
}

static void fdb_set(struct kunit *test)
{
	const struct fdb_set_param *param = test->param_value;

	set_over(test, 0, param->same);
	set_over(test, 1, param->other);
}

struct fdb_del_param {
	const char *name;
	int type, port;
	u8 types;
	int wanted;
};

static const struct fdb_del_param fdb_del_params[] = {
	{ "any", STATIC, NONE, VSW_FDB_ALL, 0 },
	{ "of its port", STATIC, 0, VSW_FDB_ALL, 0 },
	{ "of another port", STATIC, 1, VSW_FDB_ALL, -EPERM },
	{ "of its type", STATIC, NONE, BIT(STATIC), 0 },
	{ "of another type", STATIC, NONE, VSW_FDB_LEARNED, -EPERM },
	{ "dynamic as learned", DYNAMIC, NONE, VSW_FDB_LEARNED, 0 },
	{ "sticky as learned", STICKY, NONE, VSW_FDB_LEARNED, 0 },
	{ "local as not local", LOCAL, NONE,
	  VSW_FDB_ALL & ~BIT(LOCAL), -EPERM },
	{ "local as local", LOCAL, 0, BIT(LOCAL), 0 },
};

static void fdb_del_name(const struct fdb_del_param *param, char *name)
{
	strscpy(name, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fdb_del, fdb_del_params, fdb_del_name);

static void fdb_del(struct kunit *test)
{
	const struct fdb_del_param *param = test->param_value;
	struct fdb_context *ctx = test->priv;
	unsigned int generation;

	KUNIT_ASSERT_EQ(test, set(ctx, 1, VID, 0, param->type), 0);
	generation = ctx->fdb.generation;

	KUNIT_EXPECT_EQ(test, del(ctx, 1, VID, param->port, param->types),
			param->wanted);

	KUNIT_EXPECT_EQ(test, type_of(ctx, 1, VID),
			param->wanted ? param->type : NONE);
	KUNIT_EXPECT_EQ(test, ctx->gone, !param->wanted);
	KUNIT_EXPECT_EQ(test, ctx->fdb.generation,
			generation + !param->wanted);
	KUNIT_EXPECT_EQ(test, del(ctx, 1, VID + 1, NONE, VSW_FDB_ALL), -ENOENT);
}

/* Flush a table with one entry of each type in VLANs 1 and 2 of two ports. */
struct fdb_flush_param {
	const char *name;
	int port;
	u16 vid, keep_vid;
	u8 types;
	unsigned int removed;
};

static const struct fdb_flush_param fdb_flush_params[] = {
	{ "all", NONE, 0, 0, VSW_FDB_ALL, 16 },
	{ "nothing", NONE, 0, 0, 0, 0 },
	{ "learned", NONE, 0, 0, VSW_FDB_LEARNED, 8 },
	{ "dynamic", NONE, 0, 0, BIT(DYNAMIC), 4 },
	{ "a port", 1, 0, 0, VSW_FDB_ALL, 8 },
	{ "a port without entries", 2, 0, 0, VSW_FDB_ALL, 0 },
	{ "a VLAN", NONE, 2, 0, VSW_FDB_ALL, 8 },
	{ "a VLAN without entries", NONE, 3, 0, VSW_FDB_ALL, 0 },
	{ "all but a VLAN", NONE, 0, 1, VSW_FDB_ALL, 8 },
	{ "a VLAN that is kept", NONE, 1, 1, VSW_FDB_ALL, 0 },
	{ "learned of a port in a VLAN", 0, 1, 0, VSW_FDB_LEARNED, 2 },
	{ "static of a port, but a VLAN", 0, 0, 2, BIT(STATIC), 1 },
};

static void fdb_flush_name(const struct fdb_flush_param *param, char *name)
{
	strscpy(name, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fdb_flush, fdb_flush_params, fdb_flush_name);

static bool should_go(const struct fdb_flush_param *param, int port, u16 vid,
		      int type)
{
	return (param->types & BIT(type)) &&
	       (param->port == NONE || param->port == port) &&
	       (!param->vid || param->vid == vid) &&
	       (!param->keep_vid || param->keep_vid != vid);
}

static void fdb_flush(struct kunit *test)
{
	const struct fdb_flush_param *param = test->param_value;
	struct fdb_context *ctx = test->priv;
	unsigned long *keep = kunit_kcalloc(test, BITS_TO_LONGS(4096),
					    sizeof(long), GFP_KERNEL);
	const struct vsw_fdb_filter filter = {
		.port = param->port == NONE ? NULL : &ctx->ports[param->port],
		.vid = param->vid,
		.keep_vids = param->keep_vid ? keep : NULL,
		.types = param->types,
	};
	unsigned int generation, i;

	KUNIT_ASSERT_NOT_NULL(test, keep);
	__set_bit(param->keep_vid, keep);
	/* Bits of the number: type (2), port, VLAN */
	for (i = 0; i < 16; i++)
		KUNIT_ASSERT_EQ(test, set(ctx, i, (i >> 3) + 1, i >> 2 & 1,
					  i & 3), 0);
	generation = ctx->fdb.generation;

	KUNIT_EXPECT_EQ(test, vsw_fdb_flush(&ctx->fdb, &filter),
			param->removed);

	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, port_of(ctx, i, (i >> 3) + 1) == NONE,
				should_go(param, i >> 2 & 1, (i >> 3) + 1,
					  i & 3));
	KUNIT_EXPECT_EQ(test, ctx->gone, param->removed);
	KUNIT_EXPECT_EQ(test, ctx->fdb.generation, generation + 1);
}

/* Guests may learn as fast as a flush forgets: it ends all the same. */
static void fdb_flush_ends(struct kunit *test)
{
	const struct vsw_fdb_filter learned = { .types = BIT(DYNAMIC) };
	struct fdb_context *ctx = test->priv;
	int i;

	KUNIT_ASSERT_EQ(test, set(ctx, MANY, VID, 1, STATIC), 0);
	for (i = 0; i < 100; i++)
		learn(ctx, i, VID, i % 2);
	ctx->refill = MANY;
	KUNIT_EXPECT_EQ(test, vsw_fdb_flush(&ctx->fdb, &learned), 101);
	KUNIT_EXPECT_EQ(test, ctx->refill, MANY - 101);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 100);
	ctx->refill = 0;
	/* Those that were there are gone, the others are not. */
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, port_of(ctx, i, VID), NONE);
	KUNIT_EXPECT_EQ(test, type_of(ctx, MANY, VID), STATIC);
	KUNIT_EXPECT_EQ(test, vsw_fdb_flush(&ctx->fdb, &learned), 100);
	KUNIT_EXPECT_EQ(test, vsw_fdb_flush(&ctx->fdb, &learned), 0);
}

static void fdb_table_limit(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	int i;

	ctx->fdb.learned_max = 3;
	for (i = 0; i < 5; i++)
		learn(ctx, i, VID, i % 2);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 3);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 3, VID), NONE);

	/* It limits neither moves nor configuration. */
	move(ctx, 0, VID, 2);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 0, VID), 2);
	KUNIT_EXPECT_EQ(test, set(ctx, 10, VID, 0, STATIC), 0);
	KUNIT_EXPECT_EQ(test, set(ctx, 11, VID, 0, STICKY), 0);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 4);
	KUNIT_EXPECT_EQ(test, ctx->fdb.fixed, 1);

	/* What turns static makes room. */
	KUNIT_EXPECT_EQ(test, set(ctx, 0, VID, 0, STATIC), 0);
	learn(ctx, 3, VID, 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 3, VID), NONE);
	KUNIT_EXPECT_EQ(test, del(ctx, 11, VID, NONE, VSW_FDB_ALL), 0);
	learn(ctx, 3, VID, 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 3, VID), 0);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 3);
}

/* A port that floods the table does not take it from the others. */
static void fdb_fair_limit(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	int i;

	ctx->fdb.learned_max = 300;
	KUNIT_EXPECT_EQ(test, set(ctx, 5000, VID, 0, STICKY), 0);
	for (i = 0; i < 400; i++)
		learn(ctx, i, VID, 0);
	KUNIT_EXPECT_EQ(test, ctx->ports[0].learned, 300);

	/* Who needs little gets it; the oldest give way. */
	for (i = 1000; i < 1010; i++)
		learn(ctx, i, VID, 1);
	KUNIT_EXPECT_EQ(test, ctx->ports[1].learned, 10);
	KUNIT_EXPECT_EQ(test, ctx->ports[0].learned, 290);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 0, VID), NONE);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 298, VID), 0);

	/* Two that want everything share what the third leaves. */
	for (i = 0; i < 2000; i++) {
		learn(ctx, 2000 + i, VID, 2);
		learn(ctx, 10000 + i, VID, 0);
	}
	KUNIT_EXPECT_EQ(test, ctx->ports[1].learned, 10);
	KUNIT_EXPECT_GE(test, ctx->ports[0].learned, 144);
	KUNIT_EXPECT_GE(test, ctx->ports[2].learned, 144);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 300);
	/* What an administrator has set stays. */
	KUNIT_EXPECT_EQ(test, type_of(ctx, 5000, VID), STICKY);
	expect_consistent(test, ctx);

	/* Over a limit that was lowered, two go where one comes. */
	ctx->fdb.learned_max = 200;
	learn(ctx, 20000, VID, 3);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 20000, VID), 3);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 299);
	expect_consistent(test, ctx);
}

static void fdb_port_limit(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	int i;

	ctx->ports[0].learned_max = 2;
	for (i = 0; i < 4; i++)
		learn(ctx, i, VID, 0);
	KUNIT_EXPECT_EQ(test, ctx->ports[0].learned, 2);

	/* The other ports have none. */
	for (i = 4; i < 10; i++)
		learn(ctx, i, VID, 1);
	KUNIT_EXPECT_EQ(test, ctx->ports[1].learned, 6);

	/* Nothing moves to a full port; away from it makes room. */
	move(ctx, 4, VID, 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 4, VID), 1);
	move(ctx, 0, VID, 1);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 0, VID), 1);
	move(ctx, 4, VID, 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 4, VID), 0);
	KUNIT_EXPECT_EQ(test, ctx->ports[0].learned, 2);
	KUNIT_EXPECT_EQ(test, ctx->ports[1].learned, 6);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, 8);

	/* Static entries do not count. */
	KUNIT_EXPECT_EQ(test, set(ctx, 4, VID, 0, STATIC), 0);
	KUNIT_EXPECT_EQ(test, ctx->ports[0].learned, 1);
}

/* No memory for what the owner keeps: all is as it was. */
static void fdb_bind_fails(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	unsigned int generation;

	learn(ctx, 1, VID, 0);
	generation = ctx->fdb.generation;
	ctx->changed = 0;
	ctx->bind_error = -ENOMEM;

	learn(ctx, 2, VID, 0);
	KUNIT_EXPECT_EQ(test, set(ctx, 3, VID, 0, STATIC), -ENOMEM);
	KUNIT_EXPECT_EQ(test, set(ctx, 1, VID, 1, STATIC), -ENOMEM);
	move(ctx, 1, VID, 1);

	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), 0);
	KUNIT_EXPECT_EQ(test, type_of(ctx, 1, VID), DYNAMIC);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 2, VID), NONE);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 3, VID), NONE);
	KUNIT_EXPECT_EQ(test, ctx->changed, 0);
	KUNIT_EXPECT_EQ(test, ctx->fdb.generation, generation);
	expect_consistent(test, ctx);

	/* Another type on the same port is bound anew. */
	KUNIT_EXPECT_EQ(test, set(ctx, 1, VID, 0, STATIC), -ENOMEM);
	KUNIT_EXPECT_EQ(test, type_of(ctx, 1, VID), DYNAMIC);
	expect_consistent(test, ctx);
	ctx->bind_error = 0;
	KUNIT_EXPECT_EQ(test, set(ctx, 1, VID, 0, STATIC), 0);
	KUNIT_EXPECT_EQ(test, type_of(ctx, 1, VID), STATIC);
	learn(ctx, 2, VID, 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 2, VID), 0);
}

static int bound(const struct fdb_context *ctx)
{
	int port, sum = 0;

	for (port = 0; port < PORTS; port++)
		sum += ctx->bound[port];
	return sum;
}

/* Whoever wants to know later learns of what is there already. */
static void fdb_bind_later(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;

	learn(ctx, 1, VID, 0);
	vsw_fdb_unbind(&ctx->fdb);
	KUNIT_EXPECT_EQ(test, bound(ctx), 0);

	/* Nobody is asked: nothing can fail. */
	ctx->bind_error = -ENOMEM;
	learn(ctx, 2, VID, 1);
	KUNIT_EXPECT_EQ(test, set(ctx, 3, VID, 1, STATIC), 0);
	move(ctx, 1, VID, 2);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), 2);
	KUNIT_EXPECT_EQ(test, del(ctx, 2, VID, NONE, VSW_FDB_ALL), 0);
	KUNIT_EXPECT_EQ(test, bound(ctx), 0);

	KUNIT_EXPECT_EQ(test, vsw_fdb_bind(&ctx->fdb), -ENOMEM);
	KUNIT_EXPECT_EQ(test, bound(ctx), 0);
	learn(ctx, 4, VID, 3);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 4, VID), 3);

	ctx->bind_error = 0;
	KUNIT_EXPECT_EQ(test, vsw_fdb_bind(&ctx->fdb), 0);
	KUNIT_EXPECT_EQ(test, bound(ctx), 3);
	expect_consistent(test, ctx);
	learn(ctx, 5, VID, 0);
	KUNIT_EXPECT_EQ(test, bound(ctx), 4);
	/* A second time changes nothing. */
	KUNIT_EXPECT_EQ(test, vsw_fdb_bind(&ctx->fdb), 0);
	KUNIT_EXPECT_EQ(test, bound(ctx), 4);
}

/* A port becomes of interest, or ceases to be. */
static void fdb_rebind(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;

	ctx->ignored = 1;
	learn(ctx, 1, VID, 0);
	learn(ctx, 2, VID, 1);
	KUNIT_EXPECT_EQ(test, bound(ctx), 1);
	move(ctx, 1, VID, 1);
	KUNIT_EXPECT_EQ(test, bound(ctx), 0);
	move(ctx, 1, VID, 0);
	KUNIT_EXPECT_EQ(test, bound(ctx), 1);

	ctx->ignored = 0;
	KUNIT_EXPECT_EQ(test, vsw_fdb_rebind(&ctx->fdb, &ctx->ports[0]), 0);
	KUNIT_EXPECT_EQ(test, bound(ctx), 0);
	KUNIT_EXPECT_EQ(test, vsw_fdb_rebind(&ctx->fdb, &ctx->ports[1]), 0);
	KUNIT_EXPECT_EQ(test, ctx->bound[1], 1);

	/* What fails can be taken back. */
	ctx->ignored = NONE;
	ctx->bind_error = -ENOMEM;
	KUNIT_EXPECT_EQ(test, vsw_fdb_rebind(&ctx->fdb, &ctx->ports[0]),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, ctx->bound[0], 0);
	ctx->ignored = 0;
	KUNIT_EXPECT_EQ(test, vsw_fdb_rebind(&ctx->fdb, &ctx->ports[0]), 0);
	KUNIT_EXPECT_EQ(test, ctx->bound[0], 0);
	KUNIT_EXPECT_EQ(test, del(ctx, 1, VID, NONE, VSW_FDB_ALL), 0);
	KUNIT_EXPECT_EQ(test, del(ctx, 2, VID, NONE, VSW_FDB_ALL), 0);
	KUNIT_EXPECT_EQ(test, bound(ctx), 0);
}

static bool aged_out(struct fdb_context *ctx, u32 number)
{
	int msec;

	for (msec = 0; msec < AGED_MSEC; msec += 20) {
		if (port_of(ctx, number, VID) == NONE)
			return true;
		msleep(20);
	}
	return false;
}

static void fdb_ageing(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	unsigned long start = jiffies;
	int type;

	for (type = DYNAMIC; type <= LOCAL; type++)
		KUNIT_ASSERT_EQ(test, set(ctx, type, VID, 0, type), 0);

	vsw_fdb_set_ageing(&ctx->fdb, AGEING);

	KUNIT_EXPECT_TRUE(test, aged_out(ctx, DYNAMIC));
	KUNIT_EXPECT_TRUE(test, aged_out(ctx, STICKY));
	KUNIT_EXPECT_TRUE(test, time_after(jiffies, start + AGEING));
	KUNIT_EXPECT_EQ(test, port_of(ctx, STATIC, VID), 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, LOCAL, VID), 0);
	KUNIT_EXPECT_EQ(test, ctx->gone, 2);
}

/* A frame now and then keeps an entry alive, and ageing may be off. */
static void fdb_ageing_spares(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	struct test_mac mac = mac_of(1);
	struct vsw_fdb_entry *entry;
	int i;

	learn(ctx, 1, VID, 0);
	learn(ctx, 2, VID, 0);
	vsw_fdb_set_ageing(&ctx->fdb, HZ);
	for (i = 0; i < 30; i++) {
		msleep(100);
		rcu_read_lock();
		entry = vsw_fdb_find_rcu(&ctx->fdb, mac.addr, VID);
		if (entry)
			vsw_fdb_refresh(entry);
		rcu_read_unlock();
	}
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), 0);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 2, VID), NONE);

	vsw_fdb_set_ageing(&ctx->fdb, 0);
	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&ctx->fdb, mac.addr, VID);
	if (entry)
		entry->updated -= 1000 * HZ;
	rcu_read_unlock();
	msleep(1200);
	KUNIT_EXPECT_EQ(test, port_of(ctx, 1, VID), 0);
}

/* Many times what a sweep does in one go, in ten VLANs of four ports. */
static void fdb_many(struct kunit *test)
{
	struct fdb_context *ctx = test->priv;
	const struct vsw_fdb_filter port = {
		.port = &ctx->ports[1],
		.types = VSW_FDB_LEARNED,
	};
	const struct vsw_fdb_filter vlan = {
		.vid = 5,
		.types = VSW_FDB_LEARNED,
	};
	unsigned int i, wrong = 0;

	for (i = 0; i < MANY; i++)
		learn(ctx, i, i % 10 + 1, i / 10 % PORTS);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, MANY);
	for (i = 0; i < MANY; i++)
		wrong += port_of(ctx, i, i % 10 + 1) != i / 10 % PORTS;
	KUNIT_EXPECT_EQ(test, wrong, 0);
	expect_consistent(test, ctx);

	for (i = 0; i < MANY; i++)
		move(ctx, i, i % 10 + 1, (i / 10 + 1) % PORTS);
	for (i = 0; i < MANY; i++)
		wrong += port_of(ctx, i, i % 10 + 1) != (i / 10 + 1) % PORTS;
	KUNIT_EXPECT_EQ(test, wrong, 0);
	expect_consistent(test, ctx);

	KUNIT_EXPECT_EQ(test, vsw_fdb_flush(&ctx->fdb, &port), MANY / PORTS);
	KUNIT_EXPECT_EQ(test, vsw_fdb_flush(&ctx->fdb, &vlan),
			MANY / 10 - MANY / PORTS / 10);
	KUNIT_EXPECT_EQ(test, ctx->ports[1].learned, 0);
	KUNIT_EXPECT_EQ(test, ctx->gone, MANY - ctx->fdb.learned);
}

/* Longer ones the table does not suffer: it takes another seed. */
#define CHAIN_MAX	(RHT_ELASTICITY + 1)

/* The hash table, when it has stopped changing; RCU read side */
static struct bucket_table *settled_table(struct fdb_context *ctx)
{
	struct rhashtable *hash = &ctx->fdb.hash;
	struct bucket_table *table;

	for (;;) {
		flush_work(&hash->run_work);
		rcu_read_lock();
		table = rht_dereference_rcu(hash->tbl, hash);
		if (!rcu_access_pointer(table->future_tbl))
			return table;
		rcu_read_unlock();
	}
}

static unsigned int longest_chain(struct fdb_context *ctx)
{
	struct bucket_table *table = settled_table(ctx);
	unsigned int i, length, longest = 0;
	struct rhash_head *node;

	for (i = 0; i < table->size; i++) {
		length = 0;
		rht_for_each_rcu(node, table, i)
			length++;
		longest = max(longest, length);
	}
	rcu_read_unlock();
	return longest;
}

static u32 bucket_of(struct fdb_context *ctx, struct bucket_table *table, u32 number)
{
	struct test_mac mac = mac_of(number);
	u64 word = vsw_fdb_key_word(mac.addr, VID);

	return rht_key_hashfn(&ctx->fdb.hash, table, &word, vsw_fdb_hash_params);
}

/* What guests and their hosts number addresses by */
static const u32 fdb_steps[] = { 1, 256, 65536, 65537, 1 << 20, 1 << 24, 0x01010101 };

static void fdb_step_desc(const u32 *step, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "step %u", *step);
}

KUNIT_ARRAY_PARAM(fdb_chains, fdb_steps, fdb_step_desc);

static void fdb_chains(struct kunit *test)
{
	u32 step = *(const u32 *)test->param_value;
	struct fdb_context *ctx = test->priv;
	unsigned int i;

	for (i = 0; i < MANY; i++)
		learn(ctx, i * step, VID, 0);
	/* When a table grows nobody looks at chains: the next ones do. */
	for (i = 0; i < MANY && longest_chain(ctx) > CHAIN_MAX; i++)
		learn(ctx, i * step, VID + 1, 0);
	KUNIT_EXPECT_LE(test, longest_chain(ctx), CHAIN_MAX);
}

/* Those of the steps that give as many addresses as are counted */
static const u32 fdb_counts[] = { 1, 256, 65536, 65537, 1 << 20 };

KUNIT_ARRAY_PARAM(fdb_counted, fdb_counts, fdb_step_desc);

/*
 * How many entries a look-up comes by, with one secret after another: like any others,
 * addresses that are counted up are 1.3 for a table that is as full as that.
 */
static void fdb_counted(struct kunit *test)
{
	u32 step = *(const u32 *)test->param_value;
	unsigned int i, n, at, worst = 0;
	u64 was[2], word;
	u8 *chains;

	chains = kunit_kzalloc(test, COUNTED_BUCKETS, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chains);
	memcpy(was, vsw_fdb_secret, sizeof(was));
	for (i = 0; i < COUNTED_SECRETS; i++) {
		unsigned int looks = 0;

		get_random_bytes(vsw_fdb_secret, sizeof(vsw_fdb_secret));
		memset(chains, 0, COUNTED_BUCKETS);
		for (n = 0; n < COUNTED; n++) {
			word = vsw_fdb_key_word(mac_of(n * step).addr, VID);
			at = vsw_fdb_hash(&word, sizeof(word), 0) %
			     COUNTED_BUCKETS;
			looks += ++chains[at];
		}
		worst = max(worst, looks);
	}
	memcpy(vsw_fdb_secret, was, sizeof(was));
	KUNIT_EXPECT_LE(test, worst, COUNTED * 3 / 2);
}

/* By addresses whose last bytes differ, and by some whose last bytes are the same */
static const u32 fdb_attacks[] = { 1, 65536 };

KUNIT_ARRAY_PARAM(fdb_collisions, fdb_attacks, fdb_step_desc);

/* One who knows secret and seed, which nobody does, gets no further than that. */
static void fdb_collisions(struct kunit *test)
{
	u32 colliding[3 * CHAIN_MAX], number, bucket, seed;
	u32 step = *(const u32 *)test->param_value;
	struct fdb_context *ctx = test->priv;
	unsigned int i, few = 100, count = 0;
	struct bucket_table *table;

	for (i = 0; i < few; i++)
		learn(ctx, i, VID + 1, 0);
	table = settled_table(ctx);
	seed = table->hash_rnd;
	bucket = bucket_of(ctx, table, 0);
	for (number = 0; count < ARRAY_SIZE(colliding); number += step)
		if (bucket_of(ctx, table, number) == bucket)
			colliding[count++] = number;
	rcu_read_unlock();

	for (i = 0; i < count; i++)
		learn(ctx, colliding[i], VID, 1);
	KUNIT_EXPECT_EQ(test, ctx->fdb.learned, few + count);
	KUNIT_EXPECT_LE(test, longest_chain(ctx), CHAIN_MAX);
	KUNIT_EXPECT_NE(test, settled_table(ctx)->hash_rnd, seed);
	rcu_read_unlock();
}

static struct kunit_case fdb_cases[] = {
	KUNIT_CASE(fdb_empty),
	KUNIT_CASE(fdb_learn_and_find),
	KUNIT_CASE(fdb_learn_twice),
	KUNIT_CASE(fdb_vlans_are_independent),
	KUNIT_CASE(fdb_refresh),
	KUNIT_CASE_PARAM(fdb_move, fdb_move_gen_params),
	KUNIT_CASE(fdb_move_dead),
	KUNIT_CASE_PARAM(fdb_set, fdb_set_gen_params),
	KUNIT_CASE_PARAM(fdb_del, fdb_del_gen_params),
	KUNIT_CASE_PARAM(fdb_flush, fdb_flush_gen_params),
	KUNIT_CASE(fdb_flush_ends),
	KUNIT_CASE(fdb_table_limit),
	KUNIT_CASE(fdb_fair_limit),
	KUNIT_CASE(fdb_port_limit),
	KUNIT_CASE(fdb_bind_fails),
	KUNIT_CASE(fdb_bind_later),
	KUNIT_CASE(fdb_rebind),
	KUNIT_CASE(fdb_ageing),
	KUNIT_CASE_SLOW(fdb_ageing_spares),
	KUNIT_CASE(fdb_many),
	KUNIT_CASE_PARAM(fdb_chains, fdb_chains_gen_params),
	KUNIT_CASE_PARAM(fdb_counted, fdb_counted_gen_params),
	KUNIT_CASE_PARAM(fdb_collisions, fdb_collisions_gen_params),
	{}
};

static struct kunit_suite fdb_suite = {
	.name = "vsw_fdb",
	.init = fdb_test_init,
	.exit = fdb_test_exit,
	.test_cases = fdb_cases,
};

kunit_test_suite(fdb_suite);

MODULE_DESCRIPTION("KUnit tests of the closed tables of vsw");
MODULE_LICENSE("GPL");
