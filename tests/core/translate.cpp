// SPDX-License-Identifier: GPL-2.0
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "translate.h"

extern "C" bool test_maybe(const siit_cfg* cfg, const void* ip, const siit_row** row);  // maybe.c

namespace xlat {

namespace {

void require(bool ok, const char* what) {
  if (!ok) throw std::logic_error(what);
}

std::pair<std::string, int> cut_length(const std::string& text, int whole) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) return {text, whole};
  return {text.substr(0, slash), std::stoi(text.substr(slash + 1))};
}

void add(Bytes& b, View more) { b.insert(b.end(), more.begin(), more.end()); }

// kmod/apply.c, octet for octet; the Identification stays 0.
Bytes apply(const Bytes& in, u32 total, const siit_plan& plan) {
  require(plan.new_len <= sizeof(plan.hdr), "hdr overflows");
  require(plan.old_len <= total && total <= in.size(), "old_len beyond the packet");

  Bytes b(in.begin(), in.begin() + total);  // SE-02
  if (plan.flags & SIIT_PLAN_CSUM) {
    require(plan.csum_off + 2u <= total && plan.csum_off >= plan.old_len, "csum_off");
    memcpy(&b[plan.csum_off], &plan.csum, 2);
  }
  if (plan.flags & SIIT_PLAN_ECHO) {
    require(plan.flags & SIIT_PLAN_CSUM, "echo without checksum");
    b[plan.csum_off - 2u] = plan.echo_type;
  }
  Bytes out(plan.hdr, plan.hdr + plan.new_len);
  const View tail = View(b).subspan(plan.old_len);
  if (plan.flags & SIIT_PLAN_ERROR) {
    require(plan.keep <= tail.size(), "keep");
    require(plan.add_len <= sizeof(plan.add), "add_len");
    add(out, tail.first(plan.keep));
    out.insert(out.end(), plan.pad, 0);
    const size_t ext = out.size();
    if (plan.ext_len) {
      require(plan.ext_off >= plan.old_len + plan.keep && plan.ext_off + plan.ext_len <= total,
              "extension");
      add(out, View(b).subspan(plan.ext_off, plan.ext_len));
      if (plan.flags & SIIT_PLAN_EXT_CSUM) {
        require(plan.ext_len >= 4, "extension header");
        memcpy(&out[ext + 2], &plan.ext_csum, 2);
      }
    }
    add(out, View(plan.add, plan.add_len));
  } else {
    add(out, tail);
  }
  if (plan.flags & SIIT_PLAN_CSUM_FULL) {
    require(out[0] >> 4 == 6 && out.size() >= plan.new_len + 8u, "CSUM_FULL");
    const u16 length = pkt::get16(out, plan.new_len + 4u);
    require(length >= 8 && length <= out.size() - plan.new_len, "UDP length");
    Bytes sum(out.begin() + 8, out.begin() + 40);
    pkt::put32(sum, length);
    pkt::put32(sum, pkt::kUdp);
    pkt::set16(out, plan.new_len + 6u, 0);
    add(sum, View(out).subspan(plan.new_len, length));
    const u16 check = pkt::checksum(sum);
    pkt::set16(out, plan.new_len + 6u, check ? check : 0xffff);
  }
  return out;
}

struct Family {
  decltype(&siit_match46) match;
  decltype(&siit_match46_fib) fib;
  decltype(&siit_plan46) plan;
  u32 fixed;
};

constexpr Family kFamily46 = {siit_match46, siit_match46_fib, siit_plan46, 20};
constexpr Family kFamily64 = {siit_match64, siit_match64_fib, siit_plan64, 40};

// What the core was given, in a buffer that ends where it may not read on.
struct Window {
  std::unique_ptr<u8[]> data;
  siit_pkt pkt{};

  Window(const Bytes& in, u32 have, const How& how, const siit_answers* answers) {
    data.reset(new u8[have]);
    memcpy(data.get(), in.data(), have);
    pkt.data = data.get();
    pkt.have = have;
    pkt.len = static_cast<u32>(in.size());
    pkt.gso_size = how.gso_size;
    pkt.flags = how.flags;
    memset(&pkt.ans, 0xdb, sizeof(pkt.ans));
    pkt.ans.no_src6 = false;
    if (answers) {
      pkt.flags |= SIIT_PKT_ANSWERED;
      pkt.ans = *answers;
    }
  }
};

