// SPDX-License-Identifier: GPL-2.0
#include "trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace eam {
namespace {

constexpr unsigned kMapped = 96;  // ::ffff:0:0/96, as which IPv4 comes

Prefix6 as_ipv6(const Prefix& prefix) {
  if (const auto* ipv6 = std::get_if<Prefix6>(&prefix)) return *ipv6;
  const auto& ipv4 = std::get<Prefix4>(prefix);
  Prefix6 mapped;
  set_bits(mapped.address, 80, 16, 0xffff);
  set_bits(mapped.address, kMapped, 32, ipv4.address.value);
  mapped.length = static_cast<std::uint8_t>(kMapped + ipv4.length);
  return mapped;
}

std::uint64_t half(const Address6& address, unsigned first) {
  return std::uint64_t{bits_of(address, first, 32)} << 32U | bits_of(address, first + 32, 32);
}

// One half of an address: its first `length` bits are given.
std::string half_filter(const std::string& field, std::uint64_t value, unsigned length) {
  if (length == 0) return {};
  const std::uint64_t rest = length == 64 ? 0 : ~std::uint64_t{0} >> length;
  if (rest == 0) return fmt::format("{}=={:#x}", field, value);
  return fmt::format("{0}>={1:#x}&&{0}<={2:#x}", field, value & ~rest, value | rest);
}

std::string address_filter(const std::string& field, const Prefix6& prefix) {
  const unsigned high = std::min<unsigned>(prefix.length, 64);
  std::string text = half_filter(field + "_hi", half(prefix.address, 0), high);
  const std::string low = half_filter(field + "_lo", half(prefix.address, 64), prefix.length - high);
  if (!low.empty()) text += "&&" + low;
  return text;
}

std::string either_filter(const std::string& field, const std::optional<Prefix>& prefix) {
  if (!prefix) return {};
  const Prefix6 ipv6 = as_ipv6(*prefix);
  if (ipv6.length == 0) return {};
  return fmt::format("&&(({})||({}))", address_filter(field, ipv6),
                     address_filter("new_" + field, ipv6));
}

using Fields = std::map<std::string_view, std::string_view>;

Fields fields_of(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos)
      fields[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return fields;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc() && end == text.data() + text.size();
}

// "12.345678" seconds
bool read_time(std::string_view text, std::chrono::nanoseconds& time) {
  const std::size_t dot = text.find('.');
  std::int64_t seconds = 0;
  std::int64_t micros = 0;
  if (dot == std::string_view::npos || text.size() - dot != 7 ||
      !read_number(text.substr(0, dot), seconds) || !read_number(text.substr(dot + 1), micros))
    return false;
  time = std::chrono::seconds(seconds) + std::chrono::microseconds(micros);
  return true;
}

// ::ffff:a.b.c.d is IPv4 where that can be.
bool read_address(std::string_view text, bool may_be_ipv4, std::optional<Address>& address) {
  const Result<Address6> ipv6 = parse_address6(text);
  if (!ipv6) return false;
  if (*ipv6 == Address6{}) return true;
  if (may_be_ipv4 && half(*ipv6, 0) == 0 && bits_of(*ipv6, 64, 32) == 0xffff)
    address = Address4{bits_of(*ipv6, kMapped, 32)};
  else
    address = *ipv6;
  return true;
}

bool read_addresses(Fields& fields, TraceEvent& event) {
  const bool from_ipv4 = event.family == 4;
  std::optional<Address> source;
  std::optional<Address> destination;
  if (!read_address(fields["src"], from_ipv4, source) ||
      !read_address(fields["dst"], from_ipv4, destination) ||
      !read_address(fields["new_src"], !from_ipv4, event.new_source) ||
      !read_address(fields["new_dst"], !from_ipv4, event.new_destination))
    return false;
  event.source = source.value_or(Address6{});
  event.destination = destination.value_or(Address6{});
  return true;
}

bool read_icmp(std::string_view text, std::optional<TraceEvent::Icmp>& icmp) {
  const std::size_t comma = text.find(',');
  TraceEvent::Icmp read{};
  if (comma == std::string_view::npos || !read_number(text.substr(0, comma), read.type) ||
      !read_number(text.substr(comma + 1), read.code))
    return false;
  if (read.type >= 0) icmp = read;
  return true;
}

// "CPU:1 [LOST 123 EVENTS]"
std::optional<TraceEvent> parse_lost(std::string_view line) {
  constexpr std::string_view kBefore = " [LOST ";
  constexpr std::string_view kAfter = " EVENTS]";
  const std::size_t at = line.find(kBefore);
  if (line.substr(0, 4) != "CPU:" || at == std::string_view::npos) return {};
  line.remove_prefix(at + kBefore.size());
  TraceEvent event;
  event.kind = TraceEvent::Kind::kLost;
  if (!read_number(line.substr(0, line.find(kAfter)), event.lost)) return {};
  return event;
}

}  // namespace

std::string trace_filter(const TraceRequest& request, std::uint64_t netns) {
  return fmt::format("netns=={}", netns) + either_filter("src", request.source) +
         either_filter("dst", request.destination);
}

// "   ping-123   [000] ..s2.    12.345678: drop: dev=siit0 ..."; a task may be called anything.
std::optional<TraceEvent> parse_trace(std::string_view line) {
  TraceEvent event;
  std::size_t at = line.rfind(": translate: dev=");
  if (at == std::string_view::npos) {
    at = line.rfind(": drop: dev=");
    event.kind = TraceEvent::Kind::kDrop;
  }
  if (at == std::string_view::npos) return parse_lost(line);
  const std::string_view before = line.substr(0, at);
  Fields fields = fields_of(line.substr(line.find("dev=", at)));
  event.device = fields["dev"];
  event.in = fields["iif"];
  event.counter = fields["counter"];
  if (!read_time(before.substr(before.rfind(' ') + 1), event.time) ||
      !read_number(fields["from"], event.family) ||
      !read_number(fields["proto"], event.protocol) || !read_number(fields["len"], event.length) ||
      !read_addresses(fields, event) || !read_icmp(fields["icmp"], event.icmp))
    return {};
  return event;
}

}  // namespace eam
