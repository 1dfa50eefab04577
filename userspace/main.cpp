// SPDX-License-Identifier: GPL-2.0
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "cli.h"
#include "netns.h"
#include "nl_client.h"
#include "nl_host.h"

namespace {

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
  const eam::Exit exit = eam::run_cli({argv + 1, argv + argc}, session);

  std::cerr << session.err << std::flush;
  std::cout << session.out << std::flush;
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
