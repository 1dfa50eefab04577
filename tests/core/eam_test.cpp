// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "table.h"

namespace {

Table make_table(u32 max_rows = 1000000, u32 hint = 0) {
  return Table(siit_eamt_create(max_rows, hint));
}

// Table T of RFC 7757 appendix B.
const siit_row kTableT[] = {
    make_row("192.0.2.1", 32, "2001:db8:aaaa::", 128),
    make_row("192.0.2.2", 32, "2001:db8:bbbb::b", 128),
    make_row("192.0.2.16", 28, "2001:db8:cccc::", 124),
    make_row("192.0.2.128", 26, "2001:db8:dddd::", 64),
    make_row("192.0.2.192", 29, "2001:db8:eeee:8::", 62),
    make_row("192.0.2.224", 31, "64:ff9b::", 127),
};

Table table_t() {
  Table t = make_table();
  for (const siit_row& r : kTableT) EXPECT_EQ(siit_eamt_add(t.get(), &r), SIIT_EAM_OK);
  return t;
}

std::string map46(const Table& t, const std::string& addr) {
  const siit_row* r = siit_eamt_lookup4(t.get(), v4(addr));
  if (!r) return "none";
  in6_addr out;
  siit_row_map46(r, v4(addr), &out);
  return show(out);
}

// With a "!" in front if bits got lost.
std::string map64(const Table& t, const std::string& addr) {
  const in6_addr a = v6(addr);
  const siit_row* r = siit_eamt_lookup6(t.get(), &a);
  if (!r) return "none";
  __be32 out;
  const bool clean = siit_row_map64(r, &a, &out);
  return (clean ? "" : "!") + show(out);
}

TEST(Eam, TableT46) {
  const Table t = table_t();
  EXPECT_EQ(map46(t, "192.0.2.1"), "2001:db8:aaaa::");
  EXPECT_EQ(map46(t, "192.0.2.2"), "2001:db8:bbbb::b");
  EXPECT_EQ(map46(t, "192.0.2.16"), "2001:db8:cccc::");
  EXPECT_EQ(map46(t, "192.0.2.24"), "2001:db8:cccc::8");
  EXPECT_EQ(map46(t, "192.0.2.31"), "2001:db8:cccc::f");
  EXPECT_EQ(map46(t, "192.0.2.128"), "2001:db8:dddd::");
  EXPECT_EQ(map46(t, "192.0.2.152"), "2001:db8:dddd:0:6000::");
  EXPECT_EQ(map46(t, "192.0.2.183"), "2001:db8:dddd:0:dc00::");
  EXPECT_EQ(map46(t, "192.0.2.191"), "2001:db8:dddd:0:fc00::");
  EXPECT_EQ(map46(t, "192.0.2.193"), "2001:db8:eeee:8:8000::");
  EXPECT_EQ(map46(t, "192.0.2.195"), "2001:db8:eeee:9:8000::");
  EXPECT_EQ(map46(t, "192.0.2.199"), "2001:db8:eeee:b:8000::");
  EXPECT_EQ(map46(t, "192.0.2.224"), "64:ff9b::");
  EXPECT_EQ(map46(t, "192.0.2.225"), "64:ff9b::1");
  for (const char* a : {"192.0.2.0", "192.0.2.3", "192.0.2.15", "192.0.2.32", "192.0.2.127",
                        "192.0.2.200", "192.0.2.223", "192.0.2.226", "192.0.2.248", "0.0.0.0"})
    EXPECT_EQ(map46(t, a), "none") << a;
}

TEST(Eam, TableT64) {
  const Table t = table_t();
  EXPECT_EQ(map64(t, "2001:db8:aaaa::"), "192.0.2.1");
  EXPECT_EQ(map64(t, "2001:db8:bbbb::b"), "192.0.2.2");
  EXPECT_EQ(map64(t, "2001:db8:cccc::8"), "192.0.2.24");
  EXPECT_EQ(map64(t, "2001:db8:dddd:0:6000::"), "192.0.2.152");
  EXPECT_EQ(map64(t, "2001:db8:dddd:0:60ab::1"), "!192.0.2.152");
  EXPECT_EQ(map64(t, "2001:db8:eeee:9:8000::"), "192.0.2.195");
  EXPECT_EQ(map64(t, "2001:db8:eeee:9:8000::1"), "!192.0.2.195");
  // EAM-07: not 0.0.0.1
  EXPECT_EQ(map64(t, "64:ff9b::1"), "192.0.2.225");
  for (const char* a : {"2001:db8:aaaa::1", "2001:db8:cccc::10", "2001:db8:dddd:1::",
                        "2001:db8:eeee:c::", "64:ff9b::2", "::", "ffff::"})
    EXPECT_EQ(map64(t, a), "none") << a;
}

// EAM-09, and EAM-11's vector.
TEST(Eam, OverlapOfRfc7757Section5) {
  Table t = make_table();
  const siit_row all = make_row("0.0.0.0", 0, "2001:db8:ff00::", 40);
  const siit_row one = make_row("198.51.100.64", 32, "2001:db8::abcd", 128);
  ASSERT_EQ(siit_eamt_add(t.get(), &all), SIIT_EAM_OK);
  ASSERT_EQ(siit_eamt_add(t.get(), &one), SIIT_EAM_OK);
  EXPECT_EQ(map46(t, "198.51.100.2"), "2001:db8:ffc6:3364:200::");
  EXPECT_EQ(map64(t, "2001:db8:ffc6:3364:4000::"), "198.51.100.64");
  EXPECT_EQ(map46(t, "198.51.100.64"), "2001:db8::abcd");
}

struct Check {
  siit_row row;
  siit_eam_error err;
};

TEST(Eam, RowCheck) {
  const Check checks[] = {
      {make_row("192.0.2.0", 24, "2001:db8::", 121), SIIT_EAM_SUFFIX},
      {make_row("192.0.2.0", 24, "2001:db8::", 120), SIIT_EAM_OK},
      {make_row("192.0.2.0", 24, "2001:db8::", 64), SIIT_EAM_OK},
      {make_row("192.0.2.1", 33, "2001:db8::", 128), SIIT_EAM_LEN4},
      {make_row("192.0.2.1", 255, "2001:db8::", 255), SIIT_EAM_LEN4},
      {make_row("192.0.2.1", 32, "2001:db8::", 129), SIIT_EAM_LEN6},
      {make_row("192.0.2.1", 24, "2001:db8::", 64), SIIT_EAM_HOST4},
      {make_row("128.0.0.0", 0, "2001:db8::", 64), SIIT_EAM_HOST4},
      {make_row("192.0.2.1", 32, "2001:db8::1", 127), SIIT_EAM_HOST6},
      {make_row("192.0.2.1", 32, "2001:db8::1", 64), SIIT_EAM_HOST6},
      {make_row("192.0.2.1", 32, "2001:db8:0:1::", 63), SIIT_EAM_HOST6},
      {make_row("192.0.2.1", 32, "2001:db8::1", 32), SIIT_EAM_HOST6},
      {make_row("192.0.2.1", 32, "2001:db9::", 31), SIIT_EAM_HOST6},
      // EAM-11
      {make_row("0.0.0.0", 0, "2001:db8:ff00::", 40), SIIT_EAM_OK},
      {make_row("224.0.0.0", 4, "2001:db8::", 40), SIIT_EAM_BAD4},
      {make_row("224.0.0.0", 3, "2001:db8::", 40), SIIT_EAM_OK},
      {make_row("239.1.2.3", 32, "2001:db8::", 128), SIIT_EAM_BAD4},
      {make_row("240.0.0.0", 4, "2001:db8::", 40), SIIT_EAM_OK},
      {make_row("127.0.0.0", 8, "2001:db8::", 40), SIIT_EAM_BAD4},
      {make_row("126.0.0.0", 7, "2001:db8::", 40), SIIT_EAM_OK},
      {make_row("127.0.0.1", 32, "2001:db8::", 128), SIIT_EAM_BAD4},
      {make_row("255.255.255.255", 32, "2001:db8::", 128), SIIT_EAM_BAD4},
      {make_row("255.255.255.254", 31, "2001:db8::", 127), SIIT_EAM_OK},
      {make_row("192.0.2.1", 32, "::", 0), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "::", 64), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "::", 128), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "::1", 128), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "::2", 128), SIIT_EAM_OK},
      {make_row("192.0.2.1", 32, "::ffff:0:0", 95), SIIT_EAM_HOST6},
      {make_row("192.0.2.1", 32, "::fffe:0:0", 95), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "::fffe:0:0", 96), SIIT_EAM_OK},
      {make_row("192.0.2.1", 32, "::ffff:0:0", 96), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "::ffff:192.0.2.1", 128), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "0:0:0:1::", 64), SIIT_EAM_OK},
      {make_row("192.0.2.1", 32, "8000::", 1), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "fe00::", 8), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "fe00::", 9), SIIT_EAM_OK},
      {make_row("192.0.2.1", 32, "fe80::", 10), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "fe80::1", 128), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "fec0::", 10), SIIT_EAM_OK},
      {make_row("192.0.2.1", 32, "ff02::1", 128), SIIT_EAM_BAD6},
      {make_row("192.0.2.1", 32, "2000::", 3), SIIT_EAM_OK},
  };
  for (const Check& c : checks)
    EXPECT_EQ(siit_row_check(&c.row), c.err)
        << show(c.row.addr4) << "/" << int(c.row.len4) << " " << show(c.row.addr6) << "/"
        << int(c.row.len6);
  std::set<std::string> texts;
  for (int e = SIIT_EAM_NOMEM; e <= SIIT_EAM_BAD6; e++)
    texts.insert(siit_eam_strerror(static_cast<siit_eam_error>(e)));
  EXPECT_EQ(texts.size(), size_t{SIIT_EAM_BAD6});
}

