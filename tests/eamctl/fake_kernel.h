// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_TESTS_FAKE_KERNEL_H
#define EAMCTL_TESTS_FAKE_KERNEL_H

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "cli.h"
#include "kernel_client.h"
#include "linux/siit_dc.h"

namespace eam::test {

inline Error kernel_error(int code, std::string what) {
  Error error;
  error.exit = code == EPERM ? Exit::kUnavailable : Exit::kRefused;
  error.sys_errno = code;
  error.what = std::move(what);
  return error;
}

// Devices and routes in memory. The instance is there from the start if `device` is set.
class FakeHost : public HostClient {
 public:
  std::optional<Device> device;
  std::vector<Route> present;        // ours, through the device
  std::vector<Prefix> foreign;       // somebody else's
  std::vector<std::string> actions;  // in order, with the kernel's
  Result<void> create_result;
  Result<void> up_result;
  int forwarding = 1;

  Result<std::optional<Device>> find_instance() override { return device; }
  Result<void> create_instance(const std::string& name) override {
    if (!create_result) return create_result;
    actions.push_back("create " + name);
    device = Device{7, name, false, "", 1280};
    return {};
  }
  Result<void> delete_device(std::uint32_t /*ifindex*/) override {
    actions.emplace_back("delete");
    device.reset();
    present.clear();
    return {};
  }
  Result<void> set_up(std::uint32_t /*ifindex*/, bool up) override {
    if (!up_result) return up_result;
    actions.emplace_back(up ? "up" : "down");
    device->up = up;
    if (!up) present.clear();
    return {};
  }
  Result<std::uint32_t> index_of(const std::string& name) override {
    if (name == "eth1") return 3U;
    return fail(kernel_error(ENODEV, "there is no such device"));
  }
  Result<std::string> name_of(std::uint32_t ifindex) override {
    if (ifindex == 3) return std::string("eth1");
    return fail(kernel_error(ENODEV, "there is no such device"));
  }
  Result<std::vector<Route>> routes(std::uint32_t /*ifindex*/) override { return present; }
  Result<void> add_route(std::uint32_t /*ifindex*/, const Route& route, bool replace) override {
    if (std::find(foreign.begin(), foreign.end(), route.prefix) != foreign.end())
      return fail(kernel_error(EEXIST, "File exists"));
    actions.push_back((replace ? "replace route " : "add route ") + to_string(route.prefix) +
                      (route.mtu == 0 ? "" : " mtu " + std::to_string(route.mtu)));
    present.erase(std::remove_if(present.begin(), present.end(),
                                 [&](const Route& r) { return r.prefix == route.prefix; }),
                  present.end());
    present.push_back(route);
    return {};
  }
  Result<void> delete_route(std::uint32_t /*ifindex*/, const Route& route) override {
    actions.push_back("delete route " + to_string(route.prefix));
    present.erase(std::remove(present.begin(), present.end(), route), present.end());
    return {};
  }
  Result<void> set_alias(std::uint32_t /*ifindex*/, const std::string& alias) override {
    device->alias = alias;
    return {};
  }
  Result<std::vector<PresentAddress>> service_addresses() override { return addresses; }
  Result<void> add_service_address(const ServiceAddress& service) override {
    for (const PresentAddress& p : addresses)
      if (p.service == service) return fail(kernel_error(EEXIST, "File exists"));
    actions.push_back("add " + text_of(service));
    addresses.push_back({service, true, 0});
    return {};
  }
  Result<void> delete_service_address(const ServiceAddress& service) override {
    actions.push_back("delete " + text_of(service));
    std::erase_if(addresses, [&](const PresentAddress& p) { return p.service == service; });
    return {};
  }
  Result<void> run_nft(const std::string& commands) override {
    actions.push_back(commands.find("oifname") == std::string::npos ? "no filter" : "filter");
    return {};
  }
  std::optional<int> sysctl(const std::string& name) override {
    const auto found = sysctls.find(name);
    return found == sysctls.end() ? forwarding : found->second;
  }
  Result<void> set_sysctl(const std::string& name, int value) override {
    actions.push_back(name + "=" + std::to_string(value));
    sysctls[name] = value;
    return {};
  }

