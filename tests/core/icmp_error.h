/* SPDX-License-Identifier: GPL-2.0 */
// ICMP errors, what they quote and what becomes of them, written down shortly. Include it after
// everything else, as core.h.
#pragma once

#include "translate.h"

namespace xlat {

using namespace pkt;

inline Bytes cut(Bytes b, size_t n) {
  b.resize(n);
  return b;
}

// From the client's side to the server, about what the server sent; and back.
inline Bytes error4(uint8_t type, uint8_t code, uint32_t rest, const Bytes& quote, Ip4 h = {}) {
  return ip4(h, kIcmp, icmp(type, code, rest, quote));
}
inline Bytes error6(uint8_t type, uint8_t code, uint32_t rest, const Bytes& quote, Ip6 h = {}) {
  return ip6(h, kIcmp6, icmp(type, code, rest, quote));
}
// What becomes of them.
inline Bytes out6(uint8_t type, uint8_t code, uint32_t rest, const Bytes& quote) {
  return ip6({.src = kC6, .dst = kS6, .hop_limit = 63}, kIcmp6, icmp(type, code, rest, quote));
}
inline Bytes out4(uint8_t type, uint8_t code, uint32_t rest, const Bytes& quote) {
  return ip4({.src = kS4, .dst = kC4, .ttl = 63}, kIcmp, icmp(type, code, rest, quote));
}

// The packet that the receiver of the error had sent, in both families.
inline Ip4 sent4(Ip4 h = {}) {
  h.src = kS4;
  h.dst = kC4;
  return h;
}
inline Ip6 sent6(Ip6 h = {}) {
  h.src = kS6;
  h.dst = kC6;
  return h;
}
inline Ip6 quoted6(Ip6 h = {}) {
  h.src = kC6;
  h.dst = kS6;
  return h;
}
inline Ip4 quoted4(Ip4 h = {}) {
  h.src = kC4;
  h.dst = kS4;
  return h;
}

inline const Bytes kUdp5 = udp(53, 5000, bytes("hello"));

// A multi-part extension with one object of n octets, its checksum right.
inline Bytes extension(size_t n, uint8_t fill = 0x5a) {
  Bytes e = {0x20, 0, 0, 0};
  put16(e, static_cast<uint16_t>(n));
  e.push_back(1);
  e.push_back(1);
  e.resize(4 + n, fill);
  set16(e, 2, checksum(e));
  return e;
}

}  // namespace xlat