// EAM-10, ER-03
TEST(Eam, DuplicatesOfEitherColumn) {
  Table t = table_t();
  const Check checks[] = {
      {make_row("192.0.2.1", 32, "2001:db8:aaaa::", 128), SIIT_EAM_SAME},
      {make_row("192.0.2.1", 32, "2001:db8:aaaa::", 128, true), SIIT_EAM_DUP4},
      {make_row("192.0.2.1", 32, "2001:db8::1", 128), SIIT_EAM_DUP4},
      {make_row("192.0.2.9", 32, "2001:db8:aaaa::", 128), SIIT_EAM_DUP6},
      {make_row("192.0.2.1", 32, "2001:db8:bbbb::b", 128), SIIT_EAM_DUP4},
      {make_row("192.0.2.128", 26, "2001:db8:dddd::", 64), SIIT_EAM_SAME},
      {make_row("192.0.2.128", 26, "2001:db8:dddd::", 65), SIIT_EAM_DUP4},
      {make_row("192.0.2.128", 25, "2001:db8:dddd::", 64), SIIT_EAM_DUP6},
      {make_row("192.0.2.9", 32, "2001:db8:dddd::", 64), SIIT_EAM_DUP6},
      {make_row("192.0.2.1", 24, "2001:db8:dddd::", 64), SIIT_EAM_HOST4},
  };
  for (const Check& c : checks) EXPECT_EQ(siit_eamt_add(t.get(), &c.row), c.err);
  EXPECT_EQ(siit_eamt_rows(t.get()), std::size(kTableT));
  // Overlap with other lengths is no duplicate.
  const siit_row wider = make_row("192.0.2.128", 25, "2001:db8:dddd::", 63);
  EXPECT_EQ(siit_eamt_add(t.get(), &wider), SIIT_EAM_OK);
}

