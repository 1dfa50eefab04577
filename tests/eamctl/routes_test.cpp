// SPDX-License-Identifier: GPL-2.0
// BR-15: the routes through the device.
#include "routes.h"

#include <gtest/gtest.h>

#include <random>

#include "fake_kernel.h"

namespace eam {
namespace {

Values values(const std::vector<std::pair<std::string, std::string>>& texts) {
  Values all;
  for (const auto& [key, text] : texts) {
    const Setting* setting = find_setting(key);
    all.emplace(setting->attribute, *parse_value(*setting, text));
  }
  return all;
}

std::vector<Prefix4> prefixes(const std::vector<std::string>& texts) {
  std::vector<Prefix4> all;
  all.reserve(texts.size());
  for (const std::string& text : texts) all.push_back(*parse_prefix4(text));
  return all;
}

std::vector<std::string> texts(const std::vector<Route>& routes) {
  std::vector<std::string> all;
  all.reserve(routes.size());
  for (const Route& route : routes)
    all.push_back(to_string(route.prefix) + " " + std::to_string(route.mtu));
  return all;
}

using Texts = std::vector<std::string>;

TEST(Routes, AggregatesAreMinimal) {
  EXPECT_EQ(aggregate(prefixes({"192.0.2.1", "192.0.2.0", "192.0.2.2", "192.0.2.3"})),
            prefixes({"192.0.2.0/30"}));
  EXPECT_EQ(aggregate(prefixes({"192.0.2.1", "192.0.2.2"})), prefixes({"192.0.2.1", "192.0.2.2"}));
  EXPECT_EQ(aggregate(prefixes({"192.0.2.7", "192.0.2.0/24", "192.0.3.0/24"})),
            prefixes({"192.0.2.0/23"}));
  EXPECT_EQ(aggregate(prefixes({"0.0.0.0/1", "128.0.0.0/1"})), prefixes({"0.0.0.0/0"}));
  EXPECT_EQ(aggregate(prefixes({"0.0.0.0/0", "255.255.255.255"})), prefixes({"0.0.0.0/0"}));
  EXPECT_TRUE(aggregate({}).empty());
}

TEST(Routes, AggregatesCoverExactlyTheSameAddresses) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Prefix4> input;
    std::vector<bool> expected(256);
    for (unsigned i = 0; i < 1 + random() % 40; ++i) {
      const auto length = static_cast<std::uint8_t>(25 + random() % 8);
      const Prefix4 prefix = masked(Prefix4{{static_cast<std::uint32_t>(random() % 256)}, length});
      input.push_back(prefix);
      for (std::uint32_t a = prefix.address.value;
           a < prefix.address.value + (1U << (32U - length)); ++a)
        expected[a] = true;
    }
    std::vector<bool> covered(256);
    const std::vector<Prefix4> output = aggregate(input);
    for (const Prefix4& prefix : output)
      for (std::uint32_t a = prefix.address.value;
           a < prefix.address.value + (1U << (32U - prefix.length)); ++a) {
        EXPECT_FALSE(covered[a]) << "twice, round " << round;
        covered[a] = true;
      }
    EXPECT_EQ(covered, expected) << "round " << round;
    EXPECT_EQ(aggregate(output), output) << "round " << round;
  }
}

TEST(Routes, BorderRelayRoutesPrefixAndColumn) {
  const Values br = values({{"role", "br"}, {"prefix", "2001:db8:46::/96"}});
  EXPECT_TRUE(plan_needs_rows(br));
  EXPECT_EQ(texts(plan_routes(br, prefixes({"192.0.2.1", "192.0.2.0"}))),
            (Texts{"192.0.2.0/31 1260", "2001:db8:46::/96 0"}));
}

TEST(Routes, PoolReplacesTheColumn) {
  const Values br = values({{"role", "br"},
                            {"prefix", "2001:db8:46::/96"},
                            {"pool4", "192.0.2.0/24"},
                            {"lowest-ipv6-mtu", "1500"}});
  EXPECT_FALSE(plan_needs_rows(br));
  EXPECT_EQ(texts(plan_routes(br, {})), (Texts{"192.0.2.0/24 1480", "2001:db8:46::/96 0"}));
}

