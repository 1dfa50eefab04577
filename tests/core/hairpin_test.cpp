// SPDX-License-Identifier: GPL-2.0
// Hairpins: from one service to another and back, in one pass or two (requirements 2.1).
#include <gtest/gtest.h>

#include <string>

#include "cases.h"

namespace {

using namespace pkt;
using namespace xlat;

// HP-02..HP-04 in simple mode
TEST(Hairpin, Hp02Simple) {
  Box box(SIIT_ROLE_BR, "64:ff9b::/96");
  box.row("192.0.2.1", "2001:db8:aaaa::").row("192.0.2.2", "2001:db8:bbbb::b");
  box.set([](auto& s) {
    s.wkp_strict = false;
    s.antispoof46 = false;
    s.hairpin = SIIT_HAIRPIN_SIMPLE;
    s.icmp_origin_ext = false;
  });
  // 6->4 is not sent back, 4->6 leaves the source to the prefix.
  check(box, {{"6->4", p6("2001:db8:aaaa::", "64:ff9b::192.0.2.2"), to4("192.0.2.1", "192.0.2.2")},
              {"HP-02", p4("192.0.2.1", "192.0.2.2"), to6("64:ff9b::c000:201", "2001:db8:bbbb::b")}});
  // Only errors quote anything.
  const Bytes more = udp(1, 2, Bytes(100, 7));
  EXPECT_EQ(show(translate(box, ip4({.src = "192.0.2.1", .dst = "192.0.2.2"}, kUdp, more))),
            translated(ip6({.src = "64:ff9b::c000:201", .dst = "2001:db8:bbbb::b", .hop_limit = 63}, kUdp, more)));
  const auto error = [&](const char* src, const char* isrc, const char* idst) {
    return ip4({.src = src, .dst = "192.0.2.1"}, kIcmp, icmp(3, 3, 0, ip4({.src = isrc, .dst = idst}, kUdp, kData)));
  };
  const auto out = [&](const char* src, const char* isrc, const char* idst) {
    return translated(ip6({.src = src, .dst = "2001:db8:aaaa::", .hop_limit = 63}, kIcmp6,
                          icmp(1, 4, 0, ip6({.src = isrc, .dst = idst}, kUdp, kData))));
  };
  check(box, {{"HP-03, HP-04", error("192.0.2.2", "192.0.2.1", "192.0.2.2"),
               out("64:ff9b::c000:202", "2001:db8:aaaa::", "64:ff9b::c000:202")},
              {"HP-03 alone", error("192.0.2.2", "192.0.2.1", "198.51.100.7"),
               out("2001:db8:bbbb::b", "2001:db8:aaaa::", "64:ff9b::c633:6407")},
              {"neither", error("198.51.100.8", "192.0.2.1", "198.51.100.7"),
               out("64:ff9b::c633:6408", "2001:db8:aaaa::", "64:ff9b::c633:6407")}});
}

TEST(Hairpin, Hp07SimpleIsNotForAnEdgeRelay) {
  Box er = standard(SIIT_ROLE_ER);
  EXPECT_THROW(er.set([](auto& s) { s.hairpin = SIIT_HAIRPIN_SIMPLE; }), std::invalid_argument);
  Box br = standard(SIIT_ROLE_BR);
  EXPECT_THROW(br.set([](auto& s) { s.hairpin = SIIT_HAIRPIN_SIMPLE; }), std::invalid_argument);
}

// HP-05 B where the receiver is nobody's: dropped, and counted as that.
TEST(Hairpin, Hp05ErrorToAnAddressWithoutEam) {
  Box box = standard(SIIT_ROLE_BR);
  const Bytes quote = ip6({.src = "2001:db8:46::c000:201", .dst = kS6}, kUdp, kData);
  for (const u8 role : {SIIT_ROLE_BR, SIIT_ROLE_SIIT}) {
    const Box one = standard(role);
    const Result r = translate(one, ip6({.src = kS6, .dst = kC6}, kIcmp6, icmp(1, 4, 0, quote)));
    EXPECT_EQ(show(r), dropped("drop_unmapped_destination"));
    EXPECT_FALSE(r.between.empty());
  }
}

// HP-06, HP-08: fragments and echo through both passes.
TEST(Hairpin, Hp08WhatElseGoesThrough) {
  Box box = standard(SIIT_ROLE_BR);
  box.row("192.0.2.2", "2001:db8:12:34::2");
  const std::string back = "2001:db8:46::c000:202", self = "2001:db8:46::c000:201", other = "2001:db8:12:34::2";
  EXPECT_EQ(show(translate(box, ip6({.src = kS6, .dst = back}, kIcmp6, echo(128, 1, 2, pattern(9))))),
            translated(ip6({.src = self, .dst = other, .hop_limit = 63}, kIcmp6, echo(128, 1, 2, pattern(9)))));
  EXPECT_EQ(show(translate(box, ip6({.src = kS6, .dst = back, .ext = {fragment(5, true, 0x1beef)}}, kUdp, pattern(16)))),
            translated(ip6({.src = self, .dst = other, .hop_limit = 63, .ext = {fragment(5, true, 0xbeef)}}, kUdp, pattern(16))));
  EXPECT_EQ(show(translate(box, ip6({.src = kS6, .dst = back, .hop_limit = 1}, kUdp, kData))), rejected("reject_ttl", 3, 0));
  EXPECT_EQ(show(translate(box, ip6({.src = kS6, .dst = back, .fill = false}, kUdp, kData))),
            translated(ip6({.src = self, .dst = other, .hop_limit = 63}, kUdp, kData)));
}

// MT-12: what the second pass has to segment is segmented in the first.
TEST(Hairpin, Mt12SecondPassMayNeedSegments) {
  Box box = standard(SIIT_ROLE_BR);
  box.row("192.0.2.2", "2001:db8:12:34::2");
  How how;
  how.gso_size = 1000;
  const std::string back = "2001:db8:46::c000:202";
  const Bytes with = ip6({.src = kS6, .dst = back}, kUdp, udp(1, 2, Bytes(4000, 1)));
  const Bytes without = ip6({.src = kS6, .dst = back, .fill = false}, kUdp, udp(1, 2, Bytes(4000, 1)));
  EXPECT_FALSE(translate(box, with, how).plan_flags & SIIT_PLAN_SEGMENT);
  EXPECT_TRUE(translate(box, without, how).plan_flags & SIIT_PLAN_SEGMENT);  // CK-03
  box.set([](auto& s) { s.udp_zero = SIIT_UDP_ZERO_FORWARD; });
  EXPECT_FALSE(translate(box, without, how).plan_flags & SIIT_PLAN_SEGMENT);
}

}  // namespace
