// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_DIFF_H
#define EAMCTL_DIFF_H

#include <optional>
#include <string>
#include <vector>

#include "config_file.h"
#include "kernel_client.h"

namespace eam {

// A setting whose value `apply` would change. Without `file` it would go back to its default.
struct SettingDifference {
  const Setting* setting = nullptr;
  std::optional<Value> running;
  std::optional<Value> file;
};

// What `apply` would change.
struct Difference {
  std::string running_device;
  std::string file_device;
  std::vector<SettingDifference> settings;
  std::vector<Row> removed;  // they run, and are not in the file
  std::vector<Row> added;    // the other way round

  [[nodiscard]] bool empty() const {
    return running_device == file_device && settings.empty() && removed.empty() && added.empty();
  }
};

Difference difference(const State& state, std::vector<Row> running, const Config& config);

}  // namespace eam

#endif  // EAMCTL_DIFF_H
