// SPDX-License-Identifier: GPL-2.0
#include "nl_host.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/siit_dc.h>
#include <net/if.h>
#include <netlink/addr.h>
#include <netlink/attr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <new>

#include "file.h"
#include "nft.h"

namespace eam {
namespace {

struct RouteDeleter {
  void operator()(nl_addr* a) const noexcept { nl_addr_put(a); }
  void operator()(rtnl_link* l) const noexcept { rtnl_link_put(l); }
  void operator()(rtnl_route* r) const noexcept { rtnl_route_put(r); }
};
using NlAddress = std::unique_ptr<nl_addr, RouteDeleter>;
using NlLink = std::unique_ptr<rtnl_link, RouteDeleter>;
using NlRoute = std::unique_ptr<rtnl_route, RouteDeleter>;

constexpr int kDumpTries = 20;

NlMessage built(int result, nl_msg* message) {
  if (result < 0) throw std::bad_alloc();
  return NlMessage(message);
}

NlMessage link_request(int flags, std::uint32_t ifindex) {
  NlMessage message(nlmsg_alloc_simple(RTM_GETLINK, flags));
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = static_cast<int>(ifindex);
  if (!message || nlmsg_append(message.get(), &header, sizeof(header), NLMSG_ALIGNTO) < 0)
    throw std::bad_alloc();
  return message;
}

// The device in a reply; `kind` gets its IFLA_INFO_KIND.
Device read_device(nlmsghdr* reply, std::string& kind) {
  const auto* header = static_cast<const ifinfomsg*>(nlmsg_data(reply));
  Device device;
  device.ifindex = static_cast<std::uint32_t>(header->ifi_index);
  device.up = (header->ifi_flags & IFF_UP) != 0;
  if (const nlattr* name = nlmsg_find_attr(reply, sizeof(ifinfomsg), IFLA_IFNAME))
    device.name = nla_get_string(name);
  if (const nlattr* alias = nlmsg_find_attr(reply, sizeof(ifinfomsg), IFLA_IFALIAS))
    device.alias = nla_get_string(alias);
  if (const nlattr* mtu = nlmsg_find_attr(reply, sizeof(ifinfomsg), IFLA_MTU))
    device.mtu = nla_get_u32(mtu);
  if (nlattr* info = nlmsg_find_attr(reply, sizeof(ifinfomsg), IFLA_LINKINFO)) {
    const auto* found =
        nla_find(static_cast<nlattr*>(nla_data(info)), nla_len(info), IFLA_INFO_KIND);
    if (found != nullptr) kind = nla_get_string(found);
  }
  return device;
}

NlRoute make_route(std::uint32_t ifindex, const Route& route) {
  NlRoute made(rtnl_route_alloc());
  NlAddress destination;
  if (const auto* ipv4 = std::get_if<Prefix4>(&route.prefix)) {
    const std::uint32_t raw = htonl(ipv4->address.value);
    destination.reset(nl_addr_build(AF_INET, &raw, sizeof(raw)));
    nl_addr_set_prefixlen(destination.get(), ipv4->length);
  } else {
    const auto& ipv6 = std::get<Prefix6>(route.prefix);
    destination.reset(nl_addr_build(AF_INET6, ipv6.address.octets.data(), 16));
    nl_addr_set_prefixlen(destination.get(), ipv6.length);
  }
  rtnl_nexthop* hop = rtnl_route_nh_alloc();
  if (!made || !destination || hop == nullptr) throw std::bad_alloc();

  rtnl_route_set_family(made.get(),
                        static_cast<std::uint8_t>(nl_addr_get_family(destination.get())));
  rtnl_route_set_dst(made.get(), destination.get());
  rtnl_route_set_table(made.get(), RT_TABLE_MAIN);
  rtnl_route_set_protocol(made.get(), SIIT_RTPROT);
  rtnl_route_set_scope(made.get(), std::holds_alternative<Prefix4>(route.prefix)
                                       ? RT_SCOPE_LINK
                                       : RT_SCOPE_UNIVERSE);
  if (route.mtu != 0) rtnl_route_set_metric(made.get(), RTAX_MTU, route.mtu);
  rtnl_route_nh_set_ifindex(hop, static_cast<int>(ifindex));
  rtnl_route_add_nexthop(made.get(), hop);
  return made;
}

std::uint32_t read_mtu(nlattr* metrics) {
  const auto* mtu = nla_find(static_cast<nlattr*>(nla_data(metrics)), nla_len(metrics), RTAX_MTU);
  return mtu == nullptr ? 0 : nla_get_u32(mtu);
}

// A route of ours in the main table, else nothing: older kernels ignore the filter of the request.
std::optional<Route> read_route(nlmsghdr* reply, std::uint32_t ifindex) {
  if (reply->nlmsg_type != RTM_NEWROUTE) return std::nullopt;
  const auto* header = static_cast<const rtmsg*>(nlmsg_data(reply));
  std::array<nlattr*, RTA_MAX + 1> attributes{};
  if (nlmsg_parse(reply, sizeof(rtmsg), attributes.data(), RTA_MAX, nullptr) < 0)
    return std::nullopt;
  const nlattr* device = attributes[RTA_OIF];
  if (header->rtm_protocol != SIIT_RTPROT || header->rtm_table != RT_TABLE_MAIN ||
      device == nullptr || nla_get_u32(device) != ifindex)
    return std::nullopt;

  Route route;
  if (attributes[RTA_METRICS] != nullptr) route.mtu = read_mtu(attributes[RTA_METRICS]);
  const nlattr* destination = attributes[RTA_DST];
  if (header->rtm_family == AF_INET) {
    Prefix4 prefix{{}, header->rtm_dst_len};
    if (destination != nullptr) prefix.address.value = ntohl(nla_get_u32(destination));
    route.prefix = prefix;
  } else if (header->rtm_family == AF_INET6) {
    Prefix6 prefix{{}, header->rtm_dst_len};
    if (destination != nullptr && nla_len(destination) == 16)
      std::memcpy(prefix.address.octets.data(), nla_data(destination), 16);
    route.prefix = prefix;
  } else {
    return std::nullopt;
  }
  return route;
}

// The dots of a device's own name ("eth0.10") come as slashes, as with sysctl(8).
std::string sysctl_path(const std::string& name) {
  std::string path = name;
  for (char& c : path) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return "/proc/sys/" + path;
}

constexpr int kRequest = 0;  // nothing but NLM_F_REQUEST

template <typename Header>
NlMessage request_of(int type, int flags, const Header& header) {
  NlMessage message(nlmsg_alloc_simple(type, flags));
  Header copy = header;
  if (!message || nlmsg_append(message.get(), &copy, sizeof(copy), NLMSG_ALIGNTO) < 0)
    throw std::bad_alloc();
  return message;
}

void put_address(nl_msg* message, int attribute, const Address& address) {
  int result = 0;
  if (const auto* ipv4 = std::get_if<Address4>(&address))
    result = nla_put_u32(message, attribute, htonl(ipv4->value));
  else
    result = nla_put(message, attribute, 16, std::get<Address6>(address).octets.data());
  if (result < 0) throw std::bad_alloc();
}

std::optional<Address> read_address(const nlattr* attribute) {
  if (attribute == nullptr) return std::nullopt;
  if (nla_len(attribute) == 4) return Address4{ntohl(nla_get_u32(attribute))};
  if (nla_len(attribute) != 16) return std::nullopt;
  Address6 ipv6;
  std::memcpy(ipv6.octets.data(), nla_data(attribute), 16);
  return ipv6;
}

bool is_ours(const nlattr* protocol) {
  return protocol != nullptr && nla_get_u8(protocol) == SIIT_RTPROT;
}

std::optional<PresentAddress> read_service_address(nlmsghdr* reply) {
  PresentAddress present;
  std::optional<Address> address;
  if (reply->nlmsg_type == RTM_NEWADDR) {
    const auto* header = static_cast<const ifaddrmsg*>(nlmsg_data(reply));
    present.service.ifindex = header->ifa_index;
    present.length = header->ifa_prefixlen;
    const nlattr* local = nlmsg_find_attr(reply, sizeof(ifaddrmsg), IFA_LOCAL);
    address = read_address(
        local != nullptr ? local : nlmsg_find_attr(reply, sizeof(ifaddrmsg), IFA_ADDRESS));
    present.ours = is_ours(nlmsg_find_attr(reply, sizeof(ifaddrmsg), IFA_PROTO));
  } else if (reply->nlmsg_type == RTM_NEWNEIGH) {
    const auto* header = static_cast<const ndmsg*>(nlmsg_data(reply));
    present.service.ifindex = static_cast<std::uint32_t>(header->ndm_ifindex);
    present.service.proxy = true;
    address = read_address(nlmsg_find_attr(reply, sizeof(ndmsg), NDA_DST));
    present.ours = is_ours(nlmsg_find_attr(reply, sizeof(ndmsg), NDA_PROTOCOL));
  }
  if (!address) return std::nullopt;
  present.service.address = *address;
  return present;
}

std::optional<NativeRoute> read_native_route(nlmsghdr* reply) {
  const auto* header = static_cast<const rtmsg*>(nlmsg_data(reply));
  const nlattr* device = nlmsg_find_attr(reply, sizeof(rtmsg), RTA_OIF);
  if (reply->nlmsg_type != RTM_NEWROUTE || header->rtm_table != RT_TABLE_MAIN ||
      header->rtm_type != RTN_UNICAST || device == nullptr)
    return std::nullopt;
  const bool ipv6 = header->rtm_family == AF_INET6;
  const Address address = read_address(nlmsg_find_attr(reply, sizeof(rtmsg), RTA_DST))
                              .value_or(ipv6 ? Address(Address6{}) : Address(Address4{}));
  NativeRoute route;
  route.ifindex = nla_get_u32(device);
  if (const auto* ipv4 = std::get_if<Address4>(&address))
    route.prefix = Prefix4{*ipv4, header->rtm_dst_len};
  else
    route.prefix = Prefix6{std::get<Address6>(address), header->rtm_dst_len};
  return route;
}

NlMessage proxy_request(int type, int flags, const ServiceAddress& service) {
  ndmsg header{};
  header.ndm_family = AF_INET6;
  header.ndm_ifindex = static_cast<int>(service.ifindex);
  // A router: neighbours keep no path of their own behind it (ER-10).
  header.ndm_flags = NTF_PROXY | NTF_ROUTER;
  NlMessage message = request_of(type, flags, header);
  put_address(message.get(), NDA_DST, service.address);
  nla_put_u8(message.get(), NDA_PROTOCOL, SIIT_RTPROT);
  return message;
}

NlMessage address_request(int type, int flags, const ServiceAddress& service) {
  const bool ipv6 = std::holds_alternative<Address6>(service.address);
  ifaddrmsg header{};
  header.ifa_family = ipv6 ? AF_INET6 : AF_INET;
  header.ifa_prefixlen = ipv6 ? 128 : 32;
  header.ifa_index = service.ifindex;
  header.ifa_flags = ipv6 ? IFA_F_NODAD : 0;
  NlMessage message = request_of(type, flags, header);
  put_address(message.get(), IFA_LOCAL, service.address);
  put_address(message.get(), IFA_ADDRESS, service.address);
  nla_put_u8(message.get(), IFA_PROTO, SIIT_RTPROT);
  if (ipv6) {
    nla_put_u32(message.get(), IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
    // Deprecated: the translator's business, never the source of the host's own connections.
    ifa_cacheinfo lifetimes{};
    lifetimes.ifa_valid = 0xffffffffU;
    nla_put(message.get(), IFA_CACHEINFO, sizeof(lifetimes), &lifetimes);
  }
  return message;
}

NlMessage service_request(bool add, const ServiceAddress& service) {
  const int flags = add ? NLM_F_CREATE | NLM_F_EXCL : kRequest;
  if (service.proxy) return proxy_request(add ? RTM_NEWNEIGH : RTM_DELNEIGH, flags, service);
  return address_request(add ? RTM_NEWADDR : RTM_DELADDR, flags, service);
}

}  // namespace

Result<void> NlHost::send(nl_msg* message, const NlSocket::OnReply& on_reply) {
  if (!socket_) {
    Result<NlSocket> socket = NlSocket::open(NETLINK_ROUTE);
    if (!socket) return fail(socket.error());
    socket_ = std::move(*socket);
  }
  const auto sent = socket_->request(message, on_reply);
  if (sent) return {};
  Error error = to_error(sent.error());
  if (error.sys_errno == EPERM) error.hint = "CAP_NET_ADMIN is needed";
  return fail(std::move(error));
}

Result<std::optional<Device>> NlHost::find_instance() {
  for (int tries = 1;; ++tries) {
    const NlMessage message = link_request(NLM_F_DUMP, 0);
    // The kernel filters by kind, if it knows the kind.
    nlattr* info = nla_nest_start(message.get(), IFLA_LINKINFO);
    nla_put_string(message.get(), IFLA_INFO_KIND, SIIT_LINK_KIND);
    nla_nest_end(message.get(), info);

    std::optional<Device> found;
    const Result<void> sent = send(message.get(), [&](nlmsghdr* reply) {
      std::string kind;
      Device device = read_device(reply, kind);
      if (kind == SIIT_LINK_KIND) found = std::move(device);
    });
    if (sent) return found;
    if (sent.error().sys_errno != EINTR || tries == kDumpTries) return fail(sent.error());
  }
}

Result<void> NlHost::create_instance(const std::string& name) {
  const NlLink link(rtnl_link_alloc());
  if (!link) throw std::bad_alloc();
  rtnl_link_set_name(link.get(), name.c_str());
  rtnl_link_set_type(link.get(), SIIT_LINK_KIND);
  nl_msg* raw = nullptr;
  const int result = rtnl_link_build_add_request(link.get(), NLM_F_CREATE | NLM_F_EXCL, &raw);
  const NlMessage message = built(result, raw);
  const Result<void> sent = send(message.get());
  if (sent) return {};

  Error error = sent.error();
  if (error.sys_errno == EOPNOTSUPP) {
    error.exit = Exit::kUnavailable;
    error.what = "the kernel module siit_dc is not there";
    error.hint = "modprobe siit_dc shows why";
  } else {
    error.where = name;
  }
  return fail(std::move(error));
}

Result<void> NlHost::delete_device(std::uint32_t ifindex) {
  const NlLink link(rtnl_link_alloc());
  if (!link) throw std::bad_alloc();
  rtnl_link_set_ifindex(link.get(), static_cast<int>(ifindex));
  nl_msg* raw = nullptr;
  const int result = rtnl_link_build_delete_request(link.get(), &raw);
  const NlMessage message = built(result, raw);
  return send(message.get());
}

Result<void> NlHost::set_up(std::uint32_t ifindex, bool up) {
  NlMessage message(nlmsg_alloc_simple(RTM_NEWLINK, 0));
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = static_cast<int>(ifindex);
  header.ifi_flags = up ? IFF_UP : 0;
  header.ifi_change = IFF_UP;
  if (!message || nlmsg_append(message.get(), &header, sizeof(header), NLMSG_ALIGNTO) < 0)
    throw std::bad_alloc();
  return send(message.get());
}

Result<std::uint32_t> NlHost::index_of(const std::string& device) {
  const NlMessage message = link_request(0, 0);
  nla_put_string(message.get(), IFLA_IFNAME, device.c_str());
  std::uint32_t ifindex = 0;
  const Result<void> sent = send(message.get(), [&](nlmsghdr* reply) {
    std::string kind;
    ifindex = read_device(reply, kind).ifindex;
  });
  if (sent) return ifindex;
  Error error = sent.error();
  error.where = device;
  if (error.sys_errno == ENODEV) error.what = "there is no such device";
  return fail(std::move(error));
}

Result<std::string> NlHost::name_of(std::uint32_t ifindex) {
  const NlMessage message = link_request(0, ifindex);
  std::string name;
  const Result<void> sent = send(message.get(), [&](nlmsghdr* reply) {
    std::string kind;
    name = read_device(reply, kind).name;
  });
  if (!sent) return fail(sent.error());
  return name;
}

Result<std::vector<Route>> NlHost::routes(std::uint32_t ifindex) {
  std::vector<Route> routes;
  for (const int family : {AF_INET, AF_INET6}) {
    for (int tries = 1;; ++tries) {
      NlMessage message(nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_DUMP));
      // A router with a full table answers with our few routes only.
      rtmsg header{};
      header.rtm_family = static_cast<unsigned char>(family);
      header.rtm_protocol = SIIT_RTPROT;
      if (!message || nlmsg_append(message.get(), &header, sizeof(header), NLMSG_ALIGNTO) < 0)
        throw std::bad_alloc();
      nla_put_u32(message.get(), RTA_OIF, ifindex);

      std::vector<Route> found;
      const Result<void> sent = send(message.get(), [&](nlmsghdr* reply) {
        if (auto route = read_route(reply, ifindex)) found.push_back(*route);
      });
      if (sent) {
        routes.insert(routes.end(), found.begin(), found.end());
        break;
      }
      // No IPv6 in this kernel: no routes.
      if (sent.error().sys_errno == EOPNOTSUPP || sent.error().sys_errno == EAFNOSUPPORT) break;
      if (sent.error().sys_errno != EINTR || tries == kDumpTries) return fail(sent.error());
    }
  }
  return routes;
}

Result<void> NlHost::add_route(std::uint32_t ifindex, const Route& route, bool replace) {
  const NlRoute made = make_route(ifindex, route);
  const int flags = NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL);
  nl_msg* raw = nullptr;
  const int result = rtnl_route_build_add_request(made.get(), flags, &raw);
  const NlMessage message = built(result, raw);
  const Result<void> sent = send(message.get());
  if (sent) return {};
  Error error = sent.error();
  error.where = fmt::format("route {}", to_string(route.prefix));
  return fail(std::move(error));
}

