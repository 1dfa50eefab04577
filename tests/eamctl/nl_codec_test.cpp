// SPDX-License-Identifier: GPL-2.0
// The messages of include/uapi/linux/siit_dc.h, encoded and read back.
#include "nl_codec.h"

#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/siit_dc.h>
#include <netlink/attr.h>

#include "fake_kernel.h"

namespace eam {
namespace {

constexpr std::uint16_t kFamily = 0x1d;

std::vector<Row> host_rows(std::size_t count) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    Row r;
    r.ipv4.address.value = 0x0a000000U + static_cast<std::uint32_t>(i);
    r.ipv6.address.octets = {0x20, 0x01, 0x0d, 0xb8};
    set_bits(r.ipv6.address, 96, 32, static_cast<std::uint32_t>(i));
    r.scope = i % 2 == 0 ? Scope::kLocal : Scope::kRemote;
    rows.push_back(r);
  }
  return rows;
}

TEST(NlCodec, HeaderIsTheContracts) {
  const NlMessage message = new_request(kFamily, SIIT_CMD_EAM_FLUSH, NLM_F_DUMP);
  const nlmsghdr* header = nlmsg_hdr(message.get());
  EXPECT_EQ(header->nlmsg_type, kFamily);
  EXPECT_EQ(header->nlmsg_flags & NLM_F_DUMP, NLM_F_DUMP);
  const auto* genl = static_cast<const genlmsghdr*>(nlmsg_data(header));
  EXPECT_EQ(genl->cmd, SIIT_CMD_EAM_FLUSH);
  EXPECT_EQ(genl->version, SIIT_GENL_VERSION);
}

TEST(NlCodec, RowOnTheWire) {
  const NlMessage message = new_request(kFamily, SIIT_CMD_EAM_ADD, 0);
  put_row(message.get(), test::row("192.0.2.16/28", "2001:db8::/124", Scope::kLocal));
  nlattr* nest = nlmsg_find_attr(nlmsg_hdr(message.get()), GENL_HDRLEN, SIIT_A_EAM);
  ASSERT_NE(nest, nullptr);
  // The kernel refuses nests without the flag (strict policies).
  EXPECT_NE(nest->nla_type & NLA_F_NESTED, 0);
  std::array<nlattr*, SIIT_EAM_A_MAX + 1> row{};
  ASSERT_EQ(nla_parse_nested(row.data(), SIIT_EAM_A_MAX, nest, nullptr), 0);
  const std::array<unsigned char, 4> ipv4{192, 0, 2, 16};  // network order
  EXPECT_EQ(nla_len(row[SIIT_EAM_A_ADDR4]), 4);
  EXPECT_EQ(memcmp(nla_data(row[SIIT_EAM_A_ADDR4]), ipv4.data(), ipv4.size()), 0);
  EXPECT_EQ(nla_len(row[SIIT_EAM_A_LEN4]), 1);
  EXPECT_EQ(nla_get_u8(row[SIIT_EAM_A_LEN4]), 28);
  EXPECT_EQ(nla_len(row[SIIT_EAM_A_ADDR6]), 16);
  EXPECT_EQ(nla_get_u8(row[SIIT_EAM_A_LEN6]), 124);
  EXPECT_EQ(nla_get_u8(row[SIIT_EAM_A_SCOPE]), SIIT_SCOPE_LOCAL);
}

TEST(NlCodec, ScopeIsLeftToTheKernelIfNotGiven) {
  const NlMessage message = new_request(kFamily, SIIT_CMD_EAM_ADD, 0);
  put_row(message.get(), test::row("192.0.2.1", "2001:db8::1", Scope::kDefault));
  nlattr* nest = nlmsg_find_attr(nlmsg_hdr(message.get()), GENL_HDRLEN, SIIT_A_EAM);
  EXPECT_EQ(nla_find(static_cast<nlattr*>(nla_data(nest)), nla_len(nest), SIIT_EAM_A_SCOPE),
            nullptr);
}

// All rows, whatever their number, come back in order, and no message is larger than it may be.
std::vector<std::size_t> check_batches(const std::vector<Row>& rows) {
  std::vector<std::size_t> sizes;
  std::vector<Row> back;
  std::size_t done = 0;
  while (done < rows.size()) {
    const NlMessage message = new_request(kFamily, SIIT_CMD_TXN_ADD, 0, kBatchBytes);
    const std::size_t count = put_rows(message.get(), std::span(rows).subspan(done));
    EXPECT_GT(count, 0U);
    EXPECT_LE(nlmsg_hdr(message.get())->nlmsg_len, kBatchBytes);
    read_rows(nlmsg_hdr(message.get()), back);
    sizes.push_back(count);
    done += count;
  }
  EXPECT_EQ(back, rows);
  return sizes;
}

