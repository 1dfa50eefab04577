// SPDX-License-Identifier: GPL-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "protocol.h"
#include "render.h"
#include "trace.h"

namespace eam {
namespace {

using Json = nlohmann::ordered_json;

// UTC, to the microsecond.
std::string time_of(std::chrono::system_clock::time_point time) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)), micros % 1000000);
}

std::string_view name_of(TraceEvent::Kind kind) {
  switch (kind) {
    case TraceEvent::Kind::kTranslate:
      return "translate";
    case TraceEvent::Kind::kDrop:
      return "drop";
    case TraceEvent::Kind::kLost:
      break;
  }
  return "lost";
}

Json address_json(const std::optional<Address>& address) {
  return address ? Json(to_string(*address)) : Json();
}

std::string trace_json(const TraceEvent& event, const std::string& time) {
  Json json = {{"time", time}, {"event", name_of(event.kind)}};
  if (event.kind == TraceEvent::Kind::kLost) {
    json["count"] = event.lost;
  } else {
    json["device"] = event.device;
    json["in"] = event.in;
    json["protocol"] = event.protocol;
    json["length"] = event.length;
    json["src"] = to_string(event.source);
    json["dst"] = to_string(event.destination);
    json["new_src"] = address_json(event.new_source);
    json["new_dst"] = address_json(event.new_destination);
    json["counter"] = event.counter;
    json["icmp"] = event.icmp ? Json{{"type", event.icmp->type}, {"code", event.icmp->code}} : Json();
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string pair_text(const Style& style, const Address& source, const Address& destination) {
  return fmt::format("{} > {}", paint(style, Color::kAddress, to_string(source)),
                     paint(style, Color::kAddress, to_string(destination)));
}

std::string outcome(const TraceEvent& event, const Style& style) {
  const bool drop = event.kind == TraceEvent::Kind::kDrop;
  std::string text = paint(style, drop ? Color::kBad : Color::kGood, event.counter);
  if (event.icmp) text += fmt::format(", ICMP {}/{}", event.icmp->type, event.icmp->code);
  return text;
}

}  // namespace

std::string render_trace(const TraceEvent& event, std::chrono::system_clock::time_point when,
                         const Style& style) {
  const std::string time = time_of(when);
  if (style.json) return trace_json(event, time);
  if (event.kind == TraceEvent::Kind::kLost)
    return fmt::format("{} {}\n", time,
                       paint(style, Color::kWarning,
                             fmt::format("{} packets came too fast to be shown; --src, --dst and "
                                         "--drops make it fewer",
                                         event.lost)));
  std::string text = fmt::format("{} {} {} {} {}", time, event.in,
                                 protocol_name(event.protocol, event.family == 6), event.length,
                                 pair_text(style, event.source, event.destination));
  if (event.new_source && event.new_destination)
    text += " => " + pair_text(style, *event.new_source, *event.new_destination);
  return fmt::format("{}: {}\n", text, outcome(event, style));
}

}  // namespace eam
