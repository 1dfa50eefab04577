// SPDX-License-Identifier: GPL-2.0
#include "commands.h"
#include "doctor.h"

namespace eam {

Result<void> run_doctor(Session& session) {
  const Result<std::vector<Finding>> findings = examine(session);
  if (!findings) return fail(findings.error());
  session.out += render_findings(*findings, session.style);
  if (!findings->empty()) session.exit = Exit::kFindings;
  return {};
}

}  // namespace eam
