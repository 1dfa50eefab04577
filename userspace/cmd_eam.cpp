// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>
#include <linux/siit_dc.h>

#include <algorithm>
#include <cerrno>

#include "commands.h"
#include "eam_file.h"
#include "follow.h"

namespace eam {
namespace {

Result<Row> row_of(const EamAddOptions& options) {
  Row row;
  const Result<Prefix4> ipv4 = parse_prefix4(options.ipv4);
  if (!ipv4) return fail(ipv4.error());
  const Result<Prefix6> ipv6 = parse_prefix6(options.ipv6);
  if (!ipv6) return fail(ipv6.error());
  row.ipv4 = options.mask ? masked(*ipv4) : *ipv4;
  row.ipv6 = options.mask ? masked(*ipv6) : *ipv6;
  if (!options.scope.empty()) {
    const Result<Scope> scope = parse_scope(options.scope);
    if (!scope) return fail(scope.error());
    row.scope = *scope;
  }
  if (std::optional<Error> error = check_row(row)) return fail(std::move(*error));
  return row;
}

bool same_row(const Row& wanted, const Row& present) {
  return wanted.ipv4 == present.ipv4 && wanted.ipv6 == present.ipv6 &&
         (wanted.scope == Scope::kDefault || wanted.scope == present.scope);
}

// EAM-10: names the row in the way; the row itself may be there already.
Result<void> explain_conflict(const Row& row, bool idempotent, Error error, Session& session) {
  Result<Row> present = session.kernel.find({row.ipv4, std::nullopt});
  if (!present) present = session.kernel.find({std::nullopt, row.ipv6});
  if (present) {
    if (idempotent && same_row(row, *present)) return {};
    error.hint = fmt::format("this row is there: {}", to_string(*present));
  }
  error.where = to_string(row);
  return fail(std::move(error));
}

Result<RowKey> key_of(const std::vector<std::string>& columns) {
  RowKey key;
  for (const std::string& column : columns) {
    const Result<Prefix> prefix = parse_prefix(column);
    if (!prefix) return fail(prefix.error());
    const bool is4 = std::holds_alternative<Prefix4>(*prefix);
    if (is4 ? key.ipv4.has_value() : key.ipv6.has_value())
      return usage_error(fmt::format("{}: two columns of the same family", column));
    if (is4)
      key.ipv4 = std::get<Prefix4>(*prefix);
    else
      key.ipv6 = std::get<Prefix6>(*prefix);
  }
  return key;
}

// Of the same family, and one contains the other.
bool related(const Row& row, const Prefix& prefix) {
  if (const auto* ipv4 = std::get_if<Prefix4>(&prefix))
    return covers(row.ipv4, *ipv4) || covers(*ipv4, row.ipv4);
  const auto& ipv6 = std::get<Prefix6>(prefix);
  return covers(row.ipv6, ipv6) || covers(ipv6, row.ipv6);
}

Result<void> show_hits(const std::optional<Prefix>& prefix, Session& session) {
  const Result<State> state = session.kernel.state();
  if (!state) return fail(state.error());
  if (!value_or(state->values, SIIT_SET_A_HITS, false))
    return usage_error("the packets of each row are not counted", "eamctl set hits on");
  Result<std::vector<CountedRow>> rows = session.kernel.counted_rows();
  if (!rows) return fail(rows.error());
  if (prefix)
    rows->erase(std::remove_if(rows->begin(), rows->end(),
                               [&](const CountedRow& c) { return !related(c.row, *prefix); }),
                rows->end());
  std::sort(rows->begin(), rows->end(), [](const CountedRow& a, const CountedRow& b) {
    return a.row.ipv4 < b.row.ipv4;
  });
  session.out += render_hits(*rows, session.style);
  return {};
}

}  // namespace

Result<void> run_eam_add(const EamAddOptions& options, Session& session) {
  const Result<Row> row = row_of(options);
  if (!row) return fail(row.error());
  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  const Result<void> possible = check_new_row(session, *state, *row);
  if (!possible) return possible;
  Result<void> added = session.kernel.add(*row);
  if (!added && added.error().sys_errno == EEXIST)
    added = explain_conflict(*row, options.idempotent, added.error(), session);
  if (!added) {
    Error error = added.error();
    if (error.where.empty() && error.exit == Exit::kRefused) error.where = to_string(*row);
    return fail(std::move(error));
  }
  return follow_new_row(session, *state, *row);
}

Result<void> run_eam_del(const EamDelOptions& options, Session& session) {
  const Result<RowKey> key = key_of(options.columns);
  if (!key) return fail(key.error());
  // What is found is what goes; if nothing is, the kernel says why.
  const Result<Row> row = session.kernel.find(*key);
  const Result<void> removed = session.kernel.remove(*key);
  if (!removed) {
    Error error = removed.error();
    if (error.exit == Exit::kRefused)
      error.where = fmt::format("{}", fmt::join(options.columns, " "));
    return fail(std::move(error));
  }
  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  return row ? follow_removed_row(session, *state, *row) : follow(session, *state);
}

Result<void> run_eam_show(const EamShowOptions& options, Session& session) {
  std::optional<Prefix> prefix;
  if (!options.address.empty()) {
    const Result<Prefix> parsed = parse_prefix(options.address);
    if (!parsed) return fail(parsed.error());
    prefix = *parsed;
  }
  if (options.hits) return show_hits(prefix, session);
  Result<std::vector<Row>> rows = session.kernel.rows();
  if (!rows) return fail(rows.error());
  if (prefix)
    rows->erase(std::remove_if(rows->begin(), rows->end(),
                               [&](const Row& row) { return !related(row, *prefix); }),
                rows->end());
  sort_rows(*rows);
  session.out += render_rows(*rows, session.style);
  return {};
}

Result<void> run_eam_flush(Session& session) {
  const Result<void> flushed = session.kernel.flush();
  if (!flushed) return flushed;
  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  return follows_rows(state->values) ? follow(session, *state) : Result<void>();
}

Result<void> run_eam_replace(const EamReplaceOptions& options, Session& session) {
  const Result<std::string> content = read_input(session, options.file);
  if (!content) return fail(content.error());
  EamTable table;
  Errors errors;
  parse_eam_file(options.file == "-" ? "stdin" : options.file, *content, options.mask, table,
                 errors);
  check_duplicates(table, errors);
  if (!errors.empty()) return fail(errors.take());
  session.warn(warnings_about(table));

  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  const Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());

  Transaction transaction;
  transaction.rows = table.rows();
  const Device present = device->value_or(Device{state->ifindex, state->device, false, "", 0});
  const Result<std::uint32_t> generation =
      commit_and_follow(session, present, transaction, state->values, false);
  if (!generation) return fail(locate(generation.error(), table));
  session.out += render_summary({"", "", {}, table.rows().size(), *generation}, session.style);
  return {};
}

}  // namespace eam
