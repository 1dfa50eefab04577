// SPDX-License-Identifier: GPL-2.0
// What ICMP errors quote (requirements 9.1).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "icmp_error.h"

namespace {

using namespace pkt;
using namespace xlat;

// IE-01, IE-08, EAM-08: fields of the quoted header, addresses by row and by prefix.
TEST(IcmpError46, Ie01QuotedHeader) {
  const Box box = standard();
  for (const uint8_t ttl : {0, 1, 2, 60, 255})
    for (const uint8_t tos : {0, 0xb8, 0xff})
      for (const bool df : {false, true})
        EXPECT_EQ(show(translate(box, error4(11, 0, 0, ip4(sent4({.tos = tos, .id = 9, .df = df, .ttl = ttl}), kUdp, kUdp5)))),
                  translated(out6(3, 0, 0, ip6(sent6({.tc = tos, .hop_limit = ttl}), kUdp, kUdp5))));
}

TEST(IcmpError64, Ie01QuotedHeader) {
  const Box box = standard();
  for (const uint8_t hops : {0, 1, 2, 60, 255})
    for (const uint8_t tc : {0, 0xb8, 0xff})
      EXPECT_EQ(show(translate(box, error6(3, 0, 0, ip6(quoted6({.tc = tc, .flow = 0x12345, .hop_limit = hops}), kUdp, kUdp5)))),
                translated(out4(11, 0, 0, ip4(quoted4({.tos = tc, .ttl = hops}), kUdp, kUdp5))));
}

TEST(IcmpError64, Ie08QuotedDfByThe1260Rule) {
  const Box box = standard();
  for (const size_t len : {1260u, 1261u}) {
    const Bytes l4 = udp(1, 2, pattern(len - 28));
    const Bytes q6 = cut(ip6(quoted6(), kUdp, l4), 400);
    const Bytes q4 = cut(ip4(quoted4({.df = len > 1260}), kUdp, l4), 380);
    EXPECT_EQ(show(translate(box, error6(1, 4, 0, q6))), translated(out4(3, 3, 0, q4)));
  }
}

// IE-02, IE-05: every transport, whole.
TEST(IcmpError46, Ie05QuotedTransports) {
  const Box box = standard();
  for (const size_t n : {0u, 1u, 5u, 100u, 333u}) {
    const Bytes d = pattern(n);
    struct Case {
      uint8_t proto4, proto6;
      Bytes l4, l6;
    };
    const Case cases[] = {
        {kUdp, kUdp, udp(1, 2, d), udp(1, 2, d)},
        {kTcp, kTcp, tcp({}, d), tcp({}, d)},
        {kUdpLite, kUdpLite, udp_lite(1, 2, d), udp_lite(1, 2, d)},
        {kDccp, kDccp, Bytes(12, 7) + d, Bytes(12, 7) + d},
        {kIcmp, kIcmp6, echo(8, 1, 2, d), echo(128, 1, 2, d)},
        {kIcmp, kIcmp6, echo(0, 1, 2, d), echo(129, 1, 2, d)},
        {kSctp, kSctp, pattern(12) + d, pattern(12) + d},
        {kEsp, kEsp, pattern(8) + d, pattern(8) + d},
    };
    for (const Case& c : cases) {
      SCOPED_TRACE(int(c.proto4));
      const Bytes q4 = ip4(sent4(), c.proto4, c.l4), q6 = ip6(sent6(), c.proto6, c.l6);
      EXPECT_EQ(show(translate(box, error4(3, 3, 0, q4))), translated(out6(1, 4, 0, q6)));
      const Bytes b6 = ip6(quoted6(), c.proto6, c.l6), b4 = ip4(quoted4(), c.proto4, c.l4);
      EXPECT_EQ(show(translate(box, error6(1, 4, 0, b6))), translated(out4(3, 3, 0, b4)));
    }
  }
}

// IE-05: quoted UDP without checksum stays so, and is no reason to drop.
TEST(IcmpError46, Ie05QuotedUdpZero) {
  Box box = standard();
  box.set([](auto& s) { s.udp_zero = SIIT_UDP_ZERO_DROP, s.udp6_zero = SIIT_UDP6_ZERO_DROP; });
  EXPECT_EQ(show(translate(box, error4(3, 3, 0, ip4(sent4({.fill = false}), kUdp, kUdp5)))),
            translated(out6(1, 4, 0, ip6(sent6({.fill = false}), kUdp, kUdp5))));
  EXPECT_EQ(show(translate(box, error6(1, 4, 0, ip6(quoted6({.fill = false}), kUdp, kUdp5)))),
            translated(out4(3, 3, 0, ip4(quoted4({.fill = false}), kUdp, kUdp5))));
}

// CK-02 in quotes, too.
TEST(IcmpError46, Ck02QuotedUdpNeverBecomesZero) {
  const Box box = standard();
  for (int word = 0; word < 65536; word += 3) {
    const Bytes l4 = udp(static_cast<uint16_t>(word), 53, {});
    ASSERT_EQ(show(translate(box, error4(3, 3, 0, ip4(sent4(), kUdp, l4)))),
              translated(out6(1, 4, 0, ip6(sent6(), kUdp, l4))));
    ASSERT_EQ(show(translate(box, error6(1, 4, 0, ip6(quoted6(), kUdp, l4)))),
              translated(out4(3, 3, 0, ip4(quoted4(), kUdp, l4))));
  }
}

// IE-03: every ICMP type as the quoted one.
TEST(IcmpError46, Ie03OnlyEchoMayBeQuoted) {
  const Box box = standard();
  for (int type = 0; type < 256; type++) {
    const auto t = static_cast<uint8_t>(type);
    for (const uint8_t code : {0, 1}) {
      const Bytes l4 = icmp(t, code, 0, pattern(40));
      Result r = translate(box, error4(11, 0, 0, ip4(sent4(), kIcmp, l4)));
      EXPECT_EQ(r.verdict == SIIT_XLAT, (type == 8 || type == 0) && !code) << type;
      if (r.verdict != SIIT_XLAT) {
        EXPECT_EQ(show(r), dropped("drop_icmp_quote"));
      }
      r = translate(box, error6(3, 0, 0, ip6(quoted6(), kIcmp6, l4)));
      EXPECT_EQ(r.verdict == SIIT_XLAT, (type == 128 || type == 129) && !code) << type;
      if (r.verdict != SIIT_XLAT) {
        EXPECT_EQ(show(r), dropped("drop_icmp_quote"));
      }
    }
  }
}

// IE-01 with XL46-06, XL64-08: what must not cross does not cross in a quote
// either; nobody here can have sent it.
TEST(IcmpError46, Ie01GuardedProtocolsAreNotQuoted) {
  const Box box = standard();
  for (const uint8_t proto : {0, 2, 43, 44, 58, 60, 135, 139, 140}) {
    EXPECT_EQ(show(translate(box, error4(3, 0, 0, ip4(sent4(), proto, pattern(32))))),
              dropped("drop_icmp_quote"))
        << int(proto);
    EXPECT_EQ(show(translate(box, error4(3, 0, 0, ip4(sent4({.offset = 4}), proto, pattern(32))))),
              dropped("drop_icmp_quote"))
        << int(proto);
  }
  for (const uint8_t nh : {1, 2})
    EXPECT_EQ(show(translate(box, error6(1, 0, 0, ip6(quoted6(), nh, pattern(32))))),
              dropped("drop_icmp_quote"))
        << int(nh);
}

// IE-04, IE-05: a quote cut at every octet is the beginning of the whole one.
TEST(IcmpError46, Ie04QuotesCutAtEveryOctet) {
  const Box box = standard();
  for (const uint8_t proto : {int(kTcp), int(kUdp), int(kIcmp), int(kSctp)})
    for (const bool options : {false, true}) {
      const Bytes data = pattern(1400);
      const Bytes l4 = proto == kTcp ? tcp({}, data) : proto == kUdp ? udp(1, 2, data) : proto == kIcmp ? echo(8, 1, 2, data) : pattern(1428);
      const Bytes l6 = proto == kIcmp ? echo(128, 1, 2, data) : l4;
      Ip4 h = sent4();
      if (options) h.options = {7, 7, 4, 0, 0, 0, 0, 0};
      const Bytes q4 = ip4(h, proto, l4);
      const Bytes q6 = ip6(sent6(), proto == kIcmp ? uint8_t{kIcmp6} : proto, l6);
      const size_t header = options ? 28 : 20;
      for (size_t n = 0; n <= 600; n++) {
        const Result r = translate(box, error4(11, 0, 0, cut(q4, n)));
        if (n < header + 8) {
          ASSERT_EQ(show(r), dropped(n < 28 || n < header + 8 ? "drop_icmp_quote" : "")) << n;
          continue;
        }
        Bytes want = cut(q6, n - header + 40);
        // Half a checksum is left as it was.
        if (proto == kTcp && n - header == 17) want[40 + 16] = q4[header + 16];
        ASSERT_EQ(show(r), translated(out6(3, 0, 0, want))) << int(proto) << " " << n;
      }
    }
}

TEST(IcmpError64, Ie04QuotesCutAtEveryOctet) {
  const Box box = standard();
  for (const uint8_t proto : {int(kTcp), int(kUdp), int(kIcmp6), int(kSctp)})
    for (const bool skipped : {false, true}) {
      const Bytes data = pattern(1000);
      const Bytes l6 = proto == kTcp ? tcp({}, data) : proto == kUdp ? udp(1, 2, data) : proto == kIcmp6 ? echo(128, 1, 2, data) : pattern(1028);
      const Bytes l4 = proto == kIcmp6 ? echo(8, 1, 2, data) : l6;
      Ip6 h = quoted6();
      if (skipped) h.ext = {options(kHopByHop), options(kDestOpts, 16)};
      const Bytes q6 = ip6(h, proto, l6);
      const Bytes q4 = ip4(quoted4(), proto == kIcmp6 ? uint8_t{kIcmp} : proto, l4);
      const size_t header = skipped ? 64 : 40;
      for (size_t n = 0; n <= 600; n++) {
        const Result r = translate(box, error6(3, 0, 0, cut(q6, n)));
        const bool enough = n >= 48 && n >= header + (proto == kIcmp6 ? 4 : 0);
        if (!enough) {
          ASSERT_EQ(show(r), dropped("drop_icmp_quote")) << int(proto) << " " << n;
          continue;
        }
        Bytes want = cut(q4, std::min<size_t>(n - header + 20, 576 - 28));
        if (proto == kTcp && n - header == 17) want[20 + 16] = q6[header + 16];
        if (proto == kUdp && n - header == 7) want[20 + 6] = q6[header + 6];
        ASSERT_EQ(show(r), translated(out4(11, 0, 0, want))) << int(proto) << " " << n;
      }
    }
}

// IE-04 TV
TEST(IcmpError46, Ie04QuotedLengthIsThePacketsOwn) {
  const Box box = standard();
  const Bytes q4 = cut(ip4(sent4(), kTcp, tcp({}, pattern(1460))), 28);
  const Result r = translate(box, error4(11, 0, 0, q4));
  ASSERT_EQ(r.verdict, SIIT_XLAT);
  EXPECT_EQ(get16(r.out, 48 + 4), 1480);
  EXPECT_EQ(to_hex(View(r.out).subspan(88, 8)), to_hex(View(q4).subspan(20, 8)));  // ports, sequence
}

// IE-06
TEST(IcmpError46, Ie06QuotedFragments) {
  const Box box = standard();
  struct Case {
    uint16_t offset;
    bool more;
  };
  for (const Case c : {Case{0, true}, {5, true}, {5, false}}) {
    // The checksum of a first fragment counts for the whole.
    const Bytes q4 = ip4(sent4({.id = 0xbeef}), kTcp, tcp({}, pattern(1400)));
    const Bytes q6 = ip6(sent6(), kTcp, tcp({}, pattern(1400)));
    Bytes l4(q4.begin() + 20, q4.begin() + 20 + 400), l6(q6.begin() + 40, q6.begin() + 440);
    if (c.offset) l6 = l4;
    Ip4 h4 = sent4({.id = 0xbeef, .mf = c.more, .offset = c.offset});
    EXPECT_EQ(show(translate(box, error4(11, 1, 0, ip4(h4, kTcp, l4)))),
              translated(out6(3, 1, 0, ip6(sent6({.ext = {fragment(c.offset, c.more, 0xbeef)}}), kTcp, l6))));
    // And the other way.
    const Bytes b6 = ip6(quoted6(), kTcp, tcp({}, pattern(1400)));
    const Bytes b4 = ip4(quoted4(), kTcp, tcp({}, pattern(1400)));
    l6.assign(b6.begin() + 40, b6.begin() + 440);
    l4.assign(b4.begin() + 20, b4.begin() + 420);
    if (c.offset) l4 = l6;
    EXPECT_EQ(show(translate(box, error6(3, 1, 0, ip6(quoted6({.ext = {options(kHopByHop), fragment(c.offset, c.more, 0x1beef)}}), kTcp, l6)))),
              translated(out4(11, 1, 0, ip4(quoted4({.id = 0xbeef, .mf = c.more, .offset = c.offset}), kTcp, l4))));
  }
  // An atomic fragment: its Identification, DF=0.
  EXPECT_EQ(show(translate(box, error6(3, 1, 0, ip6(quoted6({.ext = {fragment(0, false, 0x1beef)}}), kUdp, kUdp5)))),
            translated(out4(11, 1, 0, ip4(quoted4({.id = 0xbeef}), kUdp, kUdp5))));
}

// IE-07, IE-09
TEST(IcmpError46, Ie07QuotedOptionsAreStripped) {
  const Box box = standard();
  for (const char* options : {"01010100", "830704c000026300", "83010400", "ffffffff"}) {
    const Bytes q4 = ip4(sent4({.options = from_hex(options)}), kUdp, kUdp5);
    EXPECT_EQ(show(translate(box, error4(3, 1, 0, q4))),
              translated(out6(1, 0, 0, ip6(sent6(), kUdp, kUdp5))))
        << options;
  }
}

TEST(IcmpError64, Ie07QuotedExtensionHeadersAreStripped) {
  const Box box = standard();
  const std::vector<std::vector<Ext>> chains = {
      {options(kHopByHop)},
      {options(kHopByHop), options(kDestOpts, 32), routing(0)},
      {routing(3)},  // IE-09
      {options(kDestOpts, 256)},
  };
  for (const auto& chain : chains)
    EXPECT_EQ(show(translate(box, error6(1, 0, 0, ip6(quoted6({.ext = chain}), kUdp, kUdp5)))),
              translated(out4(3, 1, 0, ip4(quoted4(), kUdp, kUdp5))));
  // Past the quote.
  Bytes q6 = ip6(quoted6({.ext = {options(kDestOpts, 256)}}), kUdp, kUdp5);
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, cut(q6, 295)))), dropped("drop_icmp_quote"));
  q6 = ip6(quoted6({.ext = {fragment(0, true, 1)}}), kDestOpts, pattern(64));  // XL64-14
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, q6))), dropped("drop_icmp_quote"));
}