TEST(NlCodec, BatchesAtTheSplitSizeAndAround) {
  const std::size_t full = check_batches(host_rows(100000)).front();
  EXPECT_GT(full, 1000U);
  EXPECT_EQ(check_batches(host_rows(full - 1)), (std::vector<std::size_t>{full - 1}));
  EXPECT_EQ(check_batches(host_rows(full)), (std::vector<std::size_t>{full}));
  EXPECT_EQ(check_batches(host_rows(full + 1)), (std::vector<std::size_t>{full, 1}));
  EXPECT_EQ(check_batches(host_rows(2 * full)), (std::vector<std::size_t>{full, full}));
}

TEST(NlCodec, LargestRowsFitToo) {
  std::vector<Row> rows = host_rows(5000);
  for (Row& r : rows) {
    r.ipv4.length = 31;
    r.ipv6.length = 127;
  }
  check_batches(rows);
}

TEST(NlCodec, HitsOfARow) {
  const NlMessage message = new_request(kFamily, SIIT_CMD_EAM_GET, 0, kBatchBytes);
  for (const bool counted : {true, false}) {
    nlattr* nest = nla_nest_start(message.get(), SIIT_A_EAM);
    const std::array<std::uint8_t, 4> address{192, 0, 2, 1};
    nla_put(message.get(), SIIT_EAM_A_ADDR4, 4, address.data());
    if (counted) {
      nla_put_u64(message.get(), SIIT_EAM_A_HITS46, 5000000000);
      nla_put_u64(message.get(), SIIT_EAM_A_HITS64, 7);
    }
    nla_nest_end(message.get(), nest);
  }
  std::vector<CountedRow> rows;
  read_rows(nlmsg_hdr(message.get()), rows);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(to_string(rows[0].row.ipv4), "192.0.2.1");
  ASSERT_TRUE(rows[0].hits);
  EXPECT_EQ(rows[0].hits->packets46, 5000000000U);
  EXPECT_EQ(rows[0].hits->packets64, 7U);
  EXPECT_FALSE(rows[1].hits);
}

TEST(NlCodec, ErrorOffsetFindsItsRow) {
  const std::vector<Row> rows = host_rows(100);
  const NlMessage message = new_request(kFamily, SIIT_CMD_TXN_ADD, 0, kBatchBytes);
  ASSERT_EQ(put_rows(message.get(), rows), 100U);
  nlmsghdr* header = nlmsg_hdr(message.get());

  std::size_t number = 0;
  nlattr* at = nlmsg_attrdata(header, GENL_HDRLEN);
  int left = nlmsg_attrlen(header, GENL_HDRLEN);
  for (; nla_ok(at, left) != 0; at = nla_next(at, &left), ++number) {
    const auto offset =
        static_cast<std::uint32_t>(reinterpret_cast<char*>(at) - reinterpret_cast<char*>(header));
    EXPECT_EQ(row_at_offset(header, offset), number);
    // Policies blame the attribute inside.
    EXPECT_EQ(row_at_offset(header, offset + 4), number);
  }
  EXPECT_EQ(number, 100U);
  EXPECT_EQ(row_at_offset(header, 0), std::nullopt);
  EXPECT_EQ(row_at_offset(header, header->nlmsg_len), std::nullopt);
}

TEST(NlCodec, ErrorOffsetFindsItsSetting) {
  Values values;
  for (const char* key : {"lowest-ipv6-mtu", "icmp-rate"}) {
    const Setting* setting = find_setting(key);
    values.emplace(setting->attribute, *parse_value(*setting, "1500"));
  }
  const NlMessage message = new_request(kFamily, SIIT_CMD_SETTINGS_SET, 0);
  put_settings(message.get(), values);
  nlmsghdr* header = nlmsg_hdr(message.get());
  // Headers, the nest, and the first of two attributes of eight octets.
  const std::uint32_t first = NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN;
  EXPECT_EQ(setting_at_offset(header, first), find_setting("lowest-ipv6-mtu"));
  EXPECT_EQ(setting_at_offset(header, first + 8), find_setting("icmp-rate"));
  EXPECT_EQ(setting_at_offset(header, first - NLA_HDRLEN), nullptr);
}

