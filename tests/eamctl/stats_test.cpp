// SPDX-License-Identifier: GPL-2.0
// eamctl stats --watch and --prometheus.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "fake_kernel.h"

namespace eam {
namespace {

using test::Fixture;
using Json = nlohmann::json;

void make_counters(Fixture& f) {
  f.instance();
  f.kernel.counters.bytes46 = 1000;
  f.kernel.counters.bytes64 = 2000;
  f.kernel.counters.stats = {
      {"translated", SIIT_STAT_CLASS_TRANSLATED, 10, 20, "translated"},
      {"left_not_ours", SIIT_STAT_CLASS_LEFT, 0, 1, "no mapping"},
      {"drop_truncated", SIIT_STAT_CLASS_DROPPED, 3, 0, "cut short"},
      {"reject_ttl", SIIT_STAT_CLASS_REJECTED, 4, 5, "TTL"},
      {"icmp_errors_sent", SIIT_STAT_CLASS_MESSAGE, 6, 7, "errors"}};
}

TEST(StatsWatch, RatesOfEachInterval) {
  Fixture f;
  make_counters(f);
  f.waits = {[&] { f.kernel.counters.stats[0].packets46 += 200; },
             // A new device: its counters began at zero.
             [&] {
               f.kernel.counters.stats[0] = {"translated", SIIT_STAT_CLASS_TRANSLATED, 50, 20, ""};
             }};
  EXPECT_EQ(f.run({"-j", "stats", "--watch", "2"}), 0);
  EXPECT_EQ(f.flushes, 2U);
  std::istringstream lines(f.out);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  Json json = Json::parse(line);
  EXPECT_EQ(json["per_second"]["counters"],
            (Json{{"translated", {{"packets46", 100}, {"packets64", 0}}}}));
  EXPECT_EQ(json["per_second"]["bytes46"], 0);
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(Json::parse(line)["per_second"]["counters"]["translated"]["packets46"], 25);
  EXPECT_FALSE(std::getline(lines, line));
}

TEST(StatsWatch, EverySecondIfNotGiven) {
  Fixture f;
  make_counters(f);
  f.waits = {[&] { f.kernel.counters.stats[2].packets46 += 7; }};
  EXPECT_EQ(f.run({"stats", "--watch"}), 0) << f.err;
  EXPECT_NE(f.out.find("IPv4 packets/s"), std::string::npos) << f.out;
  const char* line = "  drop_truncated                      7              0  cut short\n";
  EXPECT_NE(f.out.find(line), std::string::npos) << f.out;
  EXPECT_EQ(f.out.find("reject_ttl"), std::string::npos) << f.out;
}

TEST(Prometheus, ReadsBackLineByLine) {
  Fixture f;
  make_counters(f);
  const Setting* role = find_setting("role");
  f.kernel.set(role->attribute, *parse_value(*role, "br"));
  const Setting* rows = find_setting("max-rows");
  f.kernel.set(rows->attribute, *parse_value(*rows, "5000"));
  f.kernel.now.generation = 9;
  f.kernel.table = {test::row("192.0.2.1", "2001:db8::1")};
  EXPECT_EQ(f.run({"stats", "--prometheus"}), 0);

  std::istringstream lines(f.out);
  std::set<std::string> described;
  std::set<std::string> typed;
  std::set<std::string> samples;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, what, name, rest;
    if (line.starts_with("# ")) {
      words >> hash >> what >> name >> rest;
      EXPECT_TRUE((what == "HELP" ? described : typed).insert(name).second) << line;
      if (what != "HELP") {
        EXPECT_EQ(rest, name.ends_with("_total") ? "counter" : "gauge") << line;
      }
      continue;
    }
    name = line.substr(0, line.find('{'));
    EXPECT_TRUE(described.contains(name) && typed.contains(name)) << line;
    EXPECT_TRUE(samples.insert(line).second) << line;
    const std::string number = line.substr(line.find("} ") + 2);
    EXPECT_EQ(number.find_first_not_of("0123456789"), std::string::npos) << line;
  }
  // What dashboards and alerts ask for.
  const std::set<std::string> names = {
      "siit_dc_info",
      "siit_dc_rows",
      "siit_dc_rows_max",
      "siit_dc_generation",
      "siit_dc_translated_bytes_total",
      "siit_dc_translated_packets_total",
      "siit_dc_left_packets_total",
      "siit_dc_dropped_packets_total",
      "siit_dc_rejected_packets_total",
      "siit_dc_icmp_errors_total"};
  EXPECT_EQ(described, names);
  EXPECT_EQ(typed, names);

  const std::string rest = R"({device="siit0",reason=")";
  for (const std::string& line : std::vector<std::string>{
        R"(siit_dc_rows{device="siit0"} 1)", R"(siit_dc_rows_max{device="siit0"} 5000)",
        R"(siit_dc_generation{device="siit0"} 9)",
        R"(siit_dc_translated_bytes_total{device="siit0",direction="6to4"} 2000)",
        "siit_dc_translated_packets_total" + rest + R"(translated",direction="4to6"} 10)",
        "siit_dc_left_packets_total" + rest + R"(left_not_ours",direction="6to4"} 1)",
        "siit_dc_dropped_packets_total" + rest + R"(drop_truncated",direction="4to6"} 3)",
        "siit_dc_dropped_packets_total" + rest + R"(drop_truncated",direction="6to4"} 0)",
        "siit_dc_rejected_packets_total" + rest + R"(reject_ttl",direction="4to6"} 4)",
        "siit_dc_icmp_errors_total" + rest + R"(icmp_errors_sent",direction="6to4"} 7)"})
    EXPECT_TRUE(samples.contains(line)) << line << "\nnot in\n" << f.out;
  EXPECT_NE(f.out.find(R"(siit_dc_info{device="siit0",role="br",version=)"), std::string::npos);
}

}  // namespace
}  // namespace eam
