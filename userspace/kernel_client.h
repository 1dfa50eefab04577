// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_KERNEL_CLIENT_H
#define EAMCTL_KERNEL_CLIENT_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "address.h"
#include "error.h"
#include "row.h"
#include "settings.h"

namespace eam {

// SIIT_CMD_SETTINGS_GET
struct State {
  std::uint32_t ifindex = 0;
  std::string device;
  std::uint32_t generation = 0;
  std::uint32_t rows = 0;
  Values values;                    // in force
  std::uint64_t explicit_bits = 0;  // bit N: somebody set attribute N

  [[nodiscard]] bool is_explicit(const Setting& setting) const {
    return (explicit_bits >> setting.attribute & 1U) != 0;
  }
};

struct SettingsChange {
  Values values;
  std::uint64_t unset_bits = 0;  // bit N: attribute N goes back to its default
};

// Begin, add, commit: settings and table at once.
struct Transaction {
  Values values;
  bool reset = false;       // settings that are not given: default
  bool keep_table = false;  // else `rows` are the whole new table
  std::span<const Row> rows;
};

struct Stat {
  std::string name;
  std::uint8_t stat_class = 0;  // enum siit_stat_class
  std::uint64_t packets46 = 0;
  std::uint64_t packets64 = 0;
  std::string help;
};

struct Stats {
  std::vector<Stat> stats;
  std::uint64_t bytes46 = 0;
  std::uint64_t bytes64 = 0;
};

struct Mapping {
  std::optional<Address4> ipv4;
  std::optional<Address6> ipv6;
  std::uint8_t rule = 0;  // enum siit_rule
  std::optional<Row> row;
  std::vector<std::string> steps;
};

struct Question {
  Address source;
  Address destination;  // same family
  std::optional<std::uint8_t> protocol;
  std::optional<std::uint8_t> ttl;
  std::optional<std::uint32_t> length;
  bool df = false;
  std::optional<std::uint32_t> ifindex;
  bool xmit = false;
};

struct Explanation {
  std::uint8_t verdict = 0;  // enum siit_verdict_kind
  std::string counter;
  std::vector<std::string> steps;
  std::optional<Address> source;
  std::optional<Address> destination;
  std::optional<std::uint8_t> source_rule;
  std::optional<std::uint8_t> destination_rule;
  bool hairpin = false;
  std::optional<std::uint32_t> oif;
  std::optional<std::uint8_t> icmp_type;
  std::optional<std::uint8_t> icmp_code;
};

// A notification of the group "config".
struct Event {
  enum class Kind : std::uint8_t {
    kListening,   // no notification: from now on none is missed
    kSettings,    // `state` is all of it
    kRowAdded,    // these three: `state` has ifindex and generation only
    kRowRemoved,
    kTable,       // replaced or flushed; and `state.rows`
    kLost,        // no notification: the socket overflowed, some are missing
  };
  Kind kind = Kind::kListening;
  State state;
  std::optional<Row> row;
};

// What a row has translated since its counting began.
struct Hits {
  std::uint64_t packets46 = 0;
  std::uint64_t packets64 = 0;
};

struct CountedRow {
  Row row;
  std::optional<Hits> hits;  // the setting `hits` is on
};

// The Generic Netlink family siit_dc in one network namespace.
class KernelClient {
 public:
  KernelClient() = default;
  KernelClient(const KernelClient&) = delete;
  KernelClient& operator=(const KernelClient&) = delete;
  KernelClient(KernelClient&&) = delete;
  KernelClient& operator=(KernelClient&&) = delete;
  virtual ~KernelClient() = default;

  virtual Result<State> state() = 0;
  virtual Result<void> change(const SettingsChange& change) = 0;

  virtual Result<void> add(const Row& row) = 0;
  virtual Result<void> remove(const RowKey& key) = 0;
  // The row with exactly this prefix; errno ENOENT if there is none.
  virtual Result<Row> find(const RowKey& key) = 0;
  // All rows, in no order; from one generation.
  virtual Result<std::vector<Row>> rows() = 0;
  virtual Result<std::vector<CountedRow>> counted_rows() = 0;
  virtual Result<void> flush() = 0;

