// SPDX-License-Identifier: GPL-2.0
#include "rows.h"

#include <random>

#include "core.h"
extern "C" {
#include "eam_table.h"
}

namespace bench {
namespace {

using Random = std::mt19937_64;

std::uint32_t word4(Key key) { return static_cast<std::uint32_t>(key.high >> 32); }

in6_addr address6(Key key) {
  in6_addr address;
  put_unaligned_be64(key.high, &address.s6_addr[0]);
  put_unaligned_be64(key.low, &address.s6_addr[8]);
  return address;
}

Key key4(std::uint32_t address) { return {std::uint64_t{address} << 32, 0}; }

Key key6(const in6_addr& address) {
  return {get_unaligned_be64(&address.s6_addr[0]), get_unaligned_be64(&address.s6_addr[8])};
}

unsigned between(Random& random, unsigned low, unsigned high) {
  return low + static_cast<unsigned>(random() % (high - low + 1));
}

// A length of the IPv6 column, and one of the IPv4 column that goes with it (RFC 7757 3.2).
void lengths(Shape shape, Random& random, unsigned& length4, unsigned& length6) {
  length4 = 32;
  length6 = 128;
  if (shape == Shape::kMixed && random() % 10 == 0) {
    length4 = between(random, 24, 31);
    length6 = length4 + 96;
  } else if (shape == Shape::kLengths) {
    length6 = between(random, 3, 128);
    length4 = between(random, length6 > 96 ? length6 - 96 : 1, 32);
  }
}

siit_row random_row(Shape shape, Random& random) {
  unsigned length4, length6;
  lengths(shape, random, length4, length6);
  // 2000::/3 with services in many networks; no address that a row may not have.
  const Key key = masked({(random() & ~(7ULL << 61)) | 1ULL << 61, random()}, length6);
  siit_row row{};
  row.len4 = static_cast<u8>(length4);
  row.len6 = static_cast<u8>(length6);
  row.addr4 = htonl(word4(masked({random(), 0}, length4)));
  row.addr6 = address6(key);
  return row;
}

void fill(siit_eamt* table, Shape shape, std::size_t count, Random& random) {
  while (siit_eamt_rows(table) < count) {
    siit_row row = random_row(shape, random);
    // Of short prefixes there are few.
    if (siit_eamt_add(table, &row) == SIIT_EAM_OK || shape == Shape::kHosts) continue;
    row = random_row(Shape::kHosts, random);
    siit_eamt_add(table, &row);
  }
}

std::unique_ptr<Rows> make(Shape shape, std::size_t count) {
  Random random(1);
  static unsigned last = 0;
  auto rows = std::make_unique<Rows>();
  rows->number = ++last;
  rows->table.reset(siit_eamt_create(static_cast<u32>(count), static_cast<u32>(count)));
  fill(rows->table.get(), shape, count, random);

  std::vector<const siit_row*> all;
  for (const siit_row* row = nullptr; (row = siit_eamt_next(rows->table.get(), row));)
    all.push_back(row);
  const std::size_t questions = std::max<std::size_t>(count, 1U << 16);
  for (std::size_t i = 0; i < questions; ++i) {
    const siit_row& row = *all[random() % all.size()];
    const Key any{random(), random()};
    const Key free4 = masked(any, row.len4), free6 = masked(any, row.len6);
    const Key in6 = key6(row.addr6);
    rows->ask4.push_back(key4(ntohl(row.addr4) | word4({any.high ^ free4.high, 0})));
    rows->ask6.push_back({in6.high | (any.high ^ free6.high), in6.low | (any.low ^ free6.low)});
    rows->wire4.push_back(htonl(word4(rows->ask4.back())));
    rows->wire6.push_back(address6(rows->ask6.back()));
  }
  return rows;
}

}  // namespace

void Rows::Destroy::operator()(siit_eamt* table) const { siit_eamt_destroy(table); }

const Rows& rows_of(Shape shape, std::size_t count) {
  static std::unique_ptr<Rows> rows;
  static Shape have_shape;
  static std::size_t have_count;
  if (!rows || shape != have_shape || count != have_count) {
    rows.reset();
    rows = make(shape, count);
    have_shape = shape;
    have_count = count;
  }
  return *rows;
}

const siit_row* lookup4(const Rows& rows, std::size_t at) {
  return siit_eamt_get4(rows.table.get(), rows.wire4[at]);
}

const siit_row* lookup6(const Rows& rows, std::size_t at) {
  return siit_eamt_get6(rows.table.get(), &rows.wire6[at]);
}

std::uint32_t word_of(const siit_row* row) { return row->addr4; }

template <typename Other>
void copy4(const Rows& rows, Other& other) {
  for (const siit_row* row = nullptr; (row = siit_eamt_next(rows.table.get(), row));)
    other.insert(key4(ntohl(row->addr4)), row->len4, row);
  other.finish();
}

template <typename Other>
void copy6(const Rows& rows, Other& other) {
  for (const siit_row* row = nullptr; (row = siit_eamt_next(rows.table.get(), row));)
    other.insert(key6(row->addr6), row->len6, row);
  other.finish();
}

template void copy4(const Rows&, HashPerLength&);
template void copy4(const Rows&, BinaryTrie&);
template void copy6(const Rows&, HashPerLength&);
template void copy6(const Rows&, BinaryTrie&);

}  // namespace bench
