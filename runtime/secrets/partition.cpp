// Looks for what a cloud node must not have.
#include "runtime/secrets/partition.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "messages/ids.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/secrets/reference.hpp"

namespace nightshift::runtime {
namespace {

namespace fs = std::filesystem;

struct Forbidden {
  const char* pattern;
  std::string_view what;
};

constexpr std::array names{
#define NIGHTSHIFT_FORBIDDEN_NAME(pattern, what) Forbidden{pattern, what},
#define NIGHTSHIFT_FORBIDDEN_FILE(pattern, what)
#include "runtime/secrets/forbidden_secrets.def"
#undef NIGHTSHIFT_FORBIDDEN_NAME
#undef NIGHTSHIFT_FORBIDDEN_FILE
};

constexpr std::array files{
#define NIGHTSHIFT_FORBIDDEN_NAME(pattern, what)
#define NIGHTSHIFT_FORBIDDEN_FILE(pattern, what) Forbidden{pattern, what},
#include "runtime/secrets/forbidden_secrets.def"
#undef NIGHTSHIFT_FORBIDDEN_NAME
#undef NIGHTSHIFT_FORBIDDEN_FILE
};

constexpr const char* environment_file = ".env.cloud";
constexpr int vault_depth_max = 16;

template <class Table>
std::optional<std::string_view> look_up(const Table& table, const std::string& name, int flags) {
  const auto found = std::ranges::find_if(table, [&](const Forbidden& forbidden) {
    return ::fnmatch(forbidden.pattern, name.c_str(), flags) == 0;
  });
  if (found == table.end()) return std::nullopt;
  return found->what;
}

/// In capitals, every run of other signs as one `_`.
std::string plain(std::string_view name) {
  std::string text;
  for (const unsigned char c : name) {
    if (std::isalnum(c) != 0)
      text += static_cast<char>(std::toupper(c));
    else if (!text.ends_with('_'))
      text += '_';
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// Gathers what was found, for one message that names it all.
class Search {
 public:
  void name(std::string_view name, const std::string& where) {
    if (const auto what = forbidden_on_cloud(name)) add(std::string(name), *what, where);
  }

  void environment(const Environment& environment) {
    for (const auto& [variable, value] : environment) {
      if (!value.empty()) name(variable, "in the environment");
    }
  }

  void setting(const SettingEntry& entry) {
    name(entry.key, "at " + entry.origin);
    refers(entry.value.text, entry.origin);
    for (const auto& text : entry.value.list) refers(text, entry.origin);
  }

  Result<void> folder(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      if (auto done = file(it->path()); !done) return done;
    }
    return {};
  }

  Result<void> tree(const fs::path& root) {
    std::error_code error;
    const auto options = fs::directory_options::skip_permission_denied;
    fs::recursive_directory_iterator it(root, options, error), end;
    for (; !error && it != end; it.increment(error)) {
      if (it.depth() >= vault_depth_max) it.disable_recursion_pending();
      if (auto done = file(it->path()); !done) return done;
    }
    return {};
  }

  Result<void> result() const {
    if (found_.empty()) return {};
    return fail(ErrorCode::forbidden,
                "a cloud node must not have " + found_ +
                    ": remove what is named and start it again; what sends, posts or pays runs on "
                    "a local node",
                first_);
  }

 private:
  void add(const std::string& name, std::string_view what, const std::string& where) {
    const auto line = name + " (" + std::string(what) + ", " + where + ")";
    if (found_.find(line) != std::string::npos) return;
    if (first_.empty()) first_ = name;
    found_ += (found_.empty() ? "" : ", ") + line;
  }

  void refers(const std::string& text, const std::string& origin) {
    const auto reference = parse_secret_reference(text, "/");
    if (!reference) return;
    name(reference->name, "at " + origin);
    const auto file = fs::path(reference->name).filename().string();
    const auto what = forbidden_file_on_cloud(file);
    if (reference->source != SecretReference::Source::file) return;
    name(file, "at " + origin);
    if (what) add(file, *what, "at " + origin);
  }

  Result<void> file(const fs::path& path) {
    const auto base = path.filename().string();
    if (const auto what = forbidden_file_on_cloud(base)) add(path.string(), *what, "a file");
    if (base != environment_file) return {};
    const auto text = read_small_file(path);
    if (!text) return std::unexpected(text.error());
    variables(*text, path.string());
    return {};
  }

  /// More lenient than who will read the file: what only looks like a variable counts as well.
  void variables(std::string_view text, const std::string& path) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      auto line = trimmed(text.substr(0, text.find('\n')));
      text.remove_prefix(std::min(text.size(), text.find('\n') == std::string_view::npos
                                                   ? text.size()
                                                   : text.find('\n') + 1));
      if (line.starts_with("export ")) line = trimmed(line.substr(7));
      const auto sign = line.find_first_of("=:");
      if (line.starts_with('#') || sign == std::string_view::npos) continue;
      const auto value = trimmed(line.substr(sign + 1));
      if (value.empty() || value == "\"\"" || value == "''") continue;
      // What is no name may be anything, and is not repeated.
      const auto variable = trimmed(line.substr(0, sign));
      if (is_id(variable)) name(variable, "in " + path + ":" + std::to_string(number));
    }
  }

  std::string first_;
  std::string found_;
};

}  // namespace

std::optional<std::string_view> forbidden_on_cloud(std::string_view name) {
  return look_up(names, plain(name), 0);
}

std::optional<std::string_view> forbidden_file_on_cloud(std::string_view name) {
  return look_up(files, std::string(name), FNM_CASEFOLD);
}

Result<void> check_partition(std::string_view zone, std::string_view name, std::string_view what) {
  if (zone != "cloud") return {};
  Search search;
  search.name(name, std::string(what));
  return search.result();
}

Result<void> check_cloud(const Reach& reach) {
  Search search;
  search.environment(reach.environment);
  for (const auto& entry : reach.settings) search.setting(entry);
  for (const auto& name : reach.sealed) search.name(name, "a sealed secret");
  for (const auto& folder : reach.folders) {
    if (auto done = search.folder(folder); !done) return done;
  }
  if (!reach.vault.empty()) {
    if (auto done = search.tree(reach.vault); !done) return done;
  }
  return search.result();
}

}  // namespace nightshift::runtime
