// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_ADDRESS_H
#define EAMCTL_ADDRESS_H

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "error.h"

namespace eam {

// An IPv4 address as a number in host order, so that order is the address order.
struct Address4 {
  std::uint32_t value = 0;
  auto operator<=>(const Address4&) const = default;
};

struct Address6 {
  std::array<std::uint8_t, 16> octets{};
  auto operator<=>(const Address6&) const = default;
};

struct Prefix4 {
  static constexpr unsigned kBits = 32;
  Address4 address;
  std::uint8_t length = kBits;
  auto operator<=>(const Prefix4&) const = default;
};

struct Prefix6 {
  static constexpr unsigned kBits = 128;
  Address6 address;
  std::uint8_t length = kBits;
  auto operator<=>(const Prefix6&) const = default;
};

using Address = std::variant<Address4, Address6>;
using Prefix = std::variant<Prefix4, Prefix6>;

Result<Address4> parse_address4(std::string_view text);
Result<Address6> parse_address6(std::string_view text);
Result<Address> parse_address(std::string_view text);

// Without a length: /32, /128 (EAM-01). Host bits are not looked at here.
Result<Prefix4> parse_prefix4(std::string_view text);
Result<Prefix6> parse_prefix6(std::string_view text);
Result<Prefix> parse_prefix(std::string_view text);

// Host prefixes come out without a length (EAM-01).
std::string to_string(const Address4& address);
std::string to_string(const Address6& address);
std::string to_string(const Prefix4& prefix);
std::string to_string(const Prefix6& prefix);
std::string to_string(const Address& address);
std::string to_string(const Prefix& prefix);
// With a length, always.
std::string to_cidr(const Prefix4& prefix);
std::string to_cidr(const Prefix6& prefix);

// The prefix with the bits behind its length cleared.
Prefix4 masked(Prefix4 prefix);
Prefix6 masked(Prefix6 prefix);

// Is `inner` the same as `outer`, or a part of it?
bool covers(const Prefix4& outer, const Prefix4& inner);
bool covers(const Prefix6& outer, const Prefix6& inner);

// `count` bits (at most 32) of an address from bit `first` on (0 is the highest).
// Bits behind the end are zero.
std::uint32_t bits_of(const Address6& address, unsigned first, unsigned count);
void set_bits(Address6& address, unsigned first, unsigned count, std::uint32_t bits);

}  // namespace eam

#endif  // EAMCTL_ADDRESS_H
