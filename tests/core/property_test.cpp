// SPDX-License-Identifier: GPL-2.0
// What holds for every packet: nothing is read that is not there, what comes
// out is well formed, there and back is the same but for what the RFC loses.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "translate.h"

namespace {

using namespace pkt;
using namespace xlat;

constexpr unsigned kSeed = 7915;

struct Random {
  std::mt19937 rng{kSeed};

  uint32_t below(uint32_t n) { return rng() % n; }
  bool once_in(uint32_t n) { return below(n) == 0; }
  Bytes octets(size_t n) {
    Bytes b(n);
    // Zeros and ones are where one's complement has its corners.
    const uint32_t kind = below(4);
    for (auto& o : b) o = static_cast<uint8_t>(kind == 0 ? 0 : kind == 1 ? 0xff : rng());
    return b;
  }
};

How undecremented() {
  How how;
  how.flags = SIIT_PKT_RECEIVED;
  return how;
}

struct Payload {
  uint8_t proto4, proto6;
  Bytes l4, l6;  // the same but for the ICMP type
};

Payload random_payload(Random& r, size_t most) {
  const Bytes data = r.octets(r.below(static_cast<uint32_t>(most)));
  const auto port = [&] { return static_cast<uint16_t>(r.rng()); };
  const auto same = [](uint8_t proto, Bytes b) { return Payload{proto, proto, b, b}; };
  switch (r.below(9)) {
    case 0: return same(kTcp, tcp({.sport = port(), .seq = static_cast<uint32_t>(r.rng()), .options = r.octets(r.below(3) * 4)}, data));
    case 1: return same(kUdp, udp(port(), port(), data));
    case 2: return same(kUdpLite, udp_lite(port(), port(), data, r.once_in(2) ? 8 : 0));
    case 3: return same(kDccp, r.octets(12) + data);
    case 4: return same(kSctp, r.octets(12) + data);
    case 5: return same(kEsp, data);
    case 6: return same(47, data);
    default: {
      const bool reply = r.once_in(2);
      const uint16_t id = r.once_in(4) ? 0 : port(), seq = r.once_in(4) ? 0 : port();
      return {kIcmp, kIcmp6, echo(reply ? 0 : 8, id, seq, data), echo(reply ? 129 : 128, id, seq, data)};
    }
  }
}

// Checksums that say the same need not be the same octets: 0000 and ffff.
bool same_but_zero(const Bytes& a, const Bytes& b) {
  if (a == b) return true;
  if (a.size() != b.size() || !checksums_ok(a) || !checksums_ok(b)) return false;
  size_t differ = 0;
  for (size_t i = 0; i < a.size(); i++) {
    if (a[i] == b[i]) continue;
    if ((a[i] ^ b[i]) != 0xff) return false;
    differ++;
  }
  return differ == 2;
}

Box two() {
  Box box(SIIT_ROLE_SIIT);
  box.row("192.0.2.1", "2001:db8:12:34::1").row("192.0.2.64/28", "2001:db8:77::/124").row("198.51.100.0/24", "2001:db8:88::/120");
  return box;
}

std::string random4(Random& r) {
  switch (r.below(4)) {
    case 0: return "192.0.2.1";
    case 1: return "192.0.2." + std::to_string(64 + r.below(16));
    case 2: return "198.51.100." + std::to_string(r.below(256));
    default: return std::to_string(11 + r.below(100)) + "." + std::to_string(r.below(256)) + "." + std::to_string(r.below(256)) + "." + std::to_string(r.below(256));
  }
}

std::string image6(const Box& box, const std::string& addr) {
  in6_addr out;
  const siit_image image = siit_map46(box.cfg(), v4(addr), true, &out);
  if (image.rule == SIIT_RULE_NONE) throw std::logic_error("unmapped");
  return ::show(out);
}

// SE-08, SE-13, 4->6->4, each twice, with different octets in memory before: except options, Identification and DF without fragment.
TEST(Property, There46AndBack) {
  const Box box = two();
  Random r;
  for (int round = 0; round < 6000; round++) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(round));
    const Payload p = random_payload(r, 1500);
    Ip4 h{.src = random4(r), .dst = random4(r), .tos = static_cast<uint8_t>(r.rng()), .id = static_cast<uint16_t>(r.rng()), .ttl = static_cast<uint8_t>(r.rng())};
    if (r.once_in(3)) h.options = Bytes(r.below(11) * 4, 1);
    h.df = r.once_in(2);
    const Bytes whole = ip4(h, p.proto4, p.l4);
    const bool cut = p.proto4 != kIcmp && !h.df && whole.size() > 200 && r.once_in(2);
    std::vector<Bytes> parts = {whole};
    if (cut) parts = fragments4(whole, 68 + h.options.size() + 8 * r.below(150));
    for (const Bytes& in : parts) {
      Result there = translate(box, in, undecremented());
      if (there.verdict != SIIT_XLAT) {
        // FR-10
        ASSERT_EQ(there.stat, "drop_bad_fragment");
        ASSERT_TRUE(cut);
        continue;
      }
      ASSERT_EQ(malformed(there.out), "");
      ASSERT_TRUE(checksums_ok(there.out)) << to_hex(in) << "\n" << to_hex(there.out);
      const Result back = translate64(box, there.out, [] { How h2 = undecremented(); h2.hairpin = false; return h2; }());
      ASSERT_EQ(back.verdict, SIIT_XLAT) << xlat::show(back);
      ASSERT_EQ(malformed(back.out), "");

      const size_t header = (in[0] & 15) * 4u;
      Bytes want(in.begin(), in.begin() + 20);
      want.insert(want.end(), in.begin() + static_cast<ptrdiff_t>(header), in.end());
      want[0] = 0x45;
      set16(want, 2, static_cast<uint16_t>(want.size()));
      if (get16(in, 6) & 0x3fff) {
        set16(want, 6, get16(in, 6) & 0x3fff);
      } else {
        set16(want, 4, 0);
        set16(want, 6, want.size() > 1260 ? 0x4000 : 0);
      }
      set16(want, 10, 0);
      set16(want, 10, checksum(View(want).first(20)));
      ASSERT_TRUE(same_but_zero(back.out, want)) << to_hex(back.out) << "\n" << to_hex(want);
    }
  }
}

