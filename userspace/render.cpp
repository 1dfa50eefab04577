// SPDX-License-Identifier: GPL-2.0
#include "render.h"

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

std::string render_stats(const Stats& stats, bool all, const Style& style) {
  if (style.json) return stats_json(stats, style);

  std::size_t width = sizeof("translated bytes");
  for (const Stat& stat : stats.stats) width = std::max(width, stat.name.size() + 2);
  std::string out =
      fmt::format("{:<{}} {:>14} {:>14}\n", "", width, "IPv4 packets", "IPv6 packets");
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

}  // namespace eam
