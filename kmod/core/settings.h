/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings (requirements section 15) and what the datapath reads once per
 * packet: settings and table together.
 */
#ifndef SIIT_CORE_SETTINGS_H
#define SIIT_CORE_SETTINGS_H

#include <linux/siit_dc.h>

#include "addr.h"
#include "deps.h"
#include "eam.h"

#define SIIT_MAX_ROWS_DEFAULT	(4U << 20)

struct siit_prefixes4 {
	u32 count;
	struct siit_prefix4 p[SIIT_PREFIXES_MAX];
};

/* Value types are those of enum siit_set_attr; lists are normalised. */
struct siit_settings {
	/* What every packet needs comes first. */
	struct siit_prefix6 prefix;
	u8 role;
	u8 hairpin;
	bool quick;			/* derived: quick.h applies */
	bool hits;
	bool prefix_is_wkp;		/* derived: AD-06 applies */
	bool native_more_specific;
	bool proto_guard;
	bool tos_zero;
	bool atomic_fragments;
	bool eam_strict_suffix;
	bool antispoof64;
	bool antispoof46;
	bool er_ingress_filter;
	bool er_self_source;
	u16 tos_fixed;			/* 0xffff: none */
	u8 id_mode;
	u8 df_mode;
	u8 udp_zero;
	u8 udp6_zero;
	u8 max_exthdrs;
	u64 prefix_bit;			/* derived: siit_hi_bit(), any row inside? */
	u32 lowest_ipv6_mtu;
	/* Derived: 0 spares the list's cache line. */
	u32 denylist4_count;
	u32 translatable4_count;
	u64 pool4_octets;		/* derived: siit_octet_bit() of all in it */

	bool wkp_strict;
	bool ptb_min_clamp;
	bool icmp_origin_ext;
	bool routes;
	u8 unmapped_src6;
	u8 unmapped_dst4;
	u8 icmp4_src;
	u8 icmp_illegal_src;
	u8 icmp_errors;
	u32 icmp_rate;
	u32 icmp_burst;
	s32 hook_priority;
	u32 max_rows;
	u32 plateaus_count;
	u16 plateaus[SIIT_PLATEAUS_MAX];	/* descending */
	struct in6_addr icmp6_src;
	struct siit_prefixes4 icmp4_pool;
	struct siit_prefixes4 denylist4;
	struct siit_prefixes4 pool4;
	struct siit_prefixes4 translatable4;

	u64 explicit;			/* bit: enum siit_set_attr */
};

/* What a packet is decided by. Immutable once published, but for the rows. */
struct siit_cfg {
	struct siit_settings s;
	struct siit_eamt *eamt;
};

/**
 * siit_settings_defaults() - give every setting that nobody set the role's default
 * @s: the settings; @s->role and @s->explicit say which
 */
void siit_settings_defaults(struct siit_settings *s);

/**
 * siit_settings_finish() - check the whole, sort lists, derive
 * @s: the settings, each value within its own range
 *
 * Return: NULL, or why these settings contradict each other; @attr then is
 * the enum siit_set_attr to blame.
 */
const char *siit_settings_finish(struct siit_settings *s, int *attr);

#endif /* SIIT_CORE_SETTINGS_H */
