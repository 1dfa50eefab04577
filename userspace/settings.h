// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_SETTINGS_H
#define EAMCTL_SETTINGS_H

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "address.h"
#include "error.h"

namespace eam {

// How a setting is written, checked and sent.
enum class SettingType : std::uint8_t {
  kBool,
  kWord,      // one of a list of words, sent as their NLA_U8
  kNumber8,   // a number from min to max
  kNumber16,  // 65535 is "none"
  kNumber32,
  kSigned32,
  kPrefix6,    // RFC 6052 prefix; a second attribute has the length
  kAddress6,   // or "interface", sent as ::
  kPlateaus,   // MTUs
  kPrefixes4,  // any number of IPv4 prefixes
  kIcmp4Src,   // "interface", "dummy" or IPv4 prefixes; a second attribute has those
  kDevices,    // names of network devices
};

// Settings of eamctl itself, which the kernel module does not know (host_settings.h). Their numbers
// lie above all of the module's.
enum HostSetting : std::uint16_t { kSetNode = 60, kSetProxyNd, kSetBridgeUpstream };

struct Word {
  std::string_view text;
  std::uint8_t value;
};

struct Setting {
  std::string_view key;
  std::uint16_t attribute;
  std::uint16_t attribute2;  // 0: one is enough
  SettingType type;
  std::span<const Word> words;
  std::int64_t min;
  std::int64_t max;
  std::string_view help;

  [[nodiscard]] constexpr bool is_host() const { return attribute >= kSetNode; }
};

// Every setting there is, in the order in which they are shown. Set, get, show, the
// configuration file and --help all go by this table.
std::span<const Setting> all_settings();
const Setting* find_setting(std::string_view key);
const Setting* find_setting(std::uint16_t attribute);
// The keys that look most like what was typed.
std::string similar_keys(std::string_view key);
// "br, er, siit"; "1280..65535"
std::string values_of(const Setting& setting);

struct Icmp4Src {
  std::uint8_t kind = 0;  // enum siit_icmp4_src
  std::vector<Prefix4> pool;
  bool operator==(const Icmp4Src&) const = default;
};

// kBool: bool. Numbers: int64. kWord: its value as int64.
using Value = std::variant<bool, std::int64_t, Prefix6, Address6, std::vector<std::uint16_t>,
                           std::vector<Prefix4>, Icmp4Src, std::vector<std::string>>;

// Values by attribute; for those with two, by the first.
using Values = std::map<std::uint16_t, Value>;

// The value of a setting whose type is T; nullptr if it is not among them.
template <typename T>
const T* value_at(const Values& values, std::uint16_t attribute) {
  const auto found = values.find(attribute);
  return found == values.end() ? nullptr : std::get_if<T>(&found->second);
}

template <typename T>
T value_or(const Values& values, std::uint16_t attribute, T otherwise) {
  const T* value = value_at<T>(values, attribute);
  return value == nullptr ? std::move(otherwise) : *value;
}

// role: enum siit_role. No role is said to be one.
bool is_role(const Values& values, std::uint8_t role);

// From the text of the command line: lists are comma separated, booleans on or off.
Result<Value> parse_value(const Setting& setting, std::string_view text);
std::string to_string(const Setting& setting, const Value& value);

// What JSON and TOML have in common; for rendering.
using Plain = std::variant<bool, std::int64_t, std::string, std::vector<std::int64_t>,
                           std::vector<std::string>>;
Plain plain(const Setting& setting, const Value& value);

// Settings that contradict each other (HP-07, BR-07), as far as `values` knows them.
Result<void> check_together(const Values& values);

Result<void> check_device_name(const std::string& name);

// What is legal, but probably not meant (AD-06, IS-05).
std::vector<std::string> warnings_about(const Values& values);

}  // namespace eam

#endif  // EAMCTL_SETTINGS_H
