/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for rows of the table and nodes of its tries: a million are not
 * rounded up to the next size that kmalloc() has. The functions that the core
 * calls are in core/deps.h.
 */
#ifndef SIIT_TABLE_CACHE_H
#define SIIT_TABLE_CACHE_H

int siit_table_cache_init(void);
/* No table may be left, and rcu_barrier() has been waited for. */
void siit_table_cache_exit(void);

#endif /* SIIT_TABLE_CACHE_H */
