// SPDX-License-Identifier: GPL-2.0
#include "settings.h"

#include <gtest/gtest.h>
#include <linux/siit_dc.h>

#include <set>

namespace eam {
namespace {

Result<Value> parse(std::string_view key, std::string_view text) {
  return parse_value(*find_setting(key), text);
}

std::string round_trip(std::string_view key, std::string_view text) {
  const Result<Value> value = parse(key, text);
  return value ? to_string(*find_setting(key), *value) : describe(value.error());
}

// The table has every attribute of the contract, once.
TEST(Settings, TableCoversTheContract) {
  std::set<int> seen;
  for (const Setting& setting : all_settings()) {
    EXPECT_TRUE(seen.insert(setting.attribute).second) << setting.key;
    if (setting.attribute2 != 0) {
      EXPECT_TRUE(seen.insert(setting.attribute2).second) << setting.key;
    }
  }
  for (int attribute = 1; attribute <= SIIT_SET_A_MAX; ++attribute)
    if (attribute != SIIT_SET_A_PAD) {
      EXPECT_EQ(seen.count(attribute), 1U) << attribute;
    }
}

TEST(Settings, TextComesBack) {
  for (const auto& [key, text] : std::vector<std::pair<std::string, std::string>>{
           {"role", "br"},
           {"prefix", "2001:db8:46::/96"},
           {"prefix", "none"},
           {"lowest-ipv6-mtu", "1500"},
           {"atomic-fragments", "on"},
           {"plateaus", "65535,1492,68"},
           {"tos-fixed", "none"},
           {"tos-fixed", "255"},
           {"icmp4-src", "interface"},
           {"icmp4-src", "dummy"},
           {"icmp4-src", "198.51.100.1,198.51.100.16/28"},
           {"icmp6-src", "interface"},
           {"icmp6-src", "2001:db8::1"},
           {"hook-priority", "-450"},
           {"denylist4", "none"},
           {"pool4", "192.0.2.0/24,198.51.100.0/24"},
           {"translatable4", "198.18.0.0/28"},
           {"hits", "on"},
           {"node", "on"},
           {"proxy-nd", "eth0,br0.10"},
           {"bridge-upstream", "none"},
           {"max-rows", "268435456"}})
    EXPECT_EQ(round_trip(key, text), text) << key;
}

// AD-01: only the lengths of RFC 6052.
TEST(Settings, PrefixLengthIsOneOfRfc6052) {
  for (const int length : {32, 40, 48, 56, 64, 96})
    EXPECT_TRUE(parse("prefix", "2001:db8::/" + std::to_string(length))) << length;
  for (const int length : {0, 16, 33, 80, 95, 128})
    EXPECT_FALSE(parse("prefix", "2001:db8::/" + std::to_string(length))) << length;
}

// AD-03: octet 8 of a /96 prefix is zero.
TEST(Settings, PrefixOctet8IsZero) {
  EXPECT_FALSE(parse("prefix", "2001:db8:122:344:ff00::/96"));
  EXPECT_TRUE(parse("prefix", "2001:db8:122:344:ff::/96"));
}

TEST(Settings, PrefixWithoutHostBits) { EXPECT_FALSE(parse("prefix", "2001:db8::1/96")); }

// NL-03: ranges
TEST(Settings, RangesAreChecked) {
  EXPECT_FALSE(parse("lowest-ipv6-mtu", "1279"));
  EXPECT_TRUE(parse("lowest-ipv6-mtu", "1280"));
  EXPECT_TRUE(parse("lowest-ipv6-mtu", "65535"));
  EXPECT_FALSE(parse("lowest-ipv6-mtu", "65536"));
  EXPECT_FALSE(parse("lowest-ipv6-mtu", "1280x"));
  EXPECT_FALSE(parse("lowest-ipv6-mtu", ""));
  EXPECT_FALSE(parse("tos-fixed", "256"));
  EXPECT_FALSE(parse("max-exthdrs", "0"));
  EXPECT_FALSE(parse("icmp-rate", "0"));
  EXPECT_FALSE(parse("role", "relay"));
  EXPECT_FALSE(parse("wkp-strict", "maybe"));
  EXPECT_FALSE(parse("plateaus", "none"));
  EXPECT_FALSE(parse("icmp4-src", "none"));
  EXPECT_FALSE(parse("pool4", "192.0.2.1/24"));
  EXPECT_FALSE(parse("pool4", "192.0.2.0/24,"));
}

TEST(Settings, ListsHaveALimit) {
  std::string plateaus = "1000";
  for (int i = 1; i < SIIT_PLATEAUS_MAX; ++i) plateaus += "," + std::to_string(1000 + i);
  EXPECT_TRUE(parse("plateaus", plateaus));
  EXPECT_FALSE(parse("plateaus", plateaus + ",2000"));
  std::string pool = "10.0.0.0";
  for (int i = 1; i < SIIT_PREFIXES_MAX; ++i) pool += ",10.0.0." + std::to_string(i);
  EXPECT_TRUE(parse("pool4", pool));
  EXPECT_FALSE(parse("pool4", pool + ",10.0.1.0"));
}

Values values(const std::vector<std::pair<std::string, std::string>>& texts) {
  Values all;
  for (const auto& [key, text] : texts)
    all.emplace(find_setting(key)->attribute, *parse(key, text));
  return all;
}

// HP-07
TEST(Settings, EdgeRelayHasNoSimpleHairpin) {
  EXPECT_FALSE(check_together(values({{"role", "er"}, {"hairpin", "simple"}})));
  EXPECT_TRUE(check_together(values({{"role", "br"}, {"hairpin", "simple"}})));
  EXPECT_TRUE(check_together(values({{"role", "er"}, {"hairpin", "off"}})));
}

// BR-07
TEST(Settings, AntispoofAndSimpleHairpinExcludeEachOther) {
  EXPECT_FALSE(check_together(values({{"antispoof46", "on"}, {"hairpin", "simple"}})));
  EXPECT_FALSE(check_together(values({{"antispoof64", "on"}, {"role", "er"}})));
  EXPECT_TRUE(check_together(values({{"antispoof64", "on"}, {"role", "siit"}})));
  EXPECT_TRUE(check_together(values({{"antispoof46", "off"}, {"hairpin", "simple"}})));
  EXPECT_TRUE(check_together(values({{"antispoof46", "on"}, {"hairpin", "off"}})));
}

TEST(Settings, Warnings) {
  // AD-06
  EXPECT_EQ(warnings_about(values({{"prefix", "64:ff9b::/96"}})).size(), 1U);
  EXPECT_TRUE(warnings_about(values({{"prefix", "64:ff9b::/96"}, {"wkp-strict", "off"}})).empty());
  EXPECT_TRUE(warnings_about(values({{"prefix", "64:ff9b:1:fffe::/96"}})).empty());
  // IS-05
  EXPECT_EQ(warnings_about(values({{"icmp4-src", "10.0.0.1,100.64.0.0/24,198.51.100.1"}})).size(),
            2U);
}

TEST(Settings, SimilarKeysAreFound) {
  EXPECT_EQ(similar_keys("rolle"), "role");
  EXPECT_EQ(similar_keys("lowest-ipv6-mut"), "lowest-ipv6-mtu");
  EXPECT_EQ(similar_keys("completely-different"), "");
}

}  // namespace
}  // namespace eam
