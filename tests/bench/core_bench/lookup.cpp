// SPDX-License-Identifier: GPL-2.0
// The longest match for random rows: the table of kmod/core, and the obvious alternatives.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

#include "rows.h"

namespace bench {
namespace {


template <int kFamily>
const siit_row* lookup(const Rows& rows, std::size_t at) {
  return kFamily == 4 ? lookup4(rows, at) : lookup6(rows, at);
}

template <int kFamily, typename Find>
void run(benchmark::State& state, const Rows& rows, Find find) {
  const std::size_t questions = rows.ask4.size();
  for (std::size_t i = 0; i < questions; i += 97) {
    if (find(i) == lookup<kFamily>(rows, i)) continue;
    state.SkipWithError("another row than the table's");
    return;
  }
  // The next question waits for the answer, as in a packet the row for what is done with it.
  std::size_t at = 0;
  std::uint32_t word = 0;
  for (auto _ : state) {
    word = word_of(find(at + (word == 1)));
    if (++at >= questions - 1) at = 0;
  }
  benchmark::DoNotOptimize(word);
}

template <int kFamily>
void ours(benchmark::State& state, Shape shape) {
  const Rows& rows = rows_of(shape, static_cast<std::size_t>(state.range(0)));
  run<kFamily>(state, rows, [&](std::size_t at) { return lookup<kFamily>(rows, at); });
}

template <int kFamily, typename Other>
void other(benchmark::State& state, Shape shape) {
  const Rows& rows = rows_of(shape, static_cast<std::size_t>(state.range(0)));
  // The library calls this several times.
  static std::unique_ptr<Other> table;
  static unsigned of = 0;
  if (of != rows.number) {
    table = std::make_unique<Other>();
    if (kFamily == 4)
      copy4(rows, *table);
    else
      copy6(rows, *table);
    of = rows.number;
  }
  const std::vector<Key>& ask = kFamily == 4 ? rows.ask4 : rows.ask6;
  run<kFamily>(state, rows, [&](std::size_t at) { return table->lookup(ask[at]); });
  state.counters["octets"] =
      static_cast<double>(table->octets()) / static_cast<double>(state.range(0));
}

template <int kFamily>
void add(const std::string& name, Shape shape, std::int64_t count) {
  const std::string tail = "/" + name + "/IPv" + std::to_string(kFamily);
  const auto add_one = [&](const std::string& table, auto function) {
    benchmark::RegisterBenchmark((table + tail).c_str(), function, shape)->Arg(count);
  };
  add_one("table", ours<kFamily>);
  add_one("hash_per_length", other<kFamily, HashPerLength>);
  // A million random /128 would be a hundred million nodes.
  if (kFamily == 4 || count <= 100000) add_one("binary_trie", other<kFamily, BinaryTrie>);
}

}  // namespace

void add_lookups() {
  for (const auto& [name, shape] : {std::pair("hosts", Shape::kHosts), {"mixed", Shape::kMixed},
                                    {"all_lengths", Shape::kLengths}}) {
    for (const std::int64_t count : {1, 1000, 100000, 1000000}) {
      add<4>(name, shape, count);
      add<6>(name, shape, count);
    }
  }
}

}  // namespace bench