// SE-13, 6->4->6: except extension headers, flow label, high half of the
// Identification, Fragment Headers of what is no fragment.
TEST(Property, There64AndBack) {
  const Box box = two();
  Random r;
  How once = undecremented();
  once.hairpin = false;
  for (int round = 0; round < 6000; round++) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(round));
    const Payload p = random_payload(r, 1500);
    const std::string src4 = random4(r), dst4 = random4(r);
    Ip6 h{.src = image6(box, src4), .dst = image6(box, dst4), .tc = static_cast<uint8_t>(r.rng()), .flow = r.below(1 << 20), .hop_limit = static_cast<uint8_t>(r.rng())};
    if (r.once_in(4)) h.ext.push_back(options(kHopByHop, 8 + 8 * r.below(4)));
    for (uint32_t n = r.below(4); n; n--) h.ext.push_back(r.once_in(2) ? options(kDestOpts, 8 + 8 * r.below(9)) : routing(0, static_cast<uint8_t>(r.rng())));
    Bytes l6 = p.l6;
    bool fragmented = false;
    uint16_t offset = 0;
    bool more = false;
    uint32_t id = r.rng();
    if (r.once_in(3)) {
      if (p.proto6 != kIcmp6 && l6.size() >= 32 && r.once_in(2)) {
        // Its beginning or its end; the checksum is that of the whole.
        Bytes packet = ip6({.src = h.src, .dst = h.dst}, p.proto6, l6);
        const size_t at = r.below(static_cast<uint32_t>(l6.size() - 24)) / 8 * 8;
        fragmented = true;
        if (r.once_in(2) || at < 24) {
          more = true;
          l6.assign(packet.begin() + 40, packet.begin() + 40 + 24);
        } else {
          offset = static_cast<uint16_t>(at / 8);
          l6.assign(packet.begin() + 40 + static_cast<ptrdiff_t>(at), packet.end());
        }
      }
      h.ext.push_back(fragment(offset, more, id));
    }
    const Bytes in = ip6(h, p.proto6, l6);
    const Result there = translate(box, in, once);
    ASSERT_EQ(there.verdict, SIIT_XLAT) << xlat::show(there) << to_hex(in);
    ASSERT_EQ(malformed(there.out), "");
    ASSERT_TRUE(checksums_ok(there.out)) << to_hex(in) << "\n" << to_hex(there.out);
    const Result back = translate(box, there.out, once);
    ASSERT_EQ(back.verdict, SIIT_XLAT) << xlat::show(back);
    ASSERT_EQ(malformed(back.out), "");

    Ip6 want{.src = h.src, .dst = h.dst, .tc = h.tc, .hop_limit = h.hop_limit};
    if (fragmented) want.ext = {fragment(offset, more, id & 0xffff)};
    ASSERT_TRUE(same_but_zero(back.out, ip6(want, p.proto6, l6))) << to_hex(back.out) << "\n" << to_hex(in);
  }
}

