// SPDX-License-Identifier: GPL-2.0
#include "addr.h"
#include "eam.h"
#include "eam_table.h"

/* The upper @len bits of a word; @len is 0..64. */
static u64 mask64(unsigned int len)
{
	return len ? U64_MAX << (64 - len) : 0;
}

static u64 key4(__be32 addr)
{
	return (u64)be32_to_cpu(addr) << 32;
}

static u64 key6_hi(const struct in6_addr *addr)
{
	return get_unaligned_be64(&addr->s6_addr[0]);
}

static u64 key6_lo(const struct in6_addr *addr)
{
	return get_unaligned_be64(&addr->s6_addr[8]);
}

static bool is_host4(const struct siit_row *row)
{
	return row->len4 == 32;
}

static bool is_host6(const struct siit_row *row)
{
	return row->len6 == 128;
}

/* EAM-11: IPv4 that is never a service address. 0.0.0.0/0 is legal (IVI). */
static bool row_is_bad4(const struct siit_row *row)
{
	u32 addr = be32_to_cpu(row->addr4);

	return (row->len4 >= 4 && addr >> 28 == 0xe) ||
	       (row->len4 >= 8 && addr >> 24 == 127) ||
	       (row->len4 == 32 && addr == U32_MAX);
}

struct prefix_bits {
	u64 hi;
	u64 lo;
	u8 len;
};

/* EAM-11: IPv6 that is never a service address, nor in a row's prefix. */
static const struct prefix_bits bad6[] = {
	{ 0xff00ULL << 48, 0, 8 },		/* ff00::/8 */
	{ 0xfe80ULL << 48, 0, 10 },		/* fe80::/10 */
	{ 0, 0, 127 },				/* ::, ::1 */
	{ 0, 0xffff00000000ULL, 96 },		/* ::ffff:0:0/96 */
};

static bool row_is_bad6(const struct siit_row *row)
{
	u64 hi = key6_hi(&row->addr6);
	u64 lo = key6_lo(&row->addr6);
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(bad6); i++) {
		len = min_t(unsigned int, row->len6, bad6[i].len);
		if (!((hi ^ bad6[i].hi) & mask64(min_t(unsigned int, len, 64))) &&
		    (len <= 64 || !((lo ^ bad6[i].lo) & mask64(len - 64))))
			return true;
	}
	return false;
}

static bool row_has_host_bits6(const struct siit_row *row)
{
	if (row->len6 < 64)
		return (key6_hi(&row->addr6) & ~mask64(row->len6)) ||
		       key6_lo(&row->addr6);
	return key6_lo(&row->addr6) & ~mask64(row->len6 - 64u);
}

enum siit_eam_error siit_row_check(const struct siit_row *row)
{
	if (row->len4 > 32)
		return SIIT_EAM_LEN4;
	if (row->len6 > 128)
		return SIIT_EAM_LEN6;
	/* RFC 7757 3.2 */
	if (32 - row->len4 > 128 - row->len6)
		return SIIT_EAM_SUFFIX;
	if (key4(row->addr4) & ~mask64(row->len4))
		return SIIT_EAM_HOST4;
	if (row_has_host_bits6(row))
		return SIIT_EAM_HOST6;
	if (row_is_bad4(row))
		return SIIT_EAM_BAD4;
	if (row_is_bad6(row))
		return SIIT_EAM_BAD6;
	return SIIT_EAM_OK;
}

const char *siit_eam_strerror(enum siit_eam_error err)
{
	switch (err) {
	case SIIT_EAM_OK:
		break;
	case SIIT_EAM_NOMEM:
		return "out of memory";
	case SIIT_EAM_FULL:
		return "the table is full (max-rows)";
	case SIIT_EAM_DUP4:
		return "another row has this IPv4 prefix";
	case SIIT_EAM_DUP6:
		return "another row has this IPv6 prefix";
	case SIIT_EAM_SAME:
		return "this row is in the table already";
	case SIIT_EAM_LEN4:
		return "IPv4 prefix length is above 32";
	case SIIT_EAM_LEN6:
		return "IPv6 prefix length is above 128";
	case SIIT_EAM_SUFFIX:
		return "IPv4 suffix is longer than the IPv6 suffix (RFC 7757 3.2)";
	case SIIT_EAM_HOST4:
		return "IPv4 address has bits set beyond the prefix length";
	case SIIT_EAM_HOST6:
		return "IPv6 address has bits set beyond the prefix length";
	case SIIT_EAM_BAD4:
		return "IPv4 prefix is multicast, loopback or broadcast";
	case SIIT_EAM_BAD6:
		return "IPv6 prefix overlaps ::, ::1, ::ffff:0:0/96, fe80::/10 or ff00::/8";
	}
	return "no error";
}

