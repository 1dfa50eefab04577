// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_PROMETHEUS_H
#define EAMCTL_PROMETHEUS_H

#include <string>

#include "kernel_client.h"

namespace eam {

// The text format that Prometheus and node_exporter's textfile collector read. Names and labels
// are an interface: alerts go by them.
std::string render_prometheus(const Stats& stats, const State& state);

}  // namespace eam

#endif  // EAMCTL_PROMETHEUS_H