// SE-13, ICMP errors there and back: the quote is the beginning of the same
// packet, extensions are what they were.
TEST(Property, Errors46AndBack) {
  const Box box = two();
  Random r;
  How once = undecremented();
  once.hairpin = false;
  const std::pair<uint8_t, uint8_t> kinds[] = {{3, 1}, {3, 3}, {3, 10}, {11, 0}, {11, 1}};
  for (int round = 0; round < 6000; round++) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(round));
    const Payload p = random_payload(r, 700);
    const std::string receiver = random4(r), other = random4(r);
    Bytes quote = ip4({.src = receiver, .dst = other, .tos = static_cast<uint8_t>(r.rng()), .ttl = static_cast<uint8_t>(r.rng())}, p.proto4, p.l4);
    const size_t whole = quote.size();
    quote.resize(std::min<size_t>(whole, 28 + r.below(300)));
    if (quote.size() < 28) continue;  // ESP and GRE may be that short
    Bytes ext;
    uint32_t rest = 0;
    if (r.once_in(2)) {
      quote.resize(std::max<size_t>(128, (quote.size() + 3) / 4 * 4));
      ext = r.octets(4 + 4 * r.below(20));
      rest = static_cast<uint32_t>(quote.size() / 4) << 16;
    }
    const auto [type, code] = kinds[r.below(5)];
    const Bytes in = ip4({.src = random4(r), .dst = receiver, .ttl = static_cast<uint8_t>(r.rng())}, kIcmp, icmp(type, code, rest, quote + ext));
    if (in.size() > 500) continue;
    const Result there = translate(box, in, once);
    ASSERT_EQ(there.verdict, SIIT_XLAT) << xlat::show(there);
    ASSERT_EQ(malformed(there.out), "");
    ASSERT_TRUE(checksums_ok(there.out)) << to_hex(in) << "\n" << to_hex(there.out);
    // A whole quote has whole checksums.
    Bytes inner = quoted(there.out);
    if (quote.size() >= whole && ext.empty() && p.proto4 != kEsp) {
      ASSERT_TRUE(checksums_ok(inner)) << to_hex(inner);
    }
    const Result back = translate64(box, there.out, once);
    ASSERT_EQ(back.verdict, SIIT_XLAT) << xlat::show(back);
    ASSERT_EQ(malformed(back.out), "");
    ASSERT_TRUE(checksums_ok(back.out));
    ASSERT_EQ(back.out[20], type);
    ASSERT_EQ(back.out[21], code);
    inner = quoted(back.out);
    // Padding of the way may have grown it; the extension is at the end.
    ASSERT_GE(inner.size(), quote.size() + ext.size());
    ASSERT_TRUE(std::equal(ext.rbegin(), ext.rend(), inner.rbegin()));
    ASSERT_EQ(to_hex(View(inner).subspan(12, 8)), to_hex(View(quote).subspan(12, 8)));
    ASSERT_EQ(get16(inner, 2), whole);
    const size_t check = p.proto4 == kTcp ? 16 : p.proto4 == kIcmp ? 2 : 6;  // 0000 may be ffff now
    for (size_t i = 20; i < std::min(quote.size(), whole); i++) {
      if (i - 20 == check || i - 21 == check) continue;
      ASSERT_EQ(inner[i], quote[i]) << i;
    }
  }
}

