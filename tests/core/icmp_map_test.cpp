// SPDX-License-Identifier: GPL-2.0
// ICMP types, codes and pointers: all of them, against tables of the RFC's own
// kind (requirements 7 and 8).
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "translate.h"

namespace {

using namespace pkt;
using namespace xlat;

struct Row {
  const char* id;
  int type;
  std::vector<int> codes;
  int to_type;
  int to_code;  // -1: the same
};

const Row k46[] = {
    {"IC46-01", 8, {0}, 128, 0},
    {"IC46-02", 0, {0}, 129, 0},
    {"IC46-04", 3, {0, 1}, 1, 0},
    {"IC46-05", 3, {2}, 4, 1},
    {"IC46-06", 3, {3}, 1, 4},
    {"IC46-07", 3, {4}, 2, 0},
    {"IC46-08", 3, {5}, 1, 0},
    {"IC46-09", 3, {6, 7, 8}, 1, 0},
    {"IC46-10", 3, {9, 10}, 1, 1},
    {"IC46-11", 3, {11, 12}, 1, 0},
    {"IC46-12", 3, {13}, 1, 1},
    {"IC46-14", 3, {15}, 1, 1},
    {"IC46-17", 11, {0, 1}, 3, -1},
    {"IC46-18", 12, {0, 2}, 4, 0},
};

const Row k64[] = {
    {"IC64-01", 128, {0}, 8, 0},
    {"IC64-02", 129, {0}, 0, 0},
    {"IC64-05", 1, {0, 2, 3}, 3, 1},
    {"IC64-06", 1, {1}, 3, 10},
    {"IC64-07", 1, {4}, 3, 3},
    {"IC64-10", 3, {0, 1}, 11, -1},
    {"IC64-11", 4, {0}, 12, 0},
    {"IC64-12", 4, {1}, 3, 2},
};

template <size_t N>
std::optional<std::pair<int, int>> expected(const Row (&table)[N], int type, int code) {
  for (const Row& row : table)
    for (const int c : row.codes)
      if (row.type == type && c == code)
        return std::pair{row.to_type, row.to_code < 0 ? code : row.to_code};
  return {};
}

// The quoted packets: what the receiver of the error had sent.
Bytes quote4() { return ip4({.src = "192.0.2.1", .dst = "203.0.113.50"}, kUdp, udp(53, 5000, bytes("hello"))); }
Bytes quote6() { return ip6({.src = "2001:db8:46::cb00:7132", .dst = "2001:db8:12:34::1"}, kUdp, udp(5000, 53, bytes("hello"))); }

// IC-02, IC46-01..20; the pointer is 0, which has a counterpart.
TEST(IcmpMap, Ic03All65536From4To6) {
  const Box box = standard();
  for (int type = 0; type < 256; type++)
    for (int code = 0; code < 256; code++) {
      const Bytes in = ip4({}, kIcmp, icmp(static_cast<uint8_t>(type), static_cast<uint8_t>(code), 0, quote4()));
      const Result r = translate(box, in);
      const auto want = expected(k46, type, code);
      if (!want) {
        ASSERT_EQ(show(r), dropped("drop_icmp_type")) << type << "/" << code;
        continue;
      }
      ASSERT_EQ(r.verdict, SIIT_XLAT) << type << "/" << code << " " << show(r);
      ASSERT_EQ(r.out.at(40), want->first) << type << "/" << code;
      ASSERT_EQ(r.out.at(41), want->second) << type << "/" << code;
      ASSERT_EQ(malformed(r.out), "");
      ASSERT_TRUE(checksums_ok(r.out)) << type << "/" << code;
      const bool echo = type == 0 || type == 8;
      ASSERT_EQ(r.stat, echo ? "translated" : "translated_icmp_error");
      ASSERT_TRUE(checksums_ok(quoted(r.out)) || echo);
    }
}

// IC-02, IC64-01..14
TEST(IcmpMap, Ic03All65536From6To4) {
  const Box box = standard();
  for (int type = 0; type < 256; type++)
    for (int code = 0; code < 256; code++) {
      const Bytes in = ip6({}, kIcmp6, icmp(static_cast<uint8_t>(type), static_cast<uint8_t>(code), 0, quote6()));
      const Result r = translate(box, in);
      auto want = expected(k64, type, code);
      if (type == 2) want = {3, 4};  // IC64-09: whatever the code
      if (!want) {
        ASSERT_EQ(show(r), dropped("drop_icmp_type")) << type << "/" << code;
        continue;
      }
      ASSERT_EQ(r.verdict, SIIT_XLAT) << type << "/" << code << " " << show(r);
      ASSERT_EQ(r.out.at(20), want->first) << type << "/" << code;
      ASSERT_EQ(r.out.at(21), want->second) << type << "/" << code;
      ASSERT_EQ(malformed(r.out), "");
      ASSERT_TRUE(checksums_ok(r.out)) << type << "/" << code;
      const bool echo = type == 128 || type == 129;
      ASSERT_EQ(r.stat, echo ? "translated" : "translated_icmp_error");
      ASSERT_TRUE(checksums_ok(quoted(r.out)) || echo);
    }
}

// The tables themselves, as explain reads them.
TEST(IcmpMap, TheFunctionsSayTheSame) {
  for (int type = 0; type < 256; type++)
    for (int code = 0; code < 256; code++) {
      siit_icmp_map map{};
      const auto w4 = expected(k46, type, code);
      ASSERT_EQ(siit_icmpmap46(static_cast<u8>(type), static_cast<u8>(code), &map), w4.has_value());
      if (w4) {
        ASSERT_EQ(std::pair(int(map.type), int(map.code)), *w4);
      }
    }
}

// IC46-18: pointers. -1: drop.
TEST(IcmpMap, Ic46_18EveryPointer) {
  const Box box = standard();
  for (int pointer = 0; pointer < 256; pointer++) {
    int want = -1;
    switch (pointer) {
      case 0: want = 0; break;
      case 1: want = 1; break;
      case 2: case 3: want = 4; break;
      case 8: want = 7; break;
      case 9: want = 6; break;
      case 12: case 13: case 14: case 15: want = 8; break;
      case 16: case 17: case 18: case 19: want = 24; break;
    }
    for (const uint8_t code : {0, 2})
      // The three octets behind the pointer are unused (IC-01).
      for (const uint32_t unused : {0u, 0x00ff00u, 0x0000ffu}) {
        if (unused == 0x00ff00) continue;  // 4884's length is among them
        const Result r = translate(
            box, ip4({}, kIcmp, icmp(12, code, static_cast<uint32_t>(pointer) << 24 | unused, quote4())));
        if (want < 0) {
          EXPECT_EQ(show(r), dropped("drop_icmp_type")) << pointer;
        } else {
          ASSERT_EQ(r.verdict, SIIT_XLAT) << pointer;
          EXPECT_EQ(get32(r.out, 44), static_cast<uint32_t>(want)) << pointer;
          EXPECT_TRUE(checksums_ok(r.out));
        }
      }
  }
}

// IC46-05: the pointer is at Next Header, IC64-12: lost.
TEST(IcmpMap, Ic46_05ProtocolUnreachable) {
  const Box box = standard();
  const Result r = translate(box, ip4({}, kIcmp, icmp(3, 2, 0, quote4())));
  EXPECT_EQ(get32(r.out, 44), 6u);
  const Result back = translate(box, ip6({}, kIcmp6, icmp(4, 1, 6, quote6())));
  ASSERT_EQ(back.verdict, SIIT_XLAT);
  EXPECT_EQ(get32(back.out, 24), 0u);
}

TEST(IcmpMap, Ic64_11EveryPointer) {
  const Box box = standard();
  const auto want = [](uint32_t p) {
    if (p <= 1) return static_cast<int>(p);
    if (p <= 3) return -1;
    if (p <= 5) return 2;
    if (p == 6) return 9;
    if (p == 7) return 8;
    if (p <= 23) return 12;
    if (p <= 39) return 16;
    return -1;
  };
  std::vector<uint32_t> pointers;
  for (uint32_t p = 0; p < 300; p++) pointers.push_back(p);
  // Whose low octet alone would be a good one.
  for (const uint32_t p : {0x100u, 0x106u, 0x10000u, 0x1000000u, 0xffffffffu, 0xff000004u}) pointers.push_back(p);
  for (const uint32_t p : pointers) {
    const Result r = translate(box, ip6({}, kIcmp6, icmp(4, 0, p, quote6())));
    if (want(p) < 0) {
      EXPECT_EQ(show(r), dropped("drop_icmp_type")) << p;
    } else {
      ASSERT_EQ(r.verdict, SIIT_XLAT) << p;
      EXPECT_EQ(get32(r.out, 24), static_cast<uint32_t>(want(p)) << 24) << p;
      EXPECT_TRUE(checksums_ok(r.out));
    }
  }
}

// IC-01: unused fields are zero in the output, whatever was in the input. A
// length attribute that points past the message means nothing (IE-16).
TEST(IcmpMap, Ic01UnusedFieldsAreZeroed) {
  const Box box = standard();
  for (const Row& row : k46) {
    if (row.type != 3 && row.type != 11) continue;
    for (const int code : row.codes) {
      if (code == 4 || code == 2) continue;
      const Result r = translate(
          box, ip4({}, kIcmp, icmp(static_cast<uint8_t>(row.type), static_cast<uint8_t>(code), 0xffffffff, quote4())));
      ASSERT_EQ(r.verdict, SIIT_XLAT);
      EXPECT_EQ(get32(r.out, 44), 0u) << row.id;
    }
  }
  for (const Row& row : k64) {
    if (row.type != 1 && row.type != 3) continue;
    for (const int code : row.codes) {
      const Result r = translate(
          box, ip6({}, kIcmp6, icmp(static_cast<uint8_t>(row.type), static_cast<uint8_t>(code), 0xffffffff, quote6())));
      ASSERT_EQ(r.verdict, SIIT_XLAT);
      EXPECT_EQ(get32(r.out, 24), 0u) << row.id;
    }
  }
}

// IC64-03, IC64-04, AD-11, RT-06: ours if to this host, in every role.
TEST(IcmpMap, Ic64_04HousekeepingReachesTheStack) {
  for (const u8 role : {SIIT_ROLE_SIIT, SIIT_ROLE_ER}) {
    const Box box = standard(role);
    How own, elsewhere;
    own.fib.dst_own = true;
    for (const std::string src : {"2001:db8:46::cb00:7132", "fe80::1", "::", "2001:db8:9::9"})
      for (const uint8_t type : {130, 131, 132, 133, 134, 135, 136, 137, 143}) {
        SCOPED_TRACE(src + " type " + std::to_string(type) + " role " + std::to_string(role));
        const Bytes in = ip6({.src = src, .dst = "2001:db8:12:34::1", .hop_limit = 255}, kIcmp6,
                             icmp(type, 0, 0, pattern(24)));
        EXPECT_EQ(translate(box, in, own).verdict, SIIT_LEAVE);
        EXPECT_NE(translate(box, in, elsewhere).verdict, SIIT_XLAT);
      }
    // AD-14: everything else is the EAM's, ping of its address included.
    for (int type = 0; type < 256; type++) {
      if ((type >= 130 && type <= 137) || type == 143) continue;
      const Bytes in = ip6({.src = "2001:db8:46::cb00:7132", .dst = "2001:db8:12:34::1"}, kIcmp6,
                           icmp(static_cast<uint8_t>(type), 0, 0, pattern(24)));
      EXPECT_NE(translate(box, in, own).verdict, SIIT_LEAVE) << type;
    }
  }
}

}  // namespace
