// SPDX-License-Identifier: GPL-2.0
// What is native or our own, as the routing table has it, is left alone (requirements 1).
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "cases.h"

namespace {

using namespace pkt;
using namespace xlat;

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

}  // namespace