// Of every kind of packet one.
std::vector<std::pair<const char*, Bytes>> samples() {
  const std::string c6 = "2001:db8:46::cb00:7132", s6 = "2001:db8:12:34::1";
  const Bytes q4 = ip4({.src = "192.0.2.1", .dst = "203.0.113.50", .options = Bytes(8, 1)}, kTcp, tcp({}, pattern(60)));
  const Bytes q6 = ip6({.src = c6, .dst = s6, .ext = {options(kHopByHop), routing(0), fragment(0, true, 1)}}, kTcp, tcp({}, pattern(60)));
  Bytes ext = {0x20, 0, 0, 0, 0, 8, 1, 1, 9, 9, 9, 9};
  set16(ext, 2, checksum(ext));
  const auto grown = [](Bytes b, size_t n) {
    b.resize(n);
    return b;
  };
  return {
      {"UDP", ip4({}, kUdp, udp(1, 2, pattern(20)))},
      {"UDP without checksum", ip4({.fill = false}, kUdp, udp(1, 2, pattern(20)))},
      {"TCP, options", ip4({.options = from_hex("44080500000000000101830708c000026300")}, kTcp, tcp({}, pattern(20)))},
      {"source route", ip4({.options = from_hex("830704c000026300")}, kTcp, tcp({}, pattern(20)))},
      {"DCCP", ip4({}, kDccp, pattern(30))},
      {"UDP-Lite", ip4({}, kUdpLite, udp_lite(1, 2, pattern(9)))},
      {"SCTP", ip4({}, kSctp, pattern(20))},
      {"echo", ip4({}, kIcmp, echo(8, 1, 2, pattern(20)))},
      {"first fragment", ip4({.mf = true}, kTcp, tcp({}, pattern(20)))},
      {"later fragment", ip4({.mf = true, .offset = 9}, kTcp, pattern(40))},
      {"error", ip4({}, kIcmp, icmp(3, 4, 1400, q4))},
      {"parameter problem", ip4({.options = Bytes(4, 1)}, kIcmp, icmp(12, 0, 0x08000000, q4))},
      {"error with extension", ip4({}, kIcmp, icmp(11, 0, 40u << 16, grown(q4, 160) + ext))},
      {"UDP", ip6({}, kUdp, udp(1, 2, pattern(20)))},
      {"TCP behind headers", ip6({.ext = {options(kHopByHop), options(kDestOpts, 24), routing(0)}}, kTcp, tcp({}, pattern(20)))},
      {"segments left", ip6({.ext = {options(kHopByHop), routing(2)}}, kTcp, tcp({}, pattern(20)))},
      {"atomic fragment", ip6({.ext = {fragment(0, false, 5)}}, kUdp, udp(1, 2, pattern(20)))},
      {"first fragment", ip6({.ext = {options(kDestOpts), fragment(0, true, 5)}}, kUdp, udp(1, 2, pattern(24)))},
      {"later fragment", ip6({.ext = {fragment(8, true, 5)}}, kUdp, pattern(24))},
      {"extension behind fragment", ip6({.ext = {fragment(0, true, 5), options(kDestOpts)}}, kUdp, pattern(24))},
      {"echo", ip6({}, kIcmp6, echo(128, 1, 2, pattern(20)))},
      {"error", ip6({}, kIcmp6, icmp(2, 0, 1400, q6))},
      {"error from a router", ip6({.src = "2001:db8:9::9", .ext = {options(kHopByHop)}}, kIcmp6, icmp(3, 0, 0, q6))},
      {"error with extension", ip6({}, kIcmp6, icmp(1, 4, 20u << 24, grown(q6, 160) + ext))},
      {"error with extension from a router", ip6({.src = "2001:db8:9::9"}, kIcmp6, icmp(1, 4, 20u << 24, grown(q6, 160) + ext))},
      {"no next header", ip6({}, kNoNext, {})},
  };
}

std::vector<Box> boxes() {
  std::vector<Box> all;
  for (const u8 role : {SIIT_ROLE_SIIT, SIIT_ROLE_BR, SIIT_ROLE_ER}) {
    all.push_back(standard(role));
    all.push_back(standard(role));
    all.back().set([](auto& s) {
      s.icmp_origin_ext = true;
      s.atomic_fragments = true;
      s.proto_guard = false;
      s.antispoof46 = s.antispoof64 = s.er_ingress_filter = s.er_self_source = false;
      s.udp_zero = SIIT_UDP_ZERO_FORWARD;
      s.ptb_min_clamp = false;
      s.df_mode = SIIT_DF_RFC6145;
    });
  }
  return all;
}

