// SPDX-License-Identifier: GPL-2.0
#include "progress.h"

#include <gtest/gtest.h>

#include <string>

namespace eam {
namespace {

struct Terminal {
  std::string text;
  Progress::Clock::time_point now;
  Progress progress{[this](std::string_view t) { text += t; }, [this] { return now; }};

  void after(int milliseconds, std::size_t done) {
    now += std::chrono::milliseconds(milliseconds);
    progress.step(done, 1000);
  }
};

TEST(Progress, NothingInTheFirstSecond) {
  Terminal t;
  t.after(10, 100);
  t.after(900, 900);
  t.after(10, 1000);
  t.progress.clear();
  EXPECT_EQ(t.text, "");
}

TEST(Progress, ALineThatGoesInTheEnd) {
  Terminal t;
  t.after(1001, 100);
  t.after(20, 200);  // too soon to show
  t.after(100, 505);
  EXPECT_EQ(t.text, "\r100 of 1000 rows, 10 %\r505 of 1000 rows, 50 %");
  t.text.clear();
  t.after(100, 1000);
  EXPECT_EQ(t.text, "\r\x1b[K");
  t.progress.clear();
  EXPECT_EQ(t.text, "\r\x1b[K");
}

TEST(Progress, GivesWayToAnError) {
  Terminal t;
  t.after(2000, 100);
  t.text.clear();
  t.progress.clear();
  EXPECT_EQ(t.text, "\r\x1b[K");
}

}  // namespace
}  // namespace eam
