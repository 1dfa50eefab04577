// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/rtnetlink.h>
#include <linux/siit_dc.h>
#include <linux/user_namespace.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "config.h"
#include "explain.h"
#include "netlink.h"
#include "row_nl.h"
#include "settings_nl.h"
#include "stats.h"
#include "txn.h"

static struct genl_family family;

enum { GROUP_CONFIG };

/*
 * Beats 1 and 2 of every handler: the instance, locked. Publishing moves
 * device and hooks as well and needs RTNL, which comes first.
 */
static struct siit_dev *get_instance(struct genl_info *info)
{
	struct siit_net *sn = siit_pernet(genl_info_net(info));

	mutex_lock(&sn->lock);
	if (sn->sd)
		return sn->sd;
	mutex_unlock(&sn->lock);
	GENL_SET_ERR_MSG(info,
			 "no siit_dc device in this network namespace; create one: eamctl up");
	return NULL;
}

static void put_instance(struct siit_dev *sd)
{
	mutex_unlock(&sd->sn->lock);
}

static struct siit_dev *get_instance_rtnl(struct genl_info *info)
{
	struct siit_dev *sd;

	rtnl_lock();
	sd = get_instance(info);
	if (!sd)
		rtnl_unlock();
	return sd;
}

static void put_instance_rtnl(struct siit_dev *sd)
{
	put_instance(sd);
	rtnl_unlock();
}

/* NL-04: what a container may load is bounded by somebody else. */
static bool may_raise(struct sk_buff *skb)
{
	return netlink_ns_capable(skb, &init_user_ns, CAP_NET_ADMIN);
}

static int check_generation(struct siit_dev *sd, struct genl_info *info,
			    u32 expected)
{
	struct nlattr *attr = info->attrs[SIIT_A_GENERATION];

	if (attr && nla_get_u32(attr) != expected) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "not the generation this change starts from; read again");
		return -ESTALE;
	}
	if (expected == sd->generation)
		return 0;
	GENL_SET_ERR_MSG(info, "settings or table changed meanwhile; start again");
	return -ESTALE;
}

/* --- messages --- */

static struct sk_buff *new_msg(u8 cmd, u32 portid, u32 seq, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, portid, seq, &family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static struct sk_buff *new_reply(struct genl_info *info, u8 cmd, void **hdr)
{
	return new_msg(cmd, info->snd_portid, info->snd_seq, hdr);
}

static int put_where(struct sk_buff *msg, const struct siit_dev *sd)
{
	return nla_put_u32(msg, SIIT_A_IFINDEX, sd->dev->ifindex) ||
	       nla_put_u32(msg, SIIT_A_GENERATION, sd->generation) ?
	       -EMSGSIZE : 0;
}

static int put_settings(struct sk_buff *msg, const struct siit_dev *sd)
{
	const struct siit_cfg *cfg = &siit_state_locked(sd)->cfg;

	if (put_where(msg, sd) ||
	    nla_put_string(msg, SIIT_A_IFNAME, sd->dev->name) ||
	    nla_put_u32(msg, SIIT_A_ROWS, siit_eamt_rows(cfg->eamt)) ||
	    nla_put_u64_64bit(msg, SIIT_A_EXPLICIT, cfg->s.explicit,
			      SIIT_A_PAD))
		return -EMSGSIZE;
	return siit_settings_put(msg, &cfg->s);
}

/* Listeners that miss one see by the generation that they did. */
static void notify(const struct siit_dev *sd, u8 cmd,
		   const struct siit_row *row)
{
	struct net *net = dev_net(sd->dev);
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!genl_has_listeners(&family, net, GROUP_CONFIG))
		return;
	msg = new_msg(cmd, 0, 0, &hdr);
	if (!msg)
		return;
	switch (cmd) {
	case SIIT_CMD_SETTINGS_NTF:
		err = put_settings(msg, sd);
		break;
	case SIIT_CMD_TABLE_NTF:
		err = put_where(msg, sd) ||
		      nla_put_u32(msg, SIIT_A_ROWS,
				  siit_eamt_rows(siit_state_locked(sd)->cfg.eamt));
		break;
	default:
		err = put_where(msg, sd) || siit_row_put(msg, row);
	}
	if (err) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&family, net, msg, 0, GROUP_CONFIG, GFP_KERNEL);
}

/* --- settings --- */

static int settings_get(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_dev *sd = get_instance(info);
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!sd)
		return -ENODEV;
	msg = new_reply(info, SIIT_CMD_SETTINGS_GET, &hdr);
	err = msg ? put_settings(msg, sd) : -ENOMEM;
	put_instance(sd);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static u64 unset_bits(const struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[SIIT_A_UNSET];

	return attr ? nla_get_u64(attr) : 0;
}

