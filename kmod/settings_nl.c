// SPDX-License-Identifier: GPL-2.0
#include <linux/siit_dc.h>
#include <net/netlink.h>

#include "settings_nl.h"

static struct netlink_range_validation mtu_range = {
	.min = 1280, .max = 65535,
};

static struct netlink_range_validation rate_range = {
	.min = 1, .max = 1000000,
};

static struct netlink_range_validation rows_range = {
	.min = 1, .max = 1U << 28,
};

#define BOOL_POLICY	NLA_POLICY_MAX(NLA_U8, 1)
#define ENUM_POLICY(last) NLA_POLICY_RANGE(NLA_U8, 1, last)
#define PREFIXES_POLICY	{ .type = NLA_BINARY, .len = SIIT_PREFIXES_MAX * \
			  sizeof(struct siit_prefix4) }

const struct nla_policy siit_settings_policy[SIIT_SET_A_MAX + 1] = {
	[SIIT_SET_A_ROLE] = ENUM_POLICY(SIIT_ROLE_ER),
	[SIIT_SET_A_PREFIX] = NLA_POLICY_EXACT_LEN(16),
	[SIIT_SET_A_PREFIX_LEN] = { .type = NLA_U8 },
	[SIIT_SET_A_LOWEST_IPV6_MTU] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &mtu_range),
	[SIIT_SET_A_ATOMIC_FRAGMENTS] = BOOL_POLICY,
	[SIIT_SET_A_ID_MODE] = ENUM_POLICY(SIIT_ID_ZERO),
	[SIIT_SET_A_DF_MODE] = ENUM_POLICY(SIIT_DF_RFC6145_SMALL),
	[SIIT_SET_A_PTB_MIN_CLAMP] = BOOL_POLICY,
	[SIIT_SET_A_PLATEAUS] = { .type = NLA_BINARY,
				  .len = SIIT_PLATEAUS_MAX * sizeof(u16) },
	[SIIT_SET_A_TOS_ZERO] = BOOL_POLICY,
	/* Checked by hand: a dump of the policies stumbles over functions. */
	[SIIT_SET_A_TOS_FIXED] = { .type = NLA_U16 },
	[SIIT_SET_A_UDP_ZERO] = ENUM_POLICY(SIIT_UDP_ZERO_FORWARD),
	[SIIT_SET_A_UDP6_ZERO] = ENUM_POLICY(SIIT_UDP6_ZERO_DROP),
	[SIIT_SET_A_HAIRPIN] = ENUM_POLICY(SIIT_HAIRPIN_OFF),
	[SIIT_SET_A_WKP_STRICT] = BOOL_POLICY,
	[SIIT_SET_A_EAM_STRICT_SUFFIX] = BOOL_POLICY,
	[SIIT_SET_A_NATIVE_MORE_SPECIFIC] = BOOL_POLICY,
	[SIIT_SET_A_PROTO_GUARD] = BOOL_POLICY,
	[SIIT_SET_A_UNMAPPED_SRC6] = ENUM_POLICY(SIIT_UNMAPPED_SRC6_DROP),
	[SIIT_SET_A_UNMAPPED_DST4] = ENUM_POLICY(SIIT_UNMAPPED_DST4_DROP),
	[SIIT_SET_A_ANTISPOOF64] = BOOL_POLICY,
	[SIIT_SET_A_ANTISPOOF46] = BOOL_POLICY,
	[SIIT_SET_A_ER_INGRESS_FILTER] = BOOL_POLICY,
	[SIIT_SET_A_ER_SELF_SOURCE] = BOOL_POLICY,
	[SIIT_SET_A_ICMP4_SRC] = ENUM_POLICY(SIIT_ICMP4_SRC_DUMMY),
	[SIIT_SET_A_ICMP4_POOL] = PREFIXES_POLICY,
	[SIIT_SET_A_ICMP6_SRC] = NLA_POLICY_EXACT_LEN(16),
	[SIIT_SET_A_ICMP_ORIGIN_EXT] = BOOL_POLICY,
	[SIIT_SET_A_ICMP_ILLEGAL_SRC] = ENUM_POLICY(SIIT_ICMP_ILLEGAL_DROP),
	[SIIT_SET_A_ICMP_ERRORS] = ENUM_POLICY(SIIT_ICMP_ERRORS_OFF),
	[SIIT_SET_A_ICMP_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &rate_range),
	[SIIT_SET_A_ICMP_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &rate_range),
	[SIIT_SET_A_MAX_EXTHDRS] = NLA_POLICY_RANGE(NLA_U8, 1, 32),
	[SIIT_SET_A_HOOK_PRIORITY] = { .type = NLA_S32 },
	[SIIT_SET_A_DENYLIST4] = PREFIXES_POLICY,
	[SIIT_SET_A_POOL4] = PREFIXES_POLICY,
	[SIIT_SET_A_ROUTES] = BOOL_POLICY,
	[SIIT_SET_A_MAX_ROWS] = NLA_POLICY_FULL_RANGE(NLA_U32, &rows_range),
	[SIIT_SET_A_TRANSLATABLE4] = PREFIXES_POLICY,
	[SIIT_SET_A_HITS] = BOOL_POLICY,
};

