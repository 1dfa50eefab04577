// SPDX-License-Identifier: GPL-2.0
// IPv4 to IPv6: headers, fragments, transport checksums (requirements 3, 5, 6).
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "translate.h"

namespace {

using namespace pkt;
using namespace xlat;

// What comes out of the standard packet 203.0.113.50 > 192.0.2.1.
Ip6 image(Ip6 h = {}) {
  h.src = kC6;
  h.dst = kS6;
  if (h.hop_limit == 64) h.hop_limit = 63;
  return h;
}

const Bytes kUdp5 = udp(5000, 53, bytes("hello"));

TEST(Header46, Xl46_02TrafficClassIsTosAllEightBits) {
  Box box = standard();
  for (int tos = 0; tos < 256; tos++) {
    const auto t = static_cast<uint8_t>(tos);
    EXPECT_EQ(show(translate(box, ip4({.tos = t}, kUdp, kUdp5))),
              translated(ip6(image({.tc = t}), kUdp, kUdp5)));
  }
  box.set([](auto& s) { s.tos_zero = true; });
  EXPECT_EQ(show(translate(box, ip4({.tos = 0xb8}, kUdp, kUdp5))),
            translated(ip6(image(), kUdp, kUdp5)));
}

TEST(Header46, Xl46_04PayloadLengthLeavesOptionsOut) {
  const Box box = standard();
  const Bytes l4 = tcp({}, pattern(1500 - 24 - 20));
  const Bytes in = ip4({.df = true, .options = {1, 1, 1, 0}}, kTcp, l4);
  ASSERT_EQ(in.size(), 1500u);
  const Result r = translate(box, in);
  EXPECT_EQ(show(r), translated(ip6(image(), kTcp, l4)));
  EXPECT_EQ(get16(r.out, 4), 1476);
}

// XL46-05, XL46-06, XL46-07, XL46-17: every protocol number.
TEST(Header46, Xl46_05EveryProtocol) {
  Box box = standard();
  const std::set<int> guarded = {0, 43, 44, 58, 60, 135, 139, 140};
  const Bytes payload = pattern(64);

  for (const bool guard : {true, false}) {
    box.set([&](auto& s) { s.proto_guard = guard; });
    for (int proto = 0; proto < 256; proto++) {
      SCOPED_TRACE(proto);
      const auto p = static_cast<uint8_t>(proto);
      const Result r = translate46(box, ip4({}, p, proto == kIcmp ? echo(8, 1, 2, payload) : payload));
      if (proto == 2 || (guard && guarded.count(proto))) {
        EXPECT_EQ(show(r), dropped("drop_protocol"));
      } else {
        ASSERT_EQ(r.verdict, SIIT_XLAT) << show(r);
        EXPECT_EQ(r.out[6], proto == 1 ? 58 : proto);
      }
    }
  }
}

TEST(Header46, Xl46_05ProtocolGoesIntoTheFragmentHeader) {
  const Box box = standard();
  for (const uint8_t proto : {kTcp, kUdp, kEsp, kAuth, kSctp}) {
    const Result r = translate(box, ip4({.mf = true, .offset = 9}, proto, pattern(16)));
    ASSERT_EQ(r.verdict, SIIT_XLAT);
    EXPECT_EQ(r.out[6], 44);
    EXPECT_EQ(r.out[40], proto);
  }
  // The guard is for fragments of all kinds as well.
  for (const uint8_t proto : {0, 2, 43, 44, 58, 60, 135, 139, 140})
    for (const uint16_t offset : {0, 9})
      EXPECT_EQ(show(translate(box, ip4({.mf = true, .offset = offset}, proto, pattern(16)))),
                dropped("drop_protocol"))
          << int(proto);
}

TEST(Header46, Xl46_08Ttl) {
  const Box box = standard();
  How keep;
  keep.flags = SIIT_PKT_RECEIVED;
  for (int ttl = 0; ttl < 256; ttl++) {
    const auto t = static_cast<uint8_t>(ttl);
    const Bytes in = ip4({.ttl = t}, kUdp, kUdp5);
    Ip6 h{.src = kC6, .dst = kS6, .hop_limit = static_cast<uint8_t>(ttl - 1)};
    EXPECT_EQ(show(translate(box, in)),
              ttl <= 1 ? rejected("reject_ttl", 11, 0) : translated(ip6(h, kUdp, kUdp5)));
    // Linux decrements and rejects on the usual path.
    h.hop_limit = t;
    EXPECT_EQ(show(translate(box, in, keep)), translated(ip6(h, kUdp, kUdp5)));
  }
}

// XL46-10..12: each row is the options of a header.
TEST(Header46, Xl46_11Options) {
  struct Case {
    const char* options;
    std::string expected;
  };
  const std::string ok = translated(ip6(image(), kUdp, kUdp5));
  const std::string route = rejected("reject_source_route", 3, 5);
  const std::string bad = dropped("drop_bad_options");
  const Case cases[] = {
      {"01010101", ok},
      {"00000000", ok},
      {"07070400000000 00", ok},             // record route
      {"44080500 00000000", ok},             // timestamp
      {"00ff0000", ok},                      // nothing counts behind the end
      {"0083070400000000", ok},              // nor a source route there
      {"830704c000026300", route},           // LSRR, unexpired
      {"890704c000026300", route},           // SSRR
      {"830708c000026300", ok},              // expired
      {"890708c000026300", ok},
      {"830707c000026300", route},           // pointer = length: not yet
      {"8303030000000000", route},
      {"83030400", ok},
      {"01830704c0000263", route},           // behind a NOP
      {"4404050083070400 c0000263", route},  // behind a timestamp
      {"83010400", bad},
      {"8300040000000000", bad},
      {"83020000", bad},                     // no room for the pointer
      {"83090400 c0000263", bad},            // past the header
      {"07010000", bad},
      {"07000000", bad},
      {"01010107", bad},                     // no room for the length
      {"01010183", bad},
      {"94040000", ok},                      // router alert
      {"ff040000", ok},                      // unknown
      {"ff050000", bad},
  };
  const Box box = standard();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.options);
    EXPECT_EQ(show(translate(box, ip4({.options = from_hex(c.options)}, kUdp, kUdp5))), c.expected);
  }
}

