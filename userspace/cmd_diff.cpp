// SPDX-License-Identifier: GPL-2.0
#include "commands.h"
#include "diff.h"

namespace eam {

Result<void> run_diff(const ConfigOptions& options, Session& session) {
  const Result<Config> config = read_config(options.file, session);
  if (!config) return fail(config.error());
  const Result<State> state = session.kernel.state();
  if (!state) return fail(state.error());
  Result<std::vector<Row>> rows = session.kernel.rows();
  if (!rows) return fail(rows.error());

  const Difference found = difference(*state, std::move(*rows), *config);
  session.out += render_difference(found, options.file, session.style);
  if (!found.empty()) session.exit = Exit::kFindings;
  return {};
}

}  // namespace eam
