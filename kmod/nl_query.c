// SPDX-License-Identifier: GPL-2.0
#include <linux/siit_dc.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "explain.h"
#include "nl.h"
#include "stats.h"

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

int siit_nl_stats_get(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_dev *sd = siit_nl_get_instance(info);
	struct sk_buff *msg;
	int err = -ENOMEM;
	void *hdr;

	if (!sd)
		return -ENODEV;
	/* About 160 octets a counter. */
	msg = genlmsg_new(SIIT_STAT_COUNT * 256, GFP_KERNEL);
	if (msg) {
		hdr = genlmsg_put_reply(msg, info, &siit_nl_family, 0,
					SIIT_CMD_STATS_GET);
		err = hdr ? put_stats(msg, sd) : -EMSGSIZE;
	}
	siit_nl_put_instance(sd);
	if (err) {
		nlmsg_free(msg);
		return err == -ENOMEM ? siit_nl_no_memory(info) : err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

typedef int (*question_fn)(struct siit_dev *sd, struct nlattr **tb,
			   struct sk_buff *msg, struct netlink_ext_ack *extack);

static int question(struct genl_info *info, u8 cmd, question_fn ask)
{
	struct siit_dev *sd = siit_nl_get_instance(info);
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!sd)
		return -ENODEV;
	msg = siit_nl_new_reply(info, cmd, &hdr);
	err = msg ? ask(sd, info->attrs, msg, info->extack) :
		    siit_nl_no_memory(info);
	siit_nl_put_instance(sd);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int siit_nl_map_get(struct sk_buff *skb, struct genl_info *info)
{
	return question(info, SIIT_CMD_MAP_GET, siit_explain_map);
}

int siit_nl_explain(struct sk_buff *skb, struct genl_info *info)
{
	return question(info, SIIT_CMD_EXPLAIN, siit_explain);
}
