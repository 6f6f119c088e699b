// Rules for names and paths; sources: seed 000 ("Git Sync Validation"), git's own verify_path.
#include "bridges/git/paths.hpp"

#include <algorithm>
#include <array>

#include "messages/utf8.hpp"

namespace nightshift::bridges::git {
namespace {

/// A component of the path, or its end, `*` at the front for any beginning; `/` at the end for
/// folders alone.
constexpr std::array<std::string_view, 13> forbidden_names{
    ".env",          "*.session",    "*.pem",  "*.key",         "credentials.json",  ".secrets/",
    "node_modules/", "__pycache__/", ".next/", "odoo_backups/", ".whatsapp_session", "*.log",
    "*.sqlite"};

bool fits(std::string_view pattern, std::string_view name, bool is_folder) {
  if (pattern.ends_with('/')) {
    if (!is_folder) return false;
    pattern.remove_suffix(1);
  }
  if (pattern.starts_with('*')) return name.ends_with(pattern.substr(1));
  return name == pattern;
}

/// Without the characters that HFS+ does not see when it compares names.
std::string without_invisible(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    const auto three = name.substr(i, 3);
    const bool hidden = (three >= "\xE2\x80\x8C" && three <= "\xE2\x80\x8F") ||
                        (three >= "\xE2\x80\xAA" && three <= "\xE2\x80\xAE") ||
                        (three >= "\xE2\x81\xAA" && three <= "\xE2\x81\xAF") ||
                        three == "\xEF\xBB\xBF";
    if (hidden) {
      i += 3;
    } else {
      out += name[i++];
    }
  }
  return out;
}

bool is_short_name(std::string_view name, std::string_view begin) {
  // GIT~1 and the like: the name of eight letters that NTFS gives a longer one.
  return name.starts_with(begin) && name.size() > begin.size() &&
         std::ranges::all_of(name.substr(begin.size()),
                             [](char c) { return c >= '0' && c <= '9'; });
}

/// The files that git itself obeys where it finds them as links.
bool means_git(std::string_view folded_name) {
  static constexpr std::array<std::string_view, 2> names{".git", ".gitmodules"};
  return std::ranges::find(names, folded_name) != names.end();
}

}  // namespace

std::string folded(std::string_view name) {
  std::string out(name);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return out;
}

std::optional<std::string> why_unsafe(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return "is no name of a file";
  if (name.size() > 255) return "is longer than 255 bytes";
  if (utf8_prefix_bytes(name) != name.size()) return "is not UTF-8";
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(name, control)) return "holds a control character";
  if (name.find('\\') != std::string_view::npos) {
    return "holds a backslash, which Windows takes for a folder";
  }
  const auto plain = folded(without_invisible(name));
  // NTFS drops dots and spaces at the end, and reads what follows a colon as a stream of the file.
  auto seen = std::string_view(plain).substr(0, plain.find(':'));
  while (seen.ends_with('.') || seen.ends_with(' ')) seen.remove_suffix(1);
  if (means_git(seen)) return "is git's own, or what another system takes for it";
  if (is_short_name(seen, "git~") || is_short_name(seen, "gitmod~")) {
    return "is what NTFS calls git's own";
  }
  return std::nullopt;
}

std::optional<std::string_view> forbidden_by(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto name = folded(path.substr(begin, end - begin));
    if (name.starts_with(".env.")) return ".env.*";
    for (const auto pattern : forbidden_names) {
      if (fits(pattern, name, end != path.size())) return pattern;
    }
    begin = end + 1;
  }
  return std::nullopt;
}

bool stays_here(std::string_view path) {
  if (path == "Outbox" || path.starts_with("Outbox/")) return true;
  if (path.starts_with('.') || path.find("/.") != std::string_view::npos) return true;
  return path.ends_with(".tmp") || path.ends_with(".swp") || path.ends_with('~');
}

std::string conflict_path(std::string_view path, std::string_view digits) {
  const auto slash = path.rfind('/');
  const auto name = slash == std::string_view::npos ? 0 : slash + 1;
  auto dot = path.rfind('.');
  if (dot == std::string_view::npos || dot <= name) dot = path.size();
  return std::string(path.substr(0, dot)) + ".conflict-" + std::string(digits) +
         std::string(path.substr(dot));
}

std::string_view ignore_file() {
  return R"(# What never leaves this machine. Written by Nightshift; add what you like.
.env
.env.*
*.session
*.pem
*.key
credentials.json
.secrets/
.whatsapp_session
node_modules/
__pycache__/
.next/
odoo_backups/
*.log
*.sqlite
Outbox/
.git_sync_state.md
.nightshift_cursor
.nightshift-*
*.tmp
*.swp
*~
)";
}

}  // namespace nightshift::bridges::git
