// SPDX-License-Identifier: GPL-2.0
#include "commands.h"
#include "import.h"

namespace eam {

Result<void> run_import(const ImportOptions& options, Session& session) {
  const Result<std::string> content = read_input(session, options.file);
  if (!content) return fail(content.error());
  const std::string name = options.file == "-" ? "stdin" : options.file;
  const Result<Import> import =
      options.from == "jool" ? import_jool(name, *content) : import_tayga(name, *content);
  if (!import) return fail(import.error());
  session.warn(import->notes());
  session.warn(warnings_about(import->values()));
  session.out += render_config(std::string(kDefaultDevice), import->values(), import->rows(),
                               session.style);
  return {};
}

}  // namespace eam
