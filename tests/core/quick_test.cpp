// SPDX-License-Identifier: GPL-2.0
// Which packets take the short way (quick.h). That it says what the long way says is checked with
// every packet of every test and fuzzer (translate.cpp).
#include <gtest/gtest.h>

#include <string>

#include "translate.h"

namespace {

using namespace pkt;
using namespace xlat;

const char* const kClient = "203.0.113.50";
const char* const kClient6 = "2001:db8:46::cb00:7132";
const char* const kWeb = "192.0.2.1";
const char* const kWeb6 = "2001:db8:12:34::1";

Bytes udp4(Ip4 h = {.src = kClient, .dst = kWeb}) { return ip4(h, kUdp, udp(5000, 53, bytes("hello"))); }
Bytes udp6(Ip6 h = {.src = kWeb6, .dst = kClient6}) { return ip6(h, kUdp, udp(53, 5000, bytes("hello"))); }

TEST(ShortWay, MostPackets) {
  const Box br = standard(SIIT_ROLE_BR);
  EXPECT_TRUE(takes_short_way(br, udp4()));
  EXPECT_TRUE(takes_short_way(br, udp6()));
  EXPECT_TRUE(takes_short_way(br, ip4({.src = kClient, .dst = kWeb}, kTcp, tcp({}, bytes("x")))));
  EXPECT_TRUE(takes_short_way(br, ip6({.src = kWeb6, .dst = kClient6}, kTcp, tcp({}, bytes("x")))));
}

// MT-12
TEST(ShortWay, Segments) {
  const Box br = standard(SIIT_ROLE_BR);
  const Bytes many = tcp({}, Bytes(30000, 1));
  EXPECT_TRUE(takes_short_way(br, ip4({.src = kClient, .dst = kWeb, .df = true}, kTcp, many), 1440));
  EXPECT_TRUE(takes_short_way(br, ip6({.src = kWeb6, .dst = kClient6}, kTcp, many), 1220));
  EXPECT_TRUE(takes_short_way(br, ip6({.src = kWeb6, .dst = kClient6}, kUdp, udp(53, 5000, Bytes(30000, 1))), 1400));
  EXPECT_FALSE(takes_short_way(br, ip4({.src = kClient, .dst = kWeb}, kTcp, many), 1440)) << "may be fragmented on its way";
  EXPECT_FALSE(takes_short_way(br, ip6({.src = kWeb6, .dst = kClient6, .payload_len = 65535}, kTcp, tcp({}, Bytes(65515, 1))), 1440)) << "too long for IPv4";
}

TEST(ShortWay, PrefixRows) {
  Box br = standard(SIIT_ROLE_BR);
  br.row("198.51.100.0/24", "2001:db8:77::/120").row("198.51.96.0/22", "2001:db8:78::/64");
  EXPECT_TRUE(takes_short_way(br, udp4({.src = kClient, .dst = "198.51.100.7"})));
  EXPECT_TRUE(takes_short_way(br, udp6({.src = "2001:db8:77::7", .dst = kClient6})));
  EXPECT_TRUE(takes_short_way(br, udp4({.src = kClient, .dst = "198.51.97.7"})));
  EXPECT_TRUE(takes_short_way(br, udp6({.src = "2001:db8:78:0:4000::", .dst = kClient6})));
  EXPECT_TRUE(takes_short_way(br, udp6({.src = "2001:db8:78:0:4000::1", .dst = kClient6}))) << "bits that get lost";
  br.set([](siit_settings& s) { s.eam_strict_suffix = true; });
  EXPECT_FALSE(takes_short_way(br, udp6({.src = "2001:db8:78:0:4000::1", .dst = kClient6}))) << "they must not (EAM-05)";
  br.row("126.0.0.0/7", "2001:db8:79::/64");
  EXPECT_FALSE(takes_short_way(br, udp6({.src = "2001:db8:79:0:8000::", .dst = kClient6}))) << "an illegal source";
}

// BR-07
TEST(ShortWay, SourcesWithRows) {
  Box br = standard(SIIT_ROLE_BR);
  br.row("0.0.0.0/0", "2001:db8:ff00::/40");
  EXPECT_TRUE(takes_short_way(br, udp4())) << "a row for everybody";
  EXPECT_FALSE(takes_short_way(br, udp4({.src = "192.0.2.1", .dst = kWeb}))) << "a row of its own";
  br.set([](siit_settings& s) { s.antispoof46 = false; });
  EXPECT_TRUE(takes_short_way(br, udp4({.src = "192.0.2.1", .dst = kWeb}))) << "who may be anybody";
}

TEST(ShortWay, NotWhatIsALongerStory) {
  Box br = standard(SIIT_ROLE_BR);
  br.row("192.0.2.2", "2001:db8:12:34::2");
  EXPECT_FALSE(takes_short_way(br, udp4({.src = "192.0.2.2", .dst = kWeb}))) << "a source with a row";
  EXPECT_FALSE(takes_short_way(br, udp4({.src = "127.0.0.1", .dst = kWeb}))) << "an illegal source";
  EXPECT_FALSE(takes_short_way(br, udp6({.src = kWeb6, .dst = "2001:db8:46::c000:202"}))) << "hairpin";
  EXPECT_FALSE(takes_short_way(br, udp6({.src = "2001:db8:99::1", .dst = kClient6}))) << "no row";
  EXPECT_FALSE(takes_short_way(br, ip4({.src = kClient, .dst = kWeb, .fill = false}, kUdp, udp(1, 2, bytes("x"), 0)))) << "no checksum";
  EXPECT_FALSE(takes_short_way(br, ip4({.src = kClient, .dst = kWeb}, 47, Bytes(32)))) << "no ports";
  Box inside = standard(SIIT_ROLE_BR);
  inside.row("192.0.2.9", "2001:db8:46::c633:6409");
  EXPECT_FALSE(takes_short_way(inside, udp6({.src = kWeb6, .dst = "2001:db8:46::c633:6409"}))) << "a row inside the prefix (EAM-07)";
  EXPECT_TRUE(takes_short_way(inside, udp6())) << "another address inside the prefix";
  inside.row("198.51.100.0/24", "2001:db8::/48");
  EXPECT_TRUE(takes_short_way(inside, udp6())) << "a short prefix elsewhere";
  br.set([](siit_settings& s) { add_prefix(s.denylist4, "203.0.113.0/24"); });
  EXPECT_FALSE(takes_short_way(br, udp4())) << "a denylist";
  EXPECT_FALSE(takes_short_way(standard(SIIT_ROLE_SIIT), udp4())) << "another role";
}

}  // namespace