  Result<std::vector<Device>> devices() override {
    std::vector<Device> all{{3, "eth1", true, "", link_mtu}};
    if (device) all.push_back(*device);
    return all;
  }
  Result<Way> way_to(const Address& address) override {
    const auto found = ways.find(to_string(address));
    return found == ways.end() ? Way{true, false, true, 7} : found->second;
  }
  Result<std::vector<NativeRoute>> native_routes() override { return natives; }

  std::uint32_t link_mtu = 1500;
  std::map<std::string, Way> ways;
  std::vector<NativeRoute> natives;
  std::vector<PresentAddress> addresses;
  std::map<std::string, int> sysctls{{"net.ipv6.conf.eth1.proxy_ndp", 0},
                                     {"net.ipv6.conf.all.proxy_ndp", 0}};

  static std::string text_of(const ServiceAddress& service) {
    return (service.proxy ? "proxy " : "address ") + to_string(service.address) + " dev " +
           std::to_string(service.ifindex);
  }
};

// A table and settings in memory, which refuses what the real one refuses to see.
class FakeKernel : public KernelClient {
 public:
  explicit FakeKernel(FakeHost& host) : host_(&host) {}

  State now{7, "siit0", 1, 0, {}, 0};
  std::vector<Row> table;
  Result<void> always;         // the answer to everything
  int stale_commits = 0;       // so many commits fail with ESTALE
  std::optional<Row> refused;  // a transaction with this row fails
  int dumps = 0;
  int commits = 0;
  Stats counters;
  Mapping mapping;
  Explanation explanation;
  std::optional<Question> question;

  Result<State> state() override {
    if (!always) return fail(always.error());
    now.rows = static_cast<std::uint32_t>(table.size());
    return now;
  }
  Result<void> change(const SettingsChange& change) override {
    if (!always) return always;
    for (const Setting& setting : all_settings())
      if ((change.unset_bits >> setting.attribute & 1U) != 0) unset(setting.attribute);
    for (const auto& [attribute, value] : change.values) set(attribute, value);
    ++now.generation;
    return {};
  }
  Result<void> add(const Row& row) override {
    if (!always) return always;
    for (const Row& r : table)
      if (r.ipv4 == row.ipv4 || r.ipv6 == row.ipv6)
        return fail(kernel_error(EEXIST, "the prefix is another row's"));
    table.push_back(with_scope(row));
    host_->actions.push_back("add " + to_string(row));
    return {};
  }
  Result<void> remove(const RowKey& key) override {
    if (!always) return always;
    const auto found = std::find_if(table.begin(), table.end(), matches(key));
    if (found == table.end()) return fail(kernel_error(ENOENT, "no such row"));
    table.erase(found);
    return {};
  }
  Result<Row> find(const RowKey& key) override {
    const auto found = std::find_if(table.begin(), table.end(), matches(key));
    if (found == table.end()) return fail(kernel_error(ENOENT, "no such row"));
    return *found;
  }
  Result<std::vector<Row>> rows() override {
    if (!always) return fail(always.error());
    ++dumps;
    return table;
  }
  Result<std::vector<CountedRow>> counted_rows() override {
    std::vector<CountedRow> counted;
    for (std::size_t i = 0; i < table.size(); ++i)
      counted.push_back({table[i], Hits{i * 1000, 7}});
    return counted;
  }
  Result<void> flush() override {
    table.clear();
    return {};
  }
  Result<std::uint32_t> commit(const Transaction& transaction) override {
    if (!always) return fail(always.error());
    ++commits;
    if (stale_commits > 0) {
      --stale_commits;
      return fail(kernel_error(ESTALE, "the configuration changed meanwhile"));
    }
    for (std::size_t i = 0; i < transaction.rows.size(); ++i) {
      if (!refused || !(transaction.rows[i] == *refused)) continue;
      Error error = kernel_error(EINVAL, "the kernel does not like it");
      error.row = i;
      return fail(std::move(error));
    }
    if (transaction.reset) {
      now.values = defaults;
      now.explicit_bits = 0;
    }
    for (const auto& [attribute, value] : transaction.values) set(attribute, value);
    if (!transaction.keep_table) {
      table.clear();
      for (const Row& row : transaction.rows) table.push_back(with_scope(row));
    }
    host_->actions.emplace_back("commit");
    return ++now.generation;
  }
  Result<Stats> stats() override {
    if (!always) return fail(always.error());
    return counters;
  }
  Result<Mapping> map(const Address& /*address*/) override { return mapping; }
  Result<Explanation> explain(const Question& asked) override {
    question = asked;
    return explanation;
  }

