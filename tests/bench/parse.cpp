// SPDX-License-Identifier: GPL-2.0
// parse FILE - reads and parses a table as eamctl does, and does nothing with it: what loading is measured against.
#include <cstdio>

#include "eam_file.h"
#include "file.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const eam::Result<std::string> content = eam::read_file(argv[1]);
  if (!content) return 1;
  eam::EamTable table;
  eam::Errors errors;
  eam::parse_eam_file(argv[1], *content, false, table, errors);
  std::printf("%zu\n", table.rows().size());
  return errors.empty() ? 0 : 1;
}
