// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bugs on purpose, one a load: the parameter says which. What looks for bugs has to
 * find them, see ../planted.sh.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <net/net_namespace.h>

static char *bug = "none";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "Which one");

/* The compiler knows nothing of what is read from it. */
static int number = 40;
module_param(number, int, 0444);
MODULE_PARM_DESC(number, "An index and a shift that are too large");

struct thing {
	struct rcu_head rcu;
	struct timer_list timer;
	int value;
};

static DEFINE_MUTEX(mutex_a);
static DEFINE_MUTEX(mutex_b);
static DEFINE_SPINLOCK(spinlock);
static struct thing __rcu *published;
static int shared;

static struct thing *new_thing(void)
{
	return kzalloc(sizeof(struct thing), GFP_KERNEL);
}

static void use_after_free(void)
{
	struct thing *thing = new_thing();

	if (!thing)
		return;
	kfree(thing);
	WRITE_ONCE(thing->value, 1);
}

static void out_of_bounds(void)
{
	int *numbers = kcalloc(4, sizeof(int), GFP_KERNEL);

	if (!numbers)
		return;
	WRITE_ONCE(numbers[number / 10], 1);
	kfree(numbers);
}

static void large_shift(void)
{
	shared = 1 << number;
}

static void missing_unlock(void)
{
	mutex_lock(&mutex_a);
}

static void wrong_order(void)
{
	mutex_lock(&mutex_a);
	mutex_lock(&mutex_b);
	mutex_unlock(&mutex_b);
	mutex_unlock(&mutex_a);

	mutex_lock(&mutex_b);
	mutex_lock(&mutex_a);
	mutex_unlock(&mutex_a);
	mutex_unlock(&mutex_b);
}

static void sleep_in_atomic(void)
{
	spin_lock(&spinlock);
	kfree(new_thing());
	spin_unlock(&spinlock);
}

static void no_rcu_lock(void)
{
	struct thing *thing = rcu_dereference(published);

	if (thing)
		shared = thing->value;
}

static void lost_memory(void)
{
	struct thing *thing = new_thing();

	if (thing)
		thing->value = 1;
}

static void expired(struct timer_list *timer)
{
}

static void freed_timer(void)
{
	struct thing *thing = new_thing();

	if (!thing)
		return;
	timer_setup(&thing->timer, expired, 0);
	mod_timer(&thing->timer, jiffies + HZ);
	kfree(thing);
}

static void freed_twice(void)
{
	struct thing *thing = new_thing();

	if (!thing)
		return;
	kfree_rcu(thing, rcu);
	kfree_rcu(thing, rcu);
}

/* Whoever deletes the device waits for ever. */
static void lost_reference(void)
{
	struct net_device *dev = dev_get_by_name(&init_net, "planted0");

	WARN_ON_ONCE(!dev);
}

/* Two that count up the same number */
static int count(void *done)
{
	unsigned long end = jiffies + 10 * HZ;

	while (time_before(jiffies, end)) {
		shared++;
		cond_resched();
	}
	complete(done);
	return 0;
}

static void race(void)
{
	DECLARE_COMPLETION_ONSTACK(done);
	int n;

	for (n = 0; n < 2; n++)
		if (IS_ERR(kthread_run(count, &done, "planted/%d", n)))
			complete(&done);
	for (n = 0; n < 2; n++)
		wait_for_completion(&done);
}

/* What is no bug is not found either. */
static void none(void)
{
	kfree(new_thing());
}

static const struct {
	const char *name;
	void (*plant)(void);
} bugs[] = {
	{ "none",		none },
	{ "use_after_free",	use_after_free },
	{ "out_of_bounds",	out_of_bounds },
	{ "large_shift",	large_shift },
	{ "missing_unlock",	missing_unlock },
	{ "wrong_order",	wrong_order },
	{ "sleep_in_atomic",	sleep_in_atomic },
	{ "no_rcu_lock",	no_rcu_lock },
	{ "lost_memory",	lost_memory },
	{ "freed_timer",	freed_timer },
	{ "freed_twice",	freed_twice },
	{ "lost_reference",	lost_reference },
	{ "data_race",		race },
};

static int __init planted_init(void)
{
	int n;

	for (n = 0; n < ARRAY_SIZE(bugs); n++) {
		if (strcmp(bugs[n].name, bug))
			continue;
		bugs[n].plant();
		return 0;
	}
	return -EINVAL;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);

MODULE_DESCRIPTION("Bugs to be found by the tests of vsw");
MODULE_LICENSE("GPL");
