// SPDX-License-Identifier: GPL-2.0
// Host rows by the thousand.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "table.h"

// hash.c
extern "C" unsigned int hash_goes_on4(const siit_eamt* t, __be32 addr);
extern "C" unsigned int hash_goes_on6(const siit_eamt* t, const in6_addr* addr);
extern "C" bool hash_no_memory;

namespace {

Table make_table(u32 max_rows, u32 hint) { return Table(siit_eamt_create(max_rows, hint)); }

// Host rows that come and go: full buckets, rows beside theirs, the dead, and tables built anew.
class EamChurn : public testing::TestWithParam<u32> {};

TEST_P(EamChurn, EachHostRowIsThereOrNot) {
  const u32 names = GetParam();
  std::mt19937 rng(names);
  Table t = make_table(1000000, names / 3);
  std::vector<u32> tenant(names);  // the IPv6 address that an IPv4 address has, or 0
  const auto row = [](u32 at, u32 version) {
    siit_row r = make_row("0.0.0.0", 32, "2001:db8::", 128);
    r.addr4 = htonl(0x0a000000u + at);
    r.addr6.s6_addr32[2] = htonl(version);
    r.addr6.s6_addr32[3] = htonl(at);
    return r;
  };
  u32 version = 0;
  size_t rows = 0;
  for (u32 step = 0; step < 300000; ++step) {
    const u32 at = rng() % names;
    const siit_row now = row(at, tenant[at]);
    const siit_row* by4 = siit_eamt_lookup4(t.get(), now.addr4);
    const siit_row* by6 = siit_eamt_lookup6(t.get(), &now.addr6);
    ASSERT_EQ(by4 != nullptr, tenant[at] != 0) << step;
    ASSERT_EQ(by6 != nullptr, tenant[at] != 0) << step;
    if (tenant[at]) {
      ASSERT_TRUE(siit_row_is_same(by4, &now)) << step;
      ASSERT_TRUE(siit_row_is_same(by6, &now)) << step;
      siit_eamt_del(t.get(), step % 2 ? by4 : by6);
      tenant[at] = 0;
      --rows;
    } else {
      tenant[at] = ++version;
      const siit_row next = row(at, version);
      ASSERT_EQ(siit_eamt_add(t.get(), &next), SIIT_EAM_OK) << step;
      ++rows;
    }
    if (step % 1000) continue;
    std::set<u32> met;
    for (const siit_row* r = nullptr; (r = siit_eamt_next(t.get(), r));)
      ASSERT_TRUE(met.insert(ntohl(r->addr4)).second);
    ASSERT_EQ(met.size(), rows);
    ASSERT_EQ(siit_eamt_rows(t.get()), rows);
  }
}

INSTANTIATE_TEST_SUITE_P(Names, EamChurn, testing::Values(1u, 9u, 40u, 3000u));

class EamMany : public testing::TestWithParam<u32> {};

TEST_P(EamMany, HundredThousandRows) {
  constexpr u32 kRows = 100000;
  Table t = make_table(kRows, GetParam());
  const auto nth = [](u32 i) {
    siit_row r = make_row("0.0.0.0", 32, "2001:db8:1::", 128);
    r.addr4 = htonl(0x0a000000u + i * 7);
    r.addr6.s6_addr32[2] = htonl(i * 3);
    r.addr6.s6_addr32[3] = htonl(i);
    return r;
  };
  for (u32 i = 0; i < kRows; i++) {
    const siit_row r = nth(i);
    ASSERT_EQ(siit_eamt_add(t.get(), &r), SIIT_EAM_OK) << i;
    // Growth loses nobody.
    const siit_row old = nth(i / 2);
    ASSERT_TRUE(siit_eamt_lookup4(t.get(), old.addr4)) << i;
    ASSERT_TRUE(siit_eamt_lookup6(t.get(), &old.addr6)) << i;
  }
  const siit_row more = make_row("192.0.2.1", 32, "2001:db8::1", 128);
  EXPECT_EQ(siit_eamt_add(t.get(), &more), SIIT_EAM_FULL);
  for (u32 i = 0; i < kRows; i += 2) {
    const siit_row r = nth(i);
    const siit_row* found = i % 4 ? siit_eamt_find6(t.get(), &r.addr6, 128)
                                  : siit_eamt_find4(t.get(), r.addr4, 32);
    ASSERT_TRUE(found);
    siit_eamt_del(t.get(), found);
  }
  EXPECT_EQ(siit_eamt_rows(t.get()), kRows / 2);
  u32 walked = 0;
  for (const siit_row* r = nullptr; (r = siit_eamt_next(t.get(), r)); ++walked)
    ASSERT_EQ((ntohl(r->addr4) - 0x0a000000u) / 7 % 2, 1u);
  EXPECT_EQ(walked, kRows / 2);
  for (u32 i = 0; i < kRows; i++) {
    const siit_row r = nth(i);
    ASSERT_EQ(siit_eamt_lookup4(t.get(), r.addr4) != nullptr, i % 2 == 1) << i;
    ASSERT_EQ(siit_eamt_lookup6(t.get(), &r.addr6) != nullptr, i % 2 == 1) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Hint, EamMany, testing::Values(0u, 100000u));

// One access is all that an address without a row costs, but for the few whose bucket has sent a row elsewhere that may
// be theirs, and hardly one is looked for in many places: native packets all go this way.
TEST(EamHash, FewAddressesAreLookedForElsewhere) {
  constexpr u32 kRows = 100000, kAsked = 100000;
  Table t = make_table(kRows, kRows);
  std::mt19937 rng(1);
  siit_row r = make_row("0.0.0.0", 32, "2001:db8::", 128);
  for (u32 i = 0; i < kRows; i++) {
    r.addr4 = htonl(0x0a000000u + i);
    r.addr6.s6_addr32[3] = rng();
    ASSERT_EQ(siit_eamt_add(t.get(), &r), SIIT_EAM_OK);
  }
  u32 elsewhere[2] = {}, far[2] = {};
  for (u32 i = 0; i < kAsked; i++) {
    r.addr6.s6_addr32[2] = rng() | 1;
    const unsigned int more[2] = {hash_goes_on4(t.get(), htonl(0x0b000000u + rng() % 0x10000000u)),
                                  hash_goes_on6(t.get(), &r.addr6)};
    for (int col = 0; col < 2; col++) {
      elsewhere[col] += more[col] > 0;
      far[col] += more[col] > 4;
    }
  }
  for (int col = 0; col < 2; col++) {
    EXPECT_LT(elsewhere[col], kAsked / 10);
    EXPECT_LT(far[col], kAsked / 1000);
  }
}

// Without memory for a larger table, nearly all places are used, and rows lie far from their buckets; who is refused
// changed nothing.
TEST(EamHash, CrowdedWhileMemoryIsShort) {
  Table t;
  const auto nth = [](u32 i) {
    siit_row r = make_row("0.0.0.0", 32, "2001:db8::", 128);
    r.addr4 = htonl(0x0a000000u + i);
    r.addr6.s6_addr32[3] = htonl(i);
    return r;
  };
  const auto expect_rows = [&](u32 first, u32 end) {
    ASSERT_EQ(siit_eamt_rows(t.get()), end - first);
    for (u32 i = 0; i < end + 1000; i++) {
      const siit_row r = nth(i);
      ASSERT_EQ(siit_eamt_lookup4(t.get(), r.addr4) != nullptr, i >= first && i < end) << i;
      ASSERT_EQ(siit_eamt_lookup6(t.get(), &r.addr6) != nullptr, i >= first && i < end) << i;
    }
  };
  std::vector<u32> starts(300, 3);  // with as many hash functions
  starts.insert(starts.end(), {200, 3000});
  for (u32 start : starts) {
    t = make_table(1000000, 0);
    u32 end = 0;
    const auto add = [&] {
      const siit_row r = nth(end);
      const siit_eam_error err = siit_eamt_add(t.get(), &r);
      end += err == SIIT_EAM_OK;
      return err;
    };
    while (end < start) ASSERT_EQ(add(), SIIT_EAM_OK);
    hash_no_memory = true;
    while (add() == SIIT_EAM_OK) {
    }
    EXPECT_EQ(add(), SIIT_EAM_NOMEM);
    expect_rows(0, end);
    // The dead take up room as well.
    for (u32 i = 0; i < end / 2; i++) {
      const siit_row r = nth(i);
      siit_eamt_del(t.get(), siit_eamt_find4(t.get(), r.addr4, 32));
    }
    EXPECT_EQ(add(), SIIT_EAM_NOMEM);
    expect_rows(end / 2, end);
    hash_no_memory = false;
    EXPECT_EQ(add(), SIIT_EAM_OK);
    expect_rows((end - 1) / 2, end);
    for (u32 i = 0; i < (end - 1) / 2; i++) {
      const siit_row r = nth(i);
      ASSERT_EQ(siit_eamt_add(t.get(), &r), SIIT_EAM_OK);
    }
    expect_rows(0, end);
  }
}

}  // namespace
