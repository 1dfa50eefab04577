// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_NL_HOST_H
#define EAMCTL_NL_HOST_H

#include <optional>

#include "kernel_client.h"
#include "nl_socket.h"

namespace eam {

// HostClient over rtnetlink. Connects with the first request.
class NlHost : public HostClient {
 public:
  Result<std::optional<Device>> find_instance() override;
  Result<void> create_instance(const std::string& name) override;
  Result<void> delete_device(std::uint32_t ifindex) override;
  Result<void> set_up(std::uint32_t ifindex, bool up) override;
  Result<std::uint32_t> index_of(const std::string& device) override;
  Result<std::string> name_of(std::uint32_t ifindex) override;
  Result<std::vector<Route>> routes(std::uint32_t ifindex) override;
  Result<void> add_route(std::uint32_t ifindex, const Route& route, bool replace) override;
  Result<void> delete_route(std::uint32_t ifindex, const Route& route) override;
  Result<std::vector<Device>> devices() override;
  Result<Way> way_to(const Address& address) override;
  Result<std::vector<NativeRoute>> native_routes() override;
  Result<void> set_alias(std::uint32_t ifindex, const std::string& alias) override;
  Result<std::vector<PresentAddress>> service_addresses() override;
  Result<void> add_service_address(const ServiceAddress& service) override;
  Result<void> delete_service_address(const ServiceAddress& service) override;
  Result<void> run_nft(const std::string& commands) override;
  std::optional<int> sysctl(const std::string& name) override;
  Result<void> set_sysctl(const std::string& name, int value) override;

 private:
  Result<void> send(nl_msg* message, const NlSocket::OnReply& on_reply = {});
  Result<void> dump_addresses(int type, std::vector<PresentAddress>& present);

  std::optional<NlSocket> socket_;
};

}  // namespace eam

#endif  // EAMCTL_NL_HOST_H
