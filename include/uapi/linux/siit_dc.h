/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The contract between the siit_dc kernel module and user space.
 *
 * An instance is a network device of kind "siit_dc" (rtnetlink, no attributes
 * of its own), at most one per network namespace. Everything else is said to
 * the Generic Netlink family below, in the network namespace of the instance.
 * Every command that needs an instance fails with ENODEV where there is none.
 *
 * Except for SIIT_CMD_STATS_GET all commands need CAP_NET_ADMIN in the user
 * namespace that owns the network namespace. Unknown attributes are refused.
 * Every refusal carries NLMSGERR_ATTR_MSG, and NLMSGERR_ATTR_OFFS where one
 * attribute is to blame.
 *
 * Addresses are in network byte order, all integers in host byte order.
 *
 * SIIT_CMD_SETTINGS_GET
 *   request: nothing. reply:
 *     SIIT_A_IFINDEX: NLA_U32
 *     SIIT_A_IFNAME: NLA_NUL_STRING
 *     SIIT_A_GENERATION: NLA_U32, moves with every change of settings or table
 *     SIIT_A_ROWS: NLA_U32, rows in the table
 *     SIIT_A_EXPLICIT: NLA_U64, bit N set: setting N was set by somebody; the
 *         others follow the role's default
 *     SIIT_A_SETTINGS: NLA_NESTED, every setting with the value in force
 *
 * SIIT_CMD_SETTINGS_SET
 *   changes the settings that are given, keeps the others; all or nothing.
 *     SIIT_A_SETTINGS: NLA_NESTED, required (may be empty)
 *     SIIT_A_UNSET: NLA_U64, bit N: setting N goes back to the role's default
 *     SIIT_A_GENERATION: NLA_U32, if given and moved: ESTALE
 *
 * SIIT_CMD_EAM_ADD
 *   adds one row. EEXIST if either column holds this prefix already.
 *     SIIT_A_EAM: NLA_NESTED, required
 *         SIIT_EAM_A_ADDR4: 4 octets, required
 *         SIIT_EAM_A_LEN4: NLA_U8, 32 if not given
 *         SIIT_EAM_A_ADDR6: 16 octets, required
 *         SIIT_EAM_A_LEN6: NLA_U8, 128 if not given
 *         SIIT_EAM_A_SCOPE: NLA_U8, enum siit_scope; local on an ER and
 *             remote elsewhere if not given
 *
 * SIIT_CMD_EAM_DEL
 *   removes the row with exactly this prefix; with both columns given both
 *   must be the row's. ENOENT if there is none.
 *     SIIT_A_EAM: NLA_NESTED, required
 *         SIIT_EAM_A_ADDR4, SIIT_EAM_A_LEN4 and/or
 *         SIIT_EAM_A_ADDR6, SIIT_EAM_A_LEN6
 *
 * SIIT_CMD_EAM_GET
 *   as a dump: SIIT_A_EAM, repeated within each message, in no promised order;
 *     NLM_F_DUMP_INTR says that the table changed meanwhile: start again.
 *     An empty table gives no message but the end of the dump.
 *     With SIIT_SET_A_HITS on, each row also has:
 *         SIIT_EAM_A_HITS46, SIIT_EAM_A_HITS64: NLA_U64, packets translated by
 *             the row, IPv4 and IPv6 packets apart; never in a request
 *   not as a dump: the row with exactly this prefix (attributes as for
 *     SIIT_CMD_EAM_DEL), or ENOENT.
 *
 * SIIT_CMD_EAM_FLUSH
 *   removes all rows. No attributes.
 *
 * SIIT_CMD_TXN_BEGIN
 *   opens the sending socket's transaction: a candidate for settings and
 *   table. EBUSY if it has one already. Nothing of it is visible before
 *   SIIT_CMD_TXN_COMMIT; it dies with the socket.
 *     SIIT_A_FLAGS: NLA_U32, enum siit_txn_flags
 *     SIIT_A_SETTINGS: NLA_NESTED, settings of the candidate; those not given
 *         keep what is in force, or with SIIT_TXN_F_RESET their default
 *     SIIT_A_ROWS: NLA_U32, how many rows will come; only a hint
 *   reply:
 *     SIIT_A_GENERATION: NLA_U32, the generation the candidate starts from
 *
 * SIIT_CMD_TXN_ADD
 *   adds rows to the candidate's table, which starts empty. If one is refused
 *   the error's offset points at its SIIT_A_EAM and the transaction is void.
 *     SIIT_A_EAM: NLA_NESTED, repeated, attributes as for SIIT_CMD_EAM_ADD
 *
 * SIIT_CMD_TXN_COMMIT
 *   makes the candidate the running state in one step, for every packet at
 *   once. If the generation moved since SIIT_CMD_TXN_BEGIN: ESTALE, and the
 *   candidate is gone. Without SIIT_TXN_F_KEEP_TABLE the table is replaced.
 *     SIIT_A_GENERATION: NLA_U32, required
 *     SIIT_A_ROWS: NLA_U32, how many rows the new table has; required unless
 *         SIIT_TXN_F_KEEP_TABLE. If that many have not come (a request was
 *         refused before it was read): EINVAL, and the candidate is gone.
 *   reply:
 *     SIIT_A_GENERATION: NLA_U32, the new one
 *
 * SIIT_CMD_TXN_ABORT
 *   drops the candidate. No attributes.
 *
 * SIIT_CMD_STATS_GET
 *   request: nothing. reply:
 *     SIIT_A_STAT: NLA_NESTED, repeated, one for each counter
 *         SIIT_STAT_A_NAME: NLA_NUL_STRING, stable, [a-z0-9_]+
 *         SIIT_STAT_A_CLASS: NLA_U8, enum siit_stat_class
 *         SIIT_STAT_A_PACKETS46: NLA_U64, IPv4 packets
 *         SIIT_STAT_A_PACKETS64: NLA_U64, IPv6 packets
 *         SIIT_STAT_A_HELP: NLA_NUL_STRING, one line
 *     SIIT_A_BYTES46, SIIT_A_BYTES64: NLA_U64, octets of translated packets,
 *         IP header included, as they came in
 *
 * SIIT_CMD_MAP_GET
 *   what one address becomes.
 *     SIIT_A_SRC4 or SIIT_A_SRC6: the address, one of them
 *   reply:
 *     SIIT_A_SRC4, SIIT_A_SRC6: both, if it maps
 *     SIIT_A_SRC_RULE: NLA_U8, enum siit_rule
 *     SIIT_A_EAM: the row, with SIIT_RULE_EAM
 *     SIIT_A_STEP: NLA_NUL_STRING, why, in words
 *
 * SIIT_CMD_EXPLAIN
 *   what the datapath would do with a packet. Nothing is sent or counted.
 *     SIIT_A_SRC4 and SIIT_A_DST4, or SIIT_A_SRC6 and SIIT_A_DST6: required
 *     SIIT_A_PROTO: NLA_U8, IPv4 protocol or IPv6 next header; default UDP.
 *         1 and 58 stand for an echo request
 *     SIIT_A_TTL: NLA_U8, TTL or hop limit; default 64
 *     SIIT_A_LENGTH: NLA_U32, octets, IP header included; default 100
 *     SIIT_A_DF: NLA_FLAG, the IPv4 packet has DF set
 *     SIIT_A_IFINDEX: NLA_U32, the device it comes in by; default: the one
 *         that the route to its source leads to
 *     SIIT_A_ENTRY: NLA_U8, enum siit_entry
 *   reply:
 *     SIIT_A_VERDICT: NLA_U8, enum siit_verdict_kind
 *     SIIT_A_COUNTER: NLA_NUL_STRING, the counter that it would move
 *     SIIT_A_STEP: NLA_NUL_STRING, repeated, in order: the reasons
 *     SIIT_A_OUT_SRC4, .._DST4 or SIIT_A_OUT_SRC6, .._DST6: if translated
 *     SIIT_A_SRC_RULE, SIIT_A_DST_RULE: NLA_U8, enum siit_rule
 *     SIIT_A_HAIRPIN: NLA_FLAG, it is sent back through the translator
 *     SIIT_A_OIF: NLA_U32, the device that it leaves by
 *     SIIT_A_ICMP_TYPE, SIIT_A_ICMP_CODE: NLA_U8, SIIT_VERDICT_REJECT: the
 *         error, in the family of the packet
 *
 * Multicast group "config" (CAP_NET_ADMIN): every change, as
 *   SIIT_CMD_SETTINGS_NTF: as the reply of SIIT_CMD_SETTINGS_GET
 *   SIIT_CMD_EAM_ADD_NTF, SIIT_CMD_EAM_DEL_NTF: SIIT_A_IFINDEX,
 *       SIIT_A_GENERATION and the row in SIIT_A_EAM
 *   SIIT_CMD_TABLE_NTF: SIIT_A_IFINDEX, SIIT_A_GENERATION, SIIT_A_ROWS: the
 *       table was replaced or flushed
 */
