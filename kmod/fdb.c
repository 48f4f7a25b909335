// SPDX-License-Identifier: GPL-2.0-only
/*
 * The forwarding database. See fdb.h.
 *
 * Two structures hold the same entries: a hash that the datapath looks up, and
 * an xarray by number that ageing, flushing and dumping walk. A number is never
 * reused before 2^32 others, so a walk that stops and goes on later meets every
 * entry that lives through it exactly once, whatever else happens.
 */
#include <linux/once.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "fdb.h"

u64 vsw_fdb_secret[2] __read_mostly;

static void vsw_fdb_count(struct vsw_fdb *fdb, struct vsw_fdb_port *port,
			  u8 type, int by)
{
	if (vsw_fdb_ages(type)) {
		WRITE_ONCE(fdb->learned, fdb->learned + by);
		WRITE_ONCE(port->learned, port->learned + by);
	} else {
		WRITE_ONCE(fdb->fixed, fdb->fixed + by);
		port->fixed += by;
	}
}

/*
 * Whoever counts on an entry of the port has to look again. This is called before and
 * after the loss: nobody takes what is half gone for whole.
 */
static void vsw_fdb_lose(struct vsw_fdb_port *port)
{
	/* Pairs with vsw_flow_add(): the loss is seen before it is counted. */
	smp_store_release(&port->losses, port->losses + 1);
	/* Pairs with vsw_flow_verify(): and counted before it is seen. */
	smp_wmb();
}

static bool vsw_fdb_port_full(const struct vsw_fdb_port *port)
{
	unsigned int max = READ_ONCE(port->learned_max);

	return max && READ_ONCE(port->learned) >= max;
}

/* Has to be what it is to somebody: bound to its port, or of no interest. */
static int __vsw_fdb_bind(struct vsw_fdb *fdb, struct vsw_fdb_entry *entry)
{
	int ret = 0;

	if (fdb->binding)
		ret = fdb->ops->bind(fdb, &entry->key, entry->port, entry->type);
	if (ret < 0)
		return ret;
	WRITE_ONCE(entry->bound, ret);
	return 0;
}

static void __vsw_fdb_unbind(struct vsw_fdb *fdb, struct vsw_fdb_entry *entry)
{
	if (entry->bound)
		fdb->ops->unbind(fdb, &entry->key, entry->port, entry->bound);
	WRITE_ONCE(entry->bound, 0);
}

static int __vsw_fdb_insert(struct vsw_fdb *fdb, struct vsw_fdb_entry *entry)
{
	int err;

	lockdep_assert_held(&fdb->index.xa_lock);

	err = __vsw_fdb_bind(fdb, entry);
	if (err)
		return err;

	/* Returns 1 when the numbers wrapped, which is no error. */
	err = __xa_alloc_cyclic(&fdb->index, &entry->id, entry, xa_limit_32b,
				&fdb->next_id, GFP_ATOMIC);
	if (err < 0)
		goto err_unbind;

	err = rhashtable_lookup_insert_fast(&fdb->hash, &entry->node,
					    vsw_fdb_hash_params);
	if (err)
		goto err_index;

	vsw_fdb_count(fdb, entry->port, entry->type, 1);
	fdb->ops->notify(fdb, entry, false);
	return 0;

err_index:
	__xa_erase(&fdb->index, entry->id);
err_unbind:
	__vsw_fdb_unbind(fdb, entry);
	return err;
}

static struct vsw_fdb_entry *vsw_fdb_new(const u8 *mac, u16 vid,
					 struct vsw_fdb_port *port,
					 enum vsw_fdb_type type, gfp_t gfp)
{
	struct vsw_fdb_entry *entry = kzalloc(sizeof(*entry),
					      gfp | __GFP_NOWARN);

	if (!entry)
		return NULL;
	ether_addr_copy(entry->key.mac, mac);
	entry->key.vid = vid;
	entry->port = port;
	entry->type = type;
	return entry;
}

