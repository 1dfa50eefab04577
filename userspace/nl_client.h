// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_NL_CLIENT_H
#define EAMCTL_NL_CLIENT_H

#include <optional>

#include "kernel_client.h"
#include "nl_socket.h"

namespace eam {

// KernelClient over Generic Netlink. Connects with the first request, so that commands which need
// no kernel do without.
class NlClient : public KernelClient {
 public:
  Result<State> state() override;
  Result<void> change(const SettingsChange& change) override;
  Result<void> add(const Row& row) override;
  Result<void> remove(const RowKey& key) override;
  Result<Row> find(const RowKey& key) override;
  Result<std::vector<Row>> rows() override;
  Result<std::vector<CountedRow>> counted_rows() override;
  Result<void> flush() override;
  Result<std::uint32_t> commit(const Transaction& transaction) override;
  Result<Stats> stats() override;
  Result<Mapping> map(const Address& address) override;
  Result<Explanation> explain(const Question& question) override;
  Result<void> monitor(const std::function<bool(const Event&)>& on_event) override;

 private:
  template <typename R>
  Result<std::vector<R>> dump_rows();
  Result<void> connect();
  Result<NlMessage> request(std::uint8_t command, int flags = 0, std::size_t size = 4096);
  Result<void> send(nl_msg* message, const NlSocket::OnReply& on_reply = {});
  Result<void> send_rows(std::span<const Row> rows);
  Result<std::uint32_t> send_transaction(const Transaction& transaction);

  std::optional<NlSocket> socket_;
  std::uint16_t family_ = 0;
  std::uint32_t group_ = 0;  // "config"
};

}  // namespace eam

#endif  // EAMCTL_NL_CLIENT_H
