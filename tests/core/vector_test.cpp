// SPDX-License-Identifier: GPL-2.0
// Whole packets that were computed elsewhere (requirements 15.1 and 2.1).
#include <gtest/gtest.h>

#include "translate.h"

namespace {

using namespace pkt;
using namespace xlat;

struct Vector {
  const char* name;
  const char* in;
  const char* out;
};

const Vector kVectors[] = {
    {"V1 4->6 UDP, DF=1, TOS b8, TTL 64",
     "45b8002112344000401129accb007132c000020113880035000daa1068656c6c6f",
     "6b800000000d113f20010db80046000000000000cb00713220010db8001200340000000000000001"
     "13880035000d101368656c6c6f"},
    {"V2 4->6 echo, TTL 2", "45000020000000000201baa9cb007132c0000201080021041234000161626364",
     "60000000000c3a0120010db80046000000000000cb00713220010db8001200340000000000000001"
     "8000108b1234000161626364"},
    {"V3 6->4 UDP, small, HL 64",
     "60000000000d114020010db800120034000000000000000120010db80046000000000000cb007132"
     "00351388000d101368656c6c6f",
     "45000021000000003f117d98c0000201cb00713200351388000daa1068656c6c6f"},
    {"V4 6->4 Packet Too Big 1400 from an unmappable router",
     "60000000003d3a3e20010db8ffff0000000000000000000120010db80046000000000000cb007132"
     "0200eef80000057860000000000d113c20010db80046000000000000cb00713220010db800120034"
     "000000000000000113880035000d101368656c6c6f",
     "4500003d000000003d011759c6336401cb0071320304f5ea0000056445000021000000003c118098"
     "cb007132c000020113880035000daa1068656c6c6f"},
    {"V5 4->6 middle fragment, ID beef, offset 185, MF",
     "45000024beef20b940119ceccb007132c0000201aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "6000000000182c3f20010db80046000000000000cb00713220010db8001200340000000000000001"
     "110005c90000beefaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
};

// XL46-01, XL46-03, XL46-09, XL64-01, XL64-09
TEST(Vector, V1ToV5) {
  Box box = standard();
  box.set([](auto& s) { s.icmp_origin_ext = false; });
  for (const Vector& v : kVectors) {
    SCOPED_TRACE(v.name);
    EXPECT_EQ(show(translate(box, from_hex(v.in))), translated(from_hex(v.out)));
  }
}

// BR-01
TEST(Vector, BorderRelaysDoTheSame) {
  Box box = standard(SIIT_ROLE_BR);
  box.set([](auto& s) { s.icmp_origin_ext = false; });
  for (const Vector& v : kVectors) {
    SCOPED_TRACE(v.name);
    EXPECT_EQ(show(translate(box, from_hex(v.in))), translated(from_hex(v.out)));
  }
}

// Table T of RFC 7757 appendix B.
Box table_t(u8 role = SIIT_ROLE_BR) {
  Box box(role, "64:ff9b::/96");
  box.row("192.0.2.1", "2001:db8:aaaa::")
      .row("192.0.2.2", "2001:db8:bbbb::b")
      .row("192.0.2.16/28", "2001:db8:cccc::/124")
      .row("192.0.2.128/26", "2001:db8:dddd::/64")
      .row("192.0.2.192/29", "2001:db8:eeee:8::/62")
      .row("192.0.2.224/31", "64:ff9b::/127");
  box.set([](auto& s) {
    s.wkp_strict = false;
    s.icmp_origin_ext = false;
  });
  return box;
}

struct Hairpin {
  const char* name;
  const char* src6;
  const char* dst6;
  const char* between_src;
  const char* between_dst;
  const char* out_src;
  const char* out_dst;
  bool error;
};

// Section 2.1; the quoted packet is the same in both errors.
const Hairpin kHairpins[] = {
    {"HP-05 A", "2001:db8:aaaa::", "64:ff9b::192.0.2.2", "192.0.2.1", "192.0.2.2",
     "64:ff9b::192.0.2.1", "2001:db8:bbbb::b", false},
    {"HP-05 B, from a router", "2001:db8::1234", "64:ff9b::192.0.2.1", "198.51.100.1", "192.0.2.1",
     "64:ff9b::198.51.100.1", "2001:db8:aaaa::", true},
    {"HP-05 B, from the destination, HP-04", "2001:db8:bbbb::b", "64:ff9b::192.0.2.1", "192.0.2.2",
     "192.0.2.1", "64:ff9b::192.0.2.2", "2001:db8:aaaa::", true},
    {"HP-05 A, the way back", "2001:db8:bbbb::b", "64:ff9b::192.0.2.1", "192.0.2.2", "192.0.2.1",
     "64:ff9b::192.0.2.2", "2001:db8:aaaa::", false},
};

TEST(Vector, HairpinsOfSection21) {
  for (const u8 role : {SIIT_ROLE_BR, SIIT_ROLE_SIIT}) {
    const Box box = table_t(role);
    const Bytes data = udp(40000, 53, bytes("over and back"));
    const auto quote6 = [&](const char* src, const char* dst) {
      return ip6({.src = src, .dst = dst, .hop_limit = 60}, kUdp, data);
    };
    const auto quote4 = [&](const char* src, const char* dst) {
      return ip4({.src = src, .dst = dst, .ttl = 60}, kUdp, data);
    };
    for (const Hairpin& h : kHairpins) {
      SCOPED_TRACE(h.name);
      Bytes in, between, out;
      if (h.error) {
        in = ip6({.src = h.src6, .dst = h.dst6, .hop_limit = 64}, kIcmp6,
                 icmp(1, 4, 0, quote6("64:ff9b::192.0.2.1", "2001:db8:bbbb::b")));
        between = ip4({.src = h.between_src, .dst = h.between_dst, .ttl = 63}, kIcmp,
                      icmp(3, 3, 0, quote4("192.0.2.1", "192.0.2.2")));
        out = ip6({.src = h.out_src, .dst = h.out_dst, .hop_limit = 63}, kIcmp6,
                  icmp(1, 4, 0, quote6("2001:db8:aaaa::", "64:ff9b::192.0.2.2")));
      } else {
        in = ip6({.src = h.src6, .dst = h.dst6, .hop_limit = 64}, kUdp, data);
        between = ip4({.src = h.between_src, .dst = h.between_dst, .ttl = 63}, kUdp, data);
        // HP-06: one hop for both passes
        out = ip6({.src = h.out_src, .dst = h.out_dst, .hop_limit = 63}, kUdp, data);
      }
      const Result r = translate(box, in);
      EXPECT_EQ(to_hex(r.between), to_hex(between));
      EXPECT_EQ(show(r), translated(out));
      EXPECT_EQ(r.stat, "translated_hairpin");
    }
  }
}

TEST(Vector, WithoutHairpinThePacketGoesToIpv4) {
  Box box = table_t();
  box.set([](auto& s) { s.hairpin = SIIT_HAIRPIN_OFF; });
  const Bytes data = udp(40000, 53, bytes("there"));
  const Result r =
      translate(box, ip6({.src = "2001:db8:aaaa::", .dst = "64:ff9b::192.0.2.2"}, kUdp, data));
  EXPECT_EQ(show(r), translated(ip4({.src = "192.0.2.1", .dst = "192.0.2.2", .ttl = 63}, kUdp, data)));
  EXPECT_TRUE(r.between.empty());
}

// An EAM destination is never hairpinned (HP-05 A): it was not mapped by RFC 6052.
TEST(Vector, HairpinNeedsThePrefix) {
  const Box box = table_t(SIIT_ROLE_SIIT);
  const Bytes data = udp(1, 2, {});
  const Result r =
      translate(box, ip6({.src = "2001:db8:aaaa::", .dst = "2001:db8:bbbb::b"}, kUdp, data));
  EXPECT_EQ(show(r), translated(ip4({.src = "192.0.2.1", .dst = "192.0.2.2", .ttl = 63}, kUdp, data)));
}

}  // namespace
