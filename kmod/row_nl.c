// SPDX-License-Identifier: GPL-2.0
#include <linux/siit_dc.h>
#include <net/netlink.h>

#include "row_nl.h"

const struct nla_policy siit_row_policy[SIIT_EAM_A_MAX + 1] = {
	[SIIT_EAM_A_ADDR4] = NLA_POLICY_EXACT_LEN(4),
	[SIIT_EAM_A_LEN4] = NLA_POLICY_MAX(NLA_U8, 32),
	[SIIT_EAM_A_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[SIIT_EAM_A_LEN6] = NLA_POLICY_MAX(NLA_U8, 128),
	[SIIT_EAM_A_SCOPE] = NLA_POLICY_RANGE(NLA_U8, SIIT_SCOPE_REMOTE,
					      SIIT_SCOPE_LOCAL),
};

static int missing(const struct nlattr *nest, const char *what,
		   struct netlink_ext_ack *extack)
{
	NL_SET_BAD_ATTR(extack, nest);
	extack->_msg = what;
	return -EINVAL;
}

int siit_row_parse(struct siit_row *row, struct siit_row_given *given,
		   const struct nlattr *nest, u8 role,
		   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIIT_EAM_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, SIIT_EAM_A_MAX, nest, siit_row_policy,
			       extack);
	if (err)
		return err;
	memset(row, 0, sizeof(*row));
	row->len4 = 32;
	row->len6 = 128;
	if (!given && !tb[SIIT_EAM_A_ADDR4])
		return missing(nest, "a row needs an IPv4 prefix", extack);
	if (!given && !tb[SIIT_EAM_A_ADDR6])
		return missing(nest, "a row needs an IPv6 prefix", extack);
	if ((tb[SIIT_EAM_A_LEN4] && !tb[SIIT_EAM_A_ADDR4]) ||
	    (tb[SIIT_EAM_A_LEN6] && !tb[SIIT_EAM_A_ADDR6]))
		return missing(nest, "a prefix length needs its address",
			       extack);
	if (given) {
		given->col4 = tb[SIIT_EAM_A_ADDR4];
		given->col6 = tb[SIIT_EAM_A_ADDR6];
		if (!given->col4 && !given->col6)
			return missing(nest, "name an IPv4 or an IPv6 prefix",
				       extack);
	}
	if (tb[SIIT_EAM_A_ADDR4])
		row->addr4 = nla_get_in_addr(tb[SIIT_EAM_A_ADDR4]);
	if (tb[SIIT_EAM_A_LEN4])
		row->len4 = nla_get_u8(tb[SIIT_EAM_A_LEN4]);
	if (tb[SIIT_EAM_A_ADDR6])
		row->addr6 = nla_get_in6_addr(tb[SIIT_EAM_A_ADDR6]);
	if (tb[SIIT_EAM_A_LEN6])
		row->len6 = nla_get_u8(tb[SIIT_EAM_A_LEN6]);
	if (tb[SIIT_EAM_A_SCOPE])
		row->local = nla_get_u8(tb[SIIT_EAM_A_SCOPE]) ==
			     SIIT_SCOPE_LOCAL;
	else
		row->local = role == SIIT_ROLE_ER;
	return 0;
}

static int put_hits(struct sk_buff *msg, const struct siit_hits *hits)
{
	return nla_put_u64_64bit(msg, SIIT_EAM_A_HITS46,
				 atomic64_read(&hits->packets[SIIT_46]),
				 SIIT_EAM_A_PAD) ||
	       nla_put_u64_64bit(msg, SIIT_EAM_A_HITS64,
				 atomic64_read(&hits->packets[SIIT_64]),
				 SIIT_EAM_A_PAD);
}

int siit_row_put(struct sk_buff *msg, const struct siit_row *row,
		 const struct siit_hits *hits)
{
	struct nlattr *nest = nla_nest_start(msg, SIIT_A_EAM);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_in_addr(msg, SIIT_EAM_A_ADDR4, row->addr4) ||
	    nla_put_u8(msg, SIIT_EAM_A_LEN4, row->len4) ||
	    nla_put_in6_addr(msg, SIIT_EAM_A_ADDR6, &row->addr6) ||
	    nla_put_u8(msg, SIIT_EAM_A_LEN6, row->len6) ||
	    nla_put_u8(msg, SIIT_EAM_A_SCOPE, row->local ? SIIT_SCOPE_LOCAL :
							   SIIT_SCOPE_REMOTE) ||
	    (hits && put_hits(msg, hits))) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

int siit_row_refuse(enum siit_eam_error err, const struct nlattr *nest,
		    struct netlink_ext_ack *extack)
{
	NL_SET_BAD_ATTR(extack, nest);
	extack->_msg = siit_eam_strerror(err);
	switch (err) {
	case SIIT_EAM_NOMEM:
		return -ENOMEM;
	case SIIT_EAM_FULL:
		return -ENOSPC;
	case SIIT_EAM_DUP4:
	case SIIT_EAM_DUP6:
	case SIIT_EAM_SAME:
		return -EEXIST;
	default:
		return -EINVAL;
	}
}
