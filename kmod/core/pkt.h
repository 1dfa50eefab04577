/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet on its way through the core:
 *
 *	siit_pkt --match--> siit_match --(FIB may veto)--> plan --> siit_plan
 *
 * The core reads octets and says what to do; it changes nothing. It never
 * reads past siit_pkt.have; when it needs more it says how much, and is
 * called again from the start.
 */
#ifndef SIIT_CORE_PKT_H
#define SIIT_CORE_PKT_H

#include "deps.h"
#include "settings.h"
#include "stat.h"

enum siit_verdict {
	SIIT_LEAVE,	/* not ours: untouched */
	SIIT_XLAT,	/* go on; from the plan: do it */
	SIIT_DROP,	/* silently */
	SIIT_REJECT,	/* and send the ICMP error of .icmp_* */
	SIIT_NEED,	/* .need octets at siit_pkt.data, then again */
	SIIT_ASK,	/* answers to .ask, then again */
};

enum siit_pkt_flags {
	SIIT_PKT_XMIT = BIT(0),		/* routed or sent to the device */
	SIIT_PKT_RECEIVED = BIT(1),	/* came in from some network device */
	SIIT_PKT_LOOPBACK = BIT(2),	/* that is a loopback device */
	SIIT_PKT_HAIRPIN = BIT(3),	/* second pass (RFC 7757 4.2.2) */
	SIIT_PKT_PARTIAL = BIT(4),	/* checksum field holds the pseudo header's sum */
	SIIT_PKT_REASSEMBLED = BIT(5),	/* by this host: DF counts as 0 (FR-15) */
	SIIT_PKT_DECREMENT = BIT(6),	/* TTL: the core decrements and rejects */
	SIIT_PKT_ANSWERED = BIT(7),	/* siit_pkt.ans is filled in */
	SIIT_PKT_CHECKED = BIT(8),	/* the IPv4 header checksum is verified */
};

/* Only for ICMP errors: what the plan cannot know. */
struct siit_answers {
	u32 mtu_out;		/* next hop towards the receiver, 0: unknown */
	u32 mtu_back;		/* old family's, towards the quoted destination */
	__be32 src4;		/* for an unmappable IPv6 source (IS-03, IS-07) */
	struct in6_addr src6;	/* for an unmappable IPv4 source (IS-02) */
	bool no_src6;		/* there is none */
};

struct siit_pkt {
	const u8 *data;		/* the IP header */
	u32 have;		/* octets that may be read there */
	u32 len;		/* octets of the packet, from the IP header on */
	u32 gso_size;		/* transport payload of a segment; 0: no GSO */
	u16 flags;
	struct siit_answers ans;
};

/* What only the FIB knows. */
enum siit_fib_ask {
	SIIT_FIB_TO_DEV = BIT(0),	/* does the input route lead to the device? */
	SIIT_FIB_DST = BIT(1),		/* native route to dst beyond .dst_len bits? */
	SIIT_FIB_SRC4 = BIT(2),		/* native route to src beyond .src_len bits? */
	SIIT_FIB_OWN = BIT(3),		/* leave it if dst is an address of this host */
};

/* Who is translated, and to what. */
struct siit_match {
	enum siit_verdict verdict;
	enum siit_stat stat;
	u32 need;

	const struct siit_row *src_row;	/* NULL unless src_rule is EAM */
	const struct siit_row *dst_row;
	u8 src_rule;			/* enum siit_rule */
	u8 dst_rule;
	u8 fib;				/* enum siit_fib_ask, 0: nothing to ask */
	u8 src_len;			/* prefix length of the mapping */
	u8 dst_len;
	bool icmp_error;		/* an ICMP error message */

	/* SIIT_REJECT: in the packet's own family */
	u8 icmp_type;
	u8 icmp_code;
	u32 icmp_info;

	/* The layout, as parsed. */
	u8 proto;			/* transport, or the first unknown */
	u32 l4;				/* offset of the transport header */
	u32 frag;			/* offset of the IPv6 Fragment Header, 0: none */
	u32 total;			/* octets by the packet's own length field */
	u16 frag_off;			/* in octets */
	bool mf;

	/* The addresses of both families. */
	__be32 src4, dst4;
	struct in6_addr src6, dst6;
};

