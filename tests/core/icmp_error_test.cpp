// SPDX-License-Identifier: GPL-2.0
// ICMP errors: quotes, extensions, sources, MTUs (requirements 9 and 11).
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "translate.h"

namespace {

using namespace pkt;
using namespace xlat;

constexpr char kC4[] = "203.0.113.50", kC6[] = "2001:db8:46::cb00:7132";
constexpr char kS4[] = "192.0.2.1", kS6[] = "2001:db8:12:34::1";

Bytes cut(Bytes b, size_t n) {
  b.resize(n);
  return b;
}

// From the client's side to the server, about what the server sent; and back.
Bytes error4(uint8_t type, uint8_t code, uint32_t rest, const Bytes& quote, Ip4 h = {}) {
  return ip4(h, kIcmp, icmp(type, code, rest, quote));
}
Bytes error6(uint8_t type, uint8_t code, uint32_t rest, const Bytes& quote, Ip6 h = {}) {
  return ip6(h, kIcmp6, icmp(type, code, rest, quote));
}
// What becomes of them.
Bytes out6(uint8_t type, uint8_t code, uint32_t rest, const Bytes& quote) {
  return ip6({.src = kC6, .dst = kS6, .hop_limit = 63}, kIcmp6, icmp(type, code, rest, quote));
}
Bytes out4(uint8_t type, uint8_t code, uint32_t rest, const Bytes& quote) {
  return ip4({.src = kS4, .dst = kC4, .ttl = 63}, kIcmp, icmp(type, code, rest, quote));
}

// The packet that the receiver of the error had sent, in both families.
Ip4 sent4(Ip4 h = {}) {
  h.src = kS4;
  h.dst = kC4;
  return h;
}
Ip6 sent6(Ip6 h = {}) {
  h.src = kS6;
  h.dst = kC6;
  return h;
}
Ip6 quoted6(Ip6 h = {}) {
  h.src = kC6;
  h.dst = kS6;
  return h;
}
Ip4 quoted4(Ip4 h = {}) {
  h.src = kC4;
  h.dst = kS4;
  return h;
}

const Bytes kUdp5 = udp(53, 5000, bytes("hello"));

// A multi-part extension with one object of n octets, its checksum right.
Bytes extension(size_t n, uint8_t fill = 0x5a) {
  Bytes e = {0x20, 0, 0, 0};
  put16(e, static_cast<uint16_t>(n));
  e.push_back(1);
  e.push_back(1);
  e.resize(4 + n, fill);
  set16(e, 2, checksum(e));
  return e;
}

bool extension_ok(View e) { return e.size() >= 4 && e[0] == 0x20 && checksum(e) == 0; }

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
