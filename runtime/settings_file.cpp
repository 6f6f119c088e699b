// Reads TOML into flat entries; the only file that knows toml++.
#include "runtime/settings_file.hpp"

#include <fstream>
#include <sstream>

#include <toml++/toml.h>

#include "runtime/settings_sections.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::uintmax_t file_bytes_max = 1 << 20;

std::string describe(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::floating_point: return "a number with a point";
    case toml::node_type::array: return "a list of other things";
    case toml::node_type::table: return "a section";
    default: return "a date or time";
  }
}

class Flattener {
 public:
  Flattener(const std::filesystem::path& file, std::vector<SettingEntry>& entries)
      : file_(file), entries_(entries) {}

  void add_table(const std::string& prefix, const toml::table& table) {
    for (const auto& [name, node] : table) {
      const std::string key = prefix + std::string(name.str());
      const auto* section = node.as_table();
      const bool named = !prefix.empty() && has_named_tables(prefix.substr(0, prefix.size() - 1));
      if (section != nullptr && (prefix.empty() || named) && !section->empty()) {
        add_table(key + ".", *section);
      } else {
        add_value(key, node, name.source().begin.line);
      }
    }
  }

 private:
  void add_value(const std::string& key, const toml::node& node, std::uint32_t line) {
    SettingEntry entry;
    entry.key = key;
    entry.origin = file_.string() + ":" + std::to_string(line);
    entry.value.base = std::filesystem::absolute(file_).parent_path();
    if (const auto* text = node.as_string()) {
      entry.value.text = text->get();
    } else if (const auto* number = node.as_integer()) {
      entry.value.shape = SettingShape::number;
      entry.value.number = number->get();
    } else if (const auto* flag = node.as_boolean()) {
      entry.value.shape = SettingShape::flag;
      entry.value.flag = flag->get();
    } else if (const auto* list = node.as_array()) {
      entry.value.shape = SettingShape::list;
      for (const auto& item : *list) {
        if (const auto* word = item.as_string())
          entry.value.list.push_back(word->get());
        else
          entry.type_error = describe(node);
      }
    } else {
      entry.type_error = describe(node);
      entry.empty_section = node.is_table() && node.as_table()->empty();
    }
    entries_.push_back(std::move(entry));
  }

  const std::filesystem::path& file_;
  std::vector<SettingEntry>& entries_;
};

Result<std::string> read_text(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  if (error || !stream) {
    return fail(ErrorCode::config,
                file.string() + " cannot be read (" + (error ? error.message() : "no permission") +
                    "); check the path",
                file.string());
  }
  if (size > file_bytes_max) {
    return fail(ErrorCode::config, file.string() + " is larger than 1 MiB; is it the right file?",
                file.string());
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

}  // namespace

Result<std::vector<SettingEntry>> read_settings_file(const std::filesystem::path& file) {
  const auto text = read_text(file);
  if (!text) return std::unexpected(text.error());
  return read_settings_text(*text, file);
}

Result<std::vector<SettingEntry>> read_settings_text(std::string_view text,
                                                     const std::filesystem::path& file) {
  std::vector<SettingEntry> entries;
  try {
    Flattener(file, entries).add_table("", toml::parse(text, file.string()));
  } catch (const toml::parse_error& error) {
    const auto origin = file.string() + ":" + std::to_string(error.source().begin.line);
    return fail(ErrorCode::config, origin + ": not TOML: " + std::string(error.description()),
                origin);
  }
  return entries;
}

}  // namespace nightshift::runtime
