// SPDX-License-Identifier: GPL-2.0
#include "row.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace eam {
namespace {

struct Never4 {
  Prefix4 prefix;
  std::string_view name;
};
struct Never6 {
  Prefix6 prefix;
  std::string_view name;
};

// EAM-11. The IPv4 side may contain these (0.0.0.0/0 is legal), not lie in them.
constexpr std::array<Never4, 3> kNever4{{
    {{{0xe0000000U}, 4}, "224.0.0.0/4"},
    {{{0x7f000000U}, 8}, "127.0.0.0/8"},
    {{{0xffffffffU}, 32}, "255.255.255.255"},
}};

// EAM-11. The IPv6 side may neither contain these nor lie in them.
constexpr std::array<Never6, 5> kNever6{{
    {{{{0xff}}, 8}, "ff00::/8"},
    {{{{0xfe, 0x80}}, 10}, "fe80::/10"},
    {{{{}}, 128}, "::"},
    {{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, 128}, "::1"},
    {{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}, 96}, "::ffff:0:0/96"},
}};

Error bad(std::string what, std::string hint = {}) {
  Error error;
  error.what = std::move(what);
  error.hint = std::move(hint);
  return error;
}

}  // namespace

Result<Scope> parse_scope(std::string_view text) {
  if (text == "remote") return Scope::kRemote;
  if (text == "local") return Scope::kLocal;
  return usage_error(fmt::format("\"{}\" is not a scope", text), "write local or remote");
}

std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::kRemote:
      return "remote";
    case Scope::kLocal:
      return "local";
    case Scope::kDefault:
      break;
  }
  return "";
}

std::string to_string(const Row& row) {
  std::string text = to_string(row.ipv4) + " " + to_string(row.ipv6);
  if (row.scope != Scope::kDefault) text.append(" ").append(to_string(row.scope));
  return text;
}

void sort_rows(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.ipv4 < b.ipv4; });
}

std::optional<Error> check_row(const Row& row) {
  if (masked(row.ipv4) != row.ipv4)
    return bad(fmt::format("{} has bits set behind its length", to_string(row.ipv4)),
               fmt::format("write {}, or use --mask", to_string(masked(row.ipv4))));
  if (masked(row.ipv6) != row.ipv6)
    return bad(fmt::format("{} has bits set behind its length", to_string(row.ipv6)),
               fmt::format("write {}, or use --mask", to_string(masked(row.ipv6))));
  if (32U - row.ipv4.length > 128U - row.ipv6.length)
    return bad(fmt::format("{} has more addresses than {}", to_cidr(row.ipv4), to_cidr(row.ipv6)),
               fmt::format("the IPv6 prefix may be /{} at most", 96 + row.ipv4.length));
  for (const Never4& never : kNever4)
    if (covers(never.prefix, row.ipv4))
      return bad(
          fmt::format("{} lies in {}, never a service address", to_string(row.ipv4), never.name));
  for (const Never6& never : kNever6) {
    if (covers(never.prefix, row.ipv6))
      return bad(
          fmt::format("{} lies in {}, never a service address", to_string(row.ipv6), never.name));
    if (covers(row.ipv6, never.prefix))
      return bad(
          fmt::format("{} contains {}, never a service address", to_string(row.ipv6), never.name));
  }
  return std::nullopt;
}

namespace {

// Row numbers sorted by one column: address first, shorter prefix first.
// The whole comparison key sits beside the number: a million rows are sorted without a cache miss a
// step.
struct Key {
  std::uint64_t high;
  std::uint64_t low;
  std::uint32_t length;
  std::uint32_t row;
  auto operator<=>(const Key&) const = default;
};

std::uint64_t load_big_endian(const std::uint8_t* octets) {
  std::uint64_t value = 0;
  std::memcpy(&value, octets, sizeof(value));
  return __builtin_bswap64(value);
}

Key key4(const Row& row, std::size_t number) {
  return {row.ipv4.address.value, 0, row.ipv4.length, static_cast<std::uint32_t>(number)};
}

Key key6(const Row& row, std::size_t number) {
  return {load_big_endian(row.ipv6.address.octets.data()),
          load_big_endian(row.ipv6.address.octets.data() + 8), row.ipv6.length,
          static_cast<std::uint32_t>(number)};
}

template <typename MakeKey>
std::vector<Key> sorted_keys(const std::vector<Row>& rows, MakeKey make_key) {
  std::vector<Key> keys;
  keys.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) keys.push_back(make_key(rows[i], i));
  // Files are usually sorted already.
  if (!std::is_sorted(keys.begin(), keys.end())) std::sort(keys.begin(), keys.end());
  return keys;
}

