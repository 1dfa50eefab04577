/* SPDX-License-Identifier: GPL-2.0 */
// Packets for tests, built and verified without any of the code under test.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pkt {

using Bytes = std::vector<uint8_t>;
using View = std::span<const uint8_t>;

enum Proto : uint8_t {
  kHopByHop = 0,
  kIcmp = 1,
  kTcp = 6,
  kUdp = 17,
  kDccp = 33,
  kRouting = 43,
  kFragment = 44,
  kEsp = 50,
  kAuth = 51,
  kIcmp6 = 58,
  kNoNext = 59,
  kDestOpts = 60,
  kSctp = 132,
  kUdpLite = 136,
};

// Network byte order, appended or overwritten.
void put16(Bytes& b, uint16_t v);
void put32(Bytes& b, uint32_t v);
void set16(Bytes& b, size_t at, uint16_t v);
uint16_t get16(View b, size_t at);
uint32_t get32(View b, size_t at);

Bytes from_hex(std::string_view hex);
std::string to_hex(View b);
Bytes bytes(std::string_view text);
// 0, 1, 2, ... 255, 0, ...
Bytes pattern(size_t n);
Bytes operator+(const Bytes& a, const Bytes& b);

// RFC 1071 over all octets; an odd one is padded with zero.
uint16_t checksum(View b);

// Transport headers. Their checksum stays 0 until an IP header knows it.
Bytes udp(uint16_t sport, uint16_t dport, const Bytes& data, uint16_t check = 0);
Bytes udp_lite(uint16_t sport, uint16_t dport, const Bytes& data, uint16_t coverage = 8);

struct Tcp {
  uint16_t sport = 40000;
  uint16_t dport = 80;
  uint32_t seq = 1;
  uint32_t ack = 2;
  uint8_t flags = 0x18;
  uint16_t window = 1000;
  Bytes options = {};  // padded to a multiple of 4
};
Bytes tcp(const Tcp& h, const Bytes& data);

// ICMP and ICMPv6 are the same to the octet: type, code, checksum, rest, data.
Bytes icmp(uint8_t type, uint8_t code, uint32_t rest, const Bytes& data);
Bytes echo(uint8_t type, uint16_t id, uint16_t seq, const Bytes& data);

struct Ip4 {
  std::string src = "203.0.113.50";
  std::string dst = "192.0.2.1";
  uint8_t tos = 0;
  uint16_t id = 0;
  bool df = false;
  bool mf = false;
  uint16_t offset = 0;  // in units of 8 octets
  uint8_t ttl = 64;
  Bytes options = {};                  // padded with End of Options to a multiple of 4
  std::optional<uint16_t> tot_len = {};  // a lie
  bool fill = true;                    // the transport checksum, unless it is a fragment
};
Bytes ip4(const Ip4& h, uint8_t proto, const Bytes& payload);

// An extension header; its octet 0 is filled in when it is chained.
struct Ext {
  uint8_t type;
  Bytes data;
};
Ext options(uint8_t type, size_t octets = 8);  // Hop-by-Hop or Destination Options, PadN
Ext routing(uint8_t segments_left, uint8_t type = 0, size_t octets = 8);
Ext fragment(uint16_t offset, bool more, uint32_t id);  // offset in units of 8 octets
Ext auth(size_t octets = 24);

struct Ip6 {
  std::string src = "2001:db8:12:34::1";
  std::string dst = "2001:db8:46::cb00:7132";
  uint8_t tc = 0;
  uint32_t flow = 0;
  uint8_t hop_limit = 64;
  std::vector<Ext> ext = {};
  std::optional<uint16_t> payload_len = {};  // a lie
  bool fill = true;                        // the transport checksum, unless it is a fragment
};
Bytes ip6(const Ip6& h, uint8_t next, const Bytes& payload);

// Where the upper layer of a packet is and what it is. nullopt: cut off.
struct Upper {
  size_t offset;
  uint8_t proto;
  bool fragment;        // offset or more-fragments
  bool later_fragment;  // offset > 0
};
std::optional<Upper> upper(View packet);

// Compute the transport checksum anew, in place. Nothing for protocols without.
void fill_checksum(Bytes& packet);

// Lengths agree with each other and every checksum is right: IPv4 header, and
// the transport's if this is not a fragment. UDPv6 0000 only if allowed.
bool checksums_ok(View packet, bool udp6_zero_ok = false);

// What an ICMP error quotes: everything behind its 8 octets.
Bytes quoted(View packet);

// As a router does it; IPv6 as the source does it, identification @id.
std::vector<Bytes> fragments4(const Bytes& packet, size_t mtu);
std::vector<Bytes> fragments6(const Bytes& packet, size_t mtu, uint32_t id);
// In any order. Empty if they are not one whole packet. Without Fragment Header.
Bytes reassemble(std::vector<Bytes> fragments);

}  // namespace pkt