// kmod/decide.c. @poison: what is in structures that the core must fill in.
Result decide(const Family& f, const Box& box, const Bytes& in, const How& how, int poison) {
  const siit_answers answers = {
      .mtu_out = how.mtu_out,
      .mtu_back = how.mtu_back,
      .src4 = v4(how.src4),
      .src6 = v6(how.src6),
      .no_src6 = how.no_src6,
  };
  Result r{};
  u32 have = f.fixed;
  bool answered = false;

  require(in.size() >= f.fixed, "a header is the least there is");
  const auto finish = [&](siit_verdict verdict, siit_stat stat, u8 type, u8 code, u32 info) {
    require(stat < SIIT_STAT_COUNT, "no counter");
    r.verdict = verdict;
    r.stat = siit_stat_descs[stat].name;
    const u8 want = verdict == SIIT_LEAVE  ? SIIT_STAT_CLASS_LEFT
                    : verdict == SIIT_XLAT ? SIIT_STAT_CLASS_TRANSLATED
                    : verdict == SIIT_DROP ? SIIT_STAT_CLASS_DROPPED
                                           : SIIT_STAT_CLASS_REJECTED;
    require(siit_stat_descs[stat].class_ == want, "counter of another class");
    if (verdict == SIIT_REJECT) {
      r.type = type;
      r.code = code;
      r.info = info;
    }
    return r;
  };
  const auto grow = [&](u32 need) {
    require(need > have, "asks for what it has");
    require(need <= in.size(), "asks for more than there is");
    have = need;
  };

  for (;;) {
    const Window w(in, have, how, answered ? &answers : nullptr);
    siit_match m;
    siit_plan plan;

    memset(&m, poison, sizeof(m));
    memset(&plan, poison, sizeof(plan));
    f.match(box.cfg(), &w.pkt, &m);
    if (m.verdict == SIIT_NEED) {
      grow(m.need);
      continue;
    }
    if (m.fib) {
      f.fib(box.cfg(), &w.pkt, &m, &how.fib);
      require(!m.fib, "questions left");
    }
    if (m.verdict != SIIT_XLAT)
      return finish(m.verdict, m.stat, m.icmp_type, m.icmp_code, m.icmp_info);

    f.plan(box.cfg(), &w.pkt, &m, &plan);
    if (plan.verdict == SIIT_ASK) {
      require(!answered, "asks again");
      require(plan.ask_mtu || plan.ask_src, "asks nothing");
      r.asked = answered = true;
      r.asked_mtu = plan.ask_mtu;
      r.asked_src = plan.ask_src;
      r.ask4 = ::show(plan.ask4);
      r.ask6 = ::show(plan.ask6);
      continue;
    }
    if (plan.verdict == SIIT_NEED) {
      grow(plan.need);
      continue;
    }
    if (plan.verdict != SIIT_XLAT)
      return finish(plan.verdict, plan.stat, plan.icmp_type, plan.icmp_code, plan.icmp_info);
    // Kernel code pulls and writes only what is linear.
    require(plan.old_len <= have, "old_len beyond what is there");
    require(!(plan.flags & SIIT_PLAN_CSUM) || plan.csum_off + 2u <= have, "csum_off beyond what is there");
    require(!(plan.flags & SIIT_PLAN_CSUM_FULL) || plan.old_len + 8u <= have, "UDP header beyond what is there");
    require(!(plan.flags & SIIT_PLAN_ERROR) || have >= m.total, "error not linear");
    r.out = apply(in, m.total, plan);
    r.plan_flags = plan.flags;
    r.match = m;
    r.plan = plan;
    if (!how.gso_size) require(plan.size == r.out.size(), "plan.size is not the size");
    return finish(SIIT_XLAT, plan.stat, 0, 0, 0);
  }
}

bool same(const in6_addr& a, const in6_addr& b) { return !memcmp(&a, &b, sizeof(a)); }

