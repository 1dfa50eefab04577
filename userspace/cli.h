// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_CLI_H
#define EAMCTL_CLI_H

#include <string>
#include <vector>

#include "session.h"

namespace eam {

// Everything but main(): parses, runs, and leaves the output in the session.
Exit run_cli(std::vector<std::string> arguments, Session& session);

}  // namespace eam

#endif  // EAMCTL_CLI_H
