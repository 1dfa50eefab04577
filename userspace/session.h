// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_SESSION_H
#define EAMCTL_SESSION_H

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "file.h"
#include "kernel_client.h"
#include "render.h"

namespace eam {

// What a command works with: the kernel, and where its output goes. Tests have fakes of all.
struct Session {
  KernelClient& kernel;
  HostClient& host;
  ReadStdin read_stdin;
  std::function<Result<void>(const std::string&)> enter_netns;
  bool terminal = false;  // may be coloured, if nobody says otherwise
  Style style;
  std::string out;
  std::string err;
  Exit done = Exit::kDone;  // the exit status of a command that ended well
  // For commands that run on: shows `out` and `err` now, and empties them.
  std::function<void(Session&)> flush = [](Session&) {};
  // Sleeps; false: it is time to end.
  std::function<bool(std::chrono::milliseconds)> wait = [](std::chrono::milliseconds) {
    return false;
  };

  void warn(std::string_view text);
  void warn(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) warn(text);
  }
};

// "-" is standard input.
Result<std::string> read_input(const Session& session, const std::string& file);

// RT-08
void warn_about_forwarding(Session& session, const Values& values);

// BR-15: makes the routes what the settings in force and the table want. Does nothing while the
// device is down: it has no routes then.
Result<void> follow_routes(Session& session, const State& state);
// The same after one row was added, without a look at the table.
Result<void> follow_new_row(Session& session, const Row& row);

// Commits with the routes around it, so that no packet finds neither the old nor the new route:
// added before, stale ones removed after. Somebody else's change meanwhile is met by starting
// again. `settings` are those that will be in force, as far as known. A device that is down has no
// routes, and gets none unless `set_up` says to set it up too.
Result<std::uint32_t> commit_with_routes(Session& session, const Device& device,
                                         const Transaction& transaction, const Values& settings,
                                         bool set_up);

}  // namespace eam

#endif  // EAMCTL_SESSION_H
