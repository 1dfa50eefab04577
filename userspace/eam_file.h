// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_EAM_FILE_H
#define EAMCTL_EAM_FILE_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "error.h"
#include "row.h"

namespace eam {

// Rows and where they were written, so that every later error finds its line.
class EamTable {
 public:
  struct Origin {
    std::uint32_t file;
    std::uint32_t line;
  };

  std::uint32_t add_file(std::string name);
  void add(const Row& row, Origin origin) {
    rows_.push_back(row);
    origins_.push_back(origin);
  }
  void reserve(std::size_t rows);

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] std::string where(Origin origin) const;
  [[nodiscard]] std::string where(std::size_t row) const { return where(origins_[row]); }

 private:
  std::vector<Row> rows_;
  std::vector<Origin> origins_;
  std::vector<std::string> files_;
};

// Adds the rows of a file: two columns, and a third for the scope, # comments.
// With `mask` host bits are cleared instead of refused (EAM-03).
void parse_eam_file(std::string name, std::string_view content, bool mask, EamTable& table,
                    Errors& errors);

// Checks one row (see check_row) and adds it.
void add_checked(Row row, EamTable::Origin origin, bool mask, EamTable& table, Errors& errors);

// EAM-10, with both lines named.
void check_duplicates(const EamTable& table, Errors& errors);

// A kernel refusal of one row, with the line that it came from.
Error locate(Error error, const EamTable& table);

// EAM-09.
std::vector<std::string> warnings_about(const EamTable& table);

}  // namespace eam

#endif  // EAMCTL_EAM_FILE_H
