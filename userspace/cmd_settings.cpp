// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>

#include "commands.h"
#include "routes.h"

namespace eam {
namespace {

Result<const Setting*> setting_of(const std::string& key) {
  const Setting* setting = find_setting(key);
  if (setting != nullptr) return setting;
  const std::string similar = similar_keys(key);
  return usage_error(fmt::format("there is no setting \"{}\"", key),
                     similar.empty() ? "eamctl set --help lists them" : similar + "?");
}

Result<SettingsChange> change_of(const std::vector<std::string>& pairs) {
  if (pairs.size() % 2 != 0)
    return usage_error(fmt::format("{} has no value", pairs.back()), "write KEY VALUE");
  SettingsChange change;
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    const Result<const Setting*> setting = setting_of(pairs[i]);
    if (!setting) return fail(setting.error());
    std::uint64_t bits = std::uint64_t{1} << (*setting)->attribute;
    if ((*setting)->attribute2 != 0) bits |= std::uint64_t{1} << (*setting)->attribute2;
    if (change.values.contains((*setting)->attribute) || (change.unset_bits & bits) != 0)
      return usage_error(fmt::format("{} is there twice", pairs[i]));
    if (pairs[i + 1] == "default") {
      change.unset_bits |= bits;
      continue;
    }
    Result<Value> value = parse_value(**setting, pairs[i + 1]);
    if (!value) return fail(value.error());
    // A pool that is no longer used goes.
    const auto* source = std::get_if<Icmp4Src>(&*value);
    if (source != nullptr && source->pool.empty())
      change.unset_bits |= std::uint64_t{1} << (*setting)->attribute2;
    change.values.emplace((*setting)->attribute, std::move(*value));
  }
  const Result<void> together = check_together(change.values);
  if (!together) return fail(together.error());
  return change;
}

}  // namespace

Result<void> run_set(const SetOptions& options, Session& session) {
  const Result<SettingsChange> change = change_of(options.pairs);
  if (!change) return fail(change.error());
  const Result<State> before = session.kernel.state();
  if (!before) return fail(before.error());
  const Result<void> changed = session.kernel.change(*change);
  if (!changed) return changed;
  const Result<State> after = session.kernel.state();
  if (!after) return fail(after.error());

  // What was so before was told before.
  const std::vector<std::string> known = warnings_about(before->values);
  for (const std::string& warning : warnings_about(after->values))
    if (std::find(known.begin(), known.end(), warning) == known.end()) session.warn(warning);
  if (change->values.contains(find_setting("role")->attribute))
    warn_about_forwarding(session, after->values);
  return same_plan(before->values, after->values) ? Result<void>() : follow_routes(session, *after);
}

Result<void> run_get(const GetOptions& options, Session& session) {
  const Setting* setting = nullptr;
  if (!options.key.empty()) {
    const Result<const Setting*> found = setting_of(options.key);
    if (!found) return fail(found.error());
    setting = *found;
  }
  const Result<State> state = session.kernel.state();
  if (!state) return fail(state.error());
  session.out += setting == nullptr ? render_settings(*state, session.style)
                                    : render_setting(*state, *setting, session.style);
  return {};
}

}  // namespace eam