// Every octet value at every place of an option area: never out of bounds.
TEST(Header46, Xl46_12EveryOptionOctet) {
  const Box box = standard();
  for (size_t length = 4; length <= 40; length += 4)
    for (size_t at = 0; at < length; at++)
      for (int value = 0; value < 256; value++) {
        Bytes options(length, 1);
        options[at] = static_cast<uint8_t>(value);
        if (at + 1 < length) options[at + 1] = static_cast<uint8_t>(length - at + at % 2);
        const Result r = translate(box, ip4({.options = options}, kUdp, kUdp5));
        if (r.verdict != SIIT_XLAT) continue;
        ASSERT_EQ(show(r), translated(ip6(image(), kUdp, kUdp5)));
      }
}

// BR-11
TEST(Header46, Xl46_13NoFragmentHeaderOnWhatIsNoFragment) {
  const Box box = standard();
  const Bytes l4 = udp(1, 2, pattern(72));
  const Result r = translate(box, ip4({.id = 0x1234}, kUdp, l4));
  EXPECT_EQ(show(r), translated(ip6(image(), kUdp, l4)));
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_DF0);  // FR-01: may be split
  EXPECT_EQ(r.plan.ip_id, 0x1234);            // FR-03
  EXPECT_FALSE(translate(box, ip4({.df = true}, kUdp, l4)).plan_flags & SIIT_PLAN_DF0);
}

