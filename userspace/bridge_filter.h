// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_BRIDGE_FILTER_H
#define EAMCTL_BRIDGE_FILTER_H

#include <string>
#include <vector>

namespace eam {

// ER-11: commands for nft that keep IPv4 and ARP from crossing these bridge ports, in either
// direction, and let all else pass; for no ports, commands that take the filter away.
std::string bridge_filter(const std::vector<std::string>& upstream);

}  // namespace eam

#endif  // EAMCTL_BRIDGE_FILTER_H
