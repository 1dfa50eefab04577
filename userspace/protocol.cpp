// SPDX-License-Identifier: GPL-2.0
#include "protocol.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace eam {
namespace {

struct Protocol {
  std::string_view name;
  std::uint8_t ipv4;
  std::uint8_t ipv6;
};
constexpr std::array<Protocol, 11> kProtocols{{{"icmp", 1, 58},
                                               {"icmp6", 58, 58},
                                               {"tcp", 6, 6},
                                               {"udp", 17, 17},
                                               {"dccp", 33, 33},
                                               {"gre", 47, 47},
                                               {"esp", 50, 50},
                                               {"ah", 51, 51},
                                               {"ospf", 89, 89},
                                               {"sctp", 132, 132},
                                               {"udplite", 136, 136}}};

}  // namespace

Result<std::uint8_t> parse_protocol(const std::string& text, bool ipv6) {
  for (const Protocol& protocol : kProtocols)
    if (protocol.name == text) return ipv6 ? protocol.ipv6 : protocol.ipv4;
  std::uint8_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || code != std::errc() || end != text.data() + text.size())
    return usage_error(fmt::format("\"{}\" is not a protocol", text),
                       "write tcp, udp, icmp ... or a number from 0 to 255");
  return number;
}

std::string protocol_name(unsigned number, bool ipv6) {
  for (const Protocol& protocol : kProtocols)
    if (number == (ipv6 ? protocol.ipv6 : protocol.ipv4)) return std::string(protocol.name);
  return fmt::format("protocol {}", number);
}

}  // namespace eam
