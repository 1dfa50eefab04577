// SPDX-License-Identifier: GPL-2.0
// Defaults by role, and settings that contradict each other (requirements 15).
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "core.h"

namespace {

siit_settings defaults(u8 role) {
  siit_settings s;
  memset(&s, 0xa5, sizeof(s));
  s.role = role;
  s.explicit_ = 1ULL << SIIT_SET_A_ROLE;
  siit_settings_defaults(&s);
  return s;
}

// HP-01, MT-06
TEST(Settings, Section15Defaults) {
  for (const u8 role : {SIIT_ROLE_SIIT, SIIT_ROLE_BR, SIIT_ROLE_ER}) {
    SCOPED_TRACE(int(role));
    const siit_settings s = defaults(role);
    const bool br = role == SIIT_ROLE_BR, er = role == SIIT_ROLE_ER;
    EXPECT_EQ(s.prefix.len, 0);
    EXPECT_EQ(s.lowest_ipv6_mtu, 1280u);
    EXPECT_FALSE(s.atomic_fragments);
    EXPECT_EQ(s.id_mode, SIIT_ID_GENERATE);
    EXPECT_EQ(s.df_mode, SIIT_DF_RFC7915);
    EXPECT_TRUE(s.ptb_min_clamp);
    const std::vector<u16> plateaus = {65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};
    EXPECT_EQ(std::vector<u16>(s.plateaus, s.plateaus + s.plateaus_count), plateaus);
    EXPECT_FALSE(s.tos_zero);
    EXPECT_GT(s.tos_fixed, 255);
    EXPECT_EQ(s.udp_zero, SIIT_UDP_ZERO_COMPUTE);
    EXPECT_EQ(s.udp6_zero, SIIT_UDP6_ZERO_PASS);
    EXPECT_EQ(s.hairpin, SIIT_HAIRPIN_INTRINSIC);
    EXPECT_TRUE(s.wkp_strict);
    EXPECT_FALSE(s.eam_strict_suffix);
    EXPECT_TRUE(s.native_more_specific);
    EXPECT_TRUE(s.proto_guard);
    EXPECT_EQ(s.unmapped_src6, SIIT_UNMAPPED_SRC6_RFC7915);
    EXPECT_EQ(s.unmapped_dst4, br || er ? SIIT_UNMAPPED_DST4_REJECT : SIIT_UNMAPPED_DST4_STACK);
    EXPECT_EQ(s.antispoof64, br);
    EXPECT_EQ(s.antispoof46, br);
    EXPECT_EQ(s.er_ingress_filter, er);
    EXPECT_EQ(s.er_self_source, er);
    EXPECT_EQ(s.icmp4_src, SIIT_ICMP4_SRC_INTERFACE);
    EXPECT_FALSE(s.icmp_origin_ext);
    EXPECT_EQ(s.icmp_illegal_src, SIIT_ICMP_ILLEGAL_TRANSLATE);
    EXPECT_EQ(s.icmp_errors, SIIT_ICMP_ERRORS_LIMIT);
    EXPECT_EQ(s.icmp_rate, 1000u);
    EXPECT_EQ(s.icmp_burst, 50u);
    EXPECT_EQ(s.max_exthdrs, 8);
    EXPECT_EQ(s.hook_priority, -450);
    EXPECT_EQ(s.icmp4_pool.count + s.denylist4.count + s.pool4.count, 0u);
    EXPECT_TRUE(s.routes);
  }
}

TEST(Settings, WhatWasSetStays) {
  siit_settings s{};
  s.role = SIIT_ROLE_BR;
  s.hairpin = SIIT_HAIRPIN_SIMPLE;
  s.explicit_ = 1ULL << SIIT_SET_A_ROLE | 1ULL << SIIT_SET_A_HAIRPIN;
  siit_settings_defaults(&s);
  EXPECT_EQ(s.hairpin, SIIT_HAIRPIN_SIMPLE);
  EXPECT_FALSE(s.antispoof46);  // BR-07
  int attr;
  EXPECT_EQ(siit_settings_finish(&s, &attr), nullptr);

  s = defaults(SIIT_ROLE_SIIT);
  s.icmp4_src = SIIT_ICMP4_SRC_POOL;
  s.explicit_ |= 1ULL << SIIT_SET_A_ICMP4_SRC;
  siit_settings_defaults(&s);
  EXPECT_TRUE(s.icmp_origin_ext);  // IS-06
}

TEST(Settings, Contradictions) {
  struct Case {
    u8 role, hairpin;
    bool antispoof46;
    u8 icmp4_src;
    u32 pool;
    int attr;  // 0: fine
  };
  const Case cases[] = {
      {SIIT_ROLE_ER, SIIT_HAIRPIN_SIMPLE, false, SIIT_ICMP4_SRC_INTERFACE, 0, SIIT_SET_A_HAIRPIN},
      {SIIT_ROLE_BR, SIIT_HAIRPIN_SIMPLE, true, SIIT_ICMP4_SRC_INTERFACE, 0, SIIT_SET_A_ANTISPOOF46},
      {SIIT_ROLE_BR, SIIT_HAIRPIN_SIMPLE, false, SIIT_ICMP4_SRC_INTERFACE, 0, 0},
      {SIIT_ROLE_BR, SIIT_HAIRPIN_OFF, true, SIIT_ICMP4_SRC_POOL, 0, SIIT_SET_A_ICMP4_POOL},
      {SIIT_ROLE_BR, SIIT_HAIRPIN_OFF, true, SIIT_ICMP4_SRC_POOL, 1, 0},
      {SIIT_ROLE_ER, SIIT_HAIRPIN_INTRINSIC, false, SIIT_ICMP4_SRC_DUMMY, 0, 0},
  };
  for (const Case& c : cases) {
    siit_settings s = defaults(c.role);
    s.hairpin = c.hairpin;
    s.antispoof46 = c.antispoof46;
    s.icmp4_src = c.icmp4_src;
    s.icmp4_pool.count = c.pool;
    int attr = 0;
    const char* why = siit_settings_finish(&s, &attr);
    EXPECT_EQ(why != nullptr, c.attr != 0);
    if (c.attr) {
      EXPECT_EQ(attr, c.attr);
    }
  }
}

// BR-06 would leave nobody to talk to.
TEST(Settings, AntispoofIsNotForAnEdgeRelay) {
  for (const u8 role : {SIIT_ROLE_SIIT, SIIT_ROLE_BR, SIIT_ROLE_ER}) {
    siit_settings s = defaults(role);
    int attr = 0;
    s.antispoof64 = true;
    EXPECT_EQ(siit_settings_finish(&s, &attr) != nullptr, role == SIIT_ROLE_ER);
    if (role == SIIT_ROLE_ER) {
      EXPECT_EQ(attr, SIIT_SET_A_ANTISPOOF64);
    }
  }
}

TEST(Settings, DerivedValues) {
  siit_settings s = defaults(SIIT_ROLE_SIIT);
  int attr;
  s.prefix.addr = v6("64:ff9b::");
  s.prefix.len = 96;
  siit_settings_finish(&s, &attr);
  EXPECT_TRUE(s.prefix_is_wkp);
  s.wkp_strict = false;
  siit_settings_finish(&s, &attr);
  EXPECT_FALSE(s.prefix_is_wkp);
  s.denylist4.count = 3;
  siit_settings_finish(&s, &attr);
  EXPECT_EQ(s.denylist4_count, 3u);
}

}  // namespace
