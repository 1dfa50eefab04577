// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <fmt/format.h>
#include <linux/siit_dc.h>

#include "host_settings.h"

namespace eam {

void Session::warn(std::string_view text) {
  err += fmt::format("eamctl: {}: {}\n", paint(style, Color::kWarning, "warning"), text);
}

Result<std::string> read_input(const Session& session, const std::string& file) {
  return file == "-" ? session.read_stdin() : read_file(file);
}

void warn_about_forwarding(Session& session, const Values& values) {
  if (!is_role(values, SIIT_ROLE_BR)) return;
  for (const char* name : {"net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"})
    if (session.host.sysctl(name).value_or(1) == 0)
      session.warn(fmt::format("{} is 0, a border relay needs 1", name));
}

Result<State> read_state(Session& session) {
  Result<State> state = session.kernel.state();
  if (!state) return state;
  const Result<std::optional<Device>> device = session.host.find_instance();
  if (!device) return fail(device.error());
  merge(*state, *device ? parse_alias((*device)->alias) : HostSettings());
  return state;
}

}  // namespace eam
