// SPDX-License-Identifier: GPL-2.0
#include "service_addresses.h"

#include <fmt/format.h>
#include <linux/siit_dc.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace eam {
namespace {

bool is_local(const Row& row, bool er) {
  return row.scope == Scope::kLocal || (row.scope == Scope::kDefault && er);
}

Address6 last_of(Prefix6 prefix) {
  for (unsigned bit = prefix.length; bit < Prefix6::kBits; ++bit)
    set_bits(prefix.address, bit, 1, 1);
  return prefix.address;
}

Failure too_many(const Row& row) {
  Error error;
  error.where = to_string(row);
  error.what = fmt::format(
      "the local rows have more than {} addresses, too many to attract one "
      "by one",
      kMostServiceAddresses);
  error.hint = fmt::format("route {} to this host and set node and proxy-nd to default",
                           to_string(row.ipv6));
  return fail(std::move(error));
}

// `rows` come with shorter prefixes first, so that longer ones have the last word.
Result<std::set<Address4>> column4_of(const std::vector<Row>& rows, bool er) {
  std::set<Address4> addresses;
  for (const Row& row : rows) {
    const std::uint64_t count = std::uint64_t{1} << (Prefix4::kBits - row.ipv4.length);
    if (!is_local(row, er)) {
      const auto last = static_cast<std::uint32_t>(row.ipv4.address.value + (count - 1));
      addresses.erase(addresses.lower_bound(row.ipv4.address), addresses.upper_bound({last}));
      continue;
    }
    if (count > kMostServiceAddresses) return too_many(row);
    for (std::uint32_t i = 0; i < count; ++i) addresses.insert({row.ipv4.address.value + i});
    if (addresses.size() > kMostServiceAddresses) return too_many(row);
  }
  return addresses;
}

Result<std::set<Address6>> column6_of(const std::vector<Row>& rows, bool er) {
  std::set<Address6> addresses;
  for (const Row& row : rows) {
    if (!is_local(row, er)) {
      addresses.erase(addresses.lower_bound(row.ipv6.address),
                      addresses.upper_bound(last_of(row.ipv6)));
      continue;
    }
    const std::uint64_t count = std::uint64_t{1} << (Prefix4::kBits - row.ipv4.length);
    if (count > kMostServiceAddresses) return too_many(row);
    for (std::uint32_t i = 0; i < count; ++i)
      addresses.insert(image46(row, {{row.ipv4.address.value + i}, Prefix4::kBits}).address);
    if (addresses.size() > kMostServiceAddresses) return too_many(row);
  }
  return addresses;
}

std::string sysctl_of(std::string device, std::string_view name) {
  std::replace(device.begin(), device.end(), '.', '/');
  return fmt::format("net.ipv6.conf.{}.{}", device, name);
}

Result<void> turn_on(HostClient& host, const std::string& device,
                     std::vector<std::string>& turned_on) {
  const std::string name = sysctl_of(device, "proxy_ndp");
  if (host.sysctl(name).value_or(1) != 0) return {};
  if (std::find(turned_on.begin(), turned_on.end(), device) == turned_on.end())
    turned_on.push_back(device);
  return host.set_sysctl(name, 1);
}

// On the device the kernel answers multicast solicitations; those sent to the address itself it
// takes only if it proxies at all.
constexpr std::string_view kAll = "all";

void warn_about_forwarding(HostClient& host, const std::string& device,
                           std::vector<std::string>& warnings) {
  const std::string name = sysctl_of(device, "forwarding");
  if (host.sysctl(name).value_or(1) == 0)
    warnings.push_back(
        fmt::format("{} is 0, and the kernel answers for others only where it forwards; set it to "
                    "1, or node if the services are this host's own",
                    name));
}

}  // namespace

bool wants_service_addresses(const Values& values) {
  return is_node(values) || !devices_of(values, kSetProxyNd).empty();
}

Result<LocalAddresses> local_addresses(const Values& values, std::span<const Row> rows) {
  LocalAddresses local;
  if (!wants_service_addresses(values)) return local;
  const bool er = is_role(values, SIIT_ROLE_ER);
  std::vector<Row> sorted(rows.begin(), rows.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Row& a, const Row& b) { return a.ipv6.length < b.ipv6.length; });
  const Result<std::set<Address6>> ipv6 = column6_of(sorted, er);
  if (!ipv6) return fail(ipv6.error());
  local.ipv6.assign(ipv6->begin(), ipv6->end());
  if (!is_node(values)) return local;

  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Row& a, const Row& b) { return a.ipv4.length < b.ipv4.length; });
  const Result<std::set<Address4>> ipv4 = column4_of(sorted, er);
  if (!ipv4) return fail(ipv4.error());
  local.ipv4.assign(ipv4->begin(), ipv4->end());
  return local;
}

Result<std::vector<std::string>> sync_service_addresses(HostClient& host, const Device& device,
                                                        const Values& values,
                                                        const LocalAddresses& addresses,
                                                        std::vector<std::string>& turned_on) {
  const bool node = is_node(values);
  std::set<ServiceAddress> wanted;
  std::vector<std::string> warnings;
  std::vector<std::string> proxying;
  if (node)
    for (const Address4& address : addresses.ipv4) wanted.insert({device.ifindex, address, false});
  for (const std::string& name : devices_of(values, kSetProxyNd)) {
    const Result<std::uint32_t> ifindex = host.index_of(name);
    if (!ifindex) {
      warnings.push_back(
          fmt::format("proxy-nd: there is no device {} yet; \"eamctl up\" looks "
                      "again",
                      name));
      continue;
    }
    // A host that does not forward answers for its own addresses only: they become its own.
    for (const Address6& address : addresses.ipv6) wanted.insert({*ifindex, address, !node});
    if (node) continue;
    proxying.push_back(name);
    warn_about_forwarding(host, name, warnings);
  }
  if (!proxying.empty()) proxying.emplace_back(kAll);
  for (const std::string& name : proxying) {
    const Result<void> on = turn_on(host, name, turned_on);
    if (!on) return fail(on.error());
  }

  const Result<std::vector<PresentAddress>> present = host.service_addresses();
  if (!present) return fail(present.error());
  std::set<ServiceAddress> missing = wanted;
  for (const PresentAddress& p : *present) missing.erase(p.service);
  for (const ServiceAddress& service : missing) {
    const Result<void> added = host.add_service_address(service);
    if (!added && added.error().sys_errno != EEXIST) return fail(added.error());
  }
  for (const PresentAddress& p : *present) {
    if (!p.ours || wanted.contains(p.service)) continue;
    const Result<void> removed = host.delete_service_address(p.service);
    if (!removed) return fail(removed.error());
  }

  std::vector<std::string> still_on;
  for (const std::string& name : turned_on) {
    if (std::find(proxying.begin(), proxying.end(), name) != proxying.end()) {
      still_on.push_back(name);
      continue;
    }
    // A device that is gone has no sysctl either.
    const std::string sysctl = sysctl_of(name, "proxy_ndp");
    if (host.sysctl(sysctl).value_or(0) != 0) {
      const Result<void> off = host.set_sysctl(sysctl, 0);
      if (!off) return fail(off.error());
    }
  }
  turned_on = still_on;
  return warnings;
}

}  // namespace eam