#ifndef _UAPI_LINUX_SIIT_DC_H
#define _UAPI_LINUX_SIIT_DC_H

#include <linux/types.h>

#define SIIT_LINK_KIND		"siit_dc"
#define SIIT_GENL_NAME		"siit_dc"
#define SIIT_GENL_VERSION	1
#define SIIT_GENL_MCGRP_CONFIG	"config"

/* The protocol of the routes that eamctl installs (rtm_protocol). */
#define SIIT_RTPROT		67

/* How many prefixes SIIT_SET_A_ICMP4_POOL and the other lists may hold. */
#define SIIT_PREFIXES_MAX	64
#define SIIT_PLATEAUS_MAX	16

enum siit_cmd {
	SIIT_CMD_UNSPEC,
	SIIT_CMD_SETTINGS_GET,
	SIIT_CMD_SETTINGS_SET,
	SIIT_CMD_EAM_ADD,
	SIIT_CMD_EAM_DEL,
	SIIT_CMD_EAM_GET,
	SIIT_CMD_EAM_FLUSH,
	SIIT_CMD_TXN_BEGIN,
	SIIT_CMD_TXN_ADD,
	SIIT_CMD_TXN_COMMIT,
	SIIT_CMD_TXN_ABORT,
	SIIT_CMD_STATS_GET,
	SIIT_CMD_MAP_GET,
	SIIT_CMD_EXPLAIN,
	SIIT_CMD_SETTINGS_NTF,
	SIIT_CMD_EAM_ADD_NTF,
	SIIT_CMD_EAM_DEL_NTF,
	SIIT_CMD_TABLE_NTF,
	__SIIT_CMD_MAX
};