// BR-13: services without a row have a route of their own.
TEST(Routes, TranslatableServices) {
  const Values br = values(
      {{"role", "br"}, {"prefix", "2001:db8:46::/96"}, {"translatable4", "198.18.0.0/28"}});
  EXPECT_TRUE(plan_needs_rows(br));
  EXPECT_EQ(texts(plan_routes(br, prefixes({"192.0.2.1"}))),
            (Texts{"192.0.2.1 1260", "198.18.0.0/28 1260", "2001:db8:46::/96 0"}));
  EXPECT_FALSE(same_plan(br, values({{"role", "br"}, {"prefix", "2001:db8:46::/96"}})));
  EXPECT_EQ(texts(plan_routes(values({{"role", "er"}, {"translatable4", "198.18.0.0/28"}}), {})),
            (Texts{"0.0.0.0/0 1260"}));
}

TEST(Routes, PlainTranslatorIsLikeBorderRelay) {
  EXPECT_EQ(texts(plan_routes(values({{"prefix", "2001:db8:46::/96"}}), prefixes({"192.0.2.1"}))),
            (Texts{"192.0.2.1 1260", "2001:db8:46::/96 0"}));
  EXPECT_TRUE(plan_routes({}, {}).empty());
}

TEST(Routes, EdgeRelayHasTheDefaultRouteOrItsPool) {
  const Values er = values({{"role", "er"}, {"prefix", "2001:db8:46::/96"}});
  EXPECT_FALSE(plan_needs_rows(er));
  EXPECT_EQ(texts(plan_routes(er, {})), (Texts{"0.0.0.0/0 1260"}));
  EXPECT_EQ(texts(plan_routes(values({{"role", "er"}, {"pool4", "203.0.113.0/24"}}), {})),
            (Texts{"203.0.113.0/24 1260"}));
}

// A default route to the translator would swallow what it translates to IPv4.
TEST(Routes, RowOfEverythingIsNoDefaultRoute) {
  EXPECT_EQ(texts(plan_routes(values({{"role", "br"}}), prefixes({"0.0.0.0/0", "198.51.100.64"}))),
            (Texts{"198.51.100.64 1260"}));
}

TEST(Routes, PlanDependsOnFiveSettings) {
  const Values br = values({{"role", "br"}, {"prefix", "2001:db8:46::/96"}, {"udp-zero", "drop"}});
  Values other = br;
  other[find_setting("udp-zero")->attribute] = *parse_value(*find_setting("udp-zero"), "forward");
  EXPECT_TRUE(same_plan(br, other));
  other[find_setting("routes")->attribute] = false;
  EXPECT_FALSE(same_plan(br, other));
  other = br;
  other[find_setting("prefix")->attribute] = *parse_prefix6("2001:db8:47::/96");
  EXPECT_FALSE(same_plan(br, other));
}

TEST(Routes, OffMeansNone) {
  const Values off = values({{"role", "br"}, {"prefix", "2001:db8:46::/96"}, {"routes", "off"}});
  EXPECT_FALSE(plan_needs_rows(off));
  EXPECT_TRUE(plan_routes(off, prefixes({"192.0.2.1"})).empty());
}

TEST(Routes, ForeignRouteStaysAndIsAWarning) {
  test::FakeHost host;
  host.foreign = {*parse_prefix("0.0.0.0/0")};
  const auto changes = add_routes(host, 7, {{*parse_prefix("0.0.0.0/0"), 1260}});
  ASSERT_TRUE(changes);
  EXPECT_EQ(changes->warnings.size(), 1U);
  EXPECT_TRUE(host.present.empty());
}

TEST(Routes, OtherMtuIsReplacedAndStaleOnesGo) {
  test::FakeHost host;
  host.present = {{*parse_prefix("192.0.2.0/24"), 1260}, {*parse_prefix("198.51.100.0/24"), 1260}};
  const std::vector<Route> wanted{{*parse_prefix("192.0.2.0/24"), 1480}};
  ASSERT_TRUE(add_routes(host, 7, wanted));
  ASSERT_TRUE(remove_stale_routes(host, 7, wanted));
  EXPECT_EQ(host.actions,
            (Texts{"replace route 192.0.2.0/24 mtu 1480", "delete route 198.51.100.0/24"}));
  // A second time there is nothing to do.
  host.actions.clear();
  ASSERT_TRUE(add_routes(host, 7, wanted));
  ASSERT_TRUE(remove_stale_routes(host, 7, wanted));
  EXPECT_TRUE(host.actions.empty());
}

}  // namespace
}  // namespace eam