Result<void> NlHost::delete_route(std::uint32_t ifindex, const Route& route) {
  const NlRoute made = make_route(ifindex, route);
  nl_msg* raw = nullptr;
  const int result = rtnl_route_build_del_request(made.get(), 0, &raw);
  const NlMessage message = built(result, raw);
  const Result<void> sent = send(message.get());
  // Somebody else removed it: that is what was wanted.
  if (sent || sent.error().sys_errno == ESRCH) return {};
  Error error = sent.error();
  error.where = fmt::format("route {}", to_string(route.prefix));
  return fail(std::move(error));
}

Result<std::vector<Device>> NlHost::devices() {
  for (int tries = 1;; ++tries) {
    const NlMessage message = link_request(NLM_F_DUMP, 0);
    std::vector<Device> found;
    const Result<void> sent = send(message.get(), [&](nlmsghdr* reply) {
      std::string kind;
      found.push_back(read_device(reply, kind));
    });
    if (sent) return found;
    if (sent.error().sys_errno != EINTR || tries == kDumpTries) return fail(sent.error());
  }
}

Result<Way> NlHost::way_to(const Address& address) {
  const bool ipv6 = std::holds_alternative<Address6>(address);
  rtmsg header{};
  header.rtm_family = ipv6 ? AF_INET6 : AF_INET;
  header.rtm_dst_len = ipv6 ? 128 : 32;
  const NlMessage message = request_of(RTM_GETROUTE, kRequest, header);
  put_address(message.get(), RTA_DST, address);
  Way way;
  const Result<void> sent = send(message.get(), [&](nlmsghdr* reply) {
    const auto* route = static_cast<const rtmsg*>(nlmsg_data(reply));
    way.local = route->rtm_type == RTN_LOCAL;
    way.found = way.local || route->rtm_type == RTN_UNICAST;
    if (const nlattr* oif = nlmsg_find_attr(reply, sizeof(rtmsg), RTA_OIF))
      way.ifindex = nla_get_u32(oif);
    way.gateway = nlmsg_find_attr(reply, sizeof(rtmsg), RTA_GATEWAY) != nullptr ||
                  nlmsg_find_attr(reply, sizeof(rtmsg), RTA_VIA) != nullptr;
  });
  if (sent) return way;
  for (const int code : {ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL})
    if (sent.error().sys_errno == code) return Way{};
  return fail(sent.error());
}

