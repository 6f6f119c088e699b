// The terminal that a person sits at: how wide it is, and what is typed without being shown.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace nightshift::bridges::cli {

inline constexpr std::size_t passphrase_bytes_min = 8;
inline constexpr std::size_t passphrase_bytes_max = 1024;

/// Columns of the terminal behind stdout; nothing where stdout is no terminal.
std::optional<std::size_t> output_columns();
/// True if stdout is a terminal that wants colour (NO_COLOR, TERM=dumb).
bool output_wants_colour();
bool input_is_terminal();

/// The first line of `file` where one is given, else what a person types on the terminal without
/// echo after `prompt`. `usage` where neither is there, or the passphrase is empty.
Result<std::string> ask_passphrase(const std::string& prompt,
                                   const std::optional<std::filesystem::path>& file);
/// For a new key: asked twice, at least `passphrase_bytes_min` long.
Result<std::string> ask_new_passphrase(const std::string& prompt,
                                       const std::optional<std::filesystem::path>& file);

/// One line that a person types without echo after `prompt`; `usage` where there is no terminal,
/// nothing was typed, or the line is longer than a terminal takes.
Result<std::string> ask_hidden_line(const std::string& prompt);

}  // namespace nightshift::bridges::cli
