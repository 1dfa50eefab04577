// SPDX-License-Identifier: GPL-2.0
#include "nl_codec.h"

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/siit_dc.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include <array>
#include <cstring>
#include <new>

namespace eam {
namespace {

// Nested attribute with four others, lengths included: the most that a row takes.
constexpr std::size_t kRowBytes = 4 + 8 + 8 + 20 + 8 + 8;

// The messages are allocated large enough, so a failure here is a bug or no memory.
void must(int result) {
  if (result < 0) throw std::bad_alloc();
}

void put4(nl_msg* message, int attribute, const Address4& address) {
  must(nla_put_u32(message, attribute, htonl(address.value)));
}

void put6(nl_msg* message, int attribute, const Address6& address) {
  must(nla_put(message, attribute, static_cast<int>(address.octets.size()), address.octets.data()));
}

void put_prefixes(nl_msg* message, int attribute, const std::vector<Prefix4>& prefixes) {
  std::vector<siit_prefix4> wire;
  wire.reserve(prefixes.size());
  for (const Prefix4& prefix : prefixes)
    wire.push_back({htonl(prefix.address.value), prefix.length, {}});
  must(nla_put(message, attribute, static_cast<int>(wire.size() * sizeof(siit_prefix4)),
               wire.data()));
}

void put_value(nl_msg* message, const Setting& setting, const Value& value) {
  const int attribute = setting.attribute;
  switch (setting.type) {
    case SettingType::kBool:
      must(nla_put_u8(message, attribute, std::get<bool>(value) ? 1 : 0));
      break;
    case SettingType::kWord:
    case SettingType::kNumber8:
      must(
          nla_put_u8(message, attribute, static_cast<std::uint8_t>(std::get<std::int64_t>(value))));
      break;
    case SettingType::kNumber16:
      must(nla_put_u16(message, attribute,
                       static_cast<std::uint16_t>(std::get<std::int64_t>(value))));
      break;
    case SettingType::kNumber32:
      must(nla_put_u32(message, attribute,
                       static_cast<std::uint32_t>(std::get<std::int64_t>(value))));
      break;
    case SettingType::kSigned32:
      must(nla_put_s32(message, attribute,
                       static_cast<std::int32_t>(std::get<std::int64_t>(value))));
      break;
    case SettingType::kPrefix6:
      put6(message, attribute, std::get<Prefix6>(value).address);
      must(nla_put_u8(message, setting.attribute2, std::get<Prefix6>(value).length));
      break;
    case SettingType::kAddress6:
      put6(message, attribute, std::get<Address6>(value));
      break;
    case SettingType::kPlateaus: {
      const auto& plateaus = std::get<std::vector<std::uint16_t>>(value);
      must(nla_put(message, attribute, static_cast<int>(plateaus.size() * sizeof(plateaus[0])),
                   plateaus.data()));
      break;
    }
    case SettingType::kPrefixes4:
      put_prefixes(message, attribute, std::get<std::vector<Prefix4>>(value));
      break;
    case SettingType::kIcmp4Src: {
      const auto& source = std::get<Icmp4Src>(value);
      must(nla_put_u8(message, attribute, source.kind));
      if (source.kind == SIIT_ICMP4_SRC_POOL)
        put_prefixes(message, setting.attribute2, source.pool);
      break;
    }
    case SettingType::kDevices:
      break;  // eamctl's own
  }
}

// Attributes of a message or a nest by number; nullptr where there is none, or where it is too
// short for its type.
class Attributes {
 public:
  static constexpr int kMost = 63;
  static_assert(SIIT_A_MAX <= kMost && SIIT_SET_A_MAX <= kMost);

  static Attributes of_message(nlmsghdr* message) {
    Attributes attributes;
    nlmsg_parse(message, GENL_HDRLEN, attributes.found_.data(), SIIT_A_MAX, nullptr);
    return attributes;
  }
  static Attributes of_nest(nlattr* nest, int max) {
    Attributes attributes;
    nla_parse_nested(attributes.found_.data(), max, nest, nullptr);
    return attributes;
  }

  [[nodiscard]] nlattr* find(int attribute) const {
    return found_[static_cast<std::size_t>(attribute)];
  }

