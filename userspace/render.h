// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_RENDER_H
#define EAMCTL_RENDER_H

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "diff.h"
#include "kernel_client.h"

namespace eam {

struct Style {
  bool json = false;
  bool pretty = false;
  bool color = false;  // never with JSON
};

enum class Color { kGood, kBad, kWarning, kAddress, kFaint };
std::string paint(const Style& style, Color color, std::string_view text);

// Each ends in a newline, unless it is empty.
std::string render_rows(const std::vector<Row>& rows, const Style& style);
std::string render_hits(const std::vector<CountedRow>& rows, const Style& style);
std::string render_settings(const State& state, const Style& style);
std::string render_setting(const State& state, const Setting& setting, const Style& style);
// `show`: what `apply` reads, or the same as JSON.
std::string render_config(const std::string& device, const Values& values,
                          const std::vector<Row>& rows, const Style& style);
std::string render_stats(const Stats& stats, bool all, const Style& style);
// The same a second; a line of JSON.
std::string render_rates(const Stats& rates, bool all, const std::string& time,
                         const Style& style);
std::string render_mapping(const Address& address, const Mapping& mapping, const Style& style);
std::string render_explanation(const Question& question, const Explanation& explanation,
                               const std::string& oif, const Style& style);

// One line, JSON too. `known` is what was in force before.
std::string render_event(const Event& event, const State& known, const std::string& time,
                         const Style& style);
// As diff(1) would: - runs, + is in the file. Empty if there is no difference.
std::string render_difference(const Difference& difference, const std::string& file,
                              const Style& style);

// A line for a packet, JSON too.
struct TraceEvent;
std::string render_trace(const TraceEvent& event, std::chrono::system_clock::time_point when,
                         const Style& style);

// UTC, as RFC 3339 writes it.
std::string timestamp();
struct Finding;
std::string render_findings(const std::vector<Finding>& findings, const Style& style);

// What became of a file.
struct Summary {
  std::string file;    // empty: not told
  std::string device;  // empty: not told
  std::optional<std::size_t> settings;
  std::size_t rows = 0;
  std::optional<std::uint32_t> generation;
};
std::string render_summary(const Summary& summary, const Style& style);

}  // namespace eam

#endif  // EAMCTL_RENDER_H