// XL64-18 is for quotes as well; and a quote may end with its headers.
TEST(IcmpError64, Ie07QuotedChains) {
  const Box box = standard();
  const auto chain = [](size_t n) { return std::vector<Ext>(n, options(kDestOpts)); };
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, ip6(quoted6({.ext = chain(8)}), kUdp, kUdp5)))),
            translated(out4(3, 1, 0, ip4(quoted4(), kUdp, kUdp5))));
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, ip6(quoted6({.ext = chain(9)}), kUdp, kUdp5)))),
            dropped("drop_icmp_quote"));
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, ip6(quoted6({.ext = chain(2)}), kNoNext, {})))),
            translated(out4(3, 1, 0, ip4(quoted4(), kNoNext, {}))));
}

// IE-09: the quoted source comes out as what the outer destination becomes.
TEST(IcmpError46, Ie09SourceOfTheQuoteIsTheReceiver) {
  Box box = standard();
  box.row("192.0.2.64/28", "2001:db8:77::/64");
  const Bytes q4 = ip4({.src = "192.0.2.70", .dst = "10.1.2.3"}, kUdp, kUdp5);
  const Bytes q6 = ip6({.src = "2001:db8:77:0:6000::", .dst = "2001:db8:46::a01:203"}, kUdp, kUdp5);
  EXPECT_EQ(show(translate(box, error4(3, 1, 0, q4, {.dst = "192.0.2.70"}))),
            translated(ip6({.src = kC6, .dst = "2001:db8:77:0:6000::", .hop_limit = 63}, kIcmp6, icmp(1, 0, 0, q6))));
  // AD-09 is no matter in quotes.
  for (const char* bogus : {"127.0.0.1", "0.0.0.0", "240.0.0.1"}) {
    const Bytes q = ip4({.src = bogus, .dst = kC4}, kUdp, kUdp5);
    EXPECT_EQ(translate(box, error4(3, 1, 0, q)).verdict, SIIT_XLAT) << bogus;
  }
  // Addresses that do not map.
  const Bytes unmapped = ip6({.src = kC6, .dst = "2001:db8:9::9"}, kUdp, kUdp5);
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, unmapped))), dropped("drop_icmp_quote"));
  const Bytes unmapped_src = ip6({.src = "2001:db8:9::9", .dst = kS6}, kUdp, kUdp5);
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, unmapped_src))), dropped("drop_icmp_quote"));
  Box ivi(SIIT_ROLE_SIIT, "");
  ivi.row("192.0.2.1", kS6).row("203.0.113.0/24", "2001:db8:cb::/96");
  EXPECT_EQ(show(translate(ivi, error4(3, 1, 0, ip4({.src = kS4, .dst = "8.8.8.8"}, kUdp, kUdp5)))),
            dropped("drop_icmp_quote"));
}

