// SPDX-License-Identifier: GPL-2.0
#include "netns.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace eam {

Result<void> enter_netns(const std::string& name) {
  const std::string path = name.find('/') == std::string::npos ? "/run/netns/" + name : name;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);  // NOLINT(*-vararg)
  int code = fd < 0 ? errno : 0;
  if (fd >= 0) {
    if (setns(fd, CLONE_NEWNET) < 0) code = errno;
    close(fd);
  }
  if (code == 0) return {};

  Error error;
  error.where = path;
  error.what = code == EINVAL ? "this is not a network namespace" : std::strerror(code);
  if (code == EPERM || code == EACCES) {
    error.exit = Exit::kUnavailable;
    error.hint = "CAP_SYS_ADMIN is needed to enter a network namespace";
  } else if (code == ENOENT) {
    error.what = "there is no such network namespace";
    error.hint = "ip netns list tells those with a name";
  }
  return fail(std::move(error));
}

}  // namespace eam
