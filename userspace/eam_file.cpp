// SPDX-License-Identifier: GPL-2.0
#include "eam_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace eam {
namespace {

constexpr std::size_t kMaxWords = 4;  // one more than a row may have

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The words of a line up to a comment; returns how many there are.
std::size_t split_words(std::string_view line, std::array<std::string_view, kMaxWords>& words) {
  std::size_t count = 0;
  std::size_t i = 0;
  while (i < line.size() && count < kMaxWords) {
    while (i < line.size() && is_space(line[i])) ++i;
    if (i == line.size() || line[i] == '#') break;
    const std::size_t start = i;
    while (i < line.size() && !is_space(line[i]) && line[i] != '#') ++i;
    words[count++] = line.substr(start, i - start);
  }
  return count;
}

Result<Row> parse_row(const std::array<std::string_view, kMaxWords>& words, std::size_t count) {
  if (count < 2 || count > 3)
    return usage_error(count < 2 ? "a row needs an IPv4 and an IPv6 column"
                                 : fmt::format("\"{}\" is too much", words[3]),
                       "write IPV4 IPV6 [local|remote]");
  Row row;
  const Result<Prefix4> ipv4 = parse_prefix4(words[0]);
  if (!ipv4) return fail(ipv4.error());
  row.ipv4 = *ipv4;
  const Result<Prefix6> ipv6 = parse_prefix6(words[1]);
  if (!ipv6) return fail(ipv6.error());
  row.ipv6 = *ipv6;
  if (count == 3) {
    const Result<Scope> scope = parse_scope(words[2]);
    if (!scope) return fail(scope.error());
    row.scope = *scope;
  }
  return row;
}

}  // namespace

std::uint32_t EamTable::add_file(std::string name) {
  files_.push_back(std::move(name));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

void EamTable::reserve(std::size_t rows) {
  rows_.reserve(rows);
  origins_.reserve(rows);
}

std::string EamTable::where(Origin origin) const {
  return fmt::format("{}:{}", files_[origin.file], origin.line);
}

void add_checked(Row row, EamTable::Origin origin, bool mask, EamTable& table, Errors& errors) {
  if (mask) {
    row.ipv4 = masked(row.ipv4);
    row.ipv6 = masked(row.ipv6);
  }
  std::optional<Error> error = check_row(row);
  if (!error) {
    table.add(row, origin);
    return;
  }
  error->where = table.where(origin);
  errors.add(std::move(*error));
}

void parse_eam_file(std::string name, std::string_view content, bool mask, EamTable& table,
                    Errors& errors) {
  EamTable::Origin origin{table.add_file(std::move(name)), 0};
  const auto lines = static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n'));
  table.reserve(table.rows().size() + lines + 1);

  std::array<std::string_view, kMaxWords> words;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    const std::string_view line = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    ++origin.line;

    const std::size_t count = split_words(line, words);
    if (count == 0) continue;
    const Result<Row> row = parse_row(words, count);
    if (row)
      add_checked(*row, origin, mask, table, errors);
    else
      errors.add(table.where(origin), row.error().what, row.error().hint);
  }
}

void check_duplicates(const EamTable& table, Errors& errors) {
  for (const Duplicate& duplicate : find_duplicates(table.rows())) {
    const Row& row = table.rows()[duplicate.row];
    const Row& earlier = table.rows()[duplicate.earlier];
    std::string what = duplicate.ipv6 ? to_string(row.ipv6) : to_string(row.ipv4);
    what += fmt::format(" is there already, at {}: {}", table.where(duplicate.earlier),
                        to_string(earlier));
    errors.add(table.where(duplicate.row), std::move(what), "remove one of the two rows");
  }
}

Error locate(Error error, const EamTable& table) {
  if (!error.row || *error.row >= table.rows().size()) return error;
  error.where = table.where(*error.row) + ": " + to_string(table.rows()[*error.row]);
  return error;
}

std::vector<std::string> warnings_about(const EamTable& table) {
  const Overlaps overlaps = find_overlaps(table.rows());
  if (!overlaps.first) return {};
  const Row& inner = table.rows()[overlaps.first->inner];
  const Row& outer = table.rows()[overlaps.first->outer];
  std::string text =
      fmt::format("{}: {} overlaps {} of {} and the mapping is not symmetric (RFC 7757 5)",
                  table.where(overlaps.first->inner), to_string(inner), to_string(outer),
                  table.where(overlaps.first->outer));
  if (overlaps.count > 1) text += fmt::format("; {} more like this", overlaps.count - 1);
  return {std::move(text)};
}

}  // namespace eam
