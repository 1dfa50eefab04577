// SPDX-License-Identifier: GPL-2.0
// eamctl trace, with lines made up.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "fake_kernel.h"
#include "trace.h"

namespace eam {
namespace {

using test::Fixture;
using Json = nlohmann::json;

constexpr const char* kTranslate =
    "          <idle>-0       [000] ..s2.    12.345678: translate: dev=siit0 netns=4026531840 iif=r4 from=4 "
    "proto=1 len=84 src=::ffff:203.0.113.50 dst=::ffff:192.0.2.1 new_src=2001:db8:46::cb00:7132 "
    "new_dst=2001:db8:12:34::1 counter=translated icmp=-1,-1";
// A task may be called anything.
constexpr const char* kDrop =
    "   : drop: dev=x-77      [001] b.s2. 86400.000001: drop: dev=siit0 netns=4026531840 iif=r6 from=6 "
    "proto=58 len=104 src=2001:db8:12:34::1 dst=2001:db8:46::cb00:7132 new_src=:: new_dst=:: "
    "counter=reject_ttl icmp=3,0";
constexpr const char* kHairpin =
    "   x-1 [001] b.s2. 1.000000: translate: dev=siit0 netns=1 iif=r6 from=6 proto=17 len=60 "
    "src=2001:db8:12:34::1 dst=2001:db8:46::c000:202 new_src=2001:db8:46::c000:201 new_dst=2001:db8:12:34::2 "
    "counter=translated_hairpin icmp=-1,-1";

TEST(Trace, LineOfAPacket) {
  const std::optional<TraceEvent> event = parse_trace(kTranslate);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, TraceEvent::Kind::kTranslate);
  EXPECT_EQ(event->time, std::chrono::microseconds(12345678));
  EXPECT_EQ(event->device, "siit0");
  EXPECT_EQ(event->in, "r4");
  EXPECT_EQ(event->family, 4U);
  EXPECT_EQ(event->protocol, 1U);
  EXPECT_EQ(event->length, 84U);
  EXPECT_EQ(to_string(event->source), "203.0.113.50");
  EXPECT_EQ(to_string(event->destination), "192.0.2.1");
  EXPECT_EQ(to_string(*event->new_source), "2001:db8:46::cb00:7132");
  EXPECT_EQ(to_string(*event->new_destination), "2001:db8:12:34::1");
  EXPECT_EQ(event->counter, "translated");
  EXPECT_FALSE(event->icmp);
}

TEST(Trace, LineOfADrop) {
  const std::optional<TraceEvent> event = parse_trace(kDrop);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, TraceEvent::Kind::kDrop);
  EXPECT_EQ(event->time, std::chrono::seconds(86400) + std::chrono::microseconds(1));
  EXPECT_FALSE(event->new_source);
  EXPECT_FALSE(event->new_destination);
  ASSERT_TRUE(event->icmp);
  EXPECT_EQ(event->icmp->type, 3);
  EXPECT_EQ(event->icmp->code, 0);
}

// A source that is IPv4-mapped in an IPv6 packet is no IPv4 address.
TEST(Trace, FamilyIsThatOfThePacket) {
  std::string line = kDrop;
  line.replace(line.find("src=2001:db8:12:34::1"), 21, "src=::ffff:192.0.2.9 ");
  const std::optional<TraceEvent> event = parse_trace(line);
  ASSERT_TRUE(event);
  EXPECT_EQ(to_string(event->source), "::ffff:192.0.2.9");
}

TEST(Trace, OtherLines) {
  EXPECT_FALSE(parse_trace(""));
  EXPECT_FALSE(parse_trace("CPU:1 [LOST EVENTS]"));
  EXPECT_FALSE(parse_trace("     ping-1  [000] ...1. 1.000000: sys_enter: NR 1"));
  std::string line = kTranslate;
  line.replace(line.find("len=84"), 6, "len=x4");
  EXPECT_FALSE(parse_trace(line));
  line = kTranslate;
  EXPECT_FALSE(parse_trace(line.substr(0, line.find(" counter"))));
  const std::optional<TraceEvent> lost = parse_trace("CPU:1 [LOST 4711 EVENTS]");
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->kind, TraceEvent::Kind::kLost);
  EXPECT_EQ(lost->lost, 4711U);
}

TEST(Trace, FilterOfTheNamespace) { EXPECT_EQ(trace_filter({}, 7), "netns==7"); }

