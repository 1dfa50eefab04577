/* SPDX-License-Identifier: GPL-2.0 */
// The core's C headers for C++ tests. Some of the kernel's short macro names
// are attributes in C++, so include this after everything else.
#pragma once

#include <arpa/inet.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

// Names that in C are nothing special.
#define class class_
#define explicit explicit_
extern "C" {
#include "addr.h"
#include "csum.h"
#include "eam.h"
#include "icmpmap.h"
#include "pkt.h"
#include "quick.h"
#include "settings.h"
#include "stat.h"
}
#undef class
#undef explicit

#undef fallthrough
#undef likely
#undef unlikely

inline __be32 v4(const std::string& text) {
  in_addr a{};
  if (inet_pton(AF_INET, text.c_str(), &a) != 1) throw std::invalid_argument(text);
  return a.s_addr;
}

inline in6_addr v6(const std::string& text) {
  in6_addr a{};
  if (inet_pton(AF_INET6, text.c_str(), &a) != 1) throw std::invalid_argument(text);
  return a;
}

inline std::string show(__be32 addr) {
  char text[INET_ADDRSTRLEN];
  return inet_ntop(AF_INET, &addr, text, sizeof(text));
}

inline std::string show(const in6_addr& addr) {
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, &addr, text, sizeof(text));
}
