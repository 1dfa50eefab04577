// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_SERVICE_ADDRESSES_H
#define EAMCTL_SERVICE_ADDRESSES_H

#include <string>
#include <vector>

#include "host_settings.h"

// ER-04, ER-06, ER-10: the addresses by which an Edge Relay attracts what is for its local rows.
namespace eam {

// Each address is an object of its own, and the kernel keeps proxy entries in lists.
constexpr std::size_t kMostServiceAddresses = 1024;

struct LocalAddresses {
  std::vector<Address4> ipv4;
  std::vector<Address6> ipv6;
};

// Does somebody want them? If not, a change of the table costs no dump.
bool wants_service_addresses(const Values& values);

// Of the local rows, less what a longer remote row has. Refused if there are too many.
Result<LocalAddresses> local_addresses(const Values& values, std::span<const Row> rows);

// Makes them what these settings want; `device` is the instance. Knows and changes which
// sysctls are on because of us. Gives warnings.
Result<std::vector<std::string>> sync_service_addresses(HostClient& host, const Device& device,
                                                        const Values& values,
                                                        const LocalAddresses& addresses,
                                                        std::vector<std::string>& turned_on);

}  // namespace eam

#endif  // EAMCTL_SERVICE_ADDRESSES_H