/* Settings that are one integer: where they are, and how wide. */
struct scalar {
	u16 offset;
	u8 size;
};

#define SCALAR(field) {							  \
	.offset = offsetof(struct siit_settings, field),		  \
	.size = sizeof_field(struct siit_settings, field),		  \
}

static const struct scalar scalars[SIIT_SET_A_MAX + 1] = {
	[SIIT_SET_A_ROLE] = SCALAR(role),
	[SIIT_SET_A_LOWEST_IPV6_MTU] = SCALAR(lowest_ipv6_mtu),
	[SIIT_SET_A_ATOMIC_FRAGMENTS] = SCALAR(atomic_fragments),
	[SIIT_SET_A_ID_MODE] = SCALAR(id_mode),
	[SIIT_SET_A_DF_MODE] = SCALAR(df_mode),
	[SIIT_SET_A_PTB_MIN_CLAMP] = SCALAR(ptb_min_clamp),
	[SIIT_SET_A_TOS_ZERO] = SCALAR(tos_zero),
	[SIIT_SET_A_TOS_FIXED] = SCALAR(tos_fixed),
	[SIIT_SET_A_UDP_ZERO] = SCALAR(udp_zero),
	[SIIT_SET_A_UDP6_ZERO] = SCALAR(udp6_zero),
	[SIIT_SET_A_HAIRPIN] = SCALAR(hairpin),
	[SIIT_SET_A_WKP_STRICT] = SCALAR(wkp_strict),
	[SIIT_SET_A_EAM_STRICT_SUFFIX] = SCALAR(eam_strict_suffix),
	[SIIT_SET_A_NATIVE_MORE_SPECIFIC] = SCALAR(native_more_specific),
	[SIIT_SET_A_PROTO_GUARD] = SCALAR(proto_guard),
	[SIIT_SET_A_UNMAPPED_SRC6] = SCALAR(unmapped_src6),
	[SIIT_SET_A_UNMAPPED_DST4] = SCALAR(unmapped_dst4),
	[SIIT_SET_A_ANTISPOOF64] = SCALAR(antispoof64),
	[SIIT_SET_A_ANTISPOOF46] = SCALAR(antispoof46),
	[SIIT_SET_A_ER_INGRESS_FILTER] = SCALAR(er_ingress_filter),
	[SIIT_SET_A_ER_SELF_SOURCE] = SCALAR(er_self_source),
	[SIIT_SET_A_ICMP4_SRC] = SCALAR(icmp4_src),
	[SIIT_SET_A_ICMP_ORIGIN_EXT] = SCALAR(icmp_origin_ext),
	[SIIT_SET_A_ICMP_ILLEGAL_SRC] = SCALAR(icmp_illegal_src),
	[SIIT_SET_A_ICMP_ERRORS] = SCALAR(icmp_errors),
	[SIIT_SET_A_ICMP_RATE] = SCALAR(icmp_rate),
	[SIIT_SET_A_ICMP_BURST] = SCALAR(icmp_burst),
	[SIIT_SET_A_MAX_EXTHDRS] = SCALAR(max_exthdrs),
	[SIIT_SET_A_HOOK_PRIORITY] = SCALAR(hook_priority),
	[SIIT_SET_A_ROUTES] = SCALAR(routes),
	[SIIT_SET_A_MAX_ROWS] = SCALAR(max_rows),
	[SIIT_SET_A_HITS] = SCALAR(hits),
};

