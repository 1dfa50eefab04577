// SPDX-License-Identifier: GPL-2.0
#include "eam_file.h"

#include <gtest/gtest.h>

namespace eam {
namespace {

struct Parsed {
  EamTable table;
  std::string errors;  // as the operator sees them
};

Parsed parse(std::string_view content, bool mask = false) {
  Parsed parsed;
  Errors errors;
  parse_eam_file("t", content, mask, parsed.table, errors);
  check_duplicates(parsed.table, errors);
  if (!errors.empty()) parsed.errors = describe(errors.take());
  return parsed;
}

TEST(EamFile, ColumnsCommentsAndBlankLines) {
  const Parsed parsed = parse(
      "# services\n"
      "\n"
      "192.0.2.1\t2001:db8::1   # mail\r\n"
      "  192.0.2.0/28 2001:db8:1::/124 local#x\n"
      "192.0.2.2 2001:db8::2 remote");
  EXPECT_EQ(parsed.errors, "");
  ASSERT_EQ(parsed.table.rows().size(), 3U);
  EXPECT_EQ(to_string(parsed.table.rows()[0]), "192.0.2.1 2001:db8::1");
  EXPECT_EQ(to_string(parsed.table.rows()[1]), "192.0.2.0/28 2001:db8:1::/124 local");
  EXPECT_EQ(parsed.table.where(2), "t:5");
}

TEST(EamFile, EveryErrorHasItsLine) {
  const Parsed parsed = parse(
      "192.0.2.1\n"
      "192.0.2.1 2001:db8::1 far\n"
      "192.0.2.1 2001:db8::1 local x\n"
      "192.0.2.0/33 2001:db8::\n"
      "192.0.2.1/24 2001:db8::/64\n"
      "192.0.2.9 2001:db8::9\n"
      "192.0.2.9 2001:db8::a\n");
  for (const char* line :
       {"t:1: a row needs", "t:2: \"far\" is not a scope", "t:3: \"x\" is too much",
        "t:4: \"192.0.2.0/33\"", "t:5: 192.0.2.1/24 has bits set",
        "t:7: 192.0.2.9 is there already, at t:6"})
    EXPECT_NE(parsed.errors.find(line), std::string::npos) << line << "\n" << parsed.errors;
}

TEST(EamFile, AtMostTwentyErrorsAndTheNumberOfOthers) {
  std::string content;
  for (int i = 0; i < 25; ++i) content += "bad row\n";
  const Parsed parsed = parse(content);
  EXPECT_NE(parsed.errors.find("t:20:"), std::string::npos);
  EXPECT_EQ(parsed.errors.find("t:21:"), std::string::npos);
  EXPECT_NE(parsed.errors.find("and 5 more"), std::string::npos);
}

// EAM-03
TEST(EamFile, MaskClearsHostBits) {
  const Parsed parsed = parse("192.0.2.1/24 2001:db8::1/120\n", true);
  EXPECT_EQ(parsed.errors, "");
  EXPECT_EQ(to_string(parsed.table.rows().at(0)), "192.0.2.0/24 2001:db8::/120");
}

TEST(EamFile, BadRowOfAHundredThousandIsNamed) {
  std::string content;
  for (std::uint32_t i = 1; i <= 100000; ++i) {
    Row row;
    row.ipv4.address.value = 0x0a000000U + i;
    row.ipv6.address.octets = {0x20, 0x01, 0x0d, 0xb8};
    set_bits(row.ipv6.address, 96, 32, i);
    content += to_string(row) + (i == 99999 ? " x\n" : "\n");
  }
  const Parsed parsed = parse(content);
  EXPECT_EQ(parsed.table.rows().size(), 99999U);
  EXPECT_EQ(parsed.errors, "t:99999: \"x\" is not a scope; write local or remote");
}

TEST(EamFile, KernelRefusalFindsItsLine) {
  const Parsed parsed = parse("# one\n192.0.2.1 2001:db8::1\n\n192.0.2.2 2001:db8::2\n");
  Error error;
  error.what = "no";
  error.row = 1;
  EXPECT_EQ(describe(locate(error, parsed.table)), "t:4: 192.0.2.2 2001:db8::2: no");
}

// EAM-09
TEST(EamFile, OverlapIsAWarningWithBothLines) {
  const Parsed parsed = parse("0.0.0.0/0 2001:db8:ff00::/40\n198.51.100.64 2001:db8::abcd\n");
  EXPECT_EQ(parsed.errors, "");
  const std::vector<std::string> warnings = warnings_about(parsed.table);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].substr(0, 4), "t:2:");
  EXPECT_NE(warnings[0].find("t:1"), std::string::npos);
}

}  // namespace
}  // namespace eam
