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
#include "trace.h"

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
  Exit exit = Exit::kDone;  // of a command without an error
  // For commands that run on: shows `out` and `err` now, and empties them.
  std::function<void(Session&)> flush = [](Session&) {};
  // Sleeps; false: it is time to end.
  std::function<bool(std::chrono::milliseconds)> wait = [](std::chrono::milliseconds) {
    return false;
  };

  // Where packets are seen.
  TraceSource trace = trace_packets;

  void warn(std::string_view text);
  void warn(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) warn(text);
  }
};

// "-" is standard input.
Result<std::string> read_input(const Session& session, const std::string& file);

// RT-08
void warn_about_forwarding(Session& session, const Values& values);

// The settings of the module and those of eamctl.
Result<State> read_state(Session& session);

}  // namespace eam

#endif  // EAMCTL_SESSION_H
