// SPDX-License-Identifier: GPL-2.0
#include "doctor.h"

#include <fmt/format.h>
#include <linux/siit_dc.h>

#include <algorithm>
#include <map>
#include <optional>

#include "routes.h"
#include "service_addresses.h"

namespace eam {
namespace {

// Of one kind; a table of a million rows must not fill the screen.
constexpr std::size_t kMostOfAKind = 8;

// Stands for the IPv4 Internet where a default route is looked up.
constexpr Address4 kSomewhere{0xcb007101U};

struct Examination {
  Session& session;
  Device device;
  Values values;
  std::vector<Row> rows;
  std::vector<Device> devices;
  std::vector<PresentAddress> present;
  std::vector<Finding> findings;
  std::map<std::string, std::size_t> more;

  void add(std::string check, std::string what, std::string mend) {
    const auto same = std::count_if(findings.begin(), findings.end(),
                                    [&](const Finding& f) { return f.check == check; });
    if (static_cast<std::size_t>(same) >= kMostOfAKind)
      ++more[check];
    else
      findings.push_back({std::move(check), std::move(what), std::move(mend)});
  }

  [[nodiscard]] int sysctl(const std::string& name, int otherwise) const {
    return session.host.sysctl(name).value_or(otherwise);
  }
  [[nodiscard]] std::uint32_t lowest_mtu() const {
    return static_cast<std::uint32_t>(
        value_or<std::int64_t>(values, SIIT_SET_A_LOWEST_IPV6_MTU, 1280));
  }
  [[nodiscard]] std::string name_of(std::uint32_t ifindex) const {
    for (const Device& d : devices)
      if (d.ifindex == ifindex) return d.name;
    return fmt::format("device {}", ifindex);
  }
};

std::string sysctl_name(std::string_view family, std::string device, std::string_view leaf) {
  std::replace(device.begin(), device.end(), '.', '/');
  return fmt::format("net.{}.conf.{}.{}", family, device, leaf);
}

// RT-08: a node translates its own packets only.
void check_forwarding(Examination& e) {
  if (is_node(e.values)) return;
  for (const std::string& name :
       {std::string("net.ipv4.ip_forward"), std::string("net.ipv6.conf.all.forwarding")})
    if (e.sysctl(name, 1) == 0)
      e.add(
          "forwarding", fmt::format("{} is 0, so nothing translated for others leaves", name),
          fmt::format("sysctl -w {}=1, or set node on if the services are this host's own", name));
  const std::string own = sysctl_name("ipv4", e.device.name, "forwarding");
  if (e.sysctl("net.ipv4.ip_forward", 1) != 0 && e.sysctl(own, 1) == 0)
    e.add("forwarding",
          fmt::format("{} is 0, so what was translated to IPv4 is not forwarded", own),
          fmt::format("sysctl -w {}=1", own));
}

Address sample(const Prefix& prefix) {
  if (const auto* ipv4 = std::get_if<Prefix4>(&prefix))
    return ipv4->length == 0 ? kSomewhere : ipv4->address;
  return std::get<Prefix6>(prefix).address;
}

// The routes that eamctl keeps, or that somebody else has to with routes off.
Values with_routes(Values values) {
  values.insert_or_assign(SIIT_SET_A_ROUTES, true);
  return values;
}

Result<void> check_routes(Examination& e) {
  const bool strict = std::max(e.sysctl("net.ipv4.conf.all.rp_filter", 0),
                               e.sysctl(sysctl_name("ipv4", e.device.name, "rp_filter"), 0)) == 1;
  for (const Route& route : plan_routes(with_routes(e.values), column4(e.rows))) {
    const Result<Way> way = e.session.host.way_to(sample(route.prefix));
    if (!way) return fail(way.error());
    if (way->found && way->ifindex == e.device.ifindex) continue;
    const std::string text = std::visit([](const auto& p) { return to_cidr(p); }, route.prefix);
    const std::string where = !way->found  ? std::string("nowhere")
                              : way->local ? std::string("this host itself")
                                           : e.name_of(way->ifindex);
    const std::string mend =
        fmt::format("eamctl up, or ip route replace {} dev {}", text, e.device.name);
    if (strict && std::holds_alternative<Prefix4>(route.prefix))
      e.add("rp-filter",
            fmt::format("rp_filter is strict for {} and the route to {} leads to {}: what was "
                        "translated from there is dropped",
                        e.device.name, text, where),
            fmt::format("{}, or sysctl -w {}=2", mend,
                        sysctl_name("ipv4", e.device.name, "rp_filter")));
    else
      e.add("route",
            fmt::format("the route to {} leads to {}, not to {}", text, where, e.device.name),
            mend);
  }
  return {};
}

void check_links(Examination& e) {
  const std::uint32_t lowest = e.lowest_mtu();
  for (const Device& d : e.devices) {
    if (!d.up || d.mtu >= lowest || d.ifindex == e.device.ifindex) continue;
    const bool ipv6 = std::any_of(e.present.begin(), e.present.end(), [&](const auto& p) {
      const auto* address = std::get_if<Address6>(&p.service.address);
      return p.service.ifindex == d.ifindex && address != nullptr &&
             bits_of(*address, 0, 10) != 0x3fa;  // fe80::/10
    });
    if (ipv6)
      e.add("link-mtu",
            fmt::format("the MTU of {} is {}, less than lowest-ipv6-mtu {}", d.name, d.mtu, lowest),
            fmt::format("ip link set dev {} mtu {}, or eamctl set lowest-ipv6-mtu {} on all relays",
                        d.name, lowest, d.mtu));
  }
}

// The device's own MTU nobody can change; its routes carry the exact value (MT-08).
Result<void> check_route_mtu(Examination& e) {
  const Result<std::vector<Route>> routes = e.session.host.routes(e.device.ifindex);
  if (!routes) return fail(routes.error());
  for (const Route& route : *routes)
    if (std::holds_alternative<Prefix4>(route.prefix) && route.mtu != e.lowest_mtu() - 20)
      e.add("ipv4-mtu",
            fmt::format("the route to {} has the MTU {}, not {}", to_string(route.prefix),
                        route.mtu, e.lowest_mtu() - 20),
            "eamctl up");
  return {};
}

bool is_local(const Row& row) { return row.scope == Scope::kLocal; }

// The services of an Edge Relay: each is here or behind here, and what is for it comes here.
Result<void> check_services(Examination& e) {
  for (const Row& row : e.rows) {
    if (!is_local(row)) continue;
    const Result<Way> way4 = e.session.host.way_to(row.ipv4.address);
    if (!way4) return fail(way4.error());
    if (!way4->local && (!way4->found || way4->ifindex == e.device.ifindex))
      e.add(
          "service-address",
          fmt::format("{} is no address of this host, nor does a route lead to a host that has it",
                      to_string(row.ipv4)),
          is_node(e.values) ? std::string("eamctl up")
                            : fmt::format("eamctl set node on, or ip route add {} to its segment",
                                          to_string(row.ipv4)));

    const Address ipv6 = row.ipv6.address;
    const Result<Way> way6 = e.session.host.way_to(ipv6);
    if (!way6) return fail(way6.error());
    if (!way6->found || way6->local || way6->gateway || way6->ifindex == e.device.ifindex) continue;
    const ServiceAddress proxy{way6->ifindex, ipv6, true};
    const bool wanted = [&] {
      const auto& names = devices_of(e.values, kSetProxyNd);
      return std::find(names.begin(), names.end(), e.name_of(way6->ifindex)) != names.end();
    }();
    const bool there = std::any_of(e.present.begin(), e.present.end(),
                                   [&](const auto& p) { return p.service == proxy; });
    // With proxy-nd it is that check's business.
    if (!there && !wanted)
      e.add("unrouted-row",
            fmt::format("neighbours on {} look for {} on the link, and nobody answers for it",
                        e.name_of(way6->ifindex), to_string(ipv6)),
            fmt::format("eamctl set proxy-nd {}, or route {} to this host elsewhere",
                        e.name_of(way6->ifindex), to_string(row.ipv6)));
  }
  return {};
}

// Rows of a Border Relay outside of its pools: nothing leads them to the translator.
void check_pools(Examination& e) {
  const auto pools = value_or<std::vector<Prefix4>>(e.values, SIIT_SET_A_POOL4, {});
  if (pools.empty()) return;
  for (const Row& row : e.rows)
    if (row.ipv4.length != 0 && !is_local(row) &&
        std::none_of(pools.begin(), pools.end(),
                     [&](const Prefix4& pool) { return covers(pool, row.ipv4); }))
      e.add("unrouted-row",
            fmt::format("{} is in no pool4, so no route leads it here", to_string(row.ipv4)),
            "add it to pool4, and route it to this host");
}

Result<void> check_native_routes(Examination& e) {
  const Result<std::vector<NativeRoute>> natives = e.session.host.native_routes();
  if (!natives) return fail(natives.error());
  for (const NativeRoute& route : *natives) {
    const auto* ipv4 = std::get_if<Prefix4>(&route.prefix);
    if (route.ifindex == e.device.ifindex || ipv4 == nullptr || ipv4->length == 0) continue;
    for (const Row& row : e.rows) {
      if (is_local(row) || row.ipv4.length >= ipv4->length || !covers(row.ipv4, *ipv4)) continue;
      const std::string text = to_cidr(*ipv4);
      e.add("native-route",
            fmt::format("the route to {} by {} is more specific than the row {}: what it covers is "
                        "not translated",
                        text, e.name_of(route.ifindex), to_string(row)),
            fmt::format("ip route del {}, or eamctl set native-more-specific off", text));
      break;
    }
  }
  return {};
}

Result<void> check_proxies(Examination& e) {
  if (!wants_service_addresses(e.values)) return {};
  const Result<LocalAddresses> local = local_addresses(e.values, e.rows);
  if (!local) return fail(local.error());
  for (const std::string& name : devices_of(e.values, kSetProxyNd)) {
    const auto found = std::find_if(e.devices.begin(), e.devices.end(),
                                    [&](const Device& d) { return d.name == name; });
    if (found == e.devices.end()) {
      e.add("proxy-nd", fmt::format("there is no device {}", name),
            "eamctl up when it is there, or eamctl set proxy-nd");
      continue;
    }
    const bool proxy = !is_node(e.values);
    for (const Address6& address : local->ipv6) {
      const ServiceAddress wanted{found->ifindex, address, proxy};
      if (std::none_of(e.present.begin(), e.present.end(),
                       [&](const auto& p) { return p.service == wanted; }))
        e.add("proxy-nd", fmt::format("nobody answers for {} on {}", to_string(address), name),
              "eamctl up");
    }
    for (const std::string& leaf : {std::string("proxy_ndp"), std::string("forwarding")}) {
      const std::string sysctl = sysctl_name("ipv6", name, leaf);
      // Forwarding that is off altogether has been told.
      const bool told = leaf == "forwarding" && e.sysctl("net.ipv6.conf.all.forwarding", 1) == 0;
      if (proxy && !told && e.sysctl(sysctl, 1) == 0)
        e.add("proxy-nd", fmt::format("{} is 0, so the kernel does not answer for others", sysctl),
              leaf == "proxy_ndp" ? "eamctl up" : fmt::format("sysctl -w {}=1", sysctl));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Finding>> examine(Session& session) {
  const Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());
  if (!*device)
    return std::vector<Finding>{{"no-device", "there is no translator in this network namespace",
                                 "eamctl apply /etc/siit-dc/siit-dc.conf, or eamctl up"}};
  const Result<State> state = read_state(session);
  if (!state) return fail(state.error());
  Examination e{session, **device, state->values, {}, {}, {}, {}, {}};
  if (!e.device.up) {
    e.add("device-down", fmt::format("{} is down, so nothing is translated", e.device.name),
          "eamctl up");
    return e.findings;  // all else follows from it
  }
  Result<std::vector<Row>> rows = session.kernel.rows();
  if (!rows) return fail(rows.error());
  e.rows = std::move(*rows);
  sort_rows(e.rows);
  Result<std::vector<Device>> devices = session.host.devices();
  if (!devices) return fail(devices.error());
  e.devices = std::move(*devices);
  Result<std::vector<PresentAddress>> present = session.host.service_addresses();
  if (!present) return fail(present.error());
  e.present = std::move(*present);

  for (const std::string& warning : warnings_about(e.values))
    e.add("setting", warning, "eamctl set");
  check_forwarding(e);
  check_links(e);
  if (!is_role(e.values, SIIT_ROLE_ER)) check_pools(e);
  for (Result<void> (*check)(Examination&) :
       {check_routes, check_route_mtu, check_services, check_native_routes, check_proxies}) {
    const Result<void> done = check(e);
    if (!done) return fail(done.error());
  }
  for (const auto& [check, count] : e.more)
    e.findings.push_back({check, fmt::format("{} more of this kind", count), "mend those above"});
  return e.findings;
}

}  // namespace eam