// IE-10
TEST(IcmpError46, Ie10Sizes) {
  const Box box = standard();
  const Bytes l4 = udp(1, 2, pattern(8000));
  const Bytes q4 = ip4(sent4(), kUdp, l4), q6 = ip6(sent6(), kUdp, l4);
  for (const size_t n : {1211u, 1212u, 1213u, 1240u, 1500u, 8000u})
    EXPECT_EQ(show(translate(box, error4(3, 1, 0, cut(q4, n)))),
              translated(out6(1, 0, 0, cut(q6, std::min<size_t>(n + 20, 1280 - 48)))))
        << n;
  // Those without length attribute, too.
  for (const size_t n : {1212u, 1213u, 1500u}) {
    EXPECT_EQ(show(translate(box, error4(3, 4, 1400, cut(q4, n)))),
              translated(out6(2, 0, 1420, cut(q6, 1280 - 48))));
    EXPECT_EQ(show(translate(box, error4(12, 0, 0, cut(q4, n)))),
              translated(out6(4, 0, 0, cut(q6, 1280 - 48))));
  }
}

TEST(IcmpError64, Ie10Sizes) {
  const Box box = standard();
  const Bytes l4 = udp(1, 2, pattern(8000));
  const Bytes q6 = ip6(quoted6(), kUdp, l4);
  const Bytes q4 = ip4(quoted4({.df = true}), kUdp, l4);
  for (const size_t n : {567u, 568u, 569u, 570u, 1192u, 1232u, 8000u})
    EXPECT_EQ(show(translate(box, error6(1, 0, 0, cut(q6, n)))),
              translated(out4(3, 1, 0, cut(q4, std::min<size_t>(n - 20, 576 - 28)))))
        << n;
}