  template <typename T>
  [[nodiscard]] std::optional<T> number(int attribute) const {
    const nlattr* a = find(attribute);
    if (a == nullptr || nla_len(a) < static_cast<int>(sizeof(T))) return std::nullopt;
    T value{};
    std::memcpy(&value, nla_data(a), sizeof(value));
    return value;
  }

  template <typename T>
  [[nodiscard]] std::vector<T> array(int attribute) const {
    const nlattr* a = find(attribute);
    std::vector<T> values(a == nullptr ? 0 : static_cast<std::size_t>(nla_len(a)) / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), nla_data(a), values.size() * sizeof(T));
    return values;
  }

  [[nodiscard]] std::string text(int attribute) const {
    const nlattr* a = find(attribute);
    return a == nullptr ? std::string() : text_of(a);
  }

  [[nodiscard]] std::optional<Address4> address4(int attribute) const {
    const auto raw = number<std::uint32_t>(attribute);
    if (!raw) return std::nullopt;
    return Address4{ntohl(*raw)};
  }

  [[nodiscard]] std::optional<Address6> address6(int attribute) const {
    const auto raw = number<std::array<std::uint8_t, 16>>(attribute);
    if (!raw) return std::nullopt;
    return Address6{*raw};
  }

  // The first of the two that is there.
  [[nodiscard]] std::optional<Address> address(int attribute4, int attribute6) const {
    if (const auto ipv4 = address4(attribute4)) return Address(*ipv4);
    if (const auto ipv6 = address6(attribute6)) return Address(*ipv6);
    return std::nullopt;
  }

  static std::string text_of(const nlattr* a) {
    const auto* start = static_cast<const char*>(nla_data(a));
    return {start, strnlen(start, static_cast<std::size_t>(nla_len(a)))};
  }

 private:
  std::array<nlattr*, kMost + 1> found_{};
};

// Calls `use` for each attribute of this number, in order.
template <typename Use>
void for_each(nlmsghdr* message, int attribute, Use use) {
  nlattr* at = nlmsg_attrdata(message, GENL_HDRLEN);
  int left = nlmsg_attrlen(message, GENL_HDRLEN);
  for (; nla_ok(at, left) != 0; at = nla_next(at, &left))
    if (nla_type(at) == attribute) use(at);
}

std::vector<Prefix4> read_prefixes(const Attributes& settings, int attribute) {
  std::vector<Prefix4> prefixes;
  for (const siit_prefix4& wire : settings.array<siit_prefix4>(attribute))
    prefixes.push_back({Address4{ntohl(wire.addr)}, wire.len});
  return prefixes;
}

template <typename T>
void read_number(const Attributes& settings, std::uint16_t attribute, Values& values) {
  if (const auto raw = settings.number<T>(attribute)) values.emplace(attribute, std::int64_t{*raw});
}

// Adds the value of a setting, if the message has it.
void read_value(const Attributes& settings, const Setting& setting, Values& values) {
  const std::uint16_t attribute = setting.attribute;
  if (settings.find(attribute) == nullptr) return;
  switch (setting.type) {
    case SettingType::kBool:
      values.emplace(attribute, settings.number<std::uint8_t>(attribute).value_or(0) != 0);
      break;
    case SettingType::kWord:
    case SettingType::kNumber8:
      read_number<std::uint8_t>(settings, attribute, values);
      break;
    case SettingType::kNumber16:
      read_number<std::uint16_t>(settings, attribute, values);
      break;
    case SettingType::kNumber32:
      read_number<std::uint32_t>(settings, attribute, values);
      break;
    case SettingType::kSigned32:
      read_number<std::int32_t>(settings, attribute, values);
      break;
    case SettingType::kPrefix6: {
      const auto length = settings.number<std::uint8_t>(setting.attribute2);
      values.emplace(attribute, Prefix6{settings.address6(attribute).value_or(Address6{}),
                                        length.value_or(0)});
      break;
    }
    case SettingType::kAddress6:
      values.emplace(attribute, settings.address6(attribute).value_or(Address6{}));
      break;
    case SettingType::kPlateaus:
      values.emplace(attribute, settings.array<std::uint16_t>(attribute));
      break;
    case SettingType::kPrefixes4:
      values.emplace(attribute, read_prefixes(settings, attribute));
      break;
    case SettingType::kIcmp4Src: {
      Icmp4Src source{settings.number<std::uint8_t>(attribute).value_or(0), {}};
      if (source.kind == SIIT_ICMP4_SRC_POOL)
        source.pool = read_prefixes(settings, setting.attribute2);
      values.emplace(attribute, std::move(source));
      break;
    }
    case SettingType::kDevices:
      break;
  }
}

Row read_row(nlattr* nest) {
  const Attributes attributes = Attributes::of_nest(nest, SIIT_EAM_A_MAX);
  Row row;
  row.ipv4.address = attributes.address4(SIIT_EAM_A_ADDR4).value_or(Address4{});
  row.ipv4.length = attributes.number<std::uint8_t>(SIIT_EAM_A_LEN4).value_or(Prefix4::kBits);
  row.ipv6.address = attributes.address6(SIIT_EAM_A_ADDR6).value_or(Address6{});
  row.ipv6.length = attributes.number<std::uint8_t>(SIIT_EAM_A_LEN6).value_or(Prefix6::kBits);
  switch (attributes.number<std::uint8_t>(SIIT_EAM_A_SCOPE).value_or(0)) {
    case SIIT_SCOPE_LOCAL:
      row.scope = Scope::kLocal;
      break;
    case SIIT_SCOPE_REMOTE:
      row.scope = Scope::kRemote;
      break;
    default:
      break;
  }
  return row;
}

void read_steps(nlmsghdr* reply, std::vector<std::string>& steps) {
  for_each(reply, SIIT_A_STEP, [&](const nlattr* a) { steps.push_back(Attributes::text_of(a)); });
}

}  // namespace