TEST(Eam, RowLimit) {
  Table t = make_table(2);
  EXPECT_EQ(siit_eamt_max_rows(t.get()), 2u);
  const siit_row a = make_row("192.0.2.1", 32, "2001:db8::1", 128);
  const siit_row b = make_row("192.0.2.0", 24, "2001:db8::", 64);
  const siit_row c = make_row("192.0.2.3", 32, "2001:db8::3", 128);
  EXPECT_EQ(siit_eamt_add(t.get(), &a), SIIT_EAM_OK);
  EXPECT_EQ(siit_eamt_add(t.get(), &b), SIIT_EAM_OK);
  EXPECT_EQ(siit_eamt_add(t.get(), &c), SIIT_EAM_FULL);
  EXPECT_EQ(siit_eamt_add(t.get(), &a), SIIT_EAM_SAME);
  EXPECT_EQ(map46(t, "192.0.2.3"), show(v6("2001:db8:0:0:300::")));
  siit_eamt_set_max_rows(t.get(), 3);
  EXPECT_EQ(siit_eamt_add(t.get(), &c), SIIT_EAM_OK);
  EXPECT_EQ(siit_eamt_rows(t.get()), 3u);
}

TEST(Eam, WalkMeetsEachRowOnce) {
  Table t = table_t();
  const auto walk = [&] {
    std::vector<int> found;
    for (const siit_row* r = nullptr; (r = siit_eamt_next(t.get(), r));)
      found.push_back(static_cast<int>(ntohl(r->addr4) & 0xff));
    std::sort(found.begin(), found.end());
    return found;
  };
  EXPECT_EQ(walk(), (std::vector{1, 2, 16, 128, 192, 224}));
  for (const int drop : {3, 0, 5}) {
    const siit_row* r = siit_eamt_find4(t.get(), kTableT[drop].addr4, kTableT[drop].len4);
    ASSERT_TRUE(r);
    siit_eamt_del(t.get(), r);
  }
  EXPECT_EQ(walk(), (std::vector{2, 16, 192}));
  EXPECT_EQ(siit_eamt_add(t.get(), &kTableT[0]), SIIT_EAM_OK);
  EXPECT_EQ(walk(), (std::vector{1, 2, 16, 192}));
}

