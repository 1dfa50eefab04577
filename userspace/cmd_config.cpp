// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include "commands.h"
#include "follow.h"
#include "host_settings.h"

namespace eam {
namespace {

// The instance that the file names, made if there is none.
Result<Device> instance_for(const Config& config, bool& created, Session& session) {
  Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());
  created = !*device;
  if (created) {
    const Result<void> made = session.host.create_instance(config.device);
    if (!made) return fail(made.error());
    device = session.host.find_instance();
    if (!device) return fail(device.error());
  }
  Error error;
  error.exit = Exit::kRefused;
  error.where = config.device;
  if (!*device) {
    error.what = "the device is gone again";
    return fail(std::move(error));
  }
  if ((*device)->name != config.device) {
    error.what =
        fmt::format("the instance of this network namespace is called {}", (*device)->name);
    error.hint = fmt::format("write device = \"{}\", or eamctl down first", (*device)->name);
    return fail(std::move(error));
  }
  return **device;
}

// The error that led here is the one to tell.
void undo(const Device& device, Session& session) {
  const Result<std::optional<Device>> now = session.host.find_instance();
  if (now) static_cast<void>(withdraw(session, now->value_or(device), false));
  static_cast<void>(session.host.delete_device(device.ifindex));
}

}  // namespace

Result<Config> read_config(const std::string& file, Session& session) {
  const Result<std::string> content = read_input(session, file);
  if (!content) return fail(content.error());
  Result<Config> config = parse_config(file == "-" ? "stdin" : file, *content);
  if (!config) return config;
  session.warn(warnings_about(config->values));
  session.warn(warnings_about(config->table));
  return config;
}

Result<void> run_check(const ConfigOptions& options, Session& session) {
  const Result<Config> config = read_config(options.file, session);
  if (!config) return fail(config.error());
  session.out += render_summary(
      {options.file, "", config->values.size(), config->table.rows().size(), {}}, session.style);
  return {};
}

Result<void> run_apply(const ConfigOptions& options, Session& session) {
  const Result<Config> config = read_config(options.file, session);
  if (!config) return fail(config.error());
  bool created = false;
  const Result<Device> device = instance_for(*config, created, session);
  if (!device) return fail(device.error());

  Transaction transaction;
  transaction.values = kernel_part(config->values);
  transaction.reset = true;
  transaction.rows = config->table.rows();
  const Result<std::uint32_t> generation =
      commit_and_follow(session, *device, transaction, config->values, true);
  if (!generation) {
    // All or nothing: there was no device before.
    if (created) undo(*device, session);
    return fail(config->locate(generation.error()));
  }
  warn_about_forwarding(session, config->values);
  session.out += render_summary(
      {"", config->device, config->values.size(), config->table.rows().size(), *generation},
      session.style);
  return {};
}

Result<void> run_show(Session& session) {
  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  Result<std::vector<Row>> rows = session.kernel.rows();
  if (!rows) return fail(rows.error());
  sort_rows(*rows);
  Values values;
  for (const Setting& setting : all_settings()) {
    const auto found = state->values.find(setting.attribute);
    if (found != state->values.end() && state->is_explicit(setting)) values.insert(*found);
  }
  session.out += render_config(state->device, values, *rows, session.style);
  return {};
}

}  // namespace eam