NlMessage new_request(std::uint16_t family, std::uint8_t command, int flags, std::size_t size) {
  NlMessage message(nlmsg_alloc_size(size));
  if (!message || genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command,
                              SIIT_GENL_VERSION) == nullptr)
    throw std::bad_alloc();
  return message;
}

void put_settings(nl_msg* message, const Values& values) {
  nlattr* nest = nla_nest_start(message, SIIT_A_SETTINGS);
  if (nest == nullptr) throw std::bad_alloc();
  for (const auto& [attribute, value] : values)
    if (const Setting* setting = find_setting(attribute); setting != nullptr && !setting->is_host())
      put_value(message, *setting, value);
  // Not nla_nest_end(): it would take an empty nest away, and SETTINGS_SET needs it.
  nla_nest_end_keep_empty(message, nest);
}

void put_row_key(nl_msg* message, const RowKey& key) {
  nlattr* nest = nla_nest_start(message, SIIT_A_EAM);
  if (nest == nullptr) throw std::bad_alloc();
  if (key.ipv4) {
    put4(message, SIIT_EAM_A_ADDR4, key.ipv4->address);
    if (key.ipv4->length != Prefix4::kBits)
      must(nla_put_u8(message, SIIT_EAM_A_LEN4, key.ipv4->length));
  }
  if (key.ipv6) {
    put6(message, SIIT_EAM_A_ADDR6, key.ipv6->address);
    if (key.ipv6->length != Prefix6::kBits)
      must(nla_put_u8(message, SIIT_EAM_A_LEN6, key.ipv6->length));
  }
  nla_nest_end(message, nest);
}

void put_row(nl_msg* message, const Row& row) {
  nlattr* nest = nla_nest_start(message, SIIT_A_EAM);
  if (nest == nullptr) throw std::bad_alloc();
  put4(message, SIIT_EAM_A_ADDR4, row.ipv4.address);
  if (row.ipv4.length != Prefix4::kBits)
    must(nla_put_u8(message, SIIT_EAM_A_LEN4, row.ipv4.length));
  put6(message, SIIT_EAM_A_ADDR6, row.ipv6.address);
  if (row.ipv6.length != Prefix6::kBits)
    must(nla_put_u8(message, SIIT_EAM_A_LEN6, row.ipv6.length));
  if (row.scope != Scope::kDefault)
    must(nla_put_u8(message, SIIT_EAM_A_SCOPE,
                    row.scope == Scope::kLocal ? SIIT_SCOPE_LOCAL : SIIT_SCOPE_REMOTE));
  nla_nest_end(message, nest);
}

std::size_t put_rows(nl_msg* message, std::span<const Row> rows) {
  std::size_t count = 0;
  for (const Row& row : rows) {
    if (nlmsg_hdr(message)->nlmsg_len + kRowBytes > kBatchBytes) break;
    put_row(message, row);
    ++count;
  }
  return count;
}

