/* SPDX-License-Identifier: GPL-2.0 */
/* What the handlers of the Generic Netlink family share. */
#ifndef SIIT_NL_H
#define SIIT_NL_H

#include <linux/notifier.h>
#include <net/genetlink.h>

#include "siit.h"

enum { SIIT_NL_GROUP_CONFIG };

extern struct genl_family siit_nl_family;

/**
 * siit_nl_get_instance() - the namespace's instance, locked
 * @info: the request; told if there is none
 *
 * Return: the instance with siit_net.lock held, or NULL.
 */
struct siit_dev *siit_nl_get_instance(struct genl_info *info);
void siit_nl_put_instance(struct siit_dev *sd);

/* The same under RTNL, for what publishes: device and hooks move along. */
struct siit_dev *siit_nl_get_instance_rtnl(struct genl_info *info);
void siit_nl_put_instance_rtnl(struct siit_dev *sd);

/**
 * siit_nl_require() - is this attribute there, once?
 * @info: the request; told if not
 * @type: enum siit_attr
 * @what: what to say if it is missing
 *
 * Return: 0 or -EINVAL.
 */
int siit_nl_require(struct genl_info *info, int type, const char *what);

/* Tells the request so. Return: -ENOMEM. */
int siit_nl_no_memory(struct genl_info *info);

/* NL-04: may the sender raise limits? */
bool siit_nl_may_raise(struct sk_buff *skb);

/**
 * siit_nl_check_generation() - has anything changed meanwhile?
 * @sd: the instance
 * @info: the request; its SIIT_A_GENERATION, if any, must be @expected
 * @expected: the generation that the change starts from
 *
 * Return: 0 or -ESTALE.
 */
int siit_nl_check_generation(struct siit_dev *sd, struct genl_info *info,
			     u32 expected);

/* A message with its header, or NULL. */
struct sk_buff *siit_nl_new_reply(struct genl_info *info, u8 cmd, void **hdr);

/* The attributes of SIIT_CMD_SETTINGS_GET. Return: 0 or -EMSGSIZE. */
int siit_nl_put_settings(struct sk_buff *msg, const struct siit_dev *sd);

/* A reply of SIIT_A_GENERATION alone, made before anything is changed. */
struct sk_buff *siit_nl_new_generation(struct genl_info *info, u8 cmd);

/* Sends it with the value, or frees it if there was an error. */
void siit_nl_end_generation(struct genl_info *info, struct sk_buff *msg,
			    int err, u32 generation);

/**
 * siit_nl_notify() - tell the listeners of group "config"
 * @sd: the instance, locked
 * @cmd: one of SIIT_CMD_*_NTF
 * @row: the row it is about, or NULL
 */
void siit_nl_notify(const struct siit_dev *sd, u8 cmd,
		    const struct siit_row *row);

int siit_nl_settings_get(struct sk_buff *skb, struct genl_info *info);
int siit_nl_settings_set(struct sk_buff *skb, struct genl_info *info);
int siit_nl_eam_add(struct sk_buff *skb, struct genl_info *info);
int siit_nl_eam_del(struct sk_buff *skb, struct genl_info *info);
int siit_nl_eam_get(struct sk_buff *skb, struct genl_info *info);
int siit_nl_eam_dump(struct sk_buff *skb, struct netlink_callback *cb);
int siit_nl_eam_flush(struct sk_buff *skb, struct genl_info *info);
int siit_nl_txn_begin(struct sk_buff *skb, struct genl_info *info);
int siit_nl_txn_add(struct sk_buff *skb, struct genl_info *info);
int siit_nl_txn_commit(struct sk_buff *skb, struct genl_info *info);
int siit_nl_txn_abort(struct sk_buff *skb, struct genl_info *info);
int siit_nl_stats_get(struct sk_buff *skb, struct genl_info *info);
int siit_nl_map_get(struct sk_buff *skb, struct genl_info *info);
int siit_nl_explain(struct sk_buff *skb, struct genl_info *info);

/* Drops the transaction of a socket that closes. */
extern struct notifier_block siit_nl_release_nb;

#endif /* SIIT_NL_H */
