// SPDX-License-Identifier: GPL-2.0
#include "file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace eam {
namespace {

Failure file_error(const std::string& name, int code) {
  Error error;
  error.where = name;
  error.what = std::strerror(code);
  return fail(std::move(error));
}

}  // namespace

Result<std::string> read_all(int fd, const std::string& name) {
  constexpr std::size_t kChunk = 1U << 16U;

  std::string content;
  struct stat info {};
  if (fstat(fd, &info) == 0 && info.st_size > 0)
    content.reserve(static_cast<std::size_t>(info.st_size) + kChunk);

  while (true) {
    const std::size_t old_size = content.size();
    content.resize(old_size + kChunk);
    const ssize_t got = read(fd, content.data() + old_size, kChunk);
    if (got < 0 && errno == EINTR) {
      content.resize(old_size);
      continue;
    }
    if (got < 0) return file_error(name, errno);
    content.resize(old_size + static_cast<std::size_t>(got));
    if (got == 0) return content;
  }
}

Result<std::string> read_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);  // NOLINT(*-vararg)
  if (fd < 0) return file_error(path, errno);
  Result<std::string> content = read_all(fd, path);
  close(fd);
  return content;
}

Result<void> write_file(const std::string& path, const std::string& content) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);  // NOLINT(*-vararg)
  if (fd < 0) return file_error(path, errno);
  const ssize_t put = write(fd, content.data(), content.size());
  const int code = put < 0 ? errno : EIO;
  close(fd);
  if (put != static_cast<ssize_t>(content.size())) return file_error(path, code);
  return {};
}

}  // namespace eam