Result<std::vector<NativeRoute>> NlHost::native_routes() {
  std::vector<NativeRoute> routes;
  for (const unsigned char family : {AF_INET, AF_INET6}) {
    for (int tries = 1;; ++tries) {
      rtmsg header{};
      header.rtm_family = family;
      const NlMessage message = request_of(RTM_GETROUTE, NLM_F_DUMP, header);
      std::vector<NativeRoute> found;
      const Result<void> sent = send(message.get(), [&](nlmsghdr* reply) {
        if (auto route = read_native_route(reply)) found.push_back(*route);
      });
      if (sent) {
        routes.insert(routes.end(), found.begin(), found.end());
        break;
      }
      if (sent.error().sys_errno == EOPNOTSUPP || sent.error().sys_errno == EAFNOSUPPORT) break;
      if (sent.error().sys_errno != EINTR || tries == kDumpTries) return fail(sent.error());
    }
  }
  return routes;
}

Result<void> NlHost::set_alias(std::uint32_t ifindex, const std::string& alias) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = static_cast<int>(ifindex);
  const NlMessage message = request_of(RTM_NEWLINK, kRequest, header);
  // The kernel takes an empty one as none.
  if (nla_put(message.get(), IFLA_IFALIAS, static_cast<int>(alias.size()), alias.data()) < 0)
    throw std::bad_alloc();
  return send(message.get());
}

