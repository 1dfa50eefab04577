// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "config.h"
#include "hook.h"

/* Of all instances that ever were: cursors into a table know theirs by it. */
static atomic64_t last_stamp = ATOMIC64_INIT(0);

void siit_config_changed(struct siit_dev *sd)
{
	sd->generation++;
	sd->stamp = atomic64_inc_return(&last_stamp);
}

/* A million rows are not freed in a softirq. */
static void free_state(struct work_struct *work)
{
	struct siit_state *state = container_of(to_rcu_work(work),
						struct siit_state, free_work);

	siit_eamt_destroy(state->dead_eamt);
	kfree(state);
}

static struct siit_state *new_state(void)
{
	struct siit_state *state = kzalloc(sizeof(*state), GFP_KERNEL_ACCOUNT);

	if (state)
		INIT_RCU_WORK(&state->free_work, free_state);
	return state;
}

int siit_config_init(struct siit_dev *sd)
{
	struct siit_state *state = new_state();
	struct siit_settings *s;
	int unused;

	if (!state)
		return -ENOMEM;
	s = &state->cfg.s;
	siit_settings_defaults(s);
	siit_settings_finish(s, &unused);
	state->cfg.eamt = siit_eamt_create(s->max_rows, 0);
	if (!state->cfg.eamt) {
		kfree(state);
		return -ENOMEM;
	}
	rcu_assign_pointer(sd->state, state);
	return 0;
}

void siit_config_free(struct siit_dev *sd)
{
	struct siit_state *state = rcu_dereference_protected(sd->state, 1);

	if (!state)
		return;
	RCU_INIT_POINTER(sd->state, NULL);
	siit_eamt_destroy(state->cfg.eamt);
	kfree(state);
}

/* min_mtu and max_mtu make the core refuse any other value, in words. */
static int set_mtu(struct net_device *dev, u32 mtu)
{
	u32 min = dev->min_mtu, max = dev->max_mtu;
	int err;

	if (dev->mtu == mtu)
		return 0;
	dev->min_mtu = mtu;
	dev->max_mtu = mtu;
	err = dev_set_mtu(dev, mtu);
	if (err) {
		dev->min_mtu = min;
		dev->max_mtu = max;
	}
	return err;
}

/* The table that is to be published; a copy where @eamt counts what is not wanted. */
static struct siit_eamt *table_for(const struct siit_settings *s,
				   struct siit_eamt *eamt)
{
	if (siit_eamt_counts_hits(eamt) == s->hits)
		return eamt;
	return siit_eamt_copy(eamt, s->hits);
}

int siit_config_publish(struct siit_dev *sd, const struct siit_settings *s,
			struct siit_eamt *eamt, struct netlink_ext_ack *extack)
{
	struct siit_state *old = siit_state_locked(sd);
	struct siit_eamt *from = eamt ? eamt : old->cfg.eamt;
	struct siit_hooks *hooks;
	struct siit_state *new;
	struct siit_eamt *t;
	int err;

	ASSERT_RTNL();
	new = new_state();
	t = new ? table_for(s, from) : NULL;
	if (!t) {
		kfree(new);
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	new->cfg.s = *s;
	new->cfg.eamt = t;

	hooks = siit_hooks_prepare(sd, s->hook_priority);
	if (IS_ERR(hooks)) {
		NL_SET_ERR_MSG(extack, "netfilter refused the hook priority");
		err = PTR_ERR(hooks);
		goto err_free;
	}
	err = set_mtu(sd->dev, siit_config_mtu(s));
	if (err) {
		NL_SET_ERR_MSG(extack, "a device notifier refused the new MTU");
		goto err_hooks;
	}
	siit_hooks_move(sd, hooks);
	siit_eamt_set_max_rows(t, s->max_rows);
	if (t != old->cfg.eamt) {
		if (s->hits)
			siit_eamt_inherit_hits(t, old->cfg.eamt);
		old->dead_eamt = old->cfg.eamt;
	}
	if (eamt && t != eamt)
		siit_eamt_destroy(eamt);
	siit_config_changed(sd);
	rcu_assign_pointer(sd->state, new);
	queue_rcu_work(siit_wq, &old->free_work);
	return 0;

err_hooks:
	siit_hooks_discard(sd, hooks);
err_free:
	if (t != from)
		siit_eamt_destroy(t);
	kfree(new);
	return err;
}