enum siit_plan_flags {
	SIIT_PLAN_DF0 = BIT(0),		/* 4->6: may be split (FR-01) */
	SIIT_PLAN_SEGMENT = BIT(1),	/* GSO: segment first, then each again */
	SIIT_PLAN_GEN_ID = BIT(2),	/* 6->4: fill in an Identification */
	SIIT_PLAN_CSUM = BIT(3),	/* field at .csum_off changes to .csum */
	SIIT_PLAN_CSUM_FULL = BIT(4),	/* compute it over the whole (CK-03) */
	SIIT_PLAN_ECHO = BIT(5),	/* the ICMP type changes to .echo_type */
	SIIT_PLAN_ERROR = BIT(6),	/* an ICMP error: .hdr and the tail below */
	SIIT_PLAN_FRAG = BIT(7),	/* 4->6: .hdr ends in a Fragment Header */
	SIIT_PLAN_HAIRPIN = BIT(8),	/* 6->4: send back through 4->6 */
	SIIT_PLAN_EXT_CSUM = BIT(9),	/* the copied extension's checksum changes */
};

/* IPv6, Fragment Header, ICMPv6, quoted IPv6, Fragment Header, quoted TCP. */
#define SIIT_PLAN_HDR_MAX	(40 + 8 + 8 + 40 + 8 + 20)
#define SIIT_ORIGIN_EXT_LEN	28

/*
 * The new packet: hdr[new_len] instead of the first old_len octets. If ERROR,
 * then: keep octets from old_len on, pad zeros, ext_len octets from ext_off of
 * the old packet, add_len octets of add[].
 */
struct siit_plan {
	enum siit_verdict verdict;
	enum siit_stat stat;
	u32 need;
	u16 flags;
	u16 old_len;
	u16 new_len;
	u16 csum_off;		/* from the start of the old packet */
	__sum16 csum;
	u8 echo_type;
	u8 proto;		/* transport protocol in the new family */

	u8 icmp_type;		/* SIIT_REJECT */
	u8 icmp_code;
	u32 icmp_info;

	u32 size;		/* octets of the new packet, or of a GSO segment */
	u16 ip_id;		/* 4->6: the Identification when it is split (FR-03) */
	u16 frag_off;		/* 4->6: offset in octets and more fragments */
	bool mf;

	u16 keep;
	u16 pad;
	u16 ext_off;
	u16 ext_len;
	__sum16 ext_csum;
	u16 add_len;
	u8 add[SIIT_ORIGIN_EXT_LEN];

	/* SIIT_ASK: MTU and source questions are about these. */
	bool ask_mtu;
	bool ask_src;
	__be32 ask4;
	struct in6_addr ask6;

	u8 hdr[SIIT_PLAN_HDR_MAX] __aligned(8);
};

/**
 * siit_match46() - is this IPv4 packet for us, and what do its addresses become?
 * @cfg: settings and table, under rcu_read_lock()
 * @pkt: at least 20 octets at @pkt->data
 * @m: the answer; all of it is written that its verdict gives meaning to
 *
 * With verdict SIIT_XLAT and @m->fib set, the routing table must be asked and
 * siit_match46_fib() be told.
 */
void siit_match46(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		  struct siit_match *m);

/* What the routing table said. */
struct siit_fib_answer {
	bool to_dev;		/* the input route leads to the device */
	bool dst_native;	/* a native route longer than dst_len */
	bool dst_own;		/* the destination is this host's */
	bool src_native;	/* a native route longer than src_len */
};

void siit_match46_fib(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		      struct siit_match *m, const struct siit_fib_answer *a);

/* The same for an IPv6 packet, of which at least 40 octets are there. */
void siit_match64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		  struct siit_match *m);
void siit_match64_fib(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		      struct siit_match *m, const struct siit_fib_answer *a);

/**
 * siit_plan46() - how a matched IPv4 packet becomes an IPv6 packet (RFC 7915 4)
 * @cfg: as for siit_match46()
 * @pkt: likewise
 * @m: of verdict SIIT_XLAT
 * @plan: the answer; everything in the new family
 */
void siit_plan46(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		 const struct siit_match *m, struct siit_plan *plan);

/* siit_plan64() - how a matched IPv6 packet becomes an IPv4 packet (RFC 7915 5) */
void siit_plan64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		 const struct siit_match *m, struct siit_plan *plan);

/* The result of mapping one address, whatever the packet. */
struct siit_image {
	u8 rule;			/* enum siit_rule */
	enum siit_stat why;		/* with SIIT_RULE_NONE */
	const struct siit_row *row;
};

/* EAM first, then the translation prefix (EAM-06); @eam false: prefix only. */
struct siit_image siit_map46(const struct siit_cfg *cfg, __be32 addr, bool eam,
			     struct in6_addr *out);
struct siit_image siit_map64(const struct siit_cfg *cfg,
			     const struct in6_addr *addr, __be32 *out);

#endif /* SIIT_CORE_PKT_H */
