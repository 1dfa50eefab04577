// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "core.h"

namespace {

siit_prefix6 prefix(const std::string& text, int len) {
  siit_prefix6 p{};
  p.addr = v6(text);
  p.len = static_cast<u8>(len);
  return p;
}

struct Embedded {
  const char* prefix;
  int len;
  const char* addr6;
};

// AD-02: 192.0.2.33, RFC 6052 2.4
const Embedded kTable[] = {
    {"2001:db8::", 32, "2001:db8:c000:221::"},
    {"2001:db8:100::", 40, "2001:db8:1c0:2:21::"},
    {"2001:db8:122::", 48, "2001:db8:122:c000:2:2100::"},
    {"2001:db8:122:300::", 56, "2001:db8:122:3c0:0:221::"},
    {"2001:db8:122:344::", 64, "2001:db8:122:344:c0:2:2100::"},
    {"2001:db8:122:344::", 96, "2001:db8:122:344::c000:221"},
    {"64:ff9b::", 96, "64:ff9b::c000:221"},
};

TEST(Addr6052, TextbookVectorsBothWays) {
  for (const Embedded& e : kTable) {
    const siit_prefix6 p = prefix(e.prefix, e.len);
    in6_addr out6;
    siit_6052_map46(&p, v4("192.0.2.33"), &out6);
    EXPECT_EQ(show(out6), show(v6(e.addr6))) << e.len;
    const in6_addr in6 = v6(e.addr6);
    __be32 out4 = 0;
    EXPECT_TRUE(siit_6052_match(&p, &in6));
    EXPECT_TRUE(siit_6052_map64(&p, &in6, &out4));
    EXPECT_EQ(show(out4), "192.0.2.33") << e.len;
  }
}

// Octet by octet, as section 2.2 draws it.
TEST(Addr6052, RandomAddressesAgainstOctets) {
  const unsigned seed = 6052;
  std::mt19937 rng(seed);
  for (int i = 0; i < 20000; i++) {
    const int len = std::array{32, 40, 48, 56, 64, 96}[rng() % 6];
    siit_prefix6 p{};
    p.len = static_cast<u8>(len);
    for (int o = 0; o < len / 8; o++)
      if (o != 8) p.addr.s6_addr[o] = static_cast<u8>(rng());
    const u32 host = rng();
    in6_addr want = p.addr;
    int at = len / 8;
    for (int o = 0; o < 4; o++) {
      if (at == 8) at++;
      want.s6_addr[at++] = static_cast<u8>(host >> (24 - 8 * o));
    }
    in6_addr got;
    siit_6052_map46(&p, htonl(host), &got);
    ASSERT_EQ(show(got), show(want)) << "len " << len << " seed " << seed << " round " << i;

    // AD-04: the suffix does not matter.
    for (; at < 16; at++)
      if (at != 8) got.s6_addr[at] = static_cast<u8>(rng());
    __be32 back = 0;
    ASSERT_TRUE(siit_6052_map64(&p, &got, &back));
    ASSERT_EQ(show(back), show(__be32{htonl(host)})) << "len " << len << " seed " << seed;

    // Any bit of the prefix does.
    const unsigned bit = rng() % static_cast<unsigned>(len);
    got.s6_addr[bit / 8] ^= static_cast<u8>(0x80 >> bit % 8);
    back = 1;
    ASSERT_FALSE(siit_6052_match(&p, &got)) << "len " << len << " bit " << bit;
    ASSERT_FALSE(siit_6052_map64(&p, &got, &back));
    ASSERT_EQ(back, __be32{1});
  }
}

TEST(Addr6052, SuffixIsIgnored) {
  const siit_prefix6 p = prefix("2001:db8:100::", 40);
  const in6_addr a = v6("2001:db8:1c0:2:21:dead:beef:1");
  __be32 out = 0;
  EXPECT_TRUE(siit_6052_map64(&p, &a, &out));
  EXPECT_EQ(show(out), "192.0.2.33");
}

TEST(Addr6052, Octet8MustBeZero) {
  for (const Embedded& e : kTable) {
    if (e.len == 96) continue;
    const siit_prefix6 p = prefix(e.prefix, e.len);
    in6_addr a = v6(e.addr6);
    a.s6_addr[8] = 1;
    __be32 out = 0;
    EXPECT_FALSE(siit_6052_map64(&p, &a, &out)) << e.len;
    EXPECT_TRUE(siit_6052_match(&p, &a)) << e.len;
  }
}

TEST(Addr6052, NoPrefixMatchesNothing) {
  const siit_prefix6 none{};
  const in6_addr a = v6("::c000:221");
  __be32 out = 0;
  EXPECT_FALSE(siit_6052_match(&none, &a));
  EXPECT_FALSE(siit_6052_map64(&none, &a, &out));
}

TEST(Addr6052, PrefixCheck) {
  for (int len = 0; len < 256; len++) {
    const in6_addr a = v6("2001:db8::");
    const bool legal = len == 32 || len == 40 || len == 48 || len == 56 || len == 64 || len == 96;
    EXPECT_EQ(siit_prefix6_check(&a, static_cast<u8>(len)), legal ? SIIT_ADDR_OK : SIIT_ADDR_LEN)
        << len;
  }
  in6_addr a = v6("2001:db8:122:344:ff00::");
  EXPECT_EQ(siit_prefix6_check(&a, 96), SIIT_ADDR_U);
  EXPECT_EQ(siit_prefix6_check(&a, 64), SIIT_ADDR_HOST);
  a = v6("2001:db8:122:344:ff::");
  EXPECT_EQ(siit_prefix6_check(&a, 96), SIIT_ADDR_OK);
  a = v6("2001:db8:1::");
  EXPECT_EQ(siit_prefix6_check(&a, 40), SIIT_ADDR_HOST);
  a = v6("2001:db8::1:0:0");
  EXPECT_EQ(siit_prefix6_check(&a, 96), SIIT_ADDR_OK);
  a = v6("2001:db8::1");
  EXPECT_EQ(siit_prefix6_check(&a, 96), SIIT_ADDR_HOST);
  for (int e = SIIT_ADDR_LEN; e <= SIIT_ADDR_U; e++)
    EXPECT_STRNE(siit_addr_strerror(static_cast<siit_addr_error>(e)), "no error");
}

TEST(Addr6052, WellKnownPrefix) {
  auto p = prefix("64:ff9b::", 96);
  EXPECT_TRUE(siit_prefix6_is_wkp(&p));
  p = prefix("64:ff9b::", 64);
  EXPECT_FALSE(siit_prefix6_is_wkp(&p));
  p = prefix("64:ff9b:1:fffe::", 96);
  EXPECT_FALSE(siit_prefix6_is_wkp(&p));
}

// First and last address of each range, and the neighbours outside.
struct Range {
  const char* first;
  const char* last;
};

template <typename F>
void expect_exactly(F bogus, const std::vector<Range>& ranges) {
  const auto inside = [&](u32 a) {
    for (const Range& r : ranges)
      if (a >= ntohl(v4(r.first)) && a <= ntohl(v4(r.last))) return true;
    return false;
  };
  std::vector<u32> probes = {0, 1, 0xffffffff, 0xfffffffe, ntohl(v4("192.0.2.1"))};
  for (const Range& r : ranges)
    for (const char* edge : {r.first, r.last})
      for (u32 d : {u32(-1), u32(0), u32(1)}) probes.push_back(ntohl(v4(edge)) + d);
  std::mt19937 rng(1);
  for (int i = 0; i < 100000; i++) probes.push_back(rng());
  for (const u32 a : probes) ASSERT_EQ(bogus(htonl(a)), inside(a)) << show(__be32{htonl(a)});
}

TEST(AddrBogus, Source4) {
  expect_exactly(siit_v4_src_bogus, {{"0.0.0.0", "0.255.255.255"},
                                     {"127.0.0.0", "127.255.255.255"},
                                     {"224.0.0.0", "255.255.255.255"}});
}

TEST(AddrBogus, Destination4) {
  expect_exactly(siit_v4_dst_bogus, {{"0.0.0.0", "0.255.255.255"},
                                     {"127.0.0.0", "127.255.255.255"},
                                     {"169.254.0.0", "169.254.255.255"},
                                     {"224.0.0.0", "239.255.255.255"},
                                     {"255.255.255.255", "255.255.255.255"}});
}

TEST(AddrBogus, NonGlobal4) {
  expect_exactly(siit_v4_nonglobal, {{"0.0.0.0", "0.255.255.255"},
                                     {"10.0.0.0", "10.255.255.255"},
                                     {"100.64.0.0", "100.127.255.255"},
                                     {"127.0.0.0", "127.255.255.255"},
                                     {"169.254.0.0", "169.254.255.255"},
                                     {"172.16.0.0", "172.31.255.255"},
                                     {"192.0.0.0", "192.0.0.7"},  // .8 is exempt
                                     {"192.0.0.9", "192.0.0.255"},
                                     {"192.0.2.0", "192.0.2.255"},
                                     {"192.168.0.0", "192.168.255.255"},
                                     {"198.18.0.0", "198.19.255.255"},
                                     {"198.51.100.0", "198.51.100.255"},
                                     {"203.0.113.0", "203.0.113.255"},
                                     {"224.0.0.0", "255.255.255.255"}});
}

TEST(AddrBogus, Source6) {
  for (const char* text : {"::", "::1", "fe80::1", "febf:ffff::", "ff00::", "ff02::1", "ffff::",
                           "::ffff:192.0.2.1", "::ffff:0:0"}) {
    const in6_addr a = v6(text);
    EXPECT_TRUE(siit_v6_src_bogus(&a)) << text;
  }
  for (const char* text : {"::2", "::1:0", "1::", "0:1::1", "0:0:1::1", "0:0:0:1::", "::fffe:0:1",
                           "::1:ffff:0:1", "fe7f::1", "fec0::1", "feff::", "2001:db8::1",
                           "64:ff9b::1", "fc00::1", "::8000:0:0"}) {
    const in6_addr a = v6(text);
    EXPECT_FALSE(siit_v6_src_bogus(&a)) << text;
  }
}

TEST(AddrPrefixes4, Match) {
  const siit_prefix4 list[] = {
      {v4("192.0.2.0"), 24, {}}, {v4("198.51.100.7"), 32, {}}, {v4("10.0.0.0"), 7, {}}};
  const auto match = [&](const char* a, u32 n = 3) { return siit_prefixes4_match(list, n, v4(a)); };
  EXPECT_TRUE(match("192.0.2.255"));
  EXPECT_TRUE(match("198.51.100.7"));
  EXPECT_TRUE(match("11.255.255.255"));
  EXPECT_FALSE(match("192.0.3.0"));
  EXPECT_FALSE(match("198.51.100.6"));
  EXPECT_FALSE(match("12.0.0.0"));
  EXPECT_FALSE(match("198.51.100.7", 1));
  EXPECT_FALSE(siit_prefixes4_match(nullptr, 0, v4("192.0.2.1")));
  const siit_prefix4 all = {0, 0, {}};
  EXPECT_TRUE(siit_prefixes4_match(&all, 1, v4("203.0.113.1")));
}

TEST(AddrPrefixes4, AFirstLookMissesNothing) {
  for (u32 first = 0; first < 256; first += 5) {
    for (u32 len = 0; len <= 32; ++len) {
      // Of the octet's bits only those that the prefix has
      const u32 fixed = len < 8 ? first >> (8 - len) << (8 - len) : first;
      const siit_prefix4 p{htonl(fixed << 24), static_cast<u8>(len), {}};
      u64 bits = 0;
      for (u32 octet = 0; octet < 256; ++octet) {
        const __be32 addr = htonl(octet << 24);
        if (len < 8 ? siit_prefixes4_match(&p, 1, addr) : octet == first) bits |= siit_octet_bit(addr);
      }
      ASSERT_EQ(siit_octet_bits(&p, 1), bits) << first << "/" << len;
    }
  }
  const siit_prefix4 two[] = {{v4("10.0.0.0"), 8, {}}, {v4("192.0.2.0"), 24, {}}};
  EXPECT_EQ(siit_octet_bits(two, 2), siit_octet_bit(v4("10.9.9.9")) | siit_octet_bit(v4("192.168.0.1")));
  EXPECT_FALSE(siit_octet_bits(two, 2) & siit_octet_bit(v4("203.0.113.1")));
  EXPECT_EQ(siit_octet_bits(two, 0), 0U);
}

}  // namespace
