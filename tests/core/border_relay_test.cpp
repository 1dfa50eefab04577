// SPDX-License-Identifier: GPL-2.0
// The Border Relay: what it translates, whom it does not believe (requirements 13.1).
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cases.h"

namespace {

using namespace pkt;
using namespace xlat;

TEST(BorderRelay, Br02WhatTriggers) {
  Box box = standard(SIIT_ROLE_BR);
  box.row("192.0.2.2", "2001:db8:12:34::2");
  check(box,
        {{"BR-02", p4("203.0.113.50", "192.0.2.1"), to6(kC6, kS6)},
         {"BR-03", p6(kS6, kC6), to4("192.0.2.1", "203.0.113.50")},
         {"BR-04", p6("2001:db8:9::9", kC6), rejected("reject_unmapped_source", 1, 1)},
         {"BR-05, hook", p4("203.0.113.50", "192.0.2.77"), left("left_not_ours")},
         {"BR-05, routed to us", p4("203.0.113.50", "192.0.2.77"), rejected("reject_unmapped_destination", 3, 1),
          xmit(SIIT_PKT_RECEIVED)},
         {"BR-06", p6("2001:db8:46::808:808", kC6), dropped("drop_antispoof")},
         {"BR-07", p4("192.0.2.1", "192.0.2.2"), dropped("drop_antispoof")},
         {"BR-07, routed to us", p4("192.0.2.1", "192.0.2.2"), dropped("drop_antispoof"), xmit(SIIT_PKT_RECEIVED)},
         {"BR-07, of this host", p4("192.0.2.1", "192.0.2.2"), to6(kS6, "2001:db8:12:34::2"), xmit()},
         {"BR-07, native source", p4("192.0.2.1", "192.0.2.2"), to6("2001:db8:46::c000:201", "2001:db8:12:34::2"),
          kSrcNative},
         // A BR's own result passing a BR again: destination is an EAM, not the prefix.
         {"no translating back", p6(kC6, kS6), left("left_not_ours")},
         {"service to service", p6(kS6, "2001:db8:12:34::2"), left("left_not_ours")},
         {"native IPv6", p6("2001:db8:1::1", "2001:db8:2::2"), left("left_not_ours")},
         {"native IPv4", p4("203.0.113.50", "203.0.113.51"), left("left_not_ours")}});
}

TEST(BorderRelay, Br04UnmappedSources) {
  Box box = standard(SIIT_ROLE_BR);
  const Bytes in = p6("2001:db8:9::9", kC6);
  box.set([](auto& s) { s.unmapped_src6 = SIIT_UNMAPPED_SRC6_RFC6145; });
  EXPECT_EQ(show(translate(box, in)), rejected("reject_unmapped_source", 1, 5));
  box.set([](auto& s) { s.unmapped_src6 = SIIT_UNMAPPED_SRC6_DROP; });
  EXPECT_EQ(show(translate(box, in)), dropped("drop_unmapped_source"));
}

TEST(BorderRelay, Br05UnmappedDestinations) {
  Box box = standard(SIIT_ROLE_BR);
  const Bytes in = p4("203.0.113.50", "192.0.2.77");
  const std::vector<std::pair<u8, std::string>> values = {
      {SIIT_UNMAPPED_DST4_REJECT, rejected("reject_unmapped_destination", 3, 1)},
      {SIIT_UNMAPPED_DST4_REJECT13, rejected("reject_unmapped_destination", 3, 13)},
      {SIIT_UNMAPPED_DST4_DROP, dropped("drop_unmapped_destination")},
  };
  for (const auto& [value, expected] : values) {
    box.set([v = value](auto& s) { s.unmapped_dst4 = v; });
    EXPECT_EQ(show(translate(box, in, xmit(SIIT_PKT_RECEIVED))), expected);
    EXPECT_EQ(show(translate(box, in)), left("left_not_ours"));
  }
}

// BR-06, BR-07: knobs of their own, for every role (section 13).
TEST(BorderRelay, Br06AntispoofIsAKnob) {
  Box siit = standard();
  EXPECT_EQ(show(translate(siit, p6("2001:db8:46::808:808", kC6))), to4("8.8.8.8", "203.0.113.50"));
  siit.set([](auto& s) { s.antispoof64 = true; });
  EXPECT_EQ(show(translate(siit, p6("2001:db8:46::808:808", kC6))), dropped("drop_antispoof"));
  EXPECT_EQ(show(translate(siit, p6(kS6, kC6))), to4("192.0.2.1", "203.0.113.50"));
  siit.row("192.0.2.2", "2001:db8:12:34::2");
  EXPECT_EQ(show(translate(siit, p4("192.0.2.1", "192.0.2.2"))), to6(kS6, "2001:db8:12:34::2"));
  siit.set([](auto& s) { s.antispoof46 = true; });
  EXPECT_EQ(show(translate(siit, p4("192.0.2.1", "192.0.2.2"))), dropped("drop_antispoof"));
  Box br = standard(SIIT_ROLE_BR);
  br.row("192.0.2.2", "2001:db8:12:34::2");
  br.set([](auto& s) { s.antispoof64 = s.antispoof46 = false; });
  EXPECT_EQ(show(translate(br, p6("2001:db8:46::808:808", kC6))), to4("8.8.8.8", "203.0.113.50"));
  EXPECT_EQ(show(translate(br, p4("192.0.2.1", "192.0.2.2"))), to6(kS6, "2001:db8:12:34::2"));
}

// BR-09: nothing in a packet's result depends on the Border Relay that it takes.
TEST(BorderRelay, Br09AnyOfManyBorderRelays) {
  const Box one = standard(SIIT_ROLE_BR);
  Box two(SIIT_ROLE_BR);
  two.row("192.0.2.9", "2001:db8:12:34::9").row("192.0.2.1", kS6);
  for (const Bytes& in : {p4("203.0.113.50", "192.0.2.1"), p6(kS6, kC6)}) {
    // The first one has done something else meanwhile.
    translate(one, p4("203.0.113.51", "192.0.2.1"));
    EXPECT_EQ(show(translate(one, in)), show(translate(two, in)));
  }
}

// BR-02, BR-06, BR-07: services whose IPv6 address is the prefix's image of the IPv4 one.
TEST(BorderRelay, Br13TranslatableAddresses) {
  Box box = standard(SIIT_ROLE_BR);
  const std::string service6 = "2001:db8:46::c612:8";  // 198.18.0.8
  const Bytes in = p4("203.0.113.50", "198.18.0.8"), out = p6(service6, kC6);
  EXPECT_EQ(show(translate(box, in)), left("left_not_ours"));
  EXPECT_EQ(show(translate(box, out)), dropped("drop_antispoof"));
  box.set([](auto& s) { add_prefix(s.translatable4, "198.18.0.0/28"); });
  check(box, {{"in", in, to6(kC6, service6)},
              {"out", out, to4("198.18.0.8", "203.0.113.50")},
              {"routed to us", in, to6(kC6, service6), xmit(SIIT_PKT_RECEIVED)},
              {"just outside", p4("203.0.113.50", "198.18.0.16"), left("left_not_ours")},
              {"any other source", p6("2001:db8:46::808:808", kC6), dropped("drop_antispoof")},
              {"forged", p4("198.18.0.9", "198.18.0.8"), dropped("drop_antispoof")},
              {"forged to a row", p4("198.18.0.9", "192.0.2.1"), dropped("drop_antispoof")},
              {"an EAM goes first", p4("203.0.113.50", "192.0.2.1"), to6(kC6, kS6)},
              {"from a row", p6(kS6, service6), to4("192.0.2.1", "198.18.0.8")}});
}

// BR-07: a row for everybody says nothing about a source.
TEST(BorderRelay, Br07DefaultRowDoesNotCount) {
  Box box = standard(SIIT_ROLE_BR);
  box.row("0.0.0.0/0", "2001:db8:ff00::/40");
  EXPECT_EQ(show(translate(box, p4("198.51.100.2", "192.0.2.1"))), to6("2001:db8:ffc6:3364:200::", kS6));
  EXPECT_EQ(show(translate(box, p4("192.0.2.1", "198.51.100.2"))), dropped("drop_antispoof"));
}

// The scope of a row is an edge relay's matter.
TEST(BorderRelay, Br07LocalRowsAreRowsToo) {
  Box box(SIIT_ROLE_BR);
  box.row("192.0.2.1", kS6, true).row("192.0.2.2", "2001:db8:12:34::2", true);
  check(box, {{"forged", p4("192.0.2.1", "192.0.2.2"), dropped("drop_antispoof")},
              {"translated", p4("8.8.8.8", "192.0.2.2"), to6("2001:db8:46::808:808", "2001:db8:12:34::2")},
              {"back", p6(kS6, kC6), to4("192.0.2.1", "203.0.113.50")}});
}

// BR-07: errors from native hosts inside an EAM, IS-02 without a prefix.
TEST(BorderRelay, Br07NativeSourceOfAnError) {
  Box box(SIIT_ROLE_BR, "");
  box.row("192.0.2.0/28", "2001:db8:12::/124").row("203.0.113.0/24", "2001:db8:cb::/96");
  const Bytes quote = ip4({.src = "192.0.2.6", .dst = "203.0.113.50"}, kUdp, kData);
  const Bytes in = ip4({.src = "192.0.2.5", .dst = "192.0.2.6"}, kIcmp, icmp(3, 1, 0, quote));
  const Result r = translate(box, in, kSrcNative);
  EXPECT_TRUE(r.asked_src);
  EXPECT_EQ(r.verdict, SIIT_XLAT) << show(r);
  EXPECT_EQ(show(translate(box, p4("192.0.2.5", "192.0.2.6"), kSrcNative)), dropped("drop_unmapped_source"));
}

}  // namespace
