// SPDX-License-Identifier: GPL-2.0
#ifndef EAMCTL_NFT_H
#define EAMCTL_NFT_H

#include <string>

#include "error.h"

namespace eam {

// Commands of nft(8) in the network namespace of this process, all of them or none.
Result<void> run_nft(const std::string& commands);

}  // namespace eam

#endif  // EAMCTL_NFT_H
