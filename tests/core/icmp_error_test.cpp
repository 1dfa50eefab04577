// SPDX-License-Identifier: GPL-2.0
// ICMP errors as packets: checksum, source, header (requirements 9.3).
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "icmp_error.h"

namespace {

using namespace pkt;
using namespace xlat;

// CK-06 for whole errors: by how much it was wrong.
TEST(IcmpError46, Ck06WrongStaysWrong) {
  const Box box = standard();
  const Bytes ext = extension(8);
  const Bytes l4 = udp(1, 2, pattern(2000));
  for (const bool with_ext : {false, true})
    for (const unsigned wrong : {1u, 0x100u, 0x4321u, 0xfffeu}) {
      const u32 length = with_ext ? 1 : 0;
      const Bytes good4 = error4(11, 0, length * (32u << 16), cut(ip4(sent4(), kUdp, l4), 128) + (with_ext ? ext : Bytes{}));
      Bytes bad4 = good4;
      set16(bad4, 22, static_cast<uint16_t>((get16(good4, 22) + wrong) % 65535));
      Result good = translate(box, good4), bad = translate(box, bad4);
      ASSERT_EQ(bad.verdict, SIIT_XLAT);
      EXPECT_FALSE(checksums_ok(bad.out));
      EXPECT_EQ((get16(good.out, 42) + wrong) % 65535, get16(bad.out, 42) % 65535);

      const Bytes good6 = error6(1, 0, length * (19u << 24), cut(ip6(quoted6(), kUdp, l4), 152) + (with_ext ? ext : Bytes{}));
      Bytes bad6 = good6;
      set16(bad6, 42, static_cast<uint16_t>((get16(good6, 42) + wrong) % 65535));
      good = translate(box, good6), bad = translate(box, bad6);
      ASSERT_EQ(bad.verdict, SIIT_XLAT);
      EXPECT_FALSE(checksums_ok(bad.out));
      EXPECT_EQ((get16(good.out, 22) + wrong) % 65535, get16(bad.out, 22) % 65535);
    }
}

// IS-01
TEST(IcmpError46, Is01IllegalSources) {
  Box box = standard();
  const Bytes q4 = ip4(sent4(), kUdp, kUdp5), q6 = ip6(sent6(), kUdp, kUdp5);
  for (const auto& [src, image] : std::vector<std::pair<const char*, const char*>>{
           {"10.1.1.1", "2001:db8:46::a01:101"}, {"127.0.0.1", "2001:db8:46::7f00:1"},
           {"0.1.2.3", "2001:db8:46::1:203"}, {"240.0.0.1", "2001:db8:46::f000:1"}})
    EXPECT_EQ(show(translate(box, error4(11, 0, 0, q4, {.src = src}))),
              translated(ip6({.src = image, .dst = kS6, .hop_limit = 63}, kIcmp6, icmp(3, 0, 0, q6))));
  for (const char* never : {"0.0.0.0", "224.0.0.1", "239.255.255.255", "255.255.255.255"})
    EXPECT_EQ(show(translate(box, error4(11, 0, 0, q4, {.src = never}))), dropped("drop_illegal_source")) << never;
  box.set([](auto& s) { s.icmp_illegal_src = SIIT_ICMP_ILLEGAL_DROP; });
  for (const char* never : {"127.0.0.1", "0.1.2.3", "240.0.0.1", "0.0.0.0", "224.0.0.1"})
    EXPECT_EQ(show(translate(box, error4(11, 0, 0, q4, {.src = never}))), dropped("drop_illegal_source")) << never;
  // 10/8 is not illegal; only the well-known prefix minds (AD-06).
  EXPECT_EQ(translate(box, error4(11, 0, 0, q4, {.src = "10.1.1.1"})).verdict, SIIT_XLAT);
  Box wkp(SIIT_ROLE_SIIT, "64:ff9b::/96");
  wkp.row("192.0.2.1", kS6);
  const Bytes global = ip4({.src = kS4, .dst = "8.8.8.8"}, kUdp, kUdp5);
  EXPECT_EQ(show(translate(wkp, error4(11, 0, 0, global, {.src = "10.1.1.1"}))), dropped("drop_well_known_prefix"));
  EXPECT_EQ(translate(wkp, error4(11, 0, 0, global, {.src = "192.0.0.8"})).verdict, SIIT_XLAT);  // IS-08
  // Echo is no error.
  EXPECT_EQ(show(translate(box, ip4({.src = "127.0.0.1"}, kIcmp, echo(8, 1, 2, {})))), dropped("drop_illegal_source"));
}

// IS-02
TEST(IcmpError46, Is02SourceWithoutMapping) {
  Box box(SIIT_ROLE_SIIT, "");
  box.row("192.0.2.1", kS6).row("203.0.113.0/24", "2001:db8:cb::/96");
  const Bytes q4 = ip4(sent4(), kUdp, kUdp5);
  const Bytes q6 = ip6({.src = kS6, .dst = "2001:db8:cb::3200:0"}, kUdp, kUdp5);
  Result r = translate(box, error4(11, 0, 0, q4, {.src = "9.9.9.9"}));
  EXPECT_TRUE(r.asked);
  EXPECT_EQ(show(r), translated(ip6({.src = "2001:db8:ff::6", .dst = kS6, .hop_limit = 63}, kIcmp6, icmp(3, 0, 0, q6))));
  How none;
  none.no_src6 = true;
  EXPECT_EQ(show(translate(box, error4(11, 0, 0, q4, {.src = "9.9.9.9"}), none)), dropped("drop_unmapped_source"));
  // No error: unmapped.
  EXPECT_EQ(show(translate(box, ip4({.src = "9.9.9.9"}, kUdp, kUdp5))), dropped("drop_unmapped_source"));
}

// IS-03, IS-09
TEST(IcmpError64, Is03UnmappableSource) {
  Box box = standard();
  box.set([](auto& s) { s.icmp_origin_ext = false; });
  const Bytes q6 = ip6(quoted6(), kUdp, kUdp5), q4 = ip4(quoted4(), kUdp, kUdp5);
  const Result r = translate(box, error6(1, 3, 0, q6, {.src = "2001:db8:ffff::1"}));
  EXPECT_TRUE(r.asked);
  EXPECT_EQ(show(r), translated(ip4({.src = "198.51.100.1", .dst = kC4, .ttl = 63}, kIcmp, icmp(3, 1, 0, q4))));
  EXPECT_EQ(show(translate(box, ip6({.src = "2001:db8:ffff::1"}, kIcmp6, echo(128, 1, 2, {})))),
            rejected("reject_unmapped_source", 1, 1));
  // AD-11: a link-local source never.
  for (const char* never : {"fe80::1", "::1", "::", "ff02::1", "::ffff:10.1.1.1"})
    EXPECT_EQ(show(translate(box, error6(1, 3, 0, q6, {.src = never}))), dropped("drop_illegal_source"));
  EXPECT_FALSE(translate(box, error6(1, 3, 0, q6)).asked);
}

// XL64-04, XL64-12, XL64-13: an error is a packet like others.
TEST(IcmpError64, Xl64_12OuterHeader) {
  Box box = standard();
  const Bytes q6 = ip6(quoted6(), kUdp, kUdp5), q4 = ip4(quoted4(), kUdp, kUdp5);
  Result r = translate(box, error6(1, 0, 0, q6));
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_GEN_ID);
  EXPECT_FALSE(r.out[6] & 0x40);
  r = translate(box, error6(1, 0, 0, q6, {.ext = {fragment(0, false, 0x1beef)}}));
  EXPECT_FALSE(r.plan_flags & SIIT_PLAN_GEN_ID);
  EXPECT_EQ(show(r), translated(ip4({.src = kS4, .dst = kC4, .id = 0xbeef, .ttl = 63}, kIcmp, icmp(3, 1, 0, q4))));
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, q6, {.ext = {options(kHopByHop)}}))), translated(out4(3, 1, 0, q4)));
  box.set([](auto& s) { s.df_mode = SIIT_DF_RFC6145; });
  r = translate(box, error6(1, 0, 0, q6));
  EXPECT_TRUE(r.out[6] & 0x40);
}

TEST(IcmpError46, TtlIsTheOuterOnesAlone) {
  const Box box = standard();
  const Bytes q4 = ip4(sent4({.ttl = 1}), kUdp, kUdp5), q6 = ip6(quoted6({.hop_limit = 1}), kUdp, kUdp5);
  EXPECT_EQ(show(translate(box, error4(11, 0, 0, q4, {.ttl = 1}))), rejected("reject_ttl", 11, 0));
  EXPECT_EQ(show(translate(box, error6(3, 0, 0, q6, {.hop_limit = 1}))), rejected("reject_ttl", 3, 0));
  How keep;
  keep.flags = SIIT_PKT_RECEIVED;
  const Result r = translate(box, error4(11, 0, 0, q4, {.ttl = 1}), keep);
  ASSERT_EQ(r.verdict, SIIT_XLAT);
  EXPECT_EQ(r.out[7], 1);
}

}  // namespace
