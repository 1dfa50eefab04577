// SPDX-License-Identifier: GPL-2.0
#include "nl_socket.h"

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace eam {
namespace {

constexpr int kReceiveBuffer = 1 << 16;  // more than any message of a dump
constexpr int kSocketBuffer = 1 << 20;   // of the kernel

struct Exchange {
  const NlSocket::OnReply* on_reply = nullptr;
  KernelError error;
  bool done = false;
  bool interrupted = false;
};

void read_extended_ack(nlattr* first, int size, KernelError& error) {
  std::array<nlattr*, NLMSGERR_ATTR_MAX + 1> attributes{};
  if (nla_parse(attributes.data(), NLMSGERR_ATTR_MAX, first, size, nullptr) < 0) return;
  if (const nlattr* text = attributes[NLMSGERR_ATTR_MSG])
    error.text.assign(
        static_cast<const char*>(nla_data(text)),
        strnlen(static_cast<const char*>(nla_data(text)), static_cast<std::size_t>(nla_len(text))));
  if (const nlattr* offset = attributes[NLMSGERR_ATTR_OFFS]) error.offset = nla_get_u32(offset);
}

int on_valid(nl_msg* message, void* argument) {
  auto* exchange = static_cast<Exchange*>(argument);
  if (*exchange->on_reply) (*exchange->on_reply)(nlmsg_hdr(message));
  return NL_OK;
}

int on_ack(nl_msg* /*message*/, void* argument) {
  static_cast<Exchange*>(argument)->done = true;
  return NL_STOP;
}

int on_error(sockaddr_nl* /*peer*/, nlmsgerr* answer, void* argument) {
  auto* exchange = static_cast<Exchange*>(argument);
  exchange->done = true;
  exchange->error.code = -answer->error;

  // libnl hands over the payload; the flags are in the header before it.
  auto* header = reinterpret_cast<nlmsghdr*>(answer) - 1;
  if ((header->nlmsg_flags & NLM_F_ACK_TLVS) != 0) {
    std::size_t used = sizeof(*answer);
    if ((header->nlmsg_flags & NLM_F_CAPPED) == 0)
      used += answer->msg.nlmsg_len - sizeof(answer->msg);
    used = static_cast<std::size_t>(NLMSG_ALIGN(used));
    const std::size_t size = header->nlmsg_len - NLMSG_HDRLEN;
    if (used < size)
      read_extended_ack(reinterpret_cast<nlattr*>(reinterpret_cast<char*>(answer) + used),
                        static_cast<int>(size - used), exchange->error);
  }
  return NL_STOP;
}

// The end of a dump carries its result, and behind that an extended acknowledgement.
int on_finish(nl_msg* message, void* argument) {
  auto* exchange = static_cast<Exchange*>(argument);
  nlmsghdr* header = nlmsg_hdr(message);
  int result = 0;
  exchange->done = true;
  if (nlmsg_datalen(header) >= static_cast<int>(sizeof(result)))
    std::memcpy(&result, nlmsg_data(header), sizeof(result));
  if (result < 0) {
    exchange->error.code = -result;
    if ((header->nlmsg_flags & NLM_F_ACK_TLVS) != 0)
      read_extended_ack(nlmsg_attrdata(header, sizeof(result)),
                        nlmsg_attrlen(header, sizeof(result)), exchange->error);
  }
  return NL_STOP;
}

int on_interrupted(nl_msg* /*message*/, void* argument) {
  static_cast<Exchange*>(argument)->interrupted = true;
  return NL_OK;
}

KernelError local_error(int code, std::string text) {
  KernelError error;
  error.code = code;
  error.text = std::move(text);
  return error;
}

}  // namespace

Result<NlSocket> NlSocket::open(int protocol) {
  NlSocket opened;
  opened.socket_.reset(nl_socket_alloc());
  nl_sock* socket = opened.socket_.get();
  int error = socket == nullptr ? -NLE_NOMEM : nl_connect(socket, protocol);
  if (error == 0) error = nl_socket_set_buffer_size(socket, kSocketBuffer, kSocketBuffer);
  if (error == 0) error = nl_socket_set_msg_buf_size(socket, kReceiveBuffer);
  if (error < 0) {
    Error failed;
    failed.exit = Exit::kUnavailable;
    failed.what = std::string("netlink: ") + nl_geterror(error);
    return fail(std::move(failed));
  }
  // One system call a message instead of two.
  nl_socket_disable_msg_peek(socket);

  // Older kernels without one of these only tell less.
  const int on = 1;
  const int fd = nl_socket_get_fd(socket);
  setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
  setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
  setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
  return opened;
}

tl::expected<void, KernelError> NlSocket::request(nl_msg* message, const OnReply& on_reply) {
  Exchange exchange{&on_reply, {}, false, false};
  const std::unique_ptr<nl_cb, NlDeleter> callbacks(nl_cb_alloc(NL_CB_DEFAULT));
  if (!callbacks) return tl::unexpected(local_error(ENOMEM, "out of memory"));
  nl_cb_set(callbacks.get(), NL_CB_VALID, NL_CB_CUSTOM, on_valid, &exchange);
  nl_cb_set(callbacks.get(), NL_CB_ACK, NL_CB_CUSTOM, on_ack, &exchange);
  nl_cb_set(callbacks.get(), NL_CB_FINISH, NL_CB_CUSTOM, on_finish, &exchange);
  nl_cb_set(callbacks.get(), NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, &exchange);
  nl_cb_err(callbacks.get(), NL_CB_CUSTOM, on_error, &exchange);

  const int sent = nl_send_auto(socket_.get(), message);
  if (sent < 0) return tl::unexpected(local_error(EIO, nl_geterror(sent)));
  while (!exchange.done) {
    const int received = nl_recvmsgs(socket_.get(), callbacks.get());
    if (received < 0 && !exchange.done)
      return tl::unexpected(local_error(EIO, nl_geterror(received)));
  }
  if (exchange.error.code != 0) return tl::unexpected(std::move(exchange.error));
  if (exchange.interrupted) return tl::unexpected(local_error(EINTR, "the dump was interrupted"));
  return {};
}

tl::expected<void, KernelError> NlSocket::join(std::uint32_t group) {
  const int fd = nl_socket_get_fd(socket_.get());
  if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) == 0) return {};
  return tl::unexpected(local_error(errno, {}));
}