TEST(Eam, CreateAndDestroy) {
  siit_eamt_destroy(nullptr);
  for (const u32 hint : {0u, 1u, 16u, 17u, 100000u, 4000000000u}) {
    const Table t = make_table(100000, hint);
    ASSERT_TRUE(t);
    EXPECT_EQ(siit_eamt_rows(t.get()), 0u);
    EXPECT_EQ(map46(t, "192.0.2.1"), "none");
    EXPECT_EQ(map64(t, "2001:db8::1"), "none");
    EXPECT_FALSE(siit_eamt_next(t.get(), nullptr));
  }
}

// The mapping bit by bit, as RFC 7757 3.3 says it.
bool bit_at(const u8* b, int i) { return b[i / 8] >> (7 - i % 8) & 1; }
void set_bit(u8* b, int i) { b[i / 8] |= static_cast<u8>(0x80 >> i % 8); }

TEST(Eam, MappingAgainstBits) {
  const unsigned seed = 7757;
  std::mt19937 rng(seed);
  for (int len4 = 0; len4 <= 32; len4++) {
    for (int len6 = 0; len6 <= 96 + len4; len6++) {
      siit_row r{};
      r.len4 = static_cast<u8>(len4);
      r.len6 = static_cast<u8>(len6);
      auto* row4 = reinterpret_cast<u8*>(&r.addr4);
      for (int i = 0; i < len4; i++)
        if (rng() & 1) set_bit(row4, i);
      for (int i = 0; i < len6; i++)
        if (rng() & 1) set_bit(r.addr6.s6_addr, i);

      __be32 in4 = r.addr4;
      in6_addr want6 = r.addr6;
      for (int i = len4; i < 32; i++) {
        if (!(rng() & 1)) continue;
        set_bit(reinterpret_cast<u8*>(&in4), i);
        set_bit(want6.s6_addr, len6 + i - len4);
      }
      in6_addr got6;
      siit_row_map46(&r, in4, &got6);
      ASSERT_EQ(show(got6), show(want6)) << len4 << " " << len6 << " seed " << seed;

      __be32 got4;
      ASSERT_TRUE(siit_row_map64(&r, &want6, &got4)) << len4 << " " << len6;
      ASSERT_EQ(show(got4), show(in4)) << len4 << " " << len6 << " seed " << seed;

      const int used = len6 + 32 - len4;
      if (used == 128) continue;
      set_bit(want6.s6_addr, used + static_cast<int>(rng() % static_cast<unsigned>(128 - used)));
      ASSERT_FALSE(siit_row_map64(&r, &want6, &got4)) << len4 << " " << len6;
      ASSERT_EQ(show(got4), show(in4)) << len4 << " " << len6 << " seed " << seed;
    }
  }
}

// A table beside a list that is searched from end to end.
class Model {
 public:
  explicit Model(unsigned seed) : rng_(seed), table_(make_table()) {}

  void add_random() {
    const siit_row r = random_row();
    siit_eam_error want = siit_row_check(&r);
    if (!want) {
      const siit_row* same4 = exact4(r);
      const siit_row* same6 = exact6(r);
      if (same4 && same4 == same6)
        want = SIIT_EAM_SAME;
      else if (same4)
        want = SIIT_EAM_DUP4;
      else if (same6)
        want = SIIT_EAM_DUP6;
    }
    ASSERT_EQ(siit_eamt_add(table_.get(), &r), want);
    if (!want) rows_.push_back(r);
  }

