// SPDX-License-Identifier: GPL-2.0
// libFuzzer: settings in the first octets, then a packet. What comes out is
// well formed, and if the input's checksums were right, so are the output's.
#include <cstdio>
#include <cstdlib>

#include "translate.h"

namespace {

using namespace xlat;

constexpr size_t kSettings = 8;

Box make_box(const u8* o) {
  Box box(static_cast<u8>(SIIT_ROLE_SIIT + o[0] % 3), o[1] & 1 ? "2001:db8:46::/96" : o[1] & 2 ? "2001:db8:100::/40" : o[1] & 4 ? "64:ff9b::/96" : "");
  const bool local = o[1] & 8;
  box.row("192.0.2.1", "2001:db8:12:34::1", local).row("192.0.2.64/26", "2001:db8:77::/64").row("198.51.100.0/24", "2001:db8:46::c633:6400/120", !local);
  if (o[1] & 16) box.row("0.0.0.0/0", "2001:db8:ff00::/40");
  box.set([&](siit_settings& s) {
    s.hairpin = o[2] & 1 ? SIIT_HAIRPIN_INTRINSIC : SIIT_HAIRPIN_OFF;
    s.wkp_strict = o[2] & 2;
    s.ptb_min_clamp = o[2] & 4;
    s.icmp_origin_ext = o[2] & 8;
    s.atomic_fragments = o[2] & 16;
    s.eam_strict_suffix = o[2] & 32;
    s.native_more_specific = o[2] & 64;
    s.tos_zero = o[2] & 128;
    s.antispoof64 = (o[3] & 1) && s.role != SIIT_ROLE_ER;
    s.antispoof46 = o[3] & 2;
    s.er_ingress_filter = o[3] & 4;
    s.er_self_source = o[3] & 8;
    s.max_exthdrs = o[3] & 16 ? 32 : 8;
    s.icmp_illegal_src = o[3] & 32 ? SIIT_ICMP_ILLEGAL_DROP : SIIT_ICMP_ILLEGAL_TRANSLATE;
    if (o[3] & 64) add_prefix(s.denylist4, "192.0.2.96/27");
    if (o[3] & 128) s.plateaus_count = 0;
    s.udp_zero = static_cast<u8>(SIIT_UDP_ZERO_COMPUTE + o[4] % 3);
    s.udp6_zero = static_cast<u8>(SIIT_UDP6_ZERO_PASS + (o[4] >> 2) % 2);
    s.df_mode = static_cast<u8>(SIIT_DF_RFC7915 + (o[4] >> 3) % 3);
    s.unmapped_src6 = static_cast<u8>(SIIT_UNMAPPED_SRC6_RFC7915 + (o[4] >> 5) % 3);
    s.unmapped_dst4 = static_cast<u8>(SIIT_UNMAPPED_DST4_STACK + o[5] % 4);
    s.id_mode = o[5] & 4 ? SIIT_ID_ZERO : SIIT_ID_GENERATE;
  });
  return box;
}

How make_how(const u8* o) {
  static const u32 mtus[] = {0, 68, 576, 1280, 1500, 9000, 65535, 1};
  How how;
  how.flags = o[6] & (SIIT_PKT_XMIT | SIIT_PKT_RECEIVED | SIIT_PKT_LOOPBACK | SIIT_PKT_PARTIAL | SIIT_PKT_REASSEMBLED | SIIT_PKT_DECREMENT);
  if (o[5] & 8) how.flags |= SIIT_PKT_CHECKED;
  how.mtu_out = mtus[o[5] >> 5];
  how.mtu_back = mtus[o[7] >> 5];
  how.no_src6 = o[5] & 16;
  how.fib = {.to_dev = (o[7] & 1) != 0, .dst_native = (o[7] & 2) != 0, .dst_own = (o[7] & 4) != 0, .src_native = (o[7] & 8) != 0};
  return how;
}

[[noreturn]] void fail(const char* what, View in, View out) {
  fprintf(stderr, "%s\nin  %s\nout %s\n", what, pkt::to_hex(in).c_str(), pkt::to_hex(out).c_str());
  abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < kSettings) return 0;
  Bytes in(data + kSettings, data + size);
  const bool is6 = !in.empty() && in[0] >> 4 == 6;
  if (in.size() < (is6 ? 40u : 20u)) return 0;
  // Mutation seldom hits a header checksum.
  if (!is6 && data[7] & 16) {
    const size_t header = (in[0] & 15) * 4u;
    if (header >= 20 && header <= in.size()) {
      pkt::set16(in, 10, 0);
      pkt::set16(in, 10, pkt::checksum(View(in).first(header)));
    }
  }
  const Box box = make_box(data);
  const How how = make_how(data);
  const Result r = translate(box, in, how);
  if (r.verdict != SIIT_XLAT) return 0;
  const std::string wrong = malformed(r.out);
  if (!wrong.empty()) fail(wrong.c_str(), in, r.out);
  // The trailer of a packet is not its own, and what AH wraps is not ours.
  if (r.between.empty()) in.resize(r.match.total);
  if (r.between.empty() && r.match.proto != pkt::kAuth && !(how.flags & SIIT_PKT_PARTIAL) && pkt::checksums_ok(in, true) && !pkt::checksums_ok(r.out, true))
    fail("right checksums became wrong", in, r.out);
  return 0;
}
