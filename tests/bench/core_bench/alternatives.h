// SPDX-License-Identifier: GPL-2.0
// Two obvious ways to find the longest match, to compare the table of kmod/core with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

struct siit_row;

namespace bench {

// Bits from the left; an IPv4 address is the upper half of `high`.
struct Key {
  std::uint64_t high;
  std::uint64_t low;
  bool operator==(const Key&) const = default;
};

Key masked(Key key, unsigned length);

// A hash table of its own for each length in use, asked from the longest to the shortest.
class HashPerLength {
 public:
  void insert(Key prefix, unsigned length, const siit_row* row);
  void finish() {}
  [[nodiscard]] const siit_row* lookup(Key key) const;
  [[nodiscard]] std::size_t octets() const;

 private:
  struct Slot {
    Key key;
    const siit_row* row;
  };
  struct Table {
    std::vector<Slot> slots;  // open addressing, at most half full
    std::size_t used = 0;
    unsigned length = 0;
    void insert(const Slot& slot);
    [[nodiscard]] const siit_row* find(Key key) const;
  };
  std::vector<Table> tables_;  // longest first
};

// A node for each bit.
class BinaryTrie {
 public:
  BinaryTrie() : nodes_(1) {}
  void insert(Key prefix, unsigned length, const siit_row* row);
  void finish() { nodes_.shrink_to_fit(); }
  [[nodiscard]] const siit_row* lookup(Key key) const;
  [[nodiscard]] std::size_t octets() const { return nodes_.size() * sizeof(Node); }

 private:
  struct Node {
    std::array<std::uint32_t, 2> child{};
    const siit_row* row = nullptr;
  };
  std::vector<Node> nodes_;
};

}  // namespace bench
