// SPDX-License-Identifier: GPL-2.0
#include "cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>

#include "commands.h"
#include "version.h"

namespace eam {
namespace {

// What a command does once the whole line is parsed.
using Action = std::function<Result<void>(Session&)>;

struct GlobalOptions {
  Style style;
  std::string color = "auto";
  std::string netns;
};

// Adds a command whose options struct lives as long as its action.
class Commands {
 public:
  Commands(CLI::App& app, Action& chosen) : app_(&app), chosen_(&chosen) {}

  CLI::App* add(const std::string& name, const std::string& help, const std::string& examples) {
    CLI::App* command = app_->add_subcommand(name, help);
    command->fallthrough();
    command->footer("Examples:\n" + examples);
    return command;
  }

  template <typename Options>
  void run(CLI::App* command, const std::shared_ptr<Options>& options,
           Result<void> (*function)(const Options&, Session&)) {
    command->callback([chosen = chosen_, options, function] {
      *chosen = [options, function](Session& session) { return function(*options, session); };
    });
  }

  void run(CLI::App* command, Result<void> (*function)(Session&)) {
    command->callback([chosen = chosen_, function] { *chosen = function; });
  }

  [[nodiscard]] Commands inside(CLI::App* command) const { return {*command, *chosen_}; }

 private:
  CLI::App* app_;
  Action* chosen_;
};

void add_file(CLI::App* command, std::string& file) {
  command->add_option("FILE", file, "File, or - for standard input")->required();
}

std::string settings_help() {
  std::string text = "Keys:\n";
  for (const Setting& setting : all_settings())
    text += fmt::format("  {:<21} {}\n  {:<21}   {}\n", setting.key, setting.help, "",
                        values_of(setting));
  return text;
}

void setup_device(Commands& commands) {
  auto up = std::make_shared<UpOptions>();
  CLI::App* command = commands.add("up", "Create the instance and set it up",
                                   "  eamctl up --role br\n"
                                   "  eamctl -n blue up siit1\n");
  command->add_option("DEV", up->device, "Name of the device, siit0 if not given");
  command->add_option("--role", up->role, "br, er or siit");
  commands.run(command, up, run_up);

  auto down = std::make_shared<DownOptions>();
  command = commands.add("down", "Remove the instance, its table, settings and routes",
                         "  eamctl down\n"
                         "  eamctl down --keep        stop translating, keep the configuration\n");
  command->add_option("DEV", down->device, "Name of the device, to be sure");
  command->add_flag("--keep", down->keep, "Only set the link down");
  commands.run(command, down, run_down);
}

void setup_eam(Commands& all) {
  CLI::App* eam = all.add("eam", "The Explicit Address Mapping Table",
                          "  eamctl eam add 192.0.2.1 2001:db8:12:34::1\n"
                          "  eamctl eam show\n");
  eam->require_subcommand(1);
  Commands commands = all.inside(eam);

  auto add = std::make_shared<EamAddOptions>();
  CLI::App* command = commands.add("add", "Add a row",
                                   "  eamctl eam add 192.0.2.1 2001:db8:12:34::1\n"
                                   "  eamctl eam add 192.0.2.0/24 2001:db8:1::/120 remote\n"
                                   "  eamctl eam add --mask 192.0.2.1/24 2001:db8:1::1/120\n");
  command->add_option("IPV4", add->ipv4, "IPv4 address or prefix")->required();
  command->add_option("IPV6", add->ipv6, "IPv6 address or prefix")->required();
  command->add_option("SCOPE", add->scope,
                      "local or remote; if not given local on an ER, else remote");
  command->add_flag("--mask", add->mask, "Clear the bits behind the lengths");
  command->add_flag("--idempotent", add->idempotent, "It is no error if this row is there");
  commands.run(command, add, run_eam_add);

  auto del = std::make_shared<EamDelOptions>();
  command = commands.add("del", "Remove a row, named by either column or both",
                         "  eamctl eam del 192.0.2.1\n"
                         "  eamctl eam del 2001:db8:1::/120\n");
  command->add_option("PREFIX", del->columns, "IPv4 and/or IPv6 address or prefix")
      ->required()
      ->expected(1, 2);
  commands.run(command, del, run_eam_del);

  auto show = std::make_shared<EamShowOptions>();
  command = commands.add("show", "Show the rows, sorted by IPv4 prefix",
                         "  eamctl eam show\n"
                         "  eamctl eam show 192.0.2.7         rows that contain it\n"
                         "  eamctl -j eam show 192.0.2.0/24   rows in it, or containing it\n");
  command->add_option("ADDRESS", show->address, "IPv4 or IPv6 address or prefix");
  command->add_flag("--hits", show->hits, "How many packets each row has translated");
  commands.run(command, show, run_eam_show);

  command = commands.add("flush", "Remove all rows", "  eamctl eam flush\n");
  commands.run(command, run_eam_flush);

  auto replace = std::make_shared<EamReplaceOptions>();
  command = commands.add("replace", "Replace the whole table at once",
                         "  eamctl eam replace /etc/siit-dc/eam.txt\n"
                         "  eamctl eam show | eamctl -n blue eam replace -\n"
                         "\n"
                         "A file has a row a line, IPv4 and IPv6 column, and local or remote if\n"
                         "wanted; # starts a comment:\n"
                         "  192.0.2.1       2001:db8:12:34::1         # mail\n"
                         "  198.51.100.0/24 2001:db8:56::/120  remote\n");
  add_file(command, replace->file);
  command->add_flag("--mask", replace->mask, "Clear the bits behind the lengths");
  commands.run(command, replace, run_eam_replace);
}

void setup_settings(Commands& commands) {
  auto set = std::make_shared<SetOptions>();
  CLI::App* command = commands.add("set", "Change settings, several at once or none",
                                   "  eamctl set prefix 2001:db8:46::/96 role br\n"
                                   "  eamctl set pool4 192.0.2.0/24,198.51.100.0/24\n"
                                   "  eamctl set hairpin default\n"
                                   "\n" +
                                       settings_help() +
                                       "\nLists are comma separated. The value default unsets.\n");
  command->add_option("KEY VALUE", set->pairs, "Keys, each with its value")->required();
  commands.run(command, set, run_set);

  auto get = std::make_shared<GetOptions>();
  command = commands.add("get", "Show the settings in force",
                         "  eamctl get\n"
                         "  eamctl get lowest-ipv6-mtu\n");
  command->add_option("KEY", get->key, "One setting");
  commands.run(command, get, run_get);
}

void setup_query(Commands& commands) {
  auto map = std::make_shared<MapOptions>();
  CLI::App* command = commands.add("map", "What an address becomes, and by which rule",
                                   "  eamctl map 192.0.2.1\n"
                                   "  eamctl map 2001:db8:46::cb00:7132\n");
  command->add_option("ADDRESS", map->address, "IPv4 or IPv6 address")->required();
  commands.run(command, map, run_map);

  auto explain = std::make_shared<ExplainOptions>();
  command = commands.add("explain", "What would happen to a packet, and why",
                         "  eamctl explain 203.0.113.50 192.0.2.1\n"
                         "  eamctl explain --proto tcp --length 1500 --df 203.0.113.50 192.0.2.1\n"
                         "  eamctl explain --xmit 192.0.2.1 203.0.113.50\n");
  command->add_option("SRC", explain->source, "Source address")->required();
  command->add_option("DST", explain->destination, "Destination address")->required();
  command->add_option("--proto", explain->protocol, "Protocol, name or number; udp if not given");
  command->add_option("--ttl", explain->ttl, "TTL or hop limit; 64 if not given")
      ->check(CLI::Range(0U, 255U));
  command->add_option("--length", explain->length, "Octets with IP header; 100 if not given")
      ->check(CLI::Range(20U, 65575U));
  command->add_flag("--df", explain->df, "The IPv4 packet must not be fragmented");
  command->add_option("--iif", explain->device, "Device that it comes in by");
  command->add_flag("--xmit", explain->xmit, "Routed to the translator device, or sent from here");
  commands.run(command, explain, run_explain);

  auto stats = std::make_shared<StatsOptions>();
  command = commands.add("stats", "Show the counters",
                         "  eamctl stats\n"
                         "  eamctl -j stats\n"
                         "  eamctl stats --watch=5\n"
                         "  eamctl stats --prometheus > siit_dc.prom\n");
  command->add_flag("--all", stats->all, "Also counters that are zero");
  command
      ->add_option("--watch", stats->watch,
                   "What moves, a second, every so many seconds; 1 if not given")
      ->expected(0, 1)
      ->default_str("1")
      ->check(CLI::Range(1U, 86400U));
  command->add_flag("--prometheus", stats->prometheus,
                    "For Prometheus, e.g. node_exporter's textfile collector");
  commands.run(command, stats, run_stats);

  command = commands.add("monitor", "Tell of every change of settings or table as it happens",
                         "  eamctl monitor\n"
                         "  eamctl -j monitor          a line of JSON for each\n");
  commands.run(command, run_monitor);

  auto trace = std::make_shared<TraceOptions>();
  command = commands.add("trace", "Show packets as they are translated or dropped, and why",
                         "  eamctl trace --drops\n"
                         "  eamctl trace --src 203.0.113.50 --dst 2001:db8:12:34::/64\n"
                         "  eamctl -j trace            a line of JSON for each\n");
  command->add_option("--src", trace->source,
                      "From this address or prefix, before or after translation");
  command->add_option("--dst", trace->destination, "To this address or prefix, likewise");
  command->add_flag("--drops", trace->drops, "Only those that are dropped or rejected");
  commands.run(command, trace, run_trace);
}

void setup_doctor(Commands& commands) {
  CLI::App* command =
      commands.add("doctor", "What is wrong with the running system, and how to mend it",
                   "  eamctl doctor\n"
                   "  eamctl -j doctor\n"
                   "Exit status 4: there is something to mend.\n");
  commands.run(command, run_doctor);
}

void setup_config(Commands& commands) {
  auto check = std::make_shared<ConfigOptions>();
  CLI::App* command = commands.add("check", "Check a configuration, without the kernel",
                                   "  eamctl check /etc/siit-dc/siit-dc.conf\n");
  add_file(command, check->file);
  commands.run(command, check, run_check);

  auto apply = std::make_shared<ConfigOptions>();
  command = commands.add("apply", "Make a configuration the running one, all of it or nothing",
                         "  eamctl apply /etc/siit-dc/siit-dc.conf\n"
                         "  eamctl show | eamctl -n blue apply -\n");
  add_file(command, apply->file);
  commands.run(command, apply, run_apply);

  auto dnsmasq = std::make_shared<DnsmasqOptions>();
  command = commands.add("dnsmasq", "Print a DHCP server's configuration for services behind here",
                         "  eamctl dnsmasq eth1 > /etc/dnsmasq.d/siit-dc.conf\n");
  command->add_option("DEV", dnsmasq->device, "Device of the IPv4 segment")->required();
  commands.run(command, dnsmasq, run_dnsmasq);

  command = commands.add("show", "Show the running configuration as apply reads it",
                         "  eamctl show > siit-dc.conf\n");
  commands.run(command, run_show);

  auto diff = std::make_shared<ConfigOptions>();
  command = commands.add("diff", "What apply would change: - runs, + is in the file",
                         "  eamctl diff /etc/siit-dc/siit-dc.conf\n"
                         "\n"
                         "Exit status 0: no difference, 4: differences.\n");
  add_file(command, diff->file);
  commands.run(command, diff, run_diff);

  auto import = std::make_shared<ImportOptions>();
  command = commands.add("import", "Print another translator's configuration as apply reads it",
                         "  eamctl import --from jool jool_siit.json > siit-dc.conf\n"
                         "  eamctl import --from tayga /etc/tayga.conf > siit-dc.conf\n"
                         "\n"
                         "What cannot be carried over is named on standard error.\n");
  command->add_option("--from", import->from, "jool (its JSON file) or tayga (its tayga.conf)")
      ->required()
      ->check(CLI::IsMember({"jool", "tayga"}));
  add_file(command, import->file);
  commands.run(command, import, run_import);
}

void setup_globals(CLI::App& app, GlobalOptions& options) {
  app.add_flag("-j,--json", options.style.json, "Print JSON");
  app.add_flag("-p,--pretty", options.style.pretty, "Print JSON for people");
  app.add_option("-c,--color", options.color, "auto, always or never; -c alone is always")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_option("-n,--netns", options.netns,
                 "Network namespace: a name under /run/netns, or a path");
  app.set_version_flag("-V,--version", std::string("eamctl ") + EAMCTL_VERSION);
}

// "-c" takes its value by "=" only, as with ip(8); CLI11 would take the next word.
void rewrite_color(std::vector<std::string>& arguments) {
  for (std::string& argument : arguments) {
    if (argument == "-c" || argument == "--color") argument = "--color=always";
    if (argument.rfind("-c=", 0) == 0) argument = "--color=" + argument.substr(3);
  }
}

bool wants_color(const GlobalOptions& options, const Session& session) {
  if (options.style.json || options.color == "never") return false;
  return options.color == "always" || session.terminal;
}

void print_error(const Error& error, Session& session) {
  const std::string label = fmt::format("eamctl: {}: ", paint(session.style, Color::kBad, "error"));
  std::istringstream lines(describe(error));
  for (std::string line; std::getline(lines, line);) session.err += label + line + "\n";
}

// What is wrong with the command line, in our words.
Error usage_of(const CLI::ParseError& e, const CLI::App& app) {
  const CLI::App* command = &app;
  std::string path = app.get_name();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    path += " " + command->get_name();
  }
  Error error;
  error.what = e.what();
  const std::vector<std::string> extra = app.remaining(true);
  if (command->get_subcommands({}).empty())
    error.hint = path + " --help tells more";
  else if (!extra.empty())
    error.what = fmt::format("there is no command \"{}\"", extra.front());
  else
    error.what = "a command is wanted";
  if (error.hint.empty()) error.hint = path + " --help lists them";
  return error;
}

Result<void> run_chosen(const GlobalOptions& options, const Action& action, Session& session) {
  if (!options.netns.empty()) {
    const Result<void> entered = session.enter_netns(options.netns);
    if (!entered) return entered;
  }
  return action(session);
}

}  // namespace

