// Values as PM2 writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/cli/ecosystem/document.hpp"

namespace nightshift::bridges::cli::ecosystem {

/// What is not JSON (a function, a regular expression, Infinity) stands in an evaluated document as
/// an object with this one field, whose text names it.
inline constexpr const char* foreign_field = "\x01";

/// For people: `a number`, `a list`, `a function`.
std::string name_of(const Json& value);

/// A whole number, also as text: `16`, `"16"`.
std::optional<std::uint64_t> read_count(const Json& value);
/// Bytes: `300M`, `1.5G`, `100K`, `512MB`, or a number of them.
std::optional<std::uint64_t> read_bytes(const Json& value);
/// Milliseconds: `5s`, `10m`, `1h`, `500ms`, or a number of them.
std::optional<std::uint64_t> read_milliseconds(const Json& value);

/// A command line as words, as a shell takes it apart: quotes and backslashes, nothing else.
/// Nothing where a quote is left open.
std::optional<std::vector<std::string>> split_words(std::string_view line);

/// A variable's value: texts, numbers, truth values. Nothing for what PM2 would garble.
std::optional<std::string> read_variable(const Json& value);

}  // namespace nightshift::bridges::cli::ecosystem
