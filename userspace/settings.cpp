// SPDX-License-Identifier: GPL-2.0
#include "settings.h"

#include <fmt/format.h>
#include <linux/siit_dc.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace eam {
namespace {

constexpr std::int64_t kTosNone = 65535;

constexpr std::array kRole{Word{"siit", SIIT_ROLE_SIIT}, Word{"br", SIIT_ROLE_BR},
                           Word{"er", SIIT_ROLE_ER}};
constexpr std::array kIdMode{Word{"generate", SIIT_ID_GENERATE}, Word{"zero", SIIT_ID_ZERO}};
constexpr std::array kDfMode{Word{"rfc7915", SIIT_DF_RFC7915}, Word{"rfc6145", SIIT_DF_RFC6145},
                             Word{"rfc6145-small", SIIT_DF_RFC6145_SMALL}};
constexpr std::array kUdpZero{Word{"compute", SIIT_UDP_ZERO_COMPUTE},
                              Word{"drop", SIIT_UDP_ZERO_DROP},
                              Word{"forward", SIIT_UDP_ZERO_FORWARD}};
constexpr std::array kUdp6Zero{Word{"pass", SIIT_UDP6_ZERO_PASS},
                               Word{"drop", SIIT_UDP6_ZERO_DROP}};
constexpr std::array kHairpin{Word{"intrinsic", SIIT_HAIRPIN_INTRINSIC},
                              Word{"simple", SIIT_HAIRPIN_SIMPLE}, Word{"off", SIIT_HAIRPIN_OFF}};
constexpr std::array kUnmappedSrc6{Word{"rfc7915", SIIT_UNMAPPED_SRC6_RFC7915},
                                   Word{"rfc6145", SIIT_UNMAPPED_SRC6_RFC6145},
                                   Word{"drop", SIIT_UNMAPPED_SRC6_DROP}};
constexpr std::array kUnmappedDst4{
    Word{"stack", SIIT_UNMAPPED_DST4_STACK}, Word{"reject", SIIT_UNMAPPED_DST4_REJECT},
    Word{"reject13", SIIT_UNMAPPED_DST4_REJECT13}, Word{"drop", SIIT_UNMAPPED_DST4_DROP}};
// "pool" is not written: the prefixes themselves are.
constexpr std::array kIcmp4Src{Word{"interface", SIIT_ICMP4_SRC_INTERFACE},
                               Word{"dummy", SIIT_ICMP4_SRC_DUMMY}};
constexpr std::array kIllegalSrc{Word{"translate", SIIT_ICMP_ILLEGAL_TRANSLATE},
                                 Word{"drop", SIIT_ICMP_ILLEGAL_DROP}};
constexpr std::array kIcmpErrors{Word{"limit", SIIT_ICMP_ERRORS_LIMIT},
                                 Word{"send", SIIT_ICMP_ERRORS_SEND},
                                 Word{"off", SIIT_ICMP_ERRORS_OFF}};

constexpr Setting boolean(std::string_view key, std::uint16_t attribute, std::string_view help) {
  return {key, attribute, 0, SettingType::kBool, {}, 0, 1, help};
}

constexpr Setting word(std::string_view key, std::uint16_t attribute, std::span<const Word> words,
                       std::string_view help) {
  return {key, attribute, 0, SettingType::kWord, words, 0, 0, help};
}

constexpr Setting number(std::string_view key, std::uint16_t attribute, SettingType type,
                         std::int64_t min, std::int64_t max, std::string_view help) {
  return {key, attribute, 0, type, {}, min, max, help};
}

constexpr Setting devices(std::string_view key, std::uint16_t attribute, std::string_view help) {
  return {key, attribute, 0, SettingType::kDevices, {}, 0, 0, help};
}

// Both live in one word of bits.
static_assert(SIIT_SET_A_MAX < kSetNode && kSetBridgeUpstream < 64);

constexpr std::int64_t kMaxRows = 1 << 28;  // as the kernel
constexpr std::int64_t kMinS32 = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kMaxS32 = std::numeric_limits<std::int32_t>::max();

// requirements section 15; defaults that follow the role are the kernel's business.
constexpr std::array kSettings{
    word("role", SIIT_SET_A_ROLE, kRole, "Border Relay, Edge Relay or plain translator"),
    Setting{"prefix",
            SIIT_SET_A_PREFIX,
            SIIT_SET_A_PREFIX_LEN,
            SettingType::kPrefix6,
            {},
            0,
            0,
            "translation prefix (RFC 6052)"},
    number("lowest-ipv6-mtu", SIIT_SET_A_LOWEST_IPV6_MTU, SettingType::kNumber32, 1280, 65535,
           "lowest MTU of the IPv6 network"),
    boolean("atomic-fragments", SIIT_SET_A_ATOMIC_FRAGMENTS,
            "add a Fragment Header to IPv4 packets without DF"),
    word("id-mode", SIIT_SET_A_ID_MODE, kIdMode, "IPv4 ID of packets without Fragment Header"),
    word("df-mode", SIIT_SET_A_DF_MODE, kDfMode, "DF of packets without Fragment Header"),
    boolean("ptb-min-clamp", SIIT_SET_A_PTB_MIN_CLAMP, "Packet Too Big never says less than 1280"),
    Setting{"plateaus",
            SIIT_SET_A_PLATEAUS,
            0,
            SettingType::kPlateaus,
            {},
            68,
            65535,
            "MTUs guessed for ICMPv4 errors that tell none"},
    boolean("tos-zero", SIIT_SET_A_TOS_ZERO, "IPv6 Traffic Class 0 instead of the IPv4 TOS"),
    number("tos-fixed", SIIT_SET_A_TOS_FIXED, SettingType::kNumber16, 0, 255,
           "IPv4 TOS instead of the IPv6 Traffic Class"),
    word("udp-zero", SIIT_SET_A_UDP_ZERO, kUdpZero, "UDP over IPv4 without checksum"),
    word("udp6-zero", SIIT_SET_A_UDP6_ZERO, kUdp6Zero, "UDP over IPv6 without checksum"),
    word("hairpin", SIIT_SET_A_HAIRPIN, kHairpin, "hairpinning (RFC 7757 section 4)"),
    boolean("wkp-strict", SIIT_SET_A_WKP_STRICT,
            "no private IPv4 addresses behind the well-known prefix"),
    boolean("eam-strict-suffix", SIIT_SET_A_EAM_STRICT_SUFFIX,
            "IPv6 addresses with discarded bits set do not map"),
    boolean("native-more-specific", SIIT_SET_A_NATIVE_MORE_SPECIFIC,
            "a native route that is more specific than the mapping wins"),
    boolean("proto-guard", SIIT_SET_A_PROTO_GUARD, "drop protocols that mean something else there"),
    word("unmapped-src6", SIIT_SET_A_UNMAPPED_SRC6, kUnmappedSrc6,
         "IPv6 packets whose source does not map"),
    word("unmapped-dst4", SIIT_SET_A_UNMAPPED_DST4, kUnmappedDst4,
         "IPv4 packets to a service pool address without a row"),
    boolean("antispoof64", SIIT_SET_A_ANTISPOOF64, "drop IPv6 sources inside the prefix"),
    boolean("antispoof46", SIIT_SET_A_ANTISPOOF46, "drop IPv4 sources that have a row"),
    boolean("er-ingress-filter", SIIT_SET_A_ER_INGRESS_FILTER,
            "drop IPv4 sources without a local row"),
    boolean("er-self-source", SIIT_SET_A_ER_SELF_SOURCE, "drop packets from own service addresses"),
    Setting{"icmp4-src", SIIT_SET_A_ICMP4_SRC, SIIT_SET_A_ICMP4_POOL, SettingType::kIcmp4Src,
            kIcmp4Src, 0, 0, "IPv4 source of ICMP errors that have none (RFC 6791)"},
    Setting{"icmp6-src",
            SIIT_SET_A_ICMP6_SRC,
            0,
            SettingType::kAddress6,
            {},
            0,
            0,
            "IPv6 source of ICMP errors that have none"},
    boolean("icmp-origin-ext", SIIT_SET_A_ICMP_ORIGIN_EXT,
            "tell the real IPv6 source in an extension (RFC 5837)"),
    word("icmp-illegal-src", SIIT_SET_A_ICMP_ILLEGAL_SRC, kIllegalSrc,
         "ICMPv4 errors from private or bogus addresses"),
    word("icmp-errors", SIIT_SET_A_ICMP_ERRORS, kIcmpErrors, "ICMP errors of the translator"),
    number("icmp-rate", SIIT_SET_A_ICMP_RATE, SettingType::kNumber32, 1, 1000000,
           "ICMP errors a second"),
    number("icmp-burst", SIIT_SET_A_ICMP_BURST, SettingType::kNumber32, 1, 1000000,
           "ICMP errors at once"),
    number("max-exthdrs", SIIT_SET_A_MAX_EXTHDRS, SettingType::kNumber8, 1, 32,
           "IPv6 extension headers that are skipped"),
    number("hook-priority", SIIT_SET_A_HOOK_PRIORITY, SettingType::kSigned32, kMinS32, kMaxS32,
           "netfilter priority in PREROUTING"),
    Setting{"denylist4",
            SIIT_SET_A_DENYLIST4,
            0,
            SettingType::kPrefixes4,
            {},
            0,
            0,
            "IPv4 prefixes that are never translated"},
    Setting{"pool4", SIIT_SET_A_POOL4, 0, SettingType::kPrefixes4, {}, 0, 0, "IPv4 service pools"},
    boolean("routes", SIIT_SET_A_ROUTES, "eamctl keeps the routes through the device"),
    number("max-rows", SIIT_SET_A_MAX_ROWS, SettingType::kNumber32, 1, kMaxRows,
           "rows that the table may hold"),
    Setting{"translatable4",
            SIIT_SET_A_TRANSLATABLE4,
            0,
            SettingType::kPrefixes4,
            {},
            0,
            0,
            "IPv4 services with an IPv4-translatable IPv6 address, no row (BR)"},
    boolean("hits", SIIT_SET_A_HITS, "count each row's packets, for eamctl eam show --hits"),
    boolean("node", kSetNode, "eamctl keeps the addresses of local rows on this host (ER)"),
    devices("proxy-nd", kSetProxyNd, "where neighbours are told that local rows live here"),
    devices("bridge-upstream", kSetBridgeUpstream,
            "bridge ports that IPv4 and ARP do not cross, in or out"),
};

Failure bad_value(const Setting& setting, std::string_view text) {
  Error error;
  error.where = setting.key;
  error.what = fmt::format("\"{}\" is not a value of it", text);
  error.hint = fmt::format("write {}", values_of(setting));
  return fail(std::move(error));
}

Failure bad_value(const Setting& setting, const Error& inner) {
  Error error = inner;
  error.where = setting.key;
  if (error.hint.empty()) error.hint = fmt::format("write {}", values_of(setting));
  return fail(std::move(error));
}

Result<std::int64_t> parse_number(const Setting& setting, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < setting.min ||
      value > setting.max)
    return bad_value(setting, text);
  return value;
}

