// SPDX-License-Identifier: GPL-2.0
#include "follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "bridge_filter.h"
#include "routes.h"
#include "service_addresses.h"

namespace eam {
namespace {

constexpr int kCommitTries = 5;

Result<void> sync_routes(Session& session, std::uint32_t ifindex,
                         const std::vector<Route>& wanted) {
  const Result<RouteChanges> changes = add_routes(session.host, ifindex, wanted);
  if (!changes) return fail(changes.error());
  session.warn(changes->warnings);
  return remove_stale_routes(session.host, ifindex, wanted);
}

// Service addresses, and what the device's alias remembers of them.
Result<void> sync_addresses(Session& session, Device device, const Values& values,
                            const LocalAddresses& addresses) {
  HostSettings settings = parse_alias(device.alias);
  if (!wants_service_addresses(values) && settings.turned_on.empty() &&
      !wants_service_addresses(settings.values))
    return {};
  const Result<std::vector<std::string>> warnings =
      sync_service_addresses(session.host, device, values, addresses, settings.turned_on);
  if (!warnings) return fail(warnings.error());
  session.warn(*warnings);
  return write_host_settings(session.host, device, settings);
}

HostSettings with_values(const Device& device, const Values& values) {
  HostSettings settings = parse_alias(device.alias);
  settings.values = host_part(values);
  return settings;
}

Result<Device> present_device(Session& session, const State& state) {
  const Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());
  return device->value_or(Device{state.ifindex, state.device, false, "", 0});
}

// The present IPv4 routes of ours.
Result<std::vector<Prefix4>> routed4(Session& session, std::uint32_t ifindex) {
  const Result<std::vector<Route>> routes = session.host.routes(ifindex);
  if (!routes) return fail(routes.error());
  std::vector<Prefix4> prefixes;
  for (const Route& route : *routes)
    if (const auto* prefix = std::get_if<Prefix4>(&route.prefix)) prefixes.push_back(*prefix);
  return prefixes;
}

// Has another row a prefix that contains this one? 0.0.0.0/0 has no route.
bool is_covered(Session& session, const Prefix4& inner) {
  for (unsigned length = inner.length - 1U; length > 0; --length) {
    const Prefix4 outer = masked(Prefix4{inner.address, static_cast<std::uint8_t>(length)});
    if (session.kernel.find({outer, std::nullopt})) return true;
  }
  return false;
}

Result<void> sync_all(Session& session, const Device& device, const Values& values,
                      const std::vector<Row>& rows) {
  const Result<LocalAddresses> addresses = local_addresses(values, rows);
  if (!addresses) return fail(addresses.error());
  const Result<void> attracted = sync_addresses(session, device, values, *addresses);
  if (!attracted) return attracted;
  // After the addresses: with the last one of the device the kernel takes its routes away.
  return sync_routes(session, device.ifindex, plan_routes(values, column4(rows)));
}

}  // namespace

bool follows_rows(const Values& values) {
  return plan_needs_rows(values) || wants_service_addresses(values);
}

Result<void> follow(Session& session, const State& state) {
  const Result<Device> device = present_device(session, state);
  if (!device) return fail(device.error());
  if (!device->up) return {};
  std::vector<Row> rows;
  if (follows_rows(state.values)) {
    Result<std::vector<Row>> all = session.kernel.rows();
    if (!all) return fail(all.error());
    rows = std::move(*all);
  }
  return sync_all(session, *device, state.values, rows);
}

Result<void> check_new_row(Session& session, const State& state, const Row& row) {
  if (!wants_service_addresses(state.values)) return {};
  Result<std::vector<Row>> rows = session.kernel.rows();
  if (!rows) return fail(rows.error());
  rows->push_back(row);
  const Result<LocalAddresses> addresses = local_addresses(state.values, *rows);
  return addresses ? Result<void>() : fail(addresses.error());
}

Result<void> follow_new_row(Session& session, const State& state, const Row& row) {
  if (wants_service_addresses(state.values)) return follow(session, state);
  if (!plan_needs_rows(state.values)) return {};
  const Result<Device> device = present_device(session, state);
  if (!device) return fail(device.error());
  if (!device->up) return {};

  // Our IPv4 routes are the column's aggregates: with the new prefix among them they still are.
  Result<std::vector<Prefix4>> column = routed4(session, state.ifindex);
  if (!column) return fail(column.error());
  for (const Prefix4& prefix : *column)
    if (covers(prefix, row.ipv4)) return {};
  column->push_back(row.ipv4);
  return sync_routes(session, state.ifindex, plan_routes(state.values, *column));
}