Result<void> NlHost::dump_addresses(int type, std::vector<PresentAddress>& present) {
  for (int tries = 1;; ++tries) {
    ndmsg proxies{};
    proxies.ndm_family = AF_INET6;
    proxies.ndm_flags = NTF_PROXY;
    const NlMessage message = type == RTM_GETNEIGH ? request_of(type, NLM_F_DUMP, proxies)
                                                   : request_of(type, NLM_F_DUMP, ifaddrmsg{});
    std::vector<PresentAddress> found;
    const Result<void> sent = send(message.get(), [&](nlmsghdr* reply) {
      if (auto address = read_service_address(reply)) found.push_back(*address);
    });
    if (sent) {
      present.insert(present.end(), found.begin(), found.end());
      return {};
    }
    // No IPv6 in this kernel: nothing of it.
    if (sent.error().sys_errno == EOPNOTSUPP || sent.error().sys_errno == EAFNOSUPPORT) return {};
    if (sent.error().sys_errno != EINTR || tries == kDumpTries) return sent;
  }
}

Result<std::vector<PresentAddress>> NlHost::service_addresses() {
  std::vector<PresentAddress> present;
  for (const int type : {RTM_GETADDR, RTM_GETNEIGH}) {
    const Result<void> dumped = dump_addresses(type, present);
    if (!dumped) return fail(dumped.error());
  }
  return present;
}