std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> items;
  if (text.empty() || text == "none") return items;
  while (true) {
    const std::size_t comma = text.find(',');
    items.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

Result<std::vector<Prefix4>> parse_prefixes(const Setting& setting, std::string_view text) {
  std::vector<Prefix4> prefixes;
  for (const std::string_view item : split_list(text)) {
    const Result<Prefix4> prefix = parse_prefix4(item);
    if (!prefix) return bad_value(setting, prefix.error());
    if (masked(*prefix) != *prefix) {
      Error error;
      error.what = fmt::format("{} has bits set behind its length", item);
      error.hint = fmt::format("write {}", to_string(masked(*prefix)));
      return bad_value(setting, error);
    }
    prefixes.push_back(*prefix);
  }
  if (prefixes.size() > SIIT_PREFIXES_MAX) {
    Error error;
    error.what = fmt::format("{} prefixes, {} at most", prefixes.size(), SIIT_PREFIXES_MAX);
    return bad_value(setting, error);
  }
  return prefixes;
}

Result<Value> parse_plateaus(const Setting& setting, std::string_view text) {
  std::vector<std::uint16_t> plateaus;
  for (const std::string_view item : split_list(text)) {
    const Result<std::int64_t> number = parse_number(setting, item);
    if (!number) return fail(number.error());
    plateaus.push_back(static_cast<std::uint16_t>(*number));
  }
  if (plateaus.empty() || plateaus.size() > SIIT_PLATEAUS_MAX) return bad_value(setting, text);
  return plateaus;
}

Result<Value> parse_rfc6052_prefix(const Setting& setting, std::string_view text) {
  if (text == "none") return Prefix6{{}, 0};
  const Result<Prefix6> prefix = parse_prefix6(text);
  if (!prefix) return bad_value(setting, prefix.error());

  Error error;
  constexpr std::array<unsigned, 6> kLengths{32, 40, 48, 56, 64, 96};
  if (std::find(kLengths.begin(), kLengths.end(), prefix->length) == kLengths.end()) {
    error.what = fmt::format("/{} is not a length of RFC 6052", prefix->length);  // AD-01
    error.hint = "write /32, /40, /48, /56, /64 or /96";
    return bad_value(setting, error);
  }
  if (masked(*prefix) != *prefix) {
    error.what = fmt::format("{} has bits set behind its length", text);
    error.hint = fmt::format("write {}", to_string(masked(*prefix)));
    return bad_value(setting, error);
  }
  if (prefix->length == 96 && prefix->address.octets[8] != 0) {
    error.what = fmt::format("bits 64 to 71 of {} are not zero", text);  // AD-03
    error.hint = "RFC 6052 reserves them";
    return bad_value(setting, error);
  }
  return *prefix;
}

Result<Value> parse_devices(const Setting& setting, std::string_view text) {
  std::vector<std::string> names;
  for (const std::string_view item : split_list(text)) {
    std::string name(item);
    const Result<void> good = check_device_name(name);
    if (!good) return bad_value(setting, good.error());
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

Result<Value> parse_icmp4_src(const Setting& setting, std::string_view text) {
  for (const Word& w : setting.words)
    if (w.text == text) return Icmp4Src{w.value, {}};
  Result<std::vector<Prefix4>> pool = parse_prefixes(setting, text);
  if (!pool) return fail(pool.error());
  if (pool->empty()) return bad_value(setting, text);
  return Icmp4Src{SIIT_ICMP4_SRC_POOL, std::move(*pool)};
}

std::string_view word_of(const Setting& setting, std::int64_t value) {
  for (const Word& w : setting.words)
    if (w.value == value) return w.text;
  return "?";  // a newer kernel
}

std::vector<std::string> texts_of(const std::vector<Prefix4>& prefixes) {
  std::vector<std::string> texts;
  texts.reserve(prefixes.size());
  for (const Prefix4& prefix : prefixes) texts.push_back(to_string(prefix));
  return texts;
}

bool is_word(const Values& values, std::uint16_t attribute, std::int64_t word) {
  const auto* value = value_at<std::int64_t>(values, attribute);
  return value != nullptr && *value == word;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::span<const Setting> all_settings() { return kSettings; }

const Setting* find_setting(std::string_view key) {
  for (const Setting& setting : kSettings)
    if (setting.key == key) return &setting;
  return nullptr;
}

const Setting* find_setting(std::uint16_t attribute) {
  for (const Setting& setting : kSettings)
    if (setting.attribute == attribute || (attribute != 0 && setting.attribute2 == attribute))
      return &setting;
  return nullptr;
}

std::string similar_keys(std::string_view key) {
  std::string keys;
  for (const Setting& setting : kSettings) {
    if (edit_distance(key, setting.key) > 2 && setting.key.find(key) == std::string_view::npos)
      continue;
    if (!keys.empty()) keys += " or ";
    keys += setting.key;
  }
  return keys;
}

std::string values_of(const Setting& setting) {
  std::string text;
  switch (setting.type) {
    case SettingType::kBool:
      return "on or off";
    case SettingType::kWord:
      for (const Word& w : setting.words) {
        if (!text.empty()) text += &w == &setting.words.back() ? " or " : ", ";
        text += w.text;
      }
      return text;
    case SettingType::kNumber8:
    case SettingType::kNumber32:
    case SettingType::kSigned32:
      return fmt::format("a number from {} to {}", setting.min, setting.max);
    case SettingType::kNumber16:
      return fmt::format("a number from {} to {}, or none", setting.min, setting.max);
    case SettingType::kPrefix6:
      return "an IPv6 prefix of length 32, 40, 48, 56, 64 or 96, or none";
    case SettingType::kAddress6:
      return "interface or an IPv6 address";
    case SettingType::kPlateaus:
      return fmt::format("1 to {} numbers from {} to {}", SIIT_PLATEAUS_MAX, setting.min,
                         setting.max);
    case SettingType::kPrefixes4:
      return "IPv4 prefixes, or none";
    case SettingType::kIcmp4Src:
      return "interface, dummy or IPv4 prefixes";
    case SettingType::kDevices:
      return "names of network devices, or none";
  }
  return text;
}

Result<Value> parse_value(const Setting& setting, std::string_view text) {
  switch (setting.type) {
    case SettingType::kBool:
      if (text == "on" || text == "true") return true;
      if (text == "off" || text == "false") return false;
      return bad_value(setting, text);
    case SettingType::kWord:
      for (const Word& w : setting.words)
        if (w.text == text) return std::int64_t{w.value};
      return bad_value(setting, text);
    case SettingType::kNumber16:
      if (text == "none") return kTosNone;
      [[fallthrough]];
    case SettingType::kNumber8:
    case SettingType::kNumber32:
    case SettingType::kSigned32:
      return parse_number(setting, text).map([](std::int64_t number) { return Value(number); });
    case SettingType::kPrefix6:
      return parse_rfc6052_prefix(setting, text);
    case SettingType::kAddress6: {
      if (text == "interface") return Address6{};
      const Result<Address6> address = parse_address6(text);
      if (!address) return bad_value(setting, address.error());
      return *address;
    }
    case SettingType::kPlateaus:
      return parse_plateaus(setting, text);
    case SettingType::kPrefixes4:
      return parse_prefixes(setting, text).map([](std::vector<Prefix4> p) {
        return Value(std::move(p));
      });
    case SettingType::kIcmp4Src:
      return parse_icmp4_src(setting, text);
    case SettingType::kDevices:
      return parse_devices(setting, text);
  }
  return bad_value(setting, text);
}

Plain plain(const Setting& setting, const Value& value) {
  switch (setting.type) {
    case SettingType::kBool:
      return std::get<bool>(value);
    case SettingType::kWord:
      return std::string(word_of(setting, std::get<std::int64_t>(value)));
    case SettingType::kNumber16:
      if (std::get<std::int64_t>(value) == kTosNone) return std::string("none");
      [[fallthrough]];
    case SettingType::kNumber8:
    case SettingType::kNumber32:
    case SettingType::kSigned32:
      return std::get<std::int64_t>(value);
    case SettingType::kPrefix6: {
      const auto& prefix = std::get<Prefix6>(value);
      return prefix.length == 0 ? std::string("none") : to_cidr(prefix);
    }
    case SettingType::kAddress6: {
      const auto& address = std::get<Address6>(value);
      return address == Address6{} ? std::string("interface") : to_string(address);
    }
    case SettingType::kPlateaus: {
      const auto& plateaus = std::get<std::vector<std::uint16_t>>(value);
      return std::vector<std::int64_t>(plateaus.begin(), plateaus.end());
    }
    case SettingType::kPrefixes4:
      return texts_of(std::get<std::vector<Prefix4>>(value));
    case SettingType::kIcmp4Src: {
      const auto& source = std::get<Icmp4Src>(value);
      if (source.kind == SIIT_ICMP4_SRC_POOL) return texts_of(source.pool);
      return std::string(word_of(setting, source.kind));
    }
    case SettingType::kDevices:
      return std::get<std::vector<std::string>>(value);
  }
  return std::string();
}

std::string to_string(const Setting& setting, const Value& value) {
  struct Print {
    std::string operator()(bool on) const { return on ? "on" : "off"; }
    std::string operator()(std::int64_t number) const { return fmt::to_string(number); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const std::vector<std::int64_t>& numbers) const {
      return fmt::format("{}", fmt::join(numbers, ","));
    }
    std::string operator()(const std::vector<std::string>& texts) const {
      return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ","));
    }
  };
  return std::visit(Print{}, plain(setting, value));
}

Result<void> check_device_name(const std::string& name) {
  const bool odd = name.find_first_of("/: \t\n%,") != std::string::npos;
  if (name.empty() || name.size() >= IFNAMSIZ || odd || name == "." || name == "..")
    return usage_error(fmt::format("\"{}\" is not a device name", name),
                       fmt::format("1 to {} letters and digits", IFNAMSIZ - 1));
  return {};
}

bool is_role(const Values& values, std::uint8_t role) {
  return is_word(values, SIIT_SET_A_ROLE, role);
}

Result<void> check_together(const Values& values) {
  const auto* antispoof64 = value_at<bool>(values, SIIT_SET_A_ANTISPOOF64);
  if (antispoof64 != nullptr && *antispoof64 && is_role(values, SIIT_ROLE_ER)) {
    Error error;
    error.where = "antispoof64";
    error.what = "on an ER it would drop all that comes through the prefix";  // BR-06
    error.hint = "leave it to the BR";
    return fail(std::move(error));
  }
  if (!is_word(values, SIIT_SET_A_HAIRPIN, SIIT_HAIRPIN_SIMPLE)) return {};
  if (is_role(values, SIIT_ROLE_ER)) {
    Error error;
    error.where = "hairpin";
    error.what = "an ER in mode simple would not map its own service addresses";  // HP-07
    error.hint = "leave hairpin at intrinsic, or set it to off";
    return fail(std::move(error));
  }
  const auto* antispoof = value_at<bool>(values, SIIT_SET_A_ANTISPOOF46);
  if (antispoof != nullptr && *antispoof) {
    Error error;
    error.where = "antispoof46";
    error.what = "with hairpin simple it would drop what is sent back";  // BR-07
    error.hint = "set antispoof46 to off, or hairpin to intrinsic";
    return fail(std::move(error));
  }
  return {};
}

std::vector<std::string> warnings_about(const Values& values) {
  std::vector<std::string> warnings;

  const Prefix6 well_known{{{0x00, 0x64, 0xff, 0x9b}}, 96};
  const auto* prefix = value_at<Prefix6>(values, SIIT_SET_A_PREFIX);
  const auto* strict = value_at<bool>(values, SIIT_SET_A_WKP_STRICT);
  if (prefix != nullptr && *prefix == well_known && (strict == nullptr || *strict))
    warnings.emplace_back(
        "prefix: behind 64:ff9b::/96 private and documentation addresses are dropped (RFC 6052 "
        "3.1); set wkp-strict off to translate them");  // AD-06

  constexpr std::array<Prefix4, 4> kPrivate{
      {{{0x0a000000U}, 8}, {{0xac100000U}, 12}, {{0xc0a80000U}, 16}, {{0x64400000U}, 10}}};
  const auto* source = value_at<Icmp4Src>(values, SIIT_SET_A_ICMP4_SRC);
  if (source != nullptr) {
    for (const Prefix4& pool : source->pool) {
      const bool hidden = std::any_of(kPrivate.begin(), kPrivate.end(),
                                      [&](const Prefix4& p) { return covers(p, pool); });
      if (hidden)
        warnings.push_back(
            fmt::format("icmp4-src: {} is private, reverse path filters of others will drop "
                        "errors from it (RFC 6791 3.1)",
                        to_string(pool)));  // IS-05
    }
  }

  return warnings;
}

}  // namespace eam
