// SPDX-License-Identifier: GPL-2.0
// The counters' descriptions belong to the counters.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core.h"

namespace {

TEST(Stat, EveryCounterIsDescribed) {
  std::set<std::string> names;
  for (const siit_stat_desc& d : siit_stat_descs) {
    ASSERT_TRUE(d.name && d.help);
    EXPECT_TRUE(names.insert(d.name).second) << d.name;
    const std::string prefix = std::string(d.name).substr(0, std::string(d.name).find('_'));
    const u8 want = prefix == "translated" ? SIIT_STAT_CLASS_TRANSLATED
                    : prefix == "left"     ? SIIT_STAT_CLASS_LEFT
                    : prefix == "drop"     ? SIIT_STAT_CLASS_DROPPED
                    : prefix == "reject"   ? SIIT_STAT_CLASS_REJECTED
                                           : SIIT_STAT_CLASS_MESSAGE;
    EXPECT_EQ(d.class_, want) << d.name;
  }
}

TEST(Stat, DescriptionsAreAtTheirPlace) {
  const auto name = [](siit_stat stat) { return std::string(siit_stat_descs[stat].name); };
  EXPECT_EQ(name(SIIT_STAT_TRANSLATED), "translated");
  EXPECT_EQ(name(SIIT_STAT_NATIVE6), "left_native_ipv6");
  EXPECT_EQ(name(SIIT_STAT_UDP_ZERO), "reject_udp_zero_checksum");
  EXPECT_EQ(name(SIIT_STAT_ICMP_LIMITED), "icmp_errors_limited");
}

}  // namespace
