// SPDX-License-Identifier: GPL-2.0
// libFuzzer: a file of rows, host bits cleared or not. What is accepted can be written and read again.
#include <cstdio>
#include <cstdlib>

#include "eam_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace eam;
  if (size == 0) return 0;
  const bool mask = data[0] & 1;
  const std::string_view content(reinterpret_cast<const char*>(data + 1), size - 1);

  EamTable table;
  Errors errors;
  parse_eam_file("fuzzed", content, mask, table, errors);
  check_duplicates(table, errors);
  if (!errors.empty()) return 0;
  warnings_about(table);

  std::string text;
  for (const Row& row : table.rows()) text += to_string(row) + "\n";
  EamTable again;
  parse_eam_file("written", text, false, again, errors);
  if (!errors.empty() || again.rows() != table.rows()) {
    fprintf(stderr, "read:\n%.*s\nwritten:\n%s\n", static_cast<int>(content.size()), content.data(), text.c_str());
    abort();
  }
  return 0;
}
