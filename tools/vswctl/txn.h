/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_TXN_H
#define VSWCTL_TXN_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/netlink.h>

/* Longest time to confirm, a day */
#define BATCH_TIMEOUT_MAX 86400u

struct request;
struct txn;
struct vswctl;

/*
 * A transaction: while there is one, request_send() puts changes into it, and the
 * kernel carries out all of them or none when it is committed. What only reads is
 * still sent at once.
 */

/* Returns an exit code, as everything below that returns an int */
int txn_begin(struct vswctl *ctl);
/* The file that is closed, and so unlocked, when @txn ends; -1 as long as there is none */
int *txn_lock(struct txn *txn);
/* Take the transaction out of @ctl; the caller frees it */
struct txn *txn_take(struct vswctl *ctl);
void txn_free(struct txn *txn);

/* Commit the transaction of @ctl unless @code is a failure, and be rid of it */
int txn_end(struct vswctl *ctl, int code);

/* Is it a change? Put it into the transaction of its command */
bool txn_wants(const struct request *req);
int txn_add(const struct request *req);

/*
 * Send @txn. With @undo, which may be NULL, and @timeout, the kernel carries that
 * out after so many seconds, unless it is confirmed before. A failure is told with
 * the line that it comes from.
 */
int txn_commit(struct vswctl *ctl, struct txn *txn, const struct txn *undo,
	       unsigned int timeout);
/* The one that waits stays, or is taken back now */
int txn_settle(struct vswctl *ctl, bool stays);
/* Refuse @what while a transaction waits to be confirmed; an exit code */
int txn_check_settled(struct vswctl *ctl, const char *what);
/* Seconds that are left to confirm, or -1 when none waits */
int txn_waiting(struct vswctl *ctl, long *left);
/* What the kernel says of a transaction; sets the line that is to blame */
void txn_text(struct vswctl *ctl, struct nlmsghdr *reply, char *buf,
	      size_t size);

#endif /* VSWCTL_TXN_H */