bool same_prefix(const Key& a, const Key& b) {
  return a.high == b.high && a.low == b.low && a.length == b.length;
}

void collect_duplicates(const std::vector<Key>& keys, bool ipv6, std::vector<Duplicate>& found) {
  std::size_t first = 0;  // of a run of equal prefixes; the row number orders a run
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (same_prefix(keys[first], keys[i]))
      found.push_back({keys[i].row, keys[first].row, ipv6});
    else
      first = i;
  }
}

// Walks prefixes in order with the stack of those that contain the current one.
template <typename Covers, typename Symmetric>
void collect_overlaps(const std::vector<Key>& keys, Covers inside, Symmetric symmetric,
                      Overlaps& found) {
  std::vector<std::size_t> outer;
  for (const Key& key : keys) {
    while (!outer.empty() && !inside(outer.back(), key.row)) outer.pop_back();
    if (!outer.empty() && !symmetric(outer.back(), key.row)) {
      ++found.count;
      if (!found.first || key.row < found.first->inner)
        found.first = Overlap{key.row, outer.back()};
    }
    outer.push_back(key.row);
  }
}

}  // namespace

std::vector<Duplicate> find_duplicates(const std::vector<Row>& rows) {
  std::vector<Duplicate> found;
  collect_duplicates(sorted_keys(rows, key4), false, found);
  collect_duplicates(sorted_keys(rows, key6), true, found);
  std::sort(found.begin(), found.end(), [](const Duplicate& a, const Duplicate& b) {
    return std::pair(a.row, a.ipv6) < std::pair(b.row, b.ipv6);
  });
  return found;
}

Prefix6 image46(const Row& row, const Prefix4& inner) {
  Prefix6 image = row.ipv6;
  const unsigned suffix = 32U - row.ipv4.length;
  if (suffix > 0) {
    const std::uint32_t mask = suffix == 32 ? ~std::uint32_t{0} : (1U << suffix) - 1;
    set_bits(image.address, row.ipv6.length, suffix, inner.address.value & mask);
  }
  image.length = static_cast<std::uint8_t>(row.ipv6.length + (inner.length - row.ipv4.length));
  return image;
}

Prefix4 image64(const Row& row, const Prefix6& inner) {
  Prefix4 image = row.ipv4;
  const unsigned suffix = 32U - row.ipv4.length;
  image.address.value |= bits_of(inner.address, row.ipv6.length, suffix);
  image.length = static_cast<std::uint8_t>(
      std::min<unsigned>(32, row.ipv4.length + (inner.length - row.ipv6.length)));
  return masked(image);
}

Overlaps find_overlaps(const std::vector<Row>& rows) {
  Overlaps found;
  const bool hosts_only = std::all_of(rows.begin(), rows.end(), [](const Row& row) {
    return row.ipv4.length == Prefix4::kBits && row.ipv6.length == Prefix6::kBits;
  });
  if (hosts_only) return found;
  collect_overlaps(
      sorted_keys(rows, key4),
      [&](std::size_t o, std::size_t i) { return covers(rows[o].ipv4, rows[i].ipv4); },
      [&](std::size_t o, std::size_t i) { return image46(rows[o], rows[i].ipv4) == rows[i].ipv6; },
      found);
  collect_overlaps(
      sorted_keys(rows, key6),
      [&](std::size_t o, std::size_t i) { return covers(rows[o].ipv6, rows[i].ipv6); },
      [&](std::size_t o, std::size_t i) { return image64(rows[o], rows[i].ipv6) == rows[i].ipv4; },
      found);
  return found;
}

}  // namespace eam
