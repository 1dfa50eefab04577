/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: siit_dc:translate and siit_dc:drop, one for each packet that a
 * counter of class translated, dropped or rejected counts.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM siit_dc

#if !defined(SIIT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SIIT_TRACE_H

#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "trace_packet.h"

/* An address twice: to be read, and, in two numbers, to be filtered by. */
#define SIIT_TRACE_ADDR(name)			\
	__array(u8, name, 16)			\
	__field(u64, name##_hi)			\
	__field(u64, name##_lo)

DECLARE_EVENT_CLASS(siit_packet,
		    TP_PROTO(const struct siit_trace_packet *t),
		    TP_ARGS(t),
		    TP_STRUCT__entry(__array(char, dev, IFNAMSIZ)
				     __array(char, iif, IFNAMSIZ)
				     __array(char, counter, SIIT_TRACE_COUNTER)
				     SIIT_TRACE_ADDR(src)
				     SIIT_TRACE_ADDR(dst)
				     SIIT_TRACE_ADDR(new_src)
				     SIIT_TRACE_ADDR(new_dst)
				     __field(u32, netns)
				     __field(u32, len)
				     __field(u8, from)
				     __field(u8, proto)
				     __field(s16, icmp_type)
				     __field(s16, icmp_code)
				    ),
		    TP_fast_assign(strscpy_pad(__entry->dev, t->dev->name,
					       IFNAMSIZ);
				   strscpy_pad(__entry->iif, t->iif->name,
					       IFNAMSIZ);
				   strscpy_pad(__entry->counter, t->counter,
					       SIIT_TRACE_COUNTER);
				   siit_trace_set(&t->src, __entry->src,
						  &__entry->src_hi,
						  &__entry->src_lo);
				   siit_trace_set(&t->dst, __entry->dst,
						  &__entry->dst_hi,
						  &__entry->dst_lo);
				   siit_trace_set(&t->new_src, __entry->new_src,
						  &__entry->new_src_hi,
						  &__entry->new_src_lo);
				   siit_trace_set(&t->new_dst, __entry->new_dst,
						  &__entry->new_dst_hi,
						  &__entry->new_dst_lo);
				   __entry->netns = t->netns;
				   __entry->len = t->len;
				   __entry->from = t->from;
				   __entry->proto = t->proto;
				   __entry->icmp_type = t->icmp_type;
				   __entry->icmp_code = t->icmp_code;
				  ),
		    TP_printk("dev=%s netns=%u iif=%s from=%u proto=%u len=%u src=%pI6c dst=%pI6c new_src=%pI6c new_dst=%pI6c counter=%s icmp=%d,%d",
			      __entry->dev, __entry->netns, __entry->iif,
			      __entry->from, __entry->proto, __entry->len,
			      __entry->src, __entry->dst, __entry->new_src,
			      __entry->new_dst, __entry->counter,
			      __entry->icmp_type, __entry->icmp_code)
);

DEFINE_EVENT(siit_packet, translate,
	     TP_PROTO(const struct siit_trace_packet *t), TP_ARGS(t));

DEFINE_EVENT(siit_packet, drop,
	     TP_PROTO(const struct siit_trace_packet *t), TP_ARGS(t));

#endif /* SIIT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