struct siit_eamt *siit_eamt_create(u32 max_rows, u32 rows_hint)
{
	u32 hint = min_t(u32, max_rows, rows_hint);
	struct siit_eamt *t;

	t = siit_alloc(sizeof(*t));
	if (!t)
		return NULL;
	if (!siit_hash_init(&t->hash[SIIT_COL4], SIIT_COL4, hint))
		goto free_table;
	if (!siit_hash_init(&t->hash[SIIT_COL6], SIIT_COL6, hint))
		goto free_hash4;
	t->max_rows = max_rows;
	return t;

free_hash4:
	siit_hash_free(&t->hash[SIIT_COL4]);
free_table:
	siit_free(t);
	return NULL;
}

void siit_eamt_count_hits(struct siit_eamt *t)
{
	t->count_hits = true;
}

bool siit_eamt_counts_hits(const struct siit_eamt *t)
{
	return t->count_hits;
}

bool siit_row_is_same(const struct siit_row *a, const struct siit_row *b)
{
	return a->addr4 == b->addr4 && a->len4 == b->len4 &&
	       a->len6 == b->len6 && siit_same6(&a->addr6, &b->addr6);
}

/*
 * Where a row's hits are: with its IPv4 column. One that is a prefix there is
 * one in the IPv6 column, too (EAM-02).
 */
static unsigned long *hits_at(const struct siit_eamt *t,
			      const struct siit_row *row)
{
	return is_host4(row) ? siit_hash_hits4(&t->hash[SIIT_COL4], row) :
			       &siit_row_entry(row)->hits;
}

struct siit_hits *siit_row_hits(const struct siit_eamt *t,
				const struct siit_row *row)
{
	const unsigned long *at = hits_at(t, row);

	return at ? (struct siit_hits *)(READ_ONCE(*at) & ~SIIT_HITS_LENT) : NULL;
}

/* Those that go with a row, or NULL. */
static struct siit_hits *own_hits(unsigned long hits)
{
	return hits & SIIT_HITS_LENT ? NULL : (struct siit_hits *)hits;
}

static void free_late(struct rcu_head *rcu)
{
	siit_row_free(container_of(rcu, struct siit_eamt_entry, rcu));
}

void siit_eamt_destroy(struct siit_eamt *t)
{
	struct siit_eamt_entry *e, *next;
	unsigned int done = 0;

	if (!t)
		return;
	for (e = t->first; e; e = next) {
		next = e->next;
		siit_free(own_hits(e->hits));
		siit_row_free(e);
		if (!(++done & 1023))
			siit_resched();
	}
	siit_trie_empty(&t->trie[SIIT_COL6]);
	siit_trie_empty(&t->trie[SIIT_COL4]);
	siit_pool_empty(&t->pool);
	siit_hash_free(&t->hash[SIIT_COL6]);
	siit_hash_free(&t->hash[SIIT_COL4]);
	siit_free(t);
}

static void list_insert(struct siit_eamt *t, struct siit_eamt_entry *e)
{
	e->prev = t->last;
	if (t->last)
		t->last->next = e;
	else
		t->first = e;
	t->last = e;
}

static void list_remove(struct siit_eamt *t, struct siit_eamt_entry *e)
{
	if (e->prev)
		e->prev->next = e->next;
	else
		t->first = e->next;
	if (e->next)
		e->next->prev = e->prev;
	else
		t->last = e->prev;
}

/* EAM-10 */
static enum siit_eam_error find_duplicate(const struct siit_eamt *t,
					  const struct siit_row *row)
{
	const struct siit_row *same4, *same6;

	same4 = siit_eamt_find4(t, row->addr4, row->len4);
	same6 = siit_eamt_find6(t, &row->addr6, row->len6);
	if (same4 && siit_row_is_same(same4, row) &&
	    !same4->local == !row->local)
		return SIIT_EAM_SAME;
	if (same4)
		return SIIT_EAM_DUP4;
	if (same6)
		return SIIT_EAM_DUP6;
	return SIIT_EAM_OK;
}

