// SPDX-License-Identifier: GPL-2.0
/* For hits_test.cpp: the table's inside is C only. */
#include "eam_table.h"

void hits_hit(const struct siit_eamt *t, const struct siit_row *row, unsigned int dir);
size_t hits_place_size(void);
size_t hits_entry_size(void);

void hits_hit(const struct siit_eamt *t, const struct siit_row *row, unsigned int dir)
{
	siit_row_hit(t, row, dir);
}

size_t hits_place_size(void)
{
	return sizeof(struct siit_place);
}

size_t hits_entry_size(void)
{
	return sizeof(struct siit_eamt_entry);
}
