// SPDX-License-Identifier: GPL-2.0
// What the core does with one packet, and parts of it.
#include <benchmark/benchmark.h>

#include <array>

#include "core.h"

namespace bench {
namespace {

// A Border Relay with one row: 192.0.2.1 <-> 2001:db8:12:34::1.
struct Relay {
  siit_cfg cfg{};
  siit_row row{};

  Relay() {
    int attribute;
    cfg.s.role = SIIT_ROLE_BR;
    cfg.s.explicit_ = 1ULL << SIIT_SET_A_ROLE;
    siit_settings_defaults(&cfg.s);
    cfg.s.prefix.addr = v6("2001:db8:46::");
    cfg.s.prefix.len = 96;
    if (siit_settings_finish(&cfg.s, &attribute) != nullptr) abort();
    cfg.eamt = siit_eamt_create(10, 0);
    row.addr4 = v4("192.0.2.1");
    row.len4 = 32;
    row.addr6 = v6("2001:db8:12:34::1");
    row.len6 = 128;
    if (siit_eamt_add(cfg.eamt, &row) != SIIT_EAM_OK) abort();
  }
  ~Relay() { siit_eamt_destroy(cfg.eamt); }
};

constexpr u8 kUdp = 17;
constexpr u32 kLength4 = 64, kLength6 = 84;

template <std::size_t kSize>
siit_pkt packet(const std::array<u8, kSize>& octets) {
  siit_pkt pkt{};
  pkt.data = octets.data();
  pkt.have = pkt.len = kSize;
  pkt.flags = SIIT_PKT_RECEIVED | SIIT_PKT_CHECKED;
  return pkt;
}

// To port 53 from 5000, with some checksum.
void put_udp(u8* at, u16 length) {
  put_unaligned_be16(5000, at);
  put_unaligned_be16(53, at + 2);
  put_unaligned_be16(length, at + 4);
  put_unaligned_be16(0x1234, at + 6);
}

std::array<u8, kLength4> udp4() {
  std::array<u8, kLength4> p{};
  const __be32 source = v4("203.0.113.50"), destination = v4("192.0.2.1");
  p[0] = 0x45;
  put_unaligned_be16(kLength4, &p[2]);
  p[6] = 0x40;
  p[8] = 64;
  p[9] = kUdp;
  memcpy(&p[12], &source, 4);
  memcpy(&p[16], &destination, 4);
  put_udp(&p[20], kLength4 - 20);
  return p;
}

std::array<u8, kLength6> udp6() {
  std::array<u8, kLength6> p{};
  const in6_addr source = v6("2001:db8:12:34::1"), destination = v6("2001:db8:46::cb00:7132");
  p[0] = 0x60;
  put_unaligned_be16(kLength6 - 40, &p[4]);
  p[6] = kUdp;
  p[7] = 64;
  memcpy(&p[8], &source, 16);
  memcpy(&p[24], &destination, 16);
  put_udp(&p[40], kLength6 - 40);
  return p;
}

// What the core does with this packet, again and again; a step says whether it did.
template <typename Octets, typename Step>
void each_packet(benchmark::State& state, const Octets& octets, const Step& step) {
  const Relay relay;
  const siit_pkt pkt = packet(octets);
  siit_match m;
  siit_plan plan;
  for (auto _ : state) {
    if (!step(relay, &pkt, &m, &plan)) state.SkipWithError("not translated");
    benchmark::DoNotOptimize(plan.hdr);
  }
}

void quick46(benchmark::State& state) {
  each_packet(state, udp4(), [](const Relay& relay, const siit_pkt* pkt, siit_match* m, siit_plan* plan) {
    return siit_quick46(&relay.cfg, pkt, siit_eamt_lookup4(relay.cfg.eamt, relay.row.addr4), m, plan);
  });
}

void quick64(benchmark::State& state) {
  each_packet(state, udp6(), [](const Relay& relay, const siit_pkt* pkt, siit_match* m, siit_plan* plan) {
    return siit_quick64(&relay.cfg, pkt, m, plan);
  });
}

constexpr siit_fib_answer kNothingNative = {
    .to_dev = true, .dst_native = false, .dst_own = false, .src_native = false};

void match_and_plan46(benchmark::State& state) {
  each_packet(state, udp4(), [](const Relay& relay, const siit_pkt* pkt, siit_match* m, siit_plan* plan) {
    siit_match46(&relay.cfg, pkt, m);
    if (m->fib) siit_match46_fib(&relay.cfg, pkt, m, &kNothingNative);
    siit_plan46(&relay.cfg, pkt, m, plan);
    return plan->verdict == SIIT_XLAT;
  });
}

void match_and_plan64(benchmark::State& state) {
  each_packet(state, udp6(), [](const Relay& relay, const siit_pkt* pkt, siit_match* m, siit_plan* plan) {
    siit_match64(&relay.cfg, pkt, m);
    if (m->fib) siit_match64_fib(&relay.cfg, pkt, m, &kNothingNative);
    siit_plan64(&relay.cfg, pkt, m, plan);
    return plan->verdict == SIIT_XLAT;
  });
}

void checksum_by_difference(benchmark::State& state) {
  const __be32 source = v4("203.0.113.50"), destination = v4("192.0.2.1");
  const in6_addr source6 = v6("2001:db8:46::cb00:7132"), destination6 = v6("2001:db8:12:34::1");
  __sum16 check = 0x1234;
  for (auto _ : state) {
    check = siit_csum_update_udp(
        check, siit_csum_delta46(source, destination, &source6, &destination6));
    benchmark::DoNotOptimize(check);
  }
}

void checksum_of_all(benchmark::State& state) {
  std::vector<u8> octets(static_cast<std::size_t>(state.range(0)), 0x5a);
  for (auto _ : state) {
    benchmark::DoNotOptimize(octets.data());
    benchmark::DoNotOptimize(
        siit_csum_fold(siit_csum_partial(octets.data(), static_cast<u32>(octets.size()), 0)));
  }
}

BENCHMARK(quick46);
BENCHMARK(quick64);
BENCHMARK(match_and_plan46);
BENCHMARK(match_and_plan64);
BENCHMARK(checksum_by_difference);
BENCHMARK(checksum_of_all)->Arg(64)->Arg(1400);

}  // namespace
}  // namespace bench
