// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_ROUTES_H
#define EAMCTL_ROUTES_H

#include <string>
#include <vector>

#include "kernel_client.h"

// BR-15: the routes through the device.
namespace eam {

// Does the plan depend on the rows? If not, a change of the table costs no dump.
bool plan_needs_rows(const Values& values);

// Do these settings make the same plan of the same rows?
bool same_plan(const Values& before, const Values& after);

// The routes that these settings and this IPv4 column want. A row 0.0.0.0/0 does not count: a
// default route to here would swallow what was translated to IPv4.
std::vector<Route> plan_routes(const Values& values, const std::vector<Prefix4>& column);

// The fewest prefixes that cover exactly the same addresses, sorted.
std::vector<Prefix4> aggregate(std::vector<Prefix4> prefixes);

// What `whole` covers and `hole`, which lies inside, does not.
std::vector<Prefix4> without(const Prefix4& whole, const Prefix4& hole);

std::vector<Prefix4> column4(std::span<const Row> rows);

// What was done, so that it can be taken back.
struct RouteChanges {
  std::vector<Route> added;
  std::vector<std::string> warnings;
};

// Adds what is wanted and not there. A route of somebody else for the same prefix stays and is a
// warning. On an error what was added is gone again.
Result<RouteChanges> add_routes(HostClient& host, std::uint32_t ifindex,
                                const std::vector<Route>& wanted);
void take_back(HostClient& host, std::uint32_t ifindex, const RouteChanges& changes);

// Removes ours that are not wanted.
Result<void> remove_stale_routes(HostClient& host, std::uint32_t ifindex,
                                 const std::vector<Route>& wanted);

}  // namespace eam

#endif  // EAMCTL_ROUTES_H
