/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words from and to any place in a packet: inlined for a size that the compiler
 * knows, also where a kernel's memcpy() is always a call (User Mode Linux), and
 * without an array on the stack, which most kernels fill with zeros first.
 */
#ifndef SIIT_CORE_WORD_H
#define SIIT_CORE_WORD_H

#include "deps.h"

#define siit_copy(to, from, size)	__builtin_memcpy(to, from, size)

/* Memory order: only for sums, comparing and hashing. */
static __always_inline u64 siit_load64(const void *p)
{
	u64 word;

	siit_copy(&word, p, sizeof(word));
	return word;
}

static __always_inline __sum16 siit_load_csum(const void *p)
{
	__sum16 check;

	siit_copy(&check, p, sizeof(check));
	return check;
}

static __always_inline bool siit_same6(const struct in6_addr *a,
				       const struct in6_addr *b)
{
	return siit_load64(a) == siit_load64(b) &&
	       siit_load64(&a->s6_addr[8]) == siit_load64(&b->s6_addr[8]);
}

#endif /* SIIT_CORE_WORD_H */