TEST(Header46, Xl46_14FragmentHeader) {
  const Box box = standard();
  struct Case {
    uint16_t offset;
    bool mf;
    size_t octets;
  };
  for (const Case c : {Case{0, true, 8}, {1, false, 1}, {185, true, 16}, {185, false, 1480},
                       {8188, true, 8}, {8188, false, 11}})
    for (const uint16_t id : {0, 1, 0xbeef, 0xffff}) {
      const Bytes data = pattern(c.octets);
      const Result r =
          translate(box, ip4({.id = id, .mf = c.mf, .offset = c.offset}, kSctp, data));
      EXPECT_EQ(show(r),
                translated(ip6(image({.ext = {fragment(c.offset, c.mf, id)}}), kSctp, data)));
      EXPECT_EQ(r.plan.frag_off, c.offset * 8);  // FR-04: splits again
      EXPECT_EQ(r.plan.mf, c.mf);
    }
}

TEST(Header46, Xl46_15ReservedFlagIgnoredDfFragmentIsAFragment) {
  const Box box = standard();
  Bytes in = ip4({.df = true}, kUdp, kUdp5);
  in[6] |= 0x80;
  set16(in, 10, 0);
  set16(in, 10, checksum(View(in).first(20)));
  EXPECT_EQ(show(translate(box, in)), translated(ip6(image(), kUdp, kUdp5)));
  const Bytes data = pattern(16);
  const Result r = translate(box, ip4({.id = 7, .df = true, .mf = true, .offset = 3}, kUdp, data));
  EXPECT_EQ(show(r), translated(ip6(image({.ext = {fragment(3, true, 7)}}), kUdp, data)));
  EXPECT_FALSE(r.plan_flags & SIIT_PLAN_DF0);
}

// FR-16
TEST(Header46, Fr16AtomicFragments) {
  Box box = standard();
  box.set([](auto& s) { s.atomic_fragments = true; });
  EXPECT_EQ(show(translate(box, ip4({.id = 0x1234}, kUdp, kUdp5))),
            translated(ip6(image({.ext = {fragment(0, false, 0x1234)}}), kUdp, kUdp5)));
  EXPECT_EQ(show(translate(box, ip4({.id = 0x1234, .df = true}, kUdp, kUdp5))),
            translated(ip6(image(), kUdp, kUdp5)));
  // CK-09: the pseudo header's next header is 58 all the same
  const Bytes ping = echo(8, 1, 2, pattern(5));
  EXPECT_EQ(show(translate(box, ip4({.id = 9}, kIcmp, ping))),
            translated(ip6(image({.ext = {fragment(0, false, 9)}}), kIcmp6, echo(128, 1, 2, pattern(5)))));
}

// FR-16 holds for ICMP errors and what they quote, too.
TEST(Header46, Fr16AtomicFragmentsOfErrors) {
  Box box = standard();
  box.set([](auto& s) { s.atomic_fragments = true; });
  const auto in = [](bool outer_df, bool inner_df, const Bytes& data) {
    return ip4({.id = 0x77, .df = outer_df}, kIcmp,
               icmp(11, 0, 0, ip4({.src = "192.0.2.1", .dst = "203.0.113.50", .id = 0x1234, .df = inner_df}, kUdp, data)));
  };
  const auto out = [](bool outer_df, bool inner_df, const Bytes& data) {
    Ip6 outer = image(), inner{.src = "2001:db8:12:34::1", .dst = "2001:db8:46::cb00:7132"};
    if (!outer_df) outer.ext = {fragment(0, false, 0x77)};
    if (!inner_df) inner.ext = {fragment(0, false, 0x1234)};
    inner.hop_limit = 64;
    return ip6(outer, kIcmp6, icmp(3, 0, 0, ip6(inner, kUdp, data)));
  };
  for (const bool outer_df : {false, true})
    for (const bool inner_df : {false, true})
      EXPECT_EQ(show(translate(box, in(outer_df, inner_df, kUdp5))), translated(out(outer_df, inner_df, kUdp5)))
          << outer_df << inner_df;
  // IE-10: 1280 octets with the Fragment Header.
  const Bytes whole = udp(53, 5000, pattern(1300));
  EXPECT_EQ(translate(box, in(false, false, whole)).out.size(), 1280u);
  EXPECT_EQ(malformed(translate(box, in(false, false, whole)).out), "");
}

