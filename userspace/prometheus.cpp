// SPDX-License-Identifier: GPL-2.0
#include "prometheus.h"

#include <fmt/format.h>
#include <linux/siit_dc.h>

#include <array>
#include <string_view>

#include "version.h"

namespace eam {
namespace {

struct Family {
  std::uint8_t stat_class;
  std::string_view name;
  std::string_view help;
};
constexpr std::array<Family, 5> kFamilies{
    {{SIIT_STAT_CLASS_TRANSLATED, "siit_dc_translated_packets_total",
      "Packets that went on in the other family"},
     {SIIT_STAT_CLASS_LEFT, "siit_dc_left_packets_total",
      "Packets left to the network stack, unchanged"},
     {SIIT_STAT_CLASS_DROPPED, "siit_dc_dropped_packets_total", "Packets dropped silently"},
     {SIIT_STAT_CLASS_REJECTED, "siit_dc_rejected_packets_total",
      "Packets dropped, with an ICMP error where one is allowed"},
     {SIIT_STAT_CLASS_MESSAGE, "siit_dc_icmp_errors_total", "ICMP errors of the translator"}}};

std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += fmt::format("# HELP {} {}.\n# TYPE {} {}\n", name, help, name, type);
}

// The same counter of both directions: 4to6 counts IPv4 packets, 6to4 IPv6 packets.
void both(std::string& out, std::string_view name, const std::string& labels, std::uint64_t from4,
          std::uint64_t from6) {
  out += fmt::format("{}{{{},direction=\"4to6\"}} {}\n", name, labels, from4);
  out += fmt::format("{}{{{},direction=\"6to4\"}} {}\n", name, labels, from6);
}

void gauge(std::string& out, std::string_view name, const std::string& labels,
           std::string_view help, std::uint64_t value) {
  head(out, name, "gauge", help);
  out += fmt::format("{}{{{}}} {}\n", name, labels, value);
}

std::string text_of(const State& state, std::uint16_t attribute) {
  const auto found = state.values.find(attribute);
  const Setting* setting = find_setting(attribute);
  return found == state.values.end() ? "" : to_string(*setting, found->second);
}

}  // namespace

std::string render_prometheus(const Stats& stats, const State& state) {
  const std::string device = fmt::format("device=\"{}\"", label(state.device));
  std::string out;
  gauge(out, "siit_dc_info", fmt::format("{},role=\"{}\",version=\"{}\"", device,
                                         label(text_of(state, SIIT_SET_A_ROLE)), EAMCTL_VERSION),
        "Role of the instance, and version of eamctl; always 1", 1);
  gauge(out, "siit_dc_rows", device, "Rows in the Explicit Address Mapping Table", state.rows);
  if (const auto* most = value_at<std::int64_t>(state.values, SIIT_SET_A_MAX_ROWS))
    gauge(out, "siit_dc_rows_max", device, "Rows that the table may hold",
          static_cast<std::uint64_t>(*most));
  gauge(out, "siit_dc_generation", device,
        "Moves with every change of settings or table; starts anew with the device",
        state.generation);

  head(out, "siit_dc_translated_bytes_total", "counter",
       "Octets of translated packets, IP header included, as they came in");
  both(out, "siit_dc_translated_bytes_total", device, stats.bytes46, stats.bytes64);
  for (const Family& family : kFamilies) {
    head(out, family.name, "counter", family.help);
    for (const Stat& stat : stats.stats)
      if (stat.stat_class == family.stat_class)
        both(out, family.name, fmt::format("{},reason=\"{}\"", device, label(stat.name)),
             stat.packets46, stat.packets64);
  }
  return out;
}

}  // namespace eam
