// SPDX-License-Identifier: GPL-2.0
#include "nl_client.h"

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/siit_dc.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>

#include <cerrno>

#include "nl_codec.h"

namespace eam {
namespace {

constexpr int kDumpTries = 20;

Error family_error(const KernelError& kernel) {
  if (kernel.code == EPERM && kernel.text.empty()) {
    Error error = to_error(kernel);
    error.what = "no permission";
    error.hint = "CAP_NET_ADMIN is needed";
    return error;
  }
  Error error = to_error(kernel);
  if (kernel.code == ENODEV && kernel.text.empty()) {
    error.what = "no instance in this network namespace";
    error.hint = "eamctl up makes one";
  }
  return error;
}

}  // namespace

Result<void> NlClient::connect() {
  if (socket_) return {};
  Result<NlSocket> socket = NlSocket::open(NETLINK_GENERIC);
  if (!socket) return fail(socket.error());

  // The kernel loads the module by the alias of the family.
  const NlMessage message = new_request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
  nla_put_string(message.get(), CTRL_ATTR_FAMILY_NAME, SIIT_GENL_NAME);
  const auto resolved = socket->request(message.get(), [this](nlmsghdr* reply) {
    const nlattr* id = nlmsg_find_attr(reply, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID);
    if (id != nullptr) family_ = nla_get_u16(id);
    group_ = read_group(reply, SIIT_GENL_MCGRP_CONFIG).value_or(0);
  });
  if (!resolved || family_ == 0) {
    if (!resolved && resolved.error().code != ENOENT) return fail(family_error(resolved.error()));
    Error error;
    error.exit = Exit::kUnavailable;
    error.what = "the kernel module siit_dc is not loaded";
    error.hint = "modprobe siit_dc shows why; eamctl up loads it";
    return fail(std::move(error));
  }
  socket_ = std::move(*socket);
  return {};
}

Result<NlMessage> NlClient::request(std::uint8_t command, int flags, std::size_t size) {
  const Result<void> connected = connect();
  if (!connected) return fail(connected.error());
  return new_request(family_, command, flags, size);
}

Result<void> NlClient::send(nl_msg* message, const NlSocket::OnReply& on_reply) {
  const auto sent = socket_->request(message, on_reply);
  if (sent) return {};
  Error error = family_error(sent.error());
  if (sent.error().offset) {
    const Setting* setting = setting_at_offset(nlmsg_hdr(message), *sent.error().offset);
    if (setting != nullptr) error.where = setting->key;
  }
  return fail(std::move(error));
}

Result<State> NlClient::state() {
  const Result<NlMessage> message = request(SIIT_CMD_SETTINGS_GET);
  if (!message) return fail(message.error());
  State state;
  const Result<void> sent =
      send(message->get(), [&](nlmsghdr* reply) { state = read_state(reply); });
  if (!sent) return fail(sent.error());
  return state;
}

Result<void> NlClient::change(const SettingsChange& change) {
  const Result<NlMessage> message = request(SIIT_CMD_SETTINGS_SET);
  if (!message) return fail(message.error());
  put_settings(message->get(), change.values);
  if (change.unset_bits != 0) nla_put_u64(message->get(), SIIT_A_UNSET, change.unset_bits);
  return send(message->get());
}

Result<void> NlClient::add(const Row& row) {
  const Result<NlMessage> message = request(SIIT_CMD_EAM_ADD);
  if (!message) return fail(message.error());
  put_row(message->get(), row);
  return send(message->get());
}

Result<void> NlClient::remove(const RowKey& key) {
  const Result<NlMessage> message = request(SIIT_CMD_EAM_DEL);
  if (!message) return fail(message.error());
  put_row_key(message->get(), key);
  return send(message->get());
}

Result<Row> NlClient::find(const RowKey& key) {
  const Result<NlMessage> message = request(SIIT_CMD_EAM_GET);
  if (!message) return fail(message.error());
  put_row_key(message->get(), key);
  std::vector<Row> rows;
  const Result<void> sent = send(message->get(), [&](nlmsghdr* reply) { read_rows(reply, rows); });
  if (!sent) return fail(sent.error());
  if (rows.empty()) {
    KernelError none;
    none.code = ENOENT;
    return fail(to_error(none));
  }
  return rows.front();
}

template <typename R>
Result<std::vector<R>> NlClient::dump_rows() {
  for (int tries = 1;; ++tries) {
    const Result<NlMessage> message = request(SIIT_CMD_EAM_GET, NLM_F_DUMP);
    if (!message) return fail(message.error());
    std::vector<R> rows;
    const auto sent =
        socket_->request(message->get(), [&](nlmsghdr* reply) { read_rows(reply, rows); });
    if (sent) return rows;
    // NL-05: the table changed meanwhile.
    if (sent.error().code != EINTR || tries == kDumpTries) return fail(family_error(sent.error()));
  }
}

Result<std::vector<Row>> NlClient::rows() { return dump_rows<Row>(); }

Result<std::vector<CountedRow>> NlClient::counted_rows() { return dump_rows<CountedRow>(); }

Result<void> NlClient::flush() {
  const Result<NlMessage> message = request(SIIT_CMD_EAM_FLUSH);
  if (!message) return fail(message.error());
  return send(message->get());
}

Result<void> NlClient::send_rows(std::span<const Row> rows) {
  std::size_t done = 0;
  while (done < rows.size()) {
    const Result<NlMessage> message = request(SIIT_CMD_TXN_ADD, 0, kBatchBytes);
    if (!message) return fail(message.error());
    const std::size_t count = put_rows(message->get(), rows.subspan(done));
    const auto sent = socket_->request(message->get());
    if (!sent) {
      Error error = family_error(sent.error());
      if (sent.error().offset) {
        const auto row = row_at_offset(nlmsg_hdr(message->get()), *sent.error().offset);
        if (row) error.row = done + *row;
      }
      return fail(std::move(error));
    }
    done += count;
    if (on_progress) on_progress(done, rows.size());
  }
  return {};
}

Result<std::uint32_t> NlClient::send_transaction(const Transaction& transaction) {
  std::uint32_t generation = 0;
  const auto on_generation = [&](nlmsghdr* reply) {
    generation = read_generation(reply).value_or(generation);
  };

  const Result<NlMessage> begin = request(SIIT_CMD_TXN_BEGIN);
  if (!begin) return fail(begin.error());
  std::uint32_t flags = 0;
  if (transaction.reset) flags |= SIIT_TXN_F_RESET;
  if (transaction.keep_table) flags |= SIIT_TXN_F_KEEP_TABLE;
  nla_put_u32(begin->get(), SIIT_A_FLAGS, flags);
  put_settings(begin->get(), transaction.values);
  nla_put_u32(begin->get(), SIIT_A_ROWS, static_cast<std::uint32_t>(transaction.rows.size()));
  const Result<void> begun = send(begin->get(), on_generation);
  if (!begun) return fail(begun.error());

  const Result<void> added = send_rows(transaction.rows);
  if (!added) return fail(added.error());

  const Result<NlMessage> commit = request(SIIT_CMD_TXN_COMMIT);
  if (!commit) return fail(commit.error());
  nla_put_u32(commit->get(), SIIT_A_GENERATION, generation);
  if (!transaction.keep_table)
    nla_put_u32(commit->get(), SIIT_A_ROWS, static_cast<std::uint32_t>(transaction.rows.size()));
  const Result<void> committed = send(commit->get(), on_generation);
  if (!committed) return fail(committed.error());
  return generation;
}

Result<std::uint32_t> NlClient::commit(const Transaction& transaction) {
  const Result<void> connected = connect();
  if (!connected) return fail(connected.error());
  Result<std::uint32_t> generation = send_transaction(transaction);
  // The candidate of a failed transaction dies with its socket, whatever state it is in.
  if (!generation) socket_.reset();
  return generation;
}

Result<Stats> NlClient::stats() {
  const Result<NlMessage> message = request(SIIT_CMD_STATS_GET);
  if (!message) return fail(message.error());
  Stats stats;
  const Result<void> sent =
      send(message->get(), [&](nlmsghdr* reply) { read_stats(reply, stats); });
  if (!sent) return fail(sent.error());
  return stats;
}

Result<Mapping> NlClient::map(const Address& address) {
  const Result<NlMessage> message = request(SIIT_CMD_MAP_GET);
  if (!message) return fail(message.error());
  if (const auto* ipv4 = std::get_if<Address4>(&address))
    nla_put_u32(message->get(), SIIT_A_SRC4, htonl(ipv4->value));
  else
    nla_put(message->get(), SIIT_A_SRC6, 16, std::get<Address6>(address).octets.data());
  Mapping mapping;
  const Result<void> sent =
      send(message->get(), [&](nlmsghdr* reply) { mapping = read_mapping(reply); });
  if (!sent) return fail(sent.error());
  return mapping;
}

Result<Explanation> NlClient::explain(const Question& question) {
  const Result<NlMessage> message = request(SIIT_CMD_EXPLAIN);
  if (!message) return fail(message.error());
  put_question(message->get(), question);
  Explanation explanation;
  const Result<void> sent =
      send(message->get(), [&](nlmsghdr* reply) { explanation = read_explanation(reply); });
  if (!sent) return fail(sent.error());
  return explanation;
}

Result<void> NlClient::monitor(const std::function<bool(const Event&)>& on_event) {
  const Result<void> connected = connect();
  if (!connected) return connected;
  // A socket of its own, so that `on_event` can ask questions meanwhile.
  Result<NlSocket> listener = NlSocket::open(NETLINK_GENERIC);
  if (!listener) return fail(listener.error());
  const auto joined = listener->join(group_);
  if (!joined) return fail(family_error(joined.error()));

  bool go_on = on_event(Event{});
  while (go_on) {
    const auto received = listener->receive([&](nlmsghdr* message) {
      const std::optional<Event> event = read_event(message);
      if (event && go_on) go_on = on_event(*event);
    });
    if (received) continue;
    if (received.error().code != ENOBUFS) return fail(to_error(received.error()));
    Event lost;
    lost.kind = Event::Kind::kLost;
    go_on = on_event(lost);
  }
  return {};
}

}  // namespace eam
