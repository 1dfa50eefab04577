/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transactions: a candidate for settings and table, owned by the socket that
 * began it. Everything under siit_net.lock.
 */
#ifndef SIIT_TXN_H
#define SIIT_TXN_H

#include "siit.h"

/* Candidates at a time; each may hold a whole table. */
#define SIIT_TXNS_MAX	8

struct siit_txn {
	struct list_head list;
	struct work_struct free_work;
	u32 portid;			/* of the owning socket */
	u32 flags;			/* enum siit_txn_flags */
	u32 generation;			/* the one it starts from */
	struct siit_settings settings;
	struct siit_eamt *eamt;		/* NULL with SIIT_TXN_F_KEEP_TABLE */
};

/* The transaction of this socket, or NULL. */
struct siit_txn *siit_txn_find(struct siit_dev *sd, u32 portid);

/**
 * siit_txn_begin() - a new candidate
 * @sd: the instance
 * @portid: the socket; has none yet
 * @flags: enum siit_txn_flags
 * @s: its settings, finished
 * @rows: how many may come
 *
 * Return: the candidate, or an ERR_PTR: -ENOMEM, -EBUSY with too many of them.
 */
struct siit_txn *siit_txn_begin(struct siit_dev *sd, u32 portid, u32 flags,
				const struct siit_settings *s, u32 rows);

/* The candidate, and later what it holds: a whole table takes its time. */
void siit_txn_drop(struct siit_txn *txn);
void siit_txn_drop_all(struct siit_dev *sd);

#endif /* SIIT_TXN_H */