  // The new generation. Errno ESTALE: somebody else was faster.
  virtual Result<std::uint32_t> commit(const Transaction& transaction) = 0;

  virtual Result<Stats> stats() = 0;
  virtual Result<Mapping> map(const Address& address) = 0;
  virtual Result<Explanation> explain(const Question& question) = 0;

  // Tells of every change as it happens, until `on_event` gives false.
  virtual Result<void> monitor(const std::function<bool(const Event&)>& on_event) = 0;

  // Told now and then how many rows of a transaction are with the kernel, of how many.
  std::function<void(std::size_t, std::size_t)> on_progress;
};

struct Device {
  std::uint32_t ifindex = 0;
  std::string name;
  bool up = false;
  std::string alias;
  std::uint32_t mtu = 0;
};

// Where a packet of this host to an address would go.
struct Way {
  bool found = false;
  bool local = false;    // an address of this host
  bool gateway = false;  // by a router, not on the link
  std::uint32_t ifindex = 0;
};

// A route of the main table, by whatever device.
struct NativeRoute {
  Prefix prefix;
  std::uint32_t ifindex = 0;
};

// An address by which this host stands in for a local row: its own, or one that it answers
// neighbour solicitations for (a neighbour proxy entry).
struct ServiceAddress {
  std::uint32_t ifindex = 0;
  Address address;
  bool proxy = false;
  auto operator<=>(const ServiceAddress&) const = default;
};

// Those that are there; ours have our protocol number.
struct PresentAddress {
  ServiceAddress service;
  bool ours = false;
  std::uint8_t length = 0;  // of the prefix it was given with
};

// A route of ours through the device.
struct Route {
  Prefix prefix;
  std::uint32_t mtu = 0;  // 0: the device's
  auto operator<=>(const Route&) const = default;
};

// Devices, addresses and routes of one network namespace.
class HostClient {
 public:
  HostClient() = default;
  HostClient(const HostClient&) = delete;
  HostClient& operator=(const HostClient&) = delete;
  HostClient(HostClient&&) = delete;
  HostClient& operator=(HostClient&&) = delete;
  virtual ~HostClient() = default;

  // The instance, if there is one.
  virtual Result<std::optional<Device>> find_instance() = 0;
  virtual Result<void> create_instance(const std::string& name) = 0;
  virtual Result<void> delete_device(std::uint32_t ifindex) = 0;
  virtual Result<void> set_up(std::uint32_t ifindex, bool up) = 0;

  virtual Result<std::uint32_t> index_of(const std::string& device) = 0;
  virtual Result<std::string> name_of(std::uint32_t ifindex) = 0;

  // Routes with our protocol number through this device.
  virtual Result<std::vector<Route>> routes(std::uint32_t ifindex) = 0;
  // With `replace` the route is there with another MTU. Errno EEXIST: somebody else's is.
  virtual Result<void> add_route(std::uint32_t ifindex, const Route& route, bool replace) = 0;
  virtual Result<void> delete_route(std::uint32_t ifindex, const Route& route) = 0;

  virtual Result<std::vector<Device>> devices() = 0;
  virtual Result<Way> way_to(const Address& address) = 0;
  // Unicast routes, of both families.
  virtual Result<std::vector<NativeRoute>> native_routes() = 0;

  virtual Result<void> set_alias(std::uint32_t ifindex, const std::string& alias) = 0;

  // Of both families on all devices, and all neighbour proxy entries of IPv6.
  virtual Result<std::vector<PresentAddress>> service_addresses() = 0;
  // Errno EEXIST: somebody else's is there.
  virtual Result<void> add_service_address(const ServiceAddress& service) = 0;
  virtual Result<void> delete_service_address(const ServiceAddress& service) = 0;

  // Commands of nft(8), all of them or none.
  virtual Result<void> run_nft(const std::string& commands) = 0;

  // A number under /proc/sys, if it can be read.
  virtual std::optional<int> sysctl(const std::string& name) = 0;
  virtual Result<void> set_sysctl(const std::string& name, int value) = 0;
};

}  // namespace eam

#endif  // EAMCTL_KERNEL_CLIENT_H
