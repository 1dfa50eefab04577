// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_PROTOCOL_H
#define EAMCTL_PROTOCOL_H

#include <cstdint>
#include <string>

#include "error.h"

// Transport protocols by name: "icmp" is each family's own.
namespace eam {

// A name, or a number.
Result<std::uint8_t> parse_protocol(const std::string& text, bool ipv6);
std::string protocol_name(unsigned number, bool ipv6);

}  // namespace eam

#endif  // EAMCTL_PROTOCOL_H
