// SPDX-License-Identifier: GPL-2.0
#include "alternatives.h"

#include <algorithm>

namespace bench {
namespace {

// The same kind of function as the table's own: the upper bits are good.
std::size_t hash_of(Key key) {
  const std::uint64_t a = (key.high ^ 0x9e3779b97f4a7c15U) * 0xd6e8feb86659fd93U;
  const std::uint64_t b = (key.low ^ 0xc2b2ae3d27d4eb4fU) * 0xa0761d6478bd642fU;
  return (a ^ (a >> 32) ^ b ^ (b >> 29)) * 0xe7037ed1a0b428dbU >> 32;
}

unsigned bit(Key key, unsigned at) {
  return (at < 64 ? key.high >> (63 - at) : key.low >> (127 - at)) & 1;
}

}  // namespace

Key masked(Key key, unsigned length) {
  if (length == 0) return {0, 0};
  if (length <= 64) return {key.high & ~std::uint64_t{0} << (64 - length), 0};
  return {key.high, key.low & ~std::uint64_t{0} << (128 - length)};
}

void HashPerLength::Table::insert(const Slot& slot) {
  if (2 * (used + 1) > slots.size()) {
    std::vector<Slot> old(std::max<std::size_t>(16, 2 * slots.size()));
    old.swap(slots);
    used = 0;
    for (const Slot& s : old)
      if (s.row != nullptr) insert(s);
  }
  std::size_t at = hash_of(slot.key) & (slots.size() - 1);
  while (slots[at].row != nullptr) at = (at + 1) & (slots.size() - 1);
  slots[at] = slot;
  ++used;
}

const siit_row* HashPerLength::Table::find(Key key) const {
  for (std::size_t at = hash_of(key) & (slots.size() - 1); slots[at].row != nullptr;
       at = (at + 1) & (slots.size() - 1))
    if (slots[at].key == key) return slots[at].row;
  return nullptr;
}

void HashPerLength::insert(Key prefix, unsigned length, const siit_row* row) {
  auto at = std::find_if(tables_.begin(), tables_.end(),
                         [&](const Table& t) { return t.length <= length; });
  if (at == tables_.end() || at->length != length) {
    at = tables_.insert(at, Table());
    at->length = length;
  }
  at->insert({prefix, row});
}

const siit_row* HashPerLength::lookup(Key key) const {
  for (const Table& table : tables_)
    if (const siit_row* row = table.find(masked(key, table.length))) return row;
  return nullptr;
}

std::size_t HashPerLength::octets() const {
  std::size_t sum = 0;
  for (const Table& table : tables_) sum += table.slots.size() * sizeof(Slot);
  return sum;
}

void BinaryTrie::insert(Key prefix, unsigned length, const siit_row* row) {
  std::uint32_t at = 0;
  for (unsigned i = 0; i < length; ++i) {
    std::uint32_t next = nodes_[at].child[bit(prefix, i)];
    if (next == 0) {
      next = static_cast<std::uint32_t>(nodes_.size());
      nodes_[at].child[bit(prefix, i)] = next;
      nodes_.emplace_back();
    }
    at = next;
  }
  nodes_[at].row = row;
}

const siit_row* BinaryTrie::lookup(Key key) const {
  const siit_row* best = nullptr;
  std::uint32_t at = 0;
  for (unsigned i = 0;; ++i) {
    const Node& node = nodes_[at];
    if (node.row != nullptr) best = node.row;
    at = i < 128 ? node.child[bit(key, i)] : 0;
    if (at == 0) return best;
  }
}

}  // namespace bench
