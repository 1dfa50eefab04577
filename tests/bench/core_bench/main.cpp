// SPDX-License-Identifier: GPL-2.0
#include <benchmark/benchmark.h>

namespace bench {
void add_lookups();  // lookup.cpp
}

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  bench::add_lookups();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