/* The entry is the table's, or freed. */
static int __vsw_fdb_add(struct vsw_fdb *fdb, struct vsw_fdb_entry *entry)
{
	int err;

	if (!entry)
		return -ENOMEM;
	entry->updated = jiffies;
	err = __vsw_fdb_insert(fdb, entry);
	if (err) {
		/* A walk may have met it already, and waits for the lock. */
		entry->dead = true;
		kfree_rcu(entry, rcu);
	}
	return err;
}

static void __vsw_fdb_remove(struct vsw_fdb *fdb, struct vsw_fdb_entry *entry)
{
	lockdep_assert_held(&fdb->index.xa_lock);

	vsw_fdb_lose(entry->port);
	rhashtable_remove_fast(&fdb->hash, &entry->node, vsw_fdb_hash_params);
	__xa_erase(&fdb->index, entry->id);
	WRITE_ONCE(entry->dead, true);
	vsw_fdb_lose(entry->port);
	vsw_fdb_count(fdb, entry->port, entry->type, -1);
	__vsw_fdb_unbind(fdb, entry);
	fdb->ops->notify(fdb, entry, true);
	kfree_rcu(entry, rcu);
}

/*
 * In a full table a port that has learned more than the one that wants to has to
 * give, so that no guest can take the table from the others: in the end each has
 * as many entries as it needs, or as many as any other. The hand goes round, so
 * the older entries go first.
 *
 * Only a few entries are looked at. A port that has too many is met soon, and
 * else the next frame goes on from there.
 */
static bool vsw_fdb_make_room(struct vsw_fdb *fdb,
			      const struct vsw_fdb_port *port)
{
	struct vsw_fdb_entry *entry;
	int probes;

	/* Then no other can have more. */
	if (port->learned >= fdb->learned - port->learned)
		return false;

	for (probes = 0; probes < VSW_FDB_PROBES; probes++) {
		entry = xa_find(&fdb->index, &fdb->hand, ULONG_MAX,
				XA_PRESENT);
		if (!entry) {
			fdb->hand = 0;
			continue;
		}
		fdb->hand++;
		if (entry->type == VSW_FDB_TYPE_DYNAMIC &&
		    entry->port->learned > port->learned + 1) {
			__vsw_fdb_remove(fdb, entry);
			return true;
		}
	}
	return false;
}

/* May the port learn one more address? */
static bool vsw_fdb_has_room(struct vsw_fdb *fdb,
			     const struct vsw_fdb_port *port)
{
	unsigned int max = READ_ONCE(fdb->learned_max);

	if (vsw_fdb_port_full(port))
		return false;
	if (fdb->learned < max)
		return true;
	if (!vsw_fdb_make_room(fdb, port))
		return false;
	/* By hand, or before the limit was lowered, there may be more. */
	if (fdb->learned >= max)
		vsw_fdb_make_room(fdb, port);
	return true;
}

/* Give an entry another port or type. */
static int __vsw_fdb_change(struct vsw_fdb *fdb, struct vsw_fdb_entry *entry,
			    struct vsw_fdb_port *port, enum vsw_fdb_type type)
{
	struct vsw_fdb_port *old = entry->port;
	bool rebind = old != port || entry->type != type;
	u8 bound = entry->bound;
	int ret = 0;

	lockdep_assert_held(&fdb->index.xa_lock);

	if (rebind && fdb->binding) {
		ret = fdb->ops->bind(fdb, &entry->key, port, type);
		if (ret < 0)
			return ret;
	}
	vsw_fdb_count(fdb, old, entry->type, -1);
	if (old != port)
		vsw_fdb_lose(old);
	WRITE_ONCE(entry->type, type);
	WRITE_ONCE(entry->port, port);
	WRITE_ONCE(entry->updated, jiffies);
	if (old != port)
		vsw_fdb_lose(old);
	vsw_fdb_count(fdb, port, type, 1);
	if (rebind) {
		WRITE_ONCE(entry->bound, ret);
		if (bound)
			fdb->ops->unbind(fdb, &entry->key, old, bound);
	}
	fdb->ops->notify(fdb, entry, false);
	return 0;
}

/**
 * vsw_fdb_learn - a source address without entry was seen on a port
 * @fdb: the table
 * @mac: unicast MAC address
 * @vid: VLAN
 * @port: where it was seen
 *
 * Nothing is learned when the port is full, when the table is full and no other
 * port has more than its share, or when memory is short: the next frame tries
 * again.
 *
 * Context: RCU read side, BH off.
 */
