// SPDX-License-Identifier: GPL-2.0
#include "progress.h"

#include <fmt/format.h>

namespace eam {
namespace {

constexpr std::chrono::seconds kPatience(1);
constexpr std::chrono::milliseconds kBetween(100);

}  // namespace

void Progress::step(std::size_t done, std::size_t total) {
  if (done == total) {
    clear();
    return;
  }
  const Clock::time_point now = now_();
  if (now - start_ < kPatience || (visible_ && now - shown_ < kBetween)) return;
  write_(fmt::format("\r{} of {} rows, {} %", done, total, done * 100 / total));
  shown_ = now;
  visible_ = true;
}

void Progress::clear() {
  if (visible_) write_("\r\x1b[K");
  visible_ = false;
}

}  // namespace eam