static int parse_prefixes(const struct nlattr *attr, struct siit_prefixes4 *out,
			  struct netlink_ext_ack *extack)
{
	u32 i, count = nla_len(attr) / sizeof(struct siit_prefix4);

	if (nla_len(attr) % sizeof(struct siit_prefix4)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "not an array of struct siit_prefix4");
		return -EINVAL;
	}
	out->count = count;
	memcpy(out->p, nla_data(attr), nla_len(attr));
	for (i = 0; i < count; i++) {
		const struct siit_prefix4 *p = &out->p[i];

		if (p->len > 32 || p->pad[0] || p->pad[1] || p->pad[2]) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "an IPv4 prefix length is 0 to 32");
			return -EINVAL;
		}
		if (p->len < 32 && ntohl(p->addr) << p->len) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "an IPv4 prefix has bits set beyond its length");
			return -EINVAL;
		}
	}
	return 0;
}

static int parse_prefix6(struct nlattr **tb, struct siit_settings *s,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *addr = tb[SIIT_SET_A_PREFIX];
	const struct nlattr *len = tb[SIIT_SET_A_PREFIX_LEN];
	struct siit_prefix6 prefix = {};
	enum siit_addr_error err;

	if (!addr && !len)
		return 0;
	if (!len || (!addr && nla_get_u8(len))) {
		NL_SET_ERR_MSG_ATTR(extack, addr ? addr : len,
				    "a translation prefix needs both address and length");
		return -EINVAL;
	}
	prefix.len = nla_get_u8(len);
	if (prefix.len) {
		nla_memcpy(&prefix.addr, addr, sizeof(prefix.addr));
		err = siit_prefix6_check(&prefix.addr, prefix.len);
		if (err) {
			NL_SET_BAD_ATTR(extack,
					err == SIIT_ADDR_LEN ? len : addr);
			extack->_msg = siit_addr_strerror(err);
			return -EINVAL;
		}
	}
	s->prefix = prefix;
	s->explicit |= 1ULL << SIIT_SET_A_PREFIX | 1ULL << SIIT_SET_A_PREFIX_LEN;
	return 0;
}

static int parse_plateaus(const struct nlattr *attr, struct siit_settings *s,
			  struct netlink_ext_ack *extack)
{
	u32 i;

	if (!nla_len(attr) || nla_len(attr) % sizeof(u16)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "plateaus are 1 to 16 numbers");
		return -EINVAL;
	}
	s->plateaus_count = nla_len(attr) / sizeof(u16);
	memcpy(s->plateaus, nla_data(attr), nla_len(attr));
	for (i = 0; i < s->plateaus_count; i++) {
		if (s->plateaus[i] < 68) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "no plateau is below 68");
			return -ERANGE;
		}
	}
	return 0;
}

static int check_tos(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u16 tos = nla_get_u16(attr);

	if (tos < 256 || tos == 0xffff)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "tos-fixed is 0 to 255, or 65535 for none");
	return -ERANGE;
}

static void set_scalar(struct siit_settings *s, const struct scalar *f,
		       const struct nlattr *attr)
{
	void *at = (char *)s + f->offset;

	/* The policy has made sure that attribute and field are as wide. */
	memcpy(at, nla_data(attr), f->size);
}

