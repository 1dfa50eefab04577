// SPDX-License-Identifier: GPL-2.0
#include "host_settings.h"

#include <fmt/format.h>
#include <linux/if.h>

namespace eam {
namespace {

constexpr std::string_view kMark = "siit-dc";
constexpr std::string_view kTurnedOn = "turned-on";

Values part(const Values& values, bool host) {
  Values chosen;
  for (const auto& [attribute, value] : values)
    if ((attribute >= kSetNode) == host) chosen.emplace(attribute, value);
  return chosen;
}

// What nobody set and what was set to nothing is the same.
bool is_nothing(const Value& value) {
  if (const bool* on = std::get_if<bool>(&value)) return !*on;
  const auto* names = std::get_if<std::vector<std::string>>(&value);
  return names != nullptr && names->empty();
}

}  // namespace

bool is_node(const Values& values) { return value_or<bool>(values, kSetNode, false); }

const std::vector<std::string>& devices_of(const Values& values, HostSetting setting) {
  static const std::vector<std::string> none;
  const auto* devices = value_at<std::vector<std::string>>(values, setting);
  return devices == nullptr ? none : *devices;
}

Values host_part(const Values& values) { return part(values, true); }
Values kernel_part(const Values& values) { return part(values, false); }

std::string to_alias(const HostSettings& settings) {
  std::string text;
  for (const auto& [attribute, value] : settings.values) {
    if (is_nothing(value)) continue;
    const Setting* setting = find_setting(attribute);
    text += fmt::format(" {}={}", setting->key, to_string(*setting, value));
  }
  if (!settings.turned_on.empty())
    text += fmt::format(" {}={}", kTurnedOn, fmt::join(settings.turned_on, ","));
  return text.empty() ? "" : std::string(kMark) + text;
}

HostSettings parse_alias(std::string_view alias) {
  HostSettings settings;
  if (!alias.starts_with(kMark)) return settings;
  alias.remove_prefix(kMark.size());
  while (!alias.empty()) {
    alias.remove_prefix(1);
    const std::string_view word = alias.substr(0, alias.find(' '));
    alias.remove_prefix(word.size());
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = word.substr(0, equals);
    const std::string_view text = word.substr(equals + 1);
    const Setting* setting = find_setting(key == kTurnedOn ? "proxy-nd" : key);
    if (setting == nullptr || !setting->is_host()) continue;
    Result<Value> value = parse_value(*setting, text);
    if (!value) continue;
    if (key == kTurnedOn)
      settings.turned_on = std::get<std::vector<std::string>>(*value);
    else
      settings.values.emplace(setting->attribute, std::move(*value));
  }
  return settings;
}

Result<void> check_host_settings(const Device& device, const HostSettings& settings) {
  const std::string alias = to_alias(settings);
  if (alias.empty()) return {};
  Error error;
  error.exit = Exit::kRefused;
  error.where = device.name;
  if (!device.alias.empty() && !device.alias.starts_with(kMark)) {
    error.what =
        fmt::format("its alias \"{}\" is somebody else's, and eamctl needs it", device.alias);
    error.hint = fmt::format("ip link set dev {} alias \"\"", device.name);
    return fail(std::move(error));
  }
  if (alias.size() >= IFALIASZ) {
    error.what = "too many devices are named in proxy-nd and bridge-upstream";
    error.hint = fmt::format("their names may take {} octets together", IFALIASZ - 64);
    return fail(std::move(error));
  }
  return {};
}

Result<void> write_host_settings(HostClient& host, const Device& device,
                                 const HostSettings& settings) {
  const Result<void> good = check_host_settings(device, settings);
  if (!good) return good;
  const std::string alias = to_alias(settings);
  if (alias == device.alias || (alias.empty() && !device.alias.starts_with(kMark))) return {};
  return host.set_alias(device.ifindex, alias);
}

void merge(State& state, const HostSettings& settings) {
  state.values.insert_or_assign(kSetNode, false);
  state.values.insert_or_assign(kSetProxyNd, std::vector<std::string>());
  state.values.insert_or_assign(kSetBridgeUpstream, std::vector<std::string>());
  for (const auto& [attribute, value] : settings.values) {
    state.values.insert_or_assign(attribute, value);
    state.explicit_bits |= std::uint64_t{1} << attribute;
  }
}

}  // namespace eam
