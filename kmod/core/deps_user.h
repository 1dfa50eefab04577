/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core needs, from the C library: for unit tests, fuzzers and tools.
 * The kernel never sees this file. Only for deps.h.
 */
#ifndef SIIT_CORE_DEPS_USER_H
#define SIIT_CORE_DEPS_USER_H

#include <errno.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#ifndef __force
#define __force
#endif
#ifndef __rcu
#define __rcu
#endif
#define __always_unused		__attribute__((unused))
#define __aligned(n)		__attribute__((aligned(n)))
#define __read_mostly
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define fallthrough		__attribute__((fallthrough))
#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))
#ifndef BIT
#define BIT(n)			(1UL << (n))
#endif
#define min_t(t, a, b)		((t)(a) < (t)(b) ? (t)(a) : (t)(b))
#define max_t(t, a, b)		((t)(a) > (t)(b) ? (t)(a) : (t)(b))

typedef struct {
	s64 counter;
} atomic64_t;

#define atomic64_inc(v)		__atomic_fetch_add(&(v)->counter, 1, __ATOMIC_RELAXED)
#define atomic64_read(v)	__atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)

struct rcu_head {
	void *unused[2];
};

#define rcu_assign_pointer(p, v)	__atomic_store_n(&(p), v, __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)		((p) = (v))
#define rcu_dereference(p)		__atomic_load_n(&(p), __ATOMIC_ACQUIRE)
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_dereference_raw(p)		rcu_dereference(p)
#define rcu_dereference_protected(p, c)	((void)(c), (p))

#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)

#define siit_alloc(size)	calloc(1, size)
#define siit_free(p)		free(p)
/* Tests have no readers beside the writer. */
#define siit_free_rcu(p, field)	free(p)
#define siit_row_alloc()	((struct siit_eamt_entry *)siit_alloc(sizeof(struct siit_eamt_entry)))
#define siit_row_free(e)	siit_free(e)
#define siit_node_alloc()	((struct siit_node *)siit_alloc(sizeof(struct siit_node)))
#define siit_node_free(n)	siit_free(n)
#define siit_call_rcu(head, fn)	(fn)(head)
#define siit_resched()		((void)0)

static inline void *siit_alloc_large(size_t head, u64 rest)
{
	const size_t size = (head + (size_t)rest + 127) & ~(size_t)127;
	void *p = aligned_alloc(128, size);

	return p ? memset(p, 0, size) : NULL;
}

static inline u64 siit_random64(void)
{
	return (u64)random() << 42 ^ (u64)random() << 21 ^ (u64)random();
}

static inline u16 get_unaligned_be16(const void *p)
{
	const u8 *b = (const u8 *)p;

	return (u16)(b[0] << 8 | b[1]);
}

static inline u32 get_unaligned_be32(const void *p)
{
	const u8 *b = (const u8 *)p;

	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

static inline u64 get_unaligned_be64(const void *p)
{
	return (u64)get_unaligned_be32(p) << 32 |
	       get_unaligned_be32((const u8 *)p + 4);
}

static inline void put_unaligned_be16(u16 v, void *p)
{
	u8 *b = (u8 *)p;

	b[0] = (u8)(v >> 8);
	b[1] = (u8)v;
}

static inline void put_unaligned_be32(u32 v, void *p)
{
	put_unaligned_be16((u16)(v >> 16), p);
	put_unaligned_be16((u16)v, (u8 *)p + 2);
}

static inline void put_unaligned_be64(u64 v, void *p)
{
	put_unaligned_be32((u32)(v >> 32), p);
	put_unaligned_be32((u32)v, (u8 *)p + 4);
}

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

#define be32_to_cpu(x)		__builtin_bswap32(x)
#define cpu_to_be32(x)		__builtin_bswap32(x)
#define cpu_to_be64(x)		__builtin_bswap64(x)
#define be16_to_cpu(x)		__builtin_bswap16(x)
#define cpu_to_be16(x)		__builtin_bswap16(x)

/* One's complement sums, as in the kernel's net/checksum.h. */
#define CSUM_MANGLED_0		((__sum16)0xffff)

static inline __wsum csum_add(__wsum a, __wsum b)
{
	u64 sum = (u64)a + b;

	return (__wsum)((u32)sum + (u32)(sum >> 32));
}

static inline __wsum csum_sub(__wsum a, __wsum b)
{
	return csum_add(a, ~b);
}

static inline __wsum csum_unfold(__sum16 n)
{
	return n;
}

static inline __sum16 csum_fold(__wsum csum)
{
	u32 sum = (csum & 0xffff) + (csum >> 16);

	return (__sum16)~(sum + (sum >> 16));
}

static inline __wsum csum_partial(const void *buf, int len, __wsum sum)
{
	const u8 *b = (const u8 *)buf;
	u64 acc = sum;
	u32 word;

	for (; len >= 4; len -= 4, b += 4) {
		memcpy(&word, b, 4);
		acc += word;
	}
	if (len > 0) {
		word = 0;
		memcpy(&word, b, (size_t)len);
		acc += word;
	}
	acc = (acc & 0xffffffff) + (acc >> 32);
	return (__wsum)(acc + (acc >> 32));
}

#endif /* SIIT_CORE_DEPS_USER_H */