void put_question(nl_msg* message, const Question& question) {
  if (const auto* source4 = std::get_if<Address4>(&question.source)) {
    put4(message, SIIT_A_SRC4, *source4);
    put4(message, SIIT_A_DST4, std::get<Address4>(question.destination));
  } else {
    put6(message, SIIT_A_SRC6, std::get<Address6>(question.source));
    put6(message, SIIT_A_DST6, std::get<Address6>(question.destination));
  }
  if (question.protocol) must(nla_put_u8(message, SIIT_A_PROTO, *question.protocol));
  if (question.ttl) must(nla_put_u8(message, SIIT_A_TTL, *question.ttl));
  if (question.length) must(nla_put_u32(message, SIIT_A_LENGTH, *question.length));
  if (question.df) must(nla_put_flag(message, SIIT_A_DF));
  if (question.ifindex) must(nla_put_u32(message, SIIT_A_IFINDEX, *question.ifindex));
  if (question.xmit) must(nla_put_u8(message, SIIT_A_ENTRY, SIIT_ENTRY_XMIT));
}

namespace {

bool is_inside(const nlattr* attribute, const nlmsghdr* message, std::uint32_t offset) {
  const auto start = static_cast<std::uint32_t>(reinterpret_cast<const char*>(attribute) -
                                                reinterpret_cast<const char*>(message));
  return offset >= start &&
         offset < start + static_cast<std::uint32_t>(NLA_ALIGN(attribute->nla_len));
}

}  // namespace

std::optional<std::size_t> row_at_offset(nlmsghdr* request, std::uint32_t offset) {
  std::optional<std::size_t> found;
  std::size_t number = 0;
  for_each(request, SIIT_A_EAM, [&](const nlattr* a) {
    if (is_inside(a, request, offset)) found = number;
    ++number;
  });
  return found;
}

const Setting* setting_at_offset(nlmsghdr* request, std::uint32_t offset) {
  const Setting* found = nullptr;
  for_each(request, SIIT_A_SETTINGS, [&](nlattr* nest) {
    auto* at = static_cast<nlattr*>(nla_data(nest));
    int left = nla_len(nest);
    for (; nla_ok(at, left) != 0; at = nla_next(at, &left))
      if (is_inside(at, request, offset))
        found = find_setting(static_cast<std::uint16_t>(nla_type(at)));
  });
  return found;
}

State read_state(nlmsghdr* reply) {
  const Attributes top = Attributes::of_message(reply);
  State state;
  state.ifindex = top.number<std::uint32_t>(SIIT_A_IFINDEX).value_or(0);
  state.device = top.text(SIIT_A_IFNAME);
  state.generation = top.number<std::uint32_t>(SIIT_A_GENERATION).value_or(0);
  state.rows = top.number<std::uint32_t>(SIIT_A_ROWS).value_or(0);
  state.explicit_bits = top.number<std::uint64_t>(SIIT_A_EXPLICIT).value_or(0);
  if (nlattr* nest = top.find(SIIT_A_SETTINGS)) {
    const Attributes settings = Attributes::of_nest(nest, SIIT_SET_A_MAX);
    for (const Setting& setting : all_settings()) read_value(settings, setting, state.values);
  }
  return state;
}

void read_rows(nlmsghdr* reply, std::vector<Row>& rows) {
  for_each(reply, SIIT_A_EAM, [&](nlattr* nest) { rows.push_back(read_row(nest)); });
}

void read_rows(nlmsghdr* reply, std::vector<CountedRow>& rows) {
  for_each(reply, SIIT_A_EAM, [&](nlattr* nest) {
    const Attributes attributes = Attributes::of_nest(nest, SIIT_EAM_A_MAX);
    const auto packets46 = attributes.number<std::uint64_t>(SIIT_EAM_A_HITS46);
    const auto packets64 = attributes.number<std::uint64_t>(SIIT_EAM_A_HITS64);
    CountedRow& counted = rows.emplace_back(CountedRow{read_row(nest), {}});
    if (packets46 && packets64) counted.hits = Hits{*packets46, *packets64};
  });
}