#define SIIT_CMD_MAX (__SIIT_CMD_MAX - 1)

enum siit_attr {
	SIIT_A_UNSPEC,
	SIIT_A_IFINDEX,
	SIIT_A_IFNAME,
	SIIT_A_GENERATION,
	SIIT_A_ROWS,
	SIIT_A_EXPLICIT,
	SIIT_A_UNSET,
	SIIT_A_SETTINGS,
	SIIT_A_FLAGS,
	SIIT_A_EAM,
	SIIT_A_STAT,
	SIIT_A_BYTES46,
	SIIT_A_BYTES64,
	SIIT_A_SRC4,
	SIIT_A_DST4,
	SIIT_A_SRC6,
	SIIT_A_DST6,
	SIIT_A_PROTO,
	SIIT_A_TTL,
	SIIT_A_LENGTH,
	SIIT_A_DF,
	SIIT_A_ENTRY,
	SIIT_A_VERDICT,
	SIIT_A_COUNTER,
	SIIT_A_STEP,
	SIIT_A_OUT_SRC4,
	SIIT_A_OUT_DST4,
	SIIT_A_OUT_SRC6,
	SIIT_A_OUT_DST6,
	SIIT_A_SRC_RULE,
	SIIT_A_DST_RULE,
	SIIT_A_HAIRPIN,
	SIIT_A_OIF,
	SIIT_A_ICMP_TYPE,
	SIIT_A_ICMP_CODE,
	SIIT_A_PAD,
	__SIIT_A_MAX
};

#define SIIT_A_MAX (__SIIT_A_MAX - 1)

enum siit_eam_attr {
	SIIT_EAM_A_UNSPEC,
	SIIT_EAM_A_ADDR4,
	SIIT_EAM_A_LEN4,
	SIIT_EAM_A_ADDR6,
	SIIT_EAM_A_LEN6,
	SIIT_EAM_A_SCOPE,
	SIIT_EAM_A_HITS46,		/* IPv4 packets that the row has translated, if
					 * SIIT_SET_A_HITS is on; only in replies
					 */
	SIIT_EAM_A_HITS64,		/* likewise IPv6 packets */
	SIIT_EAM_A_PAD,
	__SIIT_EAM_A_MAX
};

#define SIIT_EAM_A_MAX (__SIIT_EAM_A_MAX - 1)

