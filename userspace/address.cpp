// SPDX-License-Identifier: GPL-2.0
#include "address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace eam {
namespace {

// inet_pton wants a terminated string; a view into a file has no end of its own.
template <typename Raw>
bool text_to_raw(int family, std::string_view text, Raw* raw) {
  std::array<char, INET6_ADDRSTRLEN> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  if (text.size() >= buffer.size()) return false;
  std::memcpy(buffer.data(), text.data(), text.size());
  buffer[text.size()] = '\0';
  return inet_pton(family, buffer.data(), raw) == 1;
}

bool looks_like_ipv6(std::string_view text) { return text.find(':') != std::string_view::npos; }

// Splits off "/length"; the length is at most `max`.
Result<std::uint8_t> split_length(std::string_view& text, unsigned max) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return static_cast<std::uint8_t>(max);

  const std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (code != std::errc() || end != digits.data() + digits.size() || length > max)
    return usage_error(fmt::format("\"{}\" has no prefix length from 0 to {}", text, max));
  text = text.substr(0, slash);
  return static_cast<std::uint8_t>(length);
}

}  // namespace

Result<Address4> parse_address4(std::string_view text) {
  in_addr raw{};
  if (!text_to_raw(AF_INET, text, &raw))
    return usage_error(fmt::format("\"{}\" is not an IPv4 address", text));
  return Address4{ntohl(raw.s_addr)};
}

Result<Address6> parse_address6(std::string_view text) {
  Address6 address;
  if (!text_to_raw(AF_INET6, text, &address.octets))
    return usage_error(fmt::format("\"{}\" is not an IPv6 address", text));
  return address;
}

Result<Address> parse_address(std::string_view text) {
  if (looks_like_ipv6(text)) return parse_address6(text).map([](Address6 a) { return Address(a); });
  if (text.find('.') == std::string_view::npos)
    return usage_error(fmt::format("\"{}\" is not an IP address", text));
  return parse_address4(text).map([](Address4 a) { return Address(a); });
}

Result<Prefix4> parse_prefix4(std::string_view text) {
  const Result<std::uint8_t> length = split_length(text, Prefix4::kBits);
  if (!length) return fail(length.error());
  const Result<Address4> address = parse_address4(text);
  if (!address) return fail(address.error());
  return Prefix4{*address, *length};
}

Result<Prefix6> parse_prefix6(std::string_view text) {
  const Result<std::uint8_t> length = split_length(text, Prefix6::kBits);
  if (!length) return fail(length.error());
  const Result<Address6> address = parse_address6(text);
  if (!address) return fail(address.error());
  return Prefix6{*address, *length};
}

Result<Prefix> parse_prefix(std::string_view text) {
  if (looks_like_ipv6(text)) return parse_prefix6(text).map([](Prefix6 p) { return Prefix(p); });
  if (text.find('.') == std::string_view::npos)
    return usage_error(fmt::format("\"{}\" is not an IP address or prefix", text));
  return parse_prefix4(text).map([](Prefix4 p) { return Prefix(p); });
}

std::string to_string(const Address4& address) {
  std::array<char, INET_ADDRSTRLEN> buffer{};
  const in_addr raw{htonl(address.value)};
  return inet_ntop(AF_INET, &raw, buffer.data(), buffer.size());
}

std::string to_string(const Address6& address) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  return inet_ntop(AF_INET6, address.octets.data(), buffer.data(), buffer.size());
}

std::string to_cidr(const Prefix4& prefix) {
  return fmt::format("{}/{}", to_string(prefix.address), prefix.length);
}

std::string to_cidr(const Prefix6& prefix) {
  return fmt::format("{}/{}", to_string(prefix.address), prefix.length);
}

std::string to_string(const Prefix4& prefix) {
  return prefix.length == Prefix4::kBits ? to_string(prefix.address) : to_cidr(prefix);
}

std::string to_string(const Prefix6& prefix) {
  return prefix.length == Prefix6::kBits ? to_string(prefix.address) : to_cidr(prefix);
}

std::string to_string(const Address& address) {
  return std::visit([](const auto& a) { return to_string(a); }, address);
}

std::string to_string(const Prefix& prefix) {
  return std::visit([](const auto& p) { return to_string(p); }, prefix);
}

Prefix4 masked(Prefix4 prefix) {
  // A shift by all 32 bits is undefined.
  const std::uint32_t mask = prefix.length == 0 ? 0 : ~std::uint32_t{0} << (32U - prefix.length);
  prefix.address.value &= mask;
  return prefix;
}

Prefix6 masked(Prefix6 prefix) {
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned first = i * 8;
    std::uint8_t& octet = prefix.address.octets[i];
    if (first >= prefix.length)
      octet = 0;
    else if (prefix.length - first < 8)
      octet = static_cast<std::uint8_t>(octet & (0xff00U >> (prefix.length - first)));
  }
  return prefix;
}

bool covers(const Prefix4& outer, const Prefix4& inner) {
  return outer.length <= inner.length &&
         masked(Prefix4{inner.address, outer.length}).address == masked(outer).address;
}

bool covers(const Prefix6& outer, const Prefix6& inner) {
  return outer.length <= inner.length &&
         masked(Prefix6{inner.address, outer.length}).address == masked(outer).address;
}

std::uint32_t bits_of(const Address6& address, unsigned first, unsigned count) {
  std::uint32_t bits = 0;
  for (unsigned i = first; i < first + count; ++i) {
    const unsigned bit = i < 128 ? (address.octets[i / 8] >> (7 - i % 8)) & 1U : 0;
    bits = bits << 1 | bit;
  }
  return bits;
}

void set_bits(Address6& address, unsigned first, unsigned count, std::uint32_t bits) {
  for (unsigned i = first; i < first + count && i < 128; ++i) {
    const unsigned bit = bits >> (first + count - 1 - i) & 1U;
    const unsigned mask = 0x80U >> (i % 8);
    std::uint8_t& octet = address.octets[i / 8];
    octet = static_cast<std::uint8_t>(bit != 0 ? octet | mask : octet & ~mask);
  }
}

}  // namespace eam
