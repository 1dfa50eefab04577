// SPDX-License-Identifier: GPL-2.0
#include "error.h"

#include <fmt/format.h>

namespace eam {

void Errors::add(std::string where, std::string what, std::string hint) {
  Error error;
  error.where = std::move(where);
  error.what = std::move(what);
  error.hint = std::move(hint);
  add(std::move(error));
}

void Errors::add(Error error) {
  count_ += 1 + error.more.size() + error.unreported;
  std::vector<Error> more = std::move(error.more);
  error.more.clear();
  error.unreported = 0;
  if (errors_.size() < kMax) errors_.push_back(std::move(error));
  for (Error& next : more)
    if (errors_.size() < kMax) errors_.push_back(std::move(next));
}

Error Errors::take() {
  Error first = std::move(errors_.front());
  errors_.erase(errors_.begin());
  first.more = std::move(errors_);
  first.unreported = count_ - 1 - first.more.size();
  errors_.clear();
  count_ = 0;
  return first;
}

static std::string line_of(const Error& error) {
  std::string line = error.where.empty() ? error.what : error.where + ": " + error.what;
  if (!error.hint.empty()) line += "; " + error.hint;
  return line;
}

std::string describe(const Error& error) {
  std::string text = line_of(error);
  for (const Error& next : error.more) text += "\n" + line_of(next);
  if (error.unreported > 0) text += fmt::format("\nand {} more", error.unreported);
  return text;
}

}  // namespace eam
