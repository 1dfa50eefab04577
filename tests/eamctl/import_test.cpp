// SPDX-License-Identifier: GPL-2.0
// eamctl import: files as the documentation of the others shows them.
#include "import.h"

#include <gtest/gtest.h>

#include "fake_kernel.h"

namespace eam {
namespace {

using test::Fixture;

void expect_text(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nnot in\n" << text;
}

constexpr const char* kJool = R"({
  "comment": { "description": "all that a file can have" },
  "instance": "blue",
  "framework": "iptables",
  "global": {
    "manually-enabled": false,
    "pool6": "2001:db8:46::/96",
    "lowest-ipv6-mtu": 1400,
    "zeroize-traffic-class": true,
    "override-tos": true,
    "tos": 16,
    "mtu-plateaus": [65535, 1500, 1280],
    "amend-udp-checksum-zero": false,
    "eam-hairpin-mode": "simple",
    "randomize-rfc6791-addresses": true,
    "rfc6791v6-prefix": "2001:db8:1::/64",
    "rfc6791v4-prefix": "198.51.100.0/28",
    "logging-debug": true,
    "flux-capacitor": 88
  },
  "eamt": [
    { "comment": "mail", "ipv6 prefix": "2001:db8:aaaa::1", "ipv4 prefix": "192.0.2.1" },
    { "ipv6 prefix": "2001:db8:bbbb::/120", "ipv4 prefix": "192.0.2.128/25" }
  ],
  "denylist4": ["10.0.0.0/8", "192.168.0.0/16"]
})";

TEST(ImportJool, CarriesOverWhatThereIs) {
  Fixture f;
  f.input = kJool;
  EXPECT_EQ(f.run({"import", "--from", "jool", "-"}), 0) << f.err;
  EXPECT_EQ(f.out,
            "device = \"siit0\"\n"
            "role = \"siit\"\n"
            "prefix = \"2001:db8:46::/96\"\n"
            "lowest-ipv6-mtu = 1400\n"
            "plateaus = [65535, 1500, 1280]\n"
            "tos-zero = true\n"
            "tos-fixed = 16\n"
            "udp-zero = \"drop\"\n"
            "hairpin = \"simple\"\n"
            "icmp4-src = [\"198.51.100.0/28\"]\n"
            "denylist4 = [\"10.0.0.0/8\", \"192.168.0.0/16\"]\n"
            "\n[[eam]]\nipv4 = \"192.0.2.1\"\nipv6 = \"2001:db8:aaaa::1\"\n"
            "\n[[eam]]\nipv4 = \"192.0.2.128/25\"\nipv6 = \"2001:db8:bbbb::/120\"\n");
  for (const char* path : {"stdin/instance: ", "stdin/framework: ",
                           "stdin/global/manually-enabled: ",
                           "stdin/global/rfc6791v6-prefix: ", "stdin/global/logging-debug: ",
                           "stdin/global/flux-capacitor: "})
    expect_text(f.err, path);
  EXPECT_EQ(std::count(f.err.begin(), f.err.end(), '\n'), 6) << f.err;
}

TEST(ImportJool, WhatItPrintsIsRead) {
  Fixture f;
  f.input = kJool;
  ASSERT_EQ(f.run({"import", "--from", "jool", "-"}), 0);
  f.input = f.out;
  EXPECT_EQ(f.run({"check", "-"}), 0) << f.err;
  expect_text(f.out, "2 rows");
}

TEST(ImportJool, OlderNamesAndNumbers) {
  const Result<Import> import = import_jool("f", R"({"pool6": "64:ff9b::/96",
    "global": {"eam-hairpin-mode": 0, "rfc6791v4-prefix": null, "rfc6791v6-prefix": "2001:db8::7",
               "override-tos": false, "tos": 3, "amend-udp-checksum-zero": true},
    "blacklist4": []})");
  ASSERT_TRUE(import) << describe(import.error());
  EXPECT_TRUE(import->notes().empty()) << import->notes().front();
  const auto text = [&](const char* key) {
    const Setting* setting = find_setting(key);
    return to_string(*setting, import->values().at(setting->attribute));
  };
  EXPECT_EQ(text("prefix"), "64:ff9b::/96");
  EXPECT_EQ(text("hairpin"), "off");
  EXPECT_EQ(text("icmp4-src"), "interface");
  EXPECT_EQ(text("icmp6-src"), "2001:db8::7");
  EXPECT_EQ(text("tos-fixed"), "none");
  EXPECT_EQ(text("udp-zero"), "compute");
  EXPECT_EQ(text("denylist4"), "none");
}

