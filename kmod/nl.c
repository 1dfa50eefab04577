// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/rtnetlink.h>
#include <linux/siit_dc.h>
#include <linux/user_namespace.h>
#include <net/genetlink.h>

#include "nl.h"
#include "row_nl.h"
#include "settings_nl.h"

/*
 * Beats 1 and 2 of every handler: the instance, locked. Publishing moves
 * device and hooks as well and needs RTNL, which comes first.
 */
struct siit_dev *siit_nl_get_instance(struct genl_info *info)
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

void siit_nl_put_instance(struct siit_dev *sd)
{
	mutex_unlock(&sd->sn->lock);
}

struct siit_dev *siit_nl_get_instance_rtnl(struct genl_info *info)
{
	struct siit_dev *sd;

	rtnl_lock();
	sd = siit_nl_get_instance(info);
	if (!sd)
		rtnl_unlock();
	return sd;
}

void siit_nl_put_instance_rtnl(struct siit_dev *sd)
{
	siit_nl_put_instance(sd);
	rtnl_unlock();
}

int siit_nl_require(struct genl_info *info, int type, const char *what)
{
	const struct nlattr *attr;
	int rem, count = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		if (nla_type(attr) == type && count++)
			NL_SET_BAD_ATTR(info->extack, attr);
	if (count == 1)
		return 0;
	info->extack->_msg = count ? "given more than once" : what;
	return -EINVAL;
}

int siit_nl_no_memory(struct genl_info *info)
{
	GENL_SET_ERR_MSG(info, "out of memory");
	return -ENOMEM;
}

/* NL-04: what a container may load is bounded by somebody else. */
bool siit_nl_may_raise(struct sk_buff *skb)
{
	return netlink_ns_capable(skb, &init_user_ns, CAP_NET_ADMIN);
}

int siit_nl_check_generation(struct siit_dev *sd, struct genl_info *info,
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

static struct sk_buff *new_msg(u8 cmd, u32 portid, u32 seq, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, portid, seq, &siit_nl_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

struct sk_buff *siit_nl_new_reply(struct genl_info *info, u8 cmd, void **hdr)
{
	return new_msg(cmd, info->snd_portid, info->snd_seq, hdr);
}

static int put_where(struct sk_buff *msg, const struct siit_dev *sd)
{
	return nla_put_u32(msg, SIIT_A_IFINDEX, sd->dev->ifindex) ||
	       nla_put_u32(msg, SIIT_A_GENERATION, sd->generation) ?
	       -EMSGSIZE : 0;
}

int siit_nl_put_settings(struct sk_buff *msg, const struct siit_dev *sd)
{
	const struct siit_cfg *cfg = &siit_state_locked(sd)->cfg;
	char name[IFNAMSIZ];

	/* Renaming takes another lock. */
	strscpy(name, sd->dev->name, sizeof(name));
	if (put_where(msg, sd) ||
	    nla_put_string(msg, SIIT_A_IFNAME, name) ||
	    nla_put_u32(msg, SIIT_A_ROWS, siit_eamt_rows(cfg->eamt)) ||
	    nla_put_u64_64bit(msg, SIIT_A_EXPLICIT, cfg->s.explicit,
			      SIIT_A_PAD))
		return -EMSGSIZE;
	return siit_settings_put(msg, &cfg->s);
}

/* Listeners that miss one see by the generation that they did. */
void siit_nl_notify(const struct siit_dev *sd, u8 cmd,
		    const struct siit_row *row)
{
	struct net *net = dev_net(sd->dev);
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!genl_has_listeners(&siit_nl_family, net, SIIT_NL_GROUP_CONFIG))
		return;
	msg = new_msg(cmd, 0, 0, &hdr);
	if (!msg)
		return;
	switch (cmd) {
	case SIIT_CMD_SETTINGS_NTF:
		err = siit_nl_put_settings(msg, sd);
		break;
	case SIIT_CMD_TABLE_NTF:
		err = put_where(msg, sd) ||
		      nla_put_u32(msg, SIIT_A_ROWS,
				  siit_eamt_rows(siit_state_locked(sd)->cfg.eamt));
		break;
	default:
		err = put_where(msg, sd) || siit_row_put(msg, row, NULL);
	}
	if (err) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&siit_nl_family, net, msg, 0, SIIT_NL_GROUP_CONFIG, GFP_KERNEL);
}

struct sk_buff *siit_nl_new_generation(struct genl_info *info, u8 cmd)
{
	struct sk_buff *msg;
	void *hdr;

	msg = siit_nl_new_reply(info, cmd, &hdr);
	if (msg && nla_put_u32(msg, SIIT_A_GENERATION, 0)) {
		nlmsg_free(msg);
		return NULL;
	}
	if (msg)
		genlmsg_end(msg, hdr);
	return msg;
}

void siit_nl_end_generation(struct genl_info *info, struct sk_buff *msg,
			    int err, u32 generation)
{
	u32 *at;

	if (err || !msg) {
		nlmsg_free(msg);
		return;
	}
	/* The last attribute. A receiver without room is told by the ACK. */
	at = (u32 *)(skb_tail_pointer(msg) - sizeof(*at));
	*at = generation;
	genlmsg_reply(msg, info);
}