enum siit_eam_error siit_eamt_add(struct siit_eamt *t,
				  const struct siit_row *row)
{
	const bool host6 = is_host6(row);
	const bool host4 = host6 || is_host4(row);	/* EAM-02 */
	const unsigned int prefixes = !host4 + !host6;
	struct siit_eamt_entry *e = NULL;
	struct siit_hits *hits = NULL;
	enum siit_eam_error err;

	err = siit_row_check(row);
	if (err)
		return err;
	err = find_duplicate(t, row);
	if (err)
		return err;
	if (t->rows >= t->max_rows)
		return SIIT_EAM_FULL;
	if (!siit_pool_fill(&t->pool, prefixes * SIIT_POOL_PER_INSERT))
		return SIIT_EAM_NOMEM;
	if (t->count_hits) {
		hits = siit_alloc(sizeof(*hits));
		if (!hits)
			return SIIT_EAM_NOMEM;
	}
	if (!host6) {
		e = siit_row_alloc();
		if (!e)
			goto free_hits;
		e->at.row = *row;
		e->at.row.state = 0;
	}
	/* The IPv6 column's last: who walks is there, and is told only of changes. */
	if ((host4 &&
	     !siit_hash_reserve(&t->hash[SIIT_COL4], t->count_hits)) ||
	    (host6 && !siit_hash_reserve(&t->hash[SIIT_COL6], false)))
		goto free_entry;

	/* From here on nothing fails. */
	t->rows++;
	WRITE_ONCE(t->seen6, t->seen6 | (row->len6 < 64 ? U64_MAX :
					 siit_hi_bit(&row->addr6)));
	if (host4) {
		siit_hash_insert(&t->hash[SIIT_COL4], row,
				 (unsigned long)hits);
	} else {
		e->hits = (unsigned long)hits;
		siit_trie_insert(&t->trie[SIIT_COL4], &t->pool,
				 key4(row->addr4), 0, row->len4,
				 &e->leaf[SIIT_COL4]);
	}
	if (host6) {
		siit_hash_insert(&t->hash[SIIT_COL6], row, 0);
	} else {
		list_insert(t, e);
		siit_trie_insert(&t->trie[SIIT_COL6], &t->pool,
				 key6_hi(&row->addr6), key6_lo(&row->addr6),
				 row->len6, &e->leaf[SIIT_COL6]);
	}
	return SIIT_EAM_OK;

free_entry:
	if (e)
		siit_row_free(e);
free_hits:
	siit_free(hits);
	return SIIT_EAM_NOMEM;
}

/* Not kfree_rcu(): before 6.12 nothing waits for what that has put aside. */
void siit_eamt_del(struct siit_eamt *t, const struct siit_row *row)
{
	const struct siit_row was = *row;
	struct siit_eamt_entry *e = NULL;
	unsigned long hits_word = 0;
	struct siit_hits *hits;

	if (is_host6(&was)) {
		siit_hash_remove(&t->hash[SIIT_COL6], &was);
	} else {
		e = siit_row_entry(siit_eamt_find6(t, &was.addr6, was.len6));
		hits_word = e->hits;
		siit_trie_remove(&t->trie[SIIT_COL6], key6_hi(&was.addr6),
				 key6_lo(&was.addr6), was.len6);
	}
	if (is_host4(&was)) {
		hits = own_hits(siit_hash_remove(&t->hash[SIIT_COL4], &was));
	} else {
		hits = own_hits(hits_word);
		siit_trie_remove(&t->trie[SIIT_COL4], key4(was.addr4), 0,
				 was.len4);
	}
	t->rows--;
	if (hits)
		siit_free_rcu(hits, rcu);
	if (e) {
		list_remove(t, e);
		siit_call_rcu(&e->rcu, free_late);
	}
}

struct siit_eamt *siit_eamt_copy(const struct siit_eamt *t, bool count_hits)
{
	struct siit_eamt *copy = siit_eamt_create(U32_MAX, t->rows);
	const struct siit_row *row = NULL;
	unsigned int done = 0;

	if (!copy)
		return NULL;
	copy->count_hits = count_hits;
	while ((row = siit_eamt_next(t, row))) {
		if (siit_eamt_add(copy, row)) {
			siit_eamt_destroy(copy);
			return NULL;
		}
		if (!(++done & 1023))
			siit_resched();
	}
	copy->max_rows = t->max_rows;
	return copy;
}

void siit_eamt_inherit_hits(struct siit_eamt *t, struct siit_eamt *old)
{
	const struct siit_row *row = NULL, *was;
	unsigned long *at, *had;
	unsigned int done = 0;

	if (!old->count_hits)
		return;
	while ((row = siit_eamt_next(t, row))) {
		if (!(++done & 1023))
			siit_resched();
		was = siit_eamt_find4(old, row->addr4, row->len4);
		if (!was || !siit_row_is_same(row, was))
			continue;
		at = hits_at(t, row);
		had = hits_at(old, was);
		siit_free(own_hits(*at));
		*at = *had;
		WRITE_ONCE(*had, *had | SIIT_HITS_LENT);
	}
}