  void del_random() {
    if (rows_.empty()) return;
    const size_t i = rng_() % rows_.size();
    const siit_row& r = rows_[i];
    const siit_row* by4 = siit_eamt_find4(table_.get(), r.addr4, r.len4);
    const siit_row* by6 = siit_eamt_find6(table_.get(), &r.addr6, r.len6);
    ASSERT_TRUE(by4);
    ASSERT_TRUE(by6);
    ASSERT_TRUE(siit_row_is_same(by4, by6));
    siit_eamt_del(table_.get(), by4);
    ASSERT_FALSE(siit_eamt_find4(table_.get(), r.addr4, r.len4));
    ASSERT_FALSE(siit_eamt_find6(table_.get(), &r.addr6, r.len6));
    rows_.erase(rows_.begin() + static_cast<ptrdiff_t>(i));
  }

  void probe() {
    const __be32 a4 = probe4();
    const siit_row* want = nullptr;
    for (const siit_row& r : rows_)
      if (in4(r, a4) && (!want || r.len4 > want->len4)) want = &r;
    expect_same(siit_eamt_lookup4(table_.get(), a4), want, show(a4));

    const in6_addr a6 = probe6();
    want = nullptr;
    for (const siit_row& r : rows_)
      if (in6(r, a6) && (!want || r.len6 > want->len6)) want = &r;
    expect_same(siit_eamt_lookup6(table_.get(), &a6), want, show(a6));
  }

  void walk() {
    ASSERT_EQ(siit_eamt_rows(table_.get()), rows_.size());
    size_t n = 0;
    for (const siit_row* r = nullptr; (r = siit_eamt_next(table_.get(), r)); ++n)
      ASSERT_TRUE(std::any_of(rows_.begin(), rows_.end(), [&](const siit_row& want) {
        return siit_row_is_same(r, &want) && r->local == want.local;
      }));
    ASSERT_EQ(n, rows_.size());
  }

  size_t size() const { return rows_.size(); }
  unsigned random() { return static_cast<unsigned>(rng_()); }
  const std::set<int>& lengths4() const { return lengths4_; }
  const std::set<int>& lengths6() const { return lengths6_; }

 private:
  static bool same_bits(const u8* a, const u8* b, int n) {
    for (int i = 0; i < n; i++)
      if (bit_at(a, i) != bit_at(b, i)) return false;
    return true;
  }
  static bool in4(const siit_row& r, __be32 a) {
    return same_bits(reinterpret_cast<const u8*>(&r.addr4), reinterpret_cast<const u8*>(&a),
                     r.len4);
  }
  static bool in6(const siit_row& r, const in6_addr& a) {
    return same_bits(r.addr6.s6_addr, a.s6_addr, r.len6);
  }
  const siit_row* exact4(const siit_row& row) const {
    for (const siit_row& r : rows_)
      if (r.len4 == row.len4 && r.addr4 == row.addr4) return &r;
    return nullptr;
  }
  const siit_row* exact6(const siit_row& row) const {
    for (const siit_row& r : rows_)
      if (r.len6 == row.len6 && !memcmp(&r.addr6, &row.addr6, 16)) return &r;
    return nullptr;
  }
  void expect_same(const siit_row* got, const siit_row* want, const std::string& addr) {
    ASSERT_EQ(got != nullptr, want != nullptr) << addr;
    if (want) {
      ASSERT_TRUE(siit_row_is_same(got, want) && got->local == want->local)
          << addr << ": got /" << int(got->len4) << " /" << int(got->len6) << ", want /"
          << int(want->len4) << " /" << int(want->len6);
    }
  }
  void noise(u8* b, int from, int bits) {
    for (int i = from; i < bits; i++)
      if (rng_() & 1) b[i / 8] ^= static_cast<u8>(0x80 >> i % 8);
  }
  // Mostly near rows that are there: inside, or off in one of the bits.
  __be32 probe4() {
    __be32 a = rows_.empty() ? 0 : rows_[rng_() % rows_.size()].addr4;
    noise(reinterpret_cast<u8*>(&a), static_cast<int>(rng_() % 33), 32);
    return a;
  }
  in6_addr probe6() {
    in6_addr a = rows_.empty() ? in6_addr{} : rows_[rng_() % rows_.size()].addr6;
    noise(a.s6_addr, static_cast<int>(rng_() % 129), 128);
    return a;
  }
  siit_row random_row() {
    siit_row r{};
    r.len4 = static_cast<u8>(rng_() % 4 ? rng_() % 33 : 32);
    const unsigned most = 96u + r.len4;
    r.len6 = static_cast<u8>(rng_() % 4 ? rng_() % (most + 1) : most);
    r.addr4 = probe4();
    r.addr6 = probe6();
    auto* b4 = reinterpret_cast<u8*>(&r.addr4);
    for (int i = r.len4; i < 32; i++) b4[i / 8] &= static_cast<u8>(~(0x80 >> i % 8));
    for (int i = r.len6; i < 128; i++) r.addr6.s6_addr[i / 8] &= static_cast<u8>(~(0x80 >> i % 8));
    if (!siit_row_check(&r)) {
      lengths4_.insert(r.len4);
      lengths6_.insert(r.len6);
    }
    return r;
  }

