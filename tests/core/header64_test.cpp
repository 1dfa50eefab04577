// SPDX-License-Identifier: GPL-2.0
// IPv6 to IPv4: headers, fragments, transport checksums (requirements 4, 5, 6).
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "translate.h"

namespace {

using namespace pkt;
using namespace xlat;

// What comes out of the standard packet 2001:db8:12:34::1 > C6.
Ip4 image(Ip4 h = {}) {
  h.src = "192.0.2.1";
  h.dst = "203.0.113.50";
  h.ttl = 63;
  return h;
}

const Bytes kUdp5 = udp(53, 5000, bytes("hello"));

TEST(Header64, Xl64_02TosIsTrafficClassAndFlowIsLost) {
  Box box = standard();
  for (int tc = 0; tc < 256; tc++) {
    const auto t = static_cast<uint8_t>(tc);
    EXPECT_EQ(show(translate(box, ip6({.tc = t, .flow = 0xfffff}, kUdp, kUdp5))),
              translated(ip4(image({.tos = t}), kUdp, kUdp5)));
  }
  for (const uint16_t fixed : {0, 0x2e, 255}) {
    box.set([&](auto& s) { s.tos_fixed = fixed; });
    EXPECT_EQ(show(translate(box, ip6({.tc = 0xb8}, kUdp, kUdp5))),
              translated(ip4(image({.tos = static_cast<uint8_t>(fixed)}), kUdp, kUdp5)));
  }
}

TEST(Header64, Xl64_03TotalLength) {
  const Box box = standard();
  Bytes l4 = tcp({}, pattern(1440));
  Result r = translate(box, ip6({}, kTcp, l4));
  EXPECT_EQ(show(r), translated(ip4(image({.df = true}), kTcp, l4)));
  EXPECT_EQ(get16(r.out, 2), 1480);
  l4 = tcp({}, pattern(72));
  r = translate(box, ip6({.ext = {options(kHopByHop)}}, kTcp, l4));  // PL 100
  EXPECT_EQ(show(r), translated(ip4(image(), kTcp, l4)));
  EXPECT_EQ(get16(r.out, 2), 112);
}

// XL64-04, BR-12: DF=0 iff the IPv4 packet is at most 1260 octets long.
TEST(Header64, Xl64_04DfAndIdentification) {
  Box box = standard();
  for (const size_t len : {60u, 88u, 89u, 1259u, 1260u, 1261u, 1280u, 1281u, 1480u}) {
    SCOPED_TRACE(len);
    const Bytes in = ip6({}, kTcp, tcp({}, pattern(len - 40)));
    const auto df = [](const Result& r) { return (r.out[6] & 0x40) != 0; };
    box.set([](auto& s) { s.df_mode = SIIT_DF_RFC7915, s.id_mode = SIIT_ID_GENERATE; });
    Result r = translate(box, in);
    EXPECT_EQ(df(r), len > 1260);
    EXPECT_EQ((r.plan_flags & SIIT_PLAN_GEN_ID) != 0 || df(r), true);
    EXPECT_EQ(get16(r.out, 6) & 0x3fff, 0);
    box.set([](auto& s) { s.id_mode = SIIT_ID_ZERO; });
    r = translate(box, in);
    EXPECT_FALSE(r.plan_flags & SIIT_PLAN_GEN_ID);
    EXPECT_EQ(get16(r.out, 4), 0);
    box.set([](auto& s) { s.df_mode = SIIT_DF_RFC6145; });
    EXPECT_TRUE(df(translate(box, in)));
    box.set([](auto& s) { s.df_mode = SIIT_DF_RFC6145_SMALL; });
    EXPECT_EQ(df(translate(box, in)), len <= 88 || len > 1280);
  }
}

TEST(Header64, Xl64_06HopLimit) {
  const Box box = standard();
  How keep;
  keep.flags = SIIT_PKT_RECEIVED;
  for (int hops = 0; hops < 256; hops++) {
    const auto h = static_cast<uint8_t>(hops);
    const Bytes in = ip6({.hop_limit = h}, kUdp, kUdp5);
    Ip4 expected = image();
    expected.ttl = static_cast<uint8_t>(hops - 1);
    EXPECT_EQ(show(translate(box, in)),
              hops <= 1 ? rejected("reject_ttl", 3, 0) : translated(ip4(expected, kUdp, kUdp5)));
    expected.ttl = h;
    EXPECT_EQ(show(translate(box, in, keep)), translated(ip4(expected, kUdp, kUdp5)));
  }
}

// XL64-07, XL64-08, XL64-15, XL64-16: every next header.
TEST(Header64, Xl64_07EveryNextHeader) {
  Box box = standard();
  for (const bool guard : {true, false}) {
    box.set([&](auto& s) { s.proto_guard = guard; });
    for (int nh = 0; nh < 256; nh++) {
      SCOPED_TRACE(nh);
      if (nh == 0 || nh == 43 || nh == 44 || nh == 60) continue;  // extension headers
      const auto p = static_cast<uint8_t>(nh);
      const Bytes l4 = nh == kIcmp6 ? echo(128, 1, 2, pattern(56)) : pattern(64);
      const Result r = translate64(box, ip6({}, p, l4));
      if (guard && (nh == 1 || nh == 2)) {
        EXPECT_EQ(show(r), dropped("drop_protocol"));
      } else {
        ASSERT_EQ(r.verdict, SIIT_XLAT) << show(r);
        EXPECT_EQ(r.out[9], nh == 58 ? 1 : nh);
        EXPECT_EQ(malformed(r.out).find("ICMP type") != std::string::npos, false);
      }
    }
  }
  // XL64-08: behind other headers and in fragments as well
  box.set([](auto& s) { s.proto_guard = true; });
  for (const uint8_t nh : {1, 2}) {
    EXPECT_EQ(show(translate(box, ip6({.ext = {options(kDestOpts)}}, nh, pattern(64)))),
              dropped("drop_protocol"));
    for (const uint16_t offset : {0, 5})
      EXPECT_EQ(show(translate(box, ip6({.ext = {fragment(offset, true, 1)}}, nh, pattern(64)))),
                dropped("drop_protocol"));
  }
}

TEST(Header64, Xl64_10SkippedHeaders) {
  const Box box = standard();
  const std::vector<std::vector<Ext>> chains = {
      {options(kHopByHop)},
      {options(kDestOpts)},
      {routing(0)},
      {options(kHopByHop, 24), options(kDestOpts, 16), routing(0, 2, 24), options(kDestOpts)},
      {options(kHopByHop, 2048), options(kDestOpts, 2048)},
      {routing(0, 4, 40)},
      {options(kDestOpts), options(kDestOpts), options(kDestOpts), options(kDestOpts),
       options(kDestOpts), options(kDestOpts), options(kDestOpts), options(kDestOpts)},
  };
  for (const auto& chain : chains) {
    EXPECT_EQ(show(translate(box, ip6({.ext = chain}, kTcp, tcp({}, pattern(9))))),
              translated(ip4(image(), kTcp, tcp({}, pattern(9)))));
    EXPECT_EQ(show(translate(box, ip6({.ext = chain}, kIcmp6, echo(128, 1, 2, pattern(9))))),
              translated(ip4(image(), kIcmp, echo(8, 1, 2, pattern(9)))));
    EXPECT_EQ(show(translate(box, ip6({.ext = chain}, kNoNext, pattern(9)))),
              translated(ip4(image(), kNoNext, pattern(9))));
  }
}

// XL64-11
TEST(Header64, Xl64_11SegmentsLeft) {
  const Box box = standard();
  const auto pointer = [](u32 at) { return rejected("reject_routing_header", 4, 0, at); };
  for (const uint8_t type : {0, 2, 3, 4, 253})
    for (const uint8_t left : {1, 2, 255}) {
      EXPECT_EQ(show(translate(box, ip6({.ext = {routing(left, type)}}, kUdp, kUdp5))), pointer(43));
      EXPECT_EQ(show(translate(box, ip6({.ext = {options(kHopByHop), routing(left, type)}}, kUdp, kUdp5))),
                pointer(51));
      EXPECT_EQ(show(translate(box, ip6({.ext = {options(kHopByHop), options(kDestOpts, 24),
                                                 routing(0), routing(left, type)}},
                                        kUdp, kUdp5))),
                pointer(40 + 8 + 24 + 8 + 3));
    }
}

// XL64-12, XL64-13
TEST(Header64, Xl64_12FragmentHeader) {
  Box box = standard();
  struct Case {
    uint16_t offset;
    bool more;
    size_t octets;
  };
  for (const Case c : {Case{0, true, 1400}, {0, false, 40}, {0, false, 1400}, {3, true, 8},
                       {185, false, 1399}, {8188, false, 11}})
    for (const uint32_t id : {0u, 0x0001beefu, 0xffffffffu, 0x12340000u})
      for (const bool hbh : {false, true}) {
        const Bytes data = pattern(c.octets);
        std::vector<Ext> ext = {fragment(c.offset, c.more, id)};
        if (hbh) ext.insert(ext.begin(), options(kHopByHop));
        const Result r = translate(box, ip6({.ext = ext}, kSctp, data));
        EXPECT_EQ(show(r), translated(ip4(image({.id = static_cast<uint16_t>(id),
                                                 .mf = c.more,
                                                 .offset = c.offset}),
                                          kSctp, data)));
        EXPECT_FALSE(r.plan_flags & SIIT_PLAN_GEN_ID);
      }
  // The bits that are reserved do not matter.
  Bytes in = ip6({.ext = {fragment(3, true, 7)}}, kUdp, pattern(16));
  in[41] = 0xff;
  in[43] |= 6;
  EXPECT_EQ(show(translate(box, in)),
            translated(ip4(image({.id = 7, .mf = true, .offset = 3}), kUdp, pattern(16))));
  // id-mode is for packets without a Fragment Header.
  box.set([](auto& s) { s.id_mode = SIIT_ID_ZERO, s.df_mode = SIIT_DF_RFC6145; });
  EXPECT_EQ(show(translate(box, ip6({.ext = {fragment(0, false, 7)}}, kUdp, kUdp5))),
            translated(ip4(image({.id = 7}), kUdp, kUdp5)));
}

// XL64-14
TEST(Header64, Xl64_14ExtensionBehindFragment) {
  const Box box = standard();
  const std::set<int> bad = {0, 43, 44, 51, 60, 135, 139, 140};
  for (int nh = 0; nh < 256; nh++) {
    SCOPED_TRACE(nh);
    if (nh == 1 || nh == 2 || nh == 58) continue;  // other rows
    const auto p = static_cast<uint8_t>(nh);
    const Bytes data(64, 0);
    const Result first = translate(box, ip6({.ext = {fragment(0, true, 1)}, .fill = false}, p, data));
    const Result later = translate(box, ip6({.ext = {fragment(8, true, 1)}, .fill = false}, p, data));
    if (bad.count(nh)) {
      EXPECT_EQ(show(first), rejected("reject_exthdr_in_fragment", 1, 1));
      EXPECT_EQ(show(later), dropped("drop_bad_exthdr"));
    } else {
      EXPECT_EQ(first.verdict, SIIT_XLAT) << show(first);
      EXPECT_EQ(later.verdict, SIIT_XLAT) << show(later);
    }
  }
}

// XL64-17
TEST(Header64, Xl64_17Sizes) {
  const Box box = standard();
  const std::string oversize = dropped("drop_oversize");
  // A jumbogram says 0, and Hop-by-Hop.
  Bytes jumbo = ip6({.ext = {options(kHopByHop)}, .payload_len = 0}, kUdp, pattern(100));
  EXPECT_EQ(show(translate(box, jumbo)), oversize);
  EXPECT_EQ(show(translate(box, ip6({}, kUdp, udp(1, 2, Bytes(65535 - 8, 1))))), oversize);
  EXPECT_EQ(show(translate(box, ip6({}, kUdp, udp(1, 2, Bytes(65516 - 8, 1))))), oversize);
  const Result r = translate(box, ip6({}, kUdp, udp(1, 2, Bytes(65515 - 8, 1))));
  ASSERT_EQ(r.verdict, SIIT_XLAT);
  EXPECT_EQ(malformed(r.out), "");
  // What is skipped does not count.
  EXPECT_EQ(translate(box, ip6({.ext = {options(kDestOpts, 24)}}, kUdp, udp(1, 2, Bytes(65535 - 24 - 8, 1))))
                .verdict,
            SIIT_XLAT);
  // An empty packet is legal, if of a protocol that can be empty.
  EXPECT_EQ(show(translate(box, ip6({}, kNoNext, {}))), translated(ip4(image(), kNoNext, {})));
  EXPECT_EQ(show(translate(box, ip6({}, kTcp, {}))), dropped("drop_truncated"));
}

// XL64-18, SE-06
TEST(Header64, Xl64_18ExtensionChains) {
  Box box = standard();
  const std::string bad = dropped("drop_bad_exthdr");
  const auto chain = [](size_t n) {
    return ip6({.ext = std::vector<Ext>(n, options(kDestOpts))}, kUdp, kUdp5);
  };
  for (const uint8_t most : {1, 8, 32}) {
    box.set([&](auto& s) { s.max_exthdrs = most; });
    EXPECT_EQ(show(translate(box, chain(most))), translated(ip4(image(), kUdp, kUdp5)));
    EXPECT_EQ(show(translate(box, chain(most + 1u))), bad);
  }
  box.set([](auto& s) { s.max_exthdrs = 8; });
  EXPECT_EQ(show(translate(box, ip6({.ext = {options(kDestOpts), options(kHopByHop)}}, kUdp, kUdp5))), bad);
  EXPECT_EQ(show(translate(box, ip6({.ext = {options(kHopByHop), options(kHopByHop)}}, kUdp, kUdp5))), bad);
  // A header that runs past the packet, by one unit and by all of them.
  for (const int units : {1, 2, 255}) {
    Bytes in = ip6({.ext = {options(kDestOpts)}, .fill = false}, kNoNext, pattern(7));
    in[41] = static_cast<uint8_t>(units);
    EXPECT_EQ(show(translate(box, in)), bad);
  }
  for (const uint8_t type : {0, 43, 44, 60})
    for (size_t n = type ? 0 : 1; n < 8; n++)
      EXPECT_EQ(show(translate64(box, ip6({}, type, Bytes(n, 0)))), bad) << int(type) << " " << n;
}

// The plan counts in 16 bits; the longest of all chains must not wrap them.
TEST(Header64, LongestExtensionChains) {
  Box box = standard();
  box.set([](auto& s) { s.max_exthdrs = 32; });
  for (const size_t last : {2040u, 1976u, 1968u, 1960u, 1952u, 1944u, 1936u, 1928u, 1920u, 1024u, 8u}) {
    std::vector<Ext> ext(31, options(kDestOpts, 2048));
    ext.push_back(options(kDestOpts, last));
    const Result none = translate(box, ip6({.ext = ext}, kNoNext, pattern(7)));
    if (none.verdict == SIIT_XLAT) {
      EXPECT_EQ(show(none), translated(ip4(image(), kNoNext, pattern(7)))) << last;
    }
    const Result r = translate(box, ip6({.ext = ext}, kUdp, kUdp5));
    if (r.verdict == SIIT_XLAT) {
      EXPECT_EQ(show(r), translated(ip4(image(), kUdp, kUdp5))) << last;
    }
  }
}

// FR-10, SE-05
TEST(Header64, Fr10FirstFragmentNeedsItsChecksum) {
  const Box box = standard();
  const std::map<uint8_t, size_t> least = {{kTcp, 24}, {kUdp, 8},  {kUdpLite, 8},
                                           {kDccp, 8}, {kSctp, 0}, {kEsp, 0}};
  for (const auto& [proto, n] : least)
    for (size_t octets = 0; octets <= 32; octets += 8) {
      const Result r =
          translate(box, ip6({.ext = {fragment(0, true, 1)}}, proto, Bytes(octets, 0x55)));
      EXPECT_EQ(show(r) == dropped("drop_bad_fragment"), octets < n) << int(proto) << " " << octets;
      EXPECT_EQ(r.verdict == SIIT_XLAT, octets >= n) << int(proto) << " " << octets;
    }
}

// FR-11: fragments no, atomic fragments yes.
TEST(Header64, Fr11FragmentedIcmp) {
  const Box box = standard();
  const std::string fragmented = dropped("drop_fragmented_icmp");
  for (const uint8_t type : {128, 129, 1, 2, 3, 4, 135}) {
    const Bytes data = icmp(type, 0, 0, pattern(64));
    EXPECT_EQ(show(translate(box, ip6({.ext = {fragment(0, true, 1)}}, kIcmp6, data))), fragmented);
    EXPECT_EQ(show(translate(box, ip6({.ext = {fragment(1, false, 1)}}, kIcmp6, data))), fragmented);
    EXPECT_EQ(show(translate(box, ip6({.ext = {fragment(1, true, 1)}}, kIcmp6, data))), fragmented);
  }
  EXPECT_EQ(show(translate(box, ip6({.ext = {fragment(0, false, 0x1beef)}}, kIcmp6, echo(128, 1, 2, pattern(9))))),
            translated(ip4(image({.id = 0xbeef}), kIcmp, echo(8, 1, 2, pattern(9)))));
}

TEST(Header64, Fr13ImpossibleFragments) {
  const Box box = standard();
  const std::string bad = dropped("drop_bad_fragment");
  EXPECT_EQ(show(translate(box, ip6({.ext = {fragment(1, true, 1)}}, kUdp, pattern(9)))), bad);
  EXPECT_EQ(translate(box, ip6({.ext = {fragment(8189, false, 1)}}, kUdp, pattern(3))).verdict, SIIT_XLAT);
  EXPECT_EQ(show(translate(box, ip6({.ext = {fragment(8189, false, 1)}}, kUdp, pattern(4)))), bad);
}

TEST(Header64, Se03HeadersThatLie) {
  const Box box = standard();
  const std::string bad = dropped("drop_bad_header");
  for (int version = 0; version < 16; version++) {
    if (version == 6) continue;
    Bytes in = ip6({}, kUdp, kUdp5);
    in[0] = static_cast<uint8_t>(version << 4);
    EXPECT_EQ(show(translate64(box, in)), bad);
  }
  for (const uint16_t len : {14, 100, 65535})
    EXPECT_EQ(show(translate(box, ip6({.payload_len = len}, kUdp, kUdp5))), bad) << len;
}

TEST(Header64, Se02PaddingIsTrimmed) {
  const Box box = standard();
  EXPECT_EQ(show(translate(box, ip6({}, kUdp, kUdp5) + Bytes(17, 0xee))),
            translated(ip4(image(), kUdp, kUdp5)));
}

TEST(Header64, Se04TransportHeaderCutShort) {
  const Box box = standard();
  const std::map<uint8_t, size_t> least = {{kTcp, 20},   {kUdp, 8},  {kUdpLite, 8}, {kDccp, 12},
                                           {kIcmp6, 8},  {kSctp, 0}, {kEsp, 0},     {47, 0}};
  for (const auto& [proto, n] : least)
    for (size_t octets = 0; octets < 24; octets++) {
      Bytes l4 = Bytes(octets, 0x55);
      if (proto == kIcmp6 && octets >= 2) l4[0] = 128, l4[1] = 0;
      for (const bool atomic : {false, true}) {
        std::vector<Ext> ext;
        if (atomic) ext.push_back(fragment(0, false, 1));
        const Result r = translate(box, ip6({.ext = ext, .fill = false}, proto, l4));
        if (octets < n)
          EXPECT_EQ(show(r), dropped("drop_truncated")) << int(proto) << " " << octets;
        else
          EXPECT_EQ(r.verdict, SIIT_XLAT) << int(proto) << " " << octets << show(r);
      }
    }
}

TEST(Checksum64, Ck01EveryTransport) {
  const Box box = standard();
  for (const size_t n : {0u, 1u, 2u, 7u, 100u, 1001u}) {
    const Bytes d = pattern(n);
    EXPECT_EQ(show(translate(box, ip6({}, kTcp, tcp({}, d)))),
              translated(ip4(image(), kTcp, tcp({}, d))));
    EXPECT_EQ(show(translate(box, ip6({}, kUdp, udp(1, 2, d)))),
              translated(ip4(image(), kUdp, udp(1, 2, d))));
    EXPECT_EQ(show(translate(box, ip6({}, kUdpLite, udp_lite(1, 2, d)))),
              translated(ip4(image(), kUdpLite, udp_lite(1, 2, d))));
    const Bytes dccp = Bytes(12, 0x33) + d;
    EXPECT_EQ(show(translate(box, ip6({}, kDccp, dccp))), translated(ip4(image(), kDccp, dccp)));
    for (const uint8_t proto : {int(kSctp), 47, int(kEsp), int(kAuth), 4, 41, 89, 115})
      EXPECT_EQ(show(translate(box, ip6({}, proto, d))), translated(ip4(image(), proto, d)));
    EXPECT_EQ(show(translate(box, ip6({}, kIcmp6, echo(128, 3, 4, d)))),
              translated(ip4(image(), kIcmp, echo(8, 3, 4, d))));
    EXPECT_EQ(show(translate(box, ip6({}, kIcmp6, echo(129, 3, 4, d)))),
              translated(ip4(image(), kIcmp, echo(0, 3, 4, d))));
  }
}

// CK-09: the only message that may be all zeros; its checksum is ffff, as a
// sum of 0000 would never add up to what receivers want.
TEST(Checksum64, Ck09EchoReplyOfZeros) {
  const Box box = standard();
  for (const size_t n : {0u, 1u, 56u}) {
    const Result r = translate(box, ip6({}, kIcmp6, echo(129, 0, 0, Bytes(n, 0))));
    ASSERT_EQ(r.verdict, SIIT_XLAT);
    EXPECT_TRUE(checksums_ok(r.out)) << to_hex(r.out);
    // And back.
    EXPECT_TRUE(checksums_ok(translate(box, ip4({}, kIcmp, echo(0, 0, 0, Bytes(n, 0)))).out));
  }
  // Every sum that a reply can have.
  for (int id = 0; id < 65536; id++)
    ASSERT_TRUE(checksums_ok(
        translate(box, ip6({}, kIcmp6, echo(129, static_cast<uint16_t>(id), 1, {}))).out))
        << id;
}

TEST(Checksum64, Ck01FirstFragments) {
  const Box box = standard();
  for (const uint8_t proto : {kTcp, kUdp, kUdpLite}) {
    const Bytes l4 = proto == kTcp ? tcp({}, pattern(3000)) : udp(1, 2, pattern(3000));
    std::vector<Bytes> out;
    for (const Bytes& f : fragments6(ip6({}, proto, l4), 1280, 0x10004)) {
      const Result r = translate(box, f);
      ASSERT_EQ(r.verdict, SIIT_XLAT) << show(r);
      EXPECT_EQ(malformed(r.out), "");
      out.push_back(r.out);
    }
    EXPECT_EQ(to_hex(reassemble(out)), to_hex(ip4(image({.id = 4}), proto, l4)));
  }
}

TEST(Checksum64, Ck02UdpZeroBecomesFfff) {
  const Box box = standard();
  for (int word = 0; word < 65536; word++) {
    const Bytes l4 = udp(53, static_cast<uint16_t>(word), {});
    ASSERT_EQ(show(translate(box, ip6({}, kUdp, l4))), translated(ip4(image(), kUdp, l4))) << word;
  }
}

TEST(Checksum64, Ck05UdpWithoutChecksum) {
  Box box = standard();
  const Bytes none = ip6({.fill = false}, kUdp, kUdp5);
  const Bytes first = ip6({.ext = {fragment(0, true, 3)}, .fill = false}, kUdp, udp(1, 2, pattern(16)));
  EXPECT_EQ(show(translate(box, none)), translated(ip4(image({.fill = false}), kUdp, kUdp5)));
  EXPECT_EQ(show(translate(box, first)),
            translated(ip4(image({.id = 3, .mf = true}), kUdp, udp(1, 2, pattern(16)))));
  box.set([](auto& s) { s.udp6_zero = SIIT_UDP6_ZERO_DROP; });
  EXPECT_EQ(show(translate(box, none)), dropped("drop_udp6_zero_checksum"));
  EXPECT_EQ(show(translate(box, first)), dropped("drop_udp6_zero_checksum"));
  EXPECT_EQ(translate(box, ip6({.ext = {fragment(2, true, 3)}}, kUdp, Bytes(16, 0))).verdict, SIIT_XLAT);
}

TEST(Checksum64, Ck06WrongStaysWrongByAsMuch) {
  const Box box = standard();
  struct Case {
    uint8_t proto;
    Bytes l4;
    uint8_t proto4;
    Bytes l44;
    size_t at;
  };
  const Case cases[] = {
      {kUdp, udp(5000, 53, bytes("hello")), kUdp, udp(5000, 53, bytes("hello")), 6},
      {kTcp, tcp({}, bytes("hello")), kTcp, tcp({}, bytes("hello")), 16},
      {kUdpLite, udp_lite(1, 2, bytes("hello")), kUdpLite, udp_lite(1, 2, bytes("hello")), 6},
      {kDccp, pattern(15), kDccp, pattern(15), 6},
      {kIcmp6, echo(128, 1, 2, bytes("hello")), kIcmp, echo(8, 1, 2, bytes("hello")), 2},
      {kIcmp6, echo(129, 1, 2, bytes("hello")), kIcmp, echo(0, 1, 2, bytes("hello")), 2},
  };
  for (const Case& c : cases)
    for (const unsigned error : {1u, 0x100u, 0x1234u, 0x8000u, 0xfffeu}) {
      Bytes in = ip6({}, c.proto, c.l4);
      const auto wrong = static_cast<uint16_t>((get16(in, 40 + c.at) + error) % 65535);
      if (!wrong) continue;
      set16(in, 40 + c.at, wrong);
      const Result r = translate(box, in);
      ASSERT_EQ(r.verdict, SIIT_XLAT);
      EXPECT_FALSE(checksums_ok(r.out)) << int(c.proto);
      const Bytes right = ip4(image(), c.proto4, c.l44);
      EXPECT_EQ((get16(right, 20 + c.at) + error) % 65535, get16(r.out, 20 + c.at) % 65535)
          << int(c.proto);
    }
}

TEST(Checksum64, Ck10PartialHoldsThePseudoHeader) {
  const Box box = standard();
  How how;
  how.flags |= SIIT_PKT_PARTIAL;
  const auto seed = [](Bytes packet, size_t l4) {
    const bool is6 = packet[0] >> 4 == 6;
    Bytes pseudo(packet.begin() + (is6 ? 8 : 12), packet.begin() + (is6 ? 40 : 20));
    put32(pseudo, static_cast<uint32_t>(packet.size() - l4));
    put32(pseudo, kTcp);
    set16(packet, l4 + 16, static_cast<uint16_t>(~checksum(pseudo)));
    return packet;
  };
  for (const size_t n : {0u, 5u, 1100u}) {
    const Bytes t = tcp({}, pattern(n));
    EXPECT_EQ(show(translate(box, seed(ip6({}, kTcp, t), 40), how)),
              translated(seed(ip4(image(), kTcp, t), 20)));
  }
}

TEST(Gso64, Mt12DfFollowsTheSegment) {
  const Box box = standard();
  How how;
  const Bytes in = ip6({}, kTcp, tcp({}, Bytes(30000, 1)));
  how.gso_size = 1220;
  Result r = translate(box, in, how);
  EXPECT_EQ(r.plan.size, 1260u);
  EXPECT_FALSE(r.out[6] & 0x40);
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_GEN_ID);
  how.gso_size = 1221;
  r = translate(box, in, how);
  EXPECT_EQ(r.plan.size, 1261u);
  EXPECT_TRUE(r.out[6] & 0x40);
  EXPECT_FALSE(r.plan_flags & SIIT_PLAN_SEGMENT);
  // What says that it is a fragment is not one packet to us.
  r = translate(box, ip6({.ext = {fragment(0, false, 1)}}, kTcp, tcp({}, Bytes(30000, 1))), how);
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_SEGMENT);
}

// More than 64 KiB: a jumbogram's header in front, or no length at all.
TEST(Gso64, Mt12BiggerThanALengthField) {
  const Box box = standard();
  How how;
  how.gso_size = 1400;
  Bytes in = ip6({.payload_len = 65535}, kTcp, tcp({}, Bytes(65535 - 20, 1)));
  EXPECT_TRUE(translate(box, in, how).plan_flags & SIIT_PLAN_SEGMENT);
  in = ip6({.ext = {options(kHopByHop)}, .payload_len = 0}, kTcp, tcp({}, Bytes(100000, 1)));
  const Result r = translate(box, in, how);
  ASSERT_EQ(r.verdict, SIIT_XLAT);
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_SEGMENT);
  EXPECT_EQ(r.plan.size, 20u + 20 + 1400);
}

}  // namespace
