/* SPDX-License-Identifier: GPL-2.0 */
// Tables and rows of theirs, written down shortly. Include it after everything else, as core.h.
#pragma once

#include <memory>
#include <string>

#include "core.h"

struct DestroyTable {
  void operator()(siit_eamt* t) const { siit_eamt_destroy(t); }
};
using Table = std::unique_ptr<siit_eamt, DestroyTable>;

// As written, legal or not.
inline siit_row make_row(const std::string& addr4, int len4, const std::string& addr6, int len6, bool local = false) {
  siit_row r{};
  r.addr4 = v4(addr4);
  r.len4 = static_cast<u8>(len4);
  r.addr6 = v6(addr6);
  r.len6 = static_cast<u8>(len6);
  r.local = local;
  return r;
}
