// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <fmt/format.h>
#include <linux/siit_dc.h>

#include <algorithm>
#include <cerrno>

#include "routes.h"

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

Result<bool> is_up(Session& session) {
  const Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());
  return *device && (*device)->up;
}

}  // namespace

void Session::warn(std::string_view text) {
  err += fmt::format("eamctl: {}: {}\n", paint(style, Color::kWarning, "warning"), text);
}

Result<std::string> read_input(const Session& session, const std::string& file) {
  return file == "-" ? session.read_stdin() : read_file(file);
}

void warn_about_forwarding(Session& session, const Values& values) {
  const auto role = values.find(SIIT_SET_A_ROLE);
  if (role == values.end() || std::get<std::int64_t>(role->second) != SIIT_ROLE_BR) return;
  for (const char* name : {"net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"})
    if (session.host.sysctl(name).value_or(1) == 0)
      session.warn(fmt::format("{} is 0, a border relay needs 1", name));
}

Result<void> follow_routes(Session& session, const State& state) {
  const Result<bool> up = is_up(session);
  if (!up) return fail(up.error());
  if (!*up) return {};
  std::vector<Prefix4> column;
  if (plan_needs_rows(state.values)) {
    const Result<std::vector<Row>> rows = session.kernel.rows();
    if (!rows) return fail(rows.error());
    column = column4(*rows);
  }
  return sync_routes(session, state.ifindex, plan_routes(state.values, column));
}

Result<void> follow_new_row(Session& session, const Row& row) {
  const Result<State> state = session.kernel.state();
  if (!state) return fail(state.error());
  if (!plan_needs_rows(state->values)) return {};
  const Result<bool> up = is_up(session);
  if (!up) return fail(up.error());
  if (!*up) return {};

  // Our IPv4 routes are the column's aggregates: with the new prefix among them they still are.
  const Result<std::vector<Route>> present = session.host.routes(state->ifindex);
  if (!present) return fail(present.error());
  std::vector<Prefix4> column{row.ipv4};
  for (const Route& route : *present) {
    const auto* prefix = std::get_if<Prefix4>(&route.prefix);
    if (prefix == nullptr) continue;
    if (covers(*prefix, row.ipv4)) return {};
    column.push_back(*prefix);
  }
  return sync_routes(session, state->ifindex, plan_routes(state->values, column));
}

Result<std::uint32_t> commit_with_routes(Session& session, const Device& device,
                                         const Transaction& transaction, const Values& settings,
                                         bool set_up) {
  const std::vector<Route> wanted = plan_routes(
      settings, plan_needs_rows(settings) ? column4(transaction.rows) : std::vector<Prefix4>());

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

  if (!device.up && !set_up) return generation;
  if (!device.up) {
    const Result<void> up = session.host.set_up(device.ifindex, true);
    if (!up) return fail(up.error());
    Result<RouteChanges> added = add_routes(session.host, device.ifindex, wanted);
    if (!added) return fail(added.error());
    changes = std::move(*added);
  }
  session.warn(changes.warnings);
  const Result<void> removed = remove_stale_routes(session.host, device.ifindex, wanted);
  if (!removed) return fail(removed.error());
  return generation;
}

}  // namespace eam
