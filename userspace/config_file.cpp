// SPDX-License-Identifier: GPL-2.0
#include "config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <filesystem>

#include "file.h"

namespace eam {
namespace {

// Collects what is in one file, and every error.
class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name), file_(config_.table.add_file(name)) {}

  Result<Config> read(std::string_view content) {
    const toml::table root = parse(content);
    if (!errors_.empty()) return fail(errors_.take());
    for (const auto& [key, node] : root) entry(key, node);
    if (Result<void> together = check_together(config_.values); !together) {
      errors_.add(config_.locate(std::move(together.error())));
    }
    check_duplicates(config_.table, errors_);
    if (!errors_.empty()) return fail(errors_.take());
    return std::move(config_);
  }

 private:
  toml::table parse(std::string_view content) {
    try {
      return toml::parse(content);
    } catch (const toml::parse_error& e) {
      errors_.add(fmt::format("{}:{}", name_, e.source().begin.line), std::string(e.description()));
    } catch (const std::exception& e) {
      errors_.add(name_, e.what());
    }
    return {};
  }

  [[nodiscard]] std::string at(const toml::source_region& source) const {
    return fmt::format("{}:{}", name_, source.begin.line);
  }

  void error(const toml::source_region& source, std::string what, std::string hint = {}) {
    errors_.add(at(source), std::move(what), std::move(hint));
  }

  void entry(const toml::key& key, const toml::node& node) {
    if (key == "device") {
      device(node);
    } else if (key == "eam") {
      rows(node);
    } else if (key == "eam-files") {
      eam_files(node);
    } else if (const Setting* setting = find_setting(key.str())) {
      value(*setting, key, node);
    } else {
      const std::string similar = similar_keys(key.str());
      error(key.source(), fmt::format("there is no setting \"{}\"", key.str()),
            similar.empty() ? "eamctl set --help lists them" : fmt::format("{}?", similar));
    }
  }

  void device(const toml::node& node) {
    const auto name = node.value_exact<std::string>();
    if (!name) {
      error(node.source(), "device: a name is wanted", "write device = \"siit0\"");
      return;
    }
    const Result<void> good = check_device_name(*name);
    if (good)
      config_.device = *name;
    else
      error(node.source(), "device: " + good.error().what);
  }

