// SPDX-License-Identifier: GPL-2.0
// libFuzzer: an ICMP error is put around the input, so that quotes, extension
// headers in them and RFC 4884 extensions are what gets mutated.
#include <cstdio>
#include <cstdlib>

#include "translate.h"

namespace {

using namespace xlat;

[[noreturn]] void fail(const char* what, View in, View out) {
  fprintf(stderr, "%s\nin  %s\nout %s\n", what, pkt::to_hex(in).c_str(), pkt::to_hex(out).c_str());
  abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 7 || size > 4000) return 0;
  const bool to6 = data[0] & 1, router = data[0] & 2, short_error = data[0] & 4;
  static const u8 types4[] = {3, 11, 12, 3}, types6[] = {1, 2, 3, 4};
  const u8 type = to6 ? types4[data[1] & 3] : types6[data[1] & 3], code = data[1] >> 4;
  const u32 rest = pkt::get32(View(data, size), 2);
  // The addresses of the quote are what they must be, or nothing is reached.
  Bytes quote(data + 6, data + size);
  const size_t fixed = to6 ? 20 : 40;
  const Bytes header = to6 ? pkt::ip4({.src = "192.0.2.1", .dst = "203.0.113.50"}, 17, {}) : pkt::ip6({.src = "2001:db8:46::cb00:7132", .dst = "2001:db8:12:34::1"}, 17, {});
  if (quote.size() >= fixed && !short_error) {
    const size_t at = to6 ? 12 : 8;
    std::copy(header.begin() + static_cast<ptrdiff_t>(at), header.end(), quote.begin() + static_cast<ptrdiff_t>(at));
    quote[0] = to6 ? static_cast<u8>(0x40 | (quote[0] & 15)) : 0x60;
  }
  const Bytes l4 = pkt::icmp(type, code, rest, quote);
  const Bytes in = to6 ? pkt::ip4({}, pkt::kIcmp, l4) : pkt::ip6({.src = router ? "2001:db8:9::9" : "2001:db8:12:34::1"}, pkt::kIcmp6, l4);

  static const Box plain = standard();
  static const Box origin = [] {
    Box box = standard();
    box.set([](auto& s) { s.icmp_origin_ext = true, s.max_exthdrs = 32; });
    return box;
  }();
  const Result r = translate(data[0] & 8 ? plain : origin, in);
  if (r.verdict != SIIT_XLAT) return 0;
  const std::string wrong = malformed(r.out);
  if (!wrong.empty()) fail(wrong.c_str(), in, r.out);
  if (!pkt::checksums_ok(r.out)) fail("checksum", in, r.out);
  const Bytes inner = pkt::quoted(r.out);
  if (inner.size() < (to6 ? 40u : 20u) || inner[0] >> 4 != (to6 ? 6 : 4)) fail("quoted version", in, r.out);
  // IE-09: the receiver recognises its own packet.
  if (!short_error && !std::equal(inner.begin() + (to6 ? 8 : 12), inner.begin() + (to6 ? 24 : 16), r.out.begin() + (to6 ? 24 : 16)))
    fail("quoted source is not the destination", in, r.out);
  if (!to6 && pkt::checksum(View(inner).first(20))) fail("quoted header checksum", in, r.out);
  return 0;
}
