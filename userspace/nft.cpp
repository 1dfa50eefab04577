// SPDX-License-Identifier: GPL-2.0
#include "nft.h"

#include <nftables/libnftables.h>

#include <memory>
#include <new>

namespace eam {
namespace {

struct NftDeleter {
  void operator()(nft_ctx* context) const noexcept { nft_ctx_free(context); }
};

}  // namespace

Result<void> run_nft(const std::string& commands) {
  const std::unique_ptr<nft_ctx, NftDeleter> context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context || nft_ctx_buffer_error(context.get()) != 0 ||
      nft_ctx_buffer_output(context.get()) != 0)
    throw std::bad_alloc();
  if (nft_run_cmd_from_buffer(context.get(), commands.c_str()) == 0) return {};

  Error error;
  error.exit = Exit::kRefused;
  error.where = "nftables";
  error.what = nft_ctx_get_error_buffer(context.get());
  error.what.erase(error.what.find_last_not_of(" \n") + 1);
  return fail(std::move(error));
}

}  // namespace eam
