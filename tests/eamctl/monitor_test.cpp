// SPDX-License-Identifier: GPL-2.0
// eamctl monitor, with notifications made up; and what they look like on the wire.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "fake_kernel.h"
#include "nl_codec.h"

namespace eam {
namespace {

using test::Fixture;
using test::row;
using Json = nlohmann::json;

Event event(Event::Kind kind, std::uint32_t generation) {
  Event made;
  made.kind = kind;
  made.state.generation = generation;
  return made;
}

// A change of settings, a row that comes and goes, a table, and a gap.
void make_events(Fixture& f) {
  const Setting* mtu = find_setting("lowest-ipv6-mtu");
  const Setting* hairpin = find_setting("hairpin");
  f.kernel.set(mtu->attribute, *parse_value(*mtu, "1500"));
  f.kernel.set(hairpin->attribute, *parse_value(*hairpin, "off"));
  Event settings = event(Event::Kind::kSettings, 2);
  settings.state.device = "siit0";
  settings.state.values = f.kernel.now.values;
  settings.state.values[mtu->attribute] = *parse_value(*mtu, "1400");
  Event added = event(Event::Kind::kRowAdded, 3);
  added.row = row("192.0.2.1", "2001:db8::1");
  Event removed = added;
  removed.kind = Event::Kind::kRowRemoved;
  removed.state.generation = 4;
  Event table = event(Event::Kind::kTable, 5);
  table.state.rows = 7;
  f.kernel.events = {event(Event::Kind::kListening, 0), settings, settings, added, removed, table,
                     event(Event::Kind::kLost, 0)};
}

// Takes "2026-11-23T02:40:00.123Z " off each line.
std::string without_times(const std::string& text) {
  std::istringstream lines(text);
  std::string rest;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(line.find("Z "), 23U) << line;
    rest += line.substr(std::min<std::size_t>(25, line.size())) + "\n";
  }
  return rest;
}

TEST(Monitor, OneLineForEachChange) {
  Fixture f;
  f.instance();
  make_events(f);
  EXPECT_EQ(f.run({"monitor"}), 0);
  EXPECT_EQ(f.flushes, 7U);
  EXPECT_EQ(without_times(f.out),
            "1: listening\n"
            "2: lowest-ipv6-mtu 1400 (was 1500)\n"
            "2: settings as before\n"
            "3: + 192.0.2.1 2001:db8::1 remote\n"
            "4: - 192.0.2.1 2001:db8::1 remote\n"
            "5: table replaced, 7 rows\n"
            "changes came too fast, some are not shown; eamctl show tells all\n");
}

TEST(Monitor, OneLineOfJsonForEachChange) {
  Fixture f;
  f.instance();
  make_events(f);
  EXPECT_EQ(f.run({"-j", "-p", "monitor"}), 0);
  std::istringstream lines(f.out);
  std::vector<Json> events;
  for (std::string line; std::getline(lines, line);) events.push_back(Json::parse(line));
  ASSERT_EQ(events.size(), 7U);
  EXPECT_EQ(events[0]["event"], "listening");
  EXPECT_EQ(events[1]["settings"], (Json{{"lowest-ipv6-mtu", 1400}}));
  EXPECT_EQ(events[1]["device"], "siit0");
  EXPECT_EQ(events[2]["settings"], Json::object());
  EXPECT_EQ(events[3]["row"]["ipv4"], "192.0.2.1");
  EXPECT_EQ(events[4]["event"], "row-removed");
  EXPECT_EQ(events[4]["generation"], 4);
  EXPECT_EQ(events[5]["rows"], 7);
  EXPECT_EQ(events[6]["event"], "lost");
}

TEST(Monitor, WithoutPermissionItEnds) {
  Fixture f;
  f.kernel.always = fail(test::kernel_error(EPERM, "no permission"));
  EXPECT_EQ(f.run({"monitor"}), 3);
}

TEST(ReadEvent, EachKind) {
  NlMessage message = new_request(30, SIIT_CMD_EAM_ADD_NTF, 0);
  nla_put_u32(message.get(), SIIT_A_GENERATION, 9);
  put_row(message.get(), row("192.0.2.0/24", "2001:db8::/120"));
  std::optional<Event> read = read_event(nlmsg_hdr(message.get()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, Event::Kind::kRowAdded);
  EXPECT_EQ(read->state.generation, 9U);
  ASSERT_TRUE(read->row);
  EXPECT_EQ(to_string(*read->row), "192.0.2.0/24 2001:db8::/120 remote");

  message = new_request(30, SIIT_CMD_TABLE_NTF, 0);
  nla_put_u32(message.get(), SIIT_A_ROWS, 3);
  read = read_event(nlmsg_hdr(message.get()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, Event::Kind::kTable);
  EXPECT_EQ(read->state.rows, 3U);
  EXPECT_FALSE(read->row);

  EXPECT_EQ(read_event(nlmsg_hdr(new_request(30, SIIT_CMD_SETTINGS_NTF, 0).get()))->kind,
            Event::Kind::kSettings);
  EXPECT_EQ(read_event(nlmsg_hdr(new_request(30, SIIT_CMD_EAM_DEL_NTF, 0).get()))->kind,
            Event::Kind::kRowRemoved);
  EXPECT_FALSE(read_event(nlmsg_hdr(new_request(30, 200, 0).get())));
}

TEST(ReadGroup, ByItsName) {
  const NlMessage message = new_request(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, 0);
  nlattr* groups = nla_nest_start(message.get(), CTRL_ATTR_MCAST_GROUPS);
  std::uint32_t number = 40;
  for (const char* name : {"other", "config"}) {
    nlattr* group = nla_nest_start(message.get(), 1);
    nla_put_string(message.get(), CTRL_ATTR_MCAST_GRP_NAME, name);
    nla_put_u32(message.get(), CTRL_ATTR_MCAST_GRP_ID, ++number);
    nla_nest_end(message.get(), group);
  }
  nla_nest_end(message.get(), groups);
  EXPECT_EQ(read_group(nlmsg_hdr(message.get()), "config"), 42U);
  EXPECT_FALSE(read_group(nlmsg_hdr(message.get()), "conf"));
}

}  // namespace
}  // namespace eam
