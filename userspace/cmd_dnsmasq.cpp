// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>
#include <linux/siit_dc.h>

#include <algorithm>

#include "commands.h"

// MT-08, ER-20: a DHCP server for the IPv4 segment behind an Edge Relay.
namespace eam {
namespace {

constexpr std::uint8_t kShortestPrefix = 16;

Error about(const std::string& device, std::string what, std::string hint = {}) {
  Error error;
  error.where = device;
  error.what = std::move(what);
  error.hint = std::move(hint);
  return error;
}

// The relay's own address on the segment, with the segment's prefix length.
Result<Prefix4> segment_of(const std::string& device, Session& session) {
  const Result<std::uint32_t> ifindex = session.host.index_of(device);
  if (!ifindex) return fail(ifindex.error());
  const Result<std::vector<PresentAddress>> present = session.host.service_addresses();
  if (!present) return fail(present.error());
  for (const PresentAddress& p : *present) {
    const auto* ipv4 = std::get_if<Address4>(&p.service.address);
    if (p.service.ifindex != *ifindex || ipv4 == nullptr || p.length >= Prefix4::kBits) continue;
    if (p.length < kShortestPrefix)
      return fail(about(device, fmt::format("a segment of /{} is too large", p.length),
                        fmt::format("/{} is the largest", kShortestPrefix)));
    return Prefix4{*ipv4, p.length};
  }
  return fail(
      about(device, "it has no IPv4 address with a prefix, so it is nobody's router",
            fmt::format("ip address add 192.0.2.25/29 dev {}, with an address of yours", device)));
}

bool is_service(const std::vector<Row>& rows, Address4 address) {
  const Row* longest = nullptr;
  for (const Row& row : rows)
    if (covers(row.ipv4, {address, Prefix4::kBits}) &&
        (longest == nullptr || row.ipv4.length > longest->ipv4.length))
      longest = &row;
  return longest != nullptr && longest->scope == Scope::kLocal;
}

// Runs of service addresses of the segment, without its first and last address and the relay's.
std::vector<std::pair<Address4, Address4>> ranges_of(const Prefix4& own, std::vector<Row> rows) {
  const Prefix4 segment = masked(own);
  std::erase_if(rows, [&](const Row& row) {
    return !covers(row.ipv4, segment) && !covers(segment, row.ipv4);
  });
  const std::uint32_t first = segment.address.value;
  const std::uint32_t last = first + ((1U << (Prefix4::kBits - segment.length)) - 1);
  std::vector<std::pair<Address4, Address4>> ranges;
  for (std::uint32_t a = first + 1; a < last; ++a) {
    if (a == own.address.value || !is_service(rows, {a})) continue;
    if (!ranges.empty() && ranges.back().second.value + 1 == a)
      ranges.back().second.value = a;
    else
      ranges.push_back({{a}, {a}});
  }
  return ranges;
}

}  // namespace

Result<void> run_dnsmasq(const DnsmasqOptions& options, Session& session) {
  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  const Result<Prefix4> own = segment_of(options.device, session);
  if (!own) return fail(own.error());
  const Result<std::vector<Row>> rows = session.kernel.rows();
  if (!rows) return fail(rows.error());
  const auto ranges = ranges_of(*own, *rows);
  if (ranges.empty())
    return fail(about(options.device,
                      fmt::format("no local row has an address in {}", to_string(masked(*own))),
                      "eamctl eam show lists the rows"));

  const std::int64_t mtu =
      std::get<std::int64_t>(state->values.at(SIIT_SET_A_LOWEST_IPV6_MTU)) - 20;
  const Address4 mask{~std::uint32_t{0} << (Prefix4::kBits - own->length)};
  session.out += fmt::format(
      "# DHCP for the services behind {}; made by eamctl dnsmasq\n"
      "# no DNS\n"
      "port=0\n"
      "interface={}\n"
      "bind-interfaces\n"
      "dhcp-authoritative\n",
      options.device, options.device);
  for (const auto& [low, high] : ranges)
    session.out +=
        fmt::format("dhcp-range={},{},{}\n", to_string(low), to_string(high), to_string(mask));
  session.out += fmt::format(
      "dhcp-option=option:router,{}\n"
      "# lowest-ipv6-mtu less 20\n"
      "dhcp-option=option:mtu,{}\n",
      to_string(own->address), mtu);
  return {};
}

}  // namespace eam