enum siit_stat_attr {
	SIIT_STAT_A_UNSPEC,
	SIIT_STAT_A_NAME,
	SIIT_STAT_A_CLASS,
	SIIT_STAT_A_PACKETS46,
	SIIT_STAT_A_PACKETS64,
	SIIT_STAT_A_HELP,
	SIIT_STAT_A_PAD,
	__SIIT_STAT_A_MAX
};

#define SIIT_STAT_A_MAX (__SIIT_STAT_A_MAX - 1)

/* A prefix inside an attribute that is an array of them; pad must be zero. */
struct siit_prefix4 {
	__be32 addr;
	__u8 len;
	__u8 pad[3];
};

/* The settings. "bool" is an NLA_U8 of 0 or 1. */
enum siit_set_attr {
	SIIT_SET_A_UNSPEC,
	SIIT_SET_A_ROLE,		/* NLA_U8, enum siit_role */
	SIIT_SET_A_PREFIX,		/* 16 octets; only with _PREFIX_LEN */
	SIIT_SET_A_PREFIX_LEN,		/* NLA_U8: 32, 40, 48, 56, 64, 96; 0: none */
	SIIT_SET_A_LOWEST_IPV6_MTU,	/* NLA_U32: 1280..65535 */
	SIIT_SET_A_ATOMIC_FRAGMENTS,	/* bool */
	SIIT_SET_A_ID_MODE,		/* NLA_U8, enum siit_id_mode */
	SIIT_SET_A_DF_MODE,		/* NLA_U8, enum siit_df_mode */
	SIIT_SET_A_PTB_MIN_CLAMP,	/* bool */
	SIIT_SET_A_PLATEAUS,		/* array of __u16, 1..16 of them */
	SIIT_SET_A_TOS_ZERO,		/* bool */
	SIIT_SET_A_TOS_FIXED,		/* NLA_U16: 0..255, or 65535: none */
	SIIT_SET_A_UDP_ZERO,		/* NLA_U8, enum siit_udp_zero */
	SIIT_SET_A_UDP6_ZERO,		/* NLA_U8, enum siit_udp6_zero */
	SIIT_SET_A_HAIRPIN,		/* NLA_U8, enum siit_hairpin */
	SIIT_SET_A_WKP_STRICT,		/* bool */
	SIIT_SET_A_EAM_STRICT_SUFFIX,	/* bool */
	SIIT_SET_A_NATIVE_MORE_SPECIFIC, /* bool */
	SIIT_SET_A_PROTO_GUARD,		/* bool */
	SIIT_SET_A_UNMAPPED_SRC6,	/* NLA_U8, enum siit_unmapped_src6 */
	SIIT_SET_A_UNMAPPED_DST4,	/* NLA_U8, enum siit_unmapped_dst4 */
	SIIT_SET_A_ANTISPOOF64,		/* bool */
	SIIT_SET_A_ANTISPOOF46,		/* bool */
	SIIT_SET_A_ER_INGRESS_FILTER,	/* bool */
	SIIT_SET_A_ER_SELF_SOURCE,	/* bool */
	SIIT_SET_A_ICMP4_SRC,		/* NLA_U8, enum siit_icmp4_src */
	SIIT_SET_A_ICMP4_POOL,		/* array of struct siit_prefix4 */
	SIIT_SET_A_ICMP6_SRC,		/* 16 octets; ::, an address of the outgoing interface */
	SIIT_SET_A_ICMP_ORIGIN_EXT,	/* bool */
	SIIT_SET_A_ICMP_ILLEGAL_SRC,	/* NLA_U8, enum siit_icmp_illegal_src */
	SIIT_SET_A_ICMP_ERRORS,		/* NLA_U8, enum siit_icmp_errors */
	SIIT_SET_A_ICMP_RATE,		/* NLA_U32: errors a second, 1..1000000 */
	SIIT_SET_A_ICMP_BURST,		/* NLA_U32: errors, 1..1000000 */
	SIIT_SET_A_MAX_EXTHDRS,		/* NLA_U8: 1..32 */
	SIIT_SET_A_HOOK_PRIORITY,	/* NLA_S32, netfilter priority */
	SIIT_SET_A_DENYLIST4,		/* array of struct siit_prefix4 */
	SIIT_SET_A_POOL4,		/* array of struct siit_prefix4: service pools */
	SIIT_SET_A_ROUTES,		/* bool: eamctl keeps the routes */
	SIIT_SET_A_MAX_ROWS,		/* NLA_U32: rows the table may hold; above the
					 * default only for the initial user namespace
					 */
	SIIT_SET_A_TRANSLATABLE4,	/* array of struct siit_prefix4: services
					 * that have an IPv4-translatable address
					 * (RFC 6052) instead of a row
					 */
	SIIT_SET_A_PAD,
	SIIT_SET_A_HITS,		/* bool: count the packets of each row */
	__SIIT_SET_A_MAX
};

