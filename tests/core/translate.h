/* SPDX-License-Identifier: GPL-2.0 */
// The core as the module runs it, on plain octets: match, ask, plan, apply.
// Include last (core.h).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "packet.h"

#include "table.h"

namespace xlat {

using pkt::Bytes;
using pkt::View;

// Settings and table. The standard set-up of the requirements (section 0):
// prefix 2001:db8:46::/96, 192.0.2.1 <-> 2001:db8:12:34::1.
class Box {
 public:
  explicit Box(u8 role = SIIT_ROLE_SIIT, const std::string& prefix = "2001:db8:46::/96");

  // "192.0.2.0/24", "2001:db8::/120"; without length: the whole address.
  Box& row(const std::string& prefix4, const std::string& prefix6, bool local = false);
  Box& set(const std::function<void(siit_settings&)>& change);
  const siit_cfg* cfg() const { return &cfg_; }

 private:
  Table table_;
  siit_cfg cfg_{};
};

Box standard(u8 role = SIIT_ROLE_SIIT);

// A client and the server of its row, in both families.
inline constexpr char kC4[] = "203.0.113.50", kC6[] = "2001:db8:46::cb00:7132";
inline constexpr char kS4[] = "192.0.2.1", kS6[] = "2001:db8:12:34::1";

siit_prefix4 prefix4(const std::string& text);
void add_prefix(siit_prefixes4& list, const std::string& text);

// The world around the core. Its default: nothing native, nothing our own,
// every MTU 1500, RFC 6791 pool 198.51.100.1.
struct How {
  u16 flags = SIIT_PKT_RECEIVED | SIIT_PKT_DECREMENT;
  siit_fib_answer fib = {.to_dev = true, .dst_native = false, .dst_own = false, .src_native = false};
  u32 mtu_out = 1500;
  u32 mtu_back = 1500;
  std::string src4 = "198.51.100.1";
  std::string src6 = "2001:db8:ff::6";
  bool no_src6 = false;
  u32 gso_size = 0;
  bool hairpin = true;  // go on to the second pass
};

struct Result {
  siit_verdict verdict;
  std::string stat;
  u8 type = 0, code = 0;  // SIIT_REJECT
  u32 info = 0;
  Bytes out;              // SIIT_XLAT
  Bytes between;          // after the first of two passes
  unsigned plan_flags = 0;
  siit_match match{};
  siit_plan plan{};
  // SIIT_ASK, on the way
  bool asked = false, asked_mtu = false, asked_src = false;
  std::string ask4, ask6;
};

// Throws std::logic_error where the core breaks its own contract: over-asks,
// reads what nobody wrote, plans what cannot be done.
Result translate46(const Box& box, const Bytes& in, const How& how = {});
Result translate64(const Box& box, const Bytes& in, const How& how = {});
// By the version of the packet.
Result translate(const Box& box, const Bytes& in, const How& how = {});

// Is it one of the packets of quick.h? Whatever is translated here is compared with that.
bool takes_short_way(const Box& box, const Bytes& in, u32 gso_size = 0);

// What must be true of whatever comes out; empty, or what is not.
std::string malformed(View packet);

// A result as a line of text, and the lines to expect.
std::string show(const Result& r);
std::string translated(const Bytes& out);
std::string left(const std::string& stat);
std::string dropped(const std::string& stat);
std::string rejected(const std::string& stat, int type, int code, u32 info = 0);

}  // namespace xlat
