// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_FILE_H
#define EAMCTL_FILE_H

#include <functional>
#include <string>

#include "error.h"

namespace eam {

Result<std::string> read_file(const std::string& path);
// Into a file that is there, in one write.
Result<void> write_file(const std::string& path, const std::string& content);
// To the end of a file descriptor; `name` is for the error.
Result<std::string> read_all(int fd, const std::string& name);

// Where "-" is read from; tests have their own.
using ReadStdin = std::function<Result<std::string>()>;

}  // namespace eam

#endif  // EAMCTL_FILE_H
