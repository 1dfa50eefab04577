// SPDX-License-Identifier: GPL-2.0
#include "diff.h"

#include <linux/siit_dc.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>

namespace eam {
namespace {

bool before(const Row& a, const Row& b) {
  return std::tie(a.ipv4, a.ipv6, a.scope) < std::tie(b.ipv4, b.ipv6, b.scope);
}

// The scope that the kernel gives a row without one, under the file's role.
Scope default_scope(const Config& config) {
  return is_role(config.values, SIIT_ROLE_ER) ? Scope::kLocal : Scope::kRemote;
}

// Plateaus in descending order, each once.
Value as_kept_by_the_kernel(Value value) {
  if (auto* plateaus = std::get_if<std::vector<std::uint16_t>>(&value)) {
    std::sort(plateaus->begin(), plateaus->end(), std::greater<>());
    plateaus->erase(std::unique(plateaus->begin(), plateaus->end()), plateaus->end());
  }
  return value;
}

std::vector<SettingDifference> settings_of(const State& state, const Config& config) {
  std::vector<SettingDifference> found;
  for (const Setting& setting : all_settings()) {
    const auto running = state.values.find(setting.attribute);
    const auto file = config.values.find(setting.attribute);
    SettingDifference next{&setting, {}, {}};
    if (running != state.values.end()) next.running = running->second;
    if (file != config.values.end()) next.file = as_kept_by_the_kernel(file->second);
    // A default stays one where the file says nothing.
    if (next.file ? next.file != next.running : state.is_explicit(setting))
      found.push_back(std::move(next));
  }
  return found;
}

}  // namespace

Difference difference(const State& state, std::vector<Row> running, const Config& config) {
  std::vector<Row> file = config.table.rows();
  for (Row& row : file)
    if (row.scope == Scope::kDefault) row.scope = default_scope(config);
  std::sort(file.begin(), file.end(), before);
  std::sort(running.begin(), running.end(), before);

  Difference found{state.device, config.device, settings_of(state, config), {}, {}};
  std::set_difference(running.begin(), running.end(), file.begin(), file.end(),
                      std::back_inserter(found.removed), before);
  std::set_difference(file.begin(), file.end(), running.begin(), running.end(),
                      std::back_inserter(found.added), before);
  return found;
}

}  // namespace eam
