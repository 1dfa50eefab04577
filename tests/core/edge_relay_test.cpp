// SPDX-License-Identifier: GPL-2.0
// The Edge Relay: what it translates, what is native to it, whom it does not believe (requirements 13.2).
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cases.h"

namespace {

using namespace pkt;
using namespace xlat;

How received(u16 more) {
  How how;
  how.flags |= more;
  return how;
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

}  // namespace
