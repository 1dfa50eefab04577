// SPDX-License-Identifier: GPL-2.0
// The MTU that ICMP errors announce (requirements 11).
#include <gtest/gtest.h>

#include <string>

#include "icmp_error.h"

namespace {

using namespace pkt;
using namespace xlat;

// MT-01, MT-02
TEST(Mtu46, Mt01PacketTooBig) {
  Box box = standard();
  struct Case {
    const char* name;
    u32 adv;
    size_t total;  // of the quoted packet
    u32 mtu6, mtu4;
    u32 want;
  };
  const Case cases[] = {
      {"MT-01", 1400, 1500, 1500, 1500, 1420},
      {"MT-01", 1200, 1500, 1500, 1500, 1280},
      {"MT-01", 9000, 9500, 1500, 1500, 1500},
      {"MT-01", 9000, 9500, 9000, 1500, 1520},
      {"MT-01", 9000, 9500, 9000, 9000, 9000},
      {"MT-01", 1260, 1500, 1500, 1500, 1280},
      {"MT-01", 1261, 1500, 1500, 1500, 1281},
      {"MT-01", 1, 1500, 1500, 1500, 1280},
      {"MT-01", 1400, 1500, 1500, 1300, 1320},
      {"MT-01", 1400, 1500, 1500, 576, 1280},
      {"MT-01", 65535, 65535, 65535, 65535, 65535},
      {"MT-02", 0, 1500, 1500, 1500, 1500},
      {"MT-02", 0, 1493, 1500, 1500, 1500},
      {"MT-02", 0, 1492, 1500, 1500, 1280},
      {"MT-02", 0, 4000, 1500, 1500, 1500},
      {"MT-02", 0, 4000, 9000, 9000, 2022},
      {"MT-02", 0, 1280, 1500, 1500, 1280},
      {"MT-02", 0, 28, 1500, 1500, 1280},
      {"MT-02", 0, 65535, 65535, 65535, 32020},
      {"MT-02", 0, 9000, 9000, 9000, 8186},
      {"unknown next hops", 1400, 1500, 0, 0, 1420},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.name) + " " + std::to_string(c.adv) + " " + std::to_string(c.total));
    How how;
    how.mtu_out = c.mtu6;
    how.mtu_back = c.mtu4;
    const Bytes q4 = cut(ip4(sent4({.df = true}), kUdp, udp(1, 2, Bytes(c.total - 28, 1))), 28);
    // Octet 4 is unused: MT-05.
    for (const u32 unused : {0u, 0xff000000u}) {
      const Result r = translate(box, error4(3, 4, c.adv | unused, q4), how);
      ASSERT_EQ(r.verdict, SIIT_XLAT);
      EXPECT_TRUE(r.asked_mtu);
      EXPECT_EQ(get32(r.out, 44), c.want);
      EXPECT_TRUE(checksums_ok(r.out));
      EXPECT_EQ(r.ask6, kS6);
      EXPECT_EQ(r.ask4, kC4);
    }
  }
  // Without the clamp (RFC 6145), below 1280 as well.
  box.set([](auto& s) { s.ptb_min_clamp = false; });
  const Result r = translate(box, error4(3, 4, 1000, cut(ip4(sent4(), kUdp, udp(1, 2, Bytes(1400, 1))), 28)));
  EXPECT_EQ(get32(r.out, 44), 1020u);
}

TEST(Mtu46, Mt02PlateausAreEditable) {
  Box box = standard();
  box.set([](auto& s) {
    const u16 list[] = {1300, 1400, 1300, 68, 9000};
    memcpy(s.plateaus, list, sizeof(list));
    s.plateaus_count = 5;
  });
  const auto mtu = [&](size_t total) {
    const Bytes q4 = cut(ip4(sent4(), kUdp, udp(1, 2, Bytes(total - 28, 1))), 28);
    How how;
    how.mtu_out = how.mtu_back = 0;
    return get32(translate(box, error4(3, 4, 0, q4), how).out, 44);
  };
  EXPECT_EQ(box.cfg()->s.plateaus_count, 4u);
  EXPECT_EQ(mtu(1500), 1420u);
  EXPECT_EQ(mtu(1400), 1320u);
  EXPECT_EQ(mtu(1300), 1280u);
  EXPECT_EQ(mtu(9001), 9020u);
  box.set([](auto& s) { s.plateaus[s.plateaus_count++] = 1280; });
  EXPECT_EQ(mtu(1300), 1300u);  // 1280 is large enough, and 1279 is not
  box.set([](auto& s) { s.plateaus[s.plateaus_count - 2] = 1279; });
  EXPECT_EQ(mtu(1280), 1280u);
  box.set([](auto& s) { s.plateaus_count = 0; });
  for (const size_t total : {1500u, 9500u, 60000u}) EXPECT_EQ(mtu(total), 1280u);
}

// MT-03, MT-04, MT-05
TEST(Mtu64, Mt03FragmentationNeeded) {
  Box box = standard();
  struct Case {
    const char* name;
    u32 adv;
    bool fragment;
    u32 mtu4, mtu6;
    u32 want;
  };
  const Case cases[] = {
      {"MT-03", 1400, false, 1500, 1500, 1380},  {"MT-03", 1400, true, 1500, 1500, 1372},
      {"MT-03", 1280, false, 1500, 1500, 1260},  {"MT-03", 1280, true, 1500, 1500, 1252},
      {"MT-03", 1500, false, 1400, 1500, 1400},  {"MT-03", 1500, false, 1500, 1300, 1280},
      {"MT-03", 9000, false, 9000, 9000, 8980},  {"MT-04", 68, false, 1500, 1500, 1260},
      {"MT-04", 0, false, 1500, 1500, 1260},     {"MT-04", 1279, false, 1500, 1500, 1260},
      {"MT-05", 70000, false, 1500, 1500, 1480}, {"MT-05", 70000, false, 0, 0, 65535},
      {"MT-05", 0xffffffff, false, 0, 0, 65535}, {"MT-05", 0xffffffff, true, 9000, 0, 9000},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.name) + " " + std::to_string(c.adv));
    How how;
    how.mtu_out = c.mtu4;
    how.mtu_back = c.mtu6;
    Ip6 h = quoted6();
    if (c.fragment) h.ext = {fragment(0, true, 1)};
    const Bytes q6 = ip6(h, kUdp, udp(1, 2, Bytes(1000, 1)));
    const Result r = translate(box, error6(2, 0, c.adv, q6), how);
    ASSERT_EQ(r.verdict, SIIT_XLAT);
    EXPECT_EQ(get32(r.out, 24), c.want);  // octets 4 and 5: zero
    EXPECT_EQ(r.ask4, kC4);
    EXPECT_EQ(r.ask6, kS6);
  }
  box.set([](auto& s) { s.ptb_min_clamp = false; });
  const Result r = translate(box, error6(2, 0, 1000, ip6(quoted6(), kUdp, kUdp5)));
  EXPECT_EQ(get32(r.out, 24), 980u);
}

}  // namespace
