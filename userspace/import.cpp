// SPDX-License-Identifier: GPL-2.0
#include "import.h"

#include <fmt/format.h>

namespace eam {

Import::Import(const std::string& name) : name_(name) { set("", "role", "siit"); }

void Import::error(const std::string& where, std::string what, std::string hint) {
  errors_.add(name_ + where, std::move(what), std::move(hint));
}

void Import::note(const std::string& where, const std::string& text) {
  notes_.push_back(fmt::format("{}{}: {}", name_, where, text));
}

void Import::set(const std::string& where, std::string_view key, std::string_view text) {
  const Setting* setting = find_setting(key);
  Result<Value> value = parse_value(*setting, text);
  if (value)
    values_.insert_or_assign(setting->attribute, std::move(*value));
  else
    error(where, fmt::format("{}: {}", key, value.error().what), value.error().hint);
}

void Import::row(const std::string& where, std::string_view ipv4, std::string_view ipv6) {
  const Result<Prefix4> prefix4 = parse_prefix4(ipv4);
  if (!prefix4) return error(where, prefix4.error().what, prefix4.error().hint);
  const Result<Prefix6> prefix6 = parse_prefix6(ipv6);
  if (!prefix6) return error(where, prefix6.error().what, prefix6.error().hint);
  const Row row{*prefix4, *prefix6, Scope::kDefault};
  if (std::optional<Error> wrong = check_row(row)) return error(where, wrong->what, wrong->hint);
  rows_.push_back(row);
  places_.push_back(where);
}

Result<void> Import::finish() {
  if (const Result<void> together = check_together(values_); !together)
    errors_.add(together.error());
  for (const Duplicate& duplicate : find_duplicates(rows_))
    error(places_[duplicate.row],
          fmt::format("{} is there already, at {}{}",
                      duplicate.ipv6 ? to_string(rows_[duplicate.row].ipv6)
                                     : to_string(rows_[duplicate.row].ipv4),
                      name_, places_[duplicate.earlier]),
          "remove one of the two");
  if (!errors_.empty()) return fail(errors_.take());
  return {};
}

}  // namespace eam
