// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>

#include "limit.h"

void siit_limit_init(struct siit_limiter *l)
{
	spin_lock_init(&l->lock);
	l->tokens = 0;
	l->last = 0;		/* the first one finds a full bucket */
}

bool siit_limit_allow(struct siit_limiter *l, const struct siit_settings *s)
{
	const u64 full = (u64)s->icmp_burst * NSEC_PER_SEC;
	bool allow = false;
	u64 now, past;

	if (s->icmp_errors == SIIT_ICMP_ERRORS_OFF)
		return false;
	if (s->icmp_errors == SIIT_ICMP_ERRORS_SEND)
		return true;

	spin_lock_bh(&l->lock);
	now = ktime_get_ns();
	past = now - l->last;
	l->last = now;
	/* A bucket is full after at most burst seconds: no overflow beyond. */
	if (past >= full / s->icmp_rate)
		l->tokens = full;
	else
		l->tokens = min(l->tokens + past * s->icmp_rate, full);
	if (l->tokens >= NSEC_PER_SEC) {
		l->tokens -= NSEC_PER_SEC;
		allow = true;
	}
	spin_unlock_bh(&l->lock);
	return allow;
}
