/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The forwarding database (IEEE 802.1Q clause 8.8): which port a (MAC, VID)
 * lives behind.
 *
 * A closed table: it knows neither net devices nor netlink. What a port is to
 * it is struct vsw_fdb_port; who wants to know of changes gives a struct
 * vsw_fdb_ops.
 */
#ifndef VSW_FDB_H
#define VSW_FDB_H

#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/rhashtable.h>
#include <linux/unaligned.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <uapi/linux/vsw.h>

struct vsw_fdb;

/**
 * struct vsw_fdb_port - what the table keeps of a port
 * @losses: entries that have gone, or gone to another port; written under
 *	&vsw_fdb.index.xa_lock, READ_ONCE() in the datapath
 * @learned: entries learned on the port; written under &vsw_fdb.index.xa_lock
 * @learned_max: limit of @learned, 0 for none; written under RTNL
 * @fixed: its other entries; protected by &vsw_fdb.index.xa_lock
 */
struct vsw_fdb_port {
	unsigned long losses;
	unsigned int learned;
	unsigned int learned_max;
	unsigned int fixed;
};

/**
 * struct vsw_fdb_key - what an entry is found by
 * @mac: MAC address
 * @vid: VLAN
 */
struct vsw_fdb_key {
	u8 mac[ETH_ALEN];
	u16 vid;
} __aligned(8);

/**
 * struct vsw_fdb_entry - a (MAC, VID) and its port
 * @node: in &vsw_fdb.hash
 * @key: immutable
 * @port: the port; written under &vsw_fdb.index.xa_lock, read under RCU. A port waits
 *	for a grace period after its entries are gone
 * @type: enum vsw_fdb_type; written under &vsw_fdb.index.xa_lock
 * @dead: the entry has left the table; written under &vsw_fdb.index.xa_lock
 * @bound: what &vsw_fdb_ops.bind said of its owner; written under
 *	&vsw_fdb.index.xa_lock
 * @id: index in &vsw_fdb.index; immutable
 * @updated: jiffies when last seen as a source; racy by intent, any of two
 *	writers may win
 * @rcu: frees the entry
 */
struct vsw_fdb_entry {
	struct rhash_head node;
	struct vsw_fdb_key key;
	struct vsw_fdb_port *port;
	u8 type;
	bool dead;
	u8 bound;
	u32 id;
	unsigned long updated;
	struct rcu_head rcu;
};

/**
 * struct vsw_fdb_ops - who wants to know; all are called under &vsw_fdb.index.xa_lock
 * @bind: @port is about to own @key, by an entry of a type. Returns a number, up to
 *	255, if that has to be taken back by @unbind, 0 if it is of no interest; an
 *	error stops it. Only while somebody wants to know, see vsw_fdb_bind()
 * @unbind: @port does not own @key any more; only for what was bound. @bound is
 *	the number
 * @notify: @entry is new or has changed (@gone is false), or is leaving
 */
struct vsw_fdb_ops {
	int (*bind)(struct vsw_fdb *fdb, const struct vsw_fdb_key *key,
		    struct vsw_fdb_port *port, enum vsw_fdb_type type);
	void (*unbind)(struct vsw_fdb *fdb, const struct vsw_fdb_key *key,
		       struct vsw_fdb_port *port, u8 bound);
	void (*notify)(struct vsw_fdb *fdb, const struct vsw_fdb_entry *entry,
		       bool gone);
};

/**
 * struct vsw_fdb - the table of a switch
 * @hash: entries by key; readers under RCU, writers under the lock of @index
 * @ops: immutable
 * @wq: runs @age_work; immutable
 * @index: entries by id, for walks that survive changes. Its lock is the lock
 *	of the whole table: it serialises writers, and is taken with BH off,
 *	also from the datapath
 * @next_id: protected by the lock of @index
 * @hand: id of the entry that is looked at next when a full table needs room;
 *	likewise
 * @learned: number of dynamic and sticky entries; likewise
 * @fixed: number of static and local entries; likewise
 * @learned_max: limit of @learned; written under RTNL
 * @ageing_time: jiffies, 0 for never; written under RTNL
 * @generation: bumped under the lock of @index when an administrator changes
 *	the table
 * @binding: somebody wants to know who owns an address; protected by the lock
 *	of @index
 * @age_work: removes what is too old
 */
struct vsw_fdb {
	struct rhashtable hash;
	const struct vsw_fdb_ops *ops;
	struct workqueue_struct *wq;
	struct xarray index;
	u32 next_id;
	unsigned long hand;
	unsigned int learned;
	unsigned int fixed;
	unsigned int learned_max;
	unsigned long ageing_time;
	unsigned int generation;
	bool binding;
	struct delayed_work age_work;
};

/**
 * struct vsw_fdb_filter - which entries a flush removes
 * @port: only those of this port, unless NULL
 * @vid: only those of this VLAN, unless 0
 * @keep_vids: not those of these VLANs, unless NULL
 * @types: mask of BIT(enum vsw_fdb_type)
 */
struct vsw_fdb_filter {
	const struct vsw_fdb_port *port;
	u16 vid;
	const unsigned long *keep_vids;
	u8 types;
};

#define VSW_FDB_LEARNED	(BIT(VSW_FDB_TYPE_DYNAMIC) | BIT(VSW_FDB_TYPE_STICKY))
#define VSW_FDB_ALL	(VSW_FDB_LEARNED | BIT(VSW_FDB_TYPE_STATIC) | \
			 BIT(VSW_FDB_TYPE_LOCAL))

/* A walk lets others run after so many entries. */
#define VSW_FDB_SLICE		1024

/* Entries that are visited under one lock, whose places have been fetched by then */
#define VSW_FDB_SOME		16

