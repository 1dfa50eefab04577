// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_IMPORT_H
#define EAMCTL_IMPORT_H

#include <string>
#include <string_view>
#include <vector>

#include "config_file.h"

// Configurations of other translators, after their public documentation.
namespace eam {

// A configuration in the making, the mistakes in it, and what of it has no counterpart here.
class Import {
 public:
  explicit Import(const std::string& name);

  // `where` in the file: a line or a path.
  void set(const std::string& where, std::string_view key, std::string_view text);
  void row(const std::string& where, std::string_view ipv4, std::string_view ipv6);
  void note(const std::string& where, const std::string& text);
  void error(const std::string& where, std::string what, std::string hint = {});

  [[nodiscard]] const Values& values() const { return values_; }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  // What parse and check found wrong; call it once, at the end.
  Result<void> finish();

 private:
  std::string name_;
  Values values_;
  std::vector<Row> rows_;
  std::vector<std::string> places_;  // of the rows
  std::vector<std::string> notes_;
  Errors errors_;
};

// The JSON of "jool_siit file handle".
Result<Import> import_jool(const std::string& name, const std::string& content);
// tayga.conf(5)
Result<Import> import_tayga(const std::string& name, std::string_view content);

}  // namespace eam

#endif  // EAMCTL_IMPORT_H