Result<void> NlHost::add_service_address(const ServiceAddress& service) {
  const NlMessage message = service_request(true, service);
  const Result<void> sent = send(message.get());
  if (sent) return {};
  Error error = sent.error();
  error.where = to_string(service.address);
  return fail(std::move(error));
}

Result<void> NlHost::delete_service_address(const ServiceAddress& service) {
  const NlMessage message = service_request(false, service);
  const Result<void> sent = send(message.get());
  if (sent) return {};
  Error error = sent.error();
  // Gone already, with the device or by somebody else's hand.
  if (error.sys_errno == ENOENT || error.sys_errno == EADDRNOTAVAIL || error.sys_errno == ENODEV)
    return {};
  error.where = to_string(service.address);
  return fail(std::move(error));
}

Result<void> NlHost::run_nft(const std::string& commands) { return eam::run_nft(commands); }

std::optional<int> NlHost::sysctl(const std::string& name) {
  const Result<std::string> content = read_file(sysctl_path(name));
  if (!content) return std::nullopt;
  int value = 0;
  const auto [end, code] =
      std::from_chars(content->data(), content->data() + content->size(), value);
  if (code != std::errc()) return std::nullopt;
  return value;
}

Result<void> NlHost::set_sysctl(const std::string& name, int value) {
  const Result<void> written = write_file(sysctl_path(name), fmt::to_string(value));
  if (written) return {};
  Error error = written.error();
  error.exit = Exit::kRefused;
  error.hint = fmt::format("sysctl -w {}={}", name, value);
  return fail(std::move(error));
}

}  // namespace eam
