// SPDX-License-Identifier: GPL-2.0
/* Who is translated, and to what: design section 3, requirements 1, 2, 13. */
#include "match.h"
#include "parse.h"

struct siit_image siit_map46(const struct siit_cfg *cfg, __be32 addr, bool eam,
			     struct in6_addr *out)
{
	struct siit_image image = { .rule = SIIT_RULE_EAM };

	if (eam) {
		image.row = siit_eamt_lookup4(cfg->eamt, addr);
		if (image.row) {
			siit_row_map46(image.row, addr, out);
			return image;
		}
	}
	image.row = NULL;
	image.rule = SIIT_RULE_NONE;
	image.why = SIIT_STAT_UNMAPPED_SRC;
	if (unlikely(!cfg->s.prefix.len))
		return image;
	/* AD-06; 192.0.0.8 may be a source (IS-08) */
	if (unlikely(cfg->s.prefix_is_wkp && siit_v4_nonglobal(addr))) {
		image.why = SIIT_STAT_WKP;
		return image;
	}
	siit_6052_map46(&cfg->s.prefix, addr, out);
	image.rule = SIIT_RULE_PREFIX;
	return image;
}

struct siit_image siit_map64(const struct siit_cfg *cfg,
			     const struct in6_addr *addr, __be32 *out)
{
	struct siit_image image = { .rule = SIIT_RULE_EAM };
	const struct siit_image none = {
		.rule = SIIT_RULE_NONE,
		.why = SIIT_STAT_UNMAPPED_SRC,
	};

	/* EAM-07: also inside the prefix */
	image.row = siit_eamt_lookup6(cfg->eamt, addr);
	if (image.row) {
		if (siit_row_map64(image.row, addr, out) ||
		    likely(!cfg->s.eam_strict_suffix))
			return image;
		/* EAM-05: refused is unmapped, not the prefix's (EAM-07) */
		return none;
	}
	image = none;
	if (!siit_6052_match(&cfg->s.prefix, addr) ||
	    !siit_6052_map64(&cfg->s.prefix, addr, out))
		return image;
	if (unlikely(cfg->s.prefix_is_wkp && siit_v4_nonglobal(*out))) {
		image.why = SIIT_STAT_WKP;
		return image;
	}
	image.rule = SIIT_RULE_PREFIX;
	return image;
}

static bool in_list(u32 count, const struct siit_prefixes4 *list, __be32 addr)
{
	return unlikely(count) && siit_prefixes4_match(list->p, count, addr);
}

bool siit_denied4(const struct siit_cfg *cfg, __be32 addr)
{
	return in_list(cfg->s.denylist4_count, &cfg->s.denylist4, addr);
}

bool siit_translatable4(const struct siit_cfg *cfg, __be32 addr)
{
	return in_list(cfg->s.translatable4_count, &cfg->s.translatable4, addr);
}