TEST(Trace, FilterOfAnIpv4Address) {
  TraceRequest request;
  request.source = *parse_prefix("192.0.2.1");
  EXPECT_EQ(trace_filter(request, 7),
            "netns==7&&((src_hi==0x0&&src_lo==0xffffc0000201)||(new_src_hi==0x0&&new_src_lo==0xffffc0000201))");
}

TEST(Trace, FilterOfPrefixes) {
  TraceRequest request;
  request.destination = *parse_prefix("192.0.2.77/24");
  EXPECT_EQ(trace_filter(request, 7),
            "netns==7&&((dst_hi==0x0&&dst_lo>=0xffffc0000200&&dst_lo<=0xffffc00002ff)||"
            "(new_dst_hi==0x0&&new_dst_lo>=0xffffc0000200&&new_dst_lo<=0xffffc00002ff))");
  request.destination = *parse_prefix("2001:db8::/32");
  EXPECT_EQ(trace_filter(request, 7),
            "netns==7&&((dst_hi>=0x20010db800000000&&dst_hi<=0x20010db8ffffffff)||"
            "(new_dst_hi>=0x20010db800000000&&new_dst_hi<=0x20010db8ffffffff))");
  request.destination = *parse_prefix("2001:db8:1:2::/64");
  EXPECT_EQ(trace_filter(request, 7),
            "netns==7&&((dst_hi==0x20010db800010002)||(new_dst_hi==0x20010db800010002))");
  request.destination = *parse_prefix("::/0");
  EXPECT_EQ(trace_filter(request, 7), "netns==7");
}

TEST(Trace, LinesForPeople) {
  Fixture f;
  f.trace = {kTranslate, "something else", kDrop, kHairpin, "CPU:0 [LOST 3 EVENTS]"};
  ASSERT_EQ(f.run({"trace"}), 0) << f.err;
  std::string rest;
  std::istringstream lines(f.out);
  for (std::string line; std::getline(lines, line);) {
    // 2026-11-23T02:40:00.123456Z
    ASSERT_EQ(line.find("Z "), 26U) << line;
    rest += line.substr(28) + "\n";
  }
  EXPECT_EQ(rest,
            "r4 icmp 84 203.0.113.50 > 192.0.2.1 => 2001:db8:46::cb00:7132 > 2001:db8:12:34::1: translated\n"
            "r6 icmp 104 2001:db8:12:34::1 > 2001:db8:46::cb00:7132: reject_ttl, ICMP 3/0\n"
            "r6 udp 60 2001:db8:12:34::1 > 2001:db8:46::c000:202 => 2001:db8:46::c000:201 > 2001:db8:12:34::2: "
            "translated_hairpin\n"
            "3 packets came too fast to be shown; --src, --dst and --drops make it fewer\n");
  EXPECT_EQ(f.flushes, 4U);
}

TEST(Trace, LinesOfJson) {
  Fixture f;
  f.trace = {kTranslate, kDrop, "CPU:0 [LOST 3 EVENTS]"};
  ASSERT_EQ(f.run({"-j", "trace"}), 0) << f.err;
  std::vector<Json> events;
  std::istringstream lines(f.out);
  for (std::string line; std::getline(lines, line);) {
    events.push_back(Json::parse(line));
    events.back().erase("time");
  }
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0], Json::parse(R"({"event": "translate", "device": "siit0", "in": "r4", "protocol": 1,
      "length": 84, "src": "203.0.113.50", "dst": "192.0.2.1", "new_src": "2001:db8:46::cb00:7132",
      "new_dst": "2001:db8:12:34::1", "counter": "translated", "icmp": null})"));
  EXPECT_EQ(events[1]["icmp"], Json::parse(R"({"type": 3, "code": 0})"));
  EXPECT_TRUE(events[1]["new_src"].is_null());
  EXPECT_EQ(events[2], Json::parse(R"({"event": "lost", "count": 3})"));
}

TEST(Trace, Options) {
  Fixture f;
  ASSERT_EQ(f.run({"trace", "--src", "192.0.2.0/24", "--dst", "2001:db8::1", "--drops"}), 0) << f.err;
  EXPECT_EQ(to_string(*f.traced.source), "192.0.2.0/24");
  EXPECT_EQ(to_string(*f.traced.destination), "2001:db8::1");
  EXPECT_TRUE(f.traced.drops);
  EXPECT_EQ(f.run({"trace", "--src", "192.0.2"}), 1);
  EXPECT_NE(f.err.find("192.0.2"), std::string::npos);
}

}  // namespace
}  // namespace eam