// FR-15
TEST(Header46, Fr15ReassembledCountsAsDf0) {
  const Box box = standard();
  How how;
  how.flags |= SIIT_PKT_REASSEMBLED;
  EXPECT_TRUE(translate(box, ip4({.df = true}, kUdp, kUdp5), how).plan_flags & SIIT_PLAN_DF0);
}

// FR-10: a first fragment of n octets.
TEST(Header46, Fr10FirstFragmentNeedsItsChecksum) {
  const Box box = standard();
  const std::map<uint8_t, size_t> least = {{kTcp, 24}, {kUdp, 8},  {kUdpLite, 8},
                                           {kDccp, 8}, {kSctp, 0}, {kEsp, 0}};
  for (const auto& [proto, n] : least)
    for (size_t octets = 0; octets <= 32; octets += 8) {
      const Result r = translate(box, ip4({.mf = true}, proto, Bytes(octets, 0x55)));
      EXPECT_EQ(show(r) == dropped("drop_bad_fragment"), octets < n) << int(proto) << " " << octets;
      EXPECT_EQ(r.verdict == SIIT_XLAT, octets >= n) << int(proto) << " " << octets;
    }
}

// FR-11
TEST(Header46, Fr11FragmentedIcmpIsDropped) {
  const Box box = standard();
  for (const uint8_t type : {8, 0, 3, 13}) {
    const Bytes data = icmp(type, 0, 0, pattern(16));
    EXPECT_EQ(show(translate(box, ip4({.mf = true}, kIcmp, data))), dropped("drop_fragmented_icmp"));
    EXPECT_EQ(show(translate(box, ip4({.offset = 1}, kIcmp, data))), dropped("drop_fragmented_icmp"));
    EXPECT_EQ(show(translate(box, ip4({.mf = true, .offset = 1}, kIcmp, data))),
              dropped("drop_fragmented_icmp"));
  }
}

// FR-12
TEST(Header46, Fr12LaterFragmentsKeepEveryOctet) {
  const Box box = standard();
  for (const uint8_t proto : {kTcp, kUdp, kUdpLite, kDccp, kSctp})
    for (const size_t octets : {1u, 7u, 8u, 40u}) {
      const Bytes data(octets, 0);
      EXPECT_EQ(show(translate(box, ip4({.offset = 100}, proto, data))),
                translated(ip6(image({.ext = {fragment(100, false, 0)}}), proto, data)));
    }
}

// FR-13
TEST(Header46, Fr13ImpossibleFragments) {
  const Box box = standard();
  const std::string bad = dropped("drop_bad_fragment");
  EXPECT_EQ(show(translate(box, ip4({.mf = true, .offset = 1}, kUdp, pattern(9)))), bad);
  EXPECT_EQ(show(translate(box, ip4({.mf = true, .offset = 1}, kUdp, pattern(15)))), bad);
  // 8189 * 8 = 65512; 3 octets more make 65515
  EXPECT_EQ(translate(box, ip4({.offset = 8189}, kUdp, pattern(3))).verdict, SIIT_XLAT);
  EXPECT_EQ(show(translate(box, ip4({.offset = 8189}, kUdp, pattern(4)))), bad);
  EXPECT_EQ(show(translate(box, ip4({.offset = 8191}, kUdp, pattern(8)))), bad);
}

