// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include "file.h"
#include "trace.h"

namespace eam {
namespace {

constexpr std::array kTraceFs{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
constexpr std::string_view kInstance = "eamctl-";
constexpr int kLookMs = 500;  // for a module that went away

Failure unavailable(const std::string& where, std::string what, std::string hint) {
  Error error;
  error.exit = Exit::kUnavailable;
  error.where = where;
  error.what = std::move(what);
  error.hint = std::move(hint);
  return fail(std::move(error));
}

Failure no_permission(const std::string& where) {
  return unavailable(where, std::strerror(errno),
                     "root is needed, and a kernel that is not locked down");
}

bool exists(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0;
}

Result<std::string> find_tracefs() {
  for (const char* path : kTraceFs) {
    if (exists(std::string(path) + "/instances")) return path;
    if (errno == EACCES || errno == EPERM) return no_permission(path);
  }
  return unavailable(kTraceFs.front(), "tracefs is not mounted",
                     std::string("mount -t tracefs tracefs ") + kTraceFs.front());
}

// What was killed without notice left its instance behind. One in use cannot be removed.
void remove_stale(const std::string& instances) {
  DIR* directory = opendir(instances.c_str());
  if (directory == nullptr) return;
  while (const dirent* entry = readdir(directory)) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = entry->d_name;      // NOLINT(*-array-to-pointer-decay)
    pid_t pid = 0;
    if (name.substr(0, kInstance.size()) != kInstance) continue;
    std::from_chars(name.data() + kInstance.size(), name.data() + name.size(), pid);
    if (pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
      rmdir((instances + "/" + std::string(name)).c_str());
  }
  closedir(directory);
}

// A ring buffer of our own; what others trace goes on.
class Instance {
 public:
  explicit Instance(const std::string& tracefs)
      : path_(tracefs + "/instances/" + std::string(kInstance) + std::to_string(getpid())) {}
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  Instance(Instance&&) = delete;
  Instance& operator=(Instance&&) = delete;
  ~Instance() {
    if (pipe_ >= 0) close(pipe_);
    if (made_) rmdir(path_.c_str());
  }

  Result<void> start(const TraceRequest& request, std::uint64_t netns) {
    if (mkdir(path_.c_str(), 0700) < 0) return no_permission(path_);
    made_ = true;
    // Else a reader is woken when the buffer is half full.
    for (const auto& [file, value] : {std::pair("buffer_percent", "0"), {"trace_clock", "mono"}})
      if (const Result<void> written = write_file(path_ + "/" + file, value); !written)
        return written;
    pipe_ = open((path_ + "/trace_pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // NOLINT(*-vararg)
    if (pipe_ < 0) return no_permission(path_);
    for (const char* event : {"translate", "drop"}) {
      if (request.drops && std::strcmp(event, "drop") != 0) continue;
      const std::string directory = path_ + "/events/siit_dc/" + event;
      Result<void> written = write_file(directory + "/filter", trace_filter(request, netns));
      if (written) written = write_file(directory + "/enable", "1");
      if (!written) return written;
    }
    return {};
  }

  [[nodiscard]] int pipe() const { return pipe_; }
  [[nodiscard]] bool alive() const { return exists(path_ + "/events/siit_dc"); }

 private:
  std::string path_;
  bool made_ = false;
  int pipe_ = -1;
};

// While it lives, the signals that end a program come by a file.
class Signals {
 public:
  Signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, &before_);
    file_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  Signals(Signals&&) = delete;
  Signals& operator=(Signals&&) = delete;
  ~Signals() {
    // Those that came are answered; the rest of the program is not to die of them.
    signalfd_siginfo info{};
    while (read(file_, &info, sizeof(info)) == sizeof(info)) continue;
    close(file_);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  [[nodiscard]] int file() const { return file_; }

 private:
  sigset_t before_{};
  int file_ = -1;
};

// Calls back with the complete lines of `text`, and takes them away.
bool take_lines(std::string& text, const TraceLine& on_line) {
  std::size_t start = 0;
  for (std::size_t end = 0; (end = text.find('\n', start)) != std::string::npos; start = end + 1)
    if (!on_line(std::string_view(text).substr(start, end - start))) return false;
  text.erase(0, start);
  return true;
}

Result<void> read_lines(const Instance& instance, int signals, const TraceLine& on_line) {
  std::array<pollfd, 3> files{{{instance.pipe(), POLLIN, 0},
                               {signals, POLLIN, 0},
                               // Nobody reads any more: an error.
                               {STDOUT_FILENO, 0, 0}}};
  std::array<char, 1U << 16U> chunk{};
  std::string text;
  while (true) {
    if (poll(files.data(), files.size(), kLookMs) < 0 && errno != EINTR) return {};
    if (files[1].revents != 0 || files[2].revents != 0) return {};
    const ssize_t got = read(instance.pipe(), chunk.data(), chunk.size());
    if (got > 0) {
      text.append(chunk.data(), static_cast<std::size_t>(got));
      if (!take_lines(text, on_line)) return {};
    } else if (!instance.alive()) {
      return unavailable("", "the module siit_dc was removed", "");
    }
  }
}

}  // namespace

Result<void> trace_packets(const TraceRequest& request, const TraceLine& on_line) {
  const Result<std::string> tracefs = find_tracefs();
  if (!tracefs) return fail(tracefs.error());
  if (!exists(*tracefs + "/events/siit_dc"))
    return unavailable("", "the kernel module siit_dc is not loaded", "modprobe siit_dc");
  struct stat netns {};
  if (stat("/proc/thread-self/ns/net", &netns) < 0) return no_permission("/proc");

  const Signals signals;
  remove_stale(*tracefs + "/instances");
  Instance instance(*tracefs);
  const Result<void> started = instance.start(request, netns.st_ino);
  if (!started) return started;
  return read_lines(instance, signals.file(), on_line);
}

}  // namespace eam
