// SPDX-License-Identifier: GPL-2.0
#include "routes.h"

#include <fmt/format.h>
#include <linux/siit_dc.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <map>

namespace eam {
namespace {

bool keeps_routes(const Values& values) { return value_or<bool>(values, SIIT_SET_A_ROUTES, true); }

std::vector<Prefix4> pool4(const Values& values) {
  return value_or<std::vector<Prefix4>>(values, SIIT_SET_A_POOL4, {});
}

std::vector<Prefix4> translatable4(const Values& values) {
  return value_or<std::vector<Prefix4>>(values, SIIT_SET_A_TRANSLATABLE4, {});
}

// The device's MTU is at least 1280, whatever lowest-ipv6-mtu says; the route tells the exact one.
std::uint32_t route_mtu(const Values& values) {
  return static_cast<std::uint32_t>(
      value_or<std::int64_t>(values, SIIT_SET_A_LOWEST_IPV6_MTU, 1280) - 20);
}

}  // namespace

bool plan_needs_rows(const Values& values) {
  return keeps_routes(values) && !is_role(values, SIIT_ROLE_ER) && pool4(values).empty();
}

bool same_plan(const Values& before, const Values& after) {
  constexpr std::array<std::uint16_t, 8> kAttributes{SIIT_SET_A_ROLE,
                                                     SIIT_SET_A_PREFIX,
                                                     SIIT_SET_A_LOWEST_IPV6_MTU,
                                                     SIIT_SET_A_POOL4,
                                                     SIIT_SET_A_TRANSLATABLE4,
                                                     SIIT_SET_A_ROUTES,
                                                     kSetNode,
                                                     kSetProxyNd};
  return std::all_of(kAttributes.begin(), kAttributes.end(), [&](std::uint16_t attribute) {
    const auto old_value = before.find(attribute);
    const auto new_value = after.find(attribute);
    if (old_value == before.end() || new_value == after.end())
      return old_value == before.end() && new_value == after.end();
    return old_value->second == new_value->second;
  });
}

std::vector<Prefix4> aggregate(std::vector<Prefix4> prefixes) {
  std::sort(prefixes.begin(), prefixes.end());
  std::vector<Prefix4> merged;
  for (const Prefix4& next : prefixes) {
    if (!merged.empty() && covers(merged.back(), next)) continue;
    merged.push_back(next);
    // Two halves side by side are one prefix, which may be a half itself.
    while (merged.size() >= 2) {
      const Prefix4& low = merged[merged.size() - 2];
      const Prefix4& high = merged.back();
      if (low.length != high.length || low.length == 0) break;
      const Prefix4 whole = masked({low.address, static_cast<std::uint8_t>(low.length - 1)});
      if (!covers(whole, high)) break;
      merged.pop_back();
      merged.back() = whole;
    }
  }
  return merged;
}

std::vector<Prefix4> without(const Prefix4& whole, const Prefix4& hole) {
  std::vector<Prefix4> rest;
  // On the way from one to the other: the half in which the hole is not.
  for (unsigned length = whole.length + 1U; length <= hole.length; ++length) {
    const std::uint32_t other = hole.address.value ^ 1U << (Prefix4::kBits - length);
    rest.push_back(masked(Prefix4{{other}, static_cast<std::uint8_t>(length)}));
  }
  return rest;
}

std::vector<Prefix4> column4(std::span<const Row> rows) {
  std::vector<Prefix4> column;
  column.reserve(rows.size());
  for (const Row& row : rows) column.push_back(row.ipv4);
  return column;
}

std::vector<Route> plan_routes(const Values& values, const std::vector<Prefix4>& column) {
  std::vector<Route> wanted;
  if (!keeps_routes(values)) return wanted;

  std::vector<Prefix4> ipv4 = pool4(values);
  if (ipv4.empty() && is_role(values, SIIT_ROLE_ER))
    ipv4 = {{{0}, 0}};
  else if (ipv4.empty())
    std::copy_if(column.begin(), column.end(), std::back_inserter(ipv4),
                 [](const Prefix4& prefix) { return prefix.length != 0; });
  if (!is_role(values, SIIT_ROLE_ER))
    for (const Prefix4& prefix : translatable4(values)) ipv4.push_back(prefix);
  for (const Prefix4& prefix : aggregate(std::move(ipv4)))
    wanted.push_back({prefix, route_mtu(values)});

  const auto prefix = value_or<Prefix6>(values, SIIT_SET_A_PREFIX, {{}, 0});
  if (!is_role(values, SIIT_ROLE_ER) && prefix.length != 0) wanted.push_back({prefix, 0});
  return wanted;
}

Result<RouteChanges> add_routes(HostClient& host, std::uint32_t ifindex,
                                const std::vector<Route>& wanted) {
  const Result<std::vector<Route>> present = host.routes(ifindex);
  if (!present) return fail(present.error());
  std::map<Prefix, std::uint32_t> mtu_of;
  for (const Route& route : *present) mtu_of[route.prefix] = route.mtu;

  RouteChanges changes;
  for (const Route& route : wanted) {
    const auto found = mtu_of.find(route.prefix);
    // The kernel may tell an MTU for IPv6 that nobody asked for.
    if (found != mtu_of.end() && (route.mtu == 0 || found->second == route.mtu)) continue;

    const bool replace = found != mtu_of.end();
    const Result<void> added = host.add_route(ifindex, route, replace);
    if (added) {
      if (!replace) changes.added.push_back(route);
    } else if (added.error().sys_errno == EEXIST) {
      changes.warnings.push_back(fmt::format(
          "route {}: there is another one, it stays and none leads to the translator; remove it, "
          "or set routes off",
          to_string(route.prefix)));
    } else {
      take_back(host, ifindex, changes);
      return fail(added.error());
    }
  }
  return changes;
}

void take_back(HostClient& host, std::uint32_t ifindex, const RouteChanges& changes) {
  for (const Route& route : changes.added)
    // A route too many does no harm, and there is an error to tell already.
    static_cast<void>(host.delete_route(ifindex, route));
}

Result<void> remove_stale_routes(HostClient& host, std::uint32_t ifindex,
                                 const std::vector<Route>& wanted) {
  const Result<std::vector<Route>> present = host.routes(ifindex);
  if (!present) return fail(present.error());
  std::vector<Prefix> keep;
  keep.reserve(wanted.size());
  for (const Route& route : wanted) keep.push_back(route.prefix);
  std::sort(keep.begin(), keep.end());
  for (const Route& route : *present) {
    if (std::binary_search(keep.begin(), keep.end(), route.prefix)) continue;
    const Result<void> removed = host.delete_route(ifindex, route);
    if (!removed) return removed;
  }
  return {};
}

}  // namespace eam
