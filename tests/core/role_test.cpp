// SPDX-License-Identifier: GPL-2.0
// Who is translated: addresses, roles, spoofing, errors of our own
// (requirements 1, 2, 10, 13).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "translate.h"

namespace {

using namespace pkt;
using namespace xlat;

const Bytes kData = udp(5000, 53, bytes("hello"));

Bytes p4(const std::string& src, const std::string& dst) { return ip4({.src = src, .dst = dst}, kUdp, kData); }
Bytes p6(const std::string& src, const std::string& dst) { return ip6({.src = src, .dst = dst}, kUdp, kData); }
std::string to6(const std::string& src, const std::string& dst) {
  return translated(ip6({.src = src, .dst = dst, .hop_limit = 63}, kUdp, kData));
}
std::string to4(const std::string& src, const std::string& dst) {
  return translated(ip4({.src = src, .dst = dst, .ttl = 63}, kUdp, kData));
}

struct Case {
  const char* name;
  Bytes in;
  std::string expected;
  How how = {};
};

void check(const Box& box, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(show(translate(box, c.in, c.how)), c.expected);
  }
}

How xmit(u16 more = 0) {
  How how;
  how.flags = static_cast<u16>(SIIT_PKT_XMIT | SIIT_PKT_DECREMENT | more);
  return how;
}
How received(u16 more) {
  How how;
  how.flags |= more;
  return how;
}
How fib(bool to_dev, bool dst_native, bool dst_own, bool src_native) {
  How how;
  how.fib = {.to_dev = to_dev, .dst_native = dst_native, .dst_own = dst_own, .src_native = src_native};
  return how;
}
const How kNative = fib(true, true, false, false);
const How kOwn = fib(true, false, true, false);
const How kElsewhere = fib(false, false, false, false);
const How kSrcNative = fib(true, false, false, true);

constexpr char kS6[] = "2001:db8:12:34::1";
constexpr char kC6[] = "2001:db8:46::cb00:7132";

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

// AD-13, AD-14: what the routing table knows better.
TEST(Address, Ad13NativeRoutes) {
  Box box(SIIT_ROLE_BR);
  box.row("192.0.2.0/28", "2001:db8:12::/124").row("198.51.100.9", "2001:db8:9::9");
  check(box, {{"native", p4("8.8.8.8", "192.0.2.5"), left("left_native_route"), kNative},
              {"translated", p4("8.8.8.8", "192.0.2.6"), to6("2001:db8:46::808:808", "2001:db8:12::6")},
              {"nothing is longer than /32", p4("8.8.8.8", "198.51.100.9"),
               to6("2001:db8:46::808:808", "2001:db8:9::9"), kNative},
              {"6->4", p6("2001:db8:12::6", "2001:db8:46::808:808"), left("left_native_route"), kNative},
              {"not when it goes to the device", p4("8.8.8.8", "192.0.2.5"),
               to6("2001:db8:46::808:808", "2001:db8:12::5"), xmit(SIIT_PKT_RECEIVED)}});
  Result r = translate(box, p4("8.8.8.8", "192.0.2.6"));
  EXPECT_EQ(r.match.dst_len, 28);
  r = translate(box, p6("2001:db8:12::6", "2001:db8:46::808:808"));
  EXPECT_EQ(r.match.dst_len, 96);
  box.set([](auto& s) { s.native_more_specific = false; });
  check(box, {{"off", p4("8.8.8.8", "192.0.2.5"), to6("2001:db8:46::808:808", "2001:db8:12::5"), kNative}});
}

