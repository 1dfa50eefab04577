// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_TRACE_H
#define EAMCTL_TRACE_H

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "address.h"
#include "error.h"

// The tracepoints siit_dc:translate and siit_dc:drop.
namespace eam {

// Which packets: by their addresses, before or after translation.
struct TraceRequest {
  std::optional<Prefix> source;
  std::optional<Prefix> destination;
  bool drops = false;  // only those that were not translated
};

struct TraceEvent {
  enum class Kind { kTranslate, kDrop, kLost };

  Kind kind = Kind::kTranslate;
  std::chrono::nanoseconds time{};  // since boot
  std::string device;
  std::string in;       // the device it came in by
  unsigned family = 4;  // IP version as it came
  unsigned protocol = 0;
  std::uint32_t length = 0;
  Address source;
  Address destination;
  std::optional<Address> new_source;
  std::optional<Address> new_destination;
  std::string counter;
  struct Icmp {
    int type;
    int code;
  };
  std::optional<Icmp> icmp;  // the error in answer
  std::uint64_t lost = 0;    // kLost: how many are missing here
};

// In the kernel's language for filters of events; `netns`: as in /proc/self/ns/net.
std::string trace_filter(const TraceRequest& request, std::uint64_t netns);

// A line of a trace_pipe; nothing if it is something else.
std::optional<TraceEvent> parse_trace(std::string_view line);

// Calls back with each line until that says false, or somebody wants the program to end.
using TraceLine = std::function<bool(std::string_view line)>;
using TraceSource = std::function<Result<void>(const TraceRequest& request, const TraceLine& on_line)>;

// The source that is not a test's: an instance of tracefs, which goes when it returns.
Result<void> trace_packets(const TraceRequest& request, const TraceLine& on_line);

}  // namespace eam

#endif  // EAMCTL_TRACE_H
