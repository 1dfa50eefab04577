// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "txn.h"

struct siit_txn *siit_txn_find(struct siit_dev *sd, u32 portid)
{
	struct siit_txn *txn;

	list_for_each_entry(txn, &sd->txns, list)
		if (txn->portid == portid)
			return txn;
	return NULL;
}

struct siit_txn *siit_txn_begin(struct siit_dev *sd, u32 portid, u32 flags,
				const struct siit_settings *s, u32 rows)
{
	struct siit_txn *txn, *other;
	u32 count = 0;

	list_for_each_entry(other, &sd->txns, list)
		count++;
	if (count >= SIIT_TXNS_MAX)
		return ERR_PTR(-EBUSY);
	txn = kzalloc(sizeof(*txn), GFP_KERNEL_ACCOUNT);
	if (!txn)
		return ERR_PTR(-ENOMEM);
	txn->portid = portid;
	txn->flags = flags;
	txn->generation = sd->generation;
	txn->settings = *s;
	if (!(flags & SIIT_TXN_F_KEEP_TABLE)) {
		txn->eamt = siit_eamt_create(s->max_rows,
					     min(rows, s->max_rows));
		if (!txn->eamt) {
			kfree(txn);
			return ERR_PTR(-ENOMEM);
		}
		if (s->hits)
			siit_eamt_count_hits(txn->eamt);
	}
	list_add_tail(&txn->list, &sd->txns);
	return txn;
}

static void free_txn(struct work_struct *work)
{
	struct siit_txn *txn = container_of(work, struct siit_txn, free_work);

	siit_eamt_destroy(txn->eamt);
	kfree(txn);
}

void siit_txn_drop(struct siit_txn *txn)
{
	list_del(&txn->list);
	/* Callers hold locks that all of the host waits for. */
	INIT_WORK(&txn->free_work, free_txn);
	queue_work(siit_wq, &txn->free_work);
}

void siit_txn_drop_all(struct siit_dev *sd)
{
	struct siit_txn *txn, *next;

	list_for_each_entry_safe(txn, next, &sd->txns, list)
		siit_txn_drop(txn);
}
