// SPDX-License-Identifier: GPL-2.0
#include "commands.h"

namespace eam {

Result<void> run_monitor(Session& session) {
  // What the next notification of settings is compared with.
  State known;
  return session.kernel.monitor([&](const Event& event) {
    if (event.kind == Event::Kind::kListening) {
      // There may be no instance yet.
      if (const Result<State> state = session.kernel.state()) known = *state;
    }
    session.out += render_event(event, known, timestamp(), session.style);
    if (event.kind == Event::Kind::kSettings) known = event.state;
    session.flush(session);
    return true;
  });
}

}  // namespace eam
