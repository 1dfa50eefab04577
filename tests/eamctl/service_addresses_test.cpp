// SPDX-License-Identifier: GPL-2.0
// ER-04, ER-10: what eamctl keeps on the host for local rows, by whole command lines.
#include "service_addresses.h"

#include <gtest/gtest.h>

#include "fake_kernel.h"

namespace eam {
namespace {

using test::Fixture;
using test::row;
using Texts = std::vector<std::string>;

Values er(const std::vector<std::pair<std::string, std::string>>& more = {}) {
  Values values;
  values.emplace(find_setting("role")->attribute, std::int64_t{SIIT_ROLE_ER});
  for (const auto& [key, text] : more)
    values.insert_or_assign(find_setting(key)->attribute, *parse_value(*find_setting(key), text));
  return values;
}

Texts texts6(const std::vector<Row>& rows) {
  const auto local = local_addresses(er({{"proxy-nd", "eth1"}}), rows);
  Texts texts;
  if (!local) return {describe(local.error())};
  for (const Address6& address : local->ipv6) texts.push_back(to_string(address));
  return texts;
}

struct EdgeRelayHost : Fixture {
  EdgeRelayHost() {
    instance();
    kernel.now.values = er();
    kernel.defaults = er();
  }
  // What was done on the host, the routes left out.
  Texts done() {
    Texts texts;
    for (const std::string& action : host.actions)
      if (action.find("route") == std::string::npos) texts.push_back(action);
    host.actions.clear();
    return texts;
  }
};

TEST(ServiceAddresses, AreTheImagesOfLocalRows) {
  EXPECT_EQ(texts6({row("192.0.2.1", "2001:db8::1", Scope::kLocal),
                    row("192.0.2.2", "2001:db8::2", Scope::kRemote),
                    row("192.0.2.4/31", "2001:db8:1::/64", Scope::kLocal)}),
            (Texts{"2001:db8::1", "2001:db8:1::", "2001:db8:1:0:8000::"}));
  // The scope of a row that says none is the role's.
  EXPECT_EQ(texts6({row("192.0.2.1", "2001:db8::1", Scope::kDefault)}), (Texts{"2001:db8::1"}));
  const Values br{{find_setting("role")->attribute, std::int64_t{SIIT_ROLE_BR}}, {kSetNode, true}};
  EXPECT_TRUE(local_addresses(br, std::vector{row("192.0.2.1", "2001:db8::1", Scope::kDefault)})
                  ->ipv6.empty());
}

TEST(ServiceAddresses, LongerRowsHaveTheLastWord) {
  EXPECT_EQ(texts6({row("192.0.2.5", "2001:db8::1", Scope::kRemote),
                    row("192.0.2.0/30", "2001:db8::/126", Scope::kLocal)}),
            (Texts{"2001:db8::", "2001:db8::2", "2001:db8::3"}));
  EXPECT_EQ(texts6({row("192.0.2.5", "2001:db8::1", Scope::kLocal),
                    row("192.0.2.0/30", "2001:db8::/126", Scope::kRemote)}),
            (Texts{"2001:db8::1"}));
}

TEST(ServiceAddresses, TooManyAreRefused) {
  EXPECT_EQ(texts6({row("192.0.0.0/22", "2001:db8::/118", Scope::kLocal)}).size(), 1024U);
  EXPECT_EQ(texts6({row("192.0.0.0/21", "2001:db8::/64", Scope::kLocal)}).size(), 1U);
  const Texts error = texts6({row("192.0.0.0/22", "2001:db8::/118", Scope::kLocal),
                              row("198.51.100.1", "2001:db8:1::1", Scope::kLocal)});
  ASSERT_EQ(error.size(), 1U);
  EXPECT_EQ(error[0].rfind("198.51.100.1 2001:db8:1::1", 0), 0U) << error[0];
  EXPECT_NE(error[0].find("1024"), std::string::npos) << error[0];
}

TEST(ProxyNd, FollowsTheTable) {
  EdgeRelayHost f;
  f.kernel.table = {row("192.0.2.1", "2001:db8::1", Scope::kLocal)};
  ASSERT_EQ(f.run({"set", "proxy-nd", "eth1"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"net.ipv6.conf.eth1.proxy_ndp=1", "net.ipv6.conf.all.proxy_ndp=1",
                             "add proxy 2001:db8::1 dev 3"}));
  EXPECT_EQ(f.host.device->alias, "siit-dc proxy-nd=eth1 turned-on=eth1,all");

  ASSERT_EQ(f.run({"eam", "add", "192.0.2.2", "2001:db8::2"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"add 192.0.2.2 2001:db8::2", "add proxy 2001:db8::2 dev 3"}));
  ASSERT_EQ(f.run({"eam", "add", "192.0.2.3", "2001:db8::3", "remote"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"add 192.0.2.3 2001:db8::3 remote"}));
  ASSERT_EQ(f.run({"eam", "del", "192.0.2.1"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"delete proxy 2001:db8::1 dev 3"}));
  f.input = "192.0.2.7 2001:db8::7\n";
  ASSERT_EQ(f.run({"eam", "replace", "-"}), 0) << f.err;
  EXPECT_EQ(f.done(),
            (Texts{"commit", "add proxy 2001:db8::7 dev 3", "delete proxy 2001:db8::2 dev 3"}));
  ASSERT_EQ(f.run({"eam", "flush"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"delete proxy 2001:db8::7 dev 3"}));
}

TEST(ProxyNd, GoesWithTheSettingAndWithTheDevice) {
  for (const Texts& line :
       std::vector<Texts>{{"set", "proxy-nd", "none"}, {"set", "proxy-nd", "default"}, {"down"}}) {
    EdgeRelayHost f;
    f.kernel.table = {row("192.0.2.1", "2001:db8::1", Scope::kLocal)};
    ASSERT_EQ(f.run({"set", "proxy-nd", "eth1"}), 0) << f.err;
    f.done();
    ASSERT_EQ(f.run(line), 0) << f.err;
    const Texts done = f.done();
    ASSERT_GE(done.size(), 3U) << line.back();
    EXPECT_EQ(done[0], "delete proxy 2001:db8::1 dev 3");
    EXPECT_EQ(done[1], "net.ipv6.conf.eth1.proxy_ndp=0");
    EXPECT_EQ(done[2], "net.ipv6.conf.all.proxy_ndp=0");
    EXPECT_TRUE(f.host.addresses.empty());
  }
}

TEST(ProxyNd, ComesBackAfterDownKeep) {
  EdgeRelayHost f;
  f.kernel.table = {row("192.0.2.1", "2001:db8::1", Scope::kLocal)};
  ASSERT_EQ(f.run({"set", "proxy-nd", "eth1"}), 0) << f.err;
  ASSERT_EQ(f.run({"down", "--keep"}), 0) << f.err;
  EXPECT_TRUE(f.host.addresses.empty());
  EXPECT_EQ(f.host.device->alias, "siit-dc proxy-nd=eth1");
  ASSERT_EQ(f.run({"up"}), 0) << f.err;
  EXPECT_EQ(f.host.addresses.size(), 1U);
}

TEST(ProxyNd, SysctlThatWasOnStaysOn) {
  EdgeRelayHost f;
  f.host.sysctls["net.ipv6.conf.eth1.proxy_ndp"] = 1;
  ASSERT_EQ(f.run({"set", "proxy-nd", "eth1"}), 0) << f.err;
  ASSERT_EQ(f.run({"down"}), 0) << f.err;
  EXPECT_EQ(f.host.sysctls["net.ipv6.conf.eth1.proxy_ndp"], 1);
}

TEST(ProxyNd, EntriesOfOthersStay) {
  EdgeRelayHost f;
  const ServiceAddress foreign{3, *parse_address6("2001:db8::1"), true};
  f.host.addresses = {{foreign, false, 0}};
  f.kernel.table = {row("192.0.2.1", "2001:db8::1", Scope::kLocal)};
  ASSERT_EQ(f.run({"set", "proxy-nd", "eth1"}), 0) << f.err;
  ASSERT_EQ(f.run({"down"}), 0) << f.err;
  ASSERT_EQ(f.host.addresses.size(), 1U);
  EXPECT_EQ(f.host.addresses[0].service, foreign);
}

TEST(ProxyNd, WhatCannotBeDoneIsRefusedBeforeAnythingChanges) {
  EdgeRelayHost f;
  f.kernel.table = {row("192.0.0.0/22", "2001:db8::/118", Scope::kLocal)};
  ASSERT_EQ(f.run({"set", "proxy-nd", "eth1"}), 0) << f.err;
  f.done();
  EXPECT_EQ(f.run({"eam", "add", "198.51.100.1", "2001:db8:1::1"}), 1);
  EXPECT_NE(f.err.find("198.51.100.1 2001:db8:1::1"), std::string::npos) << f.err;
  f.input = "10.0.0.0/8 2001:db8:2::/64\n";
  EXPECT_EQ(f.run({"eam", "replace", "-"}), 1);
  f.input =
      "role = \"er\"\nproxy-nd = [\"eth1\"]\n[[eam]]\nipv4 = \"10.0.0.0/8\"\n"
      "ipv6 = \"2001:db8:2::/64\"\n";
  EXPECT_EQ(f.run({"apply", "-"}), 1);
  EXPECT_EQ(f.done(), Texts{});
  EXPECT_EQ(f.kernel.table.size(), 1U);

  Fixture other;
  other.instance();
  other.host.device->alias = "uplink";
  EXPECT_EQ(other.run({"set", "proxy-nd", "eth1", "role", "er"}), 2);
  EXPECT_NE(other.err.find("uplink"), std::string::npos) << other.err;
  EXPECT_EQ(other.host.device->alias, "uplink");
  EXPECT_TRUE(other.kernel.now.values.empty());
}

TEST(HostSettings, NobodyWhoDoesWithoutThemNoticesThem) {
  Fixture f;
  f.instance();
  f.host.device->alias = "uplink";
  f.input = "192.0.2.1 2001:db8::1\n";
  for (const Texts& line : std::vector<Texts>{{"up"},
                                              {"eam", "replace", "-"},
                                              {"set", "role", "br"},
                                              {"set", "proxy-nd", "none"},
                                              {"eam", "add", "192.0.2.2", "2001:db8::2"},
                                              {"down", "--keep"}}) {
    ASSERT_EQ(f.run(line), 0) << line.front() << f.err;
    EXPECT_EQ(f.host.device->alias, "uplink") << line.front();
  }
  EXPECT_TRUE(f.host.addresses.empty());
}

TEST(HostSettings, WhatALostDeviceLeftBehindGoes) {
  EdgeRelayHost f;
  f.kernel.table = {row("192.0.2.1", "2001:db8::1", Scope::kLocal)};
  ASSERT_EQ(f.run({"set", "proxy-nd", "eth1"}), 0) << f.err;
  f.host.device.reset();
  ASSERT_EQ(f.run({"down"}), 0) << f.err;
  EXPECT_TRUE(f.host.addresses.empty());
}

TEST(ProxyNd, DeviceThatIsNotThereIsAWarning) {
  EdgeRelayHost f;
  EXPECT_EQ(f.run({"set", "proxy-nd", "br9"}), 0);
  EXPECT_NE(f.err.find("br9"), std::string::npos) << f.err;
}

TEST(ProxyNd, HostThatDoesNotForwardIsAWarning) {
  EdgeRelayHost f;
  f.host.sysctls["net.ipv6.conf.eth1.forwarding"] = 0;
  EXPECT_EQ(f.run({"set", "proxy-nd", "eth1"}), 0);
  EXPECT_NE(f.err.find("net.ipv6.conf.eth1.forwarding is 0"), std::string::npos) << f.err;
}

TEST(Node, HasTheAddressesOfItsRows) {
  EdgeRelayHost f;
  f.input =
      "role = \"er\"\nnode = true\nproxy-nd = [\"eth1\"]\n[[eam]]\nipv4 = \"192.0.2.1\"\n"
      "ipv6 = \"2001:db8::1\"\n";
  ASSERT_EQ(f.run({"apply", "-"}), 0) << f.err;
  EXPECT_EQ(f.done(),
            (Texts{"commit", "add address 2001:db8::1 dev 3", "add address 192.0.2.1 dev 7"}));
  ASSERT_EQ(f.run({"show"}), 0);
  EXPECT_NE(f.out.find("node = true\nproxy-nd = [\"eth1\"]\n"), std::string::npos) << f.out;
  ASSERT_EQ(f.run({"set", "proxy-nd", "default"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"delete address 2001:db8::1 dev 3"}));
  // A configuration without the setting ends it.
  f.input = "role = \"er\"\n";
  ASSERT_EQ(f.run({"apply", "-"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"commit", "delete address 192.0.2.1 dev 7"}));
  EXPECT_EQ(f.host.device->alias, "");
}

TEST(BridgeFilter, ComesAndGoesWithTheSetting) {
  EdgeRelayHost f;
  ASSERT_EQ(f.run({"set", "bridge-upstream", "eth1"}), 0) << f.err;
  EXPECT_EQ(f.done(), Texts{"filter"});
  ASSERT_EQ(f.run({"down", "--keep"}), 0) << f.err;
  EXPECT_EQ(f.done(), Texts{"down"});
  ASSERT_EQ(f.run({"up"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"up", "filter"}));
  ASSERT_EQ(f.run({"down"}), 0) << f.err;
  EXPECT_EQ(f.done(), (Texts{"no filter", "delete"}));
}

// MT-08, ER-20
TEST(Dnsmasq, GivesOutLocalRowsOfTheSegment) {
  EdgeRelayHost f;
  f.kernel.now.values.insert_or_assign(SIIT_SET_A_LOWEST_IPV6_MTU, std::int64_t{1500});
  f.host.addresses = {{{3, *parse_address4("192.0.2.25"), false}, false, 29}};
  f.kernel.table = {row("192.0.2.16/28", "2001:db8::/124", Scope::kLocal),
                    row("192.0.2.28", "2001:db8:1::1", Scope::kRemote)};
  ASSERT_EQ(f.run({"dnsmasq", "eth1"}), 0) << f.err;
  EXPECT_NE(f.out.find("dhcp-range=192.0.2.26,192.0.2.27,255.255.255.248\n"
                       "dhcp-range=192.0.2.29,192.0.2.30,255.255.255.248\n"
                       "dhcp-option=option:router,192.0.2.25\n"),
            std::string::npos)
      << f.out;
  EXPECT_NE(f.out.find("dhcp-option=option:mtu,1480\n"), std::string::npos) << f.out;

  f.kernel.table = {row("192.0.2.1", "2001:db8::1", Scope::kLocal)};
  EXPECT_EQ(f.run({"dnsmasq", "eth1"}), 1);
  EXPECT_NE(f.err.find("192.0.2.24/29"), std::string::npos) << f.err;
  f.host.addresses.clear();
  EXPECT_EQ(f.run({"dnsmasq", "eth1"}), 1);
  EXPECT_NE(f.err.find("no IPv4 address"), std::string::npos) << f.err;
  EXPECT_EQ(f.run({"dnsmasq", "eth7"}), 2);
}

TEST(HostSettings, AliasComesBack) {
  HostSettings settings;
  settings.values = host_part(er({{"node", "on"}, {"proxy-nd", "eth0,br0.10"}}));
  settings.turned_on = {"br0.10"};
  EXPECT_EQ(to_alias(settings), "siit-dc node=on proxy-nd=eth0,br0.10 turned-on=br0.10");
  EXPECT_EQ(parse_alias(to_alias(settings)), settings);
  EXPECT_EQ(parse_alias("uplink"), HostSettings());
  EXPECT_EQ(parse_alias("siit-dc   role=br nonsense = proxy-nd=/"), HostSettings());
}

}  // namespace
}  // namespace eam