  Result<void> monitor(const std::function<bool(const Event&)>& on_event) override {
    if (!always) return always;
    for (const Event& event : events)
      if (!on_event(event)) break;
    return {};
  }
  std::vector<Event> events{Event{}};

  void set(std::uint16_t attribute, const Value& value) {
    now.values.insert_or_assign(attribute, value);
    now.explicit_bits |= std::uint64_t{1} << attribute;
  }

  Values defaults;

 private:
  void unset(std::uint16_t attribute) {
    now.values.erase(attribute);
    if (defaults.contains(attribute)) now.values[attribute] = defaults[attribute];
    now.explicit_bits &= ~(std::uint64_t{1} << attribute);
  }
  Row with_scope(Row row) const {
    const auto role = now.values.find(SIIT_SET_A_ROLE);
    const bool er =
        role != now.values.end() && std::get<std::int64_t>(role->second) == SIIT_ROLE_ER;
    if (row.scope == Scope::kDefault) row.scope = er ? Scope::kLocal : Scope::kRemote;
    return row;
  }
  static std::function<bool(const Row&)> matches(const RowKey& key) {
    return [key](const Row& row) {
      return (!key.ipv4 || *key.ipv4 == row.ipv4) && (!key.ipv6 || *key.ipv6 == row.ipv6);
    };
  }

  FakeHost* host_;
};

// A kernel, and command lines that run against it.
struct Fixture {
  FakeHost host;
  FakeKernel kernel{host};
  std::string input;    // standard input
  std::string entered;  // the network namespace
  std::vector<std::function<void()>> waits;  // what happens while a command waits, each time
  std::vector<std::string> trace;  // lines of a trace_pipe
  TraceRequest traced;
  std::size_t flushes = 0;
  std::string out;
  std::string err;

  void instance(bool up = true) { host.device = Device{7, "siit0", up, "", 1280}; }

  int run(std::vector<std::string> arguments) {
    Session session{kernel,
                    host,
                    [this] { return Result<std::string>(input); },
                    [this](const std::string& name) {
                      entered = name;
                      return Result<void>();
                    },
                    false,
                    {},
                    {},
                    {}};
    session.trace = [this](const TraceRequest& request, const TraceLine& on_line) {
      traced = request;
      for (const std::string& line : trace)
        if (!on_line(line)) break;
      return Result<void>();
    };
    session.flush = [this](Session&) { ++flushes; };
    session.wait = [this, next = std::size_t{0}](std::chrono::milliseconds) mutable {
      if (next == waits.size()) return false;
      waits[next++]();
      return true;
    };
    const Exit exit = run_cli(std::move(arguments), session);
    out = session.out;
    err = session.err;
    return static_cast<int>(exit);
  }
};

inline Row row(const std::string& ipv4, const std::string& ipv6, Scope scope = Scope::kRemote) {
  return {*parse_prefix4(ipv4), *parse_prefix6(ipv6), scope};
}

}  // namespace eam::test

#endif  // EAMCTL_TESTS_FAKE_KERNEL_H
