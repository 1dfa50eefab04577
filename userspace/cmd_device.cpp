// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>
#include <linux/siit_dc.h>

#include "commands.h"
#include "follow.h"

namespace eam {
namespace {

Error other_name(const std::string& wanted, const std::string& present) {
  Error error;
  error.exit = Exit::kRefused;
  error.where = wanted;
  error.what = fmt::format("the instance of this network namespace is called {}", present);
  error.hint = fmt::format("there can be one only; eamctl down {} removes it", present);
  return error;
}

// The role, the link and its routes; the device is there.
Result<void> bring_up(const Device& device, const std::string& role, Session& session) {
  if (!role.empty()) {
    const Setting* setting = find_setting(SIIT_SET_A_ROLE);
    Result<Value> value = parse_value(*setting, role);
    if (!value) return fail(value.error());
    SettingsChange change;
    change.values.emplace(setting->attribute, std::move(*value));
    const Result<void> changed = session.kernel.change(change);
    if (!changed) return changed;
  }
  if (!device.up) {
    const Result<void> up = session.host.set_up(device.ifindex, true);
    if (!up) return up;
  }
  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  session.warn(warnings_about(state->values));
  warn_about_forwarding(session, state->values);
  // The filter is there after a restart of the firewall too.
  const Result<void> kept = keep_host_settings(session, device, state->values);
  if (!kept) return kept;
  return follow(session, *state);
}

}  // namespace

Result<void> run_up(const UpOptions& options, Session& session) {
  Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());
  const bool create = !*device;
  if (create) {
    const std::string name = options.device.empty() ? std::string(kDefaultDevice) : options.device;
    const Result<void> good = check_device_name(name);
    if (!good) return good;
    const Result<void> created = session.host.create_instance(name);
    if (!created) return created;
    device = session.host.find_instance();
    if (!device) return fail(device.error());
    if (!*device) return usage_error(fmt::format("{} is gone again", name));
  } else if (!options.device.empty() && (*device)->name != options.device) {
    return fail(other_name(options.device, (*device)->name));
  }

  const Result<void> up = bring_up(**device, options.role, session);
  // The first error is the one to tell.
  if (!up && create) static_cast<void>(session.host.delete_device((*device)->ifindex));
  return up;
}

Result<void> run_down(const DownOptions& options, Session& session) {
  const Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());
  if (!*device) return withdraw(session, {}, false);
  if (!options.device.empty() && (*device)->name != options.device)
    return fail(other_name(options.device, (*device)->name));
  const Result<void> withdrawn = withdraw(session, **device, options.keep);
  if (!withdrawn) return withdrawn;
  // Its routes go with the link.
  return options.keep ? session.host.set_up((*device)->ifindex, false)
                      : session.host.delete_device((*device)->ifindex);
}

}  // namespace eam
