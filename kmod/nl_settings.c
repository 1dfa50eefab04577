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
	err = msg ? siit_nl_put_settings(msg, sd) : siit_nl_no_memory(info);
	siit_nl_put_instance(sd);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int unset_bits(const struct genl_info *info, u64 *bits)
{
	const struct nlattr *attr = info->attrs[SIIT_A_UNSET];
	const u64 prefix = 1ULL << SIIT_SET_A_PREFIX |
			   1ULL << SIIT_SET_A_PREFIX_LEN;
	/* _UNSPEC and _PAD are no settings. */
	const u64 known = ((2ULL << SIIT_SET_A_MAX) - 2) &
			  ~(1ULL << SIIT_SET_A_PAD);

	*bits = attr ? nla_get_u64(attr) : 0;
	if (*bits & ~known) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "names a setting that this module does not have");
		return -EOPNOTSUPP;
	}
	if (*bits & prefix)
		*bits |= prefix;
	return 0;
}

int siit_nl_settings_set(struct sk_buff *skb, struct genl_info *info)
{
	struct siit_settings *s;
	struct siit_dev *sd;
	u64 unset;
	int err;

	if (siit_nl_require(info, SIIT_A_SETTINGS, "settings are needed"))
		return -EINVAL;
	err = unset_bits(info, &unset);
	if (err)
		return err;
	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return siit_nl_no_memory(info);
	sd = siit_nl_get_instance_rtnl(info);
	if (!sd) {
		kfree(s);
		return -ENODEV;
	}
	*s = siit_state_locked(sd)->cfg.s;
	err = siit_nl_check_generation(sd, info, sd->generation);
	if (!err)
		err = siit_settings_parse(s, info->attrs[SIIT_A_SETTINGS],
					  unset, siit_nl_may_raise(skb),
					  info->extack);
	if (!err)
		err = siit_config_publish(sd, s, NULL, info->extack);
	if (!err)
		siit_nl_notify(sd, SIIT_CMD_SETTINGS_NTF, NULL);
	siit_nl_put_instance_rtnl(sd);
	kfree(s);
	return err;
}
