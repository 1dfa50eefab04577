/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Explicit Address Mapping Table (RFC 7757), both columns.
 *
 * Readers hold rcu_read_lock() for the lookup and for as long as they use the
 * row. Writers exclude each other; the table does not lock. A row is added to
 * or removed from a live table under readers; one packet sees it in both
 * columns or in none that matters (EAM-12).
 *
 * A lookup of a host row (/32, /128) is one access to a hash table; prefixes
 * are found by a path-compressed trie, entered only if there are any.
 */
#ifndef SIIT_CORE_EAM_H
#define SIIT_CORE_EAM_H

#include "deps.h"

struct siit_eamt;

/* One row. Immutable, but for its state, once it is in a table. Host bits are zero (EAM-03). */
struct siit_row {
	__be32 addr4;
	u8 len4;		/* 0..32 */
	u8 len6;		/* 0..128 */
	u8 local;		/* bool: scope local, else remote */
	u8 state;		/* the table's own */
	struct in6_addr addr6;
};

/* How many packets a row has translated: IPv4 and IPv6 packets apart. */
struct siit_hits {
	atomic64_t packets[2];
	struct rcu_head rcu;
};

enum siit_eam_error {
	SIIT_EAM_OK,
	SIIT_EAM_NOMEM,
	SIIT_EAM_FULL,		/* the row limit */
	SIIT_EAM_DUP4,		/* EAM-10: the IPv4 prefix is another row's */
	SIIT_EAM_DUP6,		/* EAM-10: the IPv6 prefix is another row's */
	SIIT_EAM_SAME,		/* EAM-10: this very row is there already */
	SIIT_EAM_LEN4,		/* > 32 */
	SIIT_EAM_LEN6,		/* > 128 */
	SIIT_EAM_SUFFIX,	/* EAM-02: IPv4 suffix longer than the IPv6 one */
	SIIT_EAM_HOST4,		/* EAM-03: bits beyond the IPv4 prefix */
	SIIT_EAM_HOST6,		/* EAM-03: bits beyond the IPv6 prefix */
	SIIT_EAM_BAD4,		/* EAM-11: never a service address */
	SIIT_EAM_BAD6,		/* EAM-11 */
};

/**
 * siit_row_check() - is this a legal row, whatever the table holds?
 * @row: the row
 *
 * Return: SIIT_EAM_OK, _LEN4, _LEN6, _SUFFIX, _HOST4, _HOST6, _BAD4 or _BAD6.
 */
enum siit_eam_error siit_row_check(const struct siit_row *row);

/**
 * siit_eam_strerror() - an error in the operator's words
 * @err: not SIIT_EAM_OK
 *
 * Return: a string literal, not capitalised mid-sentence, without full stop.
 */
const char *siit_eam_strerror(enum siit_eam_error err);

/**
 * siit_eamt_create() - an empty table
 * @max_rows: the limit
 * @rows_hint: how many will come; sizes the hash tables at once, 0 if unknown
 *
 * Return: the table, or NULL without memory. May sleep.
 */
struct siit_eamt *siit_eamt_create(u32 max_rows, u32 rows_hint);

/**
 * siit_eamt_count_hits() - from now on, rows that are added have hits
 * @t: the table, empty
 *
 * Costs 44 to 50 octets a row. A table counts for all of its life, or never.
 */
void siit_eamt_count_hits(struct siit_eamt *t);
bool siit_eamt_counts_hits(const struct siit_eamt *t);

/**
 * siit_eamt_copy() - the same rows in another table
 * @t: the table
 * @count_hits: whether the copy counts hits, from 0
 *
 * Return: the table, or NULL without memory. May sleep.
 */
struct siit_eamt *siit_eamt_copy(const struct siit_eamt *t, bool count_hits);

/**
 * siit_eamt_inherit_hits() - rows that the old table has too go on counting
 * @t: the new table, which counts hits, not yet published
 * @old: the old one, which may be live; to be destroyed, not to be changed
 *
 * Readers of both count in the same place: no packet is forgotten. Not to be
 * undone.
 */