static int settings_set(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_settings *s;
	struct siit_dev *sd;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIIT_A_SETTINGS))
		return -EINVAL;
	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	sd = get_instance_rtnl(info);
	if (!sd) {
		kfree(s);
		return -ENODEV;
	}
	*s = siit_state_locked(sd)->cfg.s;
	err = check_generation(sd, info, sd->generation);
	if (!err)
		err = siit_settings_parse(s, info->attrs[SIIT_A_SETTINGS],
					  unset_bits(info), may_raise(skb),
					  info->extack);
	if (!err)
		err = siit_config_publish(sd, s, NULL, info->extack);
	if (!err)
		notify(sd, SIIT_CMD_SETTINGS_NTF, NULL);
	put_instance_rtnl(sd);
	kfree(s);
	return err;
}

/* --- rows --- */

static int eam_add(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *nest = info->attrs[SIIT_A_EAM];
	enum siit_eam_error why;
	struct siit_cfg *cfg;
	struct siit_row row;
	struct siit_dev *sd;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIIT_A_EAM))
		return -EINVAL;
	sd = get_instance(info);
	if (!sd)
		return -ENODEV;
	cfg = &siit_state_locked(sd)->cfg;
	err = siit_row_parse(&row, NULL, nest, cfg->s.role, info->extack);
	if (err)
		goto unlock;
	why = siit_eamt_add(cfg->eamt, &row);
	if (why) {
		err = siit_row_refuse(why, nest, info->extack);
		goto unlock;
	}
	sd->generation++;
	notify(sd, SIIT_CMD_EAM_ADD_NTF, &row);
unlock:
	put_instance(sd);
	return err;
}

/* The row that a request names by either column, or by both. */
static const struct siit_row *find_row(const struct siit_cfg *cfg,
				       struct genl_info *info)
{
	const struct nlattr *nest = info->attrs[SIIT_A_EAM];
	const struct siit_row *row, *other;
	struct siit_row_given given;
	struct siit_row key;
	int err;

	err = siit_row_parse(&key, &given, nest, cfg->s.role, info->extack);
	if (err)
		return ERR_PTR(err);
	row = given.col4 ? siit_eamt_find4(cfg->eamt, key.addr4, key.len4) :
			   siit_eamt_find6(cfg->eamt, &key.addr6, key.len6);
	if (!row) {
		NL_SET_BAD_ATTR(info->extack, nest);
		GENL_SET_ERR_MSG(info, "no row has this prefix");
		return ERR_PTR(-ENOENT);
	}
	if (!given.col4 || !given.col6)
		return row;
	other = siit_eamt_find6(cfg->eamt, &key.addr6, key.len6);
	if (other != row) {
		NL_SET_BAD_ATTR(info->extack, nest);
		GENL_SET_ERR_MSG(info, "the IPv4 and the IPv6 prefix are not of one row");
		return ERR_PTR(-ENOENT);
	}
	return row;
}

static int eam_del(struct sk_buff *skb, struct genl_info *info)
{
	const struct siit_row *row;
	struct siit_cfg *cfg;
	struct siit_dev *sd;
	struct siit_row was;
	int err = 0;

	if (GENL_REQ_ATTR_CHECK(info, SIIT_A_EAM))
		return -EINVAL;
	sd = get_instance(info);
	if (!sd)
		return -ENODEV;
	cfg = &siit_state_locked(sd)->cfg;
	row = find_row(cfg, info);
	if (IS_ERR(row)) {
		err = PTR_ERR(row);
	} else {
		was = *row;
		siit_eamt_del(cfg->eamt, row);
		sd->generation++;
		notify(sd, SIIT_CMD_EAM_DEL_NTF, &was);
	}
	put_instance(sd);
	return err;
}

static int eam_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct siit_row *row;
	struct siit_dev *sd;
	struct sk_buff *msg;
	int err = -ENOMEM;
	void *hdr;

	if (GENL_REQ_ATTR_CHECK(info, SIIT_A_EAM))
		return -EINVAL;
	sd = get_instance(info);
	if (!sd)
		return -ENODEV;
	msg = new_reply(info, SIIT_CMD_EAM_GET, &hdr);
	if (msg) {
		row = find_row(&siit_state_locked(sd)->cfg, info);
		err = IS_ERR(row) ? PTR_ERR(row) : siit_row_put(msg, row);
	}
	put_instance(sd);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/*
 * The cursor of a dump is a row of the live table: good for as long as the
 * generation stands. When that moves the dump ends, marked as interrupted.
 */
