// SPDX-License-Identifier: GPL-2.0
#include "config_file.h"

#include <gtest/gtest.h>
#include <linux/siit_dc.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fake_kernel.h"

namespace eam {
namespace {

std::string errors_of(std::string_view content) {
  const Result<Config> config = parse_config("c", content);
  return config ? "" : describe(config.error());
}

void expect_line(const std::string& errors, std::string_view line) {
  EXPECT_NE(errors.find(line), std::string::npos) << line << "\nnot in\n" << errors;
}

TEST(ConfigFile, SettingsRowsAndDevice) {
  const Result<Config> config = parse_config("c", R"(
device = "xlat0"
role = "br"
prefix = "2001:db8:46::/96"
lowest-ipv6-mtu = 1500
wkp-strict = false
proto-guard = "on"
plateaus = [1492, 1006]
pool4 = ["192.0.2.0/24"]
icmp4-src = ["198.51.100.1"]
routes = true

[[eam]]
ipv4 = "192.0.2.1"
ipv6 = "2001:db8:12:34::1"

[[eam]]
ipv4 = "192.0.2.16/28"
ipv6 = "2001:db8:12:35::/124"
scope = "local"
)");
  ASSERT_TRUE(config) << describe(config.error());
  EXPECT_EQ(config->device, "xlat0");
  EXPECT_EQ(config->values.size(), 9U);
  EXPECT_EQ(std::get<bool>(config->values.at(SIIT_SET_A_WKP_STRICT)), false);
  EXPECT_EQ(std::get<std::int64_t>(config->values.at(SIIT_SET_A_LOWEST_IPV6_MTU)), 1500);
  ASSERT_EQ(config->table.rows().size(), 2U);
  EXPECT_EQ(config->table.where(1), "c:17");
}

TEST(ConfigFile, EmptyFileIsLegal) {
  const Result<Config> config = parse_config("c", "");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->device, "siit0");
}

TEST(ConfigFile, SyntaxErrorHasItsLine) {
  expect_line(errors_of("role = \"br\"\nprefix = \n"), "c:2: ");
}

TEST(ConfigFile, AllErrorsAtOnceWithTheirLines) {
  const std::string errors = errors_of(R"(rolle = "br"
role = "relay"
lowest-ipv6-mtu = 1000
plateaus = [1492, "x"]
prefix = { a = 1 }
device = "a/b"
eam-files = "x"

[[eam]]
ipv4 = "192.0.2.1"

[[eam]]
ipv4 = "192.0.2.1/24"
ipv6 = "2001:db8::/64"

[[eam]]
ipv4 = "192.0.2.300"
ipv6 = "2001:db8::1"
name = "x"
)");
  expect_line(errors, "c:1: there is no setting \"rolle\"; role?");
  expect_line(errors, "c:2: role: \"relay\" is not a value of it; write siit, br or er");
  expect_line(errors, "c:3: lowest-ipv6-mtu: \"1000\" is not a value");
  expect_line(errors, "c:4: plateaus: ");
  expect_line(errors, "c:5: prefix: ");
  expect_line(errors, "c:6: device: ");
  expect_line(errors, "c:7: eam-files: ");
  expect_line(errors, "c:9: eam: this row has no ipv6");
  expect_line(errors, "c:12: 192.0.2.1/24 has bits set");
  expect_line(errors, "c:17: eam: \"192.0.2.300\" is not an IPv4 address");
  expect_line(errors, "c:19: eam: a row has no \"name\"");
}

// HP-07
TEST(ConfigFile, SettingsThatContradictEachOther) {
  expect_line(errors_of("role = \"er\"\nhairpin = \"simple\"\n"),
              "c:2: hairpin: an ER in mode simple");
}

// EAM-10: across the configuration and its files
TEST(ConfigFile, EamFilesAreRelativeAndDuplicatesNameBothLines) {
  const std::filesystem::path dir =
      std::filesystem::temp_directory_path() / ("eamctl-test." + std::to_string(getpid()));
  std::filesystem::create_directory(dir);
  std::ofstream(dir / "rows.txt") << "# rows\n192.0.2.2 2001:db8::2\n192.0.2.1 2001:db8::3\n";
  const std::string name = (dir / "c").string();

  const Result<Config> good = parse_config(name, "eam-files = [\"rows.txt\"]\n");
  ASSERT_TRUE(good) << describe(good.error());
  EXPECT_EQ(good->table.rows().size(), 2U);

  const Result<Config> twice = parse_config(
      name, "eam-files = [\"rows.txt\"]\n[[eam]]\nipv4 = \"192.0.2.1\"\nipv6 = \"2001:db8::1\"\n");
  ASSERT_FALSE(twice);
  const std::string errors = describe(twice.error());
  expect_line(errors, name + ":2");
  expect_line(errors, (dir / "rows.txt").string() + ":3");

  const Result<Config> missing = parse_config(name, "\neam-files = [\"none.txt\"]\n");
  ASSERT_FALSE(missing);
  expect_line(describe(missing.error()), name + ":2: eam-files: ");
  std::filesystem::remove_all(dir);
}

// NL-08: what show prints, apply reads.
TEST(ConfigFile, PrintedConfigurationComesBack) {
  Values values;
  for (const auto& [key, text] : std::vector<std::pair<std::string, std::string>>{
           {"role", "er"},
           {"prefix", "2001:db8:46::/96"},
           {"atomic-fragments", "on"},
           {"lowest-ipv6-mtu", "1500"},
           {"plateaus", "1492,1006"},
           {"tos-fixed", "none"},
           {"icmp4-src", "198.51.100.1,198.51.100.16/28"},
           {"icmp6-src", "2001:db8::1"},
           {"hook-priority", "-450"},
           {"denylist4", "none"},
           {"pool4", "192.0.2.0/24"},
           {"translatable4", "198.18.0.0/28"},
           {"routes", "off"}}) {
    const Setting* setting = find_setting(key);
    values.emplace(setting->attribute, *parse_value(*setting, text));
  }
  const std::vector<Row> rows{test::row("192.0.2.1", "2001:db8::1", Scope::kLocal),
                              test::row("192.0.2.16/28", "2001:db8:1::/124", Scope::kRemote)};

  const Result<Config> config = parse_config("c", print_config("xlat0", values, rows));
  ASSERT_TRUE(config) << describe(config.error());
  EXPECT_EQ(config->device, "xlat0");
  EXPECT_EQ(config->values, values);
  EXPECT_EQ(config->table.rows(), rows);
}

}  // namespace
}  // namespace eam
