// What sessions promise of any bytes: the same comes of them however they are cut, and their memory is bounded.
#pragma once

#include <functional>
#include <memory>

#include "tests/fuzz/session_input.h"
#include "workloads/session.h"

namespace bakeoff::fuzz {

/// Feeds the bytes of `input` whole, byte by byte and in its pieces to sessions of services that `make` makes anew.
/// The replies, the steps, whether the session closes, and what the receipts say of it have to be the same. Steps are
/// done without waiting and without computing.
void check_server(SessionInput input, const std::function<std::unique_ptr<workloads::Service>()>& make);

/// The same for the replies that clients, made by `make`, hear after `asked` requests until the connection ends:
/// completed, errors, wrong, files, calls, broken, closing, and the first status.
void check_client(SessionInput input, int asked,
                  const std::function<std::unique_ptr<workloads::ClientSession>()>& make);

}  // namespace bakeoff::fuzz
