// SPDX-License-Identifier: GPL-2.0
// eamctl diff against a kernel in memory.
#include "diff.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fake_kernel.h"

namespace eam {
namespace {

using test::Fixture;
using test::row;
using Json = nlohmann::json;

void set_value(Fixture& f, const std::string& key, const std::string& text) {
  const Setting* setting = find_setting(key);
  f.kernel.set(setting->attribute, *parse_value(*setting, text));
}

TEST(Diff, WhatShowPrintsIsNoDifference) {
  Fixture f;
  f.instance();
  set_value(f, "role", "br");
  set_value(f, "prefix", "2001:db8:46::/96");
  f.kernel.table = {row("192.0.2.2", "2001:db8::2"), row("192.0.2.1", "2001:db8::1")};
  ASSERT_EQ(f.run({"show"}), 0);
  f.input = f.out;
  EXPECT_EQ(f.run({"diff", "-"}), 0) << f.out;
  EXPECT_EQ(f.out, "");
  EXPECT_EQ(f.kernel.commits, 0);
}

TEST(Diff, NamesWhatApplyWouldChange) {
  Fixture f;
  f.instance();
  set_value(f, "role", "br");
  set_value(f, "lowest-ipv6-mtu", "1400");
  set_value(f, "hairpin", "off");
  f.kernel.table = {row("192.0.2.1", "2001:db8::1"), row("192.0.2.2", "2001:db8::2"),
                    row("192.0.2.3", "2001:db8::3")};
  f.input =
      "device = \"siit1\"\nrole = \"br\"\nlowest-ipv6-mtu = 1500\nprefix = \"2001:db8:46::/96\"\n"
      "[[eam]]\nipv4 = \"192.0.2.1\"\nipv6 = \"2001:db8::1\"\n"
      "[[eam]]\nipv4 = \"192.0.2.2\"\nipv6 = \"2001:db8::22\"\n"
      "[[eam]]\nipv4 = \"192.0.2.3\"\nipv6 = \"2001:db8::3\"\nscope = \"local\"\n";
  EXPECT_EQ(f.run({"diff", "-"}), 4);
  EXPECT_EQ(f.out,
            "--- running\n"
            "+++ -\n"
            "-device siit0\n"
            "+device siit1\n"
            "+prefix 2001:db8:46::/96\n"
            "-lowest-ipv6-mtu 1400\n"
            "+lowest-ipv6-mtu 1500\n"
            "-hairpin off\n"
            "+hairpin default\n"
            "-192.0.2.2 2001:db8::2 remote\n"
            "-192.0.2.3 2001:db8::3 remote\n"
            "+192.0.2.2 2001:db8::22 remote\n"
            "+192.0.2.3 2001:db8::3 local\n");
  EXPECT_EQ(f.err, "");

  EXPECT_EQ(f.run({"-j", "diff", "-"}), 4);
  const Json json = Json::parse(f.out);
  EXPECT_EQ(json["device"]["file"], "siit1");
  EXPECT_EQ(json["settings"]["lowest-ipv6-mtu"]["running"], 1400);
  EXPECT_TRUE(json["settings"]["hairpin"]["file"].is_null());
  EXPECT_EQ(json["removed"].size(), 2U);
  EXPECT_EQ(json["added"][1]["scope"], "local");
}

// A value that is the default already needs no change, whoever wrote it.
TEST(Diff, DefaultsWrittenOutAreNone) {
  Fixture f;
  f.instance();
  const Setting* setting = find_setting("hairpin");
  f.kernel.now.values[setting->attribute] = *parse_value(*setting, "intrinsic");
  f.input = "hairpin = \"intrinsic\"\n";
  EXPECT_EQ(f.run({"diff", "-"}), 0) << f.out;
}

// The kernel sorts them.
TEST(Diff, OrderOfPlateausIsNone) {
  Fixture f;
  f.instance();
  set_value(f, "plateaus", "1500,1280,68");
  f.input = "plateaus = [68, 1500, 1280, 1500]\n";
  EXPECT_EQ(f.run({"diff", "-"}), 0) << f.out;
}

// On an ER a row without a scope is local.
TEST(Diff, ScopeFollowsTheRoleOfTheFile) {
  Fixture f;
  f.instance();
  set_value(f, "role", "er");
  f.kernel.table = {row("192.0.2.1", "2001:db8::1", Scope::kLocal)};
  f.input = "role = \"er\"\n[[eam]]\nipv4 = \"192.0.2.1\"\nipv6 = \"2001:db8::1\"\n";
  EXPECT_EQ(f.run({"diff", "-"}), 0) << f.out;
}

TEST(Diff, ABadFileIsNoDifference) {
  Fixture f;
  f.instance();
  f.input = "rolle = \"br\"\n";
  EXPECT_EQ(f.run({"diff", "-"}), 1);
  EXPECT_EQ(f.out, "");
}

}  // namespace
}  // namespace eam