#define SIIT_SET_A_MAX (__SIIT_SET_A_MAX - 1)

enum siit_role {
	SIIT_ROLE_SIIT = 1,
	SIIT_ROLE_BR,
	SIIT_ROLE_ER,
};

enum siit_scope {
	SIIT_SCOPE_REMOTE = 1,
	SIIT_SCOPE_LOCAL,
};

enum siit_txn_flags {
	SIIT_TXN_F_RESET = 1,		/* settings that are not given: role's default */
	SIIT_TXN_F_KEEP_TABLE = 2,	/* settings only */
};

enum siit_id_mode {
	SIIT_ID_GENERATE = 1,
	SIIT_ID_ZERO,
};

enum siit_df_mode {
	SIIT_DF_RFC7915 = 1,
	SIIT_DF_RFC6145,
	SIIT_DF_RFC6145_SMALL,
};

enum siit_udp_zero {
	SIIT_UDP_ZERO_COMPUTE = 1,
	SIIT_UDP_ZERO_DROP,
	SIIT_UDP_ZERO_FORWARD,
};

enum siit_udp6_zero {
	SIIT_UDP6_ZERO_PASS = 1,
	SIIT_UDP6_ZERO_DROP,
};

enum siit_hairpin {
	SIIT_HAIRPIN_INTRINSIC = 1,
	SIIT_HAIRPIN_SIMPLE,
	SIIT_HAIRPIN_OFF,
};

enum siit_unmapped_src6 {
	SIIT_UNMAPPED_SRC6_RFC7915 = 1,
	SIIT_UNMAPPED_SRC6_RFC6145,
	SIIT_UNMAPPED_SRC6_DROP,
};

enum siit_unmapped_dst4 {
	SIIT_UNMAPPED_DST4_STACK = 1,
	SIIT_UNMAPPED_DST4_REJECT,
	SIIT_UNMAPPED_DST4_REJECT13,
	SIIT_UNMAPPED_DST4_DROP,
};

enum siit_icmp4_src {
	SIIT_ICMP4_SRC_INTERFACE = 1,
	SIIT_ICMP4_SRC_POOL,
	SIIT_ICMP4_SRC_DUMMY,
};

enum siit_icmp_illegal_src {
	SIIT_ICMP_ILLEGAL_TRANSLATE = 1,
	SIIT_ICMP_ILLEGAL_DROP,
};

enum siit_icmp_errors {
	SIIT_ICMP_ERRORS_LIMIT = 1,
	SIIT_ICMP_ERRORS_SEND,
	SIIT_ICMP_ERRORS_OFF,
};

enum siit_rule {
	SIIT_RULE_NONE = 1,	/* unmapped */
	SIIT_RULE_EAM,		/* RFC 7757 */
	SIIT_RULE_PREFIX,	/* RFC 6052 */
	SIIT_RULE_ICMP_SRC,	/* RFC 6791 and the like: only of ICMP errors */
};

enum siit_entry {
	SIIT_ENTRY_HOOK = 1,	/* arrives from the network: the default */
	SIIT_ENTRY_XMIT,	/* is routed to the device, or sent by a local socket */
};

enum siit_verdict_kind {
	SIIT_VERDICT_LEAVE = 1,	/* not ours: the stack has it, unchanged */
	SIIT_VERDICT_TRANSLATE,
	SIIT_VERDICT_DROP,	/* silently */
	SIIT_VERDICT_REJECT,	/* with an ICMP error to the sender */
};

enum siit_stat_class {
	SIIT_STAT_CLASS_TRANSLATED = 1,
	SIIT_STAT_CLASS_LEFT,
	SIIT_STAT_CLASS_DROPPED,
	SIIT_STAT_CLASS_REJECTED,
	SIIT_STAT_CLASS_MESSAGE, /* counts ICMP errors of ours, not packets */
};

#endif /* _UAPI_LINUX_SIIT_DC_H */
