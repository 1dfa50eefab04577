// SPDX-License-Identifier: GPL-2.0
#include <chrono>

#include "commands.h"

namespace eam {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

Result<std::optional<Prefix>> address_option(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const Result<Prefix> prefix = parse_prefix(text);
  if (!prefix) return fail(prefix.error());
  return *prefix;
}

}  // namespace

Result<void> run_trace(const TraceOptions& options, Session& session) {
  const Result<std::optional<Prefix>> source = address_option(options.source);
  if (!source) return fail(source.error());
  const Result<std::optional<Prefix>> destination = address_option(options.destination);
  if (!destination) return fail(destination.error());

  // The kernel counts from boot.
  const auto boot = system_clock::now() - steady_clock::now().time_since_epoch();
  auto last = system_clock::now();
  const auto show = [&](std::string_view line) {
    const std::optional<TraceEvent> event = parse_trace(line);
    if (!event) return true;
    if (event->kind != TraceEvent::Kind::kLost)
      last = boot + std::chrono::duration_cast<system_clock::duration>(event->time);
    session.out += render_trace(*event, last, session.style);
    session.flush(session);
    return true;
  };
  return session.trace({*source, *destination, options.drops}, show);
}

}  // namespace eam