TEST(NlCodec, EverySettingComesBack) {
  Values values;
  for (const auto& [key, text] : std::vector<std::pair<std::string, std::string>>{
           {"role", "er"},
           {"prefix", "2001:db8:46::/96"},
           {"lowest-ipv6-mtu", "1500"},
           {"atomic-fragments", "on"},
           {"id-mode", "zero"},
           {"df-mode", "rfc6145-small"},
           {"ptb-min-clamp", "off"},
           {"plateaus", "1492,68"},
           {"tos-zero", "on"},
           {"tos-fixed", "none"},
           {"udp-zero", "forward"},
           {"udp6-zero", "drop"},
           {"hairpin", "off"},
           {"wkp-strict", "off"},
           {"eam-strict-suffix", "on"},
           {"native-more-specific", "off"},
           {"proto-guard", "off"},
           {"unmapped-src6", "drop"},
           {"unmapped-dst4", "reject13"},
           {"antispoof64", "on"},
           {"antispoof46", "off"},
           {"er-ingress-filter", "on"},
           {"er-self-source", "on"},
           {"icmp4-src", "198.51.100.1,198.51.100.16/28"},
           {"icmp6-src", "2001:db8::1"},
           {"icmp-origin-ext", "on"},
           {"icmp-illegal-src", "drop"},
           {"icmp-errors", "send"},
           {"icmp-rate", "7"},
           {"icmp-burst", "1000000"},
           {"max-exthdrs", "32"},
           {"hook-priority", "-450"},
           {"denylist4", "none"},
           {"pool4", "192.0.2.0/24,198.51.100.0/24"},
           {"translatable4", "198.18.0.0/28"},
           {"routes", "off"},
           {"max-rows", "268435456"},
           {"hits", "on"}}) {
    const Setting* setting = find_setting(key);
    ASSERT_NE(setting, nullptr) << key;
    values.emplace(setting->attribute, *parse_value(*setting, text));
  }
  // All but eamctl's own, which are not sent.
  for (const Setting& setting : all_settings())
    EXPECT_NE(values.contains(setting.attribute), setting.is_host()) << setting.key;
  Values all = values;
  all.emplace(kSetNode, true);
  all.emplace(kSetProxyNd, std::vector<std::string>{"eth1"});

  const NlMessage message = new_request(kFamily, SIIT_CMD_SETTINGS_GET, 0);
  nla_put_u32(message.get(), SIIT_A_IFINDEX, 7);
  nla_put_string(message.get(), SIIT_A_IFNAME, "siit0");
  nla_put_u32(message.get(), SIIT_A_GENERATION, 12);
  nla_put_u32(message.get(), SIIT_A_ROWS, 3);
  nla_put_u64(message.get(), SIIT_A_EXPLICIT, 6);
  put_settings(message.get(), all);
  const State state = read_state(nlmsg_hdr(message.get()));
  EXPECT_EQ(state.values, values);
  EXPECT_EQ(state.device, "siit0");
  EXPECT_EQ(state.ifindex, 7U);
  EXPECT_EQ(state.generation, 12U);
  EXPECT_EQ(state.rows, 3U);
  EXPECT_TRUE(state.is_explicit(*find_setting("role")));
  EXPECT_FALSE(state.is_explicit(*find_setting("hairpin")));
}

TEST(NlCodec, SettingsNestMayBeEmpty) {
  const NlMessage message = new_request(kFamily, SIIT_CMD_SETTINGS_SET, 0);
  put_settings(message.get(), {});
  EXPECT_NE(nlmsg_find_attr(nlmsg_hdr(message.get()), GENL_HDRLEN, SIIT_A_SETTINGS), nullptr);
}

TEST(NlCodec, StatsAddUpOverMessages) {
  Stats stats;
  for (const char* name : {"translated", "no_route"}) {
    const NlMessage message = new_request(kFamily, SIIT_CMD_STATS_GET, 0);
    nlattr* nest = nla_nest_start(message.get(), SIIT_A_STAT);
    nla_put_string(message.get(), SIIT_STAT_A_NAME, name);
    nla_put_u8(message.get(), SIIT_STAT_A_CLASS, SIIT_STAT_CLASS_TRANSLATED);
    nla_put_u64(message.get(), SIIT_STAT_A_PACKETS46, 5);
    nla_put_u64(message.get(), SIIT_STAT_A_PACKETS64, 6);
    nla_put_string(message.get(), SIIT_STAT_A_HELP, "a line");
    nla_nest_end(message.get(), nest);
    nla_put_u64(message.get(), SIIT_A_BYTES46, 1000);
    read_stats(nlmsg_hdr(message.get()), stats);
  }
  ASSERT_EQ(stats.stats.size(), 2U);
  EXPECT_EQ(stats.stats[1].name, "no_route");
  EXPECT_EQ(stats.stats[1].packets64, 6U);
  EXPECT_EQ(stats.bytes46, 1000U);
}

TEST(NlCodec, ExplanationComesBack) {
  const NlMessage message = new_request(kFamily, SIIT_CMD_EXPLAIN, 0);
  nla_put_u8(message.get(), SIIT_A_VERDICT, SIIT_VERDICT_REJECT);
  nla_put_string(message.get(), SIIT_A_COUNTER, "ttl");
  nla_put_string(message.get(), SIIT_A_STEP, "one");
  nla_put_string(message.get(), SIIT_A_STEP, "two");
  nla_put_u8(message.get(), SIIT_A_ICMP_TYPE, 11);
  nla_put_u8(message.get(), SIIT_A_ICMP_CODE, 0);
  nla_put_flag(message.get(), SIIT_A_HAIRPIN);
  const Explanation explanation = read_explanation(nlmsg_hdr(message.get()));
  EXPECT_EQ(explanation.verdict, SIIT_VERDICT_REJECT);
  EXPECT_EQ(explanation.steps, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(explanation.icmp_type, 11);
  EXPECT_EQ(explanation.icmp_code, 0);
  EXPECT_TRUE(explanation.hairpin);
  EXPECT_FALSE(explanation.source);
}

}  // namespace
}  // namespace eam