  std::mt19937 rng_;
  Table table_;
  std::vector<siit_row> rows_;
  std::set<int> lengths4_, lengths6_;
};

TEST(Eam, LongestMatchAgainstLinearScan) {
  std::set<int> lengths4, lengths6;
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Model m(seed);
    for (int i = 0; i < 6000 && !testing::Test::HasFatalFailure(); i++) {
      // Grow for a while, shrink for a while, down to nothing at times.
      const bool shrink = i / 700 % 2;
      if (m.random() % 10 < (shrink ? 2u : 8u))
        m.add_random();
      else
        m.del_random();
      m.probe();
      m.probe();
      if (i % 100 == 0) m.walk();
    }
    lengths4.insert(m.lengths4().begin(), m.lengths4().end());
    lengths6.insert(m.lengths6().begin(), m.lengths6().end());
    while (m.size() && !testing::Test::HasFatalFailure()) m.del_random();
    m.probe();
    m.walk();
  }
  EXPECT_EQ(lengths4.size(), 33u);
  // ::/0 and the two /1 are never legal (EAM-11).
  EXPECT_EQ(lengths6.size(), 127u);
}

// Every length at once, one inside the other.
TEST(Eam, AllLengthsNested) {
  Table t = make_table();
  std::vector<siit_row> rows;
  for (int len = 2; len <= 128; len++) {
    siit_row r{};
    r.addr6 = v6("5555:5555:5555:5555:5555:5555:5555:5555");
    for (int i = len; i < 128; i++) r.addr6.s6_addr[i / 8] &= static_cast<u8>(~(0x80 >> i % 8));
    r.len6 = static_cast<u8>(len);
    // IPv4: the same for its 33 lengths, hosts elsewhere for the rest.
    const int len4 = len - 96;
    r.len4 = static_cast<u8>(len4 >= 0 ? len4 : 32);
    r.addr4 = len4 >= 0 ? htonl(len4 ? 0x55555555u >> (32 - len4) << (32 - len4) : 0)
                        : htonl(0xc0000200u + static_cast<u32>(len));
    rows.push_back(r);
  }
  std::mt19937 rng(129);
  std::shuffle(rows.begin(), rows.end(), rng);
  for (const siit_row& r : rows) ASSERT_EQ(siit_eamt_add(t.get(), &r), SIIT_EAM_OK);

  const auto expect_all = [&](int first_missing) {
    for (int len = 2; len <= 128; len++) {
      in6_addr a = v6("5555:5555:5555:5555:5555:5555:5555:5555");
      if (len < 128) a.s6_addr[len / 8] ^= static_cast<u8>(0x80 >> len % 8);
      const siit_row* r = siit_eamt_lookup6(t.get(), &a);
      const int want = std::min(len, first_missing - 1);
      ASSERT_EQ(r ? r->len6 : 1, want) << len;
    }
  };
  expect_all(129);
  for (int len = 0; len <= 32; len++) {
    const u32 a = len == 32 ? 0x55555555u : 0x55555555u ^ 0x80000000u >> len;
    const siit_row* r = siit_eamt_lookup4(t.get(), htonl(a));
    ASSERT_TRUE(r);
    EXPECT_EQ(r->len4, len);
  }
  for (int len = 128; len >= 2; len--) {
    in6_addr a = v6("5555:5555:5555:5555:5555:5555:5555:5555");
    for (int i = len; i < 128; i++) a.s6_addr[i / 8] &= static_cast<u8>(~(0x80 >> i % 8));
    const siit_row* r = siit_eamt_find6(t.get(), &a, static_cast<u8>(len));
    ASSERT_TRUE(r) << len;
    siit_eamt_del(t.get(), r);
    expect_all(len);
  }
}

}  // namespace