// SE-01..SE-04
TEST(Header46, Se01HeadersThatLie) {
  const Box box = standard();
  const std::string bad = dropped("drop_bad_header");
  const Bytes good = ip4({}, kUdp, kUdp5);
  const auto with = [&](size_t at, uint8_t value) {
    Bytes b = good;
    b[at] = value;
    set16(b, 10, 0);
    set16(b, 10, checksum(View(b).first(20)));
    return b;
  };
  for (int version = 0; version < 16; version++) {
    if (version == 4) continue;
    EXPECT_EQ(show(translate46(box, with(0, static_cast<uint8_t>(version << 4 | 5)))), bad);
  }
  for (int ihl = 0; ihl < 5; ihl++)
    EXPECT_EQ(show(translate46(box, with(0, static_cast<uint8_t>(0x40 | ihl)))), bad);
  EXPECT_EQ(show(translate46(box, with(0, 0x4f))), bad);  // IHL > total
  for (size_t total = 0; total < 20; total++)
    EXPECT_EQ(show(translate46(box, with(3, static_cast<uint8_t>(total)))), bad);
  EXPECT_EQ(show(translate46(box, with(3, static_cast<uint8_t>(good.size() + 1)))), bad);

  for (size_t bit = 0; bit < 160; bit++) {
    Bytes b = good;
    b[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    if (bit / 8 >= 16) continue;  // another destination may be nobody's
    EXPECT_NE(translate46(box, b).verdict, SIIT_XLAT) << "bit " << bit;
  }
  // Who has verified it says so.
  Bytes b = good;
  b[10] ^= 1;
  How how;
  how.flags |= SIIT_PKT_CHECKED;
  EXPECT_EQ(translate46(box, b, how).verdict, SIIT_XLAT);
  EXPECT_EQ(show(translate46(box, b)), bad);
}

TEST(Header46, Se02PaddingIsTrimmed) {
  const Box box = standard();
  const Bytes in = ip4({}, kUdp, kUdp5);
  for (const size_t more : {1u, 13u, 100u})
    EXPECT_EQ(show(translate(box, in + Bytes(more, 0xee))), translated(ip6(image(), kUdp, kUdp5)));
}

TEST(Header46, Se04TransportHeaderCutShort) {
  const Box box = standard();
  const std::map<uint8_t, size_t> least = {{kTcp, 20},   {kUdp, 8},  {kUdpLite, 8}, {kDccp, 12},
                                           {kIcmp, 8},   {kSctp, 0}, {kEsp, 0},     {47, 0}};
  for (const auto& [proto, n] : least)
    for (size_t octets = 0; octets < 24; octets++) {
      Bytes l4 = Bytes(octets, 0x55);
      if (proto == kIcmp && octets >= 2) l4[0] = 8, l4[1] = 0;
      const Result r = translate(box, ip4({.fill = false}, proto, l4));
      if (octets < n)
        EXPECT_EQ(show(r), dropped("drop_truncated")) << int(proto) << " " << octets;
      else
        EXPECT_EQ(r.verdict, SIIT_XLAT) << int(proto) << " " << octets << show(r);
    }
}

// CK-01, CK-07, CK-08: the builder computes checksums in full.
TEST(Checksum46, Ck01EveryTransport) {
  const Box box = standard();
  for (const size_t n : {0u, 1u, 2u, 7u, 100u, 1001u}) {
    const Bytes d = pattern(n);
    EXPECT_EQ(show(translate(box, ip4({}, kTcp, tcp({}, d)))),
              translated(ip6(image(), kTcp, tcp({}, d))));
    EXPECT_EQ(show(translate(box, ip4({}, kUdp, udp(1, 2, d)))),
              translated(ip6(image(), kUdp, udp(1, 2, d))));
    for (const uint16_t coverage : {0, 8})
      EXPECT_EQ(show(translate(box, ip4({}, kUdpLite, udp_lite(1, 2, d, coverage)))),
                translated(ip6(image(), kUdpLite, udp_lite(1, 2, d, coverage))));
    const Bytes dccp = Bytes(12, 0x33) + d;
    EXPECT_EQ(show(translate(box, ip4({}, kDccp, dccp))), translated(ip6(image(), kDccp, dccp)));
    for (const uint8_t proto : {int(kSctp), 47, int(kEsp), int(kAuth), 4, 41, 89, 115})
      EXPECT_EQ(show(translate(box, ip4({}, proto, d))), translated(ip6(image(), proto, d)));
    EXPECT_EQ(show(translate(box, ip4({}, kIcmp, echo(8, 3, 4, d)))),
              translated(ip6(image(), kIcmp6, echo(128, 3, 4, d))));
    EXPECT_EQ(show(translate(box, ip4({}, kIcmp, echo(0, 3, 4, d)))),
              translated(ip6(image(), kIcmp6, echo(129, 3, 4, d))));
  }
}

// CK-01: the first fragment carries the checksum of the whole.
TEST(Checksum46, Ck01FirstFragments) {
  const Box box = standard();
  for (const uint8_t proto : {kTcp, kUdp, kUdpLite}) {
    const Bytes l4 = proto == kTcp ? tcp({}, pattern(3000)) : udp(1, 2, pattern(3000));
    const Bytes whole = ip4({.id = 77}, proto, l4);
    std::vector<Bytes> out;
    for (const Bytes& f : fragments4(whole, 576)) {
      const Result r = translate(box, f);
      ASSERT_EQ(r.verdict, SIIT_XLAT) << show(r);
      EXPECT_EQ(malformed(r.out), "");
      out.push_back(r.out);
    }
    EXPECT_EQ(to_hex(reassemble(out)), to_hex(ip6(image(), proto, l4)));
  }
}

// CK-02: TV, and every value of a word that brings the sum to every value.
TEST(Checksum46, Ck02UdpZeroBecomesFfff) {
  const Box box = standard();
  const Bytes hello = udp(9115, 53, bytes("hello"));
  const Bytes in = ip4({}, kUdp, hello);
  EXPECT_EQ(get16(in, 26), 0x99fd);
  const Result r = translate(box, in);
  EXPECT_EQ(get16(r.out, 46), 0xffff);
  EXPECT_EQ(show(r), translated(ip6(image(), kUdp, hello)));

  for (int word = 0; word < 65536; word += 1) {
    const Bytes l4 = udp(static_cast<uint16_t>(word), 53, {});
    const Result all = translate(box, ip4({}, kUdp, l4));
    ASSERT_EQ(show(all), translated(ip6(image(), kUdp, l4))) << word;
  }
}

// CK-03, CK-04
TEST(Checksum46, Ck03UdpWithoutChecksum) {
  Box box = standard();
  const Bytes l4 = udp(5000, 53, pattern(13));
  const Bytes none = ip4({.fill = false}, kUdp, l4);
  const Bytes first = ip4({.id = 5, .mf = true, .fill = false}, kUdp, udp(5000, 53, pattern(16)));
  const std::string prohibited = rejected("reject_udp_zero_checksum", 3, 13);

  EXPECT_EQ(show(translate(box, none)), translated(ip6(image(), kUdp, l4)));
  EXPECT_EQ(show(translate(box, first)), prohibited);
  box.set([](auto& s) { s.udp_zero = SIIT_UDP_ZERO_DROP; });
  EXPECT_EQ(show(translate(box, none)), prohibited);
  EXPECT_EQ(show(translate(box, first)), prohibited);
  box.set([](auto& s) { s.udp_zero = SIIT_UDP_ZERO_FORWARD; });
  EXPECT_EQ(show(translate(box, none)), translated(ip6(image({.fill = false}), kUdp, l4)));
  EXPECT_EQ(show(translate(box, first)),
            translated(ip6(image({.ext = {fragment(0, true, 5)}}), kUdp, udp(5000, 53, pattern(16)))));

  // A later fragment has no checksum to be zero.
  box.set([](auto& s) { s.udp_zero = SIIT_UDP_ZERO_DROP; });
  EXPECT_EQ(translate(box, ip4({.offset = 2}, kUdp, Bytes(16, 0))).verdict, SIIT_XLAT);
  // TCP's may be 0000, and UDP-Lite's is wrong then, no "none".
  EXPECT_EQ(translate(box, ip4({.fill = false}, kTcp, tcp({}, {}))).verdict, SIIT_XLAT);
}

// What CK-03 computes is right where the computed sum is 0000, too.
TEST(Checksum46, Ck03ComputedZeroIsFfff) {
  const Box box = standard();
  for (int word = 0; word < 65536; word += 7) {
    const Bytes l4 = udp(static_cast<uint16_t>(word), 53, bytes("x"));
    ASSERT_EQ(show(translate(box, ip4({.fill = false}, kUdp, l4))),
              translated(ip6(image(), kUdp, l4)));
  }
}

// CK-03: the datagram ends where its own length says; CK-06: no length that is wrong becomes right.
TEST(Checksum46, Ck03LengthOfTheDatagram) {
  const Box box = standard();
  Bytes l4 = udp(5000, 53, bytes("hello"));
  const Bytes sum = ip6(image(), kUdp, l4);
  for (size_t behind = 1; behind < 9; ++behind) {
    Bytes longer = l4;
    longer.resize(l4.size() + behind, 0xee);
    const Result r = translate(box, ip4({.fill = false}, kUdp, longer));
    ASSERT_EQ(r.out.size(), 40 + longer.size());
    EXPECT_EQ(get16(r.out, 46), get16(sum, 46));
    EXPECT_EQ(r.out.back(), 0xee);
  }
  for (const uint16_t wrong : {0, 7, 14, 65535}) {
    set16(l4, 4, wrong);
    EXPECT_EQ(show(translate(box, ip4({.fill = false}, kUdp, l4))), dropped("drop_truncated")) << wrong;
  }
}

// CK-06
TEST(Checksum46, Ck06WrongStaysWrongByAsMuch) {
  const Box box = standard();
  struct Case {
    uint8_t proto;
    Bytes l4;
    uint8_t proto6;
    Bytes l46;
    size_t at;
  };
  const Case cases[] = {
      {kUdp, udp(5000, 53, bytes("hello")), kUdp, udp(5000, 53, bytes("hello")), 6},
      {kTcp, tcp({}, bytes("hello")), kTcp, tcp({}, bytes("hello")), 16},
      {kUdpLite, udp_lite(1, 2, bytes("hello")), kUdpLite, udp_lite(1, 2, bytes("hello")), 6},
      {kDccp, pattern(15), kDccp, pattern(15), 6},
      {kIcmp, echo(8, 1, 2, bytes("hello")), kIcmp6, echo(128, 1, 2, bytes("hello")), 2},
  };
  for (const Case& c : cases)
    for (const unsigned error : {1u, 0x100u, 0x1234u, 0x8000u, 0xfffeu}) {
      Bytes in = ip4({}, c.proto, c.l4);
      const auto wrong = static_cast<uint16_t>((get16(in, 20 + c.at) + error) % 65535);
      if (!wrong) continue;  // UDP: that would say "none"
      set16(in, 20 + c.at, wrong);
      const Result r = translate(box, in);
      ASSERT_EQ(r.verdict, SIIT_XLAT);
      EXPECT_FALSE(checksums_ok(r.out)) << int(c.proto);
      const Bytes right = ip6(image(), c.proto6, c.l46);
      EXPECT_EQ((get16(right, 40 + c.at) + error) % 65535, get16(r.out, 40 + c.at) % 65535)
          << int(c.proto);
    }
}

// CK-10
TEST(Checksum46, Ck10PartialHoldsThePseudoHeader) {
  const Box box = standard();
  How how;
  how.flags |= SIIT_PKT_PARTIAL;
  const auto seed = [](Bytes packet, size_t l4, size_t at) {
    const bool is6 = packet[0] >> 4 == 6;
    Bytes pseudo(packet.begin() + (is6 ? 8 : 12), packet.begin() + (is6 ? 40 : 20));
    put32(pseudo, static_cast<uint32_t>(packet.size() - l4));
    put32(pseudo, at == 16 ? kTcp : kUdp);
    set16(packet, l4 + at, static_cast<uint16_t>(~checksum(pseudo)));
    return packet;
  };
  for (const size_t n : {0u, 5u, 1300u}) {
    const Bytes t = tcp({}, pattern(n)), u = udp(1, 2, pattern(n));
    EXPECT_EQ(show(translate(box, seed(ip4({}, kTcp, t), 20, 16), how)),
              translated(seed(ip6(image(), kTcp, t), 40, 16)));
    EXPECT_EQ(show(translate(box, seed(ip4({}, kUdp, u), 20, 6), how)),
              translated(seed(ip6(image(), kUdp, u), 40, 6)));
  }
}

// AD-07: under a checksum-neutral prefix RFC 6052 changes no checksum.
TEST(Checksum46, Ad07NeutralPrefixes) {
  for (const char* prefix : {"64:ff9b::/96", "64:ff9b:1:fffe::/96"}) {
    const Box box(SIIT_ROLE_SIIT, prefix);
    const Bytes in = ip4({.src = "8.8.8.8", .dst = "9.9.9.9"}, kTcp, tcp({}, pattern(33)));
    const Result r = translate(box, in);
    ASSERT_EQ(r.verdict, SIIT_XLAT);
    EXPECT_EQ(get16(r.out, 56), get16(in, 36)) << prefix;
    EXPECT_TRUE(checksums_ok(r.out));
  }
}

// MT-12: the segment counts, not the aggregate.
TEST(Gso46, Mt12SizeOfASegment) {
  const Box box = standard();
  How how;
  how.gso_size = 1440;
  const Bytes in = ip4({.df = true}, kTcp, tcp({}, Bytes(30000, 1)));
  Result r = translate(box, in, how);
  EXPECT_EQ(r.plan.size, 40u + 20 + 1440);
  EXPECT_FALSE(r.plan_flags & SIIT_PLAN_SEGMENT);
  r = translate(box, ip4({}, kTcp, tcp({}, Bytes(30000, 1))), how);
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_SEGMENT);
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_DF0);
  how.gso_size = 1220;
  r = translate(box, ip4({}, kTcp, tcp({}, Bytes(30000, 1))), how);
  EXPECT_EQ(r.plan.size, 1280u);
  EXPECT_FALSE(r.plan_flags & SIIT_PLAN_SEGMENT);
}

