// SPDX-License-Identifier: GPL-2.0
// Refusals: errors of our own, and what their sender needs to know (requirements 10).
#include <gtest/gtest.h>

#include "cases.h"

namespace {

using namespace pkt;
using namespace xlat;

TEST(Generated, Ge05RoutedToUsButUnmapped) {
  const Box box = standard();
  check(box, {{"6, unmapped destination", p6(kS6, "2001:db8:77::7"), rejected("reject_unmapped_destination", 1, 0), xmit()},
              {"6, multicast", p6(kS6, "ff02::1"), dropped("drop_illegal_destination"), xmit()},
              {"6, unmapped source", p6("2001:db8:9::9", kC6), rejected("reject_unmapped_source", 1, 1), xmit()}});
}

// What a sender of errors needs to know, even where parsing gave up early.
TEST(Generated, Ge10MatchSaysWhatItIsAbout) {
  const Box box = standard();
  const auto match46 = [&](const Bytes& in) {
    siit_pkt p{};
    siit_match m;
    memset(&m, 0xa5, sizeof(m));
    p.data = in.data();
    p.have = p.len = static_cast<u32>(in.size());
    p.flags = SIIT_PKT_XMIT;
    siit_match46(box.cfg(), &p, &m);
    return m;
  };
  siit_match m = match46(ip4({.offset = 4, .options = from_hex("830704c000026300")}, kUdp, pattern(8)));
  EXPECT_EQ(m.verdict, SIIT_REJECT);
  EXPECT_EQ(m.frag_off, 32);  // GE-10: not about a later fragment
  m = match46(ip4({.options = from_hex("830704c000026300")}, kIcmp, icmp(3, 1, 0, pattern(28))));
  EXPECT_EQ(m.verdict, SIIT_REJECT);
  EXPECT_EQ(m.proto, kIcmp);
}

}  // namespace
