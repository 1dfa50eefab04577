// SPDX-License-Identifier: GPL-2.0
// What rows count, and who owns the counters. The sanitizers see what is freed twice or never.
#include <gtest/gtest.h>

#include <string>

#include "table.h"

extern "C" {
void hits_hit(const siit_eamt* t, const siit_row* row, unsigned dir);
std::size_t hits_place_size();
std::size_t hits_entry_size();
}

namespace {

Table make_table(bool counting) {
  Table t(siit_eamt_create(100, 0));
  if (counting) siit_eamt_count_hits(t.get());
  return t;
}

void add(const Table& t, const char* addr4, const char* addr6, int len4 = 32, int len6 = 128, bool local = false) {
  const siit_row r = make_row(addr4, len4, addr6, len6, local);
  ASSERT_EQ(siit_eamt_add(t.get(), &r), SIIT_EAM_OK) << addr4;
}

const siit_row* find(const Table& t, const char* addr4) { return siit_eamt_lookup4(t.get(), v4(addr4)); }

void hit(const Table& t, const char* addr4, unsigned dir, int times) {
  while (times--) hits_hit(t.get(), find(t, addr4), dir);
}

// "4->6 6->4", or "none"
std::string hits(const Table& t, const char* addr4) {
  const siit_hits* h = siit_row_hits(t.get(), find(t, addr4));
  if (!h) return "none";
  return std::to_string(atomic64_read(&h->packets[0])) + " " + std::to_string(atomic64_read(&h->packets[1]));
}

TEST(Hits, OnlyWhereCounted) {
  const Table t = make_table(false);
  EXPECT_FALSE(siit_eamt_counts_hits(t.get()));
  add(t, "192.0.2.1", "2001:db8::1");
  hit(t, "192.0.2.1", 0, 3);
  EXPECT_EQ(hits(t, "192.0.2.1"), "none");
}

TEST(Hits, ByRowAndDirection) {
  const Table t = make_table(true);
  EXPECT_TRUE(siit_eamt_counts_hits(t.get()));
  add(t, "192.0.2.1", "2001:db8::1");
  add(t, "192.0.2.16", "2001:db8:1::", 28, 124);
  hit(t, "192.0.2.1", 0, 3);
  hit(t, "192.0.2.1", 1, 2);
  hit(t, "192.0.2.17", 1, 5);
  hit(t, "192.0.2.31", 1, 1);
  EXPECT_EQ(hits(t, "192.0.2.1"), "3 2");
  EXPECT_EQ(hits(t, "192.0.2.16"), "0 6");
}

TEST(Hits, RemovedAndAddedAgainBeginsAtZero) {
  const Table t = make_table(true);
  add(t, "192.0.2.1", "2001:db8::1");
  hit(t, "192.0.2.1", 0, 3);
  siit_eamt_del(t.get(), find(t, "192.0.2.1"));
  add(t, "192.0.2.1", "2001:db8::1");
  EXPECT_EQ(hits(t, "192.0.2.1"), "0 0");
}

TEST(Hits, CopyHasTheRowsAndCountsFromZero) {
  const Table t = make_table(true);
  add(t, "192.0.2.1", "2001:db8::1", 32, 128, true);
  add(t, "192.0.2.16", "2001:db8:1::", 28, 124);
  hit(t, "192.0.2.1", 0, 3);
  const Table counting(siit_eamt_copy(t.get(), true));
  const Table plain(siit_eamt_copy(t.get(), false));
  for (const Table* copy : {&counting, &plain}) {
    EXPECT_EQ(siit_eamt_rows(copy->get()), 2U);
    EXPECT_EQ(siit_eamt_max_rows(copy->get()), 100U);
    EXPECT_TRUE(find(*copy, "192.0.2.1")->local);
    EXPECT_EQ(find(*copy, "192.0.2.20")->len6, 124);
  }
  EXPECT_EQ(hits(counting, "192.0.2.1"), "0 0");
  EXPECT_EQ(hits(plain, "192.0.2.1"), "none");
  EXPECT_EQ(hits(t, "192.0.2.1"), "3 0");
}

// A limit that was lowered later does not stop the copy.
TEST(Hits, CopyOfAnOverfullTable) {
  const Table t = make_table(false);
  add(t, "192.0.2.1", "2001:db8::1");
  add(t, "192.0.2.2", "2001:db8::2");
  siit_eamt_set_max_rows(t.get(), 1);
  const Table copy(siit_eamt_copy(t.get(), true));
  ASSERT_TRUE(copy);
  EXPECT_EQ(siit_eamt_rows(copy.get()), 2U);
  EXPECT_EQ(siit_eamt_max_rows(copy.get()), 1U);
}

TEST(Hits, SameRowsOfANewTableGoOn) {
  Table old = make_table(true);
  add(old, "192.0.2.1", "2001:db8::1");
  add(old, "192.0.2.2", "2001:db8::2");
  add(old, "192.0.2.3", "2001:db8::3");
  add(old, "192.0.2.16", "2001:db8:1::", 28, 124);
  for (const char* addr : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.16"}) hit(old, addr, 0, 7);

  const Table next = make_table(true);
  add(next, "192.0.2.1", "2001:db8::1", 32, 128, true);  // the scope is no part of the mapping
  add(next, "192.0.2.2", "2001:db8::99");
  add(next, "192.0.2.16", "2001:db8:1::", 28, 120);
  add(next, "192.0.2.4", "2001:db8::3");
  siit_eamt_inherit_hits(next.get(), old.get());
  EXPECT_EQ(hits(next, "192.0.2.1"), "7 0");
  EXPECT_EQ(hits(next, "192.0.2.2"), "0 0");
  EXPECT_EQ(hits(next, "192.0.2.16"), "0 0");
  EXPECT_EQ(hits(next, "192.0.2.4"), "0 0");

  // Packets that are still on the old table count in the same place.
  hit(old, "192.0.2.1", 1, 2);
  EXPECT_EQ(hits(next, "192.0.2.1"), "7 2");
  old.reset();
  hit(next, "192.0.2.1", 1, 1);
  EXPECT_EQ(hits(next, "192.0.2.1"), "7 3");
  siit_eamt_del(next.get(), find(next, "192.0.2.1"));
}

TEST(Hits, NothingToInheritFromATableThatDidNotCount) {
  const Table old = make_table(false);
  add(old, "192.0.2.1", "2001:db8::1");
  const Table next = make_table(true);
  add(next, "192.0.2.1", "2001:db8::1");
  siit_eamt_inherit_hits(next.get(), old.get());
  EXPECT_EQ(hits(next, "192.0.2.1"), "0 0");
}

// What a row costs (issue 4, memory): two to a cache line, the counters beside it, not in it.
TEST(Hits, TheRowIsHalfACacheLine) {
  EXPECT_EQ(hits_place_size(), 32U);
  EXPECT_LE(hits_entry_size(), 96U);
  EXPECT_EQ(sizeof(siit_hits), 32U);
}

}  // namespace
