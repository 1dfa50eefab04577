// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_HOST_SETTINGS_H
#define EAMCTL_HOST_SETTINGS_H

#include <string>
#include <string_view>
#include <vector>

#include "kernel_client.h"

// What eamctl keeps on the host for the instance. The kernel module does not know these settings:
// the alias of its device holds them ("ip link show siit0"), so that they live and die with it.
namespace eam {

struct HostSettings {
  Values values;
  std::vector<std::string> turned_on;  // devices whose proxy_ndp is on because of us
  bool operator==(const HostSettings&) const = default;
};

bool is_node(const Values& values);
const std::vector<std::string>& devices_of(const Values& values, HostSetting setting);

// `values` without what the kernel, or without what eamctl keeps.
Values host_part(const Values& values);
Values kernel_part(const Values& values);

// Empty if there is nothing to hold. Only ours is read; another one holds nothing.
std::string to_alias(const HostSettings& settings);
HostSettings parse_alias(std::string_view alias);

// Leaves an alias of somebody else alone, unless there is something to write: that is refused.
Result<void> check_host_settings(const Device& device, const HostSettings& settings);
Result<void> write_host_settings(HostClient& host, const Device& device,
                                 const HostSettings& settings);

// Settings of the module and of eamctl together, with defaults.
void merge(State& state, const HostSettings& settings);

}  // namespace eam

#endif  // EAMCTL_HOST_SETTINGS_H