struct dump_ctx {
	const struct siit_row *row;	/* the last that went out */
	const struct siit_dev *sd;
	u32 generation;
	bool started;
	bool done;
};

static int eam_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct siit_net *sn = siit_pernet(sock_net(skb->sk));
	struct dump_ctx *ctx = (void *)cb->ctx;
	const struct siit_row *row, *next;
	const struct siit_cfg *cfg;
	u32 count = 0;
	void *hdr;

	BUILD_BUG_ON(sizeof(*ctx) > sizeof(cb->ctx));
	if (ctx->done)
		return 0;
	mutex_lock(&sn->lock);
	if (!sn->sd) {
		mutex_unlock(&sn->lock);
		NL_SET_ERR_MSG(cb->extack,
			       "no siit_dc device in this network namespace; create one: eamctl up");
		return -ENODEV;
	}
	if (!ctx->started) {
		ctx->started = true;
		ctx->sd = sn->sd;
		ctx->generation = sn->sd->generation;
	}
	cb->seq = sn->sd->generation;
	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &family, NLM_F_MULTI, SIIT_CMD_EAM_GET);
	if (!hdr) {
		mutex_unlock(&sn->lock);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	if (ctx->sd != sn->sd || ctx->generation != sn->sd->generation) {
		/* An empty message carries the mark. */
		ctx->done = true;
		goto end;
	}
	cfg = &siit_state_locked(sn->sd)->cfg;
	for (row = ctx->row; (next = siit_eamt_next(cfg->eamt, row));
	     row = next) {
		if (siit_row_put(skb, next))
			break;
		count++;
	}
	ctx->row = row;
	ctx->done = !next;
	if (!count) {
		genlmsg_cancel(skb, hdr);
		mutex_unlock(&sn->lock);
		return ctx->done ? 0 : -EMSGSIZE;
	}
end:
	genlmsg_end(skb, hdr);
	mutex_unlock(&sn->lock);
	return skb->len;
}

/* Settings as they are, and a new table, empty or the caller's. */
static int publish_table(struct siit_dev *sd, struct siit_eamt *eamt,
			 struct netlink_ext_ack *extack)
{
	struct siit_settings *s;
	int err;

	s = kmemdup(&siit_state_locked(sd)->cfg.s, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	err = siit_config_publish(sd, s, eamt, extack);
	kfree(s);
	return err;
}

static int eam_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_eamt *eamt;
	struct siit_dev *sd;
	int err;

	sd = get_instance_rtnl(info);
	if (!sd)
		return -ENODEV;
	eamt = siit_eamt_create(siit_state_locked(sd)->cfg.s.max_rows, 0);
	err = eamt ? publish_table(sd, eamt, info->extack) : -ENOMEM;
	if (err)
		siit_eamt_destroy(eamt);
	else
		notify(sd, SIIT_CMD_TABLE_NTF, NULL);
	put_instance_rtnl(sd);
	return err;
}

/* --- transactions --- */

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
				   may_raise(skb), info->extack);
}

static int reply_generation(struct genl_info *info, u8 cmd, u32 generation)
{
	struct sk_buff *msg;
	void *hdr;

	msg = new_reply(info, cmd, &hdr);
	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, SIIT_A_GENERATION, generation)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int txn_begin(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *rows = info->attrs[SIIT_A_ROWS];
	struct siit_settings *s;
	struct siit_txn *txn;
	struct siit_dev *sd;
	u32 flags, gen = 0;
	int err;

	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	sd = get_instance(info);
	if (!sd) {
		kfree(s);
		return -ENODEV;
	}
	err = txn_parse(sd, skb, info, s, &flags);
	if (!err) {
		txn = siit_txn_begin(sd, info->snd_portid, flags, s,
				     rows ? nla_get_u32(rows) : 0);
		err = PTR_ERR_OR_ZERO(txn);
		if (err == -EBUSY)
			GENL_SET_ERR_MSG(info,
					 "too many transactions are open in this network namespace");
		gen = sd->generation;
	}
	put_instance(sd);
	kfree(s);
	return err ? err : reply_generation(info, SIIT_CMD_TXN_BEGIN, gen);
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

static int txn_add(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_txn *txn;
	struct siit_dev *sd;
	int err = -ENOENT;

	if (GENL_REQ_ATTR_CHECK(info, SIIT_A_EAM))
		return -EINVAL;
	sd = get_instance(info);
	if (!sd)
		return -ENODEV;
	txn = get_txn(sd, info);
	if (txn) {
		err = add_rows(txn, info);
		/* Half a table must not be committed by mistake. */
		if (err)
			siit_txn_drop(txn);
	}
	put_instance(sd);
	return err;
}

static int txn_commit(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_txn *txn;
	struct siit_dev *sd;
	u32 gen = 0;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIIT_A_GENERATION))
		return -EINVAL;
	sd = get_instance_rtnl(info);
	if (!sd)
		return -ENODEV;
	txn = get_txn(sd, info);
	if (!txn) {
		err = -ENOENT;
		goto unlock;
	}
	err = check_generation(sd, info, txn->generation);
	if (!err)
		err = siit_config_publish(sd, &txn->settings, txn->eamt,
					  info->extack);
	if (!err) {
		bool replaced = txn->eamt;

		txn->eamt = NULL;		/* the instance has it now */
		gen = sd->generation;
		notify(sd, SIIT_CMD_SETTINGS_NTF, NULL);
		if (replaced)
			notify(sd, SIIT_CMD_TABLE_NTF, NULL);
	}
	siit_txn_drop(txn);
