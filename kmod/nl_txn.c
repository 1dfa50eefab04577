// SPDX-License-Identifier: GPL-2.0
#include <linux/siit_dc.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "config.h"
#include "nl.h"
#include "row_nl.h"
#include "settings_nl.h"
#include "txn.h"

static struct siit_txn *get_txn(struct siit_dev *sd, struct genl_info *info)
{
	struct siit_txn *txn = siit_txn_find(sd, info->snd_portid);

	if (!txn)
		GENL_SET_ERR_MSG(info,
				 "this socket has no transaction; begin one");
	return txn;
}

static int txn_parse(struct siit_dev *sd, struct sk_buff *skb,
		     struct genl_info *info, struct siit_settings *s,
		     u32 *flags)
{
	const struct nlattr *attr = info->attrs[SIIT_A_FLAGS];

	*flags = attr ? nla_get_u32(attr) : 0;
	if (siit_txn_find(sd, info->snd_portid)) {
		GENL_SET_ERR_MSG(info, "this socket has a transaction already");
		return -EBUSY;
	}
	if (*flags & SIIT_TXN_F_RESET)
		memset(s, 0, sizeof(*s));
	else
		*s = siit_state_locked(sd)->cfg.s;
	return siit_settings_parse(s, info->attrs[SIIT_A_SETTINGS], 0,
				   siit_nl_may_raise(skb), info->extack);
}

int siit_nl_txn_begin(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *rows = info->attrs[SIIT_A_ROWS];
	struct siit_settings *s;
	struct sk_buff *reply;
	struct siit_txn *txn;
	struct siit_dev *sd;
	u32 flags, gen = 0;
	int err;

	/* All that may fail comes before what takes effect. */
	reply = siit_nl_new_generation(info, SIIT_CMD_TXN_BEGIN);
	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s || !reply) {
		err = siit_nl_no_memory(info);
		goto out;
	}
	err = -ENODEV;
	sd = siit_nl_get_instance(info);
	if (!sd)
		goto out;
	err = txn_parse(sd, skb, info, s, &flags);
	if (!err) {
		txn = siit_txn_begin(sd, info->snd_portid, flags, s,
				     rows ? nla_get_u32(rows) : 0);
		err = PTR_ERR_OR_ZERO(txn);
		if (err == -EBUSY)
			GENL_SET_ERR_MSG(info,
					 "too many transactions are open in this network namespace");
		else if (err)
			siit_nl_no_memory(info);
		gen = sd->generation;
	}
	siit_nl_put_instance(sd);
out:
	kfree(s);
	siit_nl_end_generation(info, reply, err, gen);
	return err;
}

static int add_rows(struct siit_txn *txn, struct genl_info *info)
{
	const struct nlattr *attr;
	enum siit_eam_error why;
	struct siit_row row;
	int rem, err;

	if (txn->flags & SIIT_TXN_F_KEEP_TABLE) {
		GENL_SET_ERR_MSG(info, "this transaction keeps the table");
		return -EINVAL;
	}
	if (!info->attrs[SIIT_A_EAM]) {
		GENL_SET_ERR_MSG(info, "rows are needed");
		return -EINVAL;
	}
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != SIIT_A_EAM)
			continue;
		err = siit_row_parse(&row, NULL, attr, txn->settings.role,
				     info->extack);
		if (err)
			return err;
		why = siit_eamt_add(txn->eamt, &row);
		if (why)
			return siit_row_refuse(why, attr, info->extack);
	}
	return 0;
}

int siit_nl_txn_add(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_txn *txn;
	struct siit_dev *sd;
	int err = -ENOENT;

	sd = siit_nl_get_instance(info);
	if (!sd)
		return -ENODEV;
	txn = get_txn(sd, info);
	if (txn) {
		err = add_rows(txn, info);
		/* Half a table must not be committed by mistake. */
		if (err)
			siit_txn_drop(txn);
	}
	siit_nl_put_instance(sd);
	return err;
}

/* A message of rows that was refused before it was read leaves too few. */
static int check_rows(const struct siit_txn *txn, struct genl_info *info)
{
	const struct nlattr *rows = info->attrs[SIIT_A_ROWS];

	if (!txn->eamt)
		return 0;
	if (!rows) {
		GENL_SET_ERR_MSG(info, "say how many rows the new table has");
		return -EINVAL;
	}
	if (nla_get_u32(rows) == siit_eamt_rows(txn->eamt))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, rows,
			    "not as many rows have come; nothing was changed");
	return -EINVAL;
}

static int commit(struct siit_dev *sd, struct siit_txn *txn,
		  struct genl_info *info)
{
	bool replaced = txn->eamt;
	int err;

	err = siit_nl_check_generation(sd, info, txn->generation);
	if (!err)
		err = check_rows(txn, info);
	if (!err)
		err = siit_config_publish(sd, &txn->settings, txn->eamt,
					  info->extack);
	if (err)
		return err;
	txn->eamt = NULL;		/* the instance has it now */
	siit_nl_notify(sd, SIIT_CMD_SETTINGS_NTF, NULL);
	if (replaced)
		siit_nl_notify(sd, SIIT_CMD_TABLE_NTF, NULL);
	return 0;
}

int siit_nl_txn_commit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	struct siit_txn *txn;
	struct siit_dev *sd;
	u32 gen = 0;
	int err;

	if (siit_nl_require(info, SIIT_A_GENERATION,
			    "the generation is needed that the transaction began with"))
		return -EINVAL;
	reply = siit_nl_new_generation(info, SIIT_CMD_TXN_COMMIT);
	if (!reply)
		return siit_nl_no_memory(info);
	sd = siit_nl_get_instance_rtnl(info);
	if (!sd) {
		nlmsg_free(reply);
		return -ENODEV;
	}
	err = -ENOENT;
	txn = get_txn(sd, info);
	if (txn) {
		err = commit(sd, txn, info);
		gen = sd->generation;
		siit_txn_drop(txn);
	}
	siit_nl_put_instance_rtnl(sd);
	siit_nl_end_generation(info, reply, err, gen);
	return err;
}

int siit_nl_txn_abort(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_txn *txn;
	struct siit_dev *sd;

	sd = siit_nl_get_instance(info);
	if (!sd)
		return -ENODEV;
	txn = get_txn(sd, info);
	if (txn)
		siit_txn_drop(txn);
	siit_nl_put_instance(sd);
	return txn ? 0 : -ENOENT;
}

/* A candidate dies with its socket (NL-04). */
static int release(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;
	struct siit_txn *txn;
	struct siit_net *sn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	sn = siit_pernet(n->net);
	mutex_lock(&sn->lock);
	txn = sn->sd ? siit_txn_find(sn->sd, n->portid) : NULL;
	if (txn)
		siit_txn_drop(txn);
	mutex_unlock(&sn->lock);
	return NOTIFY_DONE;
}

struct notifier_block siit_nl_release_nb = { .notifier_call = release };