Result<void> follow_removed_row(Session& session, const State& state, const Row& row) {
  if (!follows_rows(state.values)) return {};
  // Other rows may lie inside a prefix.
  if (wants_service_addresses(state.values) || row.ipv4.length != Prefix4::kBits)
    return follow(session, state);
  const Result<Device> device = present_device(session, state);
  if (!device) return fail(device.error());
  if (!device->up || is_covered(session, row.ipv4)) return {};

  const Result<std::vector<Prefix4>> routed = routed4(session, state.ifindex);
  if (!routed) return fail(routed.error());
  std::vector<Prefix4> column;
  for (const Prefix4& prefix : *routed) {
    if (!covers(prefix, row.ipv4)) {
      column.push_back(prefix);
      continue;
    }
    const std::vector<Prefix4> rest = without(prefix, row.ipv4);
    column.insert(column.end(), rest.begin(), rest.end());
  }
  return sync_routes(session, state.ifindex, plan_routes(state.values, column));
}

Result<void> check_host_settings(const Device& device, const Values& values) {
  return check_host_settings(device, with_values(device, values));
}

Result<void> keep_host_settings(Session& session, const Device& device, const Values& values) {
  HostSettings settings = parse_alias(device.alias);
  if (wants_service_addresses(settings.values) && !wants_service_addresses(values)) {
    const auto gone = sync_service_addresses(session.host, device, {}, {}, settings.turned_on);
    if (!gone) return fail(gone.error());
  }
  const std::vector<std::string> old_ports = devices_of(settings.values, kSetBridgeUpstream);
  const std::vector<std::string> new_ports = devices_of(values, kSetBridgeUpstream);
  settings.values = host_part(values);
  const Result<void> written = write_host_settings(session.host, device, settings);
  if (!written) return written;
  if (old_ports.empty() && new_ports.empty()) return {};
  return session.host.run_nft(bridge_filter(new_ports));
}

Result<std::uint32_t> commit_and_follow(Session& session, const Device& device,
                                        const Transaction& transaction, const Values& settings,
                                        bool set_up) {
  const std::vector<Route> wanted = plan_routes(
      settings, plan_needs_rows(settings) ? column4(transaction.rows) : std::vector<Prefix4>());
  const Result<LocalAddresses> addresses = local_addresses(settings, transaction.rows);
  if (!addresses) return fail(addresses.error());
  const Result<void> room = check_host_settings(device, settings);
  if (!room) return fail(room.error());

  RouteChanges changes;
  if (device.up) {
    Result<RouteChanges> added = add_routes(session.host, device.ifindex, wanted);
    if (!added) return fail(added.error());
    changes = std::move(*added);
  }

  Result<std::uint32_t> generation = session.kernel.commit(transaction);
  for (int tries = 1; !generation && generation.error().sys_errno == ESTALE && tries < kCommitTries;
       ++tries)
    generation = session.kernel.commit(transaction);
  if (!generation) {
    take_back(session.host, device.ifindex, changes);
    return generation;
  }

  const Result<void> kept = keep_host_settings(session, device, settings);
  if (!kept) return fail(kept.error());
  if (!device.up && !set_up) return generation;
  if (!device.up) {
    const Result<void> up = session.host.set_up(device.ifindex, true);
    if (!up) return fail(up.error());
  }
  const Result<std::optional<Device>> now = session.host.find_instance();
  if (!now) return fail(now.error());
  const Result<void> attracted =
      sync_addresses(session, now->value_or(device), settings, *addresses);
  if (!attracted) return fail(attracted.error());
  const Result<void> routed = sync_routes(session, device.ifindex, wanted);
  if (!routed) return fail(routed.error());
  return generation;
}

Result<void> withdraw(Session& session, const Device& device, bool keep) {
  HostSettings settings = parse_alias(device.alias);
  const bool filtered = !devices_of(settings.values, kSetBridgeUpstream).empty();
  // Without a device: somebody took it away, and nobody took away what belonged to it.
  if (wants_service_addresses(settings.values) || !settings.turned_on.empty() ||
      device.ifindex == 0) {
    const Result<std::vector<std::string>> gone =
        sync_service_addresses(session.host, device, {}, {}, settings.turned_on);
    if (!gone) return fail(gone.error());
  }
  if (keep) return write_host_settings(session.host, device, settings);
  return filtered ? session.host.run_nft(bridge_filter({})) : Result<void>();
}

}  // namespace eam
