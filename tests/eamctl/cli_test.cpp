// SPDX-License-Identifier: GPL-2.0
// Whole command lines against a kernel in memory: output, exit codes, order of actions.
#include "cli.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "fake_kernel.h"
#include "routes.h"

namespace eam {
namespace {

using test::Fixture;
using test::row;
using Json = nlohmann::json;
using Texts = std::vector<std::string>;

void set_value(Fixture& f, const std::string& key, const std::string& text) {
  const Setting* setting = find_setting(key);
  f.kernel.set(setting->attribute, *parse_value(*setting, text));
}

void expect_text(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nnot in\n" << text;
}

// NL-08: exit codes
TEST(ExitCodes, UsageErrorsAre1) {
  Fixture f;
  f.instance();
  for (const Texts& line : std::vector<Texts>{{},
                                              {"nonsense"},
                                              {"eam"},
                                              {"eam", "add", "192.0.2.1"},
                                              {"eam", "add", "192.0.2.1/24", "2001:db8::/64"},
                                              {"eam", "del", "192.0.2.1", "192.0.2.2"},
                                              {"set", "role"},
                                              {"set", "role", "relay"},
                                              {"set", "role", "er", "hairpin", "simple"},
                                              {"set", "role", "er", "role", "br"},
                                              {"get", "rolle"},
                                              {"map", "nowhere"},
                                              {"explain", "192.0.2.1", "2001:db8::1"},
                                              {"explain", "192.0.2.1", "192.0.2.2", "--ttl", "256"},
                                              {"explain", "192.0.2.1", "192.0.2.2", "--proto", "x"},
                                              {"-c=sometimes", "get"},
                                              {"check", "/nonexistent/file"},
                                              {"diff", "/nonexistent/file"},
                                              {"stats", "--watch", "0"},
                                              {"import", "/dev/null"},
                                              {"import", "--from", "nat", "/dev/null"},
                                              {"import", "--from", "jool", "/nonexistent/file"},
                                              {"eam", "replace", "/nonexistent/file"}}) {
    EXPECT_EQ(f.run(line), 1) << (line.empty() ? "" : line.back());
    EXPECT_NE(f.err, "");
    EXPECT_EQ(f.out, "");
  }
}

TEST(ExitCodes, KernelRefusalsAre2) {
  Fixture f;
  f.kernel.always = fail(test::kernel_error(ENODEV, "no instance"));
  for (const Texts& line : std::vector<Texts>{{"stats"},
                                              {"get"},
                                              {"show"},
                                              {"monitor"},
                                              {"stats", "--prometheus"},
                                              {"stats", "--watch"},
                                              {"eam", "show"},
                                              {"eam", "add", "192.0.2.1", "2001:db8::1"},
                                              {"eam", "del", "192.0.2.1"},
                                              {"set", "role", "br"}}) {
    EXPECT_EQ(f.run(line), 2) << line.front();
    expect_text(f.err, "eamctl: error: ");
  }
}

TEST(ExitCodes, NoPermissionOrNoModuleIs3) {
  Fixture f;
  f.kernel.always = fail(test::kernel_error(EPERM, "no permission"));
  EXPECT_EQ(f.run({"get"}), 3);
  EXPECT_EQ(f.run({"eam", "add", "192.0.2.1", "2001:db8::1"}), 3);
  f.host.create_result = fail(test::kernel_error(EPERM, "no permission"));
  EXPECT_EQ(f.run({"up"}), 3);
}

TEST(Help, EveryCommandHasExamples) {
  Fixture f;
  for (const Texts& line : std::vector<Texts>{{},
                                              {"up"},
                                              {"down"},
                                              {"eam"},
                                              {"eam", "add"},
                                              {"eam", "del"},
                                              {"eam", "show"},
                                              {"eam", "flush"},
                                              {"eam", "replace"},
                                              {"set"},
                                              {"get"},
                                              {"map"},
                                              {"explain"},
                                              {"stats"},
                                              {"check"},
                                              {"apply"},
                                              {"show"},
                                              {"diff"},
                                              {"import"},
                                              {"monitor"}}) {
    Texts with_help = line;
    with_help.emplace_back("--help");
    EXPECT_EQ(f.run(with_help), 0);
    expect_text(f.out, "Examples:\n  eamctl");
  }
  EXPECT_EQ(f.run({"set", "--help"}), 0);
  for (const Setting& setting : all_settings()) expect_text(f.out, std::string(setting.key));
  EXPECT_EQ(f.run({"--version"}), 0);
  EXPECT_EQ(f.out.substr(0, 7), "eamctl ");
}

TEST(Globals, OptionsStandBeforeOrAfterTheCommand) {
  Fixture f;
  f.instance();
  EXPECT_EQ(f.run({"-j", "-n", "blue", "eam", "show"}), 0);
  EXPECT_EQ(f.out, "[]\n");
  EXPECT_EQ(f.entered, "blue");
  EXPECT_EQ(f.run({"eam", "show", "--json", "--netns", "/proc/1/ns/net"}), 0);
  EXPECT_EQ(f.out, "[]\n");
  EXPECT_EQ(f.entered, "/proc/1/ns/net");
}

TEST(EamShow, Hits) {
  Fixture f;
  f.instance();
  f.kernel.table = {row("192.0.2.16/28", "2001:db8:1::/124", Scope::kLocal), row("192.0.2.1", "2001:db8::1")};
  EXPECT_EQ(f.run({"eam", "show", "--hits"}), 1);
  expect_text(f.err, "eamctl set hits on");
  ASSERT_EQ(f.run({"set", "hits", "on"}), 0) << f.err;
  ASSERT_EQ(f.run({"eam", "show", "--hits"}), 0) << f.err;
  EXPECT_EQ(f.out,
            "192.0.2.1      2001:db8::1       remote  4->6 1000         6->4 7\n"
            "192.0.2.16/28  2001:db8:1::/124  local   4->6 0            6->4 7\n");
  ASSERT_EQ(f.run({"-j", "eam", "show", "--hits", "192.0.2.1"}), 0) << f.err;
  EXPECT_EQ(f.out,
            R"([{"ipv4":"192.0.2.1","ipv6":"2001:db8::1","scope":"remote","hits46":1000,"hits64":7}])"
            "\n");
}

TEST(Globals, ColorOnlyWhereAskedFor) {
  Fixture f;
  f.instance();
  f.kernel.table = {row("192.0.2.1", "2001:db8::1")};
  EXPECT_EQ(f.run({"eam", "show"}), 0);
  EXPECT_EQ(f.out.find('\x1b'), std::string::npos);
  for (const char* option : {"-c", "-c=always", "--color=always"}) {
    EXPECT_EQ(f.run({option, "eam", "show"}), 0);
    EXPECT_NE(f.out.find('\x1b'), std::string::npos) << option;
  }
  EXPECT_EQ(f.run({"-c", "-j", "eam", "show"}), 0);
  EXPECT_EQ(f.out.find('\x1b'), std::string::npos);
}

TEST(Up, CreatesSetsRoleAndRoutes) {
  Fixture f;
  set_value(f, "prefix", "2001:db8:46::/96");
  f.kernel.table = {row("192.0.2.1", "2001:db8::1")};
  EXPECT_EQ(f.run({"up", "--role", "br"}), 0) << f.err;
  EXPECT_EQ(f.host.actions, (Texts{"create siit0", "up", "add route 192.0.2.1 mtu 1260",
                                   "add route 2001:db8:46::/96"}));
  f.host.actions.clear();
  EXPECT_EQ(f.run({"up", "siit0"}), 0);
  EXPECT_TRUE(f.host.actions.empty());
}

TEST(Up, OneInstanceInANamespace) {
  Fixture f;
  f.instance();
  EXPECT_EQ(f.run({"up", "other0"}), 2);
  expect_text(f.err, "is called siit0");
}

TEST(Up, RemovesWhatItMadeIfItFails) {
  Fixture f;
  f.host.up_result = fail(test::kernel_error(ENOMEM, "no memory"));
  EXPECT_EQ(f.run({"up"}), 2);
  EXPECT_FALSE(f.host.device);
}

// RT-08
TEST(Up, WarnsWithoutForwarding) {
  Fixture f;
  f.host.forwarding = 0;
  EXPECT_EQ(f.run({"up", "--role", "br"}), 0);
  expect_text(f.err, "warning: net.ipv4.ip_forward is 0");
  expect_text(f.err, "warning: net.ipv6.conf.all.forwarding is 0");
  EXPECT_EQ(f.run({"up", "--role", "er"}), 0);
  EXPECT_EQ(f.err, "");
}

TEST(Down, RemovesOrKeeps) {
  Fixture f;
  f.instance();
  EXPECT_EQ(f.run({"down", "--keep"}), 0);
  EXPECT_EQ(f.run({"down", "other0"}), 2);
  EXPECT_EQ(f.run({"down"}), 0);
  EXPECT_EQ(f.host.actions, (Texts{"down", "delete"}));
  EXPECT_EQ(f.run({"down"}), 0);
}

TEST(EamAdd, AddsTheRowAndItsRouteWithoutADump) {
  Fixture f;
  f.instance();
  set_value(f, "role", "br");
  EXPECT_EQ(f.run({"eam", "add", "192.0.2.0", "2001:db8::1"}), 0) << f.err;
  EXPECT_EQ(f.run({"eam", "add", "192.0.2.1", "2001:db8::2", "local"}), 0) << f.err;
  EXPECT_EQ(f.kernel.dumps, 0);
  EXPECT_EQ(f.kernel.table.at(1).scope, Scope::kLocal);
  ASSERT_EQ(f.host.present.size(), 1U);
  EXPECT_EQ(to_string(f.host.present[0].prefix), "192.0.2.0/31");
}

TEST(EamAdd, TouchesNoRouteWithAPool) {
  Fixture f;
  f.instance();
  set_value(f, "role", "br");
  set_value(f, "pool4", "192.0.2.0/24");
  EXPECT_EQ(f.run({"eam", "add", "192.0.2.0", "2001:db8::1"}), 0);
  EXPECT_EQ(f.run({"eam", "del", "192.0.2.0"}), 0);
  EXPECT_EQ(f.kernel.dumps, 0);
  EXPECT_TRUE(f.host.present.empty());
}

// No host row asks for the table, in whatever order they come and go, and the routes are the fewest.
TEST(EamDel, RoutesAreThoseOfTheRowsThatAreLeft) {
  std::mt19937 random(11);
  for (int round = 0; round < 40; ++round) {
    Fixture f;
    f.instance();
    set_value(f, "role", "br");
    if (round % 4 == 1) set_value(f, "translatable4", "192.0.2.8/30");
    // Overlapping prefixes, with one that is not routed at all.
    if (round % 4 == 2) {
      f.kernel.table = {row("192.0.2.16/28", "2001:db8:1::/124"),
                        row("0.0.0.0/0", "2001:db8:2::/64")};
      f.host.present = plan_routes(f.kernel.now.values, column4(f.kernel.table));
    }
    Texts present;
    for (int step = 0; step < 60; ++step) {
      const std::string number = std::to_string(random() % 32);
      if (std::erase(present, number) != 0) {
        ASSERT_EQ(f.run({"eam", "del", "192.0.2." + number}), 0) << f.err;
      } else {
        ASSERT_EQ(f.run({"eam", "add", "192.0.2." + number, "2001:db8::" + number}), 0) << f.err;
        present.push_back(number);
      }
      std::vector<Route> wanted = plan_routes(f.kernel.now.values, column4(f.kernel.table));
      std::vector<Route> routes = f.host.present;
      const auto by_prefix = [](const Route& a, const Route& b) { return a.prefix < b.prefix; };
      std::sort(routes.begin(), routes.end(), by_prefix);
      std::sort(wanted.begin(), wanted.end(), by_prefix);
      ASSERT_EQ(routes, wanted) << "round " << round << ", step " << step;
    }
    EXPECT_EQ(f.kernel.dumps, 0);
  }
}

// EAM-03
TEST(EamAdd, MaskClearsHostBits) {
  Fixture f;
  f.instance();
  EXPECT_EQ(f.run({"eam", "add", "--mask", "192.0.2.1/24", "2001:db8::1/120"}), 0);
  EXPECT_EQ(to_string(f.kernel.table.at(0).ipv4), "192.0.2.0/24");
}

// EAM-10
TEST(EamAdd, NamesTheRowInTheWay) {
  Fixture f;
  f.instance();
  f.kernel.table = {row("198.51.100.8", "2001:db8::1")};
  EXPECT_EQ(f.run({"eam", "add", "198.51.100.9", "2001:db8::1"}), 2);
  expect_text(f.err, "this row is there: 198.51.100.8 2001:db8::1 remote");
  EXPECT_EQ(f.run({"eam", "add", "--idempotent", "198.51.100.9", "2001:db8::1"}), 2);
  EXPECT_EQ(f.run({"eam", "add", "198.51.100.8", "2001:db8::1"}), 2);
  EXPECT_EQ(f.run({"eam", "add", "--idempotent", "198.51.100.8", "2001:db8::1"}), 0);
  EXPECT_EQ(f.run({"eam", "add", "--idempotent", "198.51.100.8", "2001:db8::1", "local"}), 2);
}

// EAM-13
TEST(EamDel, ByEitherColumnOrBoth) {
  Fixture f;
  f.instance();
  f.kernel.table = {row("192.0.2.1", "2001:db8::1"), row("192.0.2.2", "2001:db8::2"),
                    row("192.0.2.3", "2001:db8::3")};
  EXPECT_EQ(f.run({"eam", "del", "192.0.2.1"}), 0);
  EXPECT_EQ(f.run({"eam", "del", "2001:db8::2"}), 0);
  EXPECT_EQ(f.run({"eam", "del", "2001:db8::3", "192.0.2.1"}), 2);
  EXPECT_EQ(f.run({"eam", "del", "2001:db8::3", "192.0.2.3"}), 0);
  EXPECT_TRUE(f.kernel.table.empty());
  EXPECT_EQ(f.run({"eam", "del", "192.0.2.1"}), 2);
  expect_text(f.err, "192.0.2.1: ");
}

TEST(EamShow, SortedByIpv4AndReadBackByReplace) {
  Fixture f;
  f.instance();
  f.kernel.table = {row("192.0.2.16/28", "2001:db8::/124", Scope::kLocal),
                    row("192.0.2.2", "2001:db8::2"), row("10.0.0.0/8", "2001:db8:1::/64")};
  EXPECT_EQ(f.run({"eam", "show"}), 0);
  EXPECT_EQ(f.out,
            "10.0.0.0/8     2001:db8:1::/64  remote\n"
            "192.0.2.2      2001:db8::2      remote\n"
            "192.0.2.16/28  2001:db8::/124   local\n");
  std::vector<Row> before = f.kernel.table;
  sort_rows(before);
  f.input = f.out;
  f.kernel.table.clear();
  EXPECT_EQ(f.run({"eam", "replace", "-"}), 0) << f.err;
  EXPECT_EQ(f.out, "3 rows, generation 2\n");
  EXPECT_EQ(f.kernel.table, before);
}

TEST(EamShow, JsonAndFilter) {
  Fixture f;
  f.instance();
  f.kernel.table = {row("192.0.2.0/24", "2001:db8::/120"), row("192.0.2.2", "2001:db8:1::2"),
                    row("10.0.0.1", "2001:db8:1::3")};
  EXPECT_EQ(f.run({"-j", "eam", "show", "192.0.2.2"}), 0);
  EXPECT_EQ(Json::parse(f.out), Json::parse(R"([
    {"ipv4": "192.0.2.0/24", "ipv6": "2001:db8::/120", "scope": "remote"},
    {"ipv4": "192.0.2.2", "ipv6": "2001:db8:1::2", "scope": "remote"}])"));
  EXPECT_EQ(f.run({"-j", "-p", "eam", "show", "2001:db8:1::/64"}), 0);
  EXPECT_EQ(Json::parse(f.out).size(), 2U);
}

TEST(EamReplace, BadFileIsRefusedWholeAndNamed) {
  Fixture f;
  f.instance();
  f.kernel.table = {row("192.0.2.1", "2001:db8::1")};
  f.input = "192.0.2.2 2001:db8::2\n192.0.2.2 2001:db8::3\nwhat\n";
  EXPECT_EQ(f.run({"eam", "replace", "-"}), 1);
  expect_text(f.err, "eamctl: error: stdin:3: ");
  expect_text(f.err, "eamctl: error: stdin:2: 192.0.2.2 is there already, at stdin:1");
  EXPECT_EQ(f.kernel.commits, 0);
  EXPECT_EQ(f.kernel.table.size(), 1U);
}

TEST(EamReplace, KernelRefusalNamesTheLineAndTakesRoutesBack) {
  Fixture f;
  f.instance();
  f.input = "# new\n192.0.2.2 2001:db8::2\n192.0.2.9 2001:db8::9\n";
  f.kernel.refused = row("192.0.2.9", "2001:db8::9", Scope::kDefault);
  EXPECT_EQ(f.run({"eam", "replace", "-"}), 2);
  expect_text(f.err, "stdin:3: 192.0.2.9 2001:db8::9: the kernel does not like it");
  EXPECT_TRUE(f.host.present.empty());
}

TEST(EamReplace, RoutesAreThereBeforeAndGoAfter) {
  Fixture f;
  f.instance();
  f.host.present = {{*parse_prefix("198.51.100.1"), 1260}};
  f.input = "192.0.2.2 2001:db8::2\n";
  EXPECT_EQ(f.run({"eam", "replace", "-"}), 0);
  EXPECT_EQ(f.host.actions,
            (Texts{"add route 192.0.2.2 mtu 1260", "commit", "delete route 198.51.100.1"}));
}

TEST(EamReplace, DeviceThatIsDownStaysDown) {
  Fixture f;
  f.instance(false);
  f.input = "192.0.2.2 2001:db8::2\n";
  EXPECT_EQ(f.run({"eam", "replace", "-"}), 0);
  EXPECT_EQ(f.host.actions, (Texts{"commit"}));
}

TEST(EamReplace, SomebodyElseWasFaster) {
  Fixture f;
  f.instance();
  f.input = "192.0.2.2 2001:db8::2\n";
  f.kernel.stale_commits = 2;
  EXPECT_EQ(f.run({"eam", "replace", "-"}), 0);
  EXPECT_EQ(f.kernel.commits, 3);
  f.kernel.stale_commits = 100;
  EXPECT_EQ(f.run({"eam", "replace", "-"}), 2);
}

TEST(EamFlush, EmptiesTableAndRoutes) {
  Fixture f;
  f.instance();
  f.kernel.table = {row("192.0.2.1", "2001:db8::1")};
  f.host.present = {{*parse_prefix("192.0.2.1"), 1260}};
  EXPECT_EQ(f.run({"eam", "flush"}), 0);
  EXPECT_TRUE(f.kernel.table.empty());
  EXPECT_TRUE(f.host.present.empty());
}

TEST(Set, SeveralKeysAreOneRequest) {
  Fixture f;
  f.instance();
  EXPECT_EQ(f.run({"set", "role", "br", "prefix", "2001:db8:46::/96", "hook-priority", "-300"}), 0)
      << f.err;
  EXPECT_EQ(f.kernel.now.generation, 2U);
  EXPECT_EQ(f.run({"get", "hook-priority"}), 0);
  EXPECT_EQ(f.out, "-300\n");
  EXPECT_EQ(to_string(f.host.present.at(0).prefix), "2001:db8:46::/96");
  EXPECT_EQ(f.run({"set", "routes", "off"}), 0);
  EXPECT_TRUE(f.host.present.empty());
}

TEST(Set, WarnsOfWhatIsNewAndDumpsTheTableForRoutesOnly) {
  Fixture f;
  f.instance();
  EXPECT_EQ(f.run({"set", "prefix", "64:ff9b::/96"}), 0);
  expect_text(f.err, "warning: prefix: ");  // AD-06
  EXPECT_EQ(f.kernel.dumps, 1);
  EXPECT_EQ(f.run({"set", "udp-zero", "drop"}), 0);
  EXPECT_EQ(f.err, "");
  EXPECT_EQ(f.kernel.dumps, 1);
}

TEST(Set, DefaultUnsets) {
  Fixture f;
  f.instance();
  set_value(f, "icmp4-src", "dummy");
  EXPECT_EQ(f.run({"set", "icmp4-src", "default"}), 0);
  EXPECT_EQ(f.kernel.now.values.size(), 0U);
}

// MT-07: values that two relays can compare.
TEST(Get, JsonHasValuesAndWhetherExplicit) {
  Fixture f;
  f.instance();
  f.kernel.now.values.emplace(find_setting("wkp-strict")->attribute, true);
  set_value(f, "pool4", "192.0.2.0/24");
  set_value(f, "lowest-ipv6-mtu", "1500");
  EXPECT_EQ(f.run({"-j", "get"}), 0);
  const Json json = Json::parse(f.out);
  EXPECT_EQ(json["device"], "siit0");
  EXPECT_EQ(json["ifindex"], 7);
  EXPECT_EQ(json["settings"]["wkp-strict"], Json::parse(R"({"value": true, "explicit": false})"));
  EXPECT_EQ(json["settings"]["pool4"],
            Json::parse(R"({"value": ["192.0.2.0/24"], "explicit": true})"));
  EXPECT_EQ(f.run({"-j", "get", "lowest-ipv6-mtu"}), 0);
  EXPECT_EQ(Json::parse(f.out),
            Json::parse(R"({"key": "lowest-ipv6-mtu", "value": 1500, "explicit": true})"));
  EXPECT_EQ(f.run({"get"}), 0);
  expect_text(f.out, "wkp-strict            on  (default)\n");
}

TEST(Map, TextAndJson) {
  Fixture f;
  f.instance();
  f.kernel.mapping.ipv4 = *parse_address4("192.0.2.1");
  f.kernel.mapping.ipv6 = *parse_address6("2001:db8::1");
  f.kernel.mapping.rule = SIIT_RULE_EAM;
  f.kernel.mapping.row = row("192.0.2.1", "2001:db8::1");
  f.kernel.mapping.steps = {"a row has it"};
  EXPECT_EQ(f.run({"map", "192.0.2.1"}), 0);
  EXPECT_EQ(f.out,
            "192.0.2.1 -> 2001:db8::1  (eam 192.0.2.1 2001:db8::1 remote)\n  a row has it\n");
  EXPECT_EQ(f.run({"-j", "map", "2001:db8::1"}), 0);
  EXPECT_EQ(Json::parse(f.out), Json::parse(R"({
    "address": "2001:db8::1", "mapped": "192.0.2.1", "rule": "eam", "steps": ["a row has it"],
    "eam": {"ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "scope": "remote"}})"));

  f.kernel.mapping = {};
  f.kernel.mapping.rule = SIIT_RULE_NONE;
  EXPECT_EQ(f.run({"map", "192.0.2.9"}), 0);
  EXPECT_EQ(f.out, "192.0.2.9 does not map  (none)\n");
}

TEST(Explain, AsksWhatWasTyped) {
  Fixture f;
  f.instance();
  EXPECT_EQ(f.run({"explain", "--proto", "icmp", "--ttl", "1", "--length", "1500", "--df", "--iif",
                   "eth1", "--xmit", "2001:db8::1", "2001:db8::2"}),
            0)
      << f.err;
  ASSERT_TRUE(f.kernel.question);
  EXPECT_EQ(f.kernel.question->protocol, 58);
  EXPECT_EQ(f.kernel.question->ttl, 1);
  EXPECT_EQ(f.kernel.question->length, 1500U);
  EXPECT_TRUE(f.kernel.question->df);
  EXPECT_EQ(f.kernel.question->ifindex, 3U);
  EXPECT_TRUE(f.kernel.question->xmit);
  EXPECT_EQ(f.run({"explain", "192.0.2.1", "192.0.2.2", "--iif", "nosuch"}), 2);
}

TEST(Explain, TextAndJson) {
  Fixture f;
  f.instance();
  f.kernel.explanation.verdict = SIIT_VERDICT_TRANSLATE;
  f.kernel.explanation.counter = "translated";
  f.kernel.explanation.steps = {"one", "two"};
  f.kernel.explanation.source = *parse_address("2001:db8:46::cb00:7132");
  f.kernel.explanation.destination = *parse_address("2001:db8::1");
  f.kernel.explanation.source_rule = SIIT_RULE_PREFIX;
  f.kernel.explanation.destination_rule = SIIT_RULE_EAM;
  f.kernel.explanation.oif = 3;
  EXPECT_EQ(f.run({"explain", "203.0.113.50", "192.0.2.1"}), 0);
  EXPECT_EQ(f.out,
            "203.0.113.50 > 192.0.2.1\n"
            "  one\n"
            "  two\n"
            "translate: 2001:db8:46::cb00:7132 > 2001:db8::1, leaves by eth1\n"
            "counter: translated\n");
  EXPECT_EQ(f.run({"-j", "explain", "203.0.113.50", "192.0.2.1"}), 0);
  EXPECT_EQ(Json::parse(f.out), Json::parse(R"({
    "src": "203.0.113.50", "dst": "192.0.2.1", "verdict": "translate", "counter": "translated",
    "steps": ["one", "two"],
    "out": {"src": "2001:db8:46::cb00:7132", "dst": "2001:db8::1"},
    "src_rule": "prefix", "dst_rule": "eam", "hairpin": false, "oif": "eth1", "icmp": null})"));

  f.kernel.explanation = {};
  f.kernel.explanation.verdict = SIIT_VERDICT_REJECT;
  f.kernel.explanation.icmp_type = 11;
  f.kernel.explanation.icmp_code = 0;
  EXPECT_EQ(f.run({"-j", "explain", "203.0.113.50", "192.0.2.1"}), 0);
  EXPECT_EQ(Json::parse(f.out)["icmp"], Json::parse(R"({"type": 11, "code": 0})"));
}

TEST(StatsCommand, TextAndJson) {
  Fixture f;
  f.kernel.counters.stats = {{"translated", SIIT_STAT_CLASS_TRANSLATED, 5, 6, "translated"},
                             {"bad_ihl", SIIT_STAT_CLASS_DROPPED, 0, 0, "header too short"},
                             {"ttl", SIIT_STAT_CLASS_REJECTED, 1, 0, "TTL exceeded"}};
  f.kernel.counters.bytes46 = 500;
  EXPECT_EQ(f.run({"stats"}), 0);
  expect_text(f.out, "translated");
  EXPECT_EQ(f.out.find("bad_ihl"), std::string::npos);
  EXPECT_EQ(f.run({"stats", "--all"}), 0);
  expect_text(f.out, "bad_ihl");
  EXPECT_EQ(f.run({"-j", "stats"}), 0);
  const Json json = Json::parse(f.out);
  EXPECT_EQ(json["bytes46"], 500);
  EXPECT_EQ(json["totals"]["translated"], Json::parse(R"({"packets46": 5, "packets64": 6})"));
  EXPECT_EQ(
      json["counters"]["bad_ihl"],
      Json::parse(
          R"({"class": "dropped", "packets46": 0, "packets64": 0, "help": "header too short"})"));
}

TEST(Check, NeedsNoKernel) {
  Fixture f;
  f.kernel.always = fail(test::kernel_error(EPERM, "no permission"));
  f.input = "role = \"br\"\nprefix = \"64:ff9b::/96\"\n";
  EXPECT_EQ(f.run({"check", "-"}), 0);
  EXPECT_EQ(f.out, "-: ok, 2 settings, 0 rows\n");
  expect_text(f.err, "warning: prefix: ");  // AD-06
  f.input = "role = 1\n";
  EXPECT_EQ(f.run({"check", "-"}), 1);
  expect_text(f.err, "eamctl: error: stdin:1: role: ");
}

constexpr const char* kConfig = R"(role = "br"
prefix = "2001:db8:46::/96"
[[eam]]
ipv4 = "192.0.2.1"
ipv6 = "2001:db8:12:34::1"
)";

TEST(Apply, CreatesCommitsSetsUpAndRoutes) {
  Fixture f;
  f.input = kConfig;
  EXPECT_EQ(f.run({"apply", "-"}), 0) << f.err;
  EXPECT_EQ(f.out, "siit0: 2 settings, 1 rows, generation 2\n");
  EXPECT_EQ(f.host.actions, (Texts{"create siit0", "commit", "up", "add route 192.0.2.1 mtu 1260",
                                   "add route 2001:db8:46::/96"}));
  // Again: nothing but the same state.
  f.host.actions.clear();
  EXPECT_EQ(f.run({"-j", "apply", "-"}), 0);
  EXPECT_EQ(f.host.actions, (Texts{"commit"}));
  EXPECT_EQ(Json::parse(f.out),
            Json::parse(R"({"device": "siit0", "settings": 2, "rows": 1, "generation": 3})"));
}

TEST(Apply, SettingsThatAreNotGivenAreReset) {
  Fixture f;
  f.instance();
  set_value(f, "hairpin", "off");
  f.input = kConfig;
  EXPECT_EQ(f.run({"apply", "-"}), 0);
  EXPECT_EQ(f.kernel.now.values.count(find_setting("hairpin")->attribute), 0U);
}

TEST(Apply, NothingStaysOfAFailure) {
  Fixture f;
  f.input = kConfig;
  f.kernel.refused = row("192.0.2.1", "2001:db8:12:34::1", Scope::kDefault);
  EXPECT_EQ(f.run({"apply", "-"}), 2);
  expect_text(f.err, "stdin:3: 192.0.2.1 2001:db8:12:34::1: the kernel does not like it");
  EXPECT_FALSE(f.host.device);

  f.instance();
  f.kernel.table = {row("10.0.0.1", "2001:db8::1")};
  EXPECT_EQ(f.run({"apply", "-"}), 2);
  EXPECT_TRUE(f.host.device);
  EXPECT_TRUE(f.host.present.empty());
  EXPECT_EQ(f.kernel.table.size(), 1U);
}

TEST(Apply, SettingThatTheKernelRefusesIsNamed) {
  Fixture f;
  f.instance();
  f.input = kConfig;
  Error error = test::kernel_error(ERANGE, "integer out of range");
  error.where = "prefix";
  f.kernel.always = fail(error);
  EXPECT_EQ(f.run({"apply", "-"}), 2);
  expect_text(f.err, "stdin:2: prefix: integer out of range");
}

TEST(Apply, BadFileChangesNothing) {
  Fixture f;
  f.input = std::string(kConfig) + "x = 1\n";
  EXPECT_EQ(f.run({"apply", "-"}), 1);
  EXPECT_TRUE(f.host.actions.empty());
}

TEST(Apply, OtherDeviceIsRefused) {
  Fixture f;
  f.host.device = Device{7, "xlat0", true, "", 1280};
  f.input = kConfig;
  EXPECT_EQ(f.run({"apply", "-"}), 2);
  expect_text(f.err, "is called xlat0");
}

// NL-08
TEST(Show, PrintsWhatApplyReads) {
  Fixture f;
  f.input = kConfig;
  EXPECT_EQ(f.run({"apply", "-"}), 0);
  f.kernel.now.values.emplace(find_setting("wkp-strict")->attribute, true);  // a default
  EXPECT_EQ(f.run({"show"}), 0);
  EXPECT_EQ(f.out.find("wkp-strict"), std::string::npos);
  const std::string shown = f.out;
  const std::vector<Row> table = f.kernel.table;

  EXPECT_EQ(f.run({"down"}), 0);
  f.kernel.table.clear();
  f.input = shown;
  EXPECT_EQ(f.run({"apply", "-"}), 0) << f.err;
  EXPECT_EQ(f.kernel.table, table);
  EXPECT_EQ(f.run({"show"}), 0);
  EXPECT_EQ(f.out, shown);

  for (const Texts& line : {Texts{"-j", "show"}, Texts{"-j", "-p", "show"}}) {
    EXPECT_EQ(f.run(line), 0);
    EXPECT_EQ(Json::parse(f.out), Json::parse(R"({
      "device": "siit0", "role": "br", "prefix": "2001:db8:46::/96",
      "eam": [{"ipv4": "192.0.2.1", "ipv6": "2001:db8:12:34::1", "scope": "remote"}]})"));
  }
}

}  // namespace
}  // namespace eam
