// SPDX-License-Identifier: GPL-2.0
#include <algorithm>
#include <chrono>

#include "commands.h"
#include "prometheus.h"

namespace eam {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::string_view kClearScreen = "\x1b[H\x1b[2J";

// A counter that went back belongs to a new device: it began at zero.
std::uint64_t per_second(std::uint64_t before, std::uint64_t after, Seconds elapsed) {
  const std::uint64_t moved = after < before ? after : after - before;
  return static_cast<std::uint64_t>(static_cast<double>(moved) / elapsed.count() + 0.5);
}

Stats rates(const Stats& before, const Stats& after, Seconds elapsed) {
  Stats result = after;
  result.bytes46 = per_second(before.bytes46, after.bytes46, elapsed);
  result.bytes64 = per_second(before.bytes64, after.bytes64, elapsed);
  for (Stat& stat : result.stats) {
    const auto old = std::find_if(before.stats.begin(), before.stats.end(),
                                  [&](const Stat& s) { return s.name == stat.name; });
    if (old == before.stats.end()) continue;
    stat.packets46 = per_second(old->packets46, stat.packets46, elapsed);
    stat.packets64 = per_second(old->packets64, stat.packets64, elapsed);
  }
  return result;
}

Result<void> watch(const StatsOptions& options, Session& session) {
  const std::chrono::seconds interval(options.watch);
  Result<Stats> before = session.kernel.stats();
  if (!before) return fail(before.error());
  Clock::time_point then = Clock::now();
  while (session.wait(interval)) {
    Result<Stats> after = session.kernel.stats();
    if (!after) return fail(after.error());
    const Clock::time_point now = Clock::now();
    const Seconds elapsed = std::max<Seconds>(now - then, interval);
    if (session.terminal && !session.style.json) session.out += kClearScreen;
    session.out +=
        render_rates(rates(*before, *after, elapsed), options.all, timestamp(), session.style);
    session.flush(session);
    before = std::move(after);
    then = now;
  }
  return {};
}

Result<void> prometheus(Session& session) {
  const Result<Stats> stats = session.kernel.stats();
  if (!stats) return fail(stats.error());
  const Result<State> state = session.kernel.state();
  if (!state) return fail(state.error());
  session.out += render_prometheus(*stats, *state);
  return {};
}

}  // namespace

Result<void> run_stats(const StatsOptions& options, Session& session) {
  if (options.prometheus) return prometheus(session);
  if (options.watch != 0) return watch(options, session);
  const Result<Stats> stats = session.kernel.stats();
  if (!stats) return fail(stats.error());
  session.out += render_stats(*stats, options.all, session.style);
  return {};
}

}  // namespace eam
