// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "import.h"

namespace eam {
namespace {

using Words = std::vector<std::string>;

bool is_on(const std::string& word) {
  return word == "true" || word == "yes" || word == "on" || word == "1";
}

void checksum_mode(Import& import, const std::string& where, const std::string& mode) {
  if (mode == "drop")
    import.set(where, "udp-zero", "drop");
  else if (mode == "calc")
    import.set(where, "udp-zero", "compute");
  else if (mode == "fwd")
    import.set(where, "udp-zero", "forward");
  else
    import.error(where, fmt::format("udp-cksum-mode: \"{}\" is not a mode", mode),
                 "tayga.conf(5) knows drop, calc and fwd");
}

// How many words follow a directive; those with none here need no look at them.
struct Directive {
  std::string_view name;
  std::size_t arguments;
};
constexpr std::array<Directive, 7> kDirectives{{{"map", 2},
                                                {"prefix", 1},
                                                {"ipv4-addr", 1},
                                                {"ipv6-addr", 1},
                                                {"wkpf-strict", 1},
                                                {"strict-frag-hdr", 1},
                                                {"udp-cksum-mode", 1}}};

// What else the other one did with an address of its own.
constexpr const char* kOnlySource =
    ": the source of ICMP errors; to be pinged it has to stand on a device";

void carry_over(Import& import, const std::string& where, const Words& words) {
  const std::string& name = words.front();
  if (name == "map") {
    import.row(where, words[1], words[2]);
  } else if (name == "prefix") {
    import.set(where, "prefix", words[1]);
  } else if (name == "ipv4-addr") {
    import.set(where, "icmp4-src", words[1]);
    import.note(where, name + kOnlySource);
  } else if (name == "ipv6-addr") {
    import.set(where, "icmp6-src", words[1]);
    import.note(where, name + kOnlySource);
  } else if (name == "wkpf-strict") {
    import.set(where, "wkp-strict", is_on(words[1]) ? "on" : "off");
  } else if (name == "strict-frag-hdr") {
    import.set(where, "atomic-fragments", is_on(words[1]) ? "on" : "off");
  } else {
    checksum_mode(import, where, words[1]);
  }
}

// Why a directive has no counterpart.
std::string reason(const std::string& name) {
  if (name == "tun-device")
    return "not carried over; the device is siit0, rules and routes that name the old one have to "
           "follow";
  if (name == "dynamic-pool")
    return "not carried over; addresses given out at need are state, each service needs a row";
  if (name == "data-dir") return "not carried over; there is no state to keep";
  return "not carried over; eamctl does not know it";
}

}  // namespace

Result<Import> import_tayga(const std::string& name, std::string_view content) {
  Import import(name);
  std::istringstream lines{std::string(content)};
  unsigned number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string where = fmt::format(":{}", ++number);
    std::istringstream text(line.substr(0, line.find('#')));
    Words words;
    for (std::string word; text >> word;) words.push_back(word);
    if (words.empty()) continue;
    const auto* const directive =
        std::find_if(kDirectives.begin(), kDirectives.end(),
                     [&](const Directive& d) { return d.name == words.front(); });
    if (directive == kDirectives.end())
      import.note(where, fmt::format("{}: {}", words.front(), reason(words.front())));
    else if (words.size() != directive->arguments + 1)
      import.error(where, fmt::format("{}: {} words follow, {} are wanted", words.front(),
                                      words.size() - 1, directive->arguments));
    else
      carry_over(import, where, words);
  }
  if (const Result<void> good = import.finish(); !good) return fail(good.error());
  return import;
}

}  // namespace eam