void vsw_fdb_learn(struct vsw_fdb *fdb, const u8 *mac, u16 vid,
		   struct vsw_fdb_port *port)
{
	/* Who has no room has others wait for nothing. */
	if (vsw_fdb_port_full(port))
		return;
	xa_lock_bh(&fdb->index);
	if (!vsw_fdb_find_rcu(fdb, mac, vid) && vsw_fdb_has_room(fdb, port))
		__vsw_fdb_add(fdb, vsw_fdb_new(mac, vid, port,
					       VSW_FDB_TYPE_DYNAMIC,
					       GFP_ATOMIC));
	xa_unlock_bh(&fdb->index);
}

/**
 * vsw_fdb_move - a dynamic address was seen on another port
 * @fdb: the table
 * @entry: its entry
 * @port: where it was seen
 *
 * Context: RCU read side, BH off.
 */
void vsw_fdb_move(struct vsw_fdb *fdb, struct vsw_fdb_entry *entry,
		  struct vsw_fdb_port *port)
{
	xa_lock_bh(&fdb->index);
	if (!entry->dead && entry->type == VSW_FDB_TYPE_DYNAMIC &&
	    entry->port != port && !vsw_fdb_port_full(port))
		__vsw_fdb_change(fdb, entry, port, VSW_FDB_TYPE_DYNAMIC);
	xa_unlock_bh(&fdb->index);
}

/**
 * vsw_fdb_set - add an entry by configuration, or replace one
 * @fdb: the table
 * @mac: unicast MAC address, 2-byte aligned
 * @vid: VLAN
 * @port: its port
 * @type: its type
 * @gfp: how to get memory
 *
 * A local entry replaces a learned one and nothing else; another type replaces
 * all but a local one.
 *
 * Return: 0, -EEXIST if the address has an entry that must stay, -ENOMEM, or -EBUSY
 * while the hash table changes its size.
 */
int vsw_fdb_set(struct vsw_fdb *fdb, const u8 *mac, u16 vid,
		struct vsw_fdb_port *port, enum vsw_fdb_type type, gfp_t gfp)
{
	/* Before the lock is taken, where memory may be waited for */
	struct vsw_fdb_entry *fresh = vsw_fdb_new(mac, vid, port, type, gfp);
	struct vsw_fdb_entry *entry;
	int err;

	rcu_read_lock();
	xa_lock_bh(&fdb->index);
	entry = vsw_fdb_find_rcu(fdb, mac, vid);
	if (!entry)
		err = __vsw_fdb_add(fdb, no_free_ptr(fresh));
	else if (entry->port == port && entry->type == type)
		err = 0;
	else if (entry->type == VSW_FDB_TYPE_LOCAL ||
		 (type == VSW_FDB_TYPE_LOCAL && !vsw_fdb_ages(entry->type)))
		err = -EEXIST;
	else
		err = __vsw_fdb_change(fdb, entry, port, type);
	if (!err)
		fdb->generation++;
	xa_unlock_bh(&fdb->index);
	rcu_read_unlock();
	kfree(fresh);
	return err;
}

/**
 * vsw_fdb_del - remove an entry
 * @fdb: the table
 * @mac: MAC address, 2-byte aligned
 * @vid: VLAN
 * @port: only if it is this port's, unless NULL
 * @types: mask of the types that may go
 *
 * Return: 0, -ENOENT if there is none, -EPERM if it is of another type or port.
 */
int vsw_fdb_del(struct vsw_fdb *fdb, const u8 *mac, u16 vid,
		const struct vsw_fdb_port *port, u8 types)
{
	struct vsw_fdb_entry *entry;
	int err = 0;

	rcu_read_lock();
	xa_lock_bh(&fdb->index);
	entry = vsw_fdb_find_rcu(fdb, mac, vid);
	if (!entry) {
		err = -ENOENT;
	} else if (!(BIT(entry->type) & types) ||
		   (port && entry->port != port)) {
		err = -EPERM;
	} else {
		__vsw_fdb_remove(fdb, entry);
		fdb->generation++;
	}
	xa_unlock_bh(&fdb->index);
	rcu_read_unlock();
	return err;
}