// What the hook asks first, and the short way, say what the long way says.
bool check_short_way(const Family& f, const Box& box, const Bytes& in, u16 partial, u32 gso_size) {
  How how;
  how.flags = SIIT_PKT_RECEIVED | SIIT_PKT_CHECKED | partial;
  how.gso_size = gso_size;
  const Window w(in, static_cast<u32>(in.size()), how, nullptr);
  const siit_fib_answer fib = {.to_dev = true, .dst_native = false, .dst_own = false, .src_native = false};
  const siit_row* row;
  siit_match m, quick_m;
  siit_plan plan, quick;

  memset(&quick_m, 0xdb, sizeof(quick_m));
  memset(&quick, 0xdb, sizeof(quick));
  f.match(box.cfg(), &w.pkt, &m);
  if (!test_maybe(box.cfg(), w.pkt.data, &row)) {
    require(m.verdict == SIIT_LEAVE && m.stat == SIIT_STAT_NOT_OURS && !m.fib, "more than the first question says");
    return false;
  }
  const bool is6 = f.fixed == 40;
  if (is6 ? !siit_quick64(box.cfg(), &w.pkt, &quick_m, &quick) : !siit_quick46(box.cfg(), &w.pkt, row, &quick_m, &quick)) return false;
  require(m.verdict == SIIT_XLAT && m.fib == quick_m.fib && (!m.fib || m.dst_len == quick_m.dst_len), "short way: match");
  if (m.fib) f.fib(box.cfg(), &w.pkt, &m, &fib);
  require(m.verdict == SIIT_XLAT && quick_m.verdict == SIIT_XLAT, "short way: verdict");
  require(m.src_row == quick_m.src_row && m.dst_row == quick_m.dst_row && m.src_rule == quick_m.src_rule && m.dst_rule == quick_m.dst_rule, "short way: rows");
  require(m.proto == quick_m.proto && m.l4 == quick_m.l4 && m.frag == quick_m.frag && m.total == quick_m.total && m.frag_off == quick_m.frag_off &&
              m.mf == quick_m.mf && m.icmp_error == quick_m.icmp_error, "short way: layout");
  require(m.src4 == quick_m.src4 && m.dst4 == quick_m.dst4 && same(m.src6, quick_m.src6) && same(m.dst6, quick_m.dst6), "short way: addresses");
  f.plan(box.cfg(), &w.pkt, &m, &plan);
  require(plan.verdict == SIIT_XLAT && quick.verdict == SIIT_XLAT && plan.stat == quick.stat, "short way: plan");
  require(plan.flags == quick.flags && plan.old_len == quick.old_len && plan.new_len == quick.new_len && plan.csum_off == quick.csum_off &&
              plan.csum == quick.csum && plan.proto == quick.proto && plan.size == quick.size, "short way: numbers");
  if (!is6) require(plan.ip_id == quick.ip_id && plan.frag_off == quick.frag_off && plan.mf == quick.mf, "short way: fragments");
  require(!memcmp(plan.hdr, quick.hdr, plan.new_len), "short way: header");
  return true;
}

Result run(const Family& f, const Box& box, const Bytes& in, const How& how) {
  if (in.size() >= f.fixed) {
    check_short_way(f, box, in, 0, 0);
    check_short_way(f, box, in, SIIT_PKT_PARTIAL, 0);
    check_short_way(f, box, in, SIIT_PKT_PARTIAL, 1400);
  }
  const Result r = decide(f, box, in, how, 0xa5);
  // SE-08: nothing may depend on what nobody wrote.
  const Result again = decide(f, box, in, how, 0);

  require(show(r) == show(again), "depends on memory that nobody wrote");
  return r;
}

}  // namespace

Box::Box(u8 role, const std::string& prefix) : table_(siit_eamt_create(1000, 0)) {
  cfg_.eamt = table_.get();
  cfg_.s.role = role;
  cfg_.s.explicit_ = 1ULL << SIIT_SET_A_ROLE;
  siit_settings_defaults(&cfg_.s);
  set([&](siit_settings& s) {
    if (prefix.empty()) return;
    const auto [addr, len] = cut_length(prefix, 96);
    s.prefix.addr = v6(addr);
    s.prefix.len = static_cast<u8>(len);
    require(siit_prefix6_check(&s.prefix.addr, s.prefix.len) == SIIT_ADDR_OK, "prefix");
  });
}

Box& Box::row(const std::string& prefix4, const std::string& prefix6, bool local) {
  const auto [addr4, len4] = cut_length(prefix4, 32);
  const auto [addr6, len6] = cut_length(prefix6, 128);
  const siit_row r = make_row(addr4, len4, addr6, len6, local);
  const siit_eam_error err = siit_eamt_add(table_.get(), &r);
  if (err != SIIT_EAM_OK) throw std::invalid_argument(siit_eam_strerror(err));
  return *this;
}

Box& Box::set(const std::function<void(siit_settings&)>& change) {
  int attr;

  change(cfg_.s);
  if (const char* why = siit_settings_finish(&cfg_.s, &attr)) throw std::invalid_argument(why);
  return *this;
}

Box standard(u8 role) {
  Box box(role);
  box.row("192.0.2.1", "2001:db8:12:34::1", role == SIIT_ROLE_ER);
  return box;
}

siit_prefix4 prefix4(const std::string& text) {
  const auto [addr, len] = cut_length(text, 32);
  siit_prefix4 p{};
  p.addr = v4(addr);
  p.len = static_cast<u8>(len);
  return p;
}

void add_prefix(siit_prefixes4& list, const std::string& text) {
  list.p[list.count++] = prefix4(text);
}

Result translate46(const Box& box, const Bytes& in, const How& how) {
  return run(kFamily46, box, in, how);
}

