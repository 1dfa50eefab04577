// SPDX-License-Identifier: GPL-2.0
#include <linux/siit_dc.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "config.h"
#include "nl.h"
#include "settings_nl.h"

int siit_nl_settings_get(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_dev *sd = siit_nl_get_instance(info);
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!sd)
		return -ENODEV;
	msg = siit_nl_new_reply(info, SIIT_CMD_SETTINGS_GET, &hdr);
	err = msg ? siit_nl_put_settings(msg, sd) : -ENOMEM;
	siit_nl_put_instance(sd);
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

int siit_nl_settings_set(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_settings *s;
	struct siit_dev *sd;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIIT_A_SETTINGS))
		return -EINVAL;
	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	sd = siit_nl_get_instance_rtnl(info);
	if (!sd) {
		kfree(s);
		return -ENODEV;
	}
	*s = siit_state_locked(sd)->cfg.s;
	err = siit_nl_check_generation(sd, info, sd->generation);
	if (!err)
		err = siit_settings_parse(s, info->attrs[SIIT_A_SETTINGS],
					  unset_bits(info), siit_nl_may_raise(skb),
					  info->extack);
	if (!err)
		err = siit_config_publish(sd, s, NULL, info->extack);
	if (!err)
		siit_nl_notify(sd, SIIT_CMD_SETTINGS_NTF, NULL);
	siit_nl_put_instance_rtnl(sd);
	kfree(s);
	return err;
}
