// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_COMMANDS_H
#define EAMCTL_COMMANDS_H

#include <string>
#include <vector>

#include "config_file.h"
#include "session.h"

// One options struct and one function for each command.
namespace eam {

struct UpOptions {
  std::string device;  // empty: the one that is there, or siit0
  std::string role;
};
Result<void> run_up(const UpOptions& options, Session& session);

struct DownOptions {
  std::string device;  // empty: whatever it is called
  bool keep = false;
};
Result<void> run_down(const DownOptions& options, Session& session);

struct EamAddOptions {
  std::string ipv4;
  std::string ipv6;
  std::string scope;
  bool mask = false;
  bool idempotent = false;
};
Result<void> run_eam_add(const EamAddOptions& options, Session& session);

struct EamDelOptions {
  std::vector<std::string> columns;
};
Result<void> run_eam_del(const EamDelOptions& options, Session& session);

struct EamShowOptions {
  std::string address;
  bool hits = false;
};
Result<void> run_eam_show(const EamShowOptions& options, Session& session);

Result<void> run_eam_flush(Session& session);

struct EamReplaceOptions {
  std::string file;
  bool mask = false;
};
Result<void> run_eam_replace(const EamReplaceOptions& options, Session& session);

struct SetOptions {
  std::vector<std::string> pairs;
};
Result<void> run_set(const SetOptions& options, Session& session);

struct GetOptions {
  std::string key;
};
Result<void> run_get(const GetOptions& options, Session& session);

struct MapOptions {
  std::string address;
};
Result<void> run_map(const MapOptions& options, Session& session);

struct ExplainOptions {
  std::string source;
  std::string destination;
  std::string protocol;
  std::optional<unsigned> ttl;
  std::optional<unsigned> length;
  bool df = false;
  std::string device;
  bool xmit = false;
};
Result<void> run_explain(const ExplainOptions& options, Session& session);

struct StatsOptions {
  bool all = false;
  unsigned watch = 0;  // seconds between two looks; 0: one look
  bool prometheus = false;
};
Result<void> run_stats(const StatsOptions& options, Session& session);

Result<void> run_doctor(Session& session);

struct DnsmasqOptions {
  std::string device;
};
Result<void> run_dnsmasq(const DnsmasqOptions& options, Session& session);

struct ConfigOptions {
  std::string file;
};
// With its warnings told.
Result<Config> read_config(const std::string& file, Session& session);
Result<void> run_check(const ConfigOptions& options, Session& session);
Result<void> run_apply(const ConfigOptions& options, Session& session);
Result<void> run_show(Session& session);
Result<void> run_diff(const ConfigOptions& options, Session& session);

struct ImportOptions {
  std::string from;  // jool or tayga
  std::string file;
};
Result<void> run_import(const ImportOptions& options, Session& session);

Result<void> run_monitor(Session& session);

struct TraceOptions {
  std::string source;
  std::string destination;
  bool drops = false;
};
Result<void> run_trace(const TraceOptions& options, Session& session);

}  // namespace eam

#endif  // EAMCTL_COMMANDS_H