/* So many entries are looked at for one that has to give way. */
#define VSW_FDB_PROBES		32

#define VSW_FDB_MAX_DEFAULT	262144
#define VSW_FDB_AGEING_DEFAULT	(300 * HZ)

/* Random, so that nobody can choose addresses that collide */
extern u64 vsw_fdb_secret[2];

int vsw_fdb_init(struct vsw_fdb *fdb, const struct vsw_fdb_ops *ops,
		 struct workqueue_struct *wq);
void vsw_fdb_destroy(struct vsw_fdb *fdb);

/* Called under RCU, from the datapath */
void vsw_fdb_learn(struct vsw_fdb *fdb, const u8 *mac, u16 vid,
		   struct vsw_fdb_port *port);
void vsw_fdb_move(struct vsw_fdb *fdb, struct vsw_fdb_entry *entry,
		  struct vsw_fdb_port *port);

/* Called from process context, some with RTNL held; vsw_fdb_set() as @gfp allows */
int vsw_fdb_set(struct vsw_fdb *fdb, const u8 *mac, u16 vid,
		struct vsw_fdb_port *port, enum vsw_fdb_type type, gfp_t gfp);
int vsw_fdb_del(struct vsw_fdb *fdb, const u8 *mac, u16 vid,
		const struct vsw_fdb_port *port, u8 types);
unsigned int vsw_fdb_save(struct vsw_fdb *fdb,
			  const struct vsw_fdb_filter *filter,
			  struct vsw_fdb_key *keys, unsigned int max);
unsigned int vsw_fdb_flush(struct vsw_fdb *fdb,
			   const struct vsw_fdb_filter *filter);
void vsw_fdb_set_ageing(struct vsw_fdb *fdb, unsigned long ageing_time);
int vsw_fdb_bind(struct vsw_fdb *fdb);
void vsw_fdb_unbind(struct vsw_fdb *fdb);
int vsw_fdb_rebind(struct vsw_fdb *fdb, const struct vsw_fdb_port *port);

/* The eight bytes of a struct vsw_fdb_key, as a register holds them */
static inline u64 vsw_fdb_key_word(const u8 *mac, u16 vid)
{
	u32 first = get_unaligned((const u32 *)mac);
	u16 second = get_unaligned((const u16 *)(mac + 4));

#ifdef __LITTLE_ENDIAN
	return (u64)vid << 48 | (u64)second << 32 | first;
#else
	return (u64)first << 32 | (u32)second << 16 | vid;
#endif
}

/*
 * The last step of hashing by multiplication, which promises something of the upper
 * half of a product, or of a sum of such. Keys that are counted up, as addresses of VMs
 * are, come out counted up by some step: with most secrets all the better, with some,
 * one in ten, many of them fall together. Mixed they are as good as any. Of the lower
 * half nothing is used.
 */
static inline u32 vsw_hash_mix(u64 product)
{
	product ^= product >> 15;
	return (product >> 32) * 0x9e3779b97f4a7c15ULL >> 32;
}

/*
 * Strongly universal hashing of two 32-bit words by a multiplication
 * (Dietzfelbinger's pair-multiply-shift): whoever does not know the secret
 * gets two keys of his choice into one bucket by luck only. It takes a fraction
 * of the time of jhash. Each resize of the table, and each chain that became
 * too long, brings a new seed. That is in both factors: with one of them the same,
 * keys that share half of their bytes would stay where they are to each other.
 */
static inline u32 vsw_fdb_hash(const void *key, u32 len, u32 seed)
{
	u64 word = *(const u64 *)key;
	u64 mixed = vsw_fdb_secret[1] ^ seed * 0x9e3779b97f4a7c15ULL;

	return vsw_hash_mix((vsw_fdb_secret[0] + seed + (u32)word) *
			    (mixed + (word >> 32)));
}

static inline int vsw_fdb_compare(struct rhashtable_compare_arg *arg,
				  const void *object)
{
	const struct vsw_fdb_entry *entry = object;

	return *(const u64 *)arg->key != *(const u64 *)&entry->key;
}

/* In the header, so that a look-up is compiled into the datapath as a whole */
static const struct rhashtable_params vsw_fdb_hash_params = {
	.head_offset = offsetof(struct vsw_fdb_entry, node),
	.key_offset = offsetof(struct vsw_fdb_entry, key),
	.key_len = sizeof(struct vsw_fdb_key),
	.hashfn = vsw_fdb_hash,
	.obj_cmpfn = vsw_fdb_compare,
	.automatic_shrinking = true,
};

/**
 * vsw_fdb_find_rcu - look an address up
 * @fdb: the table
 * @mac: MAC address
 * @vid: VLAN
 *
 * Context: RCU read side.
 * Return: the entry, or NULL.
 */
static inline struct vsw_fdb_entry *vsw_fdb_find_rcu(struct vsw_fdb *fdb,
						     const u8 *mac, u16 vid)
{
	u64 word = vsw_fdb_key_word(mac, vid);

	return rhashtable_lookup(&fdb->hash, &word, vsw_fdb_hash_params);
}

/**
 * vsw_fdb_refresh - an entry was seen as a source
 * @entry: the entry
 *
 * Writes only when the jiffy changed, so that a busy entry keeps its cache
 * line shared.
 */
static inline void vsw_fdb_refresh(struct vsw_fdb_entry *entry)
{
	unsigned long now = jiffies;

	if (READ_ONCE(entry->updated) != now)
		WRITE_ONCE(entry->updated, now);
}

static inline bool vsw_fdb_ages(u8 type)
{
	return type <= VSW_FDB_TYPE_STICKY;
}

#endif /* VSW_FDB_H */
