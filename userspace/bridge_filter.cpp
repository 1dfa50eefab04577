// SPDX-License-Identifier: GPL-2.0
#include "bridge_filter.h"

#include <fmt/format.h>

namespace eam {

std::string bridge_filter(const std::vector<std::string>& upstream) {
  // Declared first, so that it is there to be deleted; all is one transaction.
  std::string commands = "table bridge siit_dc\ndelete table bridge siit_dc\n";
  if (upstream.empty()) return commands;

  std::string ports;
  for (const std::string& name : upstream)
    ports += fmt::format("{}\"{}\"", ports.empty() ? "" : ", ", name);
  // The protocol is that behind a VLAN tag. Postrouting has what is bridged and what the host
  // sends.
  constexpr std::string_view kIpv4 = "meta protocol { ip, arp, 0x8035 }";
  commands += "table bridge siit_dc {\n";
  commands += fmt::format(
      "  chain from_upstream {{ type filter hook prerouting priority -300; iifname {{ {} }} {} "
      "drop; }}\n",
      ports, kIpv4);
  commands += fmt::format(
      "  chain to_upstream {{ type filter hook postrouting priority 300; oifname {{ {} }} {} "
      "drop; }}\n",
      ports, kIpv4);
  return commands + "}\n";
}

}  // namespace eam