static bool vsw_fdb_match(const struct vsw_fdb *fdb,
			  const struct vsw_fdb_entry *entry, const void *arg)
{
	const struct vsw_fdb_filter *filter = arg;

	return (BIT(READ_ONCE(entry->type)) & filter->types) &&
	       (!filter->port || READ_ONCE(entry->port) == filter->port) &&
	       (!filter->vid || entry->key.vid == filter->vid) &&
	       (!filter->keep_vids ||
		!test_bit(entry->key.vid, filter->keep_vids));
}

static bool vsw_fdb_expired(const struct vsw_fdb *fdb,
			    const struct vsw_fdb_entry *entry, const void *arg)
{
	unsigned long ageing_time = READ_ONCE(fdb->ageing_time);

	return ageing_time && vsw_fdb_ages(READ_ONCE(entry->type)) &&
	       time_after(jiffies, READ_ONCE(entry->updated) + ageing_time);
}

/**
 * struct vsw_fdb_visitor - what a walk does with the entries
 * @wants: is it for this entry? Asked without the lock, and again with it, so
 *	that a walk over a big table holds up nobody
 * @visit: what to do with the entry, under the lock; an error ends the walk. @visitor
 *	may be a part of something larger
 */
struct vsw_fdb_visitor {
	bool (*wants)(const struct vsw_fdb *fdb,
		      const struct vsw_fdb_entry *entry, const void *arg);
	int (*visit)(struct vsw_fdb_visitor *visitor, struct vsw_fdb *fdb,
		     struct vsw_fdb_entry *entry);
};

/* Where it is in the hash table will be looked at. */
static void vsw_fdb_expect(struct vsw_fdb *fdb,
			   const struct vsw_fdb_entry *entry)
{
	struct bucket_table *tbl = rcu_dereference(fdb->hash.tbl);

	prefetchw(rht_bucket(tbl, rht_key_hashfn(&fdb->hash, tbl, &entry->key,
						 vsw_fdb_hash_params)));
}

/* Visit some entries under one lock. Returns how many, or an error. */
static int vsw_fdb_visit_some(struct vsw_fdb *fdb,
			      struct vsw_fdb_visitor *visitor, const void *arg,
			      struct vsw_fdb_entry **some, int count)
{
	int i, visited = 0, err = 0;

	if (!count)
		return 0;
	xa_lock_bh(&fdb->index);
	for (i = 0; i < count && !err; i++) {
		if (some[i]->dead || !visitor->wants(fdb, some[i], arg))
			continue;
		err = visitor->visit(visitor, fdb, some[i]);
		visited++;
	}
	xa_unlock_bh(&fdb->index);
	return err ?: visited;
}

/* Returns how many entries were visited, @most at most, or the error of a visit. */
static int vsw_fdb_walk(struct vsw_fdb *fdb,
			struct vsw_fdb_visitor *visitor, const void *arg,
			int most)
{
	struct vsw_fdb_entry *entry, *some[VSW_FDB_SOME];
	int slice, count, room, ret, visited = 0;
	unsigned long id = 0;

	do {
		slice = VSW_FDB_SLICE;
		count = 0;
		room = min(most - visited, VSW_FDB_SOME);
		rcu_read_lock();
		xa_for_each_start(&fdb->index, id, entry, id) {
			if (!slice-- || count == room)
				break;
			if (!visitor->wants(fdb, entry, arg))
				continue;
			vsw_fdb_expect(fdb, entry);
			some[count++] = entry;
		}
		ret = vsw_fdb_visit_some(fdb, visitor, arg, some, count);
		rcu_read_unlock();
		if (ret < 0)
			return ret;
		visited += ret;
		cond_resched();
	} while (entry && visited < most);

	return visited;
}

static int vsw_fdb_visit_remove(struct vsw_fdb_visitor *visitor,
				struct vsw_fdb *fdb,
				struct vsw_fdb_entry *entry)
{
	__vsw_fdb_remove(fdb, entry);
	return 0;
}