unlock:
	put_instance_rtnl(sd);
	return err ? err : reply_generation(info, SIIT_CMD_TXN_COMMIT, gen);
}

static int txn_abort(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_txn *txn;
	struct siit_dev *sd;

	sd = get_instance(info);
	if (!sd)
		return -ENODEV;
	txn = get_txn(sd, info);
	if (txn)
		siit_txn_drop(txn);
	put_instance(sd);
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

static struct notifier_block release_nb = { .notifier_call = release };

/* --- questions --- */

static int put_stat(struct sk_buff *msg, const struct siit_pcpu *sum, int i)
{
	const struct siit_stat_desc *desc = &siit_stat_descs[i];
	struct nlattr *nest = nla_nest_start(msg, SIIT_A_STAT);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(msg, SIIT_STAT_A_NAME, desc->name) ||
	    nla_put_u8(msg, SIIT_STAT_A_CLASS, desc->class) ||
	    nla_put_u64_64bit(msg, SIIT_STAT_A_PACKETS46,
			      sum->packets[SIIT_46][i], SIIT_STAT_A_PAD) ||
	    nla_put_u64_64bit(msg, SIIT_STAT_A_PACKETS64,
			      sum->packets[SIIT_64][i], SIIT_STAT_A_PAD) ||
	    nla_put_string(msg, SIIT_STAT_A_HELP, desc->help)) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int put_stats(struct sk_buff *msg, const struct siit_dev *sd)
{
	struct siit_pcpu *sum;
	int i, err;

	sum = kmalloc(sizeof(*sum), GFP_KERNEL);
	if (!sum)
		return -ENOMEM;
	siit_stats_sum(sd, sum);
	err = nla_put_u64_64bit(msg, SIIT_A_BYTES46, sum->bytes[SIIT_46],
				SIIT_A_PAD);
	if (!err)
		err = nla_put_u64_64bit(msg, SIIT_A_BYTES64,
					sum->bytes[SIIT_64], SIIT_A_PAD);
	for (i = 0; i < SIIT_STAT_COUNT && !err; i++)
		err = put_stat(msg, sum, i);
	kfree(sum);
	return err;
}

static int stats_get(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_dev *sd = get_instance(info);
	struct sk_buff *msg;
	int err = -ENOMEM;
	void *hdr;

	if (!sd)
		return -ENODEV;
	/* About 160 octets a counter. */
	msg = genlmsg_new(SIIT_STAT_COUNT * 256, GFP_KERNEL);
	if (msg) {
		hdr = genlmsg_put_reply(msg, info, &family, 0,
					SIIT_CMD_STATS_GET);
		err = hdr ? put_stats(msg, sd) : -EMSGSIZE;
	}
	put_instance(sd);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

typedef int (*question_fn)(struct siit_dev *sd, struct nlattr **tb,
			   struct sk_buff *msg, struct netlink_ext_ack *extack);

static int question(struct genl_info *info, u8 cmd, question_fn ask)
{
	struct siit_dev *sd = get_instance(info);
	struct sk_buff *msg;
	int err = -ENOMEM;
	void *hdr;

	if (!sd)
		return -ENODEV;
	msg = new_reply(info, cmd, &hdr);
	if (msg)
		err = ask(sd, info->attrs, msg, info->extack);
	put_instance(sd);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int map_get(struct sk_buff *skb, struct genl_info *info)
{
	return question(info, SIIT_CMD_MAP_GET, siit_explain_map);
}

static int explain(struct sk_buff *skb, struct genl_info *info)
{
	return question(info, SIIT_CMD_EXPLAIN, siit_explain);
}

/* --- the family --- */

static const struct nla_policy no_policy[1] = {};

static const struct nla_policy set_policy[SIIT_A_UNSET + 2] = {
	[SIIT_A_GENERATION] = { .type = NLA_U32 },
	[SIIT_A_UNSET] = { .type = NLA_U64 },
	[SIIT_A_SETTINGS] = NLA_POLICY_NESTED(siit_settings_policy),
};

static const struct nla_policy eam_policy[SIIT_A_EAM + 1] = {
	[SIIT_A_EAM] = NLA_POLICY_NESTED(siit_row_policy),
};

static const struct nla_policy begin_policy[SIIT_A_FLAGS + 1] = {
	[SIIT_A_ROWS] = { .type = NLA_U32 },
	[SIIT_A_SETTINGS] = NLA_POLICY_NESTED(siit_settings_policy),
	[SIIT_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, SIIT_TXN_F_RESET |
					 SIIT_TXN_F_KEEP_TABLE),
};

static const struct nla_policy commit_policy[SIIT_A_GENERATION + 1] = {
	[SIIT_A_GENERATION] = { .type = NLA_U32 },
};

static const struct nla_policy map_policy[SIIT_A_SRC6 + 1] = {
	[SIIT_A_SRC4] = NLA_POLICY_EXACT_LEN(4),
	[SIIT_A_SRC6] = NLA_POLICY_EXACT_LEN(16),
};

static struct netlink_range_validation length_range = {
	.min = 28, .max = 65535,
};

static const struct nla_policy explain_policy[SIIT_A_ENTRY + 1] = {
	[SIIT_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[SIIT_A_SRC4] = NLA_POLICY_EXACT_LEN(4),
	[SIIT_A_DST4] = NLA_POLICY_EXACT_LEN(4),
	[SIIT_A_SRC6] = NLA_POLICY_EXACT_LEN(16),
	[SIIT_A_DST6] = NLA_POLICY_EXACT_LEN(16),
	[SIIT_A_PROTO] = { .type = NLA_U8 },
	[SIIT_A_TTL] = { .type = NLA_U8 },
	[SIIT_A_LENGTH] = NLA_POLICY_FULL_RANGE(NLA_U32, &length_range),
	[SIIT_A_DF] = { .type = NLA_FLAG },
	[SIIT_A_ENTRY] = NLA_POLICY_RANGE(NLA_U8, SIIT_ENTRY_HOOK,
					  SIIT_ENTRY_XMIT),
};

#define OP(_cmd, _doit, _policy) {				\
	.cmd = SIIT_CMD_##_cmd,					\
	.flags = GENL_UNS_ADMIN_PERM,				\
	.doit = (_doit),					\
	.policy = (_policy),					\
	.maxattr = ARRAY_SIZE(_policy) - 1,			\
}

static const struct genl_ops ops[] = {
	OP(SETTINGS_GET, settings_get, no_policy),
	OP(SETTINGS_SET, settings_set, set_policy),
	OP(EAM_ADD, eam_add, eam_policy),
	OP(EAM_DEL, eam_del, eam_policy),
	{
		.cmd = SIIT_CMD_EAM_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = eam_get,
		.dumpit = eam_dump,
		.policy = eam_policy,
		.maxattr = ARRAY_SIZE(eam_policy) - 1,
	},
	OP(EAM_FLUSH, eam_flush, no_policy),
	OP(TXN_BEGIN, txn_begin, begin_policy),
	OP(TXN_ADD, txn_add, eam_policy),
	OP(TXN_COMMIT, txn_commit, commit_policy),
	OP(TXN_ABORT, txn_abort, no_policy),
	{
		/* NL-01: counts, no addresses */
		.cmd = SIIT_CMD_STATS_GET,
		.doit = stats_get,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
	},
	OP(MAP_GET, map_get, map_policy),
	OP(EXPLAIN, explain, explain_policy),
};

static const struct genl_multicast_group groups[] = {
	[GROUP_CONFIG] = {
		.name = SIIT_GENL_MCGRP_CONFIG,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

static struct genl_family family __ro_after_init = {
	.name = SIIT_GENL_NAME,
	.version = SIIT_GENL_VERSION,
	.maxattr = SIIT_A_MAX,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.resv_start_op = SIIT_CMD_MAX + 1,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int __init siit_netlink_init(void)
{
	int err = netlink_register_notifier(&release_nb);

	if (err)
		return err;
	err = genl_register_family(&family);
	if (err)
		netlink_unregister_notifier(&release_nb);
	return err;
}

void siit_netlink_exit(void)
{
	genl_unregister_family(&family);
	netlink_unregister_notifier(&release_nb);
}
