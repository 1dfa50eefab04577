// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_ROW_H
#define EAMCTL_ROW_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "address.h"
#include "error.h"

namespace eam {

// Values of enum siit_scope; kDefault: whatever the role's default is.
enum class Scope : std::uint8_t { kDefault = 0, kRemote = 1, kLocal = 2 };

Result<Scope> parse_scope(std::string_view text);
std::string_view to_string(Scope scope);

// One row of the table (EAM-01).
struct Row {
  Prefix4 ipv4;
  Prefix6 ipv6;
  Scope scope = Scope::kDefault;
  bool operator==(const Row&) const = default;
};

// "192.0.2.1 2001:db8::1 local"
std::string to_string(const Row& row);

// By IPv4 prefix, shorter ones first.
void sort_rows(std::vector<Row>& rows);

// A row named by either column, or both.
struct RowKey {
  std::optional<Prefix4> ipv4;
  std::optional<Prefix6> ipv6;
};

// Why a row is not legal whatever the table holds (EAM-02, EAM-03, EAM-11), or nothing.
// The kernel has the same rules (NL-09).
std::optional<Error> check_row(const Row& row);

// The same for a table: rows with the IPv4 or IPv6 prefix of an earlier one (EAM-10).
struct Duplicate {
  std::size_t row;
  std::size_t earlier;
  bool ipv6;  // else the IPv4 column
};
std::vector<Duplicate> find_duplicates(const std::vector<Row>& rows);

// EAM-09: row `inner` lies in row `outer` in one column, and its mapping is not the
// part of the outer row's: there and back again leads to different addresses.
struct Overlap {
  std::size_t inner;
  std::size_t outer;
};
struct Overlaps {
  std::size_t count = 0;
  std::optional<Overlap> first;
};
Overlaps find_overlaps(const std::vector<Row>& rows);

// What the row makes of a prefix inside it (RFC 7757 3.3).
Prefix6 image46(const Row& row, const Prefix4& inner);
Prefix4 image64(const Row& row, const Prefix6& inner);

}  // namespace eam

#endif  // EAMCTL_ROW_H
