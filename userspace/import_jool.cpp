// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "import.h"

namespace eam {
namespace {

using Json = nlohmann::ordered_json;

// As the command line would have it.
std::string text_of(const Json& value) {
  if (value.is_null()) return "none";
  if (value.is_boolean()) return value.get<bool>() ? "on" : "off";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& item : value) {
    if (!text.empty()) text += ',';
    text += text_of(item);
  }
  return text.empty() ? "none" : text;
}

class Reader {
 public:
  Reader(Import& import, const Json& root) : import_(&import), root_(&root) {}

  void read() {
    if (!root_->is_object()) {
      import_->error("", "this is not an object", "write { \"eamt\": [ ... ] }");
      return;
    }
    for (const auto& [key, value] : root_->items()) {
      if (key == "global")
        globals(value);
      else if (key == "eamt")
        rows(value);
      else if (key == "pool6")
        import_->set("/pool6", "prefix", text_of(value));
      else if (key == "denylist4" || key == "blacklist4")
        import_->set("/" + key, "denylist4", text_of(value));
      else if (key == "instance")
        import_->note("/instance", "not carried over; a namespace has one instance, siit0");
      else if (key == "framework")
        framework(text_of(value));
      else if (key != "comment")
        unknown("/" + key);
    }
  }

 private:
  struct Same {
    std::string_view theirs;
    std::string_view ours;
  };
  static constexpr std::array<Same, 4> kSame{{{"pool6", "prefix"},
                                              {"lowest-ipv6-mtu", "lowest-ipv6-mtu"},
                                              {"zeroize-traffic-class", "tos-zero"},
                                              {"mtu-plateaus", "plateaus"}}};

  void unknown(const std::string& where) {
    import_->note(where, "not carried over; eamctl does not know it");
  }

  void framework(const std::string& name) {
    if (name != "netfilter")
      import_->note("/framework", fmt::format("{}: not carried over; role and table say what is "
                                              "translated, rules with -j JOOL_SIIT have to go",
                                              name));
  }

  void globals(const Json& section) {
    if (!section.is_object()) {
      import_->error("/global", "this is not an object");
      return;
    }
    for (const auto& [key, value] : section.items()) global(key, value, section);
  }

  void global(const std::string& key, const Json& value, const Json& section) {
    const std::string where = "/global/" + key;
    const std::string text = text_of(value);
    const auto* const same = std::find_if(kSame.begin(), kSame.end(),
                                          [&](const Same& s) { return s.theirs == key; });
    if (same != kSame.end()) {
      import_->set(where, same->ours, text);
    } else if (key == "override-tos") {
      const bool on = value.is_boolean() && value.get<bool>() && section.contains("tos");
      import_->set(where, "tos-fixed", on ? text_of(section["tos"]) : "none");
    } else if (key == "amend-udp-checksum-zero") {
      import_->set(where, "udp-zero", text == "on" ? "compute" : "drop");
    } else if (key == "eam-hairpin-mode") {
      hairpin(where, text);
    } else if (key == "rfc6791v4-prefix") {
      import_->set(where, "icmp4-src", value.is_null() ? "interface" : text);
    } else if (key == "rfc6791v6-prefix") {
      errors6(where, value);
    } else if (key == "manually-enabled") {
      if (text != "on")
        import_->note(where, "off: not carried over; eamctl down --keep stops translation");
    } else if (key == "randomize-rfc6791-addresses") {
      if (text != "on")
        import_->note(where, "off: not carried over; the translator chooses from icmp4-src");
    } else if (key == "logging-debug" || key == "trace") {
      if (text == "on")
        import_->note(where, "not carried over; eamctl explain and eamctl stats tell more");
    } else if (key != "comment" && key != "tos") {
      unknown(where);
    }
  }

  // Older files have numbers.
  void hairpin(const std::string& where, const std::string& text) {
    constexpr std::array<std::string_view, 3> kNumbers{"off", "simple", "intrinsic"};
    const bool number = text.size() == 1 && text[0] >= '0' && text[0] <= '2';
    import_->set(where, "hairpin",
                 number ? kNumbers[static_cast<std::size_t>(text[0] - '0')] : text);
  }

  void errors6(const std::string& where, const Json& value) {
    if (value.is_null()) return;
    const std::string text = text_of(value);
    const Result<Prefix6> prefix = parse_prefix6(text);
    if (prefix && prefix->length != Prefix6::kBits)
      import_->note(where, fmt::format("{}: not carried over; icmp6-src is one address", text));
    else
      import_->set(where, "icmp6-src", prefix ? to_string(prefix->address) : text);
  }

  void rows(const Json& section) {
    if (!section.is_array()) {
      import_->error("/eamt", "this is not an array");
      return;
    }
    for (std::size_t i = 0; i < section.size(); ++i) row(fmt::format("/eamt/{}", i), section[i]);
  }

  void row(const std::string& where, const Json& entry) {
    if (!entry.is_object() || !entry.contains("ipv4 prefix") || !entry.contains("ipv6 prefix")) {
      import_->error(where, "this row has no \"ipv4 prefix\" or no \"ipv6 prefix\"");
      return;
    }
    import_->row(where, text_of(entry["ipv4 prefix"]), text_of(entry["ipv6 prefix"]));
    for (const auto& item : entry.items())
      if (item.key() != "ipv4 prefix" && item.key() != "ipv6 prefix" && item.key() != "comment")
        unknown(where + "/" + item.key());
  }

  Import* import_;
  const Json* root_;
};

}  // namespace

Result<Import> import_jool(const std::string& name, const std::string& content) {
  Import import(name);
  Json root;
  try {
    root = Json::parse(content);
  } catch (const Json::exception& e) {
    import.error("", e.what(), "jool_siit file handle reads JSON");
    const Result<void> bad = import.finish();
    return fail(bad.error());
  }
  Reader(import, root).read();
  if (const Result<void> good = import.finish(); !good) return fail(good.error());
  return import;
}

}  // namespace eam
