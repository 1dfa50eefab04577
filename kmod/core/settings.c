// SPDX-License-Identifier: GPL-2.0
#include "settings.h"

/* RFC 7915 4.2 and RFC 1191 7. */
static const u16 plateaus_default[] = {
	65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68,
};

void siit_settings_defaults(struct siit_settings *s)
{
	const u64 set = s->explicit;

#define DEFAULT(attr, field, value) do {				\
	if (!(set & (1ULL << SIIT_SET_A_##attr)))			\
		(field) = (value);					\
} while (0)

	DEFAULT(ROLE, s->role, SIIT_ROLE_SIIT);
	if (!(set & (1ULL << SIIT_SET_A_PREFIX_LEN)))
		memset(&s->prefix, 0, sizeof(s->prefix));
	DEFAULT(LOWEST_IPV6_MTU, s->lowest_ipv6_mtu, 1280);
	DEFAULT(ATOMIC_FRAGMENTS, s->atomic_fragments, false);
	DEFAULT(ID_MODE, s->id_mode, SIIT_ID_GENERATE);
	DEFAULT(DF_MODE, s->df_mode, SIIT_DF_RFC7915);
	DEFAULT(PTB_MIN_CLAMP, s->ptb_min_clamp, true);
	if (!(set & (1ULL << SIIT_SET_A_PLATEAUS))) {
		s->plateaus_count = ARRAY_SIZE(plateaus_default);
		memcpy(s->plateaus, plateaus_default, sizeof(plateaus_default));
	}
	DEFAULT(TOS_ZERO, s->tos_zero, false);
	DEFAULT(TOS_FIXED, s->tos_fixed, 0xffff);
	DEFAULT(UDP_ZERO, s->udp_zero, SIIT_UDP_ZERO_COMPUTE);
	DEFAULT(UDP6_ZERO, s->udp6_zero, SIIT_UDP6_ZERO_PASS);
	DEFAULT(HAIRPIN, s->hairpin, SIIT_HAIRPIN_INTRINSIC);
	DEFAULT(WKP_STRICT, s->wkp_strict, true);
	DEFAULT(EAM_STRICT_SUFFIX, s->eam_strict_suffix, false);
	DEFAULT(NATIVE_MORE_SPECIFIC, s->native_more_specific, true);
	DEFAULT(PROTO_GUARD, s->proto_guard, true);
	DEFAULT(UNMAPPED_SRC6, s->unmapped_src6, SIIT_UNMAPPED_SRC6_RFC7915);
	DEFAULT(UNMAPPED_DST4, s->unmapped_dst4, s->role == SIIT_ROLE_SIIT ?
		SIIT_UNMAPPED_DST4_STACK : SIIT_UNMAPPED_DST4_REJECT);
	DEFAULT(ANTISPOOF64, s->antispoof64, s->role == SIIT_ROLE_BR);
	DEFAULT(ANTISPOOF46, s->antispoof46, s->role == SIIT_ROLE_BR &&
		s->hairpin != SIIT_HAIRPIN_SIMPLE);
	DEFAULT(ER_INGRESS_FILTER, s->er_ingress_filter,
		s->role == SIIT_ROLE_ER);
	DEFAULT(ER_SELF_SOURCE, s->er_self_source, s->role == SIIT_ROLE_ER);
	DEFAULT(ICMP4_SRC, s->icmp4_src, SIIT_ICMP4_SRC_INTERFACE);
	DEFAULT(ICMP4_POOL, s->icmp4_pool.count, 0);
	if (!(set & (1ULL << SIIT_SET_A_ICMP6_SRC)))
		memset(&s->icmp6_src, 0, sizeof(s->icmp6_src));
	DEFAULT(ICMP_ORIGIN_EXT, s->icmp_origin_ext,
		s->icmp4_src == SIIT_ICMP4_SRC_POOL);
	DEFAULT(ICMP_ILLEGAL_SRC, s->icmp_illegal_src, SIIT_ICMP_ILLEGAL_TRANSLATE);
	DEFAULT(ICMP_ERRORS, s->icmp_errors, SIIT_ICMP_ERRORS_LIMIT);
	DEFAULT(ICMP_RATE, s->icmp_rate, 1000);
	DEFAULT(ICMP_BURST, s->icmp_burst, 50);
	DEFAULT(MAX_EXTHDRS, s->max_exthdrs, 8);
	DEFAULT(HOOK_PRIORITY, s->hook_priority, -450);
	DEFAULT(DENYLIST4, s->denylist4.count, 0);
	DEFAULT(POOL4, s->pool4.count, 0);
	DEFAULT(ROUTES, s->routes, true);
	DEFAULT(MAX_ROWS, s->max_rows, SIIT_MAX_ROWS_DEFAULT);
	DEFAULT(HITS, s->hits, false);
	DEFAULT(TRANSLATABLE4, s->translatable4.count, 0);
#undef DEFAULT
}

/* RFC 7915 4.2 takes the largest one below: descending, each once (MT-02). */
static void sort_plateaus(struct siit_settings *s)
{
	u32 i, j, n = 0;

	for (i = 1; i < s->plateaus_count; i++) {
		u16 v = s->plateaus[i];

		for (j = i; j && s->plateaus[j - 1] < v; j--)
			s->plateaus[j] = s->plateaus[j - 1];
		s->plateaus[j] = v;
	}
	for (i = 0; i < s->plateaus_count; i++)
		if (!n || s->plateaus[n - 1] != s->plateaus[i])
			s->plateaus[n++] = s->plateaus[i];
	s->plateaus_count = n;
}

const char *siit_settings_finish(struct siit_settings *s, int *attr)
{
	*attr = SIIT_SET_A_HAIRPIN;
	if (s->hairpin == SIIT_HAIRPIN_SIMPLE && s->role == SIIT_ROLE_ER)
		return "hairpin simple keeps an edge relay from mapping its own addresses (HP-07)";
	*attr = SIIT_SET_A_ANTISPOOF46;
	if (s->hairpin == SIIT_HAIRPIN_SIMPLE && s->antispoof46)
		return "antispoof46 would drop what hairpin simple sends back (BR-07)";
	*attr = SIIT_SET_A_ANTISPOOF64;
	if (s->role == SIIT_ROLE_ER && s->antispoof64)
		return "antispoof64 would drop all that an edge relay gets by the prefix (BR-06)";
	*attr = SIIT_SET_A_ICMP4_POOL;
	if (s->icmp4_src == SIIT_ICMP4_SRC_POOL && !s->icmp4_pool.count)
		return "icmp4-src is a pool, and the pool is empty (IS-03)";

	sort_plateaus(s);
	s->prefix_is_wkp = s->wkp_strict && siit_prefix6_is_wkp(&s->prefix);
	s->denylist4_count = s->denylist4.count;
	s->translatable4_count = s->translatable4.count;
	s->pool4_octets = siit_octet_bits(s->pool4.p, s->pool4.count);
	s->prefix_bit = s->prefix.len < 64 ? U64_MAX :
			siit_hi_bit(&s->prefix.addr);
	s->quick = s->role == SIIT_ROLE_BR && s->prefix.len == 96 &&
		   !s->prefix_is_wkp && s->hairpin != SIIT_HAIRPIN_SIMPLE &&
		   !s->denylist4_count && !s->translatable4_count;
	return NULL;
}
