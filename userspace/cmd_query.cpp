// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include "commands.h"
#include "protocol.h"

namespace eam {
namespace {

Result<Question> question_of(const ExplainOptions& options, Session& session) {
  Question question;
  const Result<Address> source = parse_address(options.source);
  if (!source) return fail(source.error());
  const Result<Address> destination = parse_address(options.destination);
  if (!destination) return fail(destination.error());
  if (source->index() != destination->index())
    return usage_error(
        fmt::format("{} and {} are of different families", options.source, options.destination),
        "write the packet as it arrives; eamctl map tells the other address");
  question.source = *source;
  question.destination = *destination;

  if (!options.protocol.empty()) {
    const Result<std::uint8_t> protocol =
        parse_protocol(options.protocol, std::holds_alternative<Address6>(*source));
    if (!protocol) return fail(protocol.error());
    question.protocol = *protocol;
  }
  if (options.ttl) question.ttl = static_cast<std::uint8_t>(*options.ttl);
  if (options.length) question.length = *options.length;
  question.df = options.df;
  question.xmit = options.xmit;
  if (!options.device.empty()) {
    const Result<std::uint32_t> ifindex = session.host.index_of(options.device);
    if (!ifindex) return fail(ifindex.error());
    question.ifindex = *ifindex;
  }
  return question;
}

}  // namespace

Result<void> run_map(const MapOptions& options, Session& session) {
  const Result<Address> address = parse_address(options.address);
  if (!address) return fail(address.error());
  const Result<Mapping> mapping = session.kernel.map(*address);
  if (!mapping) return fail(mapping.error());
  session.out += render_mapping(*address, *mapping, session.style);
  return {};
}

Result<void> run_explain(const ExplainOptions& options, Session& session) {
  const Result<Question> question = question_of(options, session);
  if (!question) return fail(question.error());
  const Result<Explanation> explanation = session.kernel.explain(*question);
  if (!explanation) return fail(explanation.error());
  std::string oif;
  if (explanation->oif.value_or(0) != 0)
    oif = session.host.name_of(*explanation->oif)
              .value_or(fmt::format("device {}", *explanation->oif));
  session.out += render_explanation(*question, *explanation, oif, session.style);
  return {};
}

}  // namespace eam
