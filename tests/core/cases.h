/* SPDX-License-Identifier: GPL-2.0 */
// Datagrams, what the routing table says of them, and what becomes of them, written down shortly. Include it after
// everything else, as core.h.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "translate.h"

namespace xlat {

using namespace pkt;

inline const Bytes kData = udp(5000, 53, bytes("hello"));

inline Bytes p4(const std::string& src, const std::string& dst) { return ip4({.src = src, .dst = dst}, kUdp, kData); }
inline Bytes p6(const std::string& src, const std::string& dst) { return ip6({.src = src, .dst = dst}, kUdp, kData); }
inline std::string to6(const std::string& src, const std::string& dst) {
  return translated(ip6({.src = src, .dst = dst, .hop_limit = 63}, kUdp, kData));
}
inline std::string to4(const std::string& src, const std::string& dst) {
  return translated(ip4({.src = src, .dst = dst, .ttl = 63}, kUdp, kData));
}

struct Case {
  const char* name;
  Bytes in;
  std::string expected;
  How how = {};
};

inline void check(const Box& box, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(show(translate(box, c.in, c.how)), c.expected);
  }
}

inline How xmit(u16 more = 0) {
  How how;
  how.flags = static_cast<u16>(SIIT_PKT_XMIT | SIIT_PKT_DECREMENT | more);
  return how;
}
inline How fib(bool to_dev, bool dst_native, bool dst_own, bool src_native) {
  How how;
  how.fib = {.to_dev = to_dev, .dst_native = dst_native, .dst_own = dst_own, .src_native = src_native};
  return how;
}
inline const How kNative = fib(true, true, false, false);
inline const How kOwn = fib(true, false, true, false);
inline const How kElsewhere = fib(false, false, false, false);
inline const How kSrcNative = fib(true, false, false, true);

}  // namespace xlat
