// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>

#include "commands.h"
#include "follow.h"
#include "host_settings.h"
#include "routes.h"
#include "service_addresses.h"

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

namespace {

// eamctl's own settings as they will be.
Values host_after(const State& before, const SettingsChange& change) {
  Values values;
  for (const auto& [attribute, value] : host_part(before.values))
    if ((before.explicit_bits & ~change.unset_bits) >> attribute & 1U)
      values.emplace(attribute, value);
  for (const auto& [attribute, value] : host_part(change.values))
    values.insert_or_assign(attribute, value);
  return values;
}

bool changes_host(const SettingsChange& change) {
  return !host_part(change.values).empty() || change.unset_bits >> kSetNode != 0;
}

// All that is known of the settings after the change; its own defaults the kernel alone knows.
Values values_after(const State& before, const SettingsChange& change) {
  Values values = before.values;
  for (const Setting& setting : all_settings())
    if ((change.unset_bits >> setting.attribute & 1U) != 0) values.erase(setting.attribute);
  for (const auto& [attribute, value] : change.values) values.insert_or_assign(attribute, value);
  return values;
}

// What can be known to be impossible before anything changes.
Result<void> check_possible(Session& session, const Device& device, const State& before,
                            const SettingsChange& change) {
  const Result<void> room = check_host_settings(device, host_after(before, change));
  if (!room) return room;
  const Values after = values_after(before, change);
  if (!wants_service_addresses(after)) return {};
  const Result<std::vector<Row>> rows = session.kernel.rows();
  if (!rows) return fail(rows.error());
  const Result<LocalAddresses> addresses = local_addresses(after, *rows);
  return addresses ? Result<void>() : fail(addresses.error());
}

Result<void> change_all(Session& session, const State& before, const SettingsChange& change) {
  constexpr std::uint64_t kKernelBits = (std::uint64_t{1} << kSetNode) - 1;
  const Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());
  const bool host = changes_host(change) && *device;
  if (host) {
    const Result<void> possible = check_possible(session, **device, before, change);
    if (!possible) return possible;
  }
  const SettingsChange kernel{kernel_part(change.values), change.unset_bits & kKernelBits};
  if (!kernel.values.empty() || kernel.unset_bits != 0) {
    const Result<void> changed = session.kernel.change(kernel);
    if (!changed) return changed;
  }
  return host ? keep_host_settings(session, **device, host_after(before, change)) : Result<void>();
}

}  // namespace

Result<void> run_set(const SetOptions& options, Session& session) {
  const Result<SettingsChange> change = change_of(options.pairs);
  if (!change) return fail(change.error());
  const Result<State> before = read_state(session);
  if (!before) return fail(before.error());
  const Result<void> changed = change_all(session, *before, *change);
  if (!changed) return changed;
  const Result<State> after = read_state(session);
  if (!after) return fail(after.error());

  // What was so before was told before.
  const std::vector<std::string> known = warnings_about(before->values);
  for (const std::string& warning : warnings_about(after->values))
    if (std::find(known.begin(), known.end(), warning) == known.end()) session.warn(warning);
  if (change->values.contains(find_setting("role")->attribute))
    warn_about_forwarding(session, after->values);
  return same_plan(before->values, after->values) ? Result<void>() : follow(session, *after);
}

Result<void> run_get(const GetOptions& options, Session& session) {
  const Setting* setting = nullptr;
  if (!options.key.empty()) {
    const Result<const Setting*> found = setting_of(options.key);
    if (!found) return fail(found.error());
    setting = *found;
  }
  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  session.out += setting == nullptr ? render_settings(*state, session.style)
                                    : render_setting(*state, *setting, session.style);
  return {};
}

}  // namespace eam
