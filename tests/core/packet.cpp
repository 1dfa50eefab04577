// SPDX-License-Identifier: GPL-2.0
#include "packet.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace pkt {

namespace {

void append(Bytes& b, View more) { b.insert(b.end(), more.begin(), more.end()); }

void put_addr(Bytes& b, int family, const std::string& text) {
  uint8_t a[16];
  if (inet_pton(family, text.c_str(), a) != 1) throw std::invalid_argument(text);
  append(b, View(a, family == AF_INET ? 4 : 16));
}

// Where the checksum is; 0 for protocols that have none over a pseudo header.
size_t checksum_at(uint8_t proto) {
  switch (proto) {
    case kTcp:
      return 16;
    case kUdp:
    case kUdpLite:
    case kDccp:
      return 6;
    case kIcmp:
    case kIcmp6:
      return 2;
    default:
      return 0;
  }
}

// How many octets of the upper layer its checksum covers.
size_t coverage(uint8_t proto, View l4) {
  if (proto != kUdpLite) return l4.size();
  const size_t n = get16(l4, 4);
  return n ? std::min(n, l4.size()) : l4.size();
}

// 0 if what is in the packet is right.
uint16_t transport_sum(View packet, const Upper& u) {
  const bool is6 = packet[0] >> 4 == 6;
  const View l4 = packet.subspan(u.offset);
  Bytes b;

  if (is6) {
    append(b, packet.subspan(8, 32));
  } else if (u.proto != kIcmp) {
    append(b, packet.subspan(12, 8));
  }
  if (is6 || u.proto != kIcmp) {
    put32(b, static_cast<uint32_t>(l4.size()));
    put32(b, u.proto);
  }
  append(b, l4.first(coverage(u.proto, l4)));
  return checksum(b);
}

void fill_unless_fragment(Bytes& packet) {
  const auto u = upper(packet);
  if (u && !u->fragment) fill_checksum(packet);
}

}  // namespace

void put16(Bytes& b, uint16_t v) {
  b.push_back(static_cast<uint8_t>(v >> 8));
  b.push_back(static_cast<uint8_t>(v));
}

void put32(Bytes& b, uint32_t v) {
  put16(b, static_cast<uint16_t>(v >> 16));
  put16(b, static_cast<uint16_t>(v));
}

void set16(Bytes& b, size_t at, uint16_t v) {
  b.at(at) = static_cast<uint8_t>(v >> 8);
  b.at(at + 1) = static_cast<uint8_t>(v);
}

uint16_t get16(View b, size_t at) {
  if (at + 2 > b.size()) throw std::out_of_range("get16");
  return static_cast<uint16_t>(b[at] << 8 | b[at + 1]);
}

uint32_t get32(View b, size_t at) {
  return static_cast<uint32_t>(get16(b, at)) << 16 | get16(b, at + 2);
}

