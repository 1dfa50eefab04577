/* SPDX-License-Identifier: GPL-2.0 */
// Tables of a shape and a size, and addresses to look up in them.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "alternatives.h"

struct siit_eamt;

namespace bench {

enum class Shape {
  kHosts,    // /32 and /128 only
  kMixed,    // one row in ten is a prefix, of usual lengths
  kLengths,  // rows on all lengths that a row may have
};

struct Rows {
  struct Destroy {
    void operator()(siit_eamt* table) const;
  };
  unsigned number;  // of no other
  std::unique_ptr<siit_eamt, Destroy> table;
  // Inside random rows, as many of either family; as keys, and as a packet has them.
  std::vector<Key> ask4, ask6;
  std::vector<std::uint32_t> wire4;
  std::vector<in6_addr> wire6;
};

// The same one as long as the same is asked for again.
const Rows& rows_of(Shape shape, std::size_t count);

// The row for the address of this number.
const siit_row* lookup4(const Rows& rows, std::size_t at);
const siit_row* lookup6(const Rows& rows, std::size_t at);

// Whoever asks for a row reads it.
std::uint32_t word_of(const siit_row* row);

// Every row of one column into another kind of table.
template <typename Other>
void copy4(const Rows& rows, Other& other);
template <typename Other>
void copy6(const Rows& rows, Other& other);

}  // namespace bench
