// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_NETNS_H
#define EAMCTL_NETNS_H

#include <string>

#include "error.h"

namespace eam {

// Moves this process into a network namespace: a name under /run/netns, or a path.
Result<void> enter_netns(const std::string& name);

}  // namespace eam

#endif  // EAMCTL_NETNS_H
