// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_ERROR_H
#define EAMCTL_ERROR_H

#include <cstddef>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace eam {

// NL-08: the exit codes are an interface.
enum class Exit : int {
  kDone = 0,
  kUsage = 1,        // usage or file error
  kRefused = 2,      // the kernel refused; what ran before still runs
  kUnavailable = 3,  // module missing or no permission
  kFindings = 4,     // diff or doctor has something to tell
};

struct Error {
  Exit exit = Exit::kUsage;
  std::string where;  // "file:line", a key, an address; may be empty
  std::string what;
  std::string hint;                // what to do; may be empty
  int sys_errno = 0;               // of a kernel refusal
  std::optional<std::size_t> row;  // which row of a transaction the kernel refused
  std::vector<Error> more;         // further errors of the same file
  std::size_t unreported = 0;      // errors beyond those kept
};

template <typename T>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

inline Failure fail(Error error) { return Failure(std::move(error)); }

inline Failure usage_error(std::string what, std::string hint = {}) {
  Error error;
  error.what = std::move(what);
  error.hint = std::move(hint);
  return Failure(std::move(error));
}

// Collects the errors of a file, so that the operator sees them all at once.
class Errors {
 public:
  static constexpr std::size_t kMax = 20;

  void add(std::string where, std::string what, std::string hint = {});
  void add(Error error);

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] bool full() const { return count_ >= kMax; }

  // The first error, the others in `more`. Only if not empty.
  [[nodiscard]] Error take();

 private:
  std::vector<Error> errors_;
  std::size_t count_ = 0;
};

// "where: what, hint", one line for each error.
std::string describe(const Error& error);

}  // namespace eam

#endif  // EAMCTL_ERROR_H
