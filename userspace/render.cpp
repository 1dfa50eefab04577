// SPDX-License-Identifier: GPL-2.0
#include "render.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <linux/siit_dc.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config_file.h"
#include "doctor.h"

namespace eam {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, const Style& style) {
  // Text of the kernel that is not UTF-8 must not stop the output.
  return json.dump(style.pretty ? 4 : -1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json to_json(const Setting& setting, const Value& value) {
  return std::visit([](const auto& v) { return Json(v); }, plain(setting, value));
}

Json to_json(const Row& row) {
  return {{"ipv4", to_string(row.ipv4)},
          {"ipv6", to_string(row.ipv6)},
          {"scope", to_string(row.scope)}};
}

// An array of rows, written as they come: a million of them as one tree would take a gigabyte, and
// addresses need no escapes.
void append_rows(std::string& out, const std::vector<Row>& rows, const Style& style,
                 std::string_view indent) {
  out += '[';
  for (const Row& row : rows) {
    if (&row != &rows.front()) out += ',';
    if (style.pretty) out.append("\n    ").append(indent);
    fmt::format_to(std::back_inserter(out), R"({{"ipv4":"{}","ipv6":"{}","scope":"{}"}})",
                   to_string(row.ipv4), to_string(row.ipv6), to_string(row.scope));
  }
  if (style.pretty && !rows.empty()) out.append("\n").append(indent);
  out += ']';
}

std::string_view rule_name(std::uint8_t rule) {
  switch (rule) {
    case SIIT_RULE_NONE:
      return "none";
    case SIIT_RULE_EAM:
      return "eam";
    case SIIT_RULE_PREFIX:
      return "prefix";
    case SIIT_RULE_ICMP_SRC:
      return "icmp-src";
    default:
      return "unknown";
  }
}

std::string_view verdict_name(std::uint8_t verdict) {
  switch (verdict) {
    case SIIT_VERDICT_LEAVE:
      return "leave";
    case SIIT_VERDICT_TRANSLATE:
      return "translate";
    case SIIT_VERDICT_DROP:
      return "drop";
    case SIIT_VERDICT_REJECT:
      return "reject";
    default:
      return "unknown";
  }
}

struct StatClass {
  std::uint8_t value;
  std::string_view name;
};
constexpr std::array<StatClass, 5> kStatClasses{{{SIIT_STAT_CLASS_TRANSLATED, "translated"},
                                                 {SIIT_STAT_CLASS_LEFT, "left"},
                                                 {SIIT_STAT_CLASS_DROPPED, "dropped"},
                                                 {SIIT_STAT_CLASS_REJECTED, "rejected"},
                                                 {SIIT_STAT_CLASS_MESSAGE, "message"}}};

std::string_view class_name(std::uint8_t stat_class) {
  for (const StatClass& c : kStatClasses)
    if (c.value == stat_class) return c.name;
  return "unknown";
}

Stat total_of(const Stats& stats, std::uint8_t stat_class) {
  Stat total;
  for (const Stat& stat : stats.stats) {
    if (stat.stat_class != stat_class) continue;
    total.packets46 += stat.packets46;
    total.packets64 += stat.packets64;
  }
  return total;
}

std::string stats_json(const Stats& stats, const Style& style) {
  Json totals = Json::object();
  for (const StatClass& c : kStatClasses) {
    const Stat total = total_of(stats, c.value);
    totals[std::string(c.name)] = {{"packets46", total.packets46}, {"packets64", total.packets64}};
  }
  Json counters = Json::object();
  for (const Stat& stat : stats.stats)
    counters[stat.name] = {{"class", class_name(stat.stat_class)},
                           {"packets46", stat.packets46},
                           {"packets64", stat.packets64},
                           {"help", stat.help}};
  return dump({{"bytes46", stats.bytes46},
               {"bytes64", stats.bytes64},
               {"totals", std::move(totals)},
               {"counters", std::move(counters)}},
              style);
}

Json rule_json(const std::optional<std::uint8_t>& rule) {
  return rule ? Json(rule_name(*rule)) : Json();
}

std::string explanation_json(const Question& question, const Explanation& explanation,
                             const std::string& oif, const Style& style) {
  Json json = {{"src", to_string(question.source)},
               {"dst", to_string(question.destination)},
               {"verdict", verdict_name(explanation.verdict)},
               {"counter", explanation.counter},
               {"steps", explanation.steps},
               {"out", nullptr},
               {"src_rule", rule_json(explanation.source_rule)},
               {"dst_rule", rule_json(explanation.destination_rule)},
               {"hairpin", explanation.hairpin},
               {"oif", nullptr},
               {"icmp", nullptr}};
  if (explanation.source && explanation.destination)
    json["out"] = {{"src", to_string(*explanation.source)},
                   {"dst", to_string(*explanation.destination)}};
  if (!oif.empty()) json["oif"] = oif;
  if (explanation.icmp_type)
    json["icmp"] = {{"type", *explanation.icmp_type}, {"code", explanation.icmp_code.value_or(0)}};
  return dump(json, style);
}

std::string steps_text(const std::vector<std::string>& steps) {
  std::string out;
  for (const std::string& step : steps) out += fmt::format("  {}\n", step);
  return out;
}

std::string outcome(const Explanation& explanation, const std::string& oif, const Style& style) {
  const std::string_view verdict = verdict_name(explanation.verdict);
  switch (explanation.verdict) {
    case SIIT_VERDICT_TRANSLATE: {
      std::string text = paint(style, Color::kGood, verdict);
      if (explanation.source && explanation.destination)
        text +=
            fmt::format(": {} > {}", paint(style, Color::kAddress, to_string(*explanation.source)),
                        paint(style, Color::kAddress, to_string(*explanation.destination)));
      if (explanation.hairpin) text += ", hairpin";
      if (!oif.empty()) text += fmt::format(", leaves by {}", oif);
      return text;
    }
    case SIIT_VERDICT_REJECT: {
      std::string text = paint(style, Color::kBad, verdict);
      if (explanation.icmp_type)
        text += fmt::format(": ICMP type {} code {} to the sender", *explanation.icmp_type,
                            explanation.icmp_code.value_or(0));
      return text;
    }
    case SIIT_VERDICT_LEAVE:
      return paint(style, Color::kWarning, verdict) + ": the stack has it, unchanged";
    default:
      return paint(style, Color::kBad, verdict);
  }
}

}  // namespace

std::string paint(const Style& style, Color color, std::string_view text) {
  if (!style.color || style.json) return std::string(text);
  std::string_view code;
  switch (color) {
    case Color::kGood:
      code = "32";
      break;
    case Color::kBad:
      code = "1;31";
      break;
    case Color::kWarning:
      code = "33";
      break;
    case Color::kAddress:
      code = "36";
      break;
    case Color::kFaint:
      code = "2";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

static void append_address(std::string& out, const std::string& text, const Style& style) {
  if (style.color)
    out += paint(style, Color::kAddress, text);
  else
    out += text;
}

std::string render_rows(const std::vector<Row>& rows, const Style& style) {
  std::string out;
  if (style.json) {
    append_rows(out, rows, style, "");
    return out + "\n";
  }
  std::vector<std::pair<std::string, std::string>> texts;
  texts.reserve(rows.size());
  std::size_t width4 = 0;
  std::size_t width6 = 0;
  for (const Row& row : rows) {
    const auto& [ipv4, ipv6] = texts.emplace_back(to_string(row.ipv4), to_string(row.ipv6));
    width4 = std::max(width4, ipv4.size());
    width6 = std::max(width6, ipv6.size());
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [ipv4, ipv6] = texts[i];
    append_address(out, ipv4, style);
    out.append(width4 - ipv4.size() + 2, ' ');
    append_address(out, ipv6, style);
    out.append(width6 - ipv6.size() + 2, ' ');
    out.append(to_string(rows[i].scope)).append("\n");
  }
  return out;
}

std::string render_hits(const std::vector<CountedRow>& rows, const Style& style) {
  if (style.json) {
    Json array = Json::array();
    for (const CountedRow& counted : rows) {
      Json json = to_json(counted.row);
      json["hits46"] = counted.hits ? Json(counted.hits->packets46) : Json();
      json["hits64"] = counted.hits ? Json(counted.hits->packets64) : Json();
      array.push_back(std::move(json));
    }
    return dump(array, style);
  }
  std::size_t width4 = 0;
  std::size_t width6 = 0;
  for (const CountedRow& counted : rows) {
    width4 = std::max(width4, to_string(counted.row.ipv4).size());
    width6 = std::max(width6, to_string(counted.row.ipv6).size());
  }
  std::string out;
  for (const CountedRow& counted : rows) {
    const std::string ipv4 = to_string(counted.row.ipv4);
    const std::string ipv6 = to_string(counted.row.ipv6);
    const Hits hits = counted.hits.value_or(Hits());
    append_address(out, ipv4, style);
    out.append(width4 - ipv4.size() + 2, ' ');
    append_address(out, ipv6, style);
    out.append(width6 - ipv6.size() + 2, ' ');
    out += fmt::format("{:<6}  4->6 {:<12} 6->4 {}\n", to_string(counted.row.scope),
                       hits.packets46, hits.packets64);
  }
  return out;
}

std::string render_settings(const State& state, const Style& style) {
  if (style.json) {
    Json settings = Json::object();
    for (const Setting& setting : all_settings()) {
      const auto found = state.values.find(setting.attribute);
      if (found == state.values.end()) continue;
      settings[std::string(setting.key)] = {{"value", to_json(setting, found->second)},
                                            {"explicit", state.is_explicit(setting)}};
    }
    return dump({{"device", state.device},
                 {"ifindex", state.ifindex},
                 {"generation", state.generation},
                 {"rows", state.rows},
                 {"settings", std::move(settings)}},
                style);
  }

  std::size_t width = 0;
  for (const Setting& setting : all_settings()) width = std::max(width, setting.key.size());
  std::string out;
  for (const Setting& setting : all_settings()) {
    const auto found = state.values.find(setting.attribute);
    if (found == state.values.end()) continue;
    std::string line =
        fmt::format("{:<{}}  {}", setting.key, width, to_string(setting, found->second));
    if (!state.is_explicit(setting))
      line = paint(style, Color::kFaint, fmt::format("{}  (default)", line));
    out.append(line).append("\n");
  }
  return out;
}

std::string render_setting(const State& state, const Setting& setting, const Style& style) {
  const auto found = state.values.find(setting.attribute);
  if (style.json)
    return dump({{"key", setting.key},
                 {"value", found == state.values.end() ? Json() : to_json(setting, found->second)},
                 {"explicit", state.is_explicit(setting)}},
                style);
  return found == state.values.end() ? "" : to_string(setting, found->second) + "\n";
}

std::string render_config(const std::string& device, const Values& values,
                          const std::vector<Row>& rows, const Style& style) {
  if (!style.json) return print_config(device, values, rows);
  Json json = {{"device", device}};
  for (const Setting& setting : all_settings()) {
    const auto found = values.find(setting.attribute);
    if (found != values.end()) json[std::string(setting.key)] = to_json(setting, found->second);
  }
  // The rows go in before the closing brace.
  std::string out = dump(json, style);
  const std::size_t end = out.find_last_of('}');
  const std::size_t last = out.find_last_not_of(" \n", end - 1);
  out.resize(last + 1);
  out += style.pretty ? ",\n    \"eam\": " : ",\"eam\":";
  append_rows(out, rows, style, "    ");
  return out + (style.pretty ? "\n}\n" : "}\n");
}

// Two columns of numbers for each counter, with their names above.
static std::string stats_text(const Stats& stats, bool all, std::string_view title,
                              std::string_view unit, const Style& style) {
  std::size_t width = sizeof("translated bytes");
  for (const Stat& stat : stats.stats) width = std::max(width, stat.name.size() + 2);
  width = std::max(width, title.size());
  std::string out = fmt::format("{:<{}} {:>14} {:>14}\n", title, width,
                                fmt::format("IPv4 packets{}", unit),
                                fmt::format("IPv6 packets{}", unit));
  for (const StatClass& c : kStatClasses) {
    const Stat total = total_of(stats, c.value);
    out += fmt::format("{:<{}} {:>14} {:>14}\n", c.name, width, total.packets46, total.packets64);
    for (const Stat& stat : stats.stats) {
      if (stat.stat_class != c.value) continue;
      if (!all && stat.packets46 == 0 && stat.packets64 == 0) continue;
      out += fmt::format("  {:<{}} {:>14} {:>14}  {}\n", stat.name, width - 2, stat.packets46,
                         stat.packets64, paint(style, Color::kFaint, stat.help));
    }
  }
  out += fmt::format("{:<{}} {:>14} {:>14}\n", "translated bytes", width, stats.bytes46,
                     stats.bytes64);
  return out;
}

std::string render_stats(const Stats& stats, bool all, const Style& style) {
  return style.json ? stats_json(stats, style) : stats_text(stats, all, "", "", style);
}

std::string render_rates(const Stats& rates, bool all, const std::string& time,
                         const Style& style) {
  if (!style.json) return stats_text(rates, all, time, "/s", style);
  Json counters = Json::object();
  for (const Stat& stat : rates.stats)
    if (all || stat.packets46 != 0 || stat.packets64 != 0)
      counters[stat.name] = {{"packets46", stat.packets46}, {"packets64", stat.packets64}};
  const Json per_second = {
      {"bytes46", rates.bytes46}, {"bytes64", rates.bytes64}, {"counters", std::move(counters)}};
  return dump({{"time", time}, {"per_second", per_second}}, style);
}

std::string render_mapping(const Address& address, const Mapping& mapping, const Style& style) {
  std::optional<Address> mapped;
  if (std::holds_alternative<Address4>(address)) {
    if (mapping.ipv6) mapped = *mapping.ipv6;
  } else if (mapping.ipv4) {
    mapped = *mapping.ipv4;
  }
  if (style.json) {
    Json json = {{"address", to_string(address)},
                 {"mapped", mapped ? Json(to_string(*mapped)) : Json()},
                 {"rule", rule_name(mapping.rule)},
                 {"eam", mapping.row ? to_json(*mapping.row) : Json()},
                 {"steps", mapping.steps}};
    return dump(json, style);
  }
  std::string out = paint(style, Color::kAddress, to_string(address));
  if (mapped)
    out += fmt::format(" -> {}  (", paint(style, Color::kAddress, to_string(*mapped)));
  else
    out += fmt::format(" does not map  (");
  out += mapping.row ? fmt::format("eam {}", to_string(*mapping.row))
                     : std::string(rule_name(mapping.rule));
  return out + ")\n" + steps_text(mapping.steps);
}

std::string render_explanation(const Question& question, const Explanation& explanation,
                               const std::string& oif, const Style& style) {
  if (style.json) return explanation_json(question, explanation, oif, style);
  std::string out =
      fmt::format("{} > {}\n", paint(style, Color::kAddress, to_string(question.source)),
                  paint(style, Color::kAddress, to_string(question.destination)));
  out += steps_text(explanation.steps);
  out += outcome(explanation, oif, style) + "\n";
  if (!explanation.counter.empty()) out += fmt::format("counter: {}\n", explanation.counter);
  return out;
}

std::string render_findings(const std::vector<Finding>& findings, const Style& style) {
  if (style.json) {
    Json json = Json::array();
    for (const Finding& f : findings)
      json.push_back({{"check", f.check}, {"what", f.what}, {"mend", f.mend}});
    return dump(json, style);
  }
  if (findings.empty()) return paint(style, Color::kGood, "nothing wrong found") + "\n";
  std::string out;
  for (const Finding& f : findings)
    out += fmt::format("{}: {}\n    {}\n", paint(style, Color::kBad, f.check), f.what, f.mend);
  return out;
}

std::string render_summary(const Summary& summary, const Style& style) {
  if (style.json) {
    Json json = Json::object();
    if (!summary.file.empty()) json["file"] = summary.file;
    if (!summary.device.empty()) json["device"] = summary.device;
    if (summary.settings) json["settings"] = *summary.settings;
    json["rows"] = summary.rows;
    if (summary.generation) json["generation"] = *summary.generation;
    return dump(json, style);
  }
  std::string out;
  if (!summary.file.empty()) out += fmt::format("{}: ok, ", summary.file);
  if (!summary.device.empty()) out += fmt::format("{}: ", summary.device);
  if (summary.settings) out += fmt::format("{} settings, ", *summary.settings);
  out += fmt::format("{} rows", summary.rows);
  if (summary.generation) out += fmt::format(", generation {}", *summary.generation);
  return out + "\n";
}

static std::string_view event_name(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::kListening:
      return "listening";
    case Event::Kind::kSettings:
      return "settings";
    case Event::Kind::kRowAdded:
      return "row-added";
    case Event::Kind::kRowRemoved:
      return "row-removed";
    case Event::Kind::kTable:
      return "table";
    case Event::Kind::kLost:
      return "lost";
  }
  return "unknown";
}

static std::vector<const Setting*> changed_settings(const State& before, const State& after) {
  std::vector<const Setting*> changed;
  for (const Setting& setting : all_settings()) {
    const auto then = before.values.find(setting.attribute);
    const auto now = after.values.find(setting.attribute);
    if (now == after.values.end()) continue;
    if (then == before.values.end() || then->second != now->second) changed.push_back(&setting);
  }
  return changed;
}

static std::string event_json(const Event& event, const State& known, const std::string& time,
                              const Style& style) {
  Json json = {{"time", time}, {"event", event_name(event.kind)}};
  if (event.kind == Event::Kind::kLost) return dump(json, style);
  const State& state = event.kind == Event::Kind::kListening ? known : event.state;
  json["generation"] = state.generation;
  if (event.row) json["row"] = to_json(*event.row);
  if (event.kind == Event::Kind::kTable) json["rows"] = state.rows;
  if (event.kind == Event::Kind::kSettings) {
    Json settings = Json::object();
    for (const Setting* setting : changed_settings(known, state))
      settings[std::string(setting->key)] = to_json(*setting, state.values.at(setting->attribute));
    json["device"] = state.device;
    json["settings"] = std::move(settings);
  }
  return dump(json, style);
}

static std::string settings_event(const State& known, const State& state) {
  std::string text;
  for (const Setting* setting : changed_settings(known, state)) {
    const auto then = known.values.find(setting->attribute);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", setting->key,
                        to_string(*setting, state.values.at(setting->attribute)));
    if (then != known.values.end())
      text += fmt::format(" (was {})", to_string(*setting, then->second));
  }
  return text.empty() ? "settings as before" : text;
}

std::string render_event(const Event& event, const State& known, const std::string& time,
                         const Style& style) {
  if (style.json) return event_json(event, known, time, {true, false, false});
  const State& state = event.kind == Event::Kind::kListening ? known : event.state;
  std::string text;
  switch (event.kind) {
    case Event::Kind::kListening:
      text = paint(style, Color::kFaint, "listening");
      break;
    case Event::Kind::kSettings:
      text = settings_event(known, state);
      break;
    case Event::Kind::kRowAdded:
      text = paint(style, Color::kGood, "+ " + (event.row ? to_string(*event.row) : "a row"));
      break;
    case Event::Kind::kRowRemoved:
      text = paint(style, Color::kBad, "- " + (event.row ? to_string(*event.row) : "a row"));
      break;
    case Event::Kind::kTable:
      text = fmt::format("table replaced, {} rows", state.rows);
      break;
    case Event::Kind::kLost:
      return fmt::format("{} {}\n", time,
                         paint(style, Color::kWarning,
                               "changes came too fast, some are not shown; eamctl show tells all"));
  }
  return fmt::format("{} {}: {}\n", time, state.generation, text);
}

static Json optional_json(const Setting& setting, const std::optional<Value>& value) {
  return value ? to_json(setting, *value) : Json();
}

std::string render_difference(const Difference& difference, const std::string& file,
                              const Style& style) {
  if (style.json) {
    Json settings = Json::object();
    for (const SettingDifference& d : difference.settings)
      settings[std::string(d.setting->key)] = {{"running", optional_json(*d.setting, d.running)},
                                               {"file", optional_json(*d.setting, d.file)}};
    Json json = {{"settings", std::move(settings)}};
    if (difference.running_device != difference.file_device)
      json["device"] = {{"running", difference.running_device}, {"file", difference.file_device}};
    json["removed"] = Json::array();
    json["added"] = Json::array();
    for (const Row& row : difference.removed) json["removed"].push_back(to_json(row));
    for (const Row& row : difference.added) json["added"].push_back(to_json(row));
    return dump(json, style);
  }
  if (difference.empty()) return {};

  std::string out = fmt::format("--- running\n+++ {}\n", file);
  const auto gone = [&](const std::string& text) {
    out += paint(style, Color::kBad, "-" + text) + "\n";
  };
  const auto come = [&](const std::string& text) {
    out += paint(style, Color::kGood, "+" + text) + "\n";
  };
  if (difference.running_device != difference.file_device) {
    gone("device " + difference.running_device);
    come("device " + difference.file_device);
  }
  for (const SettingDifference& d : difference.settings) {
    if (d.running) gone(fmt::format("{} {}", d.setting->key, to_string(*d.setting, *d.running)));
    come(fmt::format("{} {}", d.setting->key,
                     d.file ? to_string(*d.setting, *d.file) : std::string("default")));
  }
  for (const Row& row : difference.removed) gone(to_string(row));
  for (const Row& row : difference.added) come(to_string(row));
  return out;
}

std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)), milliseconds);
}

}  // namespace eam
