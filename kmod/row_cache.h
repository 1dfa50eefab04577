/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for rows of the table: a million are not rounded up to the next size
 * that kmalloc() has. The functions that the core calls are in core/deps.h.
 */
#ifndef SIIT_ROW_CACHE_H
#define SIIT_ROW_CACHE_H

int siit_row_cache_init(void);
/* Nobody may hold a row, and rcu_barrier() has been waited for. */
void siit_row_cache_exit(void);

#endif /* SIIT_ROW_CACHE_H */
