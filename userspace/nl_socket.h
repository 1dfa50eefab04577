// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_NL_SOCKET_H
#define EAMCTL_NL_SOCKET_H

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "error.h"

namespace eam {

struct NlDeleter {
  void operator()(nl_sock* s) const noexcept { nl_socket_free(s); }
  void operator()(nl_msg* m) const noexcept { nlmsg_free(m); }
  void operator()(nl_cb* c) const noexcept { nl_cb_put(c); }
};
using NlMessage = std::unique_ptr<nl_msg, NlDeleter>;

// What the kernel answered: errno, and what the extended acknowledgement says.
struct KernelError {
  int code = 0;
  std::string text;
  std::optional<std::uint32_t> offset;  // of the attribute, from the start of our message
};

class NlSocket {
 public:
  // Sees one reply; the pointer is good for the call only.
  using OnReply = std::function<void(nlmsghdr*)>;

  // NETLINK_GENERIC or NETLINK_ROUTE
  static Result<NlSocket> open(int protocol);

  // Sends and waits for the acknowledgement or the end of the dump. Errno EINTR: the
  // dump is inconsistent, start again.
  tl::expected<void, KernelError> request(nl_msg* message, const OnReply& on_reply = {});

  // Multicast: joins a group, and waits for what comes. Errno ENOBUFS: some of it is lost.
  tl::expected<void, KernelError> join(std::uint32_t group);
  tl::expected<void, KernelError> receive(const OnReply& on_message);

 private:
  std::unique_ptr<nl_sock, NlDeleter> socket_;
};

// KernelError as an Error: EPERM is a matter of permission, the rest a refusal.
Error to_error(const KernelError& kernel);

}  // namespace eam

#endif  // EAMCTL_NL_SOCKET_H
