// SPDX-License-Identifier: GPL-2.0
// Which addresses are translated, to which, and which never (requirements 1 and 2).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cases.h"

namespace {

using namespace pkt;
using namespace xlat;

TEST(Address, Ad06WellKnownPrefix) {
  Box box(SIIT_ROLE_SIIT, "64:ff9b::/96");
  box.row("192.0.2.1", kS6).row("10.7.0.0/16", "2001:db8:7::/112");
  const std::string wkp = dropped("drop_well_known_prefix");
  std::vector<Case> cases = {
      {"both global", p4("8.8.8.8", "9.9.9.9"), to6("64:ff9b::808:808", "64:ff9b::909:909")},
      {"EAM destination of a forbidden range", p4("8.8.8.8", "192.0.2.1"), to6("64:ff9b::808:808", kS6)},
      {"EAM source likewise", p4("10.7.0.9", "8.8.8.8"), to6("2001:db8:7::9", "64:ff9b::808:808")},
      {"the dummy address", p4("192.0.0.8", "192.0.2.1"), to6("64:ff9b::c000:8", kS6)},
  };
  for (const char* local : {"10.0.0.1", "100.64.0.1", "169.254.1.1", "172.16.0.1", "172.31.255.255", "192.0.0.1",
                            "192.0.2.77", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
                            "203.0.113.50"}) {
    const in6_addr image = [&] {
      in6_addr a = v6("64:ff9b::");
      a.s6_addr32[3] = v4(local);
      return a;
    }();
    cases.push_back({local, p4(local, "192.0.2.1"), wkp});
    cases.push_back({local, p6(kS6, show(image)), wkp});
    cases.push_back({local, p6(show(image), kS6), wkp});
    // What is not produced is not taken from the stack either.
    cases.push_back({local, p4("8.8.8.8", local), left("left_not_ours")});
  }
  check(box, cases);
  box.set([](auto& s) { s.wkp_strict = false; });
  check(box, {{"off", p6(kS6, "64:ff9b::10.0.0.1"), to4("192.0.2.1", "10.0.0.1")},
              {"off", p4("10.0.0.1", "192.0.2.1"), to6("64:ff9b::a00:1", kS6)}});
  // RFC 8215: not for the local-use prefix
  Box local(SIIT_ROLE_SIIT, "64:ff9b:1::/48");
  local.row("192.0.2.1", kS6);
  EXPECT_EQ(translate(local, p4("10.0.0.1", "192.0.2.1")).verdict, SIIT_XLAT);
}

TEST(Address, Ad08EamOnly) {
  Box box(SIIT_ROLE_SIIT, "");
  box.row("192.0.2.1", kS6).row("203.0.113.0/24", "2001:db8:cb::/96");
  check(box, {{"both", p4("203.0.113.50", "192.0.2.1"), to6("2001:db8:cb::3200:0", kS6)},
              {"back", p6(kS6, "2001:db8:cb::3200:0"), to4("192.0.2.1", "203.0.113.50")},
              {"unmapped destination", p4("203.0.113.50", "9.9.9.9"), left("left_not_ours")},
              {"unmapped source", p4("9.9.9.9", "192.0.2.1"), dropped("drop_unmapped_source")},
              {"unmapped destination 6", p6(kS6, "2001:db8:46::1"), left("left_not_ours")},
              {"unmapped source 6", p6("2001:db8:9::9", kS6), rejected("reject_unmapped_source", 1, 1)}});
}

TEST(Address, Ad09IllegalSources46) {
  for (const u8 role : {SIIT_ROLE_SIIT, SIIT_ROLE_BR}) {
    const Box box = standard(role);
    for (const char* src : {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"})
      EXPECT_EQ(show(translate(box, p4(src, "192.0.2.1"))), dropped("drop_illegal_source")) << src;
    EXPECT_EQ(translate(box, p4("223.255.255.255", "192.0.2.1")).verdict, SIIT_XLAT);
    EXPECT_EQ(translate(box, p4("10.0.0.1", "192.0.2.1")).verdict, SIIT_XLAT);
  }
}

TEST(Address, Ad10DestinationsOfTheStack) {
  Box ivi(SIIT_ROLE_BR);
  ivi.row("0.0.0.0/0", "2001:db8:ff00::/40");
  for (const Box* box : {&ivi})
    for (const char* dst : {"0.0.0.0", "127.0.0.1", "169.254.1.1", "224.0.0.5", "239.1.1.1", "255.255.255.255"}) {
      EXPECT_EQ(show(translate(*box, p4("8.8.8.8", dst))), left("left_not_ours")) << dst;
      EXPECT_EQ(show(translate(*box, p4("8.8.8.8", dst), xmit())), dropped("drop_illegal_destination")) << dst;
    }
  const Box siit = standard();
  EXPECT_EQ(show(translate(siit, p4("8.8.8.8", "224.0.0.5"))), left("left_not_ours"));
}

TEST(Address, Ad11IllegalSources64) {
  for (const u8 role : {SIIT_ROLE_SIIT, SIIT_ROLE_BR}) {
    const Box box = standard(role);
    for (const char* src : {"::", "::1", "fe80::1", "febf::1", "ff02::1", "::ffff:10.0.0.1"})
      EXPECT_EQ(show(translate(box, p6(src, kC6))), dropped("drop_illegal_source")) << src;
  }
  // No error goes to such a source, whatever else is wrong.
  EXPECT_EQ(show(translate(standard(), ip6({.src = "fe80::1", .dst = kC6, .ext = {routing(1)}}, kUdp, kData))),
            dropped("drop_illegal_source"));
  const Box er = standard(SIIT_ROLE_ER);
  for (const char* src : {"::", "::1", "fe80::1", "ff02::1", "::ffff:10.0.0.1"})
    EXPECT_EQ(show(translate(er, p6(src, kS6))), left("left_native_ipv6")) << src;
}

TEST(Address, Ad12MartianResults) {
  const Box box = standard();
  for (const char* v : {"7f00:1", "1:203", "a9fe:101", "e000:5", "ffff:ffff"})
    EXPECT_EQ(show(translate(box, p6(kS6, std::string("2001:db8:46::") + v))), dropped("drop_illegal_destination")) << v;
  for (const char* v : {"7f00:1", "1:203", "e000:5", "f000:1", "ffff:ffff", "0:0"})
    EXPECT_EQ(show(translate(box, p6(std::string("2001:db8:46::") + v, kS6))), dropped("drop_illegal_source")) << v;
}

// What explain and the trace point show.
TEST(Address, MatchNamesRulesAndRows) {
  Box box(SIIT_ROLE_BR);
  box.row("192.0.2.0/28", "2001:db8:12::/124").row("198.51.100.0/24", "2001:db8:51::/120");
  box.set([](auto& s) { s.antispoof46 = false; });
  Result r = translate(box, p4("198.51.100.7", "192.0.2.5"));
  ASSERT_TRUE(r.match.src_row && r.match.dst_row);
  EXPECT_EQ(r.match.src_row->len4, 24);
  EXPECT_EQ(r.match.dst_row->len4, 28);
  EXPECT_EQ(r.match.src_rule, SIIT_RULE_EAM);
  EXPECT_EQ(r.match.dst_rule, SIIT_RULE_EAM);
  r = translate(box, p4("8.8.8.8", "192.0.2.5"));
  EXPECT_EQ(r.match.src_row, nullptr);
  EXPECT_EQ(r.match.src_rule, SIIT_RULE_PREFIX);
  r = translate(box, p6("2001:db8:51::7", "2001:db8:46::808:808"));
  ASSERT_TRUE(r.match.src_row);
  EXPECT_EQ(r.match.src_row->len4, 24);
  EXPECT_EQ(r.match.src_rule, SIIT_RULE_EAM);
  EXPECT_EQ(r.match.dst_row, nullptr);
  EXPECT_EQ(r.match.dst_rule, SIIT_RULE_PREFIX);
  box.set([](auto& s) { s.antispoof46 = true; });
  r = translate(box, p4("198.51.100.7", "192.0.2.5"), kSrcNative);
  EXPECT_EQ(r.match.src_len, 24);  // BR-07
  EXPECT_EQ(r.match.src_row, nullptr);
  EXPECT_EQ(r.match.src_rule, SIIT_RULE_PREFIX);
  Box er = standard(SIIT_ROLE_ER);
  r = translate(er, p4("192.0.2.1", "8.8.8.8"));
  ASSERT_TRUE(r.match.src_row);
  EXPECT_EQ(r.match.src_rule, SIIT_RULE_EAM);
  EXPECT_EQ(r.match.dst_rule, SIIT_RULE_PREFIX);
}

TEST(Address, Ad15Denylist) {
  Box box(SIIT_ROLE_SIIT);
  box.row("192.0.2.0/24", "2001:db8:12::/120");
  box.set([](auto& s) {
    add_prefix(s.denylist4, "10.0.0.0/8");
    add_prefix(s.denylist4, "192.0.2.64/26");
  });
  check(box, {{"source", p4("10.1.1.1", "192.0.2.1"), dropped("drop_denylist")},
              {"destination", p4("8.8.8.8", "10.1.1.1"), rejected("reject_denylist_destination", 3, 13)},
              {"EAM source", p4("192.0.2.65", "8.8.8.8"), dropped("drop_denylist")},
              {"EAM destination", p4("8.8.8.8", "192.0.2.127"), rejected("reject_denylist_destination", 3, 13)},
              {"just outside", p4("8.8.8.8", "192.0.2.128"), to6("2001:db8:46::808:808", "2001:db8:12::80")},
              {"resulting source", p6("2001:db8:12::41", "2001:db8:46::808:808"), dropped("drop_denylist")},
              {"resulting destination", p6("2001:db8:12::1", "2001:db8:46::a01:101"), dropped("drop_denylist")},
              {"resulting EAM destination", p6("2001:db8:46::808:808", "2001:db8:12::41"), dropped("drop_denylist")},
              {"none", p6("2001:db8:12::1", "2001:db8:46::808:808"), to4("192.0.2.1", "8.8.8.8")}});

  // Nobody can have an error about a packet that was never translated.
  const auto quote4 = [](const char* dst) {
    return ip4({.src = "198.51.100.9", .dst = "192.0.2.1"}, kIcmp,
               icmp(3, 1, 0, ip4({.src = "192.0.2.1", .dst = dst}, kUdp, kData)));
  };
  const auto quote6 = [](const char* dst) {
    return ip6({.src = "2001:db8:12::2", .dst = "2001:db8:46::808:808"}, kIcmp6,
               icmp(1, 0, 0, ip6({.src = "2001:db8:46::808:808", .dst = dst}, kUdp, kData)));
  };
  EXPECT_EQ(translate(box, quote4("8.8.8.8")).verdict, SIIT_XLAT);
  EXPECT_EQ(show(translate(box, quote4("10.1.1.1"))), dropped("drop_icmp_quote"));
  EXPECT_EQ(translate(box, quote6("2001:db8:12::1")).verdict, SIIT_XLAT);
  EXPECT_EQ(show(translate(box, quote6("2001:db8:12::41"))), dropped("drop_icmp_quote"));
}

// EAM-06, EAM-07
TEST(Address, Eam06EachAddressOnItsOwn) {
  Box box(SIIT_ROLE_SIIT, "64:ff9b::/96");
  box.set([](auto& s) { s.wkp_strict = false; });
  box.row("192.0.2.224/31", "64:ff9b::/127").row("192.0.2.1", kS6);
  check(box, {{"EAM beats the prefix", p6(kS6, "64:ff9b::1"), to4("192.0.2.1", "192.0.2.225")},
              {"one each", p4("8.8.8.8", "192.0.2.225"), to6("64:ff9b::808:808", "64:ff9b::1")},
              {"two EAMs", p4("192.0.2.1", "192.0.2.225"), to6(kS6, "64:ff9b::1")}});
}

TEST(Address, Eam05StrictSuffix) {
  Box box(SIIT_ROLE_SIIT);
  box.row("192.0.2.128/26", "2001:db8:dddd::/64");
  const Bytes many = p6("2001:db8:dddd:0:60ab::1", kC6);
  EXPECT_EQ(show(translate(box, many)), to4("192.0.2.152", "203.0.113.50"));
  box.set([](auto& s) { s.eam_strict_suffix = true; });
  EXPECT_EQ(show(translate(box, many)), rejected("reject_unmapped_source", 1, 1));
  EXPECT_EQ(show(translate(box, p6("2001:db8:dddd:0:6000::", kC6))), to4("192.0.2.152", "203.0.113.50"));
  // Unmapped it is even inside the prefix (EAM-07).
  box.row("192.0.2.0/26", "2001:db8:46::/98");
  EXPECT_EQ(show(translate(box, p6("2001:db8:46::1", kC6))), rejected("reject_unmapped_source", 1, 1));
}

// AD-05
TEST(Address, Ad05OctetEight) {
  Box box(SIIT_ROLE_SIIT, "2001:db8:100::/40");
  box.row("198.51.100.9", kS6);
  EXPECT_EQ(show(translate(box, p6("2001:db8:1c0:2:121::", kS6))), rejected("reject_unmapped_source", 1, 1));
  EXPECT_EQ(show(translate(box, p6(kS6, "2001:db8:1c0:2:121::"))), left("left_not_ours"));
  EXPECT_EQ(show(translate(box, p6("2001:db8:1c0:2:21:dead:beef:1", kS6))), to4("192.0.2.33", "198.51.100.9"));  // AD-04
}

}  // namespace
