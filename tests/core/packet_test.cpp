// SPDX-License-Identifier: GPL-2.0
// The builder against packets that were computed by others.
#include "packet.h"

#include <gtest/gtest.h>

namespace {

using namespace pkt;

TEST(Packet, Ip4UdpVector) {
  const Bytes p = ip4({.tos = 0xb8, .id = 0x1234, .df = true}, kUdp, udp(5000, 53, bytes("hello")));
  EXPECT_EQ(to_hex(p),
            "45b8002112344000401129accb007132c000020113880035000daa1068656c6c6f");
  EXPECT_TRUE(checksums_ok(p));
}

TEST(Packet, Ip6EchoVector) {
  const Bytes p = ip6({.src = "2001:db8:46::cb00:7132", .dst = "2001:db8:12:34::1", .hop_limit = 1},
                      kIcmp6, echo(128, 0x1234, 1, bytes("abcd")));
  EXPECT_EQ(to_hex(p),
            "60000000000c3a0120010db80046000000000000cb00713220010db8001200340000000000000001"
            "8000108b1234000161626364");
  EXPECT_TRUE(checksums_ok(p));
}

TEST(Packet, EveryFlippedBitOfAHeaderOrPayloadIsFound) {
  for (const uint8_t proto : {kUdp, kTcp, kIcmp}) {
    const Bytes l4 = proto == kUdp   ? udp(1, 2, pattern(13))
                     : proto == kTcp ? tcp({}, pattern(13))
                                     : echo(8, 1, 2, pattern(13));
    const Bytes good = ip4({.options = {1, 1, 1}}, proto, l4);
    ASSERT_TRUE(checksums_ok(good));
    for (size_t bit = 24 * 8; bit < good.size() * 8; bit++) {
      Bytes bad = good;
      bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      EXPECT_FALSE(checksums_ok(bad)) << int(proto) << " bit " << bit;
    }
  }
}

TEST(Packet, FragmentsComeTogetherAgain) {
  const Bytes p4 = ip4({.id = 7, .options = {1}}, kUdp, udp(1, 2, pattern(3001)));
  auto parts = fragments4(p4, 576);
  EXPECT_EQ(parts.size(), 6u);
  for (const Bytes& b : parts) EXPECT_TRUE(checksums_ok(b));
  std::swap(parts[0], parts[3]);
  EXPECT_EQ(reassemble(parts), p4);
  parts.pop_back();
  EXPECT_TRUE(reassemble(parts).empty());

  const Bytes p6 = ip6({.ext = {options(kDestOpts)}}, kTcp, tcp({}, pattern(3001)));
  ASSERT_TRUE(checksums_ok(p6));
  parts = fragments6(p6, 1280, 0xdeadbeef);
  EXPECT_EQ(parts.size(), 3u);
  for (const Bytes& b : parts) EXPECT_TRUE(checksums_ok(b));
  EXPECT_EQ(reassemble(parts), p6);
}

TEST(Packet, ExtensionHeadersAreChained) {
  const Bytes p = ip6({.ext = {options(kHopByHop, 16), routing(0), auth(), fragment(0, false, 1)}},
                      kUdp, udp(1, 2, pattern(5)));
  const auto u = upper(p);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->offset, 40u + 16 + 8 + 24 + 8);
  EXPECT_EQ(u->proto, kUdp);
  EXPECT_FALSE(u->fragment);
  EXPECT_TRUE(checksums_ok(p));
}

TEST(Packet, UdpZero) {
  const Bytes p4 = ip4({.fill = false}, kUdp, udp(1, 2, pattern(5)));
  EXPECT_TRUE(checksums_ok(p4));
  const Bytes p6 = ip6({.fill = false}, kUdp, udp(1, 2, pattern(5)));
  EXPECT_FALSE(checksums_ok(p6));
  EXPECT_TRUE(checksums_ok(p6, true));
}

}  // namespace