// SE-07, and IE-07's "runs past the quote".
TEST(IcmpError46, Se07UnusableQuotes) {
  const Box box = standard();
  const std::string bad = dropped("drop_icmp_quote");
  const Bytes q4 = ip4(sent4(), kUdp, kUdp5), q6 = ip6(quoted6(), kUdp, kUdp5);
  const auto with = [](Bytes b, size_t at, uint8_t v) {
    b[at] = v;
    return b;
  };
  for (int first = 0; first < 256; first++) {
    const auto f = static_cast<uint8_t>(first);
    if (first >> 4 != 4 || (first & 15) < 5 || (first & 15) * 4u + 8 > q4.size()) {
      EXPECT_EQ(show(translate(box, error4(3, 1, 0, with(q4, 0, f)))), bad) << first;
    }
    if (first >> 4 != 6) {
      EXPECT_EQ(show(translate(box, error6(1, 0, 0, with(q6, 0, f)))), bad) << first;
    }
  }
  for (const uint8_t total : {0, 1, 19}) EXPECT_EQ(show(translate(box, error4(3, 1, 0, with(q4, 3, total)))), bad);
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, ip6(quoted6({.payload_len = 65535}), kUdp, kUdp5)))), bad);
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, ip6(quoted6({.payload_len = 65516}), kUdp, kUdp5)))), bad);
  EXPECT_EQ(translate(box, error6(1, 0, 0, ip6(quoted6({.payload_len = 65515}), kUdp, kUdp5))).verdict, SIIT_XLAT);
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, ip6(quoted6({.ext = {options(kDestOpts)}, .payload_len = 7}), kUdp, kUdp5)))), bad);
  EXPECT_EQ(show(translate(box, error4(3, 1, 0, {}))), bad);
  EXPECT_EQ(show(translate(box, error6(1, 0, 0, {}))), bad);
}

}  // namespace
