// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_FOLLOW_H
#define EAMCTL_FOLLOW_H

#include "session.h"

// What follows settings and table on the host: routes (BR-15), service addresses (ER-10), and the
// filter of a bridge (ER-11).
namespace eam {

// Does a change of the rows change anything of it? If not, it costs no dump.
bool follows_rows(const Values& values);

// Makes it what the settings in force and the table want. Does nothing while the device is down:
// it is all gone then.
Result<void> follow(Session& session, const State& state);

// Before and after one row is added: what cannot be done is refused before the table changes.
Result<void> check_new_row(Session& session, const State& state, const Row& row);
Result<void> follow_new_row(Session& session, const State& state, const Row& row);

// After one row was removed. The table is asked for only where the row says too little.
Result<void> follow_removed_row(Session& session, const State& state, const Row& row);

// Is there room for eamctl's settings among these?
Result<void> check_host_settings(const Device& device, const Values& values);
// Writes them. The old ones are known, so that only what differs is touched.
Result<void> keep_host_settings(Session& session, const Device& device, const Values& values);

// Commits with the routes around it, so that no packet finds neither the old nor the new route:
// added before, stale ones removed after. Somebody else's change meanwhile is met by starting
// again. `settings` are those that will be in force, as far as known. A device that is down has no
// routes, and gets none unless `set_up` says to set it up too.
Result<std::uint32_t> commit_and_follow(Session& session, const Device& device,
                                        const Transaction& transaction, const Values& settings,
                                        bool set_up);

// Before the device goes: what is not on the device itself. With `keep` the settings stay, and
// the filter of the bridge with them, so that nothing leaks meanwhile. Without a device: addresses
// that one left behind.
Result<void> withdraw(Session& session, const Device& device, bool keep);

}  // namespace eam

#endif  // EAMCTL_FOLLOW_H
