// SPDX-License-Identifier: GPL-2.0
// Extensions of ICMP errors: those that come with them, and the object of ours (requirements 9.2 and 9.3).
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "icmp_error.h"

namespace {

using namespace pkt;
using namespace xlat;

bool extension_ok(View e) { return e.size() >= 4 && e[0] == 0x20 && checksum(e) == 0; }

// IE-11 TV, IE-13, IE-15
TEST(IcmpError46, Ie11LengthAttribute) {
  const Box box = standard();
  const Bytes ext = extension(8);
  const Bytes l4 = udp(1, 2, pattern(1000));
  const Bytes q4 = cut(ip4(sent4(), kUdp, l4), 128), q6 = cut(ip6(sent6(), kUdp, l4), 148);
  for (const auto& [type, to] : {std::pair<uint8_t, uint8_t>{3, 1}, {11, 3}})
    EXPECT_EQ(show(translate(box, error4(type, 0, 32u << 16, q4 + ext))),
              translated(out6(to, 0, 19u << 24, cut(q6, 152) + ext)));
  // A short packet, padded with zeros as RFC 4884 wants it.
  const Bytes s4 = cut(ip4(sent4(), kUdp, kUdp5), 128), s6 = cut(ip6(sent6(), kUdp, kUdp5), 148);
  EXPECT_EQ(show(translate(box, error4(11, 0, 32u << 16, s4 + ext))),
            translated(out6(3, 0, 19u << 24, cut(s6, 152) + ext)));
  // IE-13: and those who do not pad are helped.
  const Bytes t4 = cut(ip4(sent4(), kUdp, kUdp5), 44), t6 = cut(ip6(sent6(), kUdp, kUdp5), 64);
  EXPECT_EQ(show(translate(box, error4(11, 0, 11u << 16, t4 + ext))),
            translated(out6(3, 0, 16u << 24, cut(t6, 128) + ext)));
  // Length 0: what follows is quote.
  EXPECT_EQ(show(translate(box, error4(11, 0, 0, s4 + ext))),
            translated(out6(3, 0, 0, s6 + ext)));
}

TEST(IcmpError64, Ie11LengthAttribute) {
  const Box box = standard();
  const Bytes ext = extension(8);
  const Bytes l4 = udp(1, 2, pattern(1000));
  const Bytes q6 = cut(ip6(quoted6(), kUdp, l4), 152), q4 = cut(ip4(quoted4(), kUdp, l4), 132);
  for (const auto& [type, to, code] : {std::tuple<uint8_t, uint8_t, uint8_t>{1, 3, 1}, {3, 11, 0}})
    EXPECT_EQ(show(translate(box, error6(type, 0, 19u << 24, q6 + ext))),
              translated(out4(to, code, 33u << 16, q4 + ext)));
  // 128 octets of IPv6 make 108 of IPv4: padded (IE-13).
  const Bytes p6 = cut(q6, 128), p4 = cut(ip4(quoted4(), kUdp, l4), 108);
  EXPECT_EQ(show(translate(box, error6(1, 0, 16u << 24, p6 + ext))),
            translated(out4(3, 1, 32u << 16, cut(p4, 128) + ext)));
  // Types 2 and 4 have no such attribute: those octets are MTU and pointer.
  const Result r = translate(box, error6(2, 0, 1400, q6 + ext));
  EXPECT_EQ(show(r), translated(out4(3, 4, 1380, q4 + ext)));
}

// IE-12: types 2 and 4 cannot say where an extension is.
TEST(IcmpError46, Ie12ExtensionsThatNobodyCouldFind) {
  const Box box = standard();
  const Bytes ext = extension(8);
  const Bytes l4 = udp(1, 2, pattern(1000));
  const Bytes q4 = cut(ip4(sent4(), kUdp, l4), 128), q6 = cut(ip6(sent6(), kUdp, l4), 148);
  EXPECT_EQ(show(translate(box, error4(12, 0, 32u << 16, q4 + ext))), translated(out6(4, 0, 0, q6)));
  EXPECT_EQ(show(translate(box, error4(12, 2, 0x08000000 | 32u << 16, q4 + ext))), translated(out6(4, 0, 7, q6)));
  EXPECT_EQ(show(translate(box, error4(3, 2, 32u << 16, q4 + ext))), translated(out6(4, 1, 6, q6)));
  EXPECT_EQ(show(translate(box, error4(3, 4, 32u << 16 | 1400, q4 + ext))), translated(out6(2, 0, 1420, q6)));
}

// IE-14
TEST(IcmpError46, Ie14TooBig) {
  const Box box = standard();
  const Bytes l4 = udp(1, 2, pattern(8000));
  const Bytes q4 = cut(ip4(sent4(), kUdp, l4), 1020), q6 = ip6(sent6(), kUdp, l4);
  // 1232 octets for quote and extension.
  for (const size_t n : {8u, 9u, 100u, 188u, 401u, 1096u, 1100u}) {
    const Bytes ext = extension(n);
    const size_t room = (1232 - ext.size()) / 8 * 8;
    const Result r = translate(box, error4(11, 0, 255u << 16, q4 + ext));
    if (ext.size() + 128 > 1232) {
      EXPECT_EQ(show(r), translated(out6(3, 0, 0, cut(q6, 1040)))) << n;
    } else {
      const size_t quote = std::min<size_t>(1040, room);
      EXPECT_EQ(show(r), translated(out6(3, 0, static_cast<u32>(quote / 8) << 24, cut(q6, quote) + ext))) << n;
    }
    EXPECT_EQ(malformed(r.out), "");
  }
}

TEST(IcmpError64, Ie14TooBig) {
  const Box box = standard();
  const Bytes l4 = udp(1, 2, pattern(8000));
  const Bytes q6 = cut(ip6(quoted6(), kUdp, l4), 800), q4 = ip4(quoted4({.df = true}), kUdp, l4);
  // 548 octets for quote and extension.
  for (const size_t n : {8u, 9u, 100u, 301u, 302u, 412u, 416u, 420u, 800u}) {
    const Bytes ext = extension(n);
    const Result r = translate(box, error6(3, 0, 100u << 24, q6 + ext));
    if (ext.size() + 128 > 548) {
      EXPECT_EQ(show(r), translated(out4(11, 0, 0, cut(q4, 548)))) << n;
    } else {
      const size_t quote = (548 - ext.size()) / 4 * 4;
      EXPECT_EQ(show(r), translated(out4(11, 0, static_cast<u32>(quote / 4) << 16, cut(q4, quote) + ext))) << n;
    }
    EXPECT_EQ(malformed(r.out), "");
  }
}

// IE-16: every value of the attribute.
TEST(IcmpError46, Ie16EveryLengthAttribute) {
  const Box box = standard();
  const Bytes l4 = udp(1, 2, pattern(1000));
  const Bytes ext = extension(16);
  const Bytes q4 = cut(ip4(sent4(), kUdp, l4), 200), q6 = cut(ip6(quoted6(), kUdp, l4), 200);
  for (u32 words = 0; words < 256; words++) {
    Result r = translate(box, error4(11, 0, words << 16, q4 + ext));
    if (words && words * 4 < 28) {
      EXPECT_EQ(show(r), dropped("drop_icmp_quote")) << words;
    } else {
      ASSERT_EQ(r.verdict, SIIT_XLAT) << words;
      EXPECT_EQ(malformed(r.out), "");
      EXPECT_TRUE(checksums_ok(r.out));
      EXPECT_EQ(r.out[44] != 0, words && words * 4 < q4.size() + ext.size()) << words;
    }
    r = translate(box, error6(3, 0, words << 24, q6 + ext));
    if (words && words * 8 < 48) {
      EXPECT_EQ(show(r), dropped("drop_icmp_quote")) << words;
    } else {
      ASSERT_EQ(r.verdict, SIIT_XLAT) << words;
      EXPECT_EQ(malformed(r.out), "");
      EXPECT_TRUE(checksums_ok(r.out));
      EXPECT_EQ(r.out[25] != 0, words && words * 8 < q6.size() + ext.size()) << words;
    }
  }
}

// IE-15: an extension of any length is copied, and checksums are right.
TEST(IcmpError46, Ie15OpaqueExtensionsOfEveryLength) {
  const Box box = standard();
  Box origin = standard();
  origin.set([](auto& s) { s.icmp_origin_ext = true; });
  const Bytes l4 = udp(1, 2, pattern(1000));
  const Bytes q4 = cut(ip4(sent4(), kUdp, l4), 128), q6 = cut(ip6(quoted6(), kUdp, l4), 136);
  for (size_t n = 1; n < 64; n++) {
    Result r = translate(box, error4(11, 0, 32u << 16, q4 + pattern(n)));
    ASSERT_EQ(r.verdict, SIIT_XLAT);
    EXPECT_TRUE(checksums_ok(r.out)) << n;
    EXPECT_EQ(malformed(r.out), "");
    EXPECT_EQ(to_hex(View(r.out).last(n)), to_hex(pattern(n)));
    r = translate(box, error6(3, 0, 17u << 24, q6 + pattern(n)));
    ASSERT_EQ(r.verdict, SIIT_XLAT);
    EXPECT_TRUE(checksums_ok(r.out)) << n;
    EXPECT_EQ(malformed(r.out), "");
    if (n >= 4) {
      EXPECT_EQ(to_hex(View(r.out).last(n)), to_hex(pattern(n)));
    }
    // With an object of ours behind it.
    r = translate(origin, error6(3, 0, 17u << 24, q6 + pattern(n), {.src = "2001:db8:ffff::1"}));
    ASSERT_EQ(r.verdict, SIIT_XLAT);
    EXPECT_TRUE(checksums_ok(r.out)) << n;
    EXPECT_EQ(malformed(r.out), "");
  }
}

// IS-06: the object of RFC 5837.
TEST(IcmpError64, Is06OriginExtension) {
  Box box = standard();
  box.set([](auto& s) { s.icmp_origin_ext = true; });
  Bytes object = {0, 24, 2, 4, 0, 2, 0, 0};
  const in6_addr real = v6("2001:db8:ffff::1");
  object.insert(object.end(), real.s6_addr, real.s6_addr + 16);
  Bytes alone = Bytes{0x20, 0, 0, 0} + object;
  set16(alone, 2, checksum(alone));

  const Bytes q6 = ip6(quoted6(), kUdp, kUdp5), q4 = ip4(quoted4(), kUdp, kUdp5);
  const Ip6 router{.src = "2001:db8:ffff::1"};
  const auto out = [&](uint8_t type, uint8_t code, u32 rest, const Bytes& quote) {
    return translated(ip4({.src = "198.51.100.1", .dst = kC4, .ttl = 63}, kIcmp, icmp(type, code, rest, quote)));
  };
  EXPECT_EQ(show(translate(box, error6(3, 0, 0, q6, router))), out(11, 0, 32u << 16, cut(q4, 128) + alone));
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, q6, router))), out(3, 1, 32u << 16, cut(q4, 128) + alone));
  EXPECT_EQ(show(translate(box, error6(2, 0, 1400, q6, router))), out(3, 4, 32u << 16 | 1380, cut(q4, 128) + alone));
  EXPECT_EQ(show(translate(box, error6(4, 0, 7, q6, router))), out(12, 0, 0x08000000 | 32u << 16, cut(q4, 128) + alone));
  EXPECT_EQ(show(translate(box, error6(4, 1, 7, q6, router))), out(3, 2, 32u << 16, cut(q4, 128) + alone));
  // A source that maps is no substitute.
  EXPECT_EQ(show(translate(box, error6(3, 0, 0, q6))), translated(out4(11, 0, 0, q4)));

  // Behind an extension that is there already: one header, both objects.
  const Bytes ext = extension(8);
  const Bytes l4 = udp(1, 2, pattern(1000));
  const Bytes p6 = cut(ip6(quoted6(), kUdp, l4), 152), p4 = cut(ip4(quoted4(), kUdp, l4), 132);
  Result r = translate(box, error6(3, 0, 19u << 24, p6 + ext, router));
  Bytes both = ext + object;
  set16(both, 2, 0);
  set16(both, 2, checksum(both));
  EXPECT_EQ(show(r), out(11, 0, 33u << 16, p4 + both));
  // RFC 4884 7: no checksum stays no checksum.
  Bytes unsummed = ext;
  set16(unsummed, 2, 0);
  r = translate(box, error6(3, 0, 19u << 24, p6 + unsummed, router));
  EXPECT_EQ(show(r), out(11, 0, 33u << 16, p4 + unsummed + object));
  // One that was wrong is no better for it.
  Bytes corrupt = ext;
  corrupt[10] ^= 1;
  r = translate(box, error6(3, 0, 19u << 24, p6 + corrupt, router));
  ASSERT_EQ(r.verdict, SIIT_XLAT);
  EXPECT_FALSE(extension_ok(View(r.out).last(both.size())));
  EXPECT_TRUE(checksums_ok(r.out));

  // IE-10: 576 with it, and the quote gives way.
  const Bytes long6 = cut(ip6(quoted6(), kUdp, l4), 1000);
  r = translate(box, error6(3, 0, 0, long6, router));
  ASSERT_EQ(r.verdict, SIIT_XLAT);
  EXPECT_EQ(r.out.size(), 576u);
  EXPECT_EQ(r.out[25] * 4u, 576u - 28 - 28);
  EXPECT_TRUE(extension_ok(View(r.out).last(28)));
  EXPECT_TRUE(checksums_ok(r.out));
}

}  // namespace