// What is asked for a prefix is not asked for an EAM, and the other way round.
TEST(Address, Ad13WhenNobodyAsks) {
  Box box(SIIT_ROLE_SIIT);
  box.row("192.0.2.0/28", "2001:db8:12::/124").row("198.51.100.9", "2001:db8:9::9");
  box.set([](auto& s) { s.native_more_specific = false; });
  const How both = fib(true, true, true, false);
  check(box, {{"4, prefix", p4("192.0.2.1", "8.8.8.8"), left("left_own_address"), both},
              {"4, EAM", p4("8.8.8.8", "192.0.2.1"), to6("2001:db8:46::808:808", "2001:db8:12::1"), both},
              {"6, prefix", p6("2001:db8:12::1", "2001:db8:46::808:808"), left("left_own_address"), both},
              {"6, EAM", p6("2001:db8:46::808:808", "2001:db8:12::1"), to4("8.8.8.8", "192.0.2.1"), both}});
  box.set([](auto& s) { s.native_more_specific = true; });
  check(box, {{"6, EAM, native", p6("2001:db8:46::808:808", "2001:db8:12::1"), left("left_native_route"), kNative},
              {"6, /128", p6("2001:db8:46::808:808", "2001:db8:9::9"), to4("8.8.8.8", "198.51.100.9"), kNative}});
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

// Native traffic is not ours to judge, however odd it is.
TEST(Address, Ad13OddPacketsOfOthersAreLeftAlone) {
  const std::vector<std::pair<const char*, Bytes>> odd4 = {
      {"fragmented ping", ip4({.dst = "198.51.100.7", .mf = true}, kIcmp, echo(8, 1, 2, pattern(16)))},
      {"source route", ip4({.dst = "198.51.100.7", .options = from_hex("830704c000026300")}, kUdp, kData)},
      {"bad options", ip4({.dst = "198.51.100.7", .options = from_hex("83010000")}, kUdp, kData)},
      {"short", ip4({.dst = "198.51.100.7"}, kTcp, pattern(8))},
      {"short first fragment", ip4({.dst = "198.51.100.7", .mf = true}, kTcp, pattern(8))},
      {"IGMP", ip4({.dst = "198.51.100.7"}, 2, pattern(8))},
      {"timestamp request", ip4({.dst = "198.51.100.7"}, kIcmp, icmp(13, 0, 0, pattern(12)))},
      {"no UDP checksum", ip4({.dst = "198.51.100.7", .mf = true, .fill = false}, kUdp, udp(1, 2, pattern(8)))},
      {"TTL 1", ip4({.dst = "198.51.100.7", .ttl = 1}, kUdp, kData)},
      {"illegal source", p4("127.0.0.1", "198.51.100.7")},
  };
  const Box siit = standard();
  Box br(SIIT_ROLE_BR);
  br.row("198.51.100.0/24", "2001:db8:51::/120");
  for (const auto& [name, in] : odd4) {
    SCOPED_TRACE(name);
    EXPECT_EQ(show(translate(siit, in, kOwn)), left("left_own_address"));  // AD-14
    EXPECT_EQ(show(translate(siit, in, kNative)), left("left_native_route"));
    EXPECT_EQ(show(translate(br, in, kNative)), left("left_native_route"));
    EXPECT_NE(translate(siit, in).verdict, SIIT_LEAVE);
  }
  // ER-22, ER-23: of the ER's own nodes to each other.
  Box er(SIIT_ROLE_ER);
  er.row("203.0.113.50", "2001:db8:12:34::50", true);
  for (const auto& [name, in] : odd4) {
    if (get32(in, 12) == 0x7f000001) continue;  // has no EAM
    SCOPED_TRACE(name);
    EXPECT_EQ(show(translate(er, in, kElsewhere)), left("left_routed_elsewhere"));
  }

  const std::string dst = "2001:db8:46::c633:6407";
  const std::vector<std::pair<const char*, Bytes>> odd6 = {
      {"fragmented ping", ip6({.dst = dst, .ext = {fragment(0, true, 1)}}, kIcmp6, echo(128, 1, 2, pattern(16)))},
      {"routing header", ip6({.dst = dst, .ext = {routing(1)}}, kUdp, kData)},
      {"behind a fragment header", ip6({.dst = dst, .ext = {fragment(0, true, 1), options(kDestOpts)}}, kUdp, kData)},
      {"short", ip6({.dst = dst}, kTcp, pattern(8))},
      {"hop limit 1", ip6({.dst = dst, .hop_limit = 1}, kUdp, kData)},
      {"unmapped source", p6("2001:db8:9::9", dst)},
      {"ND", ip6({.dst = dst}, kIcmp6, icmp(135, 0, 0, pattern(24)))},
      {"illegal source", p6("fe80::1", dst)},
      {"illegal source, ND", ip6({.src = "fe80::1", .dst = dst}, kIcmp6, icmp(135, 0, 0, pattern(24)))},
  };
  for (const auto& [name, in] : odd6)
    for (const Box* box : std::initializer_list<const Box*>{&siit, &br}) {
      SCOPED_TRACE(name);
      EXPECT_EQ(show(translate(*box, in, kOwn)), left("left_own_address"));
      EXPECT_NE(translate(*box, in).verdict, SIIT_LEAVE);
      if (get32(in, 8) >> 16 == 0xfe80) continue;  // never forwarded
      EXPECT_EQ(show(translate(*box, in, kNative)), left("left_native_route"));
    }
}

TEST(Address, Ad14OwnAddresses) {
  const Box siit = standard();
  check(siit, {{"by the prefix", p4("8.8.8.8", "198.51.100.7"), left("left_own_address"), kOwn},
               {"an EAM wins", p4("8.8.8.8", "192.0.2.1"), to6("2001:db8:46::808:808", kS6), kOwn},
               {"6: by the prefix", p6(kS6, kC6), left("left_own_address"), kOwn},
               {"6: an EAM wins", p6(kC6, kS6), to4("203.0.113.50", "192.0.2.1"), kOwn}});
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

// ER-17: private addresses and 192.0.0.0/29 (RFC 7335) as service addresses; AD-06 is not for rows.
TEST(EdgeRelay, Er17ServiceAddressesOfLocalSignificance) {
  for (const char* prefix : {"2001:db8:46::/96", "64:ff9b::/96"}) {
    Box box(SIIT_ROLE_ER, prefix);
    const bool wkp = prefix[0] == '6';
    const std::string peer6 = wkp ? "64:ff9b::808:808" : "2001:db8:46::808:808";
    box.row("10.0.0.5", "2001:db8:a::5", true).row("192.0.0.2", "2001:db8:a::2", true);
    for (const auto& [own4, own6] : {std::pair("10.0.0.5", "2001:db8:a::5"), {"192.0.0.2", "2001:db8:a::2"}}) {
      EXPECT_EQ(show(translate(box, p4(own4, "8.8.8.8"))), to6(own6, peer6));
      EXPECT_EQ(show(translate(box, p6(peer6, own6))), to4("8.8.8.8", own4));
    }
    // Nor may a private peer be reached through the well-known prefix.
    const std::string private6 = "2001:db8:46::a00:9";
    EXPECT_EQ(show(translate(box, p4("10.0.0.5", "10.0.0.9"))),
              wkp ? rejected("reject_unmapped_destination", 3, 1) : to6("2001:db8:a::5", private6));
  }
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

Box edge() {
  Box box(SIIT_ROLE_ER);
  box.row("192.0.2.1", kS6, true)
      .row("192.0.2.3", "2001:db8:12:34::3", true)
      .row("192.0.2.9", "2001:db8:b::9", false);
  return box;
}

TEST(EdgeRelay, Er02WhatTriggers) {
  const Box box = edge();
  check(box,
        {{"ER-02", p4("192.0.2.1", "203.0.113.50"), to6(kS6, kC6)},
         {"ER-02 back", p6(kC6, kS6), to4("203.0.113.50", "192.0.2.1")},
         {"ER-16", p4("192.0.2.1", "192.0.2.9"), to6(kS6, "2001:db8:b::9")},
         {"ER-16 back", p6("2001:db8:b::9", kS6), to4("192.0.2.9", "192.0.2.1")},
         {"a remote row is no trigger, 4", p4("192.0.2.9", "203.0.113.50"), left("left_not_ours")},
         {"a remote row is no trigger, 6", p6(kC6, "2001:db8:b::9"), left("left_not_ours")},
         {"nor is the prefix", p6(kS6, kC6), left("left_not_ours")},
         {"ER-07", p6("2001:db8:9::9", kS6), left("left_native_ipv6")},
         {"ER-22, ER-23", p4("192.0.2.1", "192.0.2.3"), left("left_routed_elsewhere"), kElsewhere},
         {"ER-22", p4("192.0.2.1", "10.0.0.1"), left("left_routed_elsewhere"), kElsewhere},
         {"somebody else", p4("10.0.0.9", "203.0.113.50"), left("left_not_ours")},
         {"of a local application", p4("192.0.2.1", "203.0.113.50"), to6(kS6, kC6), xmit()},
         {"multicast", p4("192.0.2.1", "224.0.0.251"), left("left_not_ours")},
         {"DHCP", p4("0.0.0.0", "255.255.255.255"), left("left_not_ours")}});
}

// Without a prefix there are destinations that do not map.
TEST(EdgeRelay, Er02UnmappedDestination) {
  Box box(SIIT_ROLE_ER, "");
  box.row("192.0.2.1", kS6, true).row("192.0.2.9", "2001:db8:b::9");
  check(box, {{"routed to us", p4("192.0.2.1", "8.8.8.8"), rejected("reject_unmapped_destination", 3, 1)},
              {"elsewhere", p4("192.0.2.1", "8.8.8.8"), left("left_routed_elsewhere"), kElsewhere},
              {"sent to us", p4("192.0.2.1", "8.8.8.8"), rejected("reject_unmapped_destination", 3, 1), xmit()},
              {"remote row", p4("192.0.2.1", "192.0.2.9"), to6(kS6, "2001:db8:b::9")}});
}

TEST(EdgeRelay, Er18IngressFilter) {
  Box box = edge();
  const Bytes quote = ip4({.src = "203.0.113.50", .dst = "192.0.2.1"}, kUdp, kData);
  const Bytes quote6 = ip6({.src = kC6, .dst = kS6}, kUdp, kData);
  const Bytes error = ip4({.src = "10.0.0.1", .dst = "203.0.113.50"}, kIcmp, icmp(3, 4, 1400, quote));
  const Bytes other = ip4({.src = "10.0.0.1", .dst = "203.0.113.50"}, kIcmp,
                          icmp(3, 4, 1400, ip4({.src = "203.0.113.50", .dst = "10.0.0.7"}, kUdp, kData)));
  const Bytes remote = ip4({.src = "10.0.0.1", .dst = "203.0.113.50"}, kIcmp,
                           icmp(3, 4, 1400, ip4({.src = "203.0.113.50", .dst = "192.0.2.9"}, kUdp, kData)));
  const std::string ingress = dropped("drop_ingress_filter");
  const std::string from_us = translated(ip6({.src = "2001:db8:ff::6", .dst = kC6, .hop_limit = 63}, kIcmp6,
                                             icmp(2, 0, 1420, quote6)));
  check(box, {{"spoofed", p4("10.9.9.9", "203.0.113.50"), ingress, xmit(SIIT_PKT_RECEIVED)},
              {"a remote row's", p4("192.0.2.9", "203.0.113.50"), ingress, xmit(SIIT_PKT_RECEIVED)},
              {"routed elsewhere", p4("10.9.9.9", "203.0.113.50"), left("left_not_ours")},
              {"local", p4("192.0.2.1", "203.0.113.50"), to6(kS6, kC6), xmit(SIIT_PKT_RECEIVED)},
              {"error about ours", error, from_us, xmit(SIIT_PKT_RECEIVED)},
              {"error about others", other, ingress, xmit(SIIT_PKT_RECEIVED)},
              {"error about a remote row's", remote, ingress, xmit(SIIT_PKT_RECEIVED)},
              {"illegal source", p4("127.0.0.1", "203.0.113.50"), dropped("drop_illegal_source"), xmit()}});
  How none = xmit(SIIT_PKT_RECEIVED);
  none.no_src6 = true;
  EXPECT_EQ(show(translate(box, error, none)), dropped("drop_unmapped_source"));
  box.set([](auto& s) { s.er_ingress_filter = false; });
  check(box, {{"off", p4("10.9.9.9", "203.0.113.50"), to6("2001:db8:46::a09:909", kC6), xmit(SIIT_PKT_RECEIVED)},
              {"off, never through the prefix", error, from_us, xmit(SIIT_PKT_RECEIVED)}});
}

TEST(EdgeRelay, Er19SelfSource) {
  Box box = edge();
  // A local row inside a remote one.
  box.row("198.51.100.0/24", "2001:db8:c::/120").row("198.51.100.7", "2001:db8:12:34::7", true);
  const std::string self = dropped("drop_self_source");
  const How lo = received(SIIT_PKT_LOOPBACK);
  check(box, {{"(1)", p6(kS6, kS6), self},
              {"(1) another of ours", p6("2001:db8:12:34::3", kS6), self},
              {"(2) through the prefix", p6("2001:db8:46::c000:201", kS6), self},
              {"(2) through the prefix, another", p6("2001:db8:46::c000:203", kS6), self},
              {"(2) through a remote row", p6("2001:db8:c::7", kS6), self},
              {"the remote row's others", p6("2001:db8:c::8", kS6), to4("198.51.100.8", "192.0.2.1")},
              {"remote row", p6("2001:db8:b::9", kS6), to4("192.0.2.9", "192.0.2.1")},
              {"from lo", p6(kS6, kS6), left("left_native_ipv6"), lo}});
  box.set([](auto& s) { s.er_self_source = false; });
  check(box, {{"off", p6("2001:db8:12:34::3", kS6), to4("192.0.2.3", "192.0.2.1")}});
}

// ER-07 and IS-03: errors about what we translated are ours, others are not.
TEST(EdgeRelay, Er07ErrorsFromRouters) {
  Box box = edge();
  box.set([](auto& s) { s.icmp_origin_ext = false; });
  const auto error = [&](const Bytes& quote, const std::string& src = "2001:db8:9::9") {
    return ip6({.src = src, .dst = kS6}, kIcmp6, icmp(2, 0, 1400, quote));
  };
  const Bytes ours = ip6({.src = kS6, .dst = kC6}, kUdp, kData);
  const Bytes natives = ip6({.src = kS6, .dst = "2001:db8:77::7"}, kUdp, kData);
  check(box, {{"about ours", error(ours),
               translated(ip4({.src = "198.51.100.1", .dst = "192.0.2.1", .ttl = 63}, kIcmp,
                              icmp(3, 4, 1380, ip4({.src = "192.0.2.1", .dst = "203.0.113.50"}, kUdp, kData))))},
              {"about native IPv6", error(natives), left("left_native_ipv6")},
              {"cut before the destination", error(Bytes(ours.begin(), ours.begin() + 39)), left("left_native_ipv6")}});
}

// ER-07: native IPv6 that we would not even parse.
TEST(EdgeRelay, Er07OddNativeIpv6) {
  const Box box = edge();
  const std::string src = "2001:db8:9::9";
  const std::vector<std::pair<const char*, Bytes>> odd = {
      {"fragmented ping", ip6({.src = src, .dst = kS6, .ext = {fragment(0, true, 1)}}, kIcmp6, echo(128, 1, 2, pattern(16)))},
      {"routing header", ip6({.src = src, .dst = kS6, .ext = {routing(1)}}, kUdp, kData)},
      {"behind a fragment header", ip6({.src = src, .dst = kS6, .ext = {fragment(0, true, 1), options(kDestOpts)}}, kUdp, kData)},
      {"nine headers", ip6({.src = src, .dst = kS6, .ext = std::vector<Ext>(9, options(kDestOpts))}, kUdp, kData)},
      {"short", ip6({.src = src, .dst = kS6}, kTcp, pattern(8))},
      {"ND", ip6({.src = "fe80::1", .dst = kS6, .hop_limit = 255}, kIcmp6, icmp(135, 0, 0, pattern(24)))},
      {"DAD", ip6({.src = "::", .dst = kS6, .hop_limit = 255}, kIcmp6, icmp(135, 0, 0, pattern(24)))},
      {"hop limit 1", ip6({.src = src, .dst = kS6, .hop_limit = 1}, kUdp, kData)},
  };
  for (const auto& [name, in] : odd) EXPECT_EQ(show(translate(box, in)), left("left_native_ipv6")) << name;
}

TEST(Generated, Ge05RoutedToUsButUnmapped) {
  const Box box = standard();
  check(box, {{"6, unmapped destination", p6(kS6, "2001:db8:77::7"), rejected("reject_unmapped_destination", 1, 0), xmit()},
              {"6, multicast", p6(kS6, "ff02::1"), dropped("drop_illegal_destination"), xmit()},
              {"6, unmapped source", p6("2001:db8:9::9", kC6), rejected("reject_unmapped_source", 1, 1), xmit()}});
}

// What a sender of errors needs to know, even where parsing gave up early.
TEST(Generated, Ge10MatchSaysWhatItIsAbout) {
  const Box box = standard();
  const auto match46 = [&](const Bytes& in) {
    siit_pkt p{};
    siit_match m;
    memset(&m, 0xa5, sizeof(m));
    p.data = in.data();
    p.have = p.len = static_cast<u32>(in.size());
    p.flags = SIIT_PKT_XMIT;
    siit_match46(box.cfg(), &p, &m);
    return m;
  };
  siit_match m = match46(ip4({.offset = 4, .options = from_hex("830704c000026300")}, kUdp, pattern(8)));
  EXPECT_EQ(m.verdict, SIIT_REJECT);
  EXPECT_EQ(m.frag_off, 32);  // GE-10: not about a later fragment
  m = match46(ip4({.options = from_hex("830704c000026300")}, kIcmp, icmp(3, 1, 0, pattern(28))));
  EXPECT_EQ(m.verdict, SIIT_REJECT);
  EXPECT_EQ(m.proto, kIcmp);
}

}  // namespace
