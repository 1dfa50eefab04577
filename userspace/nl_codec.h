// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_NL_CODEC_H
#define EAMCTL_NL_CODEC_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "kernel_client.h"
#include "nl_socket.h"

struct nlattr;

// Messages of include/uapi/linux/siit_dc.h; no socket needed.
namespace eam {

// A request for the family; room for `size` octets.
NlMessage new_request(std::uint16_t family, std::uint8_t command, int flags,
                      std::size_t size = 4096);

void put_settings(nl_msg* message, const Values& values);
void put_row(nl_msg* message, const Row& row);
void put_row_key(nl_msg* message, const RowKey& key);
void put_question(nl_msg* message, const Question& question);

// The size of the largest SIIT_CMD_TXN_ADD, headers included.
constexpr std::size_t kBatchBytes = 60UL * 1024;

// Adds rows from the front until the message is full; returns how many.
std::size_t put_rows(nl_msg* message, std::span<const Row> rows);

// Which SIIT_A_EAM of our message an error's offset points at or into.
std::optional<std::size_t> row_at_offset(nlmsghdr* request, std::uint32_t offset);

// The setting that it points at.
const Setting* setting_at_offset(nlmsghdr* request, std::uint32_t offset);

// Replies; attributes that are missing leave the default.
State read_state(nlmsghdr* reply);
void read_rows(nlmsghdr* reply, std::vector<Row>& rows);
void read_rows(nlmsghdr* reply, std::vector<CountedRow>& rows);
void read_stats(nlmsghdr* reply, Stats& stats);
Mapping read_mapping(nlmsghdr* reply);
Explanation read_explanation(nlmsghdr* reply);
std::optional<std::uint32_t> read_generation(nlmsghdr* reply);
// A notification; nothing if it is of a kind that a newer kernel has.
std::optional<Event> read_event(nlmsghdr* message);
// The number of a multicast group, from the controller's answer about the family.
std::optional<std::uint32_t> read_group(nlmsghdr* reply, std::string_view name);

}  // namespace eam

#endif  // EAMCTL_NL_CODEC_H