Bytes from_hex(std::string_view hex) {
  std::string digits;
  for (const char c : hex)
    if (!std::isspace(static_cast<unsigned char>(c))) digits += c;
  Bytes b;
  for (size_t i = 0; i + 1 < digits.size(); i += 2)
    b.push_back(static_cast<uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return b;
}

std::string to_hex(View b) {
  std::string text;
  for (const uint8_t octet : b) {
    text += "0123456789abcdef"[octet >> 4];
    text += "0123456789abcdef"[octet & 15];
  }
  return text;
}

Bytes bytes(std::string_view text) { return Bytes(text.begin(), text.end()); }

Bytes pattern(size_t n) {
  Bytes b(n);
  for (size_t i = 0; i < n; i++) b[i] = static_cast<uint8_t>(i);
  return b;
}

Bytes operator+(const Bytes& a, const Bytes& b) {
  Bytes sum = a;
  append(sum, b);
  return sum;
}

uint16_t checksum(View b) {
  uint64_t sum = 0;
  for (size_t i = 0; i < b.size(); i++) sum += i & 1 ? b[i] : b[i] << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

Bytes udp(uint16_t sport, uint16_t dport, const Bytes& data, uint16_t check) {
  Bytes b;
  put16(b, sport);
  put16(b, dport);
  put16(b, static_cast<uint16_t>(8 + data.size()));
  put16(b, check);
  return b + data;
}

Bytes udp_lite(uint16_t sport, uint16_t dport, const Bytes& data, uint16_t coverage) {
  Bytes b = udp(sport, dport, data);
  set16(b, 4, coverage);
  return b;
}

Bytes tcp(const Tcp& h, const Bytes& data) {
  Bytes options = h.options;
  options.resize((options.size() + 3) / 4 * 4);
  Bytes b;
  put16(b, h.sport);
  put16(b, h.dport);
  put32(b, h.seq);
  put32(b, h.ack);
  b.push_back(static_cast<uint8_t>((5 + options.size() / 4) << 4));
  b.push_back(h.flags);
  put16(b, h.window);
  put32(b, 0);
  return b + options + data;
}

Bytes icmp(uint8_t type, uint8_t code, uint32_t rest, const Bytes& data) {
  Bytes b = {type, code, 0, 0};
  put32(b, rest);
  return b + data;
}

Bytes echo(uint8_t type, uint16_t id, uint16_t seq, const Bytes& data) {
  return icmp(type, 0, static_cast<uint32_t>(id) << 16 | seq, data);
}

Bytes ip4(const Ip4& h, uint8_t proto, const Bytes& payload) {
  Bytes options = h.options;
  options.resize((options.size() + 3) / 4 * 4);
  const size_t header = 20 + options.size();
  Bytes b = {static_cast<uint8_t>(0x40 | header / 4), h.tos};
  put16(b, h.tot_len.value_or(static_cast<uint16_t>(header + payload.size())));
  put16(b, h.id);
  put16(b, static_cast<uint16_t>(h.df << 14 | h.mf << 13 | h.offset));
  b.push_back(h.ttl);
  b.push_back(proto);
  put16(b, 0);
  put_addr(b, AF_INET, h.src);
  put_addr(b, AF_INET, h.dst);
  append(b, options);
  set16(b, 10, checksum(b));
  append(b, payload);
  if (h.fill && !h.tot_len) fill_unless_fragment(b);
  return b;
}

Ext options(uint8_t type, size_t octets) {
  Ext e{type, Bytes(octets)};
  e.data[1] = static_cast<uint8_t>(octets / 8 - 1);
  // PadN takes at most 255; more of them for longer headers.
  for (size_t at = 2; at < octets;) {
    const size_t n = std::min<size_t>(octets - at, 256);
    if (n == 1) break;
    e.data[at] = 1;
    e.data[at + 1] = static_cast<uint8_t>(n - 2);
    at += n;
  }
  return e;
}

Ext routing(uint8_t segments_left, uint8_t type, size_t octets) {
  Ext e{kRouting, Bytes(octets)};
  e.data[1] = static_cast<uint8_t>(octets / 8 - 1);
  e.data[2] = type;
  e.data[3] = segments_left;
  return e;
}

Ext fragment(uint16_t offset, bool more, uint32_t id) {
  Ext e{kFragment, {0, 0}};
  put16(e.data, static_cast<uint16_t>(offset << 3 | more));
  put32(e.data, id);
  return e;
}

Ext auth(size_t octets) {
  Ext e{kAuth, Bytes(octets)};
  e.data[1] = static_cast<uint8_t>(octets / 4 - 2);
  return e;
}

Bytes ip6(const Ip6& h, uint8_t next, const Bytes& payload) {
  Bytes chain;
  for (size_t i = 0; i < h.ext.size(); i++) {
    Bytes e = h.ext[i].data;
    e.at(0) = i + 1 < h.ext.size() ? h.ext[i + 1].type : next;
    append(chain, e);
  }
  Bytes b;
  put32(b, 6u << 28 | static_cast<uint32_t>(h.tc) << 20 | h.flow);
  put16(b, h.payload_len.value_or(static_cast<uint16_t>(chain.size() + payload.size())));
  b.push_back(h.ext.empty() ? next : h.ext[0].type);
  b.push_back(h.hop_limit);
  put_addr(b, AF_INET6, h.src);
  put_addr(b, AF_INET6, h.dst);
  append(b, chain);
  append(b, payload);
  if (h.fill && !h.payload_len) fill_unless_fragment(b);
  return b;
}

std::optional<Upper> upper(View p) {
  if (p.empty()) return {};
  if (p[0] >> 4 == 4) {
    const size_t header = (p[0] & 15) * 4u;
    if (p.size() < 20 || header < 20 || p.size() < header) return {};
    const uint16_t frag = get16(p, 6);
    return Upper{header, p[9], (frag & 0x3fff) != 0, (frag & 0x1fff) != 0};
  }
  if (p.size() < 40) return {};
  Upper u{40, p[6], false, false};
  for (;;) {
    size_t octets;
    switch (u.proto) {
      case kHopByHop:
      case kRouting:
      case kDestOpts:
        if (u.offset + 8 > p.size()) return {};
        octets = (p[u.offset + 1] + 1u) * 8;
        break;
      case kFragment: {
        if (u.offset + 8 > p.size()) return {};
        const uint16_t frag = get16(p, u.offset + 2);
        u.fragment = u.fragment || (frag & 0xfff9) != 0;
        u.later_fragment = u.later_fragment || (frag & 0xfff8) != 0;
        octets = 8;
        break;
      }
      case kAuth:
        if (u.offset + 8 > p.size()) return {};
        octets = (p[u.offset + 1] + 2u) * 4;
        break;
      default:
        return u;
    }
    if (u.offset + octets > p.size()) return {};
    u.proto = p[u.offset];
    u.offset += octets;
    if (u.later_fragment) return u;
  }
}

void fill_checksum(Bytes& packet) {
  const auto u = upper(packet);
  if (!u || !checksum_at(u->proto)) return;
  const size_t at = u->offset + checksum_at(u->proto);
  if (at + 2 > packet.size()) return;
  set16(packet, at, 0);
  uint16_t sum = transport_sum(packet, *u);
  if (!sum && (u->proto == kUdp || u->proto == kUdpLite)) sum = 0xffff;
  set16(packet, at, sum);
}

bool checksums_ok(View p, bool udp6_zero_ok) {
  const auto u = upper(p);
  if (!u) return false;
  const bool is6 = p[0] >> 4 == 6;
  if (is6) {
    if (40u + get16(p, 4) != p.size()) return false;
  } else {
    if (get16(p, 2) != p.size()) return false;
    if (checksum(p.first((p[0] & 15) * 4u))) return false;
  }
  if (u->fragment || !checksum_at(u->proto)) return true;
  const size_t at = u->offset + checksum_at(u->proto);
  if (at + 2 > p.size()) return false;
  if (u->proto == kUdp && get16(p, u->offset + 4) != p.size() - u->offset) return false;
  if (u->proto == kUdp && get16(p, at) == 0) return !is6 || udp6_zero_ok;
  if (u->proto == kUdpLite && get16(p, at) == 0) return false;
  return transport_sum(p, *u) == 0;
}

Bytes quoted(View p) {
  const auto u = upper(p);
  if (!u || u->offset + 8 > p.size()) return {};
  const View q = p.subspan(u->offset + 8);
  return Bytes(q.begin(), q.end());
}

std::vector<Bytes> fragments4(const Bytes& packet, size_t mtu) {
  const size_t header = (packet.at(0) & 15) * 4u;
  const size_t step = (mtu - header) / 8 * 8;
  const uint16_t frag = get16(packet, 6);
  std::vector<Bytes> out;

  for (size_t at = header; at < packet.size(); at += step) {
    const size_t n = std::min(step, packet.size() - at);
    const bool more = at + n < packet.size() || (frag & 0x2000);
    Bytes b(packet.begin(), packet.begin() + static_cast<ptrdiff_t>(header));
    set16(b, 2, static_cast<uint16_t>(header + n));
    set16(b, 6, static_cast<uint16_t>((frag & 0xdfff) + (at - header) / 8) |
                    static_cast<uint16_t>(more << 13));
    set16(b, 10, 0);
    set16(b, 10, checksum(b));
    append(b, View(packet).subspan(at, n));
    out.push_back(b);
  }
  return out;
}

std::vector<Bytes> fragments6(const Bytes& packet, size_t mtu, uint32_t id) {
  const auto u = upper(packet);
  const size_t step = (mtu - 48) / 8 * 8;
  std::vector<Bytes> out;

  // Whatever extension headers there are go into the fragmentable part.
  if (!u) return out;
  for (size_t at = 40; at < packet.size(); at += step) {
    const size_t n = std::min(step, packet.size() - at);
    Bytes b(packet.begin(), packet.begin() + 40);
    Ext e = fragment(static_cast<uint16_t>((at - 40) / 8), at + n < packet.size(), id);
    e.data[0] = packet[6];
    b[6] = kFragment;
    set16(b, 4, static_cast<uint16_t>(8 + n));
    append(b, e.data);
    append(b, View(packet).subspan(at, n));
    out.push_back(b);
  }
  return out;
}

Bytes reassemble(std::vector<Bytes> fragments) {
  if (fragments.empty()) return {};
  const bool is6 = fragments[0].at(0) >> 4 == 6;
  const size_t header = is6 ? 48 : (fragments[0][0] & 15) * 4u;
  const auto field = [&](const Bytes& b) { return is6 ? get16(b, 42) : get16(b, 6); };
  const auto offset = [&](const Bytes& b) {
    return is6 ? field(b) & 0xfff8u : (field(b) & 0x1fffu) * 8;
  };
  const auto more = [&](const Bytes& b) { return (field(b) & (is6 ? 1 : 0x2000)) != 0; };

  for (const Bytes& b : fragments)
    if (b.size() < header || (is6 && b[6] != kFragment)) return {};
  std::sort(fragments.begin(), fragments.end(),
            [&](const Bytes& a, const Bytes& b) { return offset(a) < offset(b); });

  Bytes payload;
  for (size_t i = 0; i < fragments.size(); i++) {
    const Bytes& b = fragments[i];
    const bool last = i + 1 == fragments.size();
    if (offset(b) != payload.size() || more(b) == last) return {};
    append(payload, View(b).subspan(header));
  }

  Bytes out(fragments[0].begin(), fragments[0].begin() + static_cast<ptrdiff_t>(is6 ? 40 : header));
  if (is6) {
    out[6] = fragments[0][40];
    set16(out, 4, static_cast<uint16_t>(payload.size()));
  } else {
    set16(out, 2, static_cast<uint16_t>(header + payload.size()));
    set16(out, 6, get16(out, 6) & 0xc000);
    set16(out, 10, 0);
    set16(out, 10, checksum(out));
  }
  return out + payload;
}

}  // namespace pkt
