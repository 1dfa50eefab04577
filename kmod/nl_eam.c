// SPDX-License-Identifier: GPL-2.0
#include <linux/siit_dc.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "config.h"
#include "nl.h"
#include "row_nl.h"

int siit_nl_eam_add(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *nest = info->attrs[SIIT_A_EAM];
	enum siit_eam_error why;
	struct siit_cfg *cfg;
	struct siit_row row;
	struct siit_dev *sd;
	int err;

	if (siit_nl_require(info, SIIT_A_EAM, "one row is needed"))
		return -EINVAL;
	sd = siit_nl_get_instance(info);
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
	siit_config_changed(sd);
	siit_nl_notify(sd, SIIT_CMD_EAM_ADD_NTF, &row);
unlock:
	siit_nl_put_instance(sd);
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
	if (!other || !siit_row_is_same(other, row)) {
		NL_SET_BAD_ATTR(info->extack, nest);
		GENL_SET_ERR_MSG(info, "the IPv4 and the IPv6 prefix are not of one row");
		return ERR_PTR(-ENOENT);
	}
	return row;
}

int siit_nl_eam_del(struct sk_buff *skb, struct genl_info *info)
{
	const struct siit_row *row;
	struct siit_cfg *cfg;
	struct siit_dev *sd;
	struct siit_row was;
	int err = 0;

	if (siit_nl_require(info, SIIT_A_EAM, "one row is needed"))
		return -EINVAL;
	sd = siit_nl_get_instance(info);
	if (!sd)
		return -ENODEV;
	cfg = &siit_state_locked(sd)->cfg;
	row = find_row(cfg, info);
	if (IS_ERR(row)) {
		err = PTR_ERR(row);
	} else {
		was = *row;
		siit_eamt_del(cfg->eamt, row);
		siit_config_changed(sd);
		siit_nl_notify(sd, SIIT_CMD_EAM_DEL_NTF, &was);
	}
	siit_nl_put_instance(sd);
	return err;
}

int siit_nl_eam_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct siit_cfg *cfg;
	const struct siit_row *row;
	struct siit_dev *sd;
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (siit_nl_require(info, SIIT_A_EAM, "one row is needed"))
		return -EINVAL;
	sd = siit_nl_get_instance(info);
	if (!sd)
		return -ENODEV;
	msg = siit_nl_new_reply(info, SIIT_CMD_EAM_GET, &hdr);
	if (!msg) {
		err = siit_nl_no_memory(info);
	} else {
		cfg = &siit_state_locked(sd)->cfg;
		row = find_row(cfg, info);
		err = IS_ERR(row) ? PTR_ERR(row) :
				    siit_row_put(msg, row,
						 siit_row_hits(cfg->eamt, row));
	}
	siit_nl_put_instance(sd);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/*
 * The cursor of a dump is a row of the live table: good for as long as the
 * stamp stands. When that moves, be it with another device, the dump ends,
 * marked as interrupted.
 */
struct dump_ctx {
	const struct siit_row *row;	/* the last that went out */
	u64 stamp;			/* 0: not started */
	bool done;
};

int siit_nl_eam_dump(struct sk_buff *skb, struct netlink_callback *cb)
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
	if (!ctx->stamp)
		ctx->stamp = sn->sd->stamp;
	/* The low half alone could be 0 or come round. */
	cb->seq = ctx->stamp == sn->sd->stamp ? 1 : 2;
	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &siit_nl_family, NLM_F_MULTI, SIIT_CMD_EAM_GET);
	if (!hdr) {
		mutex_unlock(&sn->lock);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	if (ctx->stamp != sn->sd->stamp) {
		/* An empty message carries the mark. */
		ctx->done = true;
		goto end;
	}
	cfg = &siit_state_locked(sn->sd)->cfg;
	for (row = ctx->row; (next = siit_eamt_next(cfg->eamt, row));
	     row = next) {
		if (siit_row_put(skb, next, siit_row_hits(cfg->eamt, next)))
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
	if (!s) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	err = siit_config_publish(sd, s, eamt, extack);
	kfree(s);
	return err;
}

int siit_nl_eam_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_eamt *eamt;
	struct siit_dev *sd;
	int err;

	sd = siit_nl_get_instance_rtnl(info);
	if (!sd)
		return -ENODEV;
	eamt = siit_eamt_create(siit_state_locked(sd)->cfg.s.max_rows, 0);
	err = eamt ? publish_table(sd, eamt, info->extack) :
		     siit_nl_no_memory(info);
	if (err)
		siit_eamt_destroy(eamt);
	else
		siit_nl_notify(sd, SIIT_CMD_TABLE_NTF, NULL);
	siit_nl_put_instance_rtnl(sd);
	return err;
}