// A GSO packet of more than 64 KiB has no length to state.
TEST(Gso46, Mt12BiggerThanALengthField) {
  const Box box = standard();
  How how;
  how.gso_size = 1400;
  const Bytes in = ip4({.df = true, .tot_len = 0}, kTcp, tcp({}, Bytes(100000, 1)));
  const Result r = translate(box, in, how);
  ASSERT_EQ(r.verdict, SIIT_XLAT);
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_SEGMENT);
  EXPECT_EQ(r.plan.size, 40u + 20 + 1400);
  EXPECT_EQ(show(translate(box, in)), dropped("drop_bad_header"));
}

// CK-03 on GSO: each segment has a checksum of its own.
TEST(Gso46, Ck03IsComputedPerSegment) {
  const Box box = standard();
  How how;
  how.gso_size = 1000;
  const Result r = translate(box, ip4({.df = true, .fill = false}, kUdp, udp(1, 2, Bytes(4000, 1))), how);
  EXPECT_TRUE(r.plan_flags & SIIT_PLAN_SEGMENT);
}

// FR-02: what the driver compares with lowest-ipv6-mtu.
TEST(Header46, Fr02SizeOfTheResult) {
  const Box box = standard();
  for (const size_t len : {1260u, 1261u, 1500u}) {
    const Result r = translate(box, ip4({}, kUdp, udp(1, 2, Bytes(len - 28, 1))));
    EXPECT_EQ(r.plan.size, len + 20);
  }
  EXPECT_EQ(translate(box, ip4({.options = Bytes(40, 1)}, kUdp, udp(1, 2, Bytes(100, 1)))).plan.size,
            40u + 108);  // FR-06
  EXPECT_EQ(translate(box, ip4({.offset = 1}, kUdp, Bytes(100, 1))).plan.size, 148u);
}

TEST(Header46, TheLargestPacket) {
  const Box box = standard();
  const Result r = translate(box, ip4({}, kUdp, udp(1, 2, Bytes(65535 - 28, 1))));
  ASSERT_EQ(r.verdict, SIIT_XLAT);
  EXPECT_EQ(malformed(r.out), "");
  EXPECT_TRUE(checksums_ok(r.out));
}

}  // namespace