TEST(ImportJool, NamesEveryMistake) {
  Fixture f;
  f.input = R"({"global": {"pool6": "2001:db8::/80"}, "eamt": [
    {"ipv4 prefix": "192.0.2.1", "ipv6 prefix": "2001:db8::1"},
    {"ipv4 prefix": "192.0.2.300", "ipv6 prefix": "2001:db8::2"},
    {"ipv4 prefix": "192.0.2.1", "ipv6 prefix": "2001:db8::3"},
    {"ipv4 prefix": "192.0.2.4"}]})";
  EXPECT_EQ(f.run({"import", "--from", "jool", "-"}), 1);
  EXPECT_EQ(f.out, "");
  for (const char* path : {"stdin/global/pool6: ", "stdin/eamt/1: ", "stdin/eamt/3: ",
                           "stdin/eamt/2: 192.0.2.1 is there already, at stdin/eamt/0"})
    expect_text(f.err, path);
  for (const char* bad : {"{", "[]", "{\"eamt\": {}}", "{\"global\": 1}", "{\"eamt\": [1]}"}) {
    f.input = bad;
    EXPECT_EQ(f.run({"import", "--from", "jool", "-"}), 1) << bad;
    EXPECT_NE(f.err, "");
  }
}

TEST(ImportTayga, CarriesOverWhatThereIs) {
  Fixture f;
  f.input =
      "tun-device nat64   # a comment\n"
      "ipv4-addr 198.51.100.1\n"
      "ipv6-addr 2001:db8:1::1\n"
      "prefix 2001:db8:46::/96\n"
      "dynamic-pool 192.168.255.0/24\n"
      "data-dir /var/lib/tayga\n"
      "wkpf-strict no\n"
      "strict-frag-hdr true\n"
      "udp-cksum-mode fwd\n"
      "\n"
      "map 192.0.2.1 2001:db8::1\n"
      "map 192.0.2.128/25 2001:db8:1::/121\n"
      "warp-factor 9\n";
  EXPECT_EQ(f.run({"import", "--from", "tayga", "-"}), 0) << f.err;
  EXPECT_EQ(f.out,
            "device = \"siit0\"\n"
            "role = \"siit\"\n"
            "prefix = \"2001:db8:46::/96\"\n"
            "atomic-fragments = true\n"
            "udp-zero = \"forward\"\n"
            "wkp-strict = false\n"
            "icmp4-src = [\"198.51.100.1\"]\n"
            "icmp6-src = \"2001:db8:1::1\"\n"
            "\n[[eam]]\nipv4 = \"192.0.2.1\"\nipv6 = \"2001:db8::1\"\n"
            "\n[[eam]]\nipv4 = \"192.0.2.128/25\"\nipv6 = \"2001:db8:1::/121\"\n");
  for (const char* line : {"stdin:1: tun-device: ", "stdin:2: ipv4-addr: ", "stdin:3: ipv6-addr: ",
                           "stdin:5: dynamic-pool: ", "stdin:6: data-dir: ",
                           "stdin:13: warp-factor: "})
    expect_text(f.err, line);
  EXPECT_EQ(std::count(f.err.begin(), f.err.end(), '\n'), 6) << f.err;
}

TEST(ImportTayga, NamesEveryMistake) {
  Fixture f;
  f.input =
      "prefix 2001:db8::/80\n"
      "map 192.0.2.1\n"
      "map 192.0.2.1 2001:db8::1\n"
      "map 192.0.2.2 2001:db8::1\n"
      "map 192.0.2.1/24 2001:db8:1::/120\n"
      "udp-cksum-mode maybe\n";
  EXPECT_EQ(f.run({"import", "--from", "tayga", "-"}), 1);
  EXPECT_EQ(f.out, "");
  for (const char* line : {"stdin:1: prefix: ", "stdin:2: map: ",
                           "stdin:4: 2001:db8::1 is there already, at stdin:3",
                           "stdin:5: ", "stdin:6: udp-cksum-mode: "})
    expect_text(f.err, line);
}

}  // namespace
}  // namespace eam