/* Who remembers entries, and where the next one goes */
struct vsw_fdb_saver {
	struct vsw_fdb_visitor visitor;
	struct vsw_fdb_key *next;
	unsigned int room;
};

static int vsw_fdb_visit_save(struct vsw_fdb_visitor *visitor,
			      struct vsw_fdb *fdb,
			      struct vsw_fdb_entry *entry)
{
	struct vsw_fdb_saver *saver = container_of(visitor,
						   struct vsw_fdb_saver,
						   visitor);

	if (!saver->room)
		return 0;
	*saver->next++ = entry->key;
	saver->room--;
	return 0;
}

/* So many entries are those of a filter at the most: who has none is not looked for. */
static int vsw_fdb_most(struct vsw_fdb *fdb,
			const struct vsw_fdb_filter *filter)
{
	unsigned int most;

	xa_lock_bh(&fdb->index);
	if (filter->port)
		most = filter->port->learned + filter->port->fixed;
	else
		most = fdb->learned + fdb->fixed;
	xa_unlock_bh(&fdb->index);
	return min_t(unsigned int, most, INT_MAX);
}

/**
 * vsw_fdb_save - remember entries
 * @fdb: the table
 * @filter: which
 * @keys: where to
 * @max: how many at most
 *
 * Context: process, may sleep.
 * Return: how many there are.
 */
unsigned int vsw_fdb_save(struct vsw_fdb *fdb,
			  const struct vsw_fdb_filter *filter,
			  struct vsw_fdb_key *keys, unsigned int max)
{
	struct vsw_fdb_saver saver = {
		.visitor = {
			.wants = vsw_fdb_match,
			.visit = vsw_fdb_visit_save,
		},
		.next = keys,
		.room = max,
	};

	return vsw_fdb_walk(fdb, &saver.visitor, filter,
			    vsw_fdb_most(fdb, filter));
}

/**
 * vsw_fdb_flush - remove many entries
 * @fdb: the table
 * @filter: which
 *
 * Not more than there are now: who learns faster than they go would keep the
 * caller, and with him RTNL, for as long as he likes. All of them go if meanwhile
 * none is added that is wanted.
 *
 * Context: process, may sleep.
 * Return: how many were removed.
 */
unsigned int vsw_fdb_flush(struct vsw_fdb *fdb,
			   const struct vsw_fdb_filter *filter)
{
	struct vsw_fdb_visitor visitor = {
		.wants = vsw_fdb_match,
		.visit = vsw_fdb_visit_remove,
	};
	int removed = vsw_fdb_walk(fdb, &visitor, filter,
				   vsw_fdb_most(fdb, filter));

	xa_lock_bh(&fdb->index);
	fdb->generation++;
	xa_unlock_bh(&fdb->index);
	return removed;
}

/* Often enough that an entry outlives its time by an eighth at the most. */
static unsigned long vsw_fdb_age_period(const struct vsw_fdb *fdb)
{
	return clamp(READ_ONCE(fdb->ageing_time) / 8, (unsigned long)HZ / 2,
		     30UL * HZ);
}

static void vsw_fdb_age(struct work_struct *work)
{
	struct vsw_fdb *fdb = container_of(to_delayed_work(work),
					   struct vsw_fdb, age_work);
	struct vsw_fdb_visitor visitor = {
		.wants = vsw_fdb_expired,
		.visit = vsw_fdb_visit_remove,
	};

	vsw_fdb_walk(fdb, &visitor, NULL, INT_MAX);
	if (READ_ONCE(fdb->ageing_time))
		queue_delayed_work(fdb->wq, &fdb->age_work,
				   vsw_fdb_age_period(fdb));
}

/**
 * vsw_fdb_set_ageing - set the ageing time
 * @fdb: the table
 * @ageing_time: jiffies, 0 for never
 */
void vsw_fdb_set_ageing(struct vsw_fdb *fdb, unsigned long ageing_time)
{
	WRITE_ONCE(fdb->ageing_time, ageing_time);
	mod_delayed_work(fdb->wq, &fdb->age_work,
			 vsw_fdb_age_period(fdb));
}