Result translate64(const Box& box, const Bytes& in, const How& how) {
  Result first = run(kFamily64, box, in, how);
  if (first.verdict != SIIT_XLAT || !(first.plan_flags & SIIT_PLAN_HAIRPIN) || !how.hairpin)
    return first;
  How back = how;
  back.flags = SIIT_PKT_HAIRPIN | SIIT_PKT_CHECKED;
  Result second = run(kFamily46, box, first.out, back);
  second.between = first.out;
  if (second.verdict == SIIT_XLAT) second.stat = siit_stat_descs[SIIT_STAT_HAIRPIN].name;
  return second;
}

bool takes_short_way(const Box& box, const Bytes& in, u32 gso_size) {
  return check_short_way(in.at(0) >> 4 == 6 ? kFamily64 : kFamily46, box, in, 0, gso_size);
}

Result translate(const Box& box, const Bytes& in, const How& how) {
  return in.at(0) >> 4 == 6 ? translate64(box, in, how) : translate46(box, in, how);
}

namespace {

std::string malformed_icmp(View p, size_t l4, bool is6) {
  const u8 type = p[l4];
  const bool error = is6 ? type < 128 : type == 3 || type == 11 || type == 12;
  if (!error) return "";
  if (p.size() > (is6 ? 1280u : 576u)) return "ICMP error too long (IE-10)";
  const View body = p.subspan(l4 + 8);
  const bool extensible = is6 ? type == 1 || type == 3 : true;
  if (is6 && !extensible) return "";
  const size_t quote = is6 ? p[l4 + 4] * 8u : p[l4 + 5] * 4u;
  if (!quote) return "";
  if (quote < 128) return "padded quote too short (IE-13)";
  if (quote >= body.size()) return "length attribute without extension (IE-11)";
  return "";
}

}  // namespace

std::string malformed(View p) {
  if (p.size() < 20) return "no header";
  if (p[0] >> 4 == 4) {
    if (p[0] != 0x45) return "IPv4 options";
    if (pkt::get16(p, 2) != p.size()) return "total length";
    if (pkt::checksum(p.first(20))) return "IPv4 header checksum";
    const u16 frag = pkt::get16(p, 6);
    if (frag & 0x8000) return "reserved flag";
    if ((frag & 0x4000) && (frag & 0x3fff)) return "DF on a fragment";
    if ((frag & 0x1fff) * 8u + p.size() > 65535) return "fragment beyond 65535";
    if (p[9] == pkt::kIcmp) {
      if (frag & 0x3fff) return "fragmented ICMP";
      if (p.size() < 28) return "ICMP header cut";
      if (p[20] != 0 && p[20] != 3 && p[20] != 8 && p[20] != 11 && p[20] != 12)
        return "ICMP type that has no IPv6 image";
      return malformed_icmp(p, 20, false);
    }
    return "";
  }
  if (p[0] >> 4 != 6 || p.size() < 40) return "version";
  if (pkt::get32(p, 0) & 0xfffff) return "flow label";
  if (40u + pkt::get16(p, 4) != p.size()) return "payload length";
  size_t l4 = 40;
  u8 proto = p[6];
  if (proto == pkt::kFragment) {
    if (p.size() < 48) return "fragment header cut";
    if (p[41] || (p[43] & 6)) return "reserved bits";
    if (p[44] || p[45]) return "identification above 16 bits";
    if ((pkt::get16(p, 42) & 0xfff9) && p[40] == pkt::kIcmp6) return "fragmented ICMPv6";
    proto = p[40];
    l4 = 48;
  }
  if (proto == pkt::kIcmp6) {
    if (p.size() < l4 + 8) return "ICMPv6 header cut";
    const u8 type = p[l4];
    if (type < 1 || (type > 4 && type != 128 && type != 129)) return "ICMPv6 type";
    return malformed_icmp(p, l4, true);
  }
  return "";
}

std::string translated(const Bytes& out) { return "translated " + pkt::to_hex(out); }
std::string left(const std::string& stat) { return stat; }
std::string dropped(const std::string& stat) { return stat; }
std::string rejected(const std::string& stat, int type, int code, u32 info) {
  return stat + " with " + std::to_string(type) + "/" + std::to_string(code) + " info " +
         std::to_string(info);
}

std::string show(const Result& r) {
  switch (r.verdict) {
    case SIIT_XLAT:
      return translated(r.out);
    case SIIT_REJECT:
      return rejected(r.stat, r.type, r.code, r.info);
    case SIIT_LEAVE:
    case SIIT_DROP:
      return r.stat;
    default:
      return "verdict " + std::to_string(r.verdict);
  }
}

}  // namespace xlat