std::vector<How> hows() {
  How hook, dev, unparsed;
  dev.flags = SIIT_PKT_XMIT | SIIT_PKT_CHECKED | SIIT_PKT_REASSEMBLED;
  unparsed.flags = SIIT_PKT_RECEIVED | SIIT_PKT_CHECKED;
  unparsed.fib = {.to_dev = false, .dst_native = true, .dst_own = true, .src_native = true};
  return {hook, dev, unparsed};
}

void check_sane(const Box& box, const Bytes& in, const How& how) {
  const Result r = translate(box, in, how);
  if (r.verdict != SIIT_XLAT) return;
  // What proto-guard lets through when off may look like anything.
  if (box.cfg()->s.proto_guard) {
    ASSERT_EQ(malformed(r.out), "") << to_hex(in) << "\n" << to_hex(r.out);
  }
}

// SE-04..SE-07: a packet that ends early. First its header does not know.
TEST(Property, PacketsCutAtEveryOctet) {
  const std::vector<Box> all = boxes();
  for (const auto& [name, in] : samples()) {
    SCOPED_TRACE(name);
    const size_t fixed = in[0] >> 4 == 6 ? 40 : 20;
    for (size_t n = fixed; n < in.size(); n++) {
      Bytes b(in.begin(), in.begin() + static_cast<ptrdiff_t>(n));
      for (const Box& box : all)
        for (const How& how : hows()) ASSERT_NE(translate(box, b, how).verdict, SIIT_XLAT) << n;
      // Then it does.
      if (fixed == 40) {
        set16(b, 4, static_cast<uint16_t>(n - 40));
      } else {
        set16(b, 2, static_cast<uint16_t>(n));
        set16(b, 10, 0);
        const size_t header = std::min<size_t>(n, (b[0] & 15) * 4u);
        set16(b, 10, checksum(View(b).first(header)));
      }
      for (const Box& box : all)
        for (const How& how : hows()) ASSERT_NO_FATAL_FAILURE(check_sane(box, b, how)) << n;
    }
  }
}

// SE-12 in small: every octet of every sample takes interesting values.
TEST(Property, EveryOctetChanged) {
  const std::vector<Box> all = boxes();
  const std::vector<How> ways = hows();
  for (const auto& [name, in] : samples()) {
    SCOPED_TRACE(name);
    for (size_t at = 0; at < in.size(); at++)
      for (const int value : {0, 1, 2, 5, 6, 43, 44, 58, 60, 127, 128, 254, 255, in[at] ^ 1, in[at] ^ 0x80}) {
        Bytes b = in;
        b[at] = static_cast<uint8_t>(value);
        if (b[0] >> 4 != in[0] >> 4) continue;
        const Box& box = all[(at + static_cast<size_t>(value)) % all.size()];
        const How& how = ways[(at / 3) % ways.size()];
        ASSERT_NO_FATAL_FAILURE(check_sane(box, b, how)) << at << " " << value;
      }
  }
}

TEST(Property, RandomMutations) {
  const std::vector<Box> all = boxes();
  const std::vector<How> ways = hows();
  const auto pool = samples();
  Random r;
  for (int round = 0; round < 40000; round++) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(round));
    Bytes b = pool[r.below(static_cast<uint32_t>(pool.size()))].second;
    const uint8_t version = b[0] >> 4;
    for (uint32_t n = 1 + r.below(6); n; n--) b[r.below(static_cast<uint32_t>(b.size()))] = static_cast<uint8_t>(r.rng());
    b[0] = static_cast<uint8_t>(version << 4 | (b[0] & 15));
    if (version == 4 && r.below(4)) {
      const size_t header = (b[0] & 15) * 4u;
      if (header >= 20 && header <= b.size()) {
        set16(b, 10, 0);
        set16(b, 10, checksum(View(b).first(header)));
      }
    }
    ASSERT_NO_FATAL_FAILURE(check_sane(all[r.below(6)], b, ways[r.below(3)]));
  }
}

}  // namespace