Exit run_cli(std::vector<std::string> arguments, Session& session) {
  CLI::App app("Control the SIIT-DC translator", "eamctl");
  app.footer(
      "Examples:\n"
      "  eamctl up --role br\n"
      "  eamctl set prefix 2001:db8:46::/96\n"
      "  eamctl eam add 192.0.2.1 2001:db8:12:34::1\n"
      "  eamctl explain 203.0.113.50 192.0.2.1\n"
      "\n"
      "Exit status: 0 done, 1 usage or file error, 2 refused by the kernel,\n"
      "3 kernel module missing or no permission, 4 diff or doctor found something.\n");
  app.require_subcommand(1);

  GlobalOptions options;
  Action action;
  setup_globals(app, options);
  Commands commands(app, action);
  setup_device(commands);
  setup_eam(commands);
  setup_settings(commands);
  setup_query(commands);
  setup_doctor(commands);
  setup_config(commands);

  rewrite_color(arguments);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    std::ostringstream out;
    std::ostringstream err;
    if (app.exit(e, out, err) == 0) {
      session.out += out.str();
      return Exit::kDone;
    }
    print_error(usage_of(e, app), session);
    return Exit::kUsage;
  }
  session.style = options.style;
  session.style.color = wants_color(options, session);

  const Result<void> result = run_chosen(options, action, session);
  if (result) return session.exit;
  print_error(result.error(), session);
  return result.error().exit;
}

}  // namespace eam