static bool vsw_fdb_is_of(const struct vsw_fdb *fdb,
			  const struct vsw_fdb_entry *entry, const void *arg)
{
	return !arg || READ_ONCE(entry->port) == arg;
}

/* Bound anew before it is unbound, so that the address is never nobody's. */
static int vsw_fdb_visit_rebind(struct vsw_fdb_visitor *visitor,
				struct vsw_fdb *fdb,
				struct vsw_fdb_entry *entry)
{
	u8 bound = entry->bound;
	int err;

	err = __vsw_fdb_bind(fdb, entry);
	if (!err && bound)
		fdb->ops->unbind(fdb, &entry->key, entry->port, bound);
	return err;
}

/**
 * vsw_fdb_rebind - something else is of interest about a port
 * @fdb: the table
 * @port: the port, or NULL for all
 *
 * Asks anew who is to be bound.
 *
 * Context: process, may sleep; one caller at a time.
 * Return: 0, or the error of a bind: then call it again when what is of
 * interest is as before, which cannot fail.
 */
int vsw_fdb_rebind(struct vsw_fdb *fdb, const struct vsw_fdb_port *port)
{
	struct vsw_fdb_visitor visitor = {
		.wants = vsw_fdb_is_of,
		.visit = vsw_fdb_visit_rebind,
	};
	int ret = vsw_fdb_walk(fdb, &visitor, port, INT_MAX);

	return min(ret, 0);
}

/* New entries first, then those that are there. */
static int vsw_fdb_set_binding(struct vsw_fdb *fdb, bool binding)
{
	xa_lock_bh(&fdb->index);
	fdb->binding = binding;
	xa_unlock_bh(&fdb->index);
	return vsw_fdb_rebind(fdb, NULL);
}

/**
 * vsw_fdb_bind - from now on somebody wants to know who owns an address
 * @fdb: the table
 *
 * Binds what is in the table, and what comes into it. Nobody pays for that as
 * long as nobody wants to know.
 *
 * Context: process, may sleep; one caller at a time.
 * Return: 0, or the error of a bind and nothing is bound.
 */
int vsw_fdb_bind(struct vsw_fdb *fdb)
{
	int err = vsw_fdb_set_binding(fdb, true);

	if (err)
		vsw_fdb_unbind(fdb);
	return err;
}

/**
 * vsw_fdb_unbind - nobody wants to know any more
 * @fdb: the table
 *
 * Context: as of vsw_fdb_bind().
 */
void vsw_fdb_unbind(struct vsw_fdb *fdb)
{
	vsw_fdb_set_binding(fdb, false);
}

/**
 * vsw_fdb_init - make an empty table
 * @fdb: zeroed memory
 * @ops: who wants to know of changes
 * @wq: runs the ageing
 *
 * Return: 0 or a negative error.
 */
int vsw_fdb_init(struct vsw_fdb *fdb, const struct vsw_fdb_ops *ops,
		 struct workqueue_struct *wq)
{
	int err;

	get_random_once(vsw_fdb_secret, sizeof(vsw_fdb_secret));
	err = rhashtable_init(&fdb->hash, &vsw_fdb_hash_params);
	if (err)
		return err;

	xa_init_flags(&fdb->index, XA_FLAGS_ALLOC | XA_FLAGS_LOCK_BH);
	INIT_DELAYED_WORK(&fdb->age_work, vsw_fdb_age);
	fdb->ops = ops;
	fdb->wq = wq;
	fdb->learned_max = VSW_FDB_MAX_DEFAULT;
	vsw_fdb_set_ageing(fdb, VSW_FDB_AGEING_DEFAULT);
	return 0;
}

/**
 * vsw_fdb_destroy - free a table that nobody reads any more
 * @fdb: the table
 */
void vsw_fdb_destroy(struct vsw_fdb *fdb)
{
	const struct vsw_fdb_filter all = { .types = VSW_FDB_ALL };

	cancel_delayed_work_sync(&fdb->age_work);
	vsw_fdb_flush(fdb, &all);
	xa_destroy(&fdb->index);
	rhashtable_destroy(&fdb->hash);
}
