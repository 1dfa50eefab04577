/* SPDX-License-Identifier: GPL-2.0 */
/* Rows of the table as netlink attributes. */
#ifndef SIIT_ROW_NL_H
#define SIIT_ROW_NL_H

#include <net/netlink.h>

#include "siit.h"

extern const struct nla_policy siit_row_policy[SIIT_EAM_A_MAX + 1];

/* Which columns a request named. */
struct siit_row_given {
	bool col4;
	bool col6;
};

/**
 * siit_row_parse() - a row from SIIT_A_EAM
 * @row: the result; scope local where the role says so and none is given
 * @given: which columns were there; NULL: both are required
 * @nest: the attribute
 * @role: enum siit_role, for the default scope
 * @extack: told what is wrong
 */
int siit_row_parse(struct siit_row *row, struct siit_row_given *given,
		   const struct nlattr *nest, u8 role,
		   struct netlink_ext_ack *extack);

/**
 * siit_row_put() - SIIT_A_EAM
 * @msg: the message
 * @row: the row
 * @hits: what it has counted, or NULL
 *
 * Return: 0 or -EMSGSIZE.
 */
int siit_row_put(struct sk_buff *msg, const struct siit_row *row,
		 const struct siit_hits *hits);

/**
 * siit_row_refuse() - what the table said, as an errno and in words
 * @err: not SIIT_EAM_OK
 * @nest: the row's attribute
 * @extack: told
 */
int siit_row_refuse(enum siit_eam_error err, const struct nlattr *nest,
		    struct netlink_ext_ack *extack);

#endif /* SIIT_ROW_NL_H */