const struct siit_row *siit_eamt_find4(const struct siit_eamt *t, __be32 addr,
				       u8 len)
{
	if (len == 32)
		return siit_hash_find4(&t->hash[SIIT_COL4], addr);
	return siit_leaf_row(siit_trie_find(&t->trie[SIIT_COL4], key4(addr), 0,
					    len), SIIT_COL4);
}

const struct siit_row *siit_eamt_find6(const struct siit_eamt *t,
				       const struct in6_addr *addr, u8 len)
{
	if (len == 128)
		return siit_hash_find6(&t->hash[SIIT_COL6], addr);
	return siit_leaf_row(siit_trie_find(&t->trie[SIIT_COL6], key6_hi(addr),
					    key6_lo(addr), len), SIIT_COL6);
}

const struct siit_row *siit_eamt_prefix4(const struct siit_eamt *t,
					 __be32 addr)
{
	return siit_leaf_row(siit_trie_lookup(&t->trie[SIIT_COL4], key4(addr),
					      0), SIIT_COL4);
}

const struct siit_row *siit_eamt_prefix6(const struct siit_eamt *t,
					 const struct in6_addr *addr)
{
	return siit_leaf_row(siit_trie_lookup(&t->trie[SIIT_COL6],
					      key6_hi(addr), key6_lo(addr)),
			     SIIT_COL6);
}

const struct siit_row *siit_eamt_lookup4(const struct siit_eamt *t,
					 __be32 addr)
{
	return siit_eamt_get4(t, addr);
}

const struct siit_row *siit_eamt_lookup6(const struct siit_eamt *t,
					 const struct in6_addr *addr)
{
	return siit_eamt_get6(t, addr);
}

u32 siit_eamt_rows(const struct siit_eamt *t)
{
	return t->rows;
}

u32 siit_eamt_max_rows(const struct siit_eamt *t)
{
	return t->max_rows;
}

void siit_eamt_set_max_rows(struct siit_eamt *t, u32 max_rows)
{
	t->max_rows = max_rows;
}

const struct siit_row *siit_eamt_next(const struct siit_eamt *t,
				      const struct siit_row *row)
{
	const struct siit_eamt_entry *e = t->first;

	/* First those that have an entry. */
	if (row && is_host6(row))
		return siit_hash_next(&t->hash[SIIT_COL6], row);
	if (row)
		e = siit_row_entry(row)->next;
	return e ? &e->at.row : siit_hash_next(&t->hash[SIIT_COL6], NULL);
}

/* How far the suffix of an IPv4 address is from the right end of its image. */
static unsigned int suffix_shift(const struct siit_row *row)
{
	return 128u - row->len6 - (32u - row->len4);
}

void siit_row_map46(const struct siit_row *row, __be32 addr,
		    struct in6_addr *out)
{
	unsigned int shift;
	u64 suffix, hi, lo;

	*out = row->addr6;
	if (is_host4(row))
		return;

	suffix = be32_to_cpu(addr) & (U32_MAX >> row->len4);
	hi = key6_hi(out);
	lo = key6_lo(out);
	shift = suffix_shift(row);
	if (shift >= 64) {
		hi |= suffix << (shift - 64);
	} else {
		hi |= suffix >> 1 >> (63 - shift);
		lo |= suffix << shift;
	}
	put_unaligned_be64(hi, &out->s6_addr[0]);
	put_unaligned_be64(lo, &out->s6_addr[8]);
}

bool siit_row_map64(const struct siit_row *row, const struct in6_addr *addr,
		    __be32 *out)
{
	u64 hi, lo, suffix, lost;
	unsigned int shift;

	*out = row->addr4;
	if (is_host6(row))
		return true;

	hi = key6_hi(addr);
	lo = key6_lo(addr);
	shift = suffix_shift(row);
	if (shift == 128) {		/* 32 and 0: there is no suffix */
		suffix = 0;
		lost = hi | lo;
	} else if (shift >= 64) {
		suffix = hi >> (shift - 64);
		lost = (hi & ~mask64(128 - shift)) | lo;
	} else {
		suffix = hi << 1 << (63 - shift) | lo >> shift;
		lost = lo & ~mask64(64 - shift);
	}
	if (!is_host4(row))
		*out |= cpu_to_be32((u32)suffix & (U32_MAX >> row->len4));
	return !lost;
}
