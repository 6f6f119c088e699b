// `.env` files, as the programs of the world write them.
#pragma once

#include <string_view>

#include "messages/error.hpp"
#include "runtime/secrets/sealed_store.hpp"

namespace nightshift::runtime {

/// `NAME=value` by line, `export` before it if one likes; comments, `'literal'`, `"with \n"`, and
/// quoted values of several lines. A name without a value is left out; of one that stands twice the
/// last counts. Error `invalid` names the line, never what stands in it.
Result<NamedSecrets> read_dotenv(std::string_view text);

}  // namespace nightshift::runtime
