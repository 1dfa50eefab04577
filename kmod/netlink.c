// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/siit_dc.h>
#include <net/genetlink.h>

#include "compat.h"
#include "netlink.h"
#include "nl.h"
#include "row_nl.h"
#include "settings_nl.h"

/* What is not named here is refused, with strict validation. */
static const struct nla_policy no_policy[SIIT_A_MAX + 1] = {};

static const struct nla_policy set_policy[SIIT_A_MAX + 1] = {
	[SIIT_A_GENERATION] = { .type = NLA_U32 },
	[SIIT_A_UNSET] = { .type = NLA_U64 },
	[SIIT_A_SETTINGS] = NLA_POLICY_NESTED(siit_settings_policy),
};

static const struct nla_policy eam_policy[SIIT_A_MAX + 1] = {
	[SIIT_A_EAM] = NLA_POLICY_NESTED(siit_row_policy),
};

static const struct nla_policy begin_policy[SIIT_A_MAX + 1] = {
	[SIIT_A_ROWS] = { .type = NLA_U32 },
	[SIIT_A_SETTINGS] = NLA_POLICY_NESTED(siit_settings_policy),
	[SIIT_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, SIIT_TXN_F_RESET |
					 SIIT_TXN_F_KEEP_TABLE),
};

static const struct nla_policy commit_policy[SIIT_A_MAX + 1] = {
	[SIIT_A_ROWS] = { .type = NLA_U32 },
	[SIIT_A_GENERATION] = { .type = NLA_U32 },
};

static const struct nla_policy map_policy[SIIT_A_MAX + 1] = {
	[SIIT_A_SRC4] = NLA_POLICY_EXACT_LEN(4),
	[SIIT_A_SRC6] = NLA_POLICY_EXACT_LEN(16),
};

static struct netlink_range_validation length_range = {
	.min = 28, .max = 65535,
};

static const struct nla_policy explain_policy[SIIT_A_MAX + 1] = {
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
	.maxattr = SIIT_A_MAX,					\
}

static const struct genl_ops ops[] = {
	OP(SETTINGS_GET, siit_nl_settings_get, no_policy),
	OP(SETTINGS_SET, siit_nl_settings_set, set_policy),
	OP(EAM_ADD, siit_nl_eam_add, eam_policy),
	OP(EAM_DEL, siit_nl_eam_del, eam_policy),
	{
		.cmd = SIIT_CMD_EAM_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = siit_nl_eam_get,
		.dumpit = siit_nl_eam_dump,
		.policy = eam_policy,
		.maxattr = SIIT_A_MAX,
	},
	OP(EAM_FLUSH, siit_nl_eam_flush, no_policy),
	OP(TXN_BEGIN, siit_nl_txn_begin, begin_policy),
	OP(TXN_ADD, siit_nl_txn_add, eam_policy),
	OP(TXN_COMMIT, siit_nl_txn_commit, commit_policy),
	OP(TXN_ABORT, siit_nl_txn_abort, no_policy),
	{
		/* NL-01: counts, no addresses */
		.cmd = SIIT_CMD_STATS_GET,
		.doit = siit_nl_stats_get,
		.policy = no_policy,
		.maxattr = SIIT_A_MAX,
	},
	OP(MAP_GET, siit_nl_map_get, map_policy),
	OP(EXPLAIN, siit_nl_explain, explain_policy),
};

static const struct genl_multicast_group groups[] = {
	[SIIT_NL_GROUP_CONFIG] = {
		.name = SIIT_GENL_MCGRP_CONFIG,
		.flags = SIIT_MCAST_ADMIN,
	},
};

struct genl_family siit_nl_family __ro_after_init = {
	.name = SIIT_GENL_NAME,
	.version = SIIT_GENL_VERSION,
	.maxattr = SIIT_A_MAX,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int __init siit_netlink_init(void)
{
	int err = netlink_register_notifier(&siit_nl_release_nb);

	if (err)
		return err;
	err = genl_register_family(&siit_nl_family);
	if (err)
		netlink_unregister_notifier(&siit_nl_release_nb);
	return err;
}

void siit_netlink_exit(void)
{
	genl_unregister_family(&siit_nl_family);
	netlink_unregister_notifier(&siit_nl_release_nb);
}
