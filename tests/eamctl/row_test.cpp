// SPDX-License-Identifier: GPL-2.0
#include "row.h"

#include <gtest/gtest.h>

#include <random>

#include "fake_kernel.h"

namespace eam {
namespace {

using test::row;

std::string refusal(const std::string& ipv4, const std::string& ipv6) {
  const auto error = check_row(row(ipv4, ipv6));
  return error ? describe(*error) : "";
}

// EAM-02
TEST(Row, Ipv4SuffixMayNotBeLonger) {
  EXPECT_NE(refusal("192.0.2.0/24", "2001:db8::/121"), "");
  EXPECT_EQ(refusal("192.0.2.0/24", "2001:db8::/120"), "");
  EXPECT_EQ(refusal("192.0.2.0/24", "2001:db8::/64"), "");
  EXPECT_NE(refusal("192.0.2.0/24", "2001:db8::1"), "");
}

// EAM-03
TEST(Row, HostBitsAreRefused) {
  EXPECT_NE(refusal("192.0.2.1/24", "2001:db8::/120").find("write 192.0.2.0/24"),
            std::string::npos);
  EXPECT_NE(refusal("192.0.2.0/24", "2001:db8::1/120").find("write 2001:db8::/120"),
            std::string::npos);
}

// EAM-11
TEST(Row, NeverServiceAddresses) {
  for (const char* ipv4 : {"224.0.0.1", "239.1.0.0/16", "127.0.0.1", "255.255.255.255"})
    EXPECT_NE(refusal(ipv4, "2001:db8::/64"), "") << ipv4;
  for (const char* ipv6 : {"ff02::1", "fe80::1", "::", "::1", "::ffff:192.0.2.1"})
    EXPECT_NE(refusal("192.0.2.1", ipv6), "") << ipv6;
  // Containing one is as bad on the IPv6 side.
  EXPECT_NE(refusal("192.0.2.0/24", "::/64"), "");
  EXPECT_NE(refusal("192.0.2.0/24", "fe00::/7"), "");
  // IVI
  EXPECT_EQ(refusal("0.0.0.0/0", "2001:db8:ff00::/40"), "");
}

// EAM-10, both columns
TEST(Row, DuplicatesInEitherColumn) {
  const std::vector<Row> rows{
      row("198.51.100.8", "2001:db8::1"), row("198.51.100.9", "2001:db8::1"),
      row("198.51.100.8", "2001:db8::2"), row("198.51.100.0/24", "2001:db8::/120")};
  const std::vector<Duplicate> found = find_duplicates(rows);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].row, 1U);
  EXPECT_EQ(found[0].earlier, 0U);
  EXPECT_TRUE(found[0].ipv6);
  EXPECT_EQ(found[1].row, 2U);
  EXPECT_EQ(found[1].earlier, 0U);
  EXPECT_FALSE(found[1].ipv6);
}

TEST(Row, DuplicatesAgreeWithComparingAllPairs) {
  std::mt19937 random(42);
  for (int round = 0; round < 50; ++round) {
    std::vector<Row> rows;
    for (int i = 0; i < 60; ++i) {
      Row r;
      r.ipv4 = masked(Prefix4{{static_cast<std::uint32_t>(random() % 64)},
                              static_cast<std::uint8_t>(26 + random() % 7)});
      r.ipv6.address.octets[15] = static_cast<std::uint8_t>(random() % 64);
      rows.push_back(r);
    }
    std::size_t expected = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      bool dup4 = false;
      bool dup6 = false;
      for (std::size_t j = 0; j < i; ++j) {
        dup4 |= rows[i].ipv4 == rows[j].ipv4;
        dup6 |= rows[i].ipv6 == rows[j].ipv6;
      }
      expected += static_cast<std::size_t>(dup4) + static_cast<std::size_t>(dup6);
    }
    EXPECT_EQ(find_duplicates(rows).size(), expected) << "round " << round;
  }
}

// EAM-04 and EAM-05, with Table T of the requirements
TEST(Row, Images) {
  EXPECT_EQ(
      to_string(image46(row("192.0.2.16/28", "2001:db8:cccc::/124"), *parse_prefix4("192.0.2.24"))),
      "2001:db8:cccc::8");
  EXPECT_EQ(
      to_string(image46(row("192.0.2.128/26", "2001:db8:dddd::/64"), *parse_prefix4("192.0.2.152")))
          .substr(0, 21),
      "2001:db8:dddd:0:6000:");
  EXPECT_EQ(to_string(image64(row("192.0.2.128/26", "2001:db8:dddd::/64"),
                              *parse_prefix6("2001:db8:dddd:0:60ab::1"))),
            "192.0.2.152");
}

// EAM-09: the pair of the requirements is not symmetric, a row that agrees with the outer one is.
TEST(Row, OverlapsThatAreNotSymmetric) {
  const Overlaps found = find_overlaps(
      {row("0.0.0.0/0", "2001:db8:ff00::/40"), row("198.51.100.64", "2001:db8::abcd")});
  EXPECT_EQ(found.count, 1U);
  ASSERT_TRUE(found.first);
  EXPECT_EQ(found.first->inner, 1U);
  EXPECT_EQ(found.first->outer, 0U);

  EXPECT_EQ(
      find_overlaps({row("192.0.2.0/24", "2001:db8::/120"), row("192.0.2.7", "2001:db8::7")}).count,
      0U);
  EXPECT_EQ(
      find_overlaps({row("192.0.2.0/24", "2001:db8::/120"), row("198.51.100.7", "2001:db8::7")})
          .count,
      1U);
}

}  // namespace
}  // namespace eam