void read_stats(nlmsghdr* reply, Stats& stats) {
  const Attributes top = Attributes::of_message(reply);
  if (const auto bytes = top.number<std::uint64_t>(SIIT_A_BYTES46)) stats.bytes46 = *bytes;
  if (const auto bytes = top.number<std::uint64_t>(SIIT_A_BYTES64)) stats.bytes64 = *bytes;
  for_each(reply, SIIT_A_STAT, [&](nlattr* nest) {
    const Attributes attributes = Attributes::of_nest(nest, SIIT_STAT_A_MAX);
    Stat stat;
    stat.name = attributes.text(SIIT_STAT_A_NAME);
    stat.stat_class = attributes.number<std::uint8_t>(SIIT_STAT_A_CLASS).value_or(0);
    stat.packets46 = attributes.number<std::uint64_t>(SIIT_STAT_A_PACKETS46).value_or(0);
    stat.packets64 = attributes.number<std::uint64_t>(SIIT_STAT_A_PACKETS64).value_or(0);
    stat.help = attributes.text(SIIT_STAT_A_HELP);
    stats.stats.push_back(std::move(stat));
  });
}

Mapping read_mapping(nlmsghdr* reply) {
  const Attributes top = Attributes::of_message(reply);
  Mapping mapping;
  mapping.ipv4 = top.address4(SIIT_A_SRC4);
  mapping.ipv6 = top.address6(SIIT_A_SRC6);
  mapping.rule = top.number<std::uint8_t>(SIIT_A_SRC_RULE).value_or(0);
  if (nlattr* nest = top.find(SIIT_A_EAM)) mapping.row = read_row(nest);
  read_steps(reply, mapping.steps);
  return mapping;
}

Explanation read_explanation(nlmsghdr* reply) {
  const Attributes top = Attributes::of_message(reply);
  Explanation explanation;
  explanation.verdict = top.number<std::uint8_t>(SIIT_A_VERDICT).value_or(0);
  explanation.counter = top.text(SIIT_A_COUNTER);
  read_steps(reply, explanation.steps);
  explanation.source = top.address(SIIT_A_OUT_SRC4, SIIT_A_OUT_SRC6);
  explanation.destination = top.address(SIIT_A_OUT_DST4, SIIT_A_OUT_DST6);
  explanation.source_rule = top.number<std::uint8_t>(SIIT_A_SRC_RULE);
  explanation.destination_rule = top.number<std::uint8_t>(SIIT_A_DST_RULE);
  explanation.hairpin = top.find(SIIT_A_HAIRPIN) != nullptr;
  explanation.oif = top.number<std::uint32_t>(SIIT_A_OIF);
  explanation.icmp_type = top.number<std::uint8_t>(SIIT_A_ICMP_TYPE);
  explanation.icmp_code = top.number<std::uint8_t>(SIIT_A_ICMP_CODE);
  return explanation;
}

std::optional<std::uint32_t> read_generation(nlmsghdr* reply) {
  return Attributes::of_message(reply).number<std::uint32_t>(SIIT_A_GENERATION);
}

std::optional<Event> read_event(nlmsghdr* message) {
  Event event;
  switch (genlmsg_hdr(message)->cmd) {
    case SIIT_CMD_SETTINGS_NTF:
      event.kind = Event::Kind::kSettings;
      break;
    case SIIT_CMD_EAM_ADD_NTF:
      event.kind = Event::Kind::kRowAdded;
      break;
    case SIIT_CMD_EAM_DEL_NTF:
      event.kind = Event::Kind::kRowRemoved;
      break;
    case SIIT_CMD_TABLE_NTF:
      event.kind = Event::Kind::kTable;
      break;
    default:
      return std::nullopt;
  }
  event.state = read_state(message);
  if (nlattr* nest = Attributes::of_message(message).find(SIIT_A_EAM)) event.row = read_row(nest);
  return event;
}

std::optional<std::uint32_t> read_group(nlmsghdr* reply, std::string_view name) {
  std::optional<std::uint32_t> found;
  for_each(reply, CTRL_ATTR_MCAST_GROUPS, [&](nlattr* groups) {
    auto* group = static_cast<nlattr*>(nla_data(groups));
    int left = nla_len(groups);
    for (; nla_ok(group, left) != 0; group = nla_next(group, &left)) {
      const Attributes attributes = Attributes::of_nest(group, CTRL_ATTR_MCAST_GRP_MAX);
      if (attributes.text(CTRL_ATTR_MCAST_GRP_NAME) == name)
        found = attributes.number<std::uint32_t>(CTRL_ATTR_MCAST_GRP_ID);
    }
  });
  return found;
}

}  // namespace eam