static int parse_list(struct siit_settings *s, int i, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	switch (i) {
	case SIIT_SET_A_PLATEAUS:
		return parse_plateaus(attr, s, extack);
	case SIIT_SET_A_ICMP4_POOL:
		return parse_prefixes(attr, &s->icmp4_pool, extack);
	case SIIT_SET_A_DENYLIST4:
		return parse_prefixes(attr, &s->denylist4, extack);
	case SIIT_SET_A_POOL4:
		return parse_prefixes(attr, &s->pool4, extack);
	case SIIT_SET_A_TRANSLATABLE4:
		return parse_prefixes(attr, &s->translatable4, extack);
	case SIIT_SET_A_ICMP6_SRC:
		memcpy(&s->icmp6_src, nla_data(attr), sizeof(s->icmp6_src));
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "unknown setting");
	return -EOPNOTSUPP;
}

int siit_settings_parse(struct siit_settings *s, const struct nlattr *nest,
			u64 unset, bool may_raise,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIIT_SET_A_MAX + 1] = {};
	const char *why;
	int err, i, attr;

	BUILD_BUG_ON(SIIT_SET_A_MAX > 63);
	if (nest) {
		err = nla_parse_nested(tb, SIIT_SET_A_MAX, nest,
				       siit_settings_policy, extack);
		if (err)
			return err;
	}
	if (tb[SIIT_SET_A_MAX_ROWS] && !may_raise &&
	    nla_get_u32(tb[SIIT_SET_A_MAX_ROWS]) > SIIT_MAX_ROWS_DEFAULT) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIIT_SET_A_MAX_ROWS],
				    "only the initial user namespace may raise max-rows above its default");
		return -EPERM;
	}
	if (tb[SIIT_SET_A_TOS_FIXED]) {
		err = check_tos(tb[SIIT_SET_A_TOS_FIXED], extack);
		if (err)
			return err;
	}
	s->explicit &= ~unset;
	err = parse_prefix6(tb, s, extack);
	if (err)
		return err;
	for (i = 1; i <= SIIT_SET_A_MAX; i++) {
		if (!tb[i] || i == SIIT_SET_A_PREFIX ||
		    i == SIIT_SET_A_PREFIX_LEN)
			continue;
		if (scalars[i].size) {
			set_scalar(s, &scalars[i], tb[i]);
		} else {
			err = parse_list(s, i, tb[i], extack);
			if (err)
				return err;
		}
		s->explicit |= 1ULL << i;
	}
	siit_settings_defaults(s);
	why = siit_settings_finish(s, &attr);
	if (why) {
		if (tb[attr])
			NL_SET_BAD_ATTR(extack, tb[attr]);
		extack->_msg = why;
		return -EINVAL;
	}
	return 0;
}

static int put_prefixes(struct sk_buff *msg, int attr,
			const struct siit_prefixes4 *list)
{
	return nla_put(msg, attr, list->count * sizeof(list->p[0]), list->p);
}

int siit_settings_put(struct sk_buff *msg, const struct siit_settings *s)
{
	struct nlattr *nest = nla_nest_start(msg, SIIT_A_SETTINGS);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= SIIT_SET_A_MAX; i++)
		if (scalars[i].size &&
		    nla_put(msg, i, scalars[i].size,
			    (const char *)s + scalars[i].offset))
			goto cancel;
	if (nla_put(msg, SIIT_SET_A_PREFIX, sizeof(s->prefix.addr),
		    &s->prefix.addr) ||
	    nla_put_u8(msg, SIIT_SET_A_PREFIX_LEN, s->prefix.len) ||
	    nla_put(msg, SIIT_SET_A_PLATEAUS,
		    s->plateaus_count * sizeof(u16), s->plateaus) ||
	    nla_put(msg, SIIT_SET_A_ICMP6_SRC, sizeof(s->icmp6_src),
		    &s->icmp6_src) ||
	    put_prefixes(msg, SIIT_SET_A_ICMP4_POOL, &s->icmp4_pool) ||
	    put_prefixes(msg, SIIT_SET_A_DENYLIST4, &s->denylist4) ||
	    put_prefixes(msg, SIIT_SET_A_POOL4, &s->pool4) ||
	    put_prefixes(msg, SIIT_SET_A_TRANSLATABLE4, &s->translatable4))
		goto cancel;
	nla_nest_end(msg, nest);
	return 0;

cancel:
	nla_nest_cancel(msg, nest);
	return -EMSGSIZE;
}
