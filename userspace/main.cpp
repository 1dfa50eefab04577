// SPDX-License-Identifier: GPL-2.0
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <thread>

#include "cli.h"
#include "netns.h"
#include "nl_client.h"
#include "nl_host.h"
#include "progress.h"

namespace {

void show(eam::Session& session) {
  std::cerr << session.err << std::flush;
  std::cout << session.out << std::flush;
  session.err.clear();
  session.out.clear();
}

int run(int argc, char** argv) {
  eam::NlClient kernel;
  eam::NlHost host;
  eam::Session session{kernel,
                       host,
                       [] { return eam::read_all(STDIN_FILENO, "stdin"); },
                       eam::enter_netns,
                       // NO_COLOR: see no-color.org
                       isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr,
                       {},
                       {},
                       {}};
  session.flush = show;
  session.wait = [](std::chrono::milliseconds time) {
    std::this_thread::sleep_for(time);
    return static_cast<bool>(std::cout);
  };
  eam::Progress progress([](std::string_view text) { std::cerr << text << std::flush; });
  if (isatty(STDERR_FILENO) == 1)
    kernel.on_progress = [&](std::size_t done, std::size_t total) { progress.step(done, total); };
  const eam::Exit exit = eam::run_cli({argv + 1, argv + argc}, session);

  progress.clear();
  show(session);
  if (!std::cout) {
    std::cerr << "eamctl: error: stdout: cannot write\n";
    return static_cast<int>(eam::Exit::kUsage);
  }
  return static_cast<int>(exit);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    // No memory, or a bug.
    std::cerr << "eamctl: error: " << e.what() << '\n';
    return static_cast<int>(eam::Exit::kUsage);
  }
}