  // As the command line would have it, so that there is one parser of values.
  static std::optional<std::string> scalar(const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) return text;
    if (const auto flag = node.value_exact<bool>()) return *flag ? "on" : "off";
    if (const auto number = node.value_exact<std::int64_t>()) return fmt::to_string(*number);
    return std::nullopt;
  }

  static std::optional<std::string> flat(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return scalar(node);
    std::string text;
    for (const toml::node& item : *array) {
      const auto word = scalar(item);
      if (!word) return std::nullopt;
      if (!text.empty()) text += ',';
      text += *word;
    }
    return text;
  }

  void value(const Setting& setting, const toml::key& key, const toml::node& node) {
    const auto text = flat(node);
    if (!text) {
      error(key.source(), fmt::format("{}: this is not a value of it", setting.key),
            fmt::format("write {}", values_of(setting)));
      return;
    }
    Result<Value> value = parse_value(setting, *text);
    config_.lines[setting.attribute] = {file_, key.source().begin.line};
    if (value)
      config_.values.emplace(setting.attribute, std::move(*value));
    else
      error(key.source(), fmt::format("{}: {}", setting.key, value.error().what),
            value.error().hint);
  }

  void rows(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) {
      error(node.source(), "eam: rows are tables", "write [[eam]]");
      return;
    }
    config_.table.reserve(config_.table.rows().size() + array->size());
    for (const toml::node& item : *array) {
      if (const toml::table* table = item.as_table())
        row(*table);
      else
        error(item.source(), "eam: rows are tables",
              R"(write { ipv4 = "192.0.2.1", ipv6 = "2001:db8::1" })");
    }
  }

  void row(const toml::table& table) {
    Row row;
    bool ipv4 = false;
    bool ipv6 = false;
    bool good = true;
    for (const auto& [key, node] : table) {
      const std::string text = node.value_exact<std::string>().value_or("");
      const Result<void> parsed = column(key.str(), text, row);
      if (!parsed) {
        error(key.source(), fmt::format("eam: {}", parsed.error().what), parsed.error().hint);
        good = false;
      }
      ipv4 |= key == "ipv4";
      ipv6 |= key == "ipv6";
    }
    if (!ipv4 || !ipv6)
      error(table.source(), fmt::format("eam: this row has no {}", ipv4 ? "ipv6" : "ipv4"));
    else if (good)
      add_checked(row, {file_, table.source().begin.line}, false, config_.table, errors_);
  }

  static Result<void> column(std::string_view key, const std::string& text, Row& row) {
    if (key == "ipv4") return parse_prefix4(text).map([&](Prefix4 p) { row.ipv4 = p; });
    if (key == "ipv6") return parse_prefix6(text).map([&](Prefix6 p) { row.ipv6 = p; });
    if (key == "scope") return parse_scope(text).map([&](Scope s) { row.scope = s; });
    return usage_error(fmt::format("a row has no \"{}\"", key), "ipv4, ipv6 and scope are known");
  }

  void eam_files(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) {
      error(node.source(), "eam-files: a list of file names is wanted",
            "write eam-files = [\"rows.txt\"]");
      return;
    }
    for (const toml::node& item : *array) {
      const auto file = item.value_exact<std::string>();
      if (!file) {
        error(item.source(), "eam-files: this is not a file name");
        continue;
      }
      const std::string path = (std::filesystem::path(name_).parent_path() / *file).string();
      const Result<std::string> content = read_file(path);
      if (content)
        parse_eam_file(path, *content, false, config_.table, errors_);
      else
        error(item.source(), fmt::format("eam-files: {}: {}", path, content.error().what));
    }
  }

  const std::string& name_;
  Config config_;
  std::uint32_t file_;
  Errors errors_;
};

// A TOML string; what we print needs no more escapes.
std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

struct PrintToml {
  std::string operator()(bool on) const { return on ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return fmt::to_string(number); }
  std::string operator()(const std::string& text) const { return toml_string(text); }
  std::string operator()(const std::vector<std::int64_t>& numbers) const {
    return fmt::format("[{}]", fmt::join(numbers, ", "));
  }
  std::string operator()(const std::vector<std::string>& texts) const {
    std::string out = "[";
    for (const std::string& text : texts) {
      if (out.size() > 1) out += ", ";
      out += toml_string(text);
    }
    return out + "]";
  }
};

}  // namespace

Error Config::locate(Error error) const {
  const Setting* setting = find_setting(error.where);
  if (setting == nullptr || !lines.contains(setting->attribute))
    return eam::locate(std::move(error), table);
  error.where = table.where(lines.at(setting->attribute)) + ": " + error.where;
  return error;
}

Result<Config> parse_config(const std::string& name, std::string_view content) {
  return Reader(name).read(content);
}

std::string print_config(const std::string& device, const Values& values,
                         const std::vector<Row>& rows) {
  std::string out = fmt::format("device = {}\n", toml_string(device));
  for (const Setting& setting : all_settings()) {
    const auto found = values.find(setting.attribute);
    if (found == values.end()) continue;
    out += fmt::format("{} = {}\n", setting.key,
                       std::visit(PrintToml{}, plain(setting, found->second)));
  }
  for (const Row& row : rows) {
    out += fmt::format("\n[[eam]]\nipv4 = \"{}\"\nipv6 = \"{}\"\n", to_string(row.ipv4),
                       to_string(row.ipv6));
    if (row.scope != Scope::kDefault) out += fmt::format("scope = \"{}\"\n", to_string(row.scope));
  }
  return out;
}

}  // namespace eam
