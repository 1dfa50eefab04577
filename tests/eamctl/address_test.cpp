// SPDX-License-Identifier: GPL-2.0
#include "address.h"

#include <gtest/gtest.h>

namespace eam {
namespace {

// EAM-01: a missing length means /32 and /128.
TEST(Address, HostPrefixesNeedNoLength) {
  EXPECT_EQ(parse_prefix4("192.0.2.1")->length, 32);
  EXPECT_EQ(parse_prefix6("2001:db8::1")->length, 128);
  EXPECT_EQ(to_string(*parse_prefix4("192.0.2.1/32")), "192.0.2.1");
  EXPECT_EQ(to_string(*parse_prefix6("2001:db8::/64")), "2001:db8::/64");
}

TEST(Address, RefusesWhatIsNoPrefix) {
  for (const char* text :
       {"", "192.0.2", "192.0.2.256", "192.0.2.1/33", "192.0.2.1/", "192.0.2.1/-1", "192.0.2.1/24x",
        "192.0.2.1/ 24", "192.0.2.01.1", "2001:db8::1"})
    EXPECT_FALSE(parse_prefix4(text)) << text;
  for (const char* text : {"", "2001:db8", "2001:db8::/129", "2001:db8::/", ":::", "192.0.2.1",
                           "2001:0db8:0000:0000:0000:0000:0000:0000:0000", "fe80::1%eth0"})
    EXPECT_FALSE(parse_prefix6(text)) << text;
}

TEST(Address, MaskClearsHostBits) {
  EXPECT_EQ(to_string(masked(*parse_prefix4("192.0.2.255/28"))), "192.0.2.240/28");
  EXPECT_EQ(to_string(masked(*parse_prefix4("192.0.2.255/0"))), "0.0.0.0/0");
  EXPECT_EQ(to_string(masked(*parse_prefix6("2001:db8:ffff::1/35"))), "2001:db8:e000::/35");
  EXPECT_EQ(to_string(masked(*parse_prefix6("ffff::1/0"))), "::/0");
}

TEST(Address, CoversItselfAndParts) {
  EXPECT_TRUE(covers(*parse_prefix4("192.0.2.0/24"), *parse_prefix4("192.0.2.7")));
  EXPECT_TRUE(covers(*parse_prefix4("0.0.0.0/0"), *parse_prefix4("192.0.2.0/24")));
  EXPECT_FALSE(covers(*parse_prefix4("192.0.2.7"), *parse_prefix4("192.0.2.0/24")));
  EXPECT_TRUE(covers(*parse_prefix6("2001:db8::/32"), *parse_prefix6("2001:db8:1::/48")));
  EXPECT_FALSE(covers(*parse_prefix6("2001:db8::/48"), *parse_prefix6("2001:db8:1::/48")));
}

TEST(Address, BitsAcrossOctets) {
  Address6 address;
  set_bits(address, 62, 3, 0b101);
  EXPECT_EQ(to_string(address), "::2:8000:0:0:0");
  EXPECT_EQ(bits_of(address, 62, 3), 0b101U);
  EXPECT_EQ(bits_of(address, 120, 16), 0U);
}

}  // namespace
}  // namespace eam
