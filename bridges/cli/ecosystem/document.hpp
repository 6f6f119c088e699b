// Files of PM2 and Procfiles as one JSON document, within bounds.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "messages/error.hpp"

namespace nightshift::bridges::cli::ecosystem {

/// Keeps the order of fields.
using Json = nlohmann::ordered_json;

enum class Form { javascript, json, yaml, procfile };

/// By the name: `.js`, `.cjs`, `.mjs`; `.json`; `.yaml`, `.yml`; `Procfile`, `Procfile.dev`.
std::optional<Form> form_of(const std::filesystem::path& file);
/// The same for a file that somebody starts: `app.js` is a program, `ecosystem.config.js` is none.
std::optional<Form> form_of_configuration(const std::filesystem::path& file);

inline constexpr int document_depth_max = 32;
inline constexpr std::size_t document_values_max = 100'000;

/// JSON, comments allowed. `invalid` says where it is none, or that it is too deep or too large.
Result<Json> read_json(std::string_view text);
/// One YAML document; anchors, aliases and merge keys are followed. Errors as `read_json`.
Result<Json> read_yaml(std::string_view text);

/// `name: command`, a process each.
struct ProcfileLine {
  std::string name;
  std::string command;
};
/// `invalid` names the line that is none.
Result<std::vector<ProcfileLine>> read_procfile(std::string_view text);

}  // namespace nightshift::bridges::cli::ecosystem
