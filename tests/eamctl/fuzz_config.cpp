// SPDX-License-Identifier: GPL-2.0
// libFuzzer: a configuration. What is accepted is what `show` would print and `apply` read again.
#include <cstdio>
#include <cstdlib>

#include "config_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace eam;
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  // It would read whatever files the fuzzer names.
  if (content.find("files") != std::string_view::npos || content.find('\\') != std::string_view::npos) return 0;

  const Result<Config> config = parse_config("fuzzed", content);
  if (!config) return 0;
  const std::string text = print_config(config->device, config->values, config->table.rows());
  const Result<Config> again = parse_config("printed", text);
  if (!again || again->device != config->device || again->values != config->values ||
      again->table.rows() != config->table.rows()) {
    fprintf(stderr, "read:\n%.*s\nprinted:\n%s\n", static_cast<int>(size), data, text.c_str());
    abort();
  }
  return 0;
}
