// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_CONFIG_FILE_H
#define EAMCTL_CONFIG_FILE_H

#include <map>
#include <string>
#include <string_view>

#include "eam_file.h"
#include "error.h"
#include "settings.h"

namespace eam {

constexpr std::string_view kDefaultDevice = "siit0";

// A whole configuration: what `check` checks, `apply` applies and `show` prints.
struct Config {
  std::string device{kDefaultDevice};
  Values values;
  EamTable table;
  std::map<std::uint16_t, EamTable::Origin> lines;  // of the settings

  // A kernel refusal of one row or setting, with the line that it came from.
  [[nodiscard]] Error locate(Error error) const;
};

// `name` is the file's, for errors and to find its eam-files; they are read. All errors are
// collected.
Result<Config> parse_config(const std::string& name, std::string_view content);

// What parse_config() reads back.
std::string print_config(const std::string& device, const Values& values,
                         const std::vector<Row>& rows);

}  // namespace eam

#endif  // EAMCTL_CONFIG_FILE_H
