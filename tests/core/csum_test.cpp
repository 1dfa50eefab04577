// SPDX-License-Identifier: GPL-2.0
// Checksums by difference against checksums in full.
#include <gtest/gtest.h>

#include <random>

#include "packet.h"

#include "core.h"

namespace {

using pkt::Bytes;

__sum16 check_at(const Bytes& p, size_t at) {
  __sum16 c;
  memcpy(&c, &p[at], sizeof(c));
  return c;
}

struct Pair {
  std::string src4, dst4, src6, dst6;
};

Pair random_pair(std::mt19937& rng) {
  in6_addr s6{}, d6{};
  // Often all zeros or all ones, where one's complement has its corners.
  for (auto* a : {&s6, &d6})
    for (auto& w : a->s6_addr16) w = static_cast<u16>(rng() % 3 ? rng() : rng() % 2 ? 0xffff : 0);
  return {show(__be32{static_cast<u32>(rng())}), show(__be32{static_cast<u32>(rng())}), show(s6),
          show(d6)};
}

__wsum delta46(const Pair& p) {
  const in6_addr s6 = v6(p.src6), d6 = v6(p.dst6);
  return siit_csum_delta46(v4(p.src4), v4(p.dst4), &s6, &d6);
}

__wsum delta64(const Pair& p) {
  const in6_addr s6 = v6(p.src6), d6 = v6(p.dst6);
  return siit_csum_delta64(&s6, &d6, v4(p.src4), v4(p.dst4));
}

// EAM-14
TEST(Csum, TcpAndUdpBothWays) {
  const unsigned seed = 1624;
  std::mt19937 rng(seed);
  for (int i = 0; i < 20000; i++) {
    const Pair a = random_pair(rng);
    const bool is_udp = rng() % 2;
    Bytes data(rng() % 40);
    for (auto& o : data) o = static_cast<uint8_t>(rng() % 4 ? 0 : rng());
    const Bytes l4 = is_udp ? pkt::udp(0, 0, data) : pkt::tcp({}, data);
    const uint8_t proto = is_udp ? pkt::kUdp : pkt::kTcp;
    const Bytes p4 = pkt::ip4({.src = a.src4, .dst = a.dst4}, proto, l4);
    const Bytes p6 = pkt::ip6({.src = a.src6, .dst = a.dst6}, proto, l4);
    const size_t at = is_udp ? 6 : 16;
    const auto update = is_udp ? siit_csum_update_udp : siit_csum_update;

    ASSERT_EQ(update(check_at(p4, 20 + at), delta46(a)), check_at(p6, 40 + at))
        << "seed " << seed << " round " << i;
    ASSERT_EQ(update(check_at(p6, 40 + at), delta64(a)), check_at(p4, 20 + at))
        << "seed " << seed << " round " << i;
  }
}

// CK-02: V4 99fd becomes 0000, sent as ffff.
TEST(Csum, UdpZeroBecomesOnes) {
  const Pair a = {"203.0.113.50", "192.0.2.1", "2001:db8:46::cb00:7132", "2001:db8:12:34::1"};
  const Bytes p4 = pkt::ip4({.src = a.src4, .dst = a.dst4}, pkt::kUdp,
                            pkt::udp(9115, 53, pkt::bytes("hello")));
  ASSERT_EQ(pkt::get16(p4, 26), 0x99fd);
  EXPECT_EQ(siit_csum_update(check_at(p4, 26), delta46(a)), 0);
  EXPECT_EQ(siit_csum_update_udp(check_at(p4, 26), delta46(a)), 0xffff);
}

// CK-06: wrong by one stays wrong by one.
TEST(Csum, WrongStaysWrong) {
  std::mt19937 rng(6);
  for (int i = 0; i < 1000; i++) {
    const Pair a = random_pair(rng);
    Bytes p4 = pkt::ip4({.src = a.src4, .dst = a.dst4}, pkt::kTcp, pkt::tcp({}, pkt::pattern(9)));
    Bytes p6 = pkt::ip6({.src = a.src6, .dst = a.dst6}, pkt::kTcp, pkt::tcp({}, pkt::pattern(9)));
    p4[20 + 16] ^= 0x40;
    const __sum16 out = siit_csum_update(check_at(p4, 20 + 16), delta46(a));
    memcpy(&p6[40 + 16], &out, 2);
    ASSERT_FALSE(pkt::checksums_ok(p6));
  }
}

// AD-07: both addresses under a checksum-neutral prefix.
TEST(Csum, NeutralPrefixChangesNothing) {
  std::mt19937 rng(7);
  for (const char* text : {"64:ff9b:1:fffe::", "64:ff9b::"}) {
    siit_prefix6 p{};
    p.addr = v6(text);
    p.len = 96;
    for (int i = 0; i < 2000; i++) {
      const __be32 s4 = static_cast<u32>(rng()), d4 = static_cast<u32>(rng());
      in6_addr s6, d6;
      siit_6052_map46(&p, s4, &s6);
      siit_6052_map46(&p, d4, &d6);
      const __sum16 check = static_cast<__sum16>(rng() % 0xffff);
      ASSERT_EQ(siit_csum_update(check, siit_csum_delta46(s4, d4, &s6, &d6)), check);
    }
  }
}

// CK-09: ICMP has no pseudo header in IPv4.
TEST(Csum, EchoBothWays) {
  std::mt19937 rng(9);
  for (int i = 0; i < 5000; i++) {
    const Pair a = random_pair(rng);
    Bytes data(rng() % 40);
    for (auto& o : data) o = static_cast<uint8_t>(rng());
    const auto id = static_cast<uint16_t>(rng());
    const Bytes p4 = pkt::ip4({}, pkt::kIcmp, pkt::echo(8, id, 1, data));
    const Bytes p6 =
        pkt::ip6({.src = a.src6, .dst = a.dst6}, pkt::kIcmp6, pkt::echo(128, id, 1, data));
    const in6_addr s6 = v6(a.src6), d6 = v6(a.dst6);
    const __wsum pseudo =
        siit_csum_pseudo6(&s6, &d6, static_cast<u32>(8 + data.size()), pkt::kIcmp6);
    const __wsum types = siit_csum_delta16(htons(8 << 8), htons(128 << 8));
    ASSERT_EQ(siit_csum_update(check_at(p4, 22), csum_add(types, pseudo)), check_at(p6, 42)) << i;
    ASSERT_EQ(siit_csum_update(check_at(p6, 42), ~csum_add(types, pseudo)), check_at(p4, 22)) << i;
  }
}

// CK-10: the seed is the pseudo header's sum, as the stack leaves it.
TEST(Csum, PartialSeed) {
  std::mt19937 rng(10);
  for (int i = 0; i < 5000; i++) {
    const Pair a = random_pair(rng);
    const in6_addr s6 = v6(a.src6), d6 = v6(a.dst6);
    const u32 len = rng() % 65536;
    const __wsum sum4 = siit_csum_pseudo4(v4(a.src4), v4(a.dst4), len, 6);
    const __wsum sum6 = siit_csum_pseudo6(&s6, &d6, len, 6);
    const auto seed4 = static_cast<__sum16>(~csum_fold(sum4));
    const auto seed6 = static_cast<__sum16>(~csum_fold(sum6));
    ASSERT_EQ(siit_csum_update_partial(seed4, delta46(a)), seed6) << i;
    ASSERT_EQ(siit_csum_update_partial(seed6, delta64(a)), seed4) << i;
  }
}

TEST(Csum, PartialSumOfAnyLength) {
  std::mt19937 rng(11);
  for (size_t n = 0; n < 200; n++) {
    Bytes b(n);
    for (auto& o : b) o = static_cast<uint8_t>(rng());
    EXPECT_EQ(siit_csum_fold(siit_csum_partial(b.data(), static_cast<u32>(n), 0)),
              htons(pkt::checksum(b)))
        << n;
  }
  // All ones: the sum overflows at every step.
  const Bytes ones(65535, 0xff);
  EXPECT_EQ(siit_csum_fold(siit_csum_partial(ones.data(), 65535, 0xffffffff)),
            htons(pkt::checksum(ones)));
}

}  // namespace
