// A secret that lies in a file of its own.
#pragma once

#include <filesystem>

#include "messages/error.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::runtime {

inline constexpr std::size_t secret_bytes_max = 64 * 1024;

/// The whole file but one line end at its end. Errors as in `SecretResolver::resolve`.
Result<SecretText> read_secret_file(const std::filesystem::path& file);

}  // namespace nightshift::runtime