tl::expected<void, KernelError> NlSocket::receive(const OnReply& on_message) {
  Exchange exchange{&on_message, {}, false, false};
  const std::unique_ptr<nl_cb, NlDeleter> callbacks(nl_cb_alloc(NL_CB_DEFAULT));
  if (!callbacks) return tl::unexpected(local_error(ENOMEM, "out of memory"));
  nl_cb_set(callbacks.get(), NL_CB_VALID, NL_CB_CUSTOM, on_valid, &exchange);
  // Nobody asked for notifications: they answer no request.
  nl_cb_set(callbacks.get(), NL_CB_SEQ_CHECK, NL_CB_CUSTOM,
            [](nl_msg*, void*) { return static_cast<int>(NL_OK); }, nullptr);
  const int received = nl_recvmsgs(socket_.get(), callbacks.get());
  if (received >= 0) return {};
  // What libnl makes of ENOBUFS.
  if (received == -NLE_NOMEM) return tl::unexpected(local_error(ENOBUFS, "notifications are lost"));
  return tl::unexpected(local_error(EIO, nl_geterror(received)));
}

Error to_error(const KernelError& kernel) {
  Error error;
  error.exit = kernel.code == EPERM ? Exit::kUnavailable : Exit::kRefused;
  error.sys_errno = kernel.code;
  error.what = kernel.text.empty() ? std::strerror(kernel.code) : kernel.text;
  return error;
}

}  // namespace eam