void siit_eamt_inherit_hits(struct siit_eamt *t, struct siit_eamt *old);

/**
 * siit_row_hits() - how many packets a row has translated
 * @t: its table
 * @row: the row
 *
 * For readers and writers. Return: its hits, or NULL if they are not counted.
 */
struct siit_hits *siit_row_hits(const struct siit_eamt *t,
				const struct siit_row *row);

/* A packet of IPv4 (@dir 0) or IPv6 (1) was translated by the row. */
static inline void siit_row_hit(const struct siit_eamt *t,
				const struct siit_row *row, unsigned int dir)
{
	struct siit_hits *hits = siit_row_hits(t, row);

	if (hits)
		atomic64_inc(&hits->packets[dir]);
}

/* Are two rows of one table, or one of each of two, the same mapping? */
bool siit_row_is_same(const struct siit_row *a, const struct siit_row *b);

/**
 * siit_eamt_destroy() - free a table and all its rows at once
 * @t: the table, or NULL; no reader may be left (after a grace period, or
 *     never published)
 */
void siit_eamt_destroy(struct siit_eamt *t);

/**
 * siit_eamt_add() - check a row and add a copy of it
 * @t: the table, live or not
 * @row: the row
 *
 * The cost does not depend on the number of rows, but for a growth of the
 * hash tables each time that number has grown by a quarter. May sleep.
 *
 * Return: SIIT_EAM_OK or why not; then nothing changed.
 */
enum siit_eam_error siit_eamt_add(struct siit_eamt *t,
				  const struct siit_row *row);

/**
 * siit_eamt_del() - remove a row; readers may use it until a grace period
 * @t: the table
 * @row: as siit_eamt_find4() or siit_eamt_find6() returned it
 */
void siit_eamt_del(struct siit_eamt *t, const struct siit_row *row);

/* The row with exactly this prefix, or NULL. For writers. */
const struct siit_row *siit_eamt_find4(const struct siit_eamt *t, __be32 addr,
				       u8 len);
const struct siit_row *siit_eamt_find6(const struct siit_eamt *t,
				       const struct in6_addr *addr, u8 len);

/* Longest match on one column (EAM-04, EAM-05), or NULL. For readers. */
const struct siit_row *siit_eamt_lookup4(const struct siit_eamt *t,
					 __be32 addr);
const struct siit_row *siit_eamt_lookup6(const struct siit_eamt *t,
					 const struct in6_addr *addr);

u32 siit_eamt_rows(const struct siit_eamt *t);
u32 siit_eamt_max_rows(const struct siit_eamt *t);
void siit_eamt_set_max_rows(struct siit_eamt *t, u32 max_rows);

/**
 * siit_eamt_next() - walk all rows, for writers or while no one writes
 * @t: the table
 * @row: NULL for the first, else what it returned; nothing was added or removed
 *     since
 *
 * Return: the next row, in no order, or NULL.
 */
const struct siit_row *siit_eamt_next(const struct siit_eamt *t,
				      const struct siit_row *row);

/**
 * siit_row_map46() - the IPv6 image of an address in the row's IPv4 prefix
 * @row: the row
 * @addr: inside its IPv4 prefix
 * @out: EAM6 prefix bits, the IPv4 suffix bits, zeros (RFC 7757 3.3.1)
 */
void siit_row_map46(const struct siit_row *row, __be32 addr,
		    struct in6_addr *out);

/**
 * siit_row_map64() - the IPv4 image of an address in the row's IPv6 prefix
 * @row: the row
 * @addr: inside its IPv6 prefix
 * @out: EAM4 prefix bits, the following bits of @addr (RFC 7757 3.3.2)
 *
 * Return: true if the bits of @addr that got lost were all zero (EAM-05).
 */
bool siit_row_map64(const struct siit_row *row, const struct in6_addr *addr,
		    __be32 *out);

#endif /* SIIT_CORE_EAM_H */
