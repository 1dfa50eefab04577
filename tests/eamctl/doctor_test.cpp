// SPDX-License-Identifier: GPL-2.0
// Output and exit status; that each finding is found in a real system is shown in tests/vm.
#include "doctor.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fake_kernel.h"

namespace eam {
namespace {

using test::Fixture;
using test::row;
using Json = nlohmann::json;

struct Relay : Fixture {
  Relay() {
    instance();
    kernel.now.values.emplace(SIIT_SET_A_ROLE, std::int64_t{SIIT_ROLE_ER});
    host.ways["192.0.2.1"] = {true, true, false, 1};
  }
};

TEST(Doctor, HealthyIsExit0) {
  Relay f;
  f.kernel.table = {row("192.0.2.1", "2001:db8::1", Scope::kLocal)};
  EXPECT_EQ(f.run({"doctor"}), 0) << f.out << f.err;
  EXPECT_EQ(f.out, "nothing wrong found\n");
  EXPECT_EQ(f.run({"-j", "doctor"}), 0);
  EXPECT_EQ(f.out, "[]\n");
}

TEST(Doctor, FindingsAreExit4) {
  Relay f;
  f.kernel.table = {row("192.0.2.9", "2001:db8::9", Scope::kLocal)};
  EXPECT_EQ(f.run({"-j", "doctor"}), 4) << f.err;
  const Json json = Json::parse(f.out);
  ASSERT_EQ(json.size(), 1U) << f.out;
  EXPECT_EQ(json[0]["check"], "service-address");
  EXPECT_EQ(f.run({"doctor"}), 4);
  EXPECT_EQ(f.out, "service-address: " + json[0]["what"].get<std::string>() + "\n    " +
                       json[0]["mend"].get<std::string>() + "\n");
}

TEST(Doctor, ManyOfAKindAreCounted) {
  Relay f;
  for (int i = 10; i < 110; ++i)
    f.kernel.table.push_back(
        row("192.0.2." + std::to_string(i), "2001:db8::" + std::to_string(i), Scope::kLocal));
  EXPECT_EQ(f.run({"-j", "doctor"}), 4);
  const Json json = Json::parse(f.out);
  ASSERT_EQ(json.size(), 9U);
  EXPECT_EQ(json[8]["what"], "92 more of this kind");
}

TEST(Doctor, KernelThatDoesNotAnswerIsAnError) {
  Relay f;
  f.kernel.always = fail(test::kernel_error(EPERM, "no permission"));
  EXPECT_EQ(f.run({"doctor"}), 3);
  EXPECT_EQ(f.out, "");
}

TEST(Doctor, NoDeviceIsAFinding) {
  Fixture f;
  EXPECT_EQ(f.run({"doctor"}), 4);
  EXPECT_NE(f.out.find("no-device"), std::string::npos) << f.out;
}

}  // namespace
}  // namespace eam
