// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_PROGRESS_H
#define EAMCTL_PROGRESS_H

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

namespace eam {

// A line on a terminal that tells how far the loading is, if it takes longer than a second.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;
  using Write = std::function<void(std::string_view)>;
  using Now = std::function<Clock::time_point()>;

  explicit Progress(Write write, Now now = Clock::now)
      : write_(std::move(write)), now_(std::move(now)), start_(now_()) {}

  void step(std::size_t done, std::size_t total);
  // Takes the line away, so that other output can follow.
  void clear();

 private:
  Write write_;
  Now now_;
  Clock::time_point start_;
  Clock::time_point shown_;
  bool visible_ = false;
};

}  // namespace eam

#endif  // EAMCTL_PROGRESS_H
