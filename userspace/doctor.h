// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_DOCTOR_H
#define EAMCTL_DOCTOR_H

#include <string>
#include <vector>

#include "session.h"

namespace eam {

// What is wrong with the running system, and how to mend it.
struct Finding {
  std::string check;  // one word; the same words as in docs/edge-relay.md
  std::string what;
  std::string mend;
  bool operator==(const Finding&) const = default;
};

// Reads only. An error is a question that the kernel did not answer.
Result<std::vector<Finding>> examine(Session& session);

}  // namespace eam

#endif  // EAMCTL_DOCTOR_H
